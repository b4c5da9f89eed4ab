"""Which lines follow others within a month: a share of a sale of the 25th is paid on the 25th.

A formula that multiplies the rows of other lines, or a sum of them, by factors that are the same on all days of a month
moves its money as those lines do; a formula that multiplies by the share of a month since or until a date moves it on
those days.  Any other moves evenly over the month.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.engine.moving import DayRange, Followed, MovingLine, lines_on_days, ranges
from runway.language.named_tuple import NamedTuple
from runway.language.tree import (
    ZERO,
    Binary,
    Call,
    Choose,
    History,
    Negative,
    Node,
    Number,
    Parameter,
    Product,
    RowRef,
    Sum,
    children,
    since,
    until,
    walk,
)
from runway.program.identities import SignedRow
from runway.program.item_rows import main_row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from runway.program.plan import Plan

SECTIONS = ("revenue", "costs", "passthrough", "capital")


class _Linear(NamedTuple):
    """A sum of rows of lines, times factors that are the same on all days of a month."""

    terms: tuple[SignedRow, ...]
    scaled: bool = False


class Followers:
    """Reads off the formulas of a plan which lines follow others."""

    def __init__(self, plan: Plan) -> None:
        model, program = plan
        self.start = model.settings.start
        self.items = {item.name: item for section in SECTIONS for item in model.section(section)}
        self.names = {main_row(item): name for name, item in self.items.items()}
        self.totals = {f"total.{s}": [main_row(item) for item in model.section(s)] for s in SECTIONS}
        self.events = {f"{e.name}.share": f"{e.name}.date" for e in model.section("events") if e.part.days is None}
        self.owners = {*self.items, *(item.name for item in model.section("drivers"))}
        self.formulas = {row.address: row.formula for row in program.rows}
        self._known: dict[str, tuple[DayRange | Followed, ...]] = {}

    def moving(self, name: str) -> MovingLine | None:
        """The days on which a line without days of its own moves its money; None if evenly, or if it is paid later."""
        item = self.items[name]
        later = [getattr(item.shared, field, None) for field in ("collected_after", "paid_after", "paid", "bills")]
        if item.part.spans() or item.part.dated is not None or any(later) or not (parts := self.parts(name)):
            return None
        return MovingLine(f"{name}.cash", parts, ())

    def parts(self, name: str) -> tuple[DayRange | Followed, ...]:
        """The days on which a line is earned or incurred; none if evenly."""
        if name not in self._known:
            self._known[name] = ()  # while it is looked into
            self._known[name] = self._parts(name)
        return self._known[name]

    def _parts(self, name: str) -> tuple[DayRange | Followed, ...]:
        item = self.items[name]
        if item.part.dated is not None:
            day = f"{name}.{item.part.dated}"
            return (DayRange(day, day, None, 0),)
        if spans := item.part.earned_spans():
            return ranges(item, spans, self.start)
        formula = self.formulas[main_row(item)]
        linear = self._linear(formula, name)
        if linear is None:
            return ()
        if not linear.terms:
            return self._dated(formula, name)
        parts = tuple(Followed(term.row, term.sign, self.parts(self.names[term.row])) for term in linear.terms)
        return parts if any(part.parts for part in parts) else ()

    def _linear(self, node: Node, name: str) -> _Linear | None:
        """A formula as a sum of rows, without terms where it reads none; None where it is no such sum."""
        match node:
            case RowRef(address=row) if row in self.totals:
                return _Linear(tuple(SignedRow(1, main) for main in self.totals[row]))
            case RowRef(address=row) if row in self.names and self.names[row] != name:
                return _Linear((SignedRow(1, row),))
            case RowRef(address=row) if row.rpartition(".")[0] in self.owners:
                return self._linear(self.formulas[row], name)
            case Negative(x=inner):
                linear = self._linear(inner, name)
                return linear and linear._replace(terms=tuple(SignedRow(-t.sign, t.row) for t in linear.terms))
            case Sum() | Binary(operator="-"):
                return self._summed(node, name)
            case Product(factors=factors):
                sides = [self._linear(factor, name) for factor in factors]
                known = [side.terms for side in sides if side is not None and side.terms]
                if None in sides or len(known) > 1:
                    return None
                return _Linear(known[0] if known else (), scaled=True)
            case Binary(operator="/", left=left, right=right) if not self._reads(right, name):
                linear = self._linear(left, name)
                return linear and linear._replace(scaled=True)
            case Choose(condition=condition, then=then, otherwise=otherwise) if otherwise == ZERO:
                return None if self._reads(condition, name) else self._linear(then, name)
        return None if self._reads(node, name) else _Linear(())

    def _summed(self, node: Sum | Binary, name: str) -> _Linear | None:
        terms = node.terms if isinstance(node, Sum) else (node.left, Negative(node.right))
        sides = [self._linear(term, name) for term in terms]
        if not any(side is None or side.terms for side in sides):
            return _Linear(())
        plain = [side for side in sides if side is not None and side.terms and not side.scaled]
        return _Linear(tuple(t for side in plain for t in side.terms)) if len(plain) == len(sides) else None

    def _reads(self, node: Node, name: str) -> bool:
        """Whether a formula reads the month's own row of another line."""
        if isinstance(node, RowRef):
            row = node.address
            return row in self.totals or self.names.get(row, name) != name
        if isinstance(node, History):  # a value of earlier months is the same on all days of the month
            return False
        return any(self._reads(below, name) for below in children(node))

    def _dated(self, node: Node, name: str) -> tuple[DayRange, ...]:
        """The days of a formula that is multiplied by the shares of a month since and until dates."""
        first: str | float | None = None
        last: str | float | None = None
        for factor in self._factors(node, name):
            if isinstance(factor, RowRef):
                first = self.events[factor.address] if first is None else first
            elif (day := _day_of(factor, since)) is not None:
                first = day if first is None else first
            elif (day := _day_of(factor, until)) is not None:
                last = day if last is None else last
        return () if first is None and last is None else (DayRange(first, last, None, 0),)

    def _factors(self, node: Node, name: str) -> Iterator[Node]:
        match node:
            case Product(factors=factors):
                for factor in factors:
                    yield from self._factors(factor, name)
            case RowRef(address=row) if row in self.events:
                yield node
            case RowRef(address=row) if row.rpartition(".")[0] == name:
                yield from self._factors(self.formulas[row], name)
            case Call() | Binary(operator="-"):
                yield node


def _day_of(node: Node, share: Callable[[Node], Node]) -> str | float | None:
    """The date, a parameter or a position, of the share of a month since it, or until it; None where it is no such."""
    for day in walk(node):
        if isinstance(day, (Parameter, Number)) and node == share(day):
            return day.address if isinstance(day, Parameter) else day.value
    return None


def moving(plan: Plan) -> dict[str, MovingLine]:
    """The lines of a plan whose money moves on some days of a month only, by name."""
    followers = Followers(plan)
    lines = lines_on_days(plan.model)
    for name in followers.items:
        if (line := followers.moving(name)) is not None:
            lines[name] = line
    return lines
