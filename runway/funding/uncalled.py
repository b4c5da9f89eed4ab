"""What investors have promised to a round and none of its closings calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.lines.line import RowFormula

if TYPE_CHECKING:
    from runway.funding.round import PricedRound


def uncalled_rows(part: PricedRound) -> dict[str, RowFormula]:
    """What is promised beyond the closings, by investor and in all; none where no commitments are listed.

    A clause that bites leaves of it only what its floor still has room for above the closings that it counts.
    """
    if not part.commitments_:
        return {}
    rows: dict[str, RowFormula] = {}
    left: dict[str, str] = {}
    for investor in part.investors():
        called = " + ".join(f"{closing.name}.{investor}.allotted" for closing in part.closings_)
        left[investor] = f"{investor}.uncalled"
        rows[left[investor]] = RowFormula(f"max(0, {investor}.amount - ({called}))", posted=True)
    for clause in sorted(part.clauses_, key=lambda clause: clause.by.number):
        if clause.cuts in [closing.name for closing in part.closings_]:
            continue
        hit = [clause.cuts] if clause.cuts in left else list(left)
        before = " + ".join(left[investor] for investor in hit)
        counted = " - ".join(f"{clause.name}.{closing.name}.counted" for closing in part.closings_)
        room = f"max(0, {clause.name}.to - {counted})"
        for investor in hit:
            own = left[investor]
            share = f"{own} * min(1, {room} / ({before})) if {own} > 0 else 0"
            left[investor] = f"{investor}.uncalled_after_{clause.name}"
            rows[left[investor]] = RowFormula(f"({share}) if {clause.name}.bites else {own}", posted=True)
    rows["uncalled"] = RowFormula(" + ".join(left.values()), posted=True)
    return rows
