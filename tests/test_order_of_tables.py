"""The order of the tables in a file changes no figure: lines, money, instruments, closings and a sale."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from support.companies import Company, companies, few

import runway
from runway.errors import InputError

if TYPE_CHECKING:
    from random import Random

MODEL = '[model]\nname = "x"\nstart = "2025-01"\nmonths = 24\nopening_cash = "2M"\n'
DAYS = ("2024-03-01", "2024-09-01", "2025-02-01", "2025-02-20", "2025-06-01")  # few, so that many fall on one
ROUNDS = ("2025-03-01", "2025-06-01", "2025-06-01", "2025-12-15")

money = st.integers(1, 40).map(lambda n: f'"{n * 25}k"')
caps = st.integers(2, 30).map(lambda n: f'"{n}M"')
discounts = st.sampled_from(["10%", "15%", "20%", "30%"])


@st.composite
def safe_of(draw: st.DrawFn, name: str) -> str:
    kind = draw(st.sampled_from(["cap", "cap", "discount", "both", "mfn", "mfn", "mfn_discount", "ownership"]))
    fields = [f'[funding.{name}]\nkind = "safe"\namount = {draw(money)}\ndate = "{draw(st.sampled_from(DAYS))}"']
    if kind in ("cap", "both"):
        fields.append(f'cap = {draw(caps)}\nform = "{draw(st.sampled_from(["post_money", "pre_money"]))}"')
    if kind in ("discount", "both", "mfn_discount"):
        fields.append(f'discount = "{draw(discounts)}"')
    if kind.startswith("mfn"):
        fields.append("mfn = true")
    if kind == "ownership":
        fields.append(f'ownership = "{draw(st.integers(1, 6))}%"')
    if draw(st.booleans()):
        fields.append(f'investor = "{draw(st.sampled_from(["ana", "kim", "fund"]))}"')
    return "\n".join(fields) + "\n"


@st.composite
def note_of(draw: st.DrawFn, name: str) -> str:
    fields = [f'[funding.{name}]\nkind = "convertible_note"\namount = {draw(money)}\nrate = "6%/year"']
    fields.append(f'date = "{draw(st.sampled_from(DAYS))}"\ndiscount = "{draw(discounts)}"')
    if draw(st.booleans()):
        fields.append(f"cap = {draw(caps)}")
    if draw(st.booleans()):
        fields.append(f'maturity = "{draw(st.sampled_from(["2025-06-01", "2026-03-01"]))}"\nat_maturity = "repaid"')
    return "\n".join(fields) + "\n"


@st.composite
def round_of(draw: st.DrawFn, name: str) -> str:
    value, basis = draw(st.integers(8, 60)), draw(st.sampled_from(["pre_money", "post_money"]))
    text = f'[funding.{name}]\nkind = "priced_round"\nvaluation = {{ value = "{value}M", basis = "{basis}" }}\n'
    if draw(st.booleans()):
        text += f'pool = "{draw(st.sampled_from([5, 10, 15]))}%"\n'
    if draw(st.booleans()):
        text += 'pro_rata = ["fund"]\n'
    if draw(st.booleans()):
        text += f'stock = {{ anti_dilution = "{draw(st.sampled_from(["broad_based", "full_ratchet"]))}" }}\n'
    for n, day in enumerate(sorted(draw(st.lists(st.sampled_from(ROUNDS), min_size=1, max_size=2)))):
        text += f'[[funding.{name}.closings]]\nname = "t{n}"\ndate = "{day}"\namount = {draw(money)}\n'
    return text


@st.composite
def lender_of(draw: st.DrawFn, name: str) -> str:
    day = draw(st.sampled_from(DAYS[2:]))
    rights = draw(st.sampled_from(["", 'warrants = { coverage = "8%", strike = 2 }\n']))
    return (
        f'[funding.{name}]\nkind = "loan"\namount = {draw(money)}\ndate = "{day}"\nrate = "11%/year"\n'
        f'term = "18 months"\nrepayment = "level_payment"\nfee = "1%"\n{rights}'
    )


@st.composite
def credit_of(draw: st.DrawFn, name: str) -> str:
    rate = draw(st.sampled_from([6, 9]))
    return f'[funding.{name}]\nkind = "credit_line"\nlimit = {draw(money)}\nrate = "{rate}%/year"\n'


@st.composite
def grant_of(draw: st.DrawFn, name: str) -> str:
    pool = draw(st.sampled_from(["true", "false"]))
    return (
        f'[captable.grants.{name}]\nholder = "{draw(st.sampled_from(["kim", "lee"]))}"\nclass = "options"\n'
        f'date = "{draw(st.sampled_from(DAYS[2:]))}"\nstake = "{draw(st.integers(1, 3))}%"\nfrom_pool = {pool}\n'
    )


@st.composite
def owned(draw: st.DrawFn) -> Company:
    """A company with a cap table and several of each instrument, many of them of one day."""
    protection = draw(st.sampled_from(["none", "broad_based", "full_ratchet"]))
    digits = draw(st.sampled_from(["", "price_digits = 2\n", "price_digits = 4\n"]))
    blocks = [
        f"[captable]\npool = 900_000\n{digits}",
        '[captable.classes.options]\nkind = "options"\nstrike = 0.5\n',
        f'[captable.classes.seed]\nkind = "preferred"\nprice = 2\nissued = "2024-03-01"\n'
        f'anti_dilution = "{protection}"\n',
        '[captable.classes.angels]\nkind = "preferred"\nprice = 1\nissued = "2024-09-01"\nparticipation = "full"\n',
        "[captable.holders.ana]\nshares = { common = 4_000_000 }\n",
        "[captable.holders.ben]\nshares = { common = 3_000_001, options = 100_000 }\n",
        "[captable.holders.fund]\nshares = { seed = 1_000_000, angels = 300_000 }\n",
        '[costs.team]\nkind = "recurring"\namount = "90k/month"\n',
        '[costs.rent]\nkind = "recurring"\namount = "7003/week"\npaid_after = "20 days"\nopening_payable = 0\n',
        '[revenue.sales]\nkind = "recurring"\namount = "11k/month"\ngrowth = "3%/month"\n',
    ]
    for of, name, most in (
        (safe_of, "s", 4),
        (note_of, "n", 2),
        (round_of, "r", 3),
        (lender_of, "l", 2),
        (credit_of, "c", 2),
        (grant_of, "g", 2),
    ):
        blocks += [draw(of(f"{name}{n}")) for n in range(draw(st.integers(0, most)))]
    return Company(MODEL, tuple(blocks))


def without_order(data: Any) -> Any:
    """JSON in which the order of a list of tables says nothing."""
    if isinstance(data, dict):
        return {key: without_order(value) for key, value in sorted(data.items())}
    if isinstance(data, list | tuple):
        items = [without_order(item) for item in data]
        return sorted(items, key=repr) if items and isinstance(items[0], dict | str) else items
    return data


def answers(load: Any, text: str) -> list[Any]:
    """What the file says of cash, ownership and a sale; or that nothing can be said of it."""
    plan = load(text)
    projection = runway.project(plan)
    found = [{address: list(row) for address, row in sorted(projection.rows.items())}]
    try:
        found.append(without_order(runway.captable(plan).to_dict()))
        for value, day in ((25_000_000, date(2025, 5, 31)), (90_000_000, None)):
            found.append(without_order(runway.exit(plan, Fraction(value), on=day).to_dict()))
    except InputError as error:
        found.append(sorted(problem.name for problem in error.problems))
    return found


@pytest.mark.proof
@few(max_examples=25)
@given(company=owned(), random=st.randoms(use_true_random=False))
def test_of_instruments_and_owners(load: Any, company: Company, random: Random) -> None:
    shuffled = Company(company.model, tuple(random.sample(company.lines, len(company.lines))))
    assume(shuffled.lines != company.lines)
    assert answers(load, shuffled.text()) == answers(load, company.text())


@few(max_examples=30)
@given(company=companies(), random=st.randoms(use_true_random=False))
def test_of_lines_and_money(rows: Any, company: Company, random: Random) -> None:
    shuffled = Company(company.model, tuple(random.sample(company.lines, len(company.lines))), company.currency)
    assume(shuffled.lines != company.lines)
    assert rows(shuffled.text()) == rows(company.text())


DEAL = """
[captable.holders.founders]
shares = { common = 9_000_000 }
[funding.a]
kind      = "priced_round"
valuation = { value = "20M", basis = "pre_money" }
[[funding.a.closings]]
name   = "only"
date   = "2025-12-01"
amount = "5M"
"""
FIXED = '[funding.yc_fixed]\nkind = "safe"\ninvestor = "yc"\namount = "125k"\ndate = "2025-01-15"\nownership = "7%"\n'
FAVOURED = '[funding.yc_mfn]\nkind = "safe"\ninvestor = "yc"\namount = "375k"\ndate = "2025-01-15"\nmfn = true\n'


@pytest.mark.parametrize("tables", [(FIXED, FAVOURED), (FAVOURED, FIXED)])
def test_of_one_day_nothing_is_later(load: Any, tables: tuple[str, str]) -> None:
    """Y Combinator's deal, both signed on one day: 7 % of 80 % and 375k of 25M, 7.10 %, not 7 % and three times 7 %."""
    owned = runway.captable(load(MODEL + DEAL + "".join(tables)))
    assert float(owned.table(owned.last_day).stake("yc")) == pytest.approx(0.07 * 0.8 + 375 / 25_000, abs=1e-6)


def test_a_later_fixed_share_is_taken_at_its_price(load: Any) -> None:
    """A day later 375k at the price of 125k for 7 % are 21 % before the money."""
    owned = runway.captable(load(MODEL + DEAL + FIXED.replace("2025-01-15", "2025-01-16") + FAVOURED))
    assert float(owned.table(owned.last_day).stake("yc")) == pytest.approx(0.28 * 0.8, abs=1e-6)
