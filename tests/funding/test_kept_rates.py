"""A round in another currency whose rate changes: a closing that has happened keeps what it was."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import pytest

import runway

Rows = Callable[..., Mapping[str, tuple[float, ...]]]
Load = Callable[..., Any]

MODEL = """
[model]
name = "x"
start = "2026-01"
months = 8
opening_cash = 1000

[captable.holders.founders]
shares = { common = 1_000_000 }
"""
CHANGING = '[fx]\nEUR = { "2026-01" = 1.0, "2026-03" = 1.5, "2026-05" = 1.25, "2026-07" = 2 }\n'
FLAT = "[fx]\nEUR = 1.0\n"
HALF = """
[funding.r]
kind = "priced_round"
valuation = { value = "€1M", basis = "pre_money" }

[[funding.r.closings]]
name = "one"
date = "2026-01-15"
amount = "€1M"
"""
TRANCHES = f"""{HALF}
[[funding.r.closings]]
name = "two"
date = "2026-03-15"
amount = "€1M"
"""


def test_a_closing_keeps_its_money_valuation_and_stake(rows: Rows) -> None:
    found = rows(CHANGING + HALF + MODEL)
    million = (1_000_000.0,) * 8
    for row in ("r.pre_money", "r.headline", "r.committed", "r.available", "r.drawn", "r.one.offered", "r.one.left"):
        assert found[row] == million, row
    assert found["r.post_money"] == (2_000_000.0,) * 8
    assert found["r.investors.stake"] == (0.5,) * 8


def test_the_cap_table_a_sale_and_a_check_keep_it_too(load: Load) -> None:
    asks = '[[checks]]\nrequire = "stake(r.investors) >= 50%"\n'
    plan = load(CHANGING + HALF + MODEL + asks)
    (step,) = runway.captable(plan).steps
    assert step.kind == "closing"
    assert step.table.holdings["r.investors", "r"] == 1_000_000
    sold = runway.exit(plan, Fraction(10_000_000))
    assert {one.holder: one.proceeds for one in sold.returns}["r.investors"] == 5_000_000
    (stake,) = runway.check(plan).checks
    assert stake.holds


def test_each_tranche_pays_the_price_of_its_own_day(rows: Rows, load: Load) -> None:
    """One euro a share: 1,000,000 shares for 1,000,000 dollars in January, as many for 1,500,000 in March."""
    found = rows(CHANGING + TRANCHES + MODEL)
    assert found["r.cash"] == (1e6, 0, 1.5e6, 0, 0, 0, 0, 0)
    for row in ("headline", "committed", "drawn"):
        assert found[f"r.{row}"][2:] == (2.5e6,) * 6, row
    assert found["r.pre_money"] == (1e6,) * 8
    assert found["r.investors.stake"][0] == 0.5
    assert found["r.investors.stake"][2:] == pytest.approx([2 / 3] * 6)
    first, second = runway.captable(load(CHANGING + TRANCHES + MODEL)).steps
    assert (first.closed.price, second.closed.price) == (1, Fraction(3, 2))
    assert second.table.holdings["r.investors", "r"] == 2_000_000


CLAUSE = """
[[funding.r.clauses]]
name = "short"
cuts = "round"
to = "€1.5M"
unless = "approved"
by = "2026-04-15"

[events.approved]
date = "never"
"""
LATER = TRANCHES.replace("2026-03-15", "2026-05-15")
ROUNDS = {
    "two": TRANCHES,
    "post-money": TRANCHES.replace('"€1M", basis = "pre_money"', '"€4M", basis = "post_money"'),
    "cut": LATER + CLAUSE,
    "cut post-money": LATER.replace('"€1M", basis = "pre_money"', '"€4M", basis = "post_money"') + CLAUSE,
    "cut, post-money kept": LATER.replace("valuation =", 'after_cut = "keep_post_money"\nvaluation =') + CLAUSE,
    "cut of one": LATER + CLAUSE.replace('"round"', '"two"').replace("€1.5M", "€0.5M"),
    "price": TRANCHES.replace('valuation = { value = "€1M", basis = "pre_money" }', 'price = "€2"'),
    "pool": TRANCHES.replace("valuation =", 'pool = "10%"\nvaluation ='),
    "own valuation": TRANCHES + 'valuation = { value = "€8M", basis = "pre_money" }\n',
    "own price": TRANCHES + 'price = "€4"\n',
    "lapsed": LATER + 'requires = "approved"\nby = "2026-06-30"\n\n[events.approved]\ndate = "never"\n',
    "lapsed, post-money kept": LATER.replace("valuation =", 'after_cut = "keep_post_money"\nvaluation =')
    + 'requires = "approved"\nby = "2026-06-30"\n\n[events.approved]\ndate = "never"\n',
    "before the start": TRANCHES.replace("2026-01-15", "2025-11-15")
    + """
[captable.classes.r]
kind = "preferred"
price = 1
issued = "2025-11-15"

[captable.holders.old]
shares = { r = 1_000_000 }
""",
    "protected, in a falling euro": TRANCHES.replace("2026-03-15", "2026-05-15")
    .replace("2026-01-15", "2026-03-15")
    .replace("valuation =", 'stock = { anti_dilution = "broad_based" }\nvaluation ='),
    "investors": TRANCHES
    + """
[[funding.r.commitments]]
investor = "alpha"
amount = "€1.5M"

[[funding.r.commitments]]
investor = "beta"
amount = "€0.5M"
""",
    "SAFE": TRANCHES
    + """
[funding.s]
kind = "safe"
amount = "€100k"
date = "2026-01-02"
form = "post_money"
cap = "€1M"
""",
    "SAFE at a discount, of another month": LATER.replace("2026-01-15", "2026-03-15")
    + """
[funding.s]
kind = "safe"
amount = "€100k"
date = "2026-01-02"
discount = "20%"
""",
    "SAFE whose cap is the valuation, of another month": LATER.replace("2026-01-15", "2026-03-15")
    + """
[funding.s]
kind = "safe"
amount = "€100k"
date = "2026-01-02"
form = "pre_money"
cap = "€0.9M"
""",
    "SAFE at the second closing": TRANCHES.replace("2026-03-15", "2026-05-15")
    + """
[funding.s]
kind = "safe"
amount = "€100k"
date = "2026-03-02"
discount = "20%"
""",
    "dearer in a cheaper euro, protected": TRANCHES.replace("2026-01-15", "2026-03-02").replace(
        "valuation =", 'stock = { anti_dilution = "full_ratchet" }\nvaluation ='
    )
    + """
[funding.s]
kind = "safe"
amount = "€100k"
date = "2026-01-02"

[funding.up]
kind = "priced_round"
price = "€1.1"
closings = [{ name = "only", date = "2026-05-20", amount = "€300k" }]
""",
    "cheaper in a dearer euro, protected": TRANCHES.replace("2026-01-15", "2026-03-02").replace(
        "valuation =", 'stock = { anti_dilution = "broad_based" }\nvaluation ='
    )
    + """
[funding.down]
kind = "priced_round"
price = "€0.8"
closings = [
    { name = "first", date = "2026-07-20", amount = "€300k" },
    { name = "second", date = "2026-08-20", amount = "€300k" },
]
""",
    "late SAFE": TRANCHES.replace("2026-01-15", "2026-04-15").replace("2026-03-15", "2026-08-15")
    + """
[funding.s]
kind = "safe"
amount = "€100k"
date = "2026-03-02"
form = "pre_money"
cap = "€0.5M"
""",
}


@pytest.mark.parametrize("terms", ROUNDS.values(), ids=ROUNDS)
def test_shares_are_those_of_the_contract_whatever_its_currency_does(load: Load, terms: str) -> None:
    """What is all in euros gives the shares that it gives where a euro is always a dollar."""
    flat, moving = (runway.captable(load(fx + terms + MODEL)) for fx in (FLAT, CHANGING))
    assert [(step.date, step.kind) for step in moving.steps] == [(step.date, step.kind) for step in flat.steps]
    for one, other in zip(moving.steps, flat.steps, strict=True):
        assert one.table.holdings == pytest.approx(other.table.holdings, abs=2)
        assert float(one.table.pool) == pytest.approx(float(other.table.pool), abs=2)


def test_simulate_counts_the_stake_that_was_bought(load: Load) -> None:
    """The euro of each later month is drawn; what January bought stays half of the company."""
    text = f"""
[fx]
EUR = {{ "2026-01" = {{ value = 1.0, volatility = 0.1 }}, "2026-02" = {{ value = 1.5, volatility = 0.2 }} }}
{HALF}
[[checks]]
require = "stake(r.investors) >= 50%"

[[checks]]
require = "stake(r.investors) <= 50%"
"""
    assert [one.probability.value for one in runway.simulate(load(text + MODEL), paths=200).checks] == [1.0, 1.0]


def test_stakes_by_rows_are_those_of_the_register(rows: Rows, load: Load) -> None:
    for name in ("two", "post-money", "cut", "cut post-money", "cut, post-money kept", "lapsed"):
        found, owned = rows(CHANGING + ROUNDS[name] + MODEL), runway.captable(load(CHANGING + ROUNDS[name] + MODEL))
        table = owned.table(owned.last_day)
        held = float(table.holdings["r.investors", "r"] / table.fully_diluted)
        assert found["r.investors.stake"][-1] == pytest.approx(held, abs=2e-6), name


def test_a_clause_cuts_euros(rows: Rows) -> None:
    """1.5M stays of 2M: 1M of January at 1, 0.5M of May at 1.25."""
    found = rows(CHANGING + LATER + CLAUSE + MODEL)
    assert found["r.cash"] == (1e6, 0, 0, 0, 0.625e6, 0, 0, 0)
    assert found["r.committed"][4:] == (1.625e6,) * 4
    assert found["r.two.offered"][4:] == (1.25e6,) * 4


def test_a_dollar_round_paid_in_euros_keeps_its_price(rows: Rows, load: Load) -> None:
    text = CHANGING + TRANCHES.replace('"€1M", basis = "pre_money"', '"$4M", basis = "post_money"') + MODEL
    found = rows(text)
    assert found["r.pre_money"] == (2e6,) * 8
    first, second = runway.captable(load(text)).steps
    assert first.closed.price == second.closed.price == 2
    assert second.table.holdings["r.investors", "r"] == 1_250_000


def test_a_grant_and_a_safe_keep_the_rate_of_their_day(rows: Rows) -> None:
    text = """
        [funding.help]
        kind = "grant"
        amount = "€100k"
        date = "2026-02-10"

        [funding.early]
        kind = "safe"
        amount = "€100k"
        date = "2026-03-10"
        """
    found = rows(CHANGING + MODEL.partition("[captable")[0] + text.replace("        ", ""))
    for name, month, money in (("help", 1, 100_000.0), ("early", 2, 150_000.0)):
        for row in ("headline", "committed", "available", "drawn"):
            assert found[f"{name}.{row}"][month:] == (money,) * (8 - month), (name, row)


def test_an_earmark_keeps_the_rate_of_its_first_closing(rows: Rows) -> None:
    text = """
[costs.plant]
kind = "recurring"
amount = "$10k/month"

[[funding.r.earmarks]]
for = "plant"
amount = "€200k"
from = "one"
"""
    found = rows(CHANGING + HALF + text + MODEL)
    assert found["r.plant.filled"] == (200_000.0,) * 8
    assert found["restricted_cash"][-1] == 120_000.0


def test_a_line_that_waits_for_an_earmark_spends_all_of_its_money(rows: Rows) -> None:
    """400 a month, 3,200 in all, of which EUR 2,000 of January are the earmark's, whatever a euro is worth later."""
    terms = f"""
{HALF}
[[funding.r.earmarks]]
for = "plant"
amount = "€2000"
otherwise = "not_spent"

[capital.plant]
kind = "recurring"
amount = "400/month"
"""
    found = rows(CHANGING + terms + MODEL)
    assert sum(found["plant.spend"]) == 3_200
    assert found["r.plant.own_cash"][-1] == 1_200


STILL_TO_COME = """
    [model]
    name = "Still to come"
    start = "2026-01"
    months = 12
    opening_cash = 1_000_000

    [fx]
    EUR = { "2026-01" = 1.10, "2026-04" = 1.20, "2026-07" = 1.05 }

    [events]
    permit = { date = "2026-05-10" }

    [funding.award]
    kind = "grant"
    date = "2026-08-01"
    amount = "EUR 1000"

    [funding.seed]
    kind = "priced_round"
    [[funding.seed.closings]]
    name = "one"
    date = "2026-02-15"
    amount = "EUR 1000"
    [[funding.seed.closings]]
    name = "two"
    date = "2026-04-15"
    amount = "EUR 500"
    requires = "permit"
    [[funding.seed.closings]]
    name = "three"
    date = "2026-09-15"
    amount = "EUR 2000"
"""


def test_what_is_certain_and_still_to_come_is_at_the_rate_of_the_month(project):
    """What hangs on nothing is certain whole, whatever becomes of the rate: only the 500 hang on the permit."""
    award, seed = (
        [(s.month, s.committed, s.certain, s.drawn) for s in funds.states] for funds in project(STILL_TO_COME).rounds
    )
    assert award == [("2025-12", 1_100, 1_100, 0), ("2026-08", 1_050, 1_050, 1_050)]
    assert seed == [
        ("2025-12", 3_850, 3_300, 0),
        ("2026-02", 3_850, 3_300, 1_100),
        ("2026-05", 1_100 + 600 + 2_400, 1_100 + 600 + 2_400, 1_700),
        ("2026-09", 1_100 + 600 + 2_100, 1_100 + 600 + 2_100, 3_800),
    ]
