"""A sale of the company that its holders may weigh: `[exits]`."""

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from runway.language.fields import FixedMoney, LastDate
from runway.lines.line import Component, Mistake
from runway.months import NEVER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runway.lines.line import Surroundings


class ExitOffer(Component):
    """An offer for the company, or any sale of it worth comparing with holding on; `kind` may be left out.

    ```toml
    [exits.trade_sale]
    value = "25M"
    date = "2026-09-30"
    ```
    """

    sections: ClassVar = ("exits",)
    borrows: ClassVar = False
    off: ClassVar = {"date": NEVER}
    owns: ClassVar = frozenset({"value", "date"})
    main_figure: ClassVar = "value"
    unsupported: ClassVar = {
        "earn_out": "prices that depend on later results",
        "escrow": "parts of the price that are held back",
        "stock": "prices paid in the buyer's shares",
    }
    kind: Literal["sale"] = "sale"

    value: FixedMoney = Field(description="what is paid for the company, in the model's own currency")
    date: LastDate | None = Field(None, description="the day of the sale; the model's last if left out")

    def checks(self, around: "Surroundings") -> "Iterator[Mistake]":
        code = self.value.entries[0].amount.currency
        if code is not None and code in around.fx:
            yield Mistake(
                ("value",), "wrong-currency", f"value is written in the model's own currency, {around.currency}."
            )
