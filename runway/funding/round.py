"""A priced round: commitments by investor, closings by date, clauses that cut them, earmarks on what they bring."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field
from pydantic_core import PydanticCustomError, core_schema

from runway.funding.closing import closing_rows
from runway.funding.stock import UNSUPPORTED, Stock
from runway.language.dimension import Dimension, figure_error
from runway.language.figure import Figure, FigureError
from runway.lines.line import Component, Date, FixedMoney, FixedShare, FormulaText, LastDate, Months, RowFormula, Switch

_BASES = ("pre_money", "post_money")


class Valuation:
    """A valuation and the word that says what it counts."""

    __slots__ = ("basis", "figure")
    figures = True  # what stands below it is a figure

    def __init__(self, figure: Figure, basis: str) -> None:
        self.figure, self.basis = figure, basis

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> core_schema.CoreSchema:
        return core_schema.with_info_plain_validator_function(cls._validate)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: Any) -> dict[str, Any]:
        return {"type": "object", "properties": {"basis": {"enum": list(_BASES)}}, "required": ["value", "basis"]}

    @classmethod
    def _validate(cls, raw: Any, info: core_schema.ValidationInfo[Any]) -> Valuation:
        if not isinstance(raw, dict) or raw.get("basis") not in _BASES:
            text = 'FIELD says whether new money is in it: { value = "300B", basis = "post_money" } or "pre_money".'
            raise PydanticCustomError("valuation-without-basis", "{text}", {"text": text})
        rest = {key: value for key, value in raw.items() if key != "basis"}
        try:
            return cls(Dimension("money", low=0, schedule=False).read(rest, info.context or {}), raw["basis"])
        except FigureError as error:
            raise figure_error(error) from None


class Commitment(Component):
    """What one investor has promised."""

    investor: str = Field(description="the investor's name in addresses")
    amount: FixedMoney = Field(description="the money promised")


class Closing(Component):
    """Money on a day, or later on the first day its condition holds, until its deadline."""

    name: str = Field(description="the closing's name in addresses")
    date: Date = Field(description="the earliest day of the money")
    slip: Months | None = Field(None, description="how long after its date it closes, if that is not certain")
    amount: FixedMoney = Field(description="the money of all investors")
    split: dict[str, FixedMoney] | None = Field(None, description="the money by investor; by commitment if left out")
    requires: FormulaText | None = Field(None, description="the condition that must hold")
    by: LastDate = Field("never", validate_default=True, description="the last day; after it the closing lapses")
    waived: tuple[str, ...] = Field((), description="events of the condition that are treated as met")
    price: FixedMoney | None = Field(None, description="the price of its shares, where not the round's")
    valuation: Valuation | None = Field(None, description="the company's value at it, where not the round's")


class Clause(Component):
    """A cut of what is still to be drawn, unless a condition holds by a day."""

    name: str = Field(description="the clause's name in addresses")
    cuts: str = Field(description='what falls: an investor, a closing, or "round"')
    to: FixedMoney = Field(description="what it falls to")
    unless: FormulaText = Field(description="the condition that keeps it whole")
    by: LastDate = Field(description="the last day for the condition")
    option: bool = Field(False, strict=True, description="whether the investor may, and need not, use it")
    exercised: Switch = Field(True, validate_default=True, description="whether it is used; false waives it")


class Earmark(Component):
    """Money of closings that only one line may spend: restricted cash."""

    for_: str = Field(alias="for", description="the line that may spend it")
    amount: FixedMoney = Field(description="the money set aside")
    from_: str | tuple[str, ...] | None = Field(None, alias="from", description="the closing or closings it comes from")
    fills: Literal["pro_rata", "first"] = Field(
        "pro_rata", description="whether each closing brings its part or the first money fills it"
    )
    opening_spent: FixedMoney | None = Field(None, description="what had been spent of it before the first month")
    otherwise: Literal["own_cash"] = Field("own_cash", description="what pays when the earmark is empty")


class PricedRound(Component):
    """A round of equity.

    ```toml
    [funding.seed]
    kind = "priced_round"
    valuation = { value = "10M", basis = "post_money" }

    [[funding.seed.closings]]
    name = "first"
    date = "2026-02-15"
    amount = "1M"

    [[funding.seed.closings]]
    name = "second"
    date = "2026-09-01"
    amount = "1M"
    requires = "prev(total.arr) >= 1000000"
    by = "2027-03-31"
    ```

    On one day events come first, then clauses, then closings.  A cut takes what is not yet drawn, the last closing
    first, and never claws back.  `headline` is what was announced, `committed` what clauses and lapses have left of it,
    `available` what may be drawn by now, `drawn` what was; of a round that is only planned none but the headline.
    """

    sections: ClassVar = ("funding",)
    unsupported: ClassVar = UNSUPPORTED
    kind: Literal["priced_round"]
    status: Literal["committed", "planned"] = Field("committed", description="whether the money is promised or hoped")
    valuation: Valuation | None = Field(None, description="the company's value, with its basis")
    after_cut: Literal["keep_pre_money", "keep_post_money"] = Field(
        "keep_pre_money", description="which valuation stands when a clause or a lapse takes money out of the round"
    )
    price: FixedMoney | None = Field(None, description="the price of a share, where no valuation sets it")
    pool: FixedShare | None = Field(
        None, description="the unissued pool that is topped up to, as a share of the company after the round"
    )
    pro_rata: tuple[str, ...] = Field((), description="holders who keep their share by taking their part of the round")
    pro_rata_counts_pool: bool = Field(
        False, strict=True, description="whether the unissued pool counts in what their share is of"
    )
    convertibles: Literal["in_pre_money", "on_top"] = Field(
        "in_pre_money", description="whether the shares of SAFEs and notes count in the pre-money"
    )
    conversion_series: Literal["shadow", "same"] = Field(
        "shadow", description="whether what converts is preferred for the money put in, or at the round's price"
    )
    anti_dilution_in_price: bool = Field(
        True, strict=True, description="whether the shares that anti-dilution adds count in the pre-money"
    )
    conversions_exempt: bool = Field(
        False, strict=True, description="whether what converts never lowers a conversion price"
    )
    stock: Stock = Field({}, validate_default=True, description="the terms of its shares")
    commitments: tuple[Commitment, ...] = Field((), description="what each investor has promised")
    closings: tuple[Closing, ...] = Field(description="the closings, in order of their dates")
    clauses: tuple[Clause, ...] = Field((), description="the clauses that may cut the round")
    earmarks: tuple[Earmark, ...] = Field((), description="the uses that money is set aside for")

    def investors(self) -> tuple[str, ...]:
        """The names of the investors; one stands for all where no commitments are listed."""
        return tuple(c.investor for c in self.commitments) or ("investors",)

    def holders(self, name: str) -> tuple[str, ...]:
        """Who holds the shares of a round: its investors; `NAME.investors` stand for all where none are listed."""
        return tuple(c.investor for c in self.commitments) or (f"{name}.investors",)

    def rows(self) -> dict[str, RowFormula]:
        """The round's rows, by their names within it."""
        rows: dict[str, RowFormula] = {}
        for closing in self.closings:
            rows |= closing_rows(f"{closing.name}.", closing.requires, closing.slip)
        for clause in self.clauses:
            rows[f"{clause.name}.met"] = RowFormula("when(unless)")
            decided = f"{clause.name}.exercised != 0 and {clause.name}.met > {clause.name}.by"
            rows[f"{clause.name}.bites"] = RowFormula(f"{decided} and t + 1 > {clause.name}.by")
        left = self._allotted(rows)
        for clause in sorted(self.clauses, key=lambda c: c.by.entries[0].amount.number):
            left = self._cut(rows, clause, left)
        self._totals(rows, left)
        for earmark in self.earmarks:
            self._earmark(rows, earmark)
        return rows

    def _allotted(self, rows: dict[str, RowFormula]) -> dict[tuple[str, str], str]:
        """What each investor pays at each closing before any cut."""
        left = {}
        investors = self.investors()
        promised = " + ".join(f"{i}.amount" for i in investors)
        for closing in self.closings:
            for n, investor in enumerate(investors):
                others = "".join(f" - {closing.name}.{other}.allotted" for other in investors[:n])
                if closing.split is not None:
                    formula = f"{closing.name}.split.{investor}" if investor in closing.split else "0"
                elif n == len(investors) - 1:
                    formula = f"{closing.name}.amount{others}"
                else:
                    formula = f"{closing.name}.amount * {investor}.amount / ({promised})"
                rows[f"{closing.name}.{investor}.allotted"] = RowFormula(formula, posted=True)
                left[closing.name, investor] = f"{closing.name}.{investor}.allotted"
        return left

    def _cut(
        self, rows: dict[str, RowFormula], clause: Clause, left: dict[tuple[str, str], str]
    ) -> dict[tuple[str, str], str]:
        """What a clause leaves: the excess over its floor is taken from the open closings, the last one first."""
        name, after = clause.name, dict(left)
        closings = [c.name for c in self.closings]
        if clause.cuts in closings:
            closings = [clause.cuts]
        hit = [clause.cuts] if clause.cuts in self.investors() else list(self.investors())
        offered = {closing: " + ".join(left[closing, i] for i in hit) for closing in closings}
        for closing in closings:
            amounts = offered[closing]
            still = f"{closing}.due >= {name}.by and {closing}.by >= {name}.by"
            paid = f"{closing}.due < {name}.by and {closing}.due <= {closing}.by"
            rows[f"{name}.{closing}.open"] = RowFormula(f"({amounts}) * ({still})")
            rows[f"{name}.{closing}.counted"] = RowFormula(f"({amounts}) * ({paid}) + {name}.{closing}.open")
        counted = " + ".join(f"{name}.{closing}.counted" for closing in closings)
        rows[f"{name}.excess"] = RowFormula(f"{name}.bites * max(0, {counted} - {name}.to)")
        for place, closing in enumerate(closings):
            later = "".join(f" - {name}.{other}.open" for other in closings[place + 1 :])
            rows[f"{name}.{closing}.cut"] = RowFormula(
                f"min({name}.{closing}.open, max(0, {name}.excess{later}))", posted=True
            )
            for n, i in enumerate(hit):
                others = "".join(f" - {closing}.{other}.after_{name}" for other in hit[:n])
                if n == len(hit) - 1:  # the last one bears the rounding, so that the parts sum to the whole
                    formula = f"{offered[closing]} - {name}.{closing}.cut{others}"
                else:
                    part = f"{left[closing, i]} / {name}.{closing}.open if {name}.{closing}.open > 0 else 0"
                    formula = f"{left[closing, i]} - {name}.{closing}.cut * ({part})"
                rows[f"{closing}.{i}.after_{name}"] = RowFormula(formula, posted=True)
                after[closing, i] = f"{closing}.{i}.after_{name}"
        return after

    def _totals(self, rows: dict[str, RowFormula], left: dict[tuple[str, str], str]) -> None:
        investors = self.investors()
        switches = "levers.funding" + (" * levers.planned" if self.status == "planned" else "")
        promised = "1" if self.status == "committed" else "0"
        for closing in self.closings:
            c = closing.name
            for i in investors:
                rows[f"{c}.{i}"] = RowFormula(f"{c}.closes * {left[c, i]} * {switches}", posted=True)
            rows[f"{c}.cash"] = RowFormula(" + ".join(f"{c}.{i}" for i in investors), posted=True)
            rows[f"{c}.left"] = RowFormula(f"({' + '.join(left[c, i] for i in investors)}) * {c}.alive", posted=True)
        names = [c.name for c in self.closings]
        rows["cash"] = RowFormula(" + ".join(f"{c}.cash" for c in names), posted=True)
        written = " + ".join(f"{i}.amount" for i in investors) if self.commitments else ""
        rows["headline"] = RowFormula(written or " + ".join(f"{c}.amount" for c in names), posted=True)
        rows["committed"] = RowFormula(f"{promised} * ({' + '.join(f'{c}.left' for c in names)})", posted=True)
        reached = " + ".join(f"{c}.left * ({c}.due < t + 1)" for c in names)
        rows["available"] = RowFormula(f"{promised} * ({reached})", posted=True)
        paid = _before([(c, f"{c}.left") for c in names])
        rows["drawn"] = RowFormula(f"prev(drawn) + {promised} * (cash + {paid})", posted=True)
        for i in investors:
            now = " + ".join(f"{c}.{i}" for c in names)
            paid = _before([(c, left[c, i]) for c in names])
            rows[f"{i}.drawn"] = RowFormula(f"prev({i}.drawn) + {now} + {paid}", posted=True)
        self._valuations(rows, names)

    def _valuations(self, rows: dict[str, RowFormula], names: list[str]) -> None:
        """What the company is valued at, and the price of a share where the file says it."""
        investors = self.investors()
        own = [c.name for c in self.closings if c.price is None and c.valuation is None]
        if self.valuation is not None and own:
            headline = "headline" if len(own) == len(names) else " + ".join(f"{c}.amount" for c in own)
            kept = "valuation" + (f" - ({headline})" if self.valuation.basis == "post_money" else "")
            whole = "valuation" + (f" + {headline}" if self.valuation.basis == "pre_money" else "")
            left_over = " + ".join(f"{c}.left" for c in own)
            rows["pre_money"] = RowFormula(
                kept if self.after_cut == "keep_pre_money" else f"{whole} - ({left_over})", posted=True
            )
        simple = len(own) == len(names) and self.convertibles == "in_pre_money" and not self.pro_rata
        if self.valuation is not None and simple:  # else money and valuation alone do not say who owns what
            rows["post_money"] = RowFormula(f"pre_money + {' + '.join(f'{i}.drawn' for i in investors)}", posted=True)
            for i in investors:
                rows[f"{i}.stake"] = RowFormula(f"{i}.drawn / post_money if post_money > 0 else 0")
        if self.price is not None:
            rows["share_price"] = RowFormula("price")
        for closing in self.closings:
            c = closing.name
            if closing.price is not None:
                rows[f"{c}.share_price"] = RowFormula(f"{c}.price")
            if closing.valuation is not None:
                paid = f" - {c}.left" if closing.valuation.basis == "post_money" else ""
                rows[f"{c}.pre_money"] = RowFormula(f"{c}.valuation{paid}", posted=True)

    def _earmark(self, rows: dict[str, RowFormula], earmark: Earmark) -> None:
        name = earmark.for_
        sources = (earmark.from_,) if isinstance(earmark.from_, str) else earmark.from_
        sources = sources or tuple(c.name for c in self.closings)
        brought = " + ".join(f"{c}.cash" for c in sources)
        before = _before([(c, f"{c}.left") for c in sources])
        rows[f"{name}.brought"] = RowFormula(f"prev({name}.brought) + {brought} + {before}", posted=True)
        part = ""
        if earmark.fills == "pro_rata":
            coming = " + ".join(f"{c}.left" for c in sources)
            part = f", {name}.amount * {name}.brought / max({name}.brought, {coming}) if {name}.brought > 0 else 0"
        rows[f"{name}.filled"] = RowFormula(f"min({name}.amount, {name}.brought{part})", posted=True)
        opening = f"{name}.opening_spent" if earmark.opening_spent is not None else "0"
        rows[f"{name}.spent"] = RowFormula(f"prev({name}.spent) - {name}.cash", opening, posted=True)
        rows[f"{name}.restricted"] = RowFormula(f"max(0, {name}.filled - {name}.spent)", posted=True)
        rows[f"{name}.own_cash"] = RowFormula(f"max(0, {name}.spent - {name}.filled)", posted=True)


def _before(amounts: list[tuple[str, str]]) -> str:
    """What closings brought before the first month: it is in opening cash, and counts as drawn."""
    paid = " + ".join(f"({amount} if {closing}.due < 0 else 0)" for closing, amount in amounts)
    return f"({paid} if t == 0 else 0)"
