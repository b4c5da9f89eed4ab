"""Packages of the Open Cap Format: which securities are outstanding, in which pool, on which terms."""

from __future__ import annotations

import json
import shutil
from datetime import date
from decimal import Decimal
from itertools import permutations
from pathlib import Path

import pytest
from support.packages import (
    SEED,
    dollars,
    ended,
    granted,
    held,
    issued,
    package,
    plan,
    refused,
    register,
    stock_class,
)

from runway.errors import InputError
from runway.files.equity.ocf import read_ocf

SAMPLE = Path(__file__).parent / "ocf_seed"


def test_the_sample_has_what_a_right_reader_finds() -> None:
    """A repurchase makes 1,000,000 shares 800,000 and does not add them; 250,000 reserved less 110,000 granted."""
    read = read_ocf("ocf_seed", SAMPLE)
    assert {(read.holders[one.holder], one.shares) for one in read.holdings} == {
        ("Ada Example", 3_000_000),
        ("Ben Example", 800_000),
        ("Fund Example I LP", 1_250_000),
        ("Dan Example", 110_000),
    }
    assert (read.pool, read.fully_diluted, read.as_of) == (140_000, 5_300_000, date(2025, 12, 31))
    (safe,) = read.instruments
    assert (safe.table, safe.amount, safe.day) == ("safe", 150_000, date(2024, 10, 1))
    assert safe.terms == {"cap": Decimal(4_000_000), "form": "post_money"}
    seed = next(of for of in read.classes.values() if of.family == "preferred")
    assert (seed.title, seed.price, seed.preference, seed.seniority) == ("Series Seed", Decimal("1.60"), 1, 2)


TRANSFER = (
    ended("STOCK_TRANSFER", "s1", quantity="500000", balance_security_id="s2", resulting_security_ids=["s3"]),
    issued("s1", "ada", "1400000"),
    issued("s2", "ada", "900000", day="2024-12-01"),
    issued("s3", "ben", "500000", day="2024-12-01"),
)


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_transactions_count_by_date_and_reference_in_any_order(tmp_path, order) -> None:
    read = register(tmp_path, *(TRANSFER[n] for n in order))
    assert held(read) == {("ada", "Common"): 900_000, ("ben", "Common"): 500_000}
    by_holder = {one.holder: one for one in read.holdings}
    assert by_holder["ada"].days == {date(2024, 1, 15)}  # what remains is as old as what it remained of
    assert by_holder["ben"].days == {date(2024, 12, 1)}


def test_one_day_ends_what_that_day_made(tmp_path) -> None:
    """Shares are bought back from the balance of a transfer of the same day."""
    back = ended("STOCK_REPURCHASE", "s2", quantity="900000", price=dollars("0.01"))
    read = register(tmp_path, back, *TRANSFER)
    assert held(read) == {("ben", "Common"): 500_000}


@pytest.mark.parametrize("kind", ["STOCK_CANCELLATION", "STOCK_RETRACTION"])
def test_what_is_cancelled_whole_is_gone(tmp_path, kind) -> None:
    more = {"quantity": "100"} if kind.endswith("CANCELLATION") else {}
    read = register(tmp_path, issued("s1", "ada", "100"), issued("s2", "ben", "5"), ended(kind, "s1", **more))
    assert held(read) == {("ben", "Common"): 5}


def test_preferred_shares_convert_and_securities_are_joined(tmp_path) -> None:
    read = register(
        tmp_path,
        issued("s1", "fund", "100", "s", share_price=dollars("1.60")),
        ended(
            "STOCK_CONVERSION", "s1", quantity_converted="60", balance_security_id="s2", resulting_security_ids=["s3"]
        ),
        issued("s2", "fund", "40", "s", "2024-12-01", share_price=dollars("1.60")),
        issued("s3", "fund", "60", "c", "2024-12-01", share_price=dollars("1.60")),
        issued("s4", "ada", "10"),
        issued("s5", "ada", "20"),
        {
            "id": "join",
            "object_type": "TX_STOCK_CONSOLIDATION",
            "date": "2025-01-01",
            "security_ids": ["s4", "s5"],
            "resulting_security_id": "s6",
        },
        issued("s6", "ada", "30", day="2025-01-01"),
    )
    assert held(read) == {("fund", "Common"): 60, ("fund", "Series Seed"): 40, ("ada", "Common"): 30}


SPLIT = {
    "id": "split",
    "object_type": "TX_STOCK_CLASS_SPLIT",
    "date": "2025-06-01",
    "stock_class_id": "c",
    "split_ratio": {"numerator": "10", "denominator": "1"},
}


def test_a_split_multiplies_what_was_issued_before_its_day(tmp_path) -> None:
    """Ten for one: shares, options and the plan; strikes and prices are a tenth.  What is issued on the day is new."""
    read = register(
        tmp_path,
        plan("1000"),
        SPLIT,
        issued("s1", "ada", "300"),
        granted("o1", "ben", "40", "1.20"),
        issued("s2", "fund", "7", day="2025-06-01"),
    )
    assert held(read) == {("ada", "Common"): 3000, ("ben", "Options"): 400, ("fund", "Common"): 7}
    assert read.pool == 10_000 - 400
    assert next(of.strike for of in read.classes.values() if of.family == "options") == Decimal("0.12")
    assert next(one.invested for one in read.holdings if one.holder == "ada") == 3  # 300 shares at 0.01


def test_a_split_by_reissuance_counts_once(tmp_path) -> None:
    anew = ended("STOCK_REISSUANCE", "s1", "2025-06-01", resulting_security_ids=["s2"], split_transaction_id="split")
    read = register(
        tmp_path, issued("s1", "ada", "300"), SPLIT, anew, issued("s2", "ada", "3000", day="2025-06-01"),
        issued("s3", "ben", "5"),
    )  # fmt: skip
    assert held(read) == {("ada", "Common"): 3000, ("ben", "Common"): 50}


def test_a_split_of_common_shares_needs_to_say_what_preferred_ones_convert_into(tmp_path) -> None:
    items = SPLIT, issued("s1", "ada", "300"), issued("s2", "fund", "100", "s")
    assert refused(tmp_path, *items).name == "unsupported-term"
    adjusted = {
        "id": "ratio",
        "object_type": "TX_STOCK_CLASS_CONVERSION_RATIO_ADJUSTMENT",
        "date": "2025-06-01",
        "stock_class_id": "s",
        "new_ratio_conversion_mechanism": {
            "type": "RATIO_CONVERSION",
            "ratio": {"numerator": "10", "denominator": "1"},
            "conversion_price": dollars("0.16"),
        },
    }
    seed = register(tmp_path, *items, adjusted).classes["s"]
    assert (seed.price, seed.conversion_price) == (Decimal("1.60"), Decimal("0.16"))


def test_the_pool_is_what_is_reserved_less_granted_and_exercised(tmp_path) -> None:
    """1,000 raised to 2,000; 300 granted, 100 of them exercised, 50 cancelled with a balance: 2,000 - 250."""
    raised = {
        "id": "more",
        "object_type": "TX_STOCK_PLAN_POOL_ADJUSTMENT",
        "date": "2024-06-01",
        "stock_plan_id": "p",
        "shares_reserved": "2000",
    }
    items = (
        issued("s0", "ada", "1"),
        granted("o1", "ben", "300"),
        ended("EQUITY_COMPENSATION_EXERCISE", "o1", "2024-08-01", quantity="100", resulting_security_ids=["s1"]),
        issued("s1", "ben", "100", day="2024-08-01", stock_plan_id="p"),
        ended("EQUITY_COMPENSATION_CANCELLATION", "o1", quantity="50", balance_security_id="o2"),
        granted("o2", "ben", "150", date="2024-12-01"),
        raised,
    )
    read = register(tmp_path, plan("1000"), *items)
    assert held(read) == {("ada", "Common"): 1, ("ben", "Common"): 100, ("ben", "Options"): 150}
    assert read.pool == 1750
    retired = plan("1000", default_cancellation_behavior="RETIRE")
    assert register(tmp_path, retired, *items).pool == 1700
    back = {"id": "back", "object_type": "TX_STOCK_PLAN_RETURN_TO_POOL", "date": "2024-12-01", "security_id": "o1"}
    assert register(tmp_path, retired, *items, back).pool == 1750


def test_units_options_of_several_strikes_repricing_and_warrants(tmp_path) -> None:
    warrant = ended("WARRANT_ISSUANCE", "w1", stakeholder_id="fund", quantity="8", exercise_price=dollars("2"))
    repriced = ended("EQUITY_COMPENSATION_REPRICING", "o2", new_exercise_price=dollars("0.50"))
    read = register(
        tmp_path,
        plan("100"),
        issued("s0", "ada", "1"),
        granted("o1", "ben", "10"),
        granted("o2", "ben", "20", "0.90"),
        granted("o3", "ben", "30", compensation_type="RSU"),
        repriced,
        warrant,
    )
    strikes = {(of.title, of.strike): of.family for of in read.classes.values() if of.strike is not None}
    assert strikes == {
        ("Options", Decimal("0.12")): "options",
        ("Options", Decimal("0.50")): "options",
        ("Restricted stock units", Decimal(0)): "options",
        ("Warrants", Decimal(2)): "warrants",
    }
    assert (read.fully_diluted, read.pool) == (1 + 100 + 8, 40)


def note(**mechanism: object) -> dict[str, object]:
    said = {"type": "CONVERTIBLE_NOTE_CONVERSION", "interest_rates": [], **mechanism}
    trigger = {"trigger_id": "t", "type": "AUTOMATIC_ON_CONDITION", "conversion_right": {"conversion_mechanism": said}}
    return ended(
        "CONVERTIBLE_ISSUANCE", "n1", "2024-10-01", stakeholder_id="fund", investment_amount=dollars("100000"),
        conversion_triggers=[trigger],
    )  # fmt: skip


def test_the_terms_of_a_note(tmp_path) -> None:
    read = register(
        tmp_path,
        issued("s1", "ada", "1"),
        note(
            interest_rates=[{"rate": "0.06", "accrual_start_date": "2024-10-01"}],
            day_count_convention="30_360",
            compounding_type="COMPOUNDING",
            interest_accrual_period="SEMI_ANNUAL",
            conversion_discount="0.20",
            conversion_valuation_cap=dollars("5000000"),
            exit_multiple={"numerator": "2", "denominator": "1"},
        ),
    )
    (one,) = read.instruments
    assert (one.table, one.amount, one.day) == ("convertible_note", 100_000, date(2024, 10, 1))
    assert one.terms == {
        "cap": Decimal(5_000_000),
        "discount": Decimal("0.20"),
        "sale_multiple": 2,
        "rate": Decimal("0.06"),
        "day_count": "30/360",
        "compounding": "half_yearly",
    }


def test_a_converted_or_transferred_convertible_is_not_outstanding(tmp_path) -> None:
    converted = ended(
        "CONVERTIBLE_CONVERSION", "n1", resulting_security_ids=["s2"], reason_text="round", trigger_id="t"
    )
    made = issued("s2", "fund", "500", "s", "2024-12-01", share_price=dollars("1.28"))
    read = register(tmp_path, issued("s1", "ada", "1"), note(), converted, made)
    assert (read.instruments, held(read)["fund", "Series Seed"]) == ((), 500)


def safe(**mechanism: object) -> dict[str, object]:
    return note(type="SAFE_CONVERSION", **mechanism)


TWO_WAYS = [
    {
        "trigger_id": str(n),
        "type": "ELECTIVE_AT_WILL",
        "conversion_right": {
            "conversion_mechanism": {"type": "SAFE_CONVERSION", "conversion_discount": f"0.{n}"},
        },
    }
    for n in (1, 2)
]


@pytest.mark.parametrize(
    ("item", "name"),
    [
        ({**issued("s9", "ben", "5"), "object_type": "TX_STOCK_GIFT"}, "unknown-transaction"),
        ({"id": "x", "object_type": "TX_STOCK_EXERCISE", "date": "2024-01-01"}, "unknown-transaction"),
        ({"id": "x", "object_type": "CAPTABLE"}, "unknown-transaction"),
        (ended("STOCK_CANCELLATION", "none", quantity="1"), "unknown-security"),
        (ended("STOCK_CANCELLATION", "s1", quantity="101"), "security-does-not-add-up"),
        (ended("STOCK_CANCELLATION", "s1", quantity="40"), "security-does-not-add-up"),
        (ended("STOCK_CANCELLATION", "s1", quantity="40", balance_security_id="s2"), "security-does-not-add-up"),
        (ended("STOCK_CANCELLATION", "s1", "2023-12-01", quantity="100"), "security-does-not-add-up"),
        (ended("STOCK_TRANSFER", "s1", quantity="100", resulting_security_ids=["s2"]), "security-does-not-add-up"),
        (ended("STOCK_TRANSFER", "s1", quantity="100", resulting_security_ids=[]), "unknown-security"),
        (issued("s1", "ben", "5", id="i2"), "duplicate-name"),
        (issued("s9", "ben", "5", id="i-s1"), "duplicate-name"),
        (issued("s9", "nobody", "5"), "unknown-security"),
        (issued("s9", "ben", "5", "z"), "unknown-security"),
        (issued("s9", "ben", "5.5"), "shares-not-whole"),
        (issued("s9", "ben", "-5"), "shares-not-whole"),
        (issued("s9", "ben", "five"), "not-a-number"),
        (issued("s9", "ben", "5", day="2024-13-01"), "not-a-date"),
        (issued("s9", "ben", "9999999"), "more-than-authorised"),
        (issued("s9", "ben", "5", share_price=dollars("1", "EUR")), "wrong-currency"),
        (granted("o1", "ben", "5"), "unknown-security"),  # of no plan
        (granted("o1", "ben", "5", stock_plan_id="", compensation_type="SSAR"), "unsupported-term"),
        (ended("WARRANT_ISSUANCE", "w1", stakeholder_id="ben", exercise_price=dollars("1")), "unsupported-term"),
        (safe(conversion_valuation_cap=dollars("1000")), "unsupported-term"),  # before or after the money
        (safe(exit_multiple={"numerator": "2", "denominator": "1"}), "unsupported-term"),
        (note(type="CUSTOM_CONVERSION"), "unsupported-term"),
        (note(conversion_mfn=True), "unsupported-term"),
        (note(interest_rates=[{"rate": "0.1", "accrual_start_date": "2024-10-01"}] * 2), "unsupported-term"),
        ({**safe(), "conversion_triggers": TWO_WAYS}, "unsupported-term"),
        ({**safe(), "conversion_triggers": []}, "unsupported-term"),
    ],
)
def test_what_does_not_add_up_or_cannot_be_held_is_refused_by_name(tmp_path, item, name) -> None:
    assert refused(tmp_path, issued("s1", "ada", "100"), issued("s2", "ada", "70"), item).name == name


def test_a_security_that_is_ended_twice(tmp_path) -> None:
    twice = ended("STOCK_CANCELLATION", "s1", quantity="100"), ended("STOCK_RETRACTION", "s1", "2025-01-01")
    problem = refused(tmp_path, issued("s1", "ada", "100"), issued("s2", "ben", "1"), *twice)
    assert (problem.name, problem.text) == ("security-ended-twice", "The security s1 was ended before.")


def test_an_overdrawn_pool_and_terms_that_contradict(tmp_path) -> None:
    assert refused(tmp_path, plan("4"), issued("s1", "ada", "1"), granted("o1", "ben", "5")).name == "pool-overdrawn"
    right = {
        "conversion_mechanism": {
            "type": "RATIO_CONVERSION",
            "ratio": {"numerator": "2", "denominator": "1"},
            "conversion_price": dollars("1.60"),
        }
    }
    seed = {**SEED, "id": "t", "conversion_rights": [right]}
    assert refused(tmp_path, seed, issued("s1", "ada", "1", "t")).name == "terms-contradict"
    no_price = stock_class("u", "PREFERRED")
    two = issued("s1", "ada", "1", "u"), issued("s2", "ada", "1", "u", share_price=dollars("2"))
    assert refused(tmp_path, no_price, *two).name == "class-at-two-prices"
    assert register(tmp_path, no_price, two[1]).classes["u"].price == 2


def test_what_comes_after_the_day_does_not_count(tmp_path) -> None:
    later = ended("STOCK_CANCELLATION", "s1", "2026-01-01", quantity="100")
    read = register(tmp_path, issued("s1", "ada", "100"), issued("s2", "ben", "5", day="2026-02-01"), later)
    assert held(read) == {("ada", "Common"): 100}
    assert read.remarks[0] == "Not read: 2 transactions after 2025-12-31."


def test_vesting_and_acceptance_are_counted_and_not_read(tmp_path) -> None:
    read = register(
        tmp_path,
        issued("s1", "ada", "100", vesting_terms_id="v"),
        ended("STOCK_ACCEPTANCE", "s1"),
        ended("VESTING_START", "s1"),
        {"id": "v", "object_type": "VESTING_TERMS"},
    )
    assert "Not read: 1 other objects, 2 transactions of vesting, acceptance and the like." in read.remarks
    assert "Some shares or options vest; here all of them count, in a sale too." in read.remarks


@pytest.mark.parametrize("version", ["0.9", "2.0.0", "1.3"])
def test_other_versions_are_refused(tmp_path, version) -> None:
    assert refused(tmp_path, issued("s1", "ada", "1"), version=version).name == "unknown-version"


def test_broken_files_are_refused_at_their_place(tmp_path) -> None:
    path = package(tmp_path, issued("s1", "ada", "1"))
    whole = (path / "All.ocf.json").read_text(encoding="utf-8")

    def problem() -> str:
        with pytest.raises(InputError) as error:
            read_ocf("pack", path)
        (one,) = error.value.problems
        return f"{one.name} {one.place.line if one.place else ''}".strip()

    for cut in range(1, len(whole) - 2, 211):
        (path / "All.ocf.json").write_text(whole[:cut], encoding="utf-8")
        assert problem().startswith("broken-export ")
    for text, name in (
        ("[]", "broken-export 1"),
        ('{"items": {}}', "broken-export 1"),
        ('{"items": [1]}', "broken-export 1"),
        ("[" * 100_000, "nesting-too-deep"),
        ('{"items": [{"id": "a", "object_type": "TX_STOCK_ISSUANCE", "date": "2024-01-01"}]}', "broken-export 1"),
    ):
        (path / "All.ocf.json").write_text(text, encoding="utf-8")
        assert problem() == name
    (path / "All.ocf.json").write_bytes(whole.replace("Ada", "Ad\xe4").encode("latin-1"))
    assert problem() == "file-not-text"
    (path / "All.ocf.json").unlink()
    assert problem() == "broken-export"


def test_a_manifest_reaches_no_file_outside_its_package(tmp_path) -> None:
    path = package(tmp_path, issued("s1", "ada", "1"))
    shutil.move(path / "All.ocf.json", tmp_path / "All.ocf.json")
    manifest = json.loads((path / "Manifest.ocf.json").read_text(encoding="utf-8"))
    for name in ("../All.ocf.json", str(tmp_path / "All.ocf.json")):
        manifest["transactions_files"] = [{"filepath": name}]
        (path / "Manifest.ocf.json").write_text(json.dumps(manifest), encoding="utf-8")
        with pytest.raises(InputError, match="outside the package"):
            read_ocf("pack", path)


def test_a_zip_is_read_as_its_folder(tmp_path) -> None:
    folder = read_ocf("x", SAMPLE)
    for depth in (SAMPLE, SAMPLE.parent):
        name = shutil.make_archive(str(tmp_path / "cap"), "zip", depth, SAMPLE.name if depth != SAMPLE else None)
        assert read_ocf("x", Path(name)) == folder
