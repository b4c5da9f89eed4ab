"""Two term sheets side by side: the stakes, the prices of the rounds, and the runway."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from runway.engine.ladder import LADDER, rung_of, runner_of
from runway.errors import InputError, Problem
from runway.language.named_tuple import NamedTuple
from runway.language.record import MoneyAmount, Record
from runway.ownership.ownership import PLANNED
from runway.ownership.register import ownership

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from fractions import Fraction

    from runway.engine.ladder import Rung
    from runway.ownership.ownership import CapTableStep, Ownership
    from runway.program.plan import Plan


class Stake(NamedTuple):
    """A holder's share of the fully diluted company under each sheet; 0 where it has none."""

    holder: str
    title: str
    stakes: tuple[Fraction, Fraction]


class RoundPair(NamedTuple):
    """One closing under each sheet; None where it has none."""

    title: str
    steps: tuple[CapTableStep | None, CapTableStep | None]


@dataclass(frozen=True, slots=True, repr=False)
class TermSheets(Record):
    """Two cap tables of one day, and the closings before it.  Stakes are 0-1 of the fully diluted company."""

    names: tuple[str, str]  # of the two sheets
    sides: tuple[Ownership, Ownership]
    on: date
    runway: tuple[Rung, Rung]  # counting planned rounds, as the cap table does

    @property
    def stakes(self) -> list[Stake]:
        """Every holder of either side, in the order of the first; the pool last."""
        tables = [owned.table(self.on) for owned in self.sides]
        titles = {**self.sides[1].titles, **self.sides[0].titles}
        stakes = [Stake(h, titles[h], (tables[0].stake(h), tables[1].stake(h))) for h in _holders(self.sides)]
        stakes = [stake for stake in stakes if any(stake.stakes)]
        pools = tables[0].pool / tables[0].fully_diluted, tables[1].pool / tables[1].fully_diluted
        return [*stakes, Stake("", "Pool, not granted", pools)] if any(pools) else stakes

    @property
    def rounds(self) -> list[RoundPair]:
        """The closings of either side by their name, in the order of the first."""
        steps: dict[str, list[CapTableStep | None]] = {}
        for n, owned in enumerate(self.sides):
            for step in owned.steps:
                if step.closed is not None and step.date <= self.on:
                    title = f"{step.title.removesuffix(PLANNED)} {step.part}".strip()
                    steps.setdefault(title, [None, None])[n] = step
        return [RoundPair(title, (first, second)) for title, (first, second) in steps.items()]

    def to_json(self) -> dict[str, Any]:
        return {
            "names": self.names,
            "currency": self.sides[0].currency,
            "on": self.on,
            "stakes": [stake._asdict() for stake in self.stakes],
            "rounds": [{"title": r.title, "sides": [s and _terms(s) for s in r.steps]} for r in self.rounds],
            "runway": [rung.in_full() for rung in self.runway],
        }


def term_sheets(first: Plan, second: Plan, on: date | None = None, names: tuple[str, str] | None = None) -> TermSheets:
    """Two models' cap tables on the day `on`, else on the last day that both have.

    Raises `InputError` (two-currencies), and of a model without a cap table.
    """
    plans = first, second
    currencies = [plan.model.settings.currency for plan in plans]
    if currencies[0] != currencies[1]:
        text = f"One model is in {currencies[0]}, the other in {currencies[1]}; their prices cannot stand side by side."
        raise InputError(Problem("two-currencies", text))
    sides, rungs = [], []
    for plan in plans:
        runner, place = runner_of(plan), len(LADDER) - 1
        rows = runner.engine.run(LADDER[place].overrides)
        sides.append(ownership(plan.model, rows))
        rungs.append(rung_of(runner, place, rows))
    day = min(owned.last_day for owned in sides) if on is None else on
    titles = names or (first.model.document.title, second.model.document.title)
    return TermSheets(titles, (sides[0], sides[1]), day, (rungs[0], rungs[1]))


def _holders(sides: Sequence[Ownership]) -> list[str]:
    return list(dict.fromkeys(holder for owned in sides for holder in owned.titles))


def _terms(step: CapTableStep) -> dict[str, Any]:
    assert step.closed is not None
    money = {name: MoneyAmount(value) for name, value in figures_of(step).items()}
    return {"date": step.date, **money, "price": step.closed.price}


def figures_of(step: CapTableStep) -> dict[str, float]:
    """The money and the valuations of a closing."""
    closed = step.closed
    assert closed is not None
    return {
        "new_money": float(sum(closed.money.values())),
        "pre_money": float(closed.pre_money),
        "effective_pre_money": float(closed.effective_pre_money),
        "post_money": float(closed.post_money),
    }
