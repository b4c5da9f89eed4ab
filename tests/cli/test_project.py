"""`runway project`: what it asks of the library, where its output goes."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from importlib import import_module
from inspect import signature

import pytest
from support.output_fixtures import lemonade

import runway
from runway.cli import main
from runway.cli.app import MODULES
from runway.cli.command import COMMANDS, visible


@pytest.fixture
def asked(monkeypatch):
    """What is asked of `runway.load`; the projection is that of the lemonade stand."""
    calls, plan = [], runway.load("lemonade")

    def load(model, scenario="base", set=None):  # noqa: A002
        calls.append((model, scenario, set))
        return plan

    monkeypatch.setattr(runway, "load", load)
    monkeypatch.setattr(runway, "project", lambda _: lemonade())
    return calls


def test_a_report_on_standard_output(asked, capsys):
    assert main(["project", "lemonade"]) == 0
    captured = capsys.readouterr()
    assert captured.out.startswith("Lemonade · base · Jan–Jun 2026 · USD\n")
    assert captured.err == ""
    assert asked == [("lemonade", "base", {})]


def test_scenario_and_changes_are_passed_on(asked):
    arguments = ["-s", "slow", "--set", "rent.amount=5k/month", "--set", "a.b == c"]
    assert main(["project", "plan.toml", *arguments]) == 0
    assert asked == [("plan.toml", "slow", {"rent.amount": "5k/month", "a.b": "= c"})]


def test_changes_that_say_nothing_are_all_named(asked, capsys):
    assert main(["project", "lemonade", "--set", "rent", "--set", "=3", "--set", "rent=", "--set", "a=b"]) == 2
    text = capsys.readouterr().err
    assert text.count("set-malformed\n") == 3
    assert "--set rent does not say" in text


def commands_with_changes():
    """The commands that take `--set`."""
    for module, names in MODULES.items():
        import_module(f"runway.cli.{module}")
        yield from (name for name in names if "set_" in signature(visible(COMMANDS[name])).parameters)


@pytest.mark.parametrize("name", [*commands_with_changes()])
def test_a_change_that_says_nothing_is_told_before_a_model_is_named_or_left_out(name, capsys, tmp_path, monkeypatch):
    """A word or an error has a page without a model."""
    monkeypatch.chdir(tmp_path)
    further = {"export": [["x.csv"]], "explain": [[], ["certain"], ["rate-without-period"]]}.get(name, [[]])
    further += [["--watch"]] if name == "project" else []
    for words in further:
        assert main([name, *words, "--set", "foo"]) == 2
        captured = capsys.readouterr()
        assert captured.out == ""
        assert captured.err.startswith("set-malformed\n--set foo does not say"), words


@pytest.mark.parametrize("name", [*commands_with_changes()])
@pytest.mark.parametrize("address", ["stall.amount", "costs.stall.amount"])
def test_a_figure_is_set_once_however_its_address_is_spelt(name, address, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    words = {"export": ["x.csv"], "explain": ["cash"], "exit": ["--value", "5M"]}.get(name, [])
    assert main([name, "lemonade", *words, "--set", "stall.amount=1", "--set", f"{address}=2"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("command line:1:7 given-twice\n")
    assert not [*tmp_path.iterdir()]


def test_which_model_is_read_is_said_only_when_none_was_named(asked, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["project", "--json"]) == 0
    captured = capsys.readouterr()
    assert captured.err == "reading openai-2025 (bundled); name a file to read yours\n"
    json.loads(captured.out)
    (tmp_path / "runway.toml").write_text("")
    assert main(["project"]) == 0
    assert "runway.toml\n" in capsys.readouterr().err
    assert next(model for model, *_ in asked) == "openai-2025"


@pytest.mark.usefixtures("asked")
def test_json(capsys):
    assert main(["project", "lemonade", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == lemonade().to_dict()


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize(("more", "first"), [([], "month,opening_cash,"), (["--long"], "month,address,value")])
def test_csv_on_standard_output(capsys, more, first):
    assert main(["project", "lemonade", "--csv", "-", *more]) == 0
    assert capsys.readouterr().out.startswith(first)


@pytest.mark.usefixtures("asked")
def test_csv_to_a_file(capsys, tmp_path):
    target = tmp_path / "cash.csv"
    assert main(["project", "lemonade", "--csv", str(target)]) == 0
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", f"wrote {target}\n")
    assert target.read_text().startswith("month,opening_cash,")


@pytest.mark.usefixtures("asked")
def test_csv_to_a_file_beside_json(capsys, tmp_path):
    assert main(["project", "lemonade", "--csv", str(tmp_path / "cash.csv"), "--json"]) == 0
    json.loads(capsys.readouterr().out)
    assert (tmp_path / "cash.csv").exists()


@pytest.mark.usefixtures("asked")
def test_csv_never_over_assumptions(capsys, tmp_path):
    (tmp_path / "plan.toml").write_text("keep")
    assert main(["project", "lemonade", "--csv", str(tmp_path / "plan.toml")]) == 2
    assert capsys.readouterr().err.startswith("output-refused\n")
    assert (tmp_path / "plan.toml").read_text() == "keep"


@pytest.mark.parametrize(
    ("arguments", "name"), [(["--long"], "long-without-csv"), (["--json", "--csv", "-"], "two-outputs")]
)
def test_outputs_that_do_not_go_together(asked, capsys, arguments, name):
    assert main(["project", "lemonade", *arguments]) == 2
    assert capsys.readouterr().err.startswith(name + "\n")
    assert not asked


@pytest.mark.parametrize(("printed", "written"), [("csv", "html"), ("html", "csv")])
def test_a_file_is_written_beside_what_is_printed(capsys, tmp_path, printed, written):
    target = tmp_path / f"cash.{written}"
    assert main(["project", "lemonade", f"--{printed}", "-", f"--{written}", str(target)]) == 0
    first = {"csv": "month,opening_cash,", "html": "<!DOCTYPE html>"}
    captured = capsys.readouterr()
    assert captured.out.startswith(first[printed])
    assert captured.err == f"wrote {target}\n"
    assert target.read_text().startswith(first[written])


@pytest.mark.usefixtures("asked")
def test_by_sets_the_columns(capsys):
    assert main(["project", "lemonade", "--by", "quarter"]) == 0
    text = capsys.readouterr().out
    assert "Q1" in text
    assert "Feb" not in text


def test_only_what_is_printed_is_imported():
    """What goes into a pipe needs no rich, nothing needs numpy."""
    code = (
        "import sys, io; import runway; from support.output_fixtures import lemonade;"
        "runway.project = lambda *a, **k: lemonade(); from runway.cli import main;"
        "out, sys.stdout = sys.stdout, io.StringIO();"
        "main(['project', 'lemonade', *sys.argv[1:]]); sys.stdout = out;"
        "print([m for m in ('rich.console', 'numpy', 'tree_sitter') if m in sys.modules])"
    )
    for arguments in (["--json"], ["--csv", "-"], []):
        done = subprocess.run(
            [sys.executable, "-c", code, *arguments],
            capture_output=True, text=True, check=True, env={"PYTHONPATH": ":".join(sys.path)},
        )  # fmt: skip
        assert done.stdout.strip() == "[]"


def test_what_reads_the_packages_there_are_is_not_imported_and_can_be_afterwards():
    code = (
        "import sys; from runway.cli import main; sys.argv[1:] = ['project', 'lemonade']; main();"
        "print('importlib.metadata' in sys.modules, 'email' in sys.modules, file=sys.stderr);"
        "from importlib.metadata import version; print(len(version('typer')) > 0, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONPATH": ":".join(sys.path)}
    )
    assert done.stderr.split() == ["False", "False", "True"]


@pytest.mark.usefixtures("asked")
def test_a_stream_that_cannot_be_set_up_is_no_hindrance(monkeypatch):
    out = io.StringIO()
    monkeypatch.setattr(sys, "stdout", out)
    assert main(["project", "lemonade"]) == 0
    assert out.getvalue().startswith("Lemonade")


@pytest.mark.parametrize(
    "arguments",
    [
        ("project", "--full", "--json"),
        ("project", "--by", "month", "--json"),
        ("project", "--by", "quarter", "--csv", "-"),
        ("project", "--by", "week", "--json"),
        ("project", "--show", "cash", "--json", "--html", "out.html"),
        ("statements", "--by", "quarter", "--csv", "out.csv", "--json"),
        ("scenarios", "--unit", "full", "--csv", "-"),
        ("simulate", "--by", "2025-06", "--json", "--paths", "64"),
        ("simulate", "--until", "5%", "--paths", "100000"),
    ],
)
def test_what_an_output_has_anyway_may_be_asked_for(tmp_path, monkeypatch, arguments):
    monkeypatch.chdir(tmp_path)
    command, *options = arguments
    assert main([command, "lemonade", *options]) == 0
