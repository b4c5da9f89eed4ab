"""The places of keys and values in the text of an assumption file, or on the command line."""

from __future__ import annotations

import re
import tomllib
from functools import cache, cached_property
from itertools import accumulate
from typing import TYPE_CHECKING, Literal

from runway.errors import Place, Problem
from runway.language.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tree_sitter import Node, Parser

DEEPEST = 50  # keys on a path; a value that lies deeper, which `parsed` refuses anyway, is placed at its ancestor

Keys = tuple[str | int, ...]
Span = tuple[int, int]
At = Literal["key", "value"]


class Spot(NamedTuple):
    """A run of characters in a file, counted from 1; `width` is the part of it on its first line."""

    line: int
    column: int
    width: int
    end_line: int
    end_column: int  # of the character after the last


class PlacedText:
    """One text and where its keys and values stand."""

    def __init__(self, title: str, text: str) -> None:
        self.title = title
        self.text = text

    @cached_property
    def lines(self) -> list[str]:
        return self.text.split("\n")

    @cached_property
    def spots(self) -> dict[Keys, tuple[Spot, Spot]]:
        return _Locator(self.lines).spots

    def place(self, path: Keys, at: At = "value", span: Span | None = None, value: str = "") -> Place:
        """The place of the key or value at a path, or of its nearest ancestor; `span` is a part of the text `value`."""
        nearest = next(path[:n] for n in range(len(path), -1, -1) if path[:n] in self.spots)
        spot = self.spots[nearest][at == "value"]
        if span is None or nearest != path:
            return Place(self.title, *spot[:3])
        last = spot.end_line - 1
        token = "\n".join([*self.lines[spot.line - 1 : last], self.lines[last][: spot.end_column - 1]])
        token = token[spot.column - 1 :]
        characters = self.characters(token)
        if len(characters) != len(value) + 1:
            return Place(self.title, *spot[:3])
        start, end = (max(0, min(edge, len(value))) for edge in span)
        first = characters[start][0]
        width = len(token[first : characters[max(start, end - 1)][1]].split("\n")[0])
        line = token.count("\n", 0, first)
        column = first - token.rfind("\n", 0, first) if line else first + spot.column
        return Place(self.title, spot.line + line, column, max(1, width))

    def at(self, offset: int) -> Place:
        """The place of one character of the text."""
        line = self.text.count("\n", 0, offset)
        return Place(self.title, line + 1, offset - self.text.rfind("\n", 0, offset), 1)

    def problem(self, place: Place, name: str, text: str) -> Problem:
        """A problem with its line and the one before it."""
        first = max(1, place.line - 1)
        return Problem(name, text, place, tuple(enumerate(self.lines[first - 1 : place.line], start=first)))

    def characters(self, token: str) -> list[Span]:
        """The span of each character of a decoded string, and then of its end, in the token that was written."""
        if token[:1] not in ("'", '"'):
            return [(i, i + 1) for i in range(len(token) + 1)]
        mark = token[:3] if token[:3] in ("'''", '"""') else token[0]
        end = len(token) - len(mark)
        i = len(mark) + token.startswith("\n", len(mark))  # the line break after an opening """ is not text
        spans = []
        while i < end:
            escape = re.compile(ESCAPE).match(token, i) if mark[0] == '"' else None
            stop = escape.end() if escape else i + 1
            if escape is None or escape["continued"] is None:
                spans.append((i, stop))
            i = stop
        return [*spans, (end, end + 1)]


ESCAPE = r"\\(?:(?P<continued>[ \t]*\n[ \t\n]*)|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|x[0-9A-Fa-f]{2}|.)"  # \x as of TOML 1.1


class CommandLine(PlacedText):
    """Text such as `--set chatgpt.churn=5%/month`: its address is the key, the text after the equals sign the value."""

    def __init__(self, text: str) -> None:
        super().__init__("command line", text.replace("\n", " "))

    @cached_property
    def spots(self) -> dict[Keys, tuple[Spot, Spot]]:
        key, equals, value = self.text.partition("=")
        start, end = (key.rfind(" ") + 1, len(key)) if equals else (0, len(self.text))
        spot = Spot(1, start + 1, max(1, end - start), 1, end + 1)
        if not value:
            return {(): (spot, spot)}
        return {(): (spot, Spot(1, end + 2, len(value), 1, len(self.text) + 1))}

    def characters(self, token: str) -> list[Span]:
        return [(i, i + 1) for i in range(len(token) + 1)]


class _Locator:
    """The spot of each key and of each value of a TOML text that `tomllib` has accepted.

    A header is the key and the value of its table; an entry of a list is its own key.
    """

    def __init__(self, lines: Sequence[str]) -> None:
        start = Spot(1, 1, 1, 1, 1)
        self.spots: dict[Keys, tuple[Spot, Spot]] = {(): (start, start)}
        self._lines = lines
        self._columns: dict[int, Sequence[int]] = {}
        self._latest: dict[Keys, int] = {}  # of each array of tables, the index of its last entry so far
        for node in _parser().parse("\n".join([*lines, ""]).encode()).root_node.named_children:
            if node.type == "pair":
                self._pair((), node)
            elif node.type in ("table", "table_array_element"):
                self._table(node)

    def _table(self, node: Node) -> None:
        header, *rest = _meaningful(node)
        parts = list(_parts(header))
        names = [name for name, _ in parts]
        for n, (_, part) in enumerate(parts[:-1], start=1):
            self.spots.setdefault(self._entered(names[:n]), (self._spot(part),) * 2)
        spot = self._spot(parts[-1][1])
        if node.type == "table":
            path = self._entered(names)
        else:
            array = (*self._entered(names[:-1]), names[-1])
            self._latest[array] = self._latest.get(array, -1) + 1
            self.spots.setdefault(array, (spot, spot))
            path = (*array, self._latest[array])
        self.spots[path] = (spot, spot)  # even where a header below it came first
        for pair in rest:
            if pair.type == "pair":
                self._pair(path, pair)

    def _entered(self, names: Sequence[str]) -> Keys:
        """The path that a header names: below an array of tables it means the latest entry."""
        path: Keys = ()
        for name in names:
            path = (*path, name)
            if path in self._latest:
                path = (*path, self._latest[path])
        return path

    def _pair(self, path: Keys, node: Node) -> None:
        if len(nodes := _meaningful(node)) != 2:
            return
        for name, part in _parts(nodes[0]):
            path = (*path, name)
            spot = self._spot(part)
            self.spots.setdefault(path, (spot, spot))
        self.spots[path] = (self.spots[path][0], self._spot(nodes[1]))
        self._inside(path, nodes[1])

    def _inside(self, path: Keys, node: Node) -> None:
        if len(path) > DEEPEST:
            return
        if node.type == "inline_table":
            for pair in _meaningful(node):
                if pair.type == "pair":
                    self._pair(path, pair)
        elif node.type == "array":
            for i, entry in enumerate(_meaningful(node)):
                spot = self._spot(entry)
                self.spots[*path, i] = (spot, spot)
                self._inside((*path, i), entry)

    def _spot(self, node: Node) -> Spot:
        (row, start), (last, end) = node.start_point, node.end_point
        line, column, end_column = row + 1, self._column(row, start), self._column(last, end)
        width = end_column - column if row == last else self._first_line_end(node) - column
        return Spot(line, column, width, last + 1, end_column)

    def _column(self, row: int, byte: int) -> int:
        """The column of a byte of a line; the parser counts bytes, we count characters."""
        if row not in self._columns:
            line = self._lines[row]
            starts = accumulate((part & 0xC0) != 0x80 for part in line.encode())
            self._columns[row] = range(len(line) + 1) if line.isascii() else [0, *starts]
        return self._columns[row][byte] + 1

    def _first_line_end(self, node: Node) -> int:
        """The column after the end of a value's first line, where it has several, a comment there left out."""
        row = node.start_point[0]
        end = len(self._lines[row])
        while on_row := [child for child in node.children if child.start_point[0] == row]:
            node = on_row[-1]
            if node.type == "comment":
                end = self._column(row, node.start_point[1]) - 1
        return len(self._lines[row][:end].rstrip()) + 1


@cache
def _parser() -> Parser:
    import tree_sitter
    import tree_sitter_toml

    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_toml.language()))


def _meaningful(node: Node) -> list[Node]:
    """The children without comments and without errors, which are TOML 1.1 that the grammar does not know yet."""
    return [child for child in node.named_children if child.type not in ("comment", "ERROR")]


def _parts(key: Node) -> Iterator[tuple[str, Node]]:
    """The parts of a dotted key as `tomllib` reads them, each with its node."""
    if key.type == "dotted_key":
        for child in key.named_children:
            yield from _parts(child)
    else:
        text = (key.text or b"").decode()
        yield (tomllib.loads(f"key = {text}")["key"] if text[:1] in ("'", '"') else text), key
