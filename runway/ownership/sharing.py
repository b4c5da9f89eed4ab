"""The claims on a sale of the company on a day: debts, the classes of that day, SAFEs and notes not converted yet.

Debts come first.  The waterfall is exact (`runway.ownership.waterfall`).
"""

from __future__ import annotations

from contextlib import contextmanager
from fractions import Fraction
from typing import TYPE_CHECKING

from runway.errors import InputError, Problem
from runway.language.figure import exact, exactly
from runway.ownership.sale import Debt, OpenConvertible, SaleError, Security
from runway.ownership.securities import convertible
from runway.ownership.waterfall import Waterfall

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date

    from runway.model.model import Model
    from runway.ownership.ownership import Instrument, Ownership
    from runway.ownership.records import CapTable, Convertible
    from runway.ownership.waterfall import Breakpoint, ExitProceeds


class Sharing:
    """The sale of a company at the end of a day, at any value.

    Its methods raise `InputError` for claims that cannot be shared among.
    """

    def __init__(self, model: Model, ownership: Ownership, rows: Mapping[str, Sequence[float]], day: date) -> None:
        self.model, self.day = model, day
        self.table, self.instruments = ownership.table(day), ownership.outstanding(day)
        self.debts = _debts(model, ownership, rows, day)
        classes = [security(self.table, name) for name in self.table.classes]
        self.securities = [cls for cls in classes if cls is not None]
        self.terms = [convertible(instrument, instrument.owed(day)) for instrument in self.instruments]
        self.unconverted = self._unconverted(self.terms)
        self._any_mfn = any(terms.mfn for terms in self.terms)
        self._last_waterfall: Waterfall | None = None

    def sale(self, value: Fraction) -> ExitProceeds:
        """The payout of each claim, exactly."""
        with self._located():
            return self._waterfall(value).sale(value)

    def breakpoints(self, value: Fraction) -> tuple[Breakpoint, ...]:
        """Where the next unit of money is shared in another way, under the terms that are chosen at a value."""
        with self._located():
            return self._waterfall(value).breakpoints

    def owed(self) -> dict[str, Fraction]:
        """The amounts of debts, preferences and instruments, which are paid before common, by name."""
        owed = {debt.name: debt.amount for debt in self.debts}
        owed |= {cls.name: cls.preference for cls in self.securities if cls.preference}
        return owed | {claim.name: claim.cash for claim in self.unconverted}

    def kinds(self) -> dict[str, str]:
        """The kind of each claim: debt, common, preferred, options, warrants, safe, convertible_note."""
        kinds: dict[str, str] = {name: cls.kind for name, cls in self.table.classes.items()}
        kinds |= dict.fromkeys((debt.name for debt in self.debts), "debt")
        return kinds | {instrument.name: instrument.item.kind for instrument in self.instruments}

    def groups(self) -> dict[str, str]:
        """The name of the group of each claim: its kind; of SAFEs and notes, the plural."""
        return self.kinds() | {i.name: f"{i.item.part.called()}s" for i in self.instruments}

    def in_order(self, payouts: Mapping[str, Fraction]) -> list[str]:
        """The claims as they are paid: debts, then by rank, then common shares, options and warrants."""
        order = {debt.name: (0, 0) for debt in self.debts}
        order |= {claim.name: (1 if claim.note else 2, -claim.seniority) for claim in self.unconverted}
        for cls in self.securities:
            order[cls.name] = (2 if self.table.classes[cls.name].preferred else 3, -cls.seniority)
        return sorted(payouts, key=lambda name: order.get(name, (3, 0)))

    def by_holder(self, payouts: Mapping[str, Fraction]) -> dict[str, Fraction]:
        """The money of each holder from payouts of its classes and instruments, and of each lender from its loan."""
        money: dict[str, Fraction] = {}
        for (holder, name), shares in self.table.holdings.items():
            part = payouts.get(name, Fraction(0)) * shares / self.table.issued(name)
            money[holder] = money.get(holder, Fraction(0)) + part
        claims = [(i.holder, i.name) for i in self.instruments] + [(debt.name, debt.name) for debt in self.debts]
        for holder, name in claims:
            money[holder] = money.get(holder, Fraction(0)) + payouts[name]
        return money

    def _waterfall(self, value: Fraction) -> Waterfall:
        """Under the terms that most-favoured-nation SAFEs choose at a value; without any it is the same at all."""
        if self._last_waterfall is None or self._any_mfn:
            self._last_waterfall = self._waterfall_under(favoured_terms(self.terms, value, self._waterfall_under))
        return self._last_waterfall

    def _waterfall_under(self, terms: Sequence[Convertible]) -> Waterfall:
        return Waterfall(self.securities, self.debts, self._unconverted(terms), self.table.pool)

    def _unconverted(self, convertibles: Sequence[Convertible]) -> list[OpenConvertible]:
        return list(map(_unconverted, self.instruments, convertibles))

    @contextmanager
    def _located(self) -> Iterator[None]:
        """Turns a sale that is impossible to share into a problem located in the file."""
        try:
            yield
        except SaleError as error:
            raise InputError(_problem(self.model, error, self.day)) from None


def _problem(model: Model, error: SaleError, day: date) -> Problem:
    """The problem of a sale that is impossible to share, located in the file."""
    text = f"At a sale on {day.isoformat()}: {error.text}"
    for section in ("funding", "captable"):
        tables = model.document.data.get(section, {})
        below = (section,) if section == "funding" else (section, "classes")
        tables = tables if section == "funding" else tables.get("classes", {})
        if error.subject in tables:
            inside = error.field in tables[error.subject]
            path = (*below, error.subject, *((error.field,) if inside else ()))
            return model.document.problem(path, error.name, text, at="value" if inside else "key")
    return Problem(error.name, text)


def security(table: CapTable, name: str) -> Security | None:
    """A class as a sale takes it; None where nobody holds any."""
    cls = table.classes[name]
    issued = table.issued(name)
    if not issued:
        return None
    price = cls.issue_price or Fraction(0)
    capped = None if cls.participation_cap is None else cls.participation_cap * price * issued
    return Security(
        name=name,
        shares=table.as_converted(None, name),
        preference=cls.preference * price * issued if cls.preferred else Fraction(0),
        seniority=cls.seniority,
        participation=cls.participation if cls.preferred else "none",
        cap=capped,
        strike=cls.strike or Fraction(0),
        granted=cls.granted,
    )


def _unconverted(instrument: Instrument, terms: Convertible) -> OpenConvertible:
    conversion = instrument.terms
    return OpenConvertible(
        name=instrument.name,
        money=terms.money,
        note=terms.note,
        form=terms.form,
        cap=terms.cap,
        discount=terms.discount,
        ownership=terms.ownership,
        seniority=conversion.seniority,
        multiple=Fraction(1) if conversion.sale_multiple is None else exact(conversion.sale_multiple),
        counts=terms.cap_counts,
    )


def favoured_terms(
    terms: Sequence[Convertible], value: Fraction, shared: Callable[[Sequence[Convertible]], Waterfall]
) -> list[Convertible]:
    """The terms under which each most-favoured-nation SAFE gets the most of a sale: its own, or a later instrument's.

    One after the other, in the order of their issue and, of one day, of their names; a fixed share is taken at its
    price.
    """
    chosen = list(terms)
    issued = sorted(range(len(terms)), key=lambda n: (terms[n].order, terms[n].name))
    for n in issued:
        safe = terms[n]
        if not safe.mfn:
            continue
        ways = [safe]
        for later in (terms[m] for m in issued if terms[m].order > safe.order):
            share = None if later.ownership is None else later.ownership * safe.money / later.money
            way = later._replace(name=safe.name, holder=safe.holder, money=safe.money, note=safe.note, ownership=share)
            ways.append(way._replace(mfn=True, order=safe.order))
        paid = [shared([*chosen[:n], way, *chosen[n + 1 :]]).sale(value).payouts[safe.name] for way in ways]
        chosen[n] = ways[paid.index(max(paid))]
    return chosen


def _debts(model: Model, ownership: Ownership, rows: Mapping[str, Sequence[float]], on: date) -> list[Debt]:
    """The debts to lenders at the end of a day."""
    debts = []
    for item in model.section("funding"):
        item_rows = {row: rows[f"{item.name}.{row}"] for row in item.part.rows()}
        owed = item.part.owed(item_rows, on, ownership.start)
        if owed is not None:
            debts.append(Debt(item.name, exactly(round(owed, ownership.minor_digits)), 1))
    return [debt for debt in debts if debt.amount > 0]
