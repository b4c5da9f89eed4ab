"""The exits that a file names: their value, their day, and each holder's return, beside holding on."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from runway.answers.exit import Return
from runway.render.figures import day, scale
from runway.render.report import Block, Cell, Column, Prose, Report, Row, Table, Unit, Value
from runway.reports.exit import PROCEEDS, WORTH, at_rate, by_holder, rates_of, worth_cells

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from runway.answers.exit import Exit
    from runway.answers.offers import NamedExit, Offers
    from runway.answers.recap import Dividend, Recap

ABOUT = (
    "multiple: MOIC, of what a holder had paid by then; last mark: a closing's post-money or a secondary's valuation"
)
HELD = "held: a sale at the last mark, on the day of the last exit; nobody has offered it"

PAID = (
    "a recap pays all stock as if converted to common; its multiple is of all received by then; held after it: at the "
    "last mark, its debt paid first"
)


def report(offers: Offers) -> Report:
    """A row an exit, then a row a holder with columns of each exit; `main` has a row an exit and holder."""
    every = [*offers.exits, *([] if offers.held is None else [offers.held])]
    returns = _returns(offers)
    amounts = [float(offer.sold.value) for offer in every]
    amounts += [float(offer.mark) for offer in every if offer.mark is not None]
    amounts += [recap.borrowed for recap in offers.recaps]
    lines = [[float(holder.proceeds)] for _, holders in returns for holder in holders]
    unit = scale(offers.currency, offers.owner.minor_digits, amounts).with_places(lines)
    sold = [(head, holders) for head, holders in returns if any(holder.irr or holder.xirr for holder in holders)]
    sections: list[list[Block]] = [
        [_exits(offers, every)],
        [by_holder("HOLDERS", returns, PROCEEDS), *_remarks(offers)],
    ]
    if sold:
        sections.append(rates_of(sold))
        if offers.rate is not None:
            sections.append(at_rate(offers.rate, sold))
    sections += [[_recap(recap)] for recap in offers.recaps]
    return Report((offers.model, offers.scenario, unit.label), unit, sections, main=lambda: _main(offers, every))


def _returns(offers: Offers) -> list[tuple[str, Sequence[Return]]]:
    """The returns of each way out, with its head: the exits, the recaps and holding on after each, holding on."""
    returns = [(f"{offer.title}, {day(offer.sold.date)}", offer.sold.returns) for offer in offers.exits]
    for recap in offers.recaps:
        returns.append((f"{recap.title}, {day(recap.date)}", tuple(map(_paid, recap.holders))))
        if recap.held is not None:
            returns.append((f"held after {recap.title}", recap.held.returns))
    return [*returns, *([] if offers.held is None else [("held", offers.held.sold.returns)])]


def _paid(part: Dividend) -> Return:
    """What a recap pays to a holder, as a return."""
    return Return(part.holder, part.title, part.money, part.invested, Fraction(0), part.multiple)


def _exits(offers: Offers, every: list[NamedExit]) -> Table:
    rows = [
        Row([offer.title, offer.sold.date, offer.sold.value, offer.mark, offer.premium if offer.name else None])
        for offer in every
    ]
    recaps = [Row([recap.title, recap.date, recap.dividend, None, None]) for recap in offers.recaps]
    rows[len(offers.exits) : len(offers.exits)] = recaps
    columns = (
        Column("exit", wraps=True), Column("on", "day"), Column("paid", "money"), Column("last mark", "money"),
        Column("above it", "rate"),
    )  # fmt: skip
    return Table("EXITS", columns, rows)


def _recap(recap: Recap) -> Table:
    """The debt that a recap leaves, and runway without and with it."""
    without, with_it = recap.without, recap.with_it
    rows = [
        Row(["borrowed", None, recap.borrowed]),
        Row(["fee", None, recap.fee]),
        Row(["paid to holders", None, recap.dividend]),
        Row([f"owed on {day(recap.date)}", None, recap.owed]),
        Row(["owed in the last month", None, recap.owed_at_end]),
        Row(["months of runway", *(_or_beyond(rung.months, "months") for rung in (without, with_it))]),
        Row(["cash out", *(_or_beyond(rung.zero_cash_date, "day") for rung in (without, with_it))]),
        Row(["lowest cash", without.lowest_cash, with_it.lowest_cash]),
        Row(["cash in the last month", without.closing_cash, with_it.closing_cash]),
    ]
    columns = (Column(""), Column("without it", "money"), Column("with it", "money"))
    return Table("RECAP", columns, rows, f"{recap.title}; counting {without.counting.removeprefix('+ ')}")


def _or_beyond(value: float | date | None, kind: Unit) -> Cell:
    return Cell("beyond", "text") if value is None else Cell(value, kind)


def _remarks(offers: Offers) -> list[Prose]:
    texts = [ABOUT, *([PAID] if offers.recaps else []), *([HELD] if offers.held is not None else [])]
    days = [offer.sold.date for offer in offers.exits] + [recap.date for recap in offers.recaps]
    if planned := offers.owner.planned_by(max(days, default=offers.owner.last_day)):
        texts.append(f"counted though only planned: {', '.join(planned)}")
    return [Prose(text, style="dim") for text in texts]


def _main(offers: Offers, every: list[NamedExit]) -> Table:
    rows = []
    for offer in every:
        rows += [Row([offer.name or "held", *_sale(offer.sold), *worth_cells(r)]) for r in offer.sold.returns]
    for recap in offers.recaps:
        for part in recap.holders:
            paid: list[Value] = [recap.name, recap.date, recap.dividend, part.holder, part.invested, None, part.money]
            rows.append(Row([*paid, part.multiple, None, None, None, None]))
        if (sale := recap.held) is not None:
            rows += [Row([f"{recap.name} held", *_sale(sale), *worth_cells(holder)]) for holder in sale.returns]
    return Table("", [Column("exit"), Column("date", "day"), Column("value", "money"), *WORTH], rows)


def _sale(sold: Exit) -> list[Value]:
    return [sold.date, sold.value]
