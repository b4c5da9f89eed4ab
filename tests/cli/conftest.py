"""A folder of three companies, and the command line in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.three_companies import COMPANY

from runway.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., tuple[int, str, str]]


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
