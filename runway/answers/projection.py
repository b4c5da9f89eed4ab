"""The frozen result of one scenario: its rows, its funding ladder and the figures read off them.

Money is in whole currency units, posted to the minor unit; months are counted from the first projected month;
shares and rates are 0-1.  Nothing here computes: `project.py` reads the figures off the engine's rows.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from runway.language.named_tuple import NamedTuple
from runway.language.record import LazyRecord, Money, MoneyAmount, Record, documented
from runway.model.model import CountedFrom
from runway.words import month_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pandas import DataFrame

    from runway.engine.ladder import Rung
    from runway.program.sections import Section

APART = 0.05  # of burn by lines: from there on burn by the bank is shown beside it


class ShownRow(NamedTuple):
    """A row of the report that is no money: a driver, customers, people."""

    address: str
    title: str


class Raise(NamedTuple):
    """The day to begin a round, to close before a rung's zero-cash day, and the money that carries the rung further."""

    counting: str
    lasts_until: date | None  # the day to which that money lasts
    date: date | None  # the zero-cash day less the months a round takes to close; None beyond the horizon
    round_to_extend: Money | None  # money that carries the rung so many months past that day, formulas going on
    stake: float | None = None  # of the company that it costs, 0-1; None without a cap table and a valuation
    pre_money: Money | None = None  # at which it costs that
    pre_money_of: str | None = None  # the round whose valuation it is: planned, else the latest, with its money

    def to_json(self) -> dict[str, Any]:
        return documented(
            self, "counting", "date", "round_to_extend", "lasts_until", "stake", "pre_money", "pre_money_of"
        )


class WeakFigure(NamedTuple):
    """A figure that moves the rung which is counted, and the months of that at either end of its range."""

    address: str
    low: float
    high: float
    percent: bool  # whether the figure is written in per cent
    stated: bool  # whether the range is the file's own; else it is a tenth to either side
    months_at_low: float | None  # None beyond the horizon
    months_at_high: float | None


class PlannedRung(NamedTuple):
    """The rung that is counted by the plan without the books, from the same day."""

    months: float | None
    zero_cash_date: date | None
    revenue_above: Money  # of closed months, beside the plan's


class LadderLine(NamedTuple):
    """A line of the ladder: the titles of rungs with the same figures, and those figures."""

    countings: tuple[str, ...]
    rung: Rung
    needed: Raise
    without: Rung | None = None  # the same rung if no action is taken; None without actions

    @property
    def name(self) -> str:
        return ", ".join(self.countings)


class Survival(NamedTuple):
    """Default alive or dead: expenses held, revenue growing as lately, no new money, old debt paid (Graham 2015)."""

    alive: bool | None  # None: neither happens within ten years
    profitable: date | None  # first day of the month from which on revenue covers expenses
    out_of_cash: date | None
    growth: float  # a month, compound over the window as if its months were of one length
    expenses: Money  # a month, a year's average of recurring costs, the highest of the window, which is held
    debt_service: Money  # of debt from before the first month, up to then
    planned_alive: bool | None  # the same question asked of the plan as written, cash in hand only
    planned_profitable: date | None  # first day of the month from which on the plan burns nothing
    window: tuple[str, str]  # the first and last month that both are read off
    until: str  # the last month that is looked at

    @property
    def verdict(self) -> tuple[str, str]:
        """The verdict on the company if costs stay as they are, and its reason; that may be empty."""
        if self.alive is None and self.growth > 0 and self.profitable:
            return "undecided", "three months of revenue say nothing of a trend"
        if self.alive is None:
            by = month_text(self.until)
            return "undecided", f"neither out of cash nor covering its costs for good by {by}"
        if self.alive:
            covered = self.profitable and f"revenue covers costs from {month_text(self.profitable)} on"
            return "default alive", covered or ""
        out = self.out_of_cash and f"cash in hand out in {month_text(self.out_of_cash)}"
        return "default dead", out or ""

    @property
    def sentence(self) -> str:
        """The verdict with its reason."""
        verdict, why = self.verdict
        joint = ": " if self.alive is None else ", "
        return f"if costs stayed flat: {verdict}{joint if why else ''}{why}"


class Milestone(NamedTuple):
    """Months of runway left after an event (None: cash lasts beyond the horizon)."""

    event: str
    title: str
    date: date
    cushion: float | None


class ClosingResult(NamedTuple):
    """The result of one closing: waiting, drawn, reduced, lapsed, planned; as of an earlier day due or conditional."""

    address: str
    title: str
    amount: Money  # as written
    drawn: Money  # as received by the end of the horizon
    status: str
    date: date | None  # of the money; None if it never came
    reason: str  # with the values that decided it


class ClauseResult(NamedTuple):
    """The result of one clause: bites, does not bite, waived, open."""

    address: str
    title: str
    status: str
    date: date | None
    cut: Money  # money taken from closings that had not drawn
    reason: str


class ActionResult(NamedTuple):
    """The month from which an action is on, in the scenario as written and on each rung of the ladder."""

    address: str
    title: str
    sets: tuple[str, ...]  # each figure and its new value, as written
    status: str  # on, over (its condition holds no longer), waiting, not taken; in the last month
    since: date | None  # the first day of the first month in which it is on
    months: int  # in which it is on
    since_by_rung: Mapping[str, date | None]  # by the title of the rung
    reason: str  # the condition, with the values that it first held on


class ReservePart(NamedTuple):
    """A part of the wind-down reserve, or all of it, at the end of two months."""

    row: str
    title: str
    now: Money  # in the first month that is left
    then: Money | None  # in the month in which free cash no longer covers the reserve; None where it does throughout


class WindDownReserve(NamedTuple):
    """The cost of closing the company decently on the rung that is counted, and the last day that cash covers it."""

    decide_by: Mapping[str, date | None]  # the last day on which free cash does, by the title of the rung
    parts: tuple[ReservePart, ...]  # the reserve last


class CovenantResult(NamedTuple):
    """The result of one covenant of a loan or credit line at the month ends on which it was tested."""

    address: str
    title: str
    lender: str  # the title of the loan or line
    require: str
    headroom: float | None  # the lowest, the distance from failing in the units of its comparison; None: never tested
    unit: str  # of the headroom: money or number
    headroom_date: date | None  # the month end of it
    breached: date | None  # the first month end on which it does not hold
    breached_certain: date | None  # the same, counting only the money of the rung + certain


class Credit(NamedTuple):
    """A credit line: the days between which it may be drawn, the money owed, and the most that was."""

    address: str
    title: str
    status: str  # open, planned, over, waiting, off; at the end of the horizon
    limit: Money
    owed: Money
    most_owed: Money  # at a month end
    most_owed_date: date | None  # None: nothing was ever owed
    reason: str  # the days from and to which it is open


class Use(NamedTuple):
    """Money that went to one section, or to the line that it was set aside for."""

    name: str  # costs, capital, passthrough, tax, debt, credit, or the name of the earmarked line
    title: str
    amount: Money


class Proceeds(NamedTuple):
    """The uses of the money of one source by the end of the horizon: `amount` is the sum of `uses` and `left`."""

    address: str  # of a closing, grant, loan or credit line; opening_cash; receipts
    title: str
    amount: Money
    uses: tuple[Use, ...]
    left: Money

    def to_json(self) -> dict[str, Any]:
        return {"source": self.address, **documented(self, "title", "amount", "uses", "left")}


class RoundState(NamedTuple):
    """The money of a round at the end of a month."""

    month: str
    headline: Money  # as announced
    committed: Money  # the part that is promised and not cut or lapsed, called by a closing or not
    certain: Money  # the part of that that is drawn or hangs on no open condition
    available: Money  # to be drawn by now
    drawn: Money

    @property
    def undrawn(self) -> float:
        return self.committed - self.drawn

    def to_json(self) -> dict[str, Any]:
        return {**documented(self), "undrawn": MoneyAmount(self.undrawn)}


ROUND_MEASURES = ("headline", "committed", "available", "drawn")
"""The rows that the program has of each round."""


class Round(LazyRecord):
    """The money of one round at the end of the horizon, and its states up to then."""

    name: str
    title: str
    headline: Money
    committed: Money
    available: Money
    drawn: Money
    undrawn: Money
    certain: Money
    states: tuple[RoundState, ...]  # the month before the first, and where anything of it changed


class Projection(Record, LazyRecord):
    """One scenario of one model, run month by month."""

    model: str
    source: str  # a path, "standard input" or a bundled name
    scenario: str
    scenario_title: str | None
    currency: str
    minor_digits: int  # digits of the currency's minor unit (USD 2, JPY 0)
    months: tuple[str, ...]  # "2025-04", ...
    changes: tuple[tuple[str, str], ...]  # address and value of each change beside the scenario
    as_of: date  # the day from whose end runway is counted
    closed: date | None  # the last day of the books
    rows: dict[str, tuple[float, ...]]  # address -> one value a month (rung 4, the scenario as written)
    money: frozenset[str]  # addresses of the rows that are money, posted to the minor unit
    sections: tuple[Section, ...]
    measures: tuple[ShownRow, ...]
    runway: tuple[Rung, ...]  # in the order of the ladder
    closing_cash: Mapping[str, tuple[float, ...]]  # total cash at the end of each month, by rung
    free_cash: Mapping[str, tuple[float, ...]]  # unrestricted, before the first month and at the end of each, by rung
    raise_by: tuple[Raise, ...]  # by rung
    minimum_cash: Money
    gross_burn: Money  # a month, average over the burn window, cash in hand only
    net_burn: Money
    burn_window: tuple[str, str]  # first and last month of the window
    static_runway: float | None  # unrestricted cash above the floor, over burn by the bank, else net; None without burn
    burn_multiple: float | None
    burn_multiple_window: tuple[str, str]
    peak_need: Money | None  # None: within ten years the plan does not stop burning for good, or it is not known
    peak_need_date: date | None  # of the lowest day without opening cash and funding
    peak_need_unknown: str | None = None  # why it is not known, where the plan cannot be run without these
    survival: Survival
    months_to_close: float
    raise_for: int  # months past its zero-cash day that the round carries a rung
    counting: str  # the title of the rung that is counted by default
    milestones: tuple[Milestone, ...]
    rounds: tuple[Round, ...]
    closings: tuple[ClosingResult, ...]
    clauses: tuple[ClauseResult, ...]
    notes: tuple[str, ...]
    credit: tuple[Credit, ...] = ()
    covenants: tuple[CovenantResult, ...] = ()
    sourced: bool = False  # whether any figure of the file has a source
    watch: tuple[WeakFigure, ...] = ()  # the widest swing first
    planned: PlannedRung | None = None  # None without closed months
    bank_burn: float | None = None  # a month: the fall of cash in closed months; None where no books have the cash
    bank_window: tuple[str, str] | None = None
    fiscal_year_end: int = 12  # the month in which the financial year ends
    actions: tuple[ActionResult, ...] = ()
    without_actions: tuple[Rung, ...] = ()  # by rung, if no action is taken; empty where none may be taken
    wind_down: WindDownReserve | None = None
    proceeds: tuple[Proceeds, ...] = ()  # opening cash, funding as the file lists it, receipts; empty if nothing came

    @property
    def counted_since(self) -> CountedFrom:
        """The day from whose end runway is counted, as headings say it."""
        first = date.fromisoformat(f"{self.months[0]}-01")
        return CountedFrom(self.as_of, self.closed, self.as_of + timedelta(days=1) == first)

    @property
    def ladder(self) -> tuple[LadderLine, ...]:
        """The rungs in their order, those that are equal as one; without funding only cash in hand."""
        lines, before = list[LadderLine](), None
        shown = self.runway if self.closings or self.rounds else self.runway[:1]
        without = self.without_actions or (None,) * len(shown)
        for rung, needed, untouched in zip(shown, self.raise_by, without, strict=False):
            nameless = [r and r._replace(counting="") for r in (rung, untouched)]
            figures = (*nameless, self.closing_cash.get(rung.counting), needed.round_to_extend)
            if figures == before:
                lines[-1] = lines[-1]._replace(countings=(*lines[-1].countings, rung.counting))
            else:
                lines.append(LadderLine((rung.counting,), rung, needed, untouched))
            before = figures
        return tuple(lines)

    @property
    def burns_apart(self) -> bool:
        """Whether burn by the bank and burn by lines differ by so much that both are shown."""
        return self.bank_burn is not None and abs(self.bank_burn - self.net_burn) > APART * abs(self.net_burn)

    @property
    def counted(self) -> LadderLine:
        """The line of the ladder that is counted by default."""
        return next((line for line in self.ladder if self.counting in line.countings), self.ladder[0])

    def still_falls(self, rung: Rung) -> bool:
        """Whether the lowest cash of a rung is in the last month, in which it falls: a longer plan has a lower one."""
        cash = (self.rows["opening_cash"][0], *self.closing_cash[rung.counting])
        return rung.lowest_cash_date.isoformat()[:7] == self.months[-1] and cash[-1] < cash[-2]

    def to_pandas(self) -> DataFrame:
        """Every row of the program as a column, by month; needs pandas (extra `pandas`)."""
        import pandas

        index = pandas.PeriodIndex(self.months, freq="M", name="month")
        return pandas.DataFrame({address: list(values) for address, values in self.rows.items()}, index=index)

    def to_json(self) -> dict[str, Any]:
        """The documented JSON: the keys of the stable contract first, then everything else it holds.

        `runway` lists the rungs in the ladder's order; `months` there is null when the cash lasts beyond the horizon.
        """
        of = {True: MoneyAmount, False: float}
        return {
            **documented(self, "model", "scenario", "currency", "months"),
            "rows": {address: [*map(of[address in self.money], row)] for address, row in self.rows.items()},
            **documented(self, "runway", "as_of", "closed", "source", "scenario_title"),
            "set": {address: value.removeprefix("changed by ") for address, value in self.changes},
            **documented(self, "minimum_cash"),
            "closing_cash": {counting: [*map(MoneyAmount, cash)] for counting, cash in self.closing_cash.items()},
            "burn": {
                "gross": MoneyAmount(self.gross_burn),
                "net": MoneyAmount(self.net_burn),
                "window": self.burn_window,
                "by_bank": None if self.bank_burn is None else MoneyAmount(self.bank_burn),
                "by_bank_window": self.bank_window,
                "static_runway": self.static_runway,
                "multiple": self.burn_multiple,
                "multiple_window": self.burn_multiple_window,
            },
            **documented(self, "survival", "peak_need", "peak_need_date", "peak_need_unknown", "months_to_close"),
            **documented(self, "raise_for", "counting", "raise_by", "planned", "watch", "milestones", "rounds"),
            **documented(self, "closings", "clauses", "actions", "without_actions", "wind_down"),
            "credit_lines": self.credit,
            **documented(self, "covenants", "proceeds", "notes"),
        }
