"""Notes of a projection: costs that are all paid at once, and growths that are carried far beyond what they rest on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import runway
from runway.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

HEAD = """
[model]
name = "Notes"
start = "2025-04"
months = {months}
opening_cash = "10M"

[sources.press]
title = "An article"
as_of = "2025-03-31"
"""


def notes(tmp_path: Path, body: str, months: int = 36) -> list[str]:
    path = tmp_path / "notes.toml"
    path.write_text(HEAD.format(months=months) + body, encoding="utf-8")
    return list(runway.project(str(path)).notes)


def about(lines: list[str], word: str) -> list[str]:
    return [line for line in lines if word in line]


RENT = """
[costs.rent]
kind = "recurring"
amount = "100k/month"
"""


def test_costs_that_are_all_paid_at_once_are_said_to_be_no_reported_loss(tmp_path: Path) -> None:
    (note,) = about(notes(tmp_path, RENT), "non-cash")
    assert note.startswith("no cost is non-cash or paid later, so the net loss is the net burn of every month;")


def test_where_equipment_is_bought_the_loss_is_not_the_burn(tmp_path: Path) -> None:
    body = RENT + '[capital.desks]\nkind = "one_off"\namount = "5k"\ndate = "2025-06-01"\n'
    (note,) = about(notes(tmp_path, body), "non-cash")
    assert "so the net loss" not in note


@pytest.mark.parametrize(
    "more",
    [
        'paid_after = "30 days"\nopening_payable = 0\n',
        "non_cash = true\n",
        '[capital.desks]\nkind = "one_off"\namount = "5k"\ndate = "2025-06-01"\nwritten_off_over = "3 years"\n',
    ],
)
def test_a_cost_that_no_money_leaves_for_yet_ends_the_note(tmp_path: Path, more: str) -> None:
    assert not about(notes(tmp_path, RENT + more), "non-cash")


def grown(growth: str) -> str:
    return f'[revenue.api]\nkind = "recurring"\namount = "1M/month"\ngrowth = {growth}\n'


def test_a_growth_read_off_a_quarter_and_carried_three_years_says_what_it_reaches(tmp_path: Path) -> None:
    (note,) = about(notes(tmp_path, grown('{ value = "10%/month", between = ["2024-12-31", "2025-03-31"] }')), "10%")
    # 1M x 1.1 ** 35 = 28.1M
    assert note == (
        "api.growth of 10%/month was read off figures of 31 Dec 2024 and 31 Mar 2025 and is carried 36 months on, "
        "12 times as long: api goes from 1M in Apr 2025 to 28.1M in Mar 2028"
    )


def test_four_times_as_long_is_not_far(tmp_path: Path) -> None:
    growth = '{ value = "10%/month", between = ["2024-12-31", "2025-03-31"] }'
    assert not about(notes(tmp_path, grown(growth), months=11), "read off")
    assert about(notes(tmp_path, grown(growth), months=12), "read off")  # 365 days, of 90


@pytest.mark.parametrize(("months", "far"), [(24, False), (25, True)])
def test_a_dated_growth_is_carried_far_after_two_years(tmp_path: Path, months: int, far: bool) -> None:
    for growth in ('{ value = "5%/month", source = "press" }', '{ value = "5%/month", as_of = "2025-03-31" }'):
        assert bool(about(notes(tmp_path, grown(growth), months=months), "months on")) is far


def test_a_growth_without_a_day_or_of_nothing_says_nothing(tmp_path: Path) -> None:
    assert not about(notes(tmp_path, grown('"5%/month"')), "months on")
    assert not about(notes(tmp_path, grown('{ value = "0%/month", source = "press" }')), "months on")


def test_only_the_last_step_of_a_schedule_is_carried_to_the_end(tmp_path: Path) -> None:
    body = grown('{ "2025-04" = { value = "9%/month", source = "press" }, "2026-01" = "1%/month" }')
    assert not about(notes(tmp_path, body), "months on")


def test_a_rate_that_a_formula_reads_off_two_dated_figures(tmp_path: Path) -> None:
    body = """
    [drivers.pace]
    formula = "(now / then) ** (1 / 3) - 1"
    then = { value = "300M", as_of = "2024-12-31" }
    now  = { value = "500M", as_of = "2025-03-31" }

    [drivers.price]
    formula = "a * b"
    a = { value = "$3", as_of = "2024-12-31" }
    b = { value = "5", as_of = "2025-03-31" }
    """
    (note,) = about(notes(tmp_path, body), "read off")
    assert note.startswith("pace was read off figures of 31 Dec 2024 and 31 Mar 2025")


@pytest.mark.parametrize(
    ("between", "says"),
    [
        ('"2024-12-31"', "between is the days"),
        ('["2024-12-31"]', "between is the days"),
        ('["2024-12-31", "soon"]', "between is the days"),
        ('["2025-03-31", "2024-12-31"]', "the earlier day first"),
    ],
)
def test_between_is_two_days_in_their_order(tmp_path: Path, between: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        notes(tmp_path, grown(f'{{ value = "5%/month", between = {between} }}'))
