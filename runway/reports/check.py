"""The checks of a file: expected, modelled, residual and verdict; then the figures that are out of scale."""

from __future__ import annotations

from datetime import date
from math import inf, isfinite, isnan
from typing import TYPE_CHECKING

from runway.render.figures import Scale, day, scale
from runway.render.report import Block, Cell, Column, Heading, Prose, Report, Row, Table
from runway.words import amount_text, counted, minus

if TYPE_CHECKING:
    from runway.answers.check import CheckResult, Checks, OutOfScale
    from runway.render.report import Unit, Value


def report(checks: Checks) -> Report:
    """A row a check, in the order of the file; `main` has their figures in full."""
    money = [check for check in checks.checks if check.unit == "money"]
    values = [value for check in money for value in (check.expected, check.modelled) if isfinite(value)]
    unit = scale(checks.currency, checks.minor_digits, values)
    sections: list[list[Block]] = [[_table(checks, unit) if checks.checks else Prose("This file has no [[checks]].")]]
    if checks.out_of_scale:
        remark = "cited beside each other; look at units and scope"
        sections.append([Heading("OUT OF SCALE", remark), *(Prose(scale_text(item)) for item in checks.out_of_scale)])
    if checks.checks:
        failed = sum(not check.holds for check in checks.checks)
        verdict = f"{failed} fail{'s' if failed == 1 else ''}" if failed else "all hold"
        number = counted(len(checks.checks), "check")
        sections.append([Prose(f"{number}: {verdict}", style="bold red" if failed else "green")])
    title = (checks.model, checks.scenario, checks.counted_since.text, unit.label if money else "")
    return Report(title, unit, sections, main=lambda: _main(checks))


def _table(checks: Checks, unit: Scale) -> Table:
    rows = []
    for check in checks.checks:
        verdict = Cell("holds", style="green") if check.holds else Cell("FAILS", style="bold red")
        remarks = (check.says if check.title != check.says else "", _width(check), check.when, check.source or "")
        remark = " · ".join(filter(None, (*remarks, f"{check.file}:{check.line}")))
        compared = "" if check.within is not None or check.unit == "condition" else f"{check.comparison} "
        figures = (f"{compared}{figure(check, check.expected, unit)}", figure(check, check.modelled, unit))
        rows.append(Row([check.title, verdict, *figures, _residual(check, unit)], below=[Prose(remark, "    ", "dim")]))
    heads = ("expected", "modelled", "residual")
    return Table("CHECK", (Column("check", wraps=True), Column(""), *(Column(h, align="right") for h in heads)), rows)


def figure(check: CheckResult, value: float, unit: Scale) -> str:
    """A value in the unit of its check."""
    if isnan(value):
        return "undefined"
    match check.unit:
        case "condition":
            return "holds" if value else "fails"
        case "date":
            return "never" if value == inf else day(date.fromordinal(int(value)))
        case "months":
            return "beyond" if value == inf else minus(f"{value:,.1f} months")
        case "share":
            return minus(f"{value * 100:.4g}%")
        case "money":
            return unit.amount(value)
    return minus(amount_text(value))


def _width(check: CheckResult) -> str:
    """How far the model may be from the expected value."""
    if check.within is None:
        return ""
    width = {
        "share": f"{check.within * 100:.3g}%",
        "months": counted(check.within, "month", ".2g"),
        "date": counted(check.within, "day", "g"),
    }.get(check.unit)
    return f"± {width or amount_text(check.within)}"


def _residual(check: CheckResult, unit: Scale) -> str:
    if check.unit == "condition":
        return ""
    if not isfinite(check.residual):
        return "–"
    if check.unit == "date":
        return counted(round(check.residual), "day", "+,")
    if check.residual == 0:
        return "–"
    size = abs(check.residual)
    text = {"months": f"{size:,.1f}", "share": f"{size * 100:.3g}%", "money": unit.amount(size)}.get(check.unit)
    if text == "0.0":
        return "–"
    return ("−" if check.residual < 0 else "+") + (text or amount_text(size, 3))


def scale_text(item: OutOfScale) -> str:
    """A figure that is small beside another of its source."""
    return (
        f"{item.address} = {item.written} is {amount_text(item.a_year)} a year, "
        f"{item.a_year / item.against_a_year * 100:.2g} % of {item.against} = {item.against_written} "
        f"({item.file}:{item.line})"
    )


MAIN = (
    Column("verdict"), Column("check"), Column("says"), Column("unit"), Column("comparison"),
    Column("expected", "number"), Column("within", "number"), Column("modelled", "number"),
    Column("residual", "number"), Column("when"),
)  # fmt: skip


def _main(checks: Checks) -> Table:
    rows = []
    for check in checks.checks:
        unit: Unit = "day" if check.unit == "date" else "money" if check.unit == "money" else "number"
        expected, modelled = (Cell(check.typed(value), unit) for value in (check.expected, check.modelled))
        residual = Cell(check.residual, "money" if unit == "money" else "number")
        named: list[Value] = ["holds" if check.holds else "fails", check.title, check.says, check.unit]
        rows.append(Row([*named, check.comparison, expected, check.within, modelled, residual, check.when]))
    return Table("", MAIN, rows)
