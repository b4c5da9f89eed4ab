"""Fields that a section adds to every kind of line in it: when its money moves, and its balances at the start."""

from typing import Annotated, ClassVar

from pydantic import Field

from runway.language.dimension import Dimension
from runway.language.fields import ByDate, Day, Delays, OpeningMoney, SomeMonths
from runway.language.figure import Figure
from runway.lines.line import FileTable


class SectionFields(FileTable):
    """Fields that a section adds to every kind in it; read apart from the kind's own."""

    group: str | None = Field(None, description="the name of lines of its section that tables sum up: a department")


BILLS = ByDate("a bill", "money", '"2026-03" = "40k", "2026-06-15" = "60k"', Dimension("money", low=0, schedule=False))


class BilledFields(SectionFields):
    """Fields of a line whose bills may come in other months than it is earned or incurred."""

    off: ClassVar = {"bills": 0.0, "opening_billed_ahead": 0.0}
    absent: ClassVar = off
    without: ClassVar = {"bills": "as it is earned or incurred"}
    needed: ClassVar = {"opening_billed_ahead": "beside bills"}

    bills: Annotated[dict[str, Figure], BILLS] = Field({}, description="its bills by date, as milestones are billed")
    opening_billed_ahead: OpeningMoney | None = Field(
        None,
        description="how far bills are ahead at the end of the month before the start; negative where they are behind",
    )


class RevenueFields(BilledFields):
    """Fields that a line of revenue has beside its kind's."""

    off: ClassVar = {**BilledFields.off, "opening_receivable": 0.0, "opening_deposits": 0.0}
    absent: ClassVar = {**off, "collected_after": 0.0}
    without: ClassVar = {**BilledFields.without, "collected_after": "at once"}
    needed: ClassVar = {
        "opening_receivable": "beside collected_after",
        "opening_deposits": "where collected_after is ahead",
    }

    collected_after: Delays | None = Field(
        None, description="the days or calendar months from a sale to its money, or of its parts"
    )
    opening_receivable: OpeningMoney | None = Field(
        None, description="what customers owe at the end of the month before the start"
    )
    opening_deposits: OpeningMoney | None = Field(
        None, description="what customers have paid ahead at the end of the month before the start"
    )
    recurring: bool | None = Field(None, strict=True, description="whether it counts in recurring revenue (ARR)")


class CostFields(BilledFields):
    """Fields that a line of costs has beside its kind's."""

    off: ClassVar = {**BilledFields.off, "opening_payable": 0.0, "opening_advances": 0.0}
    absent: ClassVar = {**off, "paid_after": 0.0}
    without: ClassVar = {
        **BilledFields.without,
        "paid_after": "at once",
        "paid": "as it is incurred",
        "cost_of": "an operating cost",
        "acquires": "nobody",
    }
    needed: ClassVar = {
        "payday": "beside paid",
        "opening_payable": "beside paid_after or paid",
        "opening_advances": "where paid_after is ahead",
    }

    paid_after: Delays | None = Field(
        None, description="the days or calendar months from a cost to its payment, or of its parts"
    )
    paid: str | None = Field(
        None, strict=True, description='how often it is paid, as pay is: "every 2 weeks", "every week", "every 4 weeks"'
    )
    payday: Day | None = Field(None, description="one of its paydays, from which paid counts the others")
    opening_payable: OpeningMoney | None = Field(
        None, description="what suppliers, or the team, are owed at the end of the month before the start"
    )
    opening_advances: OpeningMoney | None = Field(
        None, description="what suppliers are paid ahead, as for stock, at the end of the month before the start"
    )
    cost_of: str | None = Field(
        None, description='the line of revenue whose cost it is, or "revenue" for all of it: before gross profit'
    )
    acquires: str | None = Field(
        None, description='the line of revenue whose customers it wins, or "revenue" for all: what CAC counts'
    )
    non_cash: bool = Field(
        False, strict=True, description="true for stock pay or credits: a cost that no money leaves for"
    )


class CapitalFields(BilledFields):
    """Fields that a line of capital has beside its kind's."""

    off: ClassVar = {**BilledFields.off, "opening_payable": 0.0, "opening_advances": 0.0}
    absent: ClassVar = {**off, "paid_after": 0.0}
    without: ClassVar = {**BilledFields.without, "paid_after": "at once"}
    needed: ClassVar = {"opening_payable": "beside paid_after", "opening_advances": "where paid_after is ahead"}

    paid_after: Delays | None = Field(
        None,
        description="the days or calendar months from a purchase to its payment, or of its parts",
    )
    opening_payable: OpeningMoney | None = Field(
        None, description="what suppliers are owed at the end of the month before the start"
    )
    opening_advances: OpeningMoney | None = Field(
        None, description="what suppliers are paid ahead, as for stock, at the end of the month before the start"
    )
    written_off_over: SomeMonths | None = Field(
        None, description="the time over which it is written off (depreciation), from the day of each purchase on"
    )


class PassthroughFields(SectionFields):
    """Fields that a line of pass-through has beside its kind's."""

    off: ClassVar = {"opening_held": 0.0}
    absent: ClassVar = off

    opening_held: OpeningMoney | None = Field(
        None,
        description="what is held for others at the end of the month before the start; negative where others hold it",
    )


SECTION_FIELDS: dict[str, type[SectionFields] | None] = {
    "revenue": RevenueFields,
    "costs": CostFields,
    "capital": CapitalFields,
    "passthrough": PassthroughFields,
    "drivers": None,
}
