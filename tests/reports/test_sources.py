"""The report of sources: what rests on each, what to find out next, what is stale; in every format."""

from __future__ import annotations

import re

import pytest

from runway.cli import main

ASKED = ["sources", "openai-2025", "--older-than", "6m"]


@pytest.mark.parametrize("width", [60, 80, 120])
def test_each_source_with_its_ends(
    width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    assert main(ASKED) == 0
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= width
    told = [re.split(r"\s{2,}", line.strip()) for line in lines]
    assert ["source", "figures", "worse", "better", "months apart"] in told
    assert ["no source", "45", "13.7", "beyond", "22.3"] in told
    assert ["source_001", "1", "33.1", "33.1"] in told
    assert told[told.index(["source_003"]) + 2] == ["nothing rests on it"]
    assert ["payroll.amount", "8", "31 Jul 2024"] in told
    assert ["and 14 more; --json and --csv have all"] in told


def test_the_longest_bar_is_of_the_widest_swing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(ASKED) == 0
    bars = [len(bar) for bar in re.findall("━+", capsys.readouterr().out)]
    assert len(bars) == 10
    assert bars == sorted(bars, reverse=True)


def test_markdown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*ASKED, "--markdown"]) == 0
    text = capsys.readouterr().out
    assert "| **source_002** | 12 | 29.5 | beyond | 6.5 |" in text
    assert "| training.amount | 3B…6B | beyond | 24.4 |" in text
    assert "- model.opening_cash: openai-2025:12 · confidence low · no source · assumption: not published" in text


def test_csv_has_every_figure(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*ASKED, "--csv", "-"]) == 0
    rows = capsys.readouterr().out.splitlines()
    assert len(rows) == 64
    assert "payroll.amount,$1.5B/year,openai-2025,145,source_004,2024-07-31,medium,,,1.22580645161" in rows
