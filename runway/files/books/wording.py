"""Words of rows that are no entries: totals, and balances that an account begins or ends with."""

from __future__ import annotations

import re

TOTAL = re.compile(
    r"(?:grand\s+|report\s+)?totals?\b[\s:]*(?:for\s+|of\s+)?(?P<name>.*?)(?:\s+with\s+sub-?accounts?)?\s*\Z"
    r"|(?:summe|gesamt|gesamtsumme|zwischensumme|totaal|i alt|sum|samlet|totale?|subtotal|sous-total)\b"
    r"[\s:]*(?P<name2>.*?)\s*\Z",
    re.IGNORECASE,
)
OPENING = re.compile(
    r"\s*(?:opening|beginning|starting|initial|previous)\s+balance\b|balance\s+(?:brought\s+)?forward\b"
    r"|brought\s+forward\b"
    r"|(?:anfangs|er(?:ö|oe)ffnungs)(?:saldo|bestand)\b|(?:letzter|alter)\s+kontostand\b|saldovortrag\b"
    r"|primo(?:saldo|beholdning|post)?\b|startsaldo\b|beginsaldo\b"
    r"|solde\s+(?:initial|précédent)\b|saldo\s+(?:inicial|iniziale)\b",
    re.IGNORECASE,
)
CLOSING = re.compile(
    r"\s*(?:closing|ending|final|current|new)\s+balance\b|balance\s+carried\s+forward\b|(?:neuer\s+)?kontostand\b"
    r"|(?:end|schluss)(?:saldo|bestand)\b|ultimo(?:saldo|beholdning)?\b|slutsaldo\b|eindsaldo\b"
    r"|solde\s+final\b|saldo\s+finale?\b",
    re.IGNORECASE,
)


def total_of(label: str) -> str | None:
    """What a label says to be the total of, in small letters: "" for all of it; None if it is no total.

    >>> total_of("Total for Income"), total_of("TOTAL"), total_of("Total Payroll with sub-accounts"), total_of("Rent")
    ('income', '', 'payroll', None)
    """
    match = TOTAL.match(label.strip())
    return None if match is None else " ".join((match["name"] or match["name2"] or "").casefold().split())
