"""What the terms of a closing choose between, and what is refused."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from support.captable_companies import COMMON, OPTIONS, WHOLE, company, note, preferred, priced_round, protected, safe

from runway.ownership.closing import grant
from runway.ownership.records import CaptableError, Rounding

F = Fraction
TABLE = company(founders=8_000_000, pool=1_000_000)
MONEY = {"lead": 1_000_000}


def refused(**terms: Any) -> CaptableError:
    """The refusal of a closing whose convertibles are under `stack`."""
    table, stack = terms.pop("table", TABLE), terms.pop("stack", ())
    money = terms.pop("money", MONEY)
    with pytest.raises(CaptableError) as error:
        priced_round(table, money, *stack, **{"pre_money": 9_000_000, **terms})
    assert error.value.text.endswith(".")
    return error.value


# conversions


def test_a_conversion_is_a_shadow_of_the_rounds_class_or_the_class_itself() -> None:
    one = safe("s", 500_000, 5_000_000)
    shadow = priced_round(TABLE, MONEY, one, pre_money=9_000_000)
    same = priced_round(TABLE, MONEY, one, pre_money=9_000_000, conversion_series="same")
    assert shadow.conversions[0].share_class == "series_a_s"
    assert same.conversions[0].share_class == "series_a"
    assert shadow.conversions[0].shares == same.table.holdings["s", "series_a"]
    assert shadow.table.classes["series_a_s"].issue_price == shadow.conversions[0].price
    assert same.table.classes["series_a"].issue_price == same.price > same.conversions[0].price


def test_a_round_of_common_stock_has_no_shadow() -> None:
    closed = priced_round(TABLE, MONEY, safe("s", 500_000, 5_000_000), pre_money=9_000_000, share_class=COMMON)
    assert set(closed.table.classes) == {"common"}
    assert set(closed.table.holders) == {"founders", "s", "lead"}


def test_no_instrument_converts_above_the_rounds_price() -> None:
    """A cap far above the round, and a note without any terms."""
    both = safe("s", 500_000, 90_000_000), note("n", 500_000)
    closed = priced_round(TABLE, MONEY, *both, pre_money=9_000_000)
    assert {c.price for c in closed.conversions} == {closed.price}
    assert {c.decided_by for c in closed.conversions} == {"round price"}


def test_what_converts_on_top_dilutes_the_new_money_too() -> None:
    one = note("n", 900_000)
    inside = priced_round(TABLE, MONEY, one, pre_money=9_000_000)
    on_top = priced_round(TABLE, MONEY, one, pre_money=9_000_000, convertibles="on_top")
    assert inside.table.stake("lead") == F(1, 10)
    assert on_top.price == 1
    assert on_top.table.stake("lead") == F(1_000_000, 10_900_000)
    assert on_top.post_money == 10_900_000


@pytest.mark.parametrize(
    ("later", "decided"),
    [
        (safe("low", 1000, 4_000_000, order=3), "MFN of low"),
        (safe("low", 1000, 4_000_000, order=1), "cap"),  # issued before it
        (safe("cheap", 1000, discount="0.6", order=3), "MFN of cheap"),
        (safe("share", 1000, ownership="0.001", order=3), "MFN of share"),  # 1,000 for 0.1% is a cap of 1,000,000
        (safe("high", 1000, 8_000_000, order=3), "cap"),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_mfn_takes_the_best_later_terms_whole(later: Any, decided: str) -> None:
    one = safe("m", 100_000, 5_000_000, mfn=True, order=2)
    closed = priced_round(TABLE, MONEY, one, later, pre_money=9_000_000)
    assert closed.conversions[0].decided_by == decided


def test_mfn_of_a_fixed_share_is_its_price_not_its_share() -> None:
    both = safe("m", 375_000, mfn=True, order=1), safe("fixed", 125_000, ownership="0.07", order=2)
    m, fixed = priced_round(TABLE, MONEY, *both, pre_money=9_000_000).conversions
    assert m.price == fixed.price
    assert m.shares == 3 * fixed.shares


# prices and rounding


def test_a_price_instead_of_a_valuation() -> None:
    table = company(founders=8_000_000)
    closed = priced_round(table, MONEY, note("n", 300_000, discount="0.2"), price="0.5", pool="0.1", rounding=WHOLE)
    assert (closed.price, closed.issued["round"], closed.issued["n"]) == (F("0.5"), 2_000_000, 750_000)
    assert closed.table.pool == F(10_750_000) / 9 // 1
    assert closed.pre_money == F("0.5") * (8_750_000 + F(10_750_000, 9))
    assert closed.post_money == closed.pre_money + 1_000_000


@pytest.mark.parametrize(("how", "price"), [("nearest", "1.13"), ("up", "1.13"), ("down", "1.12")])
def test_prices_are_rounded_before_shares_are(how: Any, price: str) -> None:
    rounding = Rounding(price_digits=2, price_rounding=how)
    closed = priced_round(TABLE, MONEY, pre_money=F("1.125") * 9_000_000, rounding=rounding)
    assert closed.price == F(price)
    assert closed.issued["round"] == 1_000_000 // F(price)


def test_the_pool_is_sized_on_the_whole_round_when_a_part_is_paid() -> None:
    whole = priced_round(TABLE, {"lead": 4_000_000}, pre_money=9_000_000, pool="0.15")
    part = priced_round(TABLE, MONEY, pre_money=9_000_000, pool="0.15", round_money=F(4_000_000))
    assert (part.price, part.table.pool) == (whole.price, whole.table.pool)
    assert part.issued["round"] == whole.issued["round"] / 4
    assert part.post_money == 10_000_000


def test_a_second_closing_joins_the_class_of_the_first() -> None:
    first = priced_round(TABLE, MONEY, pre_money=9_000_000)
    second = priced_round(first.table, {"other": 500_000}, price=first.price)
    assert second.table.issued("series_a") == 1_500_000
    assert refused(table=first.table, pre_money=30_000_000).name == "class-at-two-prices"


# anti-dilution


def test_pieces_that_take_turns_are_settled_one_by_one() -> None:
    """With the cheap SAFE alone counted both notes fall below 1.00, with both counted neither does; one note counts."""
    table = company(founders=4_000_000).plus("x", preferred("seed", 1, anti_dilution="narrow_based"), F(1_000_000))
    stack = (
        safe("a", 1_000_000, 3_000_000),
        note("b", 1_000_000, discount="0.2"),
        note("c", 1_000_000, discount="0.19"),
    )
    closed = priced_round(table, MONEY, *stack, pre_money=14_025_000)
    a, b, c = closed.conversions
    assert a.price < b.price < 1 < c.price < closed.price
    (one,) = closed.adjustments
    assert one.issued == a.shares + b.shares
    assert one.at_old_price == 2_000_000
    assert one.after == F(3_000_000) / (1_000_000 + a.shares + b.shares)


def test_where_they_take_turns_for_ever_there_is_no_price() -> None:
    table = company(founders=4_000_000).plus("x", preferred("seed", 1, anti_dilution="narrow_based"), F(1_000_000))
    stack = safe("a", 1_000_000, 3_000_000), note("b", 1_000_000, discount="0.2")
    names = set()
    for valuation in range(12_000_000, 15_000_000, 50_000):
        try:
            priced_round(table, MONEY, *stack, pre_money=valuation)
        except CaptableError as error:
            names.add((error.name, error.field))
    assert names == {("no-consistent-price", "valuation")}


def test_nothing_changes_at_exactly_the_old_price() -> None:
    table = company(founders=8_000_000).plus("x", preferred("seed", 1, anti_dilution="full_ratchet"), F(1_000_000))
    closed = priced_round(table, MONEY, pre_money=9_000_000)
    assert (closed.price, closed.adjustments) == (1, ())
    assert closed.table.classes["seed"] == table.classes["seed"]


def test_a_full_ratchet_goes_to_the_lowest_price_that_counts() -> None:
    table = company(founders=8_000_000).plus("x", preferred("seed", 1, anti_dilution="full_ratchet"), F(1_000_000))
    closed = priced_round(table, MONEY, safe("s", 100_000, 4_500_000), pre_money=12_000_000)
    low = closed.conversions[0].price
    assert low < 1 < closed.price
    assert closed.table.classes["seed"].conversion_price == low
    exempt = priced_round(table, MONEY, safe("s", 100_000, 4_500_000), pre_money=12_000_000, conversions_exempt=True)
    assert exempt.adjustments == ()


def test_two_classes_are_adjusted_each_by_its_own_rule_on_the_table_before() -> None:
    table = company(founders=8_000_000)
    table = table.plus("x", preferred("seed", 2, anti_dilution="broad_based"), F(1_000_000))
    table = table.plus("z", preferred("bridge", 3, anti_dilution="narrow_based"), F(500_000))
    closed = priced_round(table, MONEY, pre_money=9_000_000)
    seed, bridge = closed.adjustments
    assert (seed.outstanding, bridge.outstanding) == (9_500_000, 1_500_000)
    for one in closed.adjustments:
        new = closed.issued["round"]
        assert one.after == one.before * (one.outstanding + 1_000_000 / one.before) / (one.outstanding + new)


# grants and pools


def test_a_grant_of_shares_and_the_pool_it_comes_from() -> None:
    after = grant(TABLE, "hire", OPTIONS, shares=F(400_000), from_pool=True)
    assert (after.pool, after.holdings["hire", "options"]) == (600_000, 400_000)
    assert after.fully_diluted == TABLE.fully_diluted
    with pytest.raises(CaptableError, match=r"is 1,000,001 shares, and the pool has 1,000,000\.") as error:
        grant(TABLE, "hire", OPTIONS, shares=F(1_000_001), from_pool=True)
    assert error.value.name == "pool-too-small"
    with pytest.raises(CaptableError) as error:
        grant(TABLE, "hire", OPTIONS, stake=F(1))
    assert error.value.name == "stake-out-of-range"


# refusals


@pytest.mark.parametrize(
    ("terms", "name", "subject", "field"),
    [
        ({"pre_money": 0}, "valuation-not-positive", "series_a", "valuation"),
        ({"table": company()}, "no-shares-before-round", "series_a", "valuation"),
        ({"pool": 1}, "pool-out-of-range", "series_a", "pool"),
        ({"stack": (safe("s", 1, discount=1),)}, "discount-out-of-range", "s", "discount"),
        ({"stack": (safe("s", 1, ownership=1),)}, "ownership-out-of-range", "s", "ownership"),
        ({"stack": (safe("s", 1, 0),)}, "cap-not-positive", "s", "cap"),
        ({"stack": (safe("f", 1, mfn=True), safe("s", 1, 0, order=1))}, "cap-not-positive", "s", "cap"),
        ({"stack": (safe("s", 0),)}, "nothing-to-convert", "s", "amount"),
        (
            {"stack": (safe("a", 6_000_000, 10_000_000), safe("b", 4_000_000, 10_000_000))},
            "conversions-own-everything", "series_a", "cap",
        ),
        ({"pool": "0.95"}, "pool-leaves-nothing", "series_a", "pool"),
        ({"stack": (note("n", 8_000_000, discount="0.2"),)}, "conversions-exceed-valuation", "series_a", "valuation"),
        ({"pro_rata": ("nobody",)}, "pro-rata-without-shares", "series_a", "pro_rata"),
        (
            {"table": company(a=6_000_000, b=4_000_000), "money": {"b": 800_000, "c": 200_000}, "pro_rata": ("a", "b")},
            "pro-rata-exceeds-round", "series_a", "pro_rata",
        ),
        ({"rounding": Rounding(price_digits=0)}, "price-rounds-to-zero", "series_a", "price_digits"),
    ],
    ids=lambda value: value if isinstance(value, str) and "-" in value else "",
)  # fmt: skip
def test_terms_that_cannot_hold(terms: Any, name: str, subject: str, field: str) -> None:
    error = refused(**({"pre_money": 4_000_000} if name == "price-rounds-to-zero" else {}), **terms)
    assert (error.name, error.subject, error.field) == (name, subject, field)


def test_a_ratchet_worth_the_whole_valuation() -> None:
    table = company(founders=8_000_000).plus("x", preferred("seed", 5, anti_dilution="full_ratchet"), F(2_000_000))
    assert refused(table=table).name == "anti-dilution-leaves-nothing"
    assert refused(table=table, pool="0.1").name == "anti-dilution-leaves-nothing"
    assert priced_round(table, MONEY, pre_money=10_000_001, rounding=WHOLE).price < F("0.00001")
    assert priced_round(table, MONEY, pre_money=9_000_000, anti_dilution_in_price=False).price == F("0.9")


def test_protection_needs_the_price_that_was_paid() -> None:
    table = company(founders=8_000_000).plus("x", preferred("seed", 1), F(2_000_000))
    unknown = table.classes["seed"]._replace(issue_price=None, conversion_price=None, anti_dilution="broad_based")
    error = refused(table=table._replace(classes={**table.classes, "seed": unknown}))
    assert (error.name, error.subject) == ("issue-price-missing", "seed")
    assert not priced_round(protected(table, "seed", "none"), MONEY, pre_money=1_000_000).adjustments


def test_a_valuation_and_a_price_is_a_programmers_mistake() -> None:
    with pytest.raises(ValueError, match="or a price"):
        priced_round(TABLE, MONEY, pre_money=1, price=1)
    with pytest.raises(ValueError, match="or a stake"):
        grant(TABLE, "hire", OPTIONS)


def test_numbers_do_not_grow_from_round_to_round() -> None:
    """Ten protected classes and five down rounds: without a bound the last price had thousands of digits."""
    table = company(founders=8_000_000)
    stack = [safe(f"s{n}", 50_000 + n, 4_000_000 + 70_001 * n) for n in range(9)]
    for n in range(5):
        one = preferred(f"series_{n}", anti_dilution="broad_based")
        closed = priced_round(table, MONEY, *stack, pre_money=9_000_000 - 1_000_003 * n, share_class=one)
        table, stack = closed.table, []
        assert closed.price.denominator <= 10**60
        assert float(closed.table.stake("lead")) > 0
    assert len(closed.adjustments) > 10


@pytest.mark.parametrize(
    ("pre_money", "terms", "price", "shares", "decided"),
    [
        (1_949_000, {"discount": "0.2"}, "0.15", 133_333, "discount"),  # 0.8 × 0.19 = 0.152
        (1_949_000, {}, "0.19", 105_263, "round price"),
        (1_949_000, {"discount": "0.2", "cap": 1_550_000, "form": "pre_money"}, "0.15", 133_333, "discount"),
        (1_949_000, {"discount": "0.2", "cap": 1_350_000, "form": "pre_money"}, "0.14", 142_857, "cap"),
    ],
)
def test_a_discount_comes_off_the_price_as_sold(pre_money, terms, price, shares, decided):
    """Prices of two digits: a cap of 1.55M is 0.155, below the exact discount of 0.15592, and 0.16 as written."""
    rounding = Rounding(price_digits=2)
    one = safe("safe", 20_000, **terms)
    closed = priced_round(
        company(all=10_000_000), {"new": 400_000}, one, pre_money=pre_money, convertibles="on_top", rounding=rounding
    )
    assert closed.price == F("0.19")
    (conversion,) = closed.conversions
    assert (conversion.price, conversion.shares, conversion.decided_by) == (F(price), shares, decided)


def test_an_adopted_discount_comes_off_the_price_as_sold():
    first = safe("first", 20_000, mfn=True, order=1)
    later = safe("later", 20_000, discount="0.2", order=2)
    closed = priced_round(
        company(all=10_000_000),
        {"new": 400_000},
        first,
        later,
        pre_money=1_949_000,
        convertibles="on_top",
        rounding=Rounding(price_digits=2),
    )
    assert {c.price for c in closed.conversions} == {F("0.15")}
    assert [c.decided_by for c in closed.conversions] == ["MFN of later", "discount"]
