"""The exits that a file names, on their days, beside holding on."""

from __future__ import annotations

import json

import pytest

import runway
from runway.cli import main
from runway.errors import InputError

COMPANY = """
    [model]
    name = "A"
    start = "2026-01"
    months = 24
    opening_cash = 0
    [captable.holders.founder]
    shares = { common = 800_000 }
    [funding.seed]
    kind = "priced_round"
    valuation = { value = 4_000_000, basis = "pre_money" }
    stock = { kind = "preferred" }
    [[funding.seed.closings]]
    name = "only"
    date = "2026-03-01"
    amount = 1_000_000
"""
EXITS = """
    [exits.late]
    title = "Trade sale"
    value = 20_000_000
    [exits.early]
    value = { value = 500_000, note = "before the round" }
    date = "2026-02-28"
    [exits.fire_sale]
    value = 800_000
    date = "2026-06"
"""


def test_each_exit_on_its_day_and_holding_on(load):
    """Before the round the founder has all; after it the seed's preference of 1M takes a fire sale; else it has 20%."""
    offers = runway.exit(load(COMPANY + EXITS))
    assert [offer.title for offer in offers.exits] == ["early", "fire_sale", "Trade sale"]
    paid = [{own.holder: float(own.proceeds) for own in offer.sold.returns} for offer in offers.exits]
    assert paid == [
        {"founder": 500_000},
        {"founder": 0, "seed.investors": 800_000},
        {"founder": 16_000_000, "seed.investors": 4_000_000},
    ]
    assert [offer.premium for offer in offers.exits] == [None, pytest.approx(-0.84), pytest.approx(3.0)]
    assert offers.held is not None
    assert float(offers.held.sold.value) == 5_000_000
    assert {own.holder: float(own.proceeds) for own in offers.held.sold.returns} == {
        "founder": 4_000_000,
        "seed.investors": 1_000_000,
    }


def test_an_exit_is_the_same_as_its_value_and_day_asked_for(load):
    plan = load(COMPANY + EXITS)
    named = runway.exit(plan).exits[1].sold
    assert runway.exit(plan, 800_000, on=named.date).to_dict()["holders"] == named.to_dict()["holders"]


def test_one_that_is_on_no_day_is_left_out(load):
    offers = runway.exit(load(COMPANY + EXITS, set={"fire_sale.date": "never", "early.date": "never"}))
    assert [offer.name for offer in offers.exits] == ["late"]
    with pytest.raises(InputError, match="No exit is named"):
        runway.exit(load(COMPANY))


def test_before_any_round_there_is_nothing_to_hold_at(load):
    assert runway.exit(load(f'{COMPANY}\n[exits.early]\nvalue = 500_000\ndate = "2026-02-28"')).held is None


def test_the_command_shows_them_without_a_value(tmp_path, capsys):
    path = tmp_path / "a.toml"
    path.write_text(COMPANY + EXITS, encoding="utf-8")
    assert main(["exit", str(path), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [offer["value"] for offer in told["exits"]] == [500_000, 800_000, 20_000_000]
    assert main(["exit", str(path)]) == 0
    assert "Trade sale, 31 Dec 2027" in capsys.readouterr().out


def test_what_is_counted_though_only_planned_is_told(tmp_path, capsys):
    (tmp_path / "a.toml").write_text(COMPANY.replace("valuation =", 'status = "planned"\nvaluation =') + EXITS)
    assert main(["exit", str(tmp_path / "a.toml")]) == 0
    assert "counted though only planned: seed" in capsys.readouterr().out


@pytest.mark.parametrize("option", ["--date 2026-06-30", "--range 0..1M", "--steps 3"])
def test_options_of_one_value_need_it(tmp_path, capsys, option):
    path = tmp_path / "a.toml"
    path.write_text(COMPANY + EXITS, encoding="utf-8")
    assert main(["exit", str(path), *option.split()]) == 2
    assert "is about one --value" in capsys.readouterr().err


def test_rates_of_each_exit_and_present_values_at_a_rate(tmp_path, capsys):
    """1M in March 2026 is 800k three months later, or 4M, or 1M held, after 21 months; nobody had paid before."""
    path = tmp_path / "a.toml"
    path.write_text(COMPANY + EXITS, encoding="utf-8")
    sold = runway.exit(str(path), rate=0.1)
    assert sold.held is not None
    of_seed = [exit_.sold.returns[-1] for exit_ in (*sold.exits[1:], sold.held)]
    gets, months = (800_000, 4_000_000, 1_000_000), (3, 21, 21)
    for holder, money, wait in zip(of_seed, gets, months, strict=True):
        assert holder.irr is not None
        assert holder.irr.rate == pytest.approx((money / 1e6) ** (12 / wait) - 1, abs=1e-9)
        assert holder.npv == pytest.approx(money / 1.1 ** (wait / 12) - 1e6)
    assert main(["exit", str(path), "--rate", "10%/year"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split() for line in lines if line.startswith("  seed investors")][-2:] == [
        ["seed", "investors", "−59.0%", "−49.0%", "120.8%", "112.8%", "0.0%", "0.0%"],
        ["seed", "investors", "(218.8)", "2,385.5", "(153.6)"],
    ]  # by months and by days, then present values in thousands: 800 / 1.1 ** 0.25 - 1,000 …
    assert main(["exit", str(path), "--rate", "10%/year", "--csv", "-"]) == 0
    head, *rows = capsys.readouterr().out.splitlines()
    assert head == "exit,date,value,holder,invested,repaid,proceeds,multiple,irr,xirr,npv,mirr"
    assert [row.split(",")[10] for row in rows if ",seed.investors," in row] == [
        "-218836.73",
        "2385499.80",
        "-153625.05",
    ]
    assert json.loads(json.dumps(sold.to_dict()))["rate"] == 0.1


def test_the_bid_of_the_bundled_case():
    """The bid of 97.4B is 67.5 % below the 300B of the round, 63.9 % below the 270B of its first closing."""
    (bid,) = runway.exit("openai-2025").exits
    assert float(bid.sold.value) == 97.4e9
    assert bid.premium == pytest.approx(97.4 / 270 - 1)
    assert runway.exit("openai-2025").held is not None
