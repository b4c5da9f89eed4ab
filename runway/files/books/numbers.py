"""The amounts of one column: one decimal mark for all of them, which is known or proven, and their currency."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING
from unicodedata import category

from runway.language.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

_SPACES = r"\s'\u2019"
_NUMBER = rf"\d[\d.,{_SPACES}]*|[.,]\d+"
_BEFORE = r"[^\W\d_]{1,3}[$.]?|[^\w\s.,()+\-−–'\u2019\"{}@*/]"
_AFTER = r"\"[^\"]+\"|(?![eE]\d)[^\W\d_][\w.'\u2019-]*\$?|[^\w\s.,()+\-−–'\u2019\"{}@*/]"
_MONEY = re.compile(
    rf"(?P<open>\()?\s*(?P<sign>[-+−–])?\s*(?P<mark>{_BEFORE})?\s*(?P<sign2>[-+−–])?\s*(?P<number>{_NUMBER})"
    rf"(?P<sign3>[-+−–])?\s*(?P<code>{_AFTER})?\s*(?P<sign4>[-+−–])?\s*(?P<close>\))?\Z"
)
_INNER = re.compile(rf"(?P<mark>{_BEFORE})\s*\((?P<number>[^()]*)\)\Z")  # $(12.50)
_NO_CENTS = re.compile(r"(?<=\d)([.,])[-–—]{1,2}(?!\d)")  # 500.- and 2.000,-: a dash in place of cents is no sign
_NO_CURRENCY = {"k", "m", "b", "t", "cr", "dr", "s", "h"}  # thousands, credit and debit
_PLAIN = {  # by decimal mark: lines that are blank or have an amount of two decimals
    ".": re.compile(r"(?:(?:-?(?:\d{1,3}(?:,\d{3}){1,4}|\d{1,15})\.\d\d)?\n)*+\Z", re.ASCII),
    ",": re.compile(r"(?:(?:-?(?:\d{1,3}(?:\.\d{3}){1,4}|\d{1,15}),\d\d)?\n)*+\Z", re.ASCII),
}
SIDES = {"dr": "dr", "debit": "dr", "s": "dr", "soll": "dr", "cr": "cr", "credit": "cr", "h": "cr", "haben": "cr"}
"""The words behind an amount that has no sign, and the side that each says."""

LONGEST = 60  # characters of an amount


class Money(NamedTuple):
    """An amount as it is written: its number has any marks, none of which is understood yet."""

    negative: bool
    number: str
    unit: str
    side: str = ""  # "dr" or "cr", where that is written behind it

    def value(self, mark: str) -> Decimal | None:
        """The amount, with this decimal mark; None if its digits are not grouped so."""
        grouping = "," if mark == "." else "."
        whole, _, rest = self.number.partition(mark)
        if mark in rest or grouping in rest or not (rest.isdigit() or not rest):
            return None
        digits = re.sub(rf"[{_SPACES}]", grouping, whole)
        if grouping in digits:
            first, *groups = digits.split(grouping)
            inner = groups[:-1]
            if len(groups[-1]) != 3 or not 1 <= len(first) <= 3 or not all(len(g) in (2, 3) for g in inner):
                return None
            if len(set(map(len, inner))) > 1 or (inner and len(inner[0]) == 2 and len(first) > 2):
                return None
            digits = digits.replace(grouping, "")
        value = Decimal(f"{digits or 0}.{rest or 0}" if rest else digits or "0")
        return -value if self.negative else value


def money(text: str) -> Money | None:
    """An amount as it is written; None if it is none.

    >>> money("(1,234.50)"), money("2*3")
    (Money(negative=True, number='1,234.50', unit='', side=''), None)
    >>> money("-€12").unit, money("500.00 USD").unit, money("500.00 Cr").side, money("$(3.00)").negative
    ('€', 'USD', 'cr', True)
    >>> money("€12,50 S").side, money("kr. 1.234,50").unit, money("Rs.2500").number
    ('dr', 'kr.', '2500')
    >>> [money(text).negative for text in ("500.-", "2.000,- kr", "-20.–", "1.500,00-")]
    [False, False, True, True]
    """
    text = _NO_CENTS.sub(r"\1", text.strip())
    if inner := _INNER.match(text):
        text = f"({inner['mark']}{inner['number']})"
    match = _MONEY.match(text) if len(text) <= LONGEST else None
    if match is None or bool(match["open"]) != bool(match["close"]):
        return None
    unit, side = match["mark"] or match["code"] or "", ""
    if (behind := (match["code"] or "").rstrip(".").casefold()) in SIDES:
        unit, side = match["mark"] or "", SIDES[behind]
    signs = [sign for sign in match.group("sign", "sign2", "sign3", "sign4") if sign]
    if len(signs) > 1 or (match["mark"] and match["code"] and not side) or not _is_unit(unit):
        return None
    negative = bool(signs) and signs[0] != "+"
    return Money(negative != bool(match["open"]), match["number"].strip(), unit.strip('"'), side)


@lru_cache(maxsize=256)
def _is_unit(unit: str) -> bool:
    """Whether the letters or mark at a number may be a currency or a commodity."""
    if unit.isalpha() or '"' in unit:
        return unit.casefold() not in _NO_CURRENCY
    return not unit or any(c.isalpha() or category(c) == "Sc" for c in unit)


def proof(number: str) -> str | None:
    """The decimal mark that the digits of a number prove; "" if they have no mark, None if it may be either.

    >>> [proof(n) for n in ("1,234.50", "1.234.567", "0,5", "150.000", "12", "1500.125", "1 234,500")]
    ['.', ',', ',', None, '', '.', ',']
    """
    dots, commas = number.count("."), number.count(",")
    if not dots and not commas:
        return ""
    if dots and commas:
        return "." if number.rfind(".") > number.rfind(",") else ","
    mark, other_mark = (".", ",") if dots else (",", ".")
    if dots + commas > 1:
        return other_mark
    whole, rest = number.split(mark)
    spaced = re.search(rf"\d[{_SPACES}]+\d", whole)
    if len(rest) != 3 or spaced or not 1 <= len(whole) <= 3 or whole.startswith("0"):
        return mark
    return None


def plain_amounts(cells: Sequence[str], decimal: str) -> tuple[str, list[Decimal | None]] | None:
    """The decimal mark and the amounts of cells that are blank or have two decimals and no sign but a minus.

    None if a cell is written otherwise, or with another mark than `decimal` where that is known.

    >>> plain_amounts(["-1.234,50", "", "0,99"], "")
    (',', [Decimal('-1234.50'), None, Decimal('0.99')])
    """
    different = list(dict.fromkeys(cells))
    lines = "".join(f"{cell}\n" for cell in different)
    mark = next((mark for mark in decimal or ".," if _PLAIN[mark].match(lines)), None)
    if mark is None or lines.count("\n") != len(different):
        return None
    numbers = lines.replace("," if mark == "." else ".", "").replace(",", ".").split("\n")
    values = {cell: Decimal(number) if number else None for cell, number in zip(different, numbers, strict=False)}
    return mark, list(map(values.__getitem__, cells))
