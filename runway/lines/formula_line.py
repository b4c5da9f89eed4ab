"""Lines and drivers whose formula is written in the file."""

from typing import ClassVar, Literal

from pydantic import ConfigDict, Field

from runway.language.fields import FormulaText, Free
from runway.lines.line import Component, Line, RowFormula


class FormulaLine(Line):
    """What the other kinds do not cover; every further key is a parameter of the formula.

    ```toml
    [costs.sharing]
    kind = "formula"
    formula = "rate * total.revenue"
    rate = "20%"
    ```
    """

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Free]
    further: ClassVar = ("PARAMETER", "a parameter of the formula", "a figure")

    off: ClassVar = {}
    switched: ClassVar = "formula"
    absent: ClassVar = {"opening": 0.0}
    kind: Literal["formula"]
    formula: FormulaText = Field(description="the formula of the month's amount")
    opening: Free | None = Field(None, description="the value at the end of the month before the start")

    formulas: ClassVar = {"main": "formula"}

    def rows(self) -> dict[str, RowFormula]:
        return {"main": RowFormula("formula", "0" if self.opening is None else "opening")}


class Driver(Component):
    """A series that is not money; every further key is a parameter of its formula.

    ```toml
    [drivers.weekly_users]
    opening = "500M"
    formula = "prev(weekly_users) * (1 + growth)"
    growth = "4%/month"
    ```
    """

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Free]
    further: ClassVar = ("PARAMETER", "a parameter of the formula", "a figure")

    sections: ClassVar = ("drivers",)
    absent: ClassVar = {"opening": 0.0}
    formula: FormulaText = Field(description="the formula of the month's value")
    opening: Free | None = Field(None, description="the value at the end of the month before the start")

    formulas: ClassVar[dict[str, str]] = {"main": "formula"}

    def rows(self) -> dict[str, RowFormula]:
        """The driver's one row."""
        return {"main": RowFormula("formula", "0" if self.opening is None else "opening")}
