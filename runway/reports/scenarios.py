"""The scenarios side by side: how long each lasts on each rung, its cash, and the figures that it sets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runway.engine.ladder import LADDER, rung_named
from runway.model.overrides import whole_text
from runway.render.chart import Sparkline, Sparklines
from runway.render.figures import Scale, month, printable, scale, span
from runway.render.report import Block, Cell, Column, Heading, Prose, Report, Row, Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runway.answers.scenarios import ScenarioResult, Scenarios


def report(scenarios: Scenarios, counting: str = "planned") -> Report:
    """`counting` is the rung whose cash is shown; `main` has a row a scenario and rung."""
    place, results = rung_named(counting), scenarios.scenarios
    unit = _unit(scenarios)
    several = f"{len(results)} scenarios" if len(results) > 1 else "no scenario beside base"
    horizon = span(results[0].months[0], results[0].months[-1])
    changes = ", ".join(f"{address} = {value_text(value)}" for address, value in scenarios.changes.items())
    sections: list[list[Block]] = [[_ladder(scenarios)], [_cash(scenarios, unit, place)], [_chart(scenarios, place)]]
    if any(result.set or result.title for result in results):
        sections.append([Heading("WHAT EACH ONE SETS"), *_sets(scenarios)])
    return Report(
        title=(scenarios.model, several, scenarios.counted_since.text, horizon, unit.label),
        scale=unit,
        lead=[Prose(changes, "with ", "bold")] if changes else [],
        sections=sections,
        main=lambda: _main(scenarios),
    )


def _unit(scenarios: Scenarios) -> Scale:
    values = [value for s in scenarios.scenarios for r in s.runway for value in (r.lowest_cash, r.funding_gap)]
    values += [s.drawn_funding for s in scenarios.scenarios]
    return scale(scenarios.currency, scenarios.minor_digits, values)


def _ladder(scenarios: Scenarios) -> Table:
    """Months of runway, a column a rung: without funding there is one rung, without planned funding there are three."""
    shown = range(4 if scenarios.planned else 3 if scenarios.funded else 1)
    heads = [LADDER[n].title.replace("cash in hand", "in hand") for n in shown] if scenarios.funded else ["months"]
    rows = []
    for result in scenarios.scenarios:
        rungs = [result.runway[n] for n in shown]
        styles = [
            "green" if r.beyond_horizon else "red" if n == shown[-1] else "" for n, r in zip(shown, rungs, strict=True)
        ]
        rows.append(Row([result.name, *(Cell(r.months, None, s) for r, s in zip(rungs, styles, strict=True))]))
    ends = {result.months[-1] for result in scenarios.scenarios}
    beyond = len(ends) == 1 and any(r.beyond_horizon for s in scenarios.scenarios for r in s.runway)
    remark = f"months; beyond: past {month(ends.pop())}, the last month"
    columns = [Column("scenario"), *(Column(head, "months", "beyond") for head in heads)]
    return Table("RUNWAY", columns, rows, after=[Prose(remark, style="dim")] if beyond else [])


def _cash(scenarios: Scenarios, unit: Scale, place: int) -> Table:
    """The funding drawn, and when and how far the cash falls on one rung."""
    rows = []
    for result in scenarios.scenarios:
        rung = result.runway[place]
        never = Cell(f"not by {month(result.months[-1])}", "text", "green")
        out = never if rung.zero_cash_date is None else Cell(rung.zero_cash_date, "day", "red")
        drawn = [result.drawn[place]] if scenarios.funded else []
        rows.append(Row([result.name, *drawn, out, rung.lowest_cash, rung.lowest_cash_date, rung.funding_gap]))
    drawn_column = [Column("drawn", "money")] if scenarios.funded else []
    columns = [Column("scenario"), *drawn_column, Column("cash out", "day")]
    columns += [Column("lowest cash", "money"), Column("in", "month"), Column("gap", "money")]
    after = []
    if scenarios.funded:
        counted = {0: "cash in hand", 1: "certain", 2: "conditional"}.get(place, "everything as written")
        floor = scenarios.scenarios[0].minimum_cash
        below = f"; cash out: below the minimum cash of {unit.amount(floor)}" if floor else ""
        after.append(Prose(f"counting {counted} (--counting), restricted cash left out{below}", style="dim"))
    return Table("CASH", columns, rows, after=after)


def _chart(scenarios: Scenarios, place: int) -> Sparklines:
    """Free cash at the end of each month, a line a scenario."""
    longest = max((result.months for result in scenarios.scenarios), key=len)
    lines = [Sparkline(result.name, result.free_cash[place], result.minimum_cash) for result in scenarios.scenarios]
    return Sparklines("FREE CASH", longest, lines)


def _sets(scenarios: Scenarios) -> Iterator[Prose]:
    """The title of each scenario and the figures that it sets."""
    for result in scenarios.scenarios:
        if result.name == "base" and not result.set:
            continue
        yield Prose(result.title, f"  {printable(result.name)}  ") if result.title else Prose(result.name, style="dim")
        for address, value in result.set.items():
            yield Prose(f"{address} = {value_text(value)}", "      ", "dim")
        if not result.set:
            yield Prose("nothing", "      ", "dim")


def value_text(value: Any) -> str:
    """A value as the file writes it, without quotation marks, nor the `=` of a change that is a whole value."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {value_text(inner)}" for key, inner in value.items()) + " }"
    return whole_text(value)


MAIN = (
    Column("scenario"), Column("title"), Column("set"), Column("drawn_funding", "money"), Column("counting"),
    Column("months", "months"), Column("zero_cash_date", "day"), Column("lowest_cash", "money"),
    Column("lowest_cash_date", "day"), Column("funding_gap", "money"),
)  # fmt: skip


def _main(scenarios: Scenarios) -> Table:
    return Table("", MAIN, [row for result in scenarios.scenarios for row in _rows(result)])


def _rows(result: ScenarioResult) -> Iterator[Row]:
    sets = "; ".join(f"{address} = {value_text(value)}" for address, value in result.set.items())
    for rung in result.runway:
        counting = rung.counting.removeprefix("+ ")
        cash = (rung.zero_cash_date, rung.lowest_cash, rung.lowest_cash_date, rung.funding_gap)
        yield Row([result.name, result.title or "", sets, result.drawn_funding, counting, rung.months, *cash])
