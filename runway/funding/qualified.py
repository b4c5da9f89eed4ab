"""The closings that convert a note: the one rule, as rows that both the cash and the cap table read.

A qualified financing is one round that brings at least the note's `qualified` money.  It counts all of its closings up
to the day, those before the first month and before the note included; two rounds are not added up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runway.funding.funding import Funding

QUALIFIED = "qualified_round"  # the row of the money that a round must bring, of a note that asks for it


def raised_row(closing: str) -> str:
    """The row of the money that its round has brought by the end of the day of a closing."""
    return f"{closing}.raised"


def raised(name: str, part: Funding, closing: str) -> str:
    """The formula of the money that the round `name` has brought by the end of the day of one of its closings."""
    drawn = " + ".join(f"{name}.{investor}.drawn" for investor in part.investors())
    later = [
        f" - ({name}.{drawing.name}.cash if {name}.{drawing.name}.due > {name}.{closing}.due else 0)"
        for drawing in part.closings()
        if drawing.name != closing
    ]
    return drawn + "".join(later)


def _closes(part: Funding, rounds: Mapping[str, Funding]) -> list[tuple[str, str]]:
    """The closings that may convert an instrument, each with the condition that it does in this month."""
    enough = f" and {{closing}}.raised >= {QUALIFIED}" if QUALIFIED in part.rows() else ""
    last = " <= maturity" if "converts" in part.rows() else ""
    closes = "({closing}.cash > 0 and due <= {closing}.due" + last + enough + ")"
    closings = [f"{name}.{closing.name}" for name, sold in rounds.items() for closing in sold.closings()]
    return [(closing, closes.format(closing=closing)) for closing in closings]


def converted(note: Funding, rounds: Mapping[str, Funding]) -> str:
    """The formula of whether a note that is paid back at maturity has been converted by a closing before that."""
    return " or ".join(["prev(converted) > 0", *(closes for _, closes in _closes(note, rounds))])


def converted_on(part: Funding, rounds: Mapping[str, Funding]) -> str:
    """The formula of the day on which a SAFE or a note is converted, never until then."""
    days = [f"({closing}.due if {closes} else 'never')" for closing, closes in _closes(part, rounds)]
    return f"min({', '.join(['prev(converted_on)', *days])})"
