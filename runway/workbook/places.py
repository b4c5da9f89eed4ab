"""Where everything stands in the workbook: each figure of the file, each row of the program, and the names of both."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from xlsxwriter.utility import xl_col_to_name

from runway.answers.raising import valuations
from runway.files.closed_months import BANK_AMOUNT, BANK_DAY, CLOSED, SCALE, SETTLED
from runway.files.document import raw_at
from runway.language.excel import Excel
from runway.language.figure import Amount, Entry
from runway.language.named_tuple import NamedTuple
from runway.language.tree import AVERAGE_DAYS, CLOCK, Parameter, Step, walk
from runway.model.addresses import find
from runway.model.names import Namespace
from runway.program.metrics import METRICS
from runway.program.row import figures_read
from runway.program.undefined import may_not_exist
from runway.workbook.later_months import later

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from runway.answers.raising import ValuedClosing
    from runway.model.model import Item, Model
    from runway.program.plan import Plan
    from runway.program.row import ProgramRow
    from runway.workbook.later_months import LaterMonths

FIRST_MONTH = 3  # the column of the first month, counted from 0; the one before holds openings
INPUTS_HEAD, MODEL_HEAD = 7, 4  # the row of the column heads, counted from 1
HEADLINE, RUNG_ROWS = MODEL_HEAD + len(CLOCK) + 2, 4 * 10  # its heading, and the rows of the four rungs
WORTH_ROWS, BURN_ROWS, VALUED_ROWS = 2, 7, 3  # the company's worth; burn and peak need; each valuation
HEADLINE_ROWS = 1 + RUNG_ROWS + WORTH_ROWS + BURN_ROWS  # the day that is counted from first; below them, closings
LONGEST_NAME = 255
column_name: Callable[[int], str] = xl_col_to_name
"""The letters of a column counted from 0."""
HEADS = {"model": "The model", "fx": "Exchange rates", "tax": "Tax", "levers": "Levers", "actuals": "Actuals"}
SECTIONS = {
    "drivers": "Drivers", "revenue": "Revenue", "costs": "Costs", "capital": "Capital", "passthrough": "Pass-through",
    "events": "Events", "actions": "Actions", "funding": "Funding",
}  # fmt: skip
BURN = ("gross_burn", "net_burn", "trailing_burn", "net_loss", "burn_bridge")
INCOME = ("gross_profit", "ebitda", "operating_profit", "profit_before_tax", "net_income")
STATEMENT = {
    "cash": "Cash", "total": "Totals", "tax": "Tax", "burn": "Burn and net loss", "survival": "Survival",
    "income": "Income statement", "sheet": "Balance sheet",
}  # fmt: skip
MONEY = re.compile(r"[$€£¥]|[A-Z]{3}")
FIXED = {
    CLOSED: "months with actual values of lines (fixed: export again)",
    BANK_DAY: "day up to which the bank says what was held (fixed: export again)",
    BANK_AMOUNT: "what was held on that day beside the plan (fixed: export again)",
    SETTLED: "months in which cash, levers and conditions are settled (fixed: export again)",
}
_CELL = re.compile(r"(?:[a-z]{1,3}\d+|r\d*c?\d*|c\d*)\Z")


class Input(NamedTuple):
    """One written number: its row on the sheet, its label, and its names in Excel."""

    address: str
    entry: Entry
    dimension: str
    label: str
    row: int
    name: str  # of the cell as written
    read_name: str  # of the cell that formulas read: the same, or for a date that of its position
    live: bool  # whether any formula reads it


class InputGroup(NamedTuple):
    title: str
    row: int
    note: str | None
    inputs: tuple[Input, ...]


class RowPlace(NamedTuple):
    """One row of the sheet: a row of the program, or a schedule."""

    address: str
    label: str
    row: int
    source: ProgramRow | Step
    main: bool  # a row that a reader looks for first


class Group(NamedTuple):
    """Rows under a heading; an item's heading is below its section's."""

    title: str
    row: int
    level: int
    rows: tuple[RowPlace, ...]


class Places(NamedTuple):
    """The plan of the workbook."""

    inputs: tuple[InputGroup, ...]
    groups: tuple[Group, ...]
    rows: dict[str, int]  # of the Model sheet, counted from 1, by address, those of the clock among them
    printer: Excel
    months: int
    last_input: int
    later: LaterMonths  # the months past those of the plan
    valuations: tuple[ValuedClosing, ...]  # closings that value the company

    @property
    def last_row(self) -> int:
        """The last row of the program on the Model sheet, counted from 1."""
        return max(self.rows.values())

    @property
    def figures(self) -> dict[str, Input]:
        """Each figure by its address."""
        return {figure.address: figure for group in self.inputs for figure in group.inputs}

    def cell(self, address: str, t: int) -> str:
        """The cell of a row in one month, from another sheet."""
        return f"Model!{column_name(FIRST_MONTH + t)}{self.rows[address]}"

    def months_of(self, address: str) -> str:
        """The cells of a row in all months, from another sheet."""
        return f"Model!{cells_in(self.rows[address], 0, self.months - 1)}"

    @property
    def floor(self) -> str:
        """The cell of the minimum cash."""
        return f"${column_name(FIRST_MONTH)}${self.rows['minimum_cash']}"


def cells_in(row: int, first: int, last: int) -> str:
    """The cells of a row of the Model sheet from one month to another.

    >>> cells_in(7, 0, 11)
    '$D$7:$O$7'
    """
    return f"${column_name(FIRST_MONTH + first)}${row}:${column_name(FIRST_MONTH + last)}${row}"


def places(plan: Plan) -> Places:
    """Where everything of a plan stands in the workbook."""
    program = plan.program
    inputs, last_input = _inputs(plan)
    valued = tuple(valuations(plan.model, {row.address for row in program.rows}))
    groups, rows = _groups(plan, HEADLINE + HEADLINE_ROWS + VALUED_ROWS * len(valued))
    schedules = {p.source: p.row for group in groups for p in group.rows if isinstance(p.source, Step)}
    read = {i.address: i.read_name for group in inputs for i in group.inputs}
    posted = frozenset(row.address for row in program.rows if row.posted)
    fixed = {a: value for a, value in program.parameters.items() if a.startswith("actuals.")}  # actual values
    printer = Excel(rows, schedules, read, posted, fixed, may_not_exist(program.rows))
    return Places(inputs, groups, rows, printer, program.months, last_input, later(plan), valued)


def _inputs(plan: Plan) -> tuple[tuple[InputGroup, ...], int]:
    """Every figure that is written in the file or read by a formula, one a row, by the table that it stands in."""
    model = plan.model
    data, names = model.document.data, Namespace(model)
    parameters = figures_read(plan.program.rows)
    items = {item.name: item for item in model.items}
    tables: dict[str, list[tuple[str, Entry, str, str]]] = {
        head: [] for head in ("model", "fx", "tax", "levers", *items)
    }
    for address, figure in names.figures.items():
        written = raw_at(data, names.paths[address]) is not None
        for place, entry in figure.addresses(address):
            if written or place in parameters:
                label, free = _description(model, address, entry)
                kind = "count_flow" if free and figure.dimension == "flow" and not MONEY.search(entry.text) else ""
                tables.setdefault(address.partition(".")[0], []).append((place, entry, kind or figure.dimension, label))
    tables["actuals"] = list(_actuals(plan))
    row, groups, used_names = INPUTS_HEAD, list[InputGroup](), set[str]()
    for head, figures in tables.items():
        if not figures:
            continue
        row += 2 if groups else 1
        item = items.get(head)
        title = HEADS.get(head, _words(head)) if item is None else f"{_section(item.section)}: {item.title}"
        group_row, group_inputs = row, []
        for place, entry, dimension, label in figures:
            row += 1
            name = _excel_name(place, used_names)
            position = _excel_name(f"{place}.position", used_names) if entry.amount.is_date else name
            live = place in parameters and place not in FIXED
            group_inputs.append(Input(place, entry, dimension, label, row, name, position, live))
        groups.append(InputGroup(title, group_row, None if item is None else item.part.note, tuple(group_inputs)))
    return tuple(groups), row


def _actuals(plan: Plan) -> Iterator[tuple[str, Entry, str, str]]:
    """The booked figures, one for each row and month of `[actuals]`, and how many months they cover."""
    program = plan.program
    money = {row.address for row in program.rows if row.posted}
    for address, value in program.parameters.items():
        if address.startswith("actuals."):
            row, _, month = address.removeprefix("actuals.").rpartition(".")
            label = FIXED.get(address, f"actual {row} of {month}")
            if row.endswith(".scale"):
                label = f"what {row.removesuffix('.scale')} earned in {month} over its plan (fixed: export again)"
            elif address == SCALE.format(row):
                label = f"what {row} earned in the last closed month over its plan (fixed: export again)"
            yield address, Entry(Amount(value), f"{value:g}"), "money" if row in money else "count", label


def _description(model: Model, address: str, entry: Entry) -> tuple[str, bool]:
    """The description of a figure, from its field, and whether its form alone says its dimension."""
    if rate := address.startswith("fx."):
        text, field = f"what one {address[3:]} is worth", None
    else:
        location = find(model.document.data, address)
        field = None if location is None else location.field
        text = (field.description if field else None) or address.rpartition(".")[2].replace("_", " ")
    return f"{text}, from {entry.month} on" if entry.month else text, field is None and not rate


def _excel_name(address: str, used_names: set[str]) -> str:
    """The address as a defined name: characters that Excel refuses become `_`, and no part looks like a cell.

    >>> _excel_name("plan.price.2026-01", set()), _excel_name("gpt4.price", set())
    ('plan.price.2026_01', 'gpt4_.price')
    """
    parts = re.sub(r"[^A-Za-z0-9_.]", "_", address)[: LONGEST_NAME - 20].split(".")
    name = ".".join(f"{part}_" if _CELL.match(part.lower()) else part for part in parts)
    while name.lower() in used_names:
        name += "_"
    used_names.add(name.lower())
    return name


def _groups(plan: Plan, at: int) -> tuple[tuple[Group, ...], dict[str, int]]:
    """The rows of the Model sheet: calendar, then below row `at` schedules, the lines by section, the statement."""
    model, program = plan
    rows = {name: MODEL_HEAD + 1 + n for n, name in enumerate(CLOCK)}
    groups: list[Group] = []

    def add(title: str, level: int, members: Iterable[tuple[str, str, ProgramRow | Step, bool]]) -> None:
        nonlocal at
        at += 1 if level else 2
        heading, row_places = at, []
        for address, label, source, main in members:
            at += 1
            row_places.append(RowPlace(address, label, at, source, main))
            if not isinstance(source, Step):
                rows[address] = at
        groups.append(Group(title, heading, level, tuple(row_places)))

    steps = dict.fromkeys(node for row in program.rows for node in walk(row.formula) if isinstance(node, Step))
    if steps:
        names = _names_of_schedules(steps)
        add("Schedules", 0, [(name, name, node, False) for node, name in names.items()])
    by_item: dict[str, list[ProgramRow]] = {item.name: [] for item in model.items}
    statement: dict[str, list[ProgramRow]] = {"cash": []}
    for row in program.rows:
        owner = str(row.path[1]) if row.path is not None and len(row.path) > 1 else ""
        if owner in by_item:
            by_item[owner].append(row)
        else:
            statement.setdefault(_statement_part(row.address), []).append(row)
    for section in dict.fromkeys([*SECTIONS, *(item.section for item in model.items)]):
        items = [item for item in model.section(section) if by_item[item.name]]
        if items:
            add(_section(section), 0, ())
        for item in items:
            add(item.title, 1, [(row.address, *_line_label(row, item)) for row in by_item[item.name]])
    for part, part_rows in statement.items():
        members = [(row.address, _label(row.address, part), row, row.address in MAIN) for row in part_rows]
        add(STATEMENT.get(part, _words(part)), 0, members)
    return tuple(groups), rows


MAIN = (
    "cash", "net_cash_flow", "unrestricted_cash", "net_burn", "total.revenue", "total.costs", "gross_profit", "ebitda",
    "net_income", "sheet.assets", "sheet.liabilities", "sheet.equity",
)  # fmt: skip


def _section(name: str) -> str:
    return SECTIONS.get(name, _words(name))


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()


LABELS = {"cash": "Closing cash", "total.arr": "ARR", "ebitda": "EBITDA", "total.safes": "SAFEs"}
TITLES = {metric.key: metric.title for metric in METRICS}


def _names_of_schedules(steps: Collection[Step]) -> dict[Step, str]:
    """Each schedule by its figure; of one that is read ahead too, by how many months its steps come sooner."""
    last = dict[str, int]()
    for node in steps:
        last[_schedule_address(node)] = max(node.months[-1], last.get(_schedule_address(node), 0))
    sooner = {node: last[_schedule_address(node)] - node.months[-1] for node in steps}
    return {node: _schedule_address(node) + (f", {n} months on" if n else "") for node, n in sooner.items()}


def _schedule_address(node: Step) -> str:
    """The address of the figure that a schedule is."""
    first = next(part for part in walk(node) if isinstance(part, Parameter))
    averages = " in an average month" if AVERAGE_DAYS in walk(node) else ""
    return first.address.rpartition(".")[0] + averages


def _statement_part(address: str) -> str:
    head, dot, _ = address.partition(".")
    if head in BURN:
        return "burn"
    if head in INCOME:
        return "income"
    if head in ("opening_equity", "equity"):
        return "sheet"
    return head if dot and head != "cash" else "cash"


def _label(address: str, part: str) -> str:
    text = address.removeprefix(f"{part}.") if part not in ("cash", "burn", "income") else address
    if address in LABELS:
        return LABELS[address]
    *before, key = text.split(".")
    if part == "metrics" and key in TITLES:
        return ": ".join([*map(_words, before), TITLES[key]])
    return re.sub(r"\bmrr\b", "MRR", _words(text.replace(".", ": ")), flags=re.IGNORECASE)


def _line_label(row: ProgramRow, item: Item) -> tuple[str, ProgramRow, bool]:
    name = row.address.removeprefix(f"{item.name}.")
    return name.replace(".", ": ").replace("_", " "), row, False
