"""The cash chart: its scale, its line, its marks."""

from __future__ import annotations

import pytest
from support.output_fixtures import big_round, lemonade, names_of_months

from runway.render import chart as drawing
from runway.render.chart import levels, month_labels, tick_labels
from runway.render.figures import scale
from runway.render.text import cell_len
from runway.reports import project

BILLIONS = scale("USD", 2, [40e9])


def cash_chart(projection, unit, width):
    return drawing.cash_chart(project.chart(projection), unit, width)


@pytest.mark.parametrize(
    "values",
    [[0.0], [1.0, 2.0], [-3.2e10, 4e10], [5.0, -1e-9], [1e14, 0.0], [0.01, 0.02], [9e9, 9.0001e9]],
)
def test_levels_hold_all_values_in_few_rows(values):
    step, bottom, top = levels(values)
    assert 1 <= top - bottom <= 10
    assert bottom * step - step / 2 <= min(*values, 0.0)
    assert top * step + step / 2 >= max(values)


def test_labels_are_as_fine_as_the_step():
    assert tick_labels([-5e9, 0.0, 2.5e9], BILLIONS) == ["(5.0)", "0.0 ", "2.5 "]
    assert tick_labels([0.0, 1e10], BILLIONS) == ["0 ", "10 "]


def test_line_falls_through_the_floor():
    company = lemonade()
    lines = [line.plain for line in cash_chart(company, scale("USD", 2, [100.0]), 60)]
    assert lines == [
        "  100  ┤───╮",
        "   80  ┤   ╰─────╮",
        "   60  ┤         ╰─────╮",
        "   40  ┤               ╰─────╮",
        "   20  ┤                     ╰─────╮",
        "    0  ┼┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄╰─────╮┄┄┄",
        "  (20) ┤                                 ╰───",
        "       └─────────────────────────────────────",
        "        Jan 2026          Apr 2026",
    ]


def test_what_lines_are_about_goes_on_below_where_it_is_too_wide():
    chart = drawing.Sparklines("FREE CASH", ("2026-01",), (drawing.Sparkline("slow_growth_x", (1_737_800.0,), 0.0),))
    drawn = [line.plain for line in drawing.sparklines(chart, scale("EUR", 2, [1e6]), 60)]
    assert drawn[:2] == ["  FREE CASH        at the end of months; the tallest is", " " * 19 + "1,737.8"]
    assert all(cell_len(line) <= 60 for line in drawn)


@pytest.mark.parametrize("months", [6, 60, 600])
def test_a_long_amount_leaves_less_room_for_its_sparkline(months):
    line = drawing.Sparkline("base", (-987_654_321.0,) * months, 0.0)
    chart = drawing.Sparklines("FREE CASH", [f"{2026 + n // 12}-{n % 12 + 1:02}" for n in range(months)], (line,))
    drawn = [line.plain for line in drawing.sparklines(chart, scale("USD", 2, [1.0]), 60)]
    assert max(map(cell_len, drawn)) <= 60
    assert drawn[1].endswith("  (987,654,321)")


def test_closings_are_marked_and_cash_in_hand_is_dotted():
    lines = [line.plain for line in cash_chart(big_round(), BILLIONS, 80)]
    assert lines[-2].count("▲") == 2
    assert any("·" in line for line in lines)


def test_nothing_drawn_nothing_marked():
    company = big_round()
    closings = tuple(closing._replace(drawn=0.0, date=None) for closing in company.closings)
    lines = [line.plain for line in cash_chart(company._replace(closings=closings), BILLIONS, 80)]
    assert "▲" not in "".join(lines)


@pytest.mark.parametrize("months", [1, 2, 12, 36, 600])
@pytest.mark.parametrize("width", [40, 80, 200])
def test_any_plan_fits_any_width(months, width):
    company = big_round()
    rows = {address: (values * 20)[:months] for address, values in company.rows.items()}
    company = company._replace(months=names_of_months("2025-04", months), rows=rows, runway=())
    lines = cash_chart(company, BILLIONS, width)
    assert max(cell_len(line.plain) for line in lines) <= width
    assert len(lines) <= 13


def test_months_are_named_where_there_is_room():
    assert month_labels(names_of_months("2026-01", 12), 49) == "Jan 2026    Apr 2026    Jul 2026    Oct 2026"
    assert month_labels(names_of_months("2025-12", 36), 37) == "Dec 2025     Jan 2027    Jan 2028"


def test_a_company_held_at_nothing_has_a_scale_all_the_same() -> None:
    assert levels([0.0, 0.0], 1e6) == (1e6, 0, 1)
