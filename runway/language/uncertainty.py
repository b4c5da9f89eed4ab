"""The uncertainty of a figure: its range, distribution, outcomes and volatility.

`low` and `high` are the 5th and the 95th percentile.  They alone fix a normal, a lognormal, a uniform and a beta
distribution (a beta lies between 0 and 1); a pert and a triangular one have their mode at `value`.  Without a
`distribution` a figure is lognormal if `low` is above 0, else normal; a date is normal, in days.
"""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, Any

from runway.language.figure import Amount, Entry, FigureError, date_amount, read_amount
from runway.months import NEVER, date_at

if TYPE_CHECKING:
    from collections.abc import Callable

DISTRIBUTIONS = ("normal", "lognormal", "pert", "triangular", "uniform", "beta", "discrete")
UNCERTAIN_KEYS = ("distribution", "outcomes", "volatility")
LEAST_SURE = 1e-9  # by how much probabilities may miss 1


def shape(entry: Entry) -> str:
    """The distribution of an entry that has a range or outcomes."""
    if entry.outcomes:
        return "discrete"
    positive = entry.low is not None and entry.low > 0 and not entry.amount.is_date
    return entry.distribution or ("lognormal" if positive else "normal")


def middle(entry: Entry) -> Entry:
    """The entry of a range that was written without its value: its number is the median (of a beta, the middle).

    >>> middle(Entry(Amount(0), "2 to 8", low=2.0, high=8.0)).amount.number
    4.0
    """
    low, high = entry.ends
    if entry.amount.is_date:
        _refuse_impossible(entry, ())
        days = [date_at(place, 0).toordinal() for place in (low, high)]
        return entry._replace(amount=date_amount(type(date_at(low, 0)).fromordinal(sum(days) // 2)))
    number = sqrt(low * high) if shape(entry) == "lognormal" else (low + high) / 2
    return entry._replace(amount=entry.amount._replace(number=number))


def uncertain(entry: Entry, raw: dict[str, Any], read: Callable[[Any], Amount], monthly: bool) -> Entry:
    """The entry with the distribution, outcomes and volatility of its table.

    `read` reads a number in the figure's own unit; `monthly` says whether the figure may change from month to month.
    Raises `FigureError`: outcomes-malformed, distribution-incomplete, distribution-impossible, volatility-malformed.
    """
    if "outcomes" in raw:
        entry = entry._replace(outcomes=_outcomes(entry, raw, read))
    elif entry.distribution == "discrete":
        example = 'outcomes = { "$15" = "30%", "$20" = "70%" }'
        text = f"A discrete figure lists its outcomes, each with its probability: {example}."
        raise FigureError("distribution-incomplete", text, ("distribution",))
    elif entry.distribution is not None and entry.low is None:
        text = "A distribution needs low and high, its 5th and 95th percentile."
        raise FigureError("distribution-incomplete", text, ("distribution",))
    elif entry.low is not None:
        _refuse_impossible(entry, at=("distribution",) if "distribution" in raw else ("low",))
        if "low" not in raw:  # "18 to 25" with its distribution
            entry = middle(entry)
    if "volatility" in raw:
        entry = entry._replace(volatility=_volatility(entry, raw["volatility"], read, monthly))
    return entry


def _outcomes(entry: Entry, raw: dict[str, Any], read: Callable[[Any], Amount]) -> tuple[tuple[float, float], ...]:
    """The numbers and their probabilities, in order."""
    table = raw["outcomes"]
    if not isinstance(table, dict) or not table or "low" in raw or entry.distribution not in (None, "discrete"):
        text = 'outcomes is a table of values and their probabilities, { "$15" = "30%", "$20" = "70%" }'
        raise FigureError(
            "outcomes-malformed", f"{text}; it stands alone, without low and high.", ("outcomes",), at="key"
        )
    outcomes = []
    for key, probability in table.items():
        try:
            amount, chance = read(key), read_amount(probability)
        except FigureError as error:
            raise FigureError(error.name, error.text, ("outcomes", key), at="key") from None
        if (amount.period, amount.currency) != (entry.amount.period, entry.amount.currency):
            text = f"The outcome {key} is written in the same unit as value."
            raise FigureError("wrong-dimension", text, ("outcomes", key), at="key")
        if not chance.is_number or chance.period or chance.currency or not 0 < chance.number <= 1:
            text = "The probability of an outcome is above 0 and at most 100%."
            raise FigureError("outcomes-malformed", text, ("outcomes", key))
        outcomes.append((amount.number, chance.number))
    total = sum(chance for _, chance in outcomes)
    if abs(total - 1) > LEAST_SURE:
        text = f"The probabilities of the outcomes add up to {total * 100:.6g}%, not to 100%."
        raise FigureError("outcomes-malformed", text, ("outcomes",), at="key")
    return tuple(sorted(outcomes))


def _refuse_impossible(entry: Entry, at: tuple[str | int, ...]) -> None:
    """Refuses a distribution that cannot have its 5th and 95th percentile at low and high."""
    low, high = entry.ends
    distribution = shape(entry)
    if entry.amount.is_date:
        if distribution in ("lognormal", "beta"):
            text = f"A date cannot be {distribution}; write normal, pert, triangular or uniform."
            raise FigureError("distribution-impossible", text, at)
        if NEVER in (low, high, entry.amount.number):
            text = 'A range of dates does not hold never. Write outcomes = { "2025-12" = "60%", never = "40%" }.'
            raise FigureError("distribution-impossible", text, at)
    elif distribution == "lognormal" and low <= 0:
        text = "A lognormal figure is above 0, so its low is too. Raise low, or write normal."
        raise FigureError("distribution-impossible", text, at)
    elif distribution == "beta" and not (0 < low <= high < 1):
        text = "A beta distribution lies between 0 and 1, and so do its low and high. Write pert for another range."
        raise FigureError("distribution-impossible", text, at)


def _volatility(entry: Entry, raw: Any, read: Callable[[Any], Amount], monthly: bool) -> float:
    """The standard deviation of one month's draw: in the figure's unit, or a percentage of the figure."""
    at = ("volatility",)
    if not monthly:
        text = "Only a figure that may change from month to month has a volatility; write low and high instead."
        raise FigureError("volatility-malformed", text, at, at="key")
    plain = read_amount(raw)
    if plain.percent and not plain.period and not entry.amount.percent:
        number = plain.number * abs(entry.amount.number)
    else:
        amount = read(raw)
        if (amount.period, amount.currency) != (entry.amount.period, entry.amount.currency):
            raise FigureError("wrong-dimension", "volatility is written in the same unit as value.", at)
        number = amount.number
    if number < 0:
        raise FigureError("volatility-malformed", "A volatility is 0 or more.", at)
    return number


def moved(place: float, by: Amount) -> float:
    """The absolute position of a date moved by a duration; whole months keep the day of the month."""
    from datetime import timedelta

    if by.period in ("day", "week"):
        return date_amount(
            date_at(place, 0) + timedelta(days=round(by.number * (7 if by.period == "week" else 1)))
        ).number
    return date_amount(date_at(place + by.months, 0)).number


def moved_range(entry: Entry, amount: Amount, change: Amount) -> Entry:
    """The entry with a changed amount, its range and outcomes changed as the number was."""

    def changed(number: float) -> float:
        if change.percent:
            return number * (1 + change.number)
        if not amount.is_date:
            return number + change.number
        return number if number >= NEVER else moved(number, change)

    return entry._replace(
        amount=amount,
        low=None if entry.low is None else changed(entry.low),
        high=None if entry.high is None else changed(entry.high),
        outcomes=tuple((changed(number), chance) for number, chance in entry.outcomes),
        volatility=entry.volatility * (1 + change.number) if change.percent and entry.volatility else entry.volatility,
    )
