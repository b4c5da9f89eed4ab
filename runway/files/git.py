"""Assumption files as git has them: `plan.toml@HEAD~1`."""

from __future__ import annotations

import os
import re
import subprocess
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import NoReturn

from runway.errors import InputError, Problem
from runway.files import document as files
from runway.files.document import Document
from runway.files.toml import LARGEST_FILE, parsed

SECONDS = 20
_NAMED = re.compile(r"(?s)(?P<path>.+\.toml)@(?P<revision>.+)\Z")
_OTHER = re.compile(r"(?s)(?P<path>.+?)@(?P<revision>(?:[^@]*@)?\{[^{}]*\}|@|[^@]+)\Z")
_COMMITTER = re.compile(rb"(?m)^committer .*> (?P<seconds>-?\d{1,12}) (?P<zone>[+-]\d{4})$")
_RANGE = re.compile(r"\^|.*(?:\.\.|\^[!@]|\^-\d*\Z)", re.DOTALL)

SETTINGS = {
    "core.fsmonitor": "false",
    "core.hooksPath": os.devnull,
    "core.pager": "cat",
    "core.sshCommand": "false",
    "core.gitProxy": "",
    "core.alternateRefsCommand": "false",
    "credential.helper": "",
    "protocol.allow": "never",
    "safe.bareRepository": "explicit",
}
"""Settings above the configuration of a folder, which may be a stranger's: no program that it names is run."""
ENVIRONMENT = {
    "LC_ALL": "C",
    "GIT_ALLOW_PROTOCOL": "none",  # a folder may lack objects and say with which program they are to be got
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_PAGER": "cat",
}


def read(name: str) -> Document:
    """An assumption file, or one revision of it where the name is `PATH@REVISION` and no file is called so.

    What a revision of a file extends is that of the same revision.

    Raises `InputError`: revision-not-found, extends-not-found, file-too-large, and what `files.read` raises.
    """
    named = _revision(name)
    if named is None:
        return files.read(name)
    path, revision, git_revision = named
    source, data = parsed(name, _contents(name, path, git_revision))

    def of_revision(title: str, extended: Path) -> tuple[str, bytes]:
        return f"{title}@{revision}", _contents(f"{title}@{revision}", Path(os.path.normpath(extended)), git_revision)

    return files.with_extended(Document(name, data, {(): (source, ())}), path, of_revision)


def _revision(name: str) -> tuple[Path, str, str] | None:
    """The path, the revision as it is written and as git takes it; None for a name without a revision."""
    named = _NAMED.match(name) or _OTHER.match(name)
    if named is None or ("\0" not in name and os.path.lexists(name)):
        return None
    revision = named["revision"]
    return Path(named["path"]), revision, f"@{revision}" if revision[0] == "{" else revision


def committed(name: str) -> date | None:
    """The day on which a revision that can be read was committed, in its own time zone; None for any other name."""
    named = _revision(name)
    if named is None:
        return None
    path, _, git_revision = named
    answer = _git(name, path.parent, f"{git_revision}^{{commit}}\n", "cat-file --batch")
    committer = _COMMITTER.search(answer.stdout)
    if committer is None:
        return None
    sign, hours, minutes = committer["zone"][:1], int(committer["zone"][1:3]), int(committer["zone"][3:])
    zone = timedelta(hours=hours, minutes=minutes) * (-1 if sign == b"-" else 1)
    return (datetime(1970, 1, 1) + timedelta(seconds=int(committer["seconds"])) + zone).date()


def revision_before(name: str) -> str | None:
    """The last revision of a file that is named without one; None for a name that cannot have revisions."""
    plain = _NAMED.match(name) is None and name != "-" and name not in files.bundled_models()
    return f"{name}@HEAD" if plain and Path(name).is_file() else None


def _contents(name: str, path: Path, revision: str) -> bytes:
    """The bytes that a revision has of a file, asked for in the file's folder once their number is known."""

    def refuse(text: str) -> NoReturn:
        raise InputError(Problem("revision-not-found", text))

    if revision.startswith("-") or ":" in revision or not name.isprintable():
        refuse(f"{revision} is no revision of git; write {path}@HEAD~1, a tag, a branch or a commit.")
    if _RANGE.match(revision):
        refuse(f"{revision} is a range of revisions, and a file has one: write {path}@HEAD~1, or name its last.")
    if not path.parent.is_dir():
        refuse(f"There is no folder {path.parent}, so git cannot be asked for {name}.")
    request = f"{revision}\n{revision}:./{path.name}\n"
    checked = _git(name, path.parent, request, "cat-file --batch-check --follow-symlinks")
    if checked.returncode:
        error = checked.stderr.decode(errors="replace").strip()
        if "log for" in error:
            refuse(f"git knows no revision {revision} there: its log is shorter. git reflog shows it.")
        if "not a git repository" in error or "bare repository" in error:
            refuse(f"{path} is not in a git repository, so it has no revisions.")
        refuse(f"git refuses to read the repository of {path}: {next(iter(error.splitlines()), '')}")
    pattern = " Patterns stand for nothing here: name one file and one revision." if re.search(r"[*?]", name) else ""
    commit, blob = checked.stdout.decode(errors="replace").splitlines()[:2]
    if commit.endswith((" missing", " ambiguous")):
        refuse(f"git knows no revision {revision} there; git log shows those of {path}.{pattern}")
    if blob.endswith((" missing", " ambiguous")):
        refuse(
            f"There is no {path} in revision {revision}; git log --follow -- {path.name} shows where it is.{pattern}"
        )
    if blob.split(" ")[0] in ("symlink", "dangling", "loop", "notdir"):
        refuse(f"{path} is a link in revision {revision}, to no file of it; name the file itself.")
    number, kind, size = blob.split()
    if kind != "blob":
        refuse(f"{path} is a folder in revision {revision}; name a file in it: {path / 'plan.toml'}@{revision}.")
    if int(size) > LARGEST_FILE:
        text = f"{name} is larger than {LARGEST_FILE // 2**20} MiB; an assumption file is a short text."
        raise InputError(Problem("file-too-large", text))
    answer = _git(name, path.parent, "", f"cat-file blob {number}")
    if answer.returncode:
        refuse(f"git has {name}, but cannot read it here; what it lacks is not fetched.")
    return answer.stdout


def _git(name: str, folder: Path, request: str, subcommand: str) -> subprocess.CompletedProcess[bytes]:
    """The answer of git in a folder; no program that the folder names is run, and nothing is fetched."""
    settings = [word for key, value in SETTINGS.items() for word in ("-c", f"{key}={value}")]
    command = ["git", "--no-pager", *settings, "-C", str(folder), *subcommand.split()]
    stdin, environment = request.encode(errors="surrogateescape"), {**os.environ, **ENVIRONMENT}
    try:
        return subprocess.run(command, input=stdin, capture_output=True, timeout=SECONDS, check=False, env=environment)
    except subprocess.TimeoutExpired:
        text = f"git did not answer within {SECONDS} seconds when it was asked for {name}."
    except OSError:
        text = f"{name} is a revision, which needs git; it cannot be run here."
    raise InputError(Problem("revision-not-found", text))
