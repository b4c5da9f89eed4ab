"""The metrics as rows: published worked examples, a plain second calculation, and what does not exist."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import isnan
from typing import TYPE_CHECKING, Any

import pytest

import runway
from runway.cli import main
from runway.engine.run import Engine
from runway.errors import InputError
from runway.files.document import Document, bundled_models
from runway.language.python import formula_text
from runway.language.tree import walk
from runway.program.metrics import METRICS, WINDOWS, address, with_metrics
from runway.program.program import compile_model

if TYPE_CHECKING:
    from pathlib import Path

Load = Callable[..., Any]
Rows = Mapping[str, list[float]]
COLUMNS = ("opening", "new", "expansion", "contraction", "churned")


def every(plan: Any) -> Rows:
    """Every row of a plan, those of the metrics among them."""
    plan = with_metrics(plan)
    return Engine(plan.program, plan.model.document, whole=True).run()


def bridge(rows: Rows, t: int, of: str = "metrics") -> list[float]:
    return [rows[f"{of}.{part}_mrr"][t] for part in COLUMNS]


def test_s01_the_bridge_of_mrr(load: Load) -> None:
    """revenuecalculators.com/calculators/mrr-growth: 18,000 + 2,800 + 700 - 300 - 900 = 20,300.

    180 customers at 100: a twentieth leaves, 28 of those who join stay; 700 and 300 are of the 17,100 that stay.
    """
    rows = every(
        load(f"""
        [revenue.plan]
        kind = "subscription"
        opening = 180
        signups = "{28 / 0.95}/month"
        churn = "5%/month"
        expansion = "{100 * 700 / 17_100}%/month"
        contraction = "{100 * 300 / 17_100}%/month"
        price = "$100/month"
        """)
    )
    assert bridge(rows, 0) == pytest.approx([18_000, 2_800, 700, 300, 900], abs=0.005)
    assert rows["total.mrr"][0] == pytest.approx(20_300)
    assert rows["total.arr"][0] == pytest.approx(12 * 20_300)
    assert rows["metrics.net_new_mrr"][0] == pytest.approx(2_300)
    assert rows["metrics.net_revenue_retention"][0] == pytest.approx(0.9722, abs=5e-5)
    assert rows["metrics.gross_revenue_retention"][0] == pytest.approx(0.9333, abs=5e-5)
    assert rows["plan.revenue"][0] == pytest.approx(20_300)


def test_s02_net_revenue_retention_counts_contraction(load: Load) -> None:
    """pitchkit.net/learn/glossary/ndr: 100k + 15k - 3k - 5k are 107 %, and 92 % gross, whoever joins beside them."""
    for joined in (0, 400):
        rows = every(
            load(f"""
            [revenue.plan]
            kind = "subscription"
            opening = 1000
            signups = "{joined}/month"
            churn = "5%/month"
            expansion = "{100 * 15 / 95}%/month"
            contraction = "{100 * 3 / 95}%/month"
            price = "$100/month"
            """)
        )
        assert rows["metrics.net_revenue_retention"][0] == pytest.approx(1.07, abs=1e-6)
        assert rows["metrics.gross_revenue_retention"][0] == pytest.approx(0.92, abs=1e-6)


@pytest.mark.parametrize(
    ("cac", "arpa", "margin", "churn", "ltv", "ratio", "payback"),
    [(500, 50, 80, 3, 1_333, 2.67, 12.5), (2_000, 200, 85, 1, 17_000, 8.5, 11.8)],
)
def test_s05_unit_economics(
    load: Load, cac: int, arpa: int, margin: int, churn: int, ltv: float, ratio: float, payback: float
) -> None:
    """primecalcpro.com, SaaS unit economics calculator; ten customers won each month, whatever the period."""
    rows = every(
        load(f"""
        [revenue.plan]
        kind = "subscription"
        opening = 1000
        signups = "{10 / (1 - churn / 100)}/month"
        churn = "{churn}%/month"
        price = "${arpa}/month"

        [costs.delivery]
        kind = "percent_of"
        of = "plan"
        share = "{100 - margin}%"
        cost_of = "revenue"

        [costs.sales]
        kind = "recurring"
        amount = "{10 * cac}/month"
        acquires = "plan"
        """)
    )
    for window in WINDOWS:
        values = {metric.key: rows[address(metric.key, window)][-1] for metric in METRICS}
        assert values["cac"] == pytest.approx(cac) == rows[address("cac", window, "plan")][-1]
        assert values["arpa"] == pytest.approx(arpa, abs=0.005)
        assert values["gross_margin"] == pytest.approx(margin / 100, abs=1e-6)
        assert values["customer_churn"] == pytest.approx(churn / 100)
        assert values["ltv"] == pytest.approx(ltv, abs=0.5)
        assert values["ltv_to_cac"] == pytest.approx(ratio, abs=0.005)
        assert values["cac_payback"] == pytest.approx(payback, abs=0.05)


def test_s07_the_rule_of_40(load: Load) -> None:
    """pitchkit.net/learn/glossary/rule-of-40: 55 % of growth and a margin of -10 % are 45."""
    rows = every(
        load("""
        [model]
        name = "x"
        start = "2025-01"
        months = 24
        opening_cash = 1_000_000

        [revenue.sales]
        kind = "formula"
        formula = "1000 if t < 12 else 1550"

        [costs.all]
        kind = "formula"
        formula = "1.1 * sales"
        """)
    )
    for window in WINDOWS:
        assert rows[address("rule_of_40", window)][23] == pytest.approx(0.45)
    assert [isnan(rows["metrics.rule_of_40"][t]) for t in (11, 12)] == [True, False]
    assert [isnan(rows["metrics.quarter.rule_of_40"][t]) for t in (13, 14)] == [True, False]
    assert [isnan(rows["metrics.year.rule_of_40"][t]) for t in (22, 23)] == [True, False]


def test_s08_the_magic_number(load: Load) -> None:
    """metricgen.io/blog/rule-of-40-composite-metrics: 20k more MRR x 12 over the 50k of the month before are 4.8."""
    rows = every(
        load("""
        [revenue.plan]
        kind = "formula"
        formula = "100_000 if t == 0 else 120_000"
        recurring = true

        [costs.sales]
        kind = "formula"
        formula = "50_000 if t == 0 else 999_999"
        acquires = "revenue"
        """)
    )
    assert rows["metrics.magic_number"][1] == pytest.approx(4.8)
    quarter = 4 * (3 * 120_000 - 340_000) / (50_000 + 2 * 999_999)
    assert rows["metrics.quarter.magic_number"][5] == pytest.approx(quarter)


def test_p28_the_headline_reads_the_row(load: Load) -> None:
    """winsabove.com/glossary/burn-multiple, after D. Sacks: 12M burned for 5M more ARR are 2.4, on the headline too."""
    plan = load("""
        [model]
        name = "x"
        start = "2025-01"
        months = 24
        opening_cash = 50_000_000

        [revenue.plan]
        kind = "formula"
        formula = "(6_000_000 + 5_000_000 * t / 12) / 12"
        recurring = true

        [costs.all]
        kind = "formula"
        formula = "plan + 1_000_000"
        """)
    rows = every(plan)
    assert rows["metrics.year.burn_multiple"][12] == pytest.approx(2.4) == runway.project(plan).burn_multiple
    assert rows["metrics.quarter.burn_multiple"][12] == pytest.approx(2.4) == rows["metrics.burn_multiple"][12]


COMPANY = """
    [model]
    name = "x"
    start = "2025-01"
    months = 30
    opening_cash = 1_000_000

    [revenue.monthly]
    kind = "subscription"
    opening = 100
    signups = { "2025-01" = "8/month", "2026-01" = "11/month" }
    churn = { "2025-01" = "3%/month", "2025-09" = "5%/month" }
    expansion = "1.5%/month"
    contraction = "0.5%/month"
    price = { "2025-01" = "$90/month", "2025-06" = "$80/month", "2026-02" = "$100/month" }

    [revenue.yearly]
    kind = "subscription"
    opening = 40
    signups = "3/month"
    churn = "1%/month"
    price = "$200/month"
    billed = "yearly"
    opening_deferred = 50_000

    [revenue.support]
    kind = "formula"
    formula = "4000 + 300 * min(t, 9) - 100 * max(0, t - 12)"
    recurring = true

    [revenue.setup]
    kind = "formula"
    formula = "500"

    [costs.hosting]
    kind = "percent_of"
    of = "monthly"
    share = "20%"
    cost_of = "monthly"

    [costs.ads]
    kind = "recurring"
    amount = "$5000/month"
    growth = "2%/month"
    acquires = "monthly"

    [costs.sales]
    kind = "headcount"
    opening = 2
    salary = "$6000/month"
    hires = { "2025-07-01" = 1 }
    acquires = "revenue"
    """


def customers(opening: float, signups: Callable[[int], float], churn: Callable[[int], float], months: int) -> Any:
    """Each month's customers at its end, those won and those lost, by hand."""
    there, found = opening, []
    for t in range(months):
        won, lost = signups(t) * (1 - churn(t)), there * churn(t)
        there += won - lost
        found.append((there, won, lost))
    return found


def test_a_plain_second_calculation(load: Load) -> None:
    """Customers and what they pay month by month, each line by itself, without a formula of the program."""
    rows, months = every(load(COMPANY)), 30

    def churn(t: int) -> float:
        return 0.03 if t < 8 else 0.05

    def price(t: int) -> float:
        return 90 if t < 5 else 80 if t < 13 else 100

    monthly = customers(100, lambda t: 8 if t < 12 else 11, churn, months)
    yearly = customers(40, lambda _: 3, lambda _: 0.01, months)
    paid = 100 * 90.0  # of monthly, before the first month
    support = [4000 + 300 * min(t, 9) - 100 * max(0, t - 12) for t in range(months)]
    net, gross = {"monthly": [], "yearly": [0.99] * months}, {"monthly": [], "yearly": [0.99] * months}
    before = {"monthly": [], "yearly": [], "support": [support[0], *support[:-1]]}
    mrr = []
    for t in range(months):
        stayed = paid * (1 - churn(t)) * (1 + 0.015 - 0.005) * price(t) / price(max(0, t - 1))
        new, churned = monthly[t][1] * price(t), paid * churn(t)
        change, less = stayed - (paid - churned), (paid - churned) * 0.005
        contraction = max(less, -change)
        before["monthly"].append(paid)
        before["yearly"].append(200 * (40 if t == 0 else yearly[t - 1][0]))
        assert bridge(rows, t, "monthly") == pytest.approx(
            [paid, new, change + contraction, contraction, churned], abs=0.02
        )
        net["monthly"].append(stayed / paid)
        gross["monthly"].append((paid - churned - contraction) / paid)
        paid = stayed + new
        mrr.append(paid + 200 * yearly[t][0] + support[t])
        assert rows["total.mrr"][t] == pytest.approx(mrr[t], abs=0.02)
        assert sum(bridge(rows, t)[:3]) - sum(bridge(rows, t)[3:]) == pytest.approx(rows["total.mrr"][t], abs=1e-6)
    for window, n in WINDOWS.items():
        for key, kept in (("net", net), ("gross", gross)):
            row = rows[address(f"{key}_revenue_retention", window)]
            assert all(map(isnan, row[: n - 1]))
            for t in range(n - 1, months):
                left = start = 0.0
                for line, ratios in kept.items():
                    share = 1.0
                    for k in range(n):
                        share *= ratios[t - k]
                    left += before[line][t - n + 1] * share
                    start += before[line][t - n + 1]
                assert row[t] == pytest.approx(left / start, rel=1e-5)
    spent = [5000 * 1.02**t + 6000 * (2 if t < 6 else 3) for t in range(months)]
    won = [monthly[t][1] + yearly[t][1] for t in range(months)]
    for window, n in WINDOWS.items():
        for t in range(months):
            last = range(max(0, t - n + 1), t + 1)
            cac = sum(spent[k] for k in last) / sum(won[k] for k in last)
            assert rows[address("cac", window)][t] == pytest.approx(cac, rel=1e-6)
            ads = sum(5000 * 1.02**k for k in last) / sum(monthly[k][1] for k in last)
            assert rows[address("cac", window, "monthly")][t] == pytest.approx(ads, rel=1e-6)
            there = sum((100 if k == 0 else monthly[k - 1][0]) + (40 if k == 0 else yearly[k - 1][0]) for k in last)
            lost = sum(monthly[k][2] + yearly[k][2] for k in last) / there
            assert rows[address("customer_churn", window)][t] == pytest.approx(lost)
            people = sum(2 if k < 6 else 3 for k in last)
            revenue = sum(rows["total.revenue"][k] for k in last)
            assert rows[address("revenue_per_head", window)][t] == pytest.approx(12 * revenue / people)
            margin = 1 - sum(rows["hosting.cost"][k] for k in last) / revenue
            arpa = sum(mrr[k] - support[k] for k in last) / sum(monthly[k][0] + yearly[k][0] for k in last)
            assert rows[address("ltv", window)][t] == pytest.approx(arpa * margin / lost, rel=1e-5)


def test_a_cohort_by_hand(load: Load) -> None:
    """Each month's ten are ten, eight, seven, then a tenth fewer a month, as the hundred of before are at once."""
    rows = every(
        load("""
        [revenue.plan]
        kind = "subscription"
        opening = 100
        signups = "10/month"
        retention = [1, "80%", 0.7]
        churn = "10%/month"
        price = "$10/month"
        """)
    )

    def left(age: int) -> float:
        return (1, 0.8, 0.7)[age] if age < 3 else 0.7 * 0.9 ** (age - 2)

    for t in range(12):
        old = 100 * 0.9 ** (t + 1)
        assert rows["plan.subscribers"][t] == pytest.approx(old + sum(10 * left(age) for age in range(t + 1)))
        for window, n in WINDOWS.items():
            if t >= n - 1:  # those who were customers n months ago, by when they joined
                then = 100 * 0.9 ** (t + 1 - n) + sum(10 * left(age) for age in range(t + 1 - n))
                now = old + sum(10 * left(age) for age in range(n, t + 1))
                assert rows[address("net_revenue_retention", window)][t] == pytest.approx(now / then)
    assert rows["metrics.customers_won"] == [10] * 12


def test_who_is_left_after_the_list_stays(rows: Callable[..., Rows]) -> None:
    found = rows("""
        [revenue.plan]
        kind = "subscription"
        opening = 5
        signups = { "2025-01" = "10/month", "2025-02" = "0/month" }
        retention = [1, 0.8, 0.7]
        price = "$10/month"
        """)
    assert found["plan.subscribers"] == pytest.approx([15, 13, *[12] * 10])


def test_expansion_of_who_pays_a_year_ahead_is_in_the_next_bill(rows: Callable[..., Rows]) -> None:
    """Twelve customers, one of them billed each month; each bill is what 1 % a month has made of a price of 10."""
    found = rows("""
        [revenue.plan]
        kind = "subscription"
        opening = 12
        churn = "0%/month"
        expansion = "1%/month"
        price = "$10/month"
        billed = "yearly"
        opening_deferred = 0
        """)
    assert found["plan.billed"] == pytest.approx([120 * 1.01 ** (t + 1) for t in range(12)], abs=0.005)
    assert found["plan.mrr"] == pytest.approx([120 * 1.01 ** (t + 1) for t in range(12)])


def test_a_cut_of_the_price_is_contraction_and_a_rise_expansion(load: Load) -> None:
    rows = every(
        load("""
        [revenue.plan]
        kind = "subscription"
        opening = 100
        churn = "0%/month"
        price = { "2025-01" = "$10/month", "2025-03" = "$8/month", "2025-05" = "$9/month" }
        """)
    )
    assert [bridge(rows, t) for t in (1, 2, 4)] == [[1000, 0, 0, 0, 0], [1000, 0, 0, 200, 0], [800, 0, 100, 0, 0]]


def test_nothing_is_undefined_as_0(load: Load, capsys: pytest.CaptureFixture[str]) -> None:
    """Without customers, costs or revenue each metric is not a number, in every window; so no comparison holds."""
    rows = every(
        load("""
        [costs.rent]
        kind = "recurring"
        amount = "100/month"
        """)
    )
    for metric in METRICS:
        for window in WINDOWS:
            assert all(map(isnan, rows[address(metric.key, window)])), metric.key
    plan = load("""
        [costs.rent]
        kind = "recurring"
        amount = "100/month"
        [[checks]]
        require = "metrics.year.ltv_to_cac >= 3"
        [[checks]]
        require = "metrics.cac <= 1000"
        """)
    assert [check.holds for check in runway.check(plan).checks] == [False, False]
    assert main(["check", plan.model.document.title]) == 1
    assert "undefined" in capsys.readouterr().out
    found = runway.metrics(plan)
    assert set(found.rows["metrics.cac"]) == {None} == set(found.to_dict()["rows"]["metrics.cac"])


GAPS = """
[model]
name         = "Gaps"
start        = "2026-01"
months       = 6
opening_cash = "100k"

[revenue.seats]
kind    = "subscription"
opening = 400
signups = { "2026-01" = "10/month", "2026-04" = "0/month", "2026-06" = "20/month" }
churn   = "0%/month"
price   = "$60/month"

[costs.marketing]
kind     = "recurring"
amount   = "$3k/month"
acquires = "seats"
"""
"""CAC is 300 from January to March, is not there in April and May, when nobody joins, and is 150 in June."""


def test_what_does_not_exist_meets_no_comparison_and_has_no_larger_one(load: Load) -> None:
    """The same whichever side it stands on, by one path and by many."""
    plan = load(
        GAPS
        + """
    [drivers.either]
    formula = "max(200, metrics.cac) - max(metrics.cac, 200) + min(metrics.cac, 200)"
    [costs.other]
    kind = "formula"
    formula = "100 if metrics.cac != 150 else 7"
    [costs.cheap]
    kind = "formula"
    formula = "100 if metrics.cac < 200 else 7"
    [[checks]]
    require = "other >= 7"
    """,
        set={"seats.price": {"value": "$60/month", "low": "$59/month", "high": "$61/month"}},
    )
    rows = runway.project(plan).rows
    assert [None if isnan(value) else value for value in rows["either.value"]] == [200, 200, 200, None, None, 150]
    assert list(rows["other.cost"]) == [100, 100, 100, 7, 7, 7]
    assert list(rows["cheap.cost"]) == [7, 7, 7, 7, 7, 100]
    written = {row.address: formula_text(row.formula) for row in plan.program.rows}
    assert written["other.cost"] == "levers.burn * (100 if metrics.cac != 150 else 7)"
    assert written["either.value"] == "max(200, metrics.cac) - max(metrics.cac, 200) + min(metrics.cac, 200)"
    raw = runway.simulate(plan, paths=64, raw=True).raw
    assert raw is not None
    months, spent = 410 + 420 + 3 * 430 + 450, 6 * 3_000 + 321 + 135
    prices = (raw.cash[-1] + spent - 100_000) / months  # each path's price, were it not for these costs
    assert list(prices) == pytest.approx(list(raw.figures["seats.price"]), abs=1e-4)


def test_the_largest_of_what_may_not_exist_is_no_longer_the_deeper_it_stands(load: Load) -> None:
    """Each of them asks once whether it exists, as often as it is compared with more."""
    formula = "metrics.cac"
    for n in range(20):
        formula = f"{'max' if n % 2 else 'min'}({formula} + 1, {1000 - n})"
    plan = load(f"{GAPS}\n[drivers.deep]\nformula = '{formula}'")
    (row,) = (row for row in plan.program.rows if row.address == "deep.value")
    assert formula_text(row.formula) == formula
    assert len(walk(row.formula)) < 300
    values = runway.project(plan).rows["deep.value"]
    cost = every(plan)["metrics.cac"]
    assert [isnan(value) for value in values] == [isnan(value) for value in cost]
    expected = cost[5]
    for n in range(20):
        expected = (max if n % 2 else min)(expected + 1, 1000 - n)
    assert values[5] == expected


def test_what_does_not_exist_is_a_dash_and_the_worst_month_of_a_check(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """CAC is far below 1,000 wherever it is; in April and May it is not there, so that the check fails then."""
    file = tmp_path / "gaps.toml"
    file.write_text(
        GAPS + '[drivers.twice]\nformula = "2 * metrics.cac"\n[[checks]]\nrequire = "metrics.cac <= 1000"\n'
    )
    (check,) = runway.check(str(file)).checks
    assert (check.holds, isnan(check.modelled), check.when) == (False, True, "Apr 2026")
    assert main(["project", str(file), "--by", "month", "--show", "cash", "--markdown"]) == 0
    assert "| **twice** | 600 | 600 | 600 | – | – | 300 |" in capsys.readouterr().out


def test_money_of_what_does_not_exist_is_refused_with_its_name(load: Load) -> None:
    with pytest.raises(InputError) as refused:
        runway.project(load(GAPS + '[costs.agency]\nkind = "formula"\nformula = "2 * metrics.cac"\n'))
    (problem,) = refused.value.problems
    assert (problem.name, problem.text) == (
        "not-a-number",
        "In 2026-04, agency.cost has no value, for metrics.cac does not exist. "
        "Write what it is then: … if metrics.cac >= 0 else 0.",
    )


def test_checks_and_formulas_read_metrics(load: Load) -> None:
    plan = load(
        COMPANY
        + """
    [costs.bonus]
    kind = "formula"
    formula = "100 if prev(metrics.net_new_mrr) > 0 else 0"

    [[checks]]
    require = "metrics.year.net_revenue_retention >= 70% in 2026-12"
    [[checks]]
    require = "metrics.quarter.cac <= 1000000"
    [[checks]]
    require = "total.mrr >= 10_000 in 2026-01"
    """
    )
    assert [check.holds for check in runway.check(plan).checks] == [True, True, True]
    moved = every(plan)
    bonus = [100 if t and moved["metrics.net_new_mrr"][t - 1] > 0 else 0 for t in range(30)]
    assert list(runway.project(plan).rows["bonus.cost"]) == bonus


def test_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    """Its rows can be explained; it fits a screen; what is not there is empty in CSV."""
    found = runway.metrics("saas-startup")
    for row in ("metrics.ltv", "metrics.quarter.net_revenue_retention", "monthly_plan.churned_mrr"):
        assert main(["explain", "saas-startup", row, "2028-12", "--depth", "1"]) == 0
    assert main(["explain", "saas-startup", "metrics.rule_of_40"]) == 0
    assert "undefined" in capsys.readouterr().out
    for options in ([], ["--by", "quarter"], ["--by", "year"]):
        assert main(["metrics", "saas-startup", *options]) == 0
        assert max(map(len, capsys.readouterr().out.splitlines())) <= 80
    assert main(["metrics", "saas-startup", "--by", "year", "--csv", "-"]) == 0
    line = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("Magic number"))
    _, row, *values = line.split(",")
    assert row == "metrics.year.magic_number"
    assert values[:2] == ["", ""]  # financial years to March 2026 and 2027
    assert [float(value) for value in values[2:]] == pytest.approx([found.rows[row][26], found.rows[row][35]], rel=1e-9)


def test_a_grid_shows_a_row_of_the_last_month(load: Load) -> None:
    plan = load(COMPANY)
    row = "metrics.year.ltv_to_cac"
    grid = runway.sensitivity(
        plan, ("ads.amount", "yearly.churn"), within=("-10%..10%", "-20%..20%"), steps=3, grid=True, metric=row
    ).grid
    assert grid is not None
    assert (grid.unit, grid.metric) == ("multiple", row)
    for down, values in zip(grid.rows, grid.cells, strict=True):
        for across, value in zip(grid.columns, values, strict=True):
            alone = load(COMPANY, set={"ads.amount": f"{down:+.0%}", "yearly.churn": f"{across:+.0%}"})
            assert value == pytest.approx(every(alone)[row][-1])
    with pytest.raises(runway.errors.InputError, match=r"Did you mean metrics\.year\.cac"):
        runway.sensitivity(plan, ("burn", "revenue"), grid=True, metric="metrics.year.cacs")


@pytest.mark.parametrize(
    ("fields", "name", "column"),
    [
        ("", "missing-field", 10),
        ("retention = [1, 0.8]\ncapacity = 5", "terms-contradict", 1),
        ('retention = [1, 0.8]\nbilled = "yearly"\nopening_deferred = 0', "terms-contradict", 1),
        ("retention = [0.7, 0.8]", "value-out-of-range", 19),
        ("retention = []", "wrong-type", 13),
        ("retention = 0.8", "wrong-type", 13),
        ("retention = [1, 1.2]", "value-out-of-range", 17),
    ],
)
def test_what_retention_refuses(tmp_path: Any, fields: str, name: str, column: int) -> None:
    path = tmp_path / "plan.toml"
    path.write_text('[model]\nname = "x"\nstart = "2025-01"\nmonths = 3\nopening_cash = 0\n'
                    f'[revenue.plan]\nkind = "subscription"\nopening = 5\nprice = 1\n{fields}\n'.replace(
                        "price = 1", 'price = "1/month"'))  # fmt: skip
    with pytest.raises(runway.errors.InputError) as caught:
        runway.load(str(path))
    (problem,) = caught.value.problems
    assert (problem.name, problem.place.column) == (name, column)


@pytest.mark.parametrize(
    ("revenue", "says"),
    [
        ("", "seat is no line of revenue. The file has none."),
        ('[revenue.bread]\nkind = "recurring"\namount = "oops"\n', 'There are bread; "revenue" is all of them.'),
    ],
)
def test_whom_a_cost_acquires_is_said_by_the_lines_of_the_file(load: Load, revenue: str, says: str) -> None:
    """Also those that cannot be read."""
    costs = '[costs.ads]\nkind = "recurring"\namount = "5/month"\nacquires = "seat"\n'
    with pytest.raises(runway.errors.InputError) as caught:
        load(f'[model]\nname = "x"\nstart = "2026-01"\nmonths = 12\nopening_cash = 5\n{revenue}{costs}')
    assert any(says in problem.text for problem in caught.value.problems)


@pytest.mark.parametrize("name", list(bundled_models()))
def test_the_rows_are_those_of_a_file_that_names_them(name: str) -> None:
    """They are put on a program that was made without them, or are in it from the start where a check reads them."""
    plan = runway.load(name)
    data = {**plan.model.document.data, "sources": {"one": {"title": "metrics.cac"}}}
    named = compile_model(plan.model._replace(document=Document(name, data, {})))
    added = with_metrics(plan).program
    assert not plan.program.metrics
    assert {row.address: row for row in added.rows} == {row.address: row for row in named.rows}
    assert added.drafts == named.drafts
