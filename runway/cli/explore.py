"""The commands that say what could change how long the cash lasts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any

import typer

from runway.cli.command import command, heeded, printed_alone
from runway.cli.options import (
    AsOf,
    Counting,
    Set,
    Unit,
    amount_of,
    assignments,
    completer,
    model_read,
    plan_read,
    refuse_idle,
)
from runway.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from runway.answers.compare import Comparison
    from runway.answers.solve import Solution
    from runway.answers.swings import Sensitivity
    from runway.program.plan import Plan


def _turns(options: Mapping[str, Any]) -> None:
    """Refuses to look for a turn that nothing tells."""
    heeded(options, {"--break": options["breakpoints"] and not options["everything"]}, "the values of each range")


@command("Explore", "sensitivity openai-2025 --param burn", first=_turns)
def sensitivity(
    plan: Plan,
    param: Annotated[
        list[str] | None,
        typer.Option(
            "--param",
            "-p",
            metavar="ADDRESS",
            help="A figure; or burn, revenue, funding, delay.",
            autocompletion=completer("figures"),
        ),
    ] = None,
    within: Annotated[
        list[str] | None, typer.Option("--range", metavar="LOW..HIGH", help="-30%..30%, 0.02..0.08, 0..12months.")
    ] = None,
    steps: Annotated[int, typer.Option("--steps", metavar="N", help="How many values of each range.")] = 7,
    grid: Annotated[bool, typer.Option("--grid", help="Two figures against each other.")] = False,
    metric: Annotated[
        str,
        typer.Option(
            "--metric",
            metavar="NAME",
            help="For --grid and --all; a row of metrics or dilution(HOLDER) for --param, too.",
        ),
    ] = "runway",
    everything: Annotated[
        bool, typer.Option("--all", help="Every figure of the model, the widest swing first.")
    ] = False,
    breakpoints: Annotated[bool, typer.Option("--break", help="Where runway turns at --at-least.")] = False,
    at_least: Annotated[str, typer.Option("--at-least", metavar="MONTHS", help="The runway wanted.")] = "12m",
    counting: Counting = None,
    unit: Unit = None,
) -> Sensitivity:
    """What runway answers to one figure, to two, or to every figure."""
    import runway

    least_months = amount_of("--at-least", at_least, "months", "is no number of months. Write --at-least 12m.")
    params = param or ([] if everything else ["burn"])
    answer = runway.sensitivity(
        plan,
        params,
        within=within or (),
        steps=steps,
        grid=grid,
        metric=metric,
        everything=everything,
        find_breakpoints=breakpoints,
        at_least=least_months,
        counting=counting,
    )
    refuse_idle({"--unit": unit and not answer.in_money}, "No money is shown")
    return answer


def pasted(solution: Solution, options: Mapping[str, Any]) -> str | None:
    """The scenario of an answer that `--save` asks for, alone on standard output, so that >> appends it to a file."""
    if options["save"] is None or not solution.met or solution.answer is None:
        return None
    from runway.reports.solve import scenario_toml

    return scenario_toml(options["save"][1], solution)


def _saved_alone(options: Mapping[str, Any]) -> None:
    """Refuses a scenario to paste beside another output that would be printed."""
    if options["save"] is not None:
        printed_alone("--save", dict(options))


@command(
    "Explore",
    "solve saas-startup --vary burn --so-that 'runway >= 12 months'",
    passed=lambda solution: bool(solution.met),
    first=_saved_alone,
    instead=pasted,
)
def solve(
    plan: Plan,
    vary: Annotated[
        str,
        typer.Option(
            "--vary",
            metavar="ADDRESS",
            help="The figure to find; or burn, revenue, funding, delay.",
            autocompletion=completer("figures"),
        ),
    ] = "burn",
    so_that: Annotated[
        str,
        typer.Option(
            "--so-that",
            metavar="TARGET",
            help='"runway >= 24 months", "lowest cash >= 1B", "zero-cash date = 2026-08-01"; also gap, closing cash.',
        ),
    ] = "runway >= 24 months",
    within: Annotated[
        str | None, typer.Option("--range", metavar="LOW..HIGH", help="Where to search: -50%..50%, 0..12months.")
    ] = None,
    counting: Counting = None,
    save: Annotated[
        tuple[str, str] | None,
        typer.Option("--save", metavar="scenario NAME", help="Print the answer as TOML to paste."),
    ] = None,
) -> Solution:
    """What one figure must be so that a target holds: `--vary burn --so-that "runway >= 24 months"`."""
    import runway

    if save is not None:
        refuse_name(save, plan.model.scenarios)
    return runway.solve(plan, vary, so_that, within=within, counting=counting)


def refuse_name(save: tuple[str, str], scenarios: Container[str]) -> None:
    """Refuses `--save scenario NAME` where no scenario of the file may be called so."""
    kind, name = save
    if kind != "scenario":
        raise InputError(
            Problem("unknown-choice", f"--save {kind} {name} saves nothing. Write --save scenario {name}.")
        )
    if not re.fullmatch("[a-z][a-z0-9_]*", name) or name == "base":
        says = f"{name} cannot name a scenario; names are of a-z, 0-9 and _, begin with a letter, and base is the file."
        raise InputError(Problem("invalid-name", says))
    if name in scenarios:
        raise InputError(Problem("duplicate-name", f"The file has a scenario {name} already. Choose another name."))


@command("Explore", "compare openai-2025 --scenario demand_slump")
def compare(
    first: Annotated[
        str | None,
        typer.Argument(
            metavar="A",
            help="A model, or a revision of its file: plan.toml@HEAD~1.",
            autocompletion=completer("models"),
        ),
    ] = None,
    second: Annotated[
        str | None,
        typer.Argument(
            metavar="B",
            help="The other; without it A as git has it against A as it is, or A under two scenarios.",
            autocompletion=completer("models"),
        ),
    ] = None,
    scenario: Annotated[
        list[str] | None,
        typer.Option(
            "--scenario",
            "-s",
            metavar="NAME",
            help="Once: of both (of one model: base against it). Twice: A's and B's.",
            autocompletion=completer("scenarios"),
        ),
    ] = None,
    metric: Annotated[
        str,
        typer.Option(
            "--metric",
            metavar="NAME",
            help="runway, cash-in-hand, zero-cash-date, lowest-cash, gap, closing-cash, dilution(HOLDER).",
        ),
    ] = "runway",
    counting: Counting = None,
    set_: Set = None,
    as_of: AsOf = None,
) -> Comparison:
    """What changed between two models, and what each change did. --set changes the second."""
    from runway.answers import compare as answers
    from runway.answers.compare_sides import two_sides

    if first == second == "-":
        says = "- is given twice, and standard input is read once. Name a file for one of the two."
        raise InputError(Problem("given-twice", says))
    before, after, titles = two_sides(model_read(first), second, scenario or (), assignments(set_), as_of)
    plan_read(before)
    plan_read(after)
    return answers.compare(before, after, metric=metric, rung=counting, titles=titles)
