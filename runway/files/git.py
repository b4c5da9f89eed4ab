"""Assumption files as git has them: `plan.toml@HEAD~1`."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from runway.errors import InputError, Problem
from runway.files import document as files
from runway.files.document import Document
from runway.files.toml import parsed

SECONDS = 20


def read(name: str) -> Document:
    """An assumption file, or one revision of it where the name is `PATH@REVISION` and no file is called so.

    Raises `InputError`: revision-not-found, extends-not-found, and what `files.read` raises.
    """
    path, at, revision = name.rpartition("@")
    if not at or not path or not revision or Path(name).exists():
        return files.read(name)
    source, data = parsed(name, _contents(name, Path(path), revision))
    document = Document(name, data, {(): (source, ())})
    if "extends" in data:
        text = "What a file extends is not looked for in git: check the revision out and name its file."
        raise InputError(document.problem(("extends",), "extends-not-found", text, at="key"))
    return document


def _contents(name: str, path: Path, revision: str) -> bytes:
    """What `git show REVISION:PATH` says in the file's folder."""

    def refused(text: str) -> InputError:
        return InputError(Problem("revision-not-found", text))

    if revision.startswith("-") or "\0" in name or ":" in revision:
        raise refused(f"{revision} is no revision of git; write {path}@HEAD~1, a tag, a branch or a commit.")
    if not path.parent.is_dir():
        raise refused(f"There is no folder {path.parent}, so git cannot be asked for {name}.")
    command = ["git", "-C", str(path.parent), "show", "--no-textconv", f"{revision}:./{path.name}"]
    try:
        answer = subprocess.run(
            command, capture_output=True, timeout=SECONDS, check=False, env={**os.environ, "LC_ALL": "C"}
        )
    except (OSError, subprocess.TimeoutExpired):
        raise refused(f"{name} is a revision, which needs git; it cannot be run here.") from None
    if answer.returncode == 0:
        return answer.stdout
    said = answer.stderr.decode(errors="replace")
    if "not a git repository" in said:
        raise refused(f"{path} is not in a git repository, so it has no revisions.")
    if "invalid object name" in said or "ambiguous argument" in said or "unknown revision" in said:
        raise refused(f"git knows no revision {revision} there; git log shows those of {path}.")
    raise refused(f"There is no {path} in revision {revision}; git log --follow -- {path.name} shows where it is.")
