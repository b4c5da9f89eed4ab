"""Holders who sell to buyers: no money comes to the company."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from runway.funding.funding import Funding
from runway.language.fields import Date, FixedMoney
from runway.lines.line import RowFormula
from runway.months import NEVER


class Secondary(Funding):
    """A sale of existing shares.  It moves no cash of the company and is listed so that nobody counts it.

    ```toml
    [funding.tender]
    kind = "secondary"
    amount = "5B"
    date = "2025-10-01"
    ```
    """

    off: ClassVar = {"date": NEVER, "amount": 0.0}
    moves_cash: ClassVar = False
    remark: ClassVar = "is a sale between holders; it brings the company no cash"
    kind: Literal["secondary"]
    amount: FixedMoney = Field(description="what buyers pay to holders")
    date: Date = Field(description="the day of the sale")

    def rows(self) -> dict[str, RowFormula]:
        """What changes hands; there is no cash row."""
        return {"volume": RowFormula("amount if t <= date < t + 1 else 0", posted=True)}
