"""Problems of the user's input on standard error, all at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.render.text import folded
from runway.words import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runway.errors import Problem

COMMAND_LINE = "command line"  # the file of a place in an argument


def problems_text(problems: Sequence[Problem], width: int | None = None) -> str:
    """Each problem as it writes itself, a blank line between, and how many there are in how many files.

    For a terminal of a `width` excerpts are cut to it, and sentences broken between words.
    """
    files = {problem.place.file for problem in problems if problem.place} - {COMMAND_LINE}
    blocks = [str(problem) if width is None else _terminal_text(problem, width) for problem in problems]
    if files or len(problems) > 1:
        inside = f" in {counted(len(files), 'file')}" if files else ""
        blocks.append(counted(len(problems), "problem") + inside)
    return "\n\n".join(blocks) + "\n"


def _terminal_text(problem: Problem, width: int) -> str:
    lines = [part for line in problem.text_lines() for part in folded(line, width)]
    return "\n".join([*problem.located(width), *lines])
