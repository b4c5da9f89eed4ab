"""Every sample of delimited text against the totals that a right reader finds, to the cent."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from support.exports import SAMPLES, by_month, decimals, exports, known_totals, read_file

from runway.errors import InputError
from runway.files.books.layout import known_layouts

if TYPE_CHECKING:
    from pathlib import Path

    from runway.files.books.export import Export

LEDGER = "accounts, debit positive"
LEDGERS = {
    "qbd_transaction_detail.csv": LEDGER,
    "qbo_journal.csv": LEDGER,
    "xero_account_transactions.csv": f"{LEDGER}, opening rows left out",
    "hledger_print.csv": "accounts debit positive, opening entry left out",
}
STATEMENTS = {
    "mercury.csv": "by_month",
    "chase_checking.csv": "by_month",
    "wise_eur.csv": "by_month EUR",
    "revolut_business.csv": "by_month EUR, on the day completed, fee in",
    "sparkasse_camt.csv": "by_month EUR",
    "nordea_dk.csv": "by_month DKK",
}


def only(sample: str) -> Export:
    (export,) = read_file(SAMPLES / sample, currency="USD")
    return export


def plain(account: str) -> str:
    """The name of an account as the totals have it: "assets:bank" and "1000 · Checking" are one."""
    name = re.sub(r"^\d+ (?:· )?", "", account.rpartition(":")[2]).capitalize()
    return {"Bank": "Checking"}.get(name, name)


def by_account(export: Export) -> dict[str, dict[str, Decimal]]:
    sums: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for row in export.rows:
        months = sums[plain(row.account)]
        months[f"{row.day:%Y-%m}"] = months.get(f"{row.day:%Y-%m}", Decimal(0)) + row.amount
    return dict(sums)


@pytest.mark.parametrize("sample", LEDGERS)
def test_a_ledger_has_each_account_s_months(sample: str) -> None:
    export, known = only(sample), known_totals(sample)
    expected = {name: decimals(months) for name, months in known[LEDGERS[sample]].items()}
    assert by_account(export) == expected
    assert sum(row.amount for row in export.rows) == 0
    opening = {balance.account: balance.amount for balance in export.opening}
    if "opening cash" in known:
        assert {plain(name): amount for name, amount in opening.items()}["Checking"] == Decimal(known["opening cash"])


@pytest.mark.parametrize("sample", STATEMENTS)
def test_a_statement_has_its_months_and_its_balances(sample: str) -> None:
    export, known = only(sample), known_totals(sample)
    assert export.kind == "statement"
    assert by_month(export) == decimals(known[STATEMENTS[sample]])
    assert [row.day for row in export.rows] == sorted(row.day for row in export.rows)
    opening = next((value for key, value in known.items() if key.startswith("opening")), None)
    if export.opening:
        assert export.opening[0].amount == Decimal(opening)
        closing = next(value for key, value in known.items() if key.startswith("closing"))
        last = closing if isinstance(closing, str) else closing["2026-03"]
        assert export.closing[0].amount == Decimal(last)
    left = {value for key, value in known.items() if key.endswith("left out")}
    assert {f"{entry.amount}" for entry in export.left_out} == left


@pytest.mark.parametrize(("sample", "steps"), [("chase_checking.csv", 23), ("wise_eur.csv", 2), ("nordea_dk.csv", 2)])
def test_each_balance_follows_from_the_one_before(sample: str, steps: int) -> None:
    assert only(sample).steps == (steps, steps)


@pytest.mark.parametrize("sample", ["mercury.csv", "chase_checking.csv"])
def test_payees_have_their_months(sample: str) -> None:
    export = only(sample)
    for payee, months in known_totals(sample)["by_payee"].items():
        rows = [row for row in export.rows if row.text.casefold().startswith(payee.casefold())]
        assert by_month(export._replace(rows=tuple(rows))) == decimals(months)


def test_currencies_are_those_of_the_files() -> None:
    assert {sample: only(sample).currency for sample in STATEMENTS} == {
        "mercury.csv": "USD",
        "chase_checking.csv": "",
        "wise_eur.csv": "EUR",
        "revolut_business.csv": "EUR",
        "sparkasse_camt.csv": "EUR",
        "nordea_dk.csv": "DKK",
    }


def test_a_profit_and_loss_has_debits_positive_and_no_total() -> None:
    known = known_totals("qbo_pnl_by_month.csv")
    export = only("qbo_pnl_by_month.csv")
    income = {"Subscriptions", "Services", "Interest income"}
    expected = {
        name: {month: -amount if name in income else amount for month, amount in decimals(months).items()}
        for name, months in known["lines, positive as printed"].items()
    }
    assert by_account(export) == expected
    assert by_month(export) == {month: -amount for month, amount in decimals(known["net income"]).items()}
    assert (export.first, export.last) == (date(2026, 1, 1), date(2026, 3, 31))
    assert export.remarks == ("The file says: accrual basis.",)


def test_stripe_s_gross_fees_refunds_and_payouts_stand_apart() -> None:
    export = only("stripe_balance_itemized.csv")
    for month in ("2026-01", "2026-02", "2026-03"):
        known = known_totals("stripe_balance_itemized.csv")[month]
        assert by_month(export, "charge").get(month, 0) == Decimal(known["gross charges"])
        assert by_month(export, "refund").get(month, 0) == Decimal(known["refunds"])
        assert -by_month(export, "fee").get(month, 0) == Decimal(known["fees"])
        assert by_month(export, "payout").get(month, 0) == Decimal(known["payouts"])
    assert sum(row.amount for row in export.rows) == 0  # all of it has been paid out
    assert export.currency == "USD"
    assert export.remarks == ("Days and months are those of UTC.",)


def test_payroll_is_gross_and_the_employer_s_taxes() -> None:
    export = only("gusto_payroll_journal.csv")
    assert export.kind == "payroll"
    for month, known in known_totals("gusto_payroll_journal.csv").items():
        assert by_month(export, "gross")[month] == Decimal(known["gross"])
        assert by_month(export, "employer taxes")[month] == Decimal(known["employer taxes"])
        assert by_month(export)[month] == Decimal(known["employer cost"])


def test_dinero_s_primo_is_an_opening_balance() -> None:
    export, known = only("dinero_posteringer.csv"), known_totals("dinero_posteringer.csv")
    accounts = {"Salg": "1000 Salg af varer/ydelser m/moms", "Løn": "2210 Løn", "Bank": "55000 Bank"}
    for name, months in known["accounts debit positive, Primo left out"].items():
        assert by_month(export, accounts.get(name, f"64060 {name}")) == decimals(months)
    assert [(b.day, b.account, b.amount) for b in export.opening] == [
        (date(2026, 1, 1), "55000 Bank", Decimal("100000.00")),
        (date(2026, 1, 1), "60100 Egenkapital", Decimal("-100000.00")),
    ]


def test_a_balance_sheet_has_one_day_and_debits_positive() -> None:
    export, known = only("qbo_balance_sheet.csv"), known_totals("qbo_balance_sheet.csv")
    assert export.kind == "balances"
    held = {row.account: row.amount for row in export.rows}
    assert held["1000 Checking"] == Decimal(known["cash 2026-03-31"])
    assert held["1200 Accounts receivable"] == Decimal(known["receivable"])
    assert held["1500 Equipment"] == Decimal(known["equipment"])
    assert -held["Net Income"] == Decimal(known["net income of the quarter"])
    assert {row.day for row in export.rows} == {date(2026, 3, 31)}
    assert sum(held.values()) == 0


def test_a_trial_balance_has_what_stands_on_each_account() -> None:
    """The sample prints 386,058.00 under credits of 297,378.39: the rows balance, so that is a mistake of print."""
    export = only("xero_trial_balance.csv")
    held = {row.account: row.amount for row in export.rows}
    assert held["1000 Checking"] == Decimal(known_totals("xero_trial_balance.csv")["cash"])
    assert held["4000 Subscriptions"] == Decimal("-38305.00")
    assert (export.kind, export.first, export.last) == ("balances", date(2026, 3, 31), date(2026, 3, 31))
    assert export.remarks == (
        "Total says 386,058.00 in credit - year to date; its rows sum to 297,378.39. "
        "Debits and credits of the rows are equal, so the total is wrong.",
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('1500,Equipment,Asset,"3,998.00",\n', ""),  # a row is missing
        ('"297,378.39","386,058.00"', '"297,379.39","297,379.39"'),  # both totals are another's
        ('"161,320.39"', '"161,320.93"'),
    ],
)
def test_a_trial_balance_that_does_not_foot_is_refused(tmp_path: Path, old: str, new: str) -> None:
    text = (SAMPLES / "xero_trial_balance.csv").read_text(encoding="utf-8").replace(old, new)
    with pytest.raises(InputError) as error:
        exports(tmp_path, text)
    assert {problem.name for problem in error.value.problems} == {"totals-do-not-foot"}


def test_every_layout_says_what_it_needs() -> None:
    """Roles are those that the readers know, and the heads that must stand are among those of the columns' names."""
    for layout in known_layouts().values():
        assert layout.title != layout.name
        if layout.form == "list":
            assert layout.columns["date"], layout.name
            assert {"amount", "debit"} & set(layout.columns) or layout.parts, layout.name
        assert set(layout.date) <= {"day-month-year", "month-day-year", "year-month-day", "unix"}, layout.name
        assert layout.decimal in ("", ".", ","), layout.name
