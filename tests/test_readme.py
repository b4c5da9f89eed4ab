"""The README's files, commands and outputs are what they say.

`pytest tests/test_readme.py --update` writes the outputs anew; read the difference before committing it.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

README = Path(__file__).parent.parent / "README.md"
BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
FILE = re.compile(r"```toml\n# (\S+)\n(.*?)```", re.DOTALL)
PYTHON = re.compile(r"```python\n(.*?)```", re.DOTALL)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILE.findall(README.read_text(encoding="utf-8")):
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


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
    return "\n".join(f"$ {command}\n{run(command, folder).rstrip()}\n" for command in commands)


def test_the_commands_of_the_readme_print_what_it_shows(folder: Path, request: pytest.FixtureRequest) -> None:
    text = README.read_text(encoding="utf-8")
    blocks = BLOCK.findall(text)
    assert len(blocks) >= 4
    now = {block: transcript(block, folder) for block in blocks}
    if request.config.getoption("--update"):
        README.write_text(BLOCK.sub(lambda m: f"```console\n{now[m[1]]}```", text), encoding="utf-8")
    for block, printed in now.items():
        assert printed == block


def test_the_python_of_the_readme_runs(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    for text in PYTHON.findall(README.read_text(encoding="utf-8")):
        exec(text, {})


def test_the_readme_names_every_command() -> None:
    from runway.cli.app import MODULES

    text = README.read_text(encoding="utf-8")
    for name in (name for names in MODULES.values() for name in names):
        assert f"`runway {name}" in text, name
