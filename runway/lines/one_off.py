"""An amount on one day."""

from typing import ClassVar, Literal

from pydantic import Field

from runway.language.fields import Date, FixedMoney
from runway.lines.line import Line


class OneOff(Line):
    """An amount that is earned, incurred and paid on one day.

    ```toml
    [costs.settlement]
    kind = "one_off"
    amount = "25M"
    date = "2025-09-30"
    ```
    """

    off: ClassVar = {"amount": 0.0}
    dated: ClassVar = "date"
    decided: ClassVar = frozenset({"amount"})
    kind: Literal["one_off"]
    amount: FixedMoney = Field(description="the money")
    date: Date = Field(description="the day on which it moves")

    formulas: ClassVar = {"main": "amount if t <= date < t + 1 else 0"}
