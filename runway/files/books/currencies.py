"""The code of a currency as a file writes it: as a code, or with a mark that one or several currencies have."""

from __future__ import annotations

from functools import lru_cache

from runway.language.figure import MARKS
from runway.language.misreadings import CURRENCY_MARKS

_OTHERS: dict[str, tuple[str, ...]] = {
    **{mark: (code,) for mark, code in CURRENCY_MARKS.items()},
    "sfr.": ("CHF",),
    **dict.fromkeys(("kr", "kr."), ("DKK", "SEK", "NOK", "ISK")),
    **dict.fromkeys(("rs", "rs.", "₨"), ("INR", "PKR", "LKR", "NPR", "MUR")),
}


CODES = frozenset(
    (
        "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF "
        "CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD "
        "HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD "
        "MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN "
        "PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY "
        "TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG"
    ).split()
)
"""Codes of ISO 4217."""


@lru_cache(maxsize=256)
def code_of(unit: str, expected: str) -> str:
    """The code of a unit. A mark of several currencies is the expected one if that is among them; else it stays a mark,
    or says nothing where none is expected.

    >>> code_of("usd", "EUR"), code_of("€", "USD"), code_of("$", "CAD"), code_of("$", "EUR"), code_of("kr.", "SEK")
    ('USD', 'EUR', 'CAD', '$', 'SEK')
    """
    unit = unit.removeprefix("CURRENCY::")  # of GnuCash, which has other name spaces of commodities
    codes = codes_of(unit)
    if not codes:
        return unit.upper()
    if expected in codes:
        return expected
    return codes[0] if len(codes) == 1 else unit if expected else ""


def codes_of(unit: str) -> tuple[str, ...]:
    """The currencies that a mark may stand for; none for a code."""
    return MARKS.get(unit) or _OTHERS.get(unit.casefold(), ())


def doubtful_currency(mark: str, table: str, option: str = "") -> str:
    """The message that a mark is of several currencies, and which key of a table, or option, says the one."""
    codes = codes_of(mark)
    way = f"{option} {codes[0]} or the like" if option else f'currency = "{codes[0]}" or the like in {table}'
    return f"{mark} may be {', '.join(codes)}. Write {way}."
