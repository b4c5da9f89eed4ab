"""A list of holders as CSV: `holder, class, shares`, and, where they are known, `invested, date, kind, price` and more.

    holder,class,shares,invested,date
    Ada Example,common,3000000,300,2024-01-15
    Fund Example,Series Seed,1250000,2000000,2025-11-03
    ,pool,140000,,

One row a holding: rows of one holder and class add up.  `price` is what one share was issued for, or the strike of an
option or warrant, `conversion_price` the price at which it converts.  A row of totals is checked, and not added.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from runway.errors import InputError, Problem, did_you_mean
from runway.files.books.columns import AmountColumns
from runway.files.books.contents import contents, encoding_of
from runway.files.books.dates import days_of
from runway.files.books.export import BookFile, Reading
from runway.files.books.sheet import text_sheets
from runway.files.equity.register import RegisterClass, RegisterHolding, ShareRegister, joined_holdings
from runway.language.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    from runway.files.books.sheet import TextSheet

COLUMNS = ("holder", "class", "shares", "invested", "date", "kind", "price", "conversion_price")
NEEDED = COLUMNS[:3]
_FIGURES = ("price", "invested", "conversion_price")
_SHARES = re.compile(r"\d{1,15}|\d{1,3}(?:([,.\u2019' \u00a0])\d{3})(?:\1\d{3})*", re.ASCII)
_KINDS: dict[str, Any] = {
    "pool": r"\bpool\b|available|ungranted|unissued",
    "unconverted": r"\bsafe\b|\bnote\b|convertible",
    "options": r"option|\brsu|\b[in]so\b",
    "warrants": r"warrant",
    "preferred": r"prefer|\bseries\b|\bseed\b|\bclass [a-z]\b.*pref",
    "common": r"common|ordinary|founder|restricted stock",
}
_TOTAL = re.compile(r"(?:grand |sub)?total\b|sum\b|fully diluted\b", re.IGNORECASE)
_TITLES = {"options": "Options", "warrants": "Warrants"}
TABLE = "--columns"


class _ListedRow(NamedTuple):
    line: int
    cells: dict[str, str]
    family: str
    shares: int
    day: date | None = None
    price: Decimal | None = None
    invested: Decimal | None = None
    converts: Decimal | None = None  # the price at which it converts


def is_holders(path: Path) -> bool:
    """Whether a file is a CSV whose first line names `holder`, `class` and `shares`."""
    try:
        if not path.is_file():  # a pipe would be waited for for ever
            return False
        with path.open("rb") as file:
            first = file.readline(4096).decode("utf-8-sig", errors="replace")
    except (OSError, ValueError):
        return False
    names = {name.strip().strip('"').casefold() for name in re.split(r"[,;\t|]", first)}
    return set(NEEDED) <= names


def read_holders(title: str, path: Path, columns: Mapping[str, str], reading: Reading) -> ShareRegister:
    """The cap table of a CSV; `columns` has its names of columns where they differ from ours.

    `reading` says the order of its dates, its decimal mark and its encoding.

    Raises `InputError`: actuals-columns, unknown-choice, shares-not-whole, not-a-date, ambiguous-date, not-a-figure,
    ambiguous-number, totals-do-not-foot, missing-field, wrong-currency.
    """
    whole = contents(BookFile(title, path))
    sheet, places, rows = _heads(title, whole, columns, reading.encoding)
    listed = _rows(sheet, places, rows, reading)
    sheet.finish()
    classes: dict[str, RegisterClass] = {}
    holdings: list[RegisterHolding] = []
    pool = 0
    remarks = []
    for row in listed:
        if row.family == "pool":
            pool += row.shares
        elif row.family == "unconverted":
            remarks.append(f"Left out: {row.cells['holder']}, {row.cells['shares']}; write it in [funding], as a safe.")
        else:
            holdings.append(_holding(row, classes))
    classes = {key: _priced(sheet, key, share_class, listed, holdings, places) for key, share_class in classes.items()}
    sheet.finish()
    holders = {holding.holder: holding.holder for holding in holdings}
    units = {row.cells.get("currency", "") for row in listed} - {""}
    return ShareRegister(
        title, "list of holders", path.stem, None, units.pop() if len(units) == 1 else "", classes, holders,
        joined_holdings(holdings), pool, (), tuple(remarks),
    )  # fmt: skip


def _heads(
    title: str, whole: bytes, columns: Mapping[str, str], encoding: str | None
) -> tuple[TextSheet, dict[str, int], list[tuple[int, list[str]]]]:
    """The rows of the file, and the place of each column."""
    unknown = next((role for role in columns if role not in COLUMNS), None)
    if unknown is not None:
        text = f"{unknown} is no column of a list of holders.{did_you_mean(unknown, COLUMNS)}"
        raise InputError(Problem("unknown-choice", f"{text} There are {', '.join(COLUMNS)}."))
    names = {role: columns.get(role, role).strip().casefold() for role in COLUMNS}
    first: TextSheet | None = None
    for sheet in text_sheets(title, whole, encoding_of(title, whole, encoding)):
        first = first or sheet
        rows = list(sheet.rows())
        if not rows:
            continue
        heads = [cell.strip().casefold() for cell in rows[0][1]]
        places = {role: heads.index(name) for role, name in names.items() if name in heads}
        if set(NEEDED) | set(columns) <= set(places):
            return sheet, places, rows[1:]
    text = f"A list of holders has the columns {', '.join(NEEDED)}; of another list say which they are: "
    text += f'{TABLE} "holder=Stakeholder, class=Share Class, shares=Quantity Outstanding".'
    if first is None or not (rows := list(first.rows())):
        raise InputError(Problem("actuals-columns", f"{title} is empty. {text}"))
    raise InputError(first.located(rows[0][0], 0, "actuals-columns", text))


def _rows(
    sheet: TextSheet, places: Mapping[str, int], rows: list[tuple[int, list[str]]], reading: Reading
) -> list[_ListedRow]:
    """The rows with their shares, days and amounts; totals are checked."""
    width = max(places.values()) + 1
    padded = [(line, (cells + [""] * width)[: max(width, len(cells))]) for line, cells in rows]
    money = [place for role, place in places.items() if role in _FIGURES]
    reader = AmountColumns(sheet, [line for line, _ in padded], reading.decimal or "", "")
    values = reader.values({place: [cells[place] for _, cells in padded] for place in money})
    days: dict[str, date] = {}
    if "date" in places:
        date_column = places["date"]
        written = {cells[date_column]: line for line, cells in reversed(padded) if cells[date_column].strip()}
        orders = () if reading.date is None else (reading.date,)
        days = days_of(sheet, date_column, dict(sorted(written.items(), key=lambda item: item[1])), orders, "")
    currencies = {unit for units in reader.units.values() for unit in units if len(unit) == 3}
    listed: list[_ListedRow] = []
    for n, (line, cells) in enumerate(padded):
        fields = {role: cells[place].strip() for role, place in places.items()}
        kind = _kind(fields)
        total = _TOTAL.match(fields["holder"] or fields["class"])
        if kind == "unconverted":
            listed.append(_ListedRow(line, fields, kind, 0))
            continue
        shares = _whole(sheet, line, places["shares"], fields["shares"])
        if total:
            class_title = fields["class"] if fields["holder"] else ""
            summed = sum(row.shares for row in listed if not class_title or row.cells["class"] == class_title)
            if shares != summed:
                text = f"This total is {shares:,}; the rows above come to {summed:,}."
                sheet.problem(line, places["shares"], "totals-do-not-foot", text)
            continue
        if not fields["holder"] and kind != "pool":
            sheet.problem(line, places["holder"], "missing-field", "Who holds these shares is missing.")
            continue
        figures = [values[places[role]][n] if role in places else None for role in _FIGURES]
        if len(currencies) == 1:
            fields["currency"] = next(iter(currencies)).upper()
        day = days.get(cells[places["date"]]) if "date" in places else None
        listed.append(_ListedRow(line, fields, kind, shares, day, *figures))
    return listed


def _kind(cells: Mapping[str, str]) -> str:
    """The family of a row, by its kind where it says one, else by its class; of the pool also by its holder."""
    for text in (cells.get("kind", ""), cells["class"], cells["holder"] if not cells["class"] else ""):
        for kind, pattern in _KINDS.items():
            if text and re.search(pattern, text, re.IGNORECASE):
                return kind
    return "preferred" if cells.get("class") else "common"


def _whole(sheet: TextSheet, line: int, place: int, text: str) -> int:
    """A number of shares, in groups of three or without; noted where it is none."""
    if _SHARES.fullmatch(text):
        return int(re.sub(r"\D", "", text))
    message = f'"{text[:40]}" is no whole number of shares.' if text else "The number of shares is missing."
    sheet.problem(line, place, "shares-not-whole", message)
    return 0


def _holding(row: _ListedRow, classes: dict[str, RegisterClass]) -> RegisterHolding:
    holder = row.cells["holder"]
    if row.family in _TITLES:
        title = _TITLES[row.family]
        key = f"{title} {row.price}"
        classes.setdefault(
            key, RegisterClass(title, "options" if row.family == "options" else "warrants", strike=row.price)
        )
        return RegisterHolding(holder, key, row.shares)
    key = row.cells["class"].casefold() or "common"
    first = classes.get(key)
    days = [day for day in (row.day, first and first.issued) if day is not None]
    title = row.cells["class"] or "Common"
    kind = "preferred" if row.family == "preferred" else "common"
    classes[key] = RegisterClass(title, kind, issued=min(days, default=None))  # type: ignore[arg-type]  # one of the two
    invested = row.invested
    if invested is None and row.price is not None:
        invested = row.price * row.shares
    return RegisterHolding(holder, key, row.shares, invested, frozenset({row.day} if row.day else ()))


def _priced(
    sheet: TextSheet, key: str, share_class: RegisterClass, listed: list[_ListedRow], holdings: list[RegisterHolding],
    places: Mapping[str, int],
) -> RegisterClass:  # fmt: skip
    """A class with the price that its rows say; noted where it needs one and they say none, or several."""
    family, granted = share_class.family, share_class.family in _TITLES
    rows = [row for row in listed if row.family == family and (granted or row.cells["class"].casefold() == key)]
    line = rows[0].line if rows else 1
    if granted:
        if share_class.strike is None:
            text = f"{share_class.title} need a strike: add a column price, with what exercising one costs."
            sheet.problem(line, places["class"], "missing-field", text)
        return share_class
    if family == "common":
        return share_class
    prices, converts = ({getattr(row, field) for row in rows} - {None} for field in ("price", "converts"))
    if not prices:
        class_holdings = [holding for holding in holdings if holding.class_key == key]
        paid = sum((holding.invested for holding in class_holdings if holding.invested is not None), Decimal(0))
        if not paid or any(holding.invested is None for holding in class_holdings):
            text = f"{share_class.title} is taken for preferred shares, whose price is needed: add a column price or "
            sheet.problem(line, places["class"], "missing-field", f"{text}invested, or a column kind that says common.")
            return share_class
        prices = {paid / sum(holding.shares for holding in class_holdings)}
    for values, verb in ((prices, "was issued"), (converts, "converts")):
        if len(values) > 1:
            several = " and ".join(map(str, sorted(values)))
            sheet.problem(line, places["class"], "class-at-two-prices", f"{share_class.title} {verb} at {several}.")
    return share_class._replace(price=min(prices), conversion_price=min(converts, default=None))
