"""What the articles say, fact by fact: where the case has it, and that `runway explain` shows it as it is said."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import runway
from runway.cli import main

ASSUMPTIONS = Path(__file__).parent.parent / "assumptions"
MODELS = ("openai-2024", "openai-2025")


class Fact(NamedTuple):
    """A figure of an article, and the figure of a file that holds it."""

    source: str
    fact: str
    model: str
    address: str
    written: str


FACTS = [
    Fact("source_000", "500M weekly users", "openai-2025", "weekly_users.opening", "500M"),
    Fact("source_000", "20M payers", "openai-2025", "payers.opening", "20M"),
    Fact("source_000", "300M weekly users at the end of 2024", "openai-2025", "upgrade.users_2024", "300M"),
    Fact("source_000", "15.5M payers at the end of 2024", "openai-2025", "upgrade.payers_2024", "15.5M"),
    Fact("source_001", "images held back from free users", "openai-2025", "gate.date", "2025-03-26"),
    Fact("source_001", "a data centre of 500B", "openai-2025", "stargate_partners.project", "500B"),
    Fact("source_002", "valued at 300B", "openai-2025", "softbank_round.valuation", "300B"),
    Fact("source_002", "SoftBank commits 30B", "openai-2025", "softbank_round.softbank.amount", "30B"),
    Fact("source_002", "40B, of which others 10B", "openai-2025", "softbank_round.syndicate.amount", "10B"),
    Fact("source_002", "10B from the start", "openai-2025", "softbank_round.first.amount", "10B"),
    Fact("source_002", "30B more by the end of 2025", "openai-2025", "softbank_round.second.amount", "30B"),
    Fact("source_002", "could fall to 20B (SoftBank's)", "openai-2025", "softbank_round.conversion_clause.to", "20B"),
    Fact("source_002", "by the end of the year", "openai-2025", "softbank_round.conversion_clause.by", "2025-12-31"),
    Fact("source_002", "could fall to 20B (the round)", "openai-2025", "softbank_round.whole_round_clause.to", "20B"),
    Fact("source_002", "by the end of the year", "openai-2025", "softbank_round.whole_round_clause.by", "2025-12-31"),
    Fact("source_002", "18B go to Stargate", "openai-2025", "softbank_round.stargate.amount", "18B"),
    Fact("source_002", "18B go to Stargate", "openai-2025", "stargate.amount", "18B"),
    Fact("source_002", "Elon Musk bids 97.4B", "openai-2025", "musk_bid.value", "97.4B"),
    Fact("source_004", "13B of Microsoft", "openai-2025", "microsoft.microsoft.amount", "13B"),
    Fact("source_004", "1.5B of payroll", "openai-2025", "payroll.amount", "$1.5B/year"),
    Fact("source_004", "1.5B of payroll", "openai-2024", "payroll.amount", "$1.5B/year"),
    Fact("source_004", "2B from ChatGPT", "openai-2024", "chatgpt.amount", "$2B/year"),
    Fact("source_004", "1B from licences", "openai-2024", "licences.amount", "$1B/year"),
    Fact("source_004", "nearly 700,000 a day", "openai-2024", "serving.amount", "$700k/day"),
    Fact("source_004", "up to 7B for development", "openai-2024", "models.ceiling", "$7B/year"),
    Fact("source_004", "a net loss of 5B", "openai-2024", "stated_loss.a_year", "$5B/year"),
]

# What is said without a figure, and the assumption that stands in for one.
SAID = [
    ("source_004", "the daily cost is expected to rise", "openai-2024", "serving.growth"),
    ("source_004", "Microsoft's money, before", "openai-2025", "microsoft.before.date"),
    ("source_004", "cash or credits is not said", "openai-2025", "compute.credits"),
    ("source_004", "ever more data centres", "openai-2025", "capacity.a_month"),
    ("source_000", "the infrastructure is strained", "openai-2025", "new_users.cap"),
    ("source_000", "Sora is closed to new users", "openai-2025", "sora_users.opening"),
    ("source_000", "Sora is closed to new users", "openai-2025", "sora_users.admitted"),
    ("source_001", "each image takes enormous resources", "openai-2025", "use.images"),
    ("source_001", "the growing demand could soon be absorbed", "openai-2025", "relief.built"),
    ("source_001", "three paid tiers, without prices", "openai-2025", "tiers.plus"),
    ("source_001", "three paid tiers, without prices", "openai-2025", "tiers.pro"),
    ("source_001", "three paid tiers, without prices", "openai-2025", "tiers.team"),
    ("source_001", "three paid tiers, without a split", "openai-2025", "tiers.pro_share"),
    ("source_001", "three paid tiers, without a split", "openai-2025", "tiers.team_share"),
    ("source_001", "payers who stay make revenue steady", "openai-2025", "payers.churn"),
    ("source_002", "10B from the start", "openai-2025", "softbank_round.first.date"),
    ("source_002", "30B until 2025", "openai-2025", "softbank_round.second.date"),
    ("source_002", "the approval of Microsoft", "openai-2025", "microsoft_approval.date"),
    ("source_002", "the approval of the attorney general", "openai-2025", "attorney_general_approval.date"),
    ("source_002", "the full conversion", "openai-2025", "conversion.date"),
    ("source_002", "a bid, on a day that is not said", "openai-2025", "musk_bid.date"),
    ("source_002", "a social platform is explored", "openai-2025", "social.price"),
    ("source_002", "engagement becomes money", "openai-2025", "upgrade.fade"),
    ("source_003", "customers look elsewhere", "openai-2025", "payers.after_outage"),
]

# What is said to happen or might, as the scenario that lets it.
MIGHT = {
    "no_new_capital": "if no new capital is raised (source_004)",
    "funding_market": "investors grow uncertain, an implosion is predicted (source_004)",
    "dear_chips": "chips in short supply, consumption of energy (source_004)",
    "delayed_launch": "the next releases slip, from spring to autumn (source_000)",
    "capacity_crunch": "servers become the bottleneck (source_000)",
    "no_stargate": "if this plan sees the day (source_001)",
    "no_conversion_a": "if the conversion is not done in time (source_002)",
    "no_conversion_b": "the same, of the whole round (source_002)",
    "waived": "could be reduced: SoftBank may, and need not (source_002)",
    "suit": "in a suit with Elon Musk (source_002)",
    "social_platform": "a social platform (source_002)",
    "outage": "ChatGPT, API and Sora at once (source_003)",
    "higher_tiers": "subscribers of Pro, Plus and Teams (source_001)",
    "random_outages": "an incident of a kind that cannot be avoided (source_003)",
    "outages": "an incident of a kind that cannot be avoided (source_003)",
}


def document(model: str) -> dict[str, Any]:
    return tomllib.loads((ASSUMPTIONS / f"{model}.toml").read_text(encoding="utf-8"))


def origin(model: str, address: str) -> Any:
    return runway.explain(model, address).term.origin


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: f"{fact.model}-{fact.address}")
def test_a_fact_stands_at_its_address_as_it_is_said(fact: Fact, capsys: pytest.CaptureFixture[str]) -> None:
    figure = origin(fact.model, fact.address)
    assert (figure.source, figure.written, figure.where.partition(":")[0]) == (fact.source, fact.written, fact.model)
    assert main(["explain", fact.model, fact.address]) == 0
    told = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert [fact.address, fact.written] in told


@pytest.mark.parametrize("model", MODELS)
def test_every_cited_figure_is_a_fact(model: str) -> None:
    """A figure that names a source is in the list above, and nothing in the list has lost its source."""
    cited = {
        (item.source, figure.origin.address)
        for item in runway.sources(model).sources
        if item.source
        for figure in item.figures
    }
    assert cited == {(fact.source, fact.address) for fact in FACTS if fact.model == model}


@pytest.mark.parametrize(("source", "said", "model", "address"), SAID, ids=[f"{s[2]}-{s[3]}" for s in SAID])
def test_what_is_said_without_a_figure_is_an_assumption(source: str, said: str, model: str, address: str) -> None:
    del source, said
    found = runway.sources(model)
    (without,) = [item for item in found.sources if item.source is None]
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


def test_what_is_left_out_has_its_reason() -> None:
    """The table at the end of the file: what is named, in which source, and why it is not a row."""
    text = (ASSUMPTIONS / "openai-2025.toml").read_text(encoding="utf-8")
    table = text.partition("# What the articles name and this file does not have\n")[2].splitlines()[2:]
    assert len(table) == 19
    sources = document("openai-2025")["sources"]
    for line in table:
        named, _, reason = line.removeprefix("# ").partition(")  ")
        cited = re.findall(r"source_\d+", named)
        assert cited, line
        assert set(cited) <= sources.keys()
        assert reason.strip(), line
        for address in re.findall(r"\b(\w+\.\w+)\b", reason):
            if address != "outage.takes":
                assert origin("openai-2025", address) or runway.explain("openai-2025", address), address
