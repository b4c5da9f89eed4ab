"""What is paid for a company, as a text says it: an option of the command, or an argument in Python."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.errors import InputError, Problem

if TYPE_CHECKING:
    from fractions import Fraction

    from runway.program.plan import Plan


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
        from runway.cli.options import of_option

        says = of_option(option, error.text)
        if error.name == "wrong-currency":
            says = f"Write it in the model's own currency, {plan.model.settings.currency}."
        raise InputError(Problem("bad-exit-value", f"{option} {text} cannot be used. {says}")) from None
    return exact(figure)
