"""What `runway project` prints, at 80 columns and wider."""

from __future__ import annotations

import re
from datetime import date

import pytest
from rich.console import Console
from support.output_fixtures import big_round, lemonade, lines

from runway.cli import main
from runway.render.terminal import console, terminal_text
from runway.render.text import cell_len
from runway.reports.project import report

LEMONADE = """\
Lemonade · base · Jan–Jun 2026 · USD

  RUNWAY                                                          18 months
  counting       months   cash out      lowest cash    in         more need
  cash in hand      4.9   27 May 2026        (23.00)   Jun 2026      369.00
  lowest cash in Jun 2026, the last month: it is still falling there

  Net burn       20.50 a month, gross 80.50; Jan–Mar 2026, no funding counted
  Static runway  4.9 months at that net burn
  Survival       if costs stayed flat: default dead, cash in hand out in
                 May 2026 (costs held at 80.50, a year's average of what recurs,
                 the highest of Jan–Mar 2026, revenue 0.0% a month)
  Cash in hand   as planned it runs out, and the company still burns in Jun 2026
  Peak need      no end: burn goes on to Dec 2035 without a turn for good
  Raise by       27 Nov 2025, before this plan starts: 6 months for a round to
                 close (cash in hand)
  Round          369 buys 18 months more, to 27 Nov 2027

  CASH   at the end of each month ┄ floor
  100  ┤───╮
   80  ┤   ╰─────╮
   60  ┤         ╰─────╮
   40  ┤               ╰─────╮
   20  ┤                     ╰─────╮
    0  ┼┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄╰─────╮┄┄┄
  (20) ┤                                 ╰───
       └─────────────────────────────────────
        Jan 2026          Apr 2026

  CASH FLOW         2026
                     Jan       Feb       Mar       Apr       May       Jun
  ─────────────────────────────────────────────────────────────────────────
  Opening cash    100.00     79.50     59.00     38.50     18.00     (2.50)
  Revenue          60.00     60.00     60.00     60.00     60.00     60.00
    glasses        60.00     60.00     60.00     60.00     60.00     60.00
  Costs           (80.50)   (80.50)   (80.50)   (80.50)   (80.50)   (80.50)
    lemons        (60.50)   (60.50)   (60.50)   (60.50)   (60.50)   (60.50)
    stall         (20.00)   (20.00)   (20.00)   (20.00)   (20.00)   (20.00)
  ─────────────────────────────────────────────────────────────────────────
  Net cash flow   (20.50)   (20.50)   (20.50)   (20.50)   (20.50)   (20.50)
  Closing cash     79.50     59.00     38.50     18.00     (2.50)   (23.00)

  Net loss         20.50     20.50     20.50     20.50     20.50     20.50
  Net burn         20.50     20.50     20.50     20.50     20.50     20.50
"""


def project_report(projection, to=None):
    """The whole report as `runway project` prints it."""
    return terminal_text(report(projection, full=True), to)


def plain(projection, width=80, by=None):
    return lines(projection, width, by)


def test_the_whole_report_of_a_lemonade_stand():
    """100 in the box and 20.50 a month lost: five months, dry in May, and no funding to count."""
    assert project_report(lemonade(), to=Console(width=80, no_color=True)) == LEMONADE


@pytest.mark.parametrize("width", [80, 100, 120, 200])
@pytest.mark.parametrize("by", [None, "month", "quarter", "year"])
def test_no_line_is_wider_than_the_terminal(width, by):
    assert max(map(cell_len, lines(big_round(), width, by))) <= width


def test_ladder_has_one_line_a_rung_and_beyond_is_no_number():
    ladder = plain(big_round(), width=100)[2:7]
    assert ladder == [
        "  RUNWAY                                                                          18 months",
        "  counting                   months   cash out          lowest cash    in         more need",
        "  cash in hand                  9.4   12 Jan 2026             (31.2)   Mar 2028        21.4",
        "  + certain                    17.8   25 Sep 2026             (11.2)   Mar 2028        21.4",
        "  + conditional, + planned   beyond   not by Mar 2028           3.1    Mar 2028           –",
    ]


def test_a_long_name_of_equal_rungs_is_broken_between_them():
    assert [line[:19].rstrip() for line in plain(big_round())[6:8]] == ["  + conditional,", "  + planned"]


def test_what_to_raise_is_said_of_certain_money_first():
    text = "\n".join(plain(big_round()))
    assert "Raise by       25 Mar 2026: 6 months for a round to close (+ certain)" in text


def test_nothing_is_to_be_raised_while_certain_money_lasts():
    company = big_round()
    hand, certain, *rest = company.runway
    safe = certain._replace(months=None, zero_cash_date=None)
    raise_by = [
        company.raise_by[1]._replace(date=None) if n == 1 else needed for n, needed in enumerate(company.raise_by)
    ]
    text = "\n".join(plain(company._replace(runway=(hand, safe, *rest), raise_by=tuple(raise_by))))
    assert "Raise by" not in text
    assert "Round  " not in text


def test_a_floor_is_named():
    text = plain(big_round()._replace(minimum_cash=5e8))
    assert "  cash out: below the minimum cash of 0.50" in text


@pytest.mark.parametrize(
    ("changes", "survival", "planned"),
    [
        (
            {"alive": True, "profitable": date(2026, 3, 1), "planned_alive": True},
            "if costs stayed flat: default alive, revenue covers costs from Mar 2026 on "
            "(costs held at 1.30, a year's average of what recurs, the highest of Apr–Jun 2025, revenue +2.7% a month)",
            "as planned it lasts, and nothing is burned from Nov 2027 on",
        ),
        (
            {"alive": None, "profitable": None, "planned_alive": None},
            "if costs stayed flat: undecided: neither out of cash nor covering its costs for good by Mar 2035 "
            "(costs held at 1.30, a year's average of what recurs, the highest of Apr–Jun 2025, revenue +2.7% a month)",
            "as planned it lasts to Mar 2028, but the company still burns",
        ),
        (
            {"planned_profitable": None},
            "if costs stayed flat: default dead, cash in hand out in Feb 2026 "
            "(costs held at 1.30, a year's average of what recurs, the highest of Apr–Jun 2025, revenue +2.7% a month)",
            "as planned it runs out, and the company still burns in Mar 2028",
        ),
    ],
)
def test_survival(changes, survival, planned):
    company = big_round()
    text = plain(company._replace(survival=company.survival._replace(**changes)), width=230)
    assert f"  Survival       {survival}" in text
    assert f"  Cash in hand   {planned}" in text


def test_a_company_that_earns_money_has_no_static_runway():
    text = plain(big_round()._replace(net_burn=-3e8, static_runway=None, burn_multiple=None, peak_need=0.0))
    assert "  Net burn       (0.30) a month, gross 1.31; Apr–Jun 2025, no funding counted" in text
    assert "  Static runway  no end: nothing is burned" in text
    assert not any(line.startswith(("  Burn multiple", "  Peak need")) for line in text)


def test_rounds_say_what_became_of_each_closing_and_clause():
    text = plain(big_round(), width=120)
    start = next(i for i, line in enumerate(text) if line.startswith("  FUNDING"))
    states = [line.split() for line in text[start + 2 : start + 9] if line.startswith("    ") and line[4] != " "]
    assert states == [
        ["Mar", "2025", "40.00", "40.00", "30.00", "–", "–", "40.00"],
        ["Apr", "2025", "40.00", "40.00", "30.00", "10.00", "10.00", "30.00"],
        ["Dec", "2025", "40.00", "30.00", "30.00", "30.00", "30.00", "–"],
    ]
    assert "      first 10.0: drawn 15 Apr 2025: no condition, on its date" in text
    assert "bites 31 Dec 2025: conversion is 1 Feb 2026, later than 31 Dec 2025" in "".join(text)


def test_sections_without_anything_to_say_are_left_out():
    text = plain(big_round()._replace(milestones=(), notes=(), closings=(), rounds=(), clauses=()))
    assert not any(line.startswith(("  FUNDING", "  MILESTONES", "  NOTES")) for line in text)


def test_the_table_takes_the_finest_period_that_fits():
    company = big_round()
    assert any("Q1" in line for line in plain(company, width=230))
    assert any("Apr–Dec" in line for line in plain(company, width=80))
    assert any(line.split()[-2:] == ["May", "Jun"] for line in plain(lemonade(), width=80))


def test_a_pipe_gets_80_columns_and_no_colour(monkeypatch):
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    assert console().width == 80
    text = project_report(big_round())
    assert "\x1b" not in text
    assert all(line == line.rstrip() for line in text.splitlines())


@pytest.mark.parametrize("company", [big_round(), lemonade()])
def test_a_pipe_gets_the_text_of_the_terminal(company, monkeypatch):
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    terminal = Console(width=80, highlight=False, markup=False, emoji=False, color_system=None)
    assert project_report(company) == project_report(company, to=terminal)


@pytest.mark.parametrize("columns", ["0", "1", "30"])
def test_a_terminal_of_no_width_is_no_hindrance(monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", columns)
    assert "Closing cash" in project_report(big_round())


def test_a_grant_is_its_own_closing():
    company = big_round()
    grant = company.closings[0]._replace(address="grant", title="A grant", amount=1e9, drawn=1e9)
    funds = company.rounds[0]._replace(name="grant", title="A grant", headline=1e9)
    text = plain(company._replace(closings=(grant,), rounds=(funds,), clauses=()))
    start = next(i for i, line in enumerate(text) if line.startswith("  A grant"))
    assert "      1.00: drawn 15 Apr 2025: no condition, on its date" in text[start:]


def test_no_color_leaves_the_terminal_its_weights_but_no_colour(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    text = project_report(big_round(), to=Console(width=80, force_terminal=True, color_system="standard"))
    assert "\x1b[31m" not in text
    monkeypatch.delenv("NO_COLOR")
    text = project_report(big_round(), to=Console(width=80, force_terminal=True, color_system="standard"))
    assert "\x1b[1;31m" in text


def test_text_of_a_strangers_file_is_harmless():
    company = big_round()._replace(model="Evil \x1b[2J [red]corp[/red] :boom:", notes=("note \x07 \x1b]0;title\x07",))
    text = project_report(company)
    assert "\x1b" not in text
    assert "\x07" not in text
    assert "[red]corp[/red] :boom:" in text


@pytest.mark.parametrize("command", ["project", "project --full", "check", "solve", "sensitivity --break"])
def test_one_month_is_one(command, capsys, tmp_path):
    """Where the figure is 1, what it counts is said in the singular."""
    file = tmp_path / "one.toml"
    file.write_text(
        '[model]\nname = "One"\nstart = "2026-01"\nmonths = 1\nopening_cash = 900\nmonths_to_close = "1 month"\n'
        'raise_for = "1 month"\n[costs.rent]\nkind = "recurring"\namount = "1000/month"\n'
        '[[checks]]\nrequire = "runway <= 1 month"\ntolerance = "1 month"\n'
    )
    main([*command.split(), str(file)])
    told = capsys.readouterr()
    assert not re.search(r"\b1 (?:months|days|lines|checks)\b", told.out + told.err)
    assert re.search(r"\b1 (?:month|check)\b", told.out + told.err)
