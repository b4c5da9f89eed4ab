"""A simple agreement for future equity: cash now, shares at the next priced round."""

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from runway.funding.closing import closing_rows, sum_rows
from runway.funding.conversion import ConvertingSum
from runway.language.fields import Date, FixedMoney, FixedShare, FormulaText, LastDate
from runway.lines.line import Mistake, RowFormula

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runway.lines.line import Surroundings


class Safe(ConvertingSum):
    """A SAFE: its cash on a day, or on the first later day its condition holds; its shares in the next priced round.

    ```toml
    [funding.angel_safe]
    kind = "safe"
    investor = "angel"
    amount = "500k"
    date = "2026-01-15"
    form = "post_money"
    cap = "10M"
    discount = "20%"
    ```

    A post-money cap divides by all shares, options granted, the pool as it is and everything that converts; a pre-money
    cap by shares, options and the pool with its increase.  With cap and discount the lower price counts, with neither
    the price of the round.  `ownership` is a fixed share.  `mfn` takes, if they are better, the whole terms of one SAFE
    or note that is issued on a later day (of one day nothing is later): its discount, its cap of either form, or its
    fixed share at the same price, so that three times the money gets three times the share.
    """

    owns: ClassVar = frozenset(
        {
            *("investor", "form", "cap", "cap_counts", "counts_new_pool", "discount", "mfn", "ownership", "seniority"),
        }
    )
    without: ClassVar = {"investor": "its own name", "counts_new_pool": "as its form says"}
    needed: ClassVar = {"form": "beside cap"}
    kind: Literal["safe"]
    status: Literal["committed", "planned"] = Field("committed", description="whether the money is promised or hoped")
    investor: str | None = Field(None, description="who holds it; its own name if left out")
    amount: FixedMoney = Field(description="the money")
    date: Date = Field(description="the earliest day of the money")
    requires: FormulaText | None = Field(None, description="the condition that must hold")
    by: LastDate = Field("never", validate_default=True, description="the last day; after it the money lapses")
    waived: tuple[str, ...] = Field((), description="events of the condition that are treated as met")
    form: Literal["post_money", "pre_money"] | None = Field(None, description="what its cap counts; said with a cap")
    cap: FixedMoney | None = Field(None, description="the valuation above which its price does not rise")
    cap_counts: Literal["pool", "options", "common"] = Field(
        "pool", description="up to what the shares count that a pre-money cap divides by"
    )
    counts_new_pool: bool | None = Field(
        None,
        strict=True,
        description="whether they count the pool that the round adds; a pre-money SAFE does without it",
    )
    discount: FixedShare | None = Field(None, description="what it pays less than the round: 20% is price x 0.8")
    mfn: bool = Field(False, strict=True, description="whether it takes the best terms issued on a later day")
    ownership: FixedShare | None = Field(None, description="the fixed share that it converts into")
    seniority: int = Field(
        1, ge=0, le=100, strict=True, description="its rank at a sale of the company before it converts, as of shares"
    )

    @classmethod
    def called(cls) -> str:
        return "SAFE"

    def rows(self) -> dict[str, RowFormula]:
        """The rows of its cash."""
        return closing_rows("", self.requires) | sum_rows(self.status, self.amount)

    def checks(self, around: "Surroundings") -> "Iterator[Mistake]":
        if self.cap is not None and self.form is None:
            text = (
                'A cap says what it counts: form = "post_money", all that converts too, as in standard SAFEs since '
                '2018, or form = "pre_money", without it.'
            )
            yield Mistake(("cap",), "cap-without-form", text, "key")
        terms = {"cap": self.cap, "discount": self.discount, "mfn": self.mfn}
        fixed = [field for field, value in terms.items() if value]
        if self.ownership is not None and fixed:
            text = f"A SAFE has a fixed ownership or {fixed[0]}, not both."
            yield Mistake((fixed[0],), "terms-contradict", text, "key")
        elif self.mfn and self.cap is not None:
            text = "mfn takes the terms of other SAFEs, so such a SAFE has no cap of its own. Take one of them out."
            yield Mistake(("mfn",), "terms-contradict", text, "key")
        yield from super().checks(around)
