"""The programs of a model's scenarios as JavaScript: functions of some sixty rows each, and the numbers that they read.

Most scenarios only override figures of the base's program.  One that changes a formula has a program of its own, of
which only the functions with another text are printed again: rows, figures and constants have the same places in all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runway.engine.days import layout
from runway.language.arithmetic import posting
from runway.language.javascript import ARGUMENTS, JavaScript
from runway.language.named_tuple import NamedTuple
from runway.language.python import NONE
from runway.language.tree import ZERO, RowRef
from runway.pages.numbering import Numbering, bank_json, layout_json
from runway.program.row import looked_back
from runway.program.undefined import may_not_exist

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from runway.program.plan import Plan
    from runway.program.row import ProgramRow

ROWS = 60
"""Rows of one function: much longer functions a browser does not optimise."""


class Formulas(NamedTuple):
    """The script, programs and parameters that a page computes with."""

    script: str  # the functions, as JavaScript
    programs: list[dict[str, Any]]  # of each scenario that has one of its own, the base's first
    of: list[int]  # the program of each plan
    places: Numbering
    parameters: list[float]  # of the base; nothing that only another scenario has
    overrides: list[list[tuple[int, float]]]  # of each plan: places and values that differ from the base


def formulas(plans: Sequence[Plan], later: Sequence[tuple[ProgramRow, ...]] = ()) -> Formulas:
    """The programs of plans, the base's first; `later` has of each the rows that are run where they are looked at."""
    later = later or [()] * len(plans)
    places = Numbering(plans, later)
    functions: dict[str, int] = {}
    printed: list[tuple[Plan, tuple[ProgramRow, ...]]] = []
    names: dict[str, int] = {}
    program_of = []
    for plan, rows in zip(plans, later, strict=True):
        number = next((n for n, (base, more) in enumerate(printed) if _same(base, plan) and more == rows), len(printed))
        if number == len(printed):
            printed.append((plan, rows))
        program_of.append(number)
    texts = [PrintedLines(plan, plan.program.usual.rows, places, names) for plan, _ in printed]
    further = [PrintedLines(plan, rows, places, names) for plan, rows in printed]
    cut, cut_further = Cuts(texts), Cuts(further)
    programs = []
    for text, more in zip(texts, further, strict=True):
        program = text.json(functions, cut) | {"size": places.usual, "constants": len(names)}
        if more.rows:
            program["later"] = more.calls(functions, cut_further) | {"size": len(places.rows)}
        programs.append(program)
    base, units = places.numbers(plans[0]), float(10 ** plans[0].program.minor_digits)
    named = f"const {','.join(f'{name}={number:.17g}' for name, number in posting(units).items())};\n"
    return Formulas(
        script=f"{named}const FUNCTIONS=[\n{','.join(functions)}];\n",
        programs=programs,
        of=program_of,
        places=places,
        parameters=base,
        overrides=[[(n, value) for n, value in enumerate(places.numbers(plan)) if value != base[n]] for plan in plans],
    )


def _same(base: Plan, plan: Plan) -> bool:
    """Whether two plans have the same formulas over the same months."""
    first, second = base.program, plan.program
    return (first.start, first.months) == (second.start, second.months) and (
        first.rows is second.rows or first.usual.rows == second.usual.rows
    )


class PrintedLines:
    """The lines of some rows of a program: constants, openings and rows, by their places."""

    def __init__(self, plan: Plan, rows: Sequence[ProgramRow], places: Numbering, names: dict[str, int]) -> None:
        self.plan, self.places, self.program, self.of = plan, places, plan.program, rows
        printer = JavaScript(places.rows, places.parameters, self.program.months, names)
        self.units = float(10**self.program.minor_digits)
        self.openings, self.rows = dict[int, str](), dict[int, str]()
        kept = looked_back(rows)
        for row in dict.fromkeys((*self.program.rows, *rows)) if kept else ():
            if row.address in kept:
                printer.row, place = row.address, places.rows[row.address]
                self.openings[place] = f"O[{place}]={self._posted(printer.text(row.opening, NONE), row)}"
        exact = {row.address for row in (*self.program.rows, *rows) if row.posted}
        for row in rows:
            printer.row, place = row.address, places.rows[row.address]
            text, formula = printer.text(row.formula), row.formula
            known = formula == ZERO or (isinstance(formula, RowRef) and formula.address in exact)
            self.rows[place] = f"{printer.cell(row.address)}={text if known else self._posted(text, row)}"
        self.constants = {place: f"K[{place}]={text}" for place, (text, _) in printer.needed.items()}
        self.needed = [(place, places.rows[row]) for place, (_, row) in printer.needed.items()]

    def _posted(self, text: str, row: ProgramRow) -> str:
        return f"({text}*N+R-R)/U" if row.posted else text

    def calls(self, functions: dict[str, int], cuts: Cuts) -> dict[str, list[int]]:
        """The functions of the lines, by kind; they are added to the functions that are printed already."""

        def numbers(kind: str) -> list[int]:
            numbers = []
            for part in cuts.parts(kind, self):
                body = ";".join(getattr(self, kind)[place] for place in part)
                numbers.append(functions.setdefault(f"function({ARGUMENTS}){{\n{body}}}\n", len(functions)))
            return numbers

        return {"k": numbers("constants"), "o": numbers("openings"), "r": numbers("rows")}

    def json(self, functions: dict[str, int], cuts: Cuts) -> dict[str, Any]:
        """The program as the page has it."""
        absent = may_not_exist(self.program.rows)
        return {
            "start": self.program.start,
            "months": self.program.months,
            "units": self.units,
            **self.calls(functions, cuts),
            "order": [*self.rows],
            "posted": [
                2 if row.address in absent else int(row.posted and row.address != "total.arr") for row in self.of
            ],
            "needed": self.needed,
            "openings": [*self.openings],
            "layout": layout_json(layout(self.plan), self.places),
            "bank": bank_json(self.plan, self.places),
        }


class Cuts:
    """The cuts of programs into functions: lines that differ between programs are kept apart from common ones."""

    def __init__(self, texts: Sequence[PrintedLines]) -> None:
        self.where: dict[str, dict[int, tuple[int, bool]]] = {}
        for kind in ("constants", "openings", "rows"):
            lines: list[dict[int, str]] = [getattr(text, kind) for text in texts]
            cuts: dict[int, tuple[int, bool]] = {}
            for n, (place, line) in enumerate(lines[0].items()):
                cuts[place] = n // ROWS, any(program.get(place) != line for program in lines)
            self.where[kind] = cuts

    def parts(self, kind: str, text: PrintedLines) -> Iterator[list[int]]:
        """The places that stand in one function each, in their order."""
        part, previous = list[int](), (0, False)
        for place in getattr(text, kind):
            cut = self.where[kind].get(place, (previous[0], True))
            if part and (cut != previous or len(part) == ROWS):
                yield part
                part = []
            part.append(place)
            previous = cut
        if part:
            yield part
