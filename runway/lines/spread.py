"""An amount spread between two dates."""

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from runway.language.fields import Date, FixedMoney, LastDate
from runway.lines.line import Line, Mistake, MoneySpan, RowFormula, Surroundings, in_order
from runway.months import NEVER

if TYPE_CHECKING:
    from collections.abc import Iterator

_FIRST = "(floor(from_) + (from_ - floor(from_)) * 32 / days_in(from_))"
_LAST = "(floor(to) + ((to - floor(to)) * 32 + 1) / days_in(to))"
_SHARE = f"(min(1, max(0, ({{month}} - {_FIRST}) / ({_LAST} - {_FIRST}))) if from_ <= to else 0)"


class Spread(Line):
    """An amount spent evenly by month between two dates; a part month takes its days' part, on those days.

    ```toml
    [capital.stargate]
    kind = "spread"
    amount = "18B"
    from = "2025-06"
    to = "2028-05"
    ```

    What is spent so far is posted and its growth is the month's flow, so the flows sum to the amount to the cent.  In
    another currency whose rate changes, each month's part is converted at that month's rate.
    """

    off: ClassVar = {"amount": 0.0}
    kind: Literal["spread"]
    amount: FixedMoney = Field(description="the money in all")
    from_: Date = Field(alias="from", description="the first day")
    to: LastDate = Field(description="the last day")

    formulas: ClassVar = {
        "spent": RowFormula(f"amount * {_SHARE.format(month='t + 1')}", f"amount * {_SHARE.format(month='0')}", True),
        "main": "spent - prev(spent)",
    }

    def rows(self) -> dict[str, RowFormula]:
        if self.amount.floating is None:
            return super().rows()
        share = RowFormula(_SHARE.format(month="t + 1"), _SHARE.format(month="0"))
        return {"share": share, "main": RowFormula("amount * (share - prev(share))")}

    def over_a_year(self) -> str:
        return f"amount * ({_SHARE.format(month='t + 12')} - {_SHARE.format(month='t')}) / 12"

    def spans(self) -> tuple[MoneySpan, ...]:
        return (MoneySpan("from_", "to"),)

    def checks(self, around: Surroundings) -> "Iterator[Mistake]":
        del around
        if self.to.number >= NEVER > self.from_.number:
            yield Mistake(("to",), "not-a-date", "A spread ends on a day; never is none.")
        yield from in_order(self, "from_", "to")
