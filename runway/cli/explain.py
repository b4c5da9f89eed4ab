"""`runway explain`: why a figure, a closing or the headline is what it is, and what an error means."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from runway.cli.answering import answer
from runway.cli.options import AsJson, Scenario, Set, assignments, model_read
from runway.errors import InputError, Problem

MONTH = re.compile(r"\d{4}-\d{2}(-\d{2})?\Z")
ERROR = re.compile(r"[a-z]+(-[a-z]+)*\Z")


def explain(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[MODEL] ADDRESS [MONTH]",
            help="A row, a figure, an event, a closing or a clause, and a month of the model, 2026-03."
            " runway (or runway.certain) explains the headline; an error's name prints its page.",
            show_default=False,
        ),
    ] = None,
    depth: Annotated[int, typer.Option("--depth", metavar="N", help="How many levels of the tree are shown.")] = 3,
    scenario: Scenario = "base",
    set_: Set = None,
    as_json: AsJson = False,
) -> str:
    """Why a figure is what it is: its formula, its values, and the lines of the file that it rests on."""
    model, address, month = asked(words or [])
    if model is None and month is None and ERROR.match(address) and (page := error_text(address, as_json)):
        return page
    import runway
    from runway.language.measures import measure_named

    loaded = runway.load(model_read(model), scenario=scenario, set=assignments(set_))
    named = None if address in {item.name for item in loaded.model.items} else measure_named(address)
    if named is not None and not named.holder:
        if month is not None:
            raise InputError(Problem("not-by-month", "The headline is one for the whole model; leave the month out."))
        from runway.answers.headline import headline
        from runway.reports.explain import headline_lines

        return answer(headline(loaded, named.rung), as_json, None, str, headline_lines)
    from runway.answers.explain import explain as explained
    from runway.reports.explain import explanation_lines

    return answer(explained(loaded, address, month, depth=depth), as_json, None, str, explanation_lines)


def asked(words: list[str]) -> tuple[str | None, str, str | None]:
    """Model, address and month of the arguments; without an address it is the headline."""
    month = words[-1] if words and MONTH.match(words[-1]) else None
    rest = words[: len(words) - (month is not None)]
    if len(rest) > 2:
        text = f"{rest[2]} is one argument too many. Write runway explain [MODEL] ADDRESS [MONTH], such as 2026-03."
        raise InputError(Problem("too-many-arguments", text))
    if len(rest) == 2:
        return rest[0], rest[1], month
    if not rest:
        return None, "runway", month
    return (rest[0], "runway", month) if is_model(rest[0]) else (None, rest[0], month)


def is_model(word: str) -> bool:
    """Whether an argument that stands alone names a model rather than something in one."""
    from runway.files.document import bundled_models

    return word == "-" or word.endswith(".toml") or "/" in word or word in bundled_models() or Path(word).is_file()


def error_text(name: str, as_json: bool) -> str:
    """The page of an error's name; nothing if there is no such error."""
    from runway.answers.error import error_page
    from runway.errors import printable

    page = error_page(name)
    if page is None:
        return ""
    if as_json:
        from runway.render.json import as_json as json_text

        return json_text({"error": name, "meaning": page.meaning, "cases": [case._asdict() for case in page.cases]})
    return "\n".join(map(printable, page.text.split("\n")))
