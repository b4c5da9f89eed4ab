"""The layout of a sheet: that whose heads all stand in one of its first rows."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from runway.errors import InputError, Problem, choice_hint
from runway.files.books.dates import date_of
from runway.files.books.layout import column, head_name, heads_of, known_layouts, layout_of
from runway.files.books.matrix import period_columns
from runway.files.books.numbers import money
from runway.language.named_tuple import NamedTuple
from runway.words import list_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from runway.files.books.export import Reading
    from runway.files.books.layout import BookLayout, Head
    from runway.files.books.sheet import BookSheet, Row

SEARCHED = 30  # rows that may be the one of the heads
WIDEST = 1_000  # columns that are looked at for names
SHOWN = 12  # heads that a message names
_LONGER = re.compile(
    r"(?:fy\s*)?(?:19|20)\d\d|(?:(?:19|20)\d\d\W*)?(?:q[1-4]|[1-4]\W*(?:quartal|kvartal|kwartaal|trimestre|quarter))\W*"
    r"(?:(?:19|20)?\d\d)?|\w+\s*[-–]\s*\w+,?\s+(?:19|20)\d\d",
    re.IGNORECASE,
)
"""A quarter, a year or a span of months as the name of a column: Q1 2026, FY 2026, Jan - Mar 2026."""
_ROLES = {
    "date": "date datum dato fecha data day buchungstag bogføringsdato posted booked created completed finished",
    "amount": "amount betrag beløb belopp bedrag importe montant valor value sum umsatz",
    "debit": "debit soll debet débit debe",
    "credit": "credit haben kredit crédit haber",
    "balance": "balance saldo solde kontostand",
    "currency": "currency währung waehrung valuta devise moneda",
    "account": "account konto sachkonto kontonummer compte cuenta conto rekening",
    "text": (
        "description text tekst payee memo details narration auftraggeber empfänger beneficiary counterparty motif "
        "verwendungszweck beskrivelse omschrijving name concept libellé"
    ),
}
_BESIDE = {"fee", "fees", "tax", "vat"}
"""Words of amounts that are not the row's own."""


class RecognisedSheet(NamedTuple):
    """A sheet, its layout, and the row of its heads (line 0: it has none)."""

    sheet: BookSheet
    layout: BookLayout
    heads: list[Head]
    line: int
    above: tuple[Row, ...]  # rows above the heads


def recognised(sheets: Iterable[BookSheet], reading: Reading) -> RecognisedSheet:
    """The first of these sheets whose layout is known. Raises `InputError`: unknown-layout, two-layouts."""
    layouts = _candidates(reading)
    first: tuple[BookSheet, list[Row]] | None = None
    failed: InputError | None = None
    title = "The file"
    for sheet in sheets:
        title = sheet.title
        try:
            rows = [(line, cells[:WIDEST]) for line, cells in islice(sheet.rows(), SEARCHED)]
        except InputError as error:
            failed = failed or error
            continue
        if first is None and rows:
            first = (sheet, rows)
        for group in layouts:
            if match := _match(sheet, rows, group):
                return match
    if first is None:
        if failed:
            raise failed
        raise InputError(Problem("actuals-columns", f"{title} is empty; a row of it names the columns."))
    raise InputError(_unknown(*first, reading, layouts))


def _candidates(reading: Reading) -> list[list[BookLayout]]:
    """The layouts to try: the user's own, those that are known, then those that any program may write."""
    layouts = known_layouts()
    custom = [layout_of(name, table, custom=True) for name, table in reading.layouts.items()]
    if reading.layout is None:
        named = [layout for layout in layouts.values() if not layout.general]
        return [custom, named, [layout for layout in layouts.values() if layout.general]]
    chosen = {**layouts, **{layout.name: layout for layout in custom}}
    if reading.layout not in chosen:
        hint = choice_hint(reading.layout, chosen)
        raise InputError(Problem("unknown-choice", f"{reading.layout} is no layout.{hint}"))
    return [[chosen[reading.layout]._replace(insisted=True)]]


def _match(sheet: BookSheet, rows: Sequence[Row], layouts: Sequence[BookLayout]) -> RecognisedSheet | None:
    for n, (line, cells) in enumerate(rows):
        heads = heads_of(cells)
        above = tuple(rows[:n])
        fitting = [
            layout
            for layout in layouts
            if line > layout.skip and not layout.heads and layout.headed(above) and _fits(layout, heads, above)
        ]
        if fitting:
            return RecognisedSheet(sheet, _only_one(sheet, line, fitting), heads, line, above)
    bare = [layout for layout in layouts if layout.heads and _is_bare(rows, layout)]
    if not bare:
        return None
    return RecognisedSheet(sheet, _only_one(sheet, 1, bare), heads_of(bare[0].heads), 0, ())


def _fits(layout: BookLayout, heads: Sequence[Head], above: Sequence[Row]) -> bool:
    if layout.form in ("months", "balances"):
        return layout.fits(heads) and bool(period_columns(layout, heads, above))
    return layout.fits(heads)


def _only_one(sheet: BookSheet, line: int, fitting: Sequence[BookLayout]) -> BookLayout:
    """The layout that needs more heads than all others that fit. Raises `InputError` (two-layouts)."""
    best = max(fitting, key=lambda layout: len(layout.must or layout.roles))
    rivals = [layout for layout in fitting if layout is not best and not set(layout.must) < set(best.must)]
    if rivals:
        names = " or ".join(f"a {layout.name}" for layout in (best, *rivals))
        text = f'This file is {names} export; write layout = "{best.name}" or layout = "{rivals[0].name}".'
        raise InputError(sheet.located(line, 0, "two-layouts", text))
    return best


def _is_bare(rows: Sequence[Row], layout: BookLayout) -> bool:
    """Whether rows without heads have a date, amounts and text where the layout has them.

    Of debit and credit each row has one, and another row the other.
    """
    roles = [next((role for role, names in layout.columns.items() if head in names), "") for head in layout.heads]
    if not rows or any(len(cells) != len(roles) for _, cells in rows):
        return False
    sides: set[str] = set()
    for _, cells in rows:
        by_role = {role: cell for role, cell in zip(roles, cells, strict=True) if role}
        filled = {role for role in ("debit", "credit") if by_role.get(role, "").strip()}
        sides |= filled
        if not date_of(by_role["date"]) or money(by_role["text"]) or ("debit" in by_role and len(filled) != 1):
            return False
        if not all(money(cell) for role, cell in by_role.items() if role in ("amount", "balance") or role in filled):
            return False
    return "debit" not in roles or len(sides) == 2


def _unknown(
    sheet: BookSheet, rows: Sequence[Row], reading: Reading, layouts: Sequence[Sequence[BookLayout]]
) -> Problem:
    """The problem that no layout has the columns of a file; the row with most words is taken for their names."""

    def words(row: Row) -> int:
        return sum(1 for cell in row[1] if cell.strip() and not money(cell) and not date_of(cell))

    line, cells = max(rows, key=lambda row: (words(row), sum(map(bool, map(str.strip, row[1])))))
    seen = [cell.strip() for cell in cells if cell.strip()]
    shown = list_text([cell[:40] for cell in seen], SHOWN)
    if reading.layout is not None:
        (layout,) = layouts[0]
        if skipped := next((line for line, cells in rows if line <= layout.skip and layout.fits(heads_of(cells))), 0):
            text = f"The heads of a {layout.name} export stand in line {skipped}, which skip = {layout.skip} passes "
            return sheet.located(skipped, 0, "unknown-layout", f"{text}over. Write skip = {skipped - 1} or less.")
        needed = ", ".join(name.replace("|", " or ") for name in layout.needed())
        text = f"A {layout.name} export has the columns {needed}; this file has {shown}."
        return sheet.located(line, 0, "unknown-layout", text)
    if any(head_name(cell) == "total" for cell in seen) and len(seen) == 2:
        text = "This report has one total for all its days. Export it with a column a month."
        return sheet.located(line, 0, "unknown-layout", text)
    if (place := next((n for n, cell in enumerate(cells) if _LONGER.fullmatch(cell.strip())), None)) is not None:
        text = f"{cells[place].strip()} is longer than a month. Export it with a column a month."
        return sheet.located(line, place, "unknown-layout", text)
    nearest = min(layouts[0], key=lambda layout: len(_lacking(layout, cells)), default=None)
    lacks = f"; {nearest.name} asks for {', '.join(_lacking(nearest, cells))} as well" if nearest else ""
    text = f"No known layout has these columns: {shown}{lacks}. Describe it in [actuals.layouts.NAME]:\n{_block(seen)}"
    return sheet.located(line, 0, "unknown-layout", text)


def _lacking(layout: BookLayout, cells: Sequence[str]) -> list[str]:
    """The heads of a layout that a row does not have."""
    heads = heads_of(cells)
    return [name for name in layout.needed() if column(name, heads, amount=True) is None]


def _block(heads: Sequence[str]) -> str:
    """The columns of a layout of one's own, as far as their names tell their roles, as TOML."""
    bank, roles = known_layouts()["bank"], dict[str, str]()
    days = set(_ROLES["date"].split())
    for role, words in _ROLES.items():
        exact = [head for name in bank.columns.get(role, ()) for head in heads if head_name(head) == name]
        head_words = {head: set((head_name(head).split("(")[0] or head_name(head)).split()) for head in heads}
        exclusions = set() if role == "date" else days | _BESIDE
        similar = [head for head, terms in head_words.items() if terms & set(words.split()) and not terms & exclusions]
        if fits := [head for head in (*exact, *similar) if head not in roles.values()]:
            roles[role] = fits[0]
    for role in ("date", "amount"):
        if role not in roles and not (role == "amount" and "debit" in roles):
            roles[role] = "…"
    order = ["date", "account", "text", "amount", "debit", "credit", "balance", "currency"]
    written = ", ".join(f'{role} = "{_escaped(roles[role])}"' for role in order if role in roles)
    sign = next((head for head in heads if head_name(head) in bank.sign["column"]), None)
    text = f'\nsign = {{ column = "{_escaped(sign)}", out = "…" }}' if sign and "amount" in roles else ""
    return f"columns = {{ {written} }}{text}"


def _escaped(text: str) -> str:
    return text[:40].replace("\\", "\\\\").replace('"', '\\"')
