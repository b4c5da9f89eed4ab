"""CAMT.053 in its versions, and what of CAMT is no statement."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from support.exports import SAMPLES, by_month, decimals, exports, known_totals, read_file, refused, said

V2, V8 = ("urn:iso:std:iso:20022:tech:xsd:camt.053.001.02", "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08")


def balance(kind: str, amount: str, day: str, sign: str = "CRDT", currency: str = "EUR") -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy='{currency}'>{amount}</Amt>"
        f"<CdtDbtInd>{sign}</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>\n"
    )


def entry(
    amount: str, sign: str, day: str = "2026-01-05", more: str = "", status: str = "BOOK", currency: str = "EUR"
) -> str:
    return (
        f"<Ntry><Amt Ccy='{currency}'>{amount}</Amt><CdtDbtInd>{sign}</CdtDbtInd><Sts>{status}</Sts>"
        f"<BookgDt><Dt>{day}</Dt></BookgDt><ValDt><Dt>2026-04-01</Dt></ValDt>{more}</Ntry>\n"
    )


def statement(*parts: str, account: str = "DE01", currency: str = "EUR") -> str:
    ccy = f"<Ccy>{currency}</Ccy>" if currency else ""
    return f"<Stmt><Id>1</Id><Acct><Id><IBAN>{account}</IBAN></Id>{ccy}</Acct>\n{''.join(parts)}</Stmt>\n"


def document(*statements: str, namespace: str = V2) -> str:
    body = "".join(statements)
    return f"<Document xmlns='{namespace}'>\n<BkToCstmrStmt>\n{body}</BkToCstmrStmt></Document>\n"


def test_the_sample_comes_out_to_the_cent() -> None:
    totals = known_totals("camt053.xml")
    (export,) = read_file(SAMPLES / "camt053.xml")
    assert (export.layout, export.kind, export.account, export.currency) == (
        "camt053",
        "statement",
        "DE00000000000000000000",
        "EUR",
    )
    assert by_month(export) == decimals(totals["by_month EUR"])
    assert export.opening[0].amount == Decimal(totals["opening EUR"])
    assert export.closing[0].amount == Decimal(totals["closing EUR"])
    assert (export.first, export.last, export.steps) == (date(2026, 1, 1), date(2026, 3, 31), (1, 1))
    assert [row.text for row in export.rows] == [
        "Müller Beispiel GmbH | Rechnung 17",
        "Lohnbüro Beispiel | Gehalt Februar",
        "Entgelt",
    ]


def test_version_8_has_its_status_and_parties_deeper_and_any_prefix(tmp_path) -> None:
    party = "<NtryDtls><TxDtls><RltdPties><Dbtr><Pty><Nm>Beta</Nm></Pty></Dbtr></RltdPties></TxDtls></NtryDtls>"
    more = f"<AcctSvcrRef>R1</AcctSvcrRef>{party}"
    text = document(
        statement(
            balance("OPBD", "10.00", "2026-01-01"),
            entry("5.00", "CRDT", more=more, status="<Cd>BOOK</Cd>"),
            entry("3.00", "CRDT", status="<Cd>PDNG</Cd>"),
            balance("CLBD", "15.00", "2026-01-31"),
        ),
        namespace=V8,
    )
    (export,) = exports(tmp_path, text)
    assert [(row.text, row.amount, row.id) for row in export.rows] == [("Beta", Decimal("5.00"), "R1")]
    assert export.left_out == (("PDNG", 1, Decimal("3.00")),)
    prefixed = text.replace("<", "<x:").replace("<x:/", "</x:").replace("xmlns=", "xmlns:x=")
    assert exports(tmp_path, prefixed) == (export,)
    assert exports(tmp_path, text.encode("utf-16")) == (export,)


def test_a_batch_counts_once_and_its_payments_must_come_to_it(tmp_path) -> None:
    def batch(*amounts: str) -> str:
        details = "".join(
            f"<TxDtls><AmtDtls><TxAmt><Amt Ccy='EUR'>{amount}</Amt></TxAmt></AmtDtls><RltdPties><Cdtr><Nm>P{n}</Nm>"
            f"</Cdtr></RltdPties></TxDtls>"
            for n, amount in enumerate(amounts)
        )
        return entry("30.00", "DBIT", more=f"<NtryDtls>{details}</NtryDtls><AddtlNtryInf>Salaries</AddtlNtryInf>")

    balances = balance("OPBD", "100", "2026-01-01"), balance("CLBD", "70", "2026-01-31")
    (export,) = exports(tmp_path, document(statement(*balances, batch("10.00", "20.00"))))
    assert [(row.amount, row.text) for row in export.rows] == [(Decimal("-30.00"), "P0 | P1 | Salaries")]
    problem = refused(tmp_path, document(statement(*balances, batch("10.00", "21.00"))))
    assert said(problem) == "totals-do-not-foot 6:1"
    assert problem.text == "This entry is -30.00; its 2 payments come to -31.00."


def test_a_reversal_keeps_the_sign_that_it_is_written_with(tmp_path) -> None:
    """ISO 20022: CRDT with RvslInd is the return of a debit, so money in; the balances prove it."""
    parts = (
        balance("OPBD", "100.00", "2026-01-01"),
        entry("40.00", "DBIT"),
        entry("40.00", "CRDT", more="<RvslInd>true</RvslInd>"),
        balance("CLBD", "100.00", "2026-01-31"),
    )
    (export,) = exports(tmp_path, document(statement(*parts)))
    assert [row.amount for row in export.rows] == [Decimal("-40.00"), Decimal("40.00")]


def test_an_overdrawn_account_and_a_balance_carried_over(tmp_path) -> None:
    """PRCD is what the statement before closed with, on its last day."""
    parts = (
        balance("PRCD", "10.00", "2025-12-31", "DBIT"),
        entry("15.00", "CRDT"),
        balance("CLBD", "5.00", "2026-01-31"),
    )
    (export,) = exports(tmp_path, document(statement(*parts)))
    assert (export.opening[0].amount, export.first) == (Decimal("-10.00"), date(2026, 1, 1))


def test_statements_of_two_accounts_and_of_following_days(tmp_path) -> None:
    january = statement(
        balance("OPBD", "0.00", "2026-01-01"), entry("5.00", "CRDT"), balance("CLBD", "5.00", "2026-01-31")
    )
    february = statement(
        balance("OPBD", "5.00", "2026-02-01"),
        entry("2.00", "DBIT", "2026-02-03"),
        balance("CLBD", "3.00", "2026-02-28"),
    )
    dollars = statement(
        balance("OPBD", "7.00", "2026-01-01", currency="USD"),
        balance("CLBD", "7.00", "2026-01-31", currency="USD"),
        account="DE02",
        currency="",
    )
    for order in ((january, february, dollars), (february, january, dollars)):
        euro, dollar = sorted(exports(tmp_path, document(*order)), key=lambda export: export.account)
        assert (euro.opening[0].amount, euro.closing[0].amount, euro.steps) == (Decimal(0), Decimal("3.00"), (2, 2))
        assert [row.day.month for row in euro.rows] == [1, 2]
        assert (dollar.currency, dollar.rows) == ("USD", ())
    march = february.replace("5.00", "6.00").replace("3.00", "4.00")
    problem = refused(tmp_path, document(january, march))
    assert problem.name == "balance-does-not-foot"
    assert "opens with 6.00; the one before it closes with 5.00" in problem.text


def test_time_stamps_are_taken_as_they_are_written(tmp_path) -> None:
    text = document(statement(entry("5.00", "CRDT"))).replace(
        "<BookgDt><Dt>2026-01-05</Dt>", "<BookgDt><DtTm>2026-01-31T23:30:00-05:00</DtTm>"
    )
    (export,) = exports(tmp_path, text)
    assert export.rows[0].day == date(2026, 1, 31)
    assert export.remarks == ("Days are those of the time stamps as the bank wrote them.",)


def test_equal_entries_without_balances_are_refused_and_with_them_two(tmp_path) -> None:
    twice = entry("5.00", "DBIT") + entry("5.00", "DBIT")
    assert said(refused(tmp_path, document(statement(twice)))) == "duplicate-row 5:1"
    assert len(exports(tmp_path, document(statement(twice)), duplicates=True)[0].rows) == 2
    proven = balance("OPBD", "10", "2026-01-01"), balance("CLBD", "0", "2026-01-31")
    assert len(exports(tmp_path, document(statement(*proven, twice)))[0].rows) == 2
    other = entry("5.00", "DBIT", more="<AcctSvcrRef>R1</AcctSvcrRef>") + entry("5.00", "DBIT")
    assert len(exports(tmp_path, document(statement(other)))[0].rows) == 2


GOOD = statement(balance("OPBD", "10.00", "2026-01-01"), entry("5.00", "CRDT"), balance("CLBD", "15.00", "2026-01-31"))
BROKEN = [
    ("<Cd>CLBD", "<Cd>CLAV", None),  # nothing to prove: read
    ("5.00", "6.00", "balance-does-not-foot 6:1"),
    ("<Sts>BOOK</Sts>", "<Sts>MAYBE</Sts>", "unknown-status 5:64"),
    ("<Sts>BOOK</Sts>", "", "broken-export 5:1"),
    ("<BookgDt><Dt>2026-01-05</Dt></BookgDt>", "", "not-a-date 5:1"),
    ("2026-01-05", "2026-02-30", "not-a-date 5:87"),
    (">5.00<", ">5,00<", "not-a-figure 5:7"),
    (">5.00<", ">-5.00<", "not-a-figure 5:7"),
    (">5.00<", ">1e3<", "not-a-figure 5:7"),
    ("<Ntry><Amt Ccy='EUR'>", "<Ntry><Amt Ccy='USD'>", "wrong-currency 5:7"),
    ("<CdtDbtInd>CRDT</CdtDbtInd><Sts>", "<Sts>", "broken-export 5:1"),
    ("<Document", "<!DOCTYPE a [<!ENTITY b 'c'>]><Document", "markup-declares 1:13"),
    ("</Stmt>", "", "broken-export 8:3"),
    ("5.00", "5.\0", "broken-export 5:24"),
    ("5.00", "&b;", "broken-export 5:22"),
]


@pytest.mark.parametrize(("old", "new", "answer"), BROKEN)
def test_what_is_broken_is_refused_at_its_place(tmp_path, old, new, answer) -> None:
    text = document(GOOD).replace(old, new, 1) if old != "5.00" else document(GOOD).replace(">5.00", f">{new}", 1)
    if answer is None:
        assert exports(tmp_path, text)[0].closing == ()
    else:
        assert said(refused(tmp_path, text)) == answer


def test_a_file_that_is_cut_anywhere_is_refused(tmp_path) -> None:
    text = document(GOOD).rstrip()
    for cut in range(150, len(text), 17):
        assert refused(tmp_path, text[:cut]).name == "broken-export"


def test_what_is_no_statement_is_refused_by_name(tmp_path) -> None:
    for root, number in (("BkToCstmrAcctRpt", "CAMT.052"), ("BkToCstmrDbtCdtNtfctn", "CAMT.054")):
        problem = refused(tmp_path, document(GOOD).replace("BkToCstmrStmt", root))
        assert said(problem) == "wrong-export 2:2"
        assert problem.text.startswith(number)


def test_statuses_that_count_may_be_said(tmp_path) -> None:
    text = document(statement(entry("5.00", "CRDT", status="POSTED"), entry("4.00", "CRDT", status="HELD")))
    (export,) = exports(tmp_path, text, only={"status": ("POSTED",)})
    assert [row.amount for row in export.rows] == [Decimal("5.00")]


def test_rows_may_be_left_out_by_their_text_once_the_balances_are_proven(tmp_path) -> None:
    (export,) = exports(tmp_path, (SAMPLES / "camt053.xml").read_bytes(), leave_out="^entgelt")
    assert len(export.rows) == 2
    assert export.left_out == (("leave_out: ^entgelt", 1, Decimal("-29.70")),)
    assert export.steps == (1, 1)
    assert refused(tmp_path, document(GOOD), leave_out="(").name == "bad-pattern"
