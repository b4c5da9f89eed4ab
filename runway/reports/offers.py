"""The exits that a file names: their value, their day, and each holder's return, beside holding on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.language.named_tuple import NamedTuple
from runway.render.figures import day, scale
from runway.render.report import Block, Cell, Column, Prose, Report, Row, Table, Unit, Value
from runway.reports.exit import RETURN, return_cells

if TYPE_CHECKING:
    from datetime import date
    from fractions import Fraction

    from runway.answers.exit import Exit
    from runway.answers.offers import NamedExit, Offers
    from runway.answers.recap import Recap

ABOUT = (
    "multiple: MOIC, of what a holder had paid by then; last mark: a closing's post-money or a secondary's valuation"
)
HELD = "held: a sale at the last mark, on the day of the last exit; nobody has offered it"

PAID = (
    "a recap pays all stock as if converted to common; its multiple is of all received by then; held after it: at the "
    "last mark, its debt paid first"
)


def report(offers: Offers) -> Report:
    """A row an exit, then a row a holder with a pair of columns an exit; `main` has a row an exit and holder."""
    every = [*offers.exits, *([] if offers.held is None else [offers.held])]
    pairs = _pairs(offers, every)
    amounts = [float(offer.sold.value) for offer in every]
    amounts += [float(offer.mark) for offer in every if offer.mark is not None]
    amounts += [recap.borrowed for recap in offers.recaps]
    lines = [[float(gets)] for pair in pairs for gets, _ in pair.shares.values()]
    unit = scale(offers.currency, offers.owner.minor_digits, amounts).with_places(lines)
    sections: list[list[Block]] = [[_exits(offers, every)], [_holders(pairs), *_remarks(offers)]]
    sections += [[_recap(recap)] for recap in offers.recaps]
    return Report((offers.model, offers.scenario, unit.label), unit, sections, main=lambda: _main(offers, every))


class _WayOut(NamedTuple):
    """One way out: the head over its two columns, and each holder's proceeds and multiple."""

    head: str
    titles: dict[str, str]
    shares: dict[str, tuple[Fraction, float | None]]


def _sold(head: str, sold: Exit) -> _WayOut:
    shares = {holder.holder: (holder.proceeds, holder.multiple) for holder in sold.returns}
    return _WayOut(head, {holder.holder: holder.title for holder in sold.returns}, shares)


def _pairs(offers: Offers, every: list[NamedExit]) -> list[_WayOut]:
    pairs = [_sold(f"{offer.title}, {day(offer.sold.date)}", offer.sold) for offer in every if offer.name]
    for recap in offers.recaps:
        titles = {share.holder: share.title for share in recap.holders}
        shares = {share.holder: (share.money, share.multiple) for share in recap.holders}
        pairs.append(_WayOut(f"{recap.title}, {day(recap.date)}", titles, shares))
        if recap.held is not None:
            pairs.append(_sold(f"held after {recap.title}", recap.held))
    return [*pairs, *(_sold("held", offer.sold) for offer in every if not offer.name)]


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


def _holders(pairs: list[_WayOut]) -> Table:
    titles = {holder: title for pair in pairs for holder, title in pair.titles.items()}
    columns = [Column("holder", wraps=True)]
    for pair in pairs:
        columns += [Column("gets", "money", over=pair.head), Column("multiple", "multiple", over=pair.head)]
    rows = []
    for holder, title in titles.items():
        cells: list[Value] = [title]
        for pair in pairs:
            cells += pair.shares.get(holder, (None, None))
        rows.append(Row(cells))
    return Table("HOLDERS", columns, rows)


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
        rows += [Row([offer.name or "held", *_sale(offer.sold), *return_cells(r)]) for r in offer.sold.returns]
    for recap in offers.recaps:
        for share in recap.holders:
            paid: list[Value] = [recap.name, recap.date, recap.dividend, share.holder, share.invested, None]
            rows.append(Row([*paid, share.money, share.multiple, None, None]))
        if (sale := recap.held) is not None:
            rows += [Row([f"{recap.name} held", *_sale(sale), *return_cells(holder)]) for holder in sale.returns]
    return Table("", [Column("exit"), Column("date", "day"), Column("value", "money"), *RETURN], rows)


def _sale(sold: Exit) -> list[Value]:
    return [sold.date, sold.value]
