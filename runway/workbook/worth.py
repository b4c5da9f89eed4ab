"""The worth of the company before new money, and the stake that this money buys, as formulas below the headline.

Three folded rows a closing that has a valuation: when it counts, the worth of the company then, and its shares; the
next planned closing is taken, else the latest.  The shares that this worth divides by are as exported, since the cap
table is solved and is no formula.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.answers.raising import shares_valued, worth
from runway.engine.ladder import runner_of
from runway.errors import InputError
from runway.language.named_tuple import NamedTuple
from runway.months import NEVER, position
from runway.ownership.register import ownership
from runway.workbook.book import GREY, amount_format
from runway.workbook.places import FIRST_MONTH, HEADLINE, HEADLINE_ROWS, RUNG_ROWS, VALUED_ROWS

if TYPE_CHECKING:
    from fractions import Fraction

    from runway.answers.projection import Projection
    from runway.answers.raising import ValuedClosing, Worth
    from runway.ownership.records import Rounding
    from runway.program.plan import Plan
    from runway.render.figures import Scale
    from runway.workbook.book import Sheet
    from runway.workbook.places import Places

PRE_MONEY = HEADLINE + RUNG_ROWS + 2  # counted from 1; the shares stand below
SHARES = PRE_MONEY + 1
FIRST = HEADLINE + HEADLINE_ROWS + 1
VALUE = FIRST_MONTH - 1
WHEN, AMOUNT, COUNT = range(VALUED_ROWS)  # the rows of a closing
WHEN_FORMAT = '[>=1000000]"never";[<=-1000000]"never";0.00'
ROUNDED = {"nearest": "ROUND", "up": "ROUNDUP", "down": "ROUNDDOWN"}


class _ClosingValue(NamedTuple):
    """A closing with a valuation as the run has it."""

    valuation: ValuedClosing
    when: float  # the position of its day; ±`NEVER` where it does not count, minus for one not planned
    amount: float
    shares: Fraction


class WorthBlock:
    """The block, and the formula of a stake."""

    def __init__(self, plan: Plan, places: Places, projection: Projection) -> None:
        self.plan, self.places, self.projection = plan, places, projection
        self.rounding: Rounding | None = None
        self.worth: Worth | None = None
        self.closings: list[_ClosingValue] = []
        rows, months = projection.rows, places.months
        if not places.valuations:
            return
        try:
            owned = ownership(plan.model, rows)
        except InputError:  # the Cap table sheet is refused for it
            return
        self.rounding, self.base = owned.rounding, position(plan.model.base_day, plan.program.start)
        runner = runner_of(plan)
        self.worth = worth(runner, rows, projection.closings, lambda: owned)
        for valuation in places.valuations:
            due, by = rows[f"{valuation.closing}.due"][-1], plan.program.parameters[f"{valuation.closing}.by"]
            counts = due < months and (due < 0 or due <= by) and not (valuation.planned and due <= self.base)
            t = min(max(0, int(due // 1)), months - 1)
            never = NEVER if valuation.planned else -NEVER
            shares = shares_valued(owned, valuation)
            self.closings.append(_ClosingValue(valuation, due if counts else never, valuation.worth(rows, t), shares))

    def write(self, sheet: Sheet, unit: Scale) -> None:
        """The closings, then which of them is taken."""
        for n, closing in enumerate(self.closings):
            when, amount = self._formulas(closing.valuation)
            counts = "before it, planned" if closing.valuation.planned else "after it"
            for part, key, label in (
                (WHEN, "when", f"valuation of {closing.valuation.closing}: month"),
                (AMOUNT, "amount", f"what the company is worth {counts}"),
                (COUNT, "shares", "shares, as exported"),
            ):
                row = FIRST + n * VALUED_ROWS + part - 1
                sheet.fold(row)
                address = f"headline.valuation.{closing.valuation.closing}.{key}"
                sheet.label(row, address, label, indent=1 if part == WHEN else 2)
                if part == WHEN:
                    sheet.formula(row, VALUE, when, closing.when, num_format=WHEN_FORMAT)
                elif part == AMOUNT:
                    sheet.formula(row, VALUE, amount, closing.amount, num_format=amount_format(unit))
                else:
                    sheet.number(row, VALUE, float(closing.shares), num_format="#,##0.######", font_color=GREY)
        chosen, shares = self.worth, {closing.valuation: float(closing.shares) for closing in self.closings}
        for row, key, label in (
            (PRE_MONEY, "pre_money", "Worth before new money"),
            (SHARES, "shares", "shares that this is the price of"),
        ):
            sheet.label(row - 1, f"headline.{key}", label, indent=1 if row == PRE_MONEY else 2)
            if self.rounding is None:
                continue
            part = AMOUNT if row == PRE_MONEY else COUNT
            value = "" if chosen is None else chosen.pre_money if row == PRE_MONEY else shares[chosen.valuation]
            num_format = amount_format(unit) if row == PRE_MONEY else "#,##0.######"
            sheet.formula(row - 1, VALUE, f"={self._chosen_cell(part)}", value, num_format=num_format)

    def _formulas(self, valuation: ValuedClosing) -> tuple[str, str]:
        """The formulas of the month from which a closing counts, and of the price of the whole company then."""
        places, last = self.places, self.places.months - 1
        due = places.cell(f"{valuation.closing}.due", last).removeprefix("Model!")
        figure = places.figures.get(f"{valuation.closing}.by")
        by = repr(self.plan.program.parameters[f"{valuation.closing}.by"]) if figure is None else figure.read_name
        counts, never = f"{due}<{places.months},OR({due}<0,{due}<={by})", f"{NEVER:.0f}"
        if valuation.planned:
            counts += f",{due}>{self.base!r}"
        else:
            never = f"-{never}"
        month = f"MIN({places.months},MAX(0,INT({due}))+1)"

        def at(address: str) -> str:
            return f"INDEX({places.months_of(address).replace('Model!', '')},1,{month})"

        def money_brought(closing: str) -> str:
            cash, first = (
                places.months_of(f"{closing}.cash").replace("Model!", ""),
                (f"{closing}.due", f"{closing}.left"),
            )
            closed, left = (places.cell(row, 0).removeprefix("Model!") for row in first)
            return f"SUM(INDEX({cash},1,1):INDEX({cash},1,{month}))+IF({closed}<0,{left},0)"

        amount = at(valuation.pre_money)
        if not valuation.planned and valuation.closing in valuation.apart:
            amount += f"+{money_brought(valuation.closing)}"
        elif not valuation.planned:
            amount += f"+{at(f'{valuation.round}.drawn')}" + "".join(f"-({money_brought(c)})" for c in valuation.apart)
        return f"=IF(AND({counts}),{due},{never})", f"={amount}"

    def _chosen_cell(self, part: int) -> str:
        """A figure of the closing that is taken: the first that is planned, else the last of the others."""
        text = '""'
        for planned, best in ((False, "MAX"), (True, "MIN")):
            rows = [FIRST + n * VALUED_ROWS for n, c in enumerate(self.closings) if c.valuation.planned is planned]
            if not rows:
                continue
            when = [f"$C${row}" for row in rows]
            chosen_month = f"{best}({','.join(when)})"
            choice = '""'
            for row, cell in zip(reversed(rows), reversed(when), strict=True):
                choice = f"IF({cell}={chosen_month},$C${row + part},{choice})"
            text = f"IF(ABS({chosen_month})<{NEVER:.0f},{choice},{text})"
        return text

    def stake(self, money: str) -> str:
        """The stake that the money of a cell buys, in whole shares; a dash where no closing values the company."""
        rounding = self.rounding
        if rounding is None:
            return '="–"'
        worth, shares = f"$C${PRE_MONEY}", f"$C${SHARES}"
        price = f"{worth}/{shares}"
        if rounding.price_digits is not None:
            price = f"{ROUNDED[rounding.price_rounding]}({price},{rounding.price_digits})"
        bought = f"{money}/({price})"
        if rounding.whole_shares:
            bought = f"INT(ROUND({bought},6))"
        known = f"AND(ISNUMBER({money}),ISNUMBER({worth}))"
        return f'=IF({known},IF(AND(N({money})>0,N({worth})>0),{bought}/({shares}+{bought}),"–"),"–")'
