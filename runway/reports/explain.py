"""What `runway explain` prints: a figure as a tree of what went into it, the headline rung by rung, an error's page."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from runway.answers.evidence_to_dict import day_of
from runway.render.figures import Scale, day, month, months, printable, scale
from runway.render.text import Text, cell, cell_len
from runway.reports.old import heading, prose

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runway.answers.explain import Explanation, Term
    from runway.answers.headline import Headline, Measure, Money, RungExplained
    from runway.program.origin import Origin

FIGURE = 20  # columns of a value
MEASURE = 34  # columns of a figure's name and value
SHOWN = 12  # rows that read a figure


def explanation_lines(found: Explanation, width: int) -> Iterator[Text]:
    """The figure, its tree, then every written figure that it rests on."""
    title = f" ({found.title})" if found.title and found.title != found.address else ""
    yield from prose("", f"{found.model} · {found.scenario} · {found.currency}", width, "bold")
    yield Text()
    if found.fate is not None:
        status, reason = found.fate
        yield from prose("  ", f"{found.address}{title}: {status}", width, "bold")
        yield from prose("    ", reason, width)
        yield Text()
    elif title or found.term.address != found.address:
        yield from prose("  ", f"{found.address}{title}", width, "dim")
        yield Text()
    yield from _term(found.term, found, width, "  ", "  ")
    yield Text()
    if found.used_by:
        more = f" and {len(found.used_by) - SHOWN} more" if len(found.used_by) > SHOWN else ""
        yield from prose("  read by  ", ", ".join(found.used_by[:SHOWN]) + more, width)
        return
    if found.inputs:
        yield heading("WHAT IT RESTS ON", "   at any depth, in the order of the file")
        for origin in found.inputs:
            yield from _input(origin, width)
    if found.defaults:
        yield from prose("  left out, so the default: ", ", ".join(o.address for o in found.defaults), width, "dim")


def _term(term: Term, found: Explanation, width: int, first: str, rest: str) -> Iterator[Text]:
    """One term with its value at the right, its formula or origin below it, and the terms below that."""
    name = term.address + (f" {month(term.month)}" if term.month else "")
    figure = value_text(term, found)
    room = width - FIGURE - len(first) - 1
    lead = first
    if cell_len(name) <= room:
        yield Text.assemble((first, "dim"), cell(printable(name), room), " ", figure.rjust(FIGURE)).rstrip()
    else:  # a condition is a text that may be longer than a line
        lines = list(prose(first, name, width - FIGURE - 1))
        for n, line in enumerate(lines):
            line.pieces[0] = (lead if n == 0 else rest, "dim")
            if n == len(lines) - 1:
                line.append(" " * max(1, width - FIGURE - cell_len(line.plain)) + figure.rjust(FIGURE))
            yield line.rstrip()
    below = "│ " if term.terms else "  "
    if term.formula:
        for n, line in enumerate(prose(f"{rest}{below}= ", term.formula, width)):
            line.pieces[0] = (f"{rest}{below}{'= ' if n == 0 else '  '}", "dim")
            yield line
    if term.origin is not None:
        yield from _under(rest + "  ", origin_text(term.origin), width)
    if term.above or term.deeper:
        yield from _under(rest + "  ", "as above" if term.above else "more below; --depth shows it", width)
    for n, inner in enumerate(term.terms):
        end = n == len(term.terms) - 1
        yield from _term(inner, found, width, f"{rest}{'└ ' if end else '├ '}", f"{rest}{'  ' if end else '│ '}")


def _under(margin: str, text: str, width: int) -> Iterator[Text]:
    for line in prose(margin, text, width, "dim"):
        line.pieces[0] = (margin, "dim")
        yield line


def value_text(term: Term, found: Explanation) -> str:
    """The value as it is read: money to the minor unit, a figure as it is written, a date, yes or no."""
    if term.unit == "condition":
        return "holds " if term.value else "does not hold "
    if term.origin is not None:
        return f"{term.origin.written} "
    if term.unit == "date":
        return f"{day_of(term.value, found.start)} "
    text = f"{abs(term.value):,.{found.minor_digits}f}" if term.unit == "money" else f"{abs(term.value):,.8g}"
    if "e" in text:
        text = f"{abs(term.value):,.0f}"
    return f"({text})" if term.value < 0 else f"{text} "


def origin_text(origin: Origin) -> str:
    """Where a figure stands and what it rests on, in one line of text."""
    said = [origin.where]
    if origin.title:
        said.append(f"{origin.title}{f', as of {origin.as_of}' if origin.as_of else ''}")
    elif origin.as_of:
        said.append(f"as of {origin.as_of}")
    if origin.confidence:
        said.append(f"confidence {origin.confidence}")
    if origin.low is not None and origin.high is not None:
        percent = "%" in origin.written
        ends = [f"{end * 100:g}%" if percent else f"{end:,.10g}" for end in (origin.low, origin.high)]
        said.append(f"{ends[0]} to {ends[1]}")
    if origin.note:
        said.append(origin.note)
    return " · ".join(said)


def _input(origin: Origin, width: int) -> Iterator[Text]:
    head = f"  {printable(origin.address)}  "
    yield Text.assemble(head, printable(origin.written).rjust(max(1, width - len(head) - 1)))
    yield from _under("    ", origin_text(origin), width)


def headline_lines(found: Headline, width: int) -> Iterator[Text]:
    """What the headline means, then each rung: what it counts, and the way to its last day."""
    values = [value for item in found.rungs for value in (item.opening_cash, *(f for _, _, f in item.flows))]
    unit = scale(found.currency, found.minor_digits, values)
    yield from prose("", f"{found.model} · {found.scenario} · {unit.label}", width, "bold")
    yield Text()
    floor = f"the minimum cash of {unit.amount(found.minimum_cash)}" if found.minimum_cash else "zero"
    says = f"Runway is the months from the start of {month(found.first_month)} to the first day at whose end the cash "
    says += f"that is free to spend is below {floor}: whole months, and the days of the last as a share of it."
    yield from prose("  ", says, width)
    shown: tuple[object, ...] | None = None
    for item in found.rungs:
        yield Text()
        yield from _rung(item, unit, width, same=shown == _way(item))
        shown = _way(item)
    if found.measures:
        yield Text()
        yield heading("THE OTHER FIGURES")
    for measure in found.measures:
        yield from prose(f"    {measure_text(measure, unit)}".ljust(MEASURE), measure.formula, width)


def measure_text(item: Measure, unit: Scale) -> str:
    """A figure's name and value."""
    if item.value is None:
        return f"{item.name} –"
    if item.unit == "date":
        return f"{item.name} {day(date.fromordinal(int(item.value)))}"
    value = {"months": months(item.value), "number": f"{item.value:.1f}"}.get(item.unit) or unit.amount(item.value)
    return f"{item.name} {value}"


def _way(item: RungExplained) -> tuple[object, ...]:
    return (item.until, item.opening_cash, item.flows, item.closing_cash)


def _rung(item: RungExplained, unit: Scale, width: int, *, same: bool) -> Iterator[Text]:
    rung = item.rung
    head = "beyond the horizon" if rung.months is None else f"{months(rung.months)} months"
    if rung.zero_cash_date is not None and item.days is not None:
        head += f", to {day(rung.zero_cash_date)}: {item.days[0]} of {item.days[1]} days into the last month"
    yield from prose(f"  {rung.counting.upper()}   ", head, width, "bold")
    yield from prose("    counts ", item.counts, width)
    for closing in item.closings:
        yield from prose("      ", _money(closing, unit), width, "" if closing.amount else "dim")
    if same:
        yield from prose("    ", "cash as on the rung before", width, "dim")
        return
    decimals = unit.decimals([[item.opening_cash], *([amount] for _, _, amount in item.flows)])

    def line(label: str, value: float, style: str = "") -> Text:
        return Text.assemble((cell(f"    {label}", 44), style), unit.figure(value, decimals).rjust(14)).rstrip()

    yield line("opening cash", item.opening_cash)
    for _, title, amount in item.flows:
        yield line(f"  {title.lower()} to {month(item.until)}", amount)
    yield line(f"closing cash of {month(item.until)}", item.closing_cash, "bold")
    if item.restricted_cash:
        yield line("  of which restricted", item.restricted_cash)
    if item.cash_that_day is not None and rung.zero_cash_date is not None:
        yield line(f"free to spend at the end of {day(rung.zero_cash_date)}", item.cash_that_day)
    elif rung.zero_cash_date is None:
        yield line(f"lowest, {day(rung.lowest_cash_date)}", rung.lowest_cash)


def _money(closing: Money, unit: Scale) -> str:
    when = f" on {day(closing.date)}" if closing.date and closing.amount else ""
    amount = f"{unit.amount(closing.amount)}{when}" if closing.amount else "–"
    return f"{closing.address}: {amount} ({closing.reason})"
