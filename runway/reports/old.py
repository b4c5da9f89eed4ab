"""What reports that still write their lines themselves share; gone when the last of them is data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.render import terminal
from runway.render.cells import guarded
from runway.render.report import Prose
from runway.render.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


def written_text(text: str) -> str:
    return guarded(text)


def heading(text: str, rest: str = "") -> Text:
    return Text.assemble(("  " + text, "bold"), (rest, "dim"))


def prose(first: str, text: str, width: int, style: str = "") -> Iterator[Text]:
    return terminal.prose(Prose(text, first, style), width)


def table(heads: Sequence[str], body: Iterable[Sequence[str]]) -> str:
    import csv
    from io import StringIO

    buffer = StringIO()
    rows = csv.writer(buffer, lineterminator="\n")
    rows.writerow([written_text(head) for head in heads])
    rows.writerows(body)
    return buffer.getvalue()
