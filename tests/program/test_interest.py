"""Interest has one rule in one place: changed there, `project`, `simulate` and the workbook change alike."""

from __future__ import annotations

from calendar import monthrange
from typing import TYPE_CHECKING, NamedTuple

import pytest
from support import spreadsheet
from support.paths_alone import agrees

import runway
from runway.engine import days
from runway.program import statement
from runway.workbook import workbook
from runway.workbook.places import FIRST_MONTH, column_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from support.spreadsheet import Cells

    from runway.answers.projection import Projection
    from runway.program.plan import Plan

    Load = Callable[..., Plan]

SHOP = """
[model]
name = "A shop that is overdrawn in its first spring"
start = "2025-01"
months = 14
opening_cash = 6_000
interest = "5%/month"

[revenue.sales]
kind = "recurring"
amount = "$1_000/month"
growth = "20%/month"

[costs.rent]
kind = "recurring"
amount = "$3_500/month"
"""
MONTHS, RATE = 14, 0.05


class Rule(NamedTuple):
    """What interest is on, the day that it is paid, and the same for the ledger below."""

    formula: str
    day: int
    interest: Callable[[float, float], float]  # of a month's opening cash and that of the month before


OVERDRAWN = "opening_cash * model.interest"
AVERAGE = "(opening_cash + lag(opening_cash, 1)) / 2 * model.interest"
FEE = "max(0, opening_cash) * model.interest - 250"
RULES = {
    "as it is": Rule(statement.INTEREST, days.FIRST, lambda cash, _: max(0.0, cash) * RATE),
    "charged on what is overdrawn": Rule(OVERDRAWN, days.FIRST, lambda cash, _: cash * RATE),
    "on the average of two months": Rule(AVERAGE, days.FIRST, lambda cash, last: (cash + last) / 2 * RATE),
    "less a fee": Rule(FEE, days.FIRST, lambda cash, _: max(0.0, cash) * RATE - 250),
    "on the last day": Rule(statement.INTEREST, days.LAST, lambda cash, _: max(0.0, cash) * RATE),
    "charged on the last day": Rule(OVERDRAWN, days.LAST, lambda cash, _: cash * RATE),
    "charged on the tenth": Rule(OVERDRAWN, 10, lambda cash, _: cash * RATE),
}


@pytest.fixture(params=RULES)
def rule(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Rule:
    """The rule of interest, in force."""
    return put(monkeypatch, RULES[request.param])


def put(patch: pytest.MonkeyPatch, rule: Rule) -> Rule:
    patch.setattr(statement, "INTEREST", rule.formula)
    patch.setitem(days.FIXED_DAYS, "cash.interest", rule.day)
    return rule


def ledger(rule: Rule) -> Iterator[tuple[int, int, float]]:
    """Month, day and cash at its end."""
    cash, last = 6_000.0, 0.0
    for t in range(MONTHS):
        length = monthrange(2025 + t // 12, t % 12 + 1)[1]
        even, interest, opening = 1_000 * 1.2**t - 3_500, rule.interest(cash, last), cash
        for day in range(1, length + 1):
            cash += even / length + (interest if day == min(rule.day, length) else 0.0)
            yield t, day, cash
        last = opening


def test_project_follows_the_rule(load: Load, rule: Rule) -> None:
    """Every month's cash, the zero-cash day and the lowest day are those of a ledger with a line for every day."""
    projection = runway.project(load(SHOP))
    daily = list(ledger(rule))
    month_ends = {t: cash for t, _, cash in daily}
    assert projection.rows["cash"] == pytest.approx(list(month_ends.values()), abs=0.1)
    in_hand = projection.runway[0]
    low_month, low_day, lowest = min(daily, key=lambda line: line[2])
    assert in_hand.lowest_cash == pytest.approx(lowest, abs=0.1)
    assert (in_hand.lowest_cash_date.month, in_hand.lowest_cash_date.day) == (low_month % 12 + 1, low_day)
    zero_month, zero_day = next((t, day) for t, day, cash in daily if cash < -0.005)
    assert in_hand.zero_cash_date is not None
    assert (in_hand.zero_cash_date.month, in_hand.zero_cash_date.day) == (zero_month % 12 + 1, zero_day)


def test_no_two_rules_come_to_the_same(load: Load) -> None:
    said = set()
    for rule in RULES.values():
        with pytest.MonkeyPatch.context() as patch:
            put(patch, rule)
            projection = runway.project(load(SHOP))
            rung = projection.runway[0]
            said.add((rung.zero_cash_date, round(rung.lowest_cash, 2), projection.rows["cash"][-1]))
    assert len(said) == len(RULES)


DRAWN = [
    (opening, rate) for rate in ("5%/month", "1% to 8%/month") for opening in ("-2k to 9k", "3k to 3.9k", "8k to 14k")
]


@pytest.mark.parametrize(
    ("opening", "interest"), [DRAWN[0], *(pytest.param(*d, marks=pytest.mark.proof) for d in DRAWN[1:])]
)
def test_simulate_follows_the_rule_path_by_path(load: Load, rule: Rule, opening: str, interest: str) -> None:
    text = SHOP.replace("opening_cash = 6_000", f'opening_cash = "{opening}"').replace("5%/month", interest, 1)
    agrees(load(text))


def test_a_certain_simulation_is_the_projection(load: Load, rule: Rule) -> None:
    text = SHOP.replace("opening_cash = 6_000", 'opening_cash = { value = "6_000", low = "6_000", high = "6_000" }')
    simulated, projected = runway.simulate(load(text), paths=10), runway.project(load(text))
    assert {moment.date for moment in simulated.risks[0].runway} == {projected.runway[0].zero_cash_date}
    for quantiles, cash in zip(simulated.cash, projected.rows["cash"], strict=True):
        assert quantiles[0].value == pytest.approx(cash, abs=0.1)


@pytest.fixture(scope="module")
def books(load: Load, tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Projection, Cells]]:
    """The workbook under each rule, recalculated."""
    if spreadsheet.soffice() is None:
        pytest.skip(spreadsheet.ABSENT)
    folder = tmp_path_factory.mktemp("rules")
    projections = {}
    for name, rule in RULES.items():
        with pytest.MonkeyPatch.context() as patch:
            put(patch, rule)
            model = load(SHOP)
            projections[name] = runway.project(model)
            (folder / f"{name}.xlsx").write_bytes(workbook(model, projections[name]))
    into = folder / "recalculated"
    into.mkdir()
    spreadsheet.recalculated([folder / f"{name}.xlsx" for name in RULES], into)
    return {
        name: (projection, spreadsheet.computed(folder / f"{name}.xlsx", into))
        for name, projection in projections.items()
    }


@pytest.mark.proof
@pytest.mark.parametrize("name", RULES)
def test_the_workbook_follows_the_rule(books: dict[str, tuple[Projection, Cells]], name: str) -> None:
    projection, cells = books[name]
    places = {address: cell[1:] for cell, address in cells["Model"].items() if cell.startswith("A")}
    for address in ("cash.interest", "cash", "net_burn"):
        own = [cells["Model"][f"{column_name(FIRST_MONTH + t)}{places[address]}"] for t in range(MONTHS)]
        assert own == pytest.approx(projection.rows[address], abs=0.005)
    in_hand, zero = projection.runway[0], projection.runway[0].zero_cash_date
    assert zero is not None
    said = {"months": in_hand.months, "zero_cash_date": (zero - spreadsheet.EPOCH).days}
    said |= {"lowest_cash": in_hand.lowest_cash, "funding_gap": in_hand.funding_gap}
    for key, value in said.items():
        assert cells["Model"][f"C{places[f'headline.cash_in_hand.{key}']}"] == pytest.approx(value, abs=0.005)
    assert cells["Checks"]["B3"] == "OK"
