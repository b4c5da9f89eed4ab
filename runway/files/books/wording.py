"""Words of rows that are no entries, totals and balances; and of entries that open or close the books."""

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
    r"|solde\s+(?:initial|précédent|antérieur)\b|ancien\s+solde\b|saldo\s+(?:inicial|iniziale|anterior|precedente)\b",
    re.IGNORECASE,
)
CLOSING = re.compile(
    r"\s*(?:closing|ending|final|current|new)\s+balance\b|balance\s+carried\s+forward\b|(?:neuer\s+)?kontostand\b"
    r"|(?:end|schluss)(?:saldo|bestand)\b|ultimo(?:saldo|beholdning)?\b|slutsaldo\b|eindsaldo\b"
    r"|(?:solde\s+final|nouveau\s+solde)\b|saldo\s+(?:finale?|a[ct]tual|attuale)\b",
    re.IGNORECASE,
)
OF_A_DAY = re.compile(r"\s*saldo\s+(?:(?:total|final)\s+)?(?:dispon[ií]vel\b|do\s+dia\b)", re.IGNORECASE)
"""A balance that stands below the entries of each day."""

_BALANCE = r"(?:balances?|bal\b|entr(?:y|ies)|equity)"
_OPENS = (
    rf"\bopening[\W_]*(?:closing[\W_]*)?{_BALANCE}|\b(?:starting|beginning|initial)[\W_]*{_BALANCE}"
    r"|\bbalance[\W_]*(?:brought|carried)|\bbrought[\W_]*forward|er(?:ö|oe)ffnungs(?:bilanz|saldo|buchung)"
    r"|anfangs(?:bestand|saldo)|saldenvortr|saldo[\W_]*(?:inicial|iniziale|apertura)|asiento de apertura"
    r"|solde[\W_]*d.ouverture|[àa][\W_]nouveau|beginbalans|\bprimo(?:saldo|post\w*|\W*\d*\Z)|åbningsbalance"
)
_CLOSES = (
    rf"\bclosing[\W_]*{_BALANCE}|\bclos(?:e|ing)[\W_]*(?:of[\W_]*)?(?:the[\W_]*)?(?:books|year|period)"
    r"|\bretained[\W_]*earnings|\bincome[\W_]*summary|schluss(?:bilanz|saldo)|asiento de cierre"
)
_EQUITY = r"\b(?:equity|capital|eigenkapital|kapital|patrimonio|capitaux|egenkapital)\b.*\b"
OPENS = re.compile(_OPENS, re.IGNORECASE)
CLOSES = re.compile(rf"{_CLOSES}|opening[\W_]*closing", re.IGNORECASE)
OPENING_ACCOUNT = re.compile(rf"{_OPENS}|{_EQUITY}(?:opening|initial|start)", re.IGNORECASE)
CLOSING_ACCOUNT = re.compile(rf"{_CLOSES}|opening[\W_]*closing|{_EQUITY}(?:closing|retained)", re.IGNORECASE)
OWNERS = re.compile(
    r"\b(?:equity|capital|eigenkapital|kapital|patrimonio|capitaux|egenkapital|retained earnings|income summary|"
    r"profit and loss)\b",
    re.IGNORECASE,
)
RESULTS = re.compile(
    r"\b(?:income|revenues?|sales|turnover|expenses?|costs?|erlöse?|ertr(?:ag|äge)|aufwand|aufwendungen|omsætning|"
    r"produits|charges|ingresos|gastos)\b",
    re.IGNORECASE,
)

DIGITS = str.maketrans(dict.fromkeys("123456789", "0"))
"""Texts that differ in figures alone are alike."""


def total_of(label: str) -> str | None:
    """The name of what a label totals, in small letters: "" for all rows; None if it is no total.

    >>> total_of("Total for Income"), total_of("TOTAL"), total_of("Total Payroll with sub-accounts"), total_of("Rent")
    ('income', '', 'payroll', None)
    """
    match = TOTAL.match(label.strip())
    return None if match is None else " ".join((match["name"] or match["name2"] or "").casefold().split())
