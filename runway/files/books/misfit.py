"""What is wrong with a cell that is no amount: one at a cost, several in one, or none."""

from __future__ import annotations

import re

from runway.files.books.numbers import money

_COST = re.compile(r"\s*(?:\{.*|@.*)\Z")
_AMOUNT = re.compile(
    r"[-+−]?\s*(?:[^\W\d_]+\$?|[^\w\s.,()+\-−'\u2019\"{}@*/])?\s*[-+−]?[\d.,]*\d\s*"
    r"(?:\"[^\"]+\"|(?![eE]\d)[^\W\d_][\w.'\u2019-]*\$?|[^\w\s.,()+\-−'\u2019\"{}@*/])?"
)
SHOWN = 40  # characters of a cell


def misfit(text: str) -> tuple[str, str]:
    """The name and the text of what is wrong with a cell that is no amount.

    >>> misfit("2 AAPL {150.00 USD}")[0], misfit("5 USD, 3 EUR")[0], misfit("fifty")[0]
    ('wrong-currency', 'wrong-currency', 'not-a-figure')
    """
    text = text.strip()
    short = text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
    if (cost := _COST.search(text)) and money(text[: cost.start()]):
        return "wrong-currency", f'"{short}" is at a cost or price. Write what it is worth in one currency, 1234.56.'
    codes = _currencies(text)
    if len(codes) > 1:
        says = f'"{short}" is in {len(codes)} currencies ({", ".join(codes)}); a row has one amount in one currency.'
        return "wrong-currency", f"{says} Convert them (hledger -X, or convert(position) in bean-query)."
    return "not-a-figure", f'"{short}" cannot be read as an amount. Amounts are written 1234.56 or -1234.56.'


def _currencies(text: str) -> list[str]:
    """The currencies of a cell that has several amounts; none where a part of it is no amount with one."""
    text = text.removeprefix("(").removesuffix(")").strip()
    found: dict[str, None] = {}
    at = 0
    while match := _AMOUNT.match(text, at):
        amount = money(match[0])
        if amount is None or not amount.unit:
            return []
        found[amount.unit] = None
        at = match.end()
        while text[at : at + 1] in (",", ";", " ", "\n") and at < len(text):
            at += 1
    return list(found) if at == len(text) else []
