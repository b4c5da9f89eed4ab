"""The printed blocks compute what the engine computes: every path, run alone on floats, comes to the same."""

from __future__ import annotations

import random
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support.drawn_companies import COMPANY, FIRST_MONTH, OPENINGS, after_a_close, credit_lines
from support.paths_alone import agrees

import runway
from runway.engine import days
from runway.engine.ladder import runner_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from runway.program.plan import Plan

    Load = Callable[..., Plan]

pytestmark = pytest.mark.proof


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


def test_a_company_that_was_below_the_minimum_in_a_closed_month() -> None:
    agrees(runway.load(str(Path(__file__).parents[1] / "workbook" / "closed.toml")))


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


@pytest.mark.parametrize("opening", OPENINGS)
def test_a_first_month_that_rises_or_falls(load: Load, opening: str) -> None:
    """No day comes before it, so where it ends above its opening its first day is its lowest."""
    agrees(load(FIRST_MONTH, set={"model.opening_cash": opening}))


@pytest.mark.parametrize("opening", OPENINGS)
def test_so_does_the_first_month_after_a_close(tmp_path: Path, opening: str) -> None:
    agrees(runway.load(after_a_close(tmp_path, opening)))


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


@pytest.mark.parametrize("seed", range(12))
def test_credit_lines(load: Load, seed: int) -> None:
    """A line lifts the days on which cash would dip, and bends nothing."""
    agrees(load(credit_lines(random.Random(f"lines {seed}"))))


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
