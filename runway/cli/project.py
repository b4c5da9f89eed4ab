"""The commands that say how long the cash lasts."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from runway.cli.command import command, heeded, printed_alone
from runway.cli.options import AllowUnmapped, Counting, Long, refuse_idle
from runway.errors import InputError, Place, Problem, choice_hint
from runway.reports.periods import Columns

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from runway.answers.check import Checks
    from runway.answers.projection import Projection
    from runway.answers.scenarios import Scenarios
    from runway.answers.weeks import WeekByWeek
    from runway.program.plan import Plan

PLANNED = "planned"
Periods = Annotated[
    Columns | None,
    typer.Option(
        "--by", help="Columns of the cash table, else the finest that fits; week: the next 13, with their lowest days."
    ),
]
Only = Annotated[
    list[str] | None, typer.Option("--only", metavar="NAME", help="This scenario beside base. Repeatable.")
]


ForBuildServer = Annotated[
    Literal["github", "junit"] | None, typer.Option("--format", help="Print the verdicts as a build server reads them.")
]
Rung = Annotated[
    str,
    typer.Option(
        "--counting", metavar="RUNG", help="Whose cash is shown: cash-in-hand, certain, conditional, planned."
    ),
]


For = Annotated[
    str | None,
    typer.Option(
        "--for",
        metavar="MONTHS",
        help="How far past its last day new money carries the cash: 24m, 2 years. [model] raise_for; else 18.",
    ),
]


Full = Annotated[
    bool, typer.Option("--full", help="The whole report, on a terminal through a pager, in place of the answer.")
]
Show = Annotated[
    str | None,
    typer.Option(
        "--show",
        metavar="SECTIONS",
        help="Sections of the report: ladder, wind-down, actions, burn, chart, cash, funding, covenants, proceeds,"
        " milestones, notes.",
    ),
]
NoPager = Annotated[bool, typer.Option("--no-pager", help="Print the whole report at once.")]


def check_sections(text: str) -> None:
    """Raises `InputError`: unknown-section, at each name that no section of the whole report has."""
    from runway.reports.project import SECTIONS

    wrong, begins = list[Problem](), len("--show ")
    for part in text.split(","):
        name = part.strip()
        if name.lower() not in SECTIONS:
            hint = choice_hint(name.lower(), SECTIONS)
            place = Place("command line", 1, begins + len(part) - len(part.lstrip()) + 1, max(1, len(name)))
            says = f"The report has no section {name}.{hint}" if name else f"A section is missing here.{hint}"
            wrong.append(Problem("unknown-section", says, place, ((1, f"--show {text}"),)))
        begins += len(part) + 1
    if wrong:
        raise InputError(*wrong)


def _usable(options: Mapping[str, Any]) -> None:
    if options["long"] and options["csv"] is None:
        raise InputError(Problem("long-without-csv", "--long shapes the CSV. Add --csv FILE, or --csv - to print it."))
    shaping = next((f"--{key}" for key in ("full", "show", "long") if options[key]), None)
    if options["by"] == "week" and shaping is not None:
        raise InputError(Problem("two-outputs", f"--by week is a table of its own; leave out {shaping}."))
    if options["save_vintage"] and options.get("watch"):
        raise InputError(Problem("two-outputs", "--save-vintage keeps one forecast; leave out --watch."))
    if options["counting"] is not None:
        _known_rung(options)
    if options["show"] is not None:
        check_sections(options["show"])
        refuse_idle({"--full": options["full"]}, "--show chooses from the whole report")
    if options["by"] == "week":
        refuse_idle({"--for": options["raise_for"]}, "--by week tells of no new money")
    else:
        rung = {"--counting": options["counting"], "--for": options["raise_for"]}
        heeded(options, rung, "the scenario as it is written, with all its funding")
    if options["long"] and options["by"] in ("quarter", "year"):
        refuse_idle({f"--by {options['by']}": True}, "--long has every month")


def _shown(options: Mapping[str, Any]) -> None:
    """Refuses whose cash is shown where that of every rung is written."""
    _known_rung(options)
    heeded(options, {"--counting": options["counting"] != PLANNED}, "every rung", ("JSON", "CSV"))


def _known_rung(options: Mapping[str, Any]) -> None:
    from runway.engine.ladder import rung_named

    rung_named(options["counting"])


SaveVintage = Annotated[
    bool,
    typer.Option(
        "--save-vintage", help="Also keep the forecast beside the file, as vintages/MONTH.json, for runway backtest."
    ),
]


def _save(plan: Plan) -> None:
    """Keeps the forecast beside its file; says where it stands."""
    from runway.answers.vintages import kept_vintage
    from runway.files.document import bundled_models
    from runway.render.saving import foresee_folder
    from runway.render.vintages import FOLDER, save_kept

    title = plan.model.document.title
    folder = Path(title).parent if title not in bundled_models() and Path(title).is_file() else Path()
    foresee_folder(folder / FOLDER)
    name, new = save_kept(folder, kept_vintage(plan))
    sys.stderr.write(f"wrote {name}\n" if new else f"{name} is kept already\n")


@command(
    "Project",
    "project saas-startup --set team.opening=+2",
    settings=("counting", "raise_for"),
    watches=True,
    first=_usable,
)
def project(
    plan: Plan,
    counting: Counting = None,
    raise_for: For = None,
    full: Full = False,
    show: Show = None,
    by: Periods = None,
    no_pager: NoPager = False,
    long: Long = False,
    allow_unmapped: AllowUnmapped = False,
    save_vintage: SaveVintage = False,
) -> Projection | WeekByWeek:
    """How long the cash lasts, counting what, and why."""
    if save_vintage:
        _save(plan)
    if by == "week":
        from runway.answers.weeks import week_by_week

        return week_by_week(plan)
    import runway

    return runway.project(plan)


@command("Project", "scenarios openai-2025", scenario=False, first=_shown)
def scenarios(plan: Plan, only: Only = None, counting: Rung = PLANNED) -> Scenarios:
    """How long the cash lasts in each scenario, and what each one sets."""
    import runway

    return runway.scenarios(plan, only or ())


def _one_format(options: dict[str, Any]) -> None:
    """Refuses a format of a build server beside another output that would be printed."""
    if options["format_"] is not None:
        printed_alone(f"--format {options['format_']}", options)


def _for_build_server(checks: Checks, options: Mapping[str, Any]) -> str | None:
    """The checks as a build server reads them, alone on standard output; the table goes to standard error."""
    if options["format_"] is None:
        return None
    from runway.reports import check_ci

    write: Callable[[Checks], str] = getattr(check_ci, options["format_"])
    return write(checks)


@command(
    "Project",
    "check openai-2025 --format junit",
    passed=lambda checks: bool(checks.hold),
    first=_one_format,
    instead=_for_build_server,
    watches=True,
)
def check(plan: Plan, format_: ForBuildServer = None) -> Checks:
    """Whether the model satisfies the checks of its file; exit code 1 if one fails."""
    import runway

    return runway.check(plan)
