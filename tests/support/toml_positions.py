"""A writer of random TOML that notes where it puts each key, each value and each character of a text.

It never reads what it wrote: the notes are taken while writing, so they are an independent check on any reader.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Path = tuple[str | int, ...]
Run = tuple[int, int, int]  # line, column, width

LETTERS = "abc09_-é«日😀\u2028\u0085 .#=[]{}'"
ESCAPES = {"\\n": "\n", "\\t": "\t", '\\"': '"', "\\\\": "\\", "\\u00e9": "é", "\\U0001F600": "😀"}
SCALARS = ["0", "-17", "1_000", "0xff", "3.14", "6e-3", "nan", "true", "2025-04-01", "2025-04-01T10:00:00Z", "07:32:00"]


@dataclass
class Text:
    """A text value: what it decodes to and the run of each of its characters."""

    value: str
    characters: list[Run]


@dataclass
class Written:
    """TOML text with its notes."""

    random: Random
    text: str = ""
    line: int = 1
    column: int = 1
    keys: dict[Path, Run] = field(default_factory=dict)
    values: dict[Path, Run] = field(default_factory=dict)
    texts: dict[Path, Text] = field(default_factory=dict)
    tree: dict[str, Any] = field(default_factory=dict)  # tables and lists only, to know what a header means
    implied: dict[Path, list[str]] = field(default_factory=dict)  # tables that no header of their own names yet
    ends: dict[int, int] = field(default_factory=dict)  # of each line, the column after its last sign but comments
    names: int = 0

    def put(self, text: str, comment: bool = False) -> None:
        self.text += text
        for character in text:
            if character == "\n":
                self.line, self.column = self.line + 1, 1
            else:
                self.column += 1
                if not comment and not character.isspace():
                    self.ends[self.line] = self.column

    def run(self, write: Callable[[], Any]) -> Run:
        """The run of what `write` writes: all of it, or what it has on its first line."""
        line, column = self.line, self.column
        write()
        return line, column, (self.column if line == self.line else self.ends[line]) - column

    def space(self) -> None:
        self.put(self.random.choice(["", "", " ", "\t", "  "]))

    def mark(self, mark: str) -> None:
        """A sign that may have space around it."""
        self.space()
        self.put(mark)
        self.space()

    def part(self, written: str) -> Run:
        return self.run(lambda: self.put(written))

    def note(self, path: Path, run: Run) -> None:
        """The first mention of a key that has no value of its own."""
        self.keys.setdefault(path, run)
        self.values.setdefault(path, run)

    def line_break(self) -> None:
        self.space()
        if self.random.random() < 0.3:
            self.put(f"# {self.letters()}", comment=True)
        self.put("\n")
        self.space()

    def letters(self, leave_out: str = "") -> str:
        allowed = [letter for letter in LETTERS if letter not in leave_out]
        return "".join(self.random.choices(allowed, k=self.random.randrange(6)))

    def new_name(self) -> tuple[str, str]:
        """A name not used before, and how it is written."""
        self.names += 1
        name, style = f"k{self.names}_", self.random.randrange(5)
        if style == 0:
            name += self.letters(leave_out="'")
            return name, f"'{name}'"
        if style == 1:
            escape = self.random.choice(list(ESCAPES))
            return name + ESCAPES[escape], f'"{name}{escape}"'
        return name, name if style < 4 else f'"{name}"'

    def dotted(self, path: Path, names: Sequence[tuple[str, str]]) -> Path:
        """Write the parts of a key; the last is noted by the caller's value, the others here."""
        for i, (name, written) in enumerate(names):
            if i:
                self.mark(".")
            path = (*path, name)
            self.note(path, self.part(written))
        return path

    def pairs(self, path: Path, depth: int, between: Callable[[], Any]) -> None:
        """Some pairs, a dotted prefix used once or twice."""
        for i in range(self.random.randrange(4)):
            if i:
                between()
            prefix = [self.new_name() for _ in range(self.random.choice([0, 0, 0, 1, 2]))]
            for j in range(1 + (bool(prefix) and self.random.random() < 0.5)):
                if j:
                    between()
                self.pair(self.dotted_pair(path, [*prefix, self.new_name()]), depth)

    def dotted_pair(self, path: Path, names: Sequence[tuple[str, str]]) -> Path:
        path = self.dotted(path, names)
        self.mark("=")
        return path

    def pair(self, path: Path, depth: int) -> None:
        self.values[path] = self.run(lambda: self.value(path, depth))

    def value(self, path: Path, depth: int) -> None:
        kind = self.random.randrange(8 if depth else 5)
        if kind == 0:
            self.put(self.random.choice(SCALARS))
        elif kind < 5:
            self.string(path, [("'", False), ('"', False), ("'''", True), ('"""', True)][kind - 1])
        elif kind == 5:
            self.put("{")
            self.space()
            self.pairs(path, depth - 1, lambda: self.mark(","))
            self.space()
            self.put("}")
        else:
            gap = self.line_break if self.random.random() < 0.5 else self.space
            self.put("[")
            gap()
            for i in range(self.random.randrange(4)):
                if i:
                    self.put(",")
                    gap()
                self.pair((*path, i), depth - 1)
                self.keys[*path, i] = self.values[*path, i]
                gap()
            self.put("]")

    def string(self, path: Path, style: tuple[str, bool]) -> None:
        mark, long = style
        pieces: list[tuple[str, str]] = [(c, c) for c in self.letters(leave_out="'") + self.letters(leave_out="'")]
        if mark[0] == '"':
            pieces += self.random.sample(list(ESCAPES.items()), k=2)
        if long:
            pieces += [("\n", "\n")] * self.random.randrange(3)
            pieces += [("\\ \n\t", "")] if mark[0] == '"' else []
        self.random.shuffle(pieces)
        if pieces and pieces[-1][0].startswith("\\ "):
            pieces.append(("x", "x"))
        spaced = zip(pieces, [*pieces[1:], ("", "")], strict=False)  # a continued line drops the space that follows it
        pieces = [a for a, b in spaced if not (a[1] == "" and b[0] in (" ", "\n", "\t"))]
        self.put(mark)
        if long and (self.random.random() < 0.5 or pieces[:1] == [("\n", "\n")]):
            self.put("\n")
        text = Text("", [])
        for written, decoded in pieces:
            run = self.line, self.column, max(1, len(written.rstrip("\n")))
            self.put(written)
            if decoded:
                text.value += decoded
                text.characters.append(run)
        self.put(mark)
        self.texts[path] = text

    def resolved(self, names: Sequence[str]) -> Path:
        """The path that a header means now; tables that lack are made."""
        path: Path = ()
        at: Any = self.tree
        for n, name in enumerate(names):
            if name not in at:
                at[name] = {}
                self.implied[*path, name] = list(names[: n + 1])
            path, at = (*path, name), at[name]
            if isinstance(at, list):
                path, at = (*path, len(at) - 1), at[-1]
        return path

    def header(self, names: Sequence[tuple[str, str]], of_list: bool) -> Path:
        """Write a header and note its parts."""
        plain = [name for name, _ in names]
        self.put("[[" if of_list else "[")
        self.space()
        for n, (_, written) in enumerate(names):
            if n:
                self.mark(".")
            run = self.part(written)
            if n < len(names) - 1:
                self.note(self.resolved(plain[: n + 1]), run)
        if of_list:
            path = (*self.resolved(plain[:-1]), plain[-1])
            entries: Any = self.tree
            for key in path[:-1]:
                entries = entries[key]
            entries = entries.setdefault(plain[-1], [])
            entries.append({})
            self.note(path, run)
            self.implied = {other: n for other, n in self.implied.items() if other[: len(path)] != path}
            path = (*path, len(entries) - 1)
        else:
            path = self.resolved(plain)
            self.implied.pop(path)
        self.keys[path] = self.values[path] = run
        self.space()
        self.put("]]" if of_list else "]")
        return path


def random_toml(seed: int) -> Written:
    """One random document."""
    written = Written(Random(seed))
    random = written.random

    def table_body(path: Path) -> None:
        written.line_break()
        written.pairs(path, 3, written.line_break)
        written.line_break()

    table_body(())
    known: list[list[tuple[str, str]]] = [[]]  # names of tables that a header wrote
    lists: list[list[tuple[str, str]]] = []
    for _ in range(random.randrange(7)):
        again = random.random()
        if again < 0.3 and lists:
            names, of_list = random.choice(lists), True
        elif again < 0.45 and written.implied:
            plain = random.choice(sorted(written.implied.values()))
            names, of_list = [(name, quoted(name)) for name in plain], False
        else:
            names = [*random.choice(known), *(written.new_name() for _ in range(random.choice([1, 1, 2, 3])))]
            of_list = random.random() < 0.35
            (lists if of_list else known).append(names)
            known += [names] * of_list
        table_body(written.header(names, of_list))
    return written


def quoted(name: str) -> str:
    """A name as any TOML reader takes it."""
    return '"' + "".join(c if c.isalnum() else f"\\U{ord(c):08X}" for c in name) + '"'
