"""The guide's topics: one line each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.render.figures import PLAIN
from runway.render.report import Column, Prose, Report, Row, Table

if TYPE_CHECKING:
    from runway.answers.guide import Guide

MORE = "runway guide TOPIC shows a page; in a pipe it is plain Markdown."


def report(guide: Guide) -> Report:
    """One row a page."""
    rows = [Row([page.topic, page.summary]) for page in guide.pages]
    table = Table("", (Column("topic"), Column("what it tells", wraps=True)), rows)
    return Report((), PLAIN, [[table], [Prose(MORE)]], main=lambda: table)
