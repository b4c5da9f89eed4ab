"""The printed blocks compute what the engine computes: every path, run alone on floats, comes to the same."""

from __future__ import annotations

import random
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support.paths_alone import agrees

import runway
from runway.engine import days
from runway.engine.ladder import runner_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from runway.program.plan import Plan

    Load = Callable[..., Plan]

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


def test_a_company_with_everything(load: Load) -> None:
    agrees(load(COMPANY))


@pytest.mark.parametrize("left_out", ["[tax]", "[funding.seed]", "[events.outage]", "[costs.fair]", "[capital.lab]"])
def test_a_company_with_most(load: Load, left_out: str) -> None:
    """Other parts in play print other steps."""
    parts = COMPANY.split("\n\n")
    name = left_out.strip("[]").split(".")[-1]
    kept = [part for part in parts if left_out not in part and f"[[funding.{name}" not in part]
    text = "\n\n".join(kept)
    if left_out == "[events.outage]":
        text = text.replace(" and not outage", "")
    if left_out == "[capital.lab]":
        text = text.replace('[[funding.seed.earmarks]]\nfor = "lab"\namount = "150k"\nfrom = "first"\n', "")
    agrees(load(text))


@pytest.mark.parametrize("day", [days.FIRST, 12])
def test_tax_on_another_day(load: Load, monkeypatch: pytest.MonkeyPatch, day: int) -> None:
    """Paid on the last day it bends no month's cash; on any other it does, and that is said where days are."""
    monkeypatch.setitem(days.FIXED_DAYS, "cash.tax", day)
    text = "\n\n".join(part for part in COMPANY.split("\n\n") if "[funding." not in part and "costs.fair" not in part)
    agrees(load(text))


@pytest.mark.parametrize("name", ["openai-2025", "saas-startup", "venture-debt"])
def test_a_month_ends_with_the_cash_of_its_row(name: str) -> None:
    """What moves on which day adds up to the month, whatever the rules of days are."""
    reader = runner_of(runway.load(name))
    rows = reader.engine.run()
    daily = reader.days(rows, {})
    for t, length in enumerate(reader.layout.days):
        assert daily.month(t)[0](length) == pytest.approx(rows["unrestricted_cash"][t], abs=0.01)


@pytest.mark.parametrize("months", [5, 12, 30])
def test_a_block_that_runs_dry_in_one_month(load: Load, months: int) -> None:
    """On every path the last month's numbers are those of the month itself, not of the months computed after it."""
    agrees(
        load(f"""
        [model]
        name = "All at once"
        start = "2026-01"
        months = {months}
        opening_cash = "500k"
        [costs.team]
        kind = "recurring"
        amount = "$98k to $102k/month"
        growth = "10%/month"
        """)
    )


@pytest.mark.parametrize("name", ["openai-2025", "openai-2024", "saas-startup", "lemonade"])
def test_the_bundled_models(name: str) -> None:
    agrees(runway.load(name))


def test_the_reference_model_of_the_benchmark() -> None:
    """Without its monthly noise, which a single run cannot be told."""
    path = Path(__file__).parent.parent / "benchmarks" / "reference.toml"
    agrees(runway.load(str(path), set={"payers.noise": "0%/month"}))


def test_certain_intervals_are_the_projection(load: Load) -> None:
    """Half a cent for each posting so far is all that posting makes."""
    certain = load(_certain(COMPANY))
    found = runway.simulate(certain, paths=10, counting="planned")
    base = runway.project(certain)
    posted = sum(row.posted for row in certain.program.rows)  # type: ignore[union-attr]
    for month, (quantiles, cash) in enumerate(zip(found.cash, base.rows["cash"], strict=True), 1):
        assert {e.value for e in quantiles} == {quantiles[0].value}
        assert quantiles[0].value == pytest.approx(cash, abs=0.005 * posted * month)
    for risk, rung in zip(found.risks, base.runway, strict=True):
        assert {moment.date for moment in risk.runway} == {rung.zero_cash_date}
    assert found.drivers == ()


def _certain(text: str) -> str:
    """Every range narrowed to one number: both ends and the value are its lower end."""
    import re

    text = re.sub(r'"(\$?)([\d.]+)(k?|%?|) to \$?([\d.]+)(k|%)?(/\w+| days)?"', _one, text)
    text = re.sub(r'"(\d{4}-\d\d-\d\d) to \d{4}-\d\d-\d\d"', r'{ value = "\1", low = "\1", high = "\1" }', text)
    text = text.replace('low = "1%/month", high = "5%/month"', 'low = "2%/month", high = "2%/month"')
    text = text.replace('low = "0 months", high = "5 months"', 'low = "1 month", high = "1 month"')
    text = text.replace("low = 0.75, high = 0.85", "low = 0.8, high = 0.8")
    return text.replace('probability = "70%"', 'probability = "100%"')


def _one(match: Any) -> str:
    mark, low, _, _, scale, unit = match.groups()
    one = f'"{mark}{low}{scale or ""}{unit or ""}"'
    return f"{{ value = {one}, low = {one}, high = {one} }}"


def test_closings_that_slip_by_days(load: Load) -> None:
    """From the last days of January on, over February, with a condition and a delay of their own."""
    slip = 'slip = { value = "10 days", low = "0 days", high = "70 days" }'
    closing = f'name = "{{}}"\ndate = "2025-01-30"\namount = 900\n{slip}\n'
    text = '[costs.rent]\nkind = "recurring"\namount = "300/month"\n[funding.seed]\nkind = "priced_round"\n'
    for name, requires in (("first", ""), ("second", 'requires = "prev(cash) <= 999_800"\n')):
        text += f"[[funding.seed.closings]]\n{closing.replace('{}', name)}{requires}"
    agrees(load(text))
    agrees(load(text, set={"levers.delay": "3 weeks"}))


def _lines(draw: random.Random) -> str:
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


@pytest.mark.parametrize("seed", range(12))
def test_credit_lines(load: Load, seed: int) -> None:
    """A line lifts the days on which cash would dip, and bends nothing."""
    agrees(load(_lines(random.Random(f"lines {seed}"))))


@pytest.mark.parametrize("day", ["2025-04-01", "2025-04-30", "2025-04-17"])
@pytest.mark.parametrize("money", ["amount = 90k", 'amount = "20k to 160k"'])
def test_money_on_a_day_that_is_known(load: Load, day: str, money: str) -> None:
    """On the first or on the last day of a month it may bend nothing, either way that it goes."""
    text = """
        [model]
        name = "One day"
        start = "2025-03"
        months = 4
        opening_cash = "20k to 150k"
        [passthrough.flow]
        kind = "formula"
        formula = "drift"
        drift = "-70k to 70k"
        """
    for section in ("costs", "revenue"):
        part = f'[{section}.day]\nkind = "one_off"\ndate = "{day}"\n{money.replace("90k", chr(34) + "90k" + chr(34))}\n'
        agrees(load(text + part))
