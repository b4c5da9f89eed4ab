"""The code of a currency as a file writes it: as a code, or with a mark that one or several currencies have."""

from __future__ import annotations

from functools import lru_cache

from runway.language.figure import MARKS

_OTHERS = {"kr": ("DKK", "SEK", "NOK", "ISK"), "kr.": ("DKK", "SEK", "NOK", "ISK"), "zł": ("PLN",), "fr.": ("CHF",)}
_OTHERS |= {"us$": ("USD",), "c$": ("CAD",), "a$": ("AUD",), "nz$": ("NZD",), "s$": ("SGD",), "hk$": ("HKD",)}
_OTHERS |= {"r$": ("BRL",), "₹": ("INR",), "₩": ("KRW",), "₽": ("RUB",), "₪": ("ILS",), "kč": ("CZK",)}


@lru_cache(maxsize=256)
def code_of(unit: str, expected: str) -> str:
    """The code of a unit; of a mark that several currencies have, the expected one if it is among them, else the mark.

    >>> code_of("usd", "EUR"), code_of("€", "USD"), code_of("$", "CAD"), code_of("$", "EUR"), code_of("kr.", "SEK")
    ('USD', 'EUR', 'CAD', '$', 'SEK')
    """
    codes = MARKS.get(unit) or _OTHERS.get(unit.casefold())
    if codes is None:
        return unit.upper()
    if expected in codes:
        return expected
    return codes[0] if len(codes) == 1 else unit
