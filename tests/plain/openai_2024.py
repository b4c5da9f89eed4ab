"""Mid-2024 by hand: 7B for models, 1.5B for people, 0.7M a day, against 2B and 1B of revenue; 5B of stated loss."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from .money import B, M, months, post


class Reading(NamedTuple):
    """One way to read "dry within twelve months"."""

    opening_cash: Fraction
    revenue_counts: bool = True
    serving_inside: bool = True
    stated_loss_is_burn: bool = False
    growth: Fraction = Fraction(0)
    calendar_2024: bool = False


READINGS = {
    "base": Reading(Fraction("5.5") * B),
    "r1": Reading(5 * B, stated_loss_is_burn=True),
    "r2": Reading(Fraction("5.5") * B),
    "r3": Reading(Fraction("5.756") * B, serving_inside=False),
    "r4": Reading(Fraction("8.5") * B, revenue_counts=False),
    "r5": Reading(Fraction("8.756") * B, revenue_counts=False, serving_inside=False),
    "r6": Reading(Fraction("5588.4") * M, stated_loss_is_burn=True, growth=Fraction("0.02")),
    "r6a": Reading(Fraction("5284.4") * M, stated_loss_is_burn=True, growth=Fraction("0.01")),
    "r6b": Reading(Fraction("5588.4") * M, stated_loss_is_burn=True, growth=Fraction("0.02")),
    "r6c": Reading(Fraction("6632.2") * M, stated_loss_is_burn=True, growth=Fraction("0.05")),
    "r7": Reading(Fraction("5743.5") * M, stated_loss_is_burn=True, growth=Fraction("0.02"), calendar_2024=True),
}


def stated_burn(reading: Reading) -> list[Fraction]:
    """The stated loss of 5B as a burn for each of 24 months from August 2024."""
    first = 5 * B / 12
    if reading.calendar_2024:  # January such that the twelve months of 2024 sum to 5B; August is seven months on
        growth = 1 + reading.growth
        first = 5 * B / sum(growth**k for k in range(12)) * growth**7
    return [first * (1 + reading.growth) ** t for t in range(24)]


def closing_cash(reading: Reading) -> list[Fraction]:
    """Cash at the end of each of 24 months; each flow is posted to the cent."""
    cash, closing = reading.opening_cash, []
    for burn, (_, _, days) in zip(stated_burn(reading), months(2024, 8, 24), strict=True):
        serving = Fraction(700_000) * days
        models = 7 * B / 12 - (serving if reading.serving_inside else 0)
        payroll = B * 3 / 2 / 12
        revenue = [2 * B / 12, B / 12] if reading.revenue_counts else []
        flows = [*revenue, -serving, -models, -payroll]
        if reading.stated_loss_is_burn:
            flows.append(-burn - sum(flows))
        cash += sum(map(post, flows))
        closing.append(cash)
    return closing
