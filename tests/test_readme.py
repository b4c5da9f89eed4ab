"""The files, commands and outputs of the README and of the guide's pages are what they say.

`pytest tests/test_readme.py --update` writes the outputs anew; read the difference before committing it.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from support.pages import BLOCK, PYTHON, with_outputs, write_files

from runway.answers.guide import FOLDER, TOPICS
from runway.cli.author import STARTER

README = Path(__file__).parent.parent / "README.md"
PAGES = {"readme": README, **{topic: FOLDER / f"{topic}.md" for topic in TOPICS}}


def prepared(name: str, folder: Path) -> str:
    """The page's text, once its files are written; the guide's stand beside the one that `runway init` writes."""
    text = PAGES[name].read_text(encoding="utf-8")
    if name != "readme":
        (folder / "runway.toml").write_text(STARTER.read_text(encoding="utf-8"), encoding="utf-8")
    write_files(text, folder)
    return text


@pytest.mark.parametrize("name", PAGES)
def test_the_commands_of_a_page_print_what_it_shows(name: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    text = prepared(name, tmp_path)
    now = with_outputs(text, tmp_path)
    if request.config.getoption("--update"):
        PAGES[name].write_text(now, encoding="utf-8")
    assert now == text


@pytest.mark.parametrize("name", PAGES)
def test_the_python_of_a_page_runs(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = prepared(name, tmp_path)
    monkeypatch.chdir(tmp_path)
    for block in PYTHON.findall(text):
        exec(block, {})


def test_the_readme_is_short_and_names_every_command_and_topic() -> None:
    from runway.cli.app import MODULES

    text = README.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 160
    assert text.split("lists the pages that come with the program: ")[1].split(".")[0].split() == [
        *(f"{topic}," for topic in TOPICS[:-1]),
        TOPICS[-1],
    ]
    for name in (name for names in MODULES.values() for name in names):
        assert f"`runway {name}" in text, name


def test_a_topic_is_a_page_and_its_lines_fit() -> None:
    """Of 80 columns; what a command prints stands as it is printed."""
    assert {path.stem for path in FOLDER.iterdir()} == {*TOPICS}
    for topic in TOPICS:
        for line in BLOCK.sub("", PAGES[topic].read_text(encoding="utf-8")).splitlines():
            assert len(line) <= 80 or line.startswith("|"), (topic, line)


def test_no_sentence_stands_in_two_places() -> None:
    places: dict[str, str] = {}
    for name, path in PAGES.items():
        prose = " ".join(re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL).split())
        for sentence in re.split(r"(?<=[.:])\s+", prose):
            assert len(sentence) < 40 or places.setdefault(sentence, name) == name, (name, sentence)
