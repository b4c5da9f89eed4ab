"""Holders who sell to buyers: no money comes to the company."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from runway.lines.line import Component, Date, FixedMoney, RowFormula


class Secondary(Component):
    """A sale of existing shares.  It moves no cash of the company and is listed so that nobody counts it.

    ```toml
    [funding.tender]
    kind = "secondary"
    amount = "5B"
    date = "2025-10-01"
    ```
    """

    sections: ClassVar = ("funding",)
    kind: Literal["secondary"]
    amount: FixedMoney = Field(description="what buyers pay to holders")
    date: Date = Field(description="the day of the sale")

    def rows(self) -> dict[str, RowFormula]:
        """What changes hands; there is no cash row."""
        return {"volume": RowFormula("amount if t <= date < t + 1 else 0", posted=True)}
