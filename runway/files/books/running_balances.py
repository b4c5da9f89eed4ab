"""Running balances: in which order rows were booked, and whether each balance follows from the one before."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

from runway.language.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date


class BookingOrder(NamedTuple):
    """The order in which rows were booked, and how many of their balances follow from the one before."""

    rows: Sequence[int]
    steps: tuple[int, int]  # balances that follow from the one before, and those that have one before
    broken: int | None  # the first row whose balance does not
    changes: tuple[Decimal, Decimal]  # up to that row: by the balances, and by the rows


def in_order(
    days: Sequence[date], amounts: Sequence[Decimal], balances: Sequence[Decimal | None], *, either_sign: bool = False
) -> BookingOrder:
    """Rows from the first that was booked to the last.

    The days decide which end of a file is the newest, the balances what the days leave open: rows of one day.
    In books, the balances of an account may all have the other sign than its postings.
    """
    count = len(days)
    forward: Sequence[int] = range(count)
    backward: Sequence[int] = range(count - 1, -1, -1)
    newest_first = count > 1 and days[0] > days[-1]
    orders = [backward, forward] if newest_first else [forward, backward]
    rising = all(a <= b for a, b in pairwise(days))
    falling = not rising and all(a >= b for a, b in pairwise(days))
    if not rising and not falling:
        orders += [sorted(order, key=days.__getitem__) for order in orders]
    elif days and days[0] != days[-1]:
        orders = [orders[0], sorted(orders[1], key=days.__getitem__)]
    if either_sign:
        turned = [None if balance is None else -balance for balance in balances]
        usual = in_order(days, amounts, balances)
        flipped = in_order(days, amounts, turned) if usual.broken is not None else usual
        return flipped if flipped.broken is None else usual
    first: BookingOrder | None = None
    for order in orders:
        judged = _checked_order(order, amounts, balances)
        if judged.broken is None:
            first = judged
            break
        first = first or judged
    assert first is not None
    if not rising and not falling and first.broken is None and first.steps == (0, 0):
        return first._replace(rows=sorted(orders[0], key=days.__getitem__))
    return first


def _checked_order(
    order: Sequence[int], amounts: Sequence[Decimal], balances: Sequence[Decimal | None]
) -> BookingOrder:
    previous: Decimal | None = None
    change = Decimal(0)
    checked = possible = 0
    broken, steps = None, (Decimal(0), Decimal(0))
    for n in order:
        change += amounts[n]
        balance = balances[n]
        if balance is None:
            continue
        if previous is not None:
            possible += 1
            if previous + change == balance:
                checked += 1
            elif broken is None:
                broken, steps = n, (balance - previous, change)
        previous, change = balance, Decimal(0)
    return BookingOrder(order, (checked, possible), broken, steps)
