"""A page of Markdown whose files are written, and whose commands and Python are run: the README and the guide's pages.

A `toml` or `csv` block that begins with `# NAME` is a file of that name; a `console` block holds commands behind `$ `
and what they print on a pipe, errors in their place; a `python` block runs.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from io import StringIO
from typing import TYPE_CHECKING
from unittest.mock import patch

from runway.cli import main

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
FILE = re.compile(r"```(toml|csv)\n(# (\S+)\n)(.*?)```", re.DOTALL)
PYTHON = re.compile(r"```python\n(.*?)```", re.DOTALL)
BEGINS = re.compile(r"""runway(?P<words>(?: (?:[^|&;<>$*?~`"' ]|"[^"$`]*"|'[^']*')+)*) ?(?P<rest>(?:[|&;<>].*)?)""")
OF_A_TERMINAL = ("COLUMNS", "FORCE_COLOR")


def write_files(text: str, folder: Path) -> None:
    """The files that a page shows, in a folder."""
    for language, head, name, contents in FILE.findall(text):  # a remark is a line of TOML, and none of CSV
        (folder / name).write_text(head + contents if language == "toml" else contents, encoding="utf-8")


@contextmanager
def plain_environment() -> Iterator[None]:
    """Where nothing says how wide a terminal is, or that there is one."""
    with patch.dict(os.environ):
        for name in OF_A_TERMINAL:
            os.environ.pop(name, None)
        yield


def run(command: str, folder: Path) -> str:
    """What the command prints on a pipe, with errors in their place.

    A `runway` that begins it runs in this process; what follows it, and all else, is a shell's.
    """
    found = BEGINS.fullmatch(command)
    if not found or re.match("[<>]|&(?!&)", found["rest"]):
        return by_shell(command, folder)
    out, errors, piped = StringIO(), StringIO(), found["rest"][:1] == "|"
    with chdir(folder), plain_environment(), redirect_stdout(out), redirect_stderr(errors if piped else out):
        code = main(shlex.split(found["words"]))
    if piped:
        return errors.getvalue() + by_shell(found["rest"][1:], folder, out.getvalue())
    return out.getvalue() + (by_shell(f"(exit {code}) {found['rest']}", folder) if found["rest"] else "")


def by_shell(command: str, folder: Path, piped: str | None = None) -> str:
    """The same of a command that a shell runs."""
    shim = folder / "runway"
    shim.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m runway "$@"\n', encoding="utf-8")
    shim.chmod(0o755)
    plain = {key: value for key, value in os.environ.items() if key not in OF_A_TERMINAL}
    environment = {**plain, "PATH": f"{folder}:{os.environ['PATH']}", "PYTHONUTF8": "1"}
    done = subprocess.run(
        ["sh", "-c", f"{{ {command}; }} 2>&1"],
        cwd=folder, env=environment, input=piped, capture_output=True, text=True, encoding="utf-8", timeout=60,
        check=False,
    )  # fmt: skip
    return done.stdout


def transcript(block: str, folder: Path) -> str:
    """The block with the outputs that its commands give now."""
    commands = [line[2:] for line in block.splitlines() if line.startswith("$ ")]
    return "\n".join(f"$ {command}\n{run(command, folder).rstrip()}".rstrip() + "\n" for command in commands)


def with_outputs(text: str, folder: Path) -> str:
    """The page with the outputs that its commands give now, one after the other."""
    return BLOCK.sub(lambda block: f"```console\n{transcript(block[1], folder)}```", text)
