"""A firm that sells time: retainers paid after 45 days, projects after two months, VAT handed on when customers pay."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

from .money import months, post

FILE = """
[model]
name         = "Hours & Co"
currency     = "EUR"
start        = "2026-01"
months       = 18
opening_cash = "€180k"
minimum_cash = "€25k"

[drivers.days_sold]
formula = "people_out * days_each"
people_out = { "2026-01" = 3, "2026-07" = 2 }
days_each  = 14

[revenue.retainers]
kind   = "recurring"
amount = "€62k/month"
growth = "2%/month"
collected_after    = "45 days"
opening_receivable = "€90k"

[revenue.projects]
kind   = "usage"
volume = "days_sold"
price  = "€820"
collected_after    = "2 months"
opening_receivable = "€48k"

[costs.team]
kind    = "headcount"
opening = 9
salary  = "€66k/year"
loading = "22%"
raises  = "3%/year"
hires   = { "2026-03-16" = 1, "2026-09" = 2 }

[costs.freelancers]
kind  = "percent_of"
of    = "projects"
share = "40%"
paid_after      = "30 days"
opening_payable = "€12k"

[costs.rent]
kind   = "recurring"
amount = "€6500/month"

[costs.insurance]
kind   = "recurring"
amount = "€14400/year"
every  = "year"
start  = "2026-05-20"

[passthrough.vat]
kind    = "formula"
formula = "rate * (paid - lag(paid, 1)) - (owed if t == 0 else 0)"
rate    = "19%"
owed    = "€17k"

[drivers.paid]
title   = "What customers paid, without VAT"
formula = "retainers.cash + projects.cash"

[events.client_leaves]
title = "The largest client leaves"
date  = "2026-08-01"
takes = { retainers = "35%" }
"""

FIRST = date(2026, 1, 1)


def late(sales: list[Fraction], opening: Fraction, days: int) -> list[Fraction]:
    """What is paid in each month when each day's part is paid so many days later, the opening ones first, evenly.

    What is still owed at a month's end is in whole cents; what is paid is the rest.
    """
    spans, owed = list(months(2026, 1, 18)), [Fraction(0)] * 18
    daily = {FIRST + timedelta(n - days): opening / days for n in range(days)}
    day = FIRST
    for t, (sale, (_, _, length)) in enumerate(zip(sales, spans, strict=True)):
        daily |= {day + timedelta(n): sale / length for n in range(length)}
        day += timedelta(length)
        owed[t] = post(sum((part for sold, part in daily.items() if sold + timedelta(days) >= day), Fraction(0)))
    return [was + sale - left for was, sale, left in zip([opening, *owed], sales, owed, strict=False)]


def flows() -> list[dict[str, Fraction]]:
    """Each line's money, month by month."""
    spans = list(months(2026, 1, 18))
    retainers, projects, team = list[Fraction](), list[Fraction](), list[Fraction]()
    for t, (year, _, length) in enumerate(spans):
        kept = Fraction(65, 100) if t >= 7 else Fraction(1)
        retainers.append(post(62_000 * Fraction(102, 100) ** t * kept))
        projects.append(Fraction((3 if t < 6 else 2) * 14 * 820))
        people = 9 + (t > 2) + Fraction(16, length) * (t == 2) + 2 * (t >= 8)  # from 16 March, 16 of 31 days
        team.append(people * 66_000 / 12 * Fraction(122, 100) * Fraction(103, 100) ** (year - 2026))
    paid = [late(retainers, Fraction(90_000), 45), [Fraction(24_000)] * 2 + projects[:16]]
    to_freelancers = late([p * 2 / 5 for p in projects], Fraction(12_000), 30)
    received = [a + b for a, b in zip(*paid, strict=True)]
    done = []
    for t, (_, month, _) in enumerate(spans):
        before = received[t - 1] if t else Fraction(0)
        done.append(
            {
                "retainers": paid[0][t],
                "projects": paid[1][t],
                "team": -post(team[t]),
                "freelancers": -to_freelancers[t],
                "rent": Fraction(-6_500),
                "insurance": Fraction(-14_400 if month == 5 else 0),
                "vat": post(Fraction(19, 100) * (received[t] - before) - (17_000 if t == 0 else 0)),
            }
        )
    return done


def closing_cash() -> list[Fraction]:
    """Cash at the end of each of 18 months from January 2026."""
    cash, closing = Fraction(180_000), []
    for month in flows():
        cash += sum(month.values())
        closing.append(cash)
    return closing


def below_the_minimum() -> date | None:
    """The first day at whose end less than 25,000 is left; a month's money is even over its days, but the insurance."""
    cash = Fraction(180_000)
    for (year, month, length), lines in zip(months(2026, 1, 18), flows(), strict=True):
        even = sum(amount for name, amount in lines.items() if name != "insurance")
        for day in range(1, length + 1):
            if cash + even * day / length + (lines["insurance"] if day >= 20 else 0) < 25_000:
                return date(year, month, day)
        cash += sum(lines.values())
    return None
