"""Assumption files, the files they extend, and where each key and value in them stands.

Places are worked out only when a message needs one, so a file without mistakes is read without the parser that knows
positions.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from runway.errors import InputError, Place, Problem, closest
from runway.files.disk import NOT_ORDINARY, file_bytes, standard_input_bytes
from runway.files.places import At, CommandLine, Keys, PlacedText, Span
from runway.files.toml import LARGEST_FILE, parsed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Contents = Callable[
        [str, Path], tuple[str, bytes]
    ]  # of a title and a path: the title that it is told by, its bytes

LONGEST_CHAIN = 8  # files that extend one another

Origin = tuple[PlacedText, Keys]  # a text and a path in that text


class Document:
    """The merged raw data of an assumption file and where each key in it stands.

    `title` is how the user calls the file; `data` is never changed.  A path is a tuple of keys and list indexes.
    """

    def __init__(self, title: str, data: dict[str, Any], origins: Mapping[Keys, Origin]) -> None:
        self.title = title
        self.data = data
        self._origins = origins  # of a path: that of its nearest ancestor in here, followed by the rest of the path

    def place(self, path: Sequence[str | int], *, at: At = "value", span: Span | None = None) -> Place:
        """The place of the key or the value of a path; of a path that the data lacks, that of its nearest ancestor.

        A `[header]` is both the key and the value of its table.  `span` picks characters of a text, as (start, end):
        a name inside a formula, say.
        """
        return self._place(path, at, span)[1]

    def problem(
        self, path: Sequence[str | int], name: str, text: str, *, at: At = "value", span: Span | None = None
    ) -> Problem:
        """A problem at that place, with the line and the one before it."""
        source, place = self._place(path, at, span)
        return source.problem(place, name, text)

    def with_value(self, path: Sequence[str | int], value: Any, origin: str | Sequence[str | int]) -> Document:
        """A copy with one value replaced or added, missing tables above it included.

        Problems there are placed at `origin`: text of the command line, or another path of this document.
        """
        path = tuple(path)
        entry_origin: Origin = (CommandLine(origin), ()) if isinstance(origin, str) else self._origin(tuple(origin))
        origins = {old_path: place for old_path, place in self._origins.items() if old_path[: len(path)] != path}
        origins[path[: len(_known_path(self.data, path)) + 1]] = entry_origin
        origins[path] = entry_origin
        return Document(self.title, _replaced(self.data, path, value), origins)

    def file_beside(self, path: Sequence[str | int]) -> tuple[str, Path, int]:
        """The file that a path's text names: its title, its path, and when it was last changed.

        It lies beside the file in which the text stands.
        Raises `InputError` (file-not-found, file-is-a-directory, file-unreadable).
        """
        path = tuple(path)
        name, folder, bundled = self._folder(path)
        file = folder / name
        title = name if bundled else os.path.normpath(file)
        try:
            changed = file.stat().st_mtime_ns
            if file.is_file():
                return title, file, changed
        except (OSError, ValueError):
            raise InputError(self.problem(path, "file-not-found", f"There is no file {title}.")) from None
        if file.is_dir():
            raise InputError(self.problem(path, "file-is-a-directory", f"{title} is a folder; name a file in it."))
        raise InputError(self.problem(path, "file-unreadable", NOT_ORDINARY.format(title)))

    def files_beside(self, path: Sequence[str | int]) -> list[tuple[str, Path, int]]:
        """The files that a path's text, or list of texts, names; it may be a pattern such as `books/bank-*.csv`.

        Hidden files and those that an office program keeps while one is open are none.
        Raises `InputError` as `beside` does.
        """
        from glob import glob, has_magic

        if isinstance(several := raw_at(self.data, tuple(path)), list):
            listed = (file for n in range(len(several)) for file in self.files_beside((*path, n)))
            return list({file[1].resolve(): file for file in listed}.values())
        name, folder, bundled = self._folder(tuple(path))
        try:
            named = not has_magic(name) or (folder / name).exists()
        except (OSError, ValueError):
            named = True
        if named:
            return [self.file_beside(path)]
        files = []
        for match in sorted(glob(name, root_dir=folder, recursive=True)):  # noqa: PTH207 - Path.glob knows no `..`
            file = folder / match
            if file.is_file() and not file.name.startswith("~$"):
                files.append((match if bundled else os.path.normpath(file), file, file.stat().st_mtime_ns))
        if not files:
            pattern = name if bundled else os.path.normpath(folder / name)
            raise InputError(self.problem(path, "file-not-found", f"There is no file whose name fits {pattern}."))
        return files

    def _folder(self, path: Keys) -> tuple[str, Path, bool]:
        """The text at a path, the folder that a name in it is read from, and whether a bundled model says it."""
        source = self._origin(path)[0]
        bundled = bundled_models().get(source.title)
        file = bundled or (Path() if isinstance(source, CommandLine) else Path(source.title))
        return raw_at(self.data, path), file.parent, bundled is not None

    def _place(self, path: Sequence[str | int], at: At, span: Span | None) -> tuple[PlacedText, Place]:
        path = _without_tags(self.data, path)
        known = _known_path(self.data, path)
        text = known[-1:] if at == "key" else (raw_at(self.data, known),)
        source, inner = self._origin(known)
        if span is None or known != path or not text or not isinstance(text[0], str):
            return source, source.place(inner, at)
        return source, source.place(inner, at, span, text[0])

    def _origin(self, path: Keys) -> Origin:
        nearest = next(path[:n] for n in range(len(path), -1, -1) if path[:n] in self._origins)
        source, inner = self._origins[nearest]
        return source, (*inner, *path[len(nearest) :])

    def _overlaid(self, child: Document) -> Document:
        """This document with a child, which extends it, on top: tables key by key, entries of a list by their name."""
        origins, replaced = dict(self._origins), set[Keys]()

        def merge(path: Keys, old: Any, new: Any, inner: Keys) -> Any:
            if isinstance(old, dict) and isinstance(new, dict):
                return table(path, old, new, inner)
            if isinstance(old, list) and isinstance(new, list) and (by := _entry_key([old, new])):
                return entries(path, old, new, inner, by)
            replaced.add(path)
            origins[path] = child._origin(inner)
            return new

        def table(path: Keys, old: dict[str, Any], new: dict[str, Any], inner: Keys) -> dict[str, Any]:
            origins[path] = child._origin(inner)
            for key in old.keys() - new.keys():
                origins[*path, key] = self._origin((*path, key))
            return old | {key: merge((*path, key), old.get(key), value, (*inner, key)) for key, value in new.items()}

        def entries(path: Keys, old: list[Any], new: list[Any], inner: Keys, by: str) -> list[Any]:
            origins[path] = child._origin(inner)
            for i in range(len(old)):
                origins[*path, i] = self._origin((*path, i))
            merged, free = list(old), {entry[by]: i for i, entry in reversed(list(enumerate(old)))}
            for j, entry in enumerate(new):
                i = free.pop(entry[by], len(merged))
                merged[i : i + 1] = [merge((*path, i), merged[i] if i < len(merged) else None, entry, (*inner, j))]
            return merged

        data = table((), self.data, child.data, ())
        origins = {path: o for path, o in origins.items() if not any(path[:n] in replaced for n in range(len(path)))}
        return Document(child.title, data, origins)


NOT_THERE = {"file-not-found": "extends-not-found", "revision-not-found": "extends-not-found"}


def read(name: str) -> Document:
    """An assumption file with all that it extends: a path, `-` for standard input, or the name of a bundled model."""
    return with_extended(*_named_document(name), lambda title, path: (title, _contents(title, path)))


def with_extended(first: Document, path: Path | None, contents: Contents) -> Document:
    """A file that stands at a path, with all that it extends, which is read by `contents`."""
    chain = [(first, path)]
    while "extends" in chain[-1][0].data:
        chain.append(_extended(chain, contents))
    documents = [document for document, _ in chain]
    for document in documents:
        document.data.pop("extends", None)
    merged = documents.pop()
    while documents:
        merged = merged._overlaid(documents.pop())
    return merged


def default_model() -> str:
    """The model that is read when none is named: `runway.toml` of the current folder, else the first bundled one."""
    return "./runway.toml" if Path("runway.toml").is_file() else "openai-2025"


def bundled_models() -> dict[str, Path]:
    """The models that come with the program, by name."""
    package = Path(__file__).resolve().parent.parent
    folders = [package / "assumptions", package.parent / "assumptions"]  # installed, and in the repository
    folder = next((folder for folder in folders if folder.is_dir()), None)
    return {path.stem: path for path in sorted(folder.glob("[!._]*.toml"))} if folder else {}


def _named_document(name: str) -> tuple[Document, Path | None]:
    """One file as it stands, and its path: none for standard input."""
    if name == "-":
        return _document("standard input", standard_input_bytes(LARGEST_FILE)), None
    if not name:
        raise InputError(Problem("file-not-found", "The name of the file is empty."))
    path = bundled_models().get(name, Path(name))
    return _document(name, _contents(name, path, named=True)), path


def _extended(chain: Sequence[tuple[Document, Path | None]], contents: Contents) -> tuple[Document, Path]:
    """The file that the last of a chain of files extends; a bundled model is never another file's revision."""
    child, child_path = chain[-1]
    name, bundled = child.data["extends"], bundled_models()

    def refuse(problem: str, text: str) -> NoReturn:
        raise InputError(child.problem(("extends",), problem, text, at="key"))

    if not isinstance(name, str) or not name.strip():
        refuse("extends-not-found", 'extends is the name of one other file, as text: extends = "base.toml".')
    if name in bundled:
        title, path = name, bundled[name]
    elif child_path is None:
        names = ", ".join(bundled)
        refuse("extends-not-found", f"Standard input lies in no folder: it can extend a bundled model only ({names}).")
    else:
        path = child_path.parent / name
        title = name if child.title in bundled else os.path.normpath(path)
    try:
        title, text = (title, _contents(title, path)) if name in bundled else contents(title, path)
    except InputError as error:
        problem = error.problems[0]
        refuse(NOT_THERE.get(problem.name, problem.name), problem.text)
    files = [file and file.resolve() for _, file in chain]
    if path.resolve() in files:
        circle = [document.title for document, _ in chain[files.index(path.resolve()) :]]
        refuse("extends-cycle", f"These files extend one another in a circle: {' → '.join([*circle, circle[0]])}.")
    if len(chain) == LONGEST_CHAIN:
        refuse("extends-too-long", f"At most {LONGEST_CHAIN} files may extend one another in a row.")
    return _document(title, text), path


def _document(title: str, contents: bytes) -> Document:
    source, data = parsed(title, contents)
    return Document(title, data, {(): (source, ())})


def _contents(title: str, path: Path, *, named: bool = False) -> bytes:
    """The bytes of a file, at most one more than it may have; `named` by the user."""
    try:
        if path.is_dir():
            example = next((f", for example {Path(title) / file}" for file in _files_in(path)), "")
            raise InputError(Problem("file-is-a-directory", f"{title} is a folder; name an assumption file{example}."))
        return file_bytes(title, path, LARGEST_FILE, named=named)
    except (FileNotFoundError, NotADirectoryError, ValueError):  # ValueError: a NUL in the name
        text = f"There is no file {title}, and no bundled model of that name.{_suggestion(title, path)}"
        raise InputError(Problem("file-not-found", text)) from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError(Problem("file-unreadable", f"{title} cannot be read: {reason}.")) from None


def _suggestion(name: str, path: Path) -> str:
    """The target of a link that has no file, else a suggestion among the files of its folder and the bundled models."""
    if path.is_symlink():
        return f" It is a link to {path.readlink()}, where nothing is."
    written_path = Path(name)
    names = {model: model for model in bundled_models()}
    names |= {file.removesuffix(".toml"): str(written_path.parent / file) for file in _files_in(path.parent)}
    near = closest(written_path.name.removesuffix(".toml"), names)
    return f" Did you mean {names[near]}?" if near else ""


def _files_in(folder: Path) -> list[str]:
    try:
        return sorted(file.name for file in folder.glob("[!.]*.toml") if file.is_file())
    except (OSError, ValueError):
        return []


def _known_path(data: Any, path: Keys) -> Keys:
    """The beginning of the path that the data has."""
    for n, key in enumerate(path):
        in_list = isinstance(data, list) and isinstance(key, int) and 0 <= key < len(data)
        if not in_list and not (isinstance(data, dict) and key in data):
            return path[:n]
        data = data[key]
    return path


def _without_tags(data: Any, path: Sequence[str | int]) -> Keys:
    """The path without the tag that pydantic puts into it for the member of a union: the table's own kind."""
    keys: Keys = ()
    for n, key in enumerate(path, start=1):
        table = raw_at(data, keys)
        tag = isinstance(table, dict) and table.get("kind") == key and not isinstance(table.get(key), dict | list)
        if not tag or n == len(path):
            keys = (*keys, key)
    return keys


def raw_at(data: Any, path: Keys) -> Any:
    """The value at a path of the data; None if there is none."""
    if _known_path(data, path) != path:
        return None
    for key in path:
        data = data[key]
    return data


def _replaced(data: Any, path: Keys, value: Any) -> Any:
    """A copy of the data along the path, all else shared; one past the end of a list adds an entry."""
    if not path:
        return value
    key, rest = path[0], path[1:]
    if isinstance(data, list) and isinstance(key, int):
        return [*data[:key], _replaced(data[key] if key < len(data) else {}, rest, value), *data[key + 1 :]]
    if isinstance(data, dict):
        return {**data, key: _replaced(data.get(key, {}), rest, value)}
    raise TypeError(f"{key!r} has no place in {data!r}")


def _entry_key(lists: Sequence[list[Any]]) -> str | None:
    """The key by which the entries of arrays of tables are told apart; None for any other list."""
    entries = [entry for array in lists for entry in array]
    for key in ("name", "investor"):
        if all(lists) and all(isinstance(entry, dict) and isinstance(entry.get(key), str) for entry in entries):
            return key
    return None
