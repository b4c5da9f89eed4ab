"""Measures of a run, and comparisons of a measure with an amount, as checks, targets and --metric are written.

runway.certain >= 30 months      a measure of the ladder, on a rung that is named or left to the command
cash in hand >= 6 months         a rung alone: the runway that counts it
lowest cash >= 1B                blanks, hyphens and underscores are alike
zero-cash date = 2026-08-01      or never
dilution(founders) <= 25%        the part of its stake that a holder loses by the end of the horizon
stake(founders) >= 40%           a holder's stake then
12 months <= runway              the same either way round

`--metric` names a measure, `--so-that` compares one; `[[checks]]` say more (`statements.py`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

from runway.engine.ladder import LADDER, PLACES, rung_named, unknown_rung
from runway.errors import InputError, Place, Problem, did_you_mean
from runway.language.dimension import FREE, Dimension
from runway.language.figure import IN_DAYS, FigureError
from runway.language.measures import COMPARED, MEASURES, measure_named
from runway.language.named_tuple import NamedTuple
from runway.model.checks_rounds import holders_of
from runway.months import NEVER, date_at, last_day, month_label
from runway.words import amount_text, counted, day_text, key_of, month_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from runway.language.figure import Amount
    from runway.language.measures import Measure
    from runway.language.tree import Node
    from runway.model.model import Model
    from runway.ownership.ownership import Ownership
    from runway.program.plan import Plan
    from runway.program.program import Program

SIGN = re.compile(r">=|<=|==|!=|≥|≤|=|<|>")
SAME_SIGN = {"≥": ">=", "≤": "<=", "==": "="}
MIRRORED = {">=": "<=", ">": "<", "<=": ">=", "<": ">"}
FOREVER = ("never", "beyond", "beyond horizon")
SAME_MONTHS = 0.5 / 30  # half a day
SAME_MONEY = 0.0001  # of the amount that it is compared with
SAME_SHARE = 0.00005
AMOUNTS = {
    "months": Dimension("months", schedule=False),
    "date": Dimension("date", schedule=False),
    "money": Dimension("money", schedule=False),
    "share": Dimension("share", low=-1e15, high=1, schedule=False),
}
"""The dimension by which an amount is read, by the unit of the measure that it is compared with."""


class Quantity(NamedTuple):
    """One side of a comparison."""

    text: str
    form: str  # formula, ladder, amount, function
    unit: str  # money, months, date, share, number, condition
    node: Node | None = None  # of a formula
    adds_up: bool = True  # of a formula: whether it may be summed over months
    measure: str = ""  # of the ladder and of a function: its key
    rung: int | None = None
    number: float = 0.0  # of an amount
    value: Callable[[Ownership, str], float] | None = None  # of a function
    argument: str = ""

    @property
    def rung_read(self) -> int | None:
        """The place of the rung whose run it is read off, None where it names none; of a holder the last."""
        return self.rung if self.form == "ladder" else PLACES["planned"]

    @property
    def title(self) -> str:
        """The measure in words; of a holder `dilution(founders)`."""
        return MEASURES[self.measure].title if self.form == "ladder" else f"{self.measure}({self.argument})"

    def of_holder(self, ownership: Ownership) -> float:
        """Its holder's stake or dilution in a cap table; raises `ValueError` where it is of no holder."""
        if self.value is None:
            raise ValueError(f"{self.text} is of no holder")
        return self.value(ownership, self.argument)

    @property
    def place(self) -> int:
        """The place of its rung; raises `ValueError` where it names none."""
        if self.rung is None:
            raise ValueError(f"{self.text} says no rung")
        return self.rung


class StatementText(NamedTuple):
    """A text of a file or of an option, in which problems are placed."""

    text: str
    problem_at: Callable[[str, str, int, int], Problem]

    def problem(self, name: str, text: str, start: int, end: int) -> InputError:
        """A problem at some characters of the text."""
        return InputError(self.problem_at(name, text, start, max(end, start + 1)))

    def within(self, start: int, end: int) -> tuple[int, int]:
        """The characters without the blanks around them; at least one."""
        text = self.text[start:end]
        begins = start + len(text) - len(text.lstrip())
        return begins, max(begins + 1, start + len(text.rstrip()))


class Sides(NamedTuple):
    """A comparison: the characters of its subject, the sign, and the characters of the bound."""

    subject: tuple[int, int]
    sign: str
    bound: tuple[int, int]


def sides_of(
    text: str, first: tuple[int, int], sign: str, second: tuple[int, int], is_measure: Callable[[str], bool]
) -> Sides:
    """The comparison of a text, by the characters of its sides.

    Where the first side is an amount, or the second one alone a measure, it is read from behind: `12 months <= runway`
    is `runway >= 12 months`.
    """
    how = SAME_SIGN.get(sign, sign)
    left, right = (text[slice(*side)].strip() for side in (first, second))
    if (is_amount(left) and right and not is_amount(right)) or (is_measure(right) and not is_measure(left)):
        return Sides(second, MIRRORED.get(how, how), first)
    return Sides(first, how, second)


def is_amount(text: str) -> bool:
    """Whether a side of a comparison is an amount, be it one that cannot be read."""
    try:
        FREE.amount(unquoted(text))
    except FigureError as error:
        return error.name != "not-a-figure" or text in FOREVER
    return True


def unquoted(text: str) -> str:
    """A date without the quotes that formulas put it in."""
    quoted = re.fullmatch(r"""(["'])([^"']*)\1""", text)
    return quoted[2] if quoted else text


def stake(ownership: Ownership, holder: str) -> float:
    """A holder's stake at the end of the horizon, 0-1 of the fully diluted company."""
    return float(ownership.table(ownership.last_day).stake(holder))


def dilution(ownership: Ownership, holder: str) -> float:
    """1 less the stake at the end over the stake at the start; 0 for a holder of nothing at the start."""
    before = float(ownership.opening.stake(holder))
    return 1 - stake(ownership, holder) / before if before else 0.0


FUNCTIONS: dict[str, Callable[[Ownership, str], float]] = {"dilution": dilution, "stake": stake}
"""The measures of a holder, which are read off the cap table of the scenario as written."""


def not_converted(ownership: Ownership) -> list[str]:
    """The SAFEs and notes that are in nobody's stake at the end of the horizon."""
    return [instrument.item.title for instrument in ownership.outstanding(ownership.last_day)]


def measure_rung(model: Model) -> int:
    """The place of the rung that a measure is read on where none is named: certain, if there is funding."""
    return PLACES["certain" if model.section("funding") else "cash_in_hand"]


def measure_in(at: StatementText, start: int, end: int, model: Model, *, joint: str) -> Quantity | None:
    """The measure that some characters of a text name; None where they are something else.

    Raises `InputError` at its place: unknown-rung, needs-captable, unknown-holder.
    """
    start, end = at.within(start, end)
    text = at.text[start:end]
    named = measure_named(text)
    if named is None:
        return None
    if named.measure.unit != "share":
        place = None if named.rung is None else PLACES.get(key_of(named.rung))
        if named.rung is not None and place is None:
            raise at.problem("unknown-rung", unknown_rung(named.rung, joint), start, end)
        return Quantity(text, "ladder", named.measure.unit, measure=named.measure.key, rung=place)
    if model.captable is None:
        name = named.measure.key
        message = f"{name}(…) is read off the cap table, and this file has no [captable]."
        raise at.problem("needs-captable", message, start, start + len(name))
    if not named.holder:
        raise at.problem("unknown-holder", no_metric(named.measure.key, [], model), start, end)
    if named.holder not in (known := holders_of(model)):
        begins = start + named.at
        message = f"{named.holder} holds nothing in this file.{did_you_mean(named.holder, known)} {_holders(known)}"
        raise at.problem("unknown-holder", message, begins, begins + len(named.holder))
    key = named.measure.key
    return Quantity(text, "function", "share", measure=key, value=FUNCTIONS[key], argument=named.holder)


def number_of(amount: Amount, unit: str, start: int) -> float | None:
    """An amount as a number of a unit, a date as a day's ordinal; None if it is of another."""
    if unit == "date":
        if not amount.is_date:
            return None
        return inf if amount.number >= NEVER else float(date_at(amount.number, 0).toordinal())
    if unit == "days":  # between two dates
        return amount.number * IN_DAYS[amount.period or "day"] if not (amount.percent or amount.currency) else None
    if amount.is_date:
        return amount.number - start if unit == "number" else None
    if unit == "months":
        fits = not (amount.percent or amount.currency)
        return amount.months if fits else None
    if unit == "money" and (amount.percent or amount.period):
        return None
    return None if amount.period and not amount.is_duration else amount.number


def _holders(known: Iterable[str]) -> str:
    return f"Holders: {', '.join(sorted(known))}."


def no_metric(text: str, names: list[str], model: Model) -> str:
    """The message about a text that names none of the measures `names`; dilution and stake need a holder."""
    if (key := key_of(text)) in FUNCTIONS:
        holders = "This file has no [captable]." if model.captable is None else _holders(holders_of(model))
        return f"{key} is that of a holder: {key}(HOLDER). {holders}"
    known = [*names, "gap", *(counting.name for counting in LADDER)]
    shown = [f"{name}(HOLDER)" if name in FUNCTIONS else name for name in names]
    hint = did_you_mean(" ".join(text.lower().split()), known) or f" There are {', '.join(shown)}, and rungs alone."
    return f"There is no metric {text}.{hint}"


def counted_rung(text: str, place: int, rung: str | None) -> str:
    """The rung that a measure names, by its key; refused where another one is asked for beside it."""
    if rung is not None and rung_named(rung) != place:
        message = f"{text} counts {LADDER[place].name}, and --counting {rung} something else; say it once."
        raise InputError(Problem("given-twice", message))
    return LADDER[place].key


@dataclass(frozen=True, slots=True)
class Target:
    """A measure, a comparison and its bound: months, a day's ordinal, money or a share; infinite is never."""

    text: str
    quantity: Quantity
    measure: Measure
    comparison: str
    bound: float
    tolerance: float  # within which two values are the same

    def side(self, value: float) -> int:
        """0 where the target holds; else -1 below it, +1 above it."""
        low, high = self.bound - self.tolerance, self.bound + self.tolerance
        match self.comparison:
            case ">=":
                return 0 if value >= self.bound else -1
            case ">":
                return 0 if value > self.bound or value == inf else -1
            case "<=":
                return 0 if value <= self.bound else 1
            case "<":
                return 0 if value < self.bound else 1
        return 1 if value > high else 0 if value >= low else -1  # a value that does not exist meets no target

    def value_text(self, value: float) -> str:
        """A value of the measure in words."""
        match self.measure.unit:
            case "months":
                return "beyond the horizon" if value == inf else f"{value:.1f} months"
            case "date":
                from datetime import date

                return "never within the horizon" if value == inf else day_text(date.fromordinal(int(value)))
            case "share":
                return f"{value * 100:.2f}%"
        return amount_text(value)


EXAMPLES = 'Write "runway >= 24 months", "lowest cash >= 1B" or "zero-cash date = 2026-08-01".'


def read_target(text: str, plan: Plan) -> Target:
    """The target of a text, in the units of a model.

    Raises `InputError`, located in the text: target-malformed, unknown-metric, unknown-rung, needs-captable,
    unknown-holder, target-beyond-horizon.
    """
    at = option_text("--so-that", text)
    sign, second, *_ = [*SIGN.finditer(text), None, None]
    if second is not None:
        raise at.problem("target-malformed", f"A target has one comparison. {EXAMPLES}", *second.span())
    if sign is not None and sign[0] == "!=":
        raise at.problem("target-malformed", f"Almost every value is another one. {EXAMPLES}", *sign.span())
    if sign is None or not text[: sign.start()].strip():
        named = measure_named(text.strip()) if sign is None else None
        example = EXAMPLES if named is None else f'Write "{text.strip()} {COMPARED[named.measure.key]}".'
        raise at.problem("target-malformed", f"A target has three parts. {example}", 0, len(text))
    sides = sides_of(text, (0, sign.start()), sign[0], (sign.end(), len(text)), lambda side: bool(measure_named(side)))
    span = at.within(*sides.subject)
    quantity = measure_in(at, *span, plan.model, joint="-")
    if quantity is None:
        names = [measure.title for measure in MEASURES.values()]
        raise at.problem("unknown-metric", no_metric(text[slice(*span)], names, plan.model), *span)
    measure = MEASURES[quantity.measure]
    span = at.within(*sides.bound)
    try:
        bound = _bound(quantity.text, measure, unquoted(text[slice(*sides.bound)].strip()), plan.model)
    except (FigureError, ValueError) as error:
        hint = error.text.replace("FIELD", measure.title) if isinstance(error, FigureError) else str(error)
        raise at.problem("target-malformed", hint, *span) from None
    if bound != inf and (message := after_the_end(plan.model, measure.unit, bound)):
        raise at.problem("target-beyond-horizon", message, *span)
    comparison = sides.sign
    if measure.key == "funding_gap" and bound == 0 and comparison == "=":
        comparison = "<="
    return Target(
        " ".join(text.split()), quantity, measure, comparison, bound, _tolerance(measure, bound, plan.program)
    )


def _bound(name: str, measure: Measure, text: str, model: Model) -> float:
    """The bound of a target in months, as a day's ordinal, in money of the model or as a share."""
    if measure.unit in ("months", "date") and text in FOREVER:
        return inf
    wants = {
        "months": months_against_money(name, text) or f'{name} is compared with months: "24 months" or "2 years".',
        "date": 'The zero-cash date is compared with a day, "2026-08-01", or with never.',
        "share": f'{measure.key}(…) is compared with a share, such as "25%".',
        "money": f'The {measure.title} is compared with an amount of money, such as "1B".',
    }
    try:
        amount = AMOUNTS[measure.unit].amount(text, model.settings.currency)
    except FigureError as error:
        if error.name == "wrong-currency":
            currency = model.settings.currency
            raise ValueError(f"The {measure.title} is told in {currency}, the currency of the model.") from None
        if (error.name == "not-a-figure" and measure.unit != "date") or measure.unit == "share":
            raise
        raise ValueError(wants[measure.unit]) from None
    number = number_of(amount, measure.unit, 0)
    if number is None:
        raise ValueError(wants[measure.unit])
    return number


def months_against_money(name: str, text: str = "0") -> str | None:
    """The message about an amount of money that a measure of months is compared with; None about other amounts."""
    try:
        amount = FREE.amount(text)
    except FigureError:
        return None
    if amount.is_date or amount.percent or amount.period:
        return None
    named = measure_named(name)
    rung = "" if named is None or named.rung is None else f".{key_of(named.rung)}"
    message = f'{name} is a length of time, compared with months: "24 months" or "2 years".'
    return f"{message} An amount of money is compared with lowest_cash{rung} or closing_cash{rung}."


def after_the_end(model: Model, unit: str, bound: float) -> str | None:
    """The message about a bound, months of runway or a day, after the last month of the model; None of one before.

    The months left in the model are counted from the same day as runway.
    """
    settings = model.settings
    last = settings.start + settings.months - 1
    left = settings.months - model.base
    if bound <= {"months": left, "date": float(last_day(last).toordinal())}.get(unit, inf):
        return None
    lasts = f"The model ends with {month_text(month_label(last))}, after {counted(int(left), 'month')}"
    return f"{lasts}. Ask for less, or give [model] more months."


def _tolerance(measure: Measure, bound: float, program: Program) -> float:
    if measure.unit != "money":
        return {"date": 0.0, "months": SAME_MONTHS, "share": SAME_SHARE}[measure.unit]
    return SAME_MONEY * abs(bound or program.parameters["model.opening_cash"] or 1000.0)


def option_text(option: str, text: str) -> StatementText:
    """The text of an option on the command line, in which problems are placed."""

    def problem(name: str, message: str, start: int, end: int) -> Problem:
        place = Place("command line", 1, len(f'{option} "') + start + 1, end - start)
        return Problem(name, message, place, ((1, f'{option} "{text}"'),))

    return StatementText(text, problem)
