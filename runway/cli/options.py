"""The arguments and options that commands share, each described once."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from runway.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date

    from runway.program.plan import Plan


def completer(name: str) -> Callable[[typer.Context, str], list[str]]:
    """The function that a shell asks for the texts it offers: that of the name in `completion`."""

    def offered(ctx: typer.Context, incomplete: str) -> list[str]:
        from runway.cli import completion

        texts: list[str] = getattr(completion, name)(ctx.params, incomplete)
        return texts

    return offered


LeadingModel = Annotated[
    str | None,
    typer.Argument(
        metavar="MODEL",
        help="An assumption file, - for standard input, or a bundled model; it may be left out.",
        autocompletion=completer("models"),
    ),
]
"""The model of a command whose last argument is the file to write."""
Model = Annotated[
    str | None,
    typer.Argument(
        metavar="MODEL",
        help="An assumption file, - for standard input, or a bundled model."
        " Without one: ./runway.toml, else the bundled openai-2025.",
        autocompletion=completer("models"),
    ),
]
Scenario = Annotated[
    str,
    typer.Option(
        "--scenario", "-s", metavar="NAME", help="A scenario of the file.", autocompletion=completer("scenarios")
    ),
]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="ADDRESS=VALUE",
        help="Change one figure: rent.amount=5000/month, payroll.growth=+10%, conversion.date=never. A sign changes the"
        " figure by so much; ==-5 writes a negative one. Repeatable.",
        autocompletion=completer("settings"),
    ),
]
AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="DAY",
        help="The model as it was known at the end of this day, from which what is left is counted: 2026-03-31."
        " Without it as it is, counted from the last close, else the start.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
CsvFile = Annotated[
    str | None, typer.Option("--csv", metavar="FILE|-", help="Write CSV to a file, or to standard output.")
]
Markdown = Annotated[bool, typer.Option("--markdown", help="Print Markdown, as for a pull request.")]
HtmlFile = Annotated[
    str | None, typer.Option("--html", metavar="FILE|-", help="Write a page to a file, or to standard output.")
]
Counting = Annotated[
    str | None, typer.Option("--counting", metavar="RUNG", help="cash-in-hand, certain, conditional or planned.")
]
Unit = Annotated[
    Literal["full", "thousands", "millions", "billions"] | None,
    typer.Option("--unit", help="The unit of money in tables; else the file's, else by its size."),
]
Watch = Annotated[
    bool, typer.Option("--watch", help="Print again, with what changed, whenever a file that was read is saved.")
]
Long = Annotated[bool, typer.Option("--long", help="CSV with one row a value: month,address,value.")]


AllowUnmapped = Annotated[
    bool, typer.Option("--allow-unmapped", help="Leave out accounts of the ledger that no line has.")
]
Layout = Annotated[str | None, typer.Option("--layout", help="The files' layout.")]
DatesAs = Annotated[
    Literal["day-month-year", "month-day-year", "year-month-day"] | None,
    typer.Option("--date", help="The order of their dates."),
]
Decimals = Annotated[Literal[".", ","] | None, typer.Option("--decimal", help="Their decimal mark.")]
Encoding = Annotated[str | None, typer.Option("--encoding", help="How their text is encoded.")]
SheetName = Annotated[str | None, typer.Option("--sheet", help="Of a workbook with several, the sheet to read.")]
Duplicates = Annotated[bool, typer.Option("--duplicates", help="Rows that are the same are several.")]


def model_read(model: str | None) -> str:
    """The model to read; when none was named, standard error says which one it is."""
    if model is not None:
        return model
    from runway.files.document import bundled_models, default_model

    name = default_model()
    bundled = name in bundled_models()
    sys.stderr.write(f"reading {name}{' (bundled); name a file to read yours' if bundled else ''}\n")
    return name


def assignments(
    texts: Sequence[str] | None, as_of: str | None = None, more: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """`--set` texts as address and value, split at the first equals sign; `--as-of` is the same as setting the model's.

    `more` are what other options set.  Raises `InputError`: set-malformed, given-twice.
    """
    parts = [(text, *text.partition("=")) for text in map(in_utf8, texts or ())]
    wrong = [text for text, address, sign, value in parts if not (address.strip() and sign and value.strip())]
    if wrong:
        raise InputError(*map(malformed, wrong))
    changes = dict(more or {})
    if as_of is not None:
        from runway.model.addresses import AS_OF
        from runway.model.overrides import set_by

        changes[AS_OF] = set_by("--as-of", as_of)
    for _, address, _, value in parts:
        if address.strip() in changes:
            from runway.model.overrides import set_twice

            raise InputError(set_twice(address.strip(), changes[address.strip()], value.strip()))
        changes[address.strip()] = value.strip()
    return changes


def in_utf8(text: str) -> str:
    """What was typed, whatever the encoding of the environment; bytes that are no text are shown as such."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def plan_named(
    model: str | None,
    scenario: str = "base",
    set_: Sequence[str] | None = None,
    as_of: str | None = None,
    more: Mapping[str, Any] | None = None,
) -> Plan:
    """The plan of the model that a command's arguments name, as `--set`, `--as-of` and `more` change it."""
    import runway

    changes = assignments(set_, as_of, more)
    plan = runway.load(model_read(model), scenario=scenario, set=changes)
    plan_read(plan)
    return plan


@contextmanager
def unit_asked(unit: str | None) -> Iterator[None]:
    """While a command answers, its tables have this unit, or that of the model that it reads."""
    from runway.render.figures import SIZE, UNIT_NAME

    tokens, read = (UNIT_NAME.set(unit), SIZE.set(SIZE.get())), _read.set([])
    try:
        yield
    finally:
        UNIT_NAME.reset(tokens[0])
        SIZE.reset(tokens[1])
        _read.reset(read)


_read: ContextVar[list[Plan]] = ContextVar("plans read")
"""The plans that the command which answers has read."""


def plans_read() -> list[Plan]:
    """The plans that the command which answers has read, in their order."""
    return _read.get([])


def plan_read(plan: Plan) -> None:
    """Notes what a command has read; its tables have the unit of its file, or of its size, where none is asked for."""
    from runway.errors import SIGNS
    from runway.language.figure import MARKS
    from runway.render.figures import SIZE, UNIT_NAME

    plans_read().append(plan)
    SIGNS["¥"] = next((code for code in (plan.model.settings.currency, *plan.model.fx) if code in MARKS["¥"]), "JPY")
    if UNIT_NAME.get() is None:
        UNIT_NAME.set(plan.model.settings.unit)

    @cache
    def size() -> float:
        from runway.answers.magnitude import largest_figure

        return largest_figure(plan)

    SIZE.set(size)


def day_of(option: str, text: str, *, end: bool = False) -> date:
    """The day that an option names; of a month its first, or with `end` its last."""
    from runway.months import parse_date

    date_read = parse_date(text, end=end)
    if date_read is None:
        raise InputError(Problem("not-a-date", f"{option} {text} is no date; write 2026-06-30, or 2026-06."))
    return date_read


def amount_of(option: str, text: str, kind: str, says: str) -> float:
    """An amount that an option names: a share, `0.1%`, or with the kind `months` a length of time, `12m` or `1y`.

    `says` is what is said of a text that is none.
    """
    from runway.language.dimension import Dimension, months_of
    from runway.language.figure import FigureError

    try:
        return months_of(text) if kind == "months" else Dimension(kind, schedule=False).amount(text).number
    except FigureError:
        raise InputError(Problem("value-out-of-range", f"{option} {text} {says}")) from None


def whole_months(option: str, text: str) -> int:
    """The months of an option that takes whole ones, at least one."""
    from runway.language.dimension import LENGTH
    from runway.language.figure import FigureError

    try:
        months = LENGTH.amount(text).whole_months
    except FigureError:
        months = None
    if months is None or months < 1:
        says = f"{option} {text} is not whole months. Write {option} 12m, or 1y."
        raise InputError(Problem("value-out-of-range", says))
    return months


def of_option(option: str, says: str) -> str:
    """What is said of a figure in a file, said of an option."""
    return says.replace("FIELD = ", f"{option} ").replace("FIELD", option)


def page_is_text(says: str, csv: str | None, html: str | None) -> None:
    """Refuses a table of what has none; `says` is what it is."""
    if csv is not None or html is not None:
        raise InputError(Problem("page-is-text", f"{says} is text: leave out --csv and --html."))


def refuse_idle(options: Mapping[str, Any], why: str, instead: str = "") -> None:
    """Refuses options that have no effect on what is asked for; `options` have of each whether it was given."""
    if idle := [name for name, is_given in options.items() if is_given]:
        raise InputError(Problem("option-without-effect", f"{why}: {instead}leave out {' and '.join(idle)}."))


def malformed(text: str) -> Problem:
    return Problem(
        "set-malformed",
        f"--set {text} does not say which figure gets which value.\n"
        "Write --set ADDRESS=VALUE, for example --set payroll.growth=5%/year.",
    )
