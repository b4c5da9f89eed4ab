"""A priced round: commitments by investor, closings by date, clauses that cut them, earmarks on their money."""

import math
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from runway.errors import choice_hint, did_you_mean
from runway.funding.closing import closing_rows, drawn_before, switches
from runway.funding.contract_rates import keep
from runway.funding.earmark import earmark_rows
from runway.funding.funding import Funding
from runway.funding.round_tables import BASES, Clause, Closing, Commitment, Earmark, Valuation, in_one_currency, less
from runway.funding.stock import Stock
from runway.funding.uncalled import uncalled_rows
from runway.language.fields import FixedMoney, FixedShare
from runway.language.figure import exact
from runway.lines.line import Mistake, RowFormula

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runway.language.figure import Figure
    from runway.lines.line import Surroundings


class PricedRound(Funding):
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

    Where the rate of its currency changes, a closing keeps the rate of its day, the valuation and the price of a class
    that of the first closing; a later closing's shares cost the same in that currency.  What a SAFE in it converts
    into, and whether shares are cheaper than those of a protected class, is reckoned at the rate of the closing.
    """

    priced: ClassVar = True
    owns: ClassVar = frozenset(
        {
            *("price", "pool", "pro_rata", "pro_rata_counts_pool", "convertibles", "conversion_series"),
            *("anti_dilution_in_price", "conversions_exempt", "stock"),
        }
    )
    elsewhere: ClassVar = {
        **{word: f'Write valuation = {{ value = "8M", basis = "{word}" }}.' for word in BASES},
        **dict.fromkeys(("investors", "lead"), 'Write commitments = [{ investor = "lead", amount = … }, …].'),
        "liquidation_preference": "Write stock = { preference = 1 }.",
    }
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
    commitments_: tuple[Commitment, ...] = Field((), alias="commitments", description="what each investor has promised")
    closings_: tuple[Closing, ...] = Field(alias="closings", description="the closings, in order of their dates")
    clauses_: tuple[Clause, ...] = Field((), alias="clauses", description="the clauses that may cut the round")
    earmarks_: tuple[Earmark, ...] = Field((), alias="earmarks", description="the uses that money is set aside for")

    def closings(self) -> tuple[Closing, ...]:
        return self.closings_

    def commitments(self) -> tuple[Commitment, ...]:
        return self.commitments_

    def clauses(self) -> tuple[Clause, ...]:
        return self.clauses_

    def earmarks(self) -> tuple[Earmark, ...]:
        return self.earmarks_

    def investors(self) -> tuple[str, ...]:
        """The names of the investors; one stands for all where no commitments are listed."""
        return tuple(c.investor for c in self.commitments_) or ("investors",)

    def holders(self, name: str) -> tuple[str, ...]:
        """The holders of a round's shares: its investors; `NAME.investors` stand for all where none are listed."""
        return tuple(c.investor for c in self.commitments_) or (f"{name}.investors",)

    def rows(self) -> dict[str, RowFormula]:
        """The round's rows, by their names within it."""
        rows: dict[str, RowFormula] = {}
        for closing in self.closings_:
            rows |= closing_rows(f"{closing.name}.", closing.requires, closing.slip)
        for clause in self.clauses_:
            rows[f"{clause.name}.met"] = RowFormula("when(unless)")
            decided = f"{clause.name}.exercised != 0 and {clause.name}.met > {clause.name}.by"
            rows[f"{clause.name}.bites"] = RowFormula(f"{decided} and t + 1 > {clause.name}.by")
        rest = self._allotted(rows)
        for clause in sorted(self.clauses_, key=lambda c: c.by.number):
            rest = self._cut(rows, clause, rest)
        self._totals(rows, rest)
        for earmark in self.earmarks_:
            rows |= earmark_rows(self, earmark)
        keep(self, rows, rest)
        return rows

    def _allotted(self, rows: dict[str, RowFormula]) -> dict[tuple[str, str], str]:
        """The rows of each investor's payment at each closing before any cut, by closing and investor."""
        rest = {}
        investors = self.investors()
        if len(investors) > 1:
            rows["promised"] = RowFormula(" + ".join(f"{i}.amount" for i in investors))
        for closing in self.closings_:
            all_but_last = [f"{closing.name}.{investor}.allotted" for investor in investors[:-1]]
            for n, investor in enumerate(investors):
                if closing.split is not None:
                    formula = f"{closing.name}.split.{investor}" if investor in closing.split else "0"
                elif n == len(investors) - 1:
                    formula = f"{closing.name}.amount{less(all_but_last)}"
                else:
                    formula = f"{closing.name}.amount * {investor}.amount / promised"
                rows[f"{closing.name}.{investor}.allotted"] = RowFormula(formula, posted=True)
                rest[closing.name, investor] = f"{closing.name}.{investor}.allotted"
        return rest

    def _cut(
        self, rows: dict[str, RowFormula], clause: Clause, rest: dict[tuple[str, str], str]
    ) -> dict[tuple[str, str], str]:
        """The payments that a clause leaves: the excess over its floor is cut from open closings, the last first."""
        name, after = clause.name, dict(rest)
        closings = [c.name for c in self.closings_]
        if clause.cuts in closings:
            closings = [clause.cuts]
        payers = [clause.cuts] if clause.cuts in self.investors() else list(self.investors())
        offered = {closing: " + ".join(rest[closing, i] for i in payers) for closing in closings}
        for closing in closings:
            amounts = offered[closing]
            still = f"{closing}.due >= {name}.by and {closing}.by >= {name}.by"
            paid = f"{closing}.due < {name}.by and {closing}.due <= {closing}.by"
            rows[f"{name}.{closing}.open"] = RowFormula(f"({amounts}) * ({still})")
            rows[f"{name}.{closing}.counted"] = RowFormula(f"({amounts}) * ({paid}) + {name}.{closing}.open")
        counted = " + ".join(f"{name}.{closing}.counted" for closing in closings)
        rows[f"{name}.excess"] = RowFormula(f"{name}.bites * max(0, {counted} - {name}.to)")
        for place, closing in enumerate(closings):
            later = less([f"{name}.{following}.open" for following in closings[place + 1 :]])
            rows[f"{name}.{closing}.cut"] = RowFormula(
                f"min({name}.{closing}.open, max(0, {name}.excess{later}))", posted=True
            )
            all_but_last = [f"{closing}.{investor}.after_{name}" for investor in payers[:-1]]
            for n, i in enumerate(payers):
                if n == len(payers) - 1:  # the last one bears the rounding, so that the parts sum to the whole
                    formula = f"{offered[closing]} - {name}.{closing}.cut{less(all_but_last)}"
                else:
                    part = f"{rest[closing, i]} / {name}.{closing}.open if {name}.{closing}.open > 0 else 0"
                    formula = f"{rest[closing, i]} - {name}.{closing}.cut * ({part})"
                rows[f"{closing}.{i}.after_{name}"] = RowFormula(formula, posted=True)
                after[closing, i] = f"{closing}.{i}.after_{name}"
        return after

    def _totals(self, rows: dict[str, RowFormula], rest: dict[tuple[str, str], str]) -> None:
        investors = self.investors()
        promised = "1" if self.status == "committed" else "0"
        for closing in self.closings_:
            c = closing.name
            for i in investors:
                rows[f"{c}.{i}"] = RowFormula(f"{c}.closes * {rest[c, i]} * {switches(self.status)}", posted=True)
            rows[f"{c}.cash"] = RowFormula(" + ".join(f"{c}.{i}" for i in investors), posted=True)
            rows[f"{c}.left"] = RowFormula(f"({' + '.join(rest[c, i] for i in investors)}) * {c}.alive", posted=True)
        names = [c.name for c in self.closings_]
        rows["cash"] = RowFormula(" + ".join(f"{c}.cash" for c in names), posted=True)
        written = " + ".join(f"{i}.amount" for i in investors) if self.commitments_ else ""
        rows["headline"] = RowFormula(written or " + ".join(f"{c}.amount" for c in names), posted=True)
        rows |= uncalled_rows(self)
        open_ = [*(f"{c}.left" for c in names), *(["uncalled"] if "uncalled" in rows else [])]
        rows["committed"] = RowFormula(f"{promised} * ({' + '.join(open_)})", posted=True)
        reached = " + ".join(f"{c}.left * ({c}.due < t + 1)" for c in names)
        rows["available"] = RowFormula(f"{promised} * ({reached})", posted=True)
        paid = drawn_before([(c, f"{c}.left") for c in names])
        rows["drawn"] = RowFormula(f"prev(drawn) + {promised} * (cash + {paid})", posted=True)
        rows["undrawn"] = RowFormula("committed - drawn", posted=True)
        for i in investors:
            month_paid = " + ".join(f"{c}.{i}" for c in names)
            paid = drawn_before([(c, rest[c, i]) for c in names])
            rows[f"{i}.drawn"] = RowFormula(f"prev({i}.drawn) + {month_paid} + {paid}", posted=True)
        self._valuations(rows, names)

    def _valuations(self, rows: dict[str, RowFormula], names: list[str]) -> None:
        """The valuation of the company, and the price of a share where the file says it."""
        investors = self.investors()
        unpriced = [c.name for c in self.closings_ if c.price is None and c.valuation is None]
        if self.valuation is not None and unpriced:
            headline = "headline" if len(unpriced) == len(names) else " + ".join(f"{c}.amount" for c in unpriced)
            pre_money = "valuation" + (f" - ({headline})" if self.valuation.basis == "post_money" else "")
            post_money = "valuation" + (f" + {headline}" if self.valuation.basis == "pre_money" else "")
            left_over = " + ".join(f"{c}.left" for c in unpriced)
            rows["pre_money"] = RowFormula(
                pre_money if self.after_cut == "keep_pre_money" else f"{post_money} - ({left_over})", posted=True
            )
        simple = len(unpriced) == len(names) and self.convertibles == "in_pre_money" and not self.pro_rata
        if self.valuation is not None and simple:  # else money and valuation alone do not give the stakes
            rows["post_money"] = RowFormula(f"pre_money + {' + '.join(f'{i}.drawn' for i in investors)}", posted=True)
            for i in investors:
                rows[f"{i}.stake"] = RowFormula(f"{i}.drawn / post_money if post_money > 0 else 0")
        if self.price is not None:
            rows["share_price"] = RowFormula("price")
        for closing in self.closings_:
            c = closing.name
            if closing.price is not None:
                rows[f"{c}.share_price"] = RowFormula(f"{c}.price")
            if closing.valuation is not None:
                paid = f" - {c}.amount" if closing.valuation.basis == "post_money" else ""
                cut = f" + {c}.amount - {c}.left" if self.after_cut == "keep_post_money" else ""
                rows[f"{c}.pre_money"] = RowFormula(f"{c}.valuation{paid}{cut}", posted=True)

    def checks(self, around: "Surroundings") -> "Iterator[Mistake]":
        if self.closings_:
            yield from self._lists(around)
        else:
            text = f"A round needs at least one closing, a table [[funding.{around.name}.closings]]."
            yield Mistake(("closings",), "missing-field", text, "key")
        for mistake in self.stock.checks(around):
            yield mistake._replace(path=("stock", *mistake.path))
        yield from self._prices()

    def _lists(self, around: "Surroundings") -> "Iterator[Mistake]":
        """The mistakes between closings, commitments, clauses and earmarks."""
        for n, closing in enumerate(self.closings_):
            yield from self._split(n, closing, around)
        yield from self._money(around)
        dates = [c.date.number for c in self.closings_]
        for n, date in enumerate(dates):
            if date < max(dates[:n], default=date):
                text = "Closings are listed in the order of their dates; a cut takes from the last one first."
                yield Mistake(("closings", n, "date"), "closings-out-of-order", text)
        for n, clause in enumerate(self.clauses_):
            yield from self._targets(n, clause, around)
        for n, earmark in enumerate(self.earmarks_):
            yield from self._sources(n, earmark, around.start)

    def _money(self, around: "Surroundings") -> "Iterator[Mistake]":
        """The money of the closings fits the commitments, and the valuation."""
        brought, promised = [c.amount for c in self.closings_], [c.amount for c in self.commitments_]
        if promised and sum(figure.number for figure in promised) == 0:
            yield Mistake(("commitments",), "value-out-of-range", "The commitments are 0 in all.", "key")
        if numbers := promised and in_one_currency([*brought, *promised], around):
            total, most = sum(numbers[: len(brought)]), sum(numbers[len(brought) :])
            if total > most * (1 + 1e-12):
                text = f"The closings bring {total:,.0f} in all, more than the {most:,.0f} that investors have "
                yield Mistake(("closings",), "closings-exceed-commitments", f"{text}committed.", "key")
        same = [c.amount for c in self.closings_ if c.price is None and c.valuation is None]  # at the round's valuation
        valued: list[tuple[tuple[str | int, ...], Valuation | None, list[Figure]]]
        valued = [(("valuation",), self.valuation, same if len(same) < len(brought) else promised or brought)]
        valued += [(("closings", n, "valuation"), c.valuation, [c.amount]) for n, c in enumerate(self.closings_)]
        for path, valuation, amounts in valued:
            if valuation is None or valuation.basis != "post_money":
                continue
            whole, *new = in_one_currency([valuation.figure, *amounts], around) or [math.inf]
            if whole <= sum(new):
                subject = "closing" if "closings" in path else "round"
                text = f"A post-money valuation holds the new money, so it is above the {subject}'s {sum(new):,.0f}."
                yield Mistake(path, "valuation-too-small", text)

    def _split(self, n: int, closing: Closing, around: "Surroundings") -> "Iterator[Mistake]":
        """A split names the round's investors and makes the closing's amount."""
        if closing.split is None:
            return
        path = ("closings", n, "split")
        for name in closing.split:
            if name not in self.investors():
                hint = did_you_mean(name, self.investors()) or f" It has {', '.join(self.investors())}."
                if not self.commitments():
                    hint = f' Nobody is named in it: write commitments = [{{ investor = "{name}", amount = … }}, …].'
                text = f"{name} is no investor of this round.{hint}"
                yield Mistake((*path, name), "unknown-investor", text, "key")
        whole, *paid = in_one_currency([closing.amount, *closing.split.values()], around) or [0.0]
        if abs(sum(paid) - whole) > 0.005:
            text = f"The split adds up to {sum(paid):,.2f}, not to the closing's {whole:,.2f}."
            yield Mistake(path, "split-does-not-add-up", text, "key")

    def _targets(self, n: int, clause: Clause, around: "Surroundings") -> "Iterator[Mistake]":
        """A clause cuts an investor or closing of the round, and no closing that lapses whole by the same condition."""
        targets = [*self.investors(), *(c.name for c in self.closings_), "round"]
        if clause.cuts not in targets:
            hint = did_you_mean(clause.cuts, targets) or f" It has {', '.join(targets)}."
            text = f"{clause.cuts} is no investor or closing of this round.{hint}"
            yield Mistake(("clauses", n, "cuts"), "unknown-cut", text)
        for m, closing in enumerate(self.closings_):
            waits = "by" in closing.model_fields_set and closing.by.number > clause.by.number
            if closing.needs(clause.unless) and not waits and self._falls_on(clause, m, around):
                text = (
                    f"{closing.name} is only reduced by {clause.name}, so it must not also require its condition: "
                    "it would lapse whole. Take one of the two out; or write by, a day after that of the clause, until "
                    f"which {closing.name} waits for the condition, and is then the smaller."
                )
                yield Mistake(("closings", m, "requires"), "clause-and-condition", text)

    def _falls_on(self, clause: Clause, m: int, around: "Surroundings") -> bool:
        """Whether a clause cuts a closing, and not another one or one of several investors."""
        closing = self.closings_[m]
        if clause.cuts in self.investors():
            payers = closing.split if closing.split is not None else self.investors()
            return set(payers) == {clause.cuts}
        if clause.cuts != "round":
            return clause.cuts == closing.name
        numbers = in_one_currency([clause.to, *(c.amount for c in self.closings_)], around)
        later = [k for k in range(m + 1, len(self.closings_)) if not self.closings_[k].needs(clause.unless)]
        if not later or numbers is None:
            return not later
        to, *brought = numbers
        return sum(brought[k] for k in later) < sum(brought) - to

    def _sources(self, n: int, earmark: Earmark, start: int) -> "Iterator[Mistake]":
        """An earmark is filled by closings of the round, and has the money spent of it before the first month."""
        path, closings = ("earmarks", n), [c.name for c in self.closings_]
        past = [c.name for c in self.closings_ if c.name in (earmark.named or closings) and c.date.number < start]
        if past and earmark.opening_spent is None:
            text = (
                f"opening_spent is missing: {past[0]} closed before the first month, so say how much of the earmark "
                "had been spent by then. Write 0 if nothing was."
            )
            yield Mistake(path, "missing-field", text, "key")
        if earmark.from_ is None and len(closings) > 1:
            text = f"from is missing: which of the closings {', '.join(closings)} the earmark is filled by."
            yield Mistake(path, "missing-field", text, "key")
        for m, source in enumerate(earmark.named):
            if source not in closings:
                hint = choice_hint(source, closings)
                source_path = (*path, "from") if isinstance(earmark.from_, str) else (*path, "from", m)
                yield Mistake(source_path, "unknown-closing", f"{source} is no closing of this round.{hint}")

    def _prices(self) -> "Iterator[Mistake]":
        """One figure sets the price of a share; no price or valuation is 0, and the pool is not the whole company."""
        priced: list[tuple[tuple[str | int, ...], Figure | None, Valuation | None]]
        priced = [((), self.price, self.valuation)]
        priced += [(("closings", n), c.price, c.valuation) for n, c in enumerate(self.closings_)]
        for path, price, valuation in priced:
            if price is not None and valuation is not None:
                text = "price and valuation both set what a share costs. Take one of them out."
                yield Mistake((*path, "price"), "price-and-valuation", text, "key")
            if price is not None and exact(price) == 0:
                yield Mistake((*path, "price"), "value-out-of-range", "price cannot be 0.")
            if valuation is not None and exact(valuation.figure) == 0:
                yield Mistake((*path, "valuation"), "value-out-of-range", "valuation cannot be 0.")
        if self.pool is not None and exact(self.pool) == 1:
            yield Mistake(("pool",), "value-out-of-range", "pool cannot be the whole company.")
        bases = [valuation.basis for _, _, valuation in priced if valuation is not None]
        if self.convertibles == "on_top" and "post_money" in bases:
            text = (
                "A post-money valuation holds what converts, so that it cannot come on top. Write a pre-money "
                "valuation, or take convertibles out."
            )
            yield Mistake(("convertibles",), "terms-contradict", text)
