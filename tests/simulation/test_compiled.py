"""Compiled steps compute what numpy's do: cash of every month, verdicts and days, on every path."""

from __future__ import annotations

import json
import os
import random
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support.any_formula import any_formulas
from support.companies import SHARE, Company, companies
from support.drawn_companies import COMPANY, FIRST_MONTH, OPENINGS, after_a_close, credit_lines

import runway
from runway.engine.ladder import LADDER
from runway.errors import InputError
from runway.render.terminal import terminal_text
from runway.reports.portfolio import report
from runway.simulation import compiled, compiler
from runway.simulation.block_engine import Simulator
from runway.simulation.draws import Streams
from runway.simulation.order_statistics import ranked, sifted

if TYPE_CHECKING:
    from collections.abc import Callable

    from runway.program.plan import Plan

    Load = Callable[..., Plan]

PATHS = 600
LATE = """
[model]
name = "Late"
start = "2026-01"
months = 20
opening_cash = "100k to 900k"
minimum_cash = "50k"

[revenue.subs]
kind = "subscription"
opening = 500
acquisition = "1% to 6%/month"
churn = "1% to 4%/month"
price = "$90/month"
collected_after = "30 days"
opening_receivable = 20_000

[costs.team]
kind = "headcount"
opening = 6
salary = "$60k to $80k/year"
hires = { "2026-05" = 2 }
paid_after = "10 days"
opening_payable = 3_000

[costs.cloud]
kind = "percent_of"
of = "subs"
share = "20% to 30%"
paid_after = "1 month"
opening_payable = 5_000
"""
SMALL = '[costs.rent]\nkind = "recurring"\namount = "$10k to $160k/month"\n'
SALES = '[revenue.sales]\nkind = "recurring"\namount = "$10k to $20k/month"\n'
MISSING = ""
try:
    compiler.compiler()
except compiler.NoCompilerError as error:
    MISSING = str(error)
compiling = pytest.mark.skipif(bool(MISSING), reason=f"nothing can be compiled: {MISSING}")


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def _fast(monkeypatch: pytest.MonkeyPatch, cache: Path) -> None:
    """Steps that are compiled sooner and run slower, and kept here alone."""
    monkeypatch.setattr(compiler, "FLAGS", tuple("-O1" if flag == "-O3" else flag for flag in compiler.FLAGS))
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))


def agrees(plan: Plan, *, checks: bool = False) -> None:
    """Both engines on one block; each begins with buffers that another block has used."""
    blocks = []
    for engine in ("numpy", "compiled"):
        simulator = Simulator(plan, range(len(LADDER)), checks=checks)
        assert compiled.choose(simulator, engine, PATHS) == (engine, "")
        space = simulator.workspace()
        simulator.run(3, Streams(5, 3), 100, space)
        blocks.append(simulator.run(0, Streams(5, 0), PATHS, space))
    one, other = blocks
    size = numpy.maximum(numpy.abs(one.cash).max(axis=0), 1.0)
    assert (numpy.abs(one.cash - other.cash) <= 1e-9 * size).all()
    assert (numpy.abs(one.lowest - other.lowest) <= 1e-9 * size).all()
    for mine, theirs in zip((*one.codes, *one.answers), (*other.codes, *other.answers), strict=True):
        assert (mine == theirs).all()
    assert list(one.shocks) == list(other.shocks)
    for address, sums in one.shocks.items():
        assert numpy.allclose(sums, other.shocks[address], atol=1e-9)


@pytest.mark.proof
@compiling
@pytest.mark.parametrize("name", ["openai-2025", "openai-2024", "saas-startup", "venture-debt", "lemonade"])
def test_the_bundled_models(name: str) -> None:
    agrees(runway.load(name), checks=True)


@pytest.mark.proof
@compiling
def test_a_company_with_everything(load: Load) -> None:
    agrees(load(COMPANY))


@compiling
@pytest.mark.parametrize("opening", OPENINGS)
def test_a_first_month_that_rises_or_falls(load: Load, opening: str) -> None:
    agrees(load(FIRST_MONTH, set={"model.opening_cash": opening}))


@compiling
@pytest.mark.parametrize("opening", OPENINGS)
def test_so_does_the_first_month_after_a_close(tmp_path: Path, opening: str) -> None:
    agrees(runway.load(after_a_close(tmp_path, opening)))


@compiling
def test_the_reference_model_of_the_benchmark() -> None:
    """With what is drawn anew each month."""
    agrees(runway.load(str(Path(__file__).parent.parent / "benchmarks" / "reference.toml")))


@compiling
@settings(max_examples=round(60 * SHARE) if SHARE == 1 else 2, deadline=None)
@example(11)  # looks back by as much as is drawn
@given(seed=st.integers(0, 10**6))
def test_any_formula(load: Load, seed: int) -> None:
    text, _ = any_formulas(random.Random(seed))
    try:
        agrees(load(text))
    except InputError:  # a figure that has no value on some path
        return


@compiling
@settings(max_examples=20 if SHARE == 1 else 1, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_credit_lines(load: Load, seed: int) -> None:
    agrees(load(credit_lines(random.Random(seed))))


@pytest.mark.proof
@compiling
@settings(max_examples=30 if SHARE == 1 else 2, deadline=None)
@given(company=companies())
def test_any_company(load: Load, company: Company) -> None:
    """Every kind of line and funding, with cash at the start that is drawn."""
    try:
        plan = load(company.text(), set={"model.opening_cash": "50k to 3M"})
        agrees(plan)
    except InputError:
        return


FLOOR = """
[costs.rent]
kind = "recurring"
amount = "$50k to $160k/month"
paid_after = "10 days"
opening_payable = 3_000
[revenue.sales]
kind = "recurring"
amount = { value = "$20k/month", volatility = "30%" }
[funding.bank]
kind = "credit_line"
limit = "900k"
rate = "6% to 12%/year"
floor = "30k"
"""
RATE = """
[revenue.shop]
kind = "recurring"
amount = "$20k/month"
[costs.fee]
kind = "formula"
formula = "audit.count * 1000 + (noise if month >= 3 else 0)"
noise = { value = "10k", volatility = "30%" }
[events.audit]
rate = "2/month"
date = "2025-03-03"
days = 5
takes = { shop = "100%" }
[scenarios.later]
set = { "audit.date" = "2025-06-01" }
"""


@compiling
def test_paths_that_a_credit_line_keeps_at_its_floor_are_ties(load: Load) -> None:
    """What their sums are off by is not what drives the outcome."""
    plan = load(FLOOR)
    found = [runway.simulate(plan, paths=2_000, engine=e).to_dict()["drivers"] for e in ("compiled", "numpy")]
    assert found[0] == found[1]


@compiling
def test_what_is_drawn_each_month_and_read_in_some(load: Load) -> None:
    agrees(load(RATE))


def test_an_event_that_begins_later_has_the_draws_of_its_months(load: Load) -> None:
    """What `--against` compares: from June on both scenarios lose and pay the same on each path."""
    cash = []
    for scenario in ("base", "later"):
        simulator = Simulator(load(RATE, scenario=scenario), range(len(LADDER)))
        cash.append(simulator.run(0, Streams(5, 0), PATHS, simulator.workspace()).cash)
    one, other = (numpy.diff(each[4:], axis=0) for each in cash)  # from June on
    assert numpy.ptp(one[0]) > 0
    assert numpy.allclose(one, other)


@compiling
def test_what_is_paid_later(load: Load) -> None:
    """Daily cash of lines whose pace changes within a month: few paths are read by day, the others by C."""
    agrees(load(LATE))


@compiling
def test_paths_that_are_read_by_day(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    """Money on a day that is drawn: few paths in each month, or more than there is room for."""
    text = """
        [model]
        name = "One day"
        start = "2025-03"
        months = 9
        opening_cash = "20k to 150k"
        minimum_cash = "5k"
        [passthrough.flow]
        kind = "formula"
        formula = "drift"
        drift = "-30k to 10k"
        [costs.day]
        kind = "one_off"
        date = "2025-04-03 to 2025-09-25"
        amount = "20k to 60k"
        [revenue.deal]
        kind = "one_off"
        date = "2025-04-05 to 2025-10-25"
        amount = "20k to 60k"
        """
    agrees(load(text))
    monkeypatch.setattr(compiled, "ROOM", 50)
    agrees(load(text))


@compiling
def test_the_same_bytes_whatever_the_workers_and_the_sampling() -> None:
    """To the digits that are shown, numpy's bytes too."""
    model = runway.load("openai-2025")

    def text(engine: str, workers: int, **how: Any) -> str:
        return json.dumps(runway.simulate(model, paths=20_000, workers=workers, engine=engine, **how).to_dict())

    one = text("compiled", 1)
    assert text("compiled", 3) == one
    assert text("numpy", 2) == one


@compiling
def test_numbers_are_sifted_as_by_numpy(load: Load) -> None:
    """Ties, infinities, what is no number, a length that no group divides; brackets at a number and between."""
    simulator = Simulator(load(SMALL), [0])
    compiled.choose(simulator, "compiled", PATHS)
    assert simulator.compiled is not None
    numbers = numpy.random.default_rng(4).normal(size=100_003).round(2)
    numbers[[7, 70, 700]] = numpy.inf, -numpy.inf, numpy.nan
    for brackets in ([(-numpy.inf, -1.5), (-0.123, 0.0), (1.0, 1.0), (1.5, numpy.inf)], [(-9.0, -8.0)]):
        below, inside = simulator.compiled.sifted(numbers, brackets)
        assert below == [int((numbers < low).sum()) for low, _ in brackets]
        wanted = [number for number in numbers.tolist() if any(low <= number <= high for low, high in brackets)]
        assert inside.tolist() == wanted
        assert sifted(numbers, brackets)[0] == below
        assert sifted(numbers, brackets)[1].tolist() == wanted
    assert ranked(numbers, [0, 50_000], simulator.compiled.sifted) == ranked(numbers, [0, 50_000])


@pytest.mark.proof
@compiling
def test_sobol_points(load: Load) -> None:
    pytest.importorskip("scipy.stats.qmc", reason="Sobol points need the extra [analysis]")
    model = load(SMALL.replace('"$10k to $160k/month"', '{ value = "$90k/month", volatility = "20%" }'))
    found = [runway.simulate(model, paths=2_048, sampling="sobol", engine=e).to_dict() for e in ("compiled", "numpy")]
    assert found[0] == found[1]


def test_auto_compiles_where_it_pays(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    """A short run is numpy's whatever there is; a long one says why it is not compiled."""
    monkeypatch.setattr(compiler, "compiler", _none)
    monkeypatch.setattr(compiled, "SAVED", 1.0)
    model = load(SMALL)
    short = runway.simulate(model, paths=1_000)
    assert (short.engine, short.without_engine) == ("numpy", "")
    simulator = Simulator(model, range(4))
    assert compiled.choose(simulator, "auto", 100_000) == ("numpy", "there is no C compiler (cc, gcc, clang)")
    with pytest.raises(InputError, match=r"no-compiled-engine"):
        compiled.choose(simulator, "compiled", 10)


@compiling
def test_runs_of_equal_steps_pay_together(load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each saves 0.4 of what compiling takes, so that the third has lost more than that."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(compiled, "_saved", lambda simulator, _: 0.4 * compiled._compiling(simulator))
    models = [load(SMALL + SALES), *(load(SMALL, set={"model.opening_cash": cash}) for cash in ("1M", "2M", "3M"))]
    simulators, forgone = [Simulator(model, range(4)) for model in models], dict[int, float]()
    engines = [compiled.choose(simulator, "auto", 100_000, forgone=forgone)[0] for simulator in simulators]
    assert engines == ["numpy", "numpy", "numpy", "compiled"]


def test_runs_of_their_own_do_not(load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a simulation is made by does not depend on what this process has simulated before."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(compiled, "_saved", lambda simulator, _: 0.9 * compiled._compiling(simulator))
    engines = [runway.simulate(load(SMALL), paths=compiled.LEAST_PATHS).engine for _ in range(3)]
    assert engines == ["numpy"] * 3


def _companies(folder: Path, *more: str) -> str:
    """A folder of companies that differ in numbers, and of one for each of `more` lines."""
    for n, line in enumerate(("", "", *more)):
        head = f'[model]\nname = "Shop {n}"\nstart = "2026-01"\nmonths = 24\nopening_cash = "{1 + n}M"\n'
        (folder / f"shop{n}.toml").write_text(head + SMALL + line, encoding="utf-8")
    return str(folder)


@compiling
def test_companies_that_differ_in_numbers_are_compiled_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And are told what numpy tells of them."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    place = _companies(tmp_path, SALES)
    one, other = (
        runway.portfolio(place, paths=2_000, workers=1, as_of=date(2025, 12, 31), engine=engine)
        for engine in ("compiled", "numpy")
    )
    assert [company.engine for company in one.companies] == ["compiled"] * 3
    assert [company.engine for company in other.companies] == ["numpy"] * 3
    assert one.to_dict() == other.to_dict()
    assert len(list((tmp_path / "cache" / "runway" / "compiled").iterdir())) == 2
    assert "2,000 futures each · seed 1 · compiled" in " ".join(terminal_text(report(one)).split())
    assert "compiled" not in terminal_text(report(other))


@pytest.mark.proof
@compiling
def test_a_compiled_portfolio_on_processes_is_the_same(tmp_path: Path) -> None:
    place = _companies(tmp_path, SALES, "", SALES, "")
    one, other = (
        runway.portfolio(place, paths=2_000, workers=workers, as_of=date(2025, 12, 31), engine="compiled")
        for workers in (1, 2)
    )
    assert one == other
    assert {company.engine for company in one.companies} == {"compiled"}


@compiling
def test_a_portfolio_compiles_what_pays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of equal steps the second pays; other steps, of which there are one company's, do not."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(compiled, "_saved", lambda simulator, _: 0.6 * compiled._compiling(simulator))
    monkeypatch.setattr(compiled, "LEAST_PATHS", 1_000)
    place = _companies(tmp_path, SALES)
    short = runway.portfolio(place, paths=999, workers=1, as_of=date(2025, 12, 31))
    assert {company.engine for company in short.companies} == {"numpy"}
    some = runway.portfolio(place, paths=1_000, workers=1, as_of=date(2025, 12, 31))
    assert {company.file[-6]: company.engine for company in some.companies} == {
        "0": "numpy",
        "1": "compiled",
        "2": "numpy",
    }
    assert "1,000 futures each · seed 1 · 1 of 3 compiled" in " ".join(terminal_text(report(some)).split())


def test_a_portfolio_that_cannot_be_compiled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is refused once and not company by company; `auto` says why it would have paid."""
    monkeypatch.setattr(compiler, "compiler", _none)
    monkeypatch.setattr(compiled, "SAVED", 1.0)
    monkeypatch.setattr(compiled, "LEAST_PATHS", 1_000)
    place = _companies(tmp_path)
    with pytest.raises(
        InputError, match=r"there is no C compiler \(cc, gcc, clang\)\. Write --engine numpy"
    ) as refused:
        runway.portfolio(place, paths=1_000, workers=1, engine="compiled")
    assert len(refused.value.problems) == 1
    assert runway.portfolio(place, paths=0, workers=1, engine="compiled").companies
    found = runway.portfolio(place, paths=1_000, workers=1)
    said = "1,000 futures each · seed 1 · by numpy: there is no C compiler (cc, gcc, clang)"
    assert said in " ".join(terminal_text(report(found)).split())


@compiling
def test_what_a_compiler_says_of_every_company_is_told_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiler, "FLAGS", ("--no-such-flag",))
    with pytest.raises(InputError, match="does not compile it") as refused:
        runway.portfolio(_companies(tmp_path), paths=1_000, workers=1, engine="compiled")
    assert len(refused.value.problems) == 1


def _none() -> tuple[str, ...]:
    raise compiler.NoCompilerError("there is no C compiler (cc, gcc, clang)")


@compiling
def test_auto_takes_what_has_been_compiled(load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = load(SMALL)
    simulator = Simulator(model, range(4))
    monkeypatch.setattr(compiled, "SAVED", 0.0)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert compiled.choose(simulator, "auto", 100_000) == ("numpy", "")
    compiled.choose(simulator, "compiled", 100_000)
    assert compiled.choose(Simulator(model, range(4)), "auto", 100_000) == ("compiled", "")


@compiling
def test_a_folder_that_others_may_write_to_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A library runs in this process, so nobody else may put one there."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    source = "int run(void) { return 7; }"
    assert compiler.library(source).run() == 7
    folder = tmp_path / "runway" / "compiled"
    (kept,) = folder.iterdir()
    assert folder.stat().st_mode & 0o777 == 0o700
    kept.chmod(0o777)
    with pytest.raises(compiler.NoCompilerError, match="others may write to the file"):
        compiler.library(source)
    kept.unlink()
    kept.symlink_to("/bin/true")
    with pytest.raises(compiler.NoCompilerError, match="not your own"):
        compiler.library(source)
    folder.parent.chmod(0o777)
    with pytest.raises(compiler.NoCompilerError, match="others may write to the folder"):
        compiler.library(source)


@compiling
def test_a_library_that_is_cut_short_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Loaded, it would end the process."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    folder = tmp_path / "runway" / "compiled"
    folder.mkdir(parents=True)
    for n in range(3):
        source = f"int run(void) {{ return {n}; }}"
        file = compiler._compile(source, compiler._folder(), compiler._key(source))
        file.write_bytes(file.read_bytes()[:9000])
        assert compiler.library(source).run() == n
        (again,) = folder.glob(f"{compiler._key(source)}.*.so")
        assert again.stat().st_size > 9000


@compiling
def test_the_libraries_used_last_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(compiler, "MOST_KEPT", 2)
    sources = [f"int run(void) {{ return {n}; }}" for n in range(3)]
    for age, source in zip((200, 100), sources, strict=False):
        compiler.library(source)
        (file,) = compiler._folder().glob(f"{compiler._key(source)}.*.so")
        os.utime(file, (1e9 - age, 1e9 - age))
    stopped = compiler._folder() / ".new-stopped"
    stopped.mkdir()
    os.utime(stopped, (1e9, 1e9))
    compiler.library(sources[0])  # used, so the newest
    assert compiler.library(sources[2]).run() == 2
    assert [compiler.is_kept(source) for source in sources] == [True, False, True]
    assert not stopped.exists()


@compiling
@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("exit 0", "it wrote no library"),
        ("printf 'error: \\377' >&2; exit 1", "error: \ufffd"),
        ("exit 3", "exit 3"),
    ],
)
def test_a_compiler_that_makes_nothing(script: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = tmp_path / "wrong"
    wrong.write_text(f"#!/bin/sh\ncat > /dev/null\n{script}\n")
    wrong.chmod(0o700)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(compiler, "compiler", lambda: (str(wrong),))
    with pytest.raises(compiler.NoCompilerError, match=f"does not compile it: {said}"):
        compiler.library("int run(void) { return 7; }")


@compiling
def test_a_folder_in_the_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    source = "int run(void) { return 7; }"
    Path(compiler._folder(), f"{compiler._key(source)}.0.so").mkdir()
    with pytest.raises(compiler.NoCompilerError, match=r"cannot be used: Is a directory"):
        compiler.library(source)


@compiling
def test_what_a_compiler_says_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with pytest.raises(compiler.NoCompilerError, match=r"does not compile it: .*error"):
        compiler.library("no C")
    assert not list((tmp_path / "runway" / "compiled").iterdir())
    assert os.environ["XDG_CACHE_HOME"] == str(tmp_path)
