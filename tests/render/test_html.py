"""A report as a page: one file in the look of `runway page`, that asks for nothing; a stranger's words are text."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from runway.cli import main
from runway.render.chart import Sparkline
from runway.render.figures import PLAIN
from runway.render.html import page
from runway.render.report import Cell, Column, Findings, Report, Row, Table

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

VOID = {"meta", "link", "br", "img", "input"}


class Reader(HTMLParser):
    """The tags of a page with their attributes, and whether each is closed in turn."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


@pytest.fixture
def written(capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    def write(*command: str) -> str:
        assert main([*command, "--html", "-"]) in (0, 1)
        return capsys.readouterr().out

    return write


COMMANDS = {
    "project saas-startup": "cash on each rung of the ladder",
    "project lemonade --full": "cash at the end of each month",
    "captable saas-startup": "",
    "exit saas-startup --value 50M": "",
    "simulate openai-2025 --paths 100 --no-checks": "cash of the futures",
    "compare saas-startup saas-startup-actuals": "",
    "variance saas-startup-actuals": "",
    "sensitivity lemonade --all": "",
}
"""By command, the picture that it has."""


@pytest.mark.parametrize("command", COMMANDS)
def test_a_page_is_one_file_under_a_strict_policy(written: Callable[..., str], command: str) -> None:
    text = written(*command.split())
    read = Reader(text)
    assert read.open == []
    style = text.partition("<style>")[2].partition("</style>")[0]
    allowed = b64encode(sha256(style.encode()).digest()).decode()
    policy = read.named("meta")[1]["content"] or ""
    assert policy.startswith(f"default-src 'none'; img-src data:; style-src 'sha256-{allowed}'")
    assert "unsafe" not in policy
    assert not read.named("script")
    assert not [attrs for _, attrs in read.tags if "style" in attrs or any(name.startswith("on") for name in attrs)]
    assert not re.search(r"https?://", text.partition("<main")[2])
    assert "prefers-color-scheme:dark" in style
    assert "@media print" in style
    assert len(read.named("h1")) == 1
    assert read.named("table")
    assert all(attrs.get("scope") for attrs in read.named("th"))
    assert all("aria-label" in attrs or attrs.get("aria-hidden") == "true" for attrs in read.named("svg"))
    said = [attrs.get("aria-label") or "" for attrs in read.named("svg")]
    assert any(label.startswith(COMMANDS[command]) for label in said) or not COMMANDS[command]


HOSTILE = '</style><script>alert(1)</script><img src=x onerror="1">'


def test_a_strangers_words_are_text(written: Callable[..., str], tmp_path: Path) -> None:
    said = json.dumps(HOSTILE)
    file = tmp_path / "hostile.toml"
    file.write_text(
        f'[model]\nname = {said}\nstart = "2026-01"\nmonths = 12\nopening_cash = 500\n'
        f"[captable.holders.ana]\ntitle = {said}\nshares = {{ common = 10 }}\n"
        f'[costs.rent]\ntitle = {said}\nkind = "recurring"\namount = "50/month"\n'
        f'[funding.seed]\ntitle = {said}\nkind = "priced_round"\nvaluation = {{ value = 900, basis = "pre_money" }}\n'
        f'[[funding.seed.closings]]\nname = "only"\ndate = "2026-03-01"\namount = 100\n'
        f'[scenarios.worse]\ntitle = {said}\nset = {{ "rent.amount" = "60/month" }}\n',
        encoding="utf-8",
    )
    for command in (["project"], ["project", "--full"], ["captable"], ["exit", "--value", "5000"], ["scenarios"]):
        read = Reader(written(command[0], str(file), *command[1:]))
        assert read.open == []
        assert not read.named("script")
        assert not read.named("img")


def test_what_a_cell_leads_to_and_a_line_in_it() -> None:
    line = Sparkline("Acme", (5.0, 3.0, -1.0), 0.0)
    row = Row([Cell("Acme & Co", page="pages/acme%20%22.html"), Cell(line, "spark"), Cell(3.0, style="bold red")])
    table = Table("COMPANIES", (Column("company"), Column("cash", "spark"), Column("left", "months")), [row])
    text = page(Report(("One",), PLAIN, [[table, Findings([("3.0 months left", "and then out")], "bold")]]))
    read = Reader(text)
    assert read.named("a") == [{"href": "pages/acme%20%22.html"}]
    assert "Acme &amp; Co</a>" in text
    assert len(read.named("polyline")) == 1
    assert [attrs["class"] for attrs in read.named("td") if "class" in attrs] == ["figure below"]
    assert read.named("dl") == [{"class": "strong"}]
