"""Working capital: the rows between the amount earned or incurred and the cash received or paid.

Each day's part of a month's amount moves by that many calendar days, so what is outstanding at the end of a month is
the part of the last n days; an opening balance is settled evenly over its n days.  Months are calendar months: what
is sold in January is received in February.

What is owed in a currency whose rate changes is paid at the rate of the month of its payment.  Its balance is what it
comes to at the month's own rate, and the month's change of that is the exchange difference, a gain where it is
positive.
"""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from runway.language.fields import WholeDelay
from runway.language.formula import parse
from runway.language.named_tuple import NamedTuple
from runway.language.tree import (
    ONE,
    ZERO,
    Binary,
    Call,
    Choose,
    Compare,
    DateText,
    Every,
    Happened,
    Name,
    Negative,
    Node,
    Number,
    Product,
    T,
    total,
)
from runway.lines.line import Mistake, RowFormula, Surroundings, days_of
from runway.months import month_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from runway.language.figure import Amount, Figure
    from runway.lines.line import Line


def rate_row(currency: str) -> str:
    """The row of an exchange rate that changes: the worth of one unit of the currency in each month."""
    return f"fx.{currency}.rate"


def at_start(currency: str) -> str:
    """The row of the exchange rate of the first month, which opening balances keep."""
    return f"fx.{currency}.at_start"


PERIOD_MONTHS = {"monthly": 1, "quarterly": 3, "yearly": 12}


def deferred_weights(months: int) -> str:
    """The part not yet earned of the bills of the last months, each covering `months` months from its own.

    >>> deferred_weights(3)
    '(2 * billed + 1 * lag(billed, 1)) / 3'
    """
    terms = [f"{months - 1 - k} * " + (f"lag(billed, {k})" if k else "billed") for k in range(months - 1)]
    return f"({' + '.join(terms)}) / {months}"


_SEVERAL = r"(?:([0-9]{1,4}) )?(month|quarter|year)s?"
LONGEST_BILL = 120  # months


def several_months(text: str) -> int:
    """The months of a time such as "quarter", "6 months" or "2 years"; 0 where it is none.

    >>> several_months("quarter"), several_months("2 years"), several_months("soon")
    (3, 24, 0)
    """
    match = re.fullmatch(_SEVERAL, text) if text else None
    return 0 if match is None else int(match[1] or 1) * {"month": 1, "quarter": 3, "year": 12}[match[2]]


def bill_months(billed: str) -> int:
    """The months that one bill covers; 0 where that cannot be read."""
    return PERIOD_MONTHS.get(billed) or several_months(billed)


OPENINGS = {"revenue": "opening_deferred", "costs": "opening_prepaid"}
"""The field of bills not yet earned, or not yet incurred, at the start, by section."""


def billed_ahead(
    billed: str, deferred: "Figure | None", around: Surroundings, prepaid: "Figure | None" = None
) -> "Iterator[Mistake]":
    """Bills of several months are revenue's or costs', and state the part that is not yet earned at the start."""
    months, field = bill_months(billed), OPENINGS.get(around.section, "")
    stated = {"opening_deferred": deferred, "opening_prepaid": prepaid}
    if not 0 < months <= LONGEST_BILL:
        text = 'billed is "monthly", "quarterly", "yearly", or several months up to ten years: "6 months", "2 years".'
        yield Mistake(("billed",), "unknown-choice", text)
        return
    if months > 1 and not field:
        yield Mistake(("billed",), "not-for-section", "Only revenue and costs are billed ahead.", "key")
        return
    if months > 1 and all(figure is None for figure in stated.values()):
        earned = "earned" if around.section == "revenue" else "used"
        text = f'{field} is missing beside billed = "{billed}": what is billed but not yet {earned} at the start. '
        yield Mistake((), "missing-field", text + "Write 0 if nothing is.", "key")
    for key, figure in stated.items():
        if figure is not None and months == 1:
            text = f'{key} needs billed = "yearly", "quarterly" or "6 months" beside it.'
            yield Mistake((key,), "missing-field", text, "key")
        elif figure is not None and key != field:
            text = f"{key} is not for {around.section}: what is billed ahead there is {field}."
            yield Mistake((key,), "not-for-section", text, "key")


def days_rows(line: "Line") -> dict[str, RowFormula]:
    """The first and the last day of each month on which a line's money arises, where it does not on all of them."""
    if not days_of(line):
        return {}
    first, last = (parse(day) if isinstance(day, str) else day for day in line.days_in_force())
    last = Call("max", (Name("first_day", 0, 0), last))  # in a month in which none is in force too
    return {"first_day": RowFormula(first), "last_day": RowFormula(last)}


AHEAD_AND_BEHIND = {
    "revenue": ("deferred", "unbilled"),
    "costs": ("prepaid", "accrued"),
    "capital": ("prepaid", "accrued"),
}
"""The rows of bills ahead of the amount earned or incurred, and of bills behind it, by section."""


def dated_bills(bills: "Iterable[str]") -> "Node":
    """The bills of a month."""
    return total([Choose(_in_month(day), Name(f"bills.{day}", 0, 0), ZERO) for day in bills])


def bill_day(bills: "Iterable[str]") -> "Node":
    """The day of the bill of a month; the first of a month that has none."""
    days = [(day, Product((Binary("-", DateText(day, 0, 0), T), Number(32.0)))) for day in bills]
    return total([ONE, *(Choose(_in_month(day), day_of_month, ZERO) for day, day_of_month in days)])


def _in_month(day: str) -> "Node":
    """Whether a day is in the month; none is before the first."""
    return Every((Compare(">=", DateText(day, 0, 0), T), Happened(DateText(day, 0, 0))))


def billed_rows(name: str, section: str) -> dict[str, RowFormula]:
    """The balances of a line's dated bills ahead of the amount earned or incurred, and behind it."""
    ahead, opening = Name("billed_ahead", 0, 0), Name(f"{name}.opening_billed_ahead", 0, 0)
    signed = [(ahead, opening), (Negative(ahead), Negative(opening))]
    position = RowFormula("prev(billed_ahead) + invoiced - main", "opening_billed_ahead", posted=True)
    return {"billed_ahead": position} | {
        row: RowFormula(Call("max", (ZERO, balance)), Call("max", (ZERO, opening_balance)), posted=True)
        for row, (balance, opening_balance) in zip(AHEAD_AND_BEHIND[section], signed, strict=True)
    }


class PaymentPart(NamedTuple):
    """A part of a line's money and how much later it moves: the figure of its delay, or a table's delay and share."""

    by: str
    months: bool
    share: str = ""  # all of it
    days: float = 0.0  # on average
    ahead: int = 0  # months that it moves before it is earned or incurred, where it moves no later

    @property
    def row(self) -> str:
        """The ending of the names of a part's rows."""
        return f"after_{self.by}_{'months' if self.months else 'days'}"


def parts_of(field: str, by: "Figure | Mapping[str, Figure]") -> list[PaymentPart]:
    """The parts of a line's money that move later, or ahead; money that moves at once is no part."""
    if not isinstance(by, Mapping):
        return [PaymentPart(field, by.delay[0] == "month")]
    delays = [(key, delay) for key in by if (delay := WholeDelay.read(key)) is not None and delay.number]
    return [
        PaymentPart(str(delay.number), delay.months, f"{field}.{key}", delay.days, max(0, -delay.number))
        for key, delay in delays
    ]


def opening_row(balance: str, part: PaymentPart) -> str:
    """The row of a part's share of a line's opening balance."""
    return f"opening_{balance}_{part.row}"


def _share_left(part: PaymentPart) -> str:
    """The share that is left of an opening balance that is settled evenly over its time."""
    return f"max(0, 1 - {'(t + 1)' if part.months else 'elapsed_days'} / {part.by})"


AVERAGE_DELAY = Name("average_delay", 0, 0)  # in days


def _currency_of(balance: str) -> str:
    """The end of a balance's name that is another currency, in which no amount is posted; else nothing."""
    return balance.removeprefix("owed") if balance.startswith("owed") else ""


class Lateness(NamedTuple):
    """The parts of a line's money that move later than it is earned or incurred, and the line."""

    parts: "Sequence[PaymentPart]"
    line: "Line"
    bills: "Mapping[str, Figure]"  # dated ones of its own

    def behind(self) -> "Lateness":
        """The same with only the parts that move later, not ahead."""
        return self._replace(parts=[part for part in self.parts if not part.ahead])

    def ahead(self) -> "list[PaymentPart]":
        """The parts that move before they are earned or incurred."""
        return [part for part in self.parts if part.ahead]

    def day_rows(self) -> dict[str, RowFormula]:
        """The first and the last day of each month on which money that moves later arises, where not on all of them."""
        return {"bill_day": RowFormula(bill_day(self.bills))} if self.bills else days_rows(self.line)

    def outstanding(self, amount: str, opening: str, balance: str, rows: dict[str, RowFormula]) -> "str | Node":
        """The outstanding part of `amount`, and of the opening balance, if any.

        Each of several parts has a row of its own; of the opening balance it has what even amounts would leave of it.
        """
        posted = not _currency_of(balance)
        owed = list[Node]()
        for part in self.parts:
            lately = self.lately(amount, part, balance, rows)
            if not part.share:
                return f"{lately} + {opening} * ({_share_left(part)} if {part.by} > 0 else 0)" if opening else lately
            share = Name(part.share, 0, 0)
            terms: list[Node] = [Product((share, parse(lately, bounded=False)))]
            if opening:
                delays: list[Node] = [Product((Name(p.share, 0, 0), Number(p.days))) for p in self.parts]
                rows["average_delay"] = RowFormula(total(delays))
                weight = Binary("/", Product((share, Number(part.days))), AVERAGE_DELAY)
                row, opening_part = opening_row(balance, part), Product((parse(opening, bounded=False), weight))
                rows[row] = RowFormula(Choose(Compare(">", AVERAGE_DELAY, ZERO), opening_part, ZERO), posted=posted)
                terms.append(parse(f"{row} * {_share_left(part)}", bounded=False))
            rows[f"{balance}_{part.row}"] = RowFormula(total(terms), posted=posted)
            owed.append(Name(f"{balance}_{part.row}", 0, 0))
        return total(owed)

    def lately(self, amount: str, part: PaymentPart, balance: str, rows: dict[str, RowFormula]) -> str:
        """The part of `amount` of the last days or months.

        Of what begins on several days of one month (hires), each part has rows of its own by `balance`.
        """
        between = ", first_day, last_day" if days_of(self.line) else ""
        between = ", bill_day, bill_day" if self.bills else between
        function = "last_months" if part.months else "last_days"
        joining = () if part.months or self.bills else self.line.joining()
        if not joining:
            return f"{function}({amount}, {part.by}{between})"
        rows["month_end"] = RowFormula("days")
        currency = _currency_of(balance)
        rest, parts = amount, []
        for n, joiner in enumerate(joining, 1):
            rows[f"joined_{n}"], rows[f"joined_{n}_day"] = RowFormula(joiner.share), RowFormula(joiner.day)
            rows[f"joined_{n}_amount{currency}"] = RowFormula(f"{amount} * joined_{n}", posted=not currency)
            rest += f" - joined_{n}_amount{currency}"
            parts.append(f"last_days(joined_{n}_amount{currency}, {part.by}, joined_{n}_day, month_end)")
        rows[f"before_amount{currency}"] = RowFormula(rest, posted=not currency)
        return f"last_days(before_amount{currency}, {part.by}) + {' + '.join(parts)}"


class Currencies(NamedTuple):
    """The currencies that a line is owed or owes in: by the month from which each holds, and at the start.

    None is the model's own currency, or one with one rate: what is owed in it gains and loses nothing.
    """

    flow: tuple[tuple[int, str | None], ...] = ((0, None),)
    opening: str | None = None

    @property
    def floating(self) -> list[str]:
        """The currencies whose rate changes."""
        return [currency for currency in self.invoiced_rows() if currency is not None]

    @staticmethod
    def code(currency: str | None) -> str:
        """The ending of the names of a currency's rows."""
        return "own" if currency is None else currency.lower()

    def invoiced_rows(self) -> dict[str | None, str]:
        """By currency, the row of the bills in it."""
        codes = [*(code for _, code in self.flow), self.opening]
        return {code: f"invoiced_{self.code(code)}" for code in codes}

    def invoiced(self, amount: str, currency: str | None) -> str:
        """The formula of the bills in a currency, in units of it."""
        part = amount if currency is None else f"{amount} / {rate_row(currency)}"
        ends = [*(first for first, _ in self.flow[1:]), None]
        spans = [(a, b) for (a, code), b in zip(self.flow, ends, strict=True) if code == currency]
        if spans == [(0, None)]:
            return part
        months = [f"t >= {a}" if b is None else f"{a} <= t < {b}" for a, b in spans]
        return f"{part} if {' or '.join(months)} else 0" if months else "0"


def currencies(figures: "Iterable[Figure]", start: int) -> Currencies | None:
    """The currencies of a line's figures; None where it has amounts in several of them in one month."""
    written = [figure for figure in figures if figure.dimension in ("money", "flow")]
    opening = next((figure.floating for figure in written if figure.opening), None)
    amounts = [_by_month(figure, start) for figure in written if not figure.opening]
    flow: list[tuple[int, str | None]] = []
    for month in sorted({0, *(first for amount in amounts for first in amount)}):
        in_force = [amount[max(first for first in amount if first <= month)] for amount in amounts]
        codes = {entry.currency if entry.floats else None for entry in in_force if entry.number or entry.currency}
        if len(codes) > 1:
            return None
        code = next(iter(codes), None)
        if not flow or flow[-1][1] != code:
            flow.append((month, code))
    return Currencies(tuple(flow), opening)


def _by_month(figure: "Figure", start: int) -> "dict[int, Amount]":
    """The amounts of a figure by the month from which they hold, the first one from the start."""
    months = [max(0, (month_number(entry.month or "") or start) - start) for entry in figure.entries]
    return {0: figure.entries[0].amount} | {n: e.amount for n, e in zip(months, figure.entries, strict=True)}


def _rows(balance: str, amount: str, late: Lateness, currencies: Currencies, sign: str) -> dict[str, RowFormula]:
    """The balance outstanding and, where a rate changes, the balance in each currency and the month's exchange gain."""
    opening, rows = f"opening_{balance}", late.day_rows()
    if not currencies.floating:
        owed = late.outstanding(amount, opening, balance, rows)
        return rows | {balance: RowFormula(owed, opening, posted=True)}
    worth, gains = [], []
    invoiced_rows = currencies.invoiced_rows()
    for currency, invoiced in invoiced_rows.items():
        name = invoiced.removeprefix("invoiced_")
        rows[invoiced] = RowFormula(currencies.invoiced(amount, currency))
        opening_owed = before = opening if currency == currencies.opening else ""
        if opening_owed and currency is not None:
            opening_owed, before = f"{opening} / {at_start(currency)}", f"{opening} / fx.{currency}"
        owed = late.outstanding(invoiced, opening_owed, f"owed_{name}", rows)
        rows[f"owed_{name}"] = RowFormula(owed, before or "0")
        worth.append(f"owed_{name}" if currency is None else f"owed_{name} * {rate_row(currency)}")
        if currency is not None:
            rate = rate_row(currency)
            gains.append(f"prev({balance}) * ({rate} / prev({rate}) - 1)" if len(invoiced_rows) == 1 else
                         f"prev(owed_{name}) * ({rate} - prev({rate}))")  # fmt: skip
    rows[balance] = RowFormula(" + ".join(worth), opening, posted=True)
    rows["fx"] = RowFormula(f"{sign}({' + '.join(gains)})", posted=True)
    return rows


def receivable_rows(amount: str, late: Lateness, currencies: Currencies) -> dict[str, RowFormula]:
    """Customers pay `collected_after` late, or ahead."""
    rows = _rows("receivable", amount, late.behind(), currencies, "") if late.behind().parts else {}
    owed = " + prev(receivable) - receivable" if rows else ""
    paid = " + deposits - prev(deposits)" if late.ahead() else ""
    rows |= _ahead_rows("deposits", amount, late.ahead())
    difference = " + fx" if "fx" in rows else ""
    return rows | {"cash": RowFormula(f"{amount}{owed}{paid}{difference}", posted=True)}


def payable_rows(amount: str, late: Lateness, currencies: Currencies) -> dict[str, RowFormula]:
    """Suppliers are paid `paid_after` late, or ahead."""
    rows = _rows("payable", amount, late.behind(), currencies, "-") if late.behind().parts else {}
    owed = "payable - prev(payable) " if rows else ""
    paid = " - advances + prev(advances)" if late.ahead() else ""
    rows |= _ahead_rows("advances", amount, late.ahead())
    difference = " + fx" if "fx" in rows else ""
    return rows | {"cash": RowFormula(f"{owed}- {amount}{paid}{difference}", posted=True)}


def ahead_row(owed: str, months: int) -> "Node":
    """The amount earned or incurred so many months on."""
    return Call("ahead", (Name(owed, 0, 0), Number(float(months))))


def _ahead_rows(balance: str, amount: str, parts: "Sequence[PaymentPart]") -> dict[str, RowFormula]:
    """The balance paid ahead for the months to come, and the part of a month's cash that was due in earlier months."""
    if not parts:
        return {}
    prepayments, catch_ups = list[Node](), list[Node]()
    for part in parts:
        share, months = Name(part.share, 0, 0), range(1, part.ahead + 1)
        prepayments.append(Product((share, total([ahead_row(amount, n) for n in months]))))
        moved = Binary("-", Name(amount, 0, 0), ahead_row(amount, part.ahead))
        catch_ups.append(Product((share, moved)))
    change, needed = parse(f"{balance} - prev({balance})"), total(prepayments)
    if balance == "advances":  # no supplier pays back: what is needed no longer is used up first
        used = Product((total([Name(part.share, 0, 0) for part in parts]), Name(amount, 0, 0)))
        needed = Call("max", (needed, Binary("-", parse("prev(advances)"), used)))
    return {
        balance: RowFormula(needed, f"opening_{balance}", posted=True),
        "catch_up": RowFormula(Call("max", (ZERO, total([change, *catch_ups]))), posted=True),
    }
