"""A loan: drawn once, then interest, then principal, by one of four schedules."""

import re
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field, PlainValidator, WithJsonSchema

from runway.funding.borrowing import Borrowing, Fee
from runway.funding.carrying import cost_rows
from runway.funding.closing import LumpSum, closing_rows, sum_rows
from runway.funding.funding import LoanFlow
from runway.funding.loan_terms import loan_mistakes
from runway.funding.payments import EVERY, Payments
from runway.language.dimension import Dimension, field_error
from runway.language.fields import (
    ByDate,
    Date,
    FixedCount,
    FixedMoney,
    FixedShare,
    FormulaText,
    LastDate,
    SomeWholeMonths,
    WholeMonths,
)
from runway.language.figure import Figure, exact
from runway.language.formula import parse
from runway.language.tree import ZERO, AsNumber, Compare, DateText, Every, Name, Node, Product, total
from runway.lines.line import Component, Mistake, RowFormula
from runway.months import NEVER, absolute_month, date_at, parse_date, position

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator, Mapping, Sequence

    from runway.lines.line import Surroundings

PaidInKind = Annotated[Figure, Dimension("rate", low=0, high=100, schedule=False, example='"4%/year"')]
INSTALMENTS = ByDate(
    "an instalment", "money", '"2027-03-31" = "100k", "2028-03" = "50k"', Dimension("money", low=0, schedule=False)
)


def _first_payment(raw: Any) -> Any:
    """So many months after the drawing, or a day, which TOML writes without quotes, too."""
    raw = raw.isoformat() if isinstance(raw, date) else raw
    match = re.fullmatch(r"([0-9]{1,3}) months?", raw.strip()) if isinstance(raw, str) else None
    day = parse_date(raw) if isinstance(raw, str) and len(raw) == len("2026-03-31") else None
    if match is None and day is None:
        text = 'FIELD is whole months, such as "0 months", "1 month" or "4 months", or a day: "2026-03-31".'
        raise field_error("unknown-choice", text)
    return day if match is None else int(match[1])


FirstPayment = Annotated[Any, PlainValidator(_first_payment), WithJsonSchema({"type": "string"})]


class Warrants(Component):
    """The lender's right to buy shares."""

    needed: ClassVar = {"coverage": "where shares is not", "shares": "where coverage is not"}
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
        """The number of shares for the money lent: as written, or bought with a part of it at the strike."""
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

    There is a payment each month, or quarter (`paid`), on the day of the drawing, or on the last day of a shorter
    month, and as many as the term has months or quarters.  A `first_payment` some months after the drawing, or on a day
    of the calendar which is then the day of all, makes the first period an odd one, which bears interest for its own
    length.  The first payments, `interest_only`, hold no principal; from then on `level_payment` keeps the payment the
    same (reckoned anew when the rate changes, and from the opening balance of an older loan), `level_principal` the
    principal, `instalments` pays what their table says with the first payment on or after each day, and `bullet` waits.
    With `amortised_over` level payments are reckoned for a longer time than the term.  A payment is for the period
    behind it and bears the rate that was in force in the month in which that began (the first month's, where there is
    none before it), or, with a first payment on the day of the drawing, for the period ahead at the rate of its own
    month.  Interest at the `pik_rate` is not paid but added to what is owed.  The last payment is whatever is still
    owed, roundings included, so the balance ends at exactly nothing.  Interest and fees count in burn when they are
    paid, in the loss as they are incurred; the drawing and the principal count in neither.

    With a `dividend` the money is paid out to the holders on the day of the drawing (a dividend recap): all stock as if
    converted to common, at most what the fee leaves.  It counts in neither burn nor loss.
    """

    off: ClassVar = {"date": NEVER, "amount": 0.0, "opening_balance": 0.0}
    absent: ClassVar = {**Borrowing.absent, "dividend": 0.0, "pik_rate": 0.0, "instalments": 0.0}
    needed: ClassVar = {**Borrowing.needed, "instalments": 'where repayment is "instalments"'}
    without: ClassVar = {"first_payment": "one period after the drawing", "amortised_over": "the term"}
    owns: ClassVar = frozenset({"warrants"})
    most: ClassVar = "amount"
    elsewhere: ClassVar = Borrowing.elsewhere | dict.fromkeys(
        ("payment_in_kind", "pik", "pik_interest"), "Interest that is added to what is owed is its pik_rate."
    )
    carried: ClassVar = ("amount", "opening_balance", "fee", "end_fee", "dividend", "instalments")
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
    paid: Literal["monthly", "quarterly", "half_yearly", "yearly"] = Field(
        "monthly", description="how often there is a payment"
    )
    term: SomeWholeMonths = Field(description="the time over which it is paid back: as many payments as it has periods")
    amortised_over: SomeWholeMonths | None = Field(
        None, description="the longer time that level payments are reckoned for; the last one pays the rest (a balloon)"
    )
    interest_only: WholeMonths = Field(
        "0 months", validate_default=True, description="the time in which payments hold no principal"
    )
    repayment: Literal["level_payment", "level_principal", "instalments", "bullet"] = Field(
        description="whether payments are level, principal is, or by a table, or all of it is in the last payment"
    )
    instalments: Annotated[dict[str, Figure], INSTALMENTS] = Field({}, description="the principal that is due, by date")
    first_payment: FirstPayment | None = Field(
        None,
        description='how long after the drawing, or the day; with "0 months" each payment is for the time that follows',
    )
    pik_rate: PaidInKind | None = Field(
        None, description="the rate of interest that is added to what is owed and not paid (PIK), beside the other"
    )
    fee: Fee = Field("0%", validate_default=True, description="what is paid on drawing")
    end_fee: Fee = Field("0%", validate_default=True, description="what is paid with the last payment")
    dividend: Fee | None = Field(
        None, description="what of it is paid out to the holders on drawing, at most what the fee leaves"
    )
    warrants: Warrants | None = Field(None, description="the lender's right to buy shares")

    @property
    def payments(self) -> Payments:
        """When it is paid back."""
        every = EVERY[self.paid]
        return Payments(every, every if self.first_payment is None else self.first_payment)

    @property
    def compounds(self) -> bool:
        return self.pik_rate is not None

    def rows(self) -> dict[str, RowFormula]:
        """The loan's rows: its drawing, its balance, and each payment's interest, principal and fees."""
        before = "(opening_balance if due < 0 else 0)" if self.opening_balance is not None else "0"
        rows = closing_rows("", self.requires) | sum_rows(self.status, self.amount)
        payments, number = self.payments, self.payments.number("term")
        capitalised = " + capitalised" if self.compounds else ""
        rows |= payments.rows()
        rows |= {
            "borrowed": RowFormula("prev(borrowed) + cash + (amount if t == 0 and due < 0 else 0)", posted=True),
            "brought_forward": RowFormula(f"prev(balance) if t > 0 else {before}", posted=True),
            "owed": RowFormula(
                f"brought_forward{' + cash' if payments.in_advance or payments.dated else ''}", posted=True
            ),
            "instalment": RowFormula(payments.number_made()),
            "last_payment": RowFormula(f"owed > 0{'' if payments.plain else ' and pays'} and instalment >= {number}"),
            "pays_on": RowFormula(payments.position),
            "interest": RowFormula(payments.paying(self._interest("owed", self._period, self._rate)), posted=True),
        }
        if self.compounds:
            added = payments.paying(self._interest("owed", self._period, "pik_rate"))
            rows["capitalised"] = RowFormula(added, posted=True)
        if not self.rate.even:
            rows |= self._period_rate()
        rows |= self._principal()
        rows |= {
            "payment": RowFormula("interest + principal", posted=True),
            "fee_on_drawing": RowFormula(self.fee_of("fee", "cash"), posted=True),
            "fee_at_end": RowFormula(f"{self.fee_of('end_fee', 'borrowed')} if last_payment else 0", posted=True),
            "fees": RowFormula("fee_on_drawing + fee_at_end", posted=True),
            "service": RowFormula(f"-(payment + fees{' + paid_out' if self.dividend else ''})", posted=True),
            "balance": RowFormula(f"brought_forward + cash{capitalised} - principal", posted=True),
        }
        rows |= cost_rows(self)
        if self.dividend is not None:
            most = f"max(0, min({self.fee_of('dividend', 'cash')}, cash - fee_on_drawing))"
            rows["paid_out"] = RowFormula(most, posted=True)
        return rows

    @property
    def _final_principal(self) -> str:
        """The principal of the last payment."""
        return "owed + capitalised" if self.compounds else "owed"

    def _period_rate(self) -> dict[str, RowFormula]:
        """The rate of the period that a payment is for."""
        plain = self.payments.plain
        if self.payments.in_advance:
            return {"period_rate": RowFormula("rate" if plain else "rate if t == 0 or pays else prev(period_rate)")}
        first_period = "t == 0 or t <= floor(due)" if self.payments.dated else "t == 0"
        rate_in_force = "rate" if plain else "rate if t == 0 or t <= floor(due) or pays else prev(rate_in_force)"
        return {
            "rate_in_force": RowFormula(rate_in_force),
            "period_rate": RowFormula(f"rate if {first_period} else prev(rate_in_force)"),
        }

    def _principal(self) -> dict[str, RowFormula]:
        """The principal of a month's payment, and its basis: a level figure kept from month to month, or a schedule."""
        payments = self.payments
        whole, grace = (payments.number(text) for text in ("amortised_over" if self.amortised_over else "term",
                                                           "interest_only"))  # fmt: skip
        payments_before = "instalment - 1" if payments.plain else "instalment - pays"
        rows = {"payments_left": RowFormula(f"max(1, {whole} - max({grace}, {payments_before}))")}
        reset = f"t == 0 or instalment {'<= ' if payments.plain else '- pays <= '}{grace}{' + 1' * payments.plain}"
        pays_principal = f"{'' if payments.plain else 'pays and '}instalment > {grace}"
        due = f"{self._final_principal} if last_payment else ({{}}) if {pays_principal} else 0"
        match self.repayment:
            case "level_payment":
                rate, period = self._rate, self.rate_over(self._rate, str(payments.every))
                reset += "" if self.rate.even else f" or {rate} != prev({rate})"
                level = f"-pmt({period}, payments_left, owed) if {rate} > 0 else owed / payments_left"
                rows |= {"level": RowFormula(f"({level}) if {reset} else prev(level)", posted=True)}
                paid = due.format("min(owed, max(0, level - interest))")
            case "level_principal":
                rows |= {"level": RowFormula(f"owed / payments_left if {reset} else prev(level)", posted=True)}
                paid = due.format("min(owed, level)")
            case "instalments":
                rows = {
                    "scheduled": RowFormula(self._scheduled(), posted=True),
                    "repaid": RowFormula("prev(repaid) + principal", posted=True),
                }
                paid = due.format("min(owed, max(0, scheduled - prev(repaid)))")
            case _:
                rows, paid = {}, f"{self._final_principal} if last_payment else 0"
        return rows | {"principal": RowFormula(paid, posted=True)}

    def _scheduled(self) -> Node:
        """The instalments due by a month's payment, without those before the first month, of the money lent."""
        due = list[Node]()
        for day in self.instalments:
            date, money = DateText(day, 0, 0), Name(f"instalments.{day}", 0, 0)
            due_now = Every((Compare(">=", date, ZERO), Compare("<=", date, Name("pays_on", 0, 0))))
            due.append(Product((money, AsNumber(due_now))))
        return Product((total(due), parse("(borrowed / amount if amount > 0 else 0)")))

    @property
    def _rate(self) -> str:
        """The row or figure of the rate in force in the period that a payment is for."""
        return "rate" if self.rate.even else "period_rate"

    @property
    def _period(self) -> str:
        """The month at whose end the period runs that a month's payment is for."""
        if self.payments.in_advance:
            return "t"
        return "t - 1" if self.payments.plain else "(t - 1)"

    def _interest(self, balance: str, month: str, rate: str) -> str:
        """The formula of the interest on a balance over the period that the end of a month lies in."""
        return self.interest_on(balance, self.payments.days(month), rate, self.payments.months(month))

    def accruing(self, balance: str, month: str) -> str:
        """The formula of all interest, paid or not, on a balance over the period that the end of a month lies in."""
        rate = "rate" if self.payments.plain or self.rate.even or month != "t" else "rate_in_force"
        if self.pik_rate is None:
            return self._interest(balance, month, rate)
        return f"({self._interest(balance, month, rate)} + {self._interest(balance, month, 'pik_rate')})"

    def fee_of(self, field: str, base: str) -> str:
        """A fee as a share of a sum, or as money for the whole loan."""
        figure: object = getattr(self, field)
        if getattr(figure, "dimension", "") == "share":
            return f"{field} * {base}"
        return f"({field} * {base} / amount if amount > 0 else 0)"

    def covered(self) -> str:
        return "balance > 0"

    def to_settle(self) -> str:
        """The balance, the interest since the last payment, and the fee of the last payment."""
        fee = f" + ({self.fee_of('end_fee', 'borrowed')} if balance > 0 else 0)" * ("end_fee" in self.model_fields_set)
        return f"balance + max(0, accrued){fee}"

    def rights(self) -> Warrants | None:
        return self.warrants

    def claims(self, name: str, rounds: "Sequence[str]") -> set[str]:
        return super().claims(name, rounds) | {f"{name}_warrants"}

    def owed(self, rows: "Mapping[str, Sequence[float]]", on: "datetime.date", start: int) -> float:
        """The balance, the interest since the last payment, and the fee of the last payment."""
        t, place = absolute_month(on) - start, position(on, start)
        if t >= 0 and rows["cash"][t] and rows["due"][t] > place:
            return 0.0
        paying = rows.get("pays", [1.0] * len(rows["interest"]))
        added = rows.get("capitalised", [0.0] * len(rows["interest"]))
        balance = rows["brought_forward"][0] if t < 0 else rows["balance"][t]
        paid_on, period = rows["pays_on"][max(t, 0)], 0.0
        to_come = t >= 0 and paid_on > place and paying[t]  # this month's payment
        if to_come:
            balance += rows["principal"][t] - added[t]
        following = next((m for m in range(t + (not to_come), len(paying)) if paying[m] and t >= 0), None)
        if following is not None and not (self.payments.in_advance and not to_come):
            end = rows["pays_on"][following]
            previous = next(
                (rows["pays_on"][m] for m in range(following - 1, -1, -1) if paying[m]), end - self.payments.every
            )
            interest = rows["interest"][following] + added[following]
            period = interest * _share_passed(max(previous, rows["due"][following]), end, on, start)
        fee = sum(fee for month, fee in enumerate(rows["fee_at_end"]) if month > t or (month == t and to_come))
        return balance + period + (fee if balance else 0.0)

    def repaid_by(self, rows: "Mapping[str, Sequence[float]]") -> int:
        first = rows["due"] if self.payments.plain else rows["first_on"]
        return int(first[-1] // 1 + self.term.number)

    def lent(self, rows: "Mapping[str, Sequence[float]]", start: int) -> list[LoanFlow] | None:
        """The drawing, each payment and the fees; None of a loan that is older, whose flows are not all known."""
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
        yield from loan_mistakes(self, around)


def _share_passed(first: float, last: float, on: "datetime.date", start: int) -> float:
    """The share of a period between two positions that has passed at the end of a day; 0 of a period without days."""
    first_day, last_day = date_at(first, start), date_at(last, start)
    return (on - first_day).days / (last_day - first_day).days if last_day > first_day else 0.0
