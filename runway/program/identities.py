"""What holds in every run, to the minor unit, as sums of rows that are 0: the engine and the workbook both check it."""

from __future__ import annotations

from operator import add, sub
from typing import TYPE_CHECKING, NamedTuple

from runway.program.debt import borrowings
from runway.program.sections import sections

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from runway.model.model import Model


class SignedRow(NamedTuple):
    """A row with its sign, so many months back."""

    sign: int
    row: str
    back: int = 0


class Identity(NamedTuple):
    """A sum of rows that is 0 in every month; a term from before the first month is its row's opening."""

    name: str
    title: str
    terms: tuple[SignedRow, ...]

    def residuals(self, rows: Mapping[str, Sequence[float]]) -> list[float]:
        """What is left, by month; 0 where a term reaches back before the first month."""
        months, reach = len(rows[self.terms[0].row]), max(term.back for term in self.terms)
        left = [0.0] * (months - reach)
        for sign, row, back in self.terms:
            left = list(map(add if sign > 0 else sub, left, rows[row][reach - back : months - back]))
        return [0.0] * reach + left


def identities(model: Model, addresses: Collection[str]) -> list[Identity]:
    """The identities of a model: cash rolls forward; sections, lines, investors and the bridge foot."""

    def foots(name: str, title: str, whole: str, parts: Iterable[str]) -> Identity:
        return Identity(name, title, (*(SignedRow(1, part) for part in parts), SignedRow(-1, whole)))

    cash_sections = sections(model)
    bridge = [address for address in addresses if address.startswith("burn_bridge.")]
    found = [
        foots("cash_rolls_forward", "Opening cash and net cash flow make closing cash", "cash",
              ("opening_cash", "net_cash_flow")),
        Identity("opening_is_last_closing", "Opening cash is last month's closing cash",
                 (SignedRow(1, "opening_cash"), SignedRow(-1, "cash", 1))),
        foots("sections_make_the_net_flow", "Sections make the net cash flow", "net_cash_flow",
              (section.cash for section in cash_sections)),
        foots("bridge_foots", "Net loss and the bridge make net burn", "net_burn", ("net_loss", *bridge)),
    ]  # fmt: skip
    for section in cash_sections:
        if section.lines:
            parts = [line.cash for line in section.lines]
            found.append(foots(f"{section.cash}_foots", f"Lines make {section.title.lower()}", section.cash, parts))
    for item in model.section("funding"):
        for place, closing in item.closings():
            investors = [f"{place}.{investor}" for investor in item.part.investors()]
            if not investors:
                continue
            title = f"Investors make {item.title}, {closing.title or closing.name}"
            found.append(foots(f"{place}.cash_foots", title, f"{place}.cash", investors))
    for item in borrowings(model):
        owed = [
            SignedRow(1, f"{item.name}.brought_forward"),
            SignedRow(1, f"{item.name}.cash"),
            SignedRow(-1, f"{item.name}.balance"),
        ]
        gone = (f"{item.name}.{row}" for row in ("principal", "converts"))  # a credit line's principal is in its cash
        owed += [SignedRow(-1, row) for row in gone if row in addresses]
        found.append(Identity(f"{item.name}_rolls_forward", f"What is owed on {item.title} rolls forward", tuple(owed)))
    return found
