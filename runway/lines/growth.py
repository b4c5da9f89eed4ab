"""Growth: when it steps, and from which day a figure that speaks of the past is brought forward."""

from datetime import timedelta
from typing import TYPE_CHECKING

from runway.language.figure import date_amount
from runway.lines.line import Mistake, RowFormula
from runway.months import parse_date

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import ValidationInfo

    from runway.language.figure import Figure
    from runway.lines.line import Surroundings


def year_begins(month: int | None, info: "ValidationInfo") -> int:
    """The month of a yearly step: as the file says it, else the first of the financial year."""
    return (info.context or {}).get("year_begins", 1) if month is None else month


def years_begun(first: str, month: int) -> str:
    """How often the `month` of a yearly step (1 for January) has come since the first month of a line.

    >>> years_begun("0", 1)
    '(year - floor((year * 12 + month - 1 - t + 0) / 12))'
    >>> years_begun("0", 7)
    '(floor((year * 12 + month - 7) / 12) - floor((year * 12 + month - 7 - t + 0) / 12))'
    """
    steps_to_now = "year" if month == 1 else f"floor((year * 12 + month - {month}) / 12)"
    return f"({steps_to_now} - floor((year * 12 + month - {month} - t + {first}) / 12))"


def brought_forward(
    growth: "Figure", grown: "Figure", *, rate: str = "growth", month: int | None = None
) -> dict[str, RowFormula]:
    """The row of a figure's growth between its `as_of` and the first month; no row unless growth counts from there.

    `(1 + rate) ** months` from the day after `as_of`; of a yearly step, in a `month` of its own, once for each such
    month that came after it.
    """
    if growth.entries[0].counts_from is None:
        return {}
    day = parse_date(grown.entries[0].as_of or "", end=True)
    if day is None:  # told as a mistake
        return {"grown_to_start": RowFormula("1")}
    exponent = f'0 - "{day + timedelta(days=1)}"'
    if month is not None:
        exponent = "12 * " + years_begun(f'floor("{day}")', month)
    return {"grown_to_start": RowFormula(f"(1 + {rate}) ** ({exponent}) if t == 0 else prev(grown_to_start)")}


def dated_growth(growth: "Figure", grown: "Figure", name: str, around: "Surroundings") -> "Iterator[Mistake]":
    """A growth that counts from the day which a figure speaks of needs that day, before the first month."""
    if not any(entry.counts_from for entry in growth.entries):
        return
    day = None if grown.scheduled else parse_date(grown.entries[0].as_of or "", end=True)
    if day is None:
        requirement = "one figure with its as_of" if grown.scheduled else "its as_of"
        text = f'A growth that counts from as_of needs {requirement}: {name} = {{ value = …, as_of = "2024-06-30" }}.'
        yield Mistake((name,), "missing-field", text)
    elif around.readable and date_amount(day).number >= around.start:
        text = f"{name} is as of {day}, within the model: growth that counts from as_of brings forward to its start."
        yield Mistake((name,), "value-out-of-range", text)
