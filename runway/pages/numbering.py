"""The numbers of a page's rows and figures, one numbering for the programs of all scenarios, and the days of flows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runway.engine.days import EVEN, LINE_ROWS
from runway.engine.moving import DayRange, Followed
from runway.files.closed_months import BANK_AMOUNT, BANK_DAY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runway.engine.days import DayFlow, EarmarkCash, Layout
    from runway.engine.moving import MovingLine, PaymentDelay
    from runway.program.plan import Plan
    from runway.program.row import ProgramRow


class Numbering:
    """The place of every row and parameter of some plans, those of the first in its own order.

    Rows that are run later stand behind all that every run has.
    """

    def __init__(self, plans: Sequence[Plan], later: Sequence[Sequence[ProgramRow]]) -> None:
        self.rows: dict[str, int] = {}
        self.parameters: dict[str, int] = {}
        self.neutral: list[float] = []
        for _, program in plans:
            for row in program.usual.rows:
                self.rows.setdefault(row.address, len(self.rows))
            for address, value in program.parameters.items():
                if address not in self.parameters:
                    self.parameters[address] = len(self.parameters)
                    self.neutral.append(value)
        self.usual = len(self.rows)
        for rows in later:
            for row in rows:
                self.rows.setdefault(row.address, len(self.rows))

    def numbers(self, plan: Plan) -> list[float]:
        """The parameters of a plan by place; a parameter that it lacks has the value of another plan."""
        numbers = [*self.neutral]
        for address, value in plan.program.parameters.items():
            numbers[self.parameters[address]] = float(value)
        return numbers

    def place(self, name: str) -> int:
        """A row by its number, a parameter by -1 less its own."""
        return self.rows[name] if name in self.rows else -1 - self.parameters[name]


def bank_json(plan: Plan, places: Numbering) -> dict[str, Any] | None:
    """The bank's balance on the day that the model is read as of, which stays whatever figures are moved."""
    model, program = plan
    if (bank := model.bank) is None:
        return None
    closed = None if model.actuals is None else model.actuals.closing_cash
    return {
        "amount": places.parameters[BANK_AMOUNT],
        "month": int(program.parameters[BANK_DAY]),
        "day": bank.day.day,
        "closed": closed,
        "moved": float(bank.moved),
    }


def layout_json(at: Layout, places: Numbering) -> dict[str, Any]:
    """The layout of daily cash as the page's reading takes it."""
    rows = places.rows

    def dated(flow: DayFlow) -> list[float]:
        return [rows[flow.cash], flow.place if isinstance(flow.place, int) else places.place(flow.place), flow.sign]

    def figure(place: str | float | None) -> Any:
        return {"p": places.parameters[place]} if isinstance(place, str) else place

    def late(payment: PaymentDelay) -> dict[str, Any]:
        return {
            "by": figure(payment.by),
            "unit": payment.unit,
            "months": payment.months,
            "share": figure(payment.share),
            "but": [places.parameters[name] for name in payment.but],
            "opening": [places.parameters[name] for name in payment.opening],
            "owed": None if payment.owed is None else rows[payment.owed],
            "ahead": None if payment.ahead is None else rows[payment.ahead],
            "rate": None if payment.rate is None else rows[payment.rate],
        }

    def part(piece: DayRange | Followed) -> dict[str, Any]:
        if isinstance(piece, Followed):
            rate = None if piece.rate is None else rows[piece.rate]
            return {"row": rows[piece.row], "sign": piece.sign, "parts": [*map(part, piece.parts)], "rate": rate}
        weight = None if piece.weight is None else places.parameters[piece.weight]
        return {"first": figure(piece.first), "last": figure(piece.last), "weight": weight, "every": piece.every,
                "days": piece.days, "nth": piece.nth}  # fmt: skip

    def moving(line: MovingLine | None) -> dict[str, Any] | None:
        if line is None:
            return None
        figures = None if line.rows() else [places.parameters[name] for name in dict.fromkeys(line.parameters())]
        return {
            "cash": rows[line.cash],
            "parts": [*map(part, line.parts)],
            "late": [*map(late, line.late)],
            "figures": figures,  # the only figures that its days depend on; None where they depend on rows
        }

    def restricted(earmark: EarmarkCash) -> dict[str, Any]:
        return {
            **{key: rows[getattr(earmark, key)] for key in ("filled", "brought", "spent")},
            "closings": [*map(dated, earmark.closings)],
            "deadlines": [(places.parameters[name], places.place(name)) for name in earmark.deadlines],
            "spentOn": None if earmark.spent_on is None else places.place(earmark.spent_on),
            "openingSpent": [places.parameters[name] for name in earmark.opening_spent],
            "moving": moving(earmark.moving),
        }

    return {
        "base": at.base,
        "first": at.first,
        "begins": at.begins,
        "even": [rows[row] for row in EVEN],
        "opening": rows["opening_cash"],
        "unrestricted": rows["unrestricted_cash"],
        "minimum": rows["minimum_cash"],
        "cash": rows["cash"],
        "fixed": [*map(dated, at.fixed)],
        "oneOffs": len(at.one_offs),
        "dated": [*map(dated, (*at.one_offs, *at.dated))],
        "moving": [*map(moving, at.moving)],
        "restricted": [*map(restricted, at.restricted)],
        "lines": [[rows[f"{name}.{row}"] for row in LINE_ROWS] for name in at.credit_lines],
    }
