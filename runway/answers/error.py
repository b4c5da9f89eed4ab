"""The page of an error: its meaning, its smallest cases, and the exact message of each, as the tests hold them.

A page is Markdown, `NAME.md`: a title, the problem's meaning, then by case a heading, the files that it needs and a
`console` block with the command and its answer.  A `toml` or `csv` block without a name of its own is the file that the
command names; one without `[model]` begins with that of `BAKERY`.
"""

from __future__ import annotations

import re
from pathlib import Path

from runway.language.named_tuple import NamedTuple

BAKERY = """\
[model]
name = "Bakery"
start = "2025-01"
months = 12
opening_cash = 1000
"""
SHORT = re.compile(r"^```toml\n(?=(?:(?!```|\[model\]).*\n)*```$)", re.MULTILINE)
BLOCK = re.compile(r"^(?:## (?P<heading>[^\n]*)\n|```(?P<kind>\w+) ?(?P<file>\S*)\n(?P<text>.*?)^```$)", re.M | re.S)


class ErrorCase(NamedTuple):
    """One smallest mistake: the texts of its files by name, the words after `runway`, and the message."""

    heading: str
    files: dict[str, str]
    command: str
    says: str


class ErrorPage(NamedTuple):
    """`text` is the whole page, with every file as it is read."""

    name: str
    meaning: str
    cases: tuple[ErrorCase, ...]
    text: str


def error_page(name: str) -> ErrorPage | None:
    """The page of one name; None if there is no such problem."""
    path = _folder() / f"{name}.md"
    return page(name, path.read_text(encoding="utf-8")) if re.fullmatch(r"[a-z-]+", name) and path.is_file() else None


def page(name: str, source: str) -> ErrorPage:
    """The page of a source text."""
    text = SHORT.sub(lambda match: f"{match[0]}{BAKERY}\n", source)
    heading, files, cases = "", list[tuple[str, str]](), list[ErrorCase]()
    for block in BLOCK.finditer(text):
        if block["heading"] is not None:
            heading = block["heading"]
        elif block["kind"] != "console":
            files.append((block["file"] or f".{block['kind']}", block["text"]))
        else:
            command, _, says = block["text"].removeprefix("$ runway ").partition("\n")
            stem = re.search(rf"\b{name}[\w.]*(?=\.toml)", command)
            named = {f"{stem[0]}{file}" if stem and file.startswith(".") else file: content for file, content in files}
            cases.append(ErrorCase(heading, named, command, says))
            files.clear()
    return ErrorPage(name, text.split("\n\n")[1], tuple(cases), text)


def error_names() -> list[str]:
    """The names of all errors that have a page."""
    return sorted(path.stem for path in _folder().glob("*.md"))


def _folder() -> Path:
    package = Path(__file__).resolve().parent.parent
    folders = [package / "errors_corpus", package.parent / "tests" / "errors"]  # installed, and in the repository
    return next((folder for folder in folders if folder.is_dir()), folders[0])
