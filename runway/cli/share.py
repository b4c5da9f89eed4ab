"""`runway export`: a projection as a live workbook, CSV, JSON or Markdown, by the ending of the file's name."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from runway.cli.command import command
from runway.cli.options import AsOf, LeadingModel, Long, Scenario, Set, assignments, model_read, refuse_idle
from runway.errors import InputError, Problem

if TYPE_CHECKING:
    from runway.program.plan import Plan

ENDINGS = (".xlsx", ".csv", ".json", ".md")
SHARES = (".ocf.zip", ".holders.csv")  # of a cap table
SAID = f"{', '.join(ENDINGS[:-1])} and {ENDINGS[-1]}"


@command("Share", "export saas-startup model.xlsx")
def export(
    model: LeadingModel = None,
    out: Annotated[
        str | None,
        typer.Argument(
            metavar="OUT", help=f"The file to write: {SAID}, by its ending; of a cap table {' or '.join(SHARES)}."
        ),
    ] = None,
    scenario: Scenario = "base",
    set_: Set = None,
    as_of: AsOf = None,
    long: Long = False,
    force: Annotated[bool, typer.Option("--force", help="Replace OUT if it exists.")] = False,
) -> str:
    """Write a workbook whose cells are the model's formulas, or its figures as CSV, JSON or Markdown."""
    name, out = (None, model or "") if out is None else (model, out)  # what stands alone is the file to write
    ending = Path(out).suffix.lower()
    if ending not in ENDINGS and not out.lower().endswith(SHARES):
        if name is None and out and Path(out).is_dir():
            from runway.files.document import read

            read(out)  # refuses it as a model
        raise InputError(unknown_format(out, name))
    if out.lower().endswith(SHARES):
        refuse_idle({"--long": long}, "A cap table is written in one way")
    elif long and ending != ".csv":
        raise InputError(Problem("long-without-csv", "--long shapes the CSV. Name a file that ends in .csv."))
    import runway
    from runway.render.saving import foresee, save_bytes

    foresee(out, replacing=force)
    plan = runway.load(model_read(name), scenario=scenario, set=assignments(set_, as_of))
    save_bytes(out, contents(plan, out, long), replacing=force)
    sys.stderr.write(f"wrote {out}\n")
    return ""


def unknown_format(out: str, name: str | None) -> Problem:
    """What is written is told by the ending; a model that stands alone lacks the file to write, two may be swapped."""
    if not out:
        return Problem("unknown-format", f"Name the file to write, for example runway.xlsx; runway writes {SAID}.")
    from runway.render.saving import ending_text

    ending, stem = Path(out).suffix, Path(out).stem.strip(".") or "runway"
    says = ending_text(out)
    hint = f"For example {stem}.xlsx."
    if out == "-":
        says, hint = "- is no file, and the ending of a file says what is written", "For example runway.xlsx."
    elif out.lower() in ENDINGS:
        says, hint = f"{out} is an ending without a name", f"For example runway{out}."
    elif ending.lower() == ".zip":
        hint = f"A cap table is {stem}.ocf.zip."
    elif name is None:
        hint = f"Write {shlex.join(['runway', 'export', out, f'{stem}.xlsx'])}."
    elif Path(name).suffix.lower() in ENDINGS:
        hint = f"The model comes first: {shlex.join(['runway', 'export', out, name])}."
    return Problem("unknown-format", f"{says}; runway writes {SAID}. {hint}")


def contents(plan: Plan, out: str, long: bool) -> bytes:
    """What a projection of the plan is in the format of a file's ending."""
    import runway

    if out.lower().endswith(SHARES):
        return shares_held(plan, out)
    ending = Path(out).suffix.lower()
    if ending not in ENDINGS:
        raise InputError(unknown_format(out, plan.model.settings.name))
    from runway.answers.known import known

    projection, as_known = runway.project(plan), known(plan)
    if ending == ".xlsx":
        from runway.workbook import workbook

        return workbook(plan, projection, version=runway.__version__)
    if ending == ".json":
        from runway.render.json import as_json

        return as_json(projection.to_dict() | ({} if as_known is None else {"known": as_known.to_dict()})).encode()
    from runway.render.csv import csv
    from runway.render.markdown import markdown
    from runway.reports.known import with_known
    from runway.reports.project import report

    render = csv if ending == ".csv" else markdown
    whole = report(projection, long=long, full=True)
    return render(whole if as_known is None else with_known(whole, [as_known])).encode()


def shares_held(plan: Plan, out: str) -> bytes:
    """Who holds what at the start, as a package of the Open Cap Format or a CSV of holders."""
    from runway.answers.captable_register import package_of, register_of

    if out.lower().endswith(".zip"):
        from runway.render.ocf import ocf_package

        return ocf_package(package_of(plan.model))
    from runway.render.holders import holders_csv

    return holders_csv(register_of(plan.model)).encode()
