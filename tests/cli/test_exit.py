"""`runway exit`: its options, what it writes where, and what it refuses."""

from __future__ import annotations

import csv
import io
import json

import pytest
from support.command_line import printed, said
from support.ownership_files import owned_files

from runway.cli import main


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    return owned_files(tmp_path, monkeypatch)


def answered(capsys, *arguments):
    return printed(capsys, "exit", *arguments)


def refused(capsys, *arguments):
    return said(capsys, "exit", *arguments)


@pytest.mark.parametrize("model", ["stack.toml", "percentages.toml", "odd.toml", "saas-startup", "openai-2025"])
@pytest.mark.parametrize("value", ["0", "1", "40M", "97.4B"])
def test_a_sale_is_printed(capsys, model, value):
    text = answered(capsys, model, "--value", value)
    assert "\n  WATERFALL" in text
    assert "\n  RETURNS" in text
    assert ("\n  RANGE" in text) == (value != "0")


def test_the_range_holds_the_value_asked_for(capsys):
    """Eight values up to twice the price: the fourth is the price."""
    data = json.loads(answered(capsys, "stack.toml", "--value", "40M", "--json"))
    assert [point["value"] for point in data["range"]] == [n * 10_000_000 // 2 * 2 for n in range(1, 9)]


def test_a_range_of_ones_own(capsys):
    arguments = ("stack.toml", "--value", "40M", "--range", "10M .. 30M", "--steps", "3", "--json")
    data = json.loads(answered(capsys, *arguments))
    assert [point["value"] for point in data["range"]] == [10_000_000, 20_000_000, 30_000_000]


def test_the_day_decides_what_has_converted(capsys):
    early = json.loads(answered(capsys, "stack.toml", "--value", "40M", "--date", "2025-08-14", "--json"))
    late = json.loads(answered(capsys, "stack.toml", "--value", "40M", "--date", "2025-08-15", "--json"))
    assert {"angel_safe", "fixed_safe", "loan_note"} <= {claim["name"] for claim in early["claims"]}
    assert "series_a" in {claim["name"] for claim in late["claims"]}
    assert "loan_note" not in {claim["name"] for claim in late["claims"]}
    assert early["date"] == "2025-08-14"


def test_a_month_is_its_last_day(capsys):
    data = json.loads(answered(capsys, "stack.toml", "--value", "40M", "--date", "2025-08", "--json"))
    assert data["date"] == "2025-08-31"


def test_the_csv_has_each_value_and_claim(capsys, folder):
    text = answered(capsys, "stack.toml", "--value", "40M", "--csv", "-")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len({row["value"] for row in rows}) == 8
    assert sum(float(row["payout"]) for row in rows if row["value"] == "40000000.00") == pytest.approx(40_000_000)
    assert main(["exit", "stack.toml", "--value", "40M", "--csv", "out.csv"]) == 0
    assert capsys.readouterr() == ("", "wrote out.csv\n")
    assert (folder / "out.csv").read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ([], "no-exit-value"),
        (["--value", "lots"], "bad-exit-value"),
        (["--value", ""], "bad-exit-value"),
        (["--value=-1"], "bad-exit-value"),
        (["--value", "5%"], "bad-exit-value"),
        (["--value", "5M/month"], "bad-exit-value"),
        (["--value", "€5M"], "bad-exit-value"),
        (["--value", "nan"], "bad-exit-value"),
        (["--value", "5M", "--date", "soon"], "not-a-date"),
        (["--value", "5M", "--date", "2027-01-01"], "not-a-date"),
        (["--value", "5M", "--date", "2024-11-30"], "not-a-date"),
        (["--value", "5M", "--range", "10M"], "range-malformed"),
        (["--value", "5M", "--range", ""], "range-malformed"),
        (["--value", "5M", "--range", "a..b"], "bad-exit-value"),
        (["--value", "5M", "--range", "..9M"], "bad-exit-value"),
        (["--value", "5M", "--range", "9M..1M"], "range-reversed"),
        (["--value", "5M", "--json", "--csv", "-"], "two-outputs"),
    ],
)
def test_what_cannot_be_used_is_refused(capsys, arguments, name):
    assert refused(capsys, "stack.toml", *arguments).startswith(f"{name}\n")


@pytest.mark.parametrize("steps", ["1", "0", "-3", "201", "many", "2.5"])
def test_how_many_steps_a_range_has(capsys, steps):
    assert "--steps" in refused(capsys, "stack.toml", "--value", "5M", "--steps", steps)


def test_a_model_without_a_cap_table(capsys):
    assert refused(capsys, "lemonade", "--value", "5M").startswith("no-captable\n")
