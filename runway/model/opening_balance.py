"""The table of the assets, debts and equity before the first month that no other table has."""

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from runway.language.fields import FixedOpeningMoney, OpeningMoney, SomeMonths
from runway.lines.line import Component, Mistake
from runway.lines.unsupported import ACCOUNTING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runway.lines.line import Surroundings


class OpeningBalance(Component):
    """`[opening_balance]`: what the company has and owes before the first month, beside what the other tables say.

    ```toml
    [opening_balance]
    fixed_assets = "120k"
    written_off_over = "24 months"
    other_assets = "30k"
    paid_in = "1.5M"
    ```

    Cash, receivables, payables, deferred revenue, loans, notes and SAFEs have openings of their own.  With `paid_in`
    and `retained` the opening sheet must balance; what neither explains is the row `opening_equity`.
    """

    absent: ClassVar = {"fixed_assets": 0.0, "other_assets": 0.0, "other_liabilities": 0.0}
    unsupported: ClassVar = ACCOUNTING
    needed: ClassVar = {"fixed_assets": "beside written_off_over"}
    without: ClassVar = {"written_off_over": "never", "paid_in": "in opening_equity", "retained": "in opening_equity"}

    fixed_assets: FixedOpeningMoney | None = Field(None, description="what purchases before the start are still worth")
    written_off_over: SomeMonths | None = Field(None, description="the time over which these are written off, evenly")
    other_assets: FixedOpeningMoney | None = Field(None, description="other assets; they stay what they are")
    other_liabilities: FixedOpeningMoney | None = Field(None, description="other debts; they stay what they are")
    paid_in: FixedOpeningMoney | None = Field(None, description="what owners have paid in")
    retained: OpeningMoney | None = Field(None, description="what the company has earned, or lost, and kept")

    def checks(self, around: "Surroundings") -> "Iterator[Mistake]":
        del around
        if self.written_off_over is not None and self.fixed_assets is None:
            text = "written_off_over is that of fixed_assets, which is missing beside it."
            yield Mistake(("written_off_over",), "missing-field", text, "key")
