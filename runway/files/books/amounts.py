"""The amount of each row, in the sign of its kind: from one column, from debit and credit, from parts, from a word."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from runway.errors import InputError
from runway.files.books.columns import AmountColumns
from runway.files.books.currencies import CODES, code_of, codes_of, doubtful_currency
from runway.files.books.dates import date_of
from runway.files.books.layout import column, head_name
from runway.words import minor_digits

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from runway.files.books.gather import GatheredRows

ZERO = Decimal(0)


class RowAmounts:
    """The amount of each row, its parts, its fee, and the balance after it.

    Notes not-a-figure, number-of-another-locale, amounts-disagree, unknown-status, wrong-currency; raises `InputError`
    (ambiguous-number).
    """

    def __init__(self, gathered: GatheredRows) -> None:
        self._gathered = gathered
        self._sheet, self._layout = gathered.sheet, gathered.layout
        reading = gathered.reading
        self._reader = AmountColumns(
            self._sheet, gathered.lines, reading.decimal or self._layout.decimal, reading.table, reading.currency,
            {"dr": 1, "cr": -1} if self._layout.double_entry else {"dr": -1, "cr": 1},
        )  # fmt: skip
        places = (*gathered.figures.values(), *gathered.beside)
        self.columns = self._reader.values({place: gathered.cells[place] for place in places})
        self._beside: dict[int, int] = {}  # by row, the column of another currency that its amount stands in
        self._sheet.finish()
        count = len(gathered.lines)
        self.balances: Sequence[Decimal | None] = self._column("balance") or [None] * count
        self.fees: list[Decimal | None] | None = self._column("fee")
        self.parts: Mapping[str, list[Decimal | None]] = {
            part: self.columns[place] for part, place in gathered.parts.items()
        }
        self.gross: list[Decimal] = []  # before fees, where there are any
        self.signs: Mapping[str, int] = {}  # by account, where amounts have the sign of its kind
        amounts = self._parts_summed() if self.parts else self._signed()
        self.amounts = [amount if amount is not None else self._missing(n) for n, amount in enumerate(amounts)]
        self._agrees_with_sum()

    def _column(self, role: str) -> list[Decimal | None] | None:
        place = self._gathered.figures.get(role)
        return None if place is None else self.columns[place]

    def figure(self, cells: Sequence[str], role: str) -> Decimal | None:
        """The amount that another row of the sheet has in a column; None where it is blank or none."""
        place = self._gathered.figures.get(role)
        return None if place is None else self.amount_in(cells[place], place)

    def amount_in(self, cell: str, place: int) -> Decimal | None:
        """An amount written as those of a column are."""
        return self._reader.like(place, cell)

    def plain(self, cell: str) -> Decimal | None:
        """An amount of no column, written as those of the first are."""
        return self._reader.like(next(iter(self._gathered.figures.values())), cell)

    def line(self, n: int) -> int:
        return self._gathered.lines[n]

    def scale(self, currencies: Sequence[str]) -> None:
        """Turns amounts in the smallest unit of their currency into those of the whole one."""
        if not self._layout.minor:
            return
        digits = {currency: minor_digits(currency or self._gathered.reading.currency) for currency in set(currencies)}
        scales = [digits[currency] for currency in currencies]
        self.amounts = [amount.scaleb(-n) for amount, n in zip(self.amounts, scales, strict=True)]
        self.gross = [amount.scaleb(-n) for amount, n in zip(self.gross, scales, strict=True)] if self.gross else []
        self.fees = self.fees and [fee and fee.scaleb(-n) for fee, n in zip(self.fees, scales, strict=True)]

    def net_amount(self, debit: Decimal | None, credit: Decimal | None) -> Decimal | None:
        """The amount of a debit and a credit of one row, in the sign of the export's kind."""
        if debit is None and credit is None:
            return None
        first, second = (debit or ZERO), (credit or ZERO)
        return first - second if self._layout.double_entry else second - (-first if self._signed_debits else first)

    def _signed(self) -> list[Decimal | None]:
        single, debits, credited = (self._column(role) for role in ("amount", "debit", "credit"))
        single = single and self._of_one_currency(single)
        # a bank may write money that goes out with its sign in the column of debits
        self._signed_debits = bool(debits) and all(d is None or d <= 0 for d in debits or ())
        blank: list[Decimal | None] = [None]
        amounts = self._by_word(single) if single else blank * len(self._gathered.lines)
        if self._layout.positive in ("out", "credit"):
            amounts = [None if amount is None else -amount for amount in amounts]
        if debits is None and credited is None:
            return amounts
        nothing: list[Decimal | None] = [None] * len(amounts)
        sides = [self.net_amount(d, c) for d, c in zip(debits or nothing, credited or nothing, strict=True)]
        if single is None:
            return sides
        unsigned = all(amount is None or amount >= 0 for amount in amounts)
        for n, (amount, side) in enumerate(zip(amounts, sides, strict=True)):
            if amount is None or side is None or amount == side or (unsigned and amount == abs(side)):
                continue
            text = f"This amount is {amount:,}; debit and credit of the row come to {side:,}."
            self._mistake(n, "amount", "amounts-disagree", text)
        return [amount if side is None else side for amount, side in zip(amounts, sides, strict=True)]

    def _of_one_currency(self, amounts: list[Decimal | None]) -> list[Decimal | None]:
        """Amounts that may stand in one of several columns, each of a currency."""
        for place in self._gathered.beside:
            for n, amount in enumerate(self.columns[place]):
                if amount and amounts[n]:
                    text = "This row has amounts in two currencies; a row has one amount. Export a row for each."
                    self._sheet.problem(self._gathered.lines[n], place, "wrong-currency", text)
                elif amount:
                    self._beside[n] = place
            amounts = [
                new or old if new is not None else old for new, old in zip(self.columns[place], amounts, strict=True)
            ]
        return amounts

    def _by_word(self, amounts: list[Decimal | None]) -> list[Decimal | None]:
        """Amounts whose sign a word of another column says."""
        sign = self._layout.sign
        signs = dict.fromkeys(sign.get("out", ()), -1) | dict.fromkeys(sign.get("in", ()), 1)
        signed = any(amount is not None and amount < 0 for amount in amounts)
        place = self._place_of_words(signs, signed=signed)
        if place is None:
            return amounts
        if self._layout.general and signed:
            return self._agreeing(amounts, place, signs)
        by_word = []
        for n, (amount, cell) in enumerate(zip(amounts, self._gathered.cells[place], strict=True)):
            factor = signs.get(head_name(cell), 1 if "in" not in sign and cell.strip() else None)
            if factor is None:
                words = ", ".join(signs)
                choice = "it is a debit or a credit" if self._layout.double_entry else "money came in or went out"
                text = f'"{cell.strip()[:40]}" does not say whether {choice}; the words are {words}.'
                self._sheet.problem(self._gathered.lines[n], place, "unknown-status", text)
            elif amount is not None and amount < 0:
                text = f'This amount has a sign, and so has the column "{self._gathered.heads[place].name}".'
                self._mistake(n, "amount", "amounts-disagree", text)
            by_word.append(None if amount is None else amount * (factor or 0))
        return by_word

    def _place_of_words(self, signs: Mapping[str, int], *, signed: bool) -> int | None:
        """The column that says the way of each amount; in a layout of any program, one that says nothing else.

        Where no amount has a sign, a word for what goes the other way is enough: the others are asked about then.
        """
        for name in self._layout.sign.get("column", ()):
            place = column(name, self._gathered.heads)
            if place is None:
                continue
            words = {
                head_name(cell) for n, cell in enumerate(self._gathered.cells[place]) if n not in self._gathered.reasons
            }
            written = words - {""}
            back = not signed and any(signs.get(word, 1) < 0 for word in written)
            if not self._layout.general or (written and (back or words <= signs.keys())):
                return place
        return None

    def _agreeing(self, amounts: list[Decimal | None], place: int, signs: Mapping[str, int]) -> list[Decimal | None]:
        """Amounts that have signs; notes those whose word says otherwise, where the words of most agree."""
        cells = self._gathered.cells[place]
        against = [
            n
            for n, amount in enumerate(amounts)
            if amount and n not in self._gathered.reasons and (amount > 0) != (signs[head_name(cells[n])] > 0)
        ]
        if 2 * len(against) < len(amounts):
            for n in against:
                text = f'This amount is {amounts[n]:,}; its row says "{cells[n].strip()[:40]}".'
                self._mistake(n, "amount", "amounts-disagree", text)
        return amounts

    def _parts_summed(self) -> list[Decimal | None]:
        return [
            None if all(amount is None for amount in row) else sum((amount or ZERO for amount in row), ZERO)
            for row in zip(*self.parts.values(), strict=True)
        ]

    def _agrees_with_sum(self) -> None:
        """Checks the column of sums of amount and fee, and takes fees, of whichever sign, off the amounts."""
        sums = self._column("sum")
        if self.fees is not None:
            negative = all(fee is None or fee <= 0 for fee in self.fees) and any(self.fees)
            counted = [n for n in range(len(self.amounts)) if n not in self._gathered.reasons]
            if negative and sums and all(sums[n] == self.amounts[n] + (self.fees[n] or ZERO) for n in counted):
                self.fees = [fee and -fee for fee in self.fees]
            self.gross = self.amounts
            self.amounts = [amount - (fee or ZERO) for amount, fee in zip(self.amounts, self.fees, strict=True)]
        for n, (amount, total) in enumerate(zip(self.amounts, sums or (), strict=False)):
            if total is not None and total != amount and n not in self._gathered.reasons:
                text = f"The parts of this row come to {amount:,}, not to {total:,}."
                self._mistake(n, "sum", "amounts-disagree", text)

    def _missing(self, n: int) -> Decimal:
        if n not in self._gathered.reasons:
            role = next((role for role in ("amount", "debit", *self.parts) if role in self._gathered.figures), "credit")
            cells = self._sheet.row(self._gathered.lines[n])
            if len(cells) <= self._gathered.figures[role]:
                text = f"This row has {len(cells)} fields; the heads name {len(self._gathered.heads)} columns."
                self._sheet.problem(self._gathered.lines[n], 0, "actuals-columns", text)
                return ZERO
            self._mistake(n, role, "not-a-figure", "The amount is missing. Write 0 if nothing moved.")
        return ZERO

    def _mistake(self, n: int, role: str, name: str, text: str) -> None:
        self._sheet.problem(self._gathered.lines[n], self._gathered.figures[role], name, text)

    def currencies(self) -> list[str]:
        """The currency of each row: as a column, the name of one, a cell or the layout says it; else empty."""
        gathered = self._gathered
        count = len(gathered.lines)
        model = gathered.reading.currency
        places = [
            place for place in gathered.places.get("currency", ()) if not any(map(date_of, set(gathered.cells[place])))
        ]
        heads = {gathered.heads[place].currency for place in gathered.figures.values()} - {""}
        units = {unit for codes in self._reader.units.values() for unit in codes}
        by_column = {code_of(code, model) for code in heads} or {self._layout.currency}
        if len(by_column) > 1:
            text = f"The amounts of these columns are in {' and '.join(sorted(by_column))}. Export one currency."
            line = gathered.lines[0] if gathered.lines else 1
            raise InputError(self._sheet.located(line, 0, "wrong-currency", text))
        usual = next(iter(by_column))
        if not (places or units or self._beside):
            self._refuse_unknown([usual] if count else [], None)
            return [usual] * count
        currencies = [usual] * count
        for place in reversed(places):
            codes = {cell: code_of(cell.strip(), model) for cell in set(gathered.cells[place])}
            currencies = [codes[cell] or code for cell, code in zip(gathered.cells[place], currencies, strict=True)]
        for n, place in self._beside.items():
            currencies[n] = code_of(gathered.heads[place].currency, model)
        if units:
            self._units(currencies, model)
            stated = {code for n, code in enumerate(currencies) if code and n not in gathered.reasons}
            if len(stated) == 1:  # a report may write its currency at some amounts alone
                (usual,) = stated
                self._refuse_some(currencies, usual)
                currencies = [code or usual for code in currencies]
        mark = next((n for n, code in enumerate(currencies) if codes_of(code)), None)
        if mark is not None:
            place = next(place for role, place in gathered.figures.items() if role != "balance")
            text = doubtful_currency(currencies[mark], gathered.reading.table, gathered.reading.currency_option)
            self._sheet.problem(gathered.lines[mark], place, "wrong-currency", text)
        self._refuse_unknown(currencies, next(iter(places), None))
        return currencies

    def _refuse_some(self, currencies: Sequence[str], code: str) -> None:
        """Notes the first amount in another currency than the reader's where others say none."""
        gathered, model = self._gathered, self._gathered.reading.currency
        lacking = sum(1 for n, currency in enumerate(currencies) if not currency and n not in gathered.reasons)
        if not model or code == model or codes_of(code) or not lacking:
            return
        n = currencies.index(code)
        place = next((p for p in gathered.figures.values() if self._reader.unit(gathered.cells[p][n])), 0)
        text = f"This amount is in {code}; {lacking:,} other{'s say' if lacking > 1 else ' says'} no currency. "
        text += f'If all are in {code}, write currency = "{code}" in {gathered.reading.table}.'
        self._sheet.problem(gathered.lines[n], place, "wrong-currency", text)
        self._sheet.finish()

    def _refuse_unknown(self, currencies: Sequence[str], column: int | None) -> None:
        """Notes the first row of each currency that is not worth anything in the reader's; `column` says currencies."""
        gathered, known = self._gathered, self._gathered.reading.worth
        if not known or set(currencies) <= {"", *known}:
            return
        model, first = known[0], dict[str, int]()
        for n, code in enumerate(currencies):
            if code and code not in known and not codes_of(code) and n not in gathered.reasons:
                first.setdefault(code, n)
        for code, n in first.items():
            way = f"Write what it is worth in {model}."
            if code in CODES:
                way = f"Convert it, or write what one {code} is worth: [fx] with {code} = …"
            heads = [
                place for place in gathered.figures.values() if code_of(gathered.heads[place].currency, model) == code
            ]
            if heads and n not in self._beside:
                text = f"The amounts of this column are in {code}; the model is in {model}. {way}"
                self._sheet.problem(gathered.head_line, heads[0], "wrong-currency", text)
                continue
            figures = (p for role, p in gathered.figures.items() if role != "balance" and gathered.cells[p][n].strip())
            named = column is not None and code_of(gathered.cells[column][n].strip(), model) == code
            place = self._beside.get(n, column if named else next(figures, None))
            text = f"This amount is in {code}; the model is in {model}. {way}"
            self._sheet.problem(gathered.lines[n], place or 0, "wrong-currency", text)

    def _units(self, currencies: list[str], model: str) -> None:
        """Takes the currencies that stand at amounts, and notes those that contradict the rest of their row."""
        unit_of: Callable[[str], str] = self._reader.unit
        for place in self._gathered.figures.values():
            if place not in self._reader.units or not self._reader.units[place]:
                continue
            for n, cell in enumerate(self._gathered.cells[place]):
                unit = unit_of(cell)
                if not unit or n in self._gathered.reasons:
                    continue
                code = code_of(unit, currencies[n] or model)
                if currencies[n] and code != currencies[n]:
                    text = f"This amount is in {code}; the rest of its row is in {currencies[n]}."
                    self._sheet.problem(self._gathered.lines[n], place, "wrong-currency", text)
                currencies[n] = code
