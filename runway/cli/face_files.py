"""The commands that read and write files, and those for whoever writes one, as functions: no answers about a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runway.program.plan import Plan

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from runway.answers.import_books import BooksImport
    from runway.answers.import_captable import CaptableImport


def load(name: str | None = None, *, scenario: str = "base", set: Mapping[str, Any] | None = None) -> Plan:
    """The plan of an assumption file, for every other function here: a path, "-", or the name of a bundled model.

    Raises `runway.errors.InputError` with every problem found, each with its place.
    """
    from runway.engine.load import load_document
    from runway.files.document import default_model, read
    from runway.model.overrides import refuse_twice

    document = read(default_model() if name is None else name)
    refuse_twice(document, set or {})
    return load_document(document, scenario, set)


def plan_of(model: str | Plan | None, scenario: str | None = None, set: Mapping[str, Any] | None = None) -> Plan:
    """A plan under a scenario and further changes; one that was loaded keeps its own."""
    from runway.engine.load import loaded_again

    if not isinstance(model, Plan):
        return load(model, scenario=scenario or "base", set=set)
    return loaded_again(model, scenario, set)


def export(
    model: str | Plan | None,
    out: str,
    *,
    scenario: str | None = None,
    set: Mapping[str, Any] | None = None,
    long: bool = False,
    force: bool = False,
) -> None:
    """Writes a projection to a file: a live workbook, CSV, JSON or Markdown, by the ending of its name."""
    from runway.cli.share import contents
    from runway.render.saving import foresee, save_bytes

    foresee(out, replacing=force)
    plan = plan_of(model, scenario, set)
    save_bytes(out, contents(plan, out, long), replacing=force)


def page(
    model: str | Plan | None = None,
    out: str | None = None,
    *,
    scenario: str | None = None,
    set: Mapping[str, Any] | None = None,
    simulate: int | None = None,
    only: str | None = None,
    notes: bool = True,
    force: bool = False,
) -> str:
    """A model as one page of HTML whose sliders run its formulas; written to `out` where that is named.

    `simulate` draws the fan of so many futures, `only` names sections, without `notes` what is noted is left out.
    """
    from runway.cli.page import page_text
    from runway.render.saving import foresee, save_bytes

    if out is not None:
        foresee(out, replacing=force)
    text = page_text(plan_of(model, scenario, set), simulate, only, notes)
    if out is not None:
        save_bytes(out, text.encode(), replacing=force)
    return text


def import_(
    *files: str, plan: str | Plan | None = None, out: str | None = None, columns: str | None = None
) -> BooksImport | CaptableImport:
    """What exports of books, or a cap table, hold, and the file that is made of them; `out` is where it is to stand."""
    from runway.cli.books import import_files

    return import_files(files, None if plan is None else plan_of(plan), out, columns=columns)


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
