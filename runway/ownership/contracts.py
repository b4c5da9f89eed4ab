"""What contracts say in a currency whose rate changes, at the rates of one closing's month.

Money that has come stays what it was, and so does the price of a class.  But what a SAFE turns into, and whether shares
are sold for less than a class has paid, are questions between amounts of the contracts' own currency.
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
    from runway.ownership.records import Adjustment, CapTable, Closed


class Contracts:
    """The rates at which amounts of a model became what they are, in one run."""

    def __init__(self, model: Model, rows: Mapping[str, Sequence[float]]) -> None:
        self.model, self.rows = model, rows
        self._classes: dict[str, tuple[Figure, Fraction]] = {}  # what the price of each was said in, and its rate then

    def rate(self, figure: Figure | None, t: int) -> Fraction:
        """What one of a figure's currency is worth in a month; 1 where it has one rate."""
        return rate_in(figure, self.model, self.rows, t)

    def amount(self, figure: Figure, t: int) -> Fraction:
        """An amount of the file in the model's currency, at the rate of a month."""
        return exact(figure) * self.rate(figure, t)

    def instrument(self, one: Instrument, t: int) -> Instrument:
        """A SAFE or note whose money and cap are at the rates of a month."""
        came, cap = absolute_month(one.day) - self.model.settings.start, one.terms.cap
        money = one.money * self.rate(one.item.part.amount, t) / self.rate(one.item.part.amount, came)
        return one._replace(money=money, cap=None if cap is None else self.amount(cap, t))

    def issued(self, classes: AbstractSet[str], figure: Figure | None, t: int) -> None:
        """Notes of new classes what their prices are said in."""
        if figure is not None and figure.floating is not None:
            for name in classes - self._classes.keys():
                self._classes[name] = figure, self.rate(figure, t)

    def since(self, name: str, t: int) -> Fraction:
        """What the price of a class is worth in a month, over what it was when it was issued."""
        figure, rate = self._classes.get(name, (None, Fraction(1)))
        return self.rate(figure, t) / rate

    def table(self, table: CapTable, t: int, *, back: bool = False) -> CapTable:
        """A cap table with its prices at the rates of a month, or from there back to those of their issue."""
        if not self._classes:
            return table
        classes = dict(table.classes)
        for name in classes.keys() & self._classes.keys():
            by = 1 / self.since(name, t) if back else self.since(name, t)
            prices = {field: getattr(classes[name], field) for field in ("issue_price", "conversion_price")}
            classes[name] = classes[name]._replace(**{field: p and p * by for field, p in prices.items()})
        return table._replace(classes=classes)

    def adjustment(self, one: Adjustment, t: int, *, back: bool = False) -> Adjustment:
        """A change of a conversion price at the rates of a month, or back."""
        by = 1 / self.since(one.share_class, t) if back else self.since(one.share_class, t)
        return one._replace(before=one.before * by, was=one.was * by, after=one.after * by)

    def kept(self, closed: Closed, t: int) -> Closed:
        """A closing in which every price is at the rate at which it was issued."""
        adjustments = tuple(self.adjustment(one, t, back=True) for one in closed.adjustments)
        return closed._replace(table=self.table(closed.table, t, back=True), adjustments=adjustments)
