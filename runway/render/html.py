"""A report as a piece of HTML: tables and sentences, charts as text; whatever a file says is text."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

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
    from collections.abc import Iterator

    from runway.render.figures import Scale
    from runway.render.report import Block, Report

WIDTH = 100  # of charts, in characters
MOST_COLUMNS = 14
STYLE = (
    "body{font:15px/1.45 system-ui,sans-serif;margin:2em auto;max-width:70em;padding:0 1em;color-scheme:light dark}"
    "table{border-collapse:collapse;margin:1em 0;font-variant-numeric:tabular-nums}"
    "caption{text-align:left;font-weight:600}td,th{padding:.15em .6em;border-bottom:1px solid #8884}"
    "pre{line-height:1.15;overflow-x:auto}dt{font-weight:600}"
)


def html(report: Report) -> str:
    """One `<div>`, without script, style sheet or address; notebooks show it for a result."""
    report = report.fitting(lambda table, _: len(table.columns) <= MOST_COLUMNS)
    parts = [f"<h3>{escape(' · '.join(filter(None, report.title)))}</h3>"]
    parts += [f"<p>{escape(paragraph.labelled)}</p>" for paragraph in report.lead]
    parts += [part for section in report.sections for block in section for part in block_parts(block, report.scale)]
    return "<div>" + "\n".join(parts) + "</div>\n"


def page(report: Report) -> str:
    """A report as a page of its own that asks nothing of a network."""
    title = escape(" · ".join(filter(None, report.title)))
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        f"<style>{STYLE}</style></head>\n<body>\n{html(report)}</body></html>\n"
    )


def block_parts(block: Block, scale: Scale) -> Iterator[str]:
    if isinstance(block, Table):
        yield from table_parts(block, scale)
    elif isinstance(block, Prose):
        yield f"<p>{escape(block.labelled)}</p>"
    elif isinstance(block, Findings):
        terms = "".join(f"<dt>{escape(label)}</dt><dd>{escape(text)}</dd>" for label, text in block.pairs)
        yield f"<dl>{terms}</dl>"
    elif isinstance(block, Heading):
        yield f"<h4>{escape(sentence_case(block.text))}</h4>" + (f"<p>{escape(block.note)}</p>" if block.note else "")
    else:
        from runway.render.terminal import block_lines

        yield f"<pre>{escape(chr(10).join(line.plain for line in block_lines(block, scale, WIDTH)))}</pre>"


def table_parts(table: Table, scale: Scale) -> Iterator[str]:
    table, scale = sized(table, scale)
    caption = " · ".join(filter(None, (sentence_case(table.title), table.note)))
    heads = "".join(f"<th>{escape(full_head(column))}</th>" for column in table.columns)
    yield f"<table><caption>{escape(caption)}</caption><thead><tr>{heads}</tr></thead><tbody>"
    for row in table.rows:
        cells = []
        for column, value in zip(table.columns, row.cells, strict=True):
            figure = plain(value)
            if isinstance(figure, Bar):
                cells.append(f'<td><meter value="{abs(figure.end - figure.start):.3f}"></meter></td>')
                continue
            text = escape(cell_text(column, row, value, scale, scale.places).strip())
            tag = "th" if not cells and "bold" in row.style else "td"
            cells.append(f'<{tag} align="{"right" if to_the_right(column) else "left"}">{text}</{tag}>')
        yield f"<tr>{''.join(cells)}</tr>"
        for paragraph in row.below:
            yield f'<tr><td colspan="{len(table.columns)}">{escape(paragraph.labelled)}</td></tr>'
    yield "</tbody></table>"
    yield from (f"<p>{escape(paragraph.labelled)}</p>" for paragraph in table.after)
