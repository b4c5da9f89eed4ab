"""What `runway solve` prints: the answer, the rung before and after it, where else the target holds; CSV; TOML."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

from runway.render.figures import Scale, day, month, months, printable, scale
from runway.render.text import Text, cell
from runway.reports.old import prose, table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from runway.answers.solve import Solution, Stretch
    from runway.engine.ladder import Rung

LABEL = 22
HEADS = "runway".rjust(8) + "   cash out       " + "lowest".rjust(10) + "gap".rjust(10) + "closing".rjust(10)
_BARE = re.compile(r"-?\d(?:_?\d)*(?:\.\d+)?")


def solution_lines(found: Solution, width: int) -> Iterator[Text]:
    """The answer in one sentence, the rung before and after it, and what else was found."""
    unit = _unit(found)
    counting = found.rung.removeprefix("+ ")
    yield from prose("", f"{found.model} · {found.scenario} · counting {counting} · {unit.label}", width, "bold")
    yield Text()
    yield from prose("  ", _answer(found), width, "bold green" if found.met else "bold red")
    yield Text()
    yield Text((" " * LABEL + HEADS).rstrip(), "dim")
    yield _rung("as it is", found.before, unit, found.horizon)
    if found.after is not None and found.answer is not None:
        yield _rung(f"with {found.answer}", found.after, unit, found.horizon)
    yield Text()
    if found.owned_after != found.owned_before:
        yield from _dilution(found)
    for note in _notes(found):
        yield from prose("  · ", note, width)


def _dilution(found: Solution) -> Iterator[Text]:
    """What the answer costs in ownership at the end of the horizon."""
    label = LABEL + 8
    heads = "".join(head.rjust(12) for head in ("as it is", "then", "points"))
    yield Text(cell(f"  owned in {month(found.horizon)}", label) + heads, "dim")
    for title in {**found.owned_before, **found.owned_after}:
        one, other = found.owned_before.get(title, 0.0), found.owned_after.get(title, 0.0)
        points = round((other - one) * 100, 2)
        change = f"{points:+.2f}".replace("-", "−") if points else "–"
        figures = (f"{one * 100:.2f}%", f"{other * 100:.2f}%", change)
        yield Text(cell("  " + printable(title), label) + "".join(figure.rjust(12) for figure in figures))
    yield Text()


def _unit(found: Solution) -> Scale:
    rungs = [rung for rung in (found.before, found.after) if rung is not None]
    return scale(
        found.currency,
        found.minor_digits,
        [x for r in rungs for x in (r.lowest_cash, r.funding_gap, r.closing_cash)],
    )


def _rung(label: str, rung: Rung, unit: Scale, horizon: str) -> Text:
    decimals = unit.decimals([[rung.lowest_cash], [rung.closing_cash]])
    figures = (rung.lowest_cash, rung.funding_gap, rung.closing_cash)
    shown = label if len(label) <= LABEL - 4 else label[: LABEL - 5] + "…"
    text = f"  {shown.ljust(LABEL - 2)}"
    text += ("beyond" if rung.months is None else months(rung.months)).rjust(8)
    text += "   " + (day(rung.zero_cash_date) if rung.zero_cash_date else f"not by {month(horizon)}").ljust(15)
    return Text((text + "".join(unit.figure(value, decimals).rjust(10) for value in figures)).rstrip())


def _answer(found: Solution) -> str:
    """The finding in a sentence."""
    side = f" {found.side}" if found.side else ""
    where = f"between {found.searched[0]} and {found.searched[1]}"
    if found.status == "solved":
        if found.how == "relative":
            return f"{found.target}: {found.address} must change by {found.answer}{side}"
        return f"{found.target}: {found.address} must be {found.answer}{side} (now {found.original})"
    if found.status == "holds":
        if found.answer is None and found.turns:
            return f"{found.target} holds as it is, outside the range searched"
        if found.answer is None:
            return f"{found.target} holds as it is; nothing within {_range(found)} of {found.address} changes that"
        verb = "changes by" if found.how == "relative" else "is"
        return f"{found.target} holds as it is, and as long as {found.address} {verb} {found.answer}{side}"
    if found.status == "ineffective":
        return f"no solution: {found.address} has no effect on {found.metric} {where}"
    if found.refused is not None:
        return f"no solution: it would take {found.address} to be {found.answer}, and the file cannot hold that"
    return f"no solution: {found.target} at no value of {found.address} {where}"


def _range(found: Solution) -> str:
    return f"{found.searched[0]} … {found.searched[1]}"


def _notes(found: Solution) -> Iterator[str]:
    if found.refused is not None:
        yield found.refused.rstrip(".")
    if found.jump is not None:
        yield "it jumps from {} to {} at {}".format(*found.jump)
    elif found.nearest is not None and found.refused is None:
        yield "the nearest is {} at {}".format(*found.nearest)
    if found.climbed:
        yield f"counting {found.rung.removeprefix('+ ')}, as {found.address} has no effect on the rungs below"
    if len(found.stretches) > 1:
        where = "; ".join(map(_stretch, found.stretches))
        yield f"more than one answer: the target holds {where}"
    elif found.stretches and not found.side and found.turns and found.stretches[0].low != found.stretches[0].high:
        yield f"the target holds {_stretch(found.stretches[0])}"
    if found.met and found.answer is not None:
        yield f"searched {_range(found)}; verified by a projection with it"
    elif found.status == "unsolved" and found.refused is None:
        yield "search further with --range LOW..HIGH"


def _stretch(stretch: Stretch) -> str:
    if stretch.low == stretch.high:
        return f"at {stretch.low}"
    if stretch.low_open and stretch.high_open:
        return f"from {stretch.low} to {stretch.high}"
    if stretch.low_open:
        return f"up to {stretch.high}"
    return f"from {stretch.low} on" if stretch.high_open else f"from {stretch.low} to {stretch.high}"


def solution_csv(found: Solution) -> str:
    """One row as it is and one with the answer."""
    heads = ["case", "address", "value", "target", "met", "counting", "months", "zero_cash_date", "lowest_cash"]
    heads += ["funding_gap", "closing_cash"]
    rows = [_csv_row(found, "before", found.original, str(int(found.status == "holds")), found.before)]
    if found.after is not None and found.answer is not None:
        rows.append(_csv_row(found, "after", found.answer, str(int(found.met)), found.after))
    return table(heads, rows)


def _csv_row(found: Solution, case: str, value: str, met: str, rung: Rung) -> list[str]:
    money = (rung.lowest_cash, rung.funding_gap, rung.closing_cash)
    return [
        case,
        found.address,
        value,
        found.target,
        met,
        rung.counting,
        "" if rung.months is None else f"{rung.months:.12g}",
        rung.zero_cash_date.isoformat() if rung.zero_cash_date else "",
        *(f"{amount + 0.0:.{found.minor_digits}f}" for amount in money),
    ]


def scenario_toml(name: str, found: Solution) -> str:
    """A scenario to paste: every change beside the file, so that it stands on its own.

    A title says what it was solved for.
    """
    counting = found.rung.removeprefix("+ ")
    lines = [f"[scenarios.{name}]", f"title = {toml_value(f'{found.target}, counting {counting}')}"]
    return "\n".join([*lines, f"set = {toml_value(found.set)}"]) + "\n"


def toml_value(value: Any) -> str:
    """A value of a file as TOML writes it on one line.

    >>> toml_value({"rent.amount": "$812k/day", "model.opening_cash": "15_500_000", "a.b": True})
    '{ "rent.amount" = "$812k/day", "model.opening_cash" = 15_500_000, "a.b" = true }'
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        if _BARE.fullmatch(value) and not re.match(r"-?0\d", value):
            return value
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return '"' + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in escaped) + '"'
    if isinstance(value, date):
        return f'"{value.isoformat()}"'
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(toml_value, value))}]"
    if hasattr(value, "items"):
        table: Mapping[str, Any] = value
        inside = ", ".join(f"{toml_key(key)} = {toml_value(item)}" for key, item in table.items())
        return f"{{ {inside} }}" if inside else "{}"
    return str(value)


def toml_key(key: str) -> str:
    """A key, quoted where it holds a dot."""
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else '"' + key.replace("\\", "\\\\").replace('"', '\\"') + '"'
