"""A value of a report as each format writes it: one function a format."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import isnan
from typing import TYPE_CHECKING

from runway.render.chart import Sparkline, level
from runway.render.figures import Scale, day, month, months, printable, small_figure
from runway.render.report import Delta, plain, unit_of
from runway.words import amount_text, minus, rounded

if TYPE_CHECKING:
    from runway.render.report import Cell, Column, Row, Unit, Value

STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def cell_text(column: Column, row: Row, value: Value | Cell, scale: Scale, decimals: int) -> str:
    """The text of a cell of a table."""
    return value_text(plain(value), unit_of(column, row, value), scale, decimals, column.never)


def value_text(value: Value, unit: Unit, scale: Scale, decimals: int, never: str = "–") -> str:
    """A value as people read it; money ends in a space or a bracket, so that its digits stand under one another."""
    if value is None or (isinstance(value, float) and isnan(value)):  # what does not exist
        return never
    if isinstance(value, str) and (unit != "month" or not value):
        return printable(value)
    if isinstance(value, Delta):
        return difference(value, unit, scale, decimals)
    if isinstance(value, Sparkline):
        return "".join(level(point, value.floor, max(value.values)) for point in value.values)
    match unit, value:
        case "money", float() | int() | Fraction():
            return scale.figure(float(value), decimals)
        case "months", float() | int():
            return months(value)
        case "day", date():
            return day(value)
        case "month", date() | str():
            return month(value)
        case "share", float() | int() | Fraction():
            return share(value)
        case "points", float() | int() | Fraction():
            return points(float(value))
        case "change", float() | int():
            return signed(value, 1)
        case "money change", float() | int():
            return signed(round(value, scale.minor_digits) / scale.unit, decimals)
        case "count", float() | int() | Fraction():
            return f"{round(value):,}"
        case "multiple", float() | int() | Fraction():
            return large(float(value), 2, "x")
        case "rate", float() | int() | Fraction():
            return rate(value)
        case "number", float() | int() | Fraction():
            return minus(amount_text(float(value), 3))
    raise TypeError(f"{value!r} is no {unit}")


def difference(value: Delta, unit: Unit, scale: Scale, decimals: int) -> str:
    """A difference of two figures that stand beside it, as those are rounded."""
    match unit:
        case "money" | "money change":
            if round(abs(value.exact), scale.minor_digits) == 0:
                return value_text(0.0, unit, scale, decimals)
            size = value.printed(scale.unit, decimals)
            return scale.figure(size * scale.unit, decimals) if unit == "money" else signed(size, decimals)
        case "points":
            return points(value.printed(0.01, 2) / 100)
    return value_text(value.printed(1.0, 1), unit, scale, decimals)


def share(value: float | Fraction) -> str:
    """A share: `12.34%`, and a dash for none."""
    return minus(f"{float(value) * 100:.2f}%") if value else "–"


def rate(value: float | Fraction) -> str:
    """A rate: `11.5%`; −100 % stands for nothing else, such as a rate of return at which a little is left.

    >>> rate(0.115), rate(-0.9994), rate(-0.9996), rate(-1.0)
    ('11.5%', '−99.9%', '<−99.9%', '−100.0%')
    """
    percent = round(float(value) * 100, 1) + 0.0
    return "<−99.9%" if percent == -100 and value > -1 else large(percent, 1, "%")


def points(change: float) -> str:
    """A change of a share in hundredths of it: `−1.23`, `0.00` for a little, and a dash for nothing."""
    hundredths = round(change * 100, 2)
    return signed(hundredths, 2) if hundredths or not change else "0.00"


def large(value: float, digits: int, sign: str) -> str:
    """A multiple or a rate, with fewer digits where it is absurd."""
    if abs(value) >= 1e6:
        return ">999,999" + sign if value > 0 else "<−999,999" + sign
    return minus(f"{value:,.{digits if abs(value) < 1e4 else 0}f}{sign}")


def signed(value: float, decimals: int) -> str:
    """`+0.3`, `−1.9`, a dash for nothing, and where the places are too few `+0.004`.

    >>> signed(-1.94, 1), signed(0.0, 1), signed(0.004, 1), signed(1e-6, 1)
    ('−1.9', '–', '+0.004', '+<0.001')
    """
    if not value:
        return "–"
    text = f"{abs(value):,.{decimals}f}" if round(value, decimals) else small_figure(abs(value))
    return ("−" if value < 0 else "+") + text


def spreadsheet(value: Value, unit: Unit, minor_digits: int) -> str:
    """A value as CSV holds it: a plain decimal, never in powers of ten and never "-0"; empty where there is none.

    Text in a column of numbers is a figure as it is written; any other is guarded.
    """
    if value is None:
        return ""
    if isinstance(value, Delta):
        value = value.exact
    if isinstance(value, str):
        return value if unit == "number" else guarded(value)
    if isinstance(value, date):
        return value.isoformat() if unit == "day" else value.isoformat()[:7]
    if unit == "money":
        amount = float(value)  # type: ignore[arg-type]  # bars are in no CSV
        return f"{round(amount, minor_digits) + 0.0:.{minor_digits}f}" if abs(amount) < float("inf") else ""
    figure = rounded(float(value))  # type: ignore[arg-type]  # as above
    return "" if figure is None else format(Decimal(repr(figure)), "f").removesuffix(".0")


def guarded(text: str) -> str:
    """Text behind an apostrophe where a spreadsheet would take it for a formula and run it; a sign alone is none."""
    return "'" + text if len(text) > 1 and text.startswith(STARTS_A_FORMULA) else text
