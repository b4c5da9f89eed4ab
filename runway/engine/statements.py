"""A check's statement read into quantities: formulas over months, measures of the whole run, amounts.

net_loss over 2024-08..2025-07          a flow, summed over these months; over FY26, a financial year
chatgpt.price in 2026-03                in one month
cash >= minimum_cash until 2026-06      in every month up to that one; without it in every month
runway.certain >= 12 months             a measure, as in `comparisons.py`
"""

from __future__ import annotations

import re
from functools import cached_property, partial
from typing import TYPE_CHECKING

from runway.engine.comparisons import (
    AMOUNTS,
    FOREVER,
    FUNCTIONS,
    SIGN,
    Quantity,
    StatementText,
    is_amount,
    measure_in,
    measure_rung,
    months_against_money,
    no_metric,
    number_of,
    sides_of,
    unquoted,
)
from runway.errors import InputError, Problem
from runway.language.dimension import FREE
from runway.language.figure import FigureError
from runway.language.formula import parse
from runway.language.measures import looks_ahead, measure_named
from runway.language.named_tuple import NamedTuple
from runway.language.tree import Call, DateText, FormulaError, Name, Node, as_number, walk
from runway.model.names import Namespace
from runway.months import fiscal_year, month_label, month_number
from runway.program.item_rows import main_row
from runway.program.lookahead import AHEAD
from runway.program.moments import moment_of, standing_rows
from runway.words import counted, key_of

if TYPE_CHECKING:
    from runway.language.figure import Amount
    from runway.model.model import Model
    from runway.program.plan import Plan

DATES = ("due", "met", "slipped")  # rows of closings and clauses that are dates
FITS = {"months": ("months", "number"), "date": ("date",), "money": ("money", "number"), "share": ("share", "number")}
"""The units that a measure may be compared with, by its own unit."""
BOUNDS = {"months": "months: 12 months", "date": "a day: 2026-03-31"}  # of a ladder measure, in words
WORDS = {"months": "months", "date": "a day", "money": "money", "share": "a share", "number": "a number",
              "condition": "a condition"}  # fmt: skip

_SPAN = re.compile(r"\s+(?P<how>over|in(?!\s+hand\b)|until)\s+(?P<months>\S+)\s*\Z")
_MONTHS = re.compile(r"(\d{4}-\d{2})(?:\.\.(\d{4}-\d{2}))?\Z")


class InMonths(NamedTuple):
    """The months that a statement is about, and the characters that name them."""

    how: str  # over, in, until, or nothing
    first: int  # places of the months
    last: int
    start: int
    end: int


class Statement(NamedTuple):
    """A quantity, or a comparison of two, in some months of the model."""

    left: Quantity
    comparison: str | None
    right: Quantity | None
    how: str  # over, in, until, or nothing
    first: int  # places of the months
    last: int

    @property
    def has_formula(self) -> bool:
        """Whether a side is a formula, which has a value in each month; all else is one figure for the whole model."""
        return "formula" in (self.left.form, self.right.form if self.right is not None else "")


class StatementReader:
    """Reads the statements of one model; each mistake is a located `InputError`."""

    def __init__(self, plan: Plan) -> None:
        model, self.program = plan
        self.model = model
        self.money = {row.address for row in self.program.rows if row.posted}
        self.names = Namespace(model)
        self.names.add_rows(row.address for row in self.program.rows)
        self.names.main = {item.name: main_row(item) for item in model.items if item.has_rows}

    def statement(self, path: tuple[str | int, ...], text: str, *, compared: bool) -> Statement:
        """The statement of a check's text, a comparison if `compared`."""
        at = StatementText(text, partial(_in_file, self.model, path))
        months = self._months(at, len(text))
        end = months.start
        sign = _comparison(text[:end]) if compared else None
        if sign is None:
            left = self._quantity(at, 0, end)
            if compared and left.unit != "condition":
                hint = " Write a comparison: cash >= minimum_cash, or runway.certain >= 12 months."
                raise at.problem("check-malformed", f"This neither holds nor fails.{hint}", 0, end)
            self._refuse_months(at, months, left)
            self._adds_up(at, months, (left, 0, end), compared=False)
            return Statement(left, None, None, months.how, months.first, months.last)
        if not months.how:
            months = self._months(at, sign.start())
        first, second = (0, min(sign.start(), months.start)), (sign.end(), end)
        for side, which in ((first, "first"), (second, "second")):
            if not text[slice(*side)].strip():
                raise at.problem("check-malformed", f"The comparison has no {which} side.", *sign.span())
        sides = sides_of(text, first, sign[0], second, self._is_measure)
        left = self._quantity(at, *sides.subject)
        if left.form == "ladder" and is_amount(text[slice(*sides.bound)].strip()):
            self._refuse_months(at, months, left)
        right = self._second_side(at, left, *sides.bound)
        self._refuse_months(at, months, left, right)
        self._adds_up(at, months, (left, *sides.subject), (right, *sides.bound), compared=True)
        _refuse_units(at, left, right, end)
        if "date" in (left.unit, right.unit) and left.unit != right.unit:  # a sum with dates in it: places in time
            left, right = (side._replace(unit="number") if side.unit == "date" else side for side in (left, right))
        return Statement(left, sides.sign, right, months.how, months.first, months.last)

    def amount(self, path: tuple[str | int, ...], amount: Amount, unit: str, field: str) -> float:
        """The number of a check's value or tolerance, in the unit of the figure that it is compared with."""
        document = self.model.document
        if amount.currency is not None:
            text = f"{field} is in {amount.currency}; the model's figures are in {self.model.settings.currency}."
            raise InputError(document.problem(path, "wrong-currency", text))
        number = number_of(amount, unit, self.program.start)
        if number is None:
            kinds = {"months": 'months: "12 months"', "date": 'a day: "2026-03-31"', "days": 'a time: "10 days"'}
            text = f"{field} is compared with {kinds.get(unit, 'an amount without a period: 5_000_000 or 5B')}."
            raise InputError(document.problem(path, "wrong-dimension", text))
        return number

    def _months(self, at: StatementText, end: int) -> InMonths:
        """The months that a text up to `end` names; every month where it names none."""
        last = self.program.months - 1
        span = _SPAN.search(at.text[:end])
        if span is None:
            return InMonths("", 0, last, end, end)
        spot = span.span("months")
        how, year = span["how"], re.fullmatch(r"FY(\d\d)", span["months"])
        months = _MONTHS.match(self._financial_year(int(year[1])) if year and how == "over" else span["months"])
        if months is None or (how == "over") != (months[2] is not None):
            several = "over 2025-04..2026-03, or over FY26"
            message = f"The months are written {several}." if how == "over" else f"A month is written {how} 2026-03."
            message += f" Several are summed {several}." if how == "in" else ""
            raise at.problem("check-malformed", message, *spot)
        places = []
        for text in filter(None, months.groups()):
            number = month_number(text)
            if number is None:
                raise at.problem("bad-month", f'{text} is no month. A month is written "2025-04".', *spot)
            if not 0 <= number - self.program.start <= last:
                opens, closes = (month_label(self.program.start + n) for n in (0, last))
                message = f"{text} is outside the model, which runs from {opens} to {closes}."
                raise at.problem("month-outside-model", message, *spot)
            places.append(number - self.program.start)
        if places[-1] < places[0]:
            raise at.problem("dates-reversed", "The first month comes first.", *spot)
        return InMonths(how, 0 if how == "until" else places[0], places[-1], *span.span())

    def _financial_year(self, number: int) -> str:
        """The months of the financial year of two digits that ends in the model or after it."""
        ends, start = self.model.settings.fiscal_year_end, self.program.start
        first = fiscal_year(start, ends)
        last = (first + (number - first) % 100) * 12 + ends - 1
        return f"{month_label(last - 11)}..{month_label(last)}"

    def _quantity(self, at: StatementText, start: int, end: int) -> Quantity:
        start, end = at.within(start, end)
        text = at.text[start:end].strip()
        measure = measure_in(at, start, end, self.model, joint="_") if self._is_measure(text) else None
        if measure is None:
            if (key := key_of(text)) in FUNCTIONS and key not in self.names.items:
                raise at.problem("unknown-metric", no_metric(text, [], self.model), start, end)
            return self._formula(at, text, start)
        rung = measure.rung if measure.rung is not None else measure_rung(self.model)
        return measure._replace(rung=rung) if measure.form == "ladder" else measure

    def _is_measure(self, text: str) -> bool:
        """Whether a side names a measure, and no line of the file: `gap` is one where a line is called so."""
        names = re.fullmatch(r"([a-z][a-z0-9_]*)(?:[.-][a-z0-9_]+)*", text)
        return measure_named(text) is not None and not (names and names[1] in self.names.items)

    def _formula(self, at: StatementText, text: str, start: int) -> Quantity:
        try:
            tree = parse(text)
            if any(isinstance(node, Call) and node.function == "when" for node in walk(tree)):
                raise FormulaError("formula-not-allowed", "when(...) belongs to funding conditions.", 0, len(text))
            if any(isinstance(node, Call) and node.function == AHEAD for node in walk(tree)):
                message = (
                    f"{AHEAD}(x, n) belongs to formulas of the file: give it a name as a driver, and write that here."
                )
                raise FormulaError("formula-not-allowed", message, 0, len(text))
            node = self.names.resolve(tree, "", written=True)
        except FormulaError as error:
            error = looks_ahead(text, error)
            raise at.problem(error.name, error.text, start + error.start, start + error.end) from None
        unit = "condition" if node.is_condition else "money" if self._is_money(tree) else "number"
        if isinstance(tree, DateText) or (isinstance(tree, Name) and self._is_date(tree.address)):
            unit = "date"
        adds_up = not moment_of(tree, self.names, self.standing)
        return Quantity(text, "formula", unit, node=as_number(node), adds_up=adds_up)

    def _refuse_months(self, at: StatementText, months: InMonths, *sides: Quantity) -> None:
        """Refuses months where no side has a value in each."""
        if months.how and "formula" not in (side.form for side in sides):
            text = f"{sides[0].text} is one figure for the whole model; take the months out."
            raise at.problem("check-malformed", text, months.start, months.end)

    def _adds_up(self, at: StatementText, months: InMonths, *sides: tuple[Quantity, int, int], compared: bool) -> None:
        """Refuses the sum over months of a quantity at a moment; `sides` are quantities with their characters."""
        for quantity, start, end in sides if months.how == "over" else ():
            if not quantity.adds_up:
                text, month = quantity.text, month_label(self.program.start + months.last)
                message = f"{text} stands at a moment and does not add up over months. Write {text} in {month}"
                message += f", or {text} until {month} for every month up to it." if compared else "."
                raise at.problem("check-malformed", message, *at.within(start, end))

    @cached_property
    def standing(self) -> frozenset[str]:
        """The rows that stand at the end of a month."""
        return standing_rows(self.model)

    def _is_date(self, address: str) -> bool:
        """Whether a name is a written date, or the date on which a closing or clause was decided."""
        figure = self.names.figures.get(address)
        is_row = address in self.names.rows and address.rpartition(".")[2] in DATES
        return is_row or (figure is not None and figure.entries[0].amount.is_date)

    def _is_money(self, tree: Node) -> bool:
        """Whether a formula is one row that is money, or the sums and differences of such."""
        if isinstance(tree, Name):
            name = tree.address
            return (name if name in self.names.rows else self.names.main.get(name, "")) in self.money
        inside = [getattr(tree, slot) for slot in tree.__slots__]
        nodes = [part for field in inside for part in (field if isinstance(field, tuple) else (field,))]
        below = [part for part in nodes if isinstance(part, Node)]
        return bool(below) and getattr(tree, "operator", "+") in "+-" and all(map(self._is_money, below))

    def _second_side(self, at: StatementText, left: Quantity, start: int, end: int) -> Quantity:
        """The second side of a comparison: an amount in the unit of the first, else a quantity of its own."""
        start, stop = at.within(start, end)
        text = unquoted(at.text[start:stop].strip())  # a date, as formulas have it
        if text in FOREVER and left.form == "ladder" and left.unit in ("months", "date"):
            return Quantity(text, "amount", left.unit, number=float("inf"))
        try:
            amount = (AMOUNTS[left.unit] if left.unit in ("months", "share") else FREE).amount(text)
        except FigureError as error:
            if left.unit == "share" and error.name != "not-a-figure":
                message = f"{left.text} is compared with a share, such as 25%."
                raise at.problem("check-malformed", message, start, end) from None
            if left.form == "ladder" and (is_amount(text) or not (self._is_measure(text) or _is_formula(text))):
                instead = months_against_money(left.text, text) if left.unit == "months" else None
                message = f"{left.text} is compared with {BOUNDS.get(left.unit, 'an amount: 1B')}."
                raise at.problem("check-malformed", instead or message, start, end) from None
            return self._quantity(at, start, end)
        number = number_of(amount, left.unit, self.program.start)
        if number is None or amount.currency not in (None, self.model.settings.currency, *_marks(self.model)):
            bound = BOUNDS.get(left.unit, "a number or an amount")
            raise at.problem("check-malformed", f"{left.text} is compared with {bound}.", start, end)
        if left.unit == "months" and number > self.program.months - min(0.0, self.model.base):
            lasts = f"The model ends after {counted(self.program.months, 'month')}"
            message = f"{lasts}. Ask for less, or give [model] more months."
            raise at.problem("target-beyond-horizon", message, start, end)
        return Quantity(text, "amount", left.unit, number=number)


def _in_file(model: Model, path: tuple[str | int, ...], name: str, text: str, start: int, end: int) -> Problem:
    return model.document.problem(path, name, text, span=(start, end))


def _marks(model: Model) -> tuple[str, ...]:
    """The marks that mean the model's own currency."""
    from runway.language.figure import MARKS

    return tuple(mark for mark, codes in MARKS.items() if model.settings.currency in codes)


def _comparison(text: str) -> re.Match[str] | None:
    """The sign of the one comparison of a text; None where it has none or several."""
    signs = list(SIGN.finditer(text))
    return None if len(signs) != 1 or re.search(r"\b(and|or|not|if)\b", text) else signs[0]


def _is_formula(text: str) -> bool:
    try:
        parse(text)
    except FormulaError:
        return False
    return True


def _refuse_units(at: StatementText, left: Quantity, right: Quantity, end: int) -> None:
    """Refuses the comparison of a figure of the whole model with a quantity of another unit."""
    for side, opposite in ((left, right), (right, left)):
        if side.form not in ("ladder", "function") or opposite.unit in FITS[side.unit]:
            continue
        text = f"{left.text} is {WORDS[left.unit]}, and {right.text} is {WORDS[right.unit]}: they cannot be compared."
        if (side.unit, opposite.unit) == ("months", "money"):
            text = months_against_money(side.text) or text
        if side.unit == "share":
            text = f"A stake is a share from 0% to 100%, and {opposite.text} is not a number."
        raise at.problem("check-malformed", text, 0, end)
