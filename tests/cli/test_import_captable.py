"""`runway import` of cap tables, and `runway export` back: holder by class, the same."""

from __future__ import annotations

import json
import zipfile
from fractions import Fraction
from pathlib import Path

import pytest

import runway
from runway.answers.captable_register import package_of, register_of
from runway.cli import main
from runway.files.books.export import Reading
from runway.files.equity.holders import read_holders
from runway.files.equity.ocf import read_ocf
from runway.ownership.securities import opening_table

FILES = Path(__file__).parents[1] / "files" / "equity"
CARTA = (
    "holder=Stakeholder Name, class=Share Class, kind=Security Type, shares=Quantity Outstanding, "
    "price=Price Per Share, date=Original Issue Date"
)

COMPANY = """\
[model]
name = "Fern"
start = "2026-01"
months = 12
opening_cash = 0

[captable]
pool = 50_000

[captable.classes.series_a]
kind = "preferred"
title = "Series A"
price = 2
conversion_price = "1.60"
preference = 1.5
seniority = 3
participation = "capped"
participation_cap = 3
issued = "2025-02-01"

[captable.classes.options]
kind = "options"
strike = "0.25"

[captable.classes.lender]
kind = "warrants"
strike = 1

[captable.holders.ana]
title = "Ana Ørsted"
shares = { common = 800_000 }
invested = 80
invested_on = "2023-05-01"

[captable.holders.staff]
shares = { options = 40_000, common = 1_000 }

[captable.holders.fund]
shares = { series_a = 100_000, lender = 9_000 }

[funding.bridge]
kind = "convertible_note"
investor = "Angel Example"
amount = "200k"
date = "2025-06-15"
rate = "6%/year"
day_count = "30/360"
compounding = "monthly"
discount = "20%"
cap = "8M"

[funding.fund_safe]
kind = "safe"
investor = "fund"
amount = "100k"
date = "2025-07-01"
form = "pre_money"
cap = "5M"
"""


@pytest.fixture
def here(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def written(here: Path, text: str, name: str = "fern.toml") -> str:
    (here / name).write_text(text, encoding="utf-8")
    return name


def stakes(name: str) -> dict[str, Fraction]:
    table = opening_table(runway.load(name).model.captable)
    titles = runway.captable(runway.load(name)).titles
    found = {titles[holder]: shares / table.fully_diluted for holder, shares in table.by_holder().items()}
    return found | {"pool": table.pool / table.fully_diluted}


def test_a_package_becomes_a_model_whose_solve_has_the_same_table(here, capsys) -> None:
    assert main(["import", str(FILES / "ocf_seed"), "-o", "captable.toml"]) == 0
    captured = capsys.readouterr()
    assert "Fund Example I LP   Series Seed       1,250,000    23.58%" in captured.out
    assert "Fully diluted                         5,300,000   100.00%" in captured.out
    assert captured.err == "wrote captable.toml; next: runway captable captable.toml\n"
    per_cent = {who: round(float(share) * 100, 2) for who, share in stakes("captable.toml").items()}
    assert per_cent == {
        "Ada Example": 56.60,
        "Ben Example": 15.09,
        "Fund Example I LP": 23.58,
        "Dan Example": 2.08,
        "pool": 2.64,
    }
    assert main(["validate", "captable.toml"]) == 0
    sources = {line for line in Path("captable.toml").read_text(encoding="utf-8").splitlines() if "value = " in line}
    assert sources
    assert all('source = "cap_table"' in line for line in sources)


def test_a_file_is_never_written_over(here, capsys) -> None:
    written(here, "mine", "captable.toml")
    assert main(["import", str(FILES / "ocf_seed"), "-o", "captable.toml"]) == 2
    assert "never written over" in capsys.readouterr().err
    assert Path("captable.toml").read_text(encoding="utf-8") == "mine"


def test_without_an_output_the_file_is_printed(here, capsys) -> None:
    assert main(["import", str(FILES / "ocf_seed")]) == 0
    assert "[captable.holders.ada_example]" in capsys.readouterr().out
    assert main(["import", str(FILES / "ocf_seed" / "Manifest.ocf.json"), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["fully_diluted"], said["pool"], len(said["holdings"])) == (5_300_000, 140_000, 4)
    assert said["unconverted"][0]["amount"] == 150_000


def test_a_plan_is_extended(here, capsys) -> None:
    plan = written(here, COMPANY[: COMPANY.index("[captable]")], "plan.toml")
    assert main(["import", str(FILES / "ocf_seed"), "--plan", plan, "-o", "both.toml"]) == 0
    assert Path("both.toml").read_text(encoding="utf-8").count("[model]") == 0
    assert stakes("both.toml")["Ada Example"] == Fraction(30, 53)
    early = COMPANY[: COMPANY.index("[captable]")].replace("2026-01", "2025-12")
    for name, text, error in (
        ("full.toml", COMPANY, "given-twice"),
        ("early.toml", early, "dates-reversed"),
        (
            "euro.toml",
            early.replace("months", 'currency = "EUR"\nmonths').replace("2025-12", "2026-01"),
            "wrong-currency",
        ),
    ):
        written(here, text, name)
        capsys.readouterr()
        assert main(["import", str(FILES / "ocf_seed"), "--plan", name]) == 2
        assert capsys.readouterr().err.startswith(error)


def test_a_model_goes_out_and_comes_back(here) -> None:
    """Holder by class, with prices, strikes, the pool and the terms of what is to be converted."""
    written(here, COMPANY)
    assert main(["export", "fern.toml", "cap.ocf.zip"]) == 0
    before, after = package_of(runway.load("fern.toml").model), read_ocf("cap.ocf.zip", Path("cap.ocf.zip"))
    assert after.holders.values() == before.holders.values() or set(after.holders.values()) == set(
        before.holders.values()
    )

    def table(register) -> set[tuple[str, str, int, object, object, object, object]]:
        return {
            (
                register.holders[one.holder],
                of.family,
                one.shares,
                of.price,
                of.conversion_price,
                of.strike,
                of.preference,
            )
            for one in register.holdings
            for of in (register.classes[one.class_key],)
        }

    assert table(after) == table(before)
    assert (after.pool, after.fully_diluted, after.as_of) == (before.pool, before.fully_diluted, before.as_of)
    assert [(one.table, one.amount, one.day) for one in after.instruments] == [
        (one.table, one.amount, one.day) for one in before.instruments
    ]
    assert [dict(one.terms) for one in after.instruments] == [dict(one.terms) for one in before.instruments]
    first = Path("cap.ocf.zip").read_bytes()
    assert main(["export", "fern.toml", "cap.ocf.zip", "--force"]) == 0
    assert Path("cap.ocf.zip").read_bytes() == first
    assert main(["import", "cap.ocf.zip", "-o", "back.toml"]) == 0
    assert sorted(stakes("back.toml").values()) == sorted(stakes("fern.toml").values())


def test_what_a_package_holds_is_what_the_format_asks_for(here) -> None:
    """The properties that the format requires of each object, apart from what no model knows of its issuer."""
    needed = {
        "STAKEHOLDER": {"name", "stakeholder_type"},
        "STOCK_CLASS": {
            "name",
            "class_type",
            "default_id_prefix",
            "initial_shares_authorized",
            "votes_per_share",
            "seniority",
        },
        "STOCK_PLAN": {"plan_name", "initial_shares_reserved"},
        "TX_STOCK_ISSUANCE": {"stock_class_id", "share_price", "quantity", "stock_legend_ids"},
        "TX_EQUITY_COMPENSATION_ISSUANCE": {
            "compensation_type",
            "quantity",
            "expiration_date",
            "termination_exercise_windows",
        },
        "TX_WARRANT_ISSUANCE": {"exercise_triggers", "purchase_price"},
        "TX_CONVERTIBLE_ISSUANCE": {"convertible_type", "investment_amount", "conversion_triggers", "seniority"},
    }
    written(here, COMPANY)
    assert main(["export", "fern.toml", "cap.ocf.zip"]) == 0
    seen = set()
    with zipfile.ZipFile("cap.ocf.zip") as package:
        manifest = json.loads(package.read("Manifest.ocf.json"))
        for field, files in manifest.items():
            for file in files if field.endswith("_files") else ():
                for one in json.loads(package.read(file["filepath"].removeprefix("./")))["items"]:
                    seen.add(one["object_type"])
                    assert needed[one["object_type"]] <= set(one)
                    if one["object_type"].startswith("TX_"):
                        assert {
                            "id",
                            "security_id",
                            "date",
                            "custom_id",
                            "stakeholder_id",
                            "security_law_exemptions",
                        } <= set(one)
    assert seen == set(needed)


ROUND = """
[funding.seed]
kind = "priced_round"
valuation = { value = "5M", basis = "pre_money" }
closings = [{ name = "first", date = "2026-03-15", amount = "1M" }]
"""


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ("[funding.bridge]", f"{ROUND}\n[funding.bridge]", "not-in-a-package"),
        ('participation = "capped"\nparticipation_cap = 3', 'participation = "full"', "not-in-a-package"),
        ("seniority = 3", 'anti_dilution = "full_ratchet"', "not-in-a-package"),
        ('"2025-07-01"', '"2026-07-01"', "not-in-a-package"),
        ('cap = "5M"', 'cap = "5M"\nrequires = "prev(cash) >= 0"', "not-in-a-package"),
        (
            'day_count = "30/360"\ncompounding = "monthly"',
            'maturity = "2027-01-31"\nat_maturity = "repaid"',
            "not-in-a-package",
        ),
        ('day_count = "30/360"', 'day_count = "act/360"', "not-in-a-package"),
        (
            "[funding.bridge]",
            '[captable.grants.k]\nholder = "k"\ndate = "2026-05-01"\nclass = "common"\nshares = 9\n[funding.bridge]',
            "not-in-a-package",
        ),
    ],
)
def test_what_no_package_can_hold_is_refused(here, capsys, old, new, error) -> None:
    written(here, COMPANY.replace(old, new, 1))
    assert main(["export", "fern.toml", "cap.ocf.zip"]) == 2
    assert error in capsys.readouterr().err
    assert not Path("cap.ocf.zip").exists()


def test_a_table_in_percentages_has_no_shares_to_export(here, capsys) -> None:
    written(here, COMPANY[: COMPANY.index("[captable]")] + '[captable.holders.ana]\nshares = { common = "100%" }\n')
    for name in ("cap.ocf.zip", "cap.holders.csv"):
        assert main(["export", "fern.toml", name]) == 2
        assert "not-in-a-package" in capsys.readouterr().err


def test_a_list_of_holders_goes_out_and_comes_back(here) -> None:
    written(here, COMPANY)
    assert main(["export", "fern.toml", "cap.holders.csv"]) == 0
    before = register_of(runway.load("fern.toml").model)
    after = read_holders("cap.holders.csv", Path("cap.holders.csv"), {}, Reading(""))
    assert {(after.holders[one.holder], after.classes[one.class_key].family, one.shares) for one in after.holdings} == {
        (before.holders[one.holder], before.classes[one.class_key].family, one.shares) for one in before.holdings
    }
    assert after.pool == before.pool
    prices = {(of.family, of.price, of.strike) for of in after.classes.values()}
    assert prices == {(of.family, of.price, of.strike) for of in before.classes.values()}
    assert main(["import", "cap.holders.csv", "-o", "back.toml"]) == 0
    assert sorted(stakes("back.toml").values()) == sorted(stakes("fern.toml").values())


def test_three_columns_are_enough(here, capsys) -> None:
    written(here, "holder,class,shares\nAna,common,600\nBen,common,300\nAna,common,100\nTotal,,1000\n", "h.csv")
    assert main(["import", "h.csv", "-o", "h.toml"]) == 0
    assert stakes("h.toml") == {"Ana": Fraction(7, 10), "Ben": Fraction(3, 10), "pool": 0}


def test_columns_of_another_program_are_said(here, capsys) -> None:
    """Quantities outstanding, options apart from their class, the pool, and a SAFE that is left to [funding]."""
    path = str(FILES / "carta_like_ledger.csv")
    assert main(["import", path, "--columns", CARTA, "-o", "carta.toml"]) == 0
    out = capsys.readouterr().out
    assert "Left out: Angel Example, $150,000; write it in [funding], as a safe." in out
    table = opening_table(runway.load("carta.toml").model.captable)
    by_class: dict[str, Fraction] = {}
    for (_, cls), shares in table.holdings.items():
        by_class[cls] = by_class.get(cls, Fraction(0)) + shares
    assert by_class == {"common": 4_000_000, "series_seed": 1_250_000, "options": 110_000}
    assert (table.pool, table.fully_diluted) == (140_000, 5_500_000)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("holder,class,shares\nAna,common,600.5\n", "h.csv:2:12 shares-not-whole"),
        ("holder,class,shares\nAna,common,\n", "h.csv:2:12 shares-not-whole"),
        ("holder,class,shares\nAna,common,-5\n", "h.csv:2:12 shares-not-whole"),
        ("holder,class,shares\nAna,common,$600\n", "h.csv:2:12 shares-not-whole"),
        ("holder,class,shares\nAna,common,600\nTotal,,601\n", "h.csv:3:8 totals-do-not-foot"),
        ("holder,class,shares\n,common,600\n", "h.csv:2:1 missing-field"),
        ("holder,class,shares\nFund,Series A,600\n", "h.csv:2:6 missing-field"),
        ("holder,class,shares\nKim,options,600\n", "h.csv:2:5 missing-field"),
        ("holder,class,shares,price\nA,Series A,6,1.50\nB,Series A,6,1.60\n", "h.csv:2:3 class-at-two-prices"),
        ("holder,class,shares,date\nA,common,6,01/02/2025\n", "h.csv:2:12 ambiguous-date"),
        ("holder,class,shares\n,pool,600\n", "company-without-shares"),
    ],
)
def test_mistakes_of_a_list_are_at_their_place(here, capsys, text, error) -> None:
    written(here, text, "h.csv")
    assert main(["import", "h.csv"]) == 2
    assert capsys.readouterr().err.startswith(f"{error}\n")


def test_what_a_list_leaves_open_is_said_by_an_option(here, capsys) -> None:
    """Its dates, its decimal mark and its encoding, as messages ask for them."""
    text = "holder,class,shares,date,invested\nŔna,common,6,01/02/2025,1.500\n"
    here.joinpath("h.csv").write_bytes(text.encode("cp1250"))
    arguments = ["import", "h.csv"]
    for option, value, error in (
        ("--decimal", ",", "ambiguous-number"),
        ("--date", "day-month-year", "ambiguous-date"),
    ):
        assert main(arguments) == 2
        said = capsys.readouterr().err
        assert error in said
        assert f"Here: {option} " in said
        assert "--columns" not in said
        arguments += [option, value]
    assert main([*arguments, "--encoding", "cp1250"]) == 0
    out = capsys.readouterr().out
    assert 'title  = "Ŕna"' in out
    assert "invested = { value = 1500," in out
    assert 'invested_on = "2025-02-01"' in out


def test_columns_that_are_not_there(here, capsys) -> None:
    written(here, "who,what,many\nAna,common,6\n", "h.csv")
    for columns, error in (
        ("holder=who", "actuals-columns"),
        ("owner=who", "unknown-choice"),
        ("holder", "unknown-choice"),
    ):
        assert main(["import", "h.csv", "--columns", columns]) == 2
        assert error in capsys.readouterr().err
    assert main(["import", "h.csv", "--columns", "holder=who, class=what, shares=many"]) == 0
    for names in (
        (str(FILES / "ocf_seed"), "h.csv"),
        (str(FILES),),
        (str(FILES / "ocf_seed"), "--columns", "holder=a"),
    ):
        capsys.readouterr()
        assert main(["import", *names]) == 2
        assert capsys.readouterr().err.startswith(("one-file", "file-is-a-directory", "unknown-choice"))
