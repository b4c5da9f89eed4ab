"""init, validate, schema, kinds, models: the commands for whoever writes an assumption file."""

from __future__ import annotations

import io
import json
import re
import sys
import tomllib
from pathlib import Path

import pytest

import runway
from runway.cli import main
from runway.cli.author import STARTER


def test_the_starter_is_a_whole_file_and_each_key_is_explained():
    data = tomllib.loads(STARTER.read_text(encoding="utf-8"))
    assert set(data) >= {"model", "revenue", "costs", "capital", "tax", "events", "funding", "captable", "scenarios"}
    assert 50 <= len(STARTER.read_text(encoding="utf-8").splitlines()) <= 111


def test_init_writes_the_starter_once(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["init"]) == 0
    assert capsys.readouterr().err == "wrote runway.toml; next: runway project\n"
    assert Path("runway.toml").read_text(encoding="utf-8") == STARTER.read_text(encoding="utf-8")
    Path("runway.toml").write_text("mine")
    assert main(["init"]) == 2
    assert capsys.readouterr().err.startswith("output-refused\nrunway.toml already exists")
    assert Path("runway.toml").read_text() == "mine"
    assert main(["init", "other.toml"]) == 0
    assert capsys.readouterr().err == "wrote other.toml; next: runway project other.toml\n"


def test_init_to_standard_output(capsys):
    assert main(["init", "-"]) == 0
    assert capsys.readouterr().out == STARTER.read_text(encoding="utf-8")


def test_what_init_writes_is_valid_and_runs(tmp_path, capsys):
    plan = tmp_path / "plan.toml"
    assert main(["init", str(plan)]) == 0
    assert main(["validate", str(plan)]) == 0
    assert re.fullmatch(r"OK .*plan\.toml: 6 lines, \d+ figures, 0 of them with a source\n", capsys.readouterr().out)
    assert main(["project", str(plan)]) == 0
    assert main(["project", str(plan), "--scenario", "slow_growth"]) == 0
    assert main(["captable", str(plan)]) == 0
    assert main(["exit", str(plan), "--value", "20M"]) == 0


def test_validate_says_ok_for_each_file(capsys):
    assert main(["validate", "lemonade", "openai-2025"]) == 0
    assert [line.split(":")[0] for line in capsys.readouterr().out.splitlines()] == ["OK lemonade", "OK openai-2025"]


def test_validate_shows_all_problems_of_all_files(tmp_path, capsys):
    for name in ("a.toml", "b.toml"):
        (tmp_path / name).write_text('[model]\nname = "x"\nstart = "2026-01"\nmonths = 0\nopening_cash = "1 cow"\n')
    assert main(["validate", str(tmp_path / "a.toml"), "lemonade", str(tmp_path / "b.toml"), "no-such-model"]) == 2
    captured = capsys.readouterr()
    assert captured.out.startswith("OK lemonade")
    assert re.search(r"a\.toml:4:10 ", captured.err)
    assert re.search(r"b\.toml:5:16 ", captured.err)
    assert re.search(r"\d+ problems in [23] files\n$", captured.err)


def test_validate_reads_standard_input(monkeypatch, capsys):
    text = io.TextIOWrapper(io.BytesIO(STARTER.read_bytes()))
    monkeypatch.setattr(sys, "stdin", text)
    assert main(["validate", "-"]) == 0
    assert capsys.readouterr().out.startswith("OK -: ")


def test_schema_is_json_schema(capsys):
    assert main(["schema"]) == 0
    assert "properties" in json.loads(capsys.readouterr().out)["$defs"]["File"]


def test_kinds_are_listed_and_explained(capsys):
    assert main(["kinds"]) == 0
    text = capsys.readouterr().out
    assert all(f"\n  {name} " in text for name in ("recurring", "subscription", "headcount", "priced_round", "driver"))
    assert main(["kinds", "subscription"]) == 0
    assert "  churn " in capsys.readouterr().out


def test_a_kind_that_there_is_not(capsys):
    assert main(["kinds", "subscripton"]) == 2
    text = capsys.readouterr().err
    assert text.startswith("unknown-kind\nThere is no kind called subscripton. Did you mean subscription?\nKinds: ")


def test_kinds_as_json(capsys):
    assert main(["kinds", "--json"]) == 0
    kinds = {kind["name"]: kind for kind in json.loads(capsys.readouterr().out)["kinds"]}
    assert kinds["subscription"]["sections"] == ["revenue"]
    assert "churn" in {field["name"] for field in kinds["subscription"]["fields"]}


def test_models_are_listed(capsys):
    assert main(["models"]) == 0
    text = capsys.readouterr().out
    assert text.splitlines()[1].startswith("  lemonade ")
    assert main(["models", "--json"]) == 0
    models = json.loads(capsys.readouterr().out)["models"]
    assert [set(model) for model in models] == [{"name", "title", "path"}] * len(models)
    assert {"openai-2024", "openai-2025", "saas-startup", "lemonade"} <= {model["name"] for model in models}


@pytest.mark.parametrize("name", runway.models().to_dict()["models"], ids=lambda model: model["name"])
def test_a_bundled_model_is_printed_and_copied_as_it_is(name, tmp_path, monkeypatch, capsys):
    """The copy projects as the model does, without anything else of the repository."""
    monkeypatch.chdir(tmp_path)
    name, text = name["name"], Path(name["path"]).read_text(encoding="utf-8")
    assert main(["models", name]) == 0
    assert capsys.readouterr().out == text
    assert main(["init", "--from", name]) == 0
    assert Path("runway.toml").read_text(encoding="utf-8") == text
    copied, bundled = runway.project("./runway.toml"), runway.project(name)
    assert copied.rows == bundled.rows


def test_a_copy_takes_its_books_along_or_nothing_is_written(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("saas-startup-stripe.csv").write_text("mine")
    assert main(["init", "--from", "saas-startup-actuals"]) == 2
    assert capsys.readouterr().err.startswith("output-refused\nsaas-startup-stripe.csv already exists")
    assert [path.name for path in tmp_path.iterdir()] == ["saas-startup-stripe.csv"]
    (tmp_path / "books").mkdir()
    assert main(["init", "books/plan.toml", "--from", "saas-startup-actuals"]) == 0
    books = ("invoices", "bank-1", "bank-2", "stripe")
    says = ", ".join(["wrote books/plan.toml", *(f"books/saas-startup-{name}.csv" for name in books)])
    says += " and books/saas-startup-payroll.csv; next: runway project books/plan.toml\n"
    assert capsys.readouterr().err == says
    assert main(["variance", "books/plan.toml"]) == 0


def test_a_copy_to_standard_output(capsys):
    assert main(["models", "lemonade"]) == 0
    text = capsys.readouterr().out
    assert main(["init", "-", "--from", "lemonade"]) == 0
    assert capsys.readouterr().out == text


@pytest.mark.parametrize("name", ["lemonade", "saas-startup"])
def test_loaded_models_can_be_named_anywhere(name):
    assert runway.load(name)


def test_what_is_next_can_be_typed(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["init", "our plan.toml"]) == 0
    assert capsys.readouterr().err == "wrote our plan.toml; next: runway project 'our plan.toml'\n"


@pytest.mark.parametrize(("mark", "code"), [("kr.", "SEK"), ("Rs.", "PKR"), ("", "GBP")])
def test_a_company_is_in_the_currency_that_is_said(mark, code, tmp_path, monkeypatch, capsys):
    """A mark that several currencies have is refused, and nothing is written, until it is said which it is."""
    monkeypatch.chdir(tmp_path)
    rows = [f'2026-0{m}-{day},{who},"{amount} {mark}"\n' for m in (1, 2, 3) for day, who, amount in
            (("05", "Customer", "1,000.00"), ("30" if m != 2 else "28", "Rent", "-700.00"))]  # fmt: skip
    Path("bank.csv").write_text("".join(["date,description,amount\n", *rows]), encoding="utf-8")
    said = ["init", "--from", "bank.csv", "--opening-cash", "9000"]
    if mark:
        assert main(said) == 2
        assert f"{mark} may be " in capsys.readouterr().err
        assert [path.name for path in tmp_path.iterdir()] == ["bank.csv"]
    assert main([*said, "--currency", code.lower()]) == 0
    assert runway.load("./runway.toml").model.settings.currency == code
    assert main(["project"]) == 0
