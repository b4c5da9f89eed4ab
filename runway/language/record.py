"""Answers as plain data: one encoder over frozen records.

A field of a record is encoded by its type and by the mark `Money` in its annotation:

* money, in whole currency units, to the minor unit of the nearest record around it that has `minor_digits`;
* any other number to twelve digits, which is what powers and roots agree to on different processors;
* a date as 2026-03-31, an exact fraction as a number, and a missing value (None, not a number, endless) as null.

The keys are the names of the fields in their order, or `KEYS`, the documented attributes of a record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias, TypeVar, cast, dataclass_transform

from runway.language.named_tuple import NamedTuple
from runway.words import number, rounded, rounding

if TYPE_CHECKING:
    from typing import Self

Money: TypeAlias = float


class MoneyAmount(float):
    """A number that is encoded as money, where a record makes its JSON itself."""


def one_line(shown: object, subject: Iterable[str]) -> str:
    """The line that a prompt shows for an answer or a plan: its class and its subject."""
    text = " · ".join(subject)
    return f"<{type(shown).__name__}{': ' if text else ''}{text}>"


class Record:
    """The base of an answer: `to_dict` is its documented JSON, its text is one line, a notebook shows its report."""

    __slots__ = ()

    shown: ClassVar[Callable[[Any], str | None] | None] = None
    """Makes the HTML of an answer; set where reports are known."""

    def to_dict(self) -> dict[str, Any]:
        """The documented JSON."""
        encoded: dict[str, Any] = encode(self)
        return encoded

    def __repr__(self) -> str:
        """One line: the class, the model and the scenario."""
        return one_line(self, self.subject())

    def subject(self) -> tuple[str, ...]:
        """The model and the scenario, where the answer has them."""
        return tuple(value for name in ("model", "scenario") if isinstance(value := getattr(self, name, None), str))

    def _repr_html_(self) -> str | None:
        """The report, for notebooks."""
        return None if Record.shown is None else Record.shown(self)


T = TypeVar("T")


class Lazy(NamedTuple):
    """The function that computes a field's value."""

    read: Callable[[], Any]


def lazy(read: Callable[[], T]) -> T:
    """A field's value that is computed at its first use."""
    return cast("T", Lazy(read))


@dataclass_transform(frozen_default=True, kw_only_default=True)
class LazyRecord:
    """A frozen record whose fields may be `lazy`: computed at their first use, if ever."""

    _fields: ClassVar[tuple[str, ...]] = ()
    _defaults: ClassVar[dict[str, Any]] = {}

    def __init_subclass__(cls) -> None:
        cls._fields = tuple(cls.__annotations__)
        cls._defaults = {field: vars(cls)[field] for field in cls._fields if field in vars(cls)}
        for field in cls._defaults:
            delattr(cls, field)  # else the class attribute would hide the lazy value

    def __init__(self, **values: Any) -> None:
        values = {**self._defaults, **values}
        if values.keys() != {*self._fields}:
            raise TypeError(f"{type(self).__name__}: {', '.join(values.keys() ^ {*self._fields})} missing or unknown")
        lazy = {field: value.read for field, value in values.items() if isinstance(value, Lazy)}
        self.__dict__.update({field: value for field, value in values.items() if field not in lazy}, _lazy=lazy)

    def __getattr__(self, name: str) -> Any:
        lazy = vars(self).get("_lazy", {})
        if name not in lazy:
            raise AttributeError(f"{type(self).__name__} has no {name}")
        value = vars(self)[name] = lazy[name]()
        return value

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{field}={getattr(self, field)!r}' for field in self._fields)})"

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self._fields})

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen")

    def _replace(self, **changes: Any) -> Self:
        """The record with other values of some fields; lazy fields stay lazy."""
        known = {field: value for field, value in vars(self).items() if field in self._fields}
        lazy = {field: Lazy(read) for field, read in vars(self).get("_lazy", {}).items()}
        return type(self)(**{**lazy, **known, **changes})

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and all(getattr(self, f) == getattr(other, f) for f in self._fields)

    __hash__ = None  # type: ignore[assignment]  # its fields hold lists and mappings

    def __getstate__(self) -> dict[str, Any]:
        return {field: getattr(self, field) for field in self._fields}


def encode(value: Any, minor_digits: int = 2, money: bool = False) -> Any:
    """A value as JSON has it."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, (float, int)):
        if money or isinstance(value, MoneyAmount):
            return rounding(minor_digits)(float(value))
        return value if isinstance(value, int) else rounded(value)
    if isinstance(value, Fraction):
        return rounding(minor_digits)(float(value)) if money else number(value)
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else float(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): encode(inner, minor_digits, money) for key, inner in value.items()}
    if is_dataclass(value) or hasattr(value, "_fields"):
        return encode_record(value, minor_digits)
    if isinstance(value, (list, tuple, set, frozenset)):
        return [encode(inner, minor_digits, money) for inner in value]
    return str(value)


def encode_record(record: Any, minor_digits: int) -> Any:
    """A record by its documented keys; a record with `to_json` makes its JSON itself."""
    minor_digits = getattr(record, "minor_digits", minor_digits)
    if hasattr(record, "to_json"):
        return encode(record.to_json(), minor_digits)
    return {key: encode(getattr(record, key), minor_digits, is_money(type(record), key)) for key in keys(record)}


def keys(record: Any) -> tuple[str, ...]:
    """The documented attributes of a record, fields and properties, in order."""
    if hasattr(record, "KEYS"):
        return tuple(record.KEYS)
    return tuple(f.name for f in fields(record)) if is_dataclass(record) else tuple(record._fields)


def documented(record: Any, *names: str) -> dict[str, Any]:
    """A record's documented attributes, or the named ones, with money marked: the base of another record's JSON."""
    values = {name: getattr(record, name) for name in names or keys(record)}
    money = [name for name, value in values.items() if isinstance(value, float) and is_money(type(record), name)]
    return values | {name: MoneyAmount(values[name]) for name in money}


def is_money(kind: type, name: str) -> bool:
    """Whether an attribute is marked as money."""
    for base in kind.__mro__:
        annotation = vars(base).get("__annotations__", {}).get(name)
        if annotation is None and isinstance(attribute := vars(base).get(name), property):
            annotation = getattr(attribute.fget, "__annotations__", {}).get("return")
        if annotation is not None:
            return "Money" in str(annotation)
    return False
