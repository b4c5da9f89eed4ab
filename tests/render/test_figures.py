"""How money, dates and a file's own text are written."""

from __future__ import annotations

from datetime import date

import pytest
import rich.cells

from runway.render.cells import rate, share
from runway.render.figures import day, keep_together, month, months, percent, printable, scale, span
from runway.render.text import NARROW


@pytest.mark.parametrize(
    ("largest", "label"),
    [
        (0, "USD"),
        (9_999, "USD"),
        (10_000, "USD thousands"),
        (9_999_940, "USD thousands"),
        (9_999_950, "USD millions"),
        (-40e9, "USD billions"),
        (9e12, "USD billions"),
        (5e14, "USD trillions"),
    ],
)
def test_unit_leaves_at_most_four_digits(largest, label):
    assert scale("USD", 2, [largest, 1.0]).label == label


@pytest.mark.parametrize(
    ("lines", "decimals"),
    [
        ([[10e9, 30e9], [0.0]], 0),  # whole billions
        ([[10.5e9], [-0.3e9]], 1),
        ([[10.5e9], [0.04e9, 0.02e9]], 2),  # rent would print as 0.0
        ([[10.5e9], [4e6]], 3),
        ([[10.5e9], [900.0]], 1),  # nothing shows 900 in billions, so it does not widen the table
    ],
)
def test_decimals_show_every_line(lines, decimals):
    assert scale("USD", 2, [40e9]).decimals(lines) == decimals


def test_single_units_have_the_minor_units_of_the_currency():
    assert scale("USD", 2, [100.0]).decimals([[100.0, 2.5]]) == 2
    assert scale("KWD", 3, [100.0]).decimals([[100.0, 2.5]]) == 3
    assert scale("JPY", 0, [100.0]).decimals([[100.0, 2.0]]) == 0


def test_figures_align_and_only_nothing_is_a_dash():
    billions = scale("USD", 2, [40e9])
    written = [billions.figure(value, 1) for value in (31.2e9, -1234.5e9, 0.0, -0.0, 1e6, -1e6)]
    assert written == ["31.2 ", "(1,234.5)", "– ", "– ", "0.001 ", "(0.001)"]


@pytest.mark.parametrize(
    ("value", "text"),
    [(31.2e9, "31.2"), (0.74e9, "0.74"), (-0.74e9, "(0.74)"), (58e6, "0.058"), (1.306e9, "1.31"), (0, "0.0")],
)
def test_amount_in_a_sentence_says_two_digits(value, text):
    assert scale("USD", 2, [40e9]).amount(value) == text


def test_amount_in_single_units():
    assert scale("USD", 2, [100]).amount(20.5) == "20.50"
    assert scale("USD", 2, [100]).amount(369.0) == "369"


def test_dates_do_not_depend_on_the_locale():
    assert day(date(2026, 1, 2)) == "2 Jan 2026"
    assert (month("2026-12"), month(date(2025, 6, 30))) == ("Dec 2026", "Jun 2025")
    assert span("2025-04", "2025-06") == "Apr–Jun 2025"
    assert span("2025-11", "2026-01") == "Nov 2025 – Jan 2026"
    assert span("2025-11", "2025-11") == "Nov 2025"


def test_months_and_percent():
    assert [months(value) for value in (9.387, 0.0, -0.04, -1.25, 1200.0)] == ["9.4", "0.0", "0.0", "(1.2)", "1,200.0"]
    assert [percent(value) for value in (0.0268, -0.1, 0.0001)] == ["+2.7%", "−10.0%", "0.0%"]
    assert [share(-0.52977), rate(-0.1152), rate(-2e5)] == ["−52.98%", "−11.5%", "<−999,999%"]


def test_text_of_a_file_cannot_steer_the_terminal():
    assert printable("Our\n company \x1b[2J\u202edrow") == "Our company \N{REPLACEMENT CHARACTER}[2J�drow"


def test_lines_do_not_break_inside_a_date_or_a_figure():
    text = keep_together("out 12 Jan 2026, in 9.4 months, by Dec 2025, 3 % of 4 dogs")
    assert text.replace("\N{NO-BREAK SPACE}", "~") == "out 12~Jan~2026, in 9.4~months, by Dec~2025, 3~% of 4 dogs"


def test_what_is_counted_without_rich_is_one_column_wide():
    assert [letter for letter in NARROW if rich.cells.cell_len(letter) != 1] == []
