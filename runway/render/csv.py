"""A projection as comma-separated values: one row a month, or tidy with one row a value."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from runway.words import rounded, rounding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from runway.answers.projection import Projection

__all__ = ["long_csv", "wide_csv", "written_text"]

BURN = ("gross_burn", "net_burn", "net_loss")
LOAN_ROWS = ("drawn", "interest", "principal", "fees", "balance")
LINE_ROWS = ("draw", "interest", "repayment", "fees", "balance")
BALANCES = ("restricted_cash", "unrestricted_cash")
STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def wide_csv(projection: Projection) -> str:
    """`month, opening_cash, LINE.cash …, cash.SECTION …, net_cash_flow, closing_cash`, then the rows as earned.

    Money in whole currency units with all its minor digits, so that every month foots exactly:
    opening + the section totals = opening + net flow = closing, and next month opens with it.
    """
    rows, amounts = projection.rows, projection.money
    columns = {"opening_cash": "opening_cash"}
    columns |= {line.cash: line.cash for section in projection.sections for line in section.lines}
    columns |= {section.cash: section.cash for section in projection.sections}
    columns |= {"net_cash_flow": "net_cash_flow", "closing_cash": "cash"}
    earned = [line.earned for section in projection.sections for line in section.lines if line.earned]
    earned += [address for address in rows if address.startswith("total.")]
    earned += [address for address in BURN if address in rows]
    earned += [address for address in rows if address.startswith("bridge.")]
    earned += [address for address in BALANCES if address in rows]
    earned += list(_debt(projection))
    earned += [f"{covenant.address}.{row}" for covenant in projection.covenants for row in ("tested", "headroom")]
    columns |= {address: address for address in earned}
    figures = [
        [written(value, address in amounts, projection) for value in rows[address]] for address in columns.values()
    ]
    body = ([name, *values] for name, *values in zip(projection.months, *figures, strict=True))
    return table(["month", *columns], body)


def _debt(projection: Projection) -> Iterator[str]:
    """The rows of each loan, note and credit line: what is drawn, interest, principal, fees, what is owed."""
    for section in projection.sections:
        for line in section.lines:
            rows = LINE_ROWS if f"{line.name}.repayment" in projection.rows else LOAN_ROWS
            if f"{line.name}.balance" in projection.rows:
                yield from (address for row in rows if (address := f"{line.name}.{row}") in projection.rows)


def long_csv(projection: Projection) -> str:
    """`month,address,value` for every row of the program, month by month."""
    amounts = projection.money
    body = (
        [name, written_text(address), written(values[i], address in amounts, projection)]
        for i, name in enumerate(projection.months)
        for address, values in projection.rows.items()
    )
    return table(["month", "address", "value"], body)


def written(value: float, is_money: bool, projection: Projection) -> str:
    """A plain decimal, never in powers of ten and never "-0"; empty where there is no figure."""
    if is_money:
        amount = rounding(projection.minor_digits)(value)
        return "" if amount is None else f"{amount:.{projection.minor_digits}f}"
    figure = rounded(value)
    return "" if figure is None else format(Decimal(repr(figure)), "f").removesuffix(".0")


def written_text(text: str) -> str:
    """Text behind an apostrophe where a spreadsheet would take it for a formula and run it."""
    return "'" + text if text.startswith(STARTS_A_FORMULA) else text


def table(heads: Sequence[str], body: Iterable[Sequence[str]]) -> str:
    import csv
    from io import StringIO

    buffer = StringIO()
    rows = csv.writer(buffer, lineterminator="\n")
    rows.writerow([written_text(head) for head in heads])
    rows.writerows(body)
    return buffer.getvalue()
