"""Amounts of contracts in a currency whose rate changes, at the rates of one closing's month.

Money that has come keeps its amount, and a class its price.  But the shares that a SAFE turns into, and whether shares
are sold for less than a class has paid, depend on amounts in the contracts' own currency.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from runway.language.figure import exact
from runway.months import absolute_month
from runway.ownership.securities import rate_in

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from runway.language.figure import Figure
    from runway.model.model import Model
    from runway.ownership.ownership import Instrument
    from runway.ownership.records import Adjustment, CapTable, SolvedClosing


class Contracts:
    """The rates of a run at which amounts of contracts are converted into the model's currency."""

    def __init__(self, model: Model, rows: Mapping[str, Sequence[float]]) -> None:
        self.model, self.rows = model, rows
        self._classes: dict[str, tuple[Figure, Fraction]] = {}  # by class: the figure of its price, its rate at issue

    def rate(self, figure: Figure | None, t: int) -> Fraction:
        """The rate of a figure's currency in a month, in the model's currency; 1 where the figure names none."""
        return rate_in(figure, self.model, self.rows, t)

    def amount(self, figure: Figure, t: int) -> Fraction:
        """An amount of the file in the model's currency, at the rate of a month."""
        return exact(figure) * self.rate(figure, t)

    def instrument(self, instrument: Instrument, t: int) -> Instrument:
        """A SAFE or note whose money and cap are at the rates of a month."""
        amount, cap = instrument.item.part.amount, instrument.terms.cap
        paid = absolute_month(instrument.day) - self.model.settings.start
        money = instrument.money * self.rate(amount, t) / self.rate(amount, paid)
        return instrument._replace(money=money, cap=None if cap is None else self.amount(cap, t))

    def note_currency(self, classes: AbstractSet[str], figure: Figure | None, t: int) -> None:
        """Notes the currency of the prices of new classes, and its rate in the month of their issue."""
        if figure is not None and figure.floating is not None:
            for name in classes - self._classes.keys():
                self._classes[name] = figure, self.rate(figure, t)

    def price_change(self, name: str, t: int, *, back: bool = False) -> Fraction:
        """Rate of a class's currency in a month ÷ its rate when the class was issued, or back."""
        figure, rate = self._classes.get(name, (None, Fraction(1)))
        return rate / self.rate(figure, t) if back else self.rate(figure, t) / rate

    def table(self, table: CapTable, t: int, *, back: bool = False) -> CapTable:
        """A cap table with its prices at the rates of a month, or from there back to those of their issue."""
        if not self._classes:
            return table
        classes = dict(table.classes)
        for name in classes.keys() & self._classes.keys():
            factor = self.price_change(name, t, back=back)
            prices = {field: getattr(classes[name], field) for field in ("issue_price", "conversion_price")}
            classes[name] = classes[name]._replace(**{field: p and p * factor for field, p in prices.items()})
        return table._replace(classes=classes)

    def adjustment(self, adjustment: Adjustment, t: int, *, back: bool = False) -> Adjustment:
        """A change of a conversion price at the rates of a month, or back."""
        factor = self.price_change(adjustment.share_class, t, back=back)
        return adjustment._replace(
            **{field: getattr(adjustment, field) * factor for field in ("before", "previous", "after")}
        )

    def at_issue_rates(self, closed: SolvedClosing, t: int) -> SolvedClosing:
        """A closing in which every price is at the rate at which it was issued."""
        adjustments = tuple(self.adjustment(adjustment, t, back=True) for adjustment in closed.adjustments)
        return closed._replace(table=self.table(closed.table, t, back=True), adjustments=adjustments)
