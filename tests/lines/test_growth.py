"""Growth that counts from the day which a figure speaks of."""

from __future__ import annotations

import pytest

from runway.errors import InputError

COMPANY = """
    [model]
    name = "A"
    start = "2025-04"
    months = 24
    opening_cash = "1B"
"""
AMOUNT = 'amount = { value = "$4B/year", as_of = "2024-06-30" }'
GROWTH = 'growth = { value = "90%/year", from = "as_of" }'


def line(kind, section, *fields):
    return "\n".join([COMPANY, f"[{section}.it]", f'kind = "{kind}"', *fields])


@pytest.mark.parametrize(
    ("text", "row", "months"),
    [
        # nine months at 90 % a year, and on from there
        (line("recurring", "costs", AMOUNT, GROWTH), "it.cost", {0: 4e9 / 12 * 1.9**0.75, 3: 4e9 / 12 * 1.9}),
        # the same day said as a month
        (line("recurring", "costs", AMOUNT.replace("06-30", "06"), GROWTH), "it.cost", {0: 4e9 / 12 * 1.9**0.75}),
        # eight months
        (
            line("recurring", "costs", AMOUNT.replace("06-30", "07-31"), GROWTH),
            "it.cost",
            {0: 4e9 / 12 * 1.9 ** (2 / 3)},
        ),
        # a line that starts later has grown in the meantime too
        (line("recurring", "costs", AMOUNT, GROWTH, 'start = "2025-07-01"'), "it.cost", {2: 0, 3: 4e9 / 12 * 1.9}),
        # a raise each January: those of 2025 and 2026
        (
            line("recurring", "costs", AMOUNT, GROWTH, 'growth_step = "yearly"'),
            "it.cost",
            {0: 4e9 / 12 * 1.9, 8: 4e9 / 12 * 1.9, 9: 4e9 / 12 * 1.9**2},
        ),
        # a growth that changes: as it is at the start, back to the day
        (
            line(
                "recurring",
                "costs",
                AMOUNT,
                '[costs.it.growth]\n"2025-04" = { value = "10%/month", from = "as_of" }\n"2025-05" = "0%/month"',
            ),
            "it.cost",
            {0: 4e9 / 12 * 1.1**9, 1: 4e9 / 12 * 1.1**9},
        ),
        (
            line("usage", "revenue", "volume = 10", 'price = { value = "$5", as_of = "2024-03-31" }', GROWTH),
            "it.revenue",
            {0: 95, 12: 180.50},
        ),
        # pay as of the last day of 2023: the raises of January 2024, 2025 and 2026
        (
            line(
                "headcount",
                "costs",
                "opening = 2",
                'salary = { value = "$1_200/year", as_of = "2023-12-31" }',
                'raises = { value = "10%/year", from = "as_of" }',
            ),
            "it.cost",
            {0: 242, 9: 266.20},
        ),
    ],
)
def test_a_figure_of_the_past_is_brought_forward(rows, text, row, months):
    found = rows(text)[row]
    assert {t: found[t] for t in months} == pytest.approx(months, abs=0.01)


def test_what_it_comes_to_is_told(project):
    (told,) = [note for note in project(line("recurring", "costs", AMOUNT, GROWTH)).notes if "brought" in note]
    assert told == (
        "it.amount is as of 30 Jun 2024, 9 months before the start, and grows 90%/year from there: brought forward it "
        "is $6.47B/year"
    )


@pytest.mark.parametrize(
    ("address", "value", "first"),
    [
        ("it.amount", "$4B/year", 4e9 / 12 * 1.9**0.75),
        ("it.amount", "$2B/year", 2e9 / 12 * 1.9**0.75),
        ("it.amount", "+10%", 4.4e9 / 12 * 1.9**0.75),
        ("it.growth", "90%/year", 4e9 / 12 * 1.9**0.75),
        ("it.growth", "21%/year", 4e9 / 12 * 1.1 ** (9 / 6)),
        ("it.amount", '{ value = "$4B/year", as_of = "2024-03-31" }', 4e9 / 12 * 1.9),
        ("it.growth", '{ value = "90%/year" }', 4e9 / 12),  # as the file then says, from the start
    ],
)
def test_a_new_value_counts_from_the_same_day(rows, address, value, first):
    """A figure that is set, or that a scenario sets, stands in the place of the file's."""
    text = line("recurring", "costs", AMOUNT, GROWTH)
    assert rows(text, set={address: value})["it.cost"][0] == pytest.approx(first, abs=0.01)
    if not value.startswith("{"):
        value = f'"{value}"'
    scenario = f'{text}\n    [scenarios.other]\n    set = {{ "{address}" = {value} }}'
    assert rows(scenario, scenario="other")["it.cost"][0] == pytest.approx(first, abs=0.01)


def test_a_cited_figure_that_is_old_is_told(project):
    told = project(line("recurring", "costs", AMOUNT)).notes
    assert "cited figures older than the start, taken as they are: it.amount 9 months" in told
    assert "older" not in str(project(line("recurring", "costs", AMOUNT.replace("2024-06-30", "2025-03-31"))).notes)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        (('amount = "$4B/year"', GROWTH), "needs its as_of"),
        (('amount = { "2025-04" = "$1", "2025-06" = "$2" }'.replace('"$1"', '"$1/month"').replace('"$2"', '"$2/month"'),
          GROWTH), "needs one figure with its as_of"),
        ((AMOUNT.replace("2024-06-30", "2025-06-30"), GROWTH), "within the model"),
        ((AMOUNT, GROWTH.replace('"as_of"', '"start"')), 'from is "as_of", or left out'),
        ((AMOUNT.replace('as_of = "2024-06-30"', 'from = "as_of"'), GROWTH), "A figure has no from"),
    ],
)  # fmt: skip
def test_what_cannot_be_brought_forward(load, fields, says):
    with pytest.raises(InputError, match=says):
        load(line("recurring", "costs", *fields))
