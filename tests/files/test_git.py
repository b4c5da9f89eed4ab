"""Revisions of a file: which is meant, and that a stranger's repository runs nothing here."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

import runway
from runway.errors import InputError
from runway.files import git

PLAN = '[model]\nname = "{}"\nstart = "2025-01"\nmonths = 12\nopening_cash = 1000\n'


def run(*arguments: str, folder: Path | None = None) -> str:
    names = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    done = subprocess.run(["git", *names, *arguments], check=True, capture_output=True, cwd=folder)
    return done.stdout.decode().strip()


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """`plan.toml` in two revisions, a folder with one, links, and a file of two megabytes."""
    monkeypatch.chdir(tmp_path)
    run("init", "-q", "-b", "main")
    (tmp_path / "plan.toml").write_text(PLAN.format("first"), encoding="utf-8")
    run("add", "-A")
    run("commit", "-qm", "first plan")
    run("tag", "v1")
    (tmp_path / "plan.toml").write_text(PLAN.format("second"), encoding="utf-8")
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "a.toml").write_text(PLAN.format("inside"), encoding="utf-8")
    (tmp_path / "link.toml").symlink_to("plan.toml")
    (tmp_path / "away.toml").symlink_to("/etc/hostname")
    (tmp_path / "large.toml").write_text("#" * 2_000_000, encoding="utf-8")
    run("add", "-A")
    run("commit", "-qm", "second plan")
    return tmp_path


@pytest.mark.parametrize(
    ("name", "plan"),
    [
        ("plan.toml@HEAD", "second"),
        ("plan.toml@HEAD~1", "first"),
        ("plan.toml@HEAD^", "first"),
        ("plan.toml@v1", "first"),
        ("plan.toml@@", "second"),
        ("plan.toml@@{1}", "first"),
        ("plan.toml@{1}", "first"),
        ("plan.toml@main@{1}", "first"),
        ("plan.toml@HEAD^{/first}", "first"),
        ("./plan.toml@v1", "first"),
        ("models/a.toml@HEAD", "inside"),
        ("link.toml@HEAD", "second"),
    ],
)
def test_the_file_that_is_meant(repository: Path, name: str, plan: str) -> None:
    assert git.read(name).data["model"]["name"] == plan


@pytest.mark.parametrize(
    ("name", "problem", "text"),
    [
        ("plan.toml@HEAD~1..HEAD", "revision-not-found", "a range of revisions"),
        ("plan.toml@HEAD...v1", "revision-not-found", "a range of revisions"),
        ("plan.toml@^HEAD", "revision-not-found", "a range of revisions"),
        ("plan.toml@HEAD^!", "revision-not-found", "a range of revisions"),
        ("plan.toml@HEAD^@", "revision-not-found", "a range of revisions"),
        ("plan.toml@v*", "revision-not-found", "Patterns stand for nothing here"),
        ("pl*.toml@HEAD", "revision-not-found", "Patterns stand for nothing here"),
        ("plan.toml@{99}", "revision-not-found", "its log is shorter"),
        ("plan.toml@HEAD^2", "revision-not-found", "git knows no revision HEAD^2"),
        ("plan.toml@:0", "revision-not-found", ":0 is no revision"),
        ("models@HEAD", "revision-not-found", "models is a folder in revision HEAD"),
        ("away.toml@HEAD", "revision-not-found", "a link in revision HEAD"),
        ("large.toml@HEAD", "file-too-large", "larger than 1 MiB"),
    ],
)
def test_what_is_no_revision_of_a_file(repository: Path, name: str, problem: str, text: str) -> None:
    with pytest.raises(InputError) as raised:
        git.read(name)
    (found,) = raised.value.problems
    assert found.name == problem
    assert text in found.text


def programs(mark: Path) -> dict[str, str]:
    """Settings of a repository that name a program to run, here one that leaves a mark."""
    touch = f"touch {mark}"
    return {
        "core.fsmonitor": touch,
        "core.pager": touch,
        "core.sshCommand": touch,
        "core.editor": touch,
        "core.alternateRefsCommand": touch,
        "core.gitProxy": touch,
        "core.askPass": touch,
        "credential.helper": f"!{touch}",
        "diff.external": touch,
        "diff.own.textconv": touch,
        "diff.own.command": touch,
        "filter.own.smudge": touch,
        "filter.own.process": touch,
        "gpg.program": touch,
        "log.showSignature": "true",
        "alias.show": f"!{touch}",
        "alias.cat-file": f"!{touch}",
        "pager.cat-file": touch,
        "protocol.allow": "always",
        "protocol.ext.allow": "always",
        "protocol.file.allow": "always",
    }


@pytest.mark.skipif(os.name != "posix", reason="needs a shell")
@pytest.mark.parametrize("address", ["ext::{touch}", "file:///", "vcs"])
def test_a_strangers_repository_runs_nothing(repository: Path, address: str) -> None:
    """It has lost the file that is asked for, and says with which program it is to be got."""
    mark = repository / "mark"
    (repository / ".gitattributes").write_text("*.toml diff=own filter=own\n", encoding="utf-8")
    blob = Path(run("rev-parse", "HEAD:plan.toml"))
    hooks = repository / ".git" / "hooks"
    for hook in ("post-index-change", "post-checkout", "reference-transaction", "fsmonitor-watchman"):
        (hooks / hook).write_text(f"#!/bin/sh\ntouch {mark}\n", encoding="utf-8")
        (hooks / hook).chmod(0o755)
    settings = programs(mark) | {
        "core.repositoryFormatVersion": "1",
        "extensions.partialClone": "origin",
        "remote.origin.promisor": "true",
        "remote.origin.url": address.format(touch=f"touch {mark}"),
        "remote.origin.uploadpack": f"touch {mark};",
    }
    if address == "vcs":
        settings |= {"remote.origin.vcs": "ext", "remote.origin.url": f"touch {mark}"}
    for key, value in settings.items():
        run("config", key, value)
    assert git.read("plan.toml@v1").data["model"]["name"] == "first"
    (repository / ".git" / "objects" / blob.name[:2] / blob.name[2:]).unlink()
    with pytest.raises(InputError) as raised:
        git.read("plan.toml@HEAD")
    assert [problem.name for problem in raised.value.problems] == ["revision-not-found"]
    assert not mark.exists()
    subprocess.run(["git", "-C", str(repository), "show", "HEAD:plan.toml"], check=False, capture_output=True)
    assert mark.exists()  # which git itself would have made


def test_what_a_revision_extends_is_of_that_revision(repository: Path) -> None:
    (repository / "models" / "child.toml").write_text(
        'extends = "../plan.toml"\n[model]\nmonths = 6\n', encoding="utf-8"
    )
    (repository / "models" / "bundled.toml").write_text('extends = "lemonade"\n', encoding="utf-8")
    run("add", "-A")
    run("commit", "-qm", "third plan")
    (repository / "plan.toml").write_text(PLAN.format("unsaved"), encoding="utf-8")
    found = git.read("models/child.toml@HEAD")
    assert (found.data["model"]["name"], found.data["model"]["months"]) == ("second", 6)
    assert found.place(("model", "name")).file == "plan.toml@HEAD"
    assert git.read("models/child.toml").data["model"]["name"] == "unsaved"
    assert git.read("models/bundled.toml@HEAD").data["model"]["name"] == "Lemonade stand"
    run("rm", "-q", "--cached", "plan.toml")
    run("commit", "-qm", "without the base")
    with pytest.raises(InputError) as raised:
        git.read("models/child.toml@HEAD")
    assert raised.value.problems[0].name == "extends-not-found"
    assert "There is no plan.toml in revision HEAD" in str(raised.value)


def test_one_file_is_compared_with_its_last_revision(repository: Path) -> None:
    (repository / "plan.toml").write_text(PLAN.format("second").replace("1000", "1200"), encoding="utf-8")
    found = runway.compare("plan.toml")
    assert found.titles == ("plan.toml@HEAD", "plan.toml")
    assert [(change.address, change.before, change.after) for change in found.changes] == [
        ("model.opening_cash", "1000", "1200")
    ]
    (repository / "new.toml").write_text(PLAN.format("new"), encoding="utf-8")
    with pytest.raises(InputError, match=r"There is no new\.toml in revision HEAD"):
        runway.compare("new.toml")
