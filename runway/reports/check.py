"""What `runway check` prints: expected, modelled, residual and verdict, as a table or as Markdown."""

from __future__ import annotations

from datetime import date
from math import inf, isfinite
from typing import TYPE_CHECKING

from runway.render.figures import Scale, day, printable, scale
from runway.render.text import Text, cell
from runway.reports.old import heading, prose, table, written_text
from runway.words import amount_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runway.answers.check import Checked, Checks, OutOfScale

COLUMNS = (15, 12, 11)
VERDICT = 9


def checks_lines(found: Checks, width: int) -> Iterator[Text]:
    """Each check with what was expected, what the model says, and the difference; then what is out of scale."""
    unit = _unit(found)
    label = f" · {unit.label}" if any(item.unit == "money" for item in found.checks) else ""
    yield from prose("", f"{found.model} · {found.scenario}{label}", width, "bold")
    yield Text()
    if not found.checks:
        yield Text("  This file has no [[checks]].")
    else:
        heads = columns("expected", "modelled", "residual")
        yield Text(" " * (width - sum(COLUMNS)) + heads, "dim")
    for item in found.checks:
        yield from _check(item, unit, width)
    if found.warnings:
        yield Text()
        yield heading("OUT OF SCALE", "   cited beside each other; look at units and scope")
        for warning in found.warnings:
            yield from prose("  ", scale_text(warning), width)
    if found.checks:
        yield Text()
        failed = sum(not item.holds for item in found.checks)
        said = "all hold" if not failed else f"{failed} fail{'s' if failed == 1 else ''}"
        checks = f"{len(found.checks)} check{'' if len(found.checks) == 1 else 's'}"
        yield Text(f"  {checks}: {said}", "bold red" if failed else "green")


def _unit(found: Checks) -> Scale:
    money = [item for item in found.checks if item.unit == "money"]
    values = [value for item in money for value in (item.expected, item.modelled) if isfinite(value)]
    return scale(found.currency, found.minor_digits, values)


def _check(item: Checked, unit: Scale, width: int) -> Iterator[Text]:
    room = width - sum(COLUMNS) - VERDICT - 2
    titles = list(prose("", item.title, room))
    verdict = "  holds  " if item.holds else "  FAILS  "
    for n, line in enumerate(titles):
        text = cell(line.plain, room + 2) + (columns(*figures(item, unit)) if n == 0 else "")
        first = (verdict, "green" if item.holds else "bold red") if n == 0 else " " * VERDICT
        yield Text.assemble(first, text).rstrip()
    where = f"{item.place.file}:{item.place.line}"
    said = [item.says if item.title != item.says else "", within_text(item), item.when, item.source or "", where]
    yield from prose(" " * VERDICT, " · ".join(filter(None, said)), width, "dim")


def columns(*texts: str) -> str:
    return "".join(text.rjust(width) for text, width in zip(texts, COLUMNS, strict=True))


def figures(item: Checked, unit: Scale) -> tuple[str, str, str]:
    """Expected with its comparison, modelled, and the residual."""
    expected = figure(item, item.expected, unit)
    if item.within is None and item.unit != "condition":
        expected = f"{item.comparison} {expected}"
    return expected, figure(item, item.modelled, unit), _residual(item, unit)


def figure(item: Checked, value: float, unit: Scale) -> str:
    """A value in the unit of its check."""
    match item.unit:
        case "condition":
            return "holds" if value else "fails"
        case "date":
            return "never" if value == inf else day(date.fromordinal(int(value)))
        case "months":
            return "beyond" if value == inf else f"{value:,.1f} months"
        case "share":
            return f"{value * 100:.4g}%"
        case "money":
            return unit.amount(value)
    return amount_text(value)


def within_text(item: Checked) -> str:
    """How far the model may be from what is expected."""
    if item.within is None:
        return ""
    width = {
        "share": f"{item.within * 100:.3g}%",
        "months": f"{item.within:.2g} months",
        "date": f"{item.within:g} days",
    }.get(item.unit)
    return f"± {width or amount_text(item.within)}"


def _residual(item: Checked, unit: Scale) -> str:
    if item.unit == "condition":
        return ""
    if not isfinite(item.residual):
        return "–"
    if item.unit == "date":
        days = round(item.residual)
        return f"{days:+,} days".replace("-", "−")
    if item.residual == 0:
        return "–"
    text = {"months": f"{abs(item.residual):,.1f}", "share": f"{abs(item.residual) * 100:.3g}%"}.get(item.unit)
    text = text or (unit.amount(abs(item.residual)) if item.unit == "money" else amount_text(abs(item.residual), 3))
    return ("−" if item.residual < 0 else "+") + text


def scale_text(item: OutOfScale) -> str:
    """One figure that is small beside another of its source."""
    share = item.a_year / item.other_a_year * 100
    return (
        f"{item.address} = {item.written} is {amount_text(item.a_year)} a year, {share:.2g} % of {item.other} = "
        f"{item.other_written} ({item.place.file}:{item.place.line})"
    )


def checks_markdown(found: Checks) -> str:
    """The table for a pull request."""
    unit = _unit(found)
    lines = [f"**{_cell(found.model)}** · {_cell(found.scenario)} · {unit.label}", ""]
    lines += ["| | check | expected | modelled | residual |", "|---|---|---:|---:|---:|"]
    for item in found.checks:
        verdict = "holds" if item.holds else "**fails**"
        told = " | ".join(figures(item, unit))
        said = " · ".join(filter(None, (item.title, within_text(item), item.when, item.source or "")))
        lines.append(f"| {verdict} | {_cell(said)} | {told} |")
    for warning in found.warnings:
        lines += ["", f"Out of scale: {_cell(scale_text(warning))}"]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return printable(text).replace("|", "\\|")


def checks_csv(found: Checks) -> str:
    """One row a check."""
    heads = ["verdict", "check", "says", "unit", "comparison", "expected", "within", "modelled", "residual", "when"]
    body = [
        [
            "holds" if item["holds"] else "fails",
            *(written_text(str(item[key])) for key in ("title", "says")),
            *("" if item[key] is None else str(item[key]) for key in heads[3:]),
        ]
        for item in found.to_dict()["checks"]
    ]
    return table(heads, body)
