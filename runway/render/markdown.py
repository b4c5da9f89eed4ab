"""A report as Markdown, for a pull request or a mail to the board."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING

from runway.render.cells import cell_text
from runway.render.figures import printable
from runway.render.report import (
    Findings,
    Heading,
    Prose,
    Table,
    Verbatim,
    full_head,
    sentence_case,
    sized,
    to_the_right,
)
from runway.render.report import plain as value_of
from runway.render.tree import Tree, tree_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runway.render.figures import Scale
    from runway.render.report import Block, Report

SPECIAL = re.compile(r"([\\`*\[\]<>|#~$@]|(?<!\w)_|_(?!\w))")  # inside a word _ is itself
LINE_START = re.compile(r"\A(\d+)([.)])(?=\s)|\A([-+=])")
MOST_COLUMNS = 9
TREE_WIDTH = 100


def markdown(report: Report) -> str:
    """The report without its charts and bars; figures of money are in one unit, named in the first lines.

    Of a report with coarser forms, the first whose tables have few enough columns to be read.
    """
    report = report.fitting(lambda table, _: len(table.columns) <= MOST_COLUMNS)
    blocks: list[list[str]] = []
    if report.title:
        name, *parts = filter(None, report.title)
        blocks = [[f"# {plain(name)}"], [" · ".join(map(plain, parts))]]
    blocks += [[plain(paragraph.labelled)] for paragraph in report.lead]
    for section in report.sections:
        for bullets, group in groupby(section, lambda block: isinstance(block, Prose) and bool(block.first.strip())):
            lines = [list(block_lines(block, report.scale)) for block in group]
            blocks += [[line for block in lines for line in block]] if bullets else lines
    return "\n\n".join("\n".join(lines) for lines in blocks if any(lines)) + "\n"


def plain(text: str) -> str:
    """Text of the file as text: no mark-up, no tag, no list, no second line."""
    return LINE_START.sub(lambda m: f"{m[1]}\\{m[2]}" if m[1] else f"\\{m[3]}", SPECIAL.sub(r"\\\1", printable(text)))


def block_lines(block: Block, scale: Scale) -> Iterator[str]:
    """One block of a report; a chart says nothing that a table does not."""
    if isinstance(block, Table):
        yield from table_lines(block, scale)
    elif isinstance(block, Prose):
        yield ("- " if block.first.strip() else "") + plain(block.labelled)
    elif isinstance(block, Findings):
        for label, text in block.pairs:
            yield f"- **{plain(label)}**: {plain(text)}"
    elif isinstance(block, Heading):
        yield f"## {plain(sentence_case(block.text))}"
        if block.note:
            yield from ("", plain(block.note))
    elif isinstance(block, Tree):
        yield from ("```", *(line.plain for line in tree_lines(block, TREE_WIDTH)), "```")
    elif isinstance(block, Verbatim):
        yield from ("```", *block.lines, "```")


def table_lines(table: Table, scale: Scale) -> Iterator[str]:
    """A table whose figures stand to the right; the sentences below a row follow the table."""
    table, scale = sized(table, scale)
    shown = [n for n, column in enumerate(table.columns) if column.unit != "bar"]
    if table.title:
        yield from (f"## {plain(sentence_case(table.title))}", "")
    if table.note:
        yield from (plain(table.note), "")
    heads = [plain(full_head(table.columns[n])) for n in shown]
    yield f"| {' | '.join(heads)} |"
    yield f"|{'|'.join('---:' if to_the_right(table.columns[n]) else ':---' for n in shown)}|"
    nested = any(row.depth for row in table.rows)
    for row in table.rows:
        texts = []
        for n in shown:
            text = plain(cell_text(table.columns[n], row, row.cells[n], scale, scale.places).strip())
            total = n == 0 and text and ("bold" in row.style or (nested and not row.depth))
            texts.append(f"**{text}**" if total else text)
        yield f"| {' | '.join(texts)} |"
    remarks = [(row, paragraph) for row in table.rows for paragraph in row.below]
    if remarks:
        yield ""
    for row, paragraph in remarks:
        name = value_of(row.cells[0])
        yield f"- {plain(str(name))}: {plain(paragraph.labelled)}"
    for paragraph in table.after:
        yield from ("", plain(paragraph.labelled))
