"""What must hold within a loan or a credit line: fields that need each other, terms in order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runway.months import NEVER, date_at
from runway.quantity import IN_MONTHS, Figure
from runway.wording import day_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runway.errors import Problem
    from runway.model import Item, Model


def debt_checks(model: Model, item: Item) -> Iterator[Problem]:
    """The problems of one loan or credit line."""
    if "model" not in model.broken:
        yield from _opening(model, item)
    if item.part.kind == "loan":  # type: ignore[attr-defined]
        yield from _term(model, item)
        yield from _warrants(model, item)


def _opening(model: Model, item: Item) -> Iterator[Problem]:
    """What was borrowed before the first month says what is still owed; what was not says nothing."""
    part: Any = item.part
    figure: Figure | None = part.date
    start = model.settings.start
    date = -NEVER if figure is None else figure.entries[0].amount.number
    if part.opening_balance is not None and date >= start:
        when = "is never" if date >= NEVER else f"is {day_text(date_at(date, 0))}, in or after the first month"
        text = f"opening_balance is what was owed before the first month, but the date {when}. Take it out."
        yield model.document.problem((*item.path, "opening_balance"), "not-yet-borrowed", text, at="key")
    if part.opening_balance is None and figure is not None and date < start:
        text = (
            "opening_balance is missing: the date is before the first month, so say what is owed at the end of the "
            "month before it. Write 0 if nothing is."
        )
        yield model.document.problem(item.path, "missing-field", text, at="key")


def _months(figure: Figure) -> float:
    amount = figure.entries[0].amount
    return amount.number * IN_MONTHS[amount.period or "month"]


def _term(model: Model, item: Item) -> Iterator[Problem]:
    """Payments are monthly, and those without principal leave at least one with it."""
    part: Any = item.part
    for field in ("term", "interest_only"):
        months = _months(getattr(part, field))
        if abs(months - round(months)) > 1e-9:
            text = f'{field} is counted in monthly payments, so it is whole months: write "{round(months)} months".'
            yield model.document.problem((*item.path, field), "not-whole-months", text)
            return
    if not _months(part.interest_only):
        return
    if part.repayment == "bullet":
        text = "A bullet loan pays no principal before its last payment, so interest_only says nothing. Take it out."
        yield model.document.problem((*item.path, "interest_only"), "interest-only-too-long", text, at="key")
    elif _months(part.interest_only) >= _months(part.term):
        text = 'interest_only must be shorter than term. If all is paid at the end, write repayment = "bullet".'
        yield model.document.problem((*item.path, "interest_only"), "interest-only-too-long", text)


def _warrants(model: Model, item: Item) -> Iterator[Problem]:
    warrants = item.part.warrants  # type: ignore[attr-defined]
    if warrants is not None and (warrants.coverage is None) == (warrants.shares is None):
        text = "Warrants are for a share of the loan or for a number of shares: write coverage or shares, one of them."
        yield model.document.problem((*item.path, "warrants"), "coverage-or-shares", text)
