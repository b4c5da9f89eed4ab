"""The table of the cost of closing the company decently."""

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from runway.language.dimension import Dimension
from runway.language.fields import Money, MoneyFlow, Months
from runway.language.figure import Figure
from runway.lines.line import Component

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runway.errors import Problem
    from runway.model.model import Model

DaysOfPay = Annotated[Figure, Dimension("days", low=0, schedule=False)]


class WindDown(Component):
    """`[wind_down]`: what closing the company decently costs, and so the last day on which that can still be paid.

    ```toml
    [wind_down]
    notice = { team = "3 months" }
    severance = { team = "1 week" }
    tenure = { team = "2 years" }
    other = "60k"
    ```

    `wind_down.reserve` at the end of a month is the sum of: so many months of what lines of costs come to in that month
    (`notice`: pay, the rest of a lease); for each year that people have served some days of their pay without what is
    loaded on top (`severance`), of pay up to `pay_limit`; what else it costs; and what is owed, each unless it is left
    out: bills of suppliers, revenue that is billed and not earned, deposits of customers, money held for others and
    taxes, loans with the interest since their last payment and the fee of the last one.

    People have served their `tenure` before the first month, and a month more at the end of each; who joins has served
    none yet, and those who leave are taken to have served as long as all.
    """

    absent: ClassVar = {"notice": 0.0, "severance": 0.0, "tenure": 0.0, "other": 0.0}
    without: ClassVar = {"pay_limit": "no limit"}

    notice: dict[str, Months] = Field({}, description="the months of its cost that a line is still paid for, by line")
    severance: dict[str, DaysOfPay] = Field({}, description="the pay for each year of service, by line of people")
    tenure: dict[str, Months] = Field({}, description="the average service before the first month, by line of people")
    pay_limit: MoneyFlow | None = Field(None, description="the most pay that severance counts")
    other: Money = Field(0, validate_default=True, description="what else it costs: advisers, accounts, a liquidator")
    payables: bool = Field(True, strict=True, description="whether suppliers are paid")
    refunds: bool = Field(True, strict=True, description="whether what is billed or paid and not earned is paid back")
    taxes: bool = Field(True, strict=True, description="whether taxes and what is held for others are paid")
    debt: bool = Field(True, strict=True, description="whether loans and credit lines are repaid")


def wind_down_problems(model: "Model") -> "Iterator[Problem]":
    """The lines that it names exist, and are of people where service counts."""
    from runway.errors import choice_hint

    table = model.wind_down
    if table is None:
        return
    costs = {item.name: item for item in (*model.section("costs"), *model.section("capital"))}
    teams = [name for name, item in costs.items() if item.part.people is not None]
    for field, known, noun in (
        ("notice", [*costs], "line of costs or capital"),
        ("severance", teams, "line of people (headcount)"),
        ("tenure", [*table.severance], "line with a severance"),
    ):
        for name in getattr(table, field):
            if name not in known and name not in model.broken:
                hint = choice_hint(name, known)
                text = f"{name} is no {noun}.{hint}"
                yield model.document.problem(("wind_down", field, name), "unknown-line", text, at="key")
