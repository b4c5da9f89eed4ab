"""What holds for any company once months are closed; and that any figure of any company can be traced."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.companies import Company, companies, few

import runway
from runway.answers.explain import explain
from runway.engine.trace import Trace
from runway.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from runway.answers.projection import Projection
    from runway.program.plan import Plan

pytestmark = pytest.mark.proof


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("closed")


def closed(
    folder: Path, company: Company, last: str, values: Mapping[str, tuple[float, ...]], months: list[str]
) -> Plan:
    """The company with these values in its closed months."""
    rows = [f"{m},{a},{v!r}" for a, series in values.items() for m, v in zip(months, series, strict=False)]
    (folder / "actuals.csv").write_text("\n".join(["month,address,value", *rows]), encoding="utf-8")
    table = f"""
        [actuals]
        file = "actuals.csv"
        last_close = "{last}"
        """
    (folder / "company.toml").write_text(company.text() + table, encoding="utf-8")
    return runway.load(str(folder / "company.toml"))


def projected(folder: Path, company: Company) -> Projection:
    (folder / "plan.toml").write_text(company.text(), encoding="utf-8")
    return runway.project(str(folder / "plan.toml"))


OF_THE_PAST = ("survival.growth", "survival.revenue", "survival.expenses", "survival.cash")  # of the last closed months


@few(max_examples=20)
@given(company=companies(), share=st.floats(0, 1))
def test_actuals_that_are_the_plan_change_nothing(folder: Path, company: Company, share: float) -> None:
    """Every line as earned, its cash and the closing cash, taken from the plan: the projection stays what it was."""
    plan = projected(folder, company)
    count = 1 + int(share * (len(plan.months) - 1))
    months = list(plan.months[:count])
    lines = [line for section in plan.sections for line in section.lines if line.earned]
    values = {a: plan.rows[a] for line in lines for a in (line.earned, line.cash) if a}
    owed = {a.replace(".free_cash", ".balance") for a in plan.rows if a.endswith(".free_cash")}
    values |= {address: plan.rows[address] for address in ("cash", *owed)}
    model = closed(folder, company, months[-1], values, months)
    now = runway.project(model)
    for address, series in plan.rows.items():
        if not address.endswith(".underlying") and address not in OF_THE_PAST:
            average = address.startswith("survival.") or address == "total.arr"  # of whole cents, which add up
            close = (0.5, 1e-6) if average else (0.02, 1e-9)
            assert now.rows[address] == pytest.approx(series, abs=close[0], rel=close[1]), address
    assert now.rows["unreconciled.cash"] == pytest.approx((0,) * len(plan.months), abs=0.02)
    assert now.closing_cash["+ planned"] == pytest.approx(plan.closing_cash["+ planned"], abs=0.02)


@few(max_examples=15)
@given(company=companies(), cash=st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=6))
def test_closing_cash_is_the_bank_s_on_every_rung(folder: Path, company: Company, cash: list[int]) -> None:
    plan = projected(folder, company)
    balances = tuple(cents / 100 for cents in cash[: len(plan.months)])
    months = list(plan.months[: len(balances)])
    now = runway.project(closed(folder, company, months[-1], {"cash": balances}, months))
    for closing in now.closing_cash.values():
        assert closing[: len(balances)] == pytest.approx(balances, abs=0.001)


@few(max_examples=20)
@given(company=companies(), pick=st.integers(0, 10**6))
def test_any_figure_can_be_traced(folder: Path, company: Company, pick: int) -> None:
    """The probes change no value and never fail; the inputs found are those that the formula can read."""
    (folder / "plan.toml").write_text(company.text(), encoding="utf-8")
    model = runway.load(str(folder / "plan.toml"))
    projection = runway.project(model)
    rows, months = projection.rows, projection.months
    trace = Trace(model)
    assert {address: tuple(trace.values[address]) for address in rows} == dict(rows)
    address, month = list(rows)[pick % len(rows)], months[pick % len(months)]
    found = explain(model, address, month, depth=4)
    assert (found.term.address, found.term.value) == (address, rows[address][months.index(month)])
    assert {origin.address for origin in found.inputs} <= set(model.program.parameters)


@few(max_examples=20)
@given(company=companies(), pick=st.integers(0, 10**6))
def test_what_a_figure_rests_on_is_what_moves_it(folder: Path, company: Company, pick: int) -> None:
    """A written number that is not among the inputs of a figure can be changed without changing the figure."""
    (folder / "plan.toml").write_text(company.text(), encoding="utf-8")
    plan = runway.load(str(folder / "plan.toml"))
    program = plan.program
    projection = runway.project(plan)
    rows, months = projection.rows, projection.months
    address, t = list(rows)[pick % len(rows)], pick % len(months)
    inputs = {origin.address for origin in explain(plan, address, months[t], depth=1).inputs}
    others = [a for a, e in program.entries.items() if a not in inputs and e.amount.is_number]
    others = [a for a in others if not a.startswith("levers.")]
    if others:
        other = others[pick % len(others)]
        from runway.engine.run import Engine

        try:
            moved = Engine(program, plan.model.document).run({other: program.parameters[other] * 1.1})
        except InputError:
            return
        defaults = {o.address for o in explain(plan, address, months[t], depth=1).defaults}
        if other not in defaults:
            assert moved[address][t] == rows[address][t], (address, other)
