"""The sections of the cash table and the lines of each: which rows make which."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.language.named_tuple import NamedTuple
from runway.program.debt import borrowings, credit_lines
from runway.program.item_rows import main_row
from runway.program.statement import CASH_SECTIONS

if TYPE_CHECKING:
    from runway.model.model import Item, Model

SECTION_TITLES = {
    "interest": "Interest",
    "revenue": "Revenue",
    "costs": "Costs",
    "passthrough": "Pass-through",
    "capital": "Capital",
    "tax": "Tax",
    "funding": "Funding",
    "debt": "Debt service",
    "credit": "Credit lines",
}
DEBT_LINES = (("cash.loan_interest", "interest"), ("cash.loan_principal", "principal"), ("cash.loan_fees", "fees"))

DIVIDENDS = ("cash.dividends", "dividends")


class CashLine(NamedTuple):
    """One line of a section: the address of its signed cash row and the name shown."""

    name: str
    title: str
    cash: str  # address of its cash row, signed
    earned: str | None  # address of its row as earned or incurred, positive
    group: str = ""  # the lines of a group stand together


class Section(NamedTuple):
    """One section of the cash table; its total is the row `cash`."""

    name: str  # interest, revenue, costs, passthrough, capital, tax, funding, debt, credit
    title: str
    cash: str
    lines: tuple[CashLine, ...]


def group_title(name: str) -> str:
    """How a group is shown.

    >>> group_title("research_and_development")
    'Research and development'
    """
    return name.replace("_", " ").capitalize()


def sections(model: Model) -> tuple[Section, ...]:
    """The sections of a model's cash table, in its order."""
    return tuple(
        Section(name, SECTION_TITLES[name], f"cash.{name}", tuple(section_lines(model, name))) for name in CASH_SECTIONS
    )


def section_lines(model: Model, name: str) -> list[CashLine]:
    """The lines of a section; debt service has one for interest, principal and fees each, of all loans together."""
    credit = credit_lines(model)
    match name:
        case "tax":
            return []
        case "debt":
            pays = any("paid_out" in item.part.rows() for item in borrowings(model))
            named = [*DEBT_LINES, *([DIVIDENDS] if pays else [])]
            return [CashLine(row, title, row, None) for row, title in named] if borrowings(model) else []
        case "credit":
            return [line for item in credit for line in _lines(item)]
    lines = [line for item in model.section(name) if item not in credit for line in _lines(item)]
    first = {line.group: n for n, line in reversed([*enumerate(lines)]) if line.group}
    return sorted(lines, key=lambda line: first.get(line.group, lines.index(line))) if first else lines


def _lines(item: Item) -> list[CashLine]:
    if item.section != "funding":
        group = getattr(item.shared, "group", None) or ""
        return [CashLine(item.name, item.title, f"{item.name}.cash", main_row(item), group)]
    if not item.part.moves_cash:
        return []
    planned = " (planned)" if item.planned else ""
    named = {address: closing.title or closing.name for address, closing in item.closings() if closing.name}
    parts = {address: f"{item.title} {title}" for address, title in named.items()} or {item.name: item.title}
    return [CashLine(address, title + planned, f"{address}.cash", None) for address, title in parts.items()]
