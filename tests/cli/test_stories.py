"""Four newcomers' stories: what the founder, the CFO, the analyst and the engineer type, and what they read.

`pytest tests/cli/test_stories.py --update` writes the outputs anew; read the difference before committing it.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from support.pages import BLOCK, with_outputs, write_files

STORIES = {path.stem: path for path in sorted((Path(__file__).parent / "stories").glob("*.md"))}


def test_the_stories_are_the_four() -> None:
    assert {*STORIES} == {"founder", "cfo", "analyst", "engineer"}


@pytest.mark.parametrize("name", STORIES)
def test_the_commands_of_a_story_print_what_it_shows(name: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    text = STORIES[name].read_text(encoding="utf-8")
    write_files(text, tmp_path)
    now = with_outputs(text, tmp_path)
    if request.config.getoption("--update"):
        STORIES[name].write_text(now, encoding="utf-8")
    assert now == text


@pytest.mark.parametrize("name", STORIES)
def test_the_tables_of_a_story_fit_a_terminal(name: str) -> None:
    """Of 80 columns; messages on standard error are broken by the terminal, and a dump of JSON is a program's."""
    for block in BLOCK.findall(STORIES[name].read_text(encoding="utf-8")):
        for line in block.splitlines():
            assert len(line) <= 80 or line.startswith(("$ ", "wrote ", '      "text"')) or line[:1] in "<{ ", line
