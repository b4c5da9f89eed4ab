"""`one_off`: an amount on one day."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

Rows = Callable[..., Mapping[str, tuple[float, ...]]]


def settlement(rows: Rows, date: str, section: str = "costs", **how: object) -> Mapping[str, tuple[float, ...]]:
    return rows(
        f"""
        [{section}.x]
        kind = "one_off"
        amount = "25.55"
        date = "{date}"
        """,
        **how,
    )


@pytest.mark.parametrize(
    ("date", "month"),
    [("2025-01-01", 0), ("2025-03", 2), ("2025-03-31", 2), ("2025-12-31", 11), ("2024-12-31", None),
     ("2026-01-01", None), ("never", None)],
)  # fmt: skip
def test_it_moves_in_its_month_only(rows: Rows, date: str, month: int | None) -> None:
    found = settlement(rows, date)
    expected = [25.55 if t == month else 0.0 for t in range(12)]
    assert found["x.cost"] == tuple(expected)
    assert found["x.cash"] == tuple(-x for x in expected)


@pytest.mark.parametrize(
    ("section", "main", "sign"), [("revenue", "revenue", 1), ("capital", "spend", -1), ("passthrough", "flow", 1)]
)
def test_in_each_section(rows: Rows, section: str, main: str, sign: int) -> None:
    found = settlement(rows, "2025-03-10", section)
    assert found[f"x.{main}"][2] == 25.55
    assert found[f"cash.{section}"][2] == sign * 25.55


def test_a_date_moves_by_days_and_by_months(rows: Rows) -> None:
    assert settlement(rows, "2025-03-10", set={"x.date": "+2 months"})["x.cost"][4] == 25.55
    assert settlement(rows, "2025-03-10", set={"x.date": "-10 days"})["x.cost"][1] == 25.55
    assert settlement(rows, "2025-03-10", set={"x.date": "never"})["x.cost"] == (0.0,) * 12
