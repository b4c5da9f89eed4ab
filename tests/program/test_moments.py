"""Rows that stand at a moment: balances, customers, people, ratios; what sums months and what takes the last agree."""

from __future__ import annotations

import csv
import io

import pytest

import runway
from runway.answers.metrics import CUSTOMERS, MRR
from runway.answers.statements import layouts
from runway.cli import main
from runway.errors import InputError
from runway.program.moments import OPENINGS, standing_rows

COMPANY = """
[model]
name = "Summed"
start = "2025-01"
months = 12
opening_cash = "500k"

[drivers.visits]
formula = "a_month"
a_month = 100

[revenue.subs]
kind = "subscription"
opening = 100
churn = "2%/month"
price = "$20/month"

[revenue.sales]
kind = "usage"
volume = "visits"
price = "$2"

[costs.team]
kind = "headcount"
opening = 3
salary = "$1k/month"
paid_after = "30 days"
opening_payable = 0

[events.licence]
date = "2025-06-01"

[funding.lender]
kind = "loan"
date = "2025-03-15"
amount = "100k"
rate = "11%/year"
term = "48 months"
repayment = "level_payment"
"""


FURTHER = """
[funding.angel]
kind = "safe"
date = "2025-02-01"
amount = "50k"
cap = "5M"
form = "post_money"

[funding.note]
kind = "convertible_note"
date = "2025-02-01"
amount = "50k"
rate = "6%/year"
maturity = "2026-02-01"
at_maturity = "repaid"
cap = "5M"

[funding.revolver]
kind = "credit_line"
limit = "100k"
rate = "8%/year"

[passthrough.vat]
kind = "formula"
formula = "0.1 * (total.revenue - lag(total.revenue, 1))"

[captable.holders]
ana = { shares = { common = 600 } }
"""


@pytest.mark.parametrize("name", ["lemonade", "openai-2025", "saas-startup", "venture-debt", ""])
def test_what_the_statements_take_of_the_last_month_and_what_they_sum(load, name):
    model = (runway.load(name) if name else load(COMPANY + FURTHER)).model
    standing = standing_rows(model)
    lines = [line for statement in layouts(model) for line in statement.lines]
    for line in (*lines, *MRR, *CUSTOMERS):
        kind = "opening" if line.address in OPENINGS else "balance" if line.address in standing else "flow"
        assert line.kind == kind, line


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("cash over FY25 >= 1", "cash"),
        ("opening_cash over FY25 >= 1", "opening_cash"),
        ("prev(cash) over FY25 >= 1", "prev(cash)"),
        ("total.costs <= cash over 2025-01..2025-06", "cash"),
        ("team.payable + unrestricted_cash over FY25 >= 1", "team.payable + unrestricted_cash"),
        ("-sheet.assets - 1000 over FY25 >= 1", "-sheet.assets - 1000"),
        ("total.mrr over FY25 >= 1", "total.mrr"),
        ("subs.subscribers over FY25 >= 1", "subs.subscribers"),
        ("team.people over FY25 >= 1", "team.people"),
        ("metrics.customer_churn over FY25 >= 1", "metrics.customer_churn"),
        ("metrics.year.cac over FY25 >= 1", "metrics.year.cac"),
        ("subs.churn over FY25 >= 1", "subs.churn"),
        ("sales.price over FY25 >= 1", "sales.price"),
        ("lender over FY25 >= 1", "lender"),
        ("lender.balance over FY25 >= 1", "lender.balance"),
    ],
)
def test_what_stands_at_a_moment_has_no_sum(load, text, marked):
    with pytest.raises(InputError) as caught:
        runway.check(load(f'{COMPANY}\n[[checks]]\nrequire = "{text}"\n'))
    (problem,) = caught.value.problems
    assert problem.name == "check-malformed"
    assert problem.text.startswith(
        f"{marked} stands at a moment and does not add up over months. Write {marked} in 2025-"
    )
    assert (problem.place.column, problem.place.width) == (12 + text.index(marked), len(marked))


@pytest.mark.parametrize(
    ("text", "summed"),
    [
        ("cash - opening_cash", "net_cash_flow"),
        ("cash - prev(cash)", "net_cash_flow"),
        ("subs.price", 240),  # money per period, as it comes each month
        ("sales", 2400),
        ("sales.units", 1200),
        ("visits", 1200),  # whether a driver is a flow is not known
        ("licence", 7),  # the months since
        ("1000 * team.people", 36_000),  # what they cost
    ],
)
def test_what_moves_or_is_not_known_is_summed(load, text, summed):
    (held,) = runway.check(load(f'{COMPANY}\n[[checks]]\nrequire = "{text} over FY25 >= -1B"\n')).checks
    wanted = sum(runway.project(load(COMPANY)).rows[summed]) if isinstance(summed, str) else summed
    assert held.modelled == pytest.approx(wanted)


@pytest.mark.parametrize(
    ("model", "row"), [("venture-debt", "growth_loan.drawn"), ("saas-startup", "total.payable"), ("lemonade", "cash")]
)
def test_by_quarter_what_stands_at_a_moment_is_that_of_the_last_month(model, row, capsys):
    assert main(["project", model, "--by", "quarter", "--csv", "-"]) == 0
    quarters = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    months = runway.project(model).rows[row]
    column = "closing_cash" if row == "cash" else row
    assert [float(quarter[column]) for quarter in quarters] == pytest.approx([*months[2::3]])
