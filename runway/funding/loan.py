"""A loan: drawn once, then interest, then principal, by one of three schedules."""

from fractions import Fraction
from math import floor
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from runway.funding.borrowing import Borrowing, Fee
from runway.funding.carrying import cost_rows, days_from_payment
from runway.funding.closing import LumpSum, closing_rows, sum_rows
from runway.funding.funding import LoanFlow
from runway.language.fields import (
    Date,
    FixedCount,
    FixedMoney,
    FixedShare,
    FormulaText,
    LastDate,
    SomeWholeMonths,
    WholeMonths,
)
from runway.language.figure import IN_MONTHS, exact
from runway.lines.line import Component, Mistake, RowFormula
from runway.months import NEVER, date_at, position
from runway.words import month_text

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator, Mapping, Sequence

    from runway.language.figure import Figure
    from runway.lines.line import Surroundings


class Warrants(Component):
    """The lender's right to buy shares."""

    coverage: FixedShare | None = Field(None, description="the share of the loan that may be used to buy")
    shares: FixedCount | None = Field(None, description="the number of shares, instead of coverage")
    strike: FixedMoney = Field(description="the price of a share")
    fair_value: FixedMoney | None = Field(
        None, description="what they are worth on drawing: that part of the loan's money is equity; nothing without it"
    )
    loan_value: FixedMoney | None = Field(
        None, description="what the loan is worth on drawing without them; its amount if left out"
    )

    def shares_for(self, lent: Fraction, strike: Fraction) -> Fraction:
        """How many shares they are for the money lent: the number written, or what a part of it buys at the strike."""
        if self.shares is not None:
            return exact(self.shares)
        return Fraction(0) if self.coverage is None else exact(self.coverage) * lent / strike


class Loan(Borrowing, LumpSum):
    """A loan, drawn on a day or on the first later day its condition holds, and paid back month by month.

    ```toml
    [funding.growth_loan]
    kind = "loan"
    amount = "500k"
    date = "2026-01-15"
    rate = "11%/year"
    interest_only = "12 months"
    term = "48 months"
    repayment = "level_payment"
    fee = "1%"
    end_fee = "3%"

    [[funding.growth_loan.covenants]]
    name = "liquidity"
    require = "cash >= 250000"
    ```

    There is a payment each month on the day of the drawing, or on the last day of a shorter month, and as many as the
    term has months.  The first ones, `interest_only`, hold no principal; from then on `level_payment` keeps the payment
    the same (reckoned anew when the rate changes, and from the opening balance of an older loan), `level_principal` the
    principal, and `bullet` waits.  A payment is for the month behind it and bears the rate that was in force in the
    month before its own (the first month's, where there is none before it), or, with a first payment on the day of the
    drawing, for the month ahead at the rate of its own.  The last payment is whatever is still owed, roundings
    included, so the balance ends at exactly nothing.  Interest and fees count in burn and in the loss when they are
    paid; the drawing and the principal count in neither.

    With a `dividend` the money is paid out to the holders on the day of the drawing (a dividend recap): all stock as if
    converted to common, at most what the fee leaves.  It counts in neither burn nor loss.
    """

    off: ClassVar = {"date": NEVER, "amount": 0.0, "opening_balance": 0.0}
    absent: ClassVar = {**Borrowing.absent, "dividend": 0.0}
    owns: ClassVar = frozenset({"warrants"})
    most: ClassVar = "amount"
    carried: ClassVar = ("amount", "opening_balance", "fee", "end_fee", "dividend")
    to_lender: ClassVar = {
        "fee_on_drawing": "due",
        "payment": "pays_on",
        "fee_at_end": "pays_on",
    }  # payments, their days
    paid_on: ClassVar = {**to_lender, "paid_out": "due"}
    kind: Literal["loan"]
    amount: FixedMoney = Field(description="the money lent")
    date: Date = Field(description="the earliest day of the drawing")
    requires: FormulaText | None = Field(None, description="the condition that must hold")
    by: LastDate = Field("never", validate_default=True, description="the last day; after it the offer lapses")
    waived: tuple[str, ...] = Field((), description="events of the condition that are treated as met")
    opening_balance: FixedMoney | None = Field(
        None, description="what is owed at the end of the month before the start, of a loan drawn before it"
    )
    term: SomeWholeMonths = Field(description="how many monthly payments there are")
    interest_only: WholeMonths = Field(
        "0 months", validate_default=True, description="how many payments at first hold no principal"
    )
    repayment: Literal["level_payment", "level_principal", "bullet"] = Field(
        description="whether payments are level, principal is, or all of it is paid with the last payment"
    )
    first_payment: Literal["0 months", "1 month"] = Field(
        "1 month", description='how long after the drawing; with "0 months" each payment is for the month that follows'
    )
    fee: Fee = Field("0%", validate_default=True, description="what is paid on drawing")
    end_fee: Fee = Field("0%", validate_default=True, description="what is paid with the last payment")
    dividend: Fee | None = Field(
        None, description="what of it is paid out to the holders on drawing, at most what the fee leaves"
    )
    warrants: Warrants | None = Field(None, description="the lender's right to buy shares")

    @property
    def in_advance(self) -> bool:
        """Whether the first payment is made on the day of the drawing."""
        return self.first_payment == "0 months"

    def rows(self) -> dict[str, RowFormula]:
        """The loan's rows: its drawing, what is owed, and each payment's interest, principal and fees."""
        before = "(opening_balance if due < 0 else 0)" if self.opening_balance is not None else "0"
        rows = closing_rows("", self.requires) | sum_rows(self.status, self.amount)
        rows |= {
            "borrowed": RowFormula("prev(borrowed) + cash + (amount if t == 0 and due < 0 else 0)", posted=True),
            "brought_forward": RowFormula(f"prev(balance) if t > 0 else {before}", posted=True),
            "owed": RowFormula(f"brought_forward{' + cash' if self.in_advance else ''}", posted=True),
            "instalment": RowFormula(f"max(0, t - floor(due){' + 1' if self.in_advance else ''})"),
            "last_payment": RowFormula("owed > 0 and instalment >= term"),
            "pays_on": RowFormula("t + due - floor(due)"),
            "interest": RowFormula(self.interest_on("owed", self._days(), self._rate), posted=True),
        }
        if not self.rate.even:
            behind = {} if self.in_advance else {"rate_in_force": RowFormula("rate")}
            formula = "prev(rate_in_force) if t > 0 else rate" if behind else "rate"
            rows |= behind | {"period_rate": RowFormula(formula)}
        rows |= self._principal()
        rows |= {
            "payment": RowFormula("interest + principal", posted=True),
            "fee_on_drawing": RowFormula(self.fee_of("fee", "cash"), posted=True),
            "fee_at_end": RowFormula(f"{self.fee_of('end_fee', 'borrowed')} if last_payment else 0", posted=True),
            "fees": RowFormula("fee_on_drawing + fee_at_end", posted=True),
            "service": RowFormula(f"-(payment + fees{' + paid_out' if self.dividend else ''})", posted=True),
            "balance": RowFormula("brought_forward + cash - principal", posted=True),
        }
        rows |= cost_rows(self)
        if self.dividend is not None:
            most = f"max(0, min({self.fee_of('dividend', 'cash')}, cash - fee_on_drawing))"
            rows["paid_out"] = RowFormula(most, posted=True)
        return rows

    def _principal(self) -> dict[str, RowFormula]:
        """The principal of a month's payment, and what it follows from: a level figure, kept from month to month."""
        left = {"payments_left": RowFormula("max(1, term - max(interest_only, instalment - 1))")}
        anew = "t == 0 or instalment <= interest_only + 1"
        due = "owed if last_payment else ({}) if instalment > interest_only else 0"
        match self.repayment:
            case "level_payment":
                rate = self._rate
                anew += "" if self.rate.even else f" or {rate} != prev({rate})"
                level = f"-pmt({rate}, payments_left, owed) if {rate} > 0 else owed / payments_left"
                rows = left | {"level": RowFormula(f"({level}) if {anew} else prev(level)", posted=True)}
                paid = due.format("min(owed, max(0, level - interest))")
            case "level_principal":
                rows = left | {"level": RowFormula(f"owed / payments_left if {anew} else prev(level)", posted=True)}
                paid = due.format("min(owed, level)")
            case _:
                rows, paid = {}, "owed if last_payment else 0"
        return rows | {"principal": RowFormula(paid, posted=True)}

    @property
    def _rate(self) -> str:
        """The row or figure of the rate in force in the month that a payment is for."""
        return "rate" if self.rate.even else "period_rate"

    def _days(self) -> str:
        """The days of the month that a payment is for: up to its day, or from it on where it is made in advance."""
        return days_from_payment("t" if self.in_advance else "t - 1")

    def fee_of(self, field: str, of: str) -> str:
        """A fee as a share of a sum, or as money for the whole loan."""
        figure: object = getattr(self, field)
        if getattr(figure, "dimension", "") == "share":
            return f"{field} * {of}"
        return f"({field} * {of} / amount if amount > 0 else 0)"

    def covered(self) -> str:
        return "balance > 0"

    def rights(self) -> Warrants | None:
        return self.warrants

    def claims(self, name: str, rounds: "Sequence[str]") -> set[str]:
        return super().claims(name, rounds) | {f"{name}_warrants"}

    def owed(self, rows: "Mapping[str, Sequence[float]]", on: "datetime.date", start: int) -> float:
        """What is drawn and not repaid, the interest since the last payment, and the fee of the last payment."""
        t, place = on.year * 12 + on.month - 1 - start, position(on, start)
        if t >= 0 and rows["cash"][t] and rows["due"][t] > place:
            return 0.0
        balance = rows["brought_forward"][0] if t < 0 else rows["balance"][t]
        paid_on, period = rows["pays_on"][max(t, 0)], 0.0
        if t >= 0 and paid_on > place:  # this month's payment is still to come
            balance += rows["principal"][t]
            period = rows["interest"][t] * _passed(paid_on - 1, paid_on, on, start)
        elif t + 1 < len(rows["interest"]) and not self.in_advance:
            period = rows["interest"][t + 1] * _passed(paid_on, paid_on + 1, on, start) if t >= 0 else 0.0
        fee = sum(fee for month, fee in enumerate(rows["fee_at_end"]) if month > t or (month == t and paid_on > place))
        return balance + period + (fee if balance else 0.0)

    def lent(self, rows: "Mapping[str, Sequence[float]]", start: int) -> list[LoanFlow] | None:
        """The drawing, each payment and the fees; what was paid of a loan before the first month is not known."""
        if rows["brought_forward"][0]:
            return None
        flows = [LoanFlow(start + due, -lent) for due, lent in zip(rows["due"], rows["cash"], strict=True)]
        for payment, days in self.to_lender.items():
            flows += [LoanFlow(start + day, paid) for day, paid in zip(rows[days], rows[payment], strict=True)]
        return [flow for flow in flows if flow.money]

    def dividends(self, rows: "Mapping[str, Sequence[float]]", start: int) -> list[LoanFlow]:
        paid = zip(rows["due"], rows.get("paid_out", ()), strict=False)
        return [LoanFlow(start + due, money) for due, money in paid if money]

    def checks(self, around: "Surroundings") -> "Iterator[Mistake]":
        yield from super().checks(around)
        if around.readable:
            yield from self._over(around.start)
        yield from interest_only_mistakes(self.repayment, self.interest_only, self.term)
        if self.warrants is not None:
            yield from self._warranted(self.warrants, around)

    def _over(self, start: int) -> "Iterator[Mistake]":
        """What ended before the first month is no part of the model."""
        last_payment = floor(self.date.number) + round(_months(self.term)) - self.in_advance
        owed = self.opening_balance is not None and self.opening_balance.number > 0
        if owed and self.date.number < start and last_payment < start:
            when = month_text(date_at(last_payment, 0))
            text = (
                f"The last payment was due in {when}, before the first month, but opening_balance says that money is "
                "owed."
            )
            yield Mistake(("term",), "ended-before-start", text)

    def _warranted(self, warrants: Warrants, around: "Surroundings") -> "Iterator[Mistake]":
        """Warrants say how many in one way, at a price that a share of the loan can be divided by, and once."""
        if (warrants.coverage is None) == (warrants.shares is None):
            text = (
                "Warrants are for a share of the loan or for a number of shares: write coverage or shares, one of them."
            )
            yield Mistake(("warrants",), "coverage-or-shares", text)
        elif warrants.coverage is not None and not warrants.strike.number:
            text = (
                "At a strike of 0 a share of the loan buys no number of shares. Write a price, or shares for coverage."
            )
            yield Mistake(("warrants", "strike"), "strike-without-price", text)
        if around.in_shares is False:
            text = "The cap table is in percentages, so that a number of warrants says nothing of a stake."
            yield Mistake(("warrants",), "price-without-shares", text, "key")
        if around.in_shares is not None and around.readable and self.date.number < around.start:
            text = (
                "The loan was drawn before the first month, so its warrants are in the cap table already: a class of "
                "the kind warrants, held by the lender. Take them out here."
            )
            yield Mistake(("warrants",), "already-in-the-table", text, "key")


def interest_only_mistakes(repayment: str, interest_only: "Figure", term: "Figure") -> "Iterator[Mistake]":
    """Payments without principal leave at least one with it."""
    if not _months(interest_only):
        return
    if repayment == "bullet":
        text = "A bullet loan pays no principal before its last payment, so interest_only says nothing. Take it out."
        yield Mistake(("interest_only",), "interest-only-too-long", text, "key")
    elif _months(interest_only) >= _months(term):
        text = 'interest_only must be shorter than term. If all is paid at the end, write repayment = "bullet".'
        yield Mistake(("interest_only",), "interest-only-too-long", text)


def _months(figure: "Figure") -> float:
    amount = figure.entries[0].amount
    return amount.number * IN_MONTHS[amount.period or "month"]


def _passed(first: float, last: float, on: "datetime.date", start: int) -> float:
    """The share of a period between two positions that has passed at the end of a day."""
    begins, ends = date_at(first, start), date_at(last, start)
    return (on - begins).days / (ends - begins).days
