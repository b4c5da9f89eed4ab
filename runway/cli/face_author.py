"""The commands for whoever writes an assumption file, as functions: what asks nothing of a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runway.answers.guide import Guide
    from runway.answers.kinds import Kinds
    from runway.answers.models import Models


def init(file: str = "runway.toml", model: str | None = None, books: Sequence[str] = ()) -> None:
    """Writes a commented assumption file, a copy of a bundled model, or a company made of exports of its books.

    Never over a file that is there.
    """
    from runway.cli.author import company_files, starting_files, write_new

    write_new(file, *(company_files(books, file) if books else starting_files(model)))


def validate(model: str | None = None) -> None:
    """Raises `runway.errors.InputError` with every problem of a file, those of its scenarios and checks included."""
    from runway.cli.author import validated_file
    from runway.files.document import default_model

    validated_file(default_model() if model is None else model)


def schema() -> dict[str, Any]:
    """The JSON Schema of assumption files."""
    from runway.model.schema import schema as model_schema

    return model_schema()


def kinds(name: str | None = None) -> Kinds:
    """The kinds of line and funding, or one of them: what it is, its fields, its formulas."""
    from runway.answers import kinds as answers

    return answers.kinds(name)


def guide(topic: str | None = None) -> Guide:
    """The pages of the guide in Markdown, or that of a topic."""
    from runway.answers import guide as answers

    return answers.guide(topic)


def models(name: str | None = None) -> Models:
    """The bundled models, or the one of a name."""
    from runway.answers import models as answers

    return answers.models(name)
