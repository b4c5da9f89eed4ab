"""Lazy records: what nobody asks for is not computed."""

from __future__ import annotations

import copy
import pickle

import pytest

import runway
from runway.language.record import LazyRecord, Money, encode, lazy


class Answer(LazyRecord):
    """An answer of which some fields take a while."""

    name: str
    least: Money
    most: Money = 9.0


def asked() -> tuple[Answer, list[str]]:
    told: list[str] = []

    def least() -> float:
        told.append("least")
        return 1.0049

    return Answer(name="one", least=lazy(least), most=lazy(lambda: 7.0)), told


def test_a_lazy_field_is_read_once_when_it_is_asked_for():
    answer, told = asked()
    assert (answer.name, answer.most, told) == ("one", 7.0, [])
    assert (answer.least, answer.least, told) == (1.0049, 1.0049, ["least"])


def test_a_field_with_a_default_may_be_lazy_or_left_out():
    assert Answer(name="two", least=2.0).most == 9.0
    assert not hasattr(Answer, "most")


def test_a_replaced_field_is_never_read():
    answer, told = asked()
    other = answer._replace(least=3.0)
    assert (other.least, other.most, told) == (3.0, 7.0, [])
    assert answer._replace(name="other").least == 1.0049


def test_it_is_encoded_and_compared_by_its_fields():
    answer, _ = asked()
    assert encode(answer) == {"name": "one", "least": 1.0, "most": 7.0}
    assert answer == Answer(name="one", least=1.0049, most=7.0)
    assert answer != Answer(name="one", least=1.0, most=7.0)
    assert {"name", "least", "most"} <= set(dir(answer))


def test_a_part_of_an_answer_says_its_fields_and_an_answer_is_one_line():
    answer, _ = asked()
    assert repr(answer) == "Answer(name='one', least=1.0049, most=7.0)"
    assert not hasattr(answer, "_repr_html_")  # a notebook shows that, and the report of a whole answer
    projection = runway.project("saas-startup")
    assert repr(projection) == "<Projection: SaaS startup · base>"
    assert repr(projection.rounds[0]).startswith("Round(name='seed', title=")


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda answer: pickle.loads(pickle.dumps(answer))])
def test_a_copy_has_all_of_it(copied):
    answer, _ = asked()
    other = copied(answer)
    assert (other, other._replace(most=1.0).least) == (answer, 1.0049)


def test_it_is_frozen_and_has_its_fields_alone():
    answer, _ = asked()
    with pytest.raises(AttributeError, match="Answer is frozen"):
        answer.name = "three"  # type: ignore[misc]
    with pytest.raises(AttributeError, match="Answer has no size"):
        answer.size  # type: ignore[attr-defined]  # noqa: B018
    for fields in ({"name": "x"}, {"name": "x", "least": 1.0, "size": 2}):
        with pytest.raises(TypeError, match="missing or unknown"):
            Answer(**fields)
