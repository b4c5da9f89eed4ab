"""`runway sources`: what rests on what, weighed by runs that a reader could make with --set."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

import pytest

import runway
from runway.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable

    from runway.program.plan import Plan

STAND = """
[model]
name         = "Stand"
start        = "2025-01"
months       = 24
opening_cash = { value = 1000, source = "bank", confidence = "high" }

[sources.bank]
title = "Bank statement"
as_of = "2024-12-31"

[sources.talk]
title = "What the owner said"
as_of = "2023-06-30"

[sources.unused]
title = "A book"

[revenue.cups]
kind   = "recurring"
amount = { value = "$100/month", source = "talk", low = "$80/month", high = "$120/month", confidence = "low" }

[costs.rent]
kind   = "recurring"
amount = { value = "$200/month", source = "talk", as_of = "2024-11-30" }

[costs.sugar]
kind   = "recurring"
amount = "$20/month"
"""


@pytest.fixture
def stand(load: Callable[..., Plan]) -> Plan:
    return load(STAND)


def months(load: Callable[..., Plan], **changes: str) -> float:
    found = runway.project(load(STAND, set={k.replace("_", ".", 1): v for k, v in changes.items()})).runway[0].months
    assert found is not None
    return found


def test_a_source_at_its_worse_and_better_end(stand: Plan, load: Callable[..., Plan]) -> None:
    """The owner's figures together: cups at their own 80 or 120, rent at ±10 %; each to the bad side, or the good."""
    found = {item.source: item for item in runway.sources(stand).sources}
    talk = found["talk"]
    worst = months(load, cups_amount="80/month", rent_amount="220/month")
    best = months(load, cups_amount="120/month", rent_amount="180/month")
    assert (talk.worst.months, talk.best.months) == (pytest.approx(worst), pytest.approx(best))
    assert talk.swing == pytest.approx(best - worst)
    assert [figure.origin.address for figure in talk.figures] == ["cups.amount", "rent.amount"]
    bank = found["bank"]
    more, less = (months(load, model_opening_cash=cash) for cash in ("1100", "900"))
    assert bank.swing == pytest.approx(more - less)
    assert found["unused"].figures == ()
    assert found["unused"].swing == 0


def test_sources_by_what_hangs_on_them(stand: Plan) -> None:
    found = runway.sources(stand)
    assert [item.source for item in found.sources] == ["talk", "bank", None, "unused"]
    assert found.base.months == pytest.approx(runway.project(stand).runway[0].months or 0)


def test_what_to_find_out_next(stand: Plan) -> None:
    """Low confidence or no source, and it moves cash: cups before sugar; rent and cash are known well enough."""
    assert [figure.origin.address for figure in runway.sources(stand).to_find_out] == ["cups.amount", "sugar.amount"]


def test_every_written_figure_is_there_once() -> None:
    model = runway.load("openai-2025")
    found = runway.sources(model)
    told = [figure.origin.address for item in found.sources for figure in item.figures]
    assert len(told) == len(set(told))
    assert all(figure.origin.place is not None for item in found.sources for figure in item.figures)
    cited = {figure.origin.address for item in found.sources if item.source == "source_004" for figure in item.figures}
    assert cited == {"payroll.amount", "microsoft.microsoft.amount"}


def test_the_swings_are_the_tornado_s() -> None:
    swings = {s.address: s.swing for s in runway.sensitivity("openai-2025", [], everything=True).tornado}
    for item in runway.sources("openai-2025").sources:
        for figure in item.figures:
            assert figure.months == swings.get(figure.origin.address, 0.0)


def test_age(stand: Plan) -> None:
    found = runway.sources(stand, older_than=12.0)
    assert found.at == date(2025, 1, 1)
    (cups,) = found.stale
    assert cups.origin.address == "cups.amount"
    assert cups.months == pytest.approx(18, abs=0.1)  # from the end of June 2023
    assert {s.origin.address for s in runway.sources(stand, older_than=0.0).stale} == {
        "cups.amount", "rent.amount", "model.opening_cash"
    }  # fmt: skip
    later = runway.sources(stand, older_than=12.0, at=date(2026, 3, 1))
    assert [s.origin.address for s in later.stale] == ["cups.amount", "rent.amount", "model.opening_cash"]


def test_json_csv_and_eighty_columns(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sources", "openai-2025", "--json", "--older-than", "6m"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["counting"] == "+ certain"
    assert told["stale"][0]["address"] == "payroll.amount"
    assert {item["source"] for item in told["sources"]} == {
        "source_000", "source_001", "source_002", "source_003", "source_004", None
    }  # fmt: skip
    assert main(["sources", "openai-2025", "--csv", "-"]) == 0
    assert capsys.readouterr().out.startswith("address,written,file,line,source,as_of,confidence,low,high,swing_months")
    assert main(["sources", "openai-2025", "--older-than", "1y"]) == 0
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 80
