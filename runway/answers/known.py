"""The knowledge of a model on the day of --as-of: its books, its dated figures, those without a day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from runway.language.record import Record
from runway.model.addresses import AS_OF
from runway.program.origin import Origins

if TYPE_CHECKING:
    from datetime import date

    from runway.program.plan import Plan


@dataclass(frozen=True, slots=True)
class Knowledge(Record):
    """The knowledge of a model on a day."""

    as_of: date
    books: bool  # whether the file has any
    closed: date | None  # the last day of the books; None without any by then
    bank: date | None  # the later day of a balance of the bank; None without one
    earlier: tuple[str, ...]  # figures of a later day that are taken at an earlier value
    undated: tuple[str, ...]  # figures without a day, which count as known
    checks_left_out: int  # whose source is of a later day

    KEYS: ClassVar = ("as_of", "closed", "bank", "earlier", "undated", "checks_left_out")


def known(plan: Plan) -> Knowledge | None:
    """The knowledge of a plan on the day of --as-of; None without that."""
    model = plan.model
    if model.as_of is None:
        return None
    origins = Origins(plan)
    entries = plan.program.entries
    written = {address: entry for address, entry in entries.items() if address != AS_OF and origins.is_written(address)}
    days = {name for name, source in model.sources.items() if source.as_of is not None}
    checks = model.document.data.get("checks", [])
    return Knowledge(
        as_of=model.as_of,
        books="actuals" in model.document.data,
        closed=model.closed,
        bank=None if model.bank is None else model.bank.day,
        earlier=tuple(address for address, entry in written.items() if entry.superseded),
        undated=tuple(a for a, entry in written.items() if entry.as_of is None and entry.source not in days),
        checks_left_out=len(checks) - len(model.checks),
    )
