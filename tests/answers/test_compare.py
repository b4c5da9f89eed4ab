"""What changed between two models and what each change did: Shapley values against brute force and by hand."""

from __future__ import annotations

import re
import subprocess
from functools import cache
from itertools import permutations
from math import factorial

import pytest

import runway
from runway.answers.compare import compare, shapley, whole_units
from runway.answers.compare_sides import two_sides
from runway.errors import InputError
from runway.render.csv import csv
from runway.render.markdown import markdown
from runway.render.terminal import report_lines
from runway.reports.compare import report

ONE_MONTH = """
[model]
name = "Stand"
start = "2025-01"
months = 1
opening_cash = {cash}

[revenue.sales]
kind = "formula"
formula = "cups * price"
cups = {cups}
price = {price}
"""

PLAN = """
[model]
name = "Plan"
start = "2025-01"
months = 24
opening_cash = 1000

[revenue.sales]
kind = "recurring"
amount = "$30/month"
growth = "2%/month"

[costs.payroll]
kind = "recurring"
amount = "$100/month"
growth = "12%/year"

[costs.tools]
kind = "formula"
formula = "rate * payroll"
rate = 0.1
"""


def effects(found):
    return {effect.name: effect.effect for effect in found.effects}


def changed(text, *swaps):
    for old, new in swaps:
        assert old in text, old
        text = text.replace(old, new)
    return text


def page(found, width=80):
    return "\n".join(line.plain for line in report_lines(report(found), width))


def test_by_hand(load):
    """10 cups a month at 2 become 15 at 3, and 100 more at the start.

    The surplus of both (5 cups x 1) is halved: cups 5 x 2 + 2.5, price 10 x 1 + 2.5.
    """
    before = load(ONE_MONTH.format(cash=0, cups=10, price=2))
    after = load(ONE_MONTH.format(cash=100, cups=15, price=3))
    found = compare(before, after, metric="closing-cash")
    assert found.values == (20.0, 145.0)
    assert effects(found) == {"model.opening_cash": 100.0, "sales.cups": 12.5, "sales.price": 12.5}
    assert [(c.address, c.before, c.after) for c in found.changes] == [
        ("model.opening_cash", "0", "100"),
        ("sales.cups", "10", "15"),
        ("sales.price", "2", "3"),
    ]


def test_shapley_is_the_mean_over_all_orders():
    """Against brute force on a worth without any structure."""
    players = 5
    worth = [float((mask * 2654435761) % 1009) for mask in range(2**players)]
    means = [0.0] * players
    for order in permutations(range(players)):
        mask = 0
        for player in order:
            means[player] += (worth[mask | 1 << player] - worth[mask]) / factorial(players)
            mask |= 1 << player
    assert shapley(worth) == pytest.approx(means, abs=1e-9)
    assert sum(shapley(worth)) == pytest.approx(worth[-1] - worth[0], abs=1e-9)


def test_who_adds_nothing_gets_nothing():
    worth = [float(bool(mask & 1) + 4 * bool(mask & 2)) for mask in range(8)]
    assert shapley(worth) == pytest.approx([1, 4, 0], abs=1e-12)


def test_who_adds_the_same_gets_the_same():
    worth = [float(mask.bit_count() ** 2) for mask in range(2**4)]
    assert shapley(worth) == pytest.approx([4] * 4, abs=1e-12)


@pytest.mark.parametrize("shares", [[1 / 3] * 3, [-1 / 3] * 3, [0.005, 0.005, -0.01], [10.006, -3.333, 2.327]])
def test_whole_units_add_up(shares):
    assert sum(whole_units(shares, 2)) == pytest.approx(round(sum(shares), 2), abs=1e-9)
    assert whole_units(shares, 2) == pytest.approx(shares, abs=0.01)


@cache
def of_scenario(scenario, metric="runway", rung=None):
    """The comparison of the case with a scenario of it."""
    before, after, titles = two_sides("openai-2025", None, [scenario])
    return compare(before, after, metric=metric, rung=rung, titles=titles)


@pytest.mark.parametrize(
    ("metric", "scenario"),
    [(metric, "demand_slump") for metric in ("runway", "zero-cash-date", "lowest-cash", "gap", "closing-cash")]
    + [("runway", scenario) for scenario in ("capacity_crunch", "no_conversion_b", "no_new_capital", "suit")],
)
def test_effects_add_up(metric, scenario):
    found = of_scenario(scenario, metric, "conditional")
    assert found.why_not is None
    tolerance = 1e-9 if metric in ("runway", "zero-cash-date") else 0.005
    assert sum(effects(found).values()) == pytest.approx(found.total, abs=tolerance)


def test_the_results_are_those_of_the_projections():
    found = of_scenario("demand_slump")
    for side, scenario in enumerate(("base", "demand_slump")):
        rung = runway.project("openai-2025", scenario=scenario).runway[1]
        assert found.projections[side].runway[1] == rung
        assert found.outcomes[side].zero_cash_date == rung.zero_cash_date
        assert found.values[side] == rung.months


def test_the_order_of_lines_is_irrelevant(load):
    """The same plan with its tables in another order: no change, and the same effects."""
    head, *tables = PLAN.strip().split("\n\n")
    turned = "\n\n".join([head, *reversed(tables)])
    swaps = (('"$100/month"', '"$120/month"'), ("rate = 0.1", "rate = 0.2"), ('"2%/month"', '"1%/month"'))
    assert compare(load(PLAN), load(turned)).changes == ()
    plain = compare(load(PLAN), load(changed(PLAN, *swaps)), metric="closing-cash")
    other = compare(load(turned), load(changed(turned, *swaps)), metric="closing-cash")
    assert effects(plain) == pytest.approx(effects(other), abs=0.011)


def test_there_and_back_are_opposite(load):
    after = changed(PLAN, ('"$100/month"', '"$120/month"'), ("opening_cash = 1000", "opening_cash = 900"))
    there, back = compare(load(PLAN), load(after)), compare(load(after), load(PLAN))
    assert effects(there) == pytest.approx({k: -v for k, v in effects(back).items()}, abs=1e-12)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param('growth = "12%/year"', 'growth = "0.9%/month"', id="another period"),
        pytest.param('amount = "$100/month"', 'amount = "$4/day"', id="by the day"),
        pytest.param(
            'amount = "$30/month"', 'amount = { "2025-01" = "$30/month", "2025-07" = "$45/month" }', id="steps"
        ),
        pytest.param('formula = "rate * payroll"', 'formula = "rate * payroll + fixed"\nfixed = 7', id="formula"),
        pytest.param('[costs.tools]\nkind = "formula"\nformula = "rate * payroll"\nrate = 0.1', "", id="a line less"),
        pytest.param(
            "[costs.payroll]",
            '[costs.rent]\nkind = "recurring"\namount = "$20/month"\npaid_after = "30 days"\nopening_payable = 50\n\n'
            "[costs.payroll]",
            id="a line more",
        ),
        pytest.param('growth = "2%/month"', 'growth = "2%/month"\nend = "2025-10"', id="an end"),
        pytest.param('growth = "12%/year"', 'growth = "12%/year"\nstart = "2025-06-10"', id="a start"),
        pytest.param(
            'growth = "2%/month"',
            'growth = "2%/month"\ncollected_after = "45 days"\nopening_receivable = 0',
            id="paid late",
        ),
        pytest.param(
            "[revenue.sales]",
            '[funding.gift]\nkind = "grant"\namount = 200\ndate = "2025-08-05"\n\n[revenue.sales]',
            id="a grant",
        ),
        pytest.param(
            "[revenue.sales]",
            '[events.storm]\ndate = "2025-04-10"\ndays = 20\ntakes = { sales = "50%" }\n\n[revenue.sales]',
            id="an event",
        ),
    ],
)
def test_one_change_of_form_beside_one_of_a_number(load, rows, old, new):
    """Two changes and their sum; both ends are what the two models come to by themselves."""
    before, after = PLAN, changed(PLAN, (old, new), ("opening_cash = 1000", "opening_cash = 1100"))
    found = compare(load(before), load(after), metric="closing-cash")
    assert found.why_not is None
    parts = effects(found)
    assert parts.pop("model.opening_cash") == pytest.approx(100, abs=0.02)
    assert sum(parts.values()) == pytest.approx(found.total - 100, abs=0.02)
    other = rows(after)["cash"][-1] - rows(before)["cash"][-1]
    assert found.total == pytest.approx(other, abs=1e-9)
    assert len([name for name, effect in parts.items() if effect]) == 1


DELAYED = """
    [model]
    name = "Delay"
    start = "2025-01"
    months = 12
    opening_cash = 100_000
    [revenue.sales]
    kind = "recurring"
    amount = "3,100/month"
    collected_after = "31 days"
    opening_receivable = 0
    [costs.rent]
    kind = "recurring"
    amount = "2,000/month"
    paid_after = "1 month"
    opening_payable = 0
"""


def test_a_delay_in_days_and_one_in_months(load):
    """In both forms December's 3,100 are outstanding at the end of the year; after "1 month" what is paid is a month's.

    In the days form sales of the last 31 days wait, so December's alone; of 62 days November's too.
    """
    before = load(DELAYED)
    found = compare(before, load(changed(DELAYED, ('"31 days"', '"1 month"'))), metric="closing-cash")
    assert effects(found) == {"sales.collected_after": 0.0}
    late = load(changed(DELAYED, ('"31 days"', '"2 months"'), ('"3,100/month"', '"3,200/month"')))
    found = compare(before, late, metric="closing-cash")
    assert effects(found).keys() == {"sales.collected_after", "sales.amount"}
    assert sum(effects(found).values()) == pytest.approx(10 * 3_200 - 11 * 3_100)
    # later by a month: 3,100 or 3,200, at half each; dearer by 100: eleven months of it, or ten
    assert effects(found)["sales.collected_after"] == pytest.approx(-3_150, abs=0.01)
    assert effects(found)["sales.amount"] == pytest.approx(1_050, abs=0.01)


def test_two_delays_that_change_their_form(load):
    late = load(changed(DELAYED, ('"31 days"', '"1 quarter"'), ('paid_after = "1 month"', 'paid_after = "0 days"')))
    found = compare(load(DELAYED), late, metric="closing-cash")
    assert effects(found) == {"sales.collected_after": -6_200, "rent.paid_after": -2_000}


def test_a_tax_on_profit(load):
    """20 % of 12 x 130 is 312 a year, paid by its end; the interest of nothing is nothing."""
    plan = changed(
        PLAN, ('amount = "$30/month"\ngrowth = "2%/month"', 'amount = "$240/month"'), ('"12%/year"', '"0%/year"')
    )
    taxed = (
        plan
        + """
        [tax]
        rate = "20%"
        """
    )
    there, back = (compare(load(a), load(b), metric="closing-cash") for a, b in ((plan, taxed), (taxed, plan)))
    assert effects(there) == {"tax": -624.0}
    assert effects(back) == {"tax": 624.0}


def test_a_closing_more(load):
    seed = """
        [funding.seed]
        kind = "priced_round"
        [[funding.seed.closings]]
        name = "first"
        date = "2025-03-15"
        amount = 100
        """
    more = (
        seed
        + """
        [[funding.seed.closings]]
        name = "second"
        date = "2025-09-01"
        amount = 250
        """
    )
    plan = PLAN + "\n".join(line.strip() for line in seed.splitlines())
    plus = PLAN + "\n".join(line.strip() for line in more.splitlines())
    found = compare(load(plan), load(plus), metric="closing-cash")
    assert effects(found) == {"seed.second": 250.0}
    assert effects(compare(load(plus), load(plan), metric="closing-cash")) == {"seed.second": -250.0}


def test_paid_ahead_and_paid_later_are_one_change(load):
    """Ahead all 24 months and the two to come are paid, later the first 22; of the two openings of 200 one is paid."""
    ahead = PLAN.replace("12%/year", '12%/year"\npaid_after = "-2 months"\nopening_advances = "200')
    later = PLAN.replace("12%/year", '12%/year"\npaid_after = "2 months"\nopening_payable = "200')
    found = compare(load(ahead), load(later), metric="closing-cash")
    assert effects(found) == {
        "payroll": pytest.approx(sum(100 * 1.12 ** (t / 12) for t in range(22, 26)) - 400, abs=0.1)
    }
    assert [(c.address, c.before, c.after) for c in found.effects[0].changes] == [
        ("payroll.paid_after", "-2 months", "2 months"),
        ("payroll.opening_payable", None, "200"),
        ("payroll.opening_advances", "200", None),
    ]


@pytest.mark.parametrize("other", ['"30 days"', '{ "0 days" = "70%", "45 days" = "30%" }'])
def test_a_delay_in_other_parts_is_one_change(load, other):
    """At the end half of two months is outstanding, then 30 days of one, or 45 days of 30 %."""
    parts = changed(DELAYED, ('"31 days"', '{ "0 days" = "50%", "2 months" = "50%" }'))
    found = compare(load(parts), load(changed(DELAYED, ('"31 days"', other))), metric="closing-cash")
    left = 3_100 * 30 / 31 if other == '"30 days"' else 0.3 * (3_100 + 3_100 * 14 / 30)
    assert effects(found) == {"sales.collected_after": pytest.approx(3_100 - left, abs=0.02)}
    assert found.changes[0].before == "0 days 50%, 2 months 50%"


def test_bills_and_what_stands_beside_them_are_one_change(load):
    """Of 720 that were paid as they were earned half is billed; the other bill comes after the end."""
    old = PLAN + '[revenue.plan]\nkind = "recurring"\namount = "30/month"\n'
    bills = 'bills = { "2025-03" = 360, "2027-03" = 360 }\nopening_billed_ahead = 0\n'
    found = compare(load(old), load(old + bills), metric="closing-cash")
    assert effects(found) == {"plan": pytest.approx(-360, abs=0.01)}
    assert [c.address for c in found.effects[0].changes] == ["plan.bills", "plan.opening_billed_ahead"]
    assert found.effects[0].changes[0].after == "2025-03 360, 2027-03 360"


def test_tables_of_figures_that_one_file_has_are_told_by_figure(load):
    """Nothing of how the program holds a figure is shown."""
    seeded = SEEDED.format(burn="50_000")
    split = changed(seeded, ('name   = "first"', 'name   = "first"\nsplit = { fund = "9M" }'))
    found = compare(load(seeded), load(split))
    assert [(c.address, c.before, c.after) for c in found.changes] == [("seed.first.split.fund", None, "9M")]


def test_a_list_that_one_file_has_is_new(load):
    seeded = SEEDED.format(burn="50_000") + '[events.launch]\ndate = "2026-02"\n'
    waived = changed(seeded, ('name   = "first"', 'name   = "first"\nrequires = "launch"\nwaived = ["launch"]'))
    found = compare(load(seeded), load(waived))
    assert ("seed.first.waived", None, "launch") in [(c.address, c.before, c.after) for c in found.changes]


def test_another_kind_is_one_change(load):
    """A team of 100 a month in place of 100 that grow by 12 % a year; tools are a tenth of either."""
    after = changed(PLAN, ('kind = "recurring"\namount = "$100/month"\ngrowth = "12%/year"', TEAM))
    found = compare(load(PLAN), load(after), metric="closing-cash")
    saved = 1.1 * sum(100 * 1.12 ** (t / 12) - 100 for t in range(24))
    assert effects(found) == {"payroll": pytest.approx(saved, abs=0.3)}
    assert [(c.before, c.after) for c in found.changes] == [("costs recurring", "costs headcount")]


def test_another_kind_that_a_formula_hangs_on_is_said_and_not_guessed(load):
    swaps = (
        ('kind = "recurring"\namount = "$100/month"\ngrowth = "12%/year"', TEAM),
        ("rate * payroll", "payroll.people"),
    )
    found = compare(load(PLAN), load(changed(PLAN, *swaps)))
    assert found.effects == ()
    assert found.why_not is not None
    assert found.why_not.startswith("payroll cannot be taken from one file alone: ")
    assert "Not attributed" in page(found)
    assert "Not attributed" in markdown(report(found))
    assert "?." not in page(found)


TEAM = """
kind = "headcount"
opening = 2
salary = "$50/month"
"""


def test_above_twelve_changes_those_of_a_line_are_one(load):
    lines = "".join(
        f'[costs.line_{n}]\nkind = "recurring"\namount = "${n + 1}/month"\ngrowth = "1%/month"\n\n' for n in range(20)
    )
    before, after = (
        PLAN + lines,
        PLAN + lines.replace("1%/month", "2%/month").replace('/month"\ngrowth', '0/month"\ngrowth'),
    )
    found = compare(load(before), load(after), metric="closing-cash")
    assert len(found.changes) == 40
    assert [len(effect.changes) for effect in found.effects if effect.name.startswith("line_")] == [2] * 11
    assert len(next(e.changes for e in found.effects if e.name == "9 other lines")) == 18
    told = [re.split(r"\s{2,}", line.strip()) for line in page(found).splitlines()]
    place = told.index(next(row for row in told if row[:2] == ["line_19", "2 changes"]))
    assert told[place + 1][:2] == ["line_19.amount", "$20/month →"]  # and goes on below
    assert sum(effects(found).values()) == pytest.approx(found.total, abs=0.005)


def test_an_end_beyond_the_horizon_is_said(load):
    found = compare(load(PLAN), load(changed(PLAN, ("opening_cash = 1000", "opening_cash = 90_000"))))
    assert found.outcomes[1].months is None
    assert found.values[1] == 24
    assert found.horizons_counted
    assert "beyond Dec 2026 is counted" in page(found)


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """`plan.toml` in two revisions, and a third in the folder."""
    monkeypatch.chdir(tmp_path)

    def git(*arguments):
        names = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *names, *arguments], check=True, capture_output=True)

    git("init", "-q")
    for text in (PLAN, changed(PLAN, ("rate = 0.1", "rate = 0.2"))):
        (tmp_path / "plan.toml").write_text(text, encoding="utf-8")
        git("add", "plan.toml")
        git("commit", "-qm", "plan")
    (tmp_path / "plan.toml").write_text(changed(PLAN, ('"$30/month"', '"$40/month"')), encoding="utf-8")
    return tmp_path


def test_two_revisions(repository):
    before, after, titles = two_sides("plan.toml@HEAD~1", "plan.toml@HEAD")
    found = compare(before, after, titles=titles)
    assert [(c.address, c.before, c.after, c.file, c.line) for c in found.changes] == [
        ("tools.rate", "0.1", "0.2", "plan.toml@HEAD", 21)
    ]
    assert found.titles == ("plan.toml@HEAD~1", "plan.toml@HEAD")


def test_a_revision_and_the_file_of_the_folder(repository):
    before, after, titles = two_sides("plan.toml@HEAD", str(repository / "plan.toml"))
    found = compare(before, after, titles=titles)
    assert {c.address: c.after for c in found.changes} == {"sales.amount": "$40/month", "tools.rate": "0.1"}
    assert "tools.rate" in page(found)
    assert "| tools.rate | 0.2 → 0.1 | plan.toml:21 |" in markdown(report(found))


@pytest.mark.parametrize("name", ["plan.toml@nothing", "other.toml@HEAD", "plan.toml@-p", "no_folder/plan.toml@HEAD"])
def test_a_revision_that_is_not_there(repository, name):
    with pytest.raises(InputError) as raised:
        two_sides(name, "plan.toml")
    assert [problem.name for problem in raised.value.problems] == ["revision-not-found"]


@pytest.mark.parametrize("scenario", ["demand_slump", "no_conversion_b", "keep_post_money"])
def test_no_line_is_wider_than_the_page(scenario):
    for metric in ("runway", "lowest-cash"):
        found = of_scenario(scenario, metric, "conditional")
        for width in (60, 80, 120):
            assert max(map(len, page(found, width).splitlines())) <= width


def test_two_figures_never_touch(load):
    """A lowest and a closing cash of many digits beside large changes: every one stands alone, at every width."""
    before = load(ONE_MONTH.format(cash=40_500, cups=1, price=-44_500))
    found = compare(before, load(ONE_MONTH.format(cash=1_780_500, cups=1, price=-3_740_000)))
    for width in (60, 80, 120):
        told = [re.split(r"\s{2,}", line.strip()) for line in page(found, width).splitlines()]
        figures = ["cash in hand", "(4.0)", "(1,959.5)", "−1,955.5"]
        assert [*figures, *figures[1:]] in told or told.count(figures) == 2


def test_a_bar_stands_where_those_before_it_have_led(load):
    """Of 125, 100 come from the start and 12.5 from either other change: each bar begins where the last one ended."""
    before = load(ONE_MONTH.format(cash=0, cups=10, price=2))
    found = compare(before, load(ONE_MONTH.format(cash=100, cups=15, price=3)), metric="closing-cash")
    bars = [line.partition("▇") for line in page(found, 120).splitlines() if "▇" in line]
    runs = [(len(head), len(head) + 1 + len(rest)) for head, _, rest in bars]
    assert [end - start for start, end in runs] == [19, 3, 2]
    assert runs[0][1] == runs[1][0]
    assert runs[1][1] == runs[2][0]


def test_markdown_has_the_ladder_and_every_part():
    text = markdown(report(of_scenario("demand_slump")))
    assert "\n\nrunway (+ certain): 21.9 → 18.3 months\n" in text
    assert "| counting | months before | months after | months change | cash out before | cash out after |" in text
    assert "| \\+ conditional | 28.2 | 23.5 | −4.7 | 8 Aug 2027 | 18 Mar 2027 |" in text
    assert "| api.growth | 5%/month → 1%/month | openai-2025:431 | −0.7 |" in text
    assert text.endswith("| **sum** |  |  | −3.6 |\n")


def test_the_csv_and_the_json_have_every_change():
    found = of_scenario("demand_slump")
    rows = csv(report(found)).splitlines()
    assert rows[0] == "address,before,after,file,line,group,runway"
    assert len(rows) == 6
    document = found.to_dict()
    assert [rung["counting"] for rung in document["after"]["runway"]][:2] == ["cash in hand", "+ certain"]
    assert sum(effect["effect"] for effect in document["effects"]) == pytest.approx(document["total"], abs=1e-9)


def test_set_changes_the_second():
    before, after, titles = two_sides("lemonade", None, [], {"model.opening_cash": "+10%"})
    found = compare(before, after, titles=titles, metric="lowest-cash")
    assert effects(found) == {"model.opening_cash": 50.0}


@pytest.mark.parametrize(
    ("first", "second", "scenarios", "name"),
    [("lemonade", None, [], "compare-needs-two"), ("lemonade", "saas-startup", [], "two-currencies")],
)
def test_what_cannot_be_compared(first, second, scenarios, name):
    def compared():
        before, after, titles = two_sides(first, second, scenarios)
        return compare(before, after, titles=titles)

    with pytest.raises(InputError) as raised:
        compared()
    assert raised.value.problems[0].name == name


def test_an_unknown_metric():
    before, after, _ = two_sides("lemonade", None, [], {"model.opening_cash": "1"})
    with pytest.raises(InputError, match="lowest-cash"):
        compare(before, after, metric="deepest_cash")


DEBT = """
[funding.loan]
kind = "loan"
amount = 600
date = "2025-02-10"
rate = "12%/year"
term = "6 months"
repayment = "level_principal"
fee = "1%"
warrants = { coverage = "10%", strike = 2 }
[[funding.loan.covenants]]
name = "liquidity"
require = "cash >= 100"
[funding.line]
kind = "credit_line"
limit = 300
rate = "6%/year"
"""


def test_terms_of_a_loan(load):
    """Rates have a part in the change, in another unit too; covenants and warrants are told and have none."""
    new = changed(
        PLAN + DEBT,
        ('"12%/year"\nterm', '"2%/month"\nterm'),
        ("cash >= 100", "cash >= 200"),
        ("strike = 2", "strike = 3"),
    )
    found = compare(load(PLAN + DEBT), load(new), metric="closing-cash")
    assert found.why_not is None
    parts = effects(found)
    assert parts["loan.rate"] == pytest.approx(-21, abs=3)  # 1 % a month of 600, 500, ... 100, and what it earns
    assert parts["loan.liquidity.require"] == parts["loan.warrants.strike"] == 0


@pytest.mark.parametrize("gone", ["loan", "line"])
def test_debt_that_is_gone(load, rows, gone):
    tables = DEBT.split("[funding.line]")
    without = PLAN + (tables[0] if gone == "line" else "[funding.line]" + tables[1])
    found = compare(load(PLAN + DEBT), load(without), metric="closing-cash")
    assert found.why_not is None
    assert list(effects(found)) == [gone]
    ends = [rows(text)["cash"][-1] for text in (PLAN + DEBT, without)]
    assert found.total == pytest.approx(ends[1] - ends[0])


def test_a_fee_as_a_share_and_as_money(load):
    new = changed(PLAN + DEBT, ('fee = "1%"', "fee = 50"))
    found = compare(load(PLAN + DEBT), load(new), metric="closing-cash")
    assert effects(found) == {"loan.fee": pytest.approx(found.total)}
    assert found.total == pytest.approx(-44, abs=1)  # 1 % of 600, then 50, and what it earns


EVENT = """
    [model]
    name = "Outages"
    start = "2025-01"
    months = 12
    opening_cash = 0
    [revenue.sales]
    kind = "recurring"
    amount = "3,100/month"
    [events.outage]
    date = "{date}"
    days = 1
    takes = {{ sales = "100%" }}
"""


def test_an_event_that_comes_again_in_one_file_only(load):
    """Once in January costs a day, 100; every two months six days, of 31, 31, 31, 31, 30 and 30."""
    once = EVENT.format(date="2025-01-10")
    found = compare(load(once), load(once + 'every = "2 months"\n'), metric="closing-cash")
    more = 3_100 * sum(1 / days for days in (31, 31, 31, 30, 30))
    assert effects(found) == {"outage.every": pytest.approx(-more, abs=0.05)}
    never = EVENT.format(date="never")
    both = compare(load(never), load(once + 'rate = "6/year"\n'), metric="closing-cash")
    assert effects(both).keys() == {"outage.date", "outage.rate"}
    assert sum(effects(both).values()) == pytest.approx(both.total)


def test_a_text_that_differs(load):
    """Raises of 12 % a year by the month, or each January: the start is in January 2025, so one in 2026."""
    old = changed(PLAN, ('growth = "12%/year"', 'growth = "12%/year"\ngrowth_step = "monthly"'))
    found = compare(load(old), load(changed(old, ('"monthly"', '"yearly"'))), metric="closing-cash")
    monthly = sum(100 * 1.12 ** (t / 12) for t in range(24))
    yearly = 1_200 + 1_344
    assert effects(found) == {"payroll.growth_step": pytest.approx((monthly - yearly) * 1.1, abs=0.3)}


def test_fields_that_need_each_other_are_one_change(load):
    """No file can have the one without the other: the last bill of 1,200 is paid on the first of each year."""
    old = PLAN + '[revenue.plan]\nkind = "recurring"\namount = "100/month"\nstart = "2025-01-01"\n'
    found = compare(load(old), load(old + 'billed = "yearly"\nopening_deferred = 0\n'), metric="closing-cash")
    assert effects(found) == {"plan": pytest.approx(0.0, abs=0.01)}
    assert [c.address for c in found.effects[0].changes] == ["plan.billed", "plan.opening_deferred"]


SEEDED = """
[model]
name         = "Seeded"
start        = "2026-01"
months       = 24
opening_cash = 1_000_000

[costs.team]
kind   = "recurring"
amount = "{burn}/month"

[funding.seed]
kind      = "priced_round"
valuation = {{ value = "20M", basis = "pre_money" }}
[[funding.seed.commitments]]
investor = "fund"
amount   = "9M"
[[funding.seed.closings]]
name   = "first"
date   = "2026-03-01"
amount = "9M"
"""


def test_the_rung_that_is_counted_is_one_that_says_something(load):
    """With the seed both last beyond 2027; in hand 1M lasts 20 months at 50,000 and 10 at 100,000."""
    before, after = (load(SEEDED.format(burn=burn)) for burn in ("50_000", "100_000"))
    comparison = compare(before, after)
    assert (comparison.rung, comparison.left) == ("cash in hand", "+ certain")
    assert comparison.values == (20.0, 10.0)
    assert comparison.to_dict()["climbed"]
    assert (
        "counting cash in hand, as nothing changes the runway on certain\nrunway (cash in hand): 20.0 → 10.0"
        in page(comparison)
    )
    asked = compare(before, after, rung="certain")
    assert (asked.rung, asked.left) == ("+ certain", None)
    same = compare(before, before)
    assert (same.rung, same.left) == ("+ certain", None)
    cash = compare(before, after, metric="closing-cash")
    assert (cash.rung, cash.left) == ("+ certain", None)


def test_a_printed_change_is_that_of_the_printed_months(load):
    """100 a month from 2,754 and then from 1,898: 27.5 and 19.0 months to a tenth, 8.5 apart though nearer to 8.6."""
    text = SEEDED[: SEEDED.index("[funding")].format(burn="100")
    text = text.replace("months       = 24", "months       = 36")
    before, after = (load(text.replace("1_000_000", str(cash))) for cash in (2754, 1898))
    comparison = compare(before, after)
    was, now = comparison.values
    assert (f"{was:.1f}", f"{now:.1f}", f"{now - was:.1f}") == ("27.5", "19.0", "-8.6")
    shown = page(comparison)
    assert "−8.6" not in shown
    assert shown.count("−8.5") == 3  # in the ladder, beside its cause and in the sum


HELD = """
[model]
name         = "Held"
start        = "2026-01"
months       = 24
opening_cash = 1_000_000
{settings}
[costs.team]
kind    = "headcount"
opening = 10
salary  = "5_000/month"
hires   = {{ {hires} }}
"""


@pytest.mark.parametrize("there", [0, 1])
def test_what_one_file_alone_writes_of_the_model_is_attributed(load, there):
    """A minimum cash of 100,000 is two months of 50,000; without interest no cash is gained: on either side."""
    texts = [HELD.format(settings=s, hires="") for s in ("", 'minimum_cash = 100_000\ninterest = "12%/year"')]
    comparison = compare(*(load(texts[n ^ there]) for n in (0, 1)))
    assert comparison.why_not is None
    told = effects(comparison)
    assert set(told) == {"model.minimum_cash", "model.interest"}
    sign = 1 if there == 0 else -1
    assert sign * told["model.minimum_cash"] < -1.9
    assert sign * told["model.interest"] > 1
    assert sum(told.values()) == pytest.approx(comparison.total)


@pytest.mark.parametrize("there", [0, 1])
def test_a_lever_of_one_side_alone_is_attributed(load, there):
    text = HELD.format(settings="", hires="")
    sides = [load(text), load(text, set={"levers.burn": "+100%"})]
    comparison = compare(sides[there], sides[1 - there])
    assert comparison.why_not is None
    assert effects(comparison) == {"levers.burn": pytest.approx(-10.0 if there == 0 else 10.0)}


def test_an_opening_sheet_need_not_balance_with_the_changes_of_another_side(load):
    text = """
        [model]
        name = "Sheet"
        start = "2026-01"
        months = 6
        opening_cash = 100
        [opening_balance]
        paid_in = 120
        retained = -20
        """
    comparison = compare(load(text), load(text, set={"model.opening_cash": "150"}), metric="closing-cash")
    assert comparison.why_not is None
    assert effects(comparison) == {"model.opening_cash": 50.0}
    with pytest.raises(InputError, match="The opening sheet does not balance"):
        load(text.replace("opening_cash = 100", "opening_cash = 150"))


def test_hires_of_each_file_alone_are_attributed(load):
    """Two of January against two of July: 20 months of 50,000 less what either costs."""
    early, late = (load(HELD.format(settings="", hires=f'"{day}" = 2')) for day in ("2026-02-01", "2026-07-01"))
    comparison = compare(early, late)
    assert comparison.why_not is None
    told = effects(comparison)
    assert set(told) == {"team.hires.2026-02-01", "team.hires.2026-07-01"}
    assert told["team.hires.2026-02-01"] > 0 > told["team.hires.2026-07-01"]
    assert sum(told.values()) == pytest.approx(comparison.total)


def test_another_financial_year_is_told_by_its_name(load):
    """Tax of a year is paid in another month; what the year sets by default is no change of its own."""
    text = PLAN + '[tax]\nrate = "20%"\npaid = "yearly"\n'
    found = compare(load(text), load(text.replace("months = 24", 'months = 24\nfiscal_year_end = "05"')))
    assert [(change.address, change.before, change.after) for change in found.changes] == [
        ("model.fiscal_year_end", "12", "5")
    ]
    assert "model.fiscal_year_end (12 → 5)" in found.why_not


def closed_at(load, tmp_path, months, text, reanchor="false"):
    """A model closed for so many months, with what its sales earned in each."""
    rows = "".join(f"2025-0{n},sales,{earned}\n" for n, earned in enumerate(months, 1))
    books = tmp_path / f"{'-'.join(map(str, months))}.csv"
    books.write_text(f"month,address,value\n{rows}")
    table = f'[actuals]\nfile = "{books}"\nlast_close = "2025-0{len(months)}"\nreanchor = {reanchor}\n'
    return load(f"{text}\n{table}")


@pytest.mark.parametrize("there", [0, 1])
@pytest.mark.parametrize(
    ("books", "told", "parts"),
    [
        ([(20,), (20, 25)], "closed to 2025-02", {"actuals": 0.0, "sales.price": 15.0}),
        ([(20,), (30,)], "closed to 2025-01, other figures", {"actuals": 10.0, "sales.price": 20.0}),
        ([(20,), (30, 25)], "closed to 2025-02, other figures", {"actuals": 10.0, "sales.price": 15.0}),
    ],
)
def test_books_that_go_further_or_say_otherwise_are_attributed_either_way(load, tmp_path, there, books, told, parts):
    """Of 10 cups a month: at 2 with 20 in January, 60 in all; at 3 what is not closed is 30 a month.

    Closing February at 25 adds 5 to a plan of 20 and takes 5 of one of 30: 0 on average.  Ten more in January are ten.
    What was closed later has its lowest cash later: before, that of 1 February stands for the first side.
    """
    sides = [
        closed_at(load, tmp_path, months, ONE_MONTH.format(cash=100, cups=10, price=price).replace("= 1\n", "= 3\n"))
        for months, price in zip(books, (2, 3), strict=True)
    ]
    comparison = compare(sides[there], sides[1 - there], metric="closing-cash")
    sign = 1 if there == 0 else -1
    assert effects(comparison) == {address: sign * effect for address, effect in parts.items()}
    texts = next((c.before, c.after) for c in comparison.changes if c.address == "actuals")
    if there == 0:
        assert texts == ("closed to 2025-01", told)


def test_what_goes_on_from_other_books_is_attributed_to_them(load, tmp_path):
    """Ten more in the closed month, and in each of the 24 that go on from it."""
    level = changed(PLAN, ('growth = "2%/month"\n', ""))
    sides = [closed_at(load, tmp_path, (earned,), level, reanchor="true") for earned in (110, 120)]
    comparison = compare(*sides, metric="closing-cash")
    assert effects(comparison) == {"actuals": 240.0}
    assert comparison.closed_months == ("2025-01", "2025-01")
    assert [line.parts.earned for line in comparison.closed] == [10.0]


def test_books_of_other_rows_are_told_so(load, tmp_path):
    """Not as a change from a closing to the same closing; no parameter puts a formula in place of a closed month."""
    stand = ONE_MONTH.format(cash=100, cups=10, price=2).replace("= 1\n", "= 3\n")
    plans = []
    for name, row in (("first", "sales"), ("second", "cash")):
        (tmp_path / f"{name}.csv").write_text(f"month,address,value\n2025-01,{row},130\n")
        plans.append(load(f'{stand}\n[actuals]\nfile = "{tmp_path / name}.csv"\nlast_close = "2025-01"\n'))
    comparison = compare(*plans)
    (change,) = comparison.changes
    assert (change.before, change.after) == ("closed to 2025-01", "closed to 2025-01, other rows")
    assert "the form of the model differs in actuals" in comparison.why_not


def test_what_was_loaded_is_compared_as_its_file_is(load):
    """A scenario and changes act on a plan as on a name; they were left out, and the model of the folder was read."""
    text = PLAN + '[scenarios.more]\nset = { "model.opening_cash" = "1100" }\n'
    plan = load(text, set={"payroll.amount": "$10/month"})
    dearer = runway.compare(plan, set={"tools.rate": "20%"}, metric="closing-cash")
    assert [change.address for change in dearer.changes] == ["tools.rate"]
    assert dearer.titles == ("base", "base with tools.rate = 20%")
    more = runway.compare(plan, scenarios=["more"], metric="closing-cash")
    assert (more.titles, more.total) == (("base", "more"), 100.0)
    with pytest.raises(InputError, match="A comparison needs two models"):
        runway.compare(plan)
