"""The identities that hold in every run, as sums of rows that are 0: the engine and the workbook both check them."""

from __future__ import annotations

from operator import add, sub
from typing import TYPE_CHECKING

from runway.language.named_tuple import NamedTuple
from runway.program.balance_sheet import balances
from runway.program.cash_flow import INDIRECT
from runway.program.debt import borrowings, is_note
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
        """The sum of the terms by month; 0 where a term reaches back before the first month."""
        months, reach = len(rows[self.terms[0].row]), max(term.back for term in self.terms)
        residuals = [0.0] * (months - reach)
        for sign, row, back in self.terms:
            residuals = list(map(add if sign > 0 else sub, residuals, rows[row][reach - back : months - back]))
        return [0.0] * reach + residuals


def identities(model: Model, addresses: Collection[str]) -> list[Identity]:
    """The identities of a model: cash rolls forward; sections, lines, investors and the bridge foot."""

    def foots(name: str, title: str, whole: str, parts: Iterable[str]) -> Identity:
        return Identity(name, title, (*(SignedRow(1, part) for part in parts), SignedRow(-1, whole)))

    cash_sections = sections(model)
    bridge = [address for address in addresses if address.startswith("burn_bridge.")]
    sums = [
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
            sums.append(foots(f"{section.cash}_foots", f"Lines make {section.title.lower()}", section.cash, parts))
    for item in model.section("funding"):
        for place, closing in item.closings():
            investors = [f"{place}.{investor}" for investor in item.part.investors()]
            if not investors:
                continue
            title = f"Investors make {item.title}, {closing.title or closing.name}"
            sums.append(foots(f"{place}.cash_foots", title, f"{place}.cash", investors))
    for item in borrowings(model):
        owed = [
            SignedRow(1, f"{item.name}.brought_forward"),
            SignedRow(1, f"{item.name}.cash"),
            SignedRow(-1, f"{item.name}.balance"),
        ]
        if (added := f"{item.name}.capitalised") in addresses:
            owed.append(SignedRow(1, added))
        reductions = (f"{item.name}.{row}" for row in ("principal", "converts"))  # a credit line's are in its cash
        owed += [SignedRow(-1, row) for row in reductions if row in addresses]
        sums.append(Identity(f"{item.name}_rolls_forward", f"What is owed on {item.title} rolls forward", tuple(owed)))
    sums.append(_balance_moves(model, addresses))
    if "sheet.difference" in addresses:
        sums += [
            foots("sheet_balances", "Assets are liabilities and equity", "sheet.assets",
                  ("sheet.liabilities", "sheet.equity")),
            foots("indirect_foots", "The result and what of it is no cash make the operating cash flow",
                  "cash.operating", ("net_income", *INDIRECT)),
            foots("activities_foot", "The three activities make the net cash flow", "net_cash_flow",
                  ("cash.operating", "cash.investing", "cash.financing")),
            Identity("result_is_the_loss", "Net income is the net loss with the other sign",
                     (SignedRow(1, "net_income"), SignedRow(1, "net_loss"))),
        ]  # fmt: skip
    return sums


def _balance_moves(model: Model, addresses: Collection[str]) -> Identity:
    """Both sides of the balance sheet move by the same in every month, read off the rows that every run has.

    `sheet_balances` says it of the sheet's own rows, which are run where they are asked for.
    """
    moves = {"net_cash_flow": 1, "net_loss": 1, "total.capital": 1, "total.written_off": -1, "total.non_cash": -1,
             "cash.passthrough": -1, "cash.tax": -1, "tax.charge": -1}  # fmt: skip
    before: list[SignedRow] = []
    for item, balance in balances(model, addresses):
        moves[f"{item.name}.{balance.row}"] = balance.sign
        before.append(SignedRow(-balance.sign, f"{item.name}.{balance.row}", 1))
    for item in model.items:
        if f"{item.name}.unexplained" in addresses:
            moves[f"{item.name}.unexplained"] = 1
    for item in model.section("funding"):
        rows = item.part.rows()
        if is_note(item):
            flows = {"cash": -1, "cost": -1, "payment": 1}
        elif "service" in rows:
            flows = {"balance": -1, "brought_forward": 1, "besides": -1, "besides_before": 1, "warrants_issued": -1,
                     "paid_out": 1}  # fmt: skip
        else:
            flows = {} if item.part.income else {"cash": -1}
        moves |= {f"{item.name}.{row}": sign for row, sign in flows.items() if row in rows or row == "cost"}
    terms = (*(SignedRow(sign, row) for row, sign in moves.items()), *before)
    return Identity("balance_moves", "Assets change as liabilities and equity do", terms)
