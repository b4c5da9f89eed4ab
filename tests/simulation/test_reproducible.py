"""The same seed gives the same bytes, whoever computes them; a path does not depend on what else there is."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from calendar import monthrange
from datetime import date
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy
import pytest

import runway
from runway.answers import simulate as simulation
from runway.errors import InputError
from runway.simulation import limits
from runway.simulation import totals as totals_module
from runway.simulation.block_engine import Simulator
from runway.simulation.blocks import tasks_of
from runway.simulation.compiled import CompiledSteps
from runway.simulation.draws import BLOCK, Streams
from runway.simulation.totals import BINS, Totals

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from runway.program.plan import Plan

    Load = Callable[..., Plan]

SHOP = """
[revenue.sales]
kind = "recurring"
amount = { value = "$60k/month", volatility = "10%" }
growth = "-2% to 3%/month"

[costs.rent]
kind = "recurring"
amount = "$100k to $160k/month"

[scenarios.cheaper]
set = { "rent.amount" = "-2%" }
"""
MORE = """
[costs.ads]
kind = "recurring"
amount = "$1 to $2/month"
"""


def text(model: Plan, **how: Any) -> str:
    return json.dumps(runway.simulate(model, **how).to_dict())


def test_the_same_bytes_whatever_the_threads(load: Load) -> None:
    model = load(SHOP)
    one = text(model, paths=70_000, seed=3, workers=1)
    assert text(model, paths=70_000, seed=3, workers=3) == one
    assert text(model, paths=70_000, seed=4, workers=3) != one


def test_the_same_bytes_whatever_the_order_of_the_blocks(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    model = load(SHOP)
    forwards = text(model, paths=5 * BLOCK + 100)
    monkeypatch.setattr(simulation, "tasks_of", lambda first, paths: tasks_of(first, paths)[::-1])
    assert text(model, paths=5 * BLOCK + 100) == forwards


def test_a_path_is_the_same_however_many_there_are_and_whatever_else_is_in_the_file(load: Load) -> None:
    few, many = (runway.simulate(load(SHOP), paths=n, raw=True).raw for n in (100, 20_000))
    other = runway.simulate(load(MORE + SHOP), paths=100, raw=True).raw
    assert few is not None
    assert many is not None
    assert other is not None
    assert (few.cash == many.cash[:, :100]).all()
    for address, numbers in few.figures.items():
        assert (numbers == many.figures[address][:100]).all()
        assert (numbers == other.figures[address]).all()
    gone = few.cash - other.cash
    assert (gone[0] > 0.5).all()
    assert numpy.ptp(gone[-1] - 12 * other.figures["ads.amount"]) < 1e-6


def test_a_scenario_is_compared_on_the_same_draws(load: Load) -> None:
    """The difference is that of the two probabilities, and much surer than if they were drawn apart."""
    model = load(SHOP)
    found = runway.simulate(model, paths=40_000, against="cheaper")
    other = runway.simulate(load(SHOP, scenario="cheaper"), paths=40_000).risk().by_month[-1]
    assert found.versus is not None
    here = found.risk().by_month[-1]
    assert found.versus.probability == other
    assert found.versus.difference.value == pytest.approx(here.value - other.value, abs=1e-12)
    assert found.versus.difference.error < 0.9 * (here.error**2 + other.error**2) ** 0.5


def test_counts_on_the_grid_are_near_the_sorted_numbers(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    """The quantiles of the same paths: a bin is a small part of the error that the paths leave."""
    model = load(SHOP)
    exact = runway.simulate(model, paths=60_000)
    for module in (limits, totals_module):
        monkeypatch.setattr(module, "MOST_RANKED", 50_000)
    counted = runway.simulate(model, paths=60_000, workers=2)
    assert json.dumps(counted.to_dict()) == text(model, paths=60_000, workers=1)
    for month, quantiles in zip(counted.cash, exact.cash, strict=True):
        for found, sure in zip(month, quantiles, strict=True):
            assert abs(found.value - sure.value) < sure.error / 5
            assert found.error == pytest.approx(sure.error, rel=0.2)
    assert counted.worst_lowest_cash == pytest.approx(exact.worst_lowest_cash, rel=2e-3)
    assert counted.risks == exact.risks


def test_quantiles_are_those_of_the_paths(load: Load) -> None:
    found = runway.simulate(load(SHOP), paths=30_000, raw=True)
    assert found.raw is not None
    wanted = numpy.quantile(found.raw.cash, [0.05, 0.25, 0.5, 0.75, 0.95], axis=1)
    got = numpy.array([[e.value for e in month] for month in found.cash]).T
    assert got == pytest.approx(wanted, rel=1e-12)
    dry = found.raw.zero_cash_month[0]
    for t, estimate in enumerate(found.risks[0].by_month):
        assert estimate.value == ((dry >= 0) & (dry <= t)).mean()


@pytest.mark.parametrize(("paths", "worst"), [(10, 1), (30, 2), (40, 2), (41, 3)])
def test_the_worst_are_a_twentieth_of_the_paths_and_one_that_is_begun(load: Load, paths: int, worst: int) -> None:
    found = runway.simulate(load(SHOP), paths=paths, raw=True)
    assert found.raw is not None
    assert found.worst_lowest_cash == pytest.approx(numpy.sort(found.raw.lowest_cash)[:worst].mean(), rel=1e-12)


def test_until_runs_until_it_is_sure_enough(load: Load) -> None:
    found = runway.simulate(load(SHOP), until=0.003)
    assert found.paths % BLOCK == 0
    assert max(risk.by_month[-1].error for risk in found.risks) <= 0.003
    assert not found.partial
    assert text(load(SHOP), until=0.003, workers=1) == json.dumps(found.to_dict())


def test_an_interruption_gives_what_is_complete(load: Load) -> None:
    model = load(SHOP)

    def interrupt(done: int, wanted: int) -> None:
        if done >= 3 * BLOCK:
            raise KeyboardInterrupt

    found = runway.simulate(model, paths=20 * BLOCK, progress=interrupt)
    assert found.partial
    assert (found.paths, found.requested) == (3 * BLOCK, 20 * BLOCK)
    whole = runway.simulate(model, paths=3 * BLOCK)
    assert (found.cash, found.risks) == (whole.cash, whole.risks)


def test_a_path_without_a_value_is_told(load: Load) -> None:
    model = load("""
        [costs.odd]
        kind = "formula"
        formula = "100 / (x - floor(x)) if x > 0 else log(x)"
        x = { value = 0.5, outcomes = { "0.5" = "90%", "1" = "10%" } }
    """)
    with pytest.raises(InputError, match="division-by-zero"):
        runway.simulate(model, paths=100)


def test_sobol_points_agree_and_are_surer(load: Load) -> None:
    """At as many paths the replicates differ by much less than random draws do."""
    pytest.importorskip("scipy.stats.qmc", reason="Sobol points need the extra [analysis]")
    model = load(SHOP.replace(', volatility = "10%"', ""))
    random = runway.simulate(model, paths=16_384)
    sobol = runway.simulate(model, paths=16_384, sampling="sobol")
    assert (sobol.paths, sobol.sampling) == (16_384, "sobol")
    assert (
        abs(random.risk().by_month[-1].value - sobol.risk().by_month[-1].value) < 2 * random.risk().by_month[-1].error
    )
    assert sobol.cash[-1][2].error < random.cash[-1][2].error / 3
    assert abs(random.cash[-1][2].value - sobol.cash[-1][2].value) < 2 * random.cash[-1][2].error
    assert text(model, paths=16_384, sampling="sobol", workers=1) == json.dumps(sobol.to_dict())


KILLING = """
import json, os, signal, sys
from multiprocessing import active_children
import runway

killed = []

def kill(done, wanted):
    if not killed:
        killed.append(active_children()[0].pid)
        os.kill(killed[0], signal.SIGKILL)

if sys.argv[1] == "simulate":
    found = runway.simulate(runway.load(sys.argv[2]), paths=8 * 16384, workers=2, progress=kill)
else:
    found = runway.portfolio(sys.argv[2], paths=5_000, workers=2, progress=kill)
print(json.dumps([len(killed), found.to_dict()]))
"""
"""A program with one thread, which may fork; the tests' own may have others by now."""


def died(what: str, where: str) -> None:
    """One of the forked processes is killed in the middle; the rest is done without it, to the bytes of one process."""
    done = subprocess.run([sys.executable, "-c", KILLING, what, where], capture_output=True, text=True, check=True)
    killed, found = json.loads(done.stdout)
    assert killed == 1
    if what == "simulate":
        alone = runway.simulate(runway.load(where), paths=8 * BLOCK, workers=1)
    else:
        alone = runway.portfolio(where, paths=5_000, workers=1)
    assert found == json.loads(json.dumps(alone.to_dict()))


@pytest.mark.skipif(sys.platform != "linux", reason="processes are forked on Linux only")
def test_a_killed_process_loses_nothing(load: Load) -> None:
    died("simulate", load(SHOP).model.document.title)


@pytest.mark.proof
@pytest.mark.skipif(sys.platform != "linux", reason="processes are forked on Linux only")
def test_a_killed_process_loses_no_company(tmp_path: Path) -> None:
    for n in range(12):
        head = f"""
            [model]
            name = "Shop {n}"
            start = "2026-01"
            months = {24 + n}
            opening_cash = "{1 + n}M"
            """
        (tmp_path / f"shop{n}.toml").write_text(head + SHOP, encoding="utf-8")
    died("portfolio", str(tmp_path))


@pytest.mark.proof
def test_a_killed_worker_loses_nothing(load: Load) -> None:
    """One of two workers is killed in the middle; the bytes are those of one machine."""
    distributed = pytest.importorskip("distributed", reason="a cluster needs the extra [cluster]")
    import logging

    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    model = load(SHOP)
    paths = 12 * BLOCK
    killed: list[int] = []
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:

        def kill(done: int, wanted: int) -> None:
            if done >= 2 * BLOCK and not killed:
                worker = next(iter(cluster.workers.values()))
                killed.append(worker.pid)
                os.kill(worker.pid, signal.SIGKILL)

        found = runway.simulate(model, paths=paths, cluster=cluster.scheduler_address, progress=kill)
    assert killed
    assert json.dumps(found.to_dict()) == text(model, paths=paths)


def test_totals_add_up_in_any_order_of_workers(load: Load) -> None:
    """The totals of the same blocks, run one after the other and from two threads."""
    model = load(SHOP)
    simulator = Simulator(model, range(4))
    tasks = tasks_of(0, 2 * BLOCK)
    blocks = [simulator.run(t.number, Streams(1, t.number), t.paths, simulator.workspace()) for t in tasks]
    results = []
    for order in (tasks, tasks[::-1]):
        totals = Totals(simulator.program.months, 4, 0, 2 * BLOCK)
        for task in order:
            totals.add(blocks[task.number], task.start)
        totals.order(2, [0.05])
        results.append((totals.codes.tolist(), totals.quantile(3, 0.05), totals.worst(0.05)))
    assert results[0] == results[1]


def test_what_lies_beyond_the_bins_counts_in_the_outermost(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first block spans 0 to 100, so that the bins go from -50 to 150; a later one lies far below and above."""
    monkeypatch.setattr(totals_module, "MOST_RANKED", 0)
    totals = Totals(1, 1, 0, 4)

    def block(*values: float) -> Any:
        return SimpleNamespace(cash=numpy.array([values]), lowest=numpy.array(values))

    totals.span(block(0.0, 100.0))
    width = 200 / BINS
    for row in totals.counted(block(-50.0, -49.9999, 150.0 - width / 2, 149.9999, 1e9, -1e9)):
        assert {place: int(many) for place, many in enumerate(row) if many} == {0: 3, BINS - 1: 3}
    (row, _) = totals.counted(block(-50.0 + width * 1.5, 150.0 - width * 1.5))
    assert [*numpy.flatnonzero(row)] == [1, BINS - 2]


def test_sobol_points_that_agree_are_not_certain(load: Load) -> None:
    """Where every replicate says 0 or 1, what may still be is 3 / n, as for random draws."""
    pytest.importorskip("scipy.stats.qmc", reason="Sobol points need the extra [analysis]")
    model = load(SHOP)
    found = runway.simulate(model, paths=16, sampling="sobol")
    assert found.paths == 2_048  # sixteen replicates with an outer quantile each
    for estimate in found.risk().by_month:
        assert estimate.error >= 3 / found.paths
    assert found.risk().by_month[0] == (0.0, 3 / 2_048)


def test_a_day_outside_the_months_is_refused(load: Load) -> None:
    model = load(SHOP)
    months = runway.simulate(model, paths=100).months
    for day, name in ((date(2001, 1, 31), "month-outside-model"), (date(2101, 1, 1), "target-beyond-horizon")):
        with pytest.raises(InputError, match=name):
            runway.simulate(model, paths=100, by=day)
    year, month = map(int, months[-1].split("-"))
    found = runway.simulate(model, paths=5_000, by=date(year, month, monthrange(year, month)[1])).risk()
    assert found.by_date == found.by_month[-1]


def test_what_takes_more_than_an_hour_is_asked_about(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the time of a block: at 0.36 s each, 10,000 blocks on one worker are an hour, and on two half of one."""
    monkeypatch.setattr(limits, "_block_seconds", lambda *_: 0.36)
    simulator = Simulator(load(SHOP), range(4))
    limits.check_time(simulator, 10_000 * BLOCK, 1)
    limits.check_time(simulator, 19_000 * BLOCK, 2)
    with pytest.raises(InputError, match="about 66 minutes"):
        limits.check_time(simulator, 11_000 * BLOCK, 1)


def test_nothing_is_compiled_for_what_is_refused_however_fast_it_is(
    load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At 0.36 s a block of numpy, 20 hours are at least two when compiled; five may be half an hour."""
    monkeypatch.setattr(limits, "_block_seconds", lambda *_: 0.36)
    compiled = []
    monkeypatch.setattr(CompiledSteps, "load", lambda *_: compiled.append(1))
    for hours, says in ((20, "at least 2.0 hours"), (5, "about 5.0 hours")):
        with pytest.raises(InputError, match=says):
            runway.simulate(load(SHOP), paths=hours * 10_000 * BLOCK, workers=1, engine="compiled")
        assert len(compiled) == (hours < 10)
