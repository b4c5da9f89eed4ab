"""What `runway sensitivity` prints: sweeps, a grid, a tornado, breakpoints; and the same as CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.render.figures import Scale, day, month, months, scale
from runway.render.text import Text, cell
from runway.reports.old import heading, prose, table
from runway.words import amount_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runway.answers.sensitivity import Breakpoint, Case, Grid, Sensitivity, Sweep, Swing
    from runway.engine.ladder import Rung

BAR = 8  # characters of the longest bar of a sweep
TORNADO_BAR = 12
SHOWN = 15  # figures of a tornado that are shown
BLOCK, LIGHT = "━", "╌"
IN_MONTHS = ("runway", "zero-cash-date")
METRICS = {
    "runway": "months of runway",
    "zero-cash-date": "months to the zero-cash day",
    "lowest-cash": "lowest cash",
    "gap": "funding gap",
    "closing-cash": "closing cash",
}


def sensitivity_lines(found: Sensitivity, width: int) -> Iterator[Text]:
    """The whole answer, one part below the other."""
    unit = _unit(found)
    base = "beyond " + month(found.horizon) if found.base.months is None else f"{months(found.base.months)} months"
    counting = found.rung.removeprefix("+ ")
    money = found.sweeps or (found.grid is not None and found.grid.metric not in IN_MONTHS)
    label = " · " + unit.label.replace(" ", "\N{NO-BREAK SPACE}") if money else ""
    title = f"{found.model} · {found.scenario} · counting {counting} · base {base}{label}"
    yield from prose("", title, width, "bold")
    yield Text()
    for sweep in found.sweeps:
        yield from _sweep(sweep, unit)
    if found.grid is not None:
        yield from _grid(found.grid, unit, width)
    if found.tornado or found.without_effect:
        yield from _tornado(found, width)
    for point in found.breakpoints:
        enough = found.base.months is None or found.base.months >= point.at_least
        yield from prose("  ", breakpoint_text(point, enough), width)


def _unit(found: Sensitivity) -> Scale:
    outcomes = [found.base, *(case.outcome for sweep in found.sweeps for case in sweep.cases)]
    outcomes += [end for swing in found.tornado for end in (swing.at_low, swing.at_high)]
    values = [value for o in outcomes for value in (o.lowest_cash, o.closing_cash)]
    if found.grid is not None and found.grid.metric not in IN_MONTHS:
        values += [value for row in found.grid.cells for value in row if value is not None]
    return scale(found.currency, found.minor_digits, values)


def changed_by(change: float, how: str) -> str:
    """A change as it is read: `+10%`, `+3 months`, `0.05`.

    >>> changed_by(-0.3, "relative"), changed_by(3.0, "shift")
    ('−30%', '+3 months')
    """
    sign = "−" if change < 0 else "+" if change > 0 else ""
    if how == "relative":
        return f"{sign}{abs(change) * 100:.4g}%"
    if how == "shift":
        return f"{sign}{abs(change):.3g} months"
    return amount_text(change)


def _sweep(sweep: Sweep, unit: Scale) -> Iterator[Text]:
    """Runway at each value with its change against the base and a bar to the side of the change; then cash, alike."""
    gained = [_gained(case, sweep.base) for case in sweep.cases]
    longest = max((abs(g) for g in gained if g is not None), default=0.0)
    yield Text(f"  {sweep.address}", "bold")
    heads = "".rjust(14) + "runway".rjust(9) + "change".rjust(8) + "   cash out     " + "days".rjust(7)
    yield Text(heads, "dim")
    for case, gain in zip(sweep.cases, gained, strict=True):
        out = case.outcome
        text = _value(case, sweep) + (months(out.months) if out.months is not None else "beyond").rjust(9)
        text += ("–" if not gain else f"{gain:+.1f}".replace("-", "−")).rjust(8)
        text += "   " + (day(out.zero_cash_date) if out.zero_cash_date else "–").ljust(13)
        text += _days(out, sweep.base).rjust(7) + "  "
        bar, style = _bar(gain, out.months is None, longest)
        yield Text.assemble((text, "bold" if case.is_base else ""), (bar, style)).rstrip()
    yield Text()
    measured = [
        [[getattr(c.outcome, name) for c in sweep.cases], getattr(sweep.base, name)]
        for name in ("lowest_cash", "funding_gap", "closing_cash")
    ]
    decimals = unit.decimals([values for values, _ in measured])
    columns = ("lowest", "change", "gap", "change", "closing", "change")
    yield Text("".rjust(14) + "".join(head.rjust(11 if n % 2 == 0 else 9) for n, head in enumerate(columns)), "dim")
    for n, case in enumerate(sweep.cases):
        text = _value(case, sweep)
        for values, base in measured:
            change = values[n] - base
            text += unit.figure(values[n], decimals).rjust(11)
            text += (f"{change / unit.unit:+,.{decimals}f}".replace("-", "−") if round(change, 2) else "–").rjust(9)
        yield Text(text.rstrip(), "bold" if case.is_base else "")
    yield Text()


def _value(case: Case, sweep: Sweep) -> str:
    return f"  {'▸' if case.is_base else ' '} {changed_by(case.change, sweep.how).rjust(10)}"


def _days(outcome: Rung, base: Rung) -> str:
    """Days gained on the zero-cash day."""
    if outcome.zero_cash_date is None or base.zero_cash_date is None:
        return "–"
    days = (outcome.zero_cash_date - base.zero_cash_date).days
    return f"{days:+,}".replace("-", "−") if days else "–"


def _bar(gain: float | None, beyond: bool, longest: float) -> tuple[str, str]:
    """Less runway than the base goes to the left of the line, more to the right."""
    if gain is None:
        return ("".rjust(BAR) + "│" + LIGHT * BAR, "green") if beyond else ("".rjust(BAR) + "│", "")
    size = round(BAR * abs(gain) / longest) if longest else 0
    if gain < 0:
        return (BLOCK * size).rjust(BAR) + "│", "red"
    return "".rjust(BAR) + "│" + BLOCK * size, "green"


def _gained(case: Case, base: Rung) -> float | None:
    """Months gained against the base; None where either lasts beyond the horizon."""
    if case.outcome.months is None or base.months is None:
        return None
    return case.outcome.months - base.months


def _grid(grid: Grid, unit: Scale, width: int) -> Iterator[Text]:
    """One metric, the first figure down, the second across; in blocks where the columns do not fit."""
    money = grid.metric not in IN_MONTHS
    decimals = unit.decimals([[v for v in row if v is not None] or [0.0] for row in grid.cells]) if money else 1

    def figure(value: float | None) -> str:
        if value is None:
            return "beyond"
        return unit.figure(value, decimals) if money else months(value)

    heads = [changed_by(column, grid.hows[1]) for column in grid.columns]
    wide = max(len(text) for text in (*heads, *(figure(v) for row in grid.cells for v in row))) + 2
    across = max(1, (width - 14) // wide)
    yield heading(METRICS[grid.metric], f"   {grid.addresses[0]} down, {grid.addresses[1]} across")
    for start in range(0, len(heads), across):
        shown = slice(start, start + across)
        yield Text("".rjust(14) + "".join(text.rjust(wide) for text in heads[shown]), "dim")
        for row, values in zip(grid.rows, grid.cells, strict=True):
            line = Text(changed_by(row, grid.hows[0]).rjust(14), "dim")
            for value in values[shown]:
                low = value is not None and (value < 12 if not money else value < 0)
                line.append(figure(value).rjust(wide), "red" if low else "green" if value is None else "")
            yield line
        yield Text()


def _tornado(found: Sensitivity, width: int) -> Iterator[Text]:
    """Every figure at the ends of its range, the widest swing first."""
    shown = found.tornado[:SHOWN]
    label = max((len(s.address) for s in shown), default=0)
    label = min(label, width - 50)
    longest = max((s.swing for s in shown), default=0.0)
    yield heading("EVERY FIGURE", "   at its own low and high, or ±10 %; months of runway at each end")
    for swing in shown:
        ends = f"{_ends(swing)}".rjust(16)
        at = " ".join(
            ("beyond" if o.months is None else months(o.months)).rjust(7) for o in (swing.at_low, swing.at_high)
        )
        bar = BLOCK * round(TORNADO_BAR * swing.swing / longest) if longest else ""
        yield Text.assemble("  ", cell(swing.address, label), ends, "  ", at, "  ", (bar, "yellow"))
    if len(found.tornado) > SHOWN:
        yield Text(f"  and {len(found.tornado) - SHOWN} more that move cash; --json and --csv have all", "dim")
    if found.without_effect:
        yield from prose("  without effect: ", ", ".join(found.without_effect), width, "dim")
    if found.refused:
        yield from prose("  left out, the file could not hold them: ", ", ".join(found.refused), width, "dim")
    yield Text()


def _ends(swing: Swing) -> str:
    return f"{amount_text(swing.low, 3)}…{amount_text(swing.high, 3)}" if swing.stated else "±10 %"


def breakpoint_text(point: Breakpoint, enough: bool) -> str:
    """At which change runway falls below what is wanted, or reaches it where the base does not have `enough`."""
    turn = "falls below" if enough else "reaches"
    if point.change is None:
        return f"{point.address}: runway {turn} {point.at_least:g} months nowhere in the range"
    return f"{point.address}: runway {turn} {point.at_least:g} months at {changed_by(point.change, point.how)}"


def sensitivity_csv(found: Sensitivity) -> str:
    """One row a case: what was changed, to what, and what it comes to."""
    heads = [
        "address",
        "change",
        "how",
        "base",
        "months",
        "zero_cash_date",
        "lowest_cash",
        "funding_gap",
        "closing_cash",
    ]
    if found.grid is not None:
        grid = found.grid
        form = ".12g" if grid.metric in IN_MONTHS else f".{found.minor_digits}f"
        body = [
            [f"{row:.12g}", f"{column:.12g}", "" if value is None else f"{value + 0.0:{form}}"]
            for row, values in zip(grid.rows, grid.cells, strict=True)
            for column, value in zip(grid.columns, values, strict=True)
        ]
        return table([*grid.addresses, grid.metric], body)
    rows = [
        [
            sweep.address,
            f"{case.change:.12g}",
            sweep.how,
            str(int(case.is_base)),
            *_csv(case.outcome, found.minor_digits),
        ]
        for sweep in found.sweeps
        for case in sweep.cases
    ]
    for swing in found.tornado:
        for end, outcome in ((swing.low, swing.at_low), (swing.high, swing.at_high)):
            rows.append([swing.address, f"{end:.12g}", "absolute", "0", *_csv(outcome, found.minor_digits)])
    return table(heads, rows)


def _csv(outcome: Rung, digits: int) -> list[str]:
    return [
        "" if outcome.months is None else f"{outcome.months:.12g}",
        outcome.zero_cash_date.isoformat() if outcome.zero_cash_date else "",
        *(f"{value + 0.0:.{digits}f}" for value in (outcome.lowest_cash, outcome.funding_gap, outcome.closing_cash)),
    ]
