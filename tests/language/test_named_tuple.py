"""Our named tuples beside those of `typing`: the same class body, the same answers."""

from __future__ import annotations

import copy
import pickle
import typing

import pytest

from runway.language.named_tuple import NamedTuple


class Ours(NamedTuple):
    """A point."""

    name: str
    x: Money  # noqa: F821  # nobody evaluates it
    y: float = 0.0
    tags: tuple[str, ...] = ()

    @property
    def sum(self) -> float:
        return self.x + self.y

    @classmethod
    def at(cls, x: float) -> Ours:
        return cls("there", x)


class Theirs(typing.NamedTuple):
    """A point."""

    name: str
    x: float
    y: float = 0.0
    tags: tuple[str, ...] = ()

    @property
    def sum(self) -> float:
        return self.x + self.y

    @classmethod
    def at(cls, x: float) -> Theirs:
        return cls("there", x)


SAID = {
    "a call": lambda kind: kind("a", 1.0, y=2.0),
    "defaults": lambda kind: kind("a", x=1.0),
    "a class method": lambda kind: kind.at(3.0),
    "a property": lambda kind: kind("a", 1.0, 2.0).sum,
    "its fields": lambda kind: (kind._fields, kind._field_defaults, kind.__match_args__, kind.__doc__),
    "its text": lambda kind: repr(kind("a", 1.0)).replace(kind.__name__, ""),
    "replaced": lambda kind: kind("a", 1.0)._replace(y=5.0, name="b"),
    "as a dict": lambda kind: kind("a", 1.0)._asdict(),
    "made of a list": lambda kind: kind._make(["a", 1.0, 2.0, ("t",)]),
    "pickled": lambda kind: pickle.loads(pickle.dumps(kind("a", 1.0))),
    "copied": lambda kind: copy.deepcopy(kind("a", 1.0)),
    "hashed": lambda kind: {kind("a", 1.0): 1}[kind("a", 1.0)],
    "unpacked": lambda kind: [*kind("a", 1.0)],
    "no dictionary": lambda kind: hasattr(kind("a", 1.0), "__dict__"),
}


@pytest.mark.parametrize("said", SAID)
def test_it_does_what_that_of_typing_does(said):
    assert SAID[said](Ours) == SAID[said](Theirs)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda kind: kind(),
        lambda kind: kind("a", 1.0, 2.0, (), 3),
        lambda kind: kind("a", 1.0, z=2.0),
        lambda kind: kind("a", 1.0, x=1.0),
        lambda kind: kind._make(["a"]),
        lambda kind: kind("a", 1.0)._replace(z=1.0),
        lambda kind: setattr(kind("a", 1.0), "x", 2.0),
    ],
)
@pytest.mark.parametrize("kind", [Ours, Theirs])
def test_it_refuses_what_that_of_typing_refuses(kind, wrong):
    with pytest.raises((TypeError, ValueError, AttributeError)):
        wrong(kind)


def test_a_field_without_a_default_comes_first():
    with pytest.raises(TypeError, match="without a default"):

        class Wrong(NamedTuple):
            first: int = 1
            second: int
