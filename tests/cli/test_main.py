"""The entry point: exit codes, no traceback, a quick --version."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

import runway
from runway.cli import main
from runway.errors import InputError, Problem


def raising(monkeypatch, error):
    def project(*_, **__):
        raise error

    monkeypatch.setattr(runway, "project", project, raising=False)
    return main(["project", "lemonade"])


@pytest.mark.parametrize("flag", ["--version", "-V"])
def test_version(capsys, flag):
    assert main([flag]) == 0
    assert capsys.readouterr().out == f"runway {runway.__version__}\n"


def test_version_beside_other_words(capsys):
    assert main(["--version", "project"]) == 0
    assert capsys.readouterr().out == f"runway {runway.__version__}\n"


@pytest.mark.parametrize("arguments", [["--help"], ["-h"]])
def test_help_lists_the_commands_under_their_headings(capsys, arguments):
    assert main(arguments) == 0
    text = capsys.readouterr().out
    assert text.index("Project") < text.index("project ") < text.index("Author") < text.index("validate")
    assert all(name in text for name in ("init", "schema", "kinds", "models"))


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["projct"], "No such command 'projct'. Did you mean 'project'?\nSee runway --help.\n"),
        (["project", "--scenari", "x"], "No such option: --scenari"),
        (["project", "a", "b"], "unexpected extra argument"),
        (["project", "--by", "day"], "'day' is not one of 'week', 'month', 'quarter', 'year'"),
        (["simulate", "--paths", "1e5"], "Invalid value for '--paths' / '-n': write a whole number, such as 12.\n"),
        (["exit", "--steps", "1"], "Invalid value for '--steps': write at least 2\n"),
        (["exit", "--steps", "1000"], "Invalid value for '--steps': write at most 200\n"),
        (["portfolio", ".", "--holder"], "Option '--holder' requires an argument.\nSee runway portfolio --help.\n"),
        (["--colour"], "No such option: --colour\nSee runway --help.\n"),
    ],
)
def test_a_wrong_command_line_is_two(capsys, arguments, text):
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert text in captured.err
    assert not captured.out


def test_problems_are_two(monkeypatch, capsys):
    assert raising(monkeypatch, InputError(Problem("unknown-scenario", "There is no scenario x."))) == 2
    assert capsys.readouterr().err == "unknown-scenario\nThere is no scenario x.\n"


def test_a_defect_is_seventy_and_short(monkeypatch, capsys):
    monkeypatch.delenv("RUNWAY_DEBUG", raising=False)
    assert raising(monkeypatch, ZeroDivisionError("division\nby zero")) == 70
    text = capsys.readouterr().err
    assert text.startswith("This is a defect in runway, not in your file: ZeroDivisionError: division by zero\n")
    assert "Traceback" not in text


def test_a_defect_shows_where_when_asked(monkeypatch, capsys):
    monkeypatch.setenv("RUNWAY_DEBUG", "1")
    assert raising(monkeypatch, ZeroDivisionError("division by zero")) == 70
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [["portfolio"], ["import"], ["init", "new.toml", "--from"], ["import", "b.csv", "--plan", "lemonade", "-o"]],
)
def test_a_name_too_long_for_a_file_is_refused(capsys, arguments):
    assert main([*arguments, "a" * 300]) == 2
    assert capsys.readouterr().err == f"file-unreadable\n{'a' * 300} cannot be opened: file name too long.\n"


@pytest.mark.parametrize("arguments", [["portfolio"], ["import"], ["init", "new.toml", "--from"]])
def test_links_that_lead_in_a_circle_are_refused(capsys, monkeypatch, tmp_path, arguments):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    assert main([*arguments, "a"]) == 2
    assert capsys.readouterr().err == "file-unreadable\na cannot be opened: too many levels of symbolic links.\n"


def test_a_folder_that_may_not_be_looked_into_is_refused(monkeypatch, capsys):
    assert raising(monkeypatch, PermissionError(errno.EACCES, "Permission denied", "/locked/plan.csv")) == 2
    assert capsys.readouterr().err == "file-unreadable\n/locked/plan.csv cannot be opened: permission denied.\n"


@pytest.mark.parametrize("arguments", [["check", "lemonade"], ["guide", "files"], ["project", "--help"]])
def test_a_terminal_that_says_no_width(monkeypatch, capsys, arguments):
    """What has styles is fitted by rich, which takes 0 columns as they are."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "0")
    assert main(arguments) == 0
    assert len(capsys.readouterr().out.split()) > 5


def test_interrupted(monkeypatch):
    assert raising(monkeypatch, KeyboardInterrupt()) == 130


def run(*arguments, **options):
    command = [sys.executable, "-m", "runway", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


def test_a_reader_that_goes_away_is_met_with_silence():
    """`head` closes the pipe while there is more to come."""
    command = f"{sys.executable} -m runway kinds --json | head -c 1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert done.stdout.split("{")[-1].strip() in ("0", "141")  # 0: all of it was in the pipe before head left


def test_a_reader_of_the_help_that_is_gone():
    """As with every other output: its end is no failure of the command."""
    end, begin = os.pipe()
    os.close(end)
    command = [sys.executable, "-m", "runway", "project", "--help"]
    done = subprocess.run(command, stdout=begin, stderr=subprocess.PIPE, text=True, check=False)
    os.close(begin)
    assert (done.returncode, done.stderr) == (141, "")


def test_version_imports_nothing_heavy():
    code = (
        "import sys; from runway.cli import main; main(['--version']);"
        "print([m for m in ('typer', 'rich', 'pydantic', 'numpy', 'tree_sitter') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[1] == "[]"


def test_an_ascii_terminal_still_gets_the_figures():
    done = run("project", "lemonade", env={"PYTHONIOENCODING": "ascii", "PYTHONPATH": ":".join(sys.path)})
    assert done.returncode == 0
    assert "7.0 months left" in done.stdout
    assert "?" not in done.stdout
    chart = [line for line in done.stdout.splitlines() if line.startswith(("  600  |", "    0  +"))]
    assert all(set(line) & set("'.:") for line in chart)


PLAIN_ENVIRONMENT = {"PYTHONIOENCODING": "ascii", "PYTHONPATH": ":".join(sys.path)}


def test_an_ascii_terminal_shows_a_currency_by_its_code(tmp_path):
    """In the columns of a table, in a file that is printed and below the caret of a message."""
    done = run("explain", "saas-startup", "office.amount", env=PLAIN_ENVIRONMENT)
    (line,) = [line for line in done.stdout.splitlines() if "7500" in line]
    assert line.endswith(" EUR7500/month")
    assert len(line) == 79
    (line,) = [line for line in run("explain", "saas-startup", "office.amount").stdout.splitlines() if "7500" in line]
    assert len(line) == 79
    done = run("models", "saas-startup", env=PLAIN_ENVIRONMENT)
    assert 'price  = "EUR1500"' in done.stdout
    (tmp_path / "a.toml").write_text(
        '[model]\nname = "Café 茶"\ncurrency = "CNY"\nstart = "2026-01"\nmonths = 3\nopening_cash = "¥5"\n'
        '[costs.rent]\nkind = "recurring"\namount = "¥500/month"\n',
        encoding="utf-8",
    )
    done = run("explain", str(tmp_path / "a.toml"), "rent.amount", env=PLAIN_ENVIRONMENT)
    assert done.stdout.startswith("Cafe ? . base . CNY\n")
    assert "  CNY500/month\n" in done.stdout
    (tmp_path / "b.toml").write_text(
        '[model]\nname = "x"\nstart = "2026-01"\nmonths = 3\nopening_cash = { value = "€1.2x" }\n', encoding="utf-8"
    )
    done = run("project", str(tmp_path / "b.toml"), env=PLAIN_ENVIRONMENT)
    source, caret = done.stderr.splitlines()[2:4]
    assert source[caret.index("^") : caret.rindex("^") + 1] == '"EUR1.2x"'


@pytest.mark.parametrize("value", ["\udcff", "\udce2\udc82\udcac5x"])  # as Python has bytes that it could not decode
def test_an_argument_of_another_encoding_is_a_value_that_cannot_be_read(capsys, value):
    assert main(["project", "lemonade", "--set", f"stall.amount={value}"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("command line:1:20 ")
    assert ("€5x" in said) == value.endswith("5x")


def test_an_ascii_terminal_keeps_what_a_sign_says():
    done = run("compare", "openai-2025", "-s", "demand_slump", env=PLAIN_ENVIRONMENT)
    assert "21.9 -> 18.3 months" in done.stdout
    assert "?" not in done.stdout


def in_a_shell(line):
    """The exit code, standard output and standard error of `runway LINE`, with redirections."""
    done = subprocess.run(
        ["sh", "-c", f"{sys.executable} -m runway {line}"], capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("line", ["project lemonade", "project lemonade --csv -", "check lemonade", "--help", "-V"])
@pytest.mark.parametrize(
    ("where", "why"), [(">/dev/full", "No space left on device"), (">&-", "standard output is closed")]
)
def test_output_that_cannot_be_written_is_two(line, where, why):
    assert in_a_shell(f"{line} {where}") == (2, "", f"The output cannot be written: {why}.\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("where", ["2>/dev/full", "2>&-"])
@pytest.mark.parametrize(
    ("line", "code"),
    [("project lemonade >/dev/null", 0), ("project nothing", 2), ("project --no", 2), ("check lemonade --set no=1", 2)],
)
def test_standard_error_is_not_missed(line, code, where):
    assert in_a_shell(f"{line} {where}") == (code, "", "")


def test_all_three_closed(tmp_path):
    """No file that is written gets the number of a standard stream."""
    assert in_a_shell(f"project lemonade --csv {tmp_path}/cash.csv <&- >&- 2>&-") == (0, "", "")
    assert (tmp_path / "cash.csv").read_text().startswith("month,")
    assert in_a_shell("project - <&-") == (2, "", "file-unreadable\nStandard input cannot be read.\n")


BEFORE_IT = {
    "": "",
    "a debugger": "sys.settrace(lambda *_: None); ",
    "a profiler": "sys.monitoring = types.SimpleNamespace(get_tool=lambda n: 'profiler' if n == 2 else None); ",
    "a thread": "threading.Thread(target=time.sleep, args=(0.2,)).start(); ",
}


@pytest.mark.parametrize("there", BEFORE_IT)
def test_the_process_ends_with_the_command_unless_something_goes_on(there):
    code = f"import sys, threading, time, types, runway.cli; {BEFORE_IT[there]}runway.cli.script(); print('later')"
    done = subprocess.run([sys.executable, "-c", code, "-V"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.splitlines()[1:], done.stderr) == (0, ["later"] if there else [], "")


@pytest.mark.parametrize(("raised", "code"), [("InputError()", 2), ("KeyboardInterrupt", 130)])
def test_what_a_command_had_written_before_it_failed_is_not_missed(raised, code):
    """Its reader has gone, which changes neither the exit code nor what is told."""
    left = f"import sys, runway.cli as cli; from runway.errors import *; sys.stdout.write('x'); raise {raised}"
    line = f"import runway.cli as cli; cli.run = lambda _: exec({left!r}); cli.script()"
    end, begin = os.pipe()
    os.close(end)
    command, held = [sys.executable, "-c", line], {**os.environ, "PYTHONUNBUFFERED": ""}
    done = subprocess.run(command, stdout=begin, stderr=subprocess.PIPE, text=True, check=False, env=held)
    os.close(begin)
    assert (done.returncode, done.stderr.strip()) == (code, "")


@pytest.mark.skipif(sys.platform == "win32", reason="sends a signal")
@pytest.mark.parametrize("module", ["datetime", "typer", "pydantic", "numpy"])
@pytest.mark.parametrize(
    "says",
    [
        "",
        "\nexcept KeyboardInterrupt as error:\n    raise ImportError('no') from error",
        "\nexcept KeyboardInterrupt:\n    pass\nraise SyntaxError('no')",
        "\nexcept KeyboardInterrupt:\n    pass\nraise type('PanicException', (BaseException,), {})('no')",
    ],
)
def test_an_interruption_while_modules_are_imported(tmp_path, module, says):
    """Also where an import says in its own words that it failed, or says nothing of the interruption."""
    raised = "signal.raise_signal(signal.SIGINT)"
    text = f"import signal\ntry:\n    {raised}{says}" if says else f"import signal\n{raised}"
    (tmp_path / f"{module}.py").write_text(text)
    path = ":".join([str(tmp_path), *sys.path])
    heard = "import signal, sys\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n"  # as in the foreground
    called = "sys.argv[1:] = ['simulate', 'lemonade', '-n', '10']\nfrom runway.cli import main\nsys.exit(main())"
    command = [sys.executable, "-c", heard + called]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={"PYTHONPATH": path})
    assert (done.returncode, done.stdout) == (130, "")
    assert "Traceback" not in done.stderr
    assert "panicked" not in done.stderr
    assert "defect" not in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="sends a signal")
def test_an_interruption_where_python_can_raise_nothing():
    """It comes while an object is taken apart, and ends the command all the same."""
    code = (
        "import signal, time\nsignal.signal(signal.SIGINT, signal.default_int_handler)\nimport runway.cli as cli\n"
        "class Held:\n    def __del__(self): signal.raise_signal(signal.SIGINT)\n"
        "def run(arguments):\n    Held()\n    for _ in range(500): time.sleep(0.01)\n    return 0\n"
        "cli.run = run\ncli.script()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")
