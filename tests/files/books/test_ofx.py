"""OFX 1 and 2: bank and card statements, zones, encodings, fields that are not closed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from support.exports import SAMPLES, by_month, decimals, exports, known_totals, read_file, refused, said

HEAD = "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nENCODING:USASCII\nCHARSET:1252\n\n"
HEAD_2 = '<?xml version="1.0" encoding="UTF-8"?>\n<?OFX OFXHEADER="200" VERSION="211"?>\n'


def movement(amount: str, fitid: str, name: str = "Shop", day: str = "20260105", more: str = "") -> str:
    return f"<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>{day}<TRNAMT>{amount}<FITID>{fitid}<NAME>{name}{more}</STMTTRN>\n"


def bank(*movements: str, balance: str = "<LEDGERBAL><BALAMT>10.00<DTASOF>20260131</LEDGERBAL>", more: str = "") -> str:
    return (
        "<OFX>\n<BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>EUR<BANKACCTFROM><BANKID>1<ACCTID>77</BANKACCTFROM>"
        f"<BANKTRANLIST><DTSTART>20260101<DTEND>20260131\n{''.join(movements)}</BANKTRANLIST>{balance}</STMTRS>"
        f"</STMTTRNRS></BANKMSGSRSV1>{more}</OFX>\n"
    )


def test_the_sample_comes_out_to_the_cent() -> None:
    totals = known_totals("bank.ofx")
    (export,) = read_file(SAMPLES / "bank.ofx")
    assert by_month(export) == decimals(totals["by_month"])
    assert export.closing[0].amount == Decimal(totals["closing"]["2026-03"])
    assert export.opening[0].amount == Decimal(totals["opening"])
    assert (export.currency, export.account, len(export.rows)) == ("USD", "0000001", totals["rows"])
    payees = {row.text.partition(" | ")[0] for row in export.rows}
    assert payees == set(totals["by_payee"])
    for payee, sums in totals["by_payee"].items():
        own = export._replace(rows=tuple(row for row in export.rows if row.text.startswith(payee)))
        assert by_month(own) == decimals(sums)
    assert export.remarks[0] == "Days are those of the bank's time zone, EST, as written."


def test_version_2_is_read_as_version_1(tmp_path) -> None:
    """XML: every field is closed, one may be empty, and its text has entities."""
    row = movement("-5.00", "F1", "Müller &amp; Co", more="<CHECKNUM><MEMO>a")
    closed = row
    for field in ("TRNTYPE", "DTPOSTED", "TRNAMT", "FITID", "NAME", "CHECKNUM", "MEMO"):
        start = closed.index(f"<{field}>") + len(field) + 2
        end = closed.index("<", start)
        closed = f"{closed[:end]}</{field}>{closed[end:]}"
    (export,) = exports(tmp_path, HEAD.replace("1252", "8859-1").encode() + bank(row).encode("latin-1"))
    assert export.rows[0].text == "Müller & Co | a"
    (same,) = exports(tmp_path, HEAD_2 + bank(closed))
    assert same.rows == (export.rows[0]._replace(line=5),)
    assert (same.account, same.currency, same.opening[0].amount) == ("77", "EUR", Decimal("15.00"))


def test_what_banks_write_in_place_of_the_declared_encoding_may_be_said(tmp_path) -> None:
    text = (HEAD + bank(movement("-5.00", "F1", "Müller"))).encode("utf-8")
    assert exports(tmp_path, text)[0].rows[0].text == "MÃ¼ller"
    assert exports(tmp_path, text, encoding="utf-8")[0].rows[0].text == "Müller"


def test_accounts_cards_and_what_is_pending(tmp_path) -> None:
    card = (
        "<CREDITCARDMSGSRSV1><CCSTMTTRNRS><CCSTMTRS><CURDEF>USD<CCACCTFROM><ACCTID>4444</CCACCTFROM><BANKTRANLIST>"
        f"{movement('-7.25', 'C1')}</BANKTRANLIST><BANKTRANLISTP><STMTTRNP><TRNTYPE>DEBIT<DTTRAN>20260107"
        "<TRNAMT>-3.00<NAME>Held</STMTTRNP></BANKTRANLISTP></CCSTMTRS></CCSTMTTRNRS></CREDITCARDMSGSRSV1>"
        "<INVSTMTMSGSRSV1><INVSTMTTRNRS><INVSTMTRS><INVACCTFROM><ACCTID>I9</INVACCTFROM></INVSTMTRS></INVSTMTTRNRS>"
        "</INVSTMTMSGSRSV1>"
    )
    own, other = exports(tmp_path, HEAD + bank(movement("-5.00", "F1"), more=card))
    assert (own.account, own.currency, own.opening[0].amount) == ("77", "EUR", Decimal("15.00"))
    assert (own.first, own.last) == (date(2026, 1, 1), date(2026, 1, 31))
    assert (other.account, other.currency, other.opening, other.closing) == ("4444", "USD", (), ())
    assert other.left_out == (("pending", 1, Decimal("-3.00")),)
    assert "Investment accounts are not read: I9." in own.remarks


def test_days_are_those_of_the_zone_they_are_written_in(tmp_path) -> None:
    rows = movement("-5.00", "F1", day="20260131233000.000[-8:PST]"), movement("1,50", "F2", day="202601310130")
    (export,) = exports(tmp_path, HEAD + bank(*rows))
    assert [(row.day, row.amount) for row in export.rows] == [
        (date(2026, 1, 31), Decimal("-5.00")),
        (date(2026, 1, 31), Decimal("1.50")),
    ]


def test_a_balance_of_a_later_day_proves_no_opening(tmp_path) -> None:
    later = "<LEDGERBAL><BALAMT>10.00<DTASOF>20260215</LEDGERBAL>"
    (export,) = exports(tmp_path, HEAD + bank(movement("-5.00", "F1"), balance=later))
    assert export.opening == ()
    assert export.closing[0].day == date(2026, 2, 15)


def test_a_correction_takes_the_place_of_what_it_corrects(tmp_path) -> None:
    replaced = movement("-6.00", "F2", more="<CORRECTFITID>F1<CORRECTACTION>REPLACE")
    (export,) = exports(tmp_path, HEAD + bank(movement("-5.00", "F1"), replaced))
    assert [row.amount for row in export.rows] == [Decimal("-6.00")]
    deleted = movement("-5.00", "F2", more="<CORRECTFITID>F1<CORRECTACTION>DELETE")
    assert exports(tmp_path, HEAD + bank(movement("-5.00", "F1"), deleted))[0].rows == ()
    assert refused(tmp_path, HEAD + bank(replaced)).name == "wrong-export"


def test_the_same_row_twice_is_refused_and_two_ids_are_two(tmp_path) -> None:
    twice = movement("-5.00", "F1") + movement("-5.00", "F1")
    assert said(refused(tmp_path, HEAD + bank(twice))) == "duplicate-row 10:1"
    assert len(exports(tmp_path, HEAD + bank(twice.replace("F1", "F2", 1)))[0].rows) == 2
    assert len(exports(tmp_path, HEAD + bank(twice), duplicates=True)[0].rows) == 2


GOOD = HEAD + bank(movement("-5.00", "F1"))


@pytest.mark.parametrize(
    ("old", "new", "answer"),
    [
        ("-5.00", "-5.0.0", "not-a-figure 9:42"),
        ("-5.00", "-1,234.00", "not-a-figure 9:42"),
        ("<TRNAMT>-5.00", "", "not-a-figure 9:1"),
        ("20260105", "20260230", "not-a-date 9:24"),
        ("</STMTTRN>", "", "broken-export 10:1"),
        ("<STMTTRN>", "", "broken-export 9:65"),
        ("</OFX>", "", "broken-export 10:1"),
        ("Shop", "Shop<CURRENCY><CURRATE>1.1<CURSYM>USD</CURRENCY>", "wrong-currency 9:1"),
        ("Shop", "Sh\0op", "file-not-text 9:72"),
        ("Shop", "A < B", "broken-export 9:72"),
        ("<OFX>", "<!DOCTYPE OFX><OFX>", "markup-declares 7:1"),
        ("<STMTRS>", "<STATUS><CODE>2000<SEVERITY>ERROR</STATUS><XRS>", "broken-export"),
    ],
)
def test_what_is_broken_is_refused_at_its_place(tmp_path, old, new, answer) -> None:
    problem = refused(tmp_path, GOOD.replace(old, new, 1))
    assert said(problem).startswith(answer)


def test_what_has_no_statement_is_refused_by_name(tmp_path) -> None:
    error = (
        f"{HEAD}<OFX><SIGNONMSGSRSV1><SONRS><STATUS><CODE>2000<SEVERITY>ERROR</STATUS></SONRS></SIGNONMSGSRSV1></OFX>"
    )
    problem = refused(tmp_path, error)
    assert said(problem) == "wrong-export 7:29"
    assert "an error in place of a statement: 2000" in problem.text
    investment = (
        f"{HEAD}<OFX><INVSTMTMSGSRSV1><INVSTMTTRNRS><INVSTMTRS></INVSTMTRS></INVSTMTTRNRS></INVSTMTMSGSRSV1></OFX>"
    )
    assert refused(tmp_path, investment).name == "wrong-export"
    assert refused(tmp_path, f"{HEAD}<OFX></OFX>").name == "broken-export"


def test_a_file_that_is_cut_anywhere_is_refused(tmp_path) -> None:
    for cut in range(GOOD.index("<OFX>") + 5, len(GOOD) - 1, 13):
        assert refused(tmp_path, GOOD[:cut]).name in ("broken-export", "not-a-figure", "not-a-date")
