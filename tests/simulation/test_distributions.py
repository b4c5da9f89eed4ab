"""Every distribution has its 5th and 95th percentile where the file says, seen by drawing."""

from __future__ import annotations

from math import exp, log, sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy
import pytest

import runway

if TYPE_CHECKING:
    from collections.abc import Callable

    from runway.program.plan import Plan

    Load = Callable[..., Plan]

PATHS = 200_000

LINE = """
[costs.rent]
kind = "formula"
formula = "{name}"
{name} = {raw}
"""


def drawn(load: Load, raw: str, name: str = "x") -> Any:
    """The numbers of one figure on every path."""
    model = load(LINE.format(name=name, raw=raw))
    found = runway.simulate(model, paths=PATHS, raw=True)
    assert found.raw is not None
    return found.raw.figures[f"rent.{name}"]


RANGES = [
    ('"18 to 25"', 18, 25),
    ('"-5 to 5"', -5, 5),
    ("{ value = 20, low = 18, high = 25 }", 18, 25),
    ('{ value = 20, low = 18, high = 25, distribution = "normal" }', 18, 25),
    ('{ value = 20, low = 18, high = 25, distribution = "uniform" }', 18, 25),
    ('{ value = 19, low = 18, high = 25, distribution = "triangular" }', 18, 25),
    ('{ value = 18, low = 18, high = 25, distribution = "triangular" }', 18, 25),
    ('{ value = 19, low = 18, high = 25, distribution = "pert" }', 18, 25),
    ('{ value = 25, low = 18, high = 25, distribution = "pert" }', 18, 25),
    ('{ value = "20%", low = "5%", high = "30%", distribution = "beta" }', 0.05, 0.3),
    ('{ value = "80%", low = "60%", high = "99%", distribution = "beta" }', 0.6, 0.99),
]


@pytest.mark.proof
@pytest.mark.parametrize(("raw", "low", "high"), RANGES)
def test_low_and_high_are_the_5th_and_95th_percentile(load: Load, raw: str, low: float, high: float) -> None:
    """The share below each is within four standard errors of a binomial count."""
    numbers = drawn(load, raw)
    error = 4 * sqrt(0.05 * 0.95 / PATHS)
    assert (numbers < low).mean() == pytest.approx(0.05, abs=error)
    assert (numbers < high).mean() == pytest.approx(0.95, abs=error)


def test_the_whole_of_each_distribution_that_two_numbers_fix(load: Load) -> None:
    """Deciles against the inverse distribution functions, written out here."""
    shares = numpy.arange(0.1, 1, 0.1)
    z = numpy.array([NormalDist().inv_cdf(p) for p in shares])
    z95 = NormalDist().inv_cdf(0.95)
    wanted = {
        "normal": 21.5 + 3.5 / z95 * z,
        "lognormal": numpy.exp((log(18) + log(25)) / 2 + log(25 / 18) / 2 / z95 * z),
        "uniform": 18 - 7 * 0.05 / 0.9 + shares * 7 / 0.9,
    }
    for name, deciles in wanted.items():
        numbers = drawn(load, f'{{ value = "18 to 25", distribution = "{name}" }}')
        assert numpy.quantile(numbers, shares) == pytest.approx(deciles, abs=0.03)


def test_pert_and_beta_are_those_of_scipy(load: Load) -> None:
    stats = pytest.importorskip("scipy.stats", reason="compared with scipy's beta distribution")
    from runway.simulation.distributions import _beta_quantiles, _beta_shapes, _pert, _triangular

    shares = numpy.array([0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99])
    for a, b in ((1.0, 5.0), (2.3, 3.7), (40.0, 60.0), (0.7, 1.2)):
        assert _beta_quantiles(a, b, shares) == pytest.approx(stats.beta(a, b).ppf(shares), abs=2e-6)
    for low, high in ((0.05, 0.3), (0.6, 0.95), (0.001, 0.02)):
        assert stats.beta(*_beta_shapes(low, high)).ppf([0.05, 0.95]) == pytest.approx([low, high], rel=2e-4)
    for low, mode, high in ((10, 12, 20), (10, 10, 20), (10, 19.5, 20)):
        found = _pert(low, mode, high, numpy.array([0.0, 0.05, 0.5, 0.95, 1.0]))
        first, last = found[0], found[-1]
        p = (mode - first) / (last - first)
        own = stats.beta(1 + 4 * p, 5 - 4 * p, first, last - first)
        assert found[1:4] == pytest.approx(own.ppf([0.05, 0.5, 0.95]), rel=1e-6)
        found = _triangular(low, mode, high, numpy.array([0.0, 0.05, 0.5, 0.95, 1.0]))
        first, last = found[0], found[-1]
        own = stats.triang((mode - first) / (last - first), first, last - first)
        assert found[1:4] == pytest.approx(own.ppf([0.05, 0.5, 0.95]), rel=1e-6)


def test_outcomes_come_with_their_probabilities(load: Load) -> None:
    numbers = drawn(load, "{ value = 20, outcomes = { 15 = 0.3, 20 = 0.6, 40 = 0.1 } }".replace("15 =", '"15" =')
                    .replace(" 20 =", ' "20" =').replace(" 40 =", ' "40" ='))  # fmt: skip
    for value, share in ((15, 0.3), (20, 0.6), (40, 0.1)):
        assert (numbers == value).mean() == pytest.approx(share, abs=4 * sqrt(share / PATHS))


def test_a_figure_stays_within_what_its_field_may_hold(load: Load) -> None:
    model = load("""
        [revenue.subs]
        kind = "subscription"
        opening = 100
        acquisition = "1%/month"
        churn = { value = "1%/month", low = "0%/month", high = "4%/month" }
        price = "$5/month"
    """)
    found = runway.simulate(model, paths=50_000, raw=True)
    assert found.raw is not None
    churn = found.raw.figures["subs.churn"]
    assert churn.min() == 0.0
    assert (churn < 1e-12).mean() == pytest.approx(0.05, abs=0.005)


EVENT = """
[events.launch]
date = {raw}
[revenue.sales]
kind = "formula"
formula = "1000 if launch else 0"
"""


def test_a_date_is_drawn_in_days(load: Load) -> None:
    """Its percentiles are days; no position lies beyond its month."""
    found = runway.simulate(load(EVENT.format(raw='"2025-03-10 to 2025-07-20"')), paths=50_000, raw=True)
    assert found.raw is not None
    places = found.raw.figures["launch.date"]
    assert ((places * 32) % 1 == 0).all()
    assert ((places % 1) * 32 <= 30).all()
    low, high = numpy.quantile(places, [0.05, 0.95])
    assert low == pytest.approx(2 + 9 / 32, abs=0.1)
    assert high == pytest.approx(6 + 19 / 32, abs=0.1)


def test_a_date_may_be_one_of_several_or_never(load: Load) -> None:
    raw = '{ value = "2025-05-01", outcomes = { "2025-05-01" = "60%", never = "40%" } }'
    found = runway.simulate(load(EVENT.format(raw=raw)), paths=50_000, raw=True)
    assert found.raw is not None
    places = found.raw.figures["launch.date"]
    assert (places == 4.0).mean() == pytest.approx(0.6, abs=0.01)
    assert (places == 1e6).mean() == pytest.approx(0.4, abs=0.01)


def test_an_event_happens_with_its_probability(load: Load) -> None:
    found = runway.simulate(load(EVENT.format(raw='"2025-05-01"\nprobability = "70%"')), paths=50_000, raw=True)
    assert found.raw is not None
    assert (found.raw.figures["launch.date"] == 4.0).mean() == pytest.approx(0.7, abs=4 * sqrt(0.21 / 50_000))


def test_a_projection_takes_the_value_or_the_median(load: Load, rows: Callable[..., Any]) -> None:
    assert rows(EVENT.format(raw='"2025-03-10 to 2025-03-20"\nprobability = "1%"'))["sales.revenue"][2] == 1000
    assert rows(LINE.format(name="x", raw='"2 to 8"'))["rent.cost"][0] == 4
    assert rows(LINE.format(name="x", raw='{ value = "2 to 8", distribution = "uniform" }'))["rent.cost"][0] == 5


def test_a_change_moves_the_whole_range(load: Load) -> None:
    text = LINE.format(name="x", raw="{ value = 20, low = 18, high = 25 }")
    entry = load(text, set={"rent.x": "+10%"}).program.entries["rent.x"]
    assert (entry.amount.number, entry.low, entry.high) == pytest.approx((22, 19.8, 27.5))
    entry = load(text, set={"rent.x": "+2"}).program.entries["rent.x"]
    assert (entry.amount.number, entry.low, entry.high) == pytest.approx((22, 20, 27))
    entry = load(EVENT.format(raw='"2025-03-10 to 2025-07-20"'), set={"launch.date": "+1 month"}).program.entries[
        "launch.date"
    ]
    assert entry.low is not None
    assert entry.low % 12 == pytest.approx(3 + 9 / 32)


def test_the_mean_of_a_lognormal(load: Load) -> None:
    numbers = drawn(load, '"18 to 25"')
    sigma = log(25 / 18) / 2 / NormalDist().inv_cdf(0.95)
    assert numbers.mean() == pytest.approx(sqrt(18 * 25) * exp(sigma**2 / 2), rel=2e-3)
