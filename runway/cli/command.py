"""A command, declared: what it asks and how the answer is reported; the options that all share follow from that."""

from __future__ import annotations

import inspect
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

import typer

from runway.cli import options as shared
from runway.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from runway.answers.known import Known
    from runway.program.plan import Plan
    from runway.render.report import Report

COMMANDS: dict[str, Command] = {}
"""The commands that have been declared, by name."""

OUTPUTS = {"as_json": shared.AsJson, "csv": shared.CsvFile, "markdown": shared.Markdown, "html": shared.HtmlFile}


class Command(NamedTuple):
    """A question of the command line.

    `ask` takes a plan first if it is about one model; its other parameters are the command's own arguments and options.
    """

    name: str
    panel: str
    ask: Callable[..., Any]
    example: str  # a call that can be copied, the first thing that its help says
    report: str | None  # the module of `runway.reports` that makes a report of the answer; None: the answer is text
    passed: Callable[[Any], bool]  # whether the answer is exit code 0 rather than 1
    scenario: bool  # whether the model is read under one scenario
    instead: Callable[[Any, dict[str, Any]], str | None]  # of an answer and the options: what standard output has alone
    settings: tuple[str, ...]  # options that are keys of [model]
    first: Callable[[dict[str, Any]], object]  # raises for options that cannot be used, before anything is read
    watches: bool  # whether it takes --watch
    page: (
        Callable[[Any, str], str] | None
    )  # what --html writes for an answer, and to which file, in place of its report

    @property
    def loads(self) -> bool:
        return "plan" in inspect.signature(self.ask).parameters


def command(
    panel: str,
    example: str,
    report: str | None = None,
    *,
    name: str | None = None,
    passed: Callable[[Any], bool] = lambda _: True,
    scenario: bool = True,
    instead: Callable[[Any, dict[str, Any]], str | None] = lambda *_: None,
    settings: tuple[str, ...] = (),
    first: Callable[[dict[str, Any]], object] = lambda _: None,
    watches: bool = False,
    page: Callable[[Any, str], str] | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declares a question as a command: below `panel` of `--help`, its answer shown by `runway.reports.REPORT`.

    `example` is what follows `runway` in a call of it.
    """

    def declared(ask: Callable[..., Any]) -> Callable[..., Any]:
        named = name or ask.__name__
        COMMANDS[named] = Command(
            named, panel, ask, f"runway {example}", report, passed, scenario, instead, settings, first, watches, page
        )
        return ask

    return declared


def visible(declared: Command) -> Callable[..., str]:
    """The function that typer calls: with every argument and option in its signature, the shared ones included."""
    own = {
        name: parameter.replace(annotation=eval(parameter.annotation, declared.ask.__globals__))
        for name, parameter in inspect.signature(declared.ask).parameters.items()
        if name != "plan"
    }
    before = {"model": parameter("model", shared.Model, None)} if declared.loads else {}
    after: dict[str, inspect.Parameter] = {}
    if declared.loads:
        if declared.scenario:
            after["scenario"] = parameter("scenario", shared.Scenario, "base")
        after["set_"] = parameter("set_", shared.Set, None)
        after["as_of"] = parameter("as_of", shared.AsOf, None)
    if declared.report is not None:
        for name, annotation in OUTPUTS.items():
            after[name] = parameter(name, annotation, False if name in ("as_json", "markdown") else None)
        if declared.loads or "set_" in own or "model" in own:
            after["unit"] = parameter("unit", shared.Unit, None)
    if declared.watches:
        after["watch"] = parameter("watch", shared.Watch, False)
    parameters = {**before, **own, **{name: value for name, value in after.items() if name not in own}}

    def run(**given: Any) -> str:
        with shared.unit_asked(given.get("unit")):
            return answered(declared, given, tuple(own))

    run.__name__ = declared.name
    run.__doc__ = f"{declared.example}\n\n{declared.ask.__doc__}"
    run.__signature__ = inspect.Signature(list(parameters.values()))  # type: ignore[attr-defined]  # what typer reads
    run.__annotations__ = {name: value.annotation for name, value in parameters.items()}
    return run


def parameter(name: str, annotation: Any, default: Any) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=default, annotation=annotation)


def answered(declared: Command, given: dict[str, Any], own: tuple[str, ...]) -> str:
    """Asks, and writes the answer as it was asked for; exit code 1 where it did not pass."""
    if declared.report is not None:
        one_output(given)
    declared.first(given)
    if given.get("watch"):
        from runway.cli.watch import refuse_with_files, watch

        refuse_with_files(given)
        given["model"] = shared.model_read(given["model"])
        watch(lambda: read_and_shown(declared, given, own))
    plan = read_model(declared, given) if declared.loads else None
    answer = asked(declared, plan, given, own)
    text: str = answer if isinstance(answer, str) else rendered(declared, answer, given)
    if not declared.passed(answer):
        sys.stdout.write(text)
        raise typer.Exit(1)
    return text


def read_model(declared: Command, given: dict[str, Any]) -> Plan:
    """The plan of the model that the arguments name, as they change it."""
    import runway

    changes = shared.assignments(given["set_"], given.get("as_of"))
    changes |= {f"model.{key}": given[key] for key in declared.settings if given.get(key) is not None}
    if given.get("allow_unmapped"):
        changes["actuals.allow_unmapped"] = True
    plan = runway.load(shared.model_read(given["model"]), scenario=given.get("scenario", "base"), set=changes)
    shared.plan_read(plan)
    return plan


def asked(declared: Command, plan: Plan | None, given: dict[str, Any], own: tuple[str, ...]) -> Any:
    """The answer to a command's question."""
    arguments = {name: given[name] for name in own}
    return declared.ask(plan, **arguments) if declared.loads else declared.ask(**arguments)


def read_and_shown(declared: Command, given: dict[str, Any], own: tuple[str, ...]) -> tuple[Plan, str]:
    """The plan of a model that is read anew, and its answer as text."""
    plan = read_model(declared, given)
    return plan, rendered(declared, asked(declared, plan, given, own), given)


def printing(given: dict[str, Any]) -> list[str]:
    """The outputs asked for that would be printed in place of the tables."""
    printed = {"--json": given["as_json"], "--markdown": given["markdown"]}
    printed |= {"--csv -": given["csv"] == "-", "--html -": given["html"] == "-"}
    return [name for name, asked in printed.items() if asked]


def one_output(given: dict[str, Any]) -> None:
    """Refuses two outputs that would both be printed."""
    first, second, *_ = [*printing(given), "", ""]
    if second:
        advice = {
            "--csv -": " Write the CSV to a file: --csv FILE.",
            "--html -": " Write the page to a file: --html FILE.",
        }
        text = f"{first} and {second} would both print.{advice.get(second, ' Choose one of them.')}"
        raise InputError(Problem("two-outputs", text))


def rendered(declared: Command, answer: Any, given: dict[str, Any]) -> str:
    """The answer as standard output has it, once every file that was asked for is written."""
    made: list[Report] = []

    def report() -> Report:
        if not made:
            make = import_module(f"runway.reports.{declared.report}").report
            options = inspect.signature(make).parameters
            from runway.reports.known import with_known

            found = make(answer, **{name: value for name, value in given.items() if name in options})
            made.append(with_known(found, known_of_plans()))
        return made[0]

    def html() -> str:
        return html_of(report()) if declared.page is None else declared.page(answer, given["html"])

    formats = {"csv": lambda: csv_of(report()), "html": html}
    files = [name for name in formats if given[name] not in (None, "-")]
    for name in files:
        from runway.render.saving import save_text

        save_text(given[name], formats[name]())
        sys.stderr.write(f"wrote {given[name]}\n")
    for name, text_of in formats.items():
        if given[name] == "-":
            return text_of()
    if given["as_json"]:
        from runway.render.json import as_json

        said = known_of_plans()
        return as_json({**answer.to_dict(), **({"known": said[-1].to_dict()} if said else {})})
    if given["markdown"]:
        from runway.render.markdown import markdown

        return markdown(report())
    if files:
        return ""
    from runway.render.terminal import printed

    text = printed(report())
    if given.get("full") or given.get("show"):
        from runway.cli.pager import paged

        if not given.get("no_pager") and paged(text):
            return ""
    alone = declared.instead(answer, given)
    if alone is not None:
        sys.stderr.write(text)
    return text if alone is None else alone


def known_of_plans() -> list[Known]:
    """What was known of each plan that the command has read as of a day."""
    read = [plan for plan in shared.plans_read() if plan.model.known is not None]
    if not read:
        return []
    from runway.answers.known import known

    return [said for plan in read if (said := known(plan)) is not None]


def csv_of(report: Report) -> str:
    from runway.render.csv import csv

    return csv(report)


def html_of(report: Report) -> str:
    from runway.render.html import page

    return page(report)
