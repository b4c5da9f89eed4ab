"""The commitments of investors to a round that none of its closings calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.funding.round_tables import less
from runway.lines.line import RowFormula

if TYPE_CHECKING:
    from runway.funding.round import PricedRound


def uncalled_rows(part: PricedRound) -> dict[str, RowFormula]:
    """The commitments beyond the closings, by investor and in all; none where no commitments are listed.

    A clause that bites leaves of them only the room that its floor has above the closings that it counts.
    """
    if not part.commitments_:
        return {}
    rows: dict[str, RowFormula] = {}
    rest: dict[str, str] = {}
    for investor in part.investors():
        called = " + ".join(f"{closing.name}.{investor}.allotted" for closing in part.closings_)
        rest[investor] = f"{investor}.uncalled"
        rows[rest[investor]] = RowFormula(f"max(0, {investor}.amount - ({called}))", posted=True)
    for clause in sorted(part.clauses_, key=lambda clause: clause.by.number):
        if clause.cuts in [closing.name for closing in part.closings_]:
            continue
        investors = [clause.cuts] if clause.cuts in rest else list(rest)
        before = " + ".join(rest[investor] for investor in investors)
        counted = less([f"{clause.name}.{closing.name}.counted" for closing in part.closings_])
        rows[f"{clause.name}.before"] = RowFormula(before)
        room = f"min(1, max(0, {clause.name}.to{counted}) / {clause.name}.before) if {clause.name}.before > 0 else 0"
        rows[f"{clause.name}.room"] = RowFormula(room)
        for investor in investors:
            uncalled = rest[investor]
            rest[investor] = f"{investor}.uncalled_after_{clause.name}"
            share = f"{uncalled} * {clause.name}.room if {clause.name}.bites else {uncalled}"
            rows[rest[investor]] = RowFormula(share, posted=True)
    rows["uncalled"] = RowFormula(" + ".join(rest.values()), posted=True)
    return rows
