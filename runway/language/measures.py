"""The measures that are read off a whole run, and how they are named wherever one is asked for.

runway   runway.certain   zero-cash date   lowest_cash   gap   closing cash   dilution(founders)   stake(founders)

A formula of a month cannot read them, since each is known only when the last month is.
"""

from __future__ import annotations

import re

from runway.language.named_tuple import NamedTuple
from runway.language.tree import FormulaError
from runway.words import key_of


class Measure(NamedTuple):
    """A figure of a run as a whole; `unit` is months, date, money or, of a holder, share."""

    key: str  # in files
    title: str  # in prose
    option: str  # in options and JSON
    unit: str


MEASURES = {
    measure.key: measure
    for measure in (
        Measure("runway", "runway", "runway", "months"),
        Measure("zero_cash_date", "zero-cash date", "zero-cash-date", "date"),
        Measure("lowest_cash", "lowest cash", "lowest-cash", "money"),
        Measure("funding_gap", "funding gap", "gap", "money"),
        Measure("closing_cash", "closing cash", "closing-cash", "money"),
        Measure("dilution", "dilution", "dilution", "share"),
        Measure("stake", "stake", "stake", "share"),
    )
}
LADDER_MEASURES = tuple(measure for measure in MEASURES.values() if measure.unit != "share")
ALSO = {"gap": "funding_gap"}

_LADDER = r"(?P<words>[A-Za-z]+(?:(?:\s+|[_-])[A-Za-z]+)*)(?:\s*\.\s*(?P<rung>\+?\s*\w[\w\s-]*))?\Z"
_HELD = r"(?P<words>[A-Za-z]+)\s*\(\s*(?P<holder>[^()]*?)\s*\)\Z"
_BETWEEN = r">=|<=|==|!=|[<>=≥≤]|\b(?:and|or|not)\b|\Z"


class Named(NamedTuple):
    """A measure as a text names it."""

    measure: Measure
    rung: str | None  # as written
    holder: str  # of a share
    at: int  # where the holder stands in the text


def measure_named(text: str) -> Named | None:
    """The measure that a text names; blanks, hyphens and underscores are alike.  None where it is something else.

    >>> measure_named("lowest-cash").measure.key, measure_named("Runway.cash in hand").rung
    ('lowest_cash', 'cash in hand')
    >>> measure_named("dilution( founders )").holder, measure_named("revenue")
    ('founders', None)
    """
    held = re.match(_HELD, text)
    found = held or re.match(_LADDER, text)
    if found is None:
        return None
    key = key_of(found["words"])
    measure = MEASURES.get(ALSO.get(key, key))
    if measure is None or (measure.unit == "share") != (held is not None):
        return None
    if held is not None:
        return Named(measure, None, held["holder"], held.start("holder"))
    return Named(measure, found["rung"], "", 0)


def looks_ahead(text: str, error: FormulaError) -> FormulaError:
    """The mistake in a formula; where it is the name of a measure, the one that says what a formula cannot know."""
    spans = [(error.start, error.end)]
    at = 0
    for sign in re.finditer(_BETWEEN, text):  # the sides of its comparisons
        side = text[at : sign.start()]
        begins = at + len(side) - len(side.lstrip(" ("))
        if error.name == "formula-syntax" or (error.start < sign.start() and at < error.end):
            spans += [(begins, at + len(side.rstrip())), (begins, at + len(side.rstrip(" )")))]
        at = sign.end()
    for start, end in dict.fromkeys(spans):
        if (named := measure_named(text[start:end])) is not None:
            said, key = text[start:end], named.measure.key
            says = (
                f"{said} is known only when the last month is, and a formula cannot look ahead. Compare what is known"
                f" before the month, such as {_KNOWN.get(key, 'prev(cash) >= 1_000_000')}; or say it of the whole model"
                f' in a check, alone on its side: require = "{said} {_EXAMPLES[key]}".'
            )
            return FormulaError("looks-ahead", says, start, end)
    return error


_KNOWN = dict.fromkeys(("runway", "zero_cash_date"), "prev(unrestricted_cash) >= 6 * prev(trailing_burn)")
"""What stands for a measure in a condition that is decided before the month."""
_EXAMPLES = {
    "runway": ">= 12 months",
    "zero_cash_date": ">= 2027-01-01",
    "lowest_cash": ">= 0",
    "funding_gap": "<= 0",
    "closing_cash": ">= 0",
    "dilution": "<= 25%",
    "stake": ">= 40%",
}
