"""The measures that are read off a whole run, and their names in files, options and prose.

runway   runway.certain   cash in hand   zero-cash date   lowest_cash   gap   closing cash
dilution(founders)   stake(founders)

A rung alone is the runway that counts it.  A formula of a month cannot read a measure, since each is known only when
the last month is.
"""

from __future__ import annotations

import re
from typing import Literal, get_args

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
RungKey = Literal["cash_in_hand", "certain", "conditional", "planned"]
RUNGS: tuple[RungKey, ...] = get_args(RungKey)
ALIASES = {"gap": "funding_gap"}

_LADDER = r"(?P<plus>\+\s*)?(?P<words>[A-Za-z]+(?:(?:\s+|[_-])[A-Za-z]+)*)(?:\s*\.\s*(?P<rung>\+?\s*\w[\w\s-]*))?\Z"
_OF_HOLDER = r"(?P<words>[A-Za-z]+)\s*\(\s*(?P<holder>[^()]*?)\s*\)\Z"
_BETWEEN = r">=|<=|==|!=|[<>=≥≤]|\b(?:and|or|not)\b|\Z"


class NamedMeasure(NamedTuple):
    """A measure as a text names it."""

    measure: Measure
    rung: str | None  # as written
    holder: str  # of a share
    at: int  # where the holder stands in the text


def measure_named(text: str) -> NamedMeasure | None:
    """The measure that a text names; blanks, hyphens and underscores are alike.  None where it names none.

    >>> measure_named("lowest-cash").measure.key, measure_named("Runway.cash in hand").rung
    ('lowest_cash', 'cash in hand')
    >>> measure_named("dilution( founders )").holder, measure_named("revenue")
    ('founders', None)
    >>> measure_named("Cash in hand")[:2] == (MEASURES["runway"], "Cash in hand")
    True
    """
    of_holder = re.match(_OF_HOLDER, text)
    match = of_holder or re.match(_LADDER, text)
    if match is None:
        return None
    key = key_of(match["words"])
    if of_holder is None and key in RUNGS and match["rung"] is None:
        return NamedMeasure(MEASURES["runway"], text, "", 0)
    measure = MEASURES.get(ALIASES.get(key, key))
    if measure is None or (measure.unit == "share") != (of_holder is not None) or (not of_holder and match["plus"]):
        return None
    if of_holder is not None:
        return NamedMeasure(measure, None, of_holder["holder"], of_holder.start("holder"))
    return NamedMeasure(measure, match["rung"], "", 0)


def looks_ahead(text: str, error: FormulaError) -> FormulaError:
    """The error of a formula; where it is the name of a measure, the error that a formula cannot look ahead."""
    spans = [(error.start, error.end)]
    at = 0
    for sign in re.finditer(_BETWEEN, text):  # the sides of its comparisons
        side = text[at : sign.start()]
        begins = at + len(side) - len(side.lstrip(" ("))
        if error.name == "formula-syntax" or (error.start < sign.start() and at < error.end):
            spans += [(begins, at + len(side.rstrip())), (begins, at + len(side.rstrip(" )")))]
        at = sign.end()
    for start, end in dict.fromkeys(spans):
        name = text[start:end]
        broken = error.name == "formula-syntax" and name.isidentifier()  # elsewhere: it may be a name of the file
        if not broken and (named := measure_named(name)) is not None:
            key = named.measure.key
            message = (
                f"{name} is known only when the last month is, and a formula cannot look ahead. Compare what is known"
                f" before the month, such as {_PRIOR.get(key, 'prev(cash) >= 1_000_000')}; or say it of the whole model"
                f' in a check, alone on its side: require = "{name} {COMPARED[key]}".'
            )
            return FormulaError("looks-ahead", message, start, end)
    return error


_PRIOR = dict.fromkeys(("runway", "zero_cash_date"), "prev(unrestricted_cash) >= 6 * prev(trailing_burn)")
"""The condition on rows of the month before that stands for a measure, which is known only at the end."""
COMPARED = {
    "runway": ">= 12 months",
    "zero_cash_date": ">= 2027-01-01",
    "lowest_cash": ">= 0",
    "funding_gap": "<= 0",
    "closing_cash": ">= 0",
    "dilution": "<= 25%",
    "stake": ">= 40%",
}
"""What a measure may be compared with, as an example."""
