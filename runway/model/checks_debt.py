"""What must hold within a loan or a credit line: fields that need each other, terms in order, one currency."""

from __future__ import annotations

from math import floor
from typing import TYPE_CHECKING

from runway.language.figure import IN_MONTHS, Entry, Figure
from runway.months import NEVER, date_at, month_number
from runway.words import amount_text, day_text, month_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runway.errors import Problem
    from runway.model.model import Item, Model

MONEY = ("amount", "limit", "opening_balance", "fee", "end_fee")


def debt_checks(model: Model, item: Item) -> Iterator[Problem]:
    """The problems of one loan or credit line."""
    if "model" not in model.broken:
        yield from _opening(model, item)
        yield from _over(model, item)
    yield from _currency(model, item)
    if item.kind == "loan":
        yield from _term(model, item)
        yield from _warrants(model, item)


def _date(item: Item) -> float:
    """The position of the day of a loan, or of a line's opening; long ago for a line without one."""
    figure: Figure | None = item.part.date
    return -NEVER if figure is None else figure.entries[0].amount.number


def _opening(model: Model, item: Item) -> Iterator[Problem]:
    """What was borrowed before the first month says what is still owed; what was not says nothing."""
    part = item.part
    start, date = model.settings.start, _date(item)
    if part.opening_balance is not None and date >= start:
        when = "is never" if date >= NEVER else f"is {day_text(date_at(date, 0))}, in or after the first month"
        text = f"opening_balance is what was owed before the first month, but the date {when}. Take it out."
        yield model.document.problem((*item.path, "opening_balance"), "not-yet-borrowed", text, at="key")
        return
    if part.opening_balance is None and part.date is not None and date < start:
        text = (
            "opening_balance is missing: the date is before the first month, so say what is owed at the end of the "
            "month before it. Write 0 if nothing is."
        )
        yield model.document.problem(item.path, "missing-field", text, at="key")
    owed = 0.0 if part.opening_balance is None else _amount(model, part.opening_balance.entries[0])
    drawn = part.kind == "loan" and date < start
    if part.status == "planned" and (drawn or owed):
        text = (
            "It was drawn before the first month, so its money is no longer planned: it has come, and is paid back. "
            'Write status = "committed".'
        )
        yield model.document.problem((*item.path, "status"), "planned-but-drawn", text)
    field = "amount" if part.kind == "loan" else "limit"
    begun = [_amount(model, entry) for entry in getattr(part, field).entries if _begun(entry, start)]
    most = max(begun, default=owed)  # a schedule that starts late is told as one
    if owed > most * (1 + 1e-12):
        text = f"opening_balance is what is still owed: at most the {field}, which is {amount_text(most)}."
        yield model.document.problem((*item.path, "opening_balance"), "owed-above-limit", text)


def _begun(entry: Entry, start: int) -> bool:
    """Whether a value, or a step of a schedule, is in force by the first month."""
    return entry.month is None or (month_number(entry.month) or 0) <= start


def _amount(model: Model, entry: Entry) -> float:
    """An amount in the model's currency, at the rate of the first month."""
    rate = model.fx.get(entry.amount.currency or "")
    return entry.amount.number * (1.0 if rate is None else rate.entries[0].amount.number)


def _over(model: Model, item: Item) -> Iterator[Problem]:
    """What ended before the first month is no part of the model."""
    part = item.part
    start, date = model.settings.start, _date(item)
    if part.kind == "credit_line":
        last = part.by.entries[0].amount.number
        if last < start and date < start:
            text = "The last day of the line is before the first month, so nothing of it is left. Take the line out."
            yield model.document.problem((*item.path, "by"), "ended-before-start", text)
        return
    owed = part.opening_balance is not None and part.opening_balance.entries[0].amount.number > 0
    last_payment = floor(date) + round(_months(part.term)) - part.in_advance
    if owed and date < start and last_payment < start:
        when = month_text(date_at(last_payment, 0))
        text = (
            f"The last payment was due in {when}, before the first month, but opening_balance says that money is owed."
        )
        yield model.document.problem((*item.path, "term"), "ended-before-start", text)


def _currency(model: Model, item: Item) -> Iterator[Problem]:
    """What is owed is carried at one rate, so the rate of its currency may not change."""
    for field in MONEY:
        figure = getattr(item.part, field, None)
        for entry in figure.entries if figure is not None else ():
            code = entry.amount.currency
            if code in model.fx and model.fx[code].scheduled:
                text = (
                    f"The rate of {code} in [fx] changes from month to month, and what is owed in it is not revalued. "
                    f"Write {field} in {model.settings.currency}, or give {code} one rate."
                )
                path = (*item.path, field) if entry.month is None else (*item.path, field, entry.month)
                yield model.document.problem(path, "debt-in-changing-currency", text)
                break


def _months(figure: Figure) -> float:
    amount = figure.entries[0].amount
    return amount.number * IN_MONTHS[amount.period or "month"]


def _term(model: Model, item: Item) -> Iterator[Problem]:
    """Payments without principal leave at least one with it."""
    part = item.part
    if not _months(part.interest_only):
        return
    if part.repayment == "bullet":
        text = "A bullet loan pays no principal before its last payment, so interest_only says nothing. Take it out."
        yield model.document.problem((*item.path, "interest_only"), "interest-only-too-long", text, at="key")
    elif _months(part.interest_only) >= _months(part.term):
        text = 'interest_only must be shorter than term. If all is paid at the end, write repayment = "bullet".'
        yield model.document.problem((*item.path, "interest_only"), "interest-only-too-long", text)


def _warrants(model: Model, item: Item) -> Iterator[Problem]:
    """Warrants say how many in one way, at a price that a share of the loan can be divided by, and once."""
    warrants = item.part.warrants
    if warrants is None:
        return
    if (warrants.coverage is None) == (warrants.shares is None):
        text = "Warrants are for a share of the loan or for a number of shares: write coverage or shares, one of them."
        yield model.document.problem((*item.path, "warrants"), "coverage-or-shares", text)
    elif warrants.coverage is not None and not warrants.strike.entries[0].amount.number:
        text = "At a strike of 0 a share of the loan buys no number of shares. Write a price, or shares for coverage."
        yield model.document.problem((*item.path, "warrants", "strike"), "strike-without-price", text)
    if model.captable is not None and not model.captable.in_shares:
        text = "The cap table is in percentages, so that a number of warrants says nothing of a stake."
        yield model.document.problem((*item.path, "warrants"), "price-without-shares", text, at="key")
    if model.captable is not None and "model" not in model.broken and _date(item) < model.settings.start:
        text = (
            "The loan was drawn before the first month, so its warrants are in the cap table already: a class of "
            "the kind warrants, held by the lender. Take them out here."
        )
        yield model.document.problem((*item.path, "warrants"), "already-in-the-table", text, at="key")
