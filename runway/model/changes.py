"""The assumptions that differ between two models: figures, formulas, lines, and changes of the model's form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from runway.files.closed_months import DIFFERENCE
from runway.files.document import raw_at
from runway.language.fields import AllAhead, FormulaText
from runway.language.figure import Figure
from runway.language.named_tuple import NamedTuple
from runway.lines.line import Component, FileTable
from runway.model.addresses import AS_OF, dimension_of, field_key, find
from runway.model.model import name_within, tables_within
from runway.model.names import Namespace
from runway.months import NEVER, date_at, month_label

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic.fields import FieldInfo

    from runway.errors import Place
    from runway.language.figure import Entry
    from runway.model.addresses import Path
    from runway.model.model import Model

SILENT = ("title", "note", "burn_window", "as_of", "counting", "unit", "name")  # fields that say nothing about cash


class Difference(NamedTuple):
    """One assumption that differs.

    `nature` is figure (one form, other numbers), rewritten (another unit or schedule), formula, added, removed (a line,
    event, round, or entry of a round), closed (other months are closed, or with other figures), parameter (read by no
    formula of the other file), ownership (of no effect on cash), or form.
    """

    address: str
    nature: str
    before: str | None  # as written; None where it is not there
    after: str | None
    place: Place | None
    path: Path | None = None
    tables: tuple[FileTable, ...] = ()  # those added or removed


def differences(first: Model, second: Model) -> list[Difference]:
    """The differences, in the order of the second file, then those that only the first has."""
    first, second = _without_difference(first), _without_difference(second)
    pair = _ModelPair(first, second)
    changes = [*pair._settings(), *pair._figures(), *pair._texts(), *pair._items(), *pair._captable()]
    order = {"model": 0, "fx": 1, "tax": 2}
    places = {d.address: n for n, d in enumerate(changes)}
    lines = {item.name: n for n, item in enumerate((*second.items, *first.items), 3)}

    def order_of(change: Difference) -> tuple[int, int, int]:
        head = change.address.split(".")[0]
        line = change.place.line if change.place is not None and change.nature != "removed" else 10**9
        return (order.get(head, lines.get(head, 10**6)), line, places[change.address])

    return sorted(changes, key=order_of)


def _without_difference(model: Model) -> Model:
    """The model without the line that its bank's balance made: nobody wrote it."""
    return model._replace(items=tuple(item for item in model.items if item.name != DIFFERENCE))


class _ModelPair:
    """Two models, and the differences between them."""

    def __init__(self, first: Model, second: Model) -> None:
        self.first, self.second = self.models = first, second
        self.old, self.new = Namespace(first), Namespace(second)
        self.form_changes = frozenset(self._form_changes())

    def _form_changes(self) -> Iterator[str]:
        """The addresses that are one change of form: an item of another kind, a table of other parts or of one file."""
        items = [{item.name: item for item in model.items} for model in self.models]
        for name in items[0].keys() & items[1].keys():
            a, b = items[0][name], items[1][name]
            if (a.section, type(a.part)) != (b.section, type(b.part)):
                yield name
                continue
            for old, new in ((a.part, b.part), (a.shared, b.shared)):
                if old is None or new is None:
                    continue
                for field, info in type(new).model_fields.items():
                    keys = [_keys(getattr(table, field), field in table.without) for table in (old, new)]
                    if keys[0] != keys[1] and (None in keys or _in_parts(info)):
                        yield f"{name}.{field_key(field, info)}"

    def _is_part(self, address: str) -> bool:
        """Whether an address stands at or below one that is one change."""
        return any(address == change or address.startswith(f"{change}.") for change in self.form_changes)

    def _settings(self) -> Iterator[Difference]:
        """The differences of `[model]`, `[actuals]` and the single tables that are no figures."""
        for field in ("currency", "start", "months"):
            old, new = self.first.document.data["model"].get(field), self.second.document.data["model"].get(field)
            if getattr(self.first.settings, field) != getattr(self.second.settings, field):
                yield self._change(f"model.{field}", "form", _text(old), _text(new), ("model", field))
        books = [m.actuals for m in self.models]
        values = [{} if a is None else a.values for a in books]
        if values[0] != values[1]:
            says = [None if a is None else f"closed to {month_label(a.last_close)}" for a in books]
            same_rows = None in books or values[0].keys() == values[1].keys()
            if not same_rows or first_changed_month(*self.models) < min(closed_months(m) for m in self.models):
                says[1] = f"{says[1]}, other {'figures' if same_rows else 'rows'}"
            yield self._change("actuals", "closed" if same_rows else "form", says[0], says[1], ("actuals",))
        for field in ("safes", "fiscal_year_end"):
            old, new = getattr(self.first.settings, field), getattr(self.second.settings, field)
            if old != new:
                yield self._change(f"model.{field}", "form", _text(old), _text(new), ("model", field))
        for name, shown_field in (("tax", "rate"), ("opening_balance", ""), ("wind_down", "")):
            old, new = getattr(self.first, name), getattr(self.second, name)
            if old is not None and new is not None:
                yield from self._literals(name, (name,), old, new)
            elif old is not new:
                nature = "removed" if new is None else "added"
                tables = tuple(table for table in (old, new) if table is not None)
                model = self.first if new is None else self.second
                text = _text(model.document.data[name].get(shown_field)) if shown_field else "table"
                before, after = (text, None) if new is None else (None, text)
                yield self._change(name, nature, before, after, (name,), tables)

    def _captable(self) -> Iterator[Difference]:
        """The differences in `[captable]`, as it is written."""
        old, new = (dict(_leaves(model.document.data.get("captable", {}), ("captable",))) for model in self.models)
        for path in dict.fromkeys([*new, *old]):
            a, b = old.get(path), new.get(path)
            if a != b and path[-1] not in SILENT:
                address = ".".join(map(str, path))
                yield self._change(address, "ownership", _text(a), _text(b), path)

    def _figures(self) -> Iterator[Difference]:
        old, new = self.old, self.new
        for address in dict.fromkeys([*new.figures, *old.figures]):
            if address == AS_OF:  # the day that both are counted from is no assumption
                continue
            if self._is_part(address):
                continue
            a, b = old.figures.get(address), new.figures.get(address)
            if a is None or b is None:
                yield from self._one_sided(address, a, b)
                continue
            if {a.dimension, b.dimension} == {"share", "money"}:  # a fee
                yield self._figure(address, "form", a, b)
                continue
            if _form(a) != _form(b):
                if (a.dimension, _values(a)) != (b.dimension, _values(b)) or _units(a) != _units(b):
                    yield self._figure(address, "rewritten", a, b)
                continue
            changed = [n for n, value in enumerate(_values(a)) if value != _values(b)[n]]
            if len(changed) == 1 and a.scheduled:
                step, n = b.addresses(address)[changed[0]][0], changed[0]
                only = (Figure(a.dimension, (a.entries[n],)), Figure(b.dimension, (b.entries[n],)))
                yield self._figure(step, "figure", *only)
            elif changed:
                yield self._figure(address, "figure", a, b)

    def _one_sided(self, address: str, old: Figure | None, new: Figure | None) -> Iterator[Difference]:
        """A figure that only one of two lines has: a key of a table, an optional field, or a formula's parameter."""
        model = self.second if old is None else self.first
        if self._owner_is_new(address):
            return  # its whole table is the change
        if address.startswith("fx."):
            return  # read by figures in its currency, which are changes of their own
        table, field = holder(model, address)
        if table is None:
            nature = "form"
        elif field in table.absent:
            nature = "figure"
        elif field in (table.model_extra or {}):
            nature = "parameter"
        else:
            nature = "ownership" if field in table.owns else "form"
        yield self._figure(address, nature, old, new)

    def _owner_is_new(self, address: str) -> bool:
        """Whether the table or list entry that a figure stands in is in one of the files only."""
        if (name := address.partition(".")[0]) in ("tax", "opening_balance", "wind_down"):
            return getattr(self.first, name) is None or getattr(self.second, name) is None
        head, *rest = address.split(".")
        pair: list[Any] = [next((item for item in model.items if item.name == head), None) for model in self.models]
        if None in pair:
            return head not in ("model", "levers", "fx")
        known = [{address.split(".")[1] for address, _ in tables_within(i.part, head) if address != head} for i in pair]
        return len(rest) > 1 and rest[0] in known[0] ^ known[1]

    def _texts(self) -> Iterator[Difference]:
        old, new = self.old, self.new
        for address in dict.fromkeys([*new.texts, *old.texts]):
            a, b = old.texts.get(address), new.texts.get(address)
            if self._owner_is_new(address) or self._is_part(address) or (a and b and a.text.split() == b.text.split()):
                continue
            path = new.paths.get(address) or old.paths[address]
            table, field = holder(self.second if b else self.first, address)
            nature = "formula" if path[0] not in ("funding", "actions") and a is not None and b is not None else "form"
            nature = "parameter" if table is not None and field in table.tested else nature
            yield self._change(address, nature, a.text if a else None, b.text if b else None, path)

    def _items(self) -> Iterator[Difference]:
        """Lines, events and rounds of one file only, and fields that are no figure or formula in those of both."""
        old, new = ({item.name: item for item in model.items} for model in self.models)
        for name in dict.fromkeys([*new, *old]):
            a, b = old.get(name), new.get(name)
            if a is None or b is None:
                item = b or a
                assert item is not None
                nature = "added" if a is None else "removed"
                says = item.kind or item.section.rstrip("s")
                before, after = (None, says) if a is None else (says, None)
                tables = tuple(table for table in (item.part, item.shared) if table is not None)
                yield self._change(name, nature, before, after, item.path, tables)
            elif (a.section, type(a.part)) != (b.section, type(b.part)):
                was, now = (f"{item.section} {item.kind}".strip() for item in (a, b))
                yield self._change(name, "form", was, now, b.path)
            else:
                yield from self._literals(name, b.path, a.part, b.part)
                if a.shared is not None and b.shared is not None:
                    yield from self._literals(name, b.path, a.shared, b.shared)

    def _literals(self, address: str, path: Path, old: BaseModel, new: BaseModel) -> Iterator[Difference]:
        """The fields of two tables that are no figures and differ, and the entries that one list has alone."""
        owns = new.owns if isinstance(new, FileTable) else frozenset()
        for field, info in type(new).model_fields.items():
            a, b, key = getattr(old, field), getattr(new, field), field_key(field, info)
            if f"{address}.{key}" in self.form_changes:
                yield self._change(f"{address}.{key}", "form", _text(a), _text(b), (*path, key))
                continue
            if field in SILENT or isinstance(a, (Figure, FormulaText)) or isinstance(b, (Figure, FormulaText)):
                continue
            if field not in old.model_fields_set | new.model_fields_set:  # it follows from elsewhere in the file
                continue
            if isinstance(a, dict) or isinstance(b, dict):  # a change by figure
                continue
            place, named, nature = (*path, key), f"{address}.{key}", "ownership" if field in owns else "form"
            basis = [getattr(value, "basis", None) for value in (a, b)]
            if any(basis):
                if basis[0] != basis[1] or (a is None) != (b is None):
                    yield self._change(named, "form", basis[0], basis[1], place)
            elif isinstance(a, BaseModel) and isinstance(b, BaseModel):
                yield from self._literals(named, place, a, b)
            elif isinstance(a, BaseModel) or isinstance(b, BaseModel):
                was, now = (None if value is None else "there" for value in (a, b))
                yield self._change(named, nature, was, now, place)
            elif _is_list_of_tables(a) or _is_list_of_tables(b):
                before, after = _by_name(a), _by_name(b)
                for name in dict.fromkeys([*after, *before]):
                    entries = after if name in after else before
                    place = (*path, key, list(entries).index(name))
                    if name in before and name in after:
                        yield from self._literals(f"{address}.{name}", place, before[name], after[name])
                    elif entries[name].off is None:
                        texts = ("not there", "there") if name in after else ("there", "not there")
                        yield self._change(f"{address}.{name}", "form", *texts, (*path, key))
                    else:
                        was, now = (None, key[:-1]) if name in after else (key[:-1], None)
                        change = "added" if name in after else "removed"
                        yield self._change(f"{address}.{name}", change, was, now, place, (entries[name],))
            elif a != b:
                yield self._change(f"{address}.{field.rstrip('_')}", nature, _text(a), _text(b), place)

    def _figure(self, address: str, nature: str, old: Figure | None, new: Figure | None) -> Difference:
        place = find(self.second.document.data, address) or find(self.first.document.data, address)
        return self._change(address, nature, old and written(old), new and written(new), place and place.path)

    def _change(
        self,
        address: str,
        nature: str,
        before: str | None,
        after: str | None,
        path: Path | None,
        tables: tuple[FileTable, ...] = (),
    ) -> Difference:
        """The difference at its place: in the second file, or in the first where the second does not have it."""
        model = self.second if path is not None and raw_at(self.second.document.data, path) is not None else self.first
        is_written = path is not None and raw_at(model.document.data, path) is not None
        return Difference(
            address, nature, before, after, model.document.place(path) if is_written and path else None, path, tables
        )


def closed_months(model: Model) -> int:
    """The number of closed months of a model."""
    return 0 if model.actuals is None else model.actuals.closed


def first_changed_month(first: Model, second: Model) -> int:
    """The first month whose books are not the same: of both, or closed in one alone."""
    closed = min(map(closed_months, (first, second)))
    books = [{} if m.actuals is None else m.actuals.values for m in (first, second)]
    rows = books[0].keys() & books[1].keys()
    return next((t for t in range(closed) if any(len({b[row][t].value for b in books}) > 1 for row in rows)), closed)


def _leaves(raw: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    """Every value written below a table, by its path."""
    if isinstance(raw, dict) and "value" not in raw:
        for key, inner in raw.items():
            yield from _leaves(inner, (*path, key))
    else:
        yield path, raw


def holder(model: Model, address: str) -> tuple[FileTable | None, str]:
    """The table of an item that a figure stands in, and the field of the figure; no table where no item has it."""
    item = next((item for item in model.items if item.name == address.partition(".")[0]), None)
    tables = [] if item is None else [*tables_within(item.part, item.name)]
    tables += [] if item is None or item.shared is None else [(item.name, item.shared)]
    for prefix, table in reversed(tables):
        key = address.removeprefix(f"{prefix}.").partition(".")[0]
        fields = {field_key(name, field): name for name, field in type(table).model_fields.items()}
        if address.startswith(f"{prefix}.") and key in {**fields, **(table.model_extra or {})}:
            return table, fields.get(key, key)
    return None, ""


def _keys(value: Any, absent: bool) -> list[str] | None:
    """The keys of a table of figures; None of any other value and, where `absent`, of an empty table."""
    return None if not isinstance(value, dict) or (absent and not value) else list(value)


def _in_parts(field: FieldInfo) -> bool:
    """Whether a table of the field holds the parts of a whole."""
    dimension = dimension_of(field)
    return dimension is not None and dimension.in_parts


def _is_list_of_tables(value: Any) -> bool:
    return isinstance(value, tuple) and bool(value) and isinstance(value[0], Component)


def _by_name(value: Any) -> dict[str, Component]:
    """The entries of a list of tables by their names."""
    return {name_within(entry): entry for entry in value}


def _form(figure: Figure) -> list[tuple[str | None, str | None, str | None]]:
    return [(entry.month, entry.amount.currency, entry.amount.period) for entry in figure.entries]


def _units(figure: Figure) -> list[tuple[str | None, str | None, str | None]]:
    """The form of a figure that is not 0: nothing a year is nothing a month."""
    return [form for form, entry in zip(_form(figure), figure.entries, strict=True) if entry.amount.number]


def _values(figure: Figure) -> list[float]:
    return [entry.amount.number for entry in figure.entries]


def written(figure: Figure) -> str:
    """A figure as its file has it; of a schedule its steps.

    >>> from runway.language.figure import Amount, Entry
    >>> written(Figure("count", (Entry(Amount(2), "2", "2025-04"), Entry(Amount(3), "3", "2026-01"))))
    '2, from 2026-01 3'
    """
    texts = [_entry(entry) for entry in figure.entries]
    return ", ".join(text if n == 0 else f"from {figure.entries[n].month} {text}" for n, text in enumerate(texts))


def _entry(entry: Entry) -> str:
    if entry.amount.is_date:
        number = entry.amount.number
        return "never" if number >= NEVER else date_at(number, 0).isoformat()
    return entry.text


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Figure):
        return written(value)
    if isinstance(value, dict):
        whole = isinstance(value, AllAhead)  # whose share is not written
        return ", ".join(key if whole else f"{key} {_text(inner)}" for key, inner in value.items()) or None
    return (", ".join(map(str, value)) or None) if isinstance(value, (tuple, list)) else str(value)
