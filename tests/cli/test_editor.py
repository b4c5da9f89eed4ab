"""What an editor, a shell and a build server are given."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import pytest

from runway.cli import main
from runway.cli.app import MODULES, application
from runway.cli.command import COMMANDS
from runway.files.document import bundled_models

if TYPE_CHECKING:
    from pathlib import Path

NAMES = [name for names in MODULES.values() for name in names]
CHECKED = """
[model]
name = "A & B <co>"
start = "2026-01"
months = 24
opening_cash = "1.5M"
[costs.team]
kind = "recurring"
amount = "200_000/month"
[[checks]]
name = "a year, 100%: enough"
require = "runway.certain >= 18 months"
[[checks]]
expect = "cash in 2026-03"
value = "900k"
within = 0
[[checks]]
expect = "cash in 2026-04"
value = "900k"
within = 0
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    application()
    (tmp_path / "fund").mkdir()
    (tmp_path / "fund" / "one.toml").write_text(bundled_models()["saas-startup"].read_text(), encoding="utf-8")
    (tmp_path / "bank.csv").write_text("date,description,amount\n2026-01-05,Rent,-6500\n", encoding="utf-8")
    (tmp_path / "checked.toml").write_text(CHECKED, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.proof
@pytest.mark.parametrize("name", NAMES)
def test_a_help_page_begins_with_a_call_that_runs(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([name, "--help"]) == 0
    page = capsys.readouterr().out
    example = COMMANDS[name].example
    assert " ".join(page.split()).index(example) < 200
    assert "<bool>" not in page
    assert main(["init"]) == 0
    _, *words = shlex.split(example)
    assert main(words if words != ["init"] else ["init", "other.toml"]) == 0


def test_the_list_of_commands_says_what_each_does(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    page = capsys.readouterr().out
    assert "How long the cash lasts, counting what, and why." in page
    assert "<bool>" not in page
    assert "--install-completion" in page


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("runway sens", {"sensitivity"}),
        ("runway project saas", {"saas-startup", "saas-startup-actuals"}),
        ("runway check ch", {"checked.toml"}),
        ("runway check fu", {"fund/"}),
        ("runway check fund/o", {"fund/one.toml"}),
        ("runway project openai-2025 --scenario de", {"dear_chips", "delayed_launch", "demand_slump"}),
        ("runway project lemonade --set lemonade.pr", {"lemonade.price="}),
        ("runway sensitivity lemonade --param stall.g", {"stall.growth"}),
        ("runway explain lemonade lemonade.pr", {"lemonade.price"}),
        ("runway explain stati", {"static_runway"}),
        ("runway explain lemonade net_bu", {"net_burn"}),
        ("runway explain lemonade stal", {"stall", "stall.amount"}),
        ("runway explain lemonade stall.", {"stall.amount", "stall.payday"}),
        ("runway explain lemonade costs.stall.", {"costs.stall.amount", "costs.stall.payday"}),
        ("runway project lemonade --set costs.", {"costs.stall.amount=", "costs.helper.growth="}),
        ("runway explain lemonade runway.", {"runway.certain"}),
        ("runway project nothere.toml --set a", set()),
        ("runway solve lemonade --vary stall.t", set()),  # a title is no figure
        ("runway project lemonade --set stall.t", {"stall.title="}),
    ],
)
def test_a_shell_completes(
    line: str, offered: set[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = {"COMP_WORDS": line, "COMP_CWORD": str(len(line.split()) - 1), "_RUNWAY_COMPLETE": "complete_bash"}
    for name, value in asked.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit, match="0"):
        main([])
    streams = capsys.readouterr()
    assert offered <= set(streams.out.split())
    assert streams.err == ""
    if not offered:
        assert streams.out.split() == []


def test_a_shell_completes_in_a_process_of_its_own() -> None:
    asked = {"COMP_WORDS": "runway sens", "COMP_CWORD": "1", "_RUNWAY_COMPLETE": "complete_bash"}
    runway = [sys.executable, "-m", "runway"]
    done = subprocess.run(runway, env={**os.environ, **asked}, capture_output=True, text=True, check=True)
    assert (done.stdout.split(), done.stderr) == (["sensitivity"], "")


def test_the_schema_stands_where_a_new_file_looks_for_it(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init"]) == 0
    first = (folder / "runway.toml").read_text(encoding="utf-8").partition("\n")[0]
    for _ in range(2):  # an older one is replaced
        assert main(["schema", "--install"]) == 0
    file = first.removeprefix("#:schema ./")
    assert json.loads((folder / file).read_text(encoding="utf-8"))["title"] == "runway assumption file"
    (folder / file).write_text("{}", encoding="utf-8")
    assert main(["schema", "--install"]) == 2
    assert "Move it first" in capsys.readouterr().err
    assert (folder / file).read_text(encoding="utf-8") == "{}"


def test_problems_as_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "wrong.toml").write_text(CHECKED.replace('"200_000/month"', "true"), encoding="utf-8")
    assert main(["validate", "wrong.toml", "checked.toml", "--json"]) == 2
    streams = capsys.readouterr()
    told = json.loads(streams.out)
    assert streams.err == ""
    assert [file["file"] for file in told["valid"]] == ["checked.toml"]
    assert [(p["file"], p["line"], p["column"]) for p in told["problems"]] == [("wrong.toml", 9, 10)]
    assert main(["validate", "checked.toml", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["problems"] == []


def test_verdicts_for_a_build_server(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "checked.toml", "--format", "github"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == (
        "::error file=checked.toml,line=12,title=a year%2C 100%25%3A enough::expected >= 18.0 months, is 7.5 months"
    )
    assert lines[1].endswith("::expected 900.0 USD thousands, is 700.0 USD thousands")
    assert lines[2:] == ["::notice::3 checks of A & B <co>, 2 failed"]
    assert main(["check", "checked.toml", "--format", "junit"]) == 1
    junit = capsys.readouterr().out
    suite = ET.fromstring(junit)[0]
    assert (suite.get("name"), suite.get("tests"), suite.get("failures")) == ("A & B <co>", "3", "2")
    assert [case.find("failure") is None for case in suite] == [False, True, False]
    assert main(["check", "checked.toml", "--format", "junit", "--csv", "checked.csv"]) == 1
    assert capsys.readouterr().out == junit
    assert main(["check", "checked.toml", "--format", "junit", "--json"]) == 2
