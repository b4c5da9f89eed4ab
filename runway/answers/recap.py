"""A dividend recap that a file names: the model with its loan beside the model without it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from runway.answers.exit import exit_at
from runway.engine.ladder import LADDER, PLACES, default_rung, rung_of, runner_of
from runway.engine.load import load_document
from runway.engine.to_the_end import to_the_end
from runway.funding.recap import loan_of
from runway.language.record import Money, MoneyAmount
from runway.ownership.dividend import dividends
from runway.ownership.flows import holder_flows
from runway.ownership.register import ownership

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from runway.answers.exit import Exit
    from runway.engine.ladder import Rung, Runner
    from runway.model.model import Item, Model
    from runway.program.plan import Plan


@dataclass(frozen=True, slots=True)
class Dividend:
    """One holder's part of a dividend."""

    holder: str
    title: str
    money: Fraction
    invested: Fraction | None  # by that day; None where not known
    multiple: float | None  # all that it received up to that day, the dividend included, ÷ invested

    def to_json(self) -> dict[str, Any]:
        invested = None if self.invested is None else MoneyAmount(self.invested)
        return {"name": self.holder, "title": self.title, "dividend": MoneyAmount(self.money), "invested": invested,
                "multiple": self.multiple}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Recap:
    """A recap: its dividend, the debt that it leaves, and runway with it and without it."""

    name: str
    title: str
    date: date
    borrowed: Money
    fee: Money
    dividend: Money
    holders: tuple[Dividend, ...]
    owed: Money  # at the end of the day
    owed_at_end: Money  # of the last month
    without: Rung
    with_it: Rung
    held: Exit | None  # holding on after it, sold at the last mark; None without a mark


class RecapRun:
    """The plan with the loan of one recap, run."""

    def __init__(self, plan: Plan, item: Item) -> None:
        model = plan.model
        self.item, self.name = item, _free_name(model, f"{item.name}_loan")
        raw = loan_of(model.document.data["exits"][item.name], item.title)
        document = model.original.with_value(("funding", self.name), raw, item.path)
        self.runner = runner_of(load_document(document, model.scenario, model.changes))
        self.rows = self.runner.engine.run({})
        self.date = item.part.date.day

    @property
    def model(self) -> Model:
        return self.runner.model

    def row(self, name: str) -> Sequence[float]:
        """A row of the loan."""
        values: Sequence[float] = self.rows[f"{self.name}.{name}"]
        return values

    def recap(self, without: Runner, mark: Fraction | None, on: date, rate: float | None) -> Recap:
        """The recap beside the plan `without` it; the company is then held, and sold at a mark on a day."""
        owner, rows = ownership(self.model, self.rows), to_the_end(self.runner.plan, self.rows)
        digits = owner.minor_digits
        flows = holder_flows(self.model, owner, self.rows, self.date)
        payments = [amounts for day, amounts in dividends(self.model, owner, self.rows) if day == self.date]
        amounts: dict[str, Fraction] = payments[-1] if payments else {}
        shares = []
        for holder, money in amounts.items():
            history = flows[holder]
            invested = -sum((flow.money for flow in history.flows if flow.money < 0), Fraction(0))
            received = sum((flow.money for flow in history.flows if flow.money > 0), Fraction(0))
            known = history.paid_known and invested > 0
            multiple = float(received / invested) if known else None
            shares.append(Dividend(holder, owner.titles[holder], money, invested if known else None, multiple))
        place = max(default_rung(self.model), PLACES["certain"])
        part = next(item.part for item in self.model.section("funding") if item.name == self.name)
        loan_rows = {row: rows[f"{self.name}.{row}"] for row in part.rows()}
        holding = None if mark is None else exit_at(self.model, rows, [round(mark, digits)], on, rate=rate)
        return Recap(
            name=self.item.name,
            title=self.item.title,
            date=self.date,
            borrowed=sum(self.row("cash")),
            fee=sum(self.row("fee_on_drawing")),
            dividend=sum(self.row("paid_out")),
            holders=tuple(shares),
            owed=part.owed(loan_rows, self.date, owner.start),
            owed_at_end=self.row("balance")[-1],
            without=_rung(without, place),
            with_it=_rung(self.runner, place),
            held=holding,
        )


def _rung(runner: Runner, place: int) -> Rung:
    return rung_of(runner, place, runner.engine.run(LADDER[place].overrides))


def _free_name(model: Model, name: str) -> str:
    """A name that no table of the file has."""
    names = {item.name for item in model.items}
    while name in names:
        name += "_"
    return name
