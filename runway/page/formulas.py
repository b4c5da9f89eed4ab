"""The programs of a model's scenarios as JavaScript: functions of some sixty rows each, and what they are run with.

Most scenarios only override figures of the base's program.  One that changes a formula has a program of its own, of
which only the functions with another text are printed again: rows, figures and constants have the same places in all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from runway.engine.days import layout
from runway.language.arithmetic import NUDGE, ROUNDER
from runway.language.javascript import ARGUMENTS, JavaScript
from runway.language.python import NONE
from runway.language.tree import History, walk
from runway.page.numbering import Numbering, layout_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from runway.program.plan import Plan
    from runway.program.program import Program
    from runway.program.row import ProgramRow

ROWS = 60
"""Rows of one function: what is much longer, a browser does not optimise."""


class Formulas(NamedTuple):
    """What a page computes with."""

    script: str  # the functions, as JavaScript
    programs: list[dict[str, Any]]  # of each scenario that has one of its own, the base's first
    of: list[int]  # the program of each plan
    places: Numbering
    parameters: list[float]  # of the base; nothing that only another scenario has
    overrides: list[list[tuple[int, float]]]  # of each plan: places and values that differ from the base


def formulas(plans: Sequence[Plan]) -> Formulas:
    """The programs of plans, the base's first."""
    places = Numbering(plans)
    functions: dict[str, int] = {}
    programs: list[dict[str, Any]] = []
    printed: list[Program] = []
    names: dict[str, int] = {}
    of = []
    for plan in plans:
        same = next((n for n, other in enumerate(printed) if _same(other, plan.program)), None)
        if same is None:
            same = len(programs)
            printed.append(plan.program)
            programs.append(_printed(plan, places, functions, names, printed[0]))
        of.append(same)
    for program in programs:
        program["size"], program["constants"] = len(places.rows), len(names)
    base = places.numbers(plans[0])
    return Formulas(
        script=f"const FUNCTIONS=[\n{','.join(functions)}];\n",
        programs=programs,
        of=of,
        places=places,
        parameters=base,
        overrides=[[(n, value) for n, value in enumerate(places.numbers(plan)) if value != base[n]] for plan in plans],
    )


def _same(one: Program, other: Program) -> bool:
    return (one.rows, one.start, one.months) == (other.rows, other.start, other.months)


def _printed(
    plan: Plan, places: Numbering, functions: dict[str, int], names: dict[str, int], base: Program
) -> dict[str, Any]:
    """A program as the page has it; its functions are added to those that are printed already."""
    program = plan.program
    printer = JavaScript(places.rows, places.parameters, program.months, names)
    units = float(10**program.minor_digits)

    def posted(text: str, row: ProgramRow) -> str:
        return f"({text}*{units * NUDGE!r}+R-R)/{units:g}" if row.posted else text

    def function(lines: Sequence[str]) -> int:
        body = ";\n".join(lines)
        return functions.setdefault(f"function({ARGUMENTS}){{\n{body}}}\n", len(functions))

    looked_back = {
        node.row.address
        for row in program.rows
        for node in walk(row.formula)
        if isinstance(node, History) and node.function in ("prev", "lag")
    }
    openings, lines = dict[str, str](), dict[str, str]()
    for row in program.rows:
        printer.row = row.address
        place = places.rows[row.address]
        if row.address in looked_back:
            openings[row.address] = f"O[{place}]={posted(printer.text(row.opening, NONE), row)}"
        lines[row.address] = f"{printer.cell(row.address)}={posted(printer.text(row.formula), row)}"
    constants = [f"K[{place}]={text}" for place, (text, _) in printer.needed.items()]
    order = [row.address for row in program.rows]
    return {
        "start": program.start,
        "months": program.months,
        "units": units,
        "k": [function(part) for part in _parts(constants)],
        "o": [function(part) for part in _parts([*openings.values()])],
        "r": [function([lines[address] for address in part]) for part in _like(order, base)],
        "order": [places.rows[address] for address in order],
        "posted": [int(row.posted and row.address != "total.arr") for row in program.rows],
        "needed": [(place, places.rows[row]) for place, (_, row) in printer.needed.items()],
        "openings": [places.rows[address] for address in openings],
        "layout": layout_json(layout(plan), places),
    }


def _parts(lines: Sequence[str]) -> Iterator[Sequence[str]]:
    for n in range(0, len(lines), ROWS):
        yield lines[n : n + ROWS]


def _like(order: Sequence[str], base: Program) -> Iterator[list[str]]:
    """The rows of each function: cut where the base's are, so that equal ones are printed once."""
    chunk: Mapping[str, int] = {row.address: n // ROWS for n, row in enumerate(base.rows)}
    part, current = list[str](), 0
    for address in order:
        here = chunk.get(address, current)
        if part and (here != current or len(part) == 2 * ROWS):
            yield part
            part = []
        part.append(address)
        current = here
    if part:
        yield part


PRELUDE = f"const R={ROUNDER:.0f};\n"
"""What the printed functions name beside what they call."""
