"""XML read as a stream: only the elements that are asked for are built, one at a time.

No entity is ever expanded: a file that declares a document type is refused.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING
from xml.parsers import expat

from runway.errors import InputError, Problem
from runway.files.books.source import BookText

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runway.files.books.export import BookFile

CHUNK = 2**16  # bytes
DEEPEST = 100  # elements inside one another


class MarkupNode:
    """One element, by the name that it has in its namespace, with the line and column where it begins."""

    __slots__ = ("above", "attributes", "children", "column", "line", "name", "text")

    def __init__(self, name: str, above: str, attributes: dict[str, str], line: int, column: int) -> None:
        self.name, self.above, self.attributes = name, above, attributes
        self.line, self.column = line, column
        self.children: list[MarkupNode] = []
        self.text = ""  # all of it, before, between and after the children

    def first(self, path: str) -> MarkupNode | None:
        """The first element at a path of names parted by slashes."""
        node = self
        for name in path.split("/"):
            for child in node.children:
                if child.name == name:
                    node = child
                    break
            else:
                return None
        return node

    def value(self, *paths: str) -> str:
        """The text of the first element at one of these paths that has one, in one line; empty if none has."""
        for path in paths:
            node = self.first(path)
            if node is not None and (text := " ".join(node.text.split())):
                return text
        return ""

    def every(self, name: str) -> Iterator[MarkupNode]:
        """Every element of a name inside this one, in their order."""
        for child in self.children:
            if child.name == name:
                yield child
            else:
                yield from child.every(name)


class MarkupFile:
    """A file of XML."""

    def __init__(self, file: BookFile, encoding: str | None = None) -> None:
        self.file, self.encoding = file, encoding

    def nodes(self, wanted: frozenset[str], marks: frozenset[str] = frozenset()) -> Iterator[MarkupNode]:
        """Each element whose name is wanted, at its end; and those of `marks`, empty, at their start.

        Raises `InputError`: broken-export, markup-declares, nesting-too-deep, file-unreadable,
        file-not-text.
        """
        try:
            parser = expat.ParserCreate(self.encoding)
        except (ValueError, LookupError):
            parser = expat.ParserCreate()
        built = _NodeBuilder(self, parser, wanted, marks)
        try:
            with self.file.path.open("rb") as opened:
                while chunk := opened.read(CHUNK):
                    parser.Parse(chunk, False)
                    while built.ready:
                        yield built.ready.popleft()
                parser.Parse(b"", True)
        except OSError as error:
            says = f"{self.file.title} cannot be read: {(error.strerror or 'no reason').lower()}."
            raise InputError(Problem("file-unreadable", says)) from None
        except expat.ExpatError as error:
            reason = expat.errors.messages[error.code]
            raise self.refusal(error.lineno, "broken-export", _BROKEN.format(reason), column=error.offset + 1) from None
        except (LookupError, ValueError) as error:  # an encoding that is not known
            says = f"{self.file.title} cannot be read as XML: {error}. Write its encoding."
            raise InputError(Problem("file-not-text", says)) from None
        yield from built.ready

    def refusal(self, line: int, name: str, text: str, token: str = "", column: int = 0) -> InputError:
        """A mistake at a place of the file; its lines are read for it."""
        read = self.file.path.read_bytes()
        encoding = self.encoding or ("utf-16" if read[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8")
        source = BookText(self.file.title, read.decode(encoding, errors="replace").replace("\r\n", "\n"))
        return source.refusal(line, name, text, token, column)

    def refused(self, node: MarkupNode, name: str, text: str, token: str = "") -> InputError:
        """A mistake in an element: at a text in it, or at its beginning."""
        return self.refusal(node.line, name, text, token, node.column)


_BROKEN = "Here the file stops being XML ({}): it is cut short or was changed. Export it again."


class _NodeBuilder:
    """What is open while a file is read, and the elements that are whole."""

    def __init__(
        self, file: MarkupFile, parser: expat.XMLParserType, wanted: frozenset[str], marks: frozenset[str]
    ) -> None:
        self.file, self.parser, self.wanted, self.marks = file, parser, wanted, marks
        self.ready: deque[MarkupNode] = deque()
        self._open: list[MarkupNode] = []  # from the wanted element down to where the reading is
        self._names: list[str] = []
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = self._declares

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if ":" in name:
            name = name.rpartition(":")[2]
        above = self._names[-1] if self._names else ""
        self._names.append(name)
        if len(self._names) > DEEPEST:
            says = f"More than {DEEPEST} elements stand inside one another: this is no export of books."
            raise self.file.refusal(self.parser.CurrentLineNumber, "nesting-too-deep", says, column=self._column())
        if not self._open and name not in self.wanted:
            if name in self.marks:
                line = self.parser.CurrentLineNumber
                self.ready.append(MarkupNode(name, above, attributes, line, self._column()))
            return
        node = MarkupNode(name, above, attributes, self.parser.CurrentLineNumber, self._column())
        if self._open:
            self._open[-1].children.append(node)
        self._open.append(node)

    def _end(self, _name: str) -> None:
        self._names.pop()
        if self._open:
            node = self._open.pop()
            if not self._open:
                self.ready.append(node)

    def _text(self, text: str) -> None:
        if self._open:
            self._open[-1].text += text

    def _declares(self, *_: object) -> None:
        says = "No export of books declares a document type (DOCTYPE, entities): such a file is not read."
        raise self.file.refusal(self.parser.CurrentLineNumber, "markup-declares", says, column=self._column())

    def _column(self) -> int:
        return self.parser.CurrentColumnNumber + 1
