"""The rows of an export that count, by the words in their columns of status."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING

from runway.errors import InputError
from runway.files.books.layout import column, head_name
from runway.language.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from runway.files.books.export import Reading
    from runway.files.books.recognition import RecognisedSheet

OPENING = "opening balance"


class _Words(NamedTuple):
    """The words of one column: those of rows that count, and of rows that do not."""

    place: int
    head: str
    counts: Collection[str]  # none: every word that is not left out
    leave: Collection[str]
    strict: bool  # whether any other word is refused


class RowFilter:
    """Tells of each row whether it counts; notes unknown-status. Raises `InputError` (actuals-columns)."""

    def __init__(self, source: RecognisedSheet, reading: Reading) -> None:
        self._sheet, layout, heads = source.sheet, source.layout, source.heads
        self._table = reading.table
        self._reasons: dict[str | tuple[str, ...], str | None] = {}
        user_words = {head_name(head): tuple(map(head_name, words)) for head, words in reading.only.items()}
        named = dict.fromkeys([*user_words, *layout.only, *layout.leave, *layout.opening])
        self.columns: list[_Words] = []
        self._opening: list[tuple[int, Collection[str]]] = []
        for name in named:
            place = layout.place(name, heads) if name in layout.columns else column(name, heads)
            if place is None:
                if name in user_words:
                    names = ", ".join(head.name for head in heads[:12])
                    text = f'only names the column "{name}"; the file has {names}.'
                    raise InputError(self._sheet.located(source.line or 1, 0, "actuals-columns", text))
                continue
            if name in layout.opening:
                self._opening.append((place, layout.opening[name]))
            counts = user_words.get(name, layout.only.get(name, ()))
            if counts or name in layout.leave:
                strict = name not in user_words and not layout.custom and bool(counts)
                self.columns.append(_Words(place, heads[place].name, counts, layout.leave.get(name, ()), strict))
        self.places = [*(words.place for words in self.columns), *(place for place, _ in self._opening)]
        self._pick = itemgetter(*self.places) if self.places else None

    def reason(self, line: int, cells: Sequence[str], has_day: bool) -> str | None:
        """The word for which a row does not count; None where it does, or says nothing and has no day either."""
        assert self._pick is not None
        key = self._pick(cells)
        if key not in self._reasons:
            self._reasons[key] = self._first_reason(line, cells)
        return self._reasons[key] if has_day or any(cells[place] for place in self.places) else None

    def _first_reason(self, line: int, cells: Sequence[str]) -> str | None:
        for words in self.columns:
            if (reason := self._left_out_word(line, words, cells[words.place])) is not None:
                return reason
        for place, openings in self._opening:
            if head_name(cells[place]) in openings:
                return OPENING
        return None

    def _left_out_word(self, line: int, words: _Words, cell: str) -> str | None:
        word = head_name(cell)
        if word in words.leave:
            return cell.strip()
        if not words.counts or word in words.counts:
            return None
        if not words.strict:
            return cell.strip() or f"no {words.head}"
        text = f'"{cell.strip()[:40]}": does it count? Write only = {{ "{words.head}" = [...] }} in {self._table}, '
        text += f"with every word of rows that count; of this layout those are {', '.join(filter(None, words.counts))}."
        self._sheet.problem(line, words.place, "unknown-status", text)
        return cell.strip()
