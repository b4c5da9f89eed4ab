"""The report of checks: each in the unit of what it is about, the verdict beside its name, no two figures touching."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from runway.cli import main

if TYPE_CHECKING:
    from pathlib import Path

STAND = """
[model]
name         = "Stand"
currency     = "USD"
start        = "2025-01"
months       = 18
opening_cash = 1000

[revenue.cups]
kind   = "recurring"
amount = "$100/month"

[costs.rent]
kind   = "recurring"
amount = "$200/month"

[[checks]]
expect = "net_loss over 2025-01..2025-12"
value  = "1.1k"
within = 99.99

[[checks]]
expect = "cups / rent in 2025-05"
value  = "50%"
within = "1%"

[[checks]]
title  = "=SUM(1)"
expect = "zero_cash_date.cash_in_hand"
value  = "2025-11-15"
within = "13 days"

[[checks]]
require = "zero_cash_date = never"

[[checks]]
preset = "going_concern"
issued = "2025-02-01"
"""


@pytest.fixture
def stand(tmp_path: Path) -> str:
    path = tmp_path / "stand.toml"
    path.write_text(STAND, encoding="utf-8")
    return str(path)


def test_every_unit_as_it_is_read(stand: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setenv("COLUMNS", "100")
    assert main(["check", stand]) == 1
    rows = [line.split("  ") for line in capsys.readouterr().out.splitlines()]
    told = {tuple(part.strip() for part in row if part.strip()) for row in rows}
    assert {
        ("net_loss over 2025-01..2025-12", "FAILS", "1,100", "1,200", "+100"),
        ("cups / rent in 2025-05", "holds", "50%", "50%", "–"),
        ("=SUM(1)", "FAILS", "15 Nov 2025", "1 Nov 2025", "−14 days"),
        ("zero_cash_date = never", "FAILS", "= never", "1 Nov 2025", "–"),
        ("going concern, accounts issued 1 Feb 2025", "FAILS", ">= 0", "(303.57)", "−303.57"),
        ("5 checks: 4 fail",),
    } <= told


def test_csv_has_every_figure_in_full(stand: str, capsys: pytest.CaptureFixture[str]):
    assert main(["check", stand, "--csv", "-"]) == 1
    _, loss, share, day, never, _ = capsys.readouterr().out.splitlines()
    span = "net_loss over 2025-01..2025-12"
    assert loss == f"fails,{span},{span},money,±,1100.00,99.99,1200.00,100.00,"
    assert share.endswith(",share,±,0.5,0.01,0.5,0,")
    assert day == "fails,'=SUM(1),zero_cash_date.cash_in_hand,date,±,2025-11-15,13,2025-11-01,-14,"
    assert never.endswith(",date,=,,,2025-11-01,,")


@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_line_is_wider_than_the_screen(
    stand: str, width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("COLUMNS", str(width))
    assert main(["check", stand]) == 1
    assert max(map(len, capsys.readouterr().out.splitlines())) <= width


def test_a_file_without_checks_says_so(capsys: pytest.CaptureFixture[str]):
    assert main(["check", "lemonade"]) == 0
    assert "This file has no [[checks]]." in capsys.readouterr().out
    assert main(["check", "lemonade", "--csv", "-"]) == 0
    assert capsys.readouterr().out == "verdict,check,says,unit,comparison,expected,within,modelled,residual,when\n"


def test_no_figure_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """1,456,789,012,345.05 is 333,332,223,333.05 above what must be there; the residual goes below."""
    monkeypatch.setenv("COLUMNS", "80")
    file = tmp_path / "large.toml"
    cash = 'unit = "full"\nopening_cash = "1_456_789_012_345.05"\n'
    check = 'title = "Cash at the end is more than what must be there"\nrequire = "closing_cash >= 1_123_456_789_012"\n'
    file.write_text(f'[model]\nname = "x"\nstart = "2025-01"\nmonths = 6\n{cash}[[checks]]\n{check}', encoding="utf-8")
    assert main(["check", str(file)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80
    words = " ".join(lines).split()
    assert {"1,123,456,789,012", "1,456,789,012,345.05", "+333,332,223,333.05"} <= {*words}
    assert [word for word in words if "…" in word and any(map(str.isdigit, word))] == []
