"""MT940: entry days, reversals, subfields, statements that follow one another."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from support.exports import SAMPLES, by_month, exports, known_totals, read_file, refused, said

HEAD = ":20:X\n:25:DE01\n:28C:1/1\n"


def test_the_sample_comes_out_to_the_cent() -> None:
    totals = known_totals("mt940.sta")
    (export,) = read_file(SAMPLES / "mt940.sta")
    assert by_month(export) == {
        month: Decimal(amount) for month, amount in totals["by_month EUR, by entry date"].items()
    }
    assert export.opening[0].amount == Decimal(totals["opening EUR"])
    assert export.closing[0].amount == Decimal(totals["closing EUR"])
    assert [(row.account, row.text, row.id) for row in export.rows][:2] == [
        ("GUTSCHRIFT", "Mueller Beispiel GmbH | Rechnung 17", "REF1"),
        ("LOHN GEHALT", "Lohnbuero Beispiel | Gehaelter Februar", "REF2"),
    ]


@pytest.mark.parametrize(
    ("dates", "day"),
    [
        ("2601021231", date(2025, 12, 31)),  # value in the new year
        ("2512310102", date(2026, 1, 2)),  # entered in the new year
        ("2601050105", date(2026, 1, 5)),
        ("2402290229", date(2024, 2, 29)),
    ],
)
def test_the_entry_day_has_the_year_that_brings_it_nearest_to_the_value_day(tmp_path, dates, day) -> None:
    text = f"{HEAD}:60F:C251201EUR0,\n:61:{dates}C5,NTRFNONREF\n:62F:C260131EUR5,00\n-\n"
    (export,) = exports(tmp_path, text)
    assert export.rows[0].day == day


def test_reversals_move_the_other_way(tmp_path) -> None:
    """RC takes back a credit, RD gives back a debit; a letter after the mark is of the currency."""
    text = f"{HEAD}:60F:D260101EUR1,00\n:61:2601050105RC5,00NTRF1\n:61:2601050105RDR2,50NTRF2\n:62F:D260131EUR3,50\n-\n"
    (export,) = exports(tmp_path, text)
    assert [row.amount for row in export.rows] == [Decimal("-5.00"), Decimal("2.50")]


def test_the_value_day_stands_in_for_an_entry_day_within_the_statement(tmp_path) -> None:
    text = f"{HEAD}:60F:C260101EUR0,00\n:61:260115C5,00NTRF1\n:61:260201C1,00NTRF2\n:62F:C260131EUR6,00\n-\n"
    (export,) = exports(tmp_path, text)
    assert [row.day for row in export.rows] == [date(2026, 1, 15), date(2026, 1, 31)]
    assert export.remarks == ("2 rows have no entry date: the value date, within the statement's days, is taken.",)


def test_subfields_are_put_together_over_lines(tmp_path) -> None:
    """A full piece of 27 characters goes on in the next; a shorter one ends a word."""
    text = (
        f"{HEAD}:60F:C260101EUR0,00\n:61:2601050105C5,00NTRFNONREF//B1\nmore of it\n"
        ":86:166?00ÜBERWEISUNG?20SVWZ+Invoice 2026-001 for w?21ork done?22in March?30BANK?31123?32Example Cus\n"
        "tomer?33 Ltd\n:61:2601060106C1,00NTRFOWN-1//B2\n:86:plain words\nof two lines\n:62F:C260131EUR6,00\n-\n"
    )
    (export,) = exports(tmp_path, text)
    assert [row.text for row in export.rows] == [
        "Example Customer Ltd | SVWZ+Invoice 2026-001 for work done in March | more of it",
        "plain words of two lines | OWN-1",
    ]
    assert exports(tmp_path, text.encode("cp1252")) == (export,)


def test_statements_of_one_file_follow_one_another(tmp_path) -> None:
    """Pages (:60M:, :62M:), two accounts, and the envelope of SWIFT."""
    pages = (
        "{1:F01BANKDEFFXXXX0000000000}{2:O940}{4:\n"
        f"{HEAD}:60F:C260101EUR0,00\n:61:2601050105C5,00NTRF1\n:62M:C260105EUR5,00\n-}}\n"
        f"{HEAD}:60M:C260105EUR5,00\n:61:2601060106D2,00NTRF2\n:62F:C260131EUR3,00\n-}}\n"
        ":20:Y\n:25:DE02\n:60F:C260101USD9,00\n:62F:C260131USD9,00\n"
    )
    euro, dollar = exports(tmp_path, pages)
    assert (euro.closing[0].amount, euro.steps, len(euro.rows)) == (Decimal("3.00"), (2, 2), 2)
    assert (dollar.currency, dollar.closing[0].amount) == ("USD", Decimal("9.00"))
    problem = refused(tmp_path, pages.replace(":60M:C260105EUR5,00", ":60M:C260105EUR6,00").replace("R3,00", "R4,00"))
    assert said(problem) == "balance-does-not-foot 12:1"


GOOD = f"{HEAD}:60F:C260101EUR1,00\n:61:2601050105C5,00NTRFNONREF\n:86:words\n:62F:C260131EUR6,00\n"


@pytest.mark.parametrize(
    ("old", "new", "answer"),
    [
        ("C5,00", "C5,01", "balance-does-not-foot 7:1"),
        ("C5,00", "5,00", "broken-export 5:5"),
        ("C5,00", "C5.00", "broken-export 5:5"),
        ("C5,00", "C,", "broken-export 5:5"),
        ("0105C5", "0230C5", "not-a-date 5:11"),
        ("260105", "261305", "not-a-date 5:5"),
        ("C260101EUR1,00", "C260101EUR", "broken-export 4:6"),
        ("C260131EUR", "C260131USD", "wrong-currency 7:13"),
        (":62F:C260131EUR6,00\n", "", "broken-export 1:1"),
        (":60F:C260101EUR1,00\n", "", "broken-export 1:1"),
        (":20:", "rubbish\n:20:", None),
        ("words", "wo\0rds", "file-not-text 6:7"),
        (":28C:1/1", ":34F:EURD0,", "wrong-export 1:1"),
    ],
)
def test_what_is_broken_is_refused_at_its_place(tmp_path, old, new, answer) -> None:
    text = GOOD.replace(old, new, 1)
    if answer is not None:
        assert said(refused(tmp_path, text)) == answer


def test_a_file_that_is_cut_short_is_refused(tmp_path) -> None:
    for cut in range(GOOD.index(":61:"), len(GOOD) - 4, 3):
        assert refused(tmp_path, GOOD[:cut]).name in ("broken-export", "balance-does-not-foot")
