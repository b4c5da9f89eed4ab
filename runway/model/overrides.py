"""A file whose figures are set to others: by a scenario, or on the command line by `--set` and its like."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args, get_origin

from runway.errors import InputError, Problem, did_you_mean
from runway.files.document import raw_at
from runway.language.dimension import spelt_out
from runway.language.figure import Amount, FigureChange, FigureError, is_signed, read_amount
from runway.language.requirements import DURATIONS
from runway.model.addresses import (
    AS_OF,
    NAMED_SECTIONS,
    Path,
    addresses,
    completed,
    component_class,
    dimension_of,
    field_key,
    find,
    on_command_line,
    without_section,
)
from runway.model.notations import Span

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic.fields import FieldInfo

    from runway.files.document import Document

ONE_VALUE = "It takes one value."


class OptionValue(str):
    """The value of a figure that has an option of its own, and how the command line has the two: `--for 24m`."""

    shown: str


def set_by(option: str, value: str = "") -> OptionValue:
    """The value that an option gives a figure; one without a value switches it on."""
    option_value = OptionValue(value or "true")
    option_value.shown = f"{option} {value}".rstrip()
    return option_value


def changed(document: Document, changes: Mapping[str, Any], scenario: str | None = None) -> Document:
    """The document with figures replaced; `changes` are a scenario's or, without one, the command line's."""
    problems: list[Problem] = []
    first: dict[Path, str] = {}  # of each figure of a scenario the address by which it is changed
    for address, value in changes.items():
        origin: str | Path = option(address, value) if scenario is None else ("scenarios", scenario, "set", address)
        address = _in_full(document, address, value, scenario)
        document = _with_adjusted_steps(document, address, origin)
        place = find(document.data, address)
        if place is None and _unreadable(document.data, address):
            continue  # its table is told of where it stands
        if place is None and isinstance(value, OptionValue):
            says = f"This file has no [{address.partition('.')[0]}], so nothing is changed by it: leave it out."
            problems.append(_problem(document, address, value, scenario, says, "option-without-effect"))
            continue
        if place is None:
            hint = did_you_mean(without_section(document.data, address), addresses(document.data))
            hint = hint or " Addresses are LINE.FIELD, such as model.opening_cash."
            text = f"There is no figure {address} in this file.{hint}"
            problems.append(_problem(document, address, value, scenario, text))
            continue
        path, field = place
        if scenario is not None and (earlier := first.setdefault(path, address)) != address:
            problems.append(_twice(document, changes, earlier, address, scenario))
            continue
        raw = raw_at(document.data, path)
        if isinstance(raw, dict) and "basis" in raw and "value" in raw and not _is_table(value):
            path = (*path, "value")  # a valuation keeps its basis
        elif isinstance(raw, list) and raw and isinstance(raw[-1], dict) and "basis" in raw[-1]:
            value = value if _is_table(value) else {"value": value, "basis": raw[-1]["basis"]}
        new = _value(document.data, path, field, value, scenario is None)
        if (kept := _lasting_terms(document.data, path, raw)) and not isinstance(new, (dict, FigureChange)):
            new = {"value": new, **kept}
        document = document.with_value(path, new, origin)
    if problems:
        raise InputError(*problems)
    return document


def _in_full(document: Document, address: str, value: Any, scenario: str | None) -> str:
    """An address; on the command line its end is enough.  Raises `InputError`: ambiguous-address."""
    if scenario is not None or find(document.data, address) is not None:
        return address
    return completed(address, addresses(document.data), option(address, value))


def refuse_twice(document: Document, changes: Mapping[str, Any], as_of: str | None = None) -> None:
    """Raises `InputError` (given-twice) where one figure is given two values, the day `--as-of` beside `--set` too."""
    first: dict[Path, str] = {}
    problems: list[Problem] = []
    for address, value in changes.items() if len(changes) > 1 else ():
        place = find(document.data, _in_full(document, address, value, None))
        if place is None:
            continue
        if (earlier := first.setdefault(place.path, address)) != address:
            problems.append(_twice(document, changes, earlier, address, None))
    if as_of is not None and AS_OF in changes:
        problems.append(set_twice(AS_OF, as_of, changes[AS_OF]))
    if problems:
        raise InputError(*problems)


def _twice(document: Document, changes: Mapping[str, Any], earlier: str, address: str, scenario: str | None) -> Problem:
    """The problem of a figure that is changed by two spellings of its address."""
    text = f"{earlier} and {address} are one figure, which is given twice, {changes[earlier]} and {changes[address]}."
    return _problem(document, address, changes[address], scenario, f"{text} {ONE_VALUE}", "given-twice")


def set_twice(address: str, first: Any, second: Any) -> Problem:
    """The problem of an address that the command line gives two values."""
    text = f"{address} is given twice, {first} and {second}. {ONE_VALUE}"
    return on_command_line("given-twice", text, address, f"--set {address}={second}")


def whole_text(value: Any) -> str:
    """A changed value as reports show it: one that stands for the whole figure without the = before its sign.

    >>> whole_text("=-2 months"), whole_text("+10%")
    ('-2 months', '+10%')
    """
    return str(value).removeprefix("=").strip()


def option(address: str, value: Any) -> str:
    """A change as the command line has it."""
    return value.shown if isinstance(value, OptionValue) else f"--set {address}={value}"


def _lasting_terms(data: dict[str, Any], path: Path, raw: Any) -> dict[str, Any]:
    """The terms of a figure that outlast its value: that growth counts from a day, and the day of its figure."""
    siblings = raw_at(data, path[:-1])
    if not (isinstance(raw, dict) and isinstance(siblings, dict)):
        return {}
    counts = any(isinstance(figure, dict) and "from" in figure for figure in siblings.values())
    return {key: raw[key] for key in ("as_of", "from") if counts and key in raw}


def _unreadable(data: dict[str, Any], address: str) -> bool:
    """Whether the table of an address says no kind that there is."""
    head = address.partition(".")[0]
    tables = ((section, data.get(section)) for section in NAMED_SECTIONS)
    named = ((section, table[head]) for section, table in tables if isinstance(table, dict) and head in table)
    return any(component_class(section, raw) is None for section, raw in named)


def _with_adjusted_steps(document: Document, address: str, origin: str | Path) -> Document:
    """The document with the changed schedule that a step belongs to written as changed steps."""
    parent = find(document.data, address.rpartition(".")[0])
    raw = None if parent is None else raw_at(document.data, parent.path)
    if parent is None or not isinstance(raw, FigureChange) or not isinstance(raw.raw, dict):
        return document
    steps = {key: FigureChange(value, raw.change) for key, value in raw.raw.items()}
    return document.with_value(parent.path, steps, origin)


def _problem(
    document: Document, address: str, value: Any, scenario: str | None, text: str, name: str = "unknown-address"
) -> Problem:
    if scenario is not None:
        return document.problem(("scenarios", scenario, "set", address), name, text, at="key")
    return on_command_line(name, text, address, option(address, value))


def _is_figure(path: Path, field: FieldInfo | None) -> bool:
    """Whether a figure stands at a path of a field, or below it (one hire, the value of a valuation)."""
    if field is None or dimension_of(field) is not None:
        return True
    return any(hasattr(item, "figures") for item in (*field.metadata, *get_args(field.annotation))) and (
        path[-1] != field_key("", field)
    )


def _is_time(field: FieldInfo | None) -> bool:
    """Whether a field is a length of time."""
    dimension = None if field is None else dimension_of(field)
    whole = field is not None and any(isinstance(item, Span) for item in field.metadata)
    return whole or (dimension is not None and dimension.name in DURATIONS)


def _whole_number(raw: Any) -> int | None:
    """A raw value as a whole number, of a length of time its months; None where it is none."""
    if isinstance(raw, int):
        return raw
    try:
        amount = read_amount(raw)
    except FigureError:
        return None
    if amount.is_duration:
        return amount.whole_months
    plain = amount == Amount(amount.number) and amount.number == int(amount.number)
    return int(amount.number) if plain else None


def _is_date(field: FieldInfo | None) -> bool:
    dimension = None if field is None else dimension_of(field)
    return dimension is not None and dimension.name in ("date", "date_end")


def _toml(text: str) -> Any:
    """A table or list of the command line; the text itself where it is none."""
    import tomllib
    from decimal import Decimal

    try:
        return tomllib.loads(f"value = {text}", parse_float=Decimal)["value"]
    except (tomllib.TOMLDecodeError, ValueError, RecursionError):
        return text


def _is_table(value: Any) -> bool:
    return isinstance(value, dict) or (isinstance(value, str) and value.lstrip().startswith("{"))


def _value(data: dict[str, Any], path: Path, field: FieldInfo | None, value: Any, typed: bool) -> Any:
    """The raw value that stands in for the file's: a change of it where the new one is signed.

    On the command line a value is read as TOML where it begins with { or [, `==-5` writes a negative one whole, and
    `24m` is "24 months" where a length of time stands, or a date is moved.  A whole number takes signed whole ones.
    """
    changes = isinstance(value, str) and is_signed(value) and not isinstance(value, OptionValue)
    if typed and isinstance(value, str) and (_is_time(field) or (_is_date(field) and is_signed(value))):
        value = spelt_out(value)
    if typed and isinstance(value, str) and value.strip()[:1] in ("{", "["):
        value = _toml(value)
    if isinstance(value, str) and _is_figure(path, field):
        if value.strip().startswith("="):
            return value.strip()[1:].strip()
        if is_signed(value):
            raw = raw_at(data, path)
            return FigureChange(field.default if raw is None and field is not None else raw, value.strip())
        return value
    if changes and isinstance(value, str) and field is not None and field.annotation is int:
        raw, sign = raw_at(data, path), value.strip()[0]
        before, change = _whole_number(field.default if raw is None else raw), _whole_number(value.strip()[1:].strip())
        if before is not None and change is not None:
            return before + change if sign == "+" else before - change
    if typed and isinstance(value, str):
        if value in ("true", "false"):
            return value == "true"
        if value.isdigit() and field is not None and field.annotation is int:
            return int(value)
        if field is not None and get_origin(field.annotation) is tuple:
            return [part.strip() for part in value.strip("[] ").replace('"', "").split(",") if part.strip()]
    return value
