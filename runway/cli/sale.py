"""`runway exit`: its values, dates and rates are read here, in the model's own currency."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from runway.cli.command import command
from runway.errors import InputError, Problem

if TYPE_CHECKING:
    from datetime import date
    from fractions import Fraction

    from runway.answers.exit import Exit
    from runway.answers.offers import Offers
    from runway.program.plan import Plan


@command("Fund", "exit saas-startup --value 20M --value 50M", "exit", name="exit")
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
    steps: Annotated[int, typer.Option("--steps", min=2, max=200, help="How many values the range has.")] = 8,
    rate: Annotated[
        str | None, typer.Option("--rate", metavar="RATE", help="A rate for the holders' NPV, and MIRR: 10%/year.")
    ] = None,
) -> Exit | Offers:
    """What a sale pays to each class and holder, and what each has made of it; of the file's exits without --value."""
    import runway

    if not value and plan.model.section("exits"):
        for option, given in (("--date", date_), ("--range", range_), ("--rate", rate)):
            if given is not None:
                text = f"{option} is about one --value; without it the exits of the file are shown as they are named."
                raise InputError(Problem("no-exit-value", text))
        return runway.exit(plan)
    if not value:
        text = (
            "--value is missing: what is paid for the company, --value 50M. Or name an exit in the file, [exits.NAME]."
        )
        raise InputError(Problem("no-exit-value", text))
    paid = [money(plan, "--value", text) for text in value]
    points = paid if len(paid) > 1 else []
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
        says = error.text.replace('FIELD = "', '--rate "').replace("FIELD", "--rate")
        raise InputError(Problem(error.name, f"--rate {text} cannot be used. {says}")) from None
    if amount.period != "year":
        says = f"--rate {text} cannot be used. Write what it is a year, for example --rate 10%/year."
        raise InputError(Problem("rate-not-yearly", says))
    return amount.number


def money(plan: Plan, option: str, text: str) -> Fraction:
    """An amount in the model's currency, exactly as written."""
    from runway.language.dimension import Dimension
    from runway.language.figure import FigureError, exact

    context = {"currency": plan.model.settings.currency, "fx": (), "sources": ()}
    if text.strip().startswith("-"):
        raise InputError(Problem("bad-exit-value", f"{option} {text} cannot be used. A company is sold for 0 or more."))
    try:
        figure = Dimension("money", low=0, schedule=False).read(text, context)
    except FigureError as error:
        says = error.text.replace("FIELD", option)
        if error.name == "wrong-currency":
            says = f"Write it in the model's own currency, {plan.model.settings.currency}."
        raise InputError(Problem("bad-exit-value", f"{option} {text} cannot be used. {says}")) from None
    return exact(figure)


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

    found = parse_date(text, end=True)
    start, months = plan.model.settings.start, plan.model.settings.months
    if found is None or not last_day(start - 1) <= found <= last_day(start + months - 1):
        span = f"{month_label(start)} to {month_label(start + months - 1)}"
        raise InputError(Problem("not-a-date", f"--date {text} is no day of this model. Write a day of {span}."))
    return found
