"""The clauses of a model: their terms, the money that they take, and the cost of a delay of their condition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from runway.answers.answer import CountedAnswer
from runway.answers.swings import against
from runway.language.record import Money, MoneyAmount, documented

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from runway.engine.ladder import Rung


@dataclass(frozen=True, slots=True)
class RoundStake:
    """The stake of the round in the end, when its pre-money or its post-money stands after a cut.

    With a cap table all of it is read off the table at the end of the horizon, later rounds included.
    """

    rule: str
    post_money: float
    stakes: Mapping[str, float]  # by investor, 0-1
    sold: float  # all shares of the round, 0-1
    holders: Mapping[str, float]  # of the others in the cap table at the start; empty without one

    def to_json(self) -> dict[str, Any]:
        return {
            "after_cut": self.rule,
            "post_money": MoneyAmount(self.post_money),
            "sold": float(self.sold),
            "stakes": {investor: float(stake) for investor, stake in self.stakes.items()},
            "holders": {holder: float(stake) for holder, stake in self.holders.items()},
        }


@dataclass(frozen=True, slots=True)
class ClauseFate:
    """A round under one fate of its clause."""

    fate: str  # holds, fails, waived
    clause: str | None  # the address of the clause that is used; None where none bites
    set: Mapping[str, float]  # the overrides that make it: positions of events, switches of clauses
    drawn: Money
    free_of_earmarks: Money | None  # drawn less the money set aside for one line; None without earmarks
    runway: Rung
    ownership: tuple[RoundStake, ...]  # by the file's own rule first; empty without a valuation

    KEYS: ClassVar = ("drawn", "free_of_earmarks", "runway", "ownership")


@dataclass(frozen=True, slots=True)
class LatestDay:
    """The latest day on which the condition may be met.

    `held` until `day` the cash lasts as it does when the condition is met in time, and is short the day after;
    `always`: being late does no harm; `unknown`: no open event decides the condition.
    """

    answer: str  # held, always, unknown
    day: date | None = None
    zero_cash_date: date | None = None  # when the condition is met a day later

    def to_json(self) -> dict[str, Any]:
        return {"answer": self.answer, "date": self.day, "zero_cash_date_a_day_later": self.zero_cash_date}


@dataclass(frozen=True, slots=True)
class ClausePrice:
    """One clause: its terms, its effect when the condition fails, and the latest day that this may still be met."""

    address: str
    title: str | None
    cuts: str
    to: float
    by: date | None
    option: bool
    exercised: bool  # as the file has it
    fails: ClauseFate
    latest: LatestDay


@dataclass(frozen=True, slots=True)
class Delay:
    """A round when the open events of its condition come so many months later than in the scenario."""

    months: int
    met: date | None  # the day on which the condition then holds; None if not within the horizon
    drawn: Money
    stake: float | None  # 0-1, of all shares of the round in the end; None where no valuation says it
    runway: Rung


@dataclass(frozen=True, slots=True)
class Terms:
    """The clauses of a round that hang on one condition: readings of one another, one of them used at a time."""

    round: str
    title: str
    headline: float
    condition: str
    holds: ClauseFate | None  # None: no event makes the condition hold in time
    waived: ClauseFate
    clauses: tuple[ClausePrice, ...]
    delays: tuple[Delay, ...]  # none where nothing of the condition is open

    @property
    def readings(self) -> tuple[ClauseFate, ...]:
        """Holds, fails for each clause, waived."""
        return tuple(r for r in (self.holds, *(c.fails for c in self.clauses), self.waived) if r is not None)

    def to_json(self) -> list[dict[str, Any]]:
        """Each clause with its figures; `change` is fails less holds."""
        return [
            {
                "address": clause.address,
                "title": clause.title,
                "round": self.round,
                "headline": MoneyAmount(self.headline),
                "cuts": clause.cuts,
                "to": MoneyAmount(clause.to),
                "unless": self.condition,
                "by": clause.by,
                "option": clause.option,
                "exercised": clause.exercised,
                "holds": self.holds,
                "fails": clause.fails,
                "waived": self.waived,
                "change": self.holds and _change_json(self.holds, clause.fails),
                "latest": clause.latest,
                "delays": self.delays,
            }
            for clause in self.clauses
        ]


def _change_json(holds: ClauseFate, fails: ClauseFate) -> dict[str, Any]:
    """Fails less holds; months are None where either reading lasts beyond the horizon."""
    change = against(fails.runway, holds.runway)
    differences = {key: change[key] for key in ("months", "lowest_cash", "funding_gap")}
    return {"drawn": MoneyAmount(fails.drawn - holds.drawn), **differences}


@dataclass(frozen=True, slots=True, repr=False)
class Clauses(CountedAnswer):
    """The prices of the clauses of a model."""

    terms: tuple[Terms, ...]

    def to_json(self) -> dict[str, Any]:
        """The documented JSON: the clauses by round and condition."""
        clauses = [clause for terms in self.terms for clause in terms.to_json()]
        return {**documented(self, "model", "scenario", "currency", "as_of"), "clauses": clauses}
