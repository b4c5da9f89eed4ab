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
    assert ["no source", "60", "7.1", "beyond", "28.9"] in told
    assert ["source_001", "2", "21.9", "21.9"] in told
    assert told[told.index(["source_003"]) + 2] == ["nothing rests on it"]
    assert ["STALE", "older than 6 months on 1 Apr 2025"] in told
    assert ["payroll.amount", "9", "30 Jun 2024"] in told
    assert ["and 24 more; --json and --csv have all"] in told


def test_the_longest_bar_is_of_the_widest_swing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(ASKED) == 0
    bars = [len(bar) for bar in re.findall("━+", capsys.readouterr().out)]
    assert len(bars) == 10
    assert bars == sorted(bars, reverse=True)


def test_markdown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*ASKED, "--markdown"]) == 0
    text = capsys.readouterr().out
    assert "| **source_002** | 12 | 19.1 | 24.6 | 5.5 |" in text
    assert "| training.amount | 3B…6B | 27.0 | 16.4 |" in text
    assert "- model.opening_cash: openai-2025:13 · confidence low · no source · assumption: not published" in text


def test_csv_has_every_figure(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sources", "openai-2025", "--csv", "-"]) == 0
    rows = capsys.readouterr().out.splitlines()
    assert len(rows) == 81
    assert "payroll.amount,$1.5B/year,openai-2025,200,source_004,2024-06-30,medium,,,0.808755760369" in rows
