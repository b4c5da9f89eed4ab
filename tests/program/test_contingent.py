"""Actions: figures that become others once a condition holds that is known before the month."""

from __future__ import annotations

from calendar import monthrange
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.changed_inputs import ACTIONS
from support.companies import few
from support.paths_alone import agrees

import runway
from runway.answers.explain import explain
from runway.engine.ladder import runner_of
from runway.engine.run import Engine
from runway.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from runway.program.plan import Plan

    Load = Callable[..., Plan]

SHOP = """
    [model]
    name         = "Shop"
    start        = "2026-01"
    months       = 24
    opening_cash = {cash}

    [revenue.sales]
    kind   = "recurring"
    amount = "30k/month"

    [costs.team]
    kind    = "headcount"
    opening = 8
    salary  = "7500/month"
    hires   = {{ "2026-03-16" = 2, "2026-09-16" = 2, "2027-01" = 1 }}

    [costs.marketing]
    kind   = "recurring"
    amount = "20k/month"
    growth = "2%/month"

    [actions.freeze]
    when  = "prev(unrestricted_cash) < {months} * prev(trailing_burn)"
    set   = {{ "team.hires" = 0, "marketing.amount" = "-50%", "marketing.growth" = "1%/month" }}
    after = "{after} months"
    once  = {once}
    """


def by_hand(cash: float, months: float, after: int, once: bool) -> tuple[list[float], list[bool]]:
    """Cash at the end of each month and whether the freeze is on, month after month, as a person would work it out."""
    opening, balances, burns, held, on = cash, list[float](), list[float](), list[bool](), list[bool]()
    grown, hired = 1.0, 8.0
    for t in range(24):
        year, month = 2026 + t // 12, t % 12 + 1
        trailing = sum(burns[-3:]) / max(1, len(burns[-3:]))
        held.append(t > 0 and balances[-1] < months * trailing)
        decided = t >= after and held[t - after]
        on.append(decided or (once and t > 0 and on[-1]))
        joins = 0 if on[t] else {(2026, 3): 2, (2026, 9): 2, (2027, 1): 1}.get((year, month), 0)
        days = monthrange(year, month)[1]
        paid = hired + joins * ((days - 15) / days if year == 2026 else 1)
        hired += joins
        if t:
            grown *= 1.01 if on[t] else 1.02
        marketing = 20_000 * grown * (0.5 if on[t] else 1)
        burns.append(paid * 7_500 + marketing - 30_000)
        balances.append((balances[-1] if balances else opening) - burns[-1])
    return balances, on


@given(st.integers(100, 2_000), st.integers(1, 14), st.integers(0, 5), st.booleans())
@few(max_examples=12)
def test_an_action_is_what_a_person_works_out_month_by_month(
    load: Load, cash: int, months: int, after: int, once: bool
) -> None:
    text = SHOP.format(cash=cash * 1000, months=months, after=after, once=str(once).lower())
    rows = runway.project(load(text)).rows
    balances, on = by_hand(cash * 1000, months, after, once)
    assert [bool(x) for x in rows["freeze.on"]] == on
    assert rows["cash"] == pytest.approx(balances, abs=0.5)


def shop(**other: Any) -> str:
    return SHOP.format(**{"cash": 700_000, "months": 6, "after": 1, "once": "true"} | other)


def test_the_ladder_has_the_months_with_and_without(load: Load) -> None:
    plan = load(shop())
    found = runway.project(plan)
    (action,) = found.actions
    assert (action.status, str(action.since)) == ("on", "2026-08-01")
    assert "unrestricted_cash" in action.reason
    without = runway.project(load(shop(), set={"actions.freeze.active": "false"}))
    assert without.actions[0].status == "not taken"
    assert [rung.months for rung in found.without_actions] == [rung.months for rung in without.runway]
    assert found.runway[0].months > without.runway[0].months
    assert found.to_json()["actions"][0].since == action.since


def test_it_is_explained_and_put_off(load: Load) -> None:
    told = explain(load(shop()), "actions.freeze")
    assert told.fate is not None
    assert told.fate[0].startswith("on, from Aug 2026: team.hires = 0")
    assert (told.term.address, told.term.month, told.term.value) == ("freeze.on", "2026-08", 1)
    assert explain(load(shop()), "actions.freeze", "2026-07").term.value == 0
    later = runway.project(load(shop(), set={"actions.freeze.after": "3 months"}))
    assert str(later.actions[0].since) == "2026-10-01"
    half = load(shop(), set={"freeze.set.marketing.amount": "-20%"})
    assert half.program.parameters["freeze.set.marketing.amount"] == -0.2


def test_changes_by_a_share_are_multiplied_and_equal_ones_agree(load: Load) -> None:
    more = """
    [actions.cuts]
    when = "prev(freeze.on) > 0"
    set = { "marketing.amount" = "-20%", "team.hires" = 0 }
    """
    rows = runway.project(load(shop() + more)).rows
    alone = runway.project(load(shop())).rows
    assert rows["marketing.cost"][7] == alone["marketing.cost"][7]
    assert rows["marketing.cost"][8] == pytest.approx(0.8 * alone["marketing.cost"][8], abs=0.01)
    with pytest.raises(InputError) as refused:
        load(shop() + more.replace('"-20%"', '"5k/month"'))
    assert [problem.name for problem in refused.value.problems] == ["actions-disagree"]
    with pytest.raises(InputError) as refused:
        load(shop() + more.replace('"team.hires" = 0', '"team.hires.2026-09-16" = 1'))
    assert [problem.name for problem in refused.value.problems] == ["actions-disagree"]


def test_a_simulated_path_run_alone_takes_the_same_actions(load: Load) -> None:
    text = (
        ACTIONS.read_text(encoding="utf-8")
        .replace('"900k"', '"600k to 1.2M"')
        .replace('"50/month"', '"40 to 55/month"')
    )
    agrees(load(text))


def test_the_odds_of_an_action_are_those_of_paths_run_alone(load: Load) -> None:
    plan = load(shop(cash='"700k to 2M"'))
    found = runway.simulate(plan, paths=40, raw=True)
    (odds,) = found.actions
    assert [month for month, _ in odds.by] == ["2026-12", "2027-12"]
    assert found.raw is not None
    engine = Engine(plan.program, plan.model.document)
    alone = [
        engine.run({a: float(drawn[path]) for a, drawn in found.raw.figures.items()})["freeze.on"] for path in range(40)
    ]
    taken = [sum(any(on[: t + 1]) for on in alone) / 40 for t in (11, 23)]
    assert 0 < taken[0] < 1
    assert [estimate.value for _, estimate in odds.by] == taken


def test_who_leaves_leaves_all_the_same_and_who_does_not_come_is_paid_on_no_day(load: Load) -> None:
    text = shop().replace('"2026-09-16" = 2', '"2026-09-16" = 2, "2026-11-16" = -4')
    runner = runner_of(load(text))
    rows = runner.engine.run()
    assert rows["team.people"][7:12] == [10, 10, 10, 6, 6]
    cash, _ = runner.days(rows, {}).month(8)  # nobody joins in the middle of September
    assert cash(10) == pytest.approx(rows["cash"][7] - rows["net_burn"][8] / 3)
    without = {"freeze.active": 0.0}
    rows = runner.engine.run(without)
    cash, _ = runner.days(rows, without).month(8)
    own = 2 * 7_500 * 15 / 30  # of who joins on the 16th
    assert cash(15) == pytest.approx(rows["cash"][7] - (rows["net_burn"][8] - own) / 2)


def test_closed_months_are_those_of_the_books_and_what_fell_in_them_is_on_after(load: Load, tmp_path: Any) -> None:
    """The books have less cash than the plan: the condition holds on them, and the months after the close follow."""
    months = [f"2026-{n:02}" for n in range(1, 5)]
    (tmp_path / "shop.toml").write_text(
        "\n".join(line.strip() for line in shop().splitlines())
        + '\n[actuals]\nlast_close = "2026-04"\nfile = "books.csv"\n'
    )
    rows = [f"{month},marketing,50000" for month in months] + [f"{month},team,90000" for month in months]
    (tmp_path / "books.csv").write_text("\n".join(["month,address,value", *rows]) + "\n")
    found = runway.project(runway.load(str(tmp_path / "shop.toml")))
    assert found.rows["marketing.cost"][:4] == (50_000,) * 4
    assert found.rows["cash"][1] == 700_000 - 2 * 110_000  # below six months of 110,000
    assert found.rows["freeze.on"] == (0, 0, *(1,) * 22)
    assert found.rows["marketing.cost"][4] == pytest.approx(20_000 * 1.02 * 1.01**3 * 0.5, abs=0.01)
    assert found.rows["team.people"][4:] == (8,) * 20  # the hires of March came after it was on
