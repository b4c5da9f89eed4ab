"""LibreOffice as a second engine: workbooks recalculated without their cached values, many in one call."""

from __future__ import annotations

import csv
import os
import re
import shutil
import subprocess
import zipfile
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from runway.workbook.places import column_name

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

ABSENT = "LibreOffice is not installed: the workbook is not recalculated. apt-get install libreoffice-calc brings it."
ALWAYS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>
"""  # recalculates every formula when a file is loaded, whatever value stands beside it
EVERY_SHEET = "csv:Text - txt - csv (StarCalc):44,34,76,1,,1033,true,false,false,false,false,-1"
"""Cells as computed and not as shown, in American English, one file a sheet: half the time of a workbook."""
NUMBER = re.compile(r"-?\d+(\.\d+)?(E[+-]\d+)?")
DAY = re.compile(r"\d\d/\d\d/\d{4}")
ERROR = re.compile(r"Err:\d+|#[A-Z/0!?]+")
EPOCH = date(1899, 12, 30)  # day 0 of a spreadsheet
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"

Cells = dict[str, dict[str, Any]]
"""By sheet and cell: numbers, text, and None where a formula has an error."""


@cache
def soffice() -> str | None:
    """The program, if it is installed."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def recalculated(books: Collection[Path], into: Path) -> None:
    """The sheets of every workbook, computed anew, as CSV files in the folder `into`: see `computed`."""
    program = soffice()
    profile = into / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(ALWAYS, encoding="utf-8")
    subprocess.run(
        [program, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", EVERY_SHEET,
         "--outdir", str(into), *map(str, books)],
        check=True, capture_output=True, timeout=900, env={**os.environ, "SAL_USE_VCLPLUGIN": "svp"},
    )  # fmt: skip
    shutil.rmtree(profile, ignore_errors=True)


@cache
def computed(book: Path, into: Path) -> Cells:
    """The cells of a workbook as LibreOffice computed them into this folder."""
    found: Cells = {}
    for name in _sheets(book):
        with (into / f"{book.stem}-{name}.csv").open(encoding="utf-8", newline="") as file:
            found[name] = {
                f"{column_name(column)}{row}": value(text)
                for row, texts in enumerate(csv.reader(file), 1)
                for column, text in enumerate(texts)
                if text
            }
    return found


def value(text: str) -> Any:
    """A number, a share or a day (as the days since 1899-12-30) by its form; None of an error; else the text."""
    if NUMBER.fullmatch(text):
        return float(text)
    if NUMBER.fullmatch(text[:-1]) and text.endswith("%"):
        return float(text[:-1]) / 100
    if DAY.fullmatch(text):
        month, day, year = map(int, text.split("/"))
        return float((date(year, month, day) - EPOCH).days)
    return None if ERROR.fullmatch(text) else {"TRUE": 1.0, "FALSE": 0.0}.get(text, text)


@cache
def cells(path: Path) -> Cells:
    """The values that stand in the cells of a workbook, beside a formula those that were written with it."""
    with zipfile.ZipFile(path) as book:
        strings = _strings(book)
        return {
            name: dict(_values(book.read(f"xl/worksheets/sheet{n}.xml"), strings))
            for n, name in enumerate(_sheets(path), 1)
        }


def typed(book: Path, into: Path, figures: dict[str, Any]) -> None:
    """The workbook with other values in the blue cells of these addresses, as a user would type them."""
    rows = rows_of(cells(book)["Inputs"])
    _changed(book, into, "Inputs", {f"C{rows[address]}": _typed(value) for address, value in figures.items()})


def chosen(book: Path, into: Path, scenario: str) -> None:
    """The workbook in which another scenario is chosen."""
    _changed(book, into, "Scenarios", {"B4": _typed(scenario)})


def a_cent_more(book: Path, into: Path, cell: str) -> None:
    """The workbook in which this cell of the sheet Model no longer is its row's formula."""
    _changed(book, into, "Model", {cell: f"><f>{cells(book)['Model'][cell]!r}+0.01</f><v>0</v>"})


def rows_of(sheet: dict[str, Any]) -> dict[str, str]:
    """The row in which each address stands, in the first column of its sheet."""
    return {value: cell[1:] for cell, value in sheet.items() if re.fullmatch(r"A\d+", cell)}


def _typed(value: Any) -> str:
    if isinstance(value, date):
        value = (value - EPOCH).days
    return f' t="inlineStr"><is><t>{value}</t></is>' if isinstance(value, str) else f"><v>{value!r}</v>"


def _changed(book: Path, into: Path, sheet: str, contents: dict[str, str]) -> None:
    """A copy in which the contents of these cells are others; their formats stay."""
    changed = f"xl/worksheets/sheet{_sheets(book).index(sheet) + 1}.xml"
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(into, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            if name == changed:
                for cell, inside in contents.items():
                    pattern = rf'(<c r="{cell}" s="\d+")(?: t="\w+")?>.*?</c>'
                    text, count = re.subn(pattern.encode(), rb"\1" + inside.encode() + b"</c>", text, count=1)
                    assert count == 1, cell
            new.writestr(name, text)


def _sheets(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as book:
        return re.findall(r'<sheet name="([^"]+)"', book.read("xl/workbook.xml").decode())


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
