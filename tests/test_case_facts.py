"""What the articles say, fact by fact: where the case has it, and that `runway explain` shows it as it is said."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import runway
from runway.answers.guide import guide_page
from runway.cli import main

ASSUMPTIONS = Path(__file__).parent.parent / "assumptions"
MODELS = ("openai-2024", "openai-2025")


PAGE = guide_page("openai").text
"""What the articles name, fact by fact; the tests read its tables, so that there is one list."""


class Fact(NamedTuple):
    """A figure of an article, and the figure of a file that holds it."""

    source: str
    fact: str
    model: str
    address: str
    written: str


def table(heading: str) -> list[list[str]]:
    """The rows of the table below a heading of the page."""
    below = PAGE.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in below.splitlines() if line.startswith("|")][2:]
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines]


FACTS = [Fact(*row) for row in table("Figures")]
SAID = table("Said without a figure")
MIGHT = {name: said for _, said, name in table("What may happen")}


@cache
def document(model: str) -> dict[str, Any]:
    return tomllib.loads((ASSUMPTIONS / f"{model}.toml").read_text(encoding="utf-8"))


@cache
def sources(model: str) -> Any:
    return runway.sources(model).sources


def origin(model: str, address: str) -> Any:
    return runway.explain(model, address).term.origin


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: f"{fact.model}-{fact.address}")
def test_a_fact_stands_at_its_address_as_it_is_said(fact: Fact, capsys: pytest.CaptureFixture[str]) -> None:
    (figure,) = [f.origin for item in sources(fact.model) for f in item.figures if f.origin.address == fact.address]
    assert (figure.source, figure.written, figure.where.partition(":")[0]) == (fact.source, fact.written, fact.model)
    assert main(["explain", fact.model, fact.address]) == 0
    told = capsys.readouterr().out
    assert [fact.address, fact.written] in [line.split() for line in told.splitlines()]
    title = document(fact.model)["sources"][fact.source]["title"]
    assert re.search(rf" {fact.model}:\d+ · {re.escape(title)}", " ".join(told.split()))


@pytest.mark.parametrize("model", MODELS)
def test_every_cited_figure_is_a_fact(model: str) -> None:
    """A figure that names a source is in the list above, and nothing in the list has lost its source."""
    cited = {(item.source, figure.origin.address) for item in sources(model) if item.source for figure in item.figures}
    assert cited == {(fact.source, fact.address) for fact in FACTS if fact.model == model}


@pytest.mark.parametrize(("source", "said", "model", "address"), SAID, ids=[f"{s[2]}-{s[3]}" for s in SAID])
def test_what_is_said_without_a_figure_is_an_assumption(source: str, said: str, model: str, address: str) -> None:
    del source, said
    (without,) = [item for item in sources(model) if item.source is None]
    notes = [f.origin.note for f in without.figures if f"{f.origin.address}.".startswith(f"{address}.")]
    assert notes
    assert all("assumption" in (note or "") for note in notes)


def test_what_may_happen_is_a_scenario_that_changes_the_cash() -> None:
    results = {item.name: item for item in runway.scenarios("openai-2025").scenarios}
    assert results.keys() >= MIGHT.keys()
    launch, base = results["social_platform"], results["base"]
    for name in MIGHT:
        other = launch if name == "delayed_launch" else base
        if name == "waived":
            assert results[name].drawn[1] > base.drawn[1]  # certain, where the clause could still bite
        else:
            assert results[name].closing_cash != other.closing_cash, name


def test_the_shape_of_the_round_is_the_one_that_is_told() -> None:
    """Two approvals beside the conversion, a right and no duty, three quarters of each closing SoftBank's."""
    terms = document("openai-2025")["funding"]["softbank_round"]
    for clause in terms["clauses"]:
        assert clause["unless"].split(" and ") == ["conversion", "microsoft_approval", "attorney_general_approval"]
        assert clause["option"]
    assert document("openai-2025")["events"]["outage"]["takes"].keys() == {"chatgpt", "api", "sora"}
    rows = runway.project("openai-2025").rows
    assert [rows["softbank_round.headline"][0], rows["softbank_round.softbank.drawn"][0]] == [40e9, 7.5e9]
    assert rows["stargate_partners.value"][0] == 482e9
    assert not any("stargate_partners" in address and "cash" in address for address in rows)  # no outflow


def test_the_bid_of_97_4_billion_is_shown_without_being_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["exit", "openai-2025"]) == 0
    assert "97.4" in capsys.readouterr().out


def test_what_is_no_row_has_its_reason() -> None:
    """Each names its sources, and every figure and scenario that its reason names is there."""
    rows = table("What is no row, and why")
    assert len(rows) == 19
    known = document("openai-2025")
    for cited, named, reason in rows:
        assert set(cited.split(", ")) <= known["sources"].keys()
        assert named
        assert reason
        for address in re.findall(r"\b([a-z_]+\.[a-z_]+)\b", reason):
            if address != "outage.takes":
                assert origin("openai-2025", address) or runway.explain("openai-2025", address), address
        for scenario in re.findall(r"scenario (\w+)", reason):
            assert scenario in known["scenarios"]


def test_the_tables_are_whole() -> None:
    """Every article is cited in each of the first two tables but 003, which holds no figure."""
    assert {fact.source for fact in FACTS} == {f"source_00{n}" for n in (0, 1, 2, 4)}
    assert {source for source, *_ in SAID} == {f"source_00{n}" for n in range(5)}
    assert MIGHT.keys() | {"keep_post_money", "stargate_regardless", "demand_slump"} == set(
        document("openai-2025")["scenarios"]
    )
