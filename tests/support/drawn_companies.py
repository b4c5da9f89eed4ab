"""Companies of which much is drawn, for what runs many paths of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from pathlib import Path

COMPANY = """
[model]
name = "Company"
start = "2025-01"
months = 30
opening_cash = "400k to 900k"
minimum_cash = "20k"
interest = "3%/year"

[drivers.users]
opening = "900 to 1100"
formula = "prev(users) * (1 + growth) + lag(users, 3) * 0.01"
growth = "3% to 9%/month"

[revenue.subs]
kind = "subscription"
opening = 200
acquisition = "2% to 7%/month"
churn = { value = "2%/month", low = "1%/month", high = "5%/month", distribution = "pert" }
price = { "2025-01" = "$90 to $110/month", "2026-01" = "$120/month" }
collected_after = "20 to 70 days"
opening_receivable = 15_000

[revenue.yearly]
kind = "recurring"
amount = "$3k to $6k/month"
growth = "1% to 3%/month"
billed = "yearly"
start = "2025-03-01"
opening_deferred = 0

[revenue.extra]
kind = "formula"
formula = "max(0, users - 1000) * a_user if users > 950 and not outage else min(500, sum_last(users, 3) / 10)"
a_user = "1 to 3"

[costs.payroll]
kind = "headcount"
opening = 9
hires = { "2025-06" = 3 }
salary = "$60k to $90k/year"

[costs.rent]
kind = "recurring"
amount = "$300 to $500/day"
growth = "2% to 8%/year"
growth_step = "yearly"

[costs.ads]
kind = "formula"
formula = "exp(log(total.revenue + 1) * power) + cumulative(users) * 0.001"
power = { value = 0.8, low = 0.75, high = 0.85, distribution = "uniform" }

[capital.lab]
kind = "spread"
amount = "200k to 300k"
from = "2025-05-10"
to = "2026-08-20"
written_off_over = "24 months"

[costs.fair]
kind = "one_off"
amount = "20k to 60k"
date = "2025-04-10 to 2025-09-20"

[tax]
rate = "20% to 30%"
opening_losses = "50k"
assessed = "yearly"
paid = "quarterly"

[events.outage]
date = "2025-08-10 to 2025-12-20"
days = 5
takes = { subs = "50%" }
raises_churn = { subs = "1%/month" }
raised_for = "3 months"

[events.approval]
date = "2025-10-01 to 2026-03-31"
probability = "70%"

[funding.seed]
kind = "priced_round"
commitments = [{ investor = "one", amount = "500k" }, { investor = "two", amount = "500k" }]

[[funding.seed.closings]]
name = "first"
date = "2025-03-15"
amount = "400k"
slip = { value = "1 month", low = "0 months", high = "5 months" }

[[funding.seed.closings]]
name = "second"
date = "2025-11-10"
amount = "600k"
requires = "prev(total.revenue) > 21000"
by = "2026-06-30"

[[funding.seed.clauses]]
name = "cut"
cuts = "two"
to = "350k"
unless = "approval"
by = "2025-12-31"

[[funding.seed.earmarks]]
for = "lab"
amount = "150k"
from = "first"

[funding.bonus]
kind = "grant"
status = "planned"
amount = "30k to 60k"
date = "2026-02-10"
requires = "approval or prev(total.revenue) > 30000"
"""


FIRST_MONTH = """
[model]
name = "Opening"
start = "2026-01"
months = 4
opening_cash = "500k"
minimum_cash = "9k"
interest = "2%/year"

[revenue.sales]
kind = "recurring"
amount = "$80k to $120k/month"

[costs.team]
kind = "recurring"
amount = "$70k to $130k/month"

[costs.fee]
kind = "one_off"
amount = "500"
date = "2026-01-01 to 2026-02-20"

[tax]
rate = "20%"
paid = "monthly"
opening_payable = 12_000
"""
"""Rises on some paths and falls on others, on some of them by what is paid on its last day."""
OPENINGS = ("500k", "20k", "9k", "8k", "100")  # above its minimum, at it and below it
CLOSED = """
[actuals]
file = "books.csv"
last_close = "2025-12"

[actuals.mapping]
"Costs" = "team"
"Bank" = "cash"
"""


def after_a_close(folder: Path, opening: str) -> str:
    """The file of the same company whose books closed a month before, in which nothing moved."""
    (folder / "books.csv").write_text("date,account,amount\n2025-12-31,Costs,0\n2025-12-31,Bank,0\n", encoding="utf-8")
    text = FIRST_MONTH.replace("2026-01", "2025-12", 1).replace('"500k"', f'"{opening}"')
    (folder / "closed.toml").write_text(text + CLOSED, encoding="utf-8")
    return str(folder / "closed.toml")


def credit_lines(draw: random.Random) -> str:
    """A company that leans on two credit lines, with money on first, last and other days of a month."""
    day = draw.choice(["2025-03-01", "2025-05-31", "2025-04-17", "2025-04-01 to 2025-08-20"])
    earmark = """
        [capital.lab]
        kind = "spread"
        amount = "150k to 250k"
        from = "2025-03-01"
        to = "2026-02-28"
        [[funding.seed.earmarks]]
        for = "lab"
        amount = "100k"
        """
    return f"""
        [model]
        name = "Lines"
        start = "2025-01"
        months = 16
        opening_cash = "100k to 300k"
        minimum_cash = "20k"
        interest = "2%/year"
        [passthrough.flow]
        kind = "formula"
        formula = "drift + swing"
        drift = "{draw.randint(-40, 5)}k to {draw.randint(6, 30)}k"
        swing = {{ "2025-01" = 0, "2025-05" = "-60k to 40k", "2025-09" = "-20k to 60k" }}
        [costs.bill]
        kind = "one_off"
        amount = "10k to 90k"
        date = "{day}"
        [tax]
        rate = "25%"
        [funding.seed]
        kind = "priced_round"
        [[funding.seed.closings]]
        name = "only"
        date = "{draw.choice(["2025-02-01", "2025-03-31", "2025-03-12"])}"
        amount = "{draw.randint(50, 300)}k"
        {earmark if draw.random() < 0.5 else ""}
        [funding.bank]
        kind = "credit_line"
        limit = "{draw.randint(20, 200)}k"
        rate = "9%/year"
        commitment_fee = "1%/year"
        by = "{draw.choice(["2025-10-20", "2026-12-31"])}"
        [funding.other]
        kind = "credit_line"
        limit = "{draw.randint(20, 200)}k"
        rate = "6% to 12%/year"
        floor = "{draw.randint(0, 60)}k"
        date = "2025-03-15"
        """
