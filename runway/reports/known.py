"""The line under the title of a report that is read as of a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.render.figures import day, month
from runway.render.report import Prose
from runway.words import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runway.answers.known import Knowledge
    from runway.render.report import Report


def with_known(report: Report, known: Sequence[Knowledge]) -> Report:
    """The report with a line under its title for each day as of which a model of it is read."""
    coarser = report.coarser
    return report._replace(
        lead=(*dict.fromkeys(map(known_line, known)), *report.lead),
        coarser=None if coarser is None else lambda: with_known(coarser(), known),
    )


def known_line(known: Knowledge) -> Prose:
    """The day as of which the model is read, how far its books go, and which of its figures were known."""
    without = "no month closed" if known.books else "no books"
    parts = [without if known.closed is None else f"closed to {month(known.closed)}"]
    if known.bank is not None:
        parts.append(f"the bank to {day(known.bank)}")
    if known.earlier:
        values = "its earlier value" if len(known.earlier) == 1 else "their earlier values"
        parts.append(f"{counted(len(known.earlier), 'figure')} of later date taken at {values}")
    parts.append(f"{len(known.undated)} undated")
    if known.checks_left_out:
        parts.append(f"{counted(known.checks_left_out, 'check')} of a later source left out")
    return Prose(f"as of {day(known.as_of)}: {', '.join(parts)}", "", "dim")
