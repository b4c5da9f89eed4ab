"""`runway exit`: its options, what it writes where, and what it refuses."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date
from fractions import Fraction

import pytest
from support.command_line import printed, said
from support.ownership_files import owned_files

from runway.cli import main
from runway.ownership.flows import Flow, HolderFlows


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
    asked = [row for row in rows if row["value"] == "40000000.00"]
    assert sum(Fraction(row["payout"] or 0) for row in asked) == 40_000_000
    assert sum(Fraction(row["proceeds"] or 0) for row in asked) == 40_000_000
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
        (["--value", "5M", "--value", "lots"], "bad-exit-value"),
        (["--value", "5M", "--rate", "10%"], "rate-without-period"),
        (["--value", "5M", "--rate", "0.1"], "rate-without-period"),
        (["--value", "5M", "--rate", "1%/month"], "rate-not-yearly"),
        (["--value", "5M", "--rate", "soon"], "not-a-figure"),
        (["--value", "5M", "--rate=-100%/year"], "value-out-of-range"),
        (["--value", "5M", "--rate", "5%/year", "--rate", "6%/year"], "given-twice"),
    ],
)
def test_what_cannot_be_used_is_refused(capsys, arguments, name):
    assert refused(capsys, "stack.toml", *arguments).startswith(f"{name}\n")


def test_several_values_stand_side_by_side(capsys):
    """Holders by values, with the multiple of each; the range is these values."""
    values = ("--value", "10M", "--value", "40M")
    text = answered(capsys, "stack.toml", *values)
    each = [answered(capsys, "stack.toml", "--value", value, "--json") for value in ("10M", "40M")]
    lines = text.splitlines()
    at = next(n for n, line in enumerate(lines) if line.startswith("  RETURNS"))
    assert lines[at - 1].split() == ["sold", "for", "10,000.0", "sold", "for", "40,000.0"]
    assert lines[at].split() == ["RETURNS", "invested", "gets", "multiple", "gets", "multiple"]
    rows = lines[at:]
    multiples = [[holder["moic"] for holder in json.loads(one)["holders"]] for one in each]
    for row, low, high in zip(rows[1:], *multiples, strict=False):
        shown = ["–" if one is None else f"{one:,.2f}x" for one in (low, high)]
        assert [row.split()[-3], row.split()[-1]] == shown
    assert "WATERFALL" not in text
    assert "One common share gets" in text
    data = json.loads(answered(capsys, "stack.toml", *values, "--json"))
    assert [data["value"], *(sale["value"] for sale in data["others"])] == [10_000_000, 40_000_000]
    assert data["holders"] == json.loads(each[0])["holders"]
    assert data["others"][0]["claims"] == json.loads(each[1])["claims"]
    assert [point["value"] for point in data["range"]] == [10_000_000, 40_000_000]


@pytest.mark.parametrize("values", [("10M",), ("10M", "50M")])
def test_the_csv_has_a_row_for_each_holder_and_value(capsys, values):
    asked = [word for value in values for word in ("--value", value)]
    arguments = ("saas-startup", *asked, "--rate", "10%/year")
    every = list(csv.DictReader(io.StringIO(answered(capsys, *arguments, "--csv", "-"))))
    rows = [row for row in every if row["holder"]]
    assert [row["claim"] for row in rows] == [""] * len(rows)
    assert all(row["claim"] and row["payout"] and not row["proceeds"] for row in every if not row["holder"])
    data = json.loads(answered(capsys, *arguments, "--json"))
    holders = [(sale["value"], one) for sale in (data, *data["others"]) for one in sale["holders"]]
    assert [(float(row["value"]), row["holder"]) for row in rows] == [(value, one["name"]) for value, one in holders]
    for row, (_, one) in zip(rows, holders, strict=True):
        assert float(row["proceeds"]) == one["proceeds"]
        irr = one["irr"] and one["irr"]["rate"]
        for name, value in (("multiple", one["moic"]), ("irr", irr)):
            assert (float(row[name]) if row[name] else None) == value
        assert row["npv"] == ("" if one["npv"] is None else f"{one['npv']:.2f}")


def test_a_range_beside_several_values(capsys):
    arguments = ("stack.toml", "--value", "10M", "--value", "40M", "--range", "0..20M", "--steps", "3", "--json")
    data = json.loads(answered(capsys, *arguments))
    assert [point["value"] for point in data["range"]] == [0, 10_000_000, 20_000_000]


TWO_YEARS = """
[model]
name         = "Two years"
start        = "2024-02"
months       = 24
opening_cash = 0

[captable.classes.seed]
kind   = "preferred"
price  = 1
issued = "2024-01-20"

[captable.holders]
founders = { shares = { common = 1_000_000 } }
fund     = { shares = { seed = 1_000_000 } }
"""


@pytest.mark.parametrize("values", [["4M"], ["4M", "9M"]])
def test_the_rates_of_one_value_are_those_of_several(capsys, folder, values):
    """1M becomes 2M, or 4.5M, in two years by months and in the 742 days from 20 January 2024 to 31 January 2026."""
    (folder / "two.toml").write_text(TWO_YEARS, encoding="utf-8")
    arguments = ("two.toml", *(word for value in values for word in ("--value", value)), "--rate", "10%/year")
    rows = list(csv.DictReader(io.StringIO(answered(capsys, *arguments, "--csv", "-"))))
    text = answered(capsys, *arguments)
    owned = [row for row in rows if row["holder"] == "fund"]
    for row, multiple in zip(owned, (2, 4.5), strict=False):
        assert float(row["multiple"]) == multiple
        assert float(row["irr"]) == pytest.approx(multiple**0.5 - 1, abs=1e-11)
        assert float(row["xirr"]) == pytest.approx(multiple ** (365 / 742) - 1, abs=1e-11)
        assert float(row["npv"]) == pytest.approx(multiple * 1_000_000 / 1.21 - 1_000_000, abs=0.005)
        assert re.search(rf" {multiple**0.5 - 1:.1%} +{multiple ** (365 / 742) - 1:.1%}", text)
    assert len(owned) == len(values)
    assert ("  RATES " in text) == (len(values) > 1)


def test_a_value_stands_above_its_own_columns(capsys, folder):
    """What a value says is wider than one figure below it: both end where the column does."""
    (folder / "two.toml").write_text(TWO_YEARS, encoding="utf-8")
    values = [word for value in ("4M", "9M", "15M") for word in ("--value", value)]
    lines = answered(capsys, "two.toml", *values, "--rate", "10%/year").splitlines()
    place = next(n for n, line in enumerate(lines) if line.startswith("  AT 10.0% A YEAR"))
    heads = [match.end() for match in re.finditer(r"sold for \S+", lines[place - 1])]
    below = [match.end() for match in re.finditer("NPV", lines[place])]
    assert len(heads) == 3
    assert all(0 <= head - end <= 1 for head, end in zip(heads, below, strict=True))  # a bracket stands behind a loss
    assert max(map(len, lines)) <= 80


def test_the_present_value_at_a_rate(capsys, folder):
    """By months, in the month of the payment: 1M, and two years later the 2M that half of 4M is, at 10 % a year."""
    (folder / "two.toml").write_text(TWO_YEARS, encoding="utf-8")
    arguments = ("two.toml", "--value", "4M", "--rate", "10%/year")
    data = json.loads(answered(capsys, *arguments, "--json"))
    founders, fund = data["holders"]
    assert data["rate"] == 0.1
    assert fund["npv"] == pytest.approx(2_000_000 / 1.21 - 1_000_000, abs=0.005)
    assert fund["irr"]["rate"] == pytest.approx(2**0.5 - 1, abs=1e-11)
    assert fund["mirr"] is None  # its flows change sign once
    assert (founders["npv"], founders["mirr"]) == (None, None)
    said = answered(capsys, *arguments)
    assert re.search(r"^  AT 10\.0% A YEAR +NPV\n  founders +–\n  fund +652\.9$", said, re.MULTILINE)
    assert "NPV at 10.0% a year" in said
    assert "MIRR" not in said


def test_flows_that_change_sign_more_than_once(capsys, folder, monkeypatch):
    """A holder who was paid before it paid again has a modified rate, and may have several rates: all are listed."""
    (folder / "one.toml").write_text(
        """
            [model]
            name = "One"
            start = "2024-01"
            months = 3
            opening_cash = 0
            [captable.holders]
            fund = { shares = { common = 1 } }
            """,
        encoding="utf-8",
    )
    paid = [(date(2024, 1, 31), -100), (date(2024, 2, 29), 230), (date(2024, 3, 31), -142)]  # and 10 at the sale
    flows = [Flow(day, Fraction(money)) for day, money in paid]
    monkeypatch.setattr(
        "runway.answers.exit.holder_flows", lambda *_: {"fund": HolderFlows(tuple(flows), paid_known=True)}
    )
    arguments = ("one.toml", "--value", "10", "--rate", "12.682503%/year")  # 1 % a month
    fund = json.loads(answered(capsys, *arguments, "--json"))["holders"][0]
    assert fund["irr"]["all_rates"] == pytest.approx([1.1**12 - 1, 1.2**12 - 1])
    assert fund["irr"]["rate"] == pytest.approx(1.1**12 - 1)
    assert fund["irr"]["rule"].startswith("the one that a spreadsheet finds")
    assert fund["mirr"] == pytest.approx(((230 * 1.01) / (100 + 132 / 1.01**2)) ** (12 / 2) - 1, abs=1e-6)
    assert fund["npv"] == pytest.approx(-100 + 230 / 1.01 - 132 / 1.01**2, abs=0.01)
    assert (fund["invested"], fund["moic"]) == (242, pytest.approx(240 / 242))
    text = answered(capsys, *arguments)
    assert re.search(r"^  AT 12\.7% A YEAR +NPV +MIRR$", text, re.MULTILINE)
    assert "fund has several IRRs (213.8%, 791.6%)" in " ".join(text.split())
    assert "fund has several XIRRs" in " ".join(text.split())


@pytest.mark.parametrize("steps", ["1", "0", "-3", "201", "many", "2.5"])
def test_how_many_steps_a_range_has(capsys, steps):
    assert "--steps" in refused(capsys, "stack.toml", "--value", "5M", "--steps", steps)


def test_a_model_without_a_cap_table(capsys):
    assert refused(capsys, "lemonade", "--value", "5M").startswith("no-captable\n")


STACK = """
[model]
name         = "Order of claims"
start        = "2026-01"
months       = 12
opening_cash = "5M"

[captable.classes.junior]
kind      = "preferred"
price     = 1
seniority = 0

[captable.classes.senior]
kind      = "preferred"
price     = 2
seniority = 2

[captable.holders]
founders = { shares = { common = 6_000_000 } }
angels   = { shares = { junior = 1_000_000 } }
fund     = { shares = { senior = 2_000_000 } }

[funding.plain_safe]
kind      = "safe"
investor  = "friends"
date      = "2026-01-10"
amount    = "100k"
form      = "post_money"
cap       = "50M"
seniority = 1

[funding.first_safe]
kind      = "safe"
investor  = "family"
date      = "2026-01-11"
amount    = "100k"
form      = "post_money"
cap       = "50M"
seniority = 3

[funding.note]
kind        = "convertible_note"
investor    = "seed fund"
date        = "2026-02-01"
amount      = "200k"
rate        = "0%/year"
cap         = "50M"
maturity    = "2028-02-01"
at_maturity = "stays"

[funding.loan]
kind      = "loan"
date      = "2026-03-01"
amount    = "300k"
rate      = "0%/year"
term      = "5 years"
repayment = "bullet"
"""


def test_claims_are_told_as_they_are_paid(capsys, folder):
    """Loan, note, then SAFEs and preferred stock by their rank, common stock last, whatever the order of the file."""
    (folder / "order.toml").write_text(STACK, encoding="utf-8")
    claims = json.loads(answered(capsys, "order.toml", "--value", "20M", "--date", "2026-12-31", "--json"))["claims"]
    paid = ["loan", "note", "first_safe", "senior", "plain_safe", "junior", "common"]
    assert [claim["name"] for claim in claims] == paid
