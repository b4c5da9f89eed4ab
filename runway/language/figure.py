"""A figure of an assumption file: its number, unit, range and source, and its conversion to months by dimension.

A figure keeps the number and the unit that were written, with its range and its source; formulas see its monthly
conversion, which is a formula too (`conversion`), so that the engine, a workbook and an explanation share it.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from runway.language.named_tuple import NamedTuple
from runway.language.tree import DAYS, ONE, Binary, Node, Number, Parameter, Product, Step, Sum
from runway.months import NEVER, date_at, month_number, parse_date, position
from runway.words import minor_digits

if TYPE_CHECKING:
    from collections.abc import Mapping

SCALES = {"": 1, "k": 1_000, "K": 1_000, "M": 10**6, "B": 10**9, "T": 10**12}
MARKS = {"$": ("USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN"), "€": ("EUR",), "£": ("GBP",), "¥": ("JPY", "CNY")}
MAX_NUMBER = Decimal(10) ** 15
IN_DAYS = {"day": 1.0, "week": 7.0, "month": 365 / 12, "quarter": 365 / 4, "year": 365.0}
IN_DELAYS = {"day": ("day", 1.0), "week": ("day", 7.0)} | {
    unit: ("month", float(months)) for unit, months in (("month", 1), ("quarter", 3), ("year", 12))
}
"""A delay is days, or calendar months: a month after 31 January is the last day of February."""
IN_MONTHS = {"day": 12 / 365, "week": 84 / 365, "month": 1.0, "quarter": 3.0, "year": 12.0}

THOUSAND = re.compile(r"(?P<whole>[1-9][0-9]{0,2})(?P<mark>[.,])(?P<rest>[0-9]{3})\Z")
"""A number of which the mark may part thousands or the decimals."""

NUMBER = r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9][0-9_]*)(?:\.[0-9][0-9_]*)?|\.[0-9]+"
_AMOUNT = re.compile(
    rf"(?P<sign>[+\-−])?\s*(?P<mark>€|[$£¥]|[A-Z]{{3}}(?=[\s\d.]))?\s*(?P<sign2>[-−])?(?P<number>{NUMBER})\s*"
    r"(?P<scale>[kKMBT](?![A-Za-z]))?\s*(?P<percent>%)?\s*(?P<code>[A-Z]{3})?\s*"
    r"(?:(?:/|per\s|a\s)\s*(?P<period>day|week|month|quarter|year)|(?P<unit>(?:day|week|month|quarter|year)s?))?\Z"
)


class Amount(NamedTuple):
    """One number as written, with its unit."""

    number: float  # a percentage as a share, a date as an absolute position, a duration in its unit
    currency: str | None = None
    percent: bool = False
    period: str | None = None  # of a rate or a flow; the unit of a duration
    signed: bool = False
    form: str = "number"  # number, date, duration
    floats: bool = False  # whether the rate of its currency changes from month to month

    @property
    def is_date(self) -> bool:
        return self.form == "date"

    @property
    def is_duration(self) -> bool:
        return self.form == "duration"

    @property
    def is_number(self) -> bool:
        return self.form == "number"

    @property
    def months(self) -> float:
        """Of a length of time."""
        return self.number * IN_MONTHS[self.period or "month"]

    @property
    def whole_months(self) -> int | None:
        """Of a length of time; None where its months are not whole."""
        return round(self.months) if abs(self.months - round(self.months)) < 1e-9 else None


class Entry(NamedTuple):
    """One value of a figure, or of one step of its schedule, with its range and its source."""

    amount: Amount
    text: str
    month: str | None = None  # the step's month as written
    low: float | None = None
    high: float | None = None
    distribution: str | None = None
    volatility: float | None = None  # standard deviation of a fresh draw each month, in the unit of the number
    outcomes: tuple[tuple[float, float], ...] = ()  # of a discrete figure: each number and its probability
    source: str | None = None
    as_of: str | None = None
    confidence: str | None = None
    note: str | None = None
    counts_from: str | None = None  # of a growth rate: "as_of", the day of the figure that it grows
    between: tuple[date, date] | None = None  # of a rate: the days of the two figures that it was read from
    superseded: bool = False  # whether the file has a value of a later day, not yet known on the day asked for

    def begins_by(self, month: int) -> bool:
        """Whether it is in force in a month, or was before a later step of its schedule."""
        return self.month is None or (month_number(self.month) or 0) <= month

    @property
    def ends(self) -> tuple[float, float]:
        """The two ends of its range; raises `ValueError` where it has none."""
        if self.low is None or self.high is None:
            raise ValueError(f"{self.text} has no range")
        return self.low, self.high


class Figure(NamedTuple):
    """A figure: one entry, or a schedule of them."""

    dimension: str
    entries: tuple[Entry, ...]
    opening: bool = False  # a balance before the first month, which keeps that month's rate of exchange
    contingent: bool = False  # an action of the file may change it in some month

    @property
    def floating(self) -> str | None:
        """The figure's currency, where its rate of exchange changes from month to month; else None."""
        return next((entry.amount.currency for entry in self.entries if entry.amount.floats), None)

    @property
    def changes(self) -> bool:
        """Whether the figure has several values over the months of one run."""
        return len(self.entries) > 1 or any(entry.volatility for entry in self.entries)

    @property
    def scheduled(self) -> bool:
        return self.entries[0].month is not None

    @property
    def number(self) -> float:
        """The one number of a figure that is not scheduled, as written; of a date its absolute position."""
        return self.entries[0].amount.number

    @property
    def day(self) -> date:
        """The day of a figure that is a date."""
        return date_at(self.number, 0)

    @property
    def even(self) -> bool:
        """Whether a rate is the same in every month: not scheduled, set by no action, nor by the month's days."""
        return not self.scheduled and not self.contingent and self.entries[0].amount.period not in ("day", "week")

    @property
    def by_days(self) -> bool:
        """Whether a flow is by the day or week throughout, so that a month's depends on its days."""
        return all(entry.amount.period in ("day", "week") for entry in self.entries)

    @property
    def any_by_days(self) -> bool:
        """Whether a flow is by the day or week in some of its steps."""
        return any(entry.amount.period in ("day", "week") for entry in self.entries)

    @property
    def delay(self) -> tuple[str, float]:
        """Of a delay: "day" or "month", and how many of these its unit has."""
        return IN_DELAYS[self.entries[0].amount.period or "day"]

    def addresses(self, address: str) -> list[tuple[str, Entry]]:
        """The address of each written number: the figure's own, or one for each step."""
        return [(f"{address}.{entry.month}" if entry.month else address, entry) for entry in self.entries]

    def conversion(self, address: str, start: int, fx: Mapping[str, Figure]) -> Node:
        """The formula of the figure's monthly value, with the written numbers as parameters.

        A daily amount is multiplied by the days of the month, a weekly one by days / 7, a quarterly one divided by 3,
        a yearly one by 12, and so a loan's nominal rate; any other rate compounds, (1 + g) ** (1 / 12) - 1 for a yearly
        one, and a loss such as churn compounds what stays, 1 - (1 - c) ** (1 / 12).
        """
        nodes: list[Node] = []
        for place, entry in self.addresses(address):
            number: Node = Parameter(place)
            code = entry.amount.currency
            if code is not None and code in fx:  # a rate that cannot be read is reported at its own place
                number = Product((number, fx[code].conversion(f"fx.{code}", start, fx)))
            nodes.append(_monthly(self.dimension, entry.amount, number))
        if not self.scheduled:
            return nodes[0]
        months = [(month_number(entry.month or "") or 0) - start for entry in self.entries]
        return Step(tuple(months), tuple(nodes))


def _monthly(dimension: str, amount: Amount, node: Node) -> Node:
    if dimension in ("days", "months", "delay"):
        unit = amount.period or "day"
        factor = IN_DELAYS[unit][1] if dimension == "delay" else (IN_DAYS if dimension == "days" else IN_MONTHS)[unit]
        return node if factor == 1 else Product((node, Number(factor)))
    if amount.period is None or amount.period == "month":
        return node
    if dimension in ("rate", "loss"):
        powers: dict[str, Node] = {
            "day": DAYS,
            "week": Binary("/", DAYS, Number(7.0)),
            "quarter": Binary("/", ONE, Number(3.0)),
            "year": Binary("/", ONE, Number(12.0)),
        }
        if dimension == "loss":  # the rest compounds: 30 % a year leaves 70 of 100 after twelve months
            return Binary("-", ONE, Binary("**", Binary("-", ONE, node), powers[amount.period]))
        return Binary("-", Binary("**", Sum((ONE, node)), powers[amount.period]), ONE)
    match amount.period:
        case "day":
            return Product((node, DAYS))
        case "week":
            return Binary("/", Product((node, DAYS)), Number(7.0))
        case "quarter":
            return Binary("/", node, Number(3.0))
    return Binary("/", node, Number(12.0))


def exactly(value: float) -> Fraction:
    """A number as the exact fraction of its shortest decimal."""
    return Fraction(repr(float(value)))


def exact(figure: Figure) -> Fraction:
    """The one number of a figure that is not scheduled, exactly as written."""
    return exactly(figure.number)


class FigureError(Exception):
    """A problem of one figure; `FIELD` in the text stands for the field's name."""

    def __init__(
        self,
        name: str,
        text: str,
        path: tuple[str | int, ...] = (),
        at: str = "value",
        *,
        proposals: tuple[str, ...] = (),
    ) -> None:
        super().__init__(text)
        self.name, self.text, self.path, self.at = name, text, path, at
        self.proposals = proposals  # the figures that the text proposes, in quotation marks

    def below(self, key: str | int) -> FigureError:
        """The error with its path below a key."""
        return FigureError(self.name, self.text, (key, *self.path), self.at)


class FigureChange(NamedTuple):
    """A raw value and a change to it (`+10%`, `-2 months`) from a scenario or the command line."""

    raw: Any
    change: str


def is_signed(text: str) -> bool:
    """Whether a value of a scenario, an action or the command line is a change: it begins with a sign."""
    return text.strip()[:1] in ("+", "-", "−")


def read_amount(raw: Any, currency: str | None = None) -> Amount:
    """The number and unit of a raw value; raises `FigureError` if it cannot be read.

    `currency` is the model's, which may have three decimals.
    """
    if isinstance(raw, bool) or raw is None:
        raise FigureError("not-a-figure", "FIELD must be a figure, not true or false.")
    if isinstance(raw, date):
        return date_amount(raw)
    if isinstance(raw, (int, Decimal, float)):
        return Amount(_bounded(Decimal(str(raw)) if isinstance(raw, float) else Decimal(raw)))
    if not isinstance(raw, str):
        raise FigureError("not-a-figure", f"FIELD must be a figure, not {_kind_of(raw)}.")
    return _read_text(raw.strip(), currency)


@lru_cache(maxsize=4096)
def _read_text(text: str, currency: str | None) -> Amount:
    """The number and unit of a text without blanks around it."""
    if text == "never":
        return Amount(NEVER, form="date")
    if (day := parse_date(text)) is not None:
        return date_amount(day)
    match = _matched(text, currency)
    return _amount(match.groupdict())


def read_range(low: str, high: str, currency: str | None = None) -> tuple[Amount, Amount]:
    """The two ends of a range; a unit that both share may be written once: "18 to 25M", "2% to 5%/month"."""
    last = _matched(high.strip(), currency).groupdict()
    first = _matched(low.strip(), currency, scaled=bool(last["scale"] or last["percent"])).groupdict()
    if not (first["scale"] or first["percent"]):
        first |= {"scale": last["scale"], "percent": last["percent"]}
    if not (first["period"] or first["unit"]):
        first |= {"period": last["period"], "unit": last["unit"]}
    for end, opposite in ((first, last), (last, first)):
        if not (end["mark"] or end["code"]):
            end["code"] = opposite["mark"] or opposite["code"]
    lower, upper = _amount(first), _amount(last)
    if lower._replace(number=0.0, signed=False) != upper._replace(number=0.0, signed=False):
        raise FigureError("wrong-dimension", "Both ends of a range are written in the same unit.")
    return lower, upper


def _matched(text: str, currency: str | None, *, scaled: bool = False) -> re.Match[str]:
    """The parts of a text; `scaled` where the scale of another number counts for its own too."""
    match = _AMOUNT.match(text) if len(text) <= 60 else None
    if not match:
        raise _unread(text)
    scaled = scaled or bool(match["scale"] or match["percent"])
    if (
        not scaled
        and minor_digits(match["code"] or match["mark"] or currency or "") != 3
        and "." in match["number"]
        and THOUSAND.match(match["number"])
    ):
        from runway.language.misreadings import two_readings

        first, second = two_readings(text)
        message = f'{_quoted(text)} is {first} or {second}. Write "{first}" or "{second}".'
        raise FigureError("number-of-another-locale", message, proposals=(first, second))
    return match


def _unread(text: str) -> FigureError:
    """The error of a text that is no figure."""
    from runway.language.misreadings import of_another_locale, probable_text

    rewritten = probable_text(text) if len(text) <= 60 else text
    parts = rewritten.split(" to ")
    if rewritten == text or not all(_AMOUNT.match(part) for part in parts):
        return FigureError("not-a-figure", f"{_quoted(text)} cannot be read as a figure. {EXAMPLES}")
    if of_another_locale(text):
        message = f'{_quoted(text)} is written as in another country. Write "{rewritten}".'
        return FigureError("number-of-another-locale", message, proposals=(rewritten,))
    months = _AMOUNT.match(text.lower().removesuffix("m") + " months") if text[-1:] in "mM" else None
    alternative = f', or "{text[:-1].strip()} months"' if months is not None and text[:1].isdigit() else ""
    message = f'{_quoted(text)} cannot be read as a figure. Write "{rewritten}"{alternative}.'
    return FigureError("not-a-figure", message, proposals=(rewritten,))


def _amount(parts: Mapping[str, str | None]) -> Amount:
    """The amount of the parts of a text: sign, mark, number, scale, percent, code, period or unit."""
    number = Decimal((parts["number"] or "").replace("_", "").replace(",", "")) * SCALES[parts.get("scale") or ""]
    if parts.get("percent"):
        number /= 100
    sign, mark, code, unit = parts.get("sign"), parts.get("mark"), parts.get("code"), parts.get("unit")
    if (sign or parts.get("sign2") or "+") != "+":
        number = -number
    if mark and code and code != mark and code not in MARKS.get(mark, ()):
        raise FigureError("wrong-currency", f"A figure has one currency; {mark} and {code} are two.")
    return Amount(
        _bounded(number),
        currency=code or mark,
        percent=bool(parts.get("percent")),
        period=parts.get("period") or (unit.rstrip("s") if unit else None),
        signed=sign is not None,
        form="duration" if unit else "number",
    )


EXAMPLES = 'Figures are written 20, "40B", "$700k/day", "5%/month", "45 days", "2025-10-28" or "18 to 25".'


def _kind_of(raw: Any) -> str:
    return "a list" if isinstance(raw, list) else "a table" if isinstance(raw, dict) else "this"


def _quoted(text: str) -> str:
    return f'"{text}"' if len(text) <= 40 else f'"{text[:40]}…"'


def _bounded(number: Decimal) -> float:
    if not number.is_finite():
        raise FigureError("not-a-figure", "FIELD must be a number; inf and nan are none.")
    if abs(number) > MAX_NUMBER:
        raise FigureError("number-too-large", "A figure is at most 1e15 (1,000 T).")
    return float(number)


def date_amount(day: date) -> Amount:
    return Amount(position(day, 0), form="date")
