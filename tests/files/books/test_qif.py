"""QIF: dates with an apostrophe, splits, account headers, and the order of dates by proof."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from support.exports import exports, refused, said

QUICKEN = """\
!Option:AutoSwitch
!Account
NChecking
TBank
^
NVisa
TCCard
^
!Clear:AutoSwitch
!Type:Cat
NRent
E
^
!Account
NChecking
TBank
^
!Type:Bank
D1/ 1'26
T1,000.00
POpening Balance
L[Checking]
^
D1/15'26
U-400.00
T-400.00
PLandlord
AStreet 1
ACity
MJanuary
LRent
^
D1/20'26
T-30.00
PShop
SFood
EBread
$-10.00
SPaper
$-12.00
SPaper
$-8.00
^
!Account
NVisa
TCCard
^
!Type:CCard
D2/3'26
T-5.00
PApp
^
"""


def bank(*records: str) -> str:
    return "!Type:Bank\n" + "".join(f"{record}\n^\n" for record in records)


def test_accounts_splits_and_the_opening_balance(tmp_path) -> None:
    checking, visa = exports(tmp_path, QUICKEN, currency="USD")
    assert (checking.kind, checking.layout, checking.account, checking.currency) == ("statement", "qif", "Checking", "")
    assert (checking.opening[0].day, checking.opening[0].amount) == (date(2026, 1, 1), Decimal("1000.00"))
    assert [(row.day.day, row.account, row.text, row.amount) for row in checking.rows] == [
        (15, "Rent", "Landlord | January", Decimal("-400.00")),
        (20, "Food", "Shop | Bread", Decimal("-10.00")),
        (20, "Paper", "Shop", Decimal("-20.00")),
    ]
    assert (visa.account, visa.rows[0].day) == ("Visa", date(2026, 2, 3))
    cut = refused(tmp_path, QUICKEN.replace("$-10.00", "$-11.00"))
    assert said(cut) == "totals-do-not-foot 33:1"
    assert cut.text == "This payment is -30.00; its 3 splits come to -31.00."


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("1/25'26", date(2026, 1, 25)),
        ("25/1'26", date(2026, 1, 25)),
        ("1/25/2026", date(2026, 1, 25)),
        ("25.01.26", date(2026, 1, 25)),
        ("25-01-2026", date(2026, 1, 25)),
        ("2026-01-25", date(2026, 1, 25)),
        ("1/25' 6", date(2006, 1, 25)),
        ("1/25'2026", date(2026, 1, 25)),
    ],
)
def test_forms_of_dates(tmp_path, written, day) -> None:
    (export,) = exports(tmp_path, bank(f"D{written}\nT-1.00"))
    assert export.rows[0].day == day


def test_one_date_proves_the_order_of_all(tmp_path) -> None:
    (export,) = exports(tmp_path, bank("D01/02/2026\nT-1.00", "D13/02/2026\nT-1.00"))
    assert [row.day for row in export.rows] == [date(2026, 2, 1), date(2026, 2, 13)]
    problem = refused(tmp_path, bank("D01/02/2026\nT-1.00", "D03/02/2026\nT-1.00"))
    assert said(problem) == "ambiguous-date 2:1"
    assert 'Write date = "day-month-year" or "month-day-year"' in problem.text
    (export,) = exports(tmp_path, bank("D01/02/2026\nT-1.00"), date="month-day-year")
    assert export.rows[0].day == date(2026, 1, 2)
    assert refused(tmp_path, bank("D13/02/2026\nT-1.00", "D02/13/2026\nT-1.00")).name == "not-a-date"


def test_one_amount_proves_the_decimal_mark_of_all(tmp_path) -> None:
    (export,) = exports(tmp_path, bank("D25/1'26\nT-1.500", "D26/1'26\nT-2,50"))
    assert [row.amount for row in export.rows] == [Decimal(-1500), Decimal("-2.50")]
    assert said(refused(tmp_path, bank("D25/1'26\nT-1.500"))) == "ambiguous-number 3:1"


GOOD = bank("D1/25'26\nT-1.00\nPShop", "D1/26'26\nT-2.00\nPShop")


@pytest.mark.parametrize(
    ("old", "new", "answer"),
    [
        ("-1.00", "-1.0.0", "number-of-another-locale 3:1"),
        ("T-1.00", "Tone", "not-a-figure 3:1"),
        ("T-1.00\n", "", "not-a-figure 2:1"),
        ("T-1.00", "T", "not-a-figure 2:1"),
        ("D1/25'26\n", "", "not-a-date 2:1"),
        ("D1/25'26", "D2/30'26", "not-a-date 2:1"),
        ("PShop\n^\nD", "PShop\n^\n^\nD", "broken-export 6:1"),
        ("!Type:Bank", "!Type:Invst", "wrong-export 1:1"),
        ("!Type:Bank", "!Type:Cat", "wrong-export 1:1"),
        ("Shop\n^\nD", "Shop\n!Type:Bank\nD", "broken-export 5:1"),
        ("1/26'26\nT-2.00\nPShop", "1/25'26\nT-1.00\nPShop", "duplicate-row 6:1"),
        ("Shop", "Sh\0op", "file-not-text 4:4"),
    ],
)
def test_what_is_broken_is_refused_at_its_place(tmp_path, old, new, answer) -> None:
    assert old in GOOD
    assert said(refused(tmp_path, GOOD.replace(old, new, 1))) == answer


def test_a_file_that_is_cut_short_is_refused(tmp_path) -> None:
    end = len(GOOD) - 2
    for cut in range(GOOD.index("^") + 3, end):
        assert refused(tmp_path, GOOD[:cut]).name in ("broken-export", "not-a-date", "not-a-figure")
