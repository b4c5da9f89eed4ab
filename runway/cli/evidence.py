"""The commands that say why a figure is what it is, and what it rests on."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from runway.cli.command import command, heeded
from runway.cli.options import (
    AllowUnmapped,
    AsJson,
    AsOf,
    Counting,
    CsvFile,
    HtmlFile,
    Model,
    Scenario,
    Set,
    Unit,
    amount_of,
    completer,
    day_of,
    page_is_text,
    plan_named,
    refuse_idle,
    whole_months,
)
from runway.errors import InputError, Problem, closest

if TYPE_CHECKING:
    from runway.answers.backtest import Backtest
    from runway.answers.explain import Explanation
    from runway.answers.field import FieldUses
    from runway.answers.headline import Headline
    from runway.answers.sources import Sources
    from runway.answers.variance import Variance
    from runway.answers.word import Word
    from runway.program.plan import Plan

MONTH = re.compile(r"\d{4}-\d{2}(-\d{2})?\Z")
ERROR = re.compile(r"[a-z]+(-[a-z]+)*\Z")
Words = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[MODEL] ADDRESS [MONTH]",
        help="A row, a figure, an event, a closing or a clause, and a month of the model, 2026-03."
        " runway (or runway.certain) explains the headline; a word of the reports or a field what it means;"
        " an error's name prints its page.",
        autocompletion=completer("explained"),
    ),
]
Depth = Annotated[
    int | None, typer.Option("--depth", metavar="N", help="How many levels of the tree are shown; 3 without it.")
]
OlderThan = Annotated[
    str | None, typer.Option("--older-than", metavar="MONTHS", help="Also list figures older than 12m.")
]
At = Annotated[
    str | None, typer.Option("--at", metavar="DATE", help="The day that age is counted to; else the model's first.")
]
Month = Annotated[str | None, typer.Option("--month", metavar="MONTH", help="A closed month; else the last.")]


@command("Explain", "explain openai-2025 training.cost 2025-06")
def explain(
    words: Words = None,
    depth: Depth = None,
    scenario: Scenario = "base",
    set_: Set = None,
    as_of: AsOf = None,
    as_json: AsJson = False,
    csv: CsvFile = None,
    html: HtmlFile = None,
    unit: Unit = None,
) -> Explanation | Headline | Word | FieldUses | str:
    """Why a figure is what it is, down to the lines of the file; or what a word of the reports or a field means."""
    model, address, month = model_address_month(words or [])
    of_a_model = {"--scenario": scenario != "base", "--set": set_, "--as-of": as_of, "--depth": depth, "--unit": unit}
    if model is None and month is None and ERROR.match(address) and (page := error_text(address, as_json)):
        page_is_text(f"{address} is the name of an error, and its page", csv, html)
        refuse_idle(of_a_model, f"{address} is the name of an error, and its page is the same for every model")
        return page
    import runway
    from runway.answers import explain as answers
    from runway.answers import field
    from runway.answers.word import is_word, word

    alone = model is None and month is None and not Path("runway.toml").is_file()
    if alone and address != "runway" and is_word(address):
        refuse_idle(of_a_model, f"{address} is explained without a model", "name one, or ")
        return word(address)
    explanation = runway.explain(plan_named(model, scenario, set_, as_of), address, month, depth=depth)
    if isinstance(explanation, answers.Explanation | field.FieldUses):
        refuse_idle({"--unit": unit}, f"{address} is told to the minor unit, or as it is written")
    return explanation


def model_address_month(words: list[str]) -> tuple[str | None, str, str | None]:
    """Model, address and month of the arguments; without an address it is the headline."""
    month = words[-1] if words and MONTH.match(words[-1]) else None
    rest = words[: len(words) - (month is not None)]
    rest = joined(rest)
    if len(rest) > 2:
        text = f"{rest[2]} is one argument too many. Write runway explain [MODEL] ADDRESS [MONTH], such as 2026-03."
        raise InputError(Problem("too-many-arguments", text))
    if len(rest) == 2:
        model, address = rest if is_model(rest[0]) or not is_model(rest[1]) else reversed(rest)  # in either order
        return model, address, month
    if not rest:
        return None, "runway", month
    return (rest[0], "runway", month) if is_model(rest[0]) else (None, rest[0], month)


def joined(words: list[str]) -> list[str]:
    """The arguments with a word of the reports that is several, net burn, as one; a model may stand before it."""
    from runway.answers.word import is_word

    for first in (0, 1):
        if len(words) > first + 1 and is_word(" ".join(words[first:])) and not (first == 0 and is_model(words[0])):
            return [*words[:first], " ".join(words[first:])]
    if len(words) > 2 and is_model(words[-1]) and is_word(" ".join(words[:-1])):
        return [words[-1], " ".join(words[:-1])]
    first = int(bool(words) and is_model(words[0]))
    return [*words[:first], " ".join(words[first:])] if is_misspelt(words[first:]) else words


def is_misspelt(words: list[str]) -> bool:
    """Whether these are the parts of a word of the reports that is several, each of them nearly."""
    from runway.answers.word import glossary

    near = closest(" ".join(words), frozenset(glossary())) if len(words) > 1 else None
    parts = () if near is None else near.split("_")
    return len(words) == len(parts) > 0 and all(map(closest, words, ([part] for part in parts)))


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


def _tells_ages(options: dict[str, Any]) -> None:
    """Refuses the day that ages are counted to where none is told."""
    if options["at"] is not None:
        day_of("--at", options["at"])
        tells_ages = options["older_than"] is not None or options["as_json"]
        refuse_idle({"--at": not tells_ages}, "Ages are told with --older-than or --json", "add one of them, or ")
    ages = {"--older-than": options["older_than"], "--at": options["at"]}
    heeded(options, ages, "every figure with the day that it is of")


@command("Explain", "sources openai-2025", first=_tells_ages)
def sources(
    plan: Plan, older_than: OlderThan = None, at: At = None, counting: Counting = None, unit: Unit = None
) -> Sources:
    """What every figure rests on, how much of runway hangs on it, and what to find out next."""
    refuse_idle({"--unit": unit}, "Figures are told as they are written")
    import runway

    says = "is no length of time. Write --older-than 12m, or 2y."
    age = None if older_than is None else amount_of("--older-than", older_than, "months", says)
    return runway.sources(plan, counting=counting, older_than=age, at=None if at is None else day_of("--at", at))


def _new_day(options: dict[str, Any]) -> None:
    """Refuses the rung of a zero-cash date that is not told."""
    heeded(options, {"--counting": options["counting"]}, "no zero-cash date")


@command("Explain", "variance saas-startup-actuals", first=_new_day)
def variance(
    plan: Plan, month: Month = None, counting: Counting = None, allow_unmapped: AllowUnmapped = False
) -> Variance:
    """Plan against actuals, for the month and the year to date, and the new zero-cash date."""
    import runway

    return runway.variance(plan, month, counting=counting)


def _one_way(options: dict[str, Any]) -> None:
    """Refuses further names without --vintages, and --vintages beside --every."""
    names, more = options["vintages"], options["more"]
    if more and not names:
        text = f"{more[0]} is one argument too many. Vintages follow --vintages: --vintages {more[0]}."
        raise InputError(Problem("too-many-arguments", text))
    if names and options["every"] is not None:
        text = "--every closes today's file at earlier months, --vintages names other forecasts. Leave one out."
        raise InputError(Problem("given-twice", text))
    heeded(options, {"--simulate": options["simulate"]}, "how far forecasts were off, without futures")


@command("Explain", "backtest saas-startup-actuals --every month", first=_one_way)
def backtest(
    model: Model = None,
    more: Annotated[
        list[str] | None, typer.Argument(metavar="VINTAGE...", help="Further ones.", autocompletion=completer("models"))
    ] = None,
    every: Annotated[
        Literal["month", "quarter"] | None, typer.Option("--every", help="Today's file closed with each earlier month.")
    ] = None,
    vintages: Annotated[
        list[str] | None,
        typer.Option(
            "--vintages",
            metavar="VINTAGE...",
            help="Forecasts as they were made: plan.toml@v1 2025-q4.toml vintages/2026-03.json.",
            autocompletion=completer("models"),
        ),
    ] = None,
    horizon: Annotated[
        str | None, typer.Option("--horizon", metavar="MONTHS", help="How far ahead at most: 12m.")
    ] = None,
    simulate: Annotated[
        int, typer.Option("--simulate", metavar="N", help="Also N futures of each vintage; 0: none.", min=0)
    ] = 0,
    as_of: AsOf = None,
) -> Backtest:
    """How far old forecasts were off, by months ahead, and whether going on as before was nearer."""
    import runway

    ahead = None if horizon is None else whole_months("--horizon", horizon)
    plan = plan_named(model, as_of=as_of)
    names = [*(vintages or ()), *(more or ())]
    return runway.backtest(plan, names, every=every or "month", horizon=ahead, simulate=simulate)
