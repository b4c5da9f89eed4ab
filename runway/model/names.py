"""The meaning of the names in a formula: figures, rows, events and measures of one model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.errors import Problem, closest, did_you_mean
from runway.files.closed_months import SETTLED
from runway.language.fields import FormulaText
from runway.language.figure import Entry, Figure
from runway.language.formula import day_alone
from runway.language.lookup import resolve
from runway.language.tree import (
    CLOCK,
    ONE,
    ZERO,
    Binary,
    Call,
    Choose,
    Clock,
    Compare,
    DateText,
    Every,
    FormulaError,
    Happened,
    History,
    Look,
    Name,
    Node,
    Number,
    Parameter,
    Product,
    RowRef,
    Some,
    Sum,
    T,
    same_month,
    total,
    walk,
)
from runway.lines.working_capital import at_start
from runway.model.effects import effective_churn, monthly_value
from runway.model.model import MEASURES, Item, Model, field_values
from runway.months import NEVER, parse_date, position

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from runway.model.addresses import Path

MET_FROM_THE_START = Number(-1000.0)
"""The date of an event that a closing treats as met."""

UNREADABLE = Number(0.0)
"""Stands for a formula whose mistakes have been noted."""


class Namespace:
    """Looks names up: a line's own fields and rows first, then the file's, then the measures."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.start = model.settings.start
        self.figures: dict[str, Figure] = {}
        self.texts: dict[str, FormulaText] = {}
        self.paths: dict[str, Path] = {}
        self.items = {item.name: item for item in model.items}
        self.rows: set[str] = set()
        self.on_demand: frozenset[str] = frozenset()  # rows that are run only where something reads them
        self.demanded = False  # whether a formula of the file reads one of them
        self.main: dict[str, str] = {}  # the row that an item's bare name means
        self._addresses: dict[str, list[str]] = {}  # the addresses below each name, once a name is not known
        self._vocabulary: frozenset[str] = frozenset()
        self.underlying: dict[str, str] = {}  # lever of a line's main row -> its row before levers
        self.problems: list[Problem] = []
        self._aliases: dict[str, str] = {}
        self._replaced: dict[str, Node] = {}  # figures that actions and events change
        self._of_opening = False  # whether the formula that is looked up is a row's opening
        for code, figure in model.fx.items():
            self._add(f"fx.{code}", f"fx.{code}", ("fx", code), figure)
        for name, table in (("model", model.settings), ("tax", model.tax), ("opening_balance", model.opening_balance),
                            ("wind_down", model.wind_down), ("levers", model.levers)):  # fmt: skip
            if table is not None:
                for address, alias, path, value in field_values(table, name, (name,)):
                    self._add(address, alias, path, value)
        for item in model.items:
            for part in (item.part, item.shared):
                if part is not None:
                    for address, alias, path, value in field_values(part, item.name, item.path):
                        self._add(address, alias, path, value)

        for item in model.section("actions"):
            self._act(item)
        for item in model.items:
            if item.section == "revenue" and (field := item.part.churns()) is not None:
                address = f"{item.name}.{field}"
                if (churn := self.figures.get(address)) is not None:
                    node = self._replaced.get(address) or churn.conversion(address, self.start, model.fx)
                    self._replaced[address] = effective_churn(node, item, model)

    def _act(self, item: Item) -> None:
        """Replaces the figures that an action sets by their new values, in the months in which it is on.

        A figure of a day, such as a hire, is as it was in the month of that day.
        """
        from runway.model.action import RELATIVE, changes

        fx = self.model.fx
        for target, place, figure in changes(item, self.figures, self.model.document.data):
            on: Node = RowRef(f"{item.name}.on")
            if (day := parse_date(target.rpartition(".")[2])) is not None:
                since = Binary("-", T, Number(float(position(day, self.start) // 1)))
                on = History("lag", RowRef(f"{item.name}.on"), Call("max", (ZERO, since)))
            before = self._replaced.get(target) or self.figures[target].conversion(target, self.start, fx)
            becomes = figure.conversion(place, self.start, fx)
            if figure.dimension == RELATIVE:
                becomes = Product((before, Sum((ONE, becomes))))
            self._replaced[target] = Choose(Compare("!=", on, ZERO), becomes, before)

    def _add(self, address: str, alias: str, path: Path, value: object) -> None:
        figure = getattr(value, "figure", value)  # a valuation holds one
        if isinstance(figure, Figure):
            self.figures[address] = figure
        elif isinstance(value, FormulaText):
            self.texts[address] = value
        else:
            return
        self.paths[address] = path
        if alias != address:
            self._aliases[alias] = address

    def parameters(self) -> dict[str, Entry]:
        """Every written number by its address, steps of schedules apart."""
        return {a: entry for address, figure in self.figures.items() for a, entry in figure.addresses(address)}

    def add_rows(self, addresses: Iterable[str]) -> None:
        """Declares rows, so that formulas can name them before they are built."""
        self.rows.update(addresses)

    def resolve(
        self,
        tree: Node,
        owner: str,
        *,
        closing: str = "",
        before_levers: bool = False,
        written: bool = False,
        opening: bool = False,
    ) -> Node:
        """The tree with its names meant as `owner` (a line or round) means them.

        `closing` names the closing or clause whose condition is read; `before_levers` makes the main rows of the
        owner's own section mean their rows before levers; in a formula `written` in the file measures such as
        `cash` are the company's; `opening` is that of a row, which no other row is read for.  Raises `FormulaError`.
        """
        if isinstance(tree, Number):
            return tree
        self._of_opening = opening

        def lookup(node: Node) -> Node:
            if isinstance(node, DateText):
                return self._date(node)
            if isinstance(node, Call):
                date, *later = (argument.address for argument in node.arguments if isinstance(argument, Name))
                return self._delayed(*(f"{owner}.{a}" if f"{owner}.{a}" in self.figures else a for a in (date, *later)))
            assert isinstance(node, Name)
            if written and node.address.split(".")[0] in MEASURES and node.address in self.rows:
                self.demanded |= node.address in self.on_demand
                return RowRef(node.address)
            return self._name(node, owner, closing, before_levers)

        def when(condition: Node) -> Node:
            return self._when(condition, owner, closing)

        return resolve(tree, lookup, when)

    def _date(self, node: DateText) -> Node:
        day = parse_date(node.text)
        if node.text == "never":
            return Number(NEVER)
        if day is None:
            from runway.language.misreadings import no_date

            raise FormulaError("not-a-date", no_date(node.text), node.start, node.end)
        return Number(position(day, self.start))

    def _name(self, name: Name, owner: str, closing: str, before_levers: bool) -> Node:
        address = name.address
        if address in CLOCK:
            return Clock(address)
        for prefix in (f"{owner}.{closing}.", f"{owner}.") if closing else (f"{owner}.",):
            if (node := self._address(f"{prefix}{address}", owner, closing, before_levers)) is not None:
                return node
        if address == "main":
            return RowRef(self.main[owner])
        if (node := self._address(address, owner, closing, before_levers)) is not None:
            return node
        if address.split(".")[0] in self.model.unread:
            return UNREADABLE
        raise FormulaError("unknown-name", self._unknown(address, owner), name.start, name.end)

    def _address(self, address: str, owner: str, closing: str, before_levers: bool) -> Node | None:
        address = self._aliases.get(address, address)
        if address in self._replaced:
            return self._replaced[address]
        if address in self.figures:
            figure = self.figures[address]
            if figure.opening and figure.floating and not self._of_opening:  # converted once, as the model begins
                return Product((Parameter(address), RowRef(at_start(figure.floating))))
            return figure.conversion(address, self.start, self.model.fx)
        if address in self.texts:
            return self._text(address, owner, closing, before_levers)
        item = self.items.get(address)
        if item is not None and item.section == "events":
            return Happened(Parameter(f"{address}.date"))
        address = self.main.get(address, address)
        if address in self.rows:
            self.demanded |= address in self.on_demand
            same = before_levers and self._group(address) == self._group(self.main.get(owner, ""))
            return RowRef(self.underlying.get(address, address) if same else address)
        return None

    def _group(self, row: str) -> str:
        item = self.items.get(row.partition(".")[0])
        if item is None or row != self.main.get(item.name):
            return ""
        return {"revenue": "revenue", "costs": "burn", "capital": "burn"}.get(item.section, "")

    def _text(self, address: str, owner: str, closing: str, before_levers: bool) -> Node:
        """A formula of the file; its mistake is noted at its own place."""
        text = self.texts.pop(address)  # a formula cannot name itself
        try:
            if any(isinstance(node, Call) and node.function == "when" for node in walk(text.tree)):
                at = text.text.index("when")
                end = text.text.find(")", at) + 1
                raise FormulaError("formula-not-allowed", "when(...) belongs to funding conditions.", at, end or at + 4)
            tree = self.resolve(text.tree, owner, closing=closing, before_levers=before_levers, written=True)
            if owner in self.items and self.items[owner].section == "actions":
                self._refuse_not_known(tree, text, owner)
            return tree
        except FormulaError as error:
            from runway.language.measures import looks_ahead

            self.note(self.paths[address], looks_ahead(text.text, error))
            return UNREADABLE
        finally:
            self.texts[address] = text

    def note(self, path: Path, error: FormulaError) -> None:
        """Notes a mistake in a formula of the file."""
        span = (error.start, error.end)
        problem = self.model.document.problem(path, error.name, error.text, span=span)
        if problem not in self.problems:
            self.problems.append(problem)

    def _unknown(self, address: str, owner: str) -> str:
        if not self._addresses:
            for known in (*self.figures, *self.rows):
                begins, _, rest = known.partition(".")
                self._addresses.setdefault(begins, []).append(rest)
            names = (*self.items, *self.model.broken, *self.figures, *self.rows)
            self._vocabulary = frozenset(names)
        ways = closest(address, self._addresses.get(owner, ())), closest(address, self._vocabulary)
        hint = did_you_mean(address, [near for near in ways if near is not None])
        return f"No line, driver, event, figure or total is called {address}.{hint}"

    def _when(self, condition: Node, owner: str, closing: str) -> Node:
        """The earliest date on which a condition holds, as rung 2 of the ladder counts it too.

        An event is its date, `and` the later of two, `or` the earlier; a comparison holds from this month's first day
        (or the closing's date, if that is later) or not at all this month.  With `levers.conditional` at 0 nothing
        that is still open comes.
        """
        counted: Node = Compare("!=", Parameter("levers.conditional"), ZERO)
        settled = ZERO if self.model.settled is None else Parameter(SETTLED)
        never = Number(NEVER)
        if condition is UNREADABLE:
            return never
        match condition:
            case Happened():
                name = condition.date.address.removesuffix(".date") if isinstance(condition.date, Parameter) else ""
                if name in self._waived(owner, closing):
                    return MET_FROM_THE_START
                return Choose(Some((counted, Compare("<", condition.date, settled))), condition.date, never)
            case Every():
                return Call("max", tuple(self._when(term, owner, closing) for term in condition.terms))
            case Some():
                return Call("min", tuple(self._when(term, owner, closing) for term in condition.terms))
            case Compare():
                self._refuse_this_month(condition, owner, closing)
                if self.model.settled is not None:
                    counted = Some((counted, Compare("<", T, settled)))
                reached = [counted, condition]
                date = f"{owner}.{closing}.date" if closing else f"{owner}.date"
                if date in self.figures:
                    slip = f"{date.removesuffix('date')}slip"
                    delayed = self._delayed(date, "levers.delay", *([slip] if slip in self.figures else []))
                    reached.append(Compare(">", Sum((T, ONE)), delayed))
                return Choose(Every(tuple(reached)), T, never)
        raise FormulaError(
            "condition-not-datable",
            "A funding condition needs a day on which it comes true. Write events, and comparisons of prev(x) or "
            "lag(x, n), joined by and / or; `not` and plain numbers have no such day.",
            *self._condition_span(self._condition(owner, closing), lambda _: False),
        )

    def _delayed(self, date: str, *later: str) -> Node:
        """A date put off by figures: by calendar months, which keep the day, and by days."""
        months, days = list[Node](), list[Node]()
        for address in later:
            figure = self.figures[address]
            if (unit := figure.entries[0].amount.period) in ("day", "week"):
                days.append(Parameter(address) if unit == "day" else Product((Parameter(address), Number(7.0))))
            else:
                months.append(monthly_value(figure, address, self.model))
        put_off = total([Parameter(date), *months])
        return Call("date_after", (put_off, total(days))) if days else put_off

    def _refuse_this_month(self, comparison: Node, owner: str, closing: str) -> None:
        """Refuses a comparison that reads a value not known before the month."""
        reads = next(same_month(comparison), None)
        if reads is None and not any(isinstance(node, Happened) for node in walk(comparison)):
            return

        def culprit(node: Node) -> bool:
            name = node.name if isinstance(node, Look) else node
            if not isinstance(name, Name):
                return False
            meaning = self._name(name, owner, closing, before_levers=False)
            return isinstance(meaning, Happened) if reads is None else meaning == RowRef(reads)

        text = self._condition(owner, closing)
        span = self._condition_span(text, culprit)
        word = "" if text is None else text.text[slice(*span)]
        hint = f"prev({word})" if word.replace("_", "").replace(".", "").isalnum() else "prev(x) or lag(x, n)"
        says = f"A funding condition is decided before the month is known, so it cannot read {word}. Write {hint}."
        if reads is None:
            says = f"An event is a condition of its own; write {word} without comparing it."
        raise FormulaError("condition-reads-this-month", says, *span)

    def _refuse_not_known(self, condition: Node, text: FormulaText, owner: str) -> None:
        """Refuses the condition of an action that reads a value not known before the month."""
        if isinstance(text.tree, DateText):
            raise day_alone(text.tree)
        reads = next(same_month(condition), None)
        if reads is None:
            return
        for node in walk(text.tree):
            name = node.name if isinstance(node, Look) else node
            if not isinstance(name, Name) or (isinstance(node, Look) and node.function == "prev"):
                continue
            meaning = self.resolve(node, owner, written=True)
            if reads not in same_month(meaning):
                continue
            word = text.text[name.start : name.end]
            if not isinstance(meaning, (RowRef, History)):
                by = next(item.name for item in self.model.section("actions") if reads == f"{item.name}.on")
                says = f"{word} is what {by} changes, so that the action would switch itself. "
                says += "Write what is known before the month, such as prev(unrestricted_cash)."
                raise FormulaError("action-switches-itself", says, name.start, name.end)
            says = f"An action is decided before the month is known, so it cannot read {word}. Write prev({word})"
            if isinstance(node, Look):
                says += f", or give {node.function}({word}, …) a name as a driver and read prev of that"
            raise FormulaError("condition-reads-this-month", f"{says}.", name.start, name.end)

    def _condition(self, owner: str, closing: str) -> FormulaText | None:
        part = self.items[owner].part
        conditions = {clause.name: clause.unless for clause in part.clauses()}
        conditions |= {drawn.name: drawn.requires for drawn in part.closings()}
        text: FormulaText | None = conditions.get(closing)
        return text

    def _condition_span(self, condition: FormulaText | None, culprit: Callable[[Node], bool]) -> tuple[int, int]:
        """The characters of the first node of a condition that is the culprit; the whole condition if it has none."""
        for node in walk(condition.tree) if condition is not None else ():
            name = node.name if isinstance(node, Look) else node
            if isinstance(name, Name) and culprit(node):
                return name.start, name.end
        return 0, max(1, len("" if condition is None else condition.text))

    def _waived(self, owner: str, closing: str) -> tuple[str, ...]:
        return next((drawn.waived for drawn in self.items[owner].part.closings() if drawn.name == closing), ())


def latched(met: Node, address: str) -> tuple[Node, Node]:
    """The formula and opening of a condition's date: the first month in which it holds keeps it."""
    if not any(isinstance(node, Clock) for node in walk(met)):
        return met, Number(NEVER)
    this_month = Choose(Compare("<", met, Sum((T, ONE))), met, Number(NEVER))
    return Call("min", (History("prev", RowRef(address), None), this_month)), Number(NEVER)
