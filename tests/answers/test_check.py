"""`runway check`: statements against hand-made models, going concern by the day, figures out of scale."""

from __future__ import annotations

import json
import re
from datetime import date
from math import inf
from typing import TYPE_CHECKING

import pytest

import runway
from runway.cli import main
from runway.engine.load import load_document
from runway.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from runway.answers.check import CheckResult
    from runway.program.plan import Plan

SEPTEMBER = date(2025, 9, 1).toordinal()
OCTOBER = date(2025, 10, 1).toordinal()
STAND = """
[model]
name         = "Stand"
start        = "2025-01"
months       = 18
opening_cash = 1000
minimum_cash = 100

[sources.book]
title = "Cash book"

[revenue.cups]
kind   = "recurring"
amount = "$100/month"

[costs.rent]
kind   = "recurring"
amount = "$200/month"

[events.permit]
date = "2025-06-15"

[funding.aunt]
kind = "priced_round"
closings = [
    { name = "first", date = "2025-03-01", amount = 300 },
    { name = "second", date = "2025-09-01", amount = 500, requires = "permit" },
]
"""


@pytest.fixture
def checked(load: Callable[..., Plan]) -> Callable[..., CheckResult]:
    """`checked(text)`: the one check of the stand; it burns 100 a month and gets 300 for certain, 500 perhaps."""

    def checked(text: str, **how: object) -> CheckResult:
        (only,) = runway.check(load(f"{STAND}\n[[checks]]\n{text}", **how)).checks
        return only

    return checked


@pytest.mark.parametrize(
    ("text", "expected", "modelled", "holds"),
    [
        (
            """
            expect = "net_loss over 2025-01..2025-12"
            value = 1200
            within = 0
            """,
            1200,
            1200,
            True,
        ),
        (
            """
            expect = "net_loss over 2025-01..2025-12"
            value = "1.1k"
            within = 99.99
            """,
            1100,
            1200,
            False,
        ),
        (
            """
            expect = "net_loss over 2025-01..2025-12"
            value = "1.1k"
            within = "10%"
            """,
            1100,
            1200,
            True,
        ),
        (
            """
            expect = "cash in 2025-03"
            value = 1000
            within = 0
            """,
            1000,
            1000,
            True,
        ),
        (
            """
            expect = "rent"
            value = 200
            within = 0
            """,
            200,
            200,
            True,
        ),
        (
            """
            expect = "cups / rent in 2025-05"
            value = "50%"
            within = "1%"
            """,
            0.5,
            0.5,
            True,
        ),
        (
            """
            expect = "aunt.second.date"
            value = "2025-09-01"
            within = 0
            """,
            SEPTEMBER,
            SEPTEMBER,
            True,
        ),
        (
            """
                expect = "zero_cash_date.cash_in_hand"
                value = "2025-10-15"
                within = "2 weeks"
                """,
            OCTOBER + 14,
            OCTOBER,
            True,
        ),
        (
            """
                expect = "zero_cash_date.cash_in_hand"
                value = "2025-10-15"
                within = "13 days"
                """,
            OCTOBER + 14,
            OCTOBER,
            False,
        ),
        ('require = "aunt.second.due <= 2025-08-31"', SEPTEMBER - 1, SEPTEMBER, False),
        ('require = "aunt.second.due >= permit.date"', date(2025, 6, 15).toordinal(), SEPTEMBER, True),
        (
            """
            expect = "runway.cash_in_hand"
            value = "9 months"
            within = "1 month"
            """,
            9,
            9,
            True,
        ),
        (
            """
            expect = "lowest_cash.planned"
            value = 0
            within = 0
            """,
            0,
            0,
            True,
        ),
        ('require = "runway.certain >= 12 months"', 12, 12, True),
        ('require = "runway.certain >= 1 year"', 12, 12, True),
        ('require = "runway >= 13"', 13, 12, False),
        ('require = "funding_gap.cash_in_hand <= 900"', 900, 900, True),
        ('require = "cash >= minimum_cash until 2025-12"', 100, 500, True),
        ('require = "0.4k <= cash until 2025-12"', 400, 500, True),
        ('require = "150 >= rent in 2025-03"', 150, 200, False),
        ('require = "rent over 2025-01..2025-03 <= 600"', 600, 600, True),
        ('require = "rent over FY25 <= 2400"', 2400, 2400, True),
        ('require = "rent <= cups over 2025-01..2025-03"', 300, 600, False),
        ('require = "cash > 0 and rent == 200"', 1, 0, False),
        ("require = 'permit.date <= \"2025-06-30\"'", SEPTEMBER - 63, SEPTEMBER - 78, True),
        ("require = '\"2025-06-30\" <= permit.date'", SEPTEMBER - 63, SEPTEMBER - 78, False),
        ("require = 'zero_cash_date.cash_in_hand <= \"2025-10-01\"'", OCTOBER, OCTOBER, True),
        ('require = "permit.date + 3 <= aunt.second.due"', 8, 8 + 14 / 32, False),  # places in time, in months
    ],
)
def test_what_a_statement_comes_to(
    checked: Callable[..., CheckResult], text: str, expected: float, modelled: float, holds: bool
) -> None:
    found = checked(text)
    assert found.expected == pytest.approx(expected)
    assert found.modelled == pytest.approx(modelled, abs=0.05)
    assert found.residual == pytest.approx(found.modelled - found.expected)
    assert found.holds is holds


def test_a_sum_over_a_financial_year(load) -> None:
    """February 2026 to January 2027 is FY27: 50 a month, then 60."""
    text = """
        [model]
        name = "x"
        start = "2026-02"
        months = 24
        opening_cash = 10_000
        fiscal_year_end = "01"
        [costs.rent]
        kind = "recurring"
        amount = { "2026-02" = "50/month", "2027-02" = "60/month" }
        [[checks]]
        expect = "rent over FYNN"
        value = 600
        within = "1%"
        """
    for year, modelled in (("27", 600), ("28", 720)):
        (found,) = runway.check(load(text.replace("NN", year))).checks
        assert (found.modelled, found.holds) == (modelled, modelled == 600)
    with pytest.raises(InputError, match="2028-02 is outside the model"):
        runway.check(load(text.replace("NN", "29")))


WRONG = """
extends = "lemonade"

[tax]
rate = "25"                          # no share

[costs.stall]
kind   = "recurring"
group  = "crew"
amount = "150"                       # no period

[costs.more]
kind    = "formula"
formula = "crew.cost + tax.rate"     # of what cannot be read nothing is said

[[checks]]
require = "cash >= nothing"

[[checks]]
require = "crew.cost + tax.rate >= 5"

[[checks]]
require = "runway >= 5 parsecs"

[[checks]]
preset = "going_concern"
issued = "2025-06-30"
"""
"""Its mistakes stand in lines 5, 10, 17, 23 and 27."""


@pytest.mark.parametrize("command", ["validate", "project", "check"])
def test_what_is_wrong_with_checks_is_told_with_all_else(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "wrong.toml").write_text(WRONG)
    assert main([command, str(tmp_path / "wrong.toml")]) == 2
    told = re.findall(r"wrong\.toml:(\d+):\d+ (\S+)", capsys.readouterr().err)
    assert told == [
        ("5", "value-out-of-range"),
        ("10", "flow-without-period"),
        ("17", "unknown-name"),
        ("23", "check-malformed"),
        ("27", "target-beyond-horizon"),
    ]


@pytest.mark.parametrize("more", ["", '[[checks]]\nname = "nothing"\n'])
def test_an_empty_check_is_refused_at_its_place(more: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "stand.toml").write_text(f'extends = "lemonade"\n[[checks]]\nrequire = ""\n{more}')
    assert main(["check", str(tmp_path / "stand.toml")]) == 2
    assert "stand.toml:3:12 formula-syntax" in capsys.readouterr().err


def test_a_check_that_needs_its_month_is_told_by_validate(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of two such checks both are told."""
    text = 'extends = "lemonade"\n' + '[[checks]]\nexpect = "cash"\nvalue = 500\nwithin = 1\n' * 2
    (tmp_path / "stand.toml").write_text(text)
    assert main(["validate", str(tmp_path / "stand.toml")]) == 2
    assert re.findall(r":(\d+):10 check-needs-months", capsys.readouterr().err) == ["3", "7"]


def test_beside_a_check_that_is_not_known_yet_the_others_keep_their_places(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As of February the first one's source is not known; the second stands in line 10, the third in line 13."""
    text = """extends = "lemonade"
[sources.june]
title = "June"
as_of = "2025-06-30"
[[checks]]
require = "cash >= 1"
source  = "june"

[[checks]]
require = "cash >= -5000"

[[checks]]
require = "cash >= LAST"
"""
    file = tmp_path / "stand.toml"
    file.write_text(text.replace("LAST", "-4000"))
    assert [check.line for check in runway.check(runway.load(str(file), set={"model.as_of": "2025-02-10"})).checks] == [
        10,
        13,
    ]
    file.write_text(text.replace("LAST", "nothing"))
    assert main(["check", str(file), "--as-of", "2025-02-10"]) == 2
    assert "stand.toml:13:20 unknown-name" in capsys.readouterr().err


def test_the_rung_that_rows_count(checked: Callable[..., CheckResult]) -> None:
    """1,000 and 300 less 1,200 by December; the second closing brings 500 more if the permit comes."""
    for rung, cash in (("cash_in_hand", -200), ("certain", 100), ("conditional", 600), ("planned", 600)):
        assert checked(f'require = "cash >= 0 in 2025-12"\ncounting = "{rung}"').modelled == cash


def test_a_comparison_says_where_it_fails_first_and_worst(checked: Callable[..., CheckResult]) -> None:
    found = checked('require = "cash >= minimum_cash"\ncounting = "certain"')
    assert not found.holds
    assert found.when == "from Jan 2026, worst Jun 2026"
    assert (found.modelled, found.expected, found.residual) == (-500, 100, -600)
    assert checked('require = "cash >= minimum_cash until 2025-12"\ncounting = "certain"').when == "Dec 2025"


def test_beyond_the_horizon(checked: Callable[..., CheckResult]) -> None:
    found = checked('require = "runway.planned >= 12 months"', set={"rent.amount": "100/month"})
    assert (found.modelled, found.holds) == (inf, True)
    assert checked('require = "zero_cash_date = never"', set={"rent.amount": "100/month"}).holds


def test_going_concern_counts_what_is_certain_for_a_year_from_issuance(checked: Callable[..., CheckResult]) -> None:
    """1,300 in all, 100 a month: zero at the end of January 2026, below it from 1 February; the floor is no matter."""
    holds = checked('preset = "going_concern"\nissued = "2025-01-31"')
    assert holds.holds
    assert holds.when == "lowest 31 Jan 2026, to 31 Jan 2026"
    assert holds.modelled == pytest.approx(0)
    fails = checked('preset = "going_concern"\nissued = "2025-02-01"')
    assert not fails.holds
    assert fails.when == "below zero from 1 Feb 2026, to 1 Feb 2026"
    assert fails.modelled == pytest.approx(-100 / 28)
    met = checked('preset = "going_concern"\nissued = "2025-02-01"', set={"permit.date": "2024-12-01"})
    assert met.holds  # what has happened before the start can no longer be taken away


def test_a_figure_out_of_scale_with_one_beside_it() -> None:
    """255.5M a year against 7B, from the same source: thousands for millions would look the same."""
    (warning,) = runway.check("openai-2024").out_of_scale
    assert (warning.address, warning.a_year) == ("serving.amount", pytest.approx(255.5e6))
    assert (warning.against, warning.against_a_year) == ("models.ceiling", 7e9)
    assert not runway.check("openai-2025").out_of_scale


def test_figures_of_one_source_are_compared_by_the_year(load: Callable[..., Plan]) -> None:
    """A year is 365 days, and so 365 / 7 weeks, 12 months, 4 quarters."""
    amounts = {"1_000/day": 365_000, "7_300/week": 7_300 * 365 / 7, "25k/month": 300_000, "99k/quarter": 396_000}
    lines = "".join(
        f'[costs.line{n}]\nkind = "recurring"\namount = {{ value = "{amount}", source = "deck" }}\n'
        for n, amount in enumerate([*amounts, "9M/year"])
    )
    found = runway.check(load(f'[sources.deck]\ntitle = "Deck"\n{lines}')).out_of_scale
    assert [one.a_year for one in found] == pytest.approx(list(amounts.values()))


def test_the_stated_figures_of_openai_2024_with_their_residuals() -> None:
    """Facts K1 and K2: listed lines lose 5.5B where 5B is stated; a day's 0.7M is 255.5M a year."""
    found = {check.title: check for check in runway.check("openai-2024").checks}
    loss = found["Net loss, as stated"]
    assert (loss.expected, loss.residual, loss.holds) == (5e9, pytest.approx(0.5e9), True)
    assert loss.source is not None
    assert found["Running ChatGPT, 700,000 a day for 365 days"].residual == pytest.approx(0)


@pytest.mark.parametrize("name", ["openai-2024", "openai-2025", "saas-startup"])
def test_the_bundled_models_pass_their_checks(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", name]) == 0
    text = capsys.readouterr().out
    assert "all hold" in text
    assert max(map(len, text.splitlines())) <= 80


def test_a_failing_check_is_exit_code_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "openai-2024", "--set", "models.ceiling=8B/year", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["hold"] is False
    first = told["checks"][0]
    assert (first["expected"], first["residual"]) == (5e9, pytest.approx(1.5e9))
    assert first["line"] == 137
    assert main(["check", "openai-2024", "--set", "models.ceiling=8B/year", "--markdown"]) == 1
    text = capsys.readouterr().out
    assert "| Net loss, as stated | FAILS | 5,000.0 | 6,500.0 | \\+1,500.0 |" in text
    assert "- Net loss, as stated: net_loss over 2024-08..2025-07 · ± 800M" in text
    assert main(["check", "openai-2024", "--csv", "-"]) == 0
    assert capsys.readouterr().out.startswith("verdict,check,says,unit")


def test_a_check_reads_the_cap_table() -> None:
    """What a founder of saas-startup keeps: 450,000 of 1,150,000 shares, then of 1,614,284."""
    found = {one.title: one for one in checks_of("dilution(mara) <= 25%", "stake(mara) >= 27.8%")}
    lost = found["dilution(mara) <= 25%"]
    assert (lost.unit, lost.expected, lost.holds) == ("share", 0.25, False)
    assert lost.modelled == pytest.approx(1 - (450_000 / 1_614_284) / (450_000 / 1_150_000))
    assert found["stake(mara) >= 27.8%"].holds


def checks_of(*required: str) -> tuple[CheckResult, ...]:
    document = runway.load("saas-startup").model.original
    listed = [{"require": text} for text in required]
    return runway.check(load_document(document.with_value(("checks",), listed, "a test"))).checks


def test_a_share_is_compared_with_a_formula_month_by_month_and_is_within_points() -> None:
    """Mara is diluted by 28.75 %: a row that falls to a quarter in 2026-05 is crossed then, and 1 % is a point."""
    kept = (450_000 / 1_614_284) / (450_000 / 1_150_000)
    document = runway.load("saas-startup").model.original
    document = document.with_value(("drivers", "most"), {"formula": "0.5 if t < 4 else 0.25"}, "a test")
    listed = [
        {"require": "dilution(mara) <= most"},
        {"expect": "dilution(mara)", "value": "29.5%", "within": "1%"},
        {"expect": "dilution(mara)", "value": 0.3, "within": "1%"},
    ]
    row, near, far = runway.check(load_document(document.with_value(("checks",), listed, "a test"))).checks
    assert (row.modelled, row.expected, row.holds) == (pytest.approx(1 - kept), 0.25, False)
    assert row.when == "May 2026"
    assert (near.holds, near.within) == (True, 0.01)
    assert (far.holds, far.residual) == (False, pytest.approx(1 - kept - 0.3))


def test_a_stake_says_what_has_not_converted() -> None:
    document = runway.load("saas-startup").model.original
    safe = {"kind": "safe", "title": "Aunt", "amount": 100_000, "date": "2026-03-01", "form": "post_money", "cap": "9M"}
    document = document.with_value(("funding",), {"aunt": safe}, "a test")
    document = document.with_value(("checks",), [{"require": "stake(mara) >= 30%"}], "a test")
    document = document.with_value(("scenarios",), {}, "a test")
    (only,) = runway.check(load_document(document)).checks
    assert only.when == "not yet converted, so in no stake: Aunt"


def test_going_concern_names_the_covenants_that_do_not_hold_in_its_year(load: Callable[..., Plan]) -> None:
    """A loan of 500 in January 2025 and 100 a month less: 700 at the end of September, in the year; 1,000 in June."""
    loan = """
    [funding.bank]
    kind = "loan"
    title = "Bank"
    amount = 500
    date = "2025-01-10"
    rate = "0%/year"
    term = "36 months"
    repayment = "bullet"
    [[funding.bank.covenants]]
    name = "floor"
    title = "Floor"
    require = "cash >= 750"
    """
    text = 'preset = "going_concern"\nissued = "{}"\n'
    checks = "".join(f"[[checks]]\n{text.format(day)}" for day in ("2024-12-31", "2025-01-31"))
    early, late = runway.check(load(f"{STAND}{loan}{checks}")).checks
    assert early.holds
    assert late.holds
    assert early.when.endswith("to 31 Dec 2025; Floor of Bank is breached on 30 Nov 2025")
    assert late.when.endswith("to 31 Jan 2026; Floor of Bank is breached on 30 Nov 2025")


@pytest.mark.parametrize("text", ["dilution(zed) <= 25%", "stake() >= 1%"])
def test_a_check_of_nobody_is_refused(text: str) -> None:
    with pytest.raises(InputError) as raised:
        checks_of(text)
    assert raised.value.problems[0].name == "unknown-holder"


def test_without_a_cap_table_nothing_is_diluted(checked: Callable[..., CheckResult]) -> None:
    with pytest.raises(InputError) as raised:
        checked('require = "dilution(founders) <= 25%"')
    assert raised.value.problems[0].name == "needs-captable"


def test_validate_reads_checks_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "stand.toml"
    path.write_text(
        STAND
        + """
        [[checks]]
        require = "chas >= 0"
        [[checks]]
        require = "rnt >= 0"
        """,
        encoding="utf-8",
    )
    assert main(["validate", str(path)]) == 2
    told = capsys.readouterr().err
    assert told.count("unknown-name") == 2
    assert "Did you mean cash?" in told


def test_checks_are_overlaid_by_name(tmp_path: Path) -> None:
    base, mine = tmp_path / "base.toml", tmp_path / "mine.toml"
    base.write_text(
        STAND
        + """
        [[checks]]
        name = "a"
        require = "cash >= 0 in 2025-02"
        """,
        encoding="utf-8",
    )
    mine.write_text(
        """
            extends = "base.toml"
            [[checks]]
            name = "b"
            require = "cash >= 0 in 2025-03"
            """,
        encoding="utf-8",
    )
    assert [c.title for c in runway.check(str(mine)).checks] == ["a", "b"]


def test_a_residual_is_money_to_the_minor_unit(load):
    """Three thirds of a yearly amount differ from it by less than a cent: that is no residual."""
    text = """
        [model]
        name = "A"
        start = "2026-01"
        months = 12
        opening_cash = 1_000
        [costs.rent]
        kind = "recurring"
        amount = "1000.10/year"
        [[checks]]
        expect = "rent.cost over 2026-01..2026-12"
        value = 1000.10
        within = "1%"
    """
    (told,) = runway.check(load(text)).checks
    assert told.residual == round(told.residual, 2)
    assert told.modelled == pytest.approx(1000.08)
    assert told.residual == -0.02


@pytest.mark.parametrize(
    ("require", "as_of", "code"),
    [
        ("runway >= 3 months", "2026-06-30", 0),  # of six that are left
        ("runway >= 9 months", "2026-06-30", 2),
        ("runway >= 9 months", "2025-12-31", 0),
        ("runway >= 13 months", "2025-11-30", 0),  # counted from a day before the first month
        ("runway < 9 months", "2026-06-30", 2),
        ("zero_cash_date >= 2027-06-30", "2025-12-31", 2),
        ("zero_cash_date >= 2026-12-31", "2025-12-31", 0),
        ("zero_cash_date >= never", "2025-12-31", 0),
    ],
)
def test_what_lasts_beyond_the_last_month_is_not_judged_by_later_ones(tmp_path, capsys, require, as_of, code) -> None:
    """`runway solve` refuses such a target; a company without costs lasts beyond its twelve months."""
    text = '[model]\nname = "Idle"\nstart = "2026-01"\nmonths = 12\nopening_cash = 100\n[[checks]]\nrequire = "{}"\n'
    (tmp_path / "idle.toml").write_text(text.format(require))
    assert main(["check", str(tmp_path / "idle.toml"), "--as-of", as_of]) == code
    assert ("target-beyond-horizon" in capsys.readouterr().err) == (code == 2)


def test_what_is_out_before_is_judged(tmp_path) -> None:
    """At 50 a month 100 are gone after two, whatever comes after the six months that are left."""
    text = (
        '[model]\nname = "Rent"\nstart = "2026-01"\nmonths = 12\nopening_cash = 400\n'
        '[costs.rent]\nkind = "recurring"\namount = "50/month"\n[[checks]]\nrequire = "runway >= 9 months"\n'
    )
    (tmp_path / "rent.toml").write_text(text)
    assert main(["check", str(tmp_path / "rent.toml"), "--as-of", "2026-06-30"]) == 1


def test_a_check_that_cannot_be_read_in_a_scenario_is_told_by_validate(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A scenario of six months has no November; what is wrong in all of them is told once."""
    text = """extends = "lemonade"
[[checks]]
require = "cash >= -9000 in 2025-11"
[[checks]]
require = "cash >= nothing"
[scenarios.short]
set = { "model.months" = 6 }
[scenarios.shorter]
set = { "model.months" = 4 }
"""
    (tmp_path / "stand.toml").write_text(text)
    assert main(["validate", str(tmp_path / "stand.toml")]) == 2
    told = capsys.readouterr().err
    assert re.findall(r":(\d+):\d+ (\S+)", told) == [
        ("3", "month-outside-model"),
        ("3", "month-outside-model"),
        ("5", "unknown-name"),
    ]
    assert told.count("In scenario short") == told.count("In scenario shorter: ") + 1 == 2
