"""A share of another row."""

from typing import ClassVar, Literal

from pydantic import Field

from runway.language.fields import Factor, FormulaText
from runway.language.tree import Name, walk
from runway.lines.line import Line


class PercentOf(Line):
    """A share of a row, or of a formula of rows.

    ```toml
    [costs.payment_fees]
    kind = "percent_of"
    of = "total.revenue"
    share = "2.9%"
    ```
    """

    off: ClassVar = {"share": 0.0}
    kind: Literal["percent_of"]
    of: FormulaText = Field(description="what the share is taken of: a formula")
    share: Factor = Field(description="the share")

    formulas: ClassVar = {"main": "share * of"}

    def share_of(self) -> frozenset[str]:
        return frozenset(node.address for node in walk(self.of.tree) if isinstance(node, Name))
