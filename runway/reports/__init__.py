"""One report a file: an answer as titles, typed tables and sentences."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from runway.render.report import Report

MODULES = {
    "Projection": "project", "WeekByWeek": "weeks", "Scenarios": "scenarios", "Statements": "statements",
    "Metrics": "metrics", "Checks": "check", "Sensitivity": "sensitivity", "Solution": "solve",
    "Simulation": "simulate", "Comparison": "compare", "Portfolio": "portfolio", "Clauses": "clause",
    "Ownership": "captable", "TermSheets": "term_sheets", "Exit": "exit", "Offers": "offers",
    "Explanation": "explain", "Headline": "headline", "Word": "word", "FieldUses": "field",
    "Sources": "sources", "Variance": "variance", "Backtest": "backtest", "Guide": "guide", "Kinds": "kinds",
    "Models": "models", "BooksImport": "import_books", "CaptableImport": "import_captable",
}  # fmt: skip
"""The module here for each answer."""


def maker(answer: object) -> Callable[..., Report] | None:
    """What makes the report of an answer; None of a part of one."""
    name = MODULES.get(type(answer).__name__)
    return None if name is None else vars(import_module(f"{__name__}.{name}"))["report"]
