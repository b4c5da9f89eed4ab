"""Amounts of books without debit and credit: whether debits are positive, or each account has the sign of its kind.

A general ledger may write what increases an account as positive, whatever the account is. Then the entries tell: in
each of them debits and credits are equal, so that the sign of one account gives those of all it is booked against.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

_MONEY = re.compile(
    r"\b(?:checking|bank|cash|savings|giro|kasse|current account|undeposited|petty)\b|konto\b", re.IGNORECASE
)
"""Accounts of money that we hold, whose increases are debits."""


def signs_of(
    keys: Sequence[Hashable], accounts: Sequence[str], amounts: Sequence[Decimal], entries: Sequence[int]
) -> Mapping[str, int] | None:
    """By account, the sign that turns its amounts into debits positive; None if the entries do not tell.

    `entries` are the rows that count; `keys` says which of them are one entry.
    """
    by_entry: dict[Hashable, dict[str, Decimal]] = {}
    for n in entries:
        entry = by_entry.setdefault(keys[n], {})
        entry[accounts[n]] = entry.get(accounts[n], Decimal(0)) + amounts[n]
    every = dict.fromkeys(accounts[n] for n in entries)
    if not any(sum(entry.values()) for entry in by_entry.values()):
        return dict.fromkeys(every, 1)
    signs = {account: 1 for account in every if _MONEY.search(account)}
    open_ = list(by_entry.values())
    while open_:
        unsettled = [entry for entry in open_ if not _gives_sign(entry, signs)]
        if len(unsettled) == len(open_):
            break
        open_ = unsettled
    if len(signs) < len(every) or any(
        sum(signs[account] * amount for account, amount in entry.items()) for entry in by_entry.values()
    ):
        return None
    return signs


def _gives_sign(entry: Mapping[str, Decimal], signs: dict[str, int]) -> bool:
    """Whether all accounts of an entry have a sign; gives one to the last that has none."""
    unknown = [account for account, amount in entry.items() if account not in signs and amount]
    if len(unknown) > 1:
        return False
    if unknown:
        known_sum = sum(signs[account] * amount for account, amount in entry.items() if account in signs)
        if abs(known_sum) == abs(entry[unknown[0]]):
            signs[unknown[0]] = -1 if known_sum * entry[unknown[0]] > 0 else 1
    return True
