"""The exits that a file names: what is paid, when, and what each holder makes of it, beside holding on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.render.figures import day, scale
from runway.render.report import Block, Column, Prose, Report, Row, Table, Value

if TYPE_CHECKING:
    from runway.answers.exit import Return
    from runway.answers.offers import NamedExit, Offers

ABOUT = (
    "multiple: MOIC, of what a holder had paid by then; last mark: a closing's post-money or a secondary's valuation"
)
HELD = "held: a sale at the last mark, on the day of the last exit; nobody has offered it"


def report(offers: Offers) -> Report:
    """A row an exit, then a row a holder with a pair of columns an exit; `main` has a row an exit and holder."""
    every = [*offers.exits, *([] if offers.held is None else [offers.held])]
    amounts = [float(offer.sold.value) for offer in every]
    amounts += [float(offer.mark) for offer in every if offer.mark is not None]
    lines = [[float(holder.proceeds)] for offer in every for holder in offer.sold.returns]
    unit = scale(offers.currency, offers.first.minor_digits, amounts).with_places(lines)
    sections: list[list[Block]] = [[_exits(every)], [_holders(every), *_remarks(every)]]
    return Report((offers.model, offers.scenario, unit.label), unit, sections, main=lambda: _main(every))


def _exits(every: list[NamedExit]) -> Table:
    rows = [
        Row([offer.title, offer.sold.date, offer.sold.value, offer.mark, offer.premium if offer.name else None])
        for offer in every
    ]
    columns = (
        Column("exit", wraps=True), Column("on", "day"), Column("paid", "money"), Column("last mark", "money"),
        Column("above it", "rate"),
    )  # fmt: skip
    return Table("EXITS", columns, rows)


def _holders(every: list[NamedExit]) -> Table:
    titles = {holder.holder: holder.title for offer in every for holder in offer.sold.returns}
    columns = [Column("holder", wraps=True)]
    for offer in every:
        at = f"{offer.title}, {day(offer.sold.date)}" if offer.name else "held"
        columns += [Column("gets", "money", over=at), Column("multiple", "multiple", over=at)]
    rows = []
    for holder, title in titles.items():
        cells: list[Value] = [title]
        for offer in every:
            own = _of(offer, holder)
            cells += [None, None] if own is None else [own.proceeds, own.multiple]
        rows.append(Row(cells))
    return Table("HOLDERS", columns, rows)


def _remarks(every: list[NamedExit]) -> list[Prose]:
    told = [Prose(ABOUT, style="dim")]
    return told if every[-1].name else [*told, Prose(HELD, style="dim")]


def _of(offer: NamedExit, holder: str) -> Return | None:
    return next((own for own in offer.sold.returns if own.holder == holder), None)


def _main(every: list[NamedExit]) -> Table:
    rows = []
    for offer in every:
        for own in offer.sold.returns:
            cells: list[Value] = [offer.name or "held", offer.sold.date, offer.sold.value, own.holder]
            cells += [own.invested, own.repaid, own.proceeds]
            rows.append(Row([*cells, own.multiple, own.irr and own.irr.rate, own.xirr and own.xirr.rate]))
    columns = [Column("exit"), Column("date", "day"), Column("value", "money"), Column("holder")]
    columns += [Column(name, "money") for name in ("invested", "repaid", "proceeds")]
    return Table("", [*columns, *(Column(name, "rate") for name in ("multiple", "irr", "xirr"))], rows)
