"""The value that a figure must have: the answer, the rung before and after it, where else the target holds; as TOML."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.files.toml import toml_value
from runway.render.figures import month, scale
from runway.render.report import Block, Column, Delta, Prose, Report, Row, Table
from runway.reports.sensitivity import OUTCOME, outcome_cells
from runway.words import climbed_text, counting_text, minus

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runway.answers.solve import Solution, Stretch
    from runway.engine.ladder import Rung


def report(solution: Solution) -> Report:
    """The answer in a sentence, the rung before and after it, notes; `main` has a row as it is and one with it."""
    sides = _sides(solution)
    values = [value for _, rung in sides for value in (rung.lowest_cash, rung.funding_gap, rung.closing_cash)]
    unit = scale(solution.currency, solution.minor_digits, values)
    answer = Prose(_answer(solution), style="bold green" if solution.met else "bold red")
    sections: list[list[Block]] = [[answer], [_rungs(solution)]]
    if solution.owned_after != solution.owned_before:
        sections.append([_dilution(solution)])
    if notes := [Prose(note, "  · ") for note in _notes(solution)]:
        sections.append([*notes])
    counting = counting_text(solution.rung)
    title = (solution.model, solution.scenario, solution.counted_since.text, counting, unit.label)
    return Report(title, unit, sections, main=lambda: _main(solution))


def _sides(solution: Solution) -> list[tuple[str, Rung]]:
    """The rung as it is and, of an answer that was tried, with it."""
    sides = [("as it is", solution.before)]
    if solution.after is not None and solution.answer is not None:
        sides.append((f"with {minus(solution.answer)}", solution.after))
    return sides


def _rungs(solution: Solution) -> Table:
    columns = (
        Column("", wraps=True), Column("runway", "months", "beyond"),
        Column("cash out", "day", f"not by {month(solution.horizon)}"),
        Column("lowest", "money"), Column("gap", "money"), Column("closing", "money"),
    )  # fmt: skip
    return Table("", columns, [Row([label, *outcome_cells(rung)]) for label, rung in _sides(solution)])


def _dilution(solution: Solution) -> Table:
    """Stakes at the end of the horizon without and with the answer."""
    rows = []
    for title in {**solution.owned_before, **solution.owned_after}:
        before, after = solution.owned_before.get(title, 0.0), solution.owned_after.get(title, 0.0)
        rows.append(Row([title, before, after, Delta(before, after)]))
    columns = (
        Column(f"owned in {month(solution.horizon)}", wraps=True), Column("as it is", "share"),
        Column("then", "share"), Column("points", "points"),
    )  # fmt: skip
    return Table("", columns, rows)


def _answer(solution: Solution) -> str:
    """The finding in a sentence."""
    side = f" {solution.side}" if solution.side else ""
    where = "between {} and {}".format(*map(minus, solution.searched))
    answer = minus(solution.answer or "")
    if solution.status == "solved":
        if solution.how == "relative":
            return f"{solution.target}: {solution.address} must change by {answer}{side}"
        return f"{solution.target}: {solution.address} must be {answer}{side} (now {minus(solution.original)})"
    if solution.status == "holds":
        if solution.answer is None and solution.turns:
            return f"{solution.target} holds as it is, outside the range searched"
        if solution.answer is None:
            within = f"{_range(solution)} of {solution.address}"
            return f"{solution.target} holds as it is; nothing within {within} changes that"
        verb = "changes by" if solution.how == "relative" else "is"
        return f"{solution.target} holds as it is, and as long as {solution.address} {verb} {answer}{side}"
    if solution.status == "ineffective":
        return f"no solution: {solution.address} has no effect on {solution.metric} {where}"
    if solution.refused is not None:
        return f"no solution: it would take {solution.address} to be {answer}, and the file cannot hold that"
    return f"no solution: {solution.target} at no value of {solution.address} {where}"


def _range(solution: Solution) -> str:
    return " … ".join(map(minus, solution.searched))


def _notes(solution: Solution) -> Iterator[str]:
    if solution.refused is not None:
        yield solution.refused.rstrip(".")
    if solution.jump is not None:
        yield "it jumps from {} to {} at {}".format(*map(minus, solution.jump))
    elif solution.nearest is not None and solution.refused is None:
        yield "the nearest is {} at {}".format(*map(minus, solution.nearest))
    if solution.climbed:
        yield climbed_text(solution.rung, [solution.address])
    where = "; ".join(map(_stretch, solution.stretches))
    if len(solution.stretches) > 1:
        yield f"more than one answer: the target holds {where}"
    elif solution.turns and not solution.side and any(s.low != s.high for s in solution.stretches):
        yield f"the target holds {where}"
    if solution.met and solution.answer is not None:
        yield f"searched {_range(solution)}; verified by a projection with it"
    elif solution.status == "unsolved" and solution.refused is None:
        yield "search further with --range LOW..HIGH"


def _stretch(stretch: Stretch) -> str:
    low, high = minus(stretch.low), minus(stretch.high)
    if stretch.low == stretch.high:
        return f"at {low}"
    if stretch.low_open and stretch.high_open:
        return f"from {low} to {high}"
    if stretch.low_open:
        return f"up to {high}"
    return f"from {low} on" if stretch.high_open else f"from {low} to {high}"


MAIN = (
    Column("case"), Column("address"), Column("value", "number"), Column("target"), Column("met"),
    Column("counting", "number"),  # text that begins with a sign and is no formula
    *OUTCOME,
)  # fmt: skip


def _main(solution: Solution) -> Table:
    written = (("before", solution.original, solution.status == "holds"), ("after", solution.answer, solution.met))
    rows = [
        Row([case, solution.address, value, solution.target, str(int(met)), rung.counting, *outcome_cells(rung)])
        for (case, value, met), (_, rung) in zip(written, _sides(solution), strict=False)
    ]
    return Table("", MAIN, rows)


def scenario_toml(name: str, solution: Solution) -> str:
    """A scenario to paste: every change beside the file, so that it stands on its own.

    Its title is the target that was solved for.
    """
    counting = solution.rung.removeprefix("+ ")
    lines = [f"[scenarios.{name}]", f"title = {toml_value(f'{solution.target}, counting {counting}')}"]
    return "\n".join([*lines, f"set = {toml_value(solution.set)}"]) + "\n"
