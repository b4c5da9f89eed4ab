"""The rules of a dimension for an amount: its unit, its period, its currency and its bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runway.language.figure import MARKS, THOUSAND, FigureError
from runway.months import NEVER
from runway.words import counted

if TYPE_CHECKING:
    from runway.language.dimension import Dimension
    from runway.language.figure import Amount

DURATIONS = {"days": "days", "months": "months", "delay": "days"}  # dimensions of time, and their usual unit
LONGEST = {"day": 36_525, "week": 5_218, "month": 1_200, "quarter": 400, "year": 100}
DESCRIPTIONS = {
    "money": "an amount of money",
    "flow": "money per period",
    "count": "a number",
    "count_flow": "a number per period",
    "share": "a share, 0 to 1",
    "rate": "a rate per period",
    "nominal_rate": "a rate per period",
    "loss": "a rate of loss per period",
    "fee": "a share of the loan, or an amount of money",
    "date": "a date",
    "date_end": "a date (a month means its last day)",
    **dict.fromkeys(DURATIONS, "a length of time"),
    "free": "a figure",
    "switch": "true or false",
}
SAMPLES = {
    "money": '"40B"',
    "flow": '"$700k/day"',
    "count": "500",
    "count_flow": '"40/month"',
    "share": '"20%"',
    "rate": '"5%/month"',
    "loss": '"2%/month"',
    "fee": '"1%"',
    "date": '"2025-10-28"',
    "date_end": '"2025-12-31"',
    "days": '"45 days"',
    "months": '"6 months"',
    "delay": '"45 days"',
    "free": '"5%/month"',
}


def in_unit(dimension: Dimension, amount: Amount, raw: Any, context: dict[str, Any]) -> Amount:
    """The amount, checked against the dimension, its currency None if it is the model's.  Raises `FigureError`."""
    kind = dimension.kind(amount)
    named = dimension.name if dimension.name == "fee" else kind
    description = dimension.description if named == dimension.name else DESCRIPTIONS[named]
    example = f" For example FIELD = {dimension.example or SAMPLES[named]}."
    if kind in ("date", "date_end"):
        if not amount.is_date:
            raise FigureError("not-a-date", f"FIELD is {description}.{example}")
        return amount
    if amount.is_date:
        raise FigureError("wrong-dimension", f"FIELD is {description}, not a date.{example}")
    if kind in DURATIONS:
        if amount.currency or amount.percent or not amount.period:
            if amount.number and not (amount.currency or amount.percent):
                example = f' For example FIELD = "{counted(amount.number, DURATIONS[kind].removesuffix("s"), "g")}".'
            raise FigureError("duration-without-unit", f"FIELD needs its unit.{example}")
        return amount
    if amount.is_duration:
        raise FigureError("wrong-dimension", f"FIELD is {description}, not a duration.{example}")
    if amount.percent and kind not in ("share", "rate", "loss"):
        raise FigureError("wrong-dimension", f"FIELD is {description}, not a percentage.{example}")
    if dimension.name == "fee" and not amount.percent and not amount.currency and 0 < amount.number < 1:
        percent = amount.number * 100
        text = f'FIELD is {DESCRIPTIONS["fee"]}. For {percent:g} % write FIELD = "{percent:g}%".'
        raise FigureError("rate-without-percent", text)
    if amount.currency and kind not in ("money", "flow"):
        raise FigureError("wrong-dimension", f"FIELD is {description}, not an amount of money.{example}")
    if kind in ("flow", "count_flow", "rate", "loss") and not amount.period:
        name = "rate-without-period" if kind in ("rate", "loss") else "flow-without-period"
        raise FigureError(name, f"FIELD needs the period.\n{_with_period(kind, amount, raw, dimension.usual_period)}")
    if kind in ("money", "count", "share") and amount.period:
        raise FigureError("period-not-allowed", f"FIELD is {description}; it has no period.{example}")
    if kind in ("rate", "loss") and not amount.percent:
        raise FigureError("rate-without-percent", f'A rate is written in percent: "5%/{amount.period}".')
    if amount.currency:
        code = _currency(amount.currency, context)
        return amount._replace(currency=code, floats=code in context.get("floating", ()))
    return amount


def refuse_beyond(dimension: Dimension, amount: Amount) -> None:
    """Refuses an amount outside the range of the dimension."""
    if amount.is_date and amount.number == NEVER > dimension.high:
        raise FigureError("not-a-date", 'FIELD cannot be "never"; it is a day, written "2025-10-28".')
    if not amount.is_number or amount.number == NEVER:
        if amount.is_duration and amount.number < 0:
            raise FigureError("negative-value", "FIELD is a length of time; it cannot be negative.")
        if amount.is_duration and amount.number > LONGEST[amount.period or "day"]:
            raise FigureError("value-out-of-range", "FIELD cannot be above 100 years.")
        if amount.is_duration and amount.number < dimension.low:
            raise FigureError("value-out-of-range", "FIELD cannot be 0.")
        if dimension.whole and amount.whole_months is None:
            fit = max(1, round(amount.months))
            text = f'FIELD is whole months, for payments are monthly: write "{counted(fit, "month")}".'
            raise FigureError("not-whole-months", text)
        return
    if amount.number < dimension.low:
        if dimension.low == 0:
            flows = "; the section says which way money flows" if dimension.name in ("money", "flow") else ""
            raise FigureError("negative-value", f"FIELD cannot be negative{flows}.")
        raise FigureError("value-out-of-range", f"FIELD cannot be below {_bound_text(dimension.low, amount)}.")
    if amount.number > dimension.most(percent=amount.percent):
        hint = ""
        if dimension.name == "share" and not amount.percent and amount.number <= 100:
            hint = f' For {amount.number:g} % write FIELD = "{amount.number:g}%".'
        high = 1 if dimension.name == "fee" else dimension.high
        raise FigureError("value-out-of-range", f"FIELD cannot be above {_bound_text(high, amount)}.{hint}")


def _with_period(kind: str, amount: Amount, raw: Any, usual_period: str) -> str:
    if kind in ("rate", "loss"):
        percent = amount.number * (100 if abs(amount.number) <= 1 else 1)
        return f'For {percent:g} % a {usual_period} write FIELD = "{percent:g}%/{usual_period}".'
    text = str(raw).strip()
    if not isinstance(raw, str) and THOUSAND.match(text):  # 150.000, which a text with a period would not say
        from runway.language.misreadings import two_readings

        first, second = two_readings(text)
        return f'For {first} a month write FIELD = "{first}/month", for {second} a month FIELD = "{second}/month".'
    return f'For {text} a month write FIELD = "{text}/month", or /day, /week, /quarter, /year.'


def _bound_text(bound: float, amount: Amount) -> str:
    return f"{bound * 100:g} %" if amount.percent or bound == 1 else f"{bound:g}"


def _currency(mark: str, context: dict[str, Any]) -> str | None:
    model_currency = context.get("currency", "USD")
    codes = MARKS.get(mark, (mark,))
    if model_currency in (None, *codes):  # None: the model's currency cannot be read, reported at its own place
        return None
    for code in codes:
        if code in context.get("fx", ()):
            return code
    known = ", ".join([model_currency, *context.get("fx", ())])
    raise FigureError(
        "wrong-currency",
        f"{mark} is not a currency of this model (it has {known}). "
        f"Write the figure in {model_currency}, or add the rate to [fx]: {codes[0]} = 1.08.",
    )
