"""A model as it was known on a day: books closed by then, and events dated up to it have happened."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from runway.language.figure import date_amount
from runway.months import absolute_month, last_day

if TYPE_CHECKING:
    from datetime import date

    from runway.language.figure import Figure
    from runway.model.books import ActualsTable
    from runway.model.model import Item, Model


def as_of(model: Model, day: date) -> Model:
    """The model as of the end of a day.

    Its books are closed by the last month that has ended; an event up to that day happened, on its date and surely.
    Its figures have been read at their values of that day already, by the context of the reader.
    """
    items = tuple(_happened(item, day) if item.section == "events" else item for item in model.items)
    table = model.actuals_table and closed_by(model.actuals_table, last_ended(day), model.settings.start)
    return model._replace(as_of=day, items=items, actuals_table=table)


def last_ended(day: date) -> int:
    """The last absolute month whose end is on or before a day."""
    month = absolute_month(day)
    return month if last_day(month) == day else month - 1


def closed_by(table: ActualsTable, month: int, start: int) -> ActualsTable | None:
    """The books closed with a month at the latest; None where the first has not begun.

    Where `last_close` is "auto", the files say the month once they are read, up to `Model.as_of`.
    """
    if month < start - 1:
        return None
    if table.last_close == "auto":
        return table
    return table.model_copy(update={"last_close": month}) if table.last_close > month else table


def _happened(item: Item, day: date) -> Item:
    """An event that was on its date by the day."""
    figure: Figure = item.part.date
    if figure.number >= date_amount(day + timedelta(days=1)).number:
        return item
    surely = figure.entries[0]._replace(low=None, high=None, distribution=None, outcomes=())
    part = item.part.model_copy(update={"probability": None, "date": figure._replace(entries=(surely,))})
    return item._replace(part=part)
