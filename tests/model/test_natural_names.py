"""Names that a company would give to its lines and rounds, beside what is built in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import runway
from runway.cli import main
from runway.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from runway.program.plan import Plan

NAMES = ("burn", "base", "delay", "investors", "bridge")
COMPANY = """
[model]
name         = "Names"
start        = "2025-01"
months       = 12
opening_cash = 30000

[revenue.{sales}]
kind   = "recurring"
amount = "100/month"

[costs.{burn}]
kind   = "recurring"
amount = "1000/month"
growth = "1%/month"

[costs.{base}]
kind     = "formula"
formula  = "{burn} * 0.1 + {delay} + base_fee"
base_fee = 3

[costs.{delay}]
kind            = "recurring"
amount          = {{ value = "10/month", low = "5/month", high = "20/month" }}
paid_after      = "30 days"
opening_payable = 0

[costs.{investors}]
kind   = "recurring"
amount = "5/month"

[funding.{bridge}]
kind     = "priced_round"
closings = [
    {{ name = "first", date = "2025-03-15", amount = 5000 }},
    {{ name = "second", date = "2025-06-15", amount = 500, requires = "prev({burn}) > 1" }},
]

[scenarios.lean.set]
"{burn}.amount" = "-10%"
burn            = "-5%"

[[checks]]
require = "{burn}.cost in 2025-03 >= 5"
"""
NATURAL = {"sales": "sales", **{name: name for name in NAMES}}
NEUTRAL = {"sales": "sales", **{name: f"line_{name}" for name in NAMES}}


@pytest.mark.parametrize("scenario", ["base", "lean"])
def test_they_mean_what_any_other_name_does(load: Callable[..., Plan], scenario: str) -> None:
    """Every row is that of the same company with other names; the lever `burn` is still the lever."""
    natural, neutral = (
        runway.project(load(COMPANY.format(**names)), scenario=scenario).rows for names in (NATURAL, NEUTRAL)
    )
    renamed = {}
    for address, values in neutral.items():
        head, dot, rest = address.partition(".")
        renamed[f"{head.removeprefix('line_')}{dot}{rest}"] = values
    assert natural == renamed
    assert any(address.startswith("burn_bridge.") for address in natural)
    other = runway.project(load(COMPANY.format(**NATURAL)), set={"burn": "-50%"}).rows
    assert other["investors.cost"][0] == 2.5


@pytest.mark.parametrize(
    "command",
    [
        ["project"], ["check"], ["scenarios"], ["explain", "burn", "2025-05"], ["explain", "bridge", "2025-05"],
        ["sensitivity", "--param", "burn"], ["simulate", "-n", "100"],
        ["solve", "--vary", "burn.amount", "--so-that", "runway >= 10 months"],
        ["compare", "--scenario", "lean"], ["sources"], ["clause"],
    ],
)  # fmt: skip
def test_every_command_has_them(tmp_path: Path, command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "names.toml"
    path.write_text(COMPANY.format(**NATURAL), encoding="utf-8")
    assert main([command[0], str(path), *command[1:]]) == 0
    assert capsys.readouterr().out


@pytest.mark.parametrize(
    ("table", "instead"), [("costs.tax", "costs.tax_costs"), ("revenue.total", "revenue.total_sales")]
)
def test_another_name_is_offered(load: Callable[..., Plan], table: str, instead: str) -> None:
    with pytest.raises(InputError, match=rf"Write \[{instead}\]"):
        load(f'[{table}]\nkind = "recurring"\namount = "5/month"')


@pytest.mark.parametrize(
    ("table", "terms"),
    [
        ('[funding.x]\nkind = "loan"\namount = 5\ndate = "2025-03"\nrate = "5%/year"\nterm = "6 months"', "loan"),
        ('[funding.x]\nkind = "convertible_note"\namount = 5\ndate = "2025-03"\nrate = "5%/year"', "note"),
        ('[funding.x]\nkind = "safe"\namount = 5\ndate = "2025-03"\ncap = 50', "safe"),
        ('[captable.classes.x]\nkind = "preferred"\nprice = 1', "class"),
        ("[captable.holders.x]\nshares = { common = 5 }", "holder"),
        ('[exits.x]\nvalue = "5M"', "exit"),
    ],
)
@pytest.mark.parametrize("term", ["prepayment", "vesting", "exit_multiple", "cliff", "dividends", "royalty"])
def test_terms_of_contracts_are_not_modelled(load: Callable[..., Plan], table: str, terms: str, term: str) -> None:
    """Whatever the table, and not "did you mean" a field that sounds like it."""
    with pytest.raises(InputError) as raised:
        load(f"{table}\n{term} = 1")
    (problem,) = [problem for problem in raised.value.problems if problem.name == "unsupported-term"]
    assert f"are not modelled, so every figure that they touch would be wrong. Take {term} out." in problem.text
    assert "unknown-key" not in {problem.name for problem in raised.value.problems}


@pytest.mark.parametrize("section", ["funding", "costs"])
def test_a_kind_that_is_not_modelled(load: Callable[..., Plan], section: str) -> None:
    with pytest.raises(
        InputError, match=r"royalty is no kind of .* Shares of revenue .* are not modelled\. There are "
    ):
        load(f'[{section}.x]\nkind = "royalty"')


@pytest.mark.parametrize("key", ["", 'type = "recurring"', 'Kind = "recurring"'])
def test_a_missing_kind_names_the_words(load: Callable[..., Plan], key: str) -> None:
    with pytest.raises(InputError, match="one of these words: recurring, usage, percent_of, headcount, one_off"):
        load(f'[costs.rent]\n{key}\namount = "5/month"')
