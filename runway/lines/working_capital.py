"""Working capital: the rows between what is earned or incurred and what is received or paid.

Each day's part of a month's amount moves by that many calendar days, so what is outstanding at the end of a month is
the part of the last n days; an opening balance is settled evenly over its n days.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.lines.line import Mistake, RowFormula, Surroundings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runway.language.figure import Figure

PERIOD_MONTHS = {"monthly": 1, "quarterly": 3, "yearly": 12}


def deferred_weights(months: int) -> str:
    """What is left to earn of the bills of the last months, each covering `months` months from its own.

    >>> deferred_weights(3)
    '(2 * billed + 1 * lag(billed, 1)) / 3'
    """
    terms = [f"{months - 1 - k} * " + (f"lag(billed, {k})" if k else "billed") for k in range(months - 1)]
    return f"({' + '.join(terms)}) / {months}"


def billed_ahead(billed: str, deferred: Figure | None, around: Surroundings) -> Iterator[Mistake]:
    """Bills of several months are revenue's alone, and say what of them is not yet earned at the start."""
    if billed != "monthly" and around.section != "revenue":
        yield Mistake(("billed",), "not-for-section", "Only revenue is billed ahead.", "key")
    elif billed != "monthly" and deferred is None:
        text = (
            f'opening_deferred is missing beside billed = "{billed}": what is billed but not yet earned at the start. '
            "Write 0 if nothing is."
        )
        yield Mistake((), "missing-field", text, "key")
    elif billed == "monthly" and deferred is not None:
        text = 'opening_deferred needs billed = "yearly" or "quarterly" beside it.'
        yield Mistake(("opening_deferred",), "missing-field", text, "key")


def outstanding(amount: str, days: str, opening: str) -> str:
    """The part of `amount` of the last `days` days, and what is left of the opening balance."""
    left = f"{opening} * (max(0, 1 - elapsed_days / {days}) if {days} > 0 else 0)"
    return f"last_days({amount}, {days}) + {left}"


def receivable_rows(amount: str) -> dict[str, RowFormula]:
    """Customers pay `collected_after` days late."""
    return {
        "receivable": RowFormula(
            outstanding(amount, "collected_after", "opening_receivable"), "opening_receivable", posted=True
        ),
        "cash": RowFormula(f"{amount} + prev(receivable) - receivable", posted=True),
    }


def payable_rows(amount: str) -> dict[str, RowFormula]:
    """Suppliers are paid `paid_after` days late."""
    return {
        "payable": RowFormula(outstanding(amount, "paid_after", "opening_payable"), "opening_payable", posted=True),
        "cash": RowFormula(f"payable - prev(payable) - {amount}", posted=True),
    }
