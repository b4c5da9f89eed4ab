"""A dividend: the part of each holder in money that is paid out on all stock."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from runway.errors import InputError
from runway.language.figure import exactly
from runway.months import date_at
from runway.ownership.records import rounded

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from runway.model.model import Item, Model
    from runway.ownership.ownership import Ownership
    from runway.ownership.records import CapTable


def dividends(
    model: Model, ownership: Ownership, rows: Mapping[str, Sequence[float]]
) -> Iterator[tuple[date, dict[str, Fraction]]]:
    """Each dividend of one run: its day, and the money of each holder, in whole minor units.

    Raises `InputError` (dividend-before-conversion) where a SAFE has not converted by then.
    """
    for item in model.section("funding"):
        item_rows = {row: rows[f"{item.name}.{row}"] for row in item.part.rows()}
        for place, money in item.part.dividends(item_rows, ownership.start):
            day = date_at(place, 0)
            _refuse_safes(model, ownership, item, day)
            yield day, rounded(on_stock(ownership.table(day), exactly(money)), ownership.minor_digits)


def on_stock(table: CapTable, money: Fraction) -> dict[str, Fraction]:
    """Money by holder, pro rata to the common shares that stock is or turns into; nothing on options and warrants."""
    shares: dict[str, Fraction] = {}
    for holder, name in table.holdings:
        if not table.classes[name].granted:
            shares[holder] = shares.get(holder, Fraction(0)) + table.as_converted(holder, name)
    total = sum(shares.values(), Fraction(0))
    return {holder: money * count / total for holder, count in shares.items() if count}


def _refuse_safes(model: Model, ownership: Ownership, item: Item, day: date) -> None:
    """Refuses a dividend before a SAFE has converted: its part depends on a price that no round has set."""
    safes = [instrument.item.title for instrument in ownership.outstanding(day) if not instrument.terms.note]
    if safes:
        text = (
            f"{', '.join(safes)} has not converted by {day.isoformat()}, and what a SAFE gets of a dividend is not "
            "modelled. Pay it after the round that converts it."
        )
        raise InputError(model.document.problem((*item.path, "date"), "dividend-before-conversion", text))
