"""What the tests of sales share: short and random claims, tables of payouts, and a second, plain calculation.

The plain calculation fixes who converts, finds the value of a share between two corners of what that pays, and tries
every set of decisions.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import chain, combinations
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from runway.ownership.records import rounded
from runway.ownership.sale import OpenConvertible, Security

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from runway.ownership.waterfall import Waterfall


def exact(number: float | str | Fraction) -> Fraction:
    """What a person means by a number: 0.1 is a tenth."""
    return number if isinstance(number, Fraction) else Fraction(str(number).replace("_", ""))


def security(name: str, shares: float | str, **terms: object) -> Security:
    return Security(
        name, exact(shares), **{k: exact(v) if k in ("preference", "cap", "strike") else v for k, v in terms.items()}
    )


def safe(name: str, money: float | str | Fraction, **terms: object) -> OpenConvertible:
    return _unconverted(name, money, False, terms)


def note(name: str, money: float | str | Fraction, **terms: object) -> OpenConvertible:
    return _unconverted(name, money, True, {"form": "pre_money"} | terms)


def _unconverted(name: str, money: object, note: bool, terms: Mapping[str, object]) -> OpenConvertible:
    numbers = ("cap", "discount", "ownership", "multiple")
    return OpenConvertible(name, exact(money), note, **{k: exact(v) if k in numbers else v for k, v in terms.items()})


def pays(waterfall: Waterfall, table: str, holdings: Mapping[str, Mapping[str, float]] | None = None) -> None:
    """Check a table of payouts in cents: its first column is the exit value, its head names the claims or holders.

    `holdings` splits classes among holders: by holder, the part held of each class.
    """
    head, *rows = [line.split("|") for line in table.strip().splitlines()]
    names = [name.strip() for name in head[1:]]
    for row in rows:
        value = exact(row[0].strip())
        payouts = waterfall.sale(value).payouts
        if holdings is not None:
            payouts = {
                holder: sum((exact(part) * payouts[name] for name, part in held.items()), Fraction(0))
                for holder, held in holdings.items()
            }
        found = [float(rounded({name: payouts[name]}, 2)[name]) for name in names]
        assert found == [float(cell.replace("_", "")) for cell in row[1:]], f"exit {value}"


def points(waterfall: Waterfall) -> list[tuple[float, str]]:
    """Breakpoints to the cent, with what happens; a jump says so."""
    return [(round(float(p.value), 2), str(p) + (" (jump)" if p.jump else "")) for p in waterfall.breakpoints]


def payouts_of(
    value: Fraction, securities: Sequence[Security], unconverted: Sequence[OpenConvertible], converts: set[str]
) -> dict[str, Fraction] | None:
    """The payouts where exactly some convert; none where a discount leaves nothing to convert at."""
    senior: dict[tuple[bool, int], dict[str, Fraction]] = {}
    for u in unconverted:
        if u.name not in converts:
            senior.setdefault((u.note, u.seniority), {})[u.name] = u.cash
    for s in securities:
        if s.preference and s.name not in converts:
            senior.setdefault((False, s.seniority), {})[s.name] = s.preference
    out = {claim.name: Fraction(0) for claim in (*securities, *unconverted)}
    left = value
    for rank in sorted(senior, reverse=True):
        owed = sum(senior[rank].values())
        paid = min(left, owed)
        left -= paid
        for name, claim in senior[rank].items():
            out[name] = claim * paid / owed
    off = {u.name: u.money / (1 - u.discount) for u in unconverted if u.name in converts and u.cap is None}
    counted = sum(s.shares for s in securities if not s.preference or s.name in converts or s.participation != "none")
    fixed = {
        u.name: u.money * sum(s.shares for s in securities) / u.cap
        for u in unconverted
        if u.name in converts and u.cap is not None and u.form == "pre_money"
    }
    parts = {u.name: u.money / u.cap for u in unconverted if u.name in converts and u.cap and u.form == "post_money"}
    counted += sum(fixed.values())

    def shared(v: Fraction) -> dict[str, Fraction]:
        got = dict(out)
        for s in securities:
            if not s.preference or s.name in converts:
                got[s.name] = max(Fraction(0), v - s.strike) * s.shares
            elif s.participation == "full":
                got[s.name] += v * s.shares
            elif s.participation == "capped":
                got[s.name] = min(s.cap, got[s.name] + v * s.shares)
        company = (v * counted + sum(off.values())) / (1 - sum(parts.values()))
        return got | off | {n: v * c for n, c in fixed.items()} | {n: part * company for n, part in parts.items()}

    def total(v: Fraction) -> Fraction:
        return sum(shared(v).values(), Fraction(0))

    if off and total(Fraction(0)) >= value:
        return None
    capped = [s for s in securities if s.participation == "capped" and s.name not in converts]
    corners = {Fraction(0), *(s.strike for s in securities), *((s.cap - out[s.name]) / s.shares for s in capped)}
    low = max(v for v in corners if v == 0 or total(v) < value)
    high = min((v for v in corners if v > low), default=low + 1)
    if total(low) >= value:
        return shared(low)
    return shared(low + (value - total(low)) * (high - low) / (total(high) - total(low)))


def stable(
    value: Fraction, securities: Sequence[Security], unconverted: Sequence[OpenConvertible]
) -> Iterator[dict[str, Fraction]]:
    """Payouts of every set of decisions that nobody regrets.

    Post-money SAFEs follow the others: where several of their sets are stable, the ones with the most conversions.
    All others weigh what they would get with the SAFEs following their other choice; where that leaves nothing to
    convert at a discount, those instruments are paid in money.
    """
    discounted = {u.name for u in unconverted if not u.cap}
    followers = {u.name for u in unconverted if u.form == "post_money" and u.cap}
    deciders = {s.name for s in securities if s.preference and s.participation != "full"}
    deciders |= {u.name for u in unconverted if u.cap or u.discount} - followers

    def gain(before: dict[str, Fraction], after: dict[str, Fraction], name: str) -> bool:
        return after[name] > before[name]

    def settled(others: frozenset[str]) -> list[dict[str, Fraction]]:
        found: list[tuple[int, dict[str, Fraction]]] = []
        for choice in _subsets(followers):
            got = payouts_of(value, securities, unconverted, others | choice)
            changes = {n: payouts_of(value, securities, unconverted, others | (choice ^ {n})) for n in followers}
            if got is not None and not any(other and gain(got, other, n) for n, other in changes.items()):
                found.append((len(choice), got))
        most = max((size for size, _ in found), default=0)
        return [got for size, got in found if size == most]

    outcomes = {choice: settled(choice) for choice in _subsets(deciders)}
    for choice, found in outcomes.items():
        for got in found:
            changes = {n: outcomes[choice ^ {n}] or outcomes[(choice ^ {n}) - discounted] for n in deciders}
            if not any(gain(got, other, n) for n, others in changes.items() for other in others):
                yield got


def _subsets(names: set[str]) -> Iterator[frozenset[str]]:
    ordered = sorted(names)
    return map(frozenset, chain.from_iterable(combinations(ordered, n) for n in range(len(ordered) + 1)))


numbers = st.integers(1, 20).map(Fraction)


@st.composite
def a_class(draw: st.DrawFn, name: str) -> Security:
    participation = draw(st.sampled_from(["none", "none", "full", "capped"]))
    preference = draw(numbers)
    cap = preference + draw(numbers) if participation == "capped" else None
    return Security(name, draw(numbers), preference, draw(st.integers(0, 2)), participation, cap)


@st.composite
def an_instrument(draw: st.DrawFn, name: str, post_money: bool) -> OpenConvertible:
    money, seniority = draw(numbers), draw(st.integers(0, 1))
    if post_money and draw(st.booleans()):
        cap = draw(st.sampled_from([Fraction(64), Fraction(64), Fraction(128)]))
        return OpenConvertible(name, money, False, cap=cap, seniority=seniority)
    note = draw(st.booleans())
    multiple = draw(st.sampled_from([Fraction(1), Fraction(2)])) if note else Fraction(1)
    discount = draw(st.sampled_from([Fraction(1, 5), Fraction(1, 2), Fraction(0)]))
    cap = money + draw(numbers) if post_money or draw(st.booleans()) else None
    return OpenConvertible(name, money, note, "pre_money", cap, discount, None, seniority, multiple)


@st.composite
def claims(draw: st.DrawFn, instruments: int = 3) -> tuple[list[Security], list[OpenConvertible]]:
    """Classes, options, instruments: SAFEs of two post-money caps beside pre-money caps, or discounts beside these."""
    securities = [Security("common", draw(numbers) * 2)]
    securities += [draw(a_class(f"class_{n}")) for n in range(draw(st.integers(0, 2)))]
    options = range(draw(st.integers(0, 2)))
    securities += [Security(f"options_{n}", draw(numbers), strike=draw(numbers) / 4) for n in options]
    post_money = draw(st.booleans())
    count = draw(st.integers(0, instruments))
    return securities, [draw(an_instrument(f"unconverted_{n}", post_money)) for n in range(count)]


values = st.integers(0, 2000).map(lambda n: Fraction(n, 7))


M = 1_000_000
COMMON = security("common", 9 * M)
OPTIONS = security("options", 500_000, strike=5)
POOL = Fraction(M)

LARKSPUR = [
    security("common", 9_130_000),
    security("series_a", 2 * M, preference=4 * M, seniority=2, participation="capped", cap=12 * M),
    security("seed", 3_656_250, preference=2_925_000, seniority=1),
    security("at_8_cents", 150_000, strike=0.08),
    security("at_10_cents", 100_000, strike=0.1),
    security("units", 30_000, granted=True),
    security("warrants", 125_000, preference=100_000, seniority=1, strike=0.8, buys="seed"),
]
LARKSPUR_SAFES = [safe(name, 250_000, cap=12 * M, seniority=1) for name in ("safe_x", "safe_s")]
SEED_STOCK = 2_925_000
LARKSPUR_HOLDERS = {
    "founder_a": {"common": Fraction(5_400_000, 9_130_000)},
    "employee_d": {"common": Fraction(10_000, 9_130_000), "at_10_cents": 0.8, "units": 1},
    "investor_x": {"series_a": 0.25, "seed": Fraction(2 * M, SEED_STOCK), "warrants": 0.25, "safe_x": 1},
    "investor_s": {"seed": Fraction(125_000, SEED_STOCK), "safe_s": 1},
    "lender_l": {"common": Fraction(20_000, 9_130_000), "warrants": 0.75},
}
