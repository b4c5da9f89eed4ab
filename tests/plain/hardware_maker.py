"""A maker of devices: 30 % with the order, the rest 30 days after delivery; suppliers, VAT, an overdraft and a loan.

A device is ordered, built a month later and delivered two months after that, so that each month's deliveries were
ordered three months before.
"""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

from .money import months, post

FILE = """
[model]
name         = "Kettle Works"
currency     = "USD"
start        = "2026-01"
months       = 24
opening_cash = "$180k"
minimum_cash = "$50k"

[drivers.orders]
formula = "first * (1 + growth) ** t"
first   = 120
growth  = "3%/month"

[drivers.built]
formula = "lag(orders, 1) if t >= 1 else before"
before  = 110

[drivers.delivered]
formula = "lag(orders, 3) if t >= 3 else built.before"

[drivers.invoiced]
title   = "What VAT is on: a deposit with the order, the rest with the delivery, less what suppliers charge"
formula = "deposits.price * (deposits.share * orders + (1 - deposits.share) * delivered) - materials.cost"

[drivers.quarter]
title   = "Invoiced in the three months before"
formula = "lag(invoiced, 1) + lag(invoiced, 2) + lag(invoiced, 3)"

[revenue.deposits_earned]
kind   = "usage"
volume = "delivered * deposits.share"
price  = "$900"

[revenue.balances]
kind   = "usage"
volume = "delivered * (1 - deposits.share)"
price  = "$900"
collected_after    = "30 days"
opening_receivable = "$69_300"

[passthrough.deposits]
title   = "Deposits held: in with the order, earned with the delivery"
kind    = "formula"
formula = "share * price * (orders - delivered)"
share   = "30%"
price   = "$900"

[passthrough.vat]
title   = "VAT: in with each month, paid on in the month after a quarter"
kind    = "formula"
formula = "rate * invoiced - (rate * quarter + (owed if t == 0 else 0)) * (mod(month, 3) == 1)"
rate    = "20%"
owed    = "$33k"

[costs.materials]
kind   = "usage"
volume = "built"
price  = "$430"
paid_after      = "60 days"
opening_payable = "$93k"

[costs.team]
kind    = "headcount"
opening = 7
salary  = "$84k/year"
loading = "18%"
hires   = { "2026-06-11" = 1 }

[costs.rent]
kind   = "recurring"
amount = "$9k/month"

[costs.warranty]
kind  = "percent_of"
of    = "deposits_earned + balances"
share = "2.5%"

[capital.tooling]
kind   = "one_off"
amount = "$240k"
date   = "2026-05-12"

[funding.overdraft]
kind  = "credit_line"
limit = "$150k"
rate  = "9%/year"
commitment_fee = "1%/year"

[funding.bank_loan]
kind          = "loan"
amount        = "$400k"
date          = "2026-03-10"
rate          = "10%/year"
interest_only = "3 months"
term          = "24 months"
repayment     = "level_payment"
fee           = "1%"
"""

SPANS = list(months(2026, 1, 24))
ORDERED = [120 * Fraction(103, 100) ** t for t in range(24)]
BUILT = [Fraction(110), *ORDERED[:23]]
DELIVERED = [Fraction(110)] * 3 + ORDERED[:21]
PRICE, DEPOSIT, FLOOR, LIMIT = Fraction(900), Fraction(3, 10), Fraction(50_000), Fraction(150_000)
OPENING = Fraction(180_000)


def late(amounts: list[Fraction], opening: Fraction, days: int) -> list[Fraction]:
    """What is paid in each month when each day's part is paid so many days later; what is then owed is in cents."""
    first, owed = date(2026, 1, 1), list[Fraction]()
    daily = {first + timedelta(n - days): opening / days for n in range(days)}
    end = first
    for amount, (_, _, length) in zip(amounts, SPANS, strict=True):
        daily |= {end + timedelta(n): amount / length for n in range(length)}
        end += timedelta(length)
        owed.append(post(sum((part for day, part in daily.items() if day + timedelta(days) >= end), Fraction(0))))
    return [was + amount - left for was, amount, left in zip([opening, *owed], amounts, owed, strict=False)]


def trade() -> list[Fraction]:
    """What comes in and goes out evenly over each month: customers, suppliers, VAT, the team, rent, warranty."""
    balances = [post(PRICE * (1 - DEPOSIT) * n) for n in DELIVERED]
    earned = [post(PRICE * DEPOSIT * n) for n in DELIVERED]
    materials = [post(430 * n) for n in BUILT]
    from_customers, to_suppliers = late(balances, Fraction(69_300), 30), late(materials, Fraction(93_000), 60)
    invoiced = [
        PRICE * DEPOSIT * ordered + PRICE * (1 - DEPOSIT) * delivered - bought
        for ordered, delivered, bought in zip(ORDERED, DELIVERED, materials, strict=True)
    ]
    done = []
    for t, (_, month, length) in enumerate(SPANS):
        quarter = sum(invoiced[max(0, t - 3) : t], Fraction(0)) / 5 + (33_000 if t == 0 else 0)
        people = 7 + (t > 5) + Fraction(20, length) * (t == 5)  # from 11 June, 20 of 30 days
        done.append(
            from_customers[t]
            + earned[t]
            + post(PRICE * DEPOSIT * (ORDERED[t] - DELIVERED[t]))
            + post(invoiced[t] / 5 - (quarter if month % 3 == 1 else 0))
            - to_suppliers[t]
            - post(people * 84_000 / 12 * Fraction(118, 100))
            - 9_000
            - post(Fraction(25, 1000) * (earned[t] + balances[t]))
        )
    return done


def loan() -> list[Fraction]:
    """What the loan moves on the tenth of each month: 400,000 less a fee of 1 %, thrice interest, 21 level ones."""
    rate, moves, owed = Fraction(10, 1200), [Fraction(0)] * 24, Fraction(400_000)
    moves[2] = owed - 4_000
    level = post(owed * rate / (1 - (1 + rate) ** -21))
    for t in range(3, 24):
        interest = post(owed * rate)
        principal = level - interest if t >= 6 else Fraction(0)
        moves[t] = -interest - principal
        owed -= principal
    return moves


def run(limit: Fraction = LIMIT, borrowed: bool = True) -> tuple[list[Fraction], list[Fraction], date | None]:
    """Cash and what the overdraft lends at the end of each month, and the first day that it cannot keep the minimum.

    The line lends on the last day what the month's end lacks and is repaid from what is above the minimum; interest on
    what was owed when the month began and a fee on what was not are paid on that day.
    """
    cash, owed, closing, drawn, out = OPENING, Fraction(0), list[Fraction](), list[Fraction](), None
    for t, ((year, month, length), even, lent) in enumerate(zip(SPANS, trade(), loan(), strict=True)):
        bank = lent if borrowed else Fraction(0)
        tooling = Fraction(240_000) if t == 4 else Fraction(0)
        for day in range(1, length):
            free = cash + even * day / length + bank * (day >= 10) - tooling * (day >= 12)
            if out is None and free + limit - owed < FLOOR:
                out = date(year, month, day)
        free = cash + even + bank - tooling - post(owed * 9 / 1200) - post((limit - owed) / 1200)
        draw = min(limit - owed, FLOOR - free) if free < FLOOR else -min(owed, free - FLOOR)
        cash, owed = free + draw, owed + draw
        if out is None and cash < FLOOR:
            out = date(year, month, length)
        closing.append(cash)
        drawn.append(owed)
    return closing, drawn, out
