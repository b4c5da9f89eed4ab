"""Loans: published schedules, a second reckoning in decimals, and what a loan does to burn, tax and the ladder."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random

import numpy_financial
import pytest
from support.by_day import months_of

import runway
from runway.engine.run import Engine

LOAN = """
    [funding.loan]
    kind = "loan"
    amount = {amount}
    date = "{date}"
    rate = "{rate}"
    term = "{term} months"
    repayment = "{repayment}"
"""
MODEL = """
[model]
name = "x"
start = "{start}"
months = {months}
opening_cash = {cash}
"""


def loan(amount="1000", date="2025-01-15", rate="12%/year", term="12", repayment="level_payment", more="") -> str:
    return LOAN.format(amount=amount, date=date, rate=rate, term=term, repayment=repayment) + more + "\n"


def model(months=24, cash=0, start="2025-01") -> str:
    return MODEL.format(start=start, months=months, cash=cash)


def unposted(load, text):
    found = load(text)
    return Engine(found.program, found.model.document).run(posting=False)


# Published schedules ----------------------------------------------------------------------------------------------


def test_p20_the_level_payment(load):
    """numpy-financial's docstring of pmt, 200,000 over 15 years at 7.5 %, and its test, 15,000 over 60 at 0 %."""
    rows = unposted(load, model(3) + loan("200_000", rate="7.5%/year", term="180"))
    assert rows["loan.level"][1] == pytest.approx(1854.0247200054619, abs=1e-8)
    assert unposted(load, model(3) + loan("15_000", rate="0%/year", term="60"))["loan.level"][1] == 250


P21 = """
    200.58/17.17/2299.42 · 201.96/15.79/2097.46 · 203.35/14.40/1894.11 · 204.74/13.01/1689.37 · 206.15/11.60/1483.22
    · 207.56/10.18/1275.66 · 208.99/8.76/1066.67 · 210.42/7.32/856.25 · 211.87/5.88/644.38 · 213.32/4.42/431.05
    · 214.79/2.96/216.26 · 216.26/1.49/0.00"""
"""Principal, interest and balance of each payment, from numpy-financial's docstring of ppmt."""


def test_p21_every_row_of_a_level_schedule(load, rows):
    """2,500 at 8.24 % in twelve payments.

    The published rows round a schedule that was reckoned without rounding, so they are met with posting off.  The
    posted schedule is the one that is really paid: 217.75 eleven times, interest to the cent on what is owed to the
    cent, and a last payment of 217.72 that ends at nothing.
    """
    published = [[float(x) for x in row.split("/")] for row in P21.split("·")]
    text = model() + loan("2500", rate="8.24%/year")
    exact, posted = unposted(load, text), rows(text)
    for k, (principal, interest, balance) in enumerate(published, 1):
        for row, value in (("principal", principal), ("interest", interest), ("balance", balance)):
            assert exact[f"loan.{row}"][k] == pytest.approx(value, abs=0.005001)
            assert posted[f"loan.{row}"][k] == pytest.approx(value, abs=0.021)
    assert sum(exact["loan.interest"]) == pytest.approx(112.98, abs=0.005)
    assert posted["loan.payment"][:14] == pytest.approx((0, *(217.75,) * 11, 217.72, 0))
    assert posted["loan.balance"][12] == 0.0


def test_p26_a_venture_loan_and_the_cash_line(load):
    """Bessemer's venture-debt model: level principal, a first payment in the draw month, 1 % earned on the balance."""
    text = model(48, 5_000_000) + loan("5_000_000", "2025-06-01", "11%/year", "36", "level_principal", """
    first_payment = "0 months"
    fee = 30_000
    warrants = { coverage = "10%", strike = 1 }

    [costs.spending]
    kind = "recurring"
    amount = "500_000/month"
    start = "2025-02-01"

    [revenue.earned]
    kind = "formula"
    formula = "share * (loan.balance + loan.principal) / 12"
    share = "1%"
    """)  # fmt: skip
    projection = runway.project(load(text))
    rows = projection.rows
    cash = (7_289_444, 6_610_046, 5_931_805, 5_254_722, 4_578_796, 3_904_027)
    assert rows["cash"][5:11] == pytest.approx(cash, abs=1)
    assert sum(rows["loan.interest"]) == pytest.approx(847_917, abs=1)
    assert sum(rows["loan.interest"]) - sum(rows["earned.revenue"]) == pytest.approx(770_833, abs=1)
    assert rows["loan.balance"][5 + 17] == pytest.approx(2_500_000, abs=1)
    assert rows["loan.balance"][5 + 35] == 0
    assert sum(rows["loan.principal"]) == pytest.approx(5_000_000)


# A second reckoning -----------------------------------------------------------------------------------------------

CENT = Decimal("0.01")


PAID = {1: "monthly", 3: "quarterly", 6: "half_yearly", 12: "yearly"}


def to_cent(x: Decimal) -> Decimal:
    return x.quantize(CENT, ROUND_HALF_UP)


def clipped(first: date, months: int) -> date:
    """The day of the month, or the month's last, so many months later."""
    at = first.year * 12 + first.month - 1 + months
    last = (date((at + 1) // 12, (at + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return date(at // 12, at % 12 + 1, min(first.day, last))


def schedule(case, months, start=date(2025, 1, 1)):
    """Interest, principal, fees and balance of each month, by the contract's words and in decimals."""
    drawn_on, owed = case["date"], Decimal(0)
    drawn_in = (drawn_on.year - start.year) * 12 + drawn_on.month - start.month
    advance, level, every = case["advance"], None, case["every"]
    first, before = 0 if advance else case["first"], None
    found = []
    for t in range(months):
        interest = principal = fees = Decimal(0)
        if t == drawn_in:
            owed = case["amount"]
            fees += to_cent(case["fee"] * owed)
        since = t - drawn_in - first
        if since >= 0 and since % every == 0 and owed:
            k = since // every + 1
            length = every if advance or k > 1 else first  # of the period, in months
            of = t if advance else t - length  # the month in which the period begins that the payment is for
            yearly = case["rates"][max(m for m in case["rates"] if m <= of)]
            begins = clipped(drawn_on, t - drawn_in - (0 if advance else length))
            days = (clipped(drawn_on, t - drawn_in + (length if advance else 0)) - begins).days
            parts = {"30/360": Decimal(length) / 12, "act/365": Decimal(days) / 365, "act/360": Decimal(days) / 360}
            part, whole = parts[case["day_count"]], Decimal(every) / 12
            if case["basis"] == "nominal":
                interest, period = to_cent(owed * yearly * part), yearly * whole
                added = to_cent(owed * case["pik"] * part)
            else:
                interest, period = to_cent(owed * ((1 + yearly) ** part - 1)), (1 + yearly) ** whole - 1
                added = to_cent(owed * ((1 + case["pik"]) ** part - 1))
            n, m = case["amortised"] // every, case["interest_only"] // every
            new_rate, before = before not in (None, yearly), yearly
            if case["repayment"] == "level_payment" and k > m:
                if level is None or new_rate:
                    level = to_cent(payment(period, n - k + 1, owed))
                principal = min(owed, max(Decimal(0), level - interest))
            elif case["repayment"] == "level_principal" and k > m:
                level = to_cent(owed / (n - k + 1)) if level is None else level
                principal = min(owed, level)
            if k == case["term"] // every:
                principal = owed + added
                fees += to_cent(case["end_fee"] * case["amount"])
            owed += added - principal
        found.append((interest, principal, fees, owed))
    return found


def payment(rate: Decimal, n: int, owed: Decimal) -> Decimal:
    return owed / n if rate == 0 else owed * rate / (1 - (1 + rate) ** -n)


def random_case(random: Random):
    term = random.randint(1, 40)
    repayment = random.choice(["level_payment", "level_principal", "bullet"])
    rates = {0: Decimal(random.randint(0, 3000)) / 10_000}
    if random.random() < 0.4:
        rates[random.randint(1, 20)] = Decimal(random.randint(0, 3000)) / 10_000
    return {
        "amount": Decimal(random.randint(1, 10**9)) / 100,
        "date": date(2025, 1, 1) + timedelta(days=random.randint(0, 500)),
        "term": term,
        "interest_only": random.randint(0, term - 1) if repayment != "bullet" and random.random() < 0.6 else 0,
        "repayment": repayment,
        "rates": rates,
        "basis": random.choice(["nominal", "nominal", "effective"]),
        "day_count": random.choice(["30/360", "act/365", "act/360"]),
        "advance": random.random() < 0.3,
        "every": 1,
        "first": 1,
        "amortised": term,
        "pik": Decimal(0),
        "fee": Decimal(random.randint(0, 500)) / 10_000,
        "end_fee": Decimal(random.randint(0, 900)) / 10_000,
    }


def with_a_calendar(random: Random, case):
    """The same by quarters, half-years or years, with an odd first period, a balloon or interest in kind."""
    every = random.choice([1, 3, 6, 12])
    periods = random.randint(1, 36 // every)
    case |= {"every": every, "term": periods * every, "first": random.randint(1, 2 * every)}
    case["amortised"] = case["term"]
    case["interest_only"] = random.randint(0, periods - 1) * every if case["repayment"] != "bullet" else 0
    if case["repayment"] != "bullet" and random.random() < 0.6:
        case["amortised"] += random.randint(0, 20) * every
    if not case["advance"] and random.random() < 0.5:
        case["pik"] = Decimal(random.randint(0, 1000)) / 10_000
    return case


def written(case) -> str:
    steps = ", ".join(
        f'"{2025 + m // 12}-{m % 12 + 1:02d}" = "{rate * 100}%/year"' for m, rate in case["rates"].items()
    )
    return (
        model(60, 10**6)
        + f"""
    [funding.loan]
    kind = "loan"
    amount = {case["amount"]}
    date = "{case["date"]}"
    rate = {{ {steps} }}
    rate_basis = "{case["basis"]}"
    day_count = "{case["day_count"]}"
    term = "{case["term"]} months"
    interest_only = "{case["interest_only"]} months"
    repayment = "{case["repayment"]}"
    first_payment = "{0 if case["advance"] else case["first"]} months"
    paid = "{PAID[case["every"]]}"
    fee = "{case["fee"] * 100}%"
    end_fee = "{case["end_fee"] * 100}%"
    """
        + (f'amortised_over = "{case["amortised"]} months"\n' if case["amortised"] != case["term"] else "")
        + (f'pik_rate = "{case["pik"] * 100}%/year"\n' if case["pik"] else "")
    )


@pytest.mark.parametrize("calendar", [False, True])
@pytest.mark.parametrize("seed", range(30))
def test_random_loans_agree_with_decimals_to_the_cent(rows, seed, calendar):
    random = Random(seed)
    case = with_a_calendar(random, random_case(random)) if calendar else random_case(random)
    found = rows(written(case))
    expected = schedule(case, 60)
    for t, (interest, principal, fees, balance) in enumerate(expected):
        where = (seed, t, case)
        assert to_cent(Decimal(found["loan.interest"][t])) == interest, where
        assert to_cent(Decimal(found["loan.principal"][t])) == principal, where
        assert to_cent(Decimal(found["loan.fees"][t])) == fees, where
        assert to_cent(Decimal(found["loan.balance"][t])) == balance, where
        assert to_cent(Decimal(found["loan.service"][t])) == -(interest + principal + fees), where
        assert found["cash.debt"][t] == found["loan.service"][t]
    added = sum(Decimal(str(round(x, 2))) for x in found.get("loan.capitalised", ()))
    repaid = sum(Decimal(str(round(x, 2))) for x in found["loan.principal"])
    assert repaid + balance == case["amount"] + added


@pytest.mark.parametrize("seed", range(20))
def test_the_level_payment_is_numpy_financials(load, seed):
    random = Random(f"pmt {seed}")
    rate, term, amount = random.uniform(0, 0.4), random.randint(2, 120), random.randint(1, 10**7)
    found = unposted(load, model(12) + loan(str(amount), rate=f"{rate * 100:.6f}%/year", term=str(term)))
    wanted = -numpy_financial.pmt(round(rate * 100, 6) / 1200, term, amount)
    assert found["loan.level"][1] == pytest.approx(wanted, rel=1e-9)
    assert found["loan.payment"][1] == pytest.approx(wanted, rel=1e-9)


# What it says of itself -------------------------------------------------------------------------------------------


def test_an_effective_rate_compounds_to_its_figure(rows):
    found = rows(model(14) + loan(rate="12%/year", repayment="bullet", more='rate_basis = "effective"'))
    assert found["loan.interest"][1] == 9.49  # 1000 x (1.12 ** (1 / 12) - 1)
    monthly = rows(model(14) + loan(rate="1%/month", repayment="bullet", more='rate_basis = "effective"'))
    assert monthly["loan.interest"][1] == 10.00


def test_bullet_and_interest_only(rows):
    found = rows(model(14) + loan(rate="12%/year", term="4", repayment="bullet"))
    assert found["loan.payment"][:6] == (0, 10, 10, 10, 1010, 0)
    text = loan(rate="12%/year", term="4", repayment="level_principal", more='interest_only = "2 months"')
    found = rows(model(14) + text)
    assert found["loan.payment"][:6] == (0, 10, 10, 510, 505, 0)


def test_it_is_drawn_on_its_condition_and_falls_due_from_then(rows):
    more = 'requires = "prev(total.revenue) >= 300"\nby = "2025-12-31"\n'
    sales = """
        [revenue.sales]
        kind = "formula"
        formula = "100 * (t + 1)"
        """
    found = rows(model(14) + loan(term="4", repayment="bullet", rate="12%/year", more=more + sales))
    assert found["loan.cash"][:5] == (0, 0, 0, 1000, 0)
    assert found["loan.payment"][:9] == (0, 0, 0, 0, 10, 10, 10, 1010, 0)
    late = rows(model(14) + loan(term="4", more='requires = "prev(total.revenue) >= 900"\nby = "2025-06-30"' + sales))
    assert not any(late["loan.cash"])
    assert not any(late["loan.service"])


def test_a_loan_of_before_the_start_is_in_opening_cash_and_still_owed(project):
    """Drawn in July and paid five times: seven of its twelve payments are to come, on every rung."""
    more = "opening_balance = 700"
    text = model(12, 10_000) + loan("1200", "2024-07-20", "0%/year", "12", "level_principal", more)
    projection = project(text)
    rows = projection.rows
    assert rows["loan.cash"] == (0,) * 12
    assert rows["loan.principal"] == (100,) * 7 + (0,) * 5
    assert rows["loan.drawn"] == (1200,) * 12
    assert [closing[-1] for closing in projection.closing_cash.values()] == [9_300] * 4
    assert projection.closings[0].reason == "before the first month"


def test_a_rung_without_the_loan_omits_its_service(project):
    projection = project(model(12, 10_000) + loan("1200", term="6", repayment="level_principal"))
    assert projection.closing_cash["cash in hand"] == (10_000,) * 12
    assert projection.closing_cash["+ certain"][-1] == 10_000 - sum(projection.rows["loan.interest"])
    planned = project(model(12, 10_000) + loan("1200", term="6", more='status = "planned"'))
    assert planned.closing_cash["+ conditional"] == (10_000,) * 12
    assert planned.closing_cash["+ planned"][0] == 11_200
    assert planned.rows["loan.drawn"] == planned.rows["loan.committed"] == (0,) * 12


def test_levers_move_and_scale_the_whole_loan(rows):
    text = model(16, 10_000) + loan("1200", term="6", repayment="level_principal", more='fee = "2%"\nend_fee = 24')
    plain, late = rows(text), rows(text, set={"levers.delay": "2 months"})
    assert late["loan.service"] == (0, 0, *plain["loan.service"][:-2])
    half = rows(text, set={"levers.funding": "50%"})
    for row in ("cash", "principal", "fees", "balance", "interest"):
        assert half[f"loan.{row}"] == pytest.approx([x / 2 for x in plain[f"loan.{row}"]], abs=0.0051)
    off = rows(text, set={"loan.date": "never"})
    assert not any(off["loan.service"])


def test_fees_as_a_share_and_as_money(rows):
    share = rows(model(14) + loan("1000", term="3", more='fee = "1%"\nend_fee = "3%"'))
    money = rows(model(14) + loan("1000", term="3", more="fee = 10\nend_fee = 30"))
    assert share["loan.fees"] == money["loan.fees"] == (10, 0, 0, 30) + (0,) * 10


def test_burn_has_interest_and_fees_as_paid_loss_and_tax_as_incurred_and_none_principal(project):
    """Revenue 1,000 and costs 300 a month; a loan of 12,000 at 12 % with a fee of 1 %; tax of 25 %, monthly."""
    projection = project(
        model(4)
        + loan("12_000", term="12", repayment="level_principal", more='fee = "1%"')
        + """
    [revenue.sales]
    kind = "recurring"
    amount = "1000/month"
    [costs.rent]
    kind = "recurring"
    amount = "300/month"
    [tax]
    rate = "25%"
    assessed = "monthly"
    paid = "monthly"
    """
    )
    rows = projection.rows
    interest, fees = (0, 120, 110, 100), (120, 0, 0, 0)
    assert rows["total.loan_interest"] == interest
    assert rows["total.loan_fees"] == fees
    parts = (16 / 31, 13 / 28, 16 / 31, 15 / 30)  # of the time from one fifteenth to the next, at the month's end
    whole, due = (0, 120, 230, 330), (120, 110, 100, 90)  # interest up to the last payment, and of the next one
    so_far = [w + d * p + 10 * (n + p) for n, (w, d, p) in enumerate(zip(whole, due, parts, strict=True))]
    incurred = [a - b for a, b in zip(so_far, [0, *so_far], strict=False)]
    assert rows["total.financing_cost"] == pytest.approx(incurred, abs=0.02)
    tax = [0.25 * (700 - cost) for cost in incurred]
    assert rows["tax.charge"] == pytest.approx(tax, abs=0.01)
    paid = [300 + i + f + x for i, f, x in zip(interest, fees, tax, strict=True)]
    assert rows["gross_burn"] == pytest.approx(paid, abs=0.01)
    assert rows["net_burn"] == pytest.approx([x - 1000 for x in paid], abs=0.01)
    losses = [300 + cost + x - 1000 for cost, x in zip(incurred, tax, strict=True)]
    assert rows["net_loss"] == pytest.approx(losses, abs=0.02)
    bridge = [b - x for b, x in zip(rows["net_burn"], rows["net_loss"], strict=True)]
    assert rows["burn_bridge.debt_timing"] == pytest.approx(bridge, abs=0.005)
    assert rows["cash.debt"] == (-120, -1120, -1110, -1100)
    assert rows["cash.loan_principal"] == (0, -1000, -1000, -1000)
    assert rows["total.debt"] == (12_000, 11_000, 10_000, 9_000)


def test_the_minor_unit_of_the_yen(rows):
    text = model(30).replace('name = "x"', 'name = "x"\ncurrency = "JPY"')
    found = rows(text + loan("1_000_000", rate="3.3%/year", term="24"))
    assert all(x == round(x) for x in found["loan.payment"])
    assert found["loan.balance"][24] == 0
    assert sum(found["loan.principal"]) == 1_000_000


def test_days_are_counted_from_one_payment_to_the_next(rows):
    """Drawn on 31 January: 28 days to the end of February, 31 to the end of March."""
    text = model(6) + loan("100_000", "2025-01-31", "36.5%/year", "5", "bullet", 'day_count = "act/365"')
    assert rows(text)["loan.interest"][1:4] == (2800, 3100, 3000)
    assert [len(days) for days in months_of("2025-01", 4)][1:] == [28, 31, 30]


def test_warrants_are_figures_with_addresses(load):
    text = model() + loan(more='warrants = { coverage = "10%", strike = "$2" }')
    found = load(text, set={"loan.warrants.strike": "$3"})
    assert found.program.parameters["loan.warrants.strike"] == 3
    assert found.model.items[0].part.warrants.coverage.entries[0].amount.number == 0.1


def test_rates_vary_by_path(load):
    """Zero among them: a level payment of nothing but principal."""
    import numpy

    found = load(model(14) + loan("1200", rate="12%/year"))
    engine = Engine(found.program, found.model.document)
    rates = numpy.array([0.0, 0.06, 0.12])
    many = engine.run({"loan.rate": rates})
    for n, rate in enumerate(rates):
        one = engine.run({"loan.rate": float(rate)})
        assert [v[n] for v in many["loan.balance"]] == pytest.approx(one["loan.balance"])


@pytest.mark.parametrize("seed", range(25))
def test_a_model_that_begins_in_the_middle_of_a_loan_continues_it(rows, seed):
    """Begun later with what is then owed, what is left of the schedule is the same, but for the cents of the level."""
    random = Random(f"middle {seed}")
    case = random_case(random) | {
        "date": date(2025, 1, 1) + timedelta(days=random.randint(0, 100)),
        "term": 30,
        "amortised": 30,
    }
    case["rates"] = {0: next(iter(case["rates"].values()))}
    case["interest_only"] = min(case["interest_only"], 20)
    if case["repayment"] == "level_payment":  # by days the last payment makes up for more than cents
        case["day_count"] = "30/360"
    whole = rows(written(case))
    cut = random.randint(5, 25)
    text = written(case).replace('start = "2025-01"', f'start = "{2025 + cut // 12}-{cut % 12 + 1:02d}"')
    text = text.replace('"2025-01" =', f'"{2025 + cut // 12}-{cut % 12 + 1:02d}" =')
    rest = rows(text + f"opening_balance = {whole['loan.balance'][cut - 1]:.2f}\n")
    for row in ("interest", "principal", "fees", "balance"):
        assert rest[f"loan.{row}"][: 60 - cut] == pytest.approx(whole[f"loan.{row}"][cut:], abs=0.3), row  # 30 x 1 cent
    assert rest["loan.balance"][40] == 0
    assert not any(rest["loan.cash"])


@pytest.mark.parametrize(("first_payment", "day"), [("1 month", "2026-01-01"), ("0 months", "2026-01-15")])
def test_a_payment_bears_the_rate_of_the_month_that_it_is_for(rows, first_payment, day):
    """120,000 at 12 %, and 24 % from July: in arrears the payment of July is for June, in advance for July."""
    rate = '{ "2026-01" = "12%/year", "2026-07" = "24%/year" }'
    text = model(14).replace("2025-01", "2026-01") + loan("120_000", day, "0%/year", "12", "level_payment")
    found = rows(text.replace('rate = "0%/year"', f"rate = {rate}") + f'first_payment = "{first_payment}"\n')
    owed, behind = 120_000.0, first_payment == "1 month"
    for n in range(12):
        t = n + behind
        monthly = 0.02 if t - behind >= 6 else 0.01
        level = owed * monthly / (1 - (1 + monthly) ** -(12 - n))  # anew each month: the same while the rate is
        assert found["loan.interest"][t] == pytest.approx(owed * monthly, abs=0.1)
        assert found["loan.principal"][t] == pytest.approx(level - owed * monthly, abs=0.1)
        owed -= level - owed * monthly
    assert owed == pytest.approx(0, abs=1e-6)
    if behind:
        assert found["loan.interest"][6] == 717.35


def test_survival_pays_the_debt_that_is_already_owed(project):
    """Revenue covers costs by 10 a month, but 1,200 is owed in twelve payments of 100, and 1,000 is in hand."""
    text = (
        model(24, 1000)
        + """
    [revenue.sales]
    kind = "recurring"
    amount = "110/month"
    [costs.rent]
    kind = "recurring"
    amount = "100/month"
    """
    )
    assert project(text).survival.alive
    older = loan("1200", "2024-12-15", "0%/year", "12", "level_principal", "opening_balance = 1200")
    found = project(text + older).survival
    assert (found.alive, found.out_of_cash, found.debt_service) == (False, date(2025, 12, 1), 1200)
    assert project(text + loan("1200", term="6")).survival.alive  # what is not yet drawn is not yet owed
    drawn = """
        [funding.line]
        kind = "credit_line"
        limit = 900
        rate = "12%/year"
        opening_balance = 500
        """
    assert project(text + drawn).survival.debt_service == 505
