"""`runway captable`: its options, what it writes where, and what it refuses."""

from __future__ import annotations

import csv
import io
import json

import pytest
from support.command_line import printed, said
from support.ownership_files import STACK, owned_files

from runway.cli import main


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    return owned_files(tmp_path, monkeypatch)


def answered(capsys, *arguments):
    return printed(capsys, "captable", *arguments)


def refused(capsys, *arguments):
    return said(capsys, "captable", *arguments)


@pytest.mark.parametrize("model", ["stack.toml", "percentages.toml", "odd.toml", "saas-startup", "openai-2025"])
def test_a_cap_table_is_printed(capsys, model):
    text = answered(capsys, model)
    assert text.splitlines()[2].startswith("  OWNERSHIP")
    assert "\n  CAP TABLE" in text


def test_at_a_month_it_is_that_of_its_end(capsys):
    text = answered(capsys, "stack.toml", "--at", "2025-07")
    assert "31 Jul 2025" in text
    assert "OWNERSHIP" not in text
    assert "NOT YET CONVERTED" in text
    assert "31 Dec 2024" in answered(capsys, "stack.toml", "--at", "2024-12")


def test_at_a_month_in_json_and_csv(capsys):
    data = json.loads(answered(capsys, "stack.toml", "--at", "2025-07", "--json"))
    assert len(data["outstanding"]) == 3
    steps = {row["step"] for row in csv.DictReader(io.StringIO(answered(capsys, "stack.toml", "--csv", "-")))}
    assert {"start", "captable.grants.kim", "series_a.first", "series_a.second", "down_round.only"} == steps


def test_a_scenario_and_a_change_reach_the_shares(capsys):
    """Twice the valuation, half the stake: 1M into 18M pre-money is 1/19 of the company."""
    text = answered(capsys, "percentages.toml", "--set", "seed.valuation=18M")
    assert f"{100 / 19:.2f}%" in text
    kept = answered(capsys, "openai-2025", "--scenario", "keep_post_money")
    assert kept != answered(capsys, "openai-2025")


def test_csv_to_a_file(capsys, folder):
    assert main(["captable", "stack.toml", "--csv", "out.csv"]) == 0
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == "wrote out.csv\n"
    assert (folder / "out.csv").read_text(encoding="utf-8").startswith("date,step,holder,class,")


def test_what_prints_twice_is_refused(capsys):
    assert refused(capsys, "stack.toml", "--json", "--csv", "-").startswith("two-outputs\n")


@pytest.mark.parametrize("month", ["2024-11", "2027-01", "2025-13", "July", "", "2025-07-15", "never"])
def test_no_month_of_the_model(capsys, month):
    text = refused(capsys, "stack.toml", "--at", month)
    assert text.startswith("not-a-month\n")
    assert "2024-12 to 2026-12" in text


def test_a_model_without_a_cap_table(capsys):
    assert refused(capsys, "lemonade").startswith("no-captable\n")


@pytest.mark.parametrize("flag", ["--value", "--month", "--att"])
def test_an_option_that_there_is_not(capsys, flag):
    assert f"No such option: {flag}" in refused(capsys, "stack.toml", flag, "1")


def test_a_conversion_price_that_nothing_lowers_is_not_rounded(capsys, folder):
    """One decimal for lowered prices leaves those of classes that no issue dilutes as they are."""
    text = STACK.replace("pool = 500_000", "pool = 500_000\nconversion_price_digits = 1", 1).split(
        "[funding.down_round]"
    )[0]
    (folder / "coarse.toml").write_text(text, encoding="utf-8")
    data = json.loads(answered(capsys, "coarse.toml", "--json"))
    classes = {one["name"]: one for one in data["closing"]["classes"]}
    assert classes["series_a"]["conversion_price"] == classes["series_a"]["issue_price"]
    assert classes["seed"]["conversion_price"] in (1.1, 1.2, 1.3)


def test_in_percentages_a_ratchet_is_told_by_how_much(capsys, folder):
    """A fifth of the company for 1M, then all of it as it was at 2.8M: 44 % less; a price of it says nothing."""
    (folder / "ratchet.toml").write_text(
        """
[model]
name = "Ratchet"
start = "2025-01"
months = 12
opening_cash = "1M"

[captable.classes.seed]
kind = "preferred"
raised = "1M"
anti_dilution = "full_ratchet"

[captable.holders.ana]
shares = { common = "80%" }

[captable.holders.fund]
shares = { seed = "20%" }

[funding.down]
kind = "priced_round"
valuation = { value = "2.8M", basis = "pre_money" }
anti_dilution_in_price = false
closings = [{ name = "only", date = "2025-06-15", amount = "1M" }]
""",
        encoding="utf-8",
    )
    assert "· anti-dilution lowers seed's conversion price by 44.00%\n" in answered(capsys, "ratchet.toml")
    (step,) = json.loads(answered(capsys, "ratchet.toml", "--json"))["steps"]
    assert step["anti_dilution"] == [{"class": "seed", "conversion_price_before": None, "conversion_price_after": None}]


def test_what_is_only_planned_is_told_at_a_month_too(capsys, folder):
    text = (folder / "percentages.toml").read_text(encoding="utf-8")
    planned = text.replace("valuation = {", 'status = "planned"\nvaluation = {')
    (folder / "planned.toml").write_text(planned, encoding="utf-8")
    assert "Counted though only planned: seed." in answered(capsys, "planned.toml")
    assert "Counted though only planned: seed." in answered(capsys, "planned.toml", "--at", "2025-06")
    assert "planned" not in answered(capsys, "planned.toml", "--at", "2025-05")
