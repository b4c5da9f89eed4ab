"""A figure explained: its formula, its value, and the terms that it comes from, down to the lines of the file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from runway.answers.answer import ModelAnswer, about
from runway.answers.word import glossary
from runway.engine.ladder import LADDER
from runway.engine.statements import DATES
from runway.engine.trace import Part, Trace
from runway.errors import InputError, Problem, did_you_mean
from runway.files.closed_months import CLOSED, SETTLED
from runway.language.formula import FUNCTIONS
from runway.language.measures import RUNGS, measure_named
from runway.language.record import MoneyAmount, documented
from runway.language.tree import CLOCK, Node, Parameter, walk
from runway.model.addresses import addresses, completed, without_section
from runway.model.model import SECTIONS
from runway.months import NEVER, date_at, month_label, month_number
from runway.program.item_rows import main_row
from runway.program.origin import Origin, Origins
from runway.program.program import mentions_metrics
from runway.words import key_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runway.answers.field import FieldUses
    from runway.answers.headline import Headline
    from runway.answers.word import Word
    from runway.model.model import Item
    from runway.program.plan import Plan

DEPTH = 3
MOST_MONTHS = 12  # of a sum over months that are shown one by one
BEFORE = -500.0  # months before the start; the date of a waived event is further back
NEUTRAL = {"levers.delay": 0.0}  # the other levers are 1


@dataclass(frozen=True, slots=True)
class Term:
    """A term of a figure: a row in a month, a written figure, or a condition that held or did not."""

    address: str  # of a condition or a sum over months its text
    month: str | None
    value: float
    unit: str  # money, number, date, condition
    formula: str | None = None
    origin: Origin | None = None
    terms: tuple[Term, ...] = ()
    above: bool = False  # explained further up
    deeper: bool = False  # has terms of its own below the depth of --depth

    def typed(self, start: int) -> float | str | bool:
        """The value as the money, the day or the condition that it is; a figure's is the number that was written."""
        match self.unit:
            case "date":
                return day_of(self.value, start)
            case "condition":
                return self.value != 0
        return MoneyAmount(self.value) if self.unit == "money" else self.value

    def to_json(self, start: int) -> dict[str, Any]:
        """This term and those below it."""
        return {
            "address": self.address,
            "month": self.month,
            "value": self.typed(start),
            "unit": self.unit,
            "formula": self.formula,
            "origin": self.origin,
            "above": self.above,
            "deeper": self.deeper,
            "terms": [term.to_json(start) for term in self.terms],
        }


def day_of(value: float, start: int) -> str:
    """The day of a position on the scale of dates, in words."""
    if value >= NEVER:
        return "never"
    return "before the start" if value < BEFORE else date_at(value, start).isoformat()


@dataclass(frozen=True, slots=True, repr=False)
class Explanation(ModelAnswer):
    """One figure explained; parts that do not exist are None or empty."""

    start: int  # the first month, absolute
    address: str
    title: str | None
    fate: tuple[str, str] | None  # of a closing or clause: its status, and the values that decided it
    term: Term
    inputs: tuple[Origin, ...]  # every written figure that it rests on, at any depth, in the order of the files
    defaults: tuple[Origin, ...]  # figures that nobody wrote
    used_by: tuple[str, ...]  # of a written figure: the rows that read it

    def to_json(self) -> dict[str, Any]:
        """`explained` is the tree to the depth of --depth; `inputs` are all written figures below it, at any depth."""
        status, reason = self.fate or (None, None)
        return {
            **documented(self, "model", "scenario", "currency", "address", "title"),
            "status": status,
            "reason": reason,
            "explained": self.term.to_json(self.start),
            **documented(self, "inputs", "defaults", "used_by"),
        }


def explain(plan: Plan, address: str, month: str | None = None, *, depth: int = DEPTH) -> Explanation:
    """The value of a row, a figure, an event, a closing or a clause, and the terms that it comes from.

    A bare name is that of formulas; without a month it is the first.  Values are those of one run, the
    scenario as written (the last rung of the ladder).  Raises `InputError`: unknown-address, bad-month,
    month-outside-model, value-out-of-range.
    """
    if depth < 1:
        raise InputError(Problem("value-out-of-range", "--depth is a whole number from 1."))
    address = without_section(plan.model.document.data, address)
    if mentions_metrics(address):
        from runway.program.metrics import with_metrics

        plan = with_metrics(plan)
    return _Explainer(plan).explanation(address, month, depth)


def explained(plan: Plan, name: str, month: str | None, depth: int | None) -> Explanation | Headline | Word | FieldUses:
    """The explanation of a name: of the model as `explain` has it, of the headline, a word of the reports, or a field.

    A name of the file comes first, then `runway` and its rungs, then rows, words, figures, and fields last: by their
    name alone those of all kinds, by an address that of its table.
    Raises `InputError`: what these raise, not-by-month, option-without-effect.
    """
    from runway.answers.field import field, field_at
    from runway.answers.headline import headline
    from runway.answers.word import is_word, word

    of_model = name in {item.name for item in plan.model.items}
    measure = None if of_model or key_of(name) in RUNGS else measure_named(name)
    if measure is not None and (measure.rung is not None or measure.measure.key == "runway"):
        refuse_terms(month, depth, "The headline")
        return headline(plan, measure.rung)
    if of_model or not is_word(name) or name in {row.address for row in plan.program.rows}:
        try:
            return explain(plan, name, month, depth=DEPTH if depth is None else depth)
        except InputError as error:
            no_name = error.problems[0].name in ("unknown-address", "ambiguous-address")
            uses = field(name, Origins(plan).addresses()) or field_at(plan.model.document, name) if no_name else None
            if uses is None:
                raise
            refuse_terms(month, depth, f"What {name} means")
            return uses
    refuse_terms(month, depth, f"What {name} means")
    return word(name, plan)


def refuse_terms(month: str | None, depth: int | None, subject: str) -> None:
    """Refuses a month and a depth for an explanation without terms."""
    if month is not None:
        raise InputError(Problem("not-by-month", f"{subject} is one for the whole model; leave the month out."))
    if depth is not None:
        text = f"{subject} is told without a tree, so --depth has no effect; leave it out."
        raise InputError(Problem("option-without-effect", text))


def neutral_levers(plan: Plan, origins: Origins | None = None) -> dict[str, float]:
    """The levers that nobody has set, at their neutral values; they are left out of explanations."""
    parameters, origins = plan.program.parameters, origins or Origins(plan)
    levers = [a for a in parameters if a.startswith("levers.") and not (a in origins and origins.is_written(a))]
    neutral = {a: parameters[a] for a in levers if parameters[a] == NEUTRAL.get(a, 1.0)}
    return neutral | {a: parameters[a] for a in (CLOSED, SETTLED) if a in parameters}


class _Explainer:
    def __init__(self, plan: Plan) -> None:
        self.plan, self.origins = plan, Origins(plan)
        self.model, self.program = plan
        self.trace = Trace(plan, neutral_levers(plan, self.origins))
        self.posted = {row.address for row in self.program.rows if row.posted}
        self.seen: set[Part] = set()

    def explanation(self, address: str, month: str | None, depth: int) -> Explanation:
        part, fate, title = self.part_named(address, None if month is None else self.month(month))
        inputs = self.figures_below(part)
        written = sorted((o.place[:3], n) for n, o in enumerate(inputs) if o.place)
        return Explanation(
            **about(self.plan),
            start=self.program.start,
            address=address,
            title=title,
            fate=fate,
            term=self.term(part, depth, ()),
            inputs=tuple(inputs[n] for _, n in written),
            defaults=tuple(o for o in inputs if o.place is None),
            used_by=tuple(self.readers(part.address)) if part.role == "figure" else (),
        )

    def month(self, text: str) -> int:
        """The place of a month in the model; of a day, its month."""
        number = month_number(text[:7]) if len(text) in (7, 10) else None
        if number is None:
            raise InputError(Problem("bad-month", f'{text} is no month. A month is written "2025-04".'))
        t = number - self.program.start
        if not 0 <= t < self.program.months:
            first, last = (month_label(self.program.start + n) for n in (0, self.program.months - 1))
            outside = f"{text} is outside the model, which runs from {first} to {last}."
            raise InputError(Problem("month-outside-model", outside))
        return t

    def part_named(self, address: str, month: int | None) -> tuple[Part, tuple[str, str] | None, str | None]:
        """The part that an address names in a month, else the first; the fate of a closing or clause; and the title."""
        t = month or 0
        rows, items = self.trace.rows, {item.name: item for item in self.model.items}
        item = items.get(address.partition(".")[0])
        title = None if item is None or item.title == item.name else item.title
        if item is not None and item.section == "actions" and address == item.name:
            return self.action_part(item, month)
        if (fate := self.fate(address)) is not None:
            return self.deciding_part(address), fate, title
        if address in rows:
            return Part("row", address, t), None, title
        if address in self.origins or (address.startswith("actuals.") and address in self.program.parameters):
            return Part("figure", address, t), None, title
        if item is not None and address == item.name:
            if item.part.main_figure is not None:
                return Part("figure", f"{address}.{item.part.main_figure}", t), None, title
            if main_row(item) in rows:
                return Part("row", main_row(item), t), None, title
        parts = (a.rpartition(".") for a in self.origins.addresses())
        steps = {number: a for head, _, a in parts if head == address and (number := month_number(a)) is not None}
        if steps:
            reached = [number for number in steps if number - self.program.start <= t]
            return Part("figure", f"{address}.{steps[max(reached, default=min(steps))]}", t), None, title
        full_address = completed(address, [*rows, *self.origins.addresses()])
        if full_address != address:
            return self.part_named(full_address, month)
        from runway.answers.error import error_names
        from runway.answers.field import field_names

        figures = (figure for figure in self.origins.addresses() if not figure.startswith("levers."))
        fields = addresses(self.model.document.data)
        errors = error_names()
        known = ["runway", *glossary(), *items, *rows, *figures, *field_names(), *fields, *errors]
        hint = did_you_mean(address, known) or " runway explain explains a row, a figure, a closing or an error's name."
        if address in SECTIONS and f"{address}." not in hint:
            hint = f" It is a section of the file; runway kinds {address} has its fields."
        elif address in FUNCTIONS or address in CLOCK:
            hint = " Formulas have it: runway guide formulas."
        elif address in errors:
            hint = f" It is the name of an error: runway explain {address}."
        raise InputError(Problem("unknown-address", f"There is nothing called {address} in this model.{hint}"))

    def action_part(self, item: Item, month: int | None) -> tuple[Part, tuple[str, str], str | None]:
        """The row of an action in a month, else in the first that it is on, with its fate and its title."""
        from runway.answers.actions import actions
        from runway.words import month_text

        runs = [self.trace.values] * len(LADDER)
        action = next(action for action in actions(self.plan, runs) if action.address == item.name)
        on = self.trace.values[main_row(item)]
        t = month if month is not None else on.index(1.0) if 1.0 in on else self.program.months - 1
        when = "" if action.since is None else f", from {month_text(action.since)}"
        title = None if item.title == item.name else item.title
        return (
            Part("row", main_row(item), t),
            (f"{action.status}{when}: {', '.join(action.sets)}", action.reason),
            title,
        )

    def deciding_part(self, address: str) -> Part:
        """The row and the month in which a closing or clause was decided; the last month where it is still open."""
        last = self.program.months - 1
        if f"{address}.bites" in self.trace.rows:
            by = self.program.parameters[f"{address}.by"]
            return Part("row", f"{address}.bites", int(min(max(by, 0), last)))
        due, cash = self.trace.values[f"{address}.due"][-1], self.trace.values[f"{address}.cash"]
        if 0 <= due <= last and cash[int(due)]:
            return Part("row", f"{address}.cash", int(due))
        return Part("row", f"{address}.due", last)

    def fate(self, address: str) -> tuple[str, str] | None:
        """The status of a closing or clause, and the values that decided it."""
        from runway.answers.closings import clauses, closings
        from runway.words import amount_text, day_text

        if "." not in address and f"{address}.due" not in self.trace.rows:
            return None
        for closing in closings(self.plan, self.trace.values):
            if closing.address == address:
                when = "" if closing.date is None else f" on {day_text(closing.date)}"
                reduced = closing.status == "reduced"
                amount = sum(self.trace.values[f"{address}.cash"]) if reduced else closing.amount
                return f"{closing.status}{when}: {amount_text(amount)}", closing.reason
        for clause in clauses(self.plan, self.trace.values):
            if clause.address == address:
                when = "" if clause.date is None else f", {day_text(clause.date)}"
                return f"{clause.status}{when}", clause.reason
        return None

    def term(self, part: Part, depth: int, within: tuple[str, ...]) -> Term:
        """A part with its terms, so many levels deep."""
        if part.role == "figure":
            origin = self.origins.of(part.address)
            return Term(part.address, None, origin.number, "date" if origin.is_date else "number", origin=origin)
        inner_parts = self.trace.below(part)
        if part.role == "look":  # its months are shown by their values, of a long sum none
            inner_parts = inner_parts if len(inner_parts) <= MOST_MONTHS else []
            within, depth = (*within, part.address), min(depth, 1)
        explained_above = part in self.seen
        recurring = part.role == "row" and part.address in within  # the same formula, in another month
        stop = explained_above or recurring or depth <= 0
        if not stop:
            self.seen.add(part)
        name, formula = self.name_and_formula(part)
        last = part.address.rpartition(".")[2]
        unit = "condition" if part.role == "condition" else "date" if last in DATES else "number"
        if unit == "number" and part.address in self.posted:
            unit = "money"
        inner_path = (*within, part.address) if part.role == "row" else within
        return Term(
            address=name,
            month=month_label(self.program.start + part.t) if part.role == "row" else None,
            value=self.trace.value(part),
            unit=unit,
            formula=None if stop else formula,
            terms=() if stop else tuple(self.term(inner, depth - 1, inner_path) for inner in inner_parts),
            above=explained_above,
            deeper=depth <= 0 and not (explained_above or recurring) and bool(inner_parts),
        )

    def name_and_formula(self, part: Part) -> tuple[str, str | None]:
        """The name of a part, and its formula."""
        trace = self.trace
        if part.role == "row":
            return part.address, trace.formula(trace.rows[part.address].formula, part.t)
        if part.role == "opening":
            opening = trace.rows[part.address].opening
            return f"{part.address} before the start", trace.formula(opening, part.t)
        return trace.formula(part.node, part.t), None

    def figures_below(self, part: Part) -> list[Origin]:
        """Every figure below a part, at any depth and in any month before."""
        pending, visited = [part], {part}
        figures: dict[str, None] = {}
        while pending:
            part = pending.pop()
            if part.role == "figure":
                figures[part.address] = None
            for inner in self.trace.below(part):
                if inner not in visited:
                    visited.add(inner)
                    pending.append(inner)
        return [self.origins.of(address) for address in figures]

    def readers(self, address: str) -> Iterator[str]:
        """The rows whose formula or opening reads a figure."""
        for row in self.program.rows:
            nodes: list[Node] = [*walk(row.formula), *walk(row.opening)]
            if Parameter(address) in nodes and row.address != address:
                yield self.program.shown.get(row.address, row.address)
