"""Small hand-made results for the tests of what is printed; no engine is involved."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from runway.answers.projection import (
    ClauseResult,
    ClosingResult,
    Milestone,
    Projection,
    Raise,
    Round,
    RoundState,
    ShownRow,
    Survival,
)
from runway.engine.ladder import Rung
from runway.program.sections import CashLine, Section
from runway.render.csv import csv, table_csv
from runway.render.terminal import report_lines
from runway.reports.cash_table import long_table
from runway.reports.project import report

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def names_of_months(start: str, count: int) -> tuple[str, ...]:
    first = int(start[:4]) * 12 + int(start[5:]) - 1
    return tuple(f"{n // 12:04}-{n % 12 + 1:02}" for n in range(first, first + count))


def rows_of(sections: Sequence[Section], cash: Mapping[str, Sequence[float]], opening: float) -> dict[str, list[float]]:
    """All rows that a table needs, summed up from the cash of each line; what is earned equals cash."""
    months = len(next(iter(cash.values())))
    rows = {address: list(values) for address, values in cash.items()}
    for section in sections:
        if section.lines:
            rows[section.cash] = [sum(rows[line.cash][t] for line in section.lines) for t in range(months)]
        for line in section.lines:
            if line.earned:
                rows[line.earned] = [abs(value) for value in rows[line.cash]]
    flow = [sum(rows[section.cash][t] for section in sections) for t in range(months)]
    closing = [opening + sum(flow[: t + 1]) for t in range(months)]
    rows["net_cash_flow"], rows["cash"], rows["opening_cash"] = flow, closing, [opening, *closing[:-1]]
    operating = [section.cash for section in sections if section.name not in ("funding", "passthrough")]
    rows["net_burn"] = [-sum(rows[address][t] for address in operating) for t in range(months)]
    rows["gross_burn"] = [-sum(min(0.0, rows[address][t]) for address in operating) for t in range(months)]
    capital = rows.get("cash.capital", [0.0] * months)
    rows["burn_bridge.capital"] = [-value for value in capital]
    rows["burn_bridge.working_capital"] = [0.0] * months
    rows["net_loss"] = [rows["net_burn"][t] + capital[t] for t in range(months)]
    rows["restricted_cash"], rows["unrestricted_cash"] = [0.0] * months, closing
    return rows


def line(name: str, earned: str, title: str | None = None) -> CashLine:
    return CashLine(name, title or name, f"{name}.cash", f"{name}.{earned}")


def lemonade() -> Projection:
    """100.00 in the box; each month 60 of lemonade sold, 80.50 of lemons bought: dry on the day 5 months from now."""
    sections = (
        Section("revenue", "Revenue", "cash.revenue", (line("glasses", "revenue"),)),
        Section("costs", "Costs", "cash.costs", (line("lemons", "cost"), line("stall", "cost"))),
    )
    cash = {"glasses.cash": [60.0] * 6, "lemons.cash": [-60.5] * 6, "stall.cash": [-20.0] * 6}
    rows = rows_of(sections, cash, 100.0)
    in_hand = Rung(
        counting="cash in hand",
        months=4.9,
        zero_cash_date=date(2026, 5, 27),
        lowest_cash=-23.0,
        lowest_cash_date=date(2026, 6, 30),
        funding_gap=23.0,
        closing_cash=rows["cash"][-1],
        months_from_start=4.9,
    )
    rungs = ("cash in hand", "+ certain", "+ conditional", "+ planned")
    return Projection(
        model="Lemonade",
        source="lemonade",
        scenario="base",
        scenario_title=None,
        changes=(),
        as_of=date(2025, 12, 31),
        closed=None,
        currency="USD",
        minor_digits=2,
        months=names_of_months("2026-01", 6),
        rows={address: tuple(values) for address, values in rows.items()},
        measures=tuple(ShownRow(address, address) for address in rows if address.endswith((".value", ".subscribers"))),
        money=frozenset(address for address in rows if not address.endswith((".value", ".subscribers"))),
        sections=sections,
        runway=tuple(in_hand._replace(counting=rung) for rung in rungs),
        closing_cash=dict.fromkeys(rungs, tuple(rows["cash"])),
        free_cash=dict.fromkeys(rungs, (rows["opening_cash"][0], *rows["cash"])),
        raise_by=tuple(Raise(rung, date(2027, 11, 27), date(2025, 11, 27), 369.0) for rung in rungs),
        minimum_cash=0.0,
        gross_burn=80.5,
        net_burn=20.5,
        burn_window=("2026-01", "2026-03"),
        static_runway=100 / 20.5,
        burn_multiple=None,
        burn_multiple_window=None,
        peak_need=None,
        peak_need_date=None,
        survival=Survival(
            False, None, date(2026, 5, 27), 0.0, 80.5, 0.0, False, None, ("2026-01", "2026-03"), "2035-12"
        ),
        months_to_close=6.0,
        raise_for=18,
        counting="cash in hand",
        milestones=(),
        rounds=(),
        closings=(),
        clauses=(),
        notes=(),
    )


def big_round() -> Projection:
    """A large company over 36 months from April 2025 with a round of two closings, a clause and an earmark."""
    months = names_of_months("2025-04", 36)
    sections = (
        Section("interest", "Interest", "cash.interest", ()),
        Section("revenue", "Revenue", "cash.revenue", (line("chatgpt", "revenue"), line("licences", "revenue"))),
        Section(
            "costs", "Costs", "cash.costs", (line("inference", "cost"), line("payroll", "cost"), line("rent", "cost"))
        ),
        Section("passthrough", "Pass-through", "cash.passthrough", ()),
        Section("capital", "Capital", "cash.capital", (line("stargate", "spend"),)),
        Section("tax", "Tax", "cash.tax", ()),
        Section(
            "funding",
            "Funding",
            "cash.funding",
            (
                CashLine("softbank_round.first", "softbank_round first", "softbank_round.first.cash", None),
                CashLine("softbank_round.second", "softbank_round second", "softbank_round.second.cash", None),
            ),
        ),
    )
    span = range(36)
    cash = {
        "chatgpt.cash": [round(4e8 * 1.042**t, 2) for t in span],
        "licences.cash": [2e8] * 36,
        "inference.cash": [round(-9e8 * 1.03**t, 2) for t in span],
        "payroll.cash": [-1.25e8] * 36,
        "rent.cash": [-9.4e6] * 36,
        "stargate.cash": [-5e8 if t >= 2 else 0.0 for t in span],
        "cash.interest": [3e7] * 36,
        "cash.passthrough": [0.0] * 36,
        "cash.tax": [0.0] * 36,
        "softbank_round.first.cash": [1e10 if t == 0 else 0.0 for t in span],
        "softbank_round.second.cash": [2e10 if t == 8 else 0.0 for t in span],
    }
    rows = rows_of(sections, cash, 9e9)
    rows["restricted_cash"] = [4.5e9 if t < 8 else max(0.0, 1.35e10 - 5e8 * t) for t in span]
    rows["weekly_users.value"] = [5e8 * 1.04**t for t in span]
    in_hand = tuple(value - 1e10 - (2e10 if t >= 8 else 0) for t, value in enumerate(rows["cash"]))
    certain = tuple(value - (2e10 if t >= 8 else 0) for t, value in enumerate(rows["cash"]))
    rung = Rung("", None, None, 3.1e9, date(2028, 3, 31), 0.0, rows["cash"][-1])
    rungs = (
        Rung("cash in hand", 9.387, date(2026, 1, 12), -3.12e10, date(2028, 3, 31), 3.12e10, in_hand[-1], 9.387),
        Rung("+ certain", 17.8, date(2026, 9, 25), -1.12e10, date(2028, 3, 31), 1.12e10, certain[-1], 17.8),
        rung._replace(counting="+ conditional"),
        rung._replace(counting="+ planned"),
    )
    by_month = (in_hand, certain, tuple(rows["cash"]), tuple(rows["cash"]))
    raises = (
        (date(2027, 7, 12), date(2025, 7, 12), 2.14e10),
        (date(2028, 3, 25), date(2026, 3, 25), 2.14e10),
        *[(None, None, None)] * 2,
    )
    return Projection(
        model="OpenAI after the $40B round",
        source="openai-2025",
        scenario="base",
        scenario_title=None,
        changes=(),
        as_of=date(2025, 3, 31),
        closed=None,
        currency="USD",
        minor_digits=2,
        months=months,
        rows={address: tuple(values) for address, values in rows.items()},
        measures=tuple(ShownRow(address, address) for address in rows if address.endswith((".value", ".subscribers"))),
        money=frozenset(address for address in rows if not address.endswith((".value", ".subscribers"))),
        sections=sections,
        runway=rungs,
        closing_cash={rung.counting: closing for rung, closing in zip(rungs, by_month, strict=True)},
        free_cash={rung.counting: (9e9, *closing) for rung, closing in zip(rungs, by_month, strict=True)},
        raise_by=tuple(Raise(rung.counting, *needed) for rung, needed in zip(rungs, raises, strict=True)),
        minimum_cash=0.0,
        gross_burn=1.31e9,
        net_burn=7.4e8,
        burn_window=("2025-04", "2025-06"),
        static_runway=12.16,
        burn_multiple=1.84,
        burn_multiple_window=("2025-04", "2026-03"),
        peak_need=4.02e10,
        peak_need_date=date(2026, 6, 30),
        survival=Survival(
            False,
            None,
            date(2026, 2, 3),
            0.0268,
            1.3e9,
            0.0,
            False,
            date(2027, 11, 1),
            ("2025-04", "2025-06"),
            "2035-03",
        ),
        months_to_close=6.0,
        raise_for=18,
        counting="+ certain",
        milestones=(
            Milestone("conversion", "Conversion to a public-benefit corporation", date(2025, 12, 1), 9.8),
            Milestone("outage", "A three-day outage", date(2025, 6, 10), None),
        ),
        rounds=(
            Round(
                name="softbank_round",
                title="SoftBank round",
                headline=4e10,
                committed=4e10,
                available=3e10,
                drawn=3e10,
                undrawn=1e10,
                certain=3e10,
                states=(
                    RoundState("2025-03", 4e10, 4e10, 3e10, 0.0, 0.0),
                    RoundState("2025-04", 4e10, 4e10, 3e10, 1e10, 1e10),
                    RoundState("2025-12", 4e10, 3e10, 3e10, 3e10, 3e10),
                ),
            ),
        ),
        closings=(
            ClosingResult(
                "softbank_round.first",
                "SoftBank round first",
                1e10,
                1e10,
                "drawn",
                date(2025, 4, 15),
                "no condition, on its date",
            ),
            ClosingResult(
                "softbank_round.second",
                "SoftBank round second",
                3e10,
                2e10,
                "reduced",
                date(2025, 12, 31),
                "conversion_clause took 10.0 billion of SoftBank's part because conversion (1 Feb 2026) came after"
                " 31 Dec 2025",
            ),
        ),
        clauses=(
            ClauseResult(
                "softbank_round.conversion_clause",
                "conversion_clause",
                "bites",
                date(2025, 12, 31),
                1e10,
                "conversion is 1 Feb 2026, later than 31 Dec 2025",
            ),
        ),
        notes=(
            "opening cash is of low confidence: its source gives 6 to 12, which moves the first rung by a month",
            "stargate spends more than its earmark holds until Dec 2025: 0.5 billion from own cash",
        ),
    )


def lines(projection, width=80, by=None, show=None):
    """The whole report of a projection, or some of its sections, line by line."""
    return [line.plain for line in report_lines(report(projection, by, full=True, show=show), width)]


def wide_csv(projection):
    """One row a month."""
    return csv(report(projection))


def long_csv(projection):
    """One row a value."""
    return table_csv(long_table(projection), projection.minor_digits)
