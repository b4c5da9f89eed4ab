"""LibreOffice as a second engine: workbooks recalculated without their cached values, many in one call."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import zipfile
from functools import cache
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

if TYPE_CHECKING:
    from pathlib import Path

ABSENT = "LibreOffice is not installed: the workbook is not recalculated. apt-get install libreoffice-calc brings it."
ALWAYS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>
"""  # recalculates every formula when a file is loaded, whatever value stands beside it
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"

Cells = dict[str, dict[str, Any]]
"""By sheet and cell: numbers, text, and None where a formula has an error."""


@cache
def soffice() -> str | None:
    """The program, if it is installed."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def recalculated(books: list[Path], into: Path) -> None:
    """Every workbook, computed anew, under its own name in the folder `into`."""
    program = soffice()
    assert program is not None
    profile = into / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(ALWAYS, encoding="utf-8")
    subprocess.run(
        [program, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to",
         "xlsx:Calc MS Excel 2007 XML", "--outdir", str(into), *map(str, books)],
        check=True, capture_output=True, timeout=300, env={**os.environ, "SAL_USE_VCLPLUGIN": "svp"},
    )  # fmt: skip
    shutil.rmtree(profile, ignore_errors=True)
    missing = [book.name for book in books if not (into / book.name).exists()]
    assert not missing, f"LibreOffice did not read {missing}"


@cache
def cells(path: Path) -> Cells:
    """The values that stand in the cells of a workbook, of formulas those that were computed last."""
    with zipfile.ZipFile(path) as book:
        strings = _strings(book)
        names = re.findall(r'<sheet name="([^"]+)"', book.read("xl/workbook.xml").decode())
        return {
            name: dict(_values(book.read(f"xl/worksheets/sheet{n}.xml"), strings)) for n, name in enumerate(names, 1)
        }


def _strings(book: zipfile.ZipFile) -> list[str]:
    if "xl/sharedStrings.xml" not in book.namelist():
        return []
    root = ElementTree.fromstring(book.read("xl/sharedStrings.xml"))
    return ["".join(text.text or "" for text in item.iter(f"{MAIN}t")) for item in root.iter(f"{MAIN}si")]


def _values(sheet: bytes, strings: list[str]) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for cell in ElementTree.fromstring(sheet).iter(f"{MAIN}c"):
        value = cell.find(f"{MAIN}v")
        if value is None or value.text is None:
            continue
        kind, text = cell.get("t", "n"), value.text
        read = {"s": lambda t: strings[int(t)], "str": str, "e": lambda _: None}.get(kind, float)
        found.append((cell.get("r", ""), read(text)))
    return found
