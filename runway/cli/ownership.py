"""The commands of who owns the company: its cap table, what a clause of a round is worth, what a sale pays to whom."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from runway.cli.command import command
from runway.cli.exit_value import money
from runway.cli.options import AsOf, Scenario, Set, completer, of_option, plan_named, refuse_idle
from runway.errors import InputError, Problem

if TYPE_CHECKING:
    from datetime import date
    from fractions import Fraction

    from runway.answers.clause_terms import Clauses
    from runway.answers.exit import Exit
    from runway.answers.offers import Offers
    from runway.answers.term_sheets import TermSheets
    from runway.ownership.ownership import Ownership
    from runway.program.plan import Plan

ADDRESS = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*\Z")
STEPS = 8  # values of a range of exits


@command("Fund", "captable saas-startup --at 2027-06", watches=True)
def captable(
    plan: Plan,
    other: Annotated[
        str | None,
        typer.Argument(
            metavar="OTHER",
            help="Another model, as of a second term sheet: both side by side.",
            autocompletion=completer("models"),
        ),
    ] = None,
    at: Annotated[
        str | None, typer.Option("--at", metavar="MONTH", help="The cap table at the end of one month.")
    ] = None,
) -> Ownership | TermSheets:
    """Who owns the company: every closing, its price, and who is diluted by what."""

    import runway

    owned = runway.captable(plan)
    day = None if at is None else month_end(owned, at)
    if other is None:
        return owned._replace(day=day)
    from runway.answers.term_sheets import term_sheets

    model = plan.model
    second = runway.load(other, scenario=model.scenario, set=model.changes)
    return term_sheets(plan, second, day, (model.document.title, other))


def month_end(owned: Ownership, text: str) -> date:
    """The last day of a month of the model, or of the month before its first."""
    from runway.months import last_day, month_label, month_number

    month = month_number(text)
    first, last = owned.start - 1, owned.start + owned.months - 1
    if month is None or not first <= month <= last:
        span = f"{month_label(first)} to {month_label(last)}"
        raise InputError(Problem("not-a-month", f"--at {text} is no month of this model. Write one of {span}."))
    return last_day(month)


@command("Fund", "clause openai-2025")
def clause(
    model: Annotated[
        str | None, typer.Argument(metavar="MODEL", help="An assumption file, - or a bundled model.")
    ] = None,
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="ROUND.CLAUSE",
            help="One clause (it may stand alone), or after MODEL a round. Without it: every clause.",
        ),
    ] = None,
    scenario: Scenario = "base",
    set_: Set = None,
    as_of: AsOf = None,
) -> Clauses:
    """What a clause takes, and how late its condition may still be met."""
    if name is None and model is not None and is_clause(model):
        model, name = None, model
    import runway

    return runway.clause(plan_named(model, scenario, set_, as_of), name)


def is_clause(text: str) -> bool:
    """Whether an argument that stands alone names a clause rather than a file."""
    return bool(ADDRESS.match(text)) and not text.endswith(".toml") and not Path(text).exists()


@command("Fund", "exit saas-startup --value 20M --value 50M", name="exit")
def sale(
    plan: Plan,
    value: Annotated[
        list[str] | None,
        typer.Option("--value", metavar="MONEY", help="What is paid for the company. Repeatable: side by side."),
    ] = None,
    date_: Annotated[
        str | None, typer.Option("--date", metavar="DAY", help="The day of the sale; the last of the model.")
    ] = None,
    range_: Annotated[
        str | None, typer.Option("--range", metavar="LOW..HIGH", help="Other values shown beside it.")
    ] = None,
    steps: Annotated[int, typer.Option("--steps", min=2, max=200, help="How many values the range has.")] = STEPS,
    rate: Annotated[
        str | None, typer.Option("--rate", metavar="RATE", help="A rate for the holders' NPV, and MIRR: 10%/year.")
    ] = None,
) -> Exit | Offers:
    """What a sale pays to each class and holder, and what each has made of it; of the file's exits without --value."""
    import runway

    if not value and plan.model.section("exits"):
        for option, setting in {"--date": date_, "--range": range_, "--steps": steps != STEPS}.items():
            if setting not in (None, False):
                text = f"{option} is about one --value; without it the exits of the file are shown as they are named."
                raise InputError(Problem("no-exit-value", text))
        return runway.exit(plan, rate=None if rate is None else yearly(rate))
    if not value:
        text = (
            "--value is missing: what is paid for the company, --value 50M. Or name an exit in the file, [exits.NAME]."
        )
        raise InputError(Problem("no-exit-value", text))
    paid = [money(plan, "--value", text) for text in value]
    if again := next((text for n, text in enumerate(value) if paid[n] in paid[:n]), None):
        raise InputError(Problem("given-twice", f"--value {again} is given twice. Each value has columns of its own."))
    points = paid if len(paid) > 1 else []
    of_range = {"--steps": points and range_ is None and steps != STEPS}
    refuse_idle(of_range, "Several --value are shown as they are", "add --range, or ")
    if range_ is not None or not points:
        low, high = between(plan, range_) if range_ is not None else (paid[0] * 2 / steps, paid[0] * 2)
        points = [low + (high - low) * n / (steps - 1) for n in range(steps)] if high else []
    return runway.exit(
        plan,
        paid,
        on=None if date_ is None else day(plan, date_),
        values=points,
        rate=None if rate is None else yearly(rate),
    )


def yearly(text: str) -> float:
    """A rate a year, as `--rate` has it."""
    from runway.language.dimension import Dimension
    from runway.language.figure import FigureError

    try:
        amount = Dimension("rate", low=-0.99, high=100, schedule=False, example='"10%/year"').amount(text)
    except FigureError as error:
        says = f"--rate {text} cannot be used. {of_option('--rate', error.text)}"
        raise InputError(Problem(error.name, says)) from None
    if amount.period != "year":
        says = f"--rate {text} cannot be used. Write what it is a year, for example --rate 10%/year."
        raise InputError(Problem("rate-not-yearly", says))
    return amount.number


def between(plan: Plan, text: str) -> tuple[Fraction, Fraction]:
    """The ends of a range of exit values."""
    low_text, dots, high_text = text.partition("..")
    if not dots:
        raise InputError(Problem("range-malformed", f"--range {text} cannot be used. A range has two ends: 0..100M."))
    low, high = money(plan, "--range", low_text.strip()), money(plan, "--range", high_text.strip())
    if low >= high:
        raise InputError(Problem("range-reversed", f"--range {text} cannot be used. The low end comes first."))
    return low, high


def day(plan: Plan, text: str) -> date:
    """A day within the model's months."""
    from runway.months import last_day, month_label, parse_date

    sale_day = parse_date(text, end=True)
    start, months = plan.model.settings.start, plan.model.settings.months
    if sale_day is None or not last_day(start - 1) <= sale_day <= last_day(start + months - 1):
        span = f"{month_label(start)} to {month_label(start + months - 1)}"
        raise InputError(Problem("not-a-date", f"--date {text} is no day of this model. Write a day of {span}."))
    return sale_day
