"""What `runway scenarios` prints: how long each scenario lasts counting what, its cash, and what it sets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.render.chart import month_labels
from runway.render.csv import table, written_text
from runway.render.figures import Scale, day, month, months, printable, scale, span
from runway.render.terminal import Text, cell
from runway.reports.project import heading, prose

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from runway.answers.scenarios import ScenarioResult, Scenarios

WIDEST_NAME = 24
LEVELS = "▁▂▃▄▅▆▇█"
SHORT = "·"
RUNGS = ("in hand", "certain", "conditional", "planned")


def scenarios_lines(found: Scenarios, width: int, rung: int = -1) -> Iterator[Text]:
    """The scenarios side by side; `rung` of the ladder is the one whose cash is shown."""
    first = found.scenarios[0]
    unit = _unit(found)
    name = min(WIDEST_NAME, max(len(s.name) for s in found.scenarios) + 2)
    horizon = span(first.months[0], first.months[-1])
    several = f"{len(found.scenarios)} scenarios" if len(found.scenarios) > 1 else "no scenario beside base"
    yield from prose("", f"{found.model} · {several} · {horizon} · {unit.label}", width, "bold")
    if found.changes:
        yield from prose("with ", ", ".join(f"{a} = {v}" for a, v in found.changes.items()), width, "bold")
    yield Text()
    yield from _ladders(found, name)
    yield Text()
    yield from _cash(found, unit, name, rung, width)
    yield Text()
    yield from _chart(found, unit, name, width, rung)
    if any(item.set or item.title for item in found.scenarios):
        yield Text()
        yield from _sets(found, width)


def _unit(found: Scenarios) -> Scale:
    values = [value for s in found.scenarios for r in s.runway for value in (r.lowest_cash, r.funding_gap)]
    values += [s.drawn_funding for s in found.scenarios]
    return scale(found.currency, found.minor_digits, values)


def _shown(found: Scenarios) -> range:
    """The rungs that can differ: without funding there is one, without planned funding there are three."""
    return range(4 if found.planned else 3 if found.funded else 1)


def _ladders(found: Scenarios, name: int) -> Iterator[Text]:
    """Months of runway, a column a rung."""
    shown = _shown(found)
    heads = "".join((("+ " if n else "") + RUNGS[n]).rjust(15) for n in shown) if found.funded else "months".rjust(15)
    yield heading("RUNWAY".ljust(name), heads)
    for item in found.scenarios:
        line = Text("  " + cell(item.name, name))
        for n in shown:
            rung = item.runway[n]
            text = "beyond" if rung.months is None else months(rung.months)
            line.append(text.rjust(15), "green" if rung.beyond_horizon else "red" if n == shown[-1] else "")
        yield line
    ends = {item.months[-1] for item in found.scenarios}
    if len(ends) == 1 and any(r.beyond_horizon for s in found.scenarios for r in s.runway):
        yield heading("", f"months; beyond: past {month(ends.pop())}, the last month")


def _cash(found: Scenarios, unit: Scale, name: int, rung: int, width: int) -> Iterator[Text]:
    """What was drawn, and when and how far the cash falls on one rung."""
    rungs = [item.runway[rung] for item in found.scenarios]
    decimals = unit.decimals([[r.lowest_cash for r in rungs], [r.funding_gap for r in rungs]])
    drawn_in = unit.decimals([[item.drawn[rung] for item in found.scenarios]])
    drawn = "drawn".rjust(9) if found.funded else ""
    yield heading("CASH".ljust(name), drawn + "   cash out           lowest cash              gap")
    for item, counted in zip(found.scenarios, rungs, strict=True):
        out = counted.zero_cash_date
        yield Text.assemble(
            "  " + cell(item.name, name),
            unit.figure(item.drawn[rung], drawn_in).rjust(9) if found.funded else "",
            ("   " + (day(out) if out else "not by " + month(item.months[-1])).ljust(15), "red" if out else "green"),
            unit.figure(counted.lowest_cash, decimals).rjust(13),
            (" " + month(counted.lowest_cash_date)).ljust(10),
            unit.figure(counted.funding_gap, decimals).rjust(9).rstrip(),
        )
    if found.funded:
        counting = RUNGS[rung] if rung in (1, 2) else "everything as written" if rung in (-1, 3) else "cash in hand"
        floor = found.scenarios[0].minimum_cash
        below = f"; cash out: below the minimum cash of {unit.amount(floor)}" if floor else ""
        yield from prose("  ", f"counting {counting}, restricted cash left out{below}", width, "dim")


def _chart(found: Scenarios, unit: Scale, name: int, width: int, rung: int) -> Iterator[Text]:
    """Free cash at the end of each month, a line a scenario, all on one scale; below the floor a low dot."""
    room = width - name - 12
    longest = max(found.scenarios, key=lambda s: len(s.months))
    wide = min(3, max(1, room // len(longest.months)))  # characters a month, where there is room for all of them
    every = -(-len(longest.months) // room)
    top = max(value for s in found.scenarios for value in s.free_cash[rung])
    yield heading("FREE CASH".ljust(name), f" at the end of months; the tallest is {unit.amount(max(top, 0.0))}")
    for item in found.scenarios:
        line = Text.assemble("  " + cell(item.name, name), " ")
        for value in item.free_cash[rung][every - 1 :: every]:
            line.append(_bar(value, item.minimum_cash, top) * wide, "red" if value < item.minimum_cash else "cyan")
        last = item.free_cash[rung][-1]
        line.append("  " + unit.amount(last), "red" if last < item.minimum_cash else "")
        yield line
    columns = wide * len(longest.months[every - 1 :: every])
    labels = month_labels(longest.months, columns)
    yield Text(" " * (name + 3) + labels, "dim")
    if any(value < s.minimum_cash for s in found.scenarios for value in s.free_cash[rung]):
        yield heading("", f"{SHORT} below the floor")


def _bar(value: float, floor: float, top: float) -> str:
    if value < floor or top <= 0:
        return SHORT if value < floor else LEVELS[0]
    return LEVELS[min(len(LEVELS) - 1, max(0, int(value / top * len(LEVELS))))]


def _sets(found: Scenarios, width: int) -> Iterator[Text]:
    """What each scenario is and what it sets."""
    yield heading("WHAT EACH ONE SETS")
    for item in found.scenarios:
        if item.name == "base" and not item.set:
            continue
        if item.title:
            yield from prose(f"  {printable(item.name)}  ", item.title, width)
        else:
            yield Text(f"  {printable(item.name)}", "dim")
        for address, value in item.set.items():
            yield from prose("      ", f"{address} = {value_text(value)}", width, "dim")
        if not item.set:
            yield Text("      nothing", "dim")


def value_text(value: Any) -> str:
    """A value of the file as it is written there, without quotation marks."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {value_text(inner)}" for key, inner in value.items()) + " }"
    return str(value)


def scenarios_csv(found: Scenarios) -> str:
    """One row a scenario and rung."""
    heads = ["scenario", "title", "set", "drawn_funding", "counting", "months", "zero_cash_date", "lowest_cash"]
    body = [row for item in found.scenarios for row in _rows(item, found.minor_digits)]
    return table([*heads, "lowest_cash_date", "funding_gap"], body)


def _rows(item: ScenarioResult, digits: int) -> Iterator[Sequence[str]]:
    sets = "; ".join(f"{address} = {value_text(value)}" for address, value in item.set.items())
    for rung in item.runway:
        yield [
            written_text(item.name),
            written_text(item.title or ""),
            written_text(sets),
            f"{item.drawn_funding + 0.0:.{digits}f}",
            rung.counting.removeprefix("+ "),
            "" if rung.months is None else f"{rung.months:.12g}",
            rung.zero_cash_date.isoformat() if rung.zero_cash_date else "",
            f"{rung.lowest_cash + 0.0:.{digits}f}",
            rung.lowest_cash_date.isoformat(),
            f"{rung.funding_gap + 0.0:.{digits}f}",
        ]
