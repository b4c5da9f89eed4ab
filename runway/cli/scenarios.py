"""`runway scenarios`: every scenario of a file side by side."""

from __future__ import annotations

from typing import Annotated

import typer

from runway.cli.answering import answer, one_output
from runway.cli.options import AsJson, CsvFile, Model, Set, assignments, model_read

__all__ = ["scenarios"]


def scenarios(
    model: Model = None,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="NAME", help="This scenario beside base. Repeatable.", show_default=False),
    ] = None,
    rung: Annotated[
        str,
        typer.Option(
            "--counting", metavar="RUNG", help="Whose cash is shown: cash-in-hand, certain, conditional, planned."
        ),
    ] = "planned",
    set_: Set = None,
    as_json: AsJson = False,
    csv: CsvFile = None,
) -> str:
    """How long the cash lasts in each scenario, and what each one sets."""
    one_output(as_json, csv)
    import runway
    from runway.answers.scenarios import scenarios as side_by_side
    from runway.engine.ladder import rung_named

    place = rung_named(rung)
    found = side_by_side(runway.load(model_read(model), set=assignments(set_)), only or ())

    from runway.reports.scenarios import scenarios_csv, scenarios_lines

    return answer(found, as_json, csv, scenarios_csv, lambda _, width: scenarios_lines(found, width, place))
