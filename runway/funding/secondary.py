"""Holders who sell to a buyer: no money comes to the company."""

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from runway.funding.funding import Funding, Transfer
from runway.language.fields import Date, FixedMoney
from runway.language.figure import exact
from runway.lines.line import Mistake, RowFormula
from runway.months import NEVER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runway.lines.line import Surroundings


class Secondary(Funding):
    """A sale of existing shares.  It moves no cash of the company and is listed so that nobody counts it.

    ```toml
    [funding.tender]
    kind = "secondary"
    amount = "5M"
    date = "2025-10-01"
    valuation = "80M"
    sellers = ["ana"]
    buyer = "fund"
    ```

    With sellers and a buyer it moves shares of one class in the cap table.  A share costs valuation / fully diluted
    shares on that day, as converted; amount / price of them are sold, each seller's in proportion to what it holds of
    the class.  Nobody is diluted, nothing converts and no conversion price moves.  The valuation is a mark: what the
    company is held at until the next closing or sale.  Without a valuation nothing is known of the shares.
    """

    off: ClassVar = {"date": NEVER, "amount": 0.0}
    owns: ClassVar = frozenset({"valuation", "sellers", "buyer", "class"})
    without: ClassVar = {"buyer": "not said", "valuation": "not said"}
    needed: ClassVar = {"valuation": "beside sellers", "sellers": "beside buyer", "buyer": "beside sellers"}
    moves_cash: ClassVar = False
    remark: ClassVar = "is a sale between holders; it brings the company no cash"
    kind: Literal["secondary"]
    amount: FixedMoney = Field(description="what the buyer pays to holders")
    date: Date = Field(description="the day of the sale")
    valuation: FixedMoney | None = Field(None, description="what its price puts the whole company at, fully diluted")
    sellers: tuple[str, ...] = Field((), description="the holders who sell, in proportion to what they hold")
    buyer: str | None = Field(None, description="who buys")
    class_: str = Field("common", alias="class", description="the class of the shares that are sold")

    def rows(self) -> dict[str, RowFormula]:
        """The money that changes hands, its day, and the last mark; there is no cash row."""
        volume = RowFormula("amount if t <= date < t + 1 else 0", posted=True)
        rows = {"volume": volume, "due": RowFormula("date")}
        if self.valuation is not None:
            rows["mark"] = RowFormula("valuation if date < t + 1 else 0", posted=True)
        return rows

    def holders(self, name: str) -> tuple[str, ...]:
        del name
        return () if self.buyer is None else (self.buyer,)

    def transfer(self) -> Transfer | None:
        if self.valuation is None:
            return None
        return Transfer(self.sellers, self.buyer, self.class_)

    def checks(self, around: "Surroundings") -> "Iterator[Mistake]":
        named = [field for field, value in (("sellers", self.sellers), ("buyer", self.buyer)) if value]
        if len(named) == 1:
            missing = "buyer, who gets them" if self.sellers else "sellers, whose shares they were"
            yield Mistake((named[0],), "missing-field", f"Shares that change hands need their {missing}.", "key")
        elif named and self.valuation is None:
            text = "valuation is missing: what the price of a share puts the whole company at."
            yield Mistake(("sellers",), "missing-field", text, "key")
        if "class_" in self.model_fields_set and not named:
            yield Mistake(("class",), "missing-field", "A class is sold by sellers to a buyer. Name both.", "key")
        if self.buyer is not None and self.buyer in self.sellers:
            yield Mistake(("buyer",), "terms-contradict", f"{self.buyer} sells and buys the same shares.")
        if len(set(self.sellers)) < len(self.sellers):
            yield Mistake(("sellers",), "terms-contradict", "A seller is listed twice.")
        if self.valuation is not None and exact(self.valuation) == 0:
            yield Mistake(("valuation",), "value-out-of-range", "valuation cannot be 0.")
        del around
