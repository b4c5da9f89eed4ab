"""Groups: lines of a section that tables sum up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import runway
from runway.render.csv import csv
from runway.reports.cash_table import cash_table, wide_table
from runway.reports.statements import report

Load = Callable[..., Any]

COMPANY = """
    [costs.backend]
    kind = "headcount"
    opening = 2
    salary = "5000/month"
    group = "engineering"

    [costs.rent]
    kind = "recurring"
    amount = "1000/month"

    [costs.frontend]
    kind = "headcount"
    opening = 1
    salary = "4000/month"
    group = "engineering"
    paid_after = "30 days"
    opening_payable = 0

    [costs.check]
    kind = "formula"
    formula = "0 if prev(engineering.cost) < 20_000 else 1"
    """


def test_a_group_is_summed_up_where_its_lines_are_listed(load: Load) -> None:
    plan = load(COMPANY)
    found = runway.project(plan)
    assert found.rows["engineering.cost"] == (14_000,) * 12
    paid = [a + b for a, b in zip(found.rows["backend.cash"], found.rows["frontend.cash"], strict=True)]
    assert list(found.rows["engineering.cash"]) == pytest.approx(paid)
    rows = cash_table(found, "year").rows
    first = next(n for n, row in enumerate(rows) if row.cells[0] == "Costs") + 1
    costs = rows[first : first + 4]
    listed = [(row.cells[0], row.depth) for row in costs]
    assert listed == [("Engineering", 1), ("backend", 2), ("frontend", 2), ("rent", 1)]
    assert costs[0].cells[1:] == pytest.approx([sum(paid)])
    assert rows[first + 4].depth == 0
    assert sum(row.cells[1] for row in costs if row.depth == 1) == pytest.approx(sum(found.rows["cash.costs"]))
    heads = [column.head for column in wide_table(found).columns]
    assert {"engineering.cash", "engineering.cost"} < set(heads)
    text = csv(report(runway.statements(plan), by="year"))
    assert "income_statement,Engineering,engineering.cost,-168000.00" in text
    income = runway.statements(plan).statements[0]
    assert [line.depth for line in income.lines if line.title in ("Engineering", "backend", "rent")] == [1, 3, 1]


def test_a_group_of_which_a_part_is_cost_of_revenue_is_listed_line_by_line(load: Load) -> None:
    text = COMPANY.replace('salary = "4000/month"', 'salary = "4000/month"\n    cost_of = "revenue"')
    found = runway.statements(load(text)).statements[0]
    assert "engineering.cost" not in [line.address for line in found.lines]
