"""What is wanted of a projection: `runway >= 24 months`, `lowest cash >= 1B`, `zero-cash date = 2025-08-01`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

from runway.errors import InputError, Place, Problem, did_you_mean
from runway.language.figure import IN_MONTHS, MARKS, FigureError, read_amount
from runway.months import month_label, parse_date
from runway.words import amount_text, day_text, month_text

if TYPE_CHECKING:
    from datetime import date

    from runway.engine.ladder import Rung
    from runway.model.model import Model

METRICS = {  # what may be written -> the quantity it names
    "runway": "runway",
    "zero-cash date": "zero-cash date",
    "lowest cash": "lowest cash",
    "gap": "funding gap",
    "funding gap": "funding gap",
    "closing cash": "closing cash",
}
COMPARISONS = {">=": ">=", "≥": ">=", "<=": "<=", "≤": "<=", "==": "=", "=": "=", ">": ">", "<": "<"}
SAME_MONTHS = 0.5 / 30  # half a day
SAME_MONEY = 0.0001  # of the amount wanted
FOREVER = ("never", "beyond", "beyond horizon")
_TARGET = re.compile(r"(?P<metric>[^<>=≤≥]*)(?P<comparison>>=|<=|==|[<>=≤≥])(?P<value>.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Target:
    """A metric, a comparison and the value wanted: months, a day's ordinal or money; infinite is never."""

    text: str
    metric: str
    comparison: str
    wanted: float
    tolerance: float  # within which two values are the same

    def side(self, value: float) -> int:
        """0 where the target holds; else -1 below it, +1 above it."""
        low, high = self.wanted - self.tolerance, self.wanted + self.tolerance
        match self.comparison:
            case ">=":
                return 0 if value >= self.wanted else -1
            case ">":
                return 0 if value > self.wanted or value == inf else -1
            case "<=":
                return 0 if value <= self.wanted else 1
            case "<":
                return 0 if value < self.wanted else 1
        return -1 if value < low else 1 if value > high else 0

    def value(self, result: Rung) -> float:
        """The metric of an outcome or a rung; infinite beyond the horizon."""
        if self.metric == "runway":
            return inf if result.months is None else float(result.months)
        if self.metric == "zero-cash date":
            return inf if result.zero_cash_date is None else float(result.zero_cash_date.toordinal())
        if self.metric == "closing cash":
            return float(result.closing_cash)
        return float(result.lowest_cash if self.metric == "lowest cash" else result.funding_gap)

    def said(self, value: float) -> str:
        """A value of the metric as it is said."""
        if self.metric == "runway":
            return "beyond the horizon" if value == inf else f"{value:.1f} months"
        if self.metric == "zero-cash date":
            from datetime import date

            return "never within the horizon" if value == inf else day_text(date.fromordinal(int(value)))
        return amount_text(value)


def read_target(text: str, model: Model) -> Target:
    """The target of a text, in the units of a model.

    Raises `InputError`, located in the text: target-malformed, unknown-metric, target-beyond-horizon.
    """
    found = _TARGET.fullmatch(text)
    if found is None or not found["metric"].strip():
        raise _problem("target-malformed", text, 0, len(text), f"A target has three parts. {EXAMPLES}")
    name = " ".join(re.split(r"[\s_]+", found["metric"].strip().lower()))
    known = {written.replace("-", " "): metric for written, metric in METRICS.items()}
    metric = known.get(name.replace("-", " "))
    if metric is None:
        hint = did_you_mean(name, METRICS) or f" Targets are of {', '.join(dict.fromkeys(METRICS.values()))}."
        at = _span(found, "metric")
        raise _problem("unknown-metric", text, *at, f"There is no metric {text[slice(*at)]}.{hint}")
    comparison, said = COMPARISONS[found["comparison"]], found["value"].strip()
    try:
        wanted = _wanted(metric, said, model)
    except (FigureError, ValueError) as error:
        hint = error.text.replace("FIELD", metric) if isinstance(error, FigureError) else str(error)
        raise _problem("target-malformed", text, *_span(found, "value"), hint) from None
    if wanted != inf:
        _within_horizon(metric, wanted, model, text, _span(found, "value"))
    if metric == "funding gap" and wanted == 0 and comparison == "=":
        comparison = "<="
    return Target(" ".join(text.split()), metric, comparison, wanted, _tolerance(metric, wanted, model))


EXAMPLES = 'Write "runway >= 24 months", "lowest cash >= 1B" or "zero-cash date = 2026-08-01".'


def _wanted(metric: str, said: str, model: Model) -> float:
    """The value in months, as a day's ordinal, or in money of the model."""
    if metric in ("runway", "zero-cash date") and said in FOREVER:
        return inf
    if metric == "zero-cash date":
        day: date | None = parse_date(said)
        if day is None:
            raise ValueError('The zero-cash date is compared with a day, "2026-08-01", or with never.')
        return float(day.toordinal())
    amount = read_amount(re.sub(r"(?<=\d)m(?:onths?)?\Z", " months", said) if metric == "runway" else said)
    if metric == "runway":
        if amount.kind == "date" or amount.currency or amount.percent or amount.period in ("day", "week"):
            raise ValueError('Runway is compared with months: "24 months" or "2 years".')
        return amount.number * IN_MONTHS[amount.period or "month"]
    currency = model.settings.currency
    if amount.kind != "number" or amount.percent or amount.period:
        raise ValueError(f'The {metric} is compared with an amount of money, such as "1B".')
    if amount.currency and currency not in (amount.currency, *MARKS.get(amount.currency, ())):
        raise ValueError(f"The {metric} is told in {currency}, the currency of the model.")
    return amount.number


def _within_horizon(metric: str, wanted: float, model: Model, text: str, at: tuple[int, int]) -> None:
    """Nothing is known of what comes after the last month."""
    from runway.months import last_day

    settings = model.settings
    last = settings.start + settings.months - 1
    ends = {"runway": float(settings.months), "zero-cash date": float(last_day(last).toordinal())}
    if metric in ends and wanted > ends[metric]:
        lasts = f"The model ends with {month_text(month_label(last))}, after {settings.months} months"
        raise _problem("target-beyond-horizon", text, *at, f"{lasts}. Ask for less, or give [model] more months.")


def _tolerance(metric: str, wanted: float, model: Model) -> float:
    if metric == "zero-cash date":
        return 0.0
    if metric == "runway":
        return SAME_MONTHS
    assert model.program is not None
    return SAME_MONEY * abs(wanted or model.program.parameters["model.opening_cash"] or 1000.0)


def _span(found: re.Match[str], part: str) -> tuple[int, int]:
    """Where a part stands in the text, without the blanks around it."""
    said = found[part]
    start = found.start(part) + len(said) - len(said.lstrip())
    return start, max(start + 1, start + len(said.strip()))


def _problem(name: str, text: str, start: int, end: int, says: str) -> InputError:
    shown = f'--so-that "{text}"'
    before = len('--so-that "')
    return InputError(Problem(name, says, Place("command line", 1, before + start + 1, end - start), ((1, shown),)))
