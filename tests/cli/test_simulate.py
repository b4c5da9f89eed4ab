"""`runway simulate` by hand."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy
import pytest
from support.three_companies import COMPANY

from runway.answers import simulate as answers
from runway.cli import main
from runway.render.terminal import cell_len

if TYPE_CHECKING:
    from collections.abc import Callable

    Run = Callable[..., tuple[int, str, str]]


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
