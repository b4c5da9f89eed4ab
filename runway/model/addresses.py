"""Addresses of figures in a file's raw data: all that it has, and the path and field of one."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, get_args, get_origin

from runway import funding, lines
from runway.errors import InputError, Problem
from runway.files.document import raw_at
from runway.language.dimension import Dimension
from runway.language.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pydantic import BaseModel
    from pydantic.fields import FieldInfo

    from runway.lines.line import Component

LINE_SECTIONS = ("drivers", "revenue", "costs", "capital", "passthrough")
EXITS = ("sale", "dividend_recap")
"""The kinds of exit."""
NAMED_SECTIONS = (*LINE_SECTIONS, "events", "actions", "funding", "exits")
BY_NAME = (*NAMED_SECTIONS, "sources", "scenarios")
"""The sections whose tables have names."""
NAMES = ("kind", "name", "investor", "for")  # the name of a table of a round is no figure
LEVERS = ("burn", "revenue", "funding", "delay")
MOST_ADDRESSES = 5  # that an error names
AS_OF = "model.as_of"
"""The day as of which the model is read, and from whose end runway is counted; `--as-of` sets it."""
COUNTED_FROM = "model.counted_from"
"""A key of changes, no address of a file: the day from whose end runway is counted, and no more."""
Path = tuple[str | int, ...]


TABLES = {
    "model": "model.tables.Settings",
    "fx": "model.pairs.ExchangeRates",
    "sources": "model.evidence.Source",
    "tax": "model.tax.Tax",
    "opening_balance": "model.opening_balance.OpeningBalance",
    "wind_down": "model.wind_down.WindDown",
    "events": "model.event.Event",
    "actions": "model.action.Action",
    "captable": "funding.captable.Captable",
    "actuals": "model.books.ActualsTable",
    "scenarios": "model.tables.Scenario",
    "levers": "model.tables.Levers",
    "correlations": "model.pairs.Correlations",
    "checks": "model.evidence.Check",
}
"""The class of the tables of each section that has no kinds, in the order in which they are explained."""
ALONE = ("tax", "opening_balance", "wind_down", "levers", "captable")
"""The sections that are one table by which no other is read."""
SINGLE = ("model", "actuals", *ALONE)
"""The sections that are one table of fields."""


def table_class(section: str) -> type[Any]:
    """The class of the tables of a section that has no kinds, imported where it is asked for."""
    module, _, name = TABLES[section].rpartition(".")
    cls: type[Any] = getattr(import_module(f"runway.{module}"), name)
    return cls


def section_class(section: str) -> type[Component] | None:
    """The class of a section that is one table; None of the others."""
    return table_class(section) if section in SINGLE else None


def component_class(section: str, raw: Any) -> type[Component] | None:
    """The class that reads a raw table of a section; None if its kind is not known."""
    if (only := section_class(section)) is not None:
        return only
    if section in ("events", "actions"):
        return table_class(section)
    if section == "exits":
        return exit_class(raw.get("kind", "sale") if isinstance(raw, dict) else "sale")
    if section == "drivers":
        return lines.driver_class()
    kind = raw.get("kind") if isinstance(raw, dict) else None
    if not isinstance(kind, str):
        return None
    if section == "funding":
        return funding.funding_class(kind) if kind in funding.KINDS else None
    return lines.kind_class(kind) if kind in lines.KINDS else None


def exit_class(kind: Any) -> type[Component] | None:
    """The class of a kind of exit; None if there is none of that name."""
    if kind == "sale":
        from runway.model.exit_offer import ExitOffer

        return ExitOffer
    if kind == "dividend_recap":
        from runway.funding.recap import DividendRecap

        return DividendRecap
    return None


def section_fields(section: str) -> Mapping[str, FieldInfo]:
    """The fields that a section adds to every kind in it."""
    from runway.lines.section_fields import SECTION_FIELDS

    cls = SECTION_FIELDS.get(section)
    return {} if cls is None else cls.model_fields


def identity(raw: Any) -> str | None:
    """The name of an element of a list of tables in addresses."""
    if isinstance(raw, dict):
        for key in ("name", "investor", "for"):
            if isinstance(raw.get(key), str):
                return str(raw[key])
    return None


def element_class(field: FieldInfo) -> type[BaseModel] | None:
    """The class of a list's elements, if they are tables."""
    for argument in (field.annotation, *get_args(field.annotation)):
        if isinstance(argument, type) and hasattr(argument, "model_fields"):
            return argument
    return None


def field_key(name: str, field: FieldInfo) -> str:
    """The field's name in the file (`from`, not `from_`)."""
    return field.alias or name


def dimension_of(field: FieldInfo) -> Dimension | None:
    """The dimension of a figure's field; None for text, switches of form and formulas."""
    for item in (*field.metadata, *(m for a in get_args(field.annotation) for m in get_args(a)[1:])):
        if isinstance(item, Dimension):
            return item
    return None


def dimension_at(data: dict[str, Any], address: str) -> Dimension | None:
    """The dimension that the field of a figure declares; None for a parameter of a formula."""
    place = find(data, address)
    return dimension_of(place.field) if place is not None and place.field is not None else None


def canonical(data: dict[str, Any], address: str) -> str:
    """The full address of a short one: a lever, or the `amount` or `date` of a round that has only one closing.

    Before a name may stand its section: `actions.freeze.after` is `freeze.after`.
    """
    if address in LEVERS:
        return f"levers.{address}"
    address = without_section(data, address)
    head, _, field = address.partition(".")
    raw = raw_at(data, ("funding", head))
    closings = raw.get("closings") if isinstance(raw, dict) else None
    if field in ("amount", "date") and isinstance(closings, list) and len(closings) == 1:
        return f"{head}.{identity(closings[0])}.{field}"
    return address


def without_section(data: dict[str, Any], address: str) -> str:
    """An address without the section of its table, which may stand before its name."""
    section, _, rest = address.partition(".")
    named = section in NAMED_SECTIONS and raw_at(data, (section, rest.partition(".")[0])) is not None
    return rest if named else address


def completed(address: str, known: Iterable[str], shown: str | None = None) -> str:
    """An address, or the only known one that ends so: `churn` for `subscriptions.churn`.

    Raises `InputError` (ambiguous-address) where several do; `shown` is the option that has it.
    """
    longer = sorted({full for full in known if full.endswith(f".{address}")})
    if len(longer) > 1:
        last = longer.pop() if len(longer) <= MOST_ADDRESSES else f"{len(longer) - MOST_ADDRESSES} more"
        text = f"{address} may be {', '.join(longer[:MOST_ADDRESSES])} or {last}. Write one of them in full."
        raise InputError(on_command_line("ambiguous-address", text, address, shown))
    return longer[0] if longer else address


class FieldPlace(NamedTuple):
    """The path of an address in the raw data and its field; None for a free parameter."""

    path: Path
    field: FieldInfo | None


def find(data: dict[str, Any], address: str, *, settable: bool = True) -> FieldPlace | None:
    """The place of an address; None if there is none.

    Fields that no change may set are found where it need not be `settable`: names, kinds, tables, those of a single
    table that the file leaves out.
    """
    address = canonical(data, address)
    head, *rest = address.split(".")
    if not rest:
        return None
    if head in SINGLE:
        if settable and head not in ("model", "levers") and head not in data:
            return None
        return _field((head,), component_class(head, None), data.get(head, {}), rest, settable)
    if head == "fx":
        known = isinstance(data.get("fx"), dict) and rest[0] in data["fx"]
        return FieldPlace(("fx", *rest), None) if known else None
    for section in NAMED_SECTIONS:
        raw = data.get(section)
        if isinstance(raw, dict) and isinstance(raw.get(head), dict):
            return _field((section, head), component_class(section, raw[head]), raw[head], rest, settable)
    return None


def path_of(data: dict[str, Any], address: str) -> Path:
    """The path of an address in the raw data; that of `[model]` if there is none."""
    place = find(data, address)
    return ("model",) if place is None else place.path


def _field(path: Path, cls: type[BaseModel] | None, raw: Any, rest: list[str], settable: bool) -> FieldPlace | None:
    if cls is None or not isinstance(raw, dict):
        return None
    fields = {**(section_fields(str(path[0])) if len(path) == 2 else {}), **cls.model_fields}
    name, deeper = rest[0], rest[1:]
    key = name if name in fields else next((key for key, field in fields.items() if field.alias == name), name)
    if (field := fields.get(key)) is not None and field_key(key, field) == name:
        named = name in NAMES and (len(path) > 2 or name == "kind")
        table = element_class(field) is not None
        if not (settable and named) and not (table and (settable or deeper)):
            inside = raw.get(name)
            if len(deeper) == 1 and isinstance(inside, list) and deeper[0].isdigit() and int(deeper[0]) < len(inside):
                return FieldPlace((*path, name, int(deeper[0])), field)
            below = ".".join(deeper)
            if deeper and not (isinstance(inside, dict) and below in inside):
                return None
            return FieldPlace((*path, name, *([below] if deeper else [])), field)
    for key, field in fields.items():
        written = field_key(key, field)
        if (written != name and written not in raw) or (element := element_class(field)) is None:
            continue
        items = raw.get(written)
        if written == name and deeper and not isinstance(items, list):
            return _inside((*path, written), field, element, items, deeper, settable)
        for n, item in enumerate(items if isinstance(items, list) else ()):
            if identity(item) == name and deeper:
                return _field((*path, written, n), element, item, deeper, settable)
    if cls.model_config.get("extra") == "allow" and name in raw:
        return FieldPlace((*path, *rest), None)
    return None


def _inside(
    path: Path, field: FieldInfo, element: type[BaseModel], raw: Any, rest: list[str], settable: bool
) -> FieldPlace | None:
    """An address below a field that is one table, or named tables of one class."""
    if get_origin(field.annotation) is not dict:
        return _field(path, element, {} if raw is None else raw, rest, settable)
    table = raw.get(rest[0]) if isinstance(raw, dict) else None
    return _field((*path, rest[0]), element, table, rest[1:], settable) if len(rest) > 1 else None


def addresses(data: dict[str, Any], *, texts: bool = True) -> Iterator[str]:
    """Every address of a file that may be set, for suggestions; without `texts` those of figures and no others."""
    yield from (f"levers.{lever}" for lever in LEVERS)
    yield from LEVERS
    for section in ("model", "tax", "opening_balance", "wind_down"):
        if section in data and (cls := component_class(section, None)):
            yield from (f"{section}.{field_key(k, f)}" for k, f in cls.model_fields.items() if texts or is_figure(f))
    for section in NAMED_SECTIONS:
        items = data.get(section)
        for name, raw in items.items() if isinstance(items, dict) else ():
            cls = component_class(section, raw)
            if cls is not None and isinstance(raw, dict):
                yield from _below(name, {**section_fields(section), **cls.model_fields}, raw, texts)


def is_figure(field: FieldInfo) -> bool:
    """Whether a field is a number that may be varied, neither text nor a switch."""
    dimension = dimension_of(field)
    return dimension is not None and dimension.name != "switch"


def _below(prefix: str, fields: Mapping[str, FieldInfo], raw: dict[str, Any], texts: bool) -> Iterator[str]:
    """The addresses below a table: those that the file has first, figures before texts."""
    for key, field in sorted(fields.items(), key=lambda f: (field_key(*f) not in raw, dimension_of(f[1]) is None)):
        element = element_class(field)
        if element is None:
            if field_key(key, field) not in NAMES and (texts or is_figure(field)):
                yield f"{prefix}.{field_key(key, field)}"
            continue
        items = raw.get(field_key(key, field))
        if isinstance(items, dict):
            yield from _below(f"{prefix}.{field_key(key, field)}", element.model_fields, items, texts)
        for item in items if isinstance(items, list) else ():
            if name := identity(item):
                yield from _below(f"{prefix}.{name}", element.model_fields, item, texts)
    known = {field_key(key, field) for key, field in fields.items()}
    yield from (f"{prefix}.{key}" for key in raw if key not in known)


def on_command_line(name: str, text: str, address: str, shown: str | None) -> Problem:
    """A problem with an address, where it stands among the arguments as they are `shown`."""
    from runway.errors import Place

    if shown is None:
        return Problem(name, text)
    token = address if address in shown else shown  # an option of its own does not say it
    return Problem(name, text, Place("command line", 1, shown.find(token) + 1, len(token)), ((1, shown),))
