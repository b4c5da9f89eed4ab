"""Volume times a unit price."""

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from runway.language.fields import FormulaText, Growth, Money
from runway.lines.growth import brought_forward, dated_growth
from runway.lines.line import Anchor, Line, RowFormula

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runway.lines.line import Mistake, Surroundings


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
    grows: ClassVar = ("price", "growth")
    number: ClassVar = "units"
    kind: Literal["usage"]
    volume: FormulaText = Field(description="the units a month: a formula")
    price: Money = Field(description="the money for one unit")
    growth: Growth = Field("0%/month", validate_default=True, description="how fast the price grows")

    formulas: ClassVar = {"units": "volume", "main": "units * price * (1 + growth) ** t"}

    def rows(self) -> dict[str, RowFormula]:
        rows = super().rows()
        grown = "(1 + growth) ** t"
        if not self.growth.even:
            rows["factor"] = RowFormula("prev(factor) * (1 + growth) if t > 0 else 1", "1")
            grown = "factor"
        if forward := brought_forward(self.growth, self.price):
            rows |= forward
            grown = f"grown_to_start * {grown}"
        rows["main"] = RowFormula(f"units * price * {grown}")
        return rows

    def anchor(self) -> Anchor:
        return Anchor("units", itself=False)

    def checks(self, around: "Surroundings") -> "Iterator[Mistake]":
        yield from dated_growth(self.growth, self.price, "price", around)
