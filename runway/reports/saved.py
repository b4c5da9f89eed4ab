"""What the saving of a file changed, before the answer is printed again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.render.figures import PLAIN
from runway.render.report import Prose, Report
from runway.reports.compare import headline, what_changed

if TYPE_CHECKING:
    from runway.answers.compare import Comparison


def report(comparison: Comparison, time: str) -> Report:
    """The runway before and after, and each change with its part of it."""
    lead = Prose(headline(comparison, PLAIN), "", "bold")
    return Report(("saved", time), PLAIN, what_changed(comparison, PLAIN), lead=[lead])
