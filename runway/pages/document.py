"""A page as text: the HTML around its data and its script, and that script, made short."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from runway.render.html import document as html_document
from runway.render.html import hash_of, look

HERE = Path(__file__).parent
SCRIPTS = tuple(
    f"{name}.js"
    for name in "runtime daily format chart state answer picture cash sheets facts why sliders move back page".split()
)
"""The scripts of a page in order; `page` begins the others, so it comes last."""


def data_text(data: Any) -> str:
    """The data of a page as text in HTML, in which no `<` begins anything."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for sign in "<\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def document(title: str, data: str, script: str, events: str = "") -> str:
    """The HTML around data and a script: no address is asked, and only this script and this style are run."""
    style = look() + (HERE / "page.css").read_text(encoding="utf-8")
    body = (
        "<noscript>This page computes its figures and needs its script.</noscript>\n"
        f'<script type="application/json" id="data">{data}</script>\n<script>{script}</script>\n'
    )
    connect = "connect-src 'self'; " if events else ""
    return html_document(title, style, body, f"script-src '{hash_of(script)}'; {connect}")


def script_of(program: str) -> str:
    """The script of a page: the functions that its formulas call, the formulas, and the drawing of their figures."""
    runtime, *drawing = (compact((HERE / name).read_text(encoding="utf-8")) for name in SCRIPTS)
    return "\n".join(['"use strict";(() => {', runtime, program, *drawing, "})();"])


@cache
def compact(script: str) -> str:
    """A script without comments, indentation and the blanks around signs; no text of it goes over a line's end.

    A line with quotes other than plain ones, or with a slash that begins no comment, keeps its blanks.
    """
    lines = (COMMENT.sub("", line).strip() for line in script.splitlines() if not line.lstrip().startswith("//"))
    return "\n".join(line if INTRICATE.search(line) else _squeezed(line) for line in lines if line)


COMMENT = re.compile(r"\s// [^\"'`]*$")
INTRICATE = re.compile(r"[`'/]|[+-] [+-]")
SIGNS = re.compile(r"\s*([=+\-*<>?:,;{}()\[\]&|!%])\s*")
TEXT = re.compile(r'("(?:\\.|[^"\\])*")')


def _squeezed(line: str) -> str:
    """A line without the blanks around its signs, outside texts."""
    parts = TEXT.split(line)
    parts[::2] = [SIGNS.sub(r"\1", part) for part in parts[::2]]
    return "".join(parts)
