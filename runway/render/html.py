"""A report as HTML: tables, sentences and pictures; whatever a file says is text."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from runway.render.cells import cell_text
from runway.render.chart import Sparkline
from runway.render.figures import printable
from runway.render.report import (
    Bar,
    Cell,
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
from runway.render.svg import Chart, bar, chart_parts, scrolled, spark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runway.render.figures import Scale
    from runway.render.report import Block, Column, Report, Row

WIDTH = 100  # of trees, in characters
MOST_COLUMNS = 14
COLOURS = {"red": "below", "green": "good"}


def html(report: Report) -> str:
    """One `<div>`, without script, style sheet or address; notebooks show it for a result."""
    report = report.fitting(lambda table, _: len(table.columns) <= MOST_COLUMNS)
    parts = [f"<h3>{escape(' · '.join(filter(None, report.title)))}</h3>"]
    parts += [f"<p>{escape(paragraph.labelled)}</p>" for paragraph in report.lead]
    return "<div>" + "\n".join([*parts, *sections(report)]) + "</div>\n"


def sections(report: Report) -> Iterator[str]:
    """The blocks below the title, as pieces of HTML."""
    for section in report.sections:
        for block in section:
            yield from block_parts(block, report.scale)


def page(report: Report) -> str:
    """A report as a page of its own that asks nothing of a network: one file, in the look of `runway page`."""
    report = report.fitting(lambda table, _: len(table.columns) <= MOST_COLUMNS)
    name, *parts = [*filter(None, report.title)] or ["runway"]
    lead = "".join(f'<p class="quiet">{escape(paragraph.labelled)}</p>\n' for paragraph in report.lead)
    title = f'<header class="title"><h1>{escape(name)}</h1><p class="quiet">{escape(" · ".join(parts))}</p></header>\n'
    body = f'<main class="report">\n{title}{lead}' + "\n".join(sections(report)) + "\n</main>\n"
    return document(" · ".join((name, *parts)), look(), body)


def look() -> str:
    """The style sheet that all pages have in common."""
    return (Path(__file__).parent / "look.css").read_text(encoding="utf-8")


def document(title: str, style: str, body: str, policy: str = "") -> str:
    """The HTML around a body: no address is asked, no style but this one is used; `policy` allows more."""
    allowed = f"default-src 'none'; img-src data:; style-src '{hash_of(style)}'; {policy}"
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f"<meta http-equiv=\"Content-Security-Policy\" content=\"{allowed}base-uri 'none'; form-action 'none'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f'<link rel="icon" href="data:,">\n<title>{escape(printable(title))}</title>\n<style>{style}</style>\n</head>\n'
        f"<body>\n{body}</body>\n</html>\n"
    )


def hash_of(text: str) -> str:
    """The hash by which a policy allows a script or a style."""
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


def block_parts(block: Block, scale: Scale) -> Iterator[str]:
    if isinstance(block, Table):
        yield from table_parts(block, scale)
    elif isinstance(block, Prose):
        yield f"<p>{escape(block.labelled)}</p>"
    elif isinstance(block, Findings):
        terms = "".join(f"<dt>{escape(label)}</dt><dd>{escape(text)}</dd>" for label, text in block.pairs)
        yield f'<dl class="strong">{terms}</dl>' if "bold" in block.style else f"<dl>{terms}</dl>"
    elif isinstance(block, Heading):
        note = f'<p class="quiet">{escape(block.note)}</p>' if block.note else ""
        yield f"<h2>{escape(sentence_case(block.text))}</h2>{note}"
    elif isinstance(block, Chart):
        yield from chart_parts(block, scale)
    else:
        from runway.render.terminal import block_lines

        lines = "\n".join(line.plain for line in block_lines(block, scale, WIDTH))
        yield f"<pre>{escape(lines)}</pre>"


def table_parts(table: Table, scale: Scale) -> Iterator[str]:
    table, scale = sized(table, scale)
    title = sentence_case(table.title)
    if title:
        yield f"<h2>{escape(title)}</h2>"
    if table.note:
        yield f'<p class="quiet">{escape(table.note)}</p>'
    heads = "".join(f'<th scope="col"{side(column)}>{escape(full_head(column))}</th>' for column in table.columns)
    rows = "".join(row_parts(table, row, scale) for row in table.rows)
    whole = f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    yield scrolled(whole, title or "table")
    yield from (f'<p class="quiet">{escape(paragraph.labelled)}</p>' for paragraph in table.after)


def side(column: Column, more: str = "") -> str:
    """The attributes by which a cell's text stands left or right."""
    kind = "figure" if to_the_right(column) else "date" if column.unit in ("day", "month") else ""
    kinds = " ".join(filter(None, (kind, more)))
    return (' align="right"' if to_the_right(column) else "") + (f' class="{kinds}"' if kinds else "")


def row_parts(table: Table, row: Row, scale: Scale) -> str:
    """A row, and the sentences below it."""
    kinds = [name for name, is_so in (("total", "bold" in row.style), ("inner", row.depth > 0), ("net", row.ruled))
             if is_so]  # fmt: skip
    cells = []
    for n, (column, value) in enumerate(zip(table.columns, row.cells, strict=True)):
        figure, style = plain(value), value.style if isinstance(value, Cell) else ""
        if isinstance(figure, Bar):
            cells.append(f"<td>{bar(figure)}</td>")
            continue
        if isinstance(figure, Sparkline):
            cells.append(f"<td>{spark(figure, min(0.0, figure.floor), max(figure.values), len(figure.values))}</td>")
            continue
        text = escape(cell_text(column, row, value, scale, scale.places).strip())
        if isinstance(value, Cell) and value.page:
            text = f'<a href="{escape(value.page)}">{text}</a>'
        colour = next((kind for name, kind in COLOURS.items() if name in style), "")
        tag, scope = ("td", "") if n else ("th", ' scope="row"')
        cells.append(f"<{tag}{scope}{side(column, colour)}>{text}</{tag}>")
    below = "".join(
        f'<tr class="below"><td colspan="{len(table.columns)}">{escape(paragraph.labelled)}</td></tr>'
        for paragraph in row.below
    )
    of_kind = f' class="{" ".join(kinds)}"' if kinds else ""
    return f"<tr{of_kind}>{''.join(cells)}</tr>{below}"
