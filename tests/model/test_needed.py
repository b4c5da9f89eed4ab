"""Fields that may be left out and are required beside another: `runway kinds` says of each beside which."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import runway
from runway.answers.error import BAKERY
from runway.answers.field import field
from runway.answers.kinds import Field, kinds
from runway.errors import InputError

LINE = 'kind = "recurring"\namount = "100/month"\n'
CAPTABLE = "[captable.holders.ana]\nshares = { common = 900 }\n"
LOAN = 'kind = "loan"\namount = 500\nterm = "12 months"\nrate = "5%/year"\n'
NOTE = '[funding.note]\nkind = "convertible_note"\namount = 100\ndate = "2025-02-01"\n'
ROUND = """\
[costs.rent]
kind = "recurring"
amount = "1/month"
[funding.seed]
kind = "priced_round"
valuation = {{ value = 900, basis = "pre_money" }}
closings = [{{ name = "first", date = "{}", amount = 100 }}, {{ name = "second", date = "2025-03-01", amount = 100 }}]
earmarks = [{{ for = "rent", amount = 50{} }}]
"""
WITHOUT = {
    "recurring.start": f'[costs.rent]\n{LINE}every = "year"',
    "recurring.opening_deferred": f'[revenue.rent]\n{LINE}billed = "yearly"',
    "recurring.opening_prepaid": f'[costs.rent]\n{LINE}billed = "yearly"',
    "subscription.opening_deferred": '[revenue.app]\nkind = "subscription"\nopening = 5\nacquisition = "1%/month"\n'
    'churn = "1%/month"\nprice = "5/month"\nbilled = "yearly"',
    "subscription.churn": '[revenue.app]\nkind = "subscription"\nopening = 5\nacquisition = "1%/month"\n'
    'price = "5/month"',
    "revenue.opening_billed_ahead": f'[revenue.rent]\n{LINE}bills = {{ "2025-03" = 40 }}',
    "revenue.opening_receivable": f'[revenue.rent]\n{LINE}collected_after = "30 days"',
    "revenue.opening_deposits": f'[revenue.rent]\n{LINE}collected_after = "-1 month"',
    "costs.opening_billed_ahead": f'[costs.rent]\n{LINE}bills = {{ "2025-03" = 40 }}',
    "costs.payday": f'[costs.rent]\n{LINE}paid = "every 2 weeks"\nopening_payable = 0',
    "costs.opening_payable": f'[costs.rent]\n{LINE}paid = "every 2 weeks"\npayday = "2025-01-10"',
    "costs.opening_advances": f'[costs.rent]\n{LINE}paid_after = "-1 month"',
    "capital.opening_billed_ahead": f'[capital.rent]\n{LINE}bills = {{ "2025-03" = 40 }}',
    "capital.opening_payable": f'[capital.rent]\n{LINE}paid_after = "30 days"',
    "capital.opening_advances": f'[capital.rent]\n{LINE}paid_after = "-1 month"',
    "events.days": '[events.outage]\ndate = "2025-03-01"\nevery = "2 months"',
    "checks.value": '[[checks]]\nexpect = "cash in 2025-03"\nwithin = 5',
    "checks.within": '[[checks]]\nexpect = "cash in 2025-03"\nvalue = 5',
    "checks.issued": '[[checks]]\npreset = "going_concern"',
    "opening_balance.fixed_assets": '[opening_balance]\nwritten_off_over = "12 months"',
    "actuals.file": '[actuals]\nlast_close = "2025-01"',
    "loan.opening_balance": f'[funding.bank]\n{LOAN}date = "2024-12-01"\nrepayment = "level_payment"',
    "loan.instalments": f'[funding.bank]\n{LOAN}date = "2025-02-01"\nrepayment = "instalments"',
    "loan.warrants.coverage": f'{CAPTABLE}[funding.bank]\n{LOAN}date = "2025-02-01"\nrepayment = "level_payment"\n'
    "warrants = { strike = 1 }",
    "loan.warrants.shares": f'{CAPTABLE}[funding.bank]\n{LOAN}date = "2025-02-01"\nrepayment = "level_payment"\n'
    "warrants = { strike = 1 }",
    "credit_line.opening_balance": '[funding.bank]\nkind = "credit_line"\nlimit = 500\nrate = "5%/year"\n'
    'date = "2024-12-01"',
    "convertible_note.maturity": f'{NOTE}at_maturity = "repaid"',
    "convertible_note.at_maturity": f'{NOTE}maturity = "2025-10-01"',
    "safe.form": '[funding.safe]\nkind = "safe"\namount = 100\ndate = "2025-02-01"\ncap = 900',
    "priced_round.stock.participation_cap": ROUND.format("2025-02-01", ', from = "first"')
    + '[funding.seed.stock]\nparticipation = "capped"',
    "priced_round.earmarks.from": ROUND.format("2025-02-01", ""),
    "priced_round.earmarks.opening_spent": ROUND.format("2024-12-01", ', from = "first"'),
    "secondary.valuation": f'{CAPTABLE}[funding.sale]\nkind = "secondary"\namount = 9\ndate = "2025-02-01"\n'
    'sellers = ["ana"]\nbuyer = "bo"',
    "secondary.sellers": f'{CAPTABLE}[funding.sale]\nkind = "secondary"\namount = 9\ndate = "2025-02-01"\n'
    'valuation = 9\nbuyer = "bo"',
    "secondary.buyer": f'{CAPTABLE}[funding.sale]\nkind = "secondary"\namount = 9\ndate = "2025-02-01"\n'
    'valuation = 9\nsellers = ["ana"]',
    "captable.classes.strike": f'{CAPTABLE}[captable.classes.esop]\nkind = "options"',
    "captable.classes.price": f'{CAPTABLE}[captable.classes.a]\nkind = "preferred"\nissued = "2024-01-01"',
    "captable.classes.raised": f'{CAPTABLE}[captable.classes.a]\nkind = "preferred"\nissued = "2024-01-01"',
    "captable.classes.participation_cap": f'{CAPTABLE}[captable.classes.a]\nkind = "preferred"\nprice = 1\n'
    'issued = "2024-01-01"\nparticipation = "capped"',
    "captable.grants.shares": f'{CAPTABLE}[captable.grants.a]\nholder = "bo"\ndate = "2025-02-01"\nclass = "common"',
    "captable.grants.stake": f'{CAPTABLE}[captable.grants.a]\nholder = "bo"\ndate = "2025-02-01"\nclass = "common"',
}  # fmt: skip
"""By kind or section and field a file that has what the field is required beside, and not the field."""


def needed(name: str, fields: tuple[Field, ...]) -> dict[str, Field]:
    found = {f"{name}.{each.name}": each for each in fields if each.needed}
    for each in fields:
        found |= needed(f"{name}.{each.name}", each.fields)
    return found


def said() -> dict[str, Field]:
    """Every field that is said to be required beside another, by its kind, or by the section that adds it."""
    found: dict[str, Field] = {}
    for kind in kinds().kinds:
        found |= needed(kind.name, kind.fields)
        for section, fields in kind.shared:
            found |= needed(section, fields)
    return found


def test_each_is_proved():
    assert set(said()) == set(WITHOUT)


@pytest.mark.parametrize("name", WITHOUT)
def test_a_file_without_one_is_refused_and_told_of_it(name, tmp_path):
    (tmp_path / "plan.toml").write_text(f"{BAKERY}\n{WITHOUT[name]}\n", encoding="utf-8")
    with pytest.raises(InputError) as refused:
        runway.project(str(tmp_path / "plan.toml"))
    (problem,) = refused.value.problems
    assert re.search(rf"\b{said()[name].name}\b", problem.text), problem.text


def test_what_is_told_to_be_missing_is_said_to_be_required():
    """Every answer on the page of missing fields names one that `runway kinds` says is required, there or always."""
    page = Path(__file__).parents[1].joinpath("errors", "missing-field.md").read_text(encoding="utf-8")
    for name in re.findall(r"^(\w+) is missing", page, re.MULTILINE):
        uses = field(name)
        assert uses is None or any(use.field.required or use.field.needed for use in uses.uses), name


def test_beside_a_setting_that_cannot_be_read_the_others_count(tmp_path):
    """The currency and the months of a file are known although its minimum cash is not."""
    (tmp_path / "plan.toml").write_text("""
[model]
name         = "Plan"
currency     = "EUR"
start        = "2026-01"
months       = 18
opening_cash = "100k"
minimum_cash = "none"
[fx]
GBP = { "2026-01" = 1.20, "2026-04" = 1.25 }
[costs.rent]
kind   = "recurring"
amount = { "2026-03" = "4k/month" }
[funding.line]
kind  = "credit_line"
limit = "£50k"
rate  = "5%/year"
[[checks]]
require = "cash >= 0 in 2027-07"
""")
    with pytest.raises(InputError) as refused:
        runway.load(str(tmp_path / "plan.toml"))
    told = [(problem.name, problem.place and problem.place.line) for problem in refused.value.problems]
    assert told == [
        ("not-a-figure", 8),
        ("schedule-starts-late", 13),
        ("debt-in-changing-currency", 16),
        ("month-outside-model", 19),
    ]
    assert "Write limit in EUR" in refused.value.problems[2].text


def test_beside_levers_that_cannot_be_read_all_else_is_told(tmp_path):
    (tmp_path / "plan.toml").write_text("""
extends = "lemonade"
[levers]
burn = "much"
[costs.more]
kind = "percent_of"
of = "lemonad"
share = "5%"
""")
    with pytest.raises(InputError) as refused:
        runway.load(str(tmp_path / "plan.toml"))
    assert [problem.place.line for problem in refused.value.problems] == [4, 7]


def test_unknown_names_are_told_beside_other_mistakes_of_their_table(tmp_path):
    """Of a name that its own table, or another one that cannot be read, may bear nothing is said."""
    (tmp_path / "plan.toml").write_text("""
extends = "lemonade"
[drivers.cups]
formula = "prev(cups) + growth * lemonad"
growth = "much"
[costs.hosting]
kind = "percent_of"
of = "lemonade.revenu"
share = "5%/month"
[costs.sharing]
kind = "formula"
formula = "rate * (reveneu + cups) + hosting.cash + receivable"
rate = "x"
[costs.ads]
kind = "usage"
volume = "units * clicks.value"
price = "5/month"
[costs.ads_too]
kind = "usage"
volume = "units + cost + helper + total.costs"
price = "5/month"
[funding.bank]
kind = "loan"
amount = 500
date = "2025-03-01"
rate = "5"
term = "12 months"
repayment = "bullet"
requires = "prev(cash) > 3 and strom"
""")
    with pytest.raises(InputError) as refused:
        runway.load(str(tmp_path / "plan.toml"))
    unknown = [problem.place[1:] for problem in refused.value.problems if problem.name == "unknown-name"]
    assert unknown == [(4, 34, 7), (8, 7, 15), (12, 20, 7), (16, 19, 12), (29, 32, 5)]
    assert len(refused.value.problems) == 5 + 6


def test_books_that_are_not_there_are_told_with_all_else(tmp_path):
    """Unless a table cannot be read: then it is not known what the books are held against."""
    text = """
extends = "lemonade"
[sources.x]
titel = "A"
title = "A"
[actuals]
file = "missing.csv"
last_close = "2025-02"
"""
    told = {"": [4, 7], '[costs.more]\nkind = "recurring"\namount = 5\n': [4, 11]}
    for more, lines in told.items():
        (tmp_path / "plan.toml").write_text(text + more)
        with pytest.raises(InputError) as refused:
            runway.load(str(tmp_path / "plan.toml"))
        assert [problem.place.line for problem in refused.value.problems] == lines
