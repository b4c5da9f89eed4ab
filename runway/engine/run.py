"""Runs a program: one printed Python function steps through the months, on floats for one path, on arrays for many.

Overrides are the only difference between paths: a rung of the ladder, a scenario, a sweep and a draw are all sets of
them.  A result has the shape [months] for one path and [months, paths] for many, by row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from functools import cache, cached_property, lru_cache
from itertools import accumulate, groupby
from math import hypot, isfinite, isnan
from typing import TYPE_CHECKING, Any

from runway.errors import InputError, Problem
from runway.language import arithmetic
from runway.language.named_tuple import NamedTuple
from runway.language.python import ALL, LOWEST, NONE, PRODUCT, Python
from runway.language.tree import History, Negative, Node, Parameter, RowRef, value_nodes
from runway.months import days_in_month, month_label
from runway.program.program import formula_path
from runway.program.row import looked_back
from runway.program.undefined import can_be_absent
from runway.words import amount_text

if TYPE_CHECKING:
    from types import CodeType, TracebackType

    from runway.files.document import Document
    from runway.program.program import Program
    from runway.program.row import ProgramRow

Series = list[Any]  # one value a month: floats, or arrays of one value a path
Paths = Mapping[str, Any]  # parameter address -> a number, or an array of one number a path


class StepFunction(NamedTuple):
    """A step function and the row that each of its lines computes."""

    source: str
    code: CodeType
    lines: dict[int, str]
    reached: frozenset[str]  # rows that vary by path
    read: frozenset[str]  # parameters that some line reads


class RunError(InputError):
    """A figure of a month, counted from the start, that cannot be computed; the months before it can."""

    def __init__(self, problem: Problem, month: int = 0) -> None:
        super().__init__(problem)
        self.month = month


class Engine:
    """A program made ready to run."""

    def __init__(
        self,
        program: Program,
        document: Document | None = None,
        *,
        whole: bool = False,
        core: Iterable[str] | None = None,
    ) -> None:
        """Without `whole` a program's rows are those that something reads, not those of the statements.

        `core` are names of rows that are run on their own too.
        """
        self.program, self.document = program if whole else program.usual, document
        self._rows = self.program.rows
        self._core = self._rows if core is None else self.program.only(core).rows
        self._printed: dict[frozenset[str], Callable[..., tuple[Series, ...]]] = {}
        self._sources: dict[frozenset[str], StepFunction] = {}
        self._set_days()

    def _set_days(self) -> None:
        program = self.program
        self._days = [days_in_month(program.start + t) for t in range(program.months)]
        self._elapsed = list(accumulate(self._days))

    def _with(self, program: Program, document: Document | None) -> Engine:
        """The same step function for another program."""
        engine = copy(self)
        engine.__dict__.pop("as_written", None)
        engine.program, engine.document = program, document
        engine._set_days()
        return engine

    def over(self, months: int) -> Engine:
        """The same program over another number of months, for which it need not be printed again."""
        return self._with(self.program._replace(months=months), self.document)

    def beyond(self, months: int, overrides: Paths | None = None) -> dict[str, Series]:
        """The run over further months; over its own where figures grow beyond every bound in those."""
        try:
            return self.over(months).run(overrides)
        except RunError:
            return self.run(overrides)

    def as_far_as(self, months: int, overrides: Paths) -> dict[str, Series]:
        """The run over so many months, or up to the one that cannot be computed, which comes after its own."""
        try:
            return self.over(months).run(overrides)
        except RunError as error:
            if months == self.program.months:
                raise
            return self.as_far_as(max(error.month, self.program.months), overrides)

    def with_numbers(self, program: Program, document: Document | None) -> Engine:
        """The same rows with the months and numbers of another program, for which they need not be printed again.

        The first month and the minor unit stand in what is printed.
        """
        engine = self._with(program._replace(rows=self.program.rows), document)
        old, new = (([*p.parameters], p.start, p.minor_digits) for p in (self.program, program))
        if old != new:
            engine._printed, engine._sources = {}, {}
        return engine

    def core(self) -> Engine:
        """The rows of its core and those that they read alone, for which it need not be printed again."""
        return self._with(self.program._replace(rows=self._core), self.document)

    @cached_property
    def as_written(self) -> dict[str, Series]:
        """The run without overrides, which several questions of a command read."""
        return self.run()

    def run(self, overrides: Paths | None = None, *, posting: bool = True) -> dict[str, Series]:
        """Every row under the given parameters, by address.

        Parameters that are arrays vary by path; rows that none of them reaches stay floats.  Raises `InputError` for a
        division by zero or another figure that does not exist, naming the row and the month.
        """
        program = self.program
        values: dict[str, Any] = dict(program.parameters)
        varying = set()
        for address, value in (overrides or {}).items():
            if address not in values:
                raise KeyError(address)
            values[address] = value
            if not isinstance(value, (float, int)):
                varying.add(address)
        function, printed = self._function(frozenset(varying), posting)
        whole = program.rows is self._rows
        try:
            results = _stepped(function, (list(values.values()), self._days, self._elapsed, whole), bool(varying))
        except (ZeroDivisionError, OverflowError, ValueError) as error:
            raise self._failure(error, printed) from None
        series = {row.address: result for row, result in zip(program.rows, results, strict=True)}
        if varying:
            paths = max(values[address].shape[0] for address in varying)
            for row in printed.reached & series.keys():
                series[row] = [_each_path(value, paths) for value in series[row]]
            self._refuse_missing(series)
        else:
            self._refuse_unusable(series)
        return series

    def source(self, varying: frozenset[str] = frozenset(), posting: bool = True) -> StepFunction:
        """The step function's text for the parameters that vary."""
        key = varying if posting else varying | {"unposted"}
        if key not in self._sources:
            self._sources[key] = _print(self.program._replace(rows=self._rows), self._core, varying, posting)
        return self._sources[key]

    def _function(
        self, varying: frozenset[str], posting: bool
    ) -> tuple[Callable[..., tuple[Series, ...]], StepFunction]:
        printed = self.source(varying, posting)
        key = varying if posting else varying | {"unposted"}
        if key not in self._printed:
            scope: dict[str, Any] = {name: getattr(arithmetic, name) for name in _HELPERS}
            scope |= arithmetic.Calendar(self.program.start).functions()
            if varying:
                import numpy

                scope |= {"minimum": numpy.minimum, "maximum": numpy.maximum}
            exec(printed.code, scope)  # printed from our own typed tree, which holds names and numbers only
            self._printed[key] = scope["run"]
        return self._printed[key], printed

    def _failure(self, error: Exception, printed: StepFunction) -> RunError:
        """The error with the row and the month that failed: the printed function's line and its counter."""
        trace: TracebackType | None = error.__traceback__
        row, t = "", 0
        while trace is not None:
            if trace.tb_frame.f_code.co_filename == _FILE:
                row, t = printed.lines.get(trace.tb_lineno, ""), trace.tb_frame.f_locals.get("t", 0)
            trace = trace.tb_next
        names = {ZeroDivisionError: "division-by-zero", OverflowError: "overflow", ValueError: "not-a-number"}
        why = {
            "division-by-zero": "divides by zero; guard it with a / b if b != 0 else 0.",
            "overflow": "grows beyond every bound; look at its rates.",
            "not-a-number": "has no value: a logarithm of 0 or less, or a root of a negative number.",
        }
        name = next(names[kind] for kind in names if isinstance(error, kind))
        return self._problem(row, t, name, why[name])

    def _problem(self, address: str, t: int, name: str, predicate: str) -> RunError:
        when = month_label(self.program.start + t)
        address = self.program.shown.get(address, address)
        text = f"In {when}, {address or 'a figure'} {predicate}"
        path = next((row.path for row in self.program.rows if row.address == address), None)
        if self.document is None:
            return RunError(Problem(name, text), t)
        if path is None:  # a total or a balance: no line of the file alone
            path = ("model", "opening_cash")
        where = formula_path(self.document, path)
        table = where == path and len(path) == 2 and path[0] != "model"
        return RunError(self.document.problem(where, name, text, at="key" if table else "value"), t)

    def _refuse_missing(self, series: Mapping[str, Series]) -> None:
        """Refuses a run over paths in which cash does not exist on some path."""
        import numpy

        for t, cash in enumerate(series["cash"]):
            if not numpy.isfinite(cash).all():
                row = next(r.address for r in self.program.rows if not numpy.isfinite(series[r.address][t]).all())
                raise self._problem(row, t, "overflow", "has no value on some path; look at the range of its figures.")

    def _refuse_unusable(self, series: Mapping[str, Series]) -> None:
        """Refuses a figure that is not finite, or too large to be posted exactly."""
        largest = arithmetic.LARGEST / 10**self.program.minor_digits
        bad: list[tuple[int, int, str, str]] = []
        rows = cache(lambda: {row.address: row for row in self.program.rows})
        for n, row in enumerate(self.program.rows):
            values = series[row.address]
            if hypot(*values) <= largest:  # no value is larger than that
                continue
            if not isfinite(sum(values)) and not all(map(isfinite, values)):
                absent = can_be_absent(row.address, rows())
                for t, value in enumerate(values):
                    if not (isfinite(value) or (isnan(value) and absent)):
                        bad.append((t, n, "not-a-number" if isnan(value) else "overflow", row.address))
                        break
            elif row.posted and row.address != "total.arr" and (max(values) > largest or min(values) < -largest):
                t = next(t for t, v in enumerate(values) if abs(v) > largest)
                bad.append((t, n, "balance-too-large", row.address))
        if bad:
            t, place, name, address = min(bad)
            why = {
                "overflow": "grows beyond every bound; look at its rates.",
                "balance-too-large": f"is beyond {amount_text(largest)}, too large to be kept to the minor unit.",
                "not-a-number": "has no value; look at what it is made of.",
            }
            read = [node.address for node in value_nodes(self.program.rows[place].formula) if isinstance(node, RowRef)]
            if name == "not-a-number" and (term := next((row for row in read if can_be_absent(row, rows())), None)):
                why[name] = f"has no value, for {term} does not exist. Write what it is then: … if {term} >= 0 else 0."
            raise self._problem(address, t, name, why[name])


def _each_path(value: Any, paths: int) -> Any:
    """A month's value with one entry a path, also where it happens to be the same for all."""
    import numpy

    return value if getattr(value, "shape", None) == (paths,) else numpy.full(paths, value, dtype=float)


def _stepped(
    function: Callable[..., tuple[Series, ...]], arguments: tuple[list[Any], list[int], list[int], bool], varying: bool
) -> tuple[Series, ...]:
    if not varying:
        return function(*arguments)
    import numpy

    with numpy.errstate(all="ignore"):  # a value that does not exist on a path that does not need it
        return function(*arguments)


_FILE = "<runway step function>"
_HELPERS = (
    "choose",
    "every",
    "some",
    "power",
    "powers",
    "exp",
    "log",
    "floor",
    "ceil",
    "mod",
    "round_half",
    "pmt",
    "step",
    "total",
    "lag",
    "last_days",
    "last_months",
    "UNDEFINED",
)


def _print(program: Program, core: Sequence[ProgramRow], varying: frozenset[str], posting: bool) -> StepFunction:
    """The step function: constants, then one line a row inside the loop over months; those of its core always run."""
    reached = reached_rows(program, varying)
    parameters = {address: n for n, address in enumerate(program.parameters)}
    places = program.places()  # of a row that is another one, the place of that
    printer = Python(places, parameters, lambda address: f"o{places[address]}", reached)
    posting_by = arithmetic.posting(float(10**program.minor_digits))

    kept = looked_back(program.rows)

    def printed(node: Node, hoist: str = ALL, *, posted: bool) -> str:
        text = printer.text(node, hoist, PRODUCT if posted else LOWEST)
        return arithmetic.POSTED.format(text) if posted else text

    exact = {row.address for row in program.rows if row.posted and posting}

    def posted_already(node: Node) -> bool:
        """Whether a node is a posted row of the month or of the one before, which posting leaves as it is."""
        row = node.row if isinstance(node, History) and node.function == "prev" else node
        return isinstance(row, RowRef) and row.address in exact

    openings: list[tuple[int, str, str]] = []
    body: list[tuple[int, str, str]] = []
    constant_rows: list[tuple[str, list[str]]] = []  # rows that are the same in every month
    for n, row in enumerate(program.rows):
        printer.row, formula = row.address, row.formula
        posted = row.posted and posting and not posted_already(formula)
        if row.address in kept:
            opening = printed(row.opening, NONE, posted=row.posted and posting)
            openings.append((n, opening, row.address))
        elif isinstance(formula, RowRef) and not posted:
            places[row.address] = places[formula.address]
            continue
        if printer.constant(formula):
            text = printer.named(printed(formula, posted=row.posted and posting))
            if row.address not in kept:
                printer.constant_rows[n] = text
                constant_rows.append((f"h{n} = [{text}] * months", [row.address]))
                continue
        elif isinstance(formula, Negative) and posted_already(formula.x):
            text = f"0.0 - {printer.text(formula.x)}"  # no -0.0
        else:
            text = printed(formula, posted=posted)
        body.append((n, text, row.address))
    always = {row.address for row in core}

    def guarded(lines: Iterable[tuple[str, Sequence[str]]], indent: str) -> Iterator[tuple[str, str]]:
        """Lines, each with the rows that need it; those that no row of the core needs run in a whole run alone."""
        for needed, group in groupby(lines, lambda line: not always.isdisjoint(line[1])):
            if not needed:
                yield f"{indent}if whole:", ""
            yield from ((f"{indent}{'' if needed else ' '}{text}", rows[0]) for text, rows in group)

    def returned(rows: Sequence[ProgramRow]) -> str:
        return f"({''.join(f'h{places[row.address]}, ' for row in rows)})"

    names = "".join(f"p{n}, " for n in range(len(parameters)))
    stepped = ", ".join(f"h{n}" for n, _, _ in body)
    named = "".join(f", {name}={number!r}" for name, number in posting_by.items())
    lines = [(f"def run(P, DAYS, ELAPSED, whole{named}):", ""), (" months = len(DAYS)", ""), (f" ({names}) = P", "")]
    lines += guarded(printer.preamble, " ")
    lines += [(" t = month = year = days = elapsed_days = 0", "")]
    before = printer.before
    opened = [(f"o{n} = {f'b{n} = ' if n in before else ''}{text}", [row]) for n, text, row in openings]
    lines += guarded((*opened, *constant_rows), " ")
    lines += [(f" [{stepped}] = [[0.0] * months for _ in range({len(body)})]", "")]
    lines += [(" for t in range(months):", ""), ("  days = DAYS[t]; elapsed_days = ELAPSED[t]", "")]
    lines += [(f"  month = ({program.start} + t) % 12 + 1; year = ({program.start} + t) // 12", "")]
    used = printer.used | before
    lines += guarded(((f"{f'v{n} = ' if n in used else ''}h{n}[t] = {text}", [row]) for n, text, row in body), "  ")
    lines += guarded(((f"b{n} = v{n}", [row]) for n, _, row in body if n in before), "  ")
    lines += [(f" return {returned(program.rows)} if whole else {returned(core)}", "")]
    source = "\n".join(text for text, _ in lines)
    of = {n: row for n, (_, row) in enumerate(lines, 1) if row}
    return StepFunction(source, _compiled(source), of, reached & places.keys(), frozenset(printer.read))


@lru_cache(maxsize=256)
def _compiled(source: str) -> CodeType:
    return compile(source, _FILE, "exec")


def reached_rows(program: Program, varying: frozenset[str]) -> frozenset[str]:
    """The rows that varying parameters reach, with the parameters."""
    if not varying:
        return varying
    reached = set(varying)
    grown = True
    while grown:
        grown = False
        for row in program.rows:
            if row.address not in reached and any(
                isinstance(node, (RowRef, Parameter)) and node.address in reached for node in row.nodes
            ):
                reached.add(row.address)
                grown = True
    return frozenset(reached)
