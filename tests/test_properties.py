"""What holds for any company: properties of random assumption files."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.companies import DIGITS, Company, companies, few, rate
from support.output_fixtures import wide_csv

from runway.answers.projection import Projection
from runway.answers.sensitivity import sensitivity
from runway.engine.run import Engine
from runway.language.writing import figure_text

if TYPE_CHECKING:
    from runway.engine.ladder import Rung

Load = Callable[..., Any]
Project = Callable[..., Projection]
Rows = Callable[..., Mapping[str, tuple[float, ...]]]

# Footing ----------------------------------------------------------------------------------------------------------


def foots(table: list[dict[str, Decimal]], sections: dict[str, list[str]]) -> None:
    """Lines make their sections, sections the net flow, and each month opens with what the last one closed with."""
    for n, row in enumerate(table):
        for section, lines in sections.items():
            if lines:
                assert sum(row[line] for line in lines) == row[section], (n, section)
        assert sum(row[section] for section in sections) == row["net_cash_flow"], n
        assert row["opening_cash"] + row["net_cash_flow"] == row["closing_cash"], n
        if n:
            assert row["opening_cash"] == table[n - 1]["closing_cash"], n


def sections_of(projection: Projection) -> dict[str, list[str]]:
    return {section.cash: [line.cash for line in section.lines] for section in projection.sections}


@few(max_examples=25)
@given(company=companies(("USD", "JPY", "KWD")))
def test_csv_and_json_foot_to_the_minor_unit(project: Project, company: Company) -> None:
    projection = project(company.text())
    sections = sections_of(projection)
    written = csv.DictReader(io.StringIO(wide_csv(projection)))
    table = [{key: Decimal(value) for key, value in row.items() if key != "month"} for row in written]
    digits = DIGITS[company.currency]
    for row in table:
        assert all(-value.as_tuple().exponent == digits for value in (row["opening_cash"], row["closing_cash"]))
    foots(table, sections)
    rows: dict[str, list[float]] = json.loads(json.dumps(projection.to_dict()))["rows"]
    rows["closing_cash"] = rows["cash"]
    foots([{a: Decimal(repr(rows[a][t])) for a in rows} for t in range(len(table))], sections)


@few(max_examples=20)
@given(company=companies())
def test_net_loss_and_the_bridge_make_net_burn(rows: Rows, company: Company) -> None:
    rows = rows(company.text())
    bridge = [a for a in rows if a.startswith("burn_bridge.")]
    for t, burn in enumerate(rows["net_burn"]):
        assert rows["net_loss"][t] + sum(rows[a][t] for a in bridge) == pytest.approx(burn, abs=1e-5)
        received = rows["cash.revenue"][t] + rows["cash.interest"][t]
        assert rows["gross_burn"][t] - received == pytest.approx(burn, abs=1e-5)
        restricted, free = rows["restricted_cash"][t], rows["unrestricted_cash"][t]
        assert restricted + free == pytest.approx(rows["cash"][t], abs=1e-5)
        assert restricted >= 0


# What changes nothing ---------------------------------------------------------------------------------------------

NOTHING = """
[revenue.z0]
kind = "recurring"
amount = "0/month"
collected_after = "30 days"
opening_receivable = 0
[revenue.z1]
kind = "subscription"
opening = 0
churn = "5%/month"
price = "10/month"
[costs.z2]
kind = "headcount"
opening = 0
salary = "100/month"
[costs.z3]
kind = "percent_of"
of = "total.revenue"
share = "0%"
[capital.z4]
kind = "spread"
amount = 0
from = "2025-01"
to = "2026-01"
written_off_over = "5 months"
[passthrough.z5]
kind = "one_off"
amount = 0
date = "2025-02-03"
[funding.z6]
kind = "grant"
amount = 0
date = "2025-02-03"
[events.z7]
date = "2025-02-03"
"""


@few(max_examples=12)
@given(company=companies())
def test_lines_of_nothing_change_nothing(project: Project, company: Company) -> None:
    plain, more = project(company.text()), project(company.text(more=NOTHING))
    for address, series in plain.rows.items():
        assert more.rows[address] == pytest.approx(series, abs=1e-9), address
    assert more.runway == plain.runway
    assert more.survival == plain.survival
    assert (more.peak_need, more.static_runway, more.burn_multiple) == (
        plain.peak_need, plain.static_runway, plain.burn_multiple,
    )  # fmt: skip


@few(max_examples=12)
@given(company=companies())
def test_a_scenario_that_sets_nothing_changes_nothing(project: Project, company: Company) -> None:
    text = company.text(
        more="""
        [scenarios.same]
        [scenarios.again]
        set = {}
        """
    )
    plain = project(text)
    for scenario in ("same", "again"):
        other = project(text, scenario=scenario)
        assert dict(other.rows) == dict(plain.rows)
        assert (other.runway, other.closings, other.notes) == (plain.runway, plain.closings, plain.notes)


@few(max_examples=12)
@given(company=companies())
def test_neutral_levers_and_relative_changes_of_nothing_change_nothing(
    project: Project, rows: Rows, company: Company
) -> None:
    text = company.text()
    plain = project(text)
    changes = {"levers.burn": "100%", "levers.revenue": 1, "levers.delay": "0 days", "model.opening_cash": "+0%",
               "launch.date": "+0 months", "licence.date": "-0 days"}  # fmt: skip
    assert dict(rows(text, set=changes)) == dict(plain.rows)


@few(max_examples=4)
@given(company=companies(), pick=st.integers(0, 10**6))
def test_a_figure_at_an_end_of_its_range_is_a_projection_of_its_own(
    load: Load, project: Project, company: Company, pick: int
) -> None:
    """All figures are run at once; what one comes to is what `--set` has, whatever stands beside it."""
    text = company.text()
    plan = load(text)
    found = sensitivity(plan, everything=True)
    for n in range(min(2, len(found.tornado))):
        swing = found.tornado[(pick + n) % len(found.tornado)]
        for end, outcome in ((swing.low, swing.at_low), (swing.high, swing.at_high)):
            changed = project(text, set={swing.address: f"={figure_text(plan.program.entries[swing.address], end)}"})
            rung = next(rung for rung in changed.runway if found.rung in rung.counting)
            assert (rung.months, rung.zero_cash_date) == (outcome.months, outcome.zero_cash_date), swing.address
            assert rung.lowest_cash == pytest.approx(outcome.lowest_cash, abs=0.02), swing.address


# What scales and what orders --------------------------------------------------------------------------------------


@few(max_examples=20)
@given(company=companies())
def test_scaling_all_money_scales_cash_and_leaves_the_months(load: Load, company: Company) -> None:
    """By 1,024, which floats do without rounding; without posting, which does not scale."""
    from runway.engine.days import layout
    from runway.engine.ladder import Runner

    found = []
    for scale in (1024, 1):
        plan = load(company.text(scale))
        runner = Runner(plan, Engine(plan.program, plan.model.document), layout(plan))
        rows = runner.engine.run(posting=False)
        days = runner.days(rows, {})
        found.append((rows["cash"], rows["total.costs"], days.read()))
    (more_cash, more_costs, more), (cash, costs, read) = found
    assert more_cash == pytest.approx([1024 * x for x in cash], rel=1e-9, abs=1e-3)
    assert more_costs == pytest.approx([1024 * x for x in costs], rel=1e-9, abs=1e-3)
    assert more.lowest == pytest.approx(1024 * read.lowest, rel=1e-9, abs=1e-3)
    if (more.zero_month, more.zero_day) != (read.zero_month, read.zero_day):
        on_that_day, _ = days.month(more.zero_month)  # earlier, for cash within half a cent of the floor is on it
        assert on_that_day(more.zero_day) == pytest.approx(rows["minimum_cash"][0], abs=0.0051)


def lasts(rung: Rung) -> float:
    return float("inf") if rung.months is None else rung.months


@few(max_examples=20)
@given(company=companies())
def test_more_funding_never_lasts_shorter(project: Project, company: Company) -> None:
    """In hand, certain, conditional, planned: only the funding differs, so none runs dry before the one below it.

    Money that is lent is not among it: it has to be paid back, and may then leave less than none.
    """
    lent = ('kind = "loan"', 'kind = "credit_line"')
    given_for_good = tuple(text for text in company.lines if not any(kind in text for kind in lent))
    rungs = project(replace(company, lines=given_for_good).text()).runway
    months = [lasts(rung) for rung in rungs]
    assert months == sorted(months)
    lowest = [rung.lowest_cash for rung in rungs]
    assert all(after >= before - 0.02 for before, after in pairwise(lowest))


@few(max_examples=12)
@given(company=companies(), more=st.integers(1, 5_000_000))
def test_more_opening_cash_never_lasts_shorter(project: Project, company: Company, more: int) -> None:
    text = company.text()
    plain, richer = project(text), project(text, set={"model.opening_cash": f"+{more}"})
    for before, after in zip(plain.runway, richer.runway, strict=True):
        assert lasts(after) >= lasts(before)
        assert after.lowest_cash >= before.lowest_cash - 0.02


SUBSCRIBERS = """
[model]
name = "x"
start = "2025-01"
months = 26
opening_cash = 50_000
[revenue.plan]
kind = "subscription"
opening = {opening}
acquisition = "{acquisition}"
signups = "{signups}/month"
churn = "{churn}%/month"
price = "$10/month"
{billed}
[costs.fees]
kind = "percent_of"
of = "plan.cash"
share = "30%"
[costs.rent]
kind = "recurring"
amount = "$3k/month"
[tax]
rate = "25%"
"""


@few(max_examples=20)
@given(
    opening=st.integers(0, 2000),
    acquisition=rate(0, 80),
    signups=st.integers(0, 40),
    churn=st.tuples(st.integers(0, 1000), st.integers(0, 1000)).map(sorted),
    billed=st.sampled_from([
        "",
        "capacity = 900",
        'billed = "yearly"\nopening_deferred = 1000',
        """
            billed = "quarterly"
            opening_deferred = 1000
            collected_after = "45 days"
            opening_receivable = 500
            """,
    ]),
)  # fmt: skip
def test_more_churn_never_gives_more_cash(
    project: Project, opening: int, acquisition: str, signups: int, churn: list[int], billed: str
) -> None:
    text = SUBSCRIBERS.replace("{billed}", billed).replace("{opening}", str(opening)).replace("{signups}", str(signups))
    text = text.replace("{acquisition}", acquisition)
    few_leave, many_leave = (project(text.replace("{churn}", str(lost / 10))) for lost in churn)
    for before, after in zip(few_leave.rows["cash"], many_leave.rows["cash"], strict=True):
        assert after <= before + 0.5  # cents that rounding moves
    assert lasts(many_leave.runway[0]) <= lasts(few_leave.runway[0]) + 0.05
