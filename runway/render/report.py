"""A report as every renderer draws it: titles, typed tables and sentences, without a width, a colour or a format.

`reports/` makes one of each answer; `terminal`, `markdown`, `html` and `csv` draw it.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Literal, get_args

from runway.language.named_tuple import NamedTuple
from runway.render.chart import CashChart, FanChart, Sparkline, Sparklines, StackedBars
from runway.render.rungs import RungChart
from runway.render.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from runway.render.figures import Scale

Unit = Literal[
    "text",  # as it stands in the file, on one line
    "money",  # in whole currency units, shown in the unit of the report
    "months",  # a length of time
    "day",  # a date
    "month",  # of a date, or "2025-04"
    "share",  # 0-1, shown in per cent
    "points",  # a change of a share, 0-1, in hundredths of it
    "change",  # of a figure, shown with its sign
    "money change",  # of money, shown with its sign in the unit of the report
    "count",  # whole things
    "multiple",  # times a figure: 2.5x
    "rate",  # 0-1 a year
    "number",  # anything else, to three significant digits
    "bar",  # a `Bar`
    "spark",  # a `Sparkline`
]
UNITS: dict[str, Unit] = {unit: unit for unit in get_args(Unit)}
FIGURES = frozenset(
    ("money", "months", "share", "points", "change", "money change", "count", "multiple", "rate", "number")
)


MONEY = frozenset(("money", "money change"))


class Bar(NamedTuple):
    """A bar between two places of its column, both 0-1."""

    start: float
    end: float
    mark: str = "━"


class Delta(NamedTuple):
    """A figure after less a figure before, printed as the difference of the two as they are printed."""

    before: float | Fraction
    after: float | Fraction

    @property
    def exact(self) -> float:
        return float(self.after - self.before)

    def printed(self, unit: float, places: int) -> float:
        """The difference of both in a unit to so many places; the exact one where they read the same.

        >>> Delta(27.54, 18.96).printed(1, 1), Delta(1.01, 1.02).printed(1, 1)
        (-8.5, 0.01)
        """
        was, now = (round(float(value) / unit, places) for value in self)
        return round(now - was, places) or round(self.exact / unit, 12)


Value = str | float | int | Fraction | date | Bar | Sparkline | Delta | None


class Cell(NamedTuple):
    """A value with a unit or a style of its own; `page` is the address of a page about it, which HTML leads to."""

    value: Value
    unit: Unit | None = None
    style: str = ""
    page: str = ""


class Column(NamedTuple):
    """The cells below one head; lines of a head are parted by line breaks."""

    head: str
    unit: Unit = "text"
    never: str = "–"  # the text where there is no value
    wraps: bool = False  # whether a long text goes on below itself rather than being cut
    align: Literal["left", "right", ""] = ""  # where not that of the unit: figures right, words left
    over: str = ""  # the common head of columns that stand side by side


class Prose(NamedTuple):
    """A paragraph; `first` stands before its first line and its further lines under the text."""

    text: str
    first: str = "  "
    style: str = ""

    @property
    def labelled(self) -> str:
        """The text behind the words of `first`, for formats that have marks of their own for paragraphs."""
        return f"{self.first.strip(' ·')} {self.text}".lstrip()


class Row(NamedTuple):
    """One value a column.  `unit` is that of all its figures, where rows and not columns have units."""

    cells: Sequence[Value | Cell]
    unit: Unit | None = None
    style: str = ""
    depth: int = 0  # of the first cell
    ruled: bool = False  # a line stands above it
    apart: bool = False  # an empty line stands above it
    below: Sequence[Prose] = ()
    minor_digits: int | None = None  # of the row's own currency


class Table(NamedTuple):
    """Rows of values in typed columns; the first column names the rows."""

    title: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    note: str = ""  # beside the title
    after: Sequence[Prose] = ()
    places: int | None = None  # after the point of all money at the least, where a report has places of its own


class Findings(NamedTuple):
    """Labelled sentences; `style` is that of the labels."""

    pairs: Sequence[tuple[str, str]]
    style: str = "dim"


class Heading(NamedTuple):
    """The title of the blocks that follow, with a remark beside it."""

    text: str
    note: str = ""


class Verbatim(NamedTuple):
    """Lines to be kept as they are: a formula, a file to paste."""

    lines: Sequence[str]
    style: str = ""


Block = (
    Table | Prose | Findings | Heading | Verbatim | Tree | CashChart | RungChart | FanChart | Sparklines | StackedBars
)


class Report(NamedTuple):
    """An answer as data.  An empty line parts the sections; `main` makes the table of CSV."""

    title: Sequence[str]  # its parts
    scale: Scale
    sections: Sequence[Sequence[Block]]
    lead: Sequence[Prose] = ()  # below the title
    main: Callable[[], Table] | None = None
    coarser: Callable[[], Report] | None = None  # for a width that this one does not fit

    def fitting(self, fit: Callable[[Table, Scale], bool]) -> Report:
        """Of its forms, finest first, the one whose tables all fit; the coarsest if none does."""
        tables = (block for section in self.sections for block in section if isinstance(block, Table))
        if self.coarser is None or all(fit(table, self.scale) for table in tables):
            return self
        return self.coarser().fitting(fit)


def unit_of(column: Column, row: Row, value: Value | Cell) -> Unit:
    """The unit of a cell: its own, else for figures the row's, else the column's."""
    if isinstance(value, Cell) and value.unit is not None:
        return value.unit
    return row.unit if row.unit is not None and column.unit in FIGURES else column.unit


def full_head(column: Column) -> str:
    """The head of a column on one line, with the head that it shares with its neighbours."""
    return " ".join(filter(None, (column.over if column.head else "", *column.head.split("\n"))))


def to_the_right(column: Column) -> bool:
    """Whether the cells of a column stand to the right: figures, where the column does not say otherwise."""
    return column.align == "right" or (not column.align and column.unit in FIGURES)


def sentence_case(title: str) -> str:
    """A title in capitals as formats write it that have marks of their own for titles; any other as it is."""
    return title.capitalize() if title.isupper() else title


def plain(value: Value | Cell) -> Value:
    """The value of a cell."""
    return value.value if isinstance(value, Cell) else value


def sized(table: Table, scale: Scale) -> tuple[Table, Scale]:
    """A table and the unit of its money with its places after the point, so that no line of money vanishes.

    A line is a row where rows say that they are money, else a column.  Where the unit of the report shows fewer than
    three digits of the largest figure the table has a smaller one, which stands beside its title.
    """
    lines: dict[tuple[str, int], list[float]] = {}
    for n, row in enumerate(table.rows):
        for m, (column, cell) in enumerate(zip(table.columns, row.cells, strict=True)):
            value = plain(cell)
            if unit_of(column, row, cell) in MONEY and value is not None and not isinstance(value, str):
                place = ("row", n) if row.unit == "money" else ("column", m)
                value = value.exact if isinstance(value, Delta) else value
                lines.setdefault(place, []).append(float(value))  # type: ignore[arg-type]  # money is a number
    table_scale = scale.fitting(list(lines.values()))
    if table_scale.unit != scale.unit:
        note = " · ".join(filter(None, (table.note, table_scale.label)))
        return table._replace(note=note), table_scale.with_places(lines.values())
    return table, scale._replace(places=max(table.places or 0, scale.decimals(lines.values())))
