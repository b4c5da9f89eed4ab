"""The workbook proves itself: LibreOffice recalculates it, and every cell of every month is the engine's."""

from __future__ import annotations

from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support import spreadsheet
from support.changed_inputs import CHANGES, SCENARIOS

from runway.answers.weeks import week_by_week
from runway.engine.ladder import LADDER, runner_of
from runway.render.figures import month
from runway.workbook.places import FIRST_MONTH, column_name

if TYPE_CHECKING:
    from support.spreadsheet import Cells

    from runway.answers.projection import Projection

pytestmark = pytest.mark.proof
HALF = 0.5


def differences(cells: Cells, projection: Projection) -> list[str]:
    """Each month's cell that is not the engine's figure: money to the minor unit, all else to nine digits."""
    sheet, found, seen = cells["Model"], [], set()
    half = HALF / 10**projection.minor_digits
    for cell, address in sheet.items():
        if not cell.startswith("A") or not cell[1:].isdigit() or address not in projection.rows:
            continue
        seen.add(address)
        for t, value in enumerate(projection.rows[address]):
            own = sheet.get(f"{column_name(FIRST_MONTH + t)}{cell[1:]}")
            if isnan(value):
                found += [] if own == "–" else [f"{address} in {projection.months[t]} does not exist, {own!r} does"]
                continue
            near = half if address in projection.money else 1e-9 * max(1.0, abs(value))
            if not isinstance(own, float) or not abs(own - value) < near:
                found.append(f"{address} in {projection.months[t]}: {value!r}, the sheet has {own!r}")
    assert seen == set(projection.rows)
    return found


def same(written: Any, computed: Any) -> bool:
    if isinstance(written, float) and isinstance(computed, float):
        return abs(written - computed) <= 1e-9 * max(1.0, abs(written))
    return bool((spreadsheet.value(written) if isinstance(written, str) else written) == computed)


def test_every_cell_of_every_month_is_the_engines(cases):
    """Every bundled model, the formulas of its scenarios, every construct of the language, companies."""
    exported = [case for case in cases.values() if case.exported]
    assert len(exported) >= 16
    wrong = {case.name: differences(case.computed(), case.projection)[:5] for case in exported}
    assert {name: found for name, found in wrong.items() if found} == {}


def test_the_value_beside_every_formula_is_what_a_spreadsheet_computes(cases):
    """On every sheet: readers that do not recalculate show the same."""
    for case in cases.values():
        if not case.exported:
            continue
        written, computed = case.written(), case.computed()
        assert list(written) == list(computed)
        said = {v for cells in written.values() for v in cells.values() if isinstance(v, str)}
        assert not {text for text in said if spreadsheet.ERROR.fullmatch(text)}
        for sheet, cells in written.items():
            wrong = {c: (v, computed[sheet].get(c)) for c, v in cells.items() if not same(v, computed[sheet].get(c))}
            assert not wrong, (case.name, sheet, dict(list(wrong.items())[:5]))


def headline(cells: Cells) -> dict[str, Any]:
    """What the Model sheet says of each rung, by address."""
    rows = spreadsheet.rows_of(cells["Model"])
    return {a: cells["Model"].get(f"C{row}") for a, row in rows.items() if str(a).startswith("headline.")}


def said_by_the_engine(projection: Projection) -> dict[str, Any]:
    """The same of a projection: months, days as a spreadsheet counts them, money; text where there is none."""
    found: dict[str, Any] = {}

    def day(on: Any) -> float | None:
        return None if on is None else float((on - spreadsheet.EPOCH).days)

    for rung, need in zip(projection.runway, projection.raise_by, strict=True):
        prefix = f"headline.{rung.counting.removeprefix('+ ').replace(' ', '_')}."
        beyond = f"not by {month(projection.months[-1])}"
        found |= {
            f"{prefix}months": "beyond" if rung.months is None else rung.months,
            f"{prefix}zero_cash_date": day(rung.zero_cash_date) or beyond,
            f"{prefix}lowest_cash": rung.lowest_cash,
            f"{prefix}lowest_cash_date": day(rung.lowest_cash_date),
            f"{prefix}funding_gap": rung.funding_gap,
            f"{prefix}raise_by": day(need.date),
            f"{prefix}lasts_until": day(need.lasts_until),
            f"{prefix}round_to_extend": need.round_to_extend,
            f"{prefix}stake": "–" if need.stake is None else need.stake,
        }
    bottomless = "cash falls on and on" if projection.peak_need is None else projection.peak_need
    return found | {
        "headline.net_burn": projection.net_burn,
        "headline.gross_burn": projection.gross_burn,
        "headline.survival": projection.survival.verdict[0],
        "headline.survival_out": day(projection.survival.out_of_cash),
        "headline.peak_need": bottomless,
        "headline.peak_need_date": day(projection.peak_need_date),
    }


def near(own: Any, value: Any, half: float = 0.00501) -> bool:
    if isinstance(own, float) and isinstance(value, float | int):
        return abs(own - value) <= max(half, 1e-9 * abs(value))
    return bool((own or None) == (value or None))


def test_the_headline_is_a_formula_and_the_engines(cases):
    """Each rung's months, days, amounts and stake, survival and peak need, also where an input was changed."""
    wrong, stakes, valleys = {}, set(), set()
    for name, case in cases.items():
        if name == "tampered":
            continue
        own, said = headline(case.computed()), said_by_the_engine(case.projection)
        for address, value in said.items():
            if not near(own.get(address), value, 0.000001 if address.endswith(".stake") else 0.00501):
                wrong[name, address] = (own.get(address), value)
        stakes |= {value for address, value in said.items() if address.endswith(".stake")}
        valleys.add(said["headline.peak_need"])
    assert wrong == {}
    assert len(stakes) > 5
    assert len(valleys) >= 10


def test_daily_cash_is_the_engines_on_every_day(cases):
    """The lowest day of each month on each rung, of every case, also after a change."""
    wrong, months = {}, 0
    for name, case in cases.items():
        if name == "tampered":
            continue
        cells, runner = case.computed()["Model"], runner_of(case.model)
        at = spreadsheet.rows_of(cells)
        for counting in LADDER:
            if (row := at.get(f"{counting.key}: daily.lowest")) is None:  # as that of another rung
                continue
            days = runner.days(runner.engine.run(counting.overrides), counting.overrides)
            for t, length in enumerate(runner.layout.days):
                cash, _ = days.month(t)
                lowest = min(cash(day) for day in range(runner.layout.since(t), length + 1))
                months += 1
                if not near(cells[f"{column_name(FIRST_MONTH + t)}{row}"], lowest):
                    wrong[name, counting.key, t] = (cells[f"{column_name(FIRST_MONTH + t)}{row}"], lowest)
    assert wrong == {}
    assert months > 2000


@pytest.mark.parametrize(("name", "address"), [("figures", "cash_in_hand.months"), ("steps", "conditional.months"),
                                               ("debt", "certain.lowest_cash")])  # fmt: skip
def test_the_headline_follows_a_changed_input(cases, name, address):
    before, after = (headline(cases[n].computed()) for n in (Path(CHANGES[name][0]).stem, f"changed {name}"))
    assert before[f"headline.{address}"] != after[f"headline.{address}"]


@pytest.mark.parametrize(("name", "scenario"), SCENARIOS)
def test_a_chosen_scenario_is_the_engines(cases, name, scenario):
    """Every month of every row, in the workbook of the base in which its name is chosen."""
    case = cases[f"changed to {name}-{scenario}"]
    assert differences(case.computed(), case.projection) == []
    assert len(differences(case.computed(), cases[name].projection)) > 20
    assert case.computed()["Summary"]["B6"] == scenario


def test_the_weeks_are_the_engines(cases):
    """Opening, received, paid, closing, the lowest day and its date, recalculated, also after a change."""
    wrong, seen = {}, 0
    for name, case in cases.items():
        if name == "tampered":
            continue
        sheet = case.computed().get("Weeks", {})
        for row, week in enumerate(week_by_week(case.model).weeks, 5):
            said = (week.opening, week.received, -week.paid, week.closing, week.lowest)
            shown = [sheet.get(f"{column}{row}") for column in "CDEFGH"]
            seen += 1
            on = (week.lowest_on - spreadsheet.EPOCH).days
            if not all(map(near, shown, said)) or not near(shown[-1], on, 0.5):
                wrong[name, row] = (shown, said, on)
    assert wrong == {}
    assert seen > 300


def test_periods_are_the_months_summed_or_the_last_of_them(cases):
    """By row: flows add up, what stands at a moment is the last month's, an opening that of the first."""
    seen = set()
    for name in ("saas-startup", "venture-debt", "constructs", "changed debt"):
        case = cases[name]
        ends = case.projection.fiscal_year_end
        in_year = [int(label[:4]) + (int(label[5:]) > ends) for label in case.projection.months]
        years = dict.fromkeys(in_year)
        for row, address in _column(case.computed()["Annual"], "A").items():
            if (values := case.projection.rows.get(address)) is None:
                continue
            how = case.computed()["Annual"][f"C{row}"]
            for column, year in enumerate(years, 3):
                months = [v for v, own in zip(values, in_year, strict=True) if own == year]
                said = {"sum": sum(months), "end": months[-1], "start": months[0]}[how]
                assert near(case.computed()["Annual"][f"{column_name(column)}{row}"], said), (name, address, year)
            seen.add((address if address.endswith(".cash") else address.rpartition(".")[2], how))
    assert {("cash", "end"), ("opening_cash", "start"), ("net_cash_flow", "sum"), ("net_burn", "sum"),
            ("arr", "end"), ("debt", "end"), ("revenue", "sum"), ("people", "end"), ("balance", "end"),
            ("drawn", "end"), ("unrestricted_cash", "end"), ("interest", "sum")} <= seen  # fmt: skip
    assert not {("cash", "sum"), ("net_burn", "end"), ("revenue", "end"), ("people", "sum")} & seen


def test_a_years_cash_adds_up(cases):
    """Opening cash, the flow of the period and closing cash, on both sheets."""
    for name in ("openai-2025", "saas-startup-actuals", "venture-debt"):
        for sheet in ("Annual", "Quarterly"):
            cells = cases[name].computed()[sheet]
            rows = {address: row for row, address in _column(cells, "A").items()}
            columns = [cell[:-1] for cell in cells if cell.endswith("4") and cell[:-1] in list("DEFGHIJKLMNO")]
            assert len(columns) >= (3 if sheet == "Annual" else 11)
            for column in columns:
                opening, flow, cash = (cells[f"{column}{rows[a]}"] for a in ("opening_cash", "net_cash_flow", "cash"))
                assert abs(opening + flow - cash) < 0.01, (name, sheet, column)


def _column(cells: dict[str, Any], letter: str) -> dict[str, str]:
    """The texts of a column by row."""
    return {cell[1:]: text for cell, text in cells.items() if cell[0] == letter and cell[1:].isdigit()}


def statuses(cells: Cells) -> set[Any]:
    return {value for cell, value in cells["Checks"].items() if cell.startswith("B") and cell[1:].isdigit()}


def test_the_checks_say_ok(cases):
    for case in cases.values():
        if case.exported:
            cells = case.computed()
            assert cells["Checks"]["B3"] == cells["Summary"]["B4"] == "OK", case.name
            assert statuses(cells) == {"status", "OK"}, case.name
            assert cells["Inputs"]["C5"] == 0, case.name
            assert "C4" not in cells["Summary"], case.name


@pytest.mark.parametrize("name", CHANGES)
def test_a_changed_input_recalculates_as_set_does(cases, name):
    """What is typed into a blue cell has the effect of `--set` of the same; the checks tell it from a mistake."""
    case = cases[f"changed {name}"]
    cells = case.computed()
    assert differences(cells, case.projection) == []
    assert len(differences(cells, cases[Path(CHANGES[name][0]).stem].projection)) > 20
    assert cells["Inputs"]["C5"] == len(CHANGES[name][1])
    assert cells["Checks"]["B3"] == cells["Summary"]["B4"] == "OK, inputs changed"
    assert cells["Summary"]["C4"].startswith("grey figures are from before the change")
    assert statuses(cells) == {"status", "OK", "inputs changed", "OK, inputs changed"}


def test_a_cell_that_is_not_its_rows_formula_is_told(cases):
    """One cent in one month."""
    cells = cases["tampered"].computed()
    assert cells["Checks"]["B3"] == cells["Summary"]["B4"] == "DIFFERS"
    told = {cells["Checks"][f"A{cell[1:]}"] for cell, value in cells["Checks"].items() if value == "DIFFERS"}
    assert {"Lines make revenue", "cash.revenue", "cash"} <= told
    assert "cash.costs" not in told
