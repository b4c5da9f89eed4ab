"""Files are written whole or not at all, and never over assumptions."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

import runway
from runway.cli import main
from runway.engine.run import Engine
from runway.errors import InputError
from runway.files import document
from runway.files.document import read
from runway.render.saving import create_text, save_text

ASSUMPTIONS = Path(__file__).parent.parent.parent / "assumptions"


def problem(action, *arguments, **options):
    with pytest.raises(InputError) as caught:
        action(*arguments, **options)
    (found,) = caught.value.problems
    return found


def test_a_file_is_written_and_written_again(tmp_path):
    target = tmp_path / "cash.csv"
    save_text(str(target), "one\n")
    save_text(str(target), "zwei ü\n")
    assert target.read_bytes() == "zwei ü\n".encode()
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("name", ["plan.toml", "PLAN.TOML", "new.toml"])
def test_assumption_files_are_never_overwritten(tmp_path, name):
    (tmp_path / "plan.toml").write_text("keep")
    (tmp_path / "PLAN.TOML").write_text("keep")
    found = problem(save_text, str(tmp_path / name), "x")
    assert found.name == "output-refused"
    assert (tmp_path / "plan.toml").read_text() == "keep"
    assert not (tmp_path / "new.toml").exists()


def test_nor_through_a_link(tmp_path):
    (tmp_path / "plan.toml").write_text("keep")
    (tmp_path / "cash.csv").symlink_to(tmp_path / "plan.toml")
    assert problem(save_text, str(tmp_path / "cash.csv"), "x").name == "output-refused"
    assert (tmp_path / "plan.toml").read_text() == "keep"


def test_nor_is_the_file_that_was_read(tmp_path):
    plan = tmp_path / "plan"
    plan.write_text("keep")
    with pytest.raises(InputError):
        read(str(plan))  # it is no model, and was read all the same
    assert problem(save_text, str(plan), "x").name == "output-refused"
    assert plan.read_text() == "keep"


def test_a_folder_and_no_name_are_refused(tmp_path):
    assert problem(save_text, str(tmp_path), "x").name == "output-refused"
    assert problem(save_text, "", "x").name == "output-refused"


def test_a_folder_that_is_not_there(tmp_path):
    found = problem(save_text, str(tmp_path / "no" / "cash.csv"), "x")
    assert str(found).startswith("output-unwritable\n")
    assert "No such file or directory" in found.text


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_file_that_may_not_be_written(tmp_path):
    target = tmp_path / "cash.csv"
    target.write_text("old")
    target.chmod(0o444)
    assert problem(save_text, str(target), "x").name == "output-unwritable"
    assert target.read_text() == "old"


WRITES = [
    ("export", "lemonade", "{}/x.xlsx"),
    ("page", "lemonade", "{}/x.html"),
    ("project", "lemonade", "--csv", "{}/x.csv"),
    ("metrics", "lemonade", "--html", "{}/x.html"),
    ("simulate", "lemonade", "--paths-out", "{}/x.npz"),
    ("portfolio", ".", "--paths", "0", "--html", "{}/x.html"),
    ("import", "bank.csv", "--plan", "lemonade", "-o", "{}/x.toml"),
    ("init", "{}/x.toml", "--from", "bank.csv"),
]
"""What each command that writes a file writes, in a folder."""


@pytest.mark.parametrize("words", WRITES, ids=lambda words: words[0])
@pytest.mark.parametrize("folder", ["nowhere", "bank.csv", "closed"])
def test_what_cannot_be_written_is_refused_before_anything_is_read(words, folder, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bank.csv").write_text("Date,Description,Amount\n2025-01-05,Rent,-700\n")
    (tmp_path / "closed").mkdir()
    monkeypatch.setattr(os, "access", lambda path, _: Path(path).name != "closed")
    monkeypatch.setattr(document, "file_bytes", lambda title, *_, **__: pytest.fail(f"{title} is read"))
    assert main([word.format(folder) for word in words]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    why = {"nowhere": "No such file or directory", "bank.csv": "Not a directory", "closed": "Permission denied"}[folder]
    assert captured.err.endswith(f"cannot be written: {why}.\n")


@pytest.mark.parametrize(
    ("there", "words"),
    [
        ("x-pages", ("portfolio", ".", "--html", "x.html")),
        ("vintages", ("project", "lemonade", "--save-vintage")),
    ],
)
def test_a_folder_that_cannot_be_made_is_refused_before_anything_is_computed(there, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / there).write_text("a file")
    monkeypatch.setattr(Engine, "run", lambda *_: pytest.fail("it is computed"))
    assert main([*words]) == 2


def test_export_and_page_foresee_in_python_too(tmp_path, monkeypatch):
    monkeypatch.setattr(document, "file_bytes", lambda title, *_, **__: pytest.fail(f"{title} is read"))
    assert problem(runway.export, "lemonade", str(tmp_path / "no" / "x.xlsx")).name == "output-unwritable"
    assert problem(runway.page, "lemonade", str(tmp_path / "no" / "x.html")).name == "output-unwritable"


def test_a_name_with_a_zero_byte(tmp_path):
    assert problem(save_text, str(tmp_path / "a\0b"), "x").name == "output-unwritable"


@pytest.mark.skipif(sys.platform == "win32", reason="no such modes")
def test_permissions_and_links_stay(tmp_path):
    target = tmp_path / "cash.csv"
    target.write_text("old")
    target.chmod(0o640)
    (tmp_path / "link.csv").symlink_to(target)
    save_text(str(tmp_path / "link.csv"), "new")
    assert target.read_text() == "new"
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    assert (tmp_path / "link.csv").is_symlink()


@pytest.mark.skipif(sys.platform == "win32", reason="no such device")
def test_a_device_stays_a_device():
    save_text("/dev/null", "x")
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)  # noqa: PTH116


def test_a_half_written_file_leaves_the_old_one(tmp_path):
    target = tmp_path / "cash.csv"
    target.write_text("old")
    assert problem(save_text, str(target), "half \ud800").name == "output-unwritable"
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_create_never_overwrites(tmp_path):
    target = tmp_path / "runway.toml"
    create_text(str(target), "first")
    assert problem(create_text, str(target), "second").name == "output-refused"
    assert target.read_text() == "first"
    assert problem(create_text, str(tmp_path / "no" / "x"), "second").name == "output-unwritable"


def test_no_command_writes_over_what_it_read(tmp_path, monkeypatch, capsys):
    """The model, whatever it is called, and the books of its closed months."""
    monkeypatch.chdir(tmp_path)
    for path in ASSUMPTIONS.glob("saas-startup*"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "plan.txt").write_bytes((ASSUMPTIONS / "lemonade.toml").read_bytes())
    given = [
        (["scenarios", "plan.txt", "--csv", "plan.txt"], "plan.txt"),
        (["sources", "plan.txt", "--csv", "plan.txt"], "plan.txt"),
        (["simulate", "plan.txt", "-n", "10", "--paths-out", "plan.txt"], "plan.txt"),
        (["variance", "saas-startup-actuals.toml", "--csv", "saas-startup-stripe.csv"], "saas-startup-stripe.csv"),
    ]
    for arguments, target in given:
        before = (tmp_path / target).read_bytes()
        assert main(arguments) == 2, arguments
        assert "output-refused" in capsys.readouterr().err
        assert (tmp_path / target).read_bytes() == before


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_that_nobody_reads_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert "nobody reads the pipe" in problem(save_text, str(tmp_path / "pipe"), "x").text


@pytest.mark.skipif(os.name != "posix", reason="asks for a process")
@pytest.mark.parametrize("write", [save_text, create_text])
def test_what_a_killed_run_left_goes_with_the_next(tmp_path, write):
    """Files of a process that is there, and of anybody else, stay."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    (tmp_path / f".old.csv.runway-{ended.pid}.part").write_text("half")
    kept = [tmp_path / f".other.csv.runway-{os.getppid()}.part", tmp_path / ".mine.part", tmp_path / "a.runway-1.part"]
    for path in kept:
        path.write_text("kept")
    write(str(tmp_path / "new.txt"), "whole")
    assert sorted(tmp_path.iterdir()) == sorted([*kept, tmp_path / "new.txt"])


@pytest.mark.parametrize("write", [save_text, create_text])
def test_a_file_is_on_the_disk_before_it_has_its_name(tmp_path, monkeypatch, write):
    """And where the disk is full, there is no file at all."""
    target = tmp_path / "cash.txt"

    def full(_):
        assert [path.suffix for path in tmp_path.iterdir()] == [".part"]
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert problem(write, str(target), "x").name == "output-unwritable"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("processes", [["--workers", "3"], ["--workers", "1"]])
def test_a_portfolio_does_not_write_over_a_ledger_that_one_of_its_processes_read(
    tmp_path, monkeypatch, capsys, processes
):
    monkeypatch.chdir(tmp_path)
    ledger = "month,address,value\n2025-01,rent,40\n"
    for n in range(8):
        (tmp_path / f"{n}.csv").write_text(ledger)
        (tmp_path / f"{n}.toml").write_text(f"""
            [model]
            name         = "Company {n}"
            start        = "2025-01"
            months       = 12
            opening_cash = 1000

            [costs.rent]
            kind   = "recurring"
            amount = "50/month"

            [actuals]
            file       = "{n}.csv"
            last_close = "2025-01"
            """)
    assert main(["portfolio", ".", "--paths", "0", *processes, "--csv", "5.csv"]) == 2
    assert "output-refused" in capsys.readouterr().err
    assert (tmp_path / "5.csv").read_text() == ledger
