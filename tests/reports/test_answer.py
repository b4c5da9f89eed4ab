"""The answer on one screen: at most 30 lines of 80 columns, with the figures of the projection."""

from __future__ import annotations

import re

import pytest

import runway
from runway.render.terminal import report_lines
from runway.render.text import cell_len
from runway.reports.project import report

FERNLY = """
    [model]
    name = "Fernly"
    currency = "USD"
    start = "2026-12"
    months = 36
    opening_cash = 1_305_000
    [costs.team]
    kind = "recurring"
    amount = "156_000/month"
    [revenue.plans]
    kind = "recurring"
    amount = "78_000/month"
"""
EXTENSION = """
    [funding.extension]
    kind = "priced_round"
    title = "Seed extension"
    status = "planned"
    valuation = { value = 12_000_000, basis = "pre_money" }
    [[funding.extension.closings]]
    name = "only"
    date = "2027-04-01"
    amount = 2_000_000
    [captable.holders.ana]
    shares = { common = 1_000_000 }
"""
LOAN = """
    [funding.bank]
    kind = "loan"
    title = "Bank loan"
    amount = 500_000
    date = "2026-12-15"
    rate = "8%/year"
    term = "60 months"
    repayment = "bullet"
    [[funding.bank.covenants]]
    name = "liquidity"
    title = "Liquidity"
    require = "cash >= 800_000"
"""


def screen(projection, width=80, **how) -> list[str]:
    return [line.plain for line in report_lines(report(projection, **how), width)]


def test_the_answer_of_a_company_with_a_planned_round(project):
    """1,305 at 78 a month last 16 months and 57 / 78 of April 2028, to the 22nd.

    To the 22nd of October 2029 34 months and 21 of 31 days are spent, 2,704.8: 1,399.8 more, and of 13,399.8 10.4%.
    """
    lines = screen(project(FERNLY + EXTENSION))
    assert lines[:11] == [
        "Fernly · base · Dec 2026 – Nov 2029 · USD thousands",
        "",
        "  16.7 months left      cash is out on 22 Apr 2028; counting what is certain",
        "                        (--counting)",
        "  raise by 22 Oct 2027  a round takes 6 months; 1,399.8 lasts until 22 Oct 2029",
        "                        and costs 10.4% at 12,000.0 pre-money",
        "",
        "                                  months left  cash out     18 months more need",
        "  cash in hand, + certain,               16.7  22 Apr 2028              1,399.8",
        "  + conditional",
        "  + planned                               36+  –                              –",
    ]
    assert "  burn 78.0 a month: 156.0 spent, 78.0 received (Dec 2026 – Feb 2027)" in lines
    assert any("Seed extension" in line for line in lines)  # named below its mark
    assert any("▼" in line and "△" in line for line in lines)


@pytest.mark.parametrize("width", [80, 100, 200])
def test_no_line_is_wider_than_the_terminal(width):
    assert max(map(cell_len, screen(runway.project("saas-startup"), width))) <= width


def test_a_covenant_that_fails_before_the_cash_stands_above_all(project):
    found = project(FERNLY + LOAN)
    first = found.covenants[0].breached_certain
    text = " ".join(" ".join(screen(found)).split())
    assert f"covenant first Liquidity of Bank loan does not hold on {first.day} {first:%b %Y}" in text


def test_after_a_close_it_says_what_the_plan_had_said():
    found = runway.project("saas-startup-actuals")
    plan = runway.variance("saas-startup-actuals")
    rung = plan.runway[1].plan
    assert found.planned.months == rung.months
    above = next(line.year_to_date.variance for line in plan.lines if line.address == "total.revenue")
    assert found.planned.revenue_above == pytest.approx(above)
    said = f"was {rung.months:.1f} in the plan, revenue {-above / 1000:.2f} below it"
    assert said in " ".join(" ".join(screen(found)).split())


@pytest.mark.parametrize(
    ("opening", "said"),
    [
        (-5_000, "no months left"),
        (0, "no months left"),
        (1_000_000_000, "36+ months left"),
    ],
)
def test_out_of_cash_already_or_never(project, opening, said):
    lines = screen(project(FERNLY, set={"model.opening_cash": opening}))
    assert lines[3].startswith(f"  {said}")
    assert len(lines) <= 30


def test_the_figure_to_watch_is_what_two_projections_say(project):
    """Salaries of 156 a month a tenth up and down: 1,305 over 93.6 and over 62.4 a month."""
    found = project(FERNLY)
    watch = found.watch[0]
    assert (watch.address, watch.stated) == ("team.amount", False)
    for months, amount in ((watch.months_at_low, 140_400), (watch.months_at_high, 171_600)):
        assert months == project(FERNLY, set={"team.amount": f"{amount}/month"}).runway[0].months


def test_sections_are_picked_and_unknown_ones_refused(capsys):
    from runway.cli import main

    assert main(["project", "saas-startup", "--show", "funding, covenants"]) == 0
    text = capsys.readouterr().out
    assert re.findall(r"^  ([A-Z]{5,})  ", text, re.MULTILINE) == ["FUNDING", "COVENANTS"]
    assert main(["project", "saas-startup", "--show", "funding,cahs"]) == 2
    assert "The report has no section cahs. Did you mean cash?" in capsys.readouterr().err


def test_the_whole_leaves_out_what_says_nothing():
    """A seed closed before the first month, and nothing else: nothing is open."""
    whole = "\n".join(screen(runway.project("openai-2024"), full=True))
    assert "FUNDING" not in whole
    assert "USE OF PROCEEDS" not in whole
    assert "CASH FLOW" in whole


def test_the_bundled_case_says_so_first(capsys, tmp_path, monkeypatch):
    from runway.cli import main

    monkeypatch.chdir(tmp_path)
    assert main(["project"]) == 0
    assert capsys.readouterr().out.startswith("the bundled case openai-2025 · ")
    assert main([]) == 0
    assert capsys.readouterr().out.startswith("runway init")
    assert main(["init"]) == 0
    capsys.readouterr()
    assert main([]) == 0
    assert "months left" in capsys.readouterr().out.splitlines()[2]


@pytest.mark.parametrize(
    ("day", "left"), [("2026-10-15", 37), ("2026-11-30", 36), ("2027-03-10", 32), ("2029-11-30", 0)]
)
def test_what_lasts_counts_the_months_from_the_day_to_the_end(project, day, left):
    """Of 36 months from December 2026; a day before them counts those up to the first, as a rung that ends does."""
    text = FERNLY.replace("78_000", "178_000").replace("1_305_000", f'1_305_000\n    as_of = "{day}"')
    lines = screen(project(text))
    assert any(line.strip().startswith(f"{left}+ months left") for line in lines)
    assert any(re.fullmatch(rf"  cash in hand +{left}\+", line.rstrip()) for line in lines)
