"""A layout of exports, as data: the names of its columns and their roles; `layouts.toml` has the known ones."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from itertools import chain
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from runway.errors import choice_hint
from runway.files.books.currencies import CODES, codes_of
from runway.files.books.export import TRAITS
from runway.language.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from runway.files.books.export import Kind

Form = Literal["list", "months", "balances", "accounts", "figures"]
"""The form of an export.

list      one amount or posting a row
months    an account a row, a month a column
balances  an account a row, a day a column
accounts  an account a row, what stands on it at one day in debit and credit
figures   a value a row, with its month and its address
"""

_CURRENCY = re.compile(
    r"(?P<name>.*?\S)\s*(?:\((?:(?:in|en) )?(?P<a>[^()]{1,4}|euro[as]?)\)|\[(?P<b>[^\[\]]{1,4})\]|"
    r"[ _](?:(?:in|en) )?(?P<c>[A-Za-z]{3}|[$€£¥]|euro[as]?))\Z"
)
_COMMODITY = re.compile(r"(?P<name>.*\S)\s*[\[(](?P<unit>(?!UTC|GMT)[A-Z][A-Z0-9.]{2,11})[\])]\s*\Z")


class Head(NamedTuple):
    """The name of a column, in small letters, and the currency that it adds: `amount (eur)`."""

    name: str
    base: str  # the name without its currency
    currency: str


class BookLayout(NamedTuple):
    """One layout: its kind and form, the names of its columns, and how its rows are read."""

    name: str
    title: str = ""  # as a user would call it
    kind: Kind = "statement"
    form: Form = "list"
    columns: Mapping[str, tuple[str, ...]] = MappingProxyType({})  # by role, the names that its columns may have
    parts: Mapping[str, str] = MappingProxyType({})  # by their names, the columns whose amounts make up a row
    pays_out: bool = False  # whether the sum of the parts is paid out in the same row
    must: tuple[str, ...] = ()  # heads that stand in every such file; "a|b": one of them
    roles: tuple[str, ...] = ()  # roles whose columns stand in every such file, likewise
    lacks: tuple[str, ...] = ()  # heads that stand in none
    titles: str = ""  # a regular expression that a row above the heads must match
    excludes: str = ""  # a regular expression that none does
    date: tuple[str, ...] = ()  # the orders that its dates may have; none: to be proven
    decimal: str = ""  # none: to be proven
    skip: int = 0  # rows above the heads
    positive: str = "in"  # the side of an amount without a sign: "in" or "out", of a ledger "debit" or "credit"
    sign: Mapping[str, Any] = MappingProxyType({})  # column, and the words for out and in
    only: Mapping[str, tuple[str, ...]] = MappingProxyType({})  # by column, the words of rows that count
    leave: Mapping[str, tuple[str, ...]] = MappingProxyType({})  # by column, the words of rows that do not
    opening: Mapping[str, tuple[str, ...]] = MappingProxyType({})  # by column, the words of opening balances
    blocks: Literal["", "account", "entry"] = ""  # the block that a row with a name alone begins
    carried: tuple[str, ...] = ()  # roles that stand on the first row of an entry alone
    balanced: bool = False  # whether an amount without debit and credit must be proven to be a debit
    minor: bool = False  # amounts are in cents
    heads: tuple[str, ...] = ()  # the names of the columns of a file without heads
    general: bool = False  # of any program, so that a layout of one program goes before it
    currency: str = ""  # of every such file
    custom: bool = False  # the user's
    insisted: bool = False  # the user says that a file has it

    @property
    def double_entry(self) -> bool:
        """Whether debits are positive: in books of ours, not in a statement of someone who holds our money."""
        return TRAITS[self.kind].sign < 0

    def place(self, role: str, heads: Sequence[Head]) -> int | None:
        """The column of a role; None if the file has none."""
        return next(iter(self.places(role, heads)), None)

    def places(self, role: str, heads: Sequence[Head]) -> list[int]:
        """The columns of a role, in the order of the layout."""
        return [n for name in self.columns.get(role, ()) if (n := column(name, heads, role in AMOUNTS)) is not None]

    def part_places(self, heads: Sequence[Head]) -> dict[str, int]:
        """The columns whose amounts make up a row, by the names of the parts."""
        return {part: n for part, name in self.parts.items() if (n := column(name, heads, True)) is not None}

    def fits(self, heads: Sequence[Head]) -> bool:
        """Whether a row has every head that the layout needs."""
        needed = self.needed()
        if not self.insisted and any(column(name, heads) is not None for name in self.lacks):
            return False
        if self.roles:
            return all(any(self.places(role, heads) for role in roles.split("|")) for roles in self.roles)
        return bool(needed) and all(
            any(column(name, heads, True) is not None for name in names.split("|")) for names in needed
        )

    def needed(self) -> tuple[str, ...]:
        """The heads that a row must have: where the layout does not say which, all that it has."""
        filtered = (name for name in self.only if self.custom and name not in self.columns)
        return self.must or self.roles or (*chain(*self.columns.values()), *self.sign.get("column", ()), *filtered)

    def headed(self, above: Sequence[tuple[int, list[str]]]) -> bool:
        """Whether the rows above the heads are those of the layout."""
        text = "\n".join(cell for _, cells in above for cell in cells)
        if self.excludes and re.search(self.excludes, text, re.IGNORECASE):
            return False
        return not self.titles or re.search(self.titles, text, re.IGNORECASE) is not None


AMOUNTS = ("amount", "debit", "credit", "balance", "fee", "sum")
"""Roles whose columns may add a currency to their name."""


def column(name: str, heads: Sequence[Head], amount: bool = False) -> int | None:
    """The column of a name, in small letters; that of an amount may add a currency."""
    exact = next((n for n, head in enumerate(heads) if head.name == name), None)
    if exact is None and amount:
        return next((n for n, head in enumerate(heads) if head.currency and head.base == name), None)
    return exact


def heads_of(cells: Sequence[str]) -> list[Head]:
    """The names of the columns in a row.

    >>> heads_of([" Bedrag (EUR)", "Date (UTC)"])
    [Head(name='bedrag (eur)', base='bedrag', currency='EUR'), Head(name='date (utc)', base='date (utc)', currency='')]
    """
    heads = []
    for cell in cells:
        name = head_name(cell)
        match = _CURRENCY.match(name) if 4 < len(name) < 80 else None
        unit = (match["a"] or match["b"] or match["c"]).strip().upper() if match else ""
        unit = "EUR" if unit[:4] == "EURO" else unit
        if match is not None and (unit in CODES or codes_of(unit)):
            heads.append(Head(name, match["name"], unit))
        elif (commodity := _COMMODITY.match(cell) if 4 < len(name) < 80 else None) is not None:
            heads.append(Head(name, head_name(commodity["name"]), commodity["unit"]))
        else:
            heads.append(Head(name, name, ""))
    return heads


def head_name(text: str) -> str:
    """The name of a column as names are compared: without case, quotation marks, space around it and a "#" before."""
    name = " ".join(text.strip().strip('"').casefold().split())
    return name[1:] if name[:1] == "#" and name[1:2].isalpha() else name


@cache
def known_layouts() -> Mapping[str, BookLayout]:
    """The layouts of `layouts.toml` by name."""
    table = tomllib.loads(files(__package__).joinpath("layouts.toml").read_text(encoding="utf-8"))
    return {name: layout_of(name, entry) for name, entry in table.items()}


def layout_of(name: str, table: Mapping[str, Any], *, custom: bool = False) -> BookLayout:
    """The layout of a table, whose keys are the fields of `BookLayout` and the roles `debit` and `credit`."""
    fields = dict(table)
    columns = dict(fields.pop("columns", {}))
    columns |= {role: fields.pop(role) for role in ("debit", "credit") if role in fields}
    values = {key: value for key, value in fields.items() if key in BookLayout._fields and value is not None}
    for key in ("only", "leave", "opening"):
        values[key] = {
            head_name(head): tuple(map(head_name, _several(words))) for head, words in values.get(key, {}).items()
        }
    for key in ("must", "roles", "lacks", "date", "carried", "heads"):
        values[key] = tuple(head_name(word) for word in _several(values.get(key, ())))
    if values.get("sign"):
        values["sign"] = {key: tuple(map(head_name, _several(words))) for key, words in values["sign"].items()}
    if values.get("parts"):
        values["parts"] = {part: head_name(head) for part, head in values["parts"].items()}
    places = {role: tuple(map(head_name, _several(names))) for role, names in columns.items() if names}
    values |= {"name": name, "columns": places, "custom": custom, "title": values.get("title", name)}
    return BookLayout(**values)


ROLES = ("date", "text", "account", "amount", "debit", "credit", "balance", "currency", "status", "id", "owner")
"""The roles of columns in a layout of one's own."""


def layout_mistake(table: Mapping[str, Any]) -> tuple[tuple[str, ...], str, str] | None:
    """The mistake of a layout of one's own: the path of its key, the name of the problem and its text; else None."""
    columns, sign = table.get("columns", {}), table.get("sign")
    for role, names in columns.items():
        if role not in ROLES:
            hint = choice_hint(role, ROLES)
            return ("columns", role), "unknown-key", f"No column of an export is its {role}.{hint}"
        if not names or not all(map(head_name, _several(names))):
            return ("columns", role), "value-out-of-range", f"{role} is the name of a column, as the file has it."
        if role not in ("text", "account") and len(_several(names)) > 1:
            return ("columns", role), "wrong-type", f"{role} is one column; text and account may have several."
    if "date" not in columns:
        return ("columns",), "missing-field", 'columns needs date, the column of the day: date = "Date".'
    if not {"amount", "debit", "credit"} & {*columns, *table}:
        return ("columns",), "missing-field", "columns needs amount; or the layout debit and credit."
    if sign is not None and ("column" not in sign or "out" not in sign or set(sign) - {"column", "out", "in"}):
        text = 'sign has the column that says the way and its words: { column = "Af Bij", out = "Af", in = "Bij" }.'
        return ("sign",), "missing-field", text
    return None


def _several(words: str | Iterable[str]) -> tuple[str, ...]:
    return (words,) if isinstance(words, str) else tuple(words)
