"""The mistakes between the terms of a loan."""

from __future__ import annotations

from math import floor
from typing import TYPE_CHECKING

from runway.lines.line import Mistake
from runway.months import NEVER, absolute_month, date_at, parse_date, position
from runway.words import amount_text, month_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runway.funding.loan import Loan, Warrants
    from runway.language.figure import Figure
    from runway.lines.line import Surroundings


def loan_mistakes(loan: Loan, around: Surroundings) -> Iterator[Mistake]:
    """The contradictions in the terms of a loan."""
    if around.readable:
        yield from _ended_before_start(loan, around.start)
    yield from interest_only_mistakes(loan.repayment, loan.interest_only, loan.term)
    yield from _calendar(loan)
    yield from _instalments(loan, around)
    if loan.warrants is not None:
        yield from _warranted(loan, loan.warrants, around)


def interest_only_mistakes(repayment: str, interest_only: Figure, term: Figure) -> Iterator[Mistake]:
    """Payments without principal leave at least one with it."""
    if not _months(interest_only):
        return
    if repayment == "bullet":
        text = "A bullet loan pays no principal before its last payment, so interest_only says nothing. Take it out."
        yield Mistake(("interest_only",), "interest-only-too-long", text, "key")
    elif repayment == "instalments":
        text = "The table of instalments says when principal is paid, so interest_only says nothing. Take it out."
        yield Mistake(("interest_only",), "terms-contradict", text, "key")
    elif _months(interest_only) >= _months(term):
        text = 'interest_only must be shorter than term. If all is paid at the end, write repayment = "bullet".'
        yield Mistake(("interest_only",), "interest-only-too-long", text)


def _months(figure: Figure) -> int:
    amount = figure.entries[0].amount
    return round(amount.months)


def _last_payment(loan: Loan) -> int:
    """The absolute month of the last payment of a loan that is drawn on its date."""
    every, first = loan.payments
    first_month = floor(loan.date.number) + first if isinstance(first, int) else absolute_month(first)
    return first_month + _months(loan.term) - every


def _ended_before_start(loan: Loan, start: int) -> Iterator[Mistake]:
    """A loan that ended before the first month is no part of the model."""
    last = _last_payment(loan)
    owed = loan.opening_balance is not None and loan.opening_balance.number > 0
    if owed and loan.date.number < start and last < start:
        text = f"The last payment was due in {month_text(date_at(last, 0))}, before the first month, but "
        yield Mistake(("term",), "ended-before-start", f"{text}opening_balance says that money is owed.")


def _calendar(loan: Loan) -> Iterator[Mistake]:
    """Times are whole periods, the first payment is after the drawing, and `amortised_over` is longer than the term."""
    every, first = loan.payments
    for field in ("term", "interest_only", "amortised_over"):
        figure: Figure | None = getattr(loan, field)
        if figure is not None and _months(figure) % every:
            text = f'{field} is no whole number of payments, which are {every} months apart (paid = "{loan.paid}").'
            yield Mistake((field,), "terms-contradict", text)
    if not isinstance(first, int) and position(first, 0) <= loan.date.number < NEVER:
        text = "first_payment is not after the day of the drawing. Write a later day, or how long after it."
        yield Mistake(("first_payment",), "dates-reversed", text)
    if loan.amortised_over is not None and loan.repayment in ("instalments", "bullet"):
        text = f'With repayment = "{loan.repayment}" no payment is level, so amortised_over says nothing. Take it out.'
        yield Mistake(("amortised_over",), "terms-contradict", text, "key")
    elif loan.amortised_over is not None and _months(loan.amortised_over) < _months(loan.term):
        text = "amortised_over is the longer time that level payments are reckoned for, and term the shorter. "
        yield Mistake(("amortised_over",), "terms-contradict", f"{text}Swap them.")
    if loan.pik_rate is not None and first == 0:
        text = 'Interest is added at the end of a period, and with first_payment = "0 months" paid at its start. '
        yield Mistake(("pik_rate",), "terms-contradict", f"{text}Keep one.", "key")


def _instalments(loan: Loan, around: Surroundings) -> Iterator[Mistake]:
    """The table lies between the drawing and the last payment, and comes to no more than the loan."""
    example = 'instalments = { "2027-03-31" = "100k", "2028-03" = "50k" }'
    if loan.repayment == "instalments" and not loan.instalments:
        yield Mistake(("repayment",), "missing-field", f"The table of instalments is missing: {example}.")
    elif loan.repayment != "instalments" and loan.instalments:
        text = f'Principal is paid by this table or by repayment = "{loan.repayment}". Write repayment = "instalments".'
        yield Mistake(("instalments",), "terms-contradict", text, "key")
    last, so_far = _last_payment(loan), 0.0
    most = around.amount(loan.amount.entries[0])
    for day, figure in loan.instalments.items():
        due_day = parse_date(day)
        assert due_day is not None
        so_far += around.amount(figure.entries[0])
        if position(due_day, 0) < floor(loan.date.number) and loan.date.number < NEVER:
            yield Mistake(("instalments", day), "dates-reversed", "An instalment is not before the drawing.", "key")
        elif floor(position(due_day, 0)) > last:
            last_month = month_text(date_at(last, 0))
            text = f"The last payment, in {last_month}, pays what is still owed. Take this out, or write a longer term."
            yield Mistake(("instalments", day), "value-out-of-range", text, "key")
        elif so_far > most * (1 + 1e-12):
            text = f"Up to here the instalments come to {amount_text(so_far)}, more than the {amount_text(most)} lent."
            yield Mistake(("instalments", day), "value-out-of-range", text)
            return


def _warranted(loan: Loan, warrants: Warrants, around: Surroundings) -> Iterator[Mistake]:
    """Warrants say how many in one way, at a price that a share of the loan can be divided by, and once."""
    if (warrants.coverage is None) == (warrants.shares is None):
        text = "Warrants are for a share of the loan or for a number of shares: write coverage or shares, one of them."
        yield Mistake(("warrants",), "coverage-or-shares", text)
    elif warrants.coverage is not None and not warrants.strike.number:
        text = "At a strike of 0 a share of the loan buys no number of shares. Write a price, or shares for coverage."
        yield Mistake(("warrants", "strike"), "strike-without-price", text)
    if around.in_shares is False:
        text = "The cap table is in percentages, so that a number of warrants says nothing of a stake."
        yield Mistake(("warrants",), "price-without-shares", text, "key")
    if around.in_shares is not None and around.readable and loan.date.number < around.start:
        text = (
            "The loan was drawn before the first month, so its warrants are in the cap table already: a class of the "
            "kind warrants, held by the lender. Take them out here."
        )
        yield Mistake(("warrants",), "already-in-the-table", text, "key")
