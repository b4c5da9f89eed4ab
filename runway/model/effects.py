"""The effects of events on lines: the churn that they raise, and the share of a month that they take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.language.tree import (
    ONE,
    ZERO,
    Binary,
    Call,
    Choose,
    Compare,
    Every,
    Happened,
    History,
    Negative,
    Node,
    Parameter,
    Product,
    RowRef,
    Sum,
    T,
)

if TYPE_CHECKING:
    from runway.language.figure import Figure
    from runway.model.model import Item, Model


def effective_churn(churn: Node, item: Item, model: Model) -> Node:
    """Churn plus the churn that events add, from the event's month on for as long as it stays raised."""
    terms = [churn]
    for name, event in model.events.items():
        if item.name in event.raises_churn and event.rate is not None:
            months = monthly_value(event.raised_for, f"{name}.raised_for", model)
            so_far = RowRef(f"{name}.times")
            times = Binary("-", so_far, History("lag", so_far, Call("ceil", (months,))))
            raised = monthly_value(event.raises_churn[item.name], f"{name}.raises_churn.{item.name}", model)
            terms.append(Product((Call("min", (ONE, times)), raised)))
        elif item.name in event.raises_churn:
            date: Node = Parameter(f"{name}.date")
            if event.every is not None:  # the last time that it came
                since = Sum((T, Negative(Call("floor", (date,)))))
                every = monthly_value(event.every, f"{name}.every", model)
                date = Choose(Compare(">=", since, ZERO), Sum((T, Negative(Call("mod", (since, every))))), date)
            until = Sum((Call("floor", (date,)), monthly_value(event.raised_for, f"{name}.raised_for", model)))
            raised = monthly_value(event.raises_churn[item.name], f"{name}.raises_churn.{item.name}", model)
            terms.append(Choose(Every((Happened(date), Compare("<", T, until))), raised, ZERO))
    return churn if len(terms) == 1 else Call("min", (ONE, Sum(tuple(terms))))


def kept_shares(item: Item, model: Model) -> list[Node]:
    """One factor for each event that takes a share of the line: the share of the month that is kept."""
    factors: list[Node] = []
    for name, event in model.events.items():
        if item.name in event.takes:
            share = monthly_value(event.takes[item.name], f"{name}.takes.{item.name}", model)
            factors.append(Binary("-", ONE, Product((share, RowRef(f"{name}.share")))))
    return factors


def monthly_value(figure: Figure, address: str, model: Model) -> Node:
    """The formula of a figure's monthly value."""
    return figure.conversion(address, model.settings.start, model.fx)
