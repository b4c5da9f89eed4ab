"""The dimensions that fields declare, and the reading of a figure against one: units, ranges, sources, schedules."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pydantic_core import PydanticCustomError, core_schema

from runway.language.dated_values import is_by_day, known_value, refuse_later
from runway.language.evidence import evidence
from runway.language.figure import (
    THOUSAND,
    Amount,
    Entry,
    Figure,
    FigureChange,
    FigureError,
    date_amount,
    read_amount,
    read_range,
)
from runway.language.named_tuple import NamedTuple
from runway.language.requirements import DESCRIPTIONS, DURATIONS, SAMPLES, in_unit, refuse_beyond
from runway.language.uncertainty import UNCERTAIN_KEYS, middle, moved, moved_range, uncertain
from runway.months import NEVER, month_number, parse_date
from runway.words import minor_digits

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler

_SHORT = r"(?P<number>[+\-−]?\s*[\d.,_]+)\s*(?P<unit>[my])"
_UNITS = {"m": "months", "y": "years"}
_BARE = r"[\d.,_]+"
THOUSANDS = 1000
"""The least number that a mark may part thousands of."""


class Dimension(NamedTuple):
    """The dimension that a field declares, with the range that it allows; an annotation that pydantic reads with.

    `name` is one of `DESCRIPTIONS`: money, flow (money per period), count, share, rate, date, days, months, …
    """

    name: str
    low: float = -1e15
    high: float = 1e15
    schedule: bool = True
    example: str = ""
    whole: bool = False  # of months: only whole ones
    opening: bool = False  # a balance before the first month
    grows: bool = False  # of a growth rate: it may count from the as_of of the figure that it grows

    @property
    def description(self) -> str:
        """The dimension in words: "money per period"."""
        return "a share, which may be above 1" if self.name == "share" and self.high > 1 else DESCRIPTIONS[self.name]

    def most(self, *, percent: bool) -> float:
        """The largest number allowed: a fee is a share where it is written in percent, else money."""
        return 1 if self.name == "fee" and percent else self.high

    @property
    def in_parts(self) -> bool:
        """Whether a table of the dimension holds the parts of a whole, which make 100 %."""
        return False

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.with_info_plain_validator_function(self._validate)

    def __get_pydantic_json_schema__(self, schema: Any, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"x-figure": self.description}  # `schema.py` puts the definition of a figure in its place

    def _validate(self, raw: Any, info: core_schema.ValidationInfo[Any]) -> Figure:
        if isinstance(raw, Figure):
            return raw
        try:
            return self.read(raw, info.context or {})
        except FigureError as error:
            raise figure_error(error) from None

    def read(self, raw: Any, context: dict[str, Any]) -> Figure:
        """The figure of a raw value; `context` has the model's `currency`, the codes in `fx`, of them `floating`,
        its `sources` and their `source_days`, and the day as of which figures are `known`, if one is asked for.
        """
        if isinstance(raw, FigureChange):
            return self._adjusted(raw, context)
        if self.name == "switch":
            return self._switch(raw)
        if isinstance(raw, dict) and "value" not in raw and any(re.search(r"\d{4}", str(key)) for key in raw):
            if not self.schedule:
                raise FigureError("schedule-not-allowed", "FIELD is one figure; it cannot change from month to month.")
            for key in raw:
                if month_number(str(key)) is None:
                    from runway.language.misreadings import month_meant

                    text = f'{key} is no month. A schedule is by months, each written "2025-04".{month_meant(str(key))}'
                    raise FigureError("bad-month", text, (key,), "key")
            entries = []
            for key in sorted(raw):
                try:
                    entries.append(self._entry(raw[key], context)._replace(month=key))
                except FigureError as error:
                    raise error.below(key) from None
            return Figure(self.kind(entries[0].amount), tuple(entries), self.opening)
        entry = self._entry(raw, context)
        return Figure(self.kind(entry.amount), (entry,), self.opening)

    def _switch(self, raw: Any) -> Figure:
        text = str(raw).lower()
        if text not in ("true", "false", "1", "0"):
            raise FigureError("wrong-type", "FIELD is true or false.")
        return Figure("switch", (Entry(Amount(float(text in ("true", "1"))), text),))

    def kind(self, amount: Amount) -> str:
        """The dimension of a free figure, or of a fee, is read off its form."""
        if self.name == "fee":
            return "share" if amount.percent else "money"
        if self.name != "free":
            return self.name
        if amount.is_date:
            return "date"
        if amount.is_duration:
            return "days" if amount.period in ("day", "week") else "months"
        if amount.percent:
            return "rate" if amount.period else "share"
        return "flow" if amount.period else "money" if amount.currency else "count"

    def _adjusted(self, raw: FigureChange, context: dict[str, Any]) -> Figure:
        if self.name == "switch":
            return self.read(raw.change, context)
        change = read_amount(raw.change, context.get("currency"))
        relative = change.signed and (change.period is None or change.is_duration)
        if not relative:
            return self.read(raw.change, context)
        if raw.raw is None:
            below = "" if raw.change[:1] == "+" else f'; one below 0 is "={raw.change}"'
            text = f"FIELD is not written, so there is nothing that {raw.change} changes. Write it whole{below}."
            raise FigureError("not-a-figure", text)
        base = self.read(raw.raw, context)
        return base._replace(entries=tuple(self._shifted(entry, change, raw.change) for entry in base.entries))

    def _shifted(self, entry: Entry, change: Amount, text: str) -> Entry:
        amount = entry.amount
        if amount.is_date:
            if change.percent or not change.is_duration:
                raise FigureError("wrong-dimension", 'A date is moved by a duration: "+2 months" or "-10 days".')
            if amount.number < NEVER:
                amount = amount._replace(number=moved(amount.number, change))
        elif change.percent:
            amount = amount._replace(number=amount.number * (1 + change.number))
        elif change.is_duration and not amount.is_duration:
            raise FigureError("wrong-dimension", "Only a date or a duration is changed by a duration.")
        else:
            if change.period != amount.period:
                whole = f"in {amount.period}s" if amount.is_duration else f"with /{amount.period}"
                text = f'FIELD is changed by a percentage, "+10%", or written whole, {whole}.'
                raise FigureError("wrong-dimension", text)
            amount = amount._replace(number=amount.number + change.number)
        refuse_beyond(self, amount)
        return moved_range(entry, amount, change)._replace(text=f"{entry.text} {text}")

    def _entry(self, raw: Any, context: dict[str, Any]) -> Entry:
        if isinstance(raw, FigureChange):
            return self._adjusted(raw, context).entries[0]
        if is_by_day(raw):
            known = known_value(raw, context)
            try:
                return self._entry(known.raw, context)._replace(superseded=known.superseded)
            except FigureError as error:
                raise error.below(known.place) from None
        if not isinstance(raw, dict):
            return self._plain(raw, context)
        allowed = ["value", "low", "high", *UNCERTAIN_KEYS, "source", "as_of", "confidence", "note"]
        allowed += ["from"] if self.grows else []
        allowed += ["between"] if self.name in ("rate", "free") else []
        for key in raw:
            if key not in allowed:
                from runway.errors import did_you_mean

                hint = did_you_mean(str(key), allowed) or f" A figure has {', '.join(allowed)}."
                raise FigureError("unknown-key", f"A figure has no {key}.{hint}", (key,), "key")
        if "value" not in raw:
            raise FigureError("missing-field", "A figure written as a table needs its value.", (), "key")
        value = raw["value"]
        try:
            adjusted = isinstance(value, FigureChange)
            entry = self._adjusted(value, context).entries[0] if adjusted else self._plain(value, context)
        except FigureError as error:
            raise error.below("value") from None
        entry = evidence(self._range(entry, raw, context), raw, context.get("sources", ()))
        refuse_later(raw, context)
        monthly = self.schedule and self.kind(entry.amount) not in ("date", "date_end", *DURATIONS)
        return uncertain(entry, raw, lambda text: self._plain(text, context).amount, monthly)

    def _range(self, entry: Entry, raw: dict[str, Any], context: dict[str, Any]) -> Entry:
        if ("low" in raw) != ("high" in raw):
            present = "low" if "low" in raw else "high"
            raise FigureError("range-incomplete", "A range has both low and high, or neither.", (present,), "key")
        if "low" not in raw:
            return entry
        numbers = []
        for key in ("low", "high"):
            try:
                bound = self._plain(raw[key], context).amount
            except FigureError as error:
                raise FigureError(error.name, error.text, (key,)) from None
            if (bound.period, bound.currency) != (entry.amount.period, entry.amount.currency):
                raise FigureError("wrong-dimension", f"{key} is written in the same unit as value.", (key,))
            numbers.append(bound.number)
        low, high = numbers
        if low > high:
            raise FigureError("range-reversed", "low is above high.", ("low",))
        if not low <= entry.amount.number <= high:
            raise FigureError("value-outside-range", "value lies outside low and high.", ("value",))
        return entry._replace(low=low, high=high)

    def amount(self, text: str, currency: str | None = None) -> Amount:
        """The amount of a text that stands alone, on the command line or in a statement, in the dimension's unit.

        A length of time may be `12`, `12m` or `2y`; `currency` is the one it must be in, None for any.
        Raises `FigureError`.
        """
        if self.name in DURATIONS:
            text = spelt_out(text)
            text = f"{text} {DURATIONS[self.name]}" if re.fullmatch(_BARE, text) else text
        written = read_amount(text, currency)
        amount = self._single(text, {"currency": currency}).amount
        return amount if currency is not None else amount._replace(currency=written.currency)

    def _plain(self, raw: Any, context: dict[str, Any]) -> Entry:
        interval = isinstance(raw, str) and " to " in raw
        return self._interval(raw, context) if interval else self._single(raw, context)

    def _single(self, raw: Any, context: dict[str, Any]) -> Entry:
        if self.name == "date_end" and isinstance(raw, str) and (day := parse_date(raw.strip(), end=True)) is not None:
            amount = date_amount(day)
        elif self.name in ("date", "date_end") and isinstance(raw, str):
            amount = _read_date(raw)
        else:
            try:
                amount = self._number(raw, context.get("currency"))
            except FigureError as error:
                raise self._with_period(error) from None
            self._refuse_thousands(raw, context)
        amount = in_unit(self, amount, raw, context)
        refuse_beyond(self, amount)
        return Entry(amount, str(raw))

    def _number(self, raw: Any, currency: str | None) -> Amount:
        """The amount of a raw value; a point before three digits is the decimals' where no thousand is allowed."""
        try:
            return read_amount(raw, currency)
        except FigureError as error:
            if error.name != "number-of-another-locale" or self.high >= THOUSANDS or "." not in raw:
                raise
            return read_amount(error.proposals[0], currency)

    def _refuse_thousands(self, raw: Any, context: dict[str, Any]) -> None:
        """Refuses a number such as 150.000, whose noughts TOML takes for decimals, as money or a count."""
        text, of_three_decimals = str(raw), minor_digits(context.get("currency") or "") == 3
        if isinstance(raw, str) or self.name not in ("money", "count") or of_three_decimals:
            return
        if THOUSAND.match(text) and text.endswith(".000"):
            from runway.language.misreadings import two_readings

            first, second = two_readings(text)
            raise FigureError(
                "number-of-another-locale", f"{text} is {first} or {second}. Write FIELD = {first} or FIELD = {second}."
            )

    def _with_period(self, error: FigureError) -> FigureError:
        """A refusal whose proposals have the period that the field needs."""
        text = error.text
        for proposal in error.proposals:
            if self.name in ("flow", "count_flow", "rate", "loss") and "/" not in proposal:
                text = text.replace(f'"{proposal}"', f'"{proposal}/{self.usual_period}"')
        return FigureError(error.name, text)

    @property
    def usual_period(self) -> str:
        """The period that a figure of the dimension is most often written with."""
        return "year" if "/year" in self.example else "month"

    def _interval(self, raw: str, context: dict[str, Any]) -> Entry:
        low_text, _, high_text = raw.partition(" to ")
        if self.name in ("date", "date_end") or parse_date(low_text.strip()) is not None:
            low, high = (self._plain(text.strip(), context).amount for text in (low_text, high_text))
        else:
            currency = context.get("currency")
            low, high = (in_unit(self, amount, raw, context) for amount in read_range(low_text, high_text, currency))
        if low.number > high.number:
            raise FigureError("range-reversed", "The lower end of the range comes first.")
        for bound in (low, high):
            refuse_beyond(self, bound)
        return middle(Entry(high, raw, low=low.number, high=high.number))


def spelt_out(text: str) -> str:
    """A length of time as files write it, which the command line may say with a letter.

    >>> spelt_out("24m"), spelt_out("+1.5y"), spelt_out("2M"), spelt_out("45 days")
    ('24 months', '+1.5 years', '2M', '45 days')
    """
    short = re.fullmatch(_SHORT, text.strip())
    return text.strip() if short is None else f"{short['number']} {_UNITS[short['unit']]}"


def months_of(text: str) -> float:
    """The months of a length of time that stands alone: `12`, `12m`, `1.5 years`, `45 days`.  Raises `FigureError`."""
    return LENGTH.amount(text).months


def _read_date(raw: str) -> Amount:
    """The amount of a date's text; the error of another text says how dates are written, not how figures are."""
    try:
        return read_amount(raw)
    except FigureError:
        from runway.language.misreadings import no_date

        raise FigureError("not-a-date", no_date(raw)) from None


LENGTH = Dimension("months", schedule=False)
FREE = Dimension("free", schedule=False)


def sample(dimension: Dimension) -> str:
    """A figure of the dimension, as it is written in a file."""
    return dimension.example or SAMPLES[dimension.name]


def figure_error(error: FigureError) -> PydanticCustomError:
    """A `FigureError` as pydantic carries it to the reader of the file."""
    return field_error(error.name, error.text, error.path, at=error.at)


def field_error(name: Any, text: str, path: tuple[str | int, ...] = (), **place: Any) -> PydanticCustomError:
    """A problem of a field, at a path below it; `at` and `span` say which characters are marked."""
    return PydanticCustomError(name, "{text}", {"text": text, "path": path, **place})
