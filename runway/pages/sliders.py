"""The figures that can be moved on a page, and the stops of each: a number of the program and the text that says it.

`--set` and a scenario take a stop's text, which reads back as exactly its number: the page neither reads a figure nor
writes one.  A stop that the file would refuse is not offered.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from runway.answers.sensitivity import tornado_ends
from runway.engine.paths import Variants
from runway.errors import InputError
from runway.language.dimension import Dimension
from runway.language.figure import FigureError
from runway.language.named_tuple import NamedTuple
from runway.language.writing import figure_text, rounded_to
from runway.model.addresses import dimension_at
from runway.model.reader import TableReader
from runway.months import NEVER, date_at, days_in_month
from runway.words import month_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from runway.language.figure import Amount, Entry
    from runway.model.model import Item

FACTORS = ("0", "0.5", "0.7", "0.8", "0.9", "0.95", "1.05", "1.1", "1.2", "1.3", "1.5", "2")
"""The factors of a figure without a range."""
SHARES = ("0.01", "0.02", "0.05", "0.1", "0.2", "0.3")
"""The stops of a share or a rate that is 0."""
STEPS = 6  # from a figure to each end of its range
DIGITS = 3  # significant ones of a stop
FULL, MOST = 60, 120  # sliders with all their stops, and at all, beside events and levers
MANY = 2_000_000  # readings of a line's days in a month, beyond which figures are weighed without them
THIN = 6  # stops that are not made fewer
AROUND = 12  # months to either side of a date, and whole numbers of a figure that takes no others
RUNGS = ("levers.conditional", "levers.planned")  # which the ladder itself sets
OPENING = "model.opening_cash"  # from which the books reckon the cash of closed months
TITLES = {
    "levers.burn": "All spending, times",
    "levers.revenue": "All revenue, times",
    "levers.funding": "Money still to come, times",
    "levers.delay": "Every open closing later by",
}


class Stop(NamedTuple):
    """A value that a figure may be moved to."""

    x: float  # the parameter
    text: str  # as --set has it


class Slider(NamedTuple):
    """A figure that can be moved; `stops` are in order and have its own value, at `at`."""

    address: str
    title: str
    control: str  # range, switch, choice
    group: str  # figure, event, date, lever, still (it does not move the cash of any rung)
    stops: tuple[Stop, ...]
    at: int
    swing: float  # months of runway between the ends of its range, or of its stops

    def thinned(self) -> Slider:
        """With every other stop only, its own and the outermost kept."""
        last = len(self.stops) - 1
        if last < THIN:
            return self
        kept = [n for n in range(last + 1) if n in (0, self.at, last) or n % 2 == self.at % 2]
        return self._replace(stops=tuple(self.stops[n] for n in kept), at=kept.index(self.at))


class Sliders:
    """Makes the sliders of a plan."""

    def __init__(self, variants: Variants, between: Callable[[], None] = lambda: None) -> None:
        """`between` is called before each figure."""
        self.variants, (self.model, self.program), self.between = variants, variants.plan, between
        self.context: dict[str, Any] = TableReader(self.model.document).context

    def all(self) -> list[Slider]:
        """The figures that have other values to be moved to, the one that moves the runway most first.

        Of very many those that move it least are left out.
        """
        sliders = [slider for address in self.program.entries if (slider := self.slider(address)) is not None]
        offered = list(self._accepted_sliders(sliders))
        weight = self._weights(offered)
        order = sorted(offered, key=lambda s: (weight.get(s.address, (0.0, 0.0)), s.address), reverse=True)
        weighed = [self._with_weight(slider, *weight.get(slider.address, (0.0, 0.0))) for slider in order]
        kept = [s for s in weighed if s.group in ("event", "lever")]
        figures = [s for s in weighed if s not in kept]
        return [*kept, *figures[:FULL], *(s.thinned() for s in figures[FULL:MOST])]

    def _with_weight(self, slider: Slider, months: float, cash: float) -> Slider:
        still = slider.group in ("figure", "date") and not months and not cash
        return slider._replace(swing=months, group="still" if still else slider.group)

    def _weights(self, sliders: Sequence[Slider]) -> dict[str, tuple[float, float]]:
        """The months and the lowest cash that each figure moves: between the ends of its range, else of its stops."""
        tornado, _ = tornado_ends(self.variants)
        ends = {end.address: (end.low, end.high) for end in tornado}
        stop_ends = {s.address: (s.stops[0].x, s.stops[-1].x) for s in sliders if s.address not in ends}
        try:
            return self._swings(ends | stop_ends)
        except InputError:  # dates, switches or levers cannot be run so far out: they are not weighed
            return self._swings(ends)

    def _swings(self, ends: Mapping[str, tuple[float, float]]) -> dict[str, tuple[float, float]]:
        rungs = self._weighed_by(2 * len(ends)).run([{a: x} for a, pair in ends.items() for x in pair]) if ends else []
        left = self.variants.runner.layout.left
        weights = {}
        for address, low, high in zip(ends, rungs[::2], rungs[1::2], strict=True):
            months = [left if rung.months is None else rung.months for rung in (low, high)]
            weights[address] = (abs(months[1] - months[0]), abs(high.lowest_cash - low.lowest_cash))
        return weights

    def _weighed_by(self, paths: int) -> Variants:
        """The variants that figures are weighed by: of very many, with each line's money even over the month."""
        runner, at = self.variants.runner, self.variants.runner.layout
        if paths * at.months * len(at.moving) <= MANY:
            return self.variants
        return Variants(self.variants.plan, runner=runner._replace(layout=at._replace(moving=())))

    def slider(self, address: str) -> Slider | None:
        """The slider of a figure, its stops not yet tried in the file as a whole; None if it has no other value."""
        entry, x = self.program.entries[address], self.program.parameters[address]
        if address in RUNGS or (address == OPENING and self.model.actuals is not None):
            return None
        control, group = "range", "lever" if address.startswith("levers.") else "figure"
        if entry.text in ("true", "false"):
            control, stops = "switch", [Stop(0.0, "false"), Stop(1.0, "true")]
            return Slider(address, self.title(address, entry), control, group, tuple(stops), int(x), 0.0)
        if entry.amount.is_date:
            group = "event" if address.partition(".")[0] in self._events else "date"
            values: Iterable[Decimal | float] = self._days(x, group)
        elif entry.outcomes:
            control, values = "choice", [Decimal(repr(value)) for value, _ in entry.outcomes]
        else:
            values = self._numbers(address, entry)
        dimension = dimension_at(self.model.document.data, address) or Dimension("free")
        by_x = {stop.x: stop for value in values if (stop := self._stop(dimension, entry, value)) is not None}
        by_x[x] = Stop(x, self._own_text(entry, x))
        if len(by_x) == 1:
            return None
        stops = [by_x[key] for key in sorted(by_x)]
        at = next(n for n, stop in enumerate(stops) if stop.x == x)
        return Slider(address, self.title(address, entry), control, group, tuple(stops), at, 0.0)

    @property
    def _events(self) -> set[str]:
        return {item.name for item in self.model.section("events")}

    def title(self, address: str, entry: Entry) -> str:
        """The title of a figure: its line and its field."""
        if address in TITLES:
            return TITLES[address]
        head, _, field = address.partition(".")
        titles = {item.name: item.title for item in self.model.items}
        since = f" from {month_text(entry.month)}" if entry.month else ""
        field = field.removesuffix(f".{entry.month}") if entry.month else field
        if head in self._events and field == "date":
            return titles[head]
        return f"{titles.get(head, head)}: {field.replace('.', ' ').replace('_', ' ')}{since}"

    def _own_text(self, entry: Entry, x: float) -> str:
        """The text of the figure's own value."""
        if entry.amount.is_date:
            return "never" if x >= NEVER else date_at(x, self.program.start).isoformat()
        return figure_text(entry, Decimal(f"{x:.6g}"))

    def _days(self, x: float, group: str) -> Iterator[float]:
        """The same day of every month of the model for an event, and never; of the year about any other date."""
        program = self.program
        first, last = 0, program.months - 1
        if group == "date" and x < NEVER:
            first, last = max(first, int(x) - AROUND), min(last, int(x) + AROUND)
        day = 1 if x >= NEVER else date_at(x, program.start).day
        for t in range(first, last + 1):
            month = program.start + t
            yield date(month // 12, month % 12 + 1, min(day, days_in_month(month))).toordinal()
        if group == "event":
            yield NEVER

    def _numbers(self, address: str, entry: Entry) -> Iterator[Decimal]:
        """Even steps to each end of a range, else shares of the figure."""
        number = Decimal(repr(entry.amount.number))
        if self.variants.whole(address):
            yield from (Decimal(round(number) + n) for n in range(-AROUND // 2, AROUND // 2 + 1))
        elif entry.low is not None and entry.high is not None and entry.low < entry.high:
            low, high = Decimal(repr(entry.low)), Decimal(repr(entry.high))
            for n in range(STEPS):
                yield _short(low + (number - low) * n / STEPS)
                yield _short(high + (number - high) * n / STEPS)
        elif number:
            yield from (_short(number * Decimal(factor)) for factor in FACTORS)
        elif entry.amount.percent:
            yield from (Decimal(share) for share in SHARES)
        elif address == "levers.delay":
            yield from (Decimal(n) for n in range(1, AROUND + 1))

    def _stop(self, dimension: Dimension, entry: Entry, value: Decimal | float) -> Stop | None:
        """A value as the file writes it and reads it back; None where it would be no figure of the same form."""
        if value == NEVER:
            text = "never"
        elif isinstance(value, Decimal):
            text = figure_text(entry, value)
        else:
            text = date.fromordinal(int(value)).isoformat()
        text = f"={text}" if text[:1] in ("-", "−", "+") else text
        try:
            read = dimension.read(text.removeprefix("="), self.context).entries[0].amount
        except FigureError:
            return None
        if form_of(read) != form_of(entry.amount):
            return None
        number = read.number - self.program.start if read.is_date and read.number < NEVER else read.number
        return Stop(number, text)

    def _accepted_sliders(self, sliders: Sequence[Slider]) -> Iterator[Slider]:
        """The sliders with the stops that the file takes.

        Numbers of lines, drivers, events, settings, tax and levers are bounded by their fields alone; their ends are
        tried all at once, and by halves where one is refused.  Figures that depend on others are tried stop by stop.
        """
        free = {item.name for item in self.model.items if item.section not in ("funding", "exits")}
        free |= {"model", "tax", "levers"}
        alone = [s for s in sliders if s.group != "date" and s.address.partition(".")[0] in free]
        sound = self._accepted_addresses(alone)
        for slider in sliders:
            self.between()
            if slider.address in sound:
                yield slider
            elif (narrowed := self._narrowed(slider)) is not None:
                yield narrowed

    def _accepted_addresses(self, sliders: Sequence[Slider]) -> set[str]:
        """The figures whose ends the file takes, all of them together or those of a half of them."""
        if not any(self._refused_together(sliders, end) for end in (0, -1)):
            return {slider.address for slider in sliders}
        half = len(sliders) // 2
        return self._accepted_addresses(sliders[:half]) | self._accepted_addresses(sliders[half:]) if half else set()

    def _refused_together(self, sliders: Sequence[Slider], end: int) -> bool:
        changes = {s.address: s.stops[end].text for s in sliders if s.stops[end].x != s.stops[s.at].x}
        return bool(changes) and not self._is_accepted(changes)

    def _is_accepted(self, changes: Mapping[str, str]) -> bool:
        """Whether the file takes changes and its formulas stay the same: the order of dates may decide of some."""
        model, problems = self.variants.changed(changes)
        items = {item.path: item for item in self.model.items}
        pairs = ((item, items[item.path]) for item in model.items)
        return not problems and all(new.part is old.part or _rows(new) == _rows(old) for new, old in pairs)

    def _narrowed(self, slider: Slider) -> Slider | None:
        """The slider between the outermost stops that the file takes on either side of the figure's own value."""

        def accepted(n: int) -> bool:
            return n == slider.at or self._is_accepted({slider.address: slider.stops[n].text})

        low, high = _outermost(accepted, slider.at, 0), _outermost(accepted, slider.at, len(slider.stops) - 1)
        if low == high:
            return None
        return slider._replace(stops=slider.stops[low : high + 1], at=slider.at - low)


def _outermost(accepted: Any, at: int, end: int) -> int:
    """The stop farthest from `at` towards `end` up to which all are taken, as rules between figures are bounds."""
    if accepted(end):
        return end
    good, bad = at, end
    while abs(bad - good) > 1:
        middle = (good + bad) // 2
        good, bad = (middle, bad) if accepted(middle) else (good, middle)
    return good


def _rows(item: Item) -> Any:
    return item.part.rows() if item.has_rows else None


def form_of(amount: Amount) -> Amount:
    """An amount without its number: its unit, currency and period."""
    return amount._replace(number=0.0, signed=False)


def _short(value: Decimal) -> Decimal:
    """A value to a few significant digits."""
    return rounded_to(float(value), DIGITS, up=False) if value else value
