"""`runway portfolio DIR --html OUT`: the page of a fund, a line a company, each opening its own page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from runway.cli import main
from runway.cli.fund import named

if TYPE_CHECKING:
    from pathlib import Path


def company(name: str, cash: int) -> str:
    return (
        f'[model]\nname = "{name}"\nstart = "2026-01"\nmonths = 24\nopening_cash = {cash}\n'
        '[costs.rent]\nkind = "recurring"\namount = "100/month"\n'
    )


@pytest.fixture
def fund(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "fund").mkdir()
    for name, cash in (("ample", 9000), ("a b", 700), ("bare", 300)):
        (tmp_path / "fund" / f"{name}.toml").write_text(company(name.title(), cash), encoding="utf-8")
    (tmp_path / "fund" / "broken.toml").write_text("[model]\nname = 3\n", encoding="utf-8")
    return tmp_path


def asked(*more: str) -> int:
    return main(["portfolio", "fund", "--as-of", "2026-01-31", "--paths", "0", *more])


def test_what_is_left_shortest_first_and_each_opens_its_page(fund: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert asked("--html", "fund.html") == 0
    text, said = (fund / "fund.html").read_text(encoding="utf-8"), capsys.readouterr()
    assert re.findall(r'<a href="([^"]*)">([^<]*)</a>', text) == [
        ("fund-pages/bare.html", "Bare"), ("fund-pages/a%20b.html", "A B"), ("fund-pages/ample.html", "Ample"),
    ]  # fmt: skip
    assert re.findall(r"class=\"figure (?:below|good)\">([^<]*)<", text) == ["2.0", "6.0", "beyond"]
    assert text.count("<polyline") == 3
    assert "fund/broken.toml:" in text
    page = (fund / "fund-pages" / "a b.html").read_text(encoding="utf-8")
    assert "<title>A B</title>" in page
    assert '"asOf":"2026-01-31"' in page
    assert "wrote fund-pages: 3 pages, with the whole model of each company\nwrote fund.html\n" in said.err
    assert asked("--html", "fund.html") == 0  # again, over what is there


def test_on_standard_output_it_leads_nowhere(fund: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert asked("--html", "-") == 0
    text = capsys.readouterr().out
    assert "<a " not in text
    assert text.count("<polyline") == 3
    assert [path.name for path in fund.iterdir()] == ["fund"]


def test_what_cannot_be_written_writes_nothing(fund: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert asked("--html", "fund/bare.toml") == 2
    assert asked("--html", "nowhere/fund.html") == 2
    capsys.readouterr()
    assert [path.name for path in fund.iterdir()] == ["fund"]
    (fund / "fund-pages").write_text("a file", encoding="utf-8")
    assert asked("--html", "fund.html") == 2
    assert "fund-pages cannot be written" in capsys.readouterr().err
    assert not (fund / "fund.html").exists()


def test_files_of_one_name_have_pages_of_their_own() -> None:
    assert named(["a/plan.toml", "b/plan.toml", "b/Plan.toml", "c/plan-2.toml"]) == [
        "plan.html", "plan-2.html", "Plan-3.html", "plan-2-2.html",
    ]  # fmt: skip
