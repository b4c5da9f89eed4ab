"""A command, declared: what it asks and how the answer is reported; the options that all share follow from that."""

from __future__ import annotations

import inspect
import os
import sys
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

import typer

from runway.cli import options as shared
from runway.errors import InputError, Problem
from runway.language.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from runway.answers.known import Knowledge
    from runway.program.plan import Plan
    from runway.render.report import Report

Options = dict[str, Any]  # the values of a command's arguments and options, by parameter
COMMANDS: dict[str, Command] = {}
"""The commands that have been declared, by name."""

WRITTEN = ("csv", "html", "out", "paths_out")  # options that name a file to write
OUTPUTS = {"as_json": shared.AsJson, "csv": shared.CsvFile, "markdown": shared.Markdown, "html": shared.HtmlFile}

SPELT = {"raise_for": "--for"}
"""Keys of [model] whose option has another name."""


class Command(NamedTuple):
    """A question of the command line.

    `ask` takes a plan first if it is about one model; its other parameters are the command's own arguments and options.
    """

    name: str
    ask: Callable[..., Any]
    panel: str
    example: str  # a call that can be copied, the first thing that its help says
    passed: Callable[[Any], bool] = lambda _: True  # whether the answer is exit code 0 rather than 1
    scenario: bool = True  # whether the model is read under one scenario
    instead: Callable[[Any, Options], str | None] = lambda *_: None  # of an answer: what standard output has alone
    settings: tuple[str, ...] = ()  # options that are keys of [model]
    first: Callable[[Options], object] = lambda _: None  # raises for unusable options, before anything is read
    watches: bool = False  # whether it takes --watch
    page: Callable[[Any, str], str] | None = None  # what --html writes for an answer, and to which file

    @property
    def loads(self) -> bool:
        return "plan" in inspect.signature(self.ask).parameters

    @property
    def reports(self) -> bool:
        """Whether the answer has a report, rather than is text."""
        return bool(self.ask.__annotations__["return"] != "str")


def command(
    panel: str, example: str, *, name: str = "", **how: Any
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declares a question as a command, below `panel` of `--help`.

    `example` is what follows `runway` in a call of it; `how` are further fields of `Command`.
    """

    def declared(ask: Callable[..., Any]) -> Callable[..., Any]:
        named = name or ask.__name__
        COMMANDS[named] = Command(named, ask, panel, f"runway {example}", **how)
        return ask

    return declared


def visible(declared: Command) -> Callable[..., str]:
    """The function that typer calls: with every argument and option in its signature, the shared ones included."""
    of_question = {
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
    if declared.reports:
        for name, annotation in OUTPUTS.items():
            after[name] = parameter(name, annotation, False if name in ("as_json", "markdown") else None)
        if declared.loads or "set_" in of_question or "model" in of_question:
            after["unit"] = parameter("unit", shared.Unit, None)
    if declared.watches:
        after["watch"] = parameter("watch", shared.Watch, False)
    parameters = {**before, **of_question, **{name: value for name, value in after.items() if name not in of_question}}

    def run(**values: Any) -> str:
        with shared.unit_asked(values.get("unit")):
            return answered(declared, values, tuple(of_question))

    run.__name__ = declared.name
    run.__doc__ = f"{declared.example}\n\n{declared.ask.__doc__}"
    run.__signature__ = inspect.Signature(list(parameters.values()))  # type: ignore[attr-defined]  # what typer reads
    run.__annotations__ = {name: value.annotation for name, value in parameters.items()}
    return run


def parameter(name: str, annotation: Any, default: Any) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=default, annotation=annotation)


def answered(declared: Command, values: Options, of_question: tuple[str, ...]) -> str:
    """Asks, and writes the answer as it was asked for; exit code 1 where it did not pass."""

    def answer_text() -> tuple[Any, Any, str]:
        plan = read_model(declared, values) if declared.loads else None
        answer = declared.ask(*([] if plan is None else [plan]), **{name: values[name] for name in of_question})
        return plan, answer, answer if isinstance(answer, str) else rendered(declared, answer, values)

    if declared.reports:
        one_output(values)
        one_output_a_file(values)
        tables_asked(values)
        if files := files_asked(values):
            from runway.render.saving import foresee

            for name in files:
                foresee(values[name])
    declared.first(values)
    shared.assignments(values.get("set_"))  # a malformed one is told before a model is named, read or left out
    if values.get("watch"):
        from runway.cli.watch import refuse_with_files, watch

        refuse_with_files(values)
        values["model"] = shared.model_read(values["model"])
        watch(lambda: answer_text()[::2])
    _, answer, text = answer_text()
    if not declared.passed(answer):
        sys.stdout.write(text)
        raise typer.Exit(1)
    return text


def read_model(declared: Command, values: Options) -> Plan:
    """The plan of the model that the arguments name, as they change it."""
    from runway.model.overrides import set_by

    settings = {key: values[key] for key in declared.settings if values.get(key) is not None}
    changes = {f"model.{key}": set_by(SPELT.get(key, f"--{key}"), value) for key, value in settings.items()}
    if values.get("allow_unmapped"):
        changes["actuals.allow_unmapped"] = set_by("--allow-unmapped")
    return shared.plan_named(
        values["model"], values.get("scenario", "base"), values["set_"], values.get("as_of"), changes
    )


def printing(values: Options) -> list[str]:
    """The outputs asked for that would be printed in place of the tables."""
    printed = {"--json": values["as_json"], "--markdown": values["markdown"]}
    printed |= {"--csv -": values["csv"] == "-", "--html -": values["html"] == "-"}
    return [name for name, is_printed in printed.items() if is_printed]


def printed_alone(option: str, values: Options) -> None:
    """Refuses an option whose text standard output has alone beside another output that would be printed."""
    if outputs := printing(values):
        raise InputError(Problem("two-outputs", f"{option} and {outputs[0]} would both print. Choose one of them."))


def files_asked(values: Options) -> list[str]:
    """The options that name a file to write the report to."""
    return [name for name in ("csv", "html") if values[name] not in (None, "-")]


def one_output(values: Options) -> None:
    """Refuses two outputs that would both be printed."""
    first, second, *_ = [*printing(values), "", ""]
    if second:
        advice = {
            "--csv -": " Write the CSV to a file: --csv FILE.",
            "--html -": " Write the page to a file: --html FILE.",
        }
        text = f"{first} and {second} would both print.{advice.get(second, ' Choose one of them.')}"
        raise InputError(Problem("two-outputs", text))


def one_output_a_file(values: Options) -> None:
    """Refuses two outputs that would be written to one file, of which the second would replace the first."""
    written: dict[str, str] = {}
    for name in WRITTEN:
        if (file := values.get(name) or "-") == "-":
            continue
        option = f"--{name.replace('_', '-')}"
        other = written.setdefault(os.path.realpath(file), option)
        if other != option:
            from runway.render.saving import is_device

            if not is_device(file):  # which takes both
                text = f"{other} and {option} would both write {file}. Name another file for one of them."
                raise InputError(Problem("two-outputs", text))


def tables_asked(values: Options) -> None:
    """Refuses what shapes tables where none is written: JSON and CSV have the whole, and money in full.

    What they have anyway may be asked for: `--full`, `--by month`, `--unit full`.
    """
    written = data_alone(values)
    if not written:
        return
    if written == ("JSON",):
        coarser = values.get("by") if values.get("by") in ("quarter", "year") else None
        shared.refuse_idle({"--by": coarser}, "JSON has every month", f"take --csv -, which has every {coarser}, or ")
    sections = {"--show": values.get("show")}
    shared.refuse_idle(sections, holding(written, "no sections"), "take --markdown or --html FILE, or ")
    shared.refuse_idle({"--unit": values.get("unit") not in (None, "full")}, holding(written, "money in full"))


def data_alone(values: Mapping[str, Any]) -> tuple[str, ...]:
    """JSON and CSV, as far as they are written, where no tables are written beside them."""
    if values["markdown"] or values["html"] is not None:
        return ()
    return ("JSON",) * bool(values["as_json"]) + ("CSV",) * (values["csv"] is not None)


def holding(written: Sequence[str], contents: str) -> str:
    """The sentence about what outputs hold: `JSON and CSV have no sections`."""
    return f"{' and '.join(written)} {'has' if len(written) == 1 else 'have'} {contents}"


def heeded(values: Mapping[str, Any], options: Options, contents: str, same: Sequence[str] = ("CSV",)) -> None:
    """Refuses options where only outputs are written that are the `same` without them.

    `contents` is what stands in those; `options` have of each whether it was given.
    """
    written = data_alone(values)
    if written and set(written) <= set(same):
        instead = "--markdown" if "JSON" in same else "--json"
        shared.refuse_idle(options, holding(written, contents), f"take {instead}, or ")


def rendered(declared: Command, answer: Any, values: Options) -> str:
    """The answer as standard output has it, once every file that was asked for is written."""
    from runway.reports import maker

    @cache
    def report() -> Report:
        make: Any = maker(answer)
        options = inspect.signature(make).parameters
        shown: Report = make(answer, **{name: values[name] for name in values if name in options})
        if not (known := known_of_plans()):
            return shown
        from runway.reports.known import with_known

        return with_known(shown, known)

    def drawn(module: str, function: str) -> str:
        text: str = getattr(import_module(f"runway.render.{module}"), function)(report())
        return text

    def html() -> str:
        return drawn("html", "page") if declared.page is None else declared.page(answer, values["html"])

    formats = {"csv": lambda: drawn("csv", "csv"), "html": html}
    files = files_asked(values)
    for name in files:
        from runway.render.saving import save_text

        save_text(values[name], formats[name]())
        sys.stderr.write(f"wrote {values[name]}\n")
    for name, text_of in formats.items():
        if values[name] == "-":
            return text_of()
    if values["as_json"]:
        from runway.render.json import as_json

        known = known_of_plans()
        return as_json({**answer.to_dict(), **({"known": known[-1].to_dict()} if known else {})})
    if values["markdown"]:
        return drawn("markdown", "markdown")
    alone = declared.instead(answer, values)
    if files:
        return alone or ""
    text = drawn("terminal", "terminal_text")
    if values.get("full") or values.get("show"):
        from runway.cli.pager import paged

        if not values.get("no_pager") and paged(text):
            return ""
    if alone is not None:
        sys.stderr.write(text)
    return text if alone is None else alone


def known_of_plans() -> list[Knowledge]:
    """What was known of each plan that the command has read as of a day."""
    read = [plan for plan in shared.plans_read() if plan.model.as_of is not None]
    if not read:
        return []
    from runway.answers.known import known

    return [record for plan in read if (record := known(plan)) is not None]
