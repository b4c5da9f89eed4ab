"""Simulations against answers that are known without simulating, within their Monte Carlo error."""

from __future__ import annotations

import importlib
from math import asin, exp, lgamma, log, pi, sqrt
from pathlib import Path
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy
import pytest

import runway
from runway.render.terminal import terminal_text
from runway.reports.simulate import report

if TYPE_CHECKING:
    from collections.abc import Callable

    from runway.program.plan import Plan

    Load = Callable[..., Plan]

Z95 = NormalDist().inv_cdf(0.95)

WALK = """
[model]
name = "Walk"
start = "2025-01"
months = 24
opening_cash = 1000

[passthrough.flow]
kind = "formula"
formula = "drift"
drift = { value = -20, volatility = 120 }
"""
"""Cash that moves each month by a normal number with mean -20 and deviation 120."""


def ruin_by_month(opening: float, mean: float, deviation: float, months: int) -> list[float]:
    """P(the walk has been below 0 at a month's end), by carrying its density on a fine grid."""
    step = 2.0
    grid = numpy.arange(step / 2, 8000, step)
    reach = int(8 * deviation / step)
    kernel = numpy.exp(-(((numpy.arange(-reach, reach + 1) * step - mean) / deviation) ** 2) / 2)
    kernel /= kernel.sum()
    density = numpy.zeros(len(grid))
    place = opening / step - 0.5
    density[int(place)], density[int(place) + 1] = 1 - place % 1, place % 1
    alive = []
    for _ in range(months):
        density = numpy.convolve(density, kernel)[reach : reach + len(grid)]
        alive.append(float(density.sum()))
    return [1 - a for a in alive]


def test_the_ruin_of_a_random_walk_with_drift(load: Load) -> None:
    """Every month's probability within four of its standard errors; near the textbook's formula for ruin by a time."""
    found = runway.simulate(load(WALK), paths=200_000)
    exact = ruin_by_month(1000, -20, 120, 24)
    for estimate, truth in zip(found.risk().by_month, exact, strict=True):
        assert estimate.value == pytest.approx(truth, abs=4 * max(sqrt(truth * (1 - truth) / 200_000), 2e-5))
    normal, barrier = NormalDist(), 1000 + 0.5826 * 120  # Siegmund's correction for looking once a month only
    drift, spread = -20 * 24, 120 * sqrt(24)
    textbook = normal.cdf((-barrier - drift) / spread)
    textbook += exp(-2 * -20 * barrier / 120**2) * normal.cdf((-barrier + drift) / spread)
    assert exact[-1] == pytest.approx(textbook, abs=0.01)
    assert found.risk().by_month[-1].value == pytest.approx(textbook, abs=0.01)


def test_the_sum_of_normals(load: Load) -> None:
    """Quantiles of cash after twelve months of two independent amounts a month, each with a range of its own."""
    model = load("""
        [passthrough.a]
        kind = "formula"
        formula = "x + y"
        x = { value = 0, low = -100, high = 100, volatility = 50 }
        y = { value = 30, low = 10, high = 50, distribution = "normal" }
    """)
    found = runway.simulate(model, paths=200_000)
    for months in (1, 6, 12):
        spread = sqrt((months * 100 / Z95) ** 2 + months * 50**2 + (months * 20 / Z95) ** 2)
        for estimate, share in zip(found.cash[months - 1], (0.05, 0.25, 0.5, 0.75, 0.95), strict=True):
            truth = 1_000_000 + 30 * months + spread * NormalDist().inv_cdf(share)
            assert abs(estimate.value - truth) < 2.1 * estimate.error
            assert estimate.error < spread / 100


def test_expected_shortfall_of_a_normal(load: Load) -> None:
    """The mean of the worst 5 % of a normal is mean - deviation * pdf(z) / 0.05."""
    model = load(WALK.replace("months = 24", "months = 1").replace("volatility = 120", "low = -400, high = 360"))
    found = runway.simulate(model, paths=200_000)
    deviation = 760 / 2 / Z95
    truth = 1000 - 20 - deviation * NormalDist().pdf(Z95) / 0.05
    assert found.worst_lowest_cash == pytest.approx(truth, abs=5)


PAIR = """
[costs.a]
kind = "formula"
formula = "p + q + r"
p = "{ value = 5, low = 1, high = 9, distribution = 'normal' }"
q = "{ value = 5, low = 1, high = 9, distribution = 'normal' }"
r = "2 to 8"

[events.launch]
date = "2025-06-01"
probability = "40%"

[correlations]
"a.p" = { "a.q" = 0.6, "a.r" = -0.4, "launch.probability" = 0.5 }
""".replace('"{', "{").replace('}"', "}")


def test_the_correlations_come_back(load: Load) -> None:
    """Of two normals the ordinary one; of any two the rank correlation 6 / pi asin(rho / 2)."""
    from runway.simulation.drivers import rank_correlation, ranks

    found = runway.simulate(load(PAIR), paths=200_000, raw=True)
    assert found.raw is not None
    p, q, r = (found.raw.figures[f"a.{name}"] for name in "pqr")
    assert numpy.corrcoef(p, q)[0, 1] == pytest.approx(0.6, abs=0.006)
    assert rank_correlation(ranks(p), ranks(r)) == pytest.approx(6 / pi * asin(-0.2), abs=0.008)
    assert numpy.corrcoef(q, r)[0, 1] == pytest.approx(0.0, abs=0.01)
    happens = found.raw.figures["launch.date"] < 100
    assert happens.mean() == pytest.approx(0.4, abs=0.006)
    normal = NormalDist()  # P(p above its median, it happens) of two normal scores that go together by 0.5
    below = -normal.inv_cdf(0.4)
    steps = numpy.linspace(0, 8, 4001)
    truth = float(sum(normal.pdf(z) * (1 - normal.cdf((below - 0.5 * z) / sqrt(0.75))) for z in steps) * 8 / 4000)
    assert (happens & (p > 5)).mean() == pytest.approx(truth, abs=0.006)


ONE = """
[model]
name = "One"
start = "2025-01"
months = 1
opening_cash = { value = 100, low = -64.4853627, high = 264.4853627, distribution = "normal" }
"""
"""Cash at the end of one month is normal with mean 100 and deviation 100; out of cash: P(z < -1)."""


@pytest.mark.proof
def test_the_errors_are_calibrated(load: Load) -> None:
    """Of 200 simulations about 190 have the truth within their error: at least 180 have."""
    model = load(ONE)
    truth = NormalDist().cdf(-1)
    median, inside_probability, inside_median = 100.0, 0, 0
    for seed in range(200):
        found = runway.simulate(model, paths=4_000, seed=seed, workers=1)
        risk = found.risk().by_month[-1]
        inside_probability += abs(risk.value - truth) <= risk.error
        inside_median += abs(found.cash[0][2].value - median) <= found.cash[0][2].error
    assert 180 <= inside_probability <= 200
    assert 180 <= inside_median <= 200


def test_drivers_rank_what_moves_cash(load: Load) -> None:
    model = load("""
        [costs.a]
        kind = "formula"
        formula = "big + small + 0 * none"
        big = "60000 to 140000"
        small = "19000 to 21000"
        none = "1 to 2"
    """)
    found = runway.simulate(model, paths=20_000)
    strengths = {driver.address: driver.lowest_cash for driver in found.drivers}
    assert [driver.address for driver in found.drivers][:1] == ["a.big"]
    assert strengths["a.big"] == pytest.approx(-1.0, abs=0.01)
    assert abs(strengths["a.none"] or 0) < 0.03


def test_a_closing_that_slips_and_a_clause_that_bites(load: Load) -> None:
    """Odds that are known: the closing comes by its deadline with the chance that its slip is at most two months."""
    model = load("""
        [events.permit]
        date = "2025-02-01"
        probability = "80%"
        [funding.seed]
        kind = "priced_round"
        commitments = [{ investor = "one", amount = 100 }]
        [[funding.seed.closings]]
        name = "first"
        date = "2025-03-15"
        amount = 100
        slip = { value = "1 month", outcomes = { "0 months" = "50%", "2 months" = "20%", "4 months" = "30%" } }
        by = "2025-05-31"
        [[funding.seed.clauses]]
        name = "cut"
        cuts = "one"
        to = 50
        unless = "permit"
        by = "2025-03-01"
    """)
    found = runway.simulate(model, paths=100_000)
    assert found.closings[0].probability.value == pytest.approx(0.7, abs=0.006)
    assert found.clauses[0].probability.value == pytest.approx(0.2, abs=0.006)
    base: Any = runway.project(model, set={"model.opening_cash": "0"}).closings[0]
    assert (base.status, base.date.isoformat()) == ("drawn", "2025-04-15")


def test_a_correlated_figure_may_be_made_certain(load: Load) -> None:
    """On the command line or by a scenario; its correlations then say nothing."""
    found = runway.simulate(load(PAIR, set={"a.q": "3"}), paths=1_000, raw=True)
    assert found.raw is not None
    assert "a.q" not in found.raw.figures
    assert "a.p" in found.raw.figures


LENT = """
[costs.team]
kind = "recurring"
amount = "$40k to $70k/month"

[funding.loan]
kind = "loan"
amount = "300k"
date = "2025-02-01"
rate = "10%/year"
term = "10 months"
repayment = "level_payment"
fee = "1%"

[[funding.loan.covenants]]
name = "liquidity"
require = "cash >= 300000"

[[funding.loan.covenants]]
name = "ratio"
require = "total.debt / cash < 0.252"

[[funding.loan.covenants]]
name = "always_met"
require = "total.debt <= 400000"
"""


def test_the_odds_that_a_covenant_fails_are_those_of_single_projections(load: Load) -> None:
    """Forty futures, each also projected alone: as many of them break each covenant."""
    model = load(LENT)
    found = runway.simulate(model, paths=40, raw=True)
    assert found.raw is not None
    broken: dict[str, int] = {}
    for amount in found.raw.figures["team.amount"]:
        for covenant in runway.project(load(LENT, set={"team.amount": f"{amount:.12f}/month"})).covenants:
            broken[covenant.address] = broken.get(covenant.address, 0) + (covenant.breached is not None)
    assert {one.address: round(one.probability.value * 40) for one in found.covenants} == broken
    assert 0 < broken["loan.liquidity"] < 40
    assert 0 < broken["loan.ratio"] < 40
    assert found.covenants[2].probability == (0.0, 0.0)  # the debt is not drawn


def test_events_of_conditions_that_have_no_odds_are_told():
    """A clause that "never" bites because its event has one written day is not read as safe."""
    simulation = runway.simulate("openai-2025", paths=20)
    assert simulation.without_odds == ("conversion", "microsoft_approval", "attorney_general_approval")
    assert "without odds" in terminal_text(report(simulation))
    drawn = runway.simulate(
        runway.load(
            "openai-2025", set={"conversion.probability": "80%", "microsoft_approval.date": "2025-05 to 2026-05"}
        ),
        paths=20,
    )
    assert drawn.without_odds == ("attorney_general_approval",)


OUTAGES = """
[model]
name = "Outages"
start = "2025-01"
months = 12
opening_cash = 12_000

[revenue.sales]
kind = "formula"
formula = "1000"

[costs.rent]
kind = "formula"
formula = "2000 + 90 * days * outage.count"

[events.outage]
date = "2024-12-01"
days = 1
rate = "{rate}"
"""


def poisson_above(mean: float, most: int) -> float:
    """P(N > most)."""
    return 1 - sum(exp(n * log(mean) - mean - lgamma(n + 1)) for n in range(most + 1))


@pytest.mark.parametrize(("rate", "mean"), [("2/year", 2.0), ("1/quarter", 4.0), ("0.5/month", 6.0)])
@pytest.mark.parametrize("sampling", ["random", "sobol"])
def test_what_happens_at_a_rate_is_drawn_by_poisson_each_month(
    load: Load, rate: str, mean: float, sampling: str
) -> None:
    """Each outage costs 1,000; 12,000 less 12 x 1,000 leaves nothing, and every one more takes as much again."""
    text = OUTAGES.format(rate=rate).replace("90 * days", "1000").replace("12_000", "16_500")
    found = runway.simulate(load(text), paths=65_536, sampling=sampling)
    exact = poisson_above(mean, 4)  # out of cash from the fifth on
    (risk, *_) = found.risks
    error = sqrt(exact * (1 - exact) / found.paths)
    assert risk.by_month[-1].value == pytest.approx(exact, abs=4 * error)
    assert found.cash[-1][2].value == 16_500 - 12_000 - 1000 * {2.0: 2, 4.0: 4, 6.0: 6}[mean]  # the median


def test_a_rate_is_the_same_on_any_workers_and_shown_among_the_drivers(load: Load) -> None:
    plan = load(OUTAGES.format(rate="2/year"))
    one, other = (runway.simulate(plan, paths=40_000, workers=workers) for workers in (1, 2))
    assert one.to_json() == other.to_json()
    assert [(driver.address, driver.distribution) for driver in one.drivers] == [("outage.rate", "poisson")]


def test_a_rate_of_an_event_that_never_happens_draws_nothing(load: Load) -> None:
    text = OUTAGES.format(rate="2/year").replace("2024-12-01", "never").replace("12_000", '"10k to 14k"')
    assert [driver.address for driver in runway.simulate(load(text), paths=2_000).drivers] == ["model.opening_cash"]


R = {36: 0.055, 48: 0.280, 60: 0.465}
"""The probability that the benchmark's reference model has run out by the end of a month."""


def test_the_reference_model_of_the_benchmark() -> None:
    """As known from programs of their own, in C and in numpy, to three digits."""
    path = Path(__file__).parent.parent / "benchmarks" / "reference.toml"
    found = runway.simulate(runway.load(str(path)), paths=100_000).risk().by_month
    for month, known in R.items():
        assert found[month - 1].value == pytest.approx(known, abs=0.0005 + found[month - 1].error)


def test_the_reference_model_written_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """The ways that the benchmark compares compute one model."""
    monkeypatch.syspath_prepend(str(Path(__file__).parent.parent / "benchmarks"))
    reference = importlib.import_module("reference")
    cash = numpy.empty((reference.MONTHS, reference.BLOCK))
    reference.ByHand().run(1, cash)
    paths = numpy.array([reference.one_path(n) for n in range(2_000)]).T
    for simulated in (cash, reference.whole_arrays(1, 20_000), paths):
        out = reference.out_of_cash(simulated)
        for month, known in R.items():
            error = sqrt(known * (1 - known) / simulated.shape[1])
            assert out[month - 1] == pytest.approx(known, abs=0.0005 + 3.5 * error)
