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
    for one in register.holdings:
        of = register.classes[one.of]
        day = min(one.days).isoformat() if one.days else ""
        price = of.strike if of.strike is not None else of.price
        plain = ["" if value is None else decimal_text(value) for value in (one.invested, price, of.conversion_price)]
        named = [register.holders[one.holder], of.title or one.of, one.shares]
        writer.writerow([*named, plain[0], day, of.family, *plain[1:]])
    if register.pool:
        writer.writerow(["", "pool", register.pool, "", "", "pool", "", ""])
    return text.getvalue()
