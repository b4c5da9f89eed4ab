"""The bundled models: each is valid, foots, and says what its source material adds up to."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from plain import openai_2024, openai_2025
from support.rows import rows_of

import runway
from runway.render.terminal import report_lines
from runway.render.text import cell_len
from runway.reports.project import report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runway.answers.projection import Projection

ASSUMPTIONS = Path(__file__).parent.parent / "assumptions"
NAMES = sorted(path.stem for path in ASSUMPTIONS.glob("*.toml"))
CENT = 0.011
B = 1e9


def document(name: str) -> dict[str, Any]:
    return tomllib.loads((ASSUMPTIONS / f"{name}.toml").read_text(encoding="utf-8"))


CASES = [(name, scenario) for name in NAMES for scenario in ("base", *document(name).get("scenarios", {}))]
READINGS = ["r1", "r2", "r3", "r4", "r5", "r6", "r6a", "r6b", "r6c", "r7"]


@cache
def project(name: str, scenario: str = "base") -> Projection:
    return runway.project(name, scenario=scenario)


def months_to_dry(name: str, scenario: str = "base") -> list[float]:
    """The ladder in months; `inf` beyond the horizon."""
    return [inf if r.months is None else round(r.months, 1) for r in project(name, scenario).runway]


# Every model and every scenario --------------------------------------------------------------------------------


def test_the_models_are_those_promised() -> None:
    assert [
        *("lemonade", "openai-2024", "openai-2025", "saas-startup", "saas-startup-actuals", "venture-debt")
    ] == NAMES


@pytest.mark.parametrize(("name", "scenario"), CASES)
def test_cash_rolls_forward_to_the_cent(name: str, scenario: str) -> None:
    rows = project(name, scenario).rows
    assert rows["opening_cash"][1:] == rows["cash"][:-1]
    for opening, flow, closing in zip(rows["opening_cash"], rows["net_cash_flow"], rows["cash"], strict=True):
        assert opening + flow == pytest.approx(closing, abs=0.001, rel=0)


@pytest.mark.parametrize("name", NAMES)
def test_the_rows_of_one_run_are_those_of_a_projection(name: str) -> None:
    """Many tests take them from there."""
    assert rows_of(runway.load(name)) == project(name).rows


@pytest.mark.parametrize(("name", "scenario"), CASES)
def test_lines_sum_to_sections_and_sections_to_the_net_flow(name: str, scenario: str) -> None:
    projection = project(name, scenario)
    rows = projection.rows
    for t in range(len(projection.months)):
        for section in projection.sections:
            if section.lines:
                lines = sum(rows[line.cash][t] for line in section.lines)
                assert lines == pytest.approx(rows[section.cash][t], abs=0.001, rel=0), section.name
        flow = sum(rows[section.cash][t] for section in projection.sections)
        assert flow == pytest.approx(rows["net_cash_flow"][t], abs=0.001, rel=0)


@pytest.mark.parametrize(("name", "scenario"), CASES)
def test_net_burn_is_net_loss_and_its_bridge(name: str, scenario: str) -> None:
    rows = project(name, scenario).rows
    bridge = [values for address, values in rows.items() if address.startswith("burn_bridge.")]
    for t, burn in enumerate(rows["net_burn"]):
        assert burn == pytest.approx(rows["net_loss"][t] + sum(step[t] for step in bridge), abs=0.05, rel=0)


@pytest.mark.parametrize(("name", "scenario"), CASES)
def test_restricted_and_unrestricted_cash_are_all_cash(name: str, scenario: str) -> None:
    rows = project(name, scenario).rows
    for cash, restricted, free in zip(rows["cash"], rows["restricted_cash"], rows["unrestricted_cash"], strict=True):
        assert restricted >= 0
        assert restricted + free == pytest.approx(cash, abs=0.001, rel=0)


@pytest.mark.parametrize(("name", "scenario"), CASES)
def test_more_funding_never_lasts_shorter(name: str, scenario: str) -> None:
    lengths = months_to_dry(name, scenario)
    assert lengths == sorted(lengths)


@pytest.mark.parametrize(("name", "scenario"), CASES)
def test_the_answer_fits_one_screen(name: str, scenario: str) -> None:
    lines = [line.plain for line in report_lines(report(project(name, scenario)), 80)]
    assert len(lines) <= 30, "\n".join(lines)
    assert max(map(cell_len, lines)) <= 80


@pytest.mark.parametrize("name", ["openai-2024", "openai-2025"])
def test_every_figure_says_where_it_comes_from(name: str) -> None:
    """A source, or a note; a note may stand on the line for all of its figures."""
    words = {"kind", "formula", "volume", "of", "title", "note", "name", "currency", "start", "months"}
    words |= {"unless", "for", "from", "fills", "keeps", "otherwise", "cuts", "investor", "after_cut"}

    def bare(node: Any, path: str) -> Iterator[str]:
        if isinstance(node, dict):
            if node.keys() & {"source", "note"} and "kind" not in node:
                return
            for key, value in node.items():
                if isinstance(value, dict | list):
                    yield from bare(value, f"{path}.{key}")
                elif key not in words and not isinstance(value, bool):
                    yield f"{path}.{key} = {value}"
        elif isinstance(node, list):
            for item in node:
                yield from bare(item, f"{path}.{item.get('name', '*')}" if isinstance(item, dict) else path)

    data = document(name)
    figures = {key: data[key] for key in data if key not in ("sources", "scenarios")}
    assert list(bare(figures, "")) == []


@pytest.mark.parametrize(("name", "plain"), [("openai-2024", openai_2024.READINGS), ("openai-2025", openai_2025.CASES)])
def test_every_scenario_has_its_plain_calculation(name: str, plain: dict[str, Any]) -> None:
    assert list(plain) == ["base", *document(name)["scenarios"]]


@pytest.mark.parametrize("name", NAMES)
def test_a_model_fits_a_page_of_the_cash_table(name: str) -> None:
    lines = sum(len(section.lines) for section in project(name).sections)
    assert lines <= 18


# Mid-2024 --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scenario", ["base", *READINGS])
def test_each_reading_is_dry_at_the_end_of_month_twelve(scenario: str) -> None:
    assert months_to_dry("openai-2024", scenario) == [12.0] * 4
    assert project("openai-2024", scenario).runway[0].zero_cash_date == date(2025, 8, 1)


@pytest.mark.parametrize("scenario", ["base", *READINGS])
def test_mid_2024_agrees_with_the_plain_calculation_to_the_cent(scenario: str) -> None:
    plain = [float(cash) for cash in openai_2024.closing_cash(openai_2024.READINGS[scenario])]
    assert list(project("openai-2024", scenario).rows["cash"]) == pytest.approx(plain, abs=0.001, rel=0)


@pytest.mark.parametrize("scenario", ["base", "r1", "r2"])
def test_the_stated_loss_stays_half_a_billion_away_from_the_listed_lines(scenario: str) -> None:
    rows = project("openai-2024", scenario).rows
    assert sum(rows["listed_loss.value"][:12]) == pytest.approx(5.5 * B)
    assert sum(rows["stated_loss.value"][:12]) == pytest.approx(5.0 * B)
    assert sum(rows["stated_loss_residual.value"][:12]) == pytest.approx(0.5 * B)


def test_serving_on_top_adds_a_year_of_700_thousand_a_day() -> None:
    inside, on_top = project("openai-2024", "r2").rows, project("openai-2024", "r3").rows
    year = slice(0, 12)  # August 2024 to July 2025: 365 days
    assert sum(on_top["total.costs"][year]) - sum(inside["total.costs"][year]) == pytest.approx(255_500_000)
    assert sum(inside["models.cost"][year]) + sum(inside["serving.cost"][year]) == pytest.approx(7 * B)


@pytest.mark.parametrize(
    ("scenario", "burn"),
    [
        ("r1", 5.000),
        ("r2", 5.500),
        ("r3", 5.756),
        ("r4", 8.500),
        ("r5", 8.756),
        ("r6a", 5.284),
        ("r6b", 5.588),
        ("r6c", 6.632),
        ("r7", 5.743),
    ],
)
def test_twelve_months_burn_what_each_reading_opens_with(scenario: str, burn: float) -> None:
    rows = project("openai-2024", scenario).rows
    assert sum(rows["net_burn"][:12]) / B == pytest.approx(burn, abs=0.001)
    assert rows["opening_cash"][0] / B == pytest.approx(burn, abs=0.001)


def test_reading_7_rises_from_0_428_to_0_532_billion() -> None:
    burn = project("openai-2024", "r7").rows["net_burn"]
    assert (round(burn[0] / B, 4), round(burn[11] / B, 4)) == (0.4282, 0.5324)


# The $40B round --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scenario", openai_2025.CASES)
def test_2025_agrees_with_the_plain_calculation_to_the_cent(scenario: str) -> None:
    plain = openai_2025.project(openai_2025.CASES[scenario])
    rows = project("openai-2025", scenario).rows
    assert list(rows["cash"]) == pytest.approx([month.cash for month in plain], abs=CENT, rel=0)
    assert list(rows["restricted_cash"]) == pytest.approx([month.restricted for month in plain], abs=CENT, rel=0)


@pytest.mark.parametrize("rung", range(3), ids=openai_2025.COUNTINGS)
@pytest.mark.parametrize("scenario", openai_2025.CASES)
def test_each_rung_of_2025_ends_on_the_day_of_the_plain_calculation(scenario: str, rung: int) -> None:
    """The first day out of cash, the lowest cash and its day, and what is left in the end, to the cent."""
    case, counting = openai_2025.CASES[scenario], openai_2025.COUNTINGS[rung]
    answer, free = project("openai-2025", scenario).runway[rung], openai_2025.free_cash(case, counting)
    assert answer.counting == counting
    assert answer.zero_cash_date == openai_2025.out_of_cash(free)
    assert answer.lowest_cash == pytest.approx(min(free.values()), abs=CENT, rel=0)
    assert answer.lowest_cash_date == min(free, key=free.__getitem__)
    assert answer.closing_cash == pytest.approx(openai_2025.project(case, counting)[-1].cash, abs=CENT, rel=0)


@pytest.mark.parametrize(
    ("scenario", "round_size", "free"),
    [
        ("base", 40, 22),
        ("no_conversion_a", 30, 12),
        ("no_conversion_b", 20, 2),
        ("waived", 40, 22),
        ("keep_post_money", 30, 12),
        ("suit", 30, 12),
        ("funding_market", 40, 22),
        ("no_new_capital", 0, -18),
    ],
)
def test_the_round_and_what_stargate_leaves_of_it(scenario: str, round_size: float, free: float) -> None:
    projection = project("openai-2025", scenario)
    assert sum(projection.rows["softbank_round.cash"]) == round_size * B
    assert projection.rows["softbank_round.drawn"][-1] == round_size * B
    assert openai_2025.drawn(openai_2025.CASES[scenario]) == round_size * B
    earmark = document("openai-2025")["funding"]["softbank_round"]["earmarks"][0]["amount"]["value"]
    assert earmark == "18B"
    assert projection.rows["softbank_round.drawn"][-1] - 18 * B == free * B


def test_the_round_at_signing_is_a_quarter_certain() -> None:
    rows = project("openai-2025").rows
    assert rows["softbank_round.headline"][0] == 40 * B
    assert rows["softbank_round.drawn"][0] == 10 * B


@pytest.mark.parametrize(("scenario", "a", "b"), [("base", 0, 0), ("no_conversion_a", 1, 0), ("no_conversion_b", 0, 1)])
def test_each_scenario_has_the_clause_bite_in_one_reading(scenario: str, a: int, b: int) -> None:
    rows = project("openai-2025", scenario).rows
    assert rows["softbank_round.conversion_clause.bites"][-1] == a
    assert rows["softbank_round.whole_round_clause.bites"][-1] == b


@pytest.mark.parametrize(
    ("scenario", "softbank", "post_money"),
    [
        ("base", 30 / 300, 300),
        ("no_conversion_a", 20 / 290, 290),
        ("keep_post_money", 20 / 300, 300),
        ("funding_market", 30 / 240, 240),
    ],
)
def test_the_clause_moves_the_stake_too(scenario: str, softbank: float, post_money: float) -> None:
    rows = project("openai-2025", scenario).rows
    assert rows["softbank_round.softbank.stake"][-1] == pytest.approx(softbank)
    assert rows["softbank_round.post_money"][-1] == pytest.approx(post_money * B)
    assert openai_2025.stakes(openai_2025.CASES[scenario])["softbank"] == pytest.approx(softbank)


def test_dilution_by_the_whole_round() -> None:
    """40 of 300 is 13.33 %; cut to 30 it is 10.34 % of 290 or 10 % of 300."""
    shares = {name: openai_2025.stakes(case)["round"] for name, case in openai_2025.CASES.items()}
    assert round(shares["base"], 4) == 0.1333
    assert round(shares["no_conversion_a"], 4) == 0.1034
    assert round(shares["keep_post_money"], 4) == 0.1


def test_stargate_is_not_paid_from_the_first_closing_alone() -> None:
    """Eighteen of forty, so 4.5B of the first ten: enough until the second closing."""
    rows = project("openai-2025").rows
    assert rows["restricted_cash"][0] == pytest.approx(4.5 * B)
    assert rows["restricted_cash"][7] == pytest.approx(1.5 * B)  # after six months of 0.5B
    assert rows["restricted_cash"][8] == pytest.approx(14.5 * B)  # 13.5B more, 0.5B spent
    assert sum(rows["stargate.spend"]) == pytest.approx(17 * B)  # two months lie beyond the horizon


def test_the_users_of_the_two_snapshots() -> None:
    """15.5M of 300M is 5.17 %, 20M of 500M is 4 %; the paid share is an outcome and recovers slowly."""
    rows = project("openai-2025").rows
    assert rows["new_users.value"][0] == 25e6  # the cap binds: 6 % of 500M would be 30M
    assert rows["weekly_users.value"][0] == 525e6
    assert rows["paid_share.value"][0] == pytest.approx(rows["payers.value"][0] / 525e6)
    assert 0.04 < rows["paid_share.value"][0] < rows["paid_share.value"][-1] < 0.08


def test_the_gate_and_the_cap_end_with_the_relief() -> None:
    """Four months of 0.5B from June on are the 2B of Stargate that new capacity takes: it is there in October."""
    base, crunch = project("openai-2025").rows, project("openai-2025", "capacity_crunch").rows
    assert base["relief.value"] == (0,) * 6 + (1,) * 30
    assert base["new_users.value"][6] > 25e6
    assert base["capacity.cost"] == (0,) * 6 + (10e6,) * 30
    assert not any(crunch["relief.value"])
    assert max(crunch["new_users.value"]) == 10e6
    assert crunch["use.value"][-1] < base["use.value"][-1]


@pytest.mark.parametrize("scenario", ["no_new_capital", "no_stargate"])
def test_without_stargate_s_money_there_is_no_new_capacity(scenario: str) -> None:
    rows = project("openai-2025", scenario).rows
    assert not any(rows["stargate.spend"])
    assert not any(rows["relief.value"])
    assert set(rows["sora_users.value"]) == {2e6}  # nobody is admitted


def test_what_the_round_was_to_build_is_built_on_own_cash_only_if_the_file_says_so() -> None:
    """In hand 9B last half as long again where Stargate waits for the round's money."""
    waits, own = months_to_dry("openai-2025")[0], months_to_dry("openai-2025", "stargate_regardless")[0]
    assert (waits, own) == (11.5, 7.8)


def test_stargate_catches_up_when_its_money_comes_late() -> None:
    """4.5B last from June 2025 to February 2026; the second closing comes on the last day of June."""
    spent = project("openai-2025", "funding_market").rows["stargate.spend"]
    assert spent[2:11] == (0.5 * B,) * 9
    assert spent[11:15] == (0,) * 4
    assert spent[15:17] == (2.5 * B, 0.5 * B)


def test_payers_fall_in_a_slump() -> None:
    """From 20M in every month, below 17M within three years, while users stay as many."""
    rows = project("openai-2025", "demand_slump").rows
    payers = rows["payers.value"]
    assert list(payers) == sorted(payers, reverse=True)
    assert payers[-1] < 17e6
    assert set(rows["weekly_users.value"]) == {500e6}


def test_revenue_of_2025_ends_near_a_billion_a_month() -> None:
    rows = project("openai-2025").rows
    assert 0.7 * B < rows["total.revenue"][8] < 1.1 * B


def test_an_outage_costs_three_days_of_sales_and_some_payers() -> None:
    base, outage = project("openai-2025").rows, project("openai-2025", "outage").rows
    assert outage["chatgpt.revenue"][2] / outage["payers.value"][2] == pytest.approx(18 * (1 - 0.5 * 3 / 30))
    assert outage["api.revenue"][2] == pytest.approx(base["api.revenue"][2] * (1 - 0.8 * 3 / 30))
    assert outage["payers.value"][1] == base["payers.value"][1]
    assert outage["payers.value"][5] < base["payers.value"][5]
    again = project("openai-2025", "outages").rows
    assert again["payers.value"][:8] == outage["payers.value"][:8]
    lost = [1 - again["payers.value"][t] / outage["payers.value"][t] for t in (8, 9, 10, 11)]
    assert 0.009 < lost[0] < 0.01 < 0.018 < lost[1] < 0.02 < lost[2] > lost[3]  # a point for three months from each


def test_costs_of_2024_are_brought_forward_from_its_middle() -> None:
    rows = project("openai-2025").rows
    assert rows["training.cost"][0] == pytest.approx(4 * B / 12 * 1.9 ** (9 / 12), abs=CENT)
    assert rows["payroll.cost"][0] == pytest.approx(1.5 * B / 12 * 1.5 ** (9 / 12), abs=CENT)


def test_what_came_before_the_start_is_in_opening_cash() -> None:
    """Microsoft's 13B are drawn in the table of funding and come into no month, nor into what a scenario draws."""
    rows = project("openai-2025").rows
    assert set(rows["microsoft.drawn"]) == {13 * B}
    assert not any(rows["microsoft.cash"])
    drawn = {item.name: item.drawn_funding for item in runway.scenarios("openai-2025").scenarios}
    assert drawn == {name: openai_2025.drawn(case) for name, case in openai_2025.CASES.items()}


def test_the_ladder_of_2025_has_a_story() -> None:
    """A year in hand, most of two with what the clause cannot take, half a year more with all of it."""
    assert months_to_dry("openai-2025") == [11.5, 21.9, 28.2, 28.2]


# An ordinary start-up --------------------------------------------------------------------------------------------


def test_the_startup_runs_dry_in_its_second_year_unless_the_tranche_comes() -> None:
    in_hand, certain, conditional, planned = months_to_dry("saas-startup")
    assert 10 <= in_hand <= 14
    assert certain == in_hand
    assert conditional > in_hand + 3
    assert planned > conditional


def test_the_tranche_waits_for_800_thousand_of_recurring_revenue() -> None:
    projection = project("saas-startup")
    milestone = next(c for c in projection.closings if c.address == "seed.milestone")
    arr = projection.rows["total.arr"]
    first = next(t for t, value in enumerate(arr) if value >= 800_000)
    assert milestone.status == "drawn"
    assert milestone.date == date(2026, first + 2, 1)  # the first of the month after, which reads prev(total.arr)
    slow = next(c for c in project("saas-startup", "slow_sales").closings if c.address == "seed.milestone")
    assert slow.status == "lapsed"


# The lemonade stand ----------------------------------------------------------------------------------------------


def test_the_lemonade_stand_as_worked_by_hand() -> None:
    """A month: 100 cups at 2 = 200 in; lemons 100, stall 150, helper 50 out: 100 burnt.

    month     opening   trade   press   funding   closing   of which restricted
    January       500    -100                         400
    February      400    -100                         300
    March         300    -100              400        600     200
    April         600    -100                         500     200
    May           500    -100                         400     200
    June          400    -100    -200                 100
    July          100    -100                           0
    August          0    -100              400        300
    September     300    -100                         200
    October       200    -100                         100
    November      100    -100                           0
    December        0    -100              300        200
    """
    rows = project("lemonade").rows
    assert list(rows["cash"]) == [400, 300, 600, 500, 400, 100, 0, 300, 200, 100, 0, 200]
    assert list(rows["restricted_cash"]) == [0, 0, 200, 200, 200, 0, 0, 0, 0, 0, 0, 0]
    assert set(rows["net_burn"][:5]) == {100}
    assert rows["net_burn"][5] == 300  # with the press
    assert list(rows["cash.funding"]) == [0, 0, 400, 0, 0, 0, 0, 400, 0, 0, 0, 300]


def test_the_ladder_of_the_lemonade_stand() -> None:
    ladder = [(r.counting, r.months, r.zero_cash_date) for r in project("lemonade").runway]
    assert ladder == [
        ("cash in hand", 5.0, date(2025, 6, 1)),
        ("+ certain", 7.0, date(2025, 8, 1)),
        ("+ conditional", 11.0, date(2025, 12, 1)),
        ("+ planned", None, None),
    ]


@pytest.mark.parametrize(("scenario", "cash"), [("no_permit", -200), ("rain", -400), ("late_permit", 200)])
def test_scenarios_of_the_lemonade_stand(scenario: str, cash: float) -> None:
    """Without the permit 400 less; half the cups lose 100 of sales and save 50 of lemons a month, 600 a year."""
    assert project("lemonade", scenario).rows["cash"][-1] == cash


# Venture debt ----------------------------------------------------------------------------------------------------


def test_the_venture_loan_by_its_terms() -> None:
    """4M on the day of the launch, 11 %: twelve payments of interest, then 24 level ones, 1 % and 3 % in fees."""
    rows = project("venture-debt").rows
    assert rows["growth_loan.cash"][4] == 4e6
    assert rows["growth_loan.interest"][5:17] == pytest.approx([4e6 * 0.11 / 12] * 12, abs=CENT)
    assert rows["growth_loan.principal"][5:17] == (0,) * 12
    level = 4e6 * (0.11 / 12) / (1 - (1 + 0.11 / 12) ** -24)
    assert rows["growth_loan.payment"][17:40] == pytest.approx([level] * 23, abs=CENT)
    assert rows["growth_loan.fees"][4] == 40_000
    assert rows["growth_loan.fees"][40] == 120_000
    assert rows["growth_loan.balance"][40:] == (0,) * 8
    assert sum(rows["growth_loan.principal"]) == pytest.approx(4e6)


def test_the_revolver_keeps_two_million_and_no_more_than_its_limit() -> None:
    rows = project("venture-debt").rows
    assert max(rows["revolver.balance"]) <= 1.5e6
    assert max(rows["revolver.balance"]) > 0
    for cash, owed in zip(rows["cash"], rows["revolver.balance"], strict=True):
        assert owed == 0 or owed == 1.5e6 or cash == pytest.approx(2e6)
    assert rows["revolver.balance"][-1] == 0
    assert not any(rows["revolver.draw"][:6])
