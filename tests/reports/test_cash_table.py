"""The cash table: its periods, its sums, how it fits a width."""

from __future__ import annotations

import pytest
from support.output_fixtures import big_round, lemonade, names_of_months

from runway.render.figures import scale
from runway.render.report import plain
from runway.render.terminal import fits, table_lines
from runway.render.text import cell, cell_len
from runway.reports.cash_table import cash_table
from runway.reports.periods import closings, flows, openings, period_label, periods

BILLIONS = scale("USD", 2, [40e9])
DOLLARS = scale("USD", 2, [100.0])


def test_quarters_are_calendar_quarters_and_say_when_they_are_cut():
    columns = periods(names_of_months("2025-02", 7), "quarter")
    found = [(column.year, column.label, column.part, column.first, column.stop) for column in columns]
    assert found == [
        ("2025", "Q1", "Feb–Mar", 0, 2),
        ("2025", "Q2", "", 2, 5),
        ("2025", "Q3", "Jul–Aug", 5, 7),
    ]


def test_financial_years_are_named_by_where_they_end():
    """As pandas, Period.qyear: of a year that ends in March 2018 Q1 begins on 2017-04-01."""
    columns = periods(names_of_months("2017-03", 14), "quarter", 3)
    found = [(column.year, column.label, column.part, column.stop - column.first) for column in columns]
    assert found == [
        ("FY17", "Q4", "Mar", 1),
        ("FY18", "Q1", "", 3),
        ("FY18", "Q2", "", 3),
        ("FY18", "Q3", "", 3),
        ("FY18", "Q4", "", 3),
        ("FY19", "Q1", "Apr", 1),
    ]
    assert [period_label(column) for column in columns[:2]] == ["FY17 Q4", "FY18 Q1"]
    years = periods(names_of_months("2026-01", 13), "year", 1)
    assert [(column.label, column.part) for column in years] == [("FY26", "Jan"), ("FY27", "")]


def test_years_are_calendar_years_and_one_month_is_a_period():
    columns = periods(names_of_months("2025-12", 14), "year")
    assert [(column.label, column.part) for column in columns] == [("2025", "Dec"), ("2026", ""), ("2027", "Jan")]
    assert len(periods(names_of_months("2025-12", 14), "month")) == 14


def test_flows_are_summed_and_balances_taken_at_either_end():
    columns = periods(names_of_months("2025-01", 6), "quarter")
    row = (0.1, 0.1, 0.1, 4.0, 5.0, 6.0)
    assert flows(row, columns, 2) == (0.3, 15.0)
    assert openings(row, columns) == (0.1, 4.0)
    assert closings(row, columns) == (0.1, 6.0)


@pytest.mark.parametrize("by", ["month", "quarter", "year"])
def test_every_period_foots(by):
    rows = cash_table(big_round(), by).rows
    figures = {row.cells[0]: [plain(cell) for cell in row.cells[1:]] for row in rows}
    names = list(figures)
    net, loss, burn = (names.index(name) for name in ("Net cash flow", "Net loss", "Net burn"))
    sections = [row.cells[0] for row in rows[:net] if row.style == "bold"]
    for i, opening in enumerate(figures["Opening cash"]):
        flows = sum(figures[name][i] for name in sections)
        assert opening + flows == pytest.approx(figures["Closing cash"][i], abs=0.01)
        assert sum(figures[name][i] for name in names[loss:burn]) == pytest.approx(figures["Net burn"][i], abs=0.01)
        if i:
            assert opening == figures["Closing cash"][i - 1]


def test_what_moves_no_cash_is_left_out():
    titles = [row.cells[0] for row in cash_table(big_round(), "year").rows]
    assert "Tax" not in titles
    assert "Pass-through" not in titles
    assert "working capital" not in titles
    assert "of which restricted" in titles
    assert "of which restricted" not in [row.cells[0] for row in cash_table(lemonade(), "year").rows]


@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
@pytest.mark.parametrize("by", ["month", "quarter", "year"])
def test_no_line_is_wider_than_the_terminal(by, width):
    lines = table_lines(cash_table(big_round(), by), BILLIONS, width)
    assert max(cell_len(line.plain) for line in lines) <= width


def test_too_many_columns_go_into_blocks_that_each_have_their_labels():
    table = cash_table(big_round(), "quarter")
    assert not fits(table, BILLIONS, 80)
    assert fits(table, BILLIONS, 160)
    lines = [line.plain for line in table_lines(table, BILLIONS, 80)]
    assert sum(line.startswith("  Closing cash") for line in lines) == 2
    assert sum("Q" in line for line in lines) == 2


def test_titles_in_wide_characters_keep_columns_in_line():
    company = lemonade()
    line = company.sections[0].lines[0]._replace(title="レモネード販売")
    company = company._replace(sections=(company.sections[0]._replace(lines=(line,)), *company.sections[1:]))
    lines = table_lines(cash_table(company, "month"), DOLLARS, 80)
    assert len({cell_len(line.plain) for line in lines if "60.00" in line.plain}) == 1


def test_long_titles_end_in_an_ellipsis():
    assert cell("a long title", 8) == "a long…".ljust(8)
    assert cell("short", 8) == "short   "
