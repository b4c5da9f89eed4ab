"""Plan against actuals: by line and section, for a month and the year to date; and the runway then and now."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from runway.answers.answer import ModelAnswer, about
from runway.answers.price_volume import PriceVolume, Split, price_volume, splits
from runway.answers.project import project_model
from runway.answers.reconciliation import reconciliation
from runway.engine.ladder import LADDER, rung_named
from runway.engine.load import load_planned
from runway.errors import InputError, Problem
from runway.files.closed_months import DIFFERENCE
from runway.months import fiscal_month, month_label, month_number

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from runway.answers.projection import Projection
    from runway.answers.reconciliation import Reconciliation
    from runway.engine.ladder import Rung
    from runway.files.actuals import BookSource
    from runway.language.record import Money
    from runway.program.plan import Plan
    from runway.program.sections import Section

EARNED = {"revenue": "total.revenue", "costs": "total.costs", "capital": "total.capital"}
SPENT = ("costs", "capital")  # sections whose rows are positive where money is spent
RESULTS = (
    ("net_loss", "Net loss", -1),
    ("gross_burn", "Gross burn", -1),
    ("net_burn", "Net burn", -1),
    ("net_cash_flow", "Net cash flow", 1),
)


@dataclass(frozen=True, slots=True)
class RowVariance:
    """A row over some months, as planned and as it was; the variance is actual less plan."""

    plan: Money
    actual: Money
    sign: int  # 1 where more is favourable, -1 where less is

    KEYS: ClassVar = ("plan", "actual", "variance", "share", "favourable")

    @property
    def variance(self) -> Money:
        return self.actual - self.plan

    @property
    def share(self) -> float | None:
        """The variance over the plan, 0.1 for a tenth more; None where nothing was planned."""
        return self.variance / abs(self.plan) if self.plan else None

    @property
    def favourable(self) -> bool | None:
        """Whether the variance is good for cash; None where there is none."""
        return None if self.variance == 0 else self.variance * self.sign > 0


@dataclass(frozen=True, slots=True)
class LineVariance:
    """One line, or a section's total, in the month and in the year to date."""

    address: str  # of its row
    title: str
    section: str | None  # None: one of the company's own measures
    total: bool  # of its section, or of the company
    has_actuals: bool  # else its plan stands in the closed months
    month: RowVariance
    year_to_date: RowVariance
    number: str | None = None  # the row of its volume, such as its subscribers
    month_parts: PriceVolume | None = None  # volume, price and timing; None where it is no line of the books
    year_to_date_parts: PriceVolume | None = None


@dataclass(frozen=True, slots=True)
class RungVariance:
    """The runway of a rung, as planned and now."""

    counting: str
    plan: Rung
    now: Rung

    KEYS: ClassVar = ("counting", "plan", "now", "days")

    @property
    def days(self) -> int | None:
        """By how many days the zero-cash date moved; None where one of the two is beyond the horizon."""
        was, now = self.plan.zero_cash_date, self.now.zero_cash_date
        return None if was is None or now is None else (now - was).days


@dataclass(frozen=True, slots=True)
class BurnComparison:
    """Burn a month on average, no funding counted."""

    counted: str  # "by the bank": the fall of cash; or "by lines"
    amount: Money
    first: str  # month
    last: str


@dataclass(frozen=True, slots=True, repr=False)
class Variance(ModelAnswer):
    """Plan against actuals by line, and the runway as planned and now."""

    file: str  # of the actuals
    month: str
    year_to_date_from: str  # its first month
    last_close: str
    lines: tuple[LineVariance, ...]  # section by section, each total before its lines; then the company's measures
    closing_cash: RowVariance
    as_of: date  # the day from whose end runway is counted
    counting: str | None  # the one rung that is shown; None: all
    runway: tuple[RungVariance, ...]
    without_rows: Mapping[str, tuple[str, ...]]  # closed months in which the ledger has no row of a line: 0 is taken
    sources: tuple[BookSource, ...]  # the books that were read, and how many of their rows were used
    reconciliation: Reconciliation | None  # None where the books do not have the closing cash
    burn: tuple[BurnComparison, ...]  # by the bank and by lines; empty without closing cash

    KEYS: ClassVar = (
        "model", "scenario", "currency", "file", "month", "year_to_date_from", "last_close", "lines", "closing_cash",
        "as_of", "runway", "without_rows", "sources", "reconciliation", "burn",
    )  # fmt: skip


def variance(plan: Plan, month: str | None = None, *, rung: str | None = None) -> Variance:
    """The plan of a model's file against its actuals, in a closed month (the last, if none is given).

    The plan is the same file, scenario and changes without `[actuals]`; the year to date begins with the financial
    year, or with the model.  Runway is that of every rung of the ladder, or of one.  Raises `InputError`:
    no-actuals, bad-month, month-not-closed, and for an unknown rung.
    """
    model = plan.model
    place = None if rung is None else rung_named(rung)
    if model.actuals is None:
        text = "This file has no [actuals]: there is nothing to hold the plan against."
        if "actuals" in model.document.data:
            text = "No month is closed by that day: there is nothing yet to hold the plan against."
        raise InputError(Problem("no-actuals", text))
    planned = load_planned(plan)
    before, now = project_model(planned), project_model(plan)
    start, closed = model.settings.start, model.actuals.closed
    last = _closed_month(month, start, closed)
    first = max(0, last - fiscal_month(start + last, model.settings.fiscal_year_end))
    in_books = {DIFFERENCE, *(address.partition(".")[0] for address in model.actuals.values)}

    def compared(row: str, sign: int, begin: int) -> RowVariance:
        was, is_now = (sum(p.rows.get(row, (0.0,) * closed)[begin : last + 1]) for p in (before, now))
        digits = now.minor_digits
        return RowVariance(round(was, digits), round(is_now, digits), sign)

    split_by_row = {split.earned: split for split in splits(now.sections, model)}

    def parts(split: Split, begin: int) -> PriceVolume:
        return price_volume(split, before.rows, now.rows, range(begin, last + 1), now.minor_digits)

    def line(row: str, title: str, section: str | None, sign: int, *, total: bool, has_actuals: bool) -> LineVariance:
        month, year_to_date = compared(row, sign, last), compared(row, sign, first)
        item = LineVariance(row, title, section, total, has_actuals, month, year_to_date)
        if total or (split := split_by_row.get(row)) is None:
            return item
        return replace(
            item, number=split.number, month_parts=parts(split, last), year_to_date_parts=parts(split, first)
        )

    lines: list[LineVariance] = []
    for section in now.sections:
        sign = -1 if section.name in SPENT else 1
        section_lines = [
            line(row, title, section.name, sign, total=False, has_actuals=name.partition(".")[0] in in_books)
            for name, title, row in _rows(section)
        ]
        moving = [
            item for item in section_lines if item.has_actuals or item.year_to_date.plan or item.year_to_date.actual
        ]
        total_row = EARNED.get(section.name, section.cash)
        has_actuals = total_row in model.actuals.values
        total = line(total_row, section.title, section.name, sign, total=True, has_actuals=has_actuals)
        if moving or total.year_to_date.plan or total.year_to_date.actual:
            lines += [total, *moving]
    lines += [line(row, title, None, sign, total=True, has_actuals=True) for row, title, sign in RESULTS]
    return Variance(
        **about(plan),
        file=model.actuals.file,
        month=month_label(start + last),
        year_to_date_from=month_label(start + first),
        last_close=month_label(model.actuals.last_close),
        lines=tuple(lines),
        closing_cash=RowVariance(before.rows["cash"][last], now.rows["cash"][last], 1),
        as_of=model.base_day,
        counting=None if place is None else LADDER[place].title,
        runway=tuple(n for at, n in enumerate(_rungs(before, now)) if place in (None, at)),
        without_rows=model.actuals.without_rows(start),
        sources=model.actuals.sources,
        reconciliation=None
        if "cash" not in model.actuals.values
        else reconciliation(now, model.actuals, range(first, last + 1), start),
        burn=tuple(_burn(now)),
    )


def _burn(now: Projection) -> Iterator[BurnComparison]:
    """Burn a month by the bank and by lines, where the books have the closing cash."""
    if now.bank_burn is not None and now.bank_window is not None:
        yield BurnComparison("by the bank", now.bank_burn, *now.bank_window)
        yield BurnComparison("by lines", now.net_burn, *now.burn_window)


def _closed_month(text: str | None, start: int, closed: int) -> int:
    """The place of a month, which must be closed; the last closed one without a text."""
    if text is None:
        return closed - 1
    number = month_number(text)
    if number is None:
        raise InputError(Problem("bad-month", f'{text} is no month. A month is written "2025-04".'))
    if not 0 <= number - start < closed:
        ends = f"{month_label(start)} to {month_label(start + closed - 1)}"
        raise InputError(Problem("month-not-closed", f"{text} is not closed; the actuals are of {ends}."))
    return number - start


def _rows(section: Section) -> list[tuple[str, str, str]]:
    """Each line's name, title and row: as earned or incurred where the section's total is, else as cash."""
    earned = section.name in EARNED
    return [(line.name, line.title, line.earned if earned and line.earned else line.cash) for line in section.lines]


def _rungs(plan: Projection, now: Projection) -> list[RungVariance]:
    return [RungVariance(was.counting, was, rung) for was, rung in zip(plan.runway, now.runway, strict=True)]
