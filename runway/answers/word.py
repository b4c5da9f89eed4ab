"""A word of the reports: its meaning, its formula, the source of the definition, and its values in a model.

All words stand in one table, `glossary.toml`; a model's values are read off its answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runway.language.named_tuple import NamedTuple
from runway.language.record import MoneyAmount, Record
from runway.words import day_text, key_of, month_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from runway.answers.field import FieldUses
    from runway.answers.projection import Projection
    from runway.program.plan import Plan

TABLE = Path(__file__).with_name("glossary.toml")
RUNG_UNITS = {"months": "months", "zero_cash_date": "day", "lowest_cash": "money", "funding_gap": "money"}
RAISE_UNITS = {"date": "day", "round_to_extend": "money", "lasts_until": "day"}
STEP_UNITS = {
    "pre_money": "money", "post_money": "money", "effective_pre_money": "money", "price": "number",
    "fully_diluted": "count", "pool_stake": "share",
}  # fmt: skip


class WordValue(NamedTuple):
    """A value of a model: its label, its unit, and the note beside it."""

    label: str
    value: float | str | date | None
    unit: str  # money, months, day, share, number, count, text
    note: str = ""

    def to_json(self) -> dict[str, Any]:
        value = self.value
        return {
            **self._asdict(),
            "value": MoneyAmount(value) if self.unit == "money" and isinstance(value, float) else value,
        }


@dataclass(frozen=True, slots=True, repr=False)
class Word(Record):
    """A word explained; without a model it has no values."""

    word: str
    also: tuple[str, ...]
    means: str
    formula: str
    source: str
    model: str | None
    scenario: str | None
    currency: str | None
    minor_digits: int
    values: tuple[WordValue, ...]
    field: FieldUses | None  # the field of assumption files of the same name, whatever it is there


class PlanProjected(NamedTuple):
    """A plan and its projection."""

    plan: Plan
    projection: Projection


@cache
def glossary() -> Mapping[str, tuple[str, Mapping[str, Any]]]:
    """Each name of a word, as files write names, with the word and its entry."""
    import tomllib

    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    return {key_of(name): (word, entry) for word, entry in table.items() for name in (word, *entry.get("also", ()))}


def is_word(text: str) -> bool:
    """Whether a text names a word; blanks, hyphens and underscores are alike, and so are cases."""
    return key_of(text) in glossary()


def meaning(text: str) -> str:
    """The meaning of a word, in a sentence or two; empty for any other text."""
    _, entry = glossary().get(key_of(text), ("", {}))
    return str(entry.get("means", ""))


def word(text: str, plan: Plan | None = None) -> Word:
    """The word that a text names, with its values in a plan."""
    from runway.answers.field import field

    name, entry = glossary()[key_of(text)]
    settings = None if plan is None else plan.model.settings
    return Word(
        word=name,
        also=tuple(entry.get("also", ())),
        means=entry["means"],
        formula=entry["formula"],
        source=entry["source"],
        model=None if settings is None else settings.name,
        scenario=None if plan is None else plan.model.scenario,
        currency=None if settings is None else settings.currency,
        minor_digits=2 if plan is None else plan.program.minor_digits,
        values=() if plan is None else tuple(_values(plan, entry.get("shows", ()))),
        field=field(text),
    )


def _values(plan: Plan, shows: tuple[str, ...]) -> Iterator[WordValue]:
    """The values of a word in the answers; `shows` is as the head of the table says."""
    if not shows:
        return
    from runway.answers.project import project_model

    projection = project_model(plan)
    for entry in shows:
        kind, _, name = entry.partition(".")
        yield from READERS[kind](PlanProjected(plan, projection), name)


def _rungs(run: PlanProjected, field: str) -> Iterator[WordValue]:
    for line in run.projection.ladder:
        note = month_text(line.rung.lowest_cash_date) if field == "lowest_cash" else ""
        yield WordValue(line.name, getattr(line.rung, field), RUNG_UNITS[field], note)


def _rung(run: PlanProjected, key: str) -> Iterator[WordValue]:
    rung = next(rung for rung in run.projection.runway if key_of(rung.counting) == key)
    for label, field in (("months left", "months"), ("cash out", "zero_cash_date"), ("lowest cash", "lowest_cash")):
        yield WordValue(label, getattr(rung, field), RUNG_UNITS[field])


def _raise(run: PlanProjected, field: str) -> Iterator[WordValue]:
    label = {"lasts_until": ", lasts until"}.get(field, "")
    for line in run.projection.ladder:
        yield WordValue(f"{line.name}{label}", getattr(line.needed, field), RAISE_UNITS[field])


def _headline(run: PlanProjected, name: str) -> Iterator[WordValue]:
    from runway.answers.headline import figures

    if name == "as_of":
        yield WordValue("counted from the end of", run.projection.as_of, "day")
    elif name == "survival":
        verdict, note = run.projection.survival.verdict
        yield WordValue("if costs stayed flat", verdict, "text", note)
    for figure in figures(run.projection):
        if figure.name == name:
            yield WordValue(name, figure.value, "day" if figure.unit == "date" else figure.unit, figure.formula)


def _row(run: PlanProjected, address: str) -> Iterator[WordValue]:
    if address in run.projection.rows:
        base = run.projection.as_of.isoformat()[:7]
        at = next((n for n, month in enumerate(run.projection.months) if month > base), len(run.projection.months) - 1)
        unit = "money" if address in run.projection.money else "number"
        yield WordValue(address, run.projection.rows[address][at], unit, month_text(run.projection.months[at]))


def _metric(run: PlanProjected, key: str) -> Iterator[WordValue]:
    from runway.answers.metrics import metrics

    answer = metrics(run.plan, run.projection)
    line = next(line for line in answer.metrics if line.key == key and not line.line)
    ends = {month[:4]: n for n, month in enumerate(answer.months)}
    unit = "number" if line.unit == "multiple" else line.unit
    for year, n in ends.items():
        value = answer.rows[line.addresses["year"]][n]
        note = month_text(answer.months[n]) if value is not None else line.undefined
        yield WordValue(f"{line.title}, {year}", value, "number" if value is None else unit, note)


def _written(run: PlanProjected, address: str) -> Iterator[WordValue]:
    from runway.program.origin import Origins

    origins = Origins(run.plan)
    if address in origins:
        origin = origins.of(address)
        yield WordValue(address, origin.written, "text", origin.where)


def _rounds(run: PlanProjected, field: str) -> Iterator[WordValue]:
    for funding_round in run.projection.rounds:
        note = f"at the end of {month_text(run.projection.months[-1])}"
        yield WordValue(funding_round.title, getattr(funding_round, field), "money", note)


def _closings(run: PlanProjected, _: str) -> Iterator[WordValue]:
    for closing in run.projection.closings:
        when = "" if closing.date is None else f" {day_text(closing.date)}"
        yield WordValue(closing.address, closing.drawn, "money", f"{closing.status}{when}: {closing.reason}")


def _clauses(run: PlanProjected, _: str) -> Iterator[WordValue]:
    for clause in run.projection.clauses:
        yield WordValue(clause.address, clause.status, "text", clause.reason)


def _covenants(run: PlanProjected, _: str) -> Iterator[WordValue]:
    for covenant in run.projection.covenants:
        breach = "never fails" if covenant.breached is None else f"fails first on {day_text(covenant.breached)}"
        day = covenant.headroom_date
        on = "" if day is None else f"lowest on {day_text(day)}; "
        yield WordValue(covenant.address, covenant.headroom, covenant.unit, f"{on}{breach}: {covenant.require}")


def _actions(run: PlanProjected, _: str) -> Iterator[WordValue]:
    for action in run.projection.actions:
        since = "in no month" if action.since is None else f"from {month_text(action.since)}"
        yield WordValue(action.address, action.status, "text", f"{since}: {action.reason}")


def _decide_by(run: PlanProjected, _: str) -> Iterator[WordValue]:
    if run.projection.wind_down is not None:
        for line in run.projection.ladder:
            yield WordValue(line.name, run.projection.wind_down.decide_by[line.rung.counting], "day", "decide by")


def _milestones(run: PlanProjected, _: str) -> Iterator[WordValue]:
    for milestone in run.projection.milestones:
        yield WordValue(milestone.title, milestone.cushion, "months", f"left after {day_text(milestone.date)}")


def _ownership(run: PlanProjected, field: str) -> Iterator[WordValue]:
    if run.plan.model.captable is None:
        return
    from runway.ownership.register import ownership

    for step in ownership(run.plan.model, run.projection.rows).to_dict()["steps"]:
        if step.get(field) is not None:
            yield WordValue(step["title"], step[field], STEP_UNITS[field], day_text(date.fromisoformat(step["date"])))


READERS = {
    "rungs": _rungs, "rung": _rung, "raise": _raise, "headline": _headline, "row": _row, "written": _written,
    "rounds": _rounds, "closings": _closings, "clauses": _clauses, "covenants": _covenants,
    "actions": _actions, "decide_by": _decide_by,
    "metric": _metric, "milestones": _milestones, "ownership": _ownership,
}  # fmt: skip
"""The reader of a word's values off a projection, by the first part of an entry of `shows`."""
