"""The use of proceeds: where the money of each closing, grant and loan went by the end of the horizon.

Cash is fungible, so this is a rule and not a fact.  What an earmark's line spends is met first by the closings that
filled the earmark, in the order in which they did.  Everything else that is paid in a month is met first by what was
received in it, then by the oldest money: opening cash, then what came in the order in which it came, each split over
the sections in proportion to what is still to be met; a credit line is repaid from its own unspent money first.  What
cannot be met waits for the next money.  Reckoned in whole minor units, so that for every source what came in is exactly
what was used and what is left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.answers.projection import Proceeds, Use
from runway.language.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from runway.engine.ladder import Rows
    from runway.program.plan import Plan
    from runway.program.sections import CashLine

Needs = dict[str, int]

SECTIONS = ("interest", "revenue", "costs", "passthrough", "capital", "tax", "debt")
TITLES = {
    "interest": "interest",
    "revenue": "refunds",
    "costs": "costs",
    "passthrough": "pass-through",
    "capital": "capital",
    "tax": "tax",
    "debt": "debt service",
    "credit": "credit lines repaid",
    "overdraft": "overdraft at the start",
}


class MoneySource:
    """Money of one origin in minor units: the amount received, and its uses."""

    def __init__(self, address: str, title: str) -> None:
        self.address, self.title = address, title
        self.amount, self.uses = 0, Needs()


class Lot:
    """Money of a source received at one time: the part that is free, and the parts set aside, by earmark."""

    def __init__(self, source: MoneySource, amount: int) -> None:
        source.amount += amount
        self.source, self.free, self.aside = source, amount, Needs()

    def spend(self, amount: int, needs: Needs) -> None:
        """Meets needs with an amount, each in proportion to its rest."""
        for use, part in divided(amount, needs).items():
            self.source.uses[use] = self.source.uses.get(use, 0) + part
            needs[use] -= part


class EarmarkRows(NamedTuple):
    """An earmark: the line that may spend it, the closings that fill it in their order, and the prefix of its rows."""

    line: str
    section: str
    prefix: str
    closings: tuple[str, ...]
    pro_rata: bool
    opening_spent: float


def divided(amount: int, parts: Mapping[str, int]) -> dict[str, int]:
    """A whole amount in proportion to whole parts, none beyond its part; the roundings cancel.

    >>> divided(10, {"costs": 20, "capital": 10, "tax": 1})
    {'costs': 6, 'capital': 3, 'tax': 1}
    """
    total, seen, assigned, shares = sum(parts.values()), 0, 0, {}
    for name, part in parts.items():
        seen += part
        upto = amount * seen // total if total else 0
        shares[name], assigned = upto - assigned, upto
    return shares


def proceeds(plan: Plan, rows: Rows, lines: Sequence[CashLine]) -> tuple[Proceeds, ...]:
    """Each source and its uses; `lines` are those of funding and of credit lines.  Empty if no funding came.

    Opening cash and receipts are sources like the others.  Raises `AssertionError` if it does not foot.
    """
    funding = [line for line in lines if any(value > 0 for value in rows[line.cash])]
    if not funding:
        return ()
    repaid = [line.name for line in lines if f"{line.name}.repayment" in rows]
    sources_left = _Lots(plan, rows, funding, repaid).run()
    units = float(10**plan.program.minor_digits)
    titles = {**TITLES, **{item.name: item.title for item in plan.model.items}}
    return tuple(
        Proceeds(
            address=source.address,
            title=source.title,
            amount=source.amount / units,
            uses=tuple(Use(name, titles[name], part / units) for name, part in source.uses.items() if part),
            left=left / units,
        )
        for source, left in sources_left
        if source.amount
    )


class _Lots:
    """The lots in the order in which they came, and the needs that wait for money."""

    def __init__(self, plan: Plan, rows: Rows, lines: Sequence[CashLine], credit: Sequence[str]) -> None:
        program = plan.program
        self.credit = credit  # the names of credit lines, whether or not they were drawn
        self.rows, self.lines, self.months = rows, lines, program.months
        self.units = 10**program.minor_digits
        self.opening, self.receipts = MoneySource("opening_cash", "opening cash"), MoneySource("receipts", "receipts")
        self.sources = {line.name: MoneySource(line.name, line.title) for line in lines}
        self.earmarks = tuple(_earmarks(plan))
        first = self.whole("opening_cash", 0)
        self.lots = [Lot(self.opening, max(0, first))]
        self.needs = {"overdraft": max(0, -first)}

    def whole(self, row: str, t: int) -> int:
        """A row's amount of a month in minor units."""
        amount: int = round(self.rows[row][t] * self.units)
        return amount

    def run(self) -> list[tuple[MoneySource, int]]:
        """Every source with its money that is left."""
        for t in range(self.months):
            received = self.month(t)
            for earmark in self.earmarks:
                self.set_aside(earmark, t)
            self.meet(received)
        left = [
            (source, sum(lot.free + sum(lot.aside.values()) for lot in self.lots if lot.source is source))
            for source in (self.opening, *self.sources.values(), self.receipts)
        ]
        for source, rest in left:
            assert source.amount == sum(source.uses.values()) + rest, f"the proceeds of {source.address} do not foot"
        unspent = sum(rest for _, rest in left) - sum(self.needs.values())
        assert unspent == self.whole("cash", self.months - 1), "the use of proceeds does not foot to closing cash"
        return left

    def month(self, t: int) -> int:
        """Adds the funding of month `t` as lots and its payments as needs; returns the month's other receipts."""
        arrivals: list[tuple[float, int, Lot]] = []
        for line in self.lines:
            row = f"{line.name}.draw" if line.name in self.credit else line.cash
            if (amount := self.whole(row, t)) > 0:
                day = t + 1 if line.name in self.credit else self.rows[f"{line.name}.due"][t]
                arrivals.append((day, len(arrivals), Lot(self.sources[line.name], amount)))
        self.lots += [lot for _, _, lot in sorted(arrivals)]
        flows = {section: self.whole(f"cash.{section}", t) for section in SECTIONS}
        flows["credit"] = -sum(self.repaid(name, t) for name in self.credit)
        for name, section in {earmark.line: earmark.section for earmark in self.earmarks}.items():
            flows[name] = self.whole(f"{name}.cash", t)
            flows[section] -= flows[name]
        for use, flow in flows.items():
            self.needs[use] = self.needs.get(use, 0) + max(0, -flow)
        return sum(max(0, flow) for flow in flows.values())

    def repaid(self, name: str, t: int) -> int:
        """The repayment of a credit line beyond its own unspent money, which goes back first."""
        owed = self.whole(f"{name}.repayment", t)
        for lot in self.lots:
            if lot.source.address == name:
                back = min(lot.free, owed)
                lot.spend(back, {"credit": back})
                lot.free -= back
                owed -= back
        return owed

    def set_aside(self, earmark: EarmarkRows, t: int) -> None:
        """Fills an earmark, lets its line spend from it, and frees money that is no longer restricted."""
        name, rows = earmark.prefix, self.rows
        filled = [lot for lot in self.lots if lot.source.address in earmark.closings]
        if t == 0:  # money of closings before the first month is in opening cash, and set aside in it
            brought = sum(rows[f"{closing}.cash"][0] for closing in earmark.closings)
            all_of_it = rows[f"{name}.brought"][0]
            share = (all_of_it - brought) / all_of_it if all_of_it else 0.0
            before = round((rows[f"{name}.filled"][0] * share - earmark.opening_spent) * self.units)
            _fill(self.lots[:1], name, before)
        restricted = sum(lot.aside.get(name, 0) for lot in self.lots)
        spent_before = rows[f"{name}.spent"][t - 1] if t else earmark.opening_spent
        to_fill = round(max(0.0, rows[f"{name}.filled"][t] - spent_before) * self.units) - restricted
        if earmark.pro_rata and to_fill > 0:  # of closings in one month each brings its part
            money = {str(n): self.whole(f"{lot.source.address}.cash", t) for n, lot in enumerate(filled)}
            for n, part in divided(min(to_fill, sum(money.values())), money).items():
                to_fill -= _fill([filled[int(n)]], name, part)
        _fill(filled, name, to_fill)
        for lot in self.lots:
            paid = min(lot.aside.get(name, 0), self.needs[earmark.line])
            if paid:
                lot.aside[name] -= paid
                rest = {earmark.line: self.needs[earmark.line]}
                lot.spend(paid, rest)
                self.needs[earmark.line] = rest[earmark.line]
        excess = sum(lot.aside.get(name, 0) for lot in self.lots) - self.whole(f"{name}.restricted", t)
        for lot in self.lots:
            freed = max(0, min(lot.aside.get(name, 0), excess))
            if freed:
                lot.aside[name] -= freed
                lot.free += freed
                excess -= freed

    def meet(self, received: int) -> None:
        """Meets the needs from the month's receipts, then from the oldest money; the rest of the receipts is a lot."""
        receipts = Lot(self.receipts, received)
        unmet = sum(self.needs.values())
        for lot in (receipts, *self.lots):
            amount = min(lot.free, unmet)
            if amount:
                lot.spend(amount, self.needs)
                lot.free -= amount
                unmet -= amount
        self.lots = [lot for lot in (*self.lots, receipts) if lot.free or any(lot.aside.values())]


def _fill(lots: Sequence[Lot], earmark: str, amount: int) -> int:
    """Sets free money of lots aside, in their order; returns the amount that it set aside."""
    short = amount
    for lot in lots:
        part = max(0, min(lot.free, short))
        lot.aside[earmark] = lot.aside.get(earmark, 0) + part
        lot.free -= part
        short -= part
    return amount - short


def _earmarks(plan: Plan) -> Iterator[EarmarkRows]:
    model, program = plan
    sections = {item.name: item.section for item in model.items}
    for item in model.section("funding"):
        for earmark in item.part.earmarks():
            names = earmark.named or tuple(c.name for c in item.part.closings())
            prefix = f"{item.name}.{earmark.for_}"
            yield EarmarkRows(
                earmark.for_,
                sections[earmark.for_],
                prefix,
                tuple(f"{item.name}.{name}" for name in names),
                earmark.fills == "pro_rata",
                program.parameters.get(f"{prefix}.opening_spent", 0.0),
            )
