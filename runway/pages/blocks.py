"""Reports as data of a page: tables, sentences and labelled sentences whose every cell is text."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from runway.render.cells import cell_text
from runway.render.report import (
    Bar,
    Findings,
    Heading,
    Prose,
    Table,
    full_head,
    plain,
    sentence_case,
    sized,
    to_the_right,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from runway.render.figures import Scale
    from runway.render.report import Block


class Pool:
    """Values that stand in a page once, however many scenarios have them: each is referred to by its number."""

    def __init__(self) -> None:
        self.values: list[Any] = []
        self._numbers: dict[str, int] = {}

    def of(self, value: Any) -> int:
        """The number of a value."""
        key = json.dumps(value, ensure_ascii=False)
        if key not in self._numbers:
            self._numbers[key] = len(self.values)
            self.values.append(value)
        return self._numbers[key]

    def blocks(self, blocks: Iterable[Block], scale: Scale) -> list[int]:
        """Parts of a report; charts and trees are not for pages."""
        parts = (self._block(block, scale) for block in blocks)
        return [self.of(block) for block in parts if block is not None]

    def _block(self, block: Block, scale: Scale) -> dict[str, Any] | None:
        match block:
            case Table():
                return self._table(*sized(block, scale))
            case Prose():
                return {"p": block.labelled}
            case Findings():
                return {"dl": [self.of([label, text]) for label, text in block.pairs]}
            case Heading():
                return {"h": sentence_case(block.text), "note": block.note}
        return None

    def _table(self, table: Table, scale: Scale) -> dict[str, Any]:
        rows = []
        for row in table.rows:
            cells = [
                "" if isinstance(plain(value), Bar) else cell_text(column, row, value, scale, scale.places).strip()
                for column, value in zip(table.columns, row.cells, strict=True)
            ]
            rows.append(
                self.of([int("bold" in row.style or any(_bold(cell) for cell in row.cells[:1])), row.depth, cells])
            )
            rows += [self.of(paragraph.labelled) for paragraph in row.below]
        return {
            "title": " · ".join(filter(None, (sentence_case(table.title), table.note))),
            "heads": [full_head(column) for column in table.columns],
            "right": [int(to_the_right(column)) for column in table.columns],
            "rows": rows,
            "after": [paragraph.labelled for paragraph in table.after],
        }


def _bold(cell: Any) -> bool:
    return "bold" in getattr(cell, "style", "")
