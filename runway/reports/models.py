"""The bundled models: name and title."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.render.figures import PLAIN
from runway.render.report import Column, Report, Row, Table

if TYPE_CHECKING:
    from runway.answers.models import Models


def report(models: Models) -> Report:
    """One row a model."""
    table = Table("", (Column("name"), Column("title")), [Row([model.name, model.title]) for model in models.models])
    return Report((), PLAIN, [[table]], main=lambda: table)
