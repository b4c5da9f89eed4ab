"""The whole file, validated and frozen: assumptions as they are written, before anything is computed."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import cache, lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from runway.language.fields import AllAhead
from runway.language.figure import Figure, date_amount
from runway.language.formula import FUNCTIONS
from runway.language.named_tuple import NamedTuple
from runway.language.tree import CLOCK
from runway.lines.line import Component, FileTable
from runway.model.addresses import LINE_SECTIONS, Path, field_key
from runway.months import absolute_month, days_in_month, last_day
from runway.words import counted_from_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from runway.files.actuals import Actuals, CashOnDay
    from runway.files.document import Document
    from runway.funding.captable import Captable
    from runway.funding.funding import Drawing
    from runway.language.figure import Entry
    from runway.lines.section_fields import SectionFields
    from runway.model.books import ActualsTable
    from runway.model.event import Event
    from runway.model.evidence import Check, Source
    from runway.model.opening_balance import OpeningBalance
    from runway.model.tables import Levers, Scenario, Settings
    from runway.model.tax import Tax
    from runway.model.wind_down import WindDown

SECTIONS = (
    "model",
    "fx",
    "sources",
    *LINE_SECTIONS,
    "tax",
    "opening_balance",
    "wind_down",
    "events",
    "actions",
    "funding",
    "exits",
    "captable",
    "scenarios",
    "levers",
    "correlations",
    "checks",
    "actuals",
)
LISTS = ("checks",)  # sections that are arrays of tables
MEASURES = (
    "cash", "total", "burn_bridge", "survival", "net_burn", "gross_burn", "net_loss", "net_cash_flow", "opening_cash",
    "restricted_cash", "unrestricted_cash", "trailing_burn", "minimum_cash", "months_to_close", "main",
    "gross_profit", "ebitda", "metrics", "operating_profit", "profit_before_tax", "net_income", "opening_equity",
    "equity", "sheet", "wind_down",
)  # fmt: skip
RESERVED = {*SECTIONS, *MEASURES, *CLOCK, *FUNCTIONS, "true", "false", "source", "kind", "unreconciled"}


NAME = re.compile(r"[a-z][a-z0-9_]{0,59}\Z")
"""The form of a name."""


class Item(NamedTuple):
    """One named table: a line, driver, event or round; `shared` holds the fields that its section adds."""

    name: str
    section: str
    part: Any  # a Component: of the class of its kind, or of its section where that has no kinds
    shared: SectionFields | None = None

    @property
    def path(self) -> Path:
        return (self.section, self.name)

    @property
    def has_rows(self) -> bool:
        """Whether its bare name means a row in formulas; an event's means that it has happened."""
        return self.section not in ("events", "exits")

    @property
    def title(self) -> str:
        return self.part.title or self.name

    @property
    def planned(self) -> bool:
        """Whether its money is only hoped for."""
        return bool(self.part.planned)

    @property
    def kind(self) -> str:
        """The kind of a line or of funding; empty where a section has none."""
        kind: str = self.part.kind_name()
        return kind

    def figures(self) -> Iterator[tuple[Path, Figure]]:
        """Each figure of its tables, with its place in the file."""
        for part in (self.part, self.shared):
            for _, _, path, value in () if part is None else field_values(part, self.name, self.path):
                figure = getattr(value, "figure", value)  # a valuation holds one
                if isinstance(figure, Figure):
                    yield path, figure

    def closings(self) -> list[tuple[str, Drawing]]:
        """Each time that the money of funding comes on a day: its address, and its terms."""
        drawn = self.part.closings()
        return [(f"{self.name}.{closing.name}" if closing.name else self.name, closing) for closing in drawn]


class _Same:
    """Items that are the same only where they are the same tuple."""

    __slots__ = ("items",)

    def __init__(self, items: tuple[Item, ...]) -> None:
        self.items = items

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.items is other.items

    def __hash__(self) -> int:
        return id(self.items)


@lru_cache(maxsize=8)
def _by_section(same: _Same) -> dict[str, list[Item]]:
    """Items by section, which is asked for each of thousands of lines."""
    sections: dict[str, list[Item]] = {}
    for item in same.items:
        sections.setdefault(item.section, []).append(item)
    return sections


class CountedFrom(NamedTuple):
    """The day from whose end runway is counted, the last day in the books, and whether it is before the start."""

    as_of: date
    closed: date | None
    at_start: bool

    @property
    def text(self) -> str:
        """The words of a heading on it; empty where the plan is counted from its start."""
        return "" if self.at_start else counted_from_text(self.as_of, self.closed)


class Model(NamedTuple):
    """A company's assumptions.  `items` are in the order of the file; `broken` names could not be read."""

    document: Document
    scenario: str
    settings: Settings
    fx: Mapping[str, Figure]
    sources: Mapping[str, Source]
    items: tuple[Item, ...]
    levers: Levers
    scenarios: Mapping[str, Scenario]
    original: Document  # before the scenario and further changes
    tax: Tax | None = None
    broken: frozenset[str] = frozenset()
    unread: frozenset[str] = frozenset()  # where names begin whose tables could not be read, `broken` among them
    changes: Mapping[str, Any] = MappingProxyType({})
    captable: Captable | None = None
    checks: tuple[Check, ...] = ()
    check_places: tuple[int, ...] = ()  # the place of each in the file, which may have others that are left out
    actuals_table: ActualsTable | None = None
    bank: CashOnDay | None = None  # as of a day after the last close, where the books have rows by the day
    actuals: Actuals | None = None  # the values in the table's files, once they are read
    as_of: date | None = None  # the day as of which it is read: events dated up to it have happened; None: as it is
    counted_from: date | None = None  # the day from whose end runway is counted, where that alone is asked for
    opening_balance: OpeningBalance | None = None
    wind_down: WindDown | None = None

    def check_path(self, n: int) -> Path:
        """The path of the n-th check in the file."""
        return ("checks", self.check_places[n])

    def section(self, name: str) -> list[Item]:
        """The items of a section, in the order of the file."""
        return list(_by_section(_Same(self.items)).get(name, ()))

    def groups(self) -> dict[str, list[Item]]:
        """The lines of each group, by its name, in the order of the file."""
        groups: dict[str, list[Item]] = {}
        for item in self.items:
            if (name := getattr(item.shared, "group", None)) is not None:
                groups.setdefault(name, []).append(item)
        return groups

    def rate(self, currency: str | None, month: int = 0) -> str | None:
        """The address of a currency's exchange rate in a month of the model; None for the model's own currency."""
        if currency is None or currency not in self.fx:
            return None
        written = self.fx[currency].addresses(f"fx.{currency}")
        in_force = [a for a, entry in written if entry.begins_by(self.settings.start + month)]
        return in_force[-1] if in_force else written[0][0]

    def factors(self, address: str, entry: Entry, month: int = 0) -> tuple[str, ...]:
        """The addresses whose product is an amount in the model's own currency: its own, and a rate's."""
        rate = self.rate(entry.amount.currency, month)
        return (address,) if rate is None else (address, rate)

    def day_of(self, entry: Entry) -> str | None:
        """The day that a figure is of, as it is written: its own, else that of its source."""
        return entry.as_of or (None if entry.source is None else self.sources[entry.source].as_of)

    @property
    def closed(self) -> date | None:
        """The last day of the closed months; None without any."""
        return None if self.actuals is None else last_day(self.actuals.last_close)

    @property
    def counted_since(self) -> CountedFrom:
        """The base day, as headings say it."""
        return CountedFrom(self.base_day, self.closed, self.base_day == last_day(self.settings.start - 1))

    @property
    def base_day(self) -> date:
        """The day from whose end runway is counted: as asked for, else the last close, else before the start."""
        if self.counted_from is not None:
            return self.counted_from
        if self.settings.as_of is not None:
            return self.settings.as_of.day
        return self.closed or last_day(self.settings.start - 1)

    @property
    def base(self) -> float:
        """Months from the start to the end of the base day, of a month the share of its days; negative before it."""
        day = self.base_day + timedelta(days=1)
        month = absolute_month(day)
        return month - self.settings.start + (day.day - 1) / days_in_month(month)

    @property
    def settled(self) -> float | None:
        """The position up to which money, levers and conditions are settled; None where nothing is."""
        if self.as_of is not None:
            return max(0.0, date_amount(self.as_of + timedelta(days=1)).number - self.settings.start)
        return None if self.actuals is None else float(self.actuals.closed)

    @property
    def past(self) -> int:
        """The whole months of the model up to the base day."""
        return max(0, int(self.base))

    @property
    def burn_window(self) -> tuple[int, int]:
        """The first and last month that burn is averaged over: the latest of the past, else the first of the plan."""
        return self._window(self.settings.burn_window)

    @property
    def trend_window(self) -> tuple[int, int]:
        """As the burn window, of three months at least: a trend cannot be read off fewer."""
        return self._window(max(3, self.settings.burn_window))

    def _window(self, wide: int) -> tuple[int, int]:
        past = min(self.past, self.settings.months)
        return (max(0, past - wide), past - 1) if past else (0, min(wide, self.settings.months) - 1)

    @property
    def events(self) -> dict[str, Event]:
        return {item.name: item.part for item in self.section("events")}


def name_within(element: Component) -> str:
    """The name of an entry of a list of tables in addresses."""
    name: str = getattr(element, element.key)
    return name


def tables_within(table: FileTable, address: str) -> Iterator[tuple[str, FileTable]]:
    """A table and every table that it holds, by address."""
    yield address, table
    for name, info in type(table).model_fields.items():
        value = getattr(table, name)
        for element in value if isinstance(value, tuple) else (value,):
            if isinstance(element, Component):
                inside = name_within(element) if isinstance(value, tuple) else field_key(name, info)
                yield from tables_within(element, f"{address}.{inside}")


@cache
def _keys(component: type[BaseModel]) -> tuple[tuple[str, str], ...]:
    """Each field of a component, with its key in a file."""
    return tuple((name, field_key(name, info)) for name, info in component.model_fields.items())


def field_values(component: BaseModel, address: str, path: Path) -> Iterator[tuple[str, str, Path, Any]]:
    """Every value of a component: its address, its name in formulas, its path in the file and itself."""
    fields = ((name, key, getattr(component, name)) for name, key in _keys(type(component)))
    for name, key, value in (*fields, *((name, name, value) for name, value in (component.model_extra or {}).items())):
        if isinstance(value, tuple) and value and isinstance(value[0], Component):
            for n, element in enumerate(value):
                yield from field_values(element, f"{address}.{name_within(element)}", (*path, key, n))
        elif isinstance(value, BaseModel):
            yield from field_values(value, f"{address}.{key}", (*path, key))
        elif isinstance(value, dict):
            for inner, figure in value.items():
                place = (*path, key) if isinstance(value, AllAhead) else (*path, key, inner)
                yield f"{address}.{key}.{inner}", f"{address}.{name}.{inner}", place, figure
        else:
            yield f"{address}.{key}", f"{address}.{name}", (*path, key), value
