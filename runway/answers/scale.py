"""Cited figures out of scale with one another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from runway.model.origin import Origins

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runway.errors import Place
    from runway.language.figure import Entry
    from runway.model.model import Model

OUT_OF_SCALE = 20  # times smaller than another figure of the same section and source
A_YEAR = {"day": 365.0, "week": 365 / 7, "month": 12.0, "quarter": 4.0, "year": 1.0}


@dataclass(frozen=True, slots=True)
class OutOfScale:
    """A cited figure far below another one cited from the same source in the same section."""

    address: str
    written: str
    a_year: float
    other: str
    other_written: str
    other_a_year: float
    place: Place


def out_of_scale(model: Model) -> Iterator[OutOfScale]:
    """Cited flows of money a year that are a small part of another one, of the same section and source.

    A wrong unit (k for M, a day for a year) looks just like it, and so does a figure of another scope.
    """
    assert model.program is not None
    origins = Origins(model)
    sections = {item.name: item.section for item in model.items}
    groups: dict[tuple[str, str], list[tuple[float, str, Entry]]] = {}
    for address, figure in origins.names.figures.items():
        section = sections.get(address.partition(".")[0], "")
        if figure.dimension != "flow" or section in ("", "drivers"):
            continue
        for number, entry in figure.addresses(address):
            if entry.source is not None and entry.amount.number > 0:
                a_year = entry.amount.number * A_YEAR[entry.amount.period or "year"]
                groups.setdefault((section, entry.source), []).append((a_year, number, entry))
    for cited in groups.values():
        largest, other, against = max(cited, key=lambda c: c[0])
        for a_year, address, entry in cited:
            if a_year * OUT_OF_SCALE < largest:
                place = origins.of(address).place
                assert place is not None
                yield OutOfScale(address, entry.text, a_year, other, against.text, largest, place)
