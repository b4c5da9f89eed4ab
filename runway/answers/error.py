"""The page of an error: its smallest files and exactly what is said of them, as the tests hold them."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple


class Example(NamedTuple):
    """One smallest mistake of a name: the file, or the arguments that make it, and what runway says."""

    file: str | None
    table: str | None  # the CSV file beside it
    arguments: str | None
    says: str


def error_names() -> list[str]:
    """The names of all problems that have a page."""
    return sorted({path.name.split(".")[0] for path in _folder().glob("*.txt")}) if _folder().is_dir() else []


def error_page(name: str) -> list[Example]:
    """The examples of one name; none if there is no such problem."""
    found = []
    for path in sorted(_folder().glob("*.txt")):
        if path.name.split(".")[0] == name:
            file, csv, arguments = (_read(path.with_suffix(kind)) for kind in (".toml", ".csv", ".args"))
            found.append(Example(file, csv, arguments, path.read_text(encoding="utf-8")))
    return found


def _folder() -> Path:
    package = Path(__file__).resolve().parent.parent
    folders = [package / "errors_corpus", package.parent / "tests" / "errors"]  # installed, and in the repository
    return next((folder for folder in folders if folder.is_dir()), folders[0])


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None
