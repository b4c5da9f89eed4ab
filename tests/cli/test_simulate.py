"""`runway simulate` and `runway portfolio` by hand."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy
import pytest

import runway
from runway.answers import simulate as answers
from runway.answers.simulate import simulate
from runway.cli import main
from runway.errors import InputError
from runway.render.terminal import cell_len, printed
from runway.reports import portfolio

if TYPE_CHECKING:
    from collections.abc import Callable

    Run = Callable[..., tuple[int, str, str]]

COMPANY = """
[model]
name = "{name}"
start = "2025-01"
months = 24
opening_cash = "{cash}"

[costs.rent]
kind = "recurring"
amount = "$80k to $120k/month"

[funding.seed]
kind = "priced_round"

[[funding.seed.closings]]
name = "first"
date = "2025-06-15 to 2025-09-15"
amount = "300k"
requires = "permit"

[events.permit]
date = "2025-05-01"
probability = "60%"

[scenarios.no_permit]
set = {{ "permit.date" = "never" }}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, cash in (("alpha", "2M"), ("beta", "1M"), ("gamma", "1.5M")):
        (tmp_path / f"{name}.toml").write_text(COMPANY.format(name=name.title(), cash=cash), encoding="utf-8")
    return tmp_path


@pytest.fixture
def run(folder: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(list(arguments))
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


def test_the_report(run: Run) -> None:
    code, out, _ = run("simulate", "beta.toml", "--paths", "20000", "--by", "2025-12", "--against", "no_permit")
    assert code == 0
    assert all(len(line) <= 80 for line in out.splitlines())
    assert "20,000 futures · 3 uncertain figures · seed 1 · ± is half a 95% interval" in out
    said = "OUT OF CASH|by 31 Dec 2025|+ conditional|cash out  |lowest cash|CASH|worst 5 of 100|CLOSINGS"
    for words in f"{said}|seed first|DRIVERS|rent.amount|Against no_permit".split("|"):
        assert words in out


def test_json_and_csv_say_the_same(run: Run) -> None:
    _, out, _ = run("simulate", "beta.toml", "-n", "5000", "--json", "--csv", "beta.csv")
    found = json.loads(out)
    assert (found["paths"], found["seed"], found["partial"], found["counting"]) == (5000, 1, False, "conditional")
    assert [risk["counting"] for risk in found["out_of_cash"]] == ["cash in hand", "certain", "conditional", "planned"]
    assert found["closings"][0]["probability"] == pytest.approx(0.6, abs=0.03)
    heads, *rows = [line.split(",") for line in Path("beta.csv").read_text(encoding="utf-8").splitlines()]
    assert len(rows) == 24
    last = dict(zip(heads, rows[-1], strict=True))
    assert float(last["cash_p50"]) == found["cash"][-1]["values"][2]
    assert float(last["out_of_cash_conditional"]) == found["out_of_cash"][2]["probability"][-1]


def test_the_paths_file(run: Run) -> None:
    _, _, err = run("simulate", "beta.toml", "-n", "500", "--paths-out", "all.npz", "--json")
    assert "wrote all.npz" in err
    with numpy.load("all.npz") as paths:
        assert paths["cash"].shape == (24, 500)
        assert paths["zero_cash_month"].shape == (4, 500)
        assert set(paths) >= {"months", "lowest_cash", "counting", "figure:rent.amount", "figure:permit.date"}
        dry = paths["zero_cash_month"][0]
        assert (paths["lowest_cash"][dry >= 0] <= paths["cash"].max()).all()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("simulate", "beta.toml", "--paths-out", "all.csv"), "unknown-format\nall.csv ends in .csv; paths are arrays"),
        (("simulate", "beta.toml", "--paths-out", "-"), "unknown-format\n- has no ending; paths are arrays"),
        (("simulate", "beta.toml", "--paths-out", "no/all.npz"), "output-unwritable\nno/all.npz cannot be written"),
        (
            ("simulate", "beta.toml", "--csv", "no/beta.csv"),
            "output-unwritable\nno/beta.csv cannot be written: No such",
        ),
        (("portfolio", ".", "--html", "beta.toml/fund.html"), "cannot be written: Not a directory"),
        (("portfolio", ".", "--csv", "beta.toml"), "output-refused\nbeta.toml ends in .toml"),
        (("page", "beta.toml", "kept.html", "--simulate", "9"), "output-exists\nkept.html already exists"),
    ],
)
def test_a_file_that_will_not_be_written_is_told_before_anything_is_drawn(
    run: Run, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], said: str
) -> None:
    Path("kept.html").write_text("kept", encoding="utf-8")
    monkeypatch.delattr(answers, "simulate")
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert said in err


def test_a_model_without_anything_uncertain(run: Run) -> None:
    code, out, _ = run("simulate", "lemonade", "-n", "100")
    assert code == 0
    assert "no uncertain figures" in out
    assert "Nothing in this file is uncertain" in out
    assert "always" in out
    assert not re.search("±[0-9]", out)
    found = json.loads(run("simulate", "lemonade", "-n", "100", "--json")[1])
    assert {error for risk in found["out_of_cash"] for error in risk["errors"]} == {0.0}


def test_a_portfolio(run: Run, folder: Path) -> None:
    (folder / "broken.toml").write_text(
        """
        [model]
        name = 3
        """,
        encoding="utf-8",
    )
    code, out, _ = run("portfolio", ".", "-n", "2000", "--as-of", "2024-12")
    assert code == 0
    assert all(len(line) <= 80 for line in out.splitlines())
    places = [out.index(name) for name in ("Beta", "Gamma", "Alpha", "NOT USED", "broken.toml")]
    assert places == sorted(places)
    code, out, _ = run("portfolio", "*.toml", "-n", "2000", "--json", "--workers", "1", "--as-of", "2024-12-31")
    found = json.loads(out)
    assert [company["model"] for company in found["companies"]] == ["Beta", "Gamma", "Alpha"]
    assert [entry["file"] for entry in found["unreadable"]] == ["broken.toml"]
    alone = json.loads(run("simulate", "beta.toml", "-n", "2000", "--json")[1])
    assert found["companies"][0]["within_12_months"]["probability"] == alone["out_of_cash"][2]["probability"][11]
    code, out, err = run("portfolio", ".", "--strict")
    assert (code, out) == (2, "")
    assert "broken.toml" in err


def test_where_the_problem_of_a_company_is(run: Run, folder: Path) -> None:
    """In the file, in one that it extends, or in what the command asks of it."""
    wrong = COMPANY.format(name="Wrong", cash="1 M x")
    (folder / "group").mkdir()
    (folder / "group" / "base.toml").write_text(wrong, encoding="utf-8")
    (folder / "child.toml").write_text('extends = "group/base.toml"', encoding="utf-8")
    (folder / "wrong.toml").write_text(wrong, encoding="utf-8")
    longer = COMPANY.format(name="Longer", cash="1M").replace("months = 24", "months = 36")
    (folder / "longer.toml").write_text(longer, encoding="utf-8")
    _, out, _ = run("portfolio", ".", "-n", "0", "--as-of", "2027-06")
    assert out.endswith(
        "  NOT USED   --json has every problem in full\n"
        "  alpha.toml as-of-outside\n"
        "  beta.toml as-of-outside\n"
        "  child.toml: group/base.toml:6 not-a-figure\n"
        "  gamma.toml as-of-outside\n"
        "  wrong.toml:6 not-a-figure\n"
    )


def test_companies_of_one_name_are_told_apart(run: Run, folder: Path) -> None:
    (folder / "twin.toml").write_text(COMPANY.format(name="Beta", cash="1M"), encoding="utf-8")
    priced = '"priced_round"\nvaluation = { value = "5M", basis = "pre_money" }'
    held = COMPANY.format(name="Held", cash="1M").replace('"priced_round"', priced)
    held += "[captable.holders.our_fund]\nshares = { common = 100 }\n"
    (folder / "held.toml").write_text(held, encoding="utf-8")
    _, out, _ = run("portfolio", ".", "-n", "0", "--as-of", "2024-12", "--holder", "our_fund")
    assert [out.count(name) for name in ("Beta", "beta.toml", "twin.toml")] == [0, 2, 2]


def test_a_portfolio_that_is_only_projected(run: Run) -> None:
    code, out, _ = run("portfolio", ".", "--paths", "0", "--csv", "-", "--as-of", "2024-12")
    heads, *rows = [line.split(",") for line in out.splitlines()]
    assert code == 0
    months = [float(dict(zip(heads, row, strict=True))["months"]) for row in rows]
    assert months == sorted(months)
    assert all(dict(zip(heads, row, strict=True))["within_12_months"] == "" for row in rows)


def test_a_pattern_that_the_shell_expands(run: Run) -> None:
    """Is the same as one in quotes; a file that is named twice is one company, and a name without files is told."""
    how = ("-n", "0", "--as-of", "2024-12", "--json")
    quoted = run("portfolio", "*.toml", *how)
    assert run("portfolio", "alpha.toml", "beta.toml", "gamma.toml", "alpha.toml", *how) == quoted
    files = [company["file"] for company in json.loads(quoted[1])["companies"]]
    assert files == ["beta.toml", "gamma.toml", "alpha.toml"]
    code, out, err = run("portfolio", "*.toml", "delta.toml", *how)
    assert (code, out) == (2, "")
    assert "There are no assumption files at delta.toml." in err
    with pytest.raises(InputError, match="no-models-found"):
        runway.portfolio([])


def test_an_interrupted_portfolio_has_the_companies_that_are_complete(run: Run) -> None:
    def interrupt(done: int, wanted: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    found = runway.portfolio(".", paths=100, workers=1, as_of=date(2024, 12, 31), progress=interrupt)
    assert [company.model for company in found.companies] == ["Beta", "Alpha"]
    assert found.to_dict()["partial"]
    assert "2 companies, stopped before 3: a partial result" in printed(portfolio.report(found))
    assert not runway.portfolio(".", paths=0).partial


def test_no_answer_is_made_of_a_simulation_that_was_interrupted(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would tell odds of fewer futures than it says, and go on with what was to stop."""
    made: list[int] = []

    def interrupted(*plan: Any, **how: Any) -> Any:
        made.append(how["paths"])
        found = simulate(*plan, **how)
        return found if len(made) == 1 else replace(found, wanted=found.paths + 1)

    monkeypatch.setattr(answers, "simulate", interrupted)
    found = json.loads(run("portfolio", ".", "-n", "100", "-w", "1", "--as-of", "2024-12", "--json")[1])
    assert ([company["model"] for company in found["companies"]], found["partial"]) == (["Alpha"], True)
    assert run("page", "beta.toml", "beta.html", "--simulate", "100")[:2] == (130, "")
    assert run("backtest", "saas-startup-actuals", "--every", "month", "--simulate", "100")[:2] == (130, "")
    assert not Path("beta.html").exists()


@pytest.mark.proof
def test_a_portfolio_on_processes_is_the_same(run: Run, folder: Path) -> None:
    for n in range(3):
        text = COMPANY.format(name=f"More {n}", cash="1.2M")
        (folder / f"more{n}.toml").write_text(text, encoding="utf-8")
    here = run("portfolio", ".", "-n", "1000", "--json", "--workers", "1")
    assert run("portfolio", ".", "-n", "1000", "--json", "--workers", "2") == here


def test_what_does_not_vary_is_told_as_certain(run: Run, folder: Path) -> None:
    """The permit is uncertain and decides the first closing; the second waits for nothing."""
    second = """
[[funding.seed.closings]]
name = "second"
date = "2025-10-15"
amount = "100k"
"""
    (folder / "delta.toml").write_text(COMPANY.format(name="Delta", cash="1M") + second, encoding="utf-8")
    _, out, _ = run("simulate", "delta.toml", "-n", "2000")
    assert re.search(r"^  seed first +[56]\d\.\d% ±2\.\d$", out, re.MULTILINE)
    assert re.search(r"^  seed second +always$", out, re.MULTILINE)
    assert "never" not in out.split("CLOSINGS")[0]  # cash in hand varies with the rent, whoever runs out
    closings = json.loads(run("simulate", "delta.toml", "-n", "2000", "--json")[1])["closings"]
    assert closings[1] == {"address": "seed.second", "probability": 1.0, "error": 0.0}


@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_line_is_wider_than_the_terminal(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    """Titles are broken between words, by the columns that they take."""
    title = "現金は常に最低額を上回らなければならない そうでなければ会社は危ない and then some more words of a title"
    text = (
        COMPANY.format(name=title, cash="1M")
        + f"""
        [[checks]]
        title = "{title}"
        require = "cash > 0"
        """
    )
    (folder / "wide.toml").write_text(text, encoding="utf-8")
    monkeypatch.setenv("COLUMNS", str(width))
    code, out, _ = run("simulate", "wide.toml", "-n", "1000")
    assert code == 0
    assert max(map(cell_len, out.splitlines())) <= width
    assert "and then some" in " ".join(out.split("CHECKS")[1].split())


@pytest.mark.parametrize("width", [60, 80])
def test_the_odds_by_a_day_leave_out_years(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    text = COMPANY.format(name="Long", cash="1M").replace("months = 24", "months = 60")
    (folder / "long.toml").write_text(text, encoding="utf-8")
    monkeypatch.setenv("COLUMNS", str(width))
    _, out, _ = run("simulate", "long.toml", "-n", "1000", "--by", "2026-06")
    lines = out.split("DRIVERS")[0].splitlines()
    assert all(len(line) <= width for line in lines)
    head = " ".join(line for line in lines if " by " in line)
    assert "by 30 Jun 2026" in head
    assert head.endswith("by Dec 2029")


def test_the_gap_is_told_by_its_own_quantiles(run: Run) -> None:
    """In text as in JSON: the larger gap stands under 95 %."""
    _, out, _ = run("simulate", "beta.toml", "-n", "2000")
    gaps = next(line for line in out.splitlines() if line.startswith("  gap ")).split()[1:]
    told = [0.0 if gap == "–" else float(gap.replace(",", "")) for gap in gaps]
    found = json.loads(run("simulate", "beta.toml", "-n", "2000", "--json")[1])["funding_gap"]["values"]
    assert told == sorted(told)
    assert told == pytest.approx([value / 1e3 for value in found], abs=0.1)
    assert told[-1] > 0


def test_few_futures_have_no_error_of_the_outer_quantiles(run: Run) -> None:
    """At 50 the rank interval of the 5 % quantile leaves the sample: 2.5 - 1.96 sqrt(2.375) < 0; at 100 it does not."""
    _, out, _ = run("simulate", "beta.toml", "-n", "50", "--json")
    lowest = json.loads(out)["lowest_cash"]
    assert [error is None for error in lowest["errors"]] == [True, False, False, False, True]
    assert "draw at least 100" in run("simulate", "beta.toml", "-n", "50")[1]
    assert "draw at least 100" not in run("simulate", "beta.toml", "-n", "100")[1]
    assert None not in json.loads(run("simulate", "beta.toml", "-n", "100", "--json")[1])["lowest_cash"]["errors"]
    csv = run("simulate", "beta.toml", "-n", "50", "--csv", "-")[1]
    assert "nan" not in csv


def test_a_value_that_is_not_the_median_is_told(run: Run, folder: Path) -> None:
    """A normal from 100 to 200 has its median at 150; at 190, P(z < 40 / (50 / 1.645)) = 0.906 of draws are lower."""
    for value, told in (("190", True), ("152", False)):
        amount = f'{{ value = "${value}k/month", low = "$100k/month", high = "$200k/month", distribution = "normal" }}'
        text = COMPANY.format(name="Off", cash="1M").replace('"$80k to $120k/month"', amount)
        (folder / "off.toml").write_text(text, encoding="utf-8")
        _, out, _ = run("simulate", "off.toml", "-n", "100")
        assert ("rent.amount (91 of 100 draws are lower)" in " ".join(out.split())) == told
        found = json.loads(run("simulate", "off.toml", "-n", "100", "--json")[1])["off_median"]
        assert found == ([{"address": "rent.amount", "share_below": pytest.approx(0.906, abs=0.001)}] if told else [])


def test_errors_are_rounded_up() -> None:
    from runway.reports.simulate import chance
    from runway.simulation.totals import Estimate

    said = [chance(Estimate(*e)) for e in ((0.0, 0.00015), (1.0, 0.03), (0.271, 0.0061), (1.0, 0.0), (0.0, 0.0))]
    assert said == ["0% ±0.02", "100% ±3.0", "27.1% ±0.7", "always", "never"]


ANSWERS = """
import socket, sys
with socket.socket() as listening:
    listening.bind(("127.0.0.1", 0))
    listening.listen()
    print(listening.getsockname()[1], flush=True)
    kept = []
    while True:
        kept.append(listening.accept()[0])
        kept[-1].sendall(bytes.fromhex(sys.argv[1]))
"""


@pytest.mark.proof
@pytest.mark.parametrize("says", ["", "485454502f312e31203430300d0a0d0a" * 20, "ff" * 64])
def test_what_answers_as_no_scheduler_does_is_left_after_a_while(says):
    """It accepts and is silent, or is another server."""
    pytest.importorskip("distributed")
    server = subprocess.Popen([sys.executable, "-c", ANSWERS, says], stdout=subprocess.PIPE, text=True)
    try:
        address = f"tcp://127.0.0.1:{server.stdout.readline().strip()}"
        command = [sys.executable, "-m", "runway", "simulate", "lemonade", "-n", "1000", "--cluster", address]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    finally:
        server.kill()
        server.wait()
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"cluster-not-there\nNo Dask scheduler answers at {address}. Start one with dask scheduler, or write local:4.\n"
    )


@pytest.mark.proof
@pytest.mark.parametrize("address", ["tls://127.0.0.1:1", "ucx://127.0.0.1:1", "ws://127.0.0.1:1", "no://x", "://"])
def test_other_protocols_are_no_defect(address, capsys):
    pytest.importorskip("distributed")
    assert main(["simulate", "lemonade", "-n", "1000", "--cluster", address]) == 2
    assert capsys.readouterr().err.startswith("cluster-not-there\n")


@pytest.mark.parametrize("command", [["simulate", "lemonade"], ["portfolio", "."]])
@pytest.mark.parametrize("workers", ["0", "-1", "5000"])
def test_no_workers_are_refused(capsys, command, workers):
    assert main([*command, "--workers", workers]) == 2
    assert "--workers is a whole number from 1 to 1024" in capsys.readouterr().err
