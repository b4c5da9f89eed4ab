"""DATEV's batches of postings: sides, years, tax keys, reversals, balances carried over."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from support.exports import SAMPLES, by_month, decimals, exports, known_totals, read_file, refused, said

HEADS = (
    "Umsatz (ohne Soll/Haben-Kz);Soll/Haben-Kennzeichen;WKZ Umsatz;Kurs;Basis-Umsatz;WKZ Basis-Umsatz;Konto;"
    "Gegenkonto (ohne BU-Schlüssel);BU-Schlüssel;Belegdatum;Belegfeld 1;Belegfeld 2;Skonto;Buchungstext;"
    "Generalumkehr (GU)"
)


def batch(*postings: str, year: str = "20260101", first: str = "20260101", last: str = "20261231") -> str:
    head = f'"EXTF";700;21;"Buchungsstapel";13;1;;"RE";"";"";1;1;{year};4;{first};{last};"";"";1;0;0;"EUR";;;;;"03"'
    return "\r\n".join([head, HEADS, *postings, ""])


def posting(
    amount: str,
    day: str = "0501",
    side: str = "S",
    konto: str = "1200",
    gegenkonto: str = "8400",
    key: str = "",
    currency: str = "EUR",
    base: str = "",
    text: str = "text",
    reversal: str = "",
) -> str:
    base_currency = "EUR" if base else ""
    accounts = f'{konto};{gegenkonto};"{key}"'
    return f'{amount};"{side}";"{currency}";;{base};"{base_currency}";{accounts};{day};"B1";"";;"{text}";{reversal}'


def test_the_sample_comes_out_to_the_cent() -> None:
    (export,) = read_file(SAMPLES / "datev_extf.csv")
    for account, totals in known_totals("datev_extf.csv")["accounts debit positive EUR"].items():
        assert by_month(export, account.partition(" ")[0]) == decimals(totals)
    assert (export.kind, export.currency, len(export.rows)) == ("ledger", "EUR", 8)
    assert (export.first, export.last) == (date(2026, 1, 1), date(2026, 3, 31))
    assert export.rows[2].text == "Gehälter Februar | LG-02"
    assert "automatic accounts" in export.remarks[0]


def test_a_day_has_the_year_that_lies_in_the_batch(tmp_path) -> None:
    """A fiscal year from July on; days are written with or without a leading zero."""
    text = batch(posting("1,00", "1507"), posting("2,00", "502"), year="20250701", first="20250701", last="20260630")
    (export,) = exports(tmp_path, text)
    assert [row.day for row in export.rows[::2]] == [date(2025, 7, 15), date(2026, 2, 5)]
    leap = batch(posting("1,00", "2902"), year="20240101", first="20240101", last="20240331")
    assert exports(tmp_path, leap)[0].rows[0].day == date(2024, 2, 29)
    outside = batch(posting("1,00", "0504"), first="20260101", last="20260331")
    assert said(refused(tmp_path, outside)) == "not-a-date 3:34"


def test_the_side_is_that_of_the_konto(tmp_path) -> None:
    (export,) = exports(tmp_path, batch(posting("100,00", side="H", konto="4200", gegenkonto="1200")))
    assert [(row.account, row.amount) for row in export.rows] == [
        ("4200", Decimal("-100.00")),
        ("1200", Decimal("100.00")),
    ]


def test_tax_keys_are_refused_until_they_are_said_to_count(tmp_path) -> None:
    text = batch(posting("119,00", key="9"), posting("50,00", key="40"), posting("20,00"))
    problem = refused(tmp_path, text)
    assert said(problem) == "tax-key 3:34"
    assert 'only = { "BU-Schlüssel" = ["", "9"] }' in problem.text
    (export,) = exports(tmp_path, text, only={"BU-Schlüssel": ("", "9", "40")})
    assert [row.amount for row in export.rows[::2]] == [Decimal("119.00"), Decimal("50.00"), Decimal("20.00")]
    assert export.remarks[-1] == "Amounts with these tax keys have their VAT in them: 9 (1)."
    (some,) = exports(tmp_path, text, only={"BU-Schlüssel": ("",)})
    assert [row.amount for row in some.rows[::2]] == [Decimal("20.00")]
    assert some.left_out == (("tax key 9", 1, Decimal("119.00")), ("tax key 40", 1, Decimal("50.00")))


@pytest.mark.parametrize(
    "reversed_by", [{"key": "20"}, {"key": "80"}, {"reversal": "1"}, {"key": "20", "reversal": "1"}]
)
def test_a_general_reversal_turns_the_sign_round(tmp_path, reversed_by) -> None:
    (export,) = exports(tmp_path, batch(posting("10,00"), posting("10,00", **reversed_by)))
    assert sum(row.amount for row in export.rows if row.account == "1200") == 0


def test_foreign_amounts_count_in_the_currency_of_the_batch(tmp_path) -> None:
    (export,) = exports(tmp_path, batch(posting("110,00", currency="USD", base="100,00")))
    assert export.rows[0].amount == Decimal("100.00")
    assert said(refused(tmp_path, batch(posting("110,00", currency="USD")))) == "wrong-currency 3:13"


def test_balances_carried_over_are_no_flow(tmp_path) -> None:
    text = batch(
        posting("500,00", "0101", konto="1200", gegenkonto="9000"),
        posting("70,00", "0101", "H", konto="9008", gegenkonto="10001"),
        posting("20,00"),
    )
    (export,) = exports(tmp_path, text)
    assert [(balance.account, balance.amount) for balance in export.opening] == [
        ("1200", Decimal("500.00")),
        ("10001", Decimal("70.00")),
    ]
    assert len(export.rows) == 2
    assert export.left_out[0][:2] == ("Saldenvortrag", 2)


@pytest.mark.parametrize(
    ("old", "new", "answer"),
    [
        ('"S"', '"X"', "broken-export 3:8"),
        ("20,00;", "20.00;", "not-a-figure 3:1"),
        ("20,00;", "-20,00;", "not-a-figure 3:1"),
        ("20,00;", ";", "not-a-figure 3:1"),
        (";0501;", ";3202;", "not-a-date 3:35"),
        (";8400;", ";Erlöse;", "broken-export 3:27"),
        (';"B1"', ';"B1', "broken-export 3:1"),
        ("20260101;4", "x;4", "not-a-date 1:53"),
        ("20261231", "20270131", "not-a-date 1:73"),
        (";21;", ";16;", "wrong-export 1:12"),
        ("Belegdatum", "Datum", "broken-export 2:1"),
        ('"text"', '"te\0xt"', "file-not-text 3:52"),
    ],
)
def test_what_is_broken_is_refused_at_its_place(tmp_path, old, new, answer) -> None:
    text = batch(posting("20,00"))
    assert old in text
    assert said(refused(tmp_path, text.replace(old, new, 1))) == answer


def test_a_posting_cut_short_and_two_that_nothing_tells_apart(tmp_path) -> None:
    assert said(refused(tmp_path, batch("20,00;S"))) == "broken-export 3:1"
    twice = batch(posting("20,00"), posting("20,00"))
    assert said(refused(tmp_path, twice)) == "duplicate-row 4:1"
    assert len(exports(tmp_path, twice, duplicates=True)[0].rows) == 4
