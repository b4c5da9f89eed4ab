"""A model as one program: rows in calculation order, each a formula over rows and parameters, with its origin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runway.errors import InputError, Problem, in_order
from runway.files.closed_months import SETTLED
from runway.files.document import raw_at
from runway.language.formula import parse
from runway.language.named_tuple import NamedTuple
from runway.language.tree import ZERO, FormulaError, Node, Product, RowRef, as_number, same_month
from runway.lines.line import MAIN_NAMES
from runway.model.addresses import LINE_SECTIONS
from runway.model.names import UNREADABLE, Namespace, latched
from runway.months import NEVER, month_label
from runway.program.averages import with_averages
from runway.program.balance_sheet import balance_drafts
from runway.program.cash_flow import flow_drafts
from runway.program.income_statement import income_drafts
from runway.program.item_rows import main_row
from runway.program.lookahead import with_ahead
from runway.program.parts import Parts
from runway.program.row import Draft, ProgramRow, reached
from runway.program.size import refuse_too_large
from runway.program.statement import drafts
from runway.program.survival import survival_drafts
from runway.program.undefined import exact
from runway.program.wind_down import wind_down_drafts
from runway.words import minor_digits

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from runway.files.document import Document
    from runway.language.figure import Entry
    from runway.model.addresses import Path
    from runway.model.model import Model
    from runway.program.plan import Plan


FORMULA_FIELDS = ("formula", "of", "volume", "require")


class Program(NamedTuple):
    """The rows in calculation order, and the numbers of the file that they read."""

    rows: tuple[ProgramRow, ...]
    parameters: Mapping[str, float]  # by address, as written; dates as positions, months since the start
    entries: Mapping[str, Entry]
    start: int
    months: int
    minor_digits: int
    shown: Mapping[str, str]  # rows before levers -> the main row that a reader knows
    drafts: tuple[Draft, ...] = ()  # that the rows were made from
    metrics: bool = False  # whether the rows of the metrics are in it

    def only(self, addresses: Iterable[str]) -> Program:
        """The program of the rows at some addresses and those that they need."""
        rows = {row.address: row for row in self.rows}
        needed = set(reached((row for row in addresses if row in rows), lambda address: rows[address].reads))
        return self._replace(rows=tuple(row for row in self.rows if row.address in needed))

    @property
    def usual(self) -> Program:
        """The program without the rows that are run only where something reads them."""
        if not any(row.on_demand for row in self.rows):
            return self
        return self._replace(rows=tuple(row for row in self.rows if not row.on_demand))

    def with_demanded(self, *addresses: str) -> Program:
        """The program with some rows, and the rows that they read, no longer on demand."""
        rows = (row._replace(on_demand=False) if row.address in addresses else row for row in self.rows)
        return self._replace(rows=_with_demanded(tuple(rows), addresses))

    def extended(self, more: Iterable[ProgramRow]) -> Program:
        """The program with further rows at its end; the rows that they read are no longer on demand."""
        more = tuple(more)
        program = self._replace(rows=(*self.rows, *more))
        return program._replace(rows=_with_demanded(program.rows, [row.address for row in more]))

    @property
    def labels(self) -> tuple[str, ...]:
        """Each month, as "2025-04"."""
        return tuple(month_label(self.start + t) for t in range(self.months))

    @property
    def half_unit(self) -> float:
        """Half a minor unit of the currency."""
        return 0.5 / float(10**self.minor_digits)

    def places(self) -> dict[str, int]:
        """The place of each row in the calculation order."""
        return {row.address: n for n, row in enumerate(self.rows)}


def _with_demanded(rows: Sequence[ProgramRow], readers: Iterable[str]) -> tuple[ProgramRow, ...]:
    """The rows; those on demand that `readers` need are no longer on demand."""
    on_demand = {row.address for row in rows if row.on_demand}
    if not on_demand:
        return tuple(rows)
    by_address = {row.address: row for row in rows}
    needed = set(reached(readers, lambda address: on_demand.intersection(by_address[address].reads)))
    return tuple(row._replace(on_demand=False) if row.on_demand and row.address in needed else row for row in rows)


def compile_model(model: Model, problems: Iterable[Problem] = (), like: Plan | None = None) -> Program:
    """The program of a model; with the rows of the plan that it is `like`, if it differs from that in numbers only.

    The rows of metrics are in it where the file may name them.

    Raises `InputError` with `problems`, found while reading, and those of its formulas: unknown names, cycles.
    """
    names = Namespace(model)
    metrics = mentions_metrics(model.document.data) or (like is not None and like.program.metrics)
    row_drafts = _row_drafts(model, metrics)
    if like is not None and not problems and row_drafts == like.program.drafts:
        from runway.model.form import same_form

        if same_form(model, like.model):
            entries = names.parameters()
            parameters = _numbers(entries, model.settings.start) | _settled(model)
            return like.program._replace(parameters=parameters, entries=entries)
    _add_rows(names, row_drafts)
    names.on_demand = frozenset(draft.address for draft in row_drafts if draft.on_demand)
    all_problems = list(problems)
    rows = [_row(draft, names, sound=not all_problems) for draft in row_drafts]
    if metrics:
        rows = exact(rows)
    rows, too_far = with_ahead(rows, lambda row, text: _ahead_problem(model, row, text))
    if model.broken:
        from runway.model.unreadable import note_unknown

        note_unknown(names)
    all_problems += [*names.problems, *too_far]
    if all_problems or model.broken:
        raise InputError(*in_order(all_problems))
    mains = {item.name: main_row(item) for item in model.items if item.section in LINE_SECTIONS}
    parts = Parts(_without_unused(with_averages(rows, mains, model.settings.start, closed=model.actuals is not None)))
    rows = parts.rows
    refuse_too_large(model, rows)
    start = model.settings.start
    if model.actuals is not None:
        from runway.program.closed import closed_rows

        rows = closed_rows(rows, model.actuals, start, by_day=model.as_of is not None)
    elif model.as_of is not None:
        from runway.program.closed import settled_rows

        rows = settled_rows(rows)
    entries = names.parameters()
    parameters = _numbers(entries, start)
    if model.actuals is not None:
        parameters |= model.actuals.parameters(start)
    if model.bank is not None:
        parameters |= model.bank.parameters(start)
    parameters |= _settled(model)
    digits = minor_digits(model.settings.currency)
    shown = parts.owners | {f"{name}.underlying": main for name, main in names.main.items()}
    if names.demanded:
        rows = list(_with_demanded(rows, [row.address for row in rows if not row.on_demand]))
    return Program(
        _ordered(rows, model), parameters, entries, start, model.settings.months, digits, shown, row_drafts, metrics
    )


def _row_drafts(model: Model, metrics: bool) -> tuple[Draft, ...]:
    """The drafts of all rows of a model."""
    statement = tuple(drafts(model))
    statements = (*income_drafts(model), *balance_drafts(model, statement), *flow_drafts(model))
    row_drafts = (*statement, *survival_drafts(model), *statements, *wind_down_drafts(model))
    if not metrics:
        return row_drafts
    from runway.program.metrics import metric_drafts

    return (*row_drafts, *metric_drafts(model))


def outline(model: Model) -> Program:
    """The rows of a model that cannot be compiled, without their formulas: the addresses that exist."""
    rows = tuple(
        ProgramRow(draft.address, ZERO, ZERO, draft.posted, draft.path, draft.on_demand)
        for draft in _row_drafts(model, mentions_metrics(model.document.data))
    )
    digits = minor_digits(model.settings.currency)
    return Program(rows, {}, {}, model.settings.start, model.settings.months, digits, {})


def with_drafts(program: Program, model: Model, drafts: Sequence[Draft]) -> Program:
    """A program with the rows of further drafts, which none of its own reads."""
    names = Namespace(model)
    _add_rows(names, (*program.rows, *drafts))
    parts = Parts(_row(draft, names, sound=True) for draft in drafts)
    rows = (*program.rows, *_ordered(parts.rows, model))
    return program._replace(rows=rows, shown={**program.shown, **parts.owners}, drafts=(*program.drafts, *drafts))


def _add_rows(names: Namespace, rows: Sequence[Draft | ProgramRow]) -> None:
    """Adds the rows of a program to a namespace, and the main row of each line."""
    names.add_rows(row.address for row in rows)
    for item in names.model.items:
        if item.has_rows:
            names.main[item.name] = main_row(item)
        if f"{item.name}.underlying" in names.rows and f"{item.name}.billed" not in names.rows:
            names.underlying[main_row(item)] = f"{item.name}.underlying"


OF_METRICS = ("metrics.", "_mrr", "customers_", "_spend")


def mentions_metrics(raw: Any) -> bool:
    """Whether a text of a file may name a row of metrics."""
    if isinstance(raw, (dict, list)):
        return any(map(mentions_metrics, raw.values() if isinstance(raw, dict) else raw))
    return isinstance(raw, str) and any(map(raw.__contains__, OF_METRICS))


def _numbers(entries: Mapping[str, Entry], start: int) -> dict[str, float]:
    """The numbers as they are written, dates as positions."""
    return {
        address: entry.amount.number - start
        if entry.amount.is_date and entry.amount.number < NEVER
        else entry.amount.number
        for address, entry in entries.items()
    }


def _settled(model: Model) -> dict[str, float]:
    """The position up to which money and conditions are settled; nothing where none is."""
    return {} if model.settled is None else {SETTLED: model.settled}


def _row(draft: Draft, names: Namespace, *, sound: bool) -> ProgramRow:
    """The row of a draft; in a file that is not sound it may read a table that a mistake has taken away."""

    def looked_up(formula: str | Node, *, opening: bool = False) -> Node:
        try:
            tree = parse(formula, bounded=False) if isinstance(formula, str) else formula
            return names.resolve(
                tree, draft.owner, closing=draft.closing, before_levers=draft.before_levers, opening=opening
            )
        except FormulaError as error:
            condition = draft.closing or draft.address.endswith(".met")
            if condition and (sound or error.name != "unknown-name"):
                names.note(_condition_path(draft, names), error)
            elif sound:
                raise AssertionError(f"{draft.address}: {error.text}") from error
            return UNREADABLE

    formula, opening = as_number(looked_up(draft.formula)), as_number(looked_up(draft.opening, opening=True))
    if draft.closing or draft.address.endswith(".met"):
        formula, opening = latched(formula, draft.address)
    return ProgramRow(draft.address, formula, opening, draft.posted, draft.path, draft.on_demand)


def _condition_path(draft: Draft, names: Namespace) -> Path:
    prefix = f"{draft.owner}.{draft.closing}." if draft.closing else f"{draft.owner}."
    for field in ("requires", "unless"):
        if f"{prefix}{field}" in names.paths:
            return names.paths[f"{prefix}{field}"]
    return draft.path or ()


def _without_unused(rows: list[ProgramRow]) -> list[ProgramRow]:
    """The rows, with each row before levers that only its main row reads folded into it."""
    readers: dict[str, list[ProgramRow]] = {}
    for row in rows:
        for address in row.reads:
            readers.setdefault(address, []).append(row)
    folded: dict[str, ProgramRow] = {}  # by the row that each is folded into
    for row in rows:
        read_by = readers.get(row.address, [])
        if row.address.endswith(".underlying") and len(read_by) == 1 and read_by[0].path == row.path:
            folded[read_by[0].address] = row
    inner = {row.address for row in folded.values()}
    return [row._replace(formula=_substituted(row.formula, folded[row.address])) if row.address in folded else row
            for row in rows if row.address not in inner]  # fmt: skip


def _substituted(formula: Node, inner: ProgramRow) -> Node:
    """A product of factors with its last factor, another row, replaced by the formula of that."""
    assert isinstance(formula, Product)
    assert formula.factors[-1] == RowRef(inner.address)
    return Product((*formula.factors[:-1], inner.formula))


def _ahead_problem(model: Model, row: ProgramRow, text: str) -> Problem:
    """The problem of a row that cannot be told ahead, at the formula or the delay that asks for it."""
    path = row.path or ()
    where = formula_path(model.document, path, (*FORMULA_FIELDS, "collected_after", "paid_after"))
    return model.document.problem(where, "looks-ahead", text, at="value" if len(where) > len(path) else "key")


def _ordered(rows: list[ProgramRow], model: Model) -> tuple[ProgramRow, ...]:
    """The rows so that each comes after those of them whose value of the same month it reads; raises on a cycle."""
    by_address = {row.address: row for row in rows}
    needs = {row.address: [n for n in dict.fromkeys(same_month(row.formula)) if n in by_address] for row in rows}
    placed: dict[str, bool] = {}
    ordered: list[ProgramRow] = []
    for first in by_address:
        stack = [(first, iter(needs[first]))]
        if first in placed:
            continue
        placed[first] = False
        while stack:
            address, unread = stack[-1]
            for need in unread:
                if placed.get(need) is False:
                    chain = [a for a, _ in stack]
                    raise InputError(_cycle(chain[chain.index(need) :], by_address, model))
                if need not in placed:
                    placed[need] = False
                    stack.append((need, iter(needs[need])))
                    break
            else:
                placed[address] = True
                ordered.append(by_address[address])
                stack.pop()
    return tuple(ordered)


def _cycle(chain: list[str], rows: Mapping[str, ProgramRow], model: Model) -> Problem:
    """The problem of rows that read each other in the same month, placed at the first one of the file."""
    first = next((n for n, address in enumerate(chain) if rows[address].path is not None), 0)
    chain = chain[first:] + chain[:first]
    path = rows[chain[0]].path or ()
    where = formula_path(model.document, path)
    advice = _hidden(chain, model) or "Break the circle with prev(x), the value of the month before."
    text = f"These rows need each other's value of the same month: {' -> '.join([*chain, chain[0]])}. {advice}"
    return model.document.problem(where, "cycle", text, at="value" if len(where) > len(path) else "key")


def _hidden(chain: list[str], model: Model) -> str:
    """The advice where a row of a line hides an item of the same name that the line's formula means."""
    items = {item.name: item for item in model.items if item.section in MAIN_NAMES}
    for address in chain:
        owner, _, row = address.partition(".")
        if row in items and all(link.startswith(f"{owner}.") for link in chain):
            section = items[row].section
            main = f"{row}.{MAIN_NAMES[section]}"
            return f"Within {owner}, {row} is its own row; write {main} for what [{section}.{row}] comes to."
    return ""


def formula_path(document: Document, path: Path, fields: Sequence[str] = FORMULA_FIELDS) -> Path:
    """The path of the formula written in a table of the file; the table's own if it has none."""
    table = raw_at(document.data, path)
    return next(((*path, field) for field in fields if isinstance(table, dict) and field in table), path)
