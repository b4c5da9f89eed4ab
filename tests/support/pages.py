"""A page of Markdown whose files are written, and whose commands and Python are run: the README and the guide's pages.

A `toml` or `csv` block that begins with `# NAME` is a file of that name; a `console` block holds commands behind `$ `
and what they print on a pipe, errors in their place; a `python` block runs.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
FILE = re.compile(r"```(toml|csv)\n(# (\S+)\n)(.*?)```", re.DOTALL)
PYTHON = re.compile(r"```python\n(.*?)```", re.DOTALL)


def write_files(text: str, folder: Path) -> None:
    """The files that a page shows, in a folder."""
    for language, head, name, contents in FILE.findall(text):  # a remark is a line of TOML, and none of CSV
        (folder / name).write_text(head + contents if language == "toml" else contents, encoding="utf-8")


def run(command: str, folder: Path) -> str:
    """What the command prints on a pipe, with errors in their place."""
    shim = folder / "runway"
    shim.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m runway "$@"\n', encoding="utf-8")
    shim.chmod(0o755)
    plain = {key: value for key, value in os.environ.items() if key not in ("COLUMNS", "FORCE_COLOR")}
    environment = {**plain, "PATH": f"{folder}:{os.environ['PATH']}", "PYTHONUTF8": "1"}
    done = subprocess.run(
        ["sh", "-c", f"{{ {command}; }} 2>&1"],
        cwd=folder, env=environment, capture_output=True, text=True, encoding="utf-8", timeout=60, check=False,
    )  # fmt: skip
    return done.stdout


def transcript(block: str, folder: Path) -> str:
    """The block with the outputs that its commands give now."""
    commands = [line[2:] for line in block.splitlines() if line.startswith("$ ")]
    return "\n".join(f"$ {command}\n{run(command, folder).rstrip()}".rstrip() + "\n" for command in commands)


def with_outputs(text: str, folder: Path) -> str:
    """The page with the outputs that its commands give now, one after the other."""
    return BLOCK.sub(lambda block: f"```console\n{transcript(block[1], folder)}```", text)
