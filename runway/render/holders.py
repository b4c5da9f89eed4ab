"""A register of shares as a CSV of holders, which `runway import` reads back."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from runway.files.equity.holders import COLUMNS

if TYPE_CHECKING:
    from decimal import Decimal

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
        figures = _plain(price), _plain(of.conversion_price)
        shares = one.shares, _plain(one.invested), day
        writer.writerow([register.holders[one.holder], of.title or one.of, *shares, of.family, *figures])
    if register.pool:
        writer.writerow(["", "pool", register.pool, "", "", "pool", "", ""])
    return text.getvalue()


def _plain(value: Decimal | None) -> str:
    return "" if value is None else f"{value:.10f}".rstrip("0").rstrip(".")
