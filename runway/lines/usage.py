"""Volume times a unit price."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from runway.language.fields import FormulaText, Money, Rate
from runway.lines.line import Line, RowFormula


class Usage(Line):
    """Units a month, by a formula, at a price each.

    ```toml
    [revenue.api]
    kind = "usage"
    volume = "developers * calls_each"
    price = "$0.002"
    ```
    """

    off: ClassVar = {"price": 0.0}
    kind: Literal["usage"]
    volume: FormulaText = Field(description="the units a month: a formula")
    price: Money = Field(description="the money for one unit")
    growth: Rate = Field("0%/month", validate_default=True, description="how fast the price grows")

    formulas: ClassVar = {"units": "volume", "main": "units * price * (1 + growth) ** t"}

    def rows(self) -> dict[str, RowFormula]:
        rows = super().rows()
        if not self.growth.even:
            rows["factor"] = RowFormula("prev(factor) * (1 + growth) if t > 0 else 1", "1")
            rows["main"] = RowFormula("units * price * factor")
        return rows
