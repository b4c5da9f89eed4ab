"""Problems of the user's input on standard error, all at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.words import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runway.errors import Problem

COMMAND_LINE = "command line"  # the file of a place in an argument


def problems_text(problems: Sequence[Problem]) -> str:
    """Each problem as it writes itself, a blank line between, and how many there are in how many files."""
    files = {problem.place.file for problem in problems if problem.place} - {COMMAND_LINE}
    blocks = [str(problem) for problem in problems]
    if files or len(problems) > 1:
        inside = f" in {counted(len(files), 'file')}" if files else ""
        blocks.append(counted(len(problems), "problem") + inside)
    return "\n\n".join(blocks) + "\n"
