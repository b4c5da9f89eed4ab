"""The sources of figures, and the checks that a model must pass: `[sources]` and `[[checks]]`."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from runway.language.dimension import Dimension
from runway.language.fields import Day
from runway.language.figure import Figure
from runway.lines.line import Component
from runway.model.notations import DayText
from runway.model.tables import WRITTEN_RUNG

STATED = Annotated[Figure, Dimension("free", schedule=False)]


class Source(Component):
    """`[sources.ID]`: where figures come from; a figure names it as its `source`.

    ```toml
    [sources.bank]
    title = "Bank statement"
    as_of = "2025-12-31"
    ```
    """

    title: str = Field(description="what it is")
    publisher: str | None = Field(None, description="who says so")
    url: str | None = Field(None, description="where it can be read")
    as_of: Annotated[str, DayText()] | None = Field(
        None, description="the date it speaks of; as of a day before it its figures are not known"
    )


class Check(Component):
    """`[[checks]]`: a statement that the model must satisfy.

    ```toml
    [[checks]]
    expect = "net_loss over 2026-01..2026-12"
    value  = "5B"
    within = "0.8B"
    source = "press"

    [[checks]]
    require = "runway.certain >= 12 months"

    [[checks]]
    preset = "going_concern"
    issued = "2026-03-31"
    ```
    """

    needed: ClassVar = {"value": "beside expect", "within": "beside expect", "issued": "beside preset"}

    name: str | None = Field(None, description="what tells checks apart where one file extends another")
    expect: str | None = Field(None, description="the quantity to compare, and in which months")
    value: STATED | None = Field(None, description="what it is expected to be")
    within: STATED | None = Field(None, description="how far it may be from that, as an amount or a share")
    require: str | None = Field(None, description="a comparison that must hold")
    preset: Literal["going_concern"] | None = Field(None, description="a check that is known by name")
    issued: Day | None = Field(None, description="the day on which the accounts are issued")
    counting: WRITTEN_RUNG = Field("planned", description="the rung of the ladder whose funding is counted in the rows")
    source: str | None = Field(None, description="where the statement comes from")
