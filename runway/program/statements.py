"""The three statements as rows, beside those of the cash statement: they are run where something reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.program.balance_sheet import balance_drafts
from runway.program.cash_flow import flow_drafts
from runway.program.income_statement import income_drafts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from runway.model.model import Model
    from runway.program.row import Draft


def statement_drafts(model: Model, drafts: Sequence[Draft]) -> Iterator[Draft]:
    """The rows of the income statement, of the balance sheet and of the cash-flow statement."""
    yield from income_drafts(model)
    yield from balance_drafts(model, drafts)
    yield from flow_drafts(model)
