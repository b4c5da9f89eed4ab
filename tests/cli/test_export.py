"""`runway export`: the ending says what is written; an existing file is kept unless --force."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys

import openpyxl
import pytest
from support.output_fixtures import long_csv, wide_csv

import runway
from runway.cli import main


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.proof
def test_a_workbook(capsys, folder):
    assert main(["export", "lemonade", "stand.xlsx"]) == 0
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "wrote stand.xlsx\n")
    assert openpyxl.load_workbook(folder / "stand.xlsx")["Summary"]["A1"].value == "Lemonade stand"


def test_csv_is_what_project_writes(capsys, folder):
    assert main(["export", "lemonade", "stand.csv"]) == 0
    assert (folder / "stand.csv").read_text() == wide_csv(runway.project("lemonade"))
    assert main(["export", "lemonade", "long.CSV", "--long"]) == 0
    assert (folder / "long.CSV").read_text() == long_csv(runway.project("lemonade"))
    assert main(["project", "lemonade", "--csv", "-"]) == 0
    assert capsys.readouterr().out == wide_csv(runway.project("lemonade"))


def test_json_is_what_project_prints(folder):
    assert main(["export", "lemonade", "stand.json"]) == 0
    assert json.loads((folder / "stand.json").read_text()) == runway.project("lemonade").to_dict()


def test_markdown(folder):
    assert main(["export", "lemonade", "stand.md"]) == 0
    assert (folder / "stand.md").read_text(encoding="utf-8").startswith("# Lemonade stand\n")


@pytest.mark.proof
def test_scenario_and_set(folder):
    assert main(["export", "lemonade", "a.json", "--scenario", "rain", "--set", "model.opening_cash=1000"]) == 0
    same = runway.project("lemonade", scenario="rain", set={"model.opening_cash": "1000"})
    assert json.loads((folder / "a.json").read_text()) == same.to_dict()
    assert main(["export", "lemonade", "a.xlsx", "--scenario", "rain", "--set", "model.opening_cash=1000"]) == 0
    cells = openpyxl.load_workbook(folder / "a.xlsx")["Summary"]
    assert cells["A2"].value.startswith("rain · ")
    assert cells["A3"].value == "with model.opening_cash 1000"


def test_the_model_may_be_left_out(capsys, folder):
    assert main(["export", "plan.json"]) == 0
    assert capsys.readouterr().err == "reading openai-2025 (bundled); name a file to read yours\nwrote plan.json\n"
    assert json.loads((folder / "plan.json").read_text())["source"] == "openai-2025"


def test_from_standard_input(monkeypatch, folder):
    text = b'[model]\nname = "In"\nstart = "2025-01"\nmonths = 2\nopening_cash = 5\n'
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text)))
    assert main(["export", "-", "in.xlsx"]) == 0
    assert (folder / "in.xlsx").exists()


@pytest.mark.proof
@pytest.mark.parametrize("ending", ["xlsx", "csv", "json", "md"])
def test_an_existing_file_is_replaced_only_with_force(capsys, folder, ending):
    target = folder / f"old.{ending}"
    target.write_text("keep")
    assert main(["export", "lemonade", target.name]) == 2
    assert capsys.readouterr().err.startswith("output-exists\n")
    assert target.read_text() == "keep"
    assert main(["export", "lemonade", target.name, "--force"]) == 0
    assert target.read_bytes() != b"keep"
    assert list(folder.iterdir()) == [target]


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_a_write_that_fails_leaves_the_old_file_whole(capsys, folder, monkeypatch, ending):
    target = folder / f"old.{ending}"
    target.write_text("keep")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", full)
    assert main(["export", "lemonade", target.name, "--force"]) == 2
    assert capsys.readouterr().err.startswith("output-unwritable\n")
    assert target.read_text() == "keep"
    assert list(folder.iterdir()) == [target]


def test_never_over_the_model(capsys, folder):
    model = folder / "plan.csv"
    model.write_text('[model]\nname = "In"\nstart = "2025-01"\nmonths = 2\nopening_cash = 5\n')
    assert main(["export", "plan.csv", "plan.csv", "--force"]) == 2
    assert capsys.readouterr().err.startswith("output-refused\n")
    assert main(["export", "lemonade", "plan.toml", "--force"]) == 2
    assert capsys.readouterr().err.startswith("unknown-format\n")
    assert model.read_text().startswith("[model]")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "Name the file to write, for example runway.xlsx"),
        (["plan.toml"], "Write runway export plan.toml plan.xlsx."),
        (["plan"], "plan has no ending"),
        (["lemonade", "book.xls"], "book.xls ends in .xls"),
        (["lemonade", "-"], "- is no file"),
        (
            ["lemonade", ".xlsx"],
            ".xlsx is an ending without a name; runway writes .xlsx, .csv, .json and .md. For example runway.xlsx.",
        ),
        (["book.csv", "plan.toml"], "The model comes first: runway export plan.toml book.csv."),
    ],
)
def test_an_ending_that_is_not_known(capsys, folder, arguments, says):
    assert main(["export", *arguments]) == 2
    captured = capsys.readouterr().err
    assert captured.startswith("unknown-format\n")
    assert says in captured
    assert not list(folder.iterdir())


def test_what_a_spreadsheet_cannot_hold_is_located(capsys, folder):
    """More steps than CHOOSE takes; CSV and JSON hold them.  Others are in `errors/not-in-a-workbook`."""
    steps = ", ".join(f'"{2000 + n // 12}-{n % 12 + 1:02d}" = {n}' for n in range(260))
    text = (
        '[model]\nname = "In"\nstart = "2000-01"\nmonths = 260\nopening_cash = 5\n[drivers.level]\nformula = "height"\n'
    )
    (folder / "steps.toml").write_text(f"{text}height = {{ {steps} }}\n")
    assert main(["export", "steps.toml", "a.xlsx"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("steps.toml:8:1 not-in-a-workbook\n")
    assert "a schedule of 260 steps" in said
    assert main(["export", "steps.toml", "a.csv"]) == 0


@pytest.mark.proof
def test_only_what_is_written_is_imported(folder):
    """A workbook needs neither numpy nor rich; what is no workbook needs no XlsxWriter."""
    code = (
        "import sys; from runway.cli import main; main(['export', 'lemonade', sys.argv[1]]);"
        "print([m for m in ('xlsxwriter', 'rich.console', 'numpy') if m in sys.modules])"
    )
    for name, expected in (("a.xlsx", "['xlsxwriter']"), ("a.csv", "[]"), ("a.json", "[]"), ("a.md", "[]")):
        done = subprocess.run(
            [sys.executable, "-c", code, name],
            capture_output=True, text=True, check=True, env={**os.environ, "PYTHONPATH": ":".join(sys.path)},
        )  # fmt: skip
        assert done.stdout.strip() == expected


@pytest.mark.proof
def test_as_of_which_day_it_is_read_stands_in_every_format(folder):
    """Under the title of the workbook and of the Markdown, as `known` in the JSON; not where no day is asked for."""
    for ending in (".xlsx", ".md", ".json"):
        assert main(["export", "openai-2025", f"then{ending}", "--as-of", "2025-05-09"]) == 0
        assert main(["export", "openai-2025", f"now{ending}"]) == 0
    line = "as of 9 May 2025: no books, 59 undated"
    summary = openpyxl.load_workbook(folder / "then.xlsx")["Summary"]
    assert summary["A3"].value == line
    assert openpyxl.load_workbook(folder / "now.xlsx")["Summary"]["A3"].value is None
    assert line in (folder / "then.md").read_text(encoding="utf-8").split("\n## ")[0]
    assert "as of 9 May" not in (folder / "now.md").read_text(encoding="utf-8").split("\n## ")[0]
    known = json.loads((folder / "then.json").read_text(encoding="utf-8"))["known"]
    assert (known["as_of"], known["closed"], len(known["undated"])) == ("2025-05-09", None, 59)
    assert "known" not in json.loads((folder / "now.json").read_text(encoding="utf-8"))
