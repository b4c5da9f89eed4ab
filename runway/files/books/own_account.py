"""Whether a list with a column of accounts is a statement, whose account is the user's own, or a ledger."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from runway.errors import InputError
from runway.files.books.layout import known_layouts
from runway.files.books.wording import RESULTS

if TYPE_CHECKING:
    from runway.files.books.gather import GatheredRows
    from runway.files.books.recognition import RecognisedSheet

STATEMENT, LEDGER = "bank", "ledger"  # the layouts of any bank and of any books
FEW = 3  # accounts that one statement has
_OF_BANKS = re.compile(
    r"[a-z]{2}\d\d(?:[ -]?[a-z0-9]){10,30}|\d\d-\d\d-\d\d[ -]?\d{8}|(?:\w[ \w-]*)?[*•x]{2,}[ -]?\d{2,6}", re.IGNORECASE
)
"""An IBAN, a sort code with an account, or a number of which the last digits are shown: no chart has such accounts."""
_PERHAPS = re.compile(
    r"\d(?:[ -]?\d){7,}|.*\b(?:checking|savings|current account|bank|giro\w*|bankkonto|tagesgeld\w*|credit card)\b.*",
    re.IGNORECASE,
)
"""Names that may be one account of a bank, or of a chart; so may any that stands alone and is none of a result."""
_NAMED = re.compile(r"[^\W\d_]")


def statement_of(source: RecognisedSheet, gathered: GatheredRows) -> RecognisedSheet | None:
    """The sheet as a statement, if its accounts are the user's own; None if it is the ledger that it was taken for.

    The form of the accounts tells, or else what the user says. Raises `InputError` (two-layouts) where neither does.
    """
    layout, like = source.layout, gathered.reading.like
    bank = known_layouts()[STATEMENT]._replace(insisted=True)
    if layout.name != LEDGER or layout.insisted or not bank.fits(source.heads):
        return None
    place = gathered.places["account"][0]
    cells = set(map(str.strip, gathered.cells[place]))
    accounts = cells - {""}
    if not 1 <= len(accounts) <= FEW:
        return None
    alone = len(accounts) == 1 and all(_NAMED.search(a) and not RESULTS.search(a) for a in accounts)
    perhaps = alone or all(_OF_BANKS.fullmatch(account) or _PERHAPS.fullmatch(account) for account in accounts)
    if all(map(_OF_BANKS.fullmatch, cells)) or (like == "statement" and (perhaps or len(accounts) == 1)):
        return source._replace(layout=bank)
    if like == "ledger" or not perhaps:
        return None
    account = min(accounts)
    text = f'"{account[:40]}" is the account of a statement, or an account of your books, whose debits are positive. '
    text += f'Write layout = "{STATEMENT}" or layout = "{LEDGER}" in {gathered.reading.table}.'
    line = next(n for n, cell in zip(gathered.lines, gathered.cells[place], strict=True) if cell.strip() == account)
    raise InputError(gathered.sheet.located(line, place, "two-layouts", text))
