"""`--watch` prints again when a file that was read is saved, with what changed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from runway.cli import main, watch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PLAN = """
extends = "base.toml"
[model]
name = "Watched"
"""
BASE = """
[model]
name = "Base"
start = "2026-01"
months = 24
opening_cash = 1000
[costs.rent]
kind = "recurring"
amount = "100/month"
"""
PATIENCE = 60.0  # seconds; only a failure waits so long


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """A running `runway project plan.toml --watch`; called with a text, it waits until that has been printed."""
    (tmp_path / "plan.toml").write_text(PLAN, encoding="utf-8")
    (tmp_path / "base.toml").write_text(BASE, encoding="utf-8")
    hears = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"  # not so in a shell's background
    script = f"{hears}; import sys; from runway.cli import main; sys.exit(main())"
    out = tmp_path / "out.txt"
    with out.open("wb") as stream:
        process = subprocess.Popen(
            [sys.executable, "-c", script, "project", "plan.toml", "--watch"],
            cwd=tmp_path, stdout=stream, stderr=subprocess.STDOUT, env={**os.environ, "NO_COLOR": "1"},
        )  # fmt: skip

    def until(text: str) -> str:
        end = time.monotonic() + PATIENCE
        while text not in (said := out.read_text(encoding="utf-8")):
            assert process.poll() is None, said
            assert time.monotonic() < end, said
            time.sleep(0.05)
        return said

    yield until
    process.send_signal(signal.SIGINT)
    assert process.wait(PATIENCE) == 130


def test_what_a_saving_changes_is_said(watched: Callable[[str], str], tmp_path: Path) -> None:
    watched("Watched")
    (tmp_path / "new.toml").write_text(BASE.replace("= 1000", "= 1500"), encoding="utf-8")
    (tmp_path / "new.toml").rename(tmp_path / "base.toml")  # as editors save
    said = watched("10.0 → 15.0 months")
    assert "model.opening_cash  1000 → 1500" in said
    (tmp_path / "base.toml").write_text(BASE.replace("opening_cash", "openin_cash"), encoding="utf-8")
    watched("Did you mean opening_cash?")
    (tmp_path / "base.toml").write_text(
        BASE.replace("100/month", "200/month").replace("1000", "1500"), encoding="utf-8"
    )
    assert "rent.amount" in watched("15.0 → 7.5 months")


def test_a_file_that_does_not_come_back_is_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And read again once it is there."""
    monkeypatch.setattr(watch, "GONE", 0.05)
    path = tmp_path / "plan.toml"
    path.write_text(PLAN, encoding="utf-8")
    seen = watch.stamps([path])
    path.unlink()
    gone = watch.changed(seen)
    assert gone == {path: None}
    path.write_text(PLAN, encoding="utf-8")
    assert watch.changed(gone) == watch.stamps([path])


@pytest.mark.parametrize("output", [["--json"], ["--csv", "x.csv"], ["--markdown"]])
def test_it_is_for_a_reader(output: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["project", "lemonade", "--watch", *output]) == 2
    assert "leave out" in capsys.readouterr().err
    assert not Path("x.csv").exists()
