"""A register of shares as a CSV of holders, which `runway import` reads back."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from runway.files.equity.holders import COLUMNS
from runway.words import decimal_text

if TYPE_CHECKING:
    from runway.files.equity.register import ShareRegister


def holders_csv(register: ShareRegister) -> str:
    """One row a holding, then the pool; blank where the register does not say what was paid, or when."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for holding in register.holdings:
        share_class = register.classes[holding.class_key]
        day = min(holding.days).isoformat() if holding.days else ""
        price = share_class.strike if share_class.strike is not None else share_class.price
        amounts = (holding.invested, price, share_class.conversion_price)
        invested, *prices = ("" if amount is None else decimal_text(amount) for amount in amounts)
        names = [register.holders[holding.holder], share_class.title or holding.class_key]
        writer.writerow([*names, holding.shares, invested, day, share_class.family, *prices])
    if register.pool:
        writer.writerow(["", "pool", register.pool, "", "", "pool", "", ""])
    return text.getvalue()
