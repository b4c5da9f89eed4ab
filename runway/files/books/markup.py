"""XML read as a stream: only the elements of certain tags are built, one at a time.

No entity is ever expanded: a file that declares a document type is refused.
"""

from __future__ import annotations

from collections import deque
from functools import cache
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from runway.errors import InputError, Problem
from runway.files.books.source import BookText

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from runway.files.books.export import BookFile

CHUNK = 2**16  # bytes
DEEPEST = 100  # elements inside one another


class MarkupNode:
    """One element, by the name that it has in its namespace, with the line and column where it begins.

    Those of an element inside another are 0, unless its name is among those whose lines are kept.
    """

    __slots__ = ("above", "column", "element", "line", "lines", "root")

    def __init__(
        self, element: Element, line: int, column: int, above: str = "", root: MarkupNode | None = None
    ) -> None:
        self.element, self.line, self.column, self.above = element, line, column, above
        self.root = root  # none where it is itself: no ring of references holds it
        self.lines: dict[Element, int] = {} if root is None else root.lines  # of elements inside it

    @property
    def name(self) -> str:
        return self.element.tag

    @property
    def attributes(self) -> Mapping[str, str]:
        return self.element.attrib

    @property
    def text(self) -> str:
        """All of it, before, between and after the children."""
        return _text_of(self.element)

    @property
    def children(self) -> Iterator[MarkupNode]:
        return map(self._inner, self.element)

    def forget(self) -> None:
        """Leaves the elements inside it, which are not looked at again."""
        del self.element[:]

    def _inner(self, element: Element) -> MarkupNode:
        return MarkupNode(element, self.lines.get(element, 0), 0, "", self.root or self)

    def first(self, path: str) -> MarkupNode | None:
        """The first element at a path of names parted by slashes."""
        element = _element_at(self.element, path)
        return None if element is None else self._inner(element)

    def value(self, *paths: str) -> str:
        """The text of the first element at one of these paths that has one, in one line; empty if none has."""
        for path in paths:
            element = _element_at(self.element, path)
            if element is not None and (text := _text_of(element).strip()):
                return " ".join(text.split())
        return ""

    def every(self, name: str) -> list[MarkupNode]:
        """Every element of a name inside this one, in their order."""
        return [self._inner(element) for element in self.element.iter(name) if element is not self.element]


def _element_at(element: Element, path: str) -> Element | None:
    for name in _path_names(path):
        inner = element.find(name)
        if inner is None:
            return None
        element = inner
    return element


@cache
def _path_names(path: str) -> tuple[str, ...]:
    return tuple(path.split("/"))


def _text_of(element: Element) -> str:
    text = element.text or ""
    return text + "".join(child.tail or "" for child in element) if len(element) else text


class MarkupFile:
    """A file of XML."""

    def __init__(self, file: BookFile, encoding: str | None = None) -> None:
        self.file, self.encoding = file, encoding

    def nodes(
        self, tags: frozenset[str], marks: frozenset[str] = frozenset(), lined: frozenset[str] = frozenset()
    ) -> Iterator[MarkupNode]:
        """Each element of these tags, at its end; and those of `marks`, empty, at their start.

        Elements inside those have their lines if their names are among `lined`.

        Raises `InputError`: broken-export, markup-declares, nesting-too-deep, file-unreadable,
        file-not-text.
        """
        parser = self._parser()
        builder = _NodeBuilder(self, parser, tags, marks, lined)
        try:
            with self.file.path.open("rb") as opened:
                while chunk := opened.read(CHUNK):
                    parser.Parse(chunk, False)
                    while builder.ready:
                        yield builder.ready.popleft()
                parser.Parse(b"", True)
        except OSError as error:
            text = f"{self.file.title} cannot be read: {(error.strerror or 'no reason').lower()}."
            raise InputError(Problem("file-unreadable", text)) from None
        except expat.ExpatError as error:
            reason = expat.errors.messages[error.code]
            raise self.refusal(error.lineno, "broken-export", _BROKEN.format(reason), column=error.offset + 1) from None
        except (LookupError, ValueError) as error:  # an encoding that is not known
            text = f"{self.file.title} cannot be read as XML: {error}. Write its encoding."
            raise InputError(Problem("file-not-text", text)) from None
        yield from builder.ready

    def refusal(self, line: int, name: str, text: str, token: str = "", column: int = 0) -> InputError:
        """A mistake at a place of the file; its lines are read for it."""
        read = self.file.path.read_bytes()
        encoding = self.encoding or ("utf-16" if read[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8")
        source = BookText(self.file.title, read.decode(encoding, errors="replace").replace("\r\n", "\n"))
        return source.refusal(line, name, text, token, column)

    def refused(self, node: MarkupNode, name: str, text: str, token: str = "") -> InputError:
        """A mistake in an element: at a text in it, or at its beginning."""
        line, column = self._place(node)
        return self.refusal(line, name, text, token, column)

    def _parser(self) -> expat.XMLParserType:
        try:
            return expat.ParserCreate(self.encoding)
        except (ValueError, LookupError):
            return expat.ParserCreate()

    def _place(self, node: MarkupNode) -> tuple[int, int]:
        """The line and column of an element; for one that is inside another the file is read once more."""
        root, parser = node.root or node, self._parser()
        index = next(n for n, element in enumerate(root.element.iter()) if element is node.element)
        root_place = (root.line, root.column)
        places: list[tuple[int, int]] = []

        def start(*_: object) -> None:
            place = parser.CurrentLineNumber, parser.CurrentColumnNumber + 1
            if (places or place == root_place) and len(places) <= index:
                places.append(place)

        parser.StartElementHandler = start
        with self.file.path.open("rb") as opened:
            while len(places) <= index and (chunk := opened.read(CHUNK)):
                parser.Parse(chunk, False)
        return places[index]


_BROKEN = "Here the file stops being XML ({}): it is cut short or was changed. Export it again."


class _NodeBuilder:
    """The elements that are open while a file is read, and those that are whole."""

    def __init__(
        self, file: MarkupFile, parser: expat.XMLParserType, tags: frozenset[str], marks: frozenset[str],
        lined: frozenset[str],
    ) -> None:  # fmt: skip
        self.file, self.parser, self.tags, self.marks, self.lined = file, parser, tags, marks, lined
        self.ready: deque[MarkupNode] = deque()
        self._names: list[str] = []
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.StartDoctypeDeclHandler = self._declares

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        above = self._names[-1] if self._names else ""
        self._names.append(name)
        if len(self._names) > DEEPEST:
            self._too_deep()
        line, column = self.parser.CurrentLineNumber, self._column()
        if name in self.tags:
            builder = TreeBuilder()
            self._build(builder, MarkupNode(builder.start(name, attributes), line, column, above))
        elif name in self.marks:
            self.ready.append(MarkupNode(Element(name, attributes), line, column, above))

    def _end(self, _name: str) -> None:
        self._names.pop()

    def _build(self, builder: TreeBuilder, node: MarkupNode) -> None:
        """Reads on in an element of one of the tags, up to its end."""
        parser, names, lined = self.parser, self._names, self.lined
        begin, finish = builder.start, builder.end

        def start(name: str, attributes: dict[str, str]) -> None:
            if ":" in name:
                name = name.rpartition(":")[2]
            names.append(name)
            if len(names) > DEEPEST:
                self._too_deep()
            element = begin(name, attributes)
            if name in lined:
                node.lines[element] = parser.CurrentLineNumber

        def end(name: str) -> None:
            names.pop()
            if finish(name) is node.element:
                self.ready.append(node)
                parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
                parser.CharacterDataHandler = None

        parser.StartElementHandler, parser.EndElementHandler = start, end
        parser.CharacterDataHandler = builder.data

    def _too_deep(self) -> None:
        text = f"More than {DEEPEST} elements stand inside one another: this is no export of books."
        raise self.file.refusal(self.parser.CurrentLineNumber, "nesting-too-deep", text, column=self._column())

    def _declares(self, *_: object) -> None:
        text = "No export of books declares a document type (DOCTYPE, entities): such a file is not read."
        raise self.file.refusal(self.parser.CurrentLineNumber, "markup-declares", text, column=self._column())

    def _column(self) -> int:
        return self.parser.CurrentColumnNumber + 1
