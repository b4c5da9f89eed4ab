"""Workbooks of books: the same rows as in delimited text, whichever program wrote them."""

from __future__ import annotations

import csv
import re
import sys
import zipfile
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
import xlsxwriter
from support.exports import SAMPLES, by_month, decimals, known_totals, read_file

from runway.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from runway.errors import Problem

pytest.importorskip("python_calamine", reason="workbooks need the extra books")


def typed(cell: str) -> Any:
    """A cell as a program that exports a workbook writes it: numbers and days as such."""
    if re.fullmatch(r"-?[\d,]+\.\d\d", cell):
        return float(cell.replace(",", ""))
    if match := re.fullmatch(r"(\d\d)/(\d\d)/(\d{4})", cell):
        return datetime(int(match[3]), int(match[1]), int(match[2]))
    if re.fullmatch(r"\d{1,2} [A-Z][a-z]{2} \d{4}", cell):
        return datetime.strptime(cell, "%d %b %Y")
    return cell


def workbook(path: Path, sheets: dict[str, Sequence[Sequence[Any]]], hidden: Sequence[str] = ()) -> Path:
    with xlsxwriter.Workbook(path, {"default_date_format": "dd/mm/yyyy"}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            if name in hidden:
                sheet.hide()
            for row, cells in enumerate(rows):
                for column, cell in enumerate(cells):
                    if cell != "":
                        sheet.write(row, column, cell)
    return path


def rows_of(sample: str) -> list[list[Any]]:
    with (SAMPLES / sample).open(encoding="utf-8-sig", newline="") as file:
        return [[typed(cell) for cell in row] for row in csv.reader(file)]


def refused(path: Path, **said: Any) -> Problem:
    with pytest.raises(InputError) as error:
        read_file(path, **said)
    return error.value.problems[0]


HEADS = ["Details", "Posting Date", "Description", "Amount", "Type", "Balance"]
DAY = datetime(2026, 1, 15)
CHASE = [HEADS, ["DEBIT", DAY, "Rent", -100.10, "ACH", 0.2], ["CREDIT", datetime(2026, 1, 16), "Sale", 0.1, "ACH", 0.3]]


def test_a_statement_as_a_workbook(tmp_path) -> None:
    """Numbers to the cent, although a spreadsheet holds binary ones; days, whatever their format shows."""
    (export,) = read_file(workbook(tmp_path / "chase.xlsx", {"Sheet1": rows_of("chase_checking.csv")}))
    assert by_month(export) == decimals(known_totals("chase_checking.csv")["by_month"])
    (plain,) = read_file(SAMPLES / "chase_checking.csv")
    assert [row._replace(line=0) for row in export.rows] == [row._replace(line=0) for row in plain.rows]


def test_blocks_of_accounts_as_a_workbook(tmp_path) -> None:
    (export,) = read_file(workbook(tmp_path / "xero.xlsx", {"Sheet1": rows_of("xero_account_transactions.csv")}))
    for account, sums in known_totals("xero_account_transactions.csv")[
        "accounts, debit positive, opening rows left out"
    ].items():
        assert by_month(export, account) == decimals(sums)


def test_profit_and_loss_by_month_as_a_workbook(tmp_path) -> None:
    """Amounts that are shown with a currency's mark are numbers in a workbook; the totals are checked all the same."""
    written = rows_of("qbo_pnl_by_month.csv")
    rows = [[typed(cell.replace("$", "")) if isinstance(cell, str) else cell for cell in row] for row in written]
    (export,) = read_file(workbook(tmp_path / "pnl.xlsx", {"Profit and Loss": rows}))
    for account, sums in known_totals("qbo_pnl_by_month.csv")["lines, positive as printed"].items():
        of = [row.account for row in export.rows if row.account.endswith(account)]
        read = by_month(export, of[0])
        assert {month: abs(amount) for month, amount in read.items()} == decimals(sums)
    total = next(row for row in rows if row and str(row[0]).strip().startswith("Total for"))
    total[1] += 1
    problem = refused(workbook(tmp_path / "wrong.xlsx", {"Profit and Loss": rows}))
    assert (problem.name, problem.place.line) == ("totals-do-not-foot", rows.index(total) + 1)


@pytest.mark.parametrize("merged", [True, False])
def test_titles_blank_rows_and_columns_stand_above(tmp_path, merged) -> None:
    rows: list[list[Any]] = [["Fern Example"], [], ["All transactions"], [], *CHASE]
    path = workbook(tmp_path / "titled.xlsx", {"Sheet1": rows})
    if merged:
        book = openpyxl.load_workbook(path)
        book.active.merge_cells("A1:F1")
        book.save(path)
    (export,) = read_file(path)
    assert [(row.line, row.day, row.amount) for row in export.rows] == [
        (6, date(2026, 1, 15), Decimal("-100.1")),
        (7, date(2026, 1, 16), Decimal("0.1")),
    ]


@pytest.mark.parametrize(
    ("written", "amount"), [(0.1 + 0.2, "0.3"), (1e7, "10000000"), (1234.567, "1234.567"), ("1,234.50", "1234.50")]
)
def test_a_number_is_what_a_spreadsheet_shows_of_it(tmp_path, written, amount) -> None:
    (export,) = read_file(workbook(tmp_path / "n.xlsx", {"a": [HEADS, ["X", DAY, "Sale", written, "ACH", ""]]}))
    assert export.rows[0].amount == Decimal(amount)


def test_the_sheet_whose_layout_is_known_is_read(tmp_path) -> None:
    notes = [["Notes"], ["nothing"]]
    path = workbook(tmp_path / "two.xlsx", {"Notes": notes, "Data": CHASE, "Old": CHASE}, hidden=["Old"])
    assert len(read_file(path)[0].rows) == 2
    both = workbook(tmp_path / "both.xlsx", {"Jan": CHASE, "Feb": CHASE})
    problem = refused(both)
    assert problem.name == "two-sheets"
    assert 'The sheets Jan and Feb both hold an export; write sheet = "Jan"' in problem.text
    assert read_file(both, sheet="Feb")[0].title == "both.xlsx"
    assert refused(both, sheet="Mar").name == "unknown-choice"
    assert refused(workbook(tmp_path / "none.xlsx", {"Notes": notes})).name == "unknown-layout"


@pytest.mark.parametrize("wrong", ["=1+1", "=1/0"])
def test_a_formula_without_a_value_is_no_amount(tmp_path, wrong) -> None:
    """Its reader gives a blank cell for it, which in a column of amounts would be taken for nothing."""
    book = openpyxl.Workbook()
    for row in CHASE:
        book.active.append(row)
    book.active["D2"] = wrong
    book.save(tmp_path / "f.xlsx")
    problem = refused(tmp_path / "f.xlsx")
    assert (problem.name, problem.place.file, problem.place.line) == ("not-a-figure", "f.xlsx[Sheet]", 2)
    assert '"formula without a stored value" cannot be read as an amount' in problem.text
    path = tmp_path / "e.xlsx"
    with xlsxwriter.Workbook(path, {"default_date_format": "d mmm"}) as stored:
        sheet = stored.add_worksheet()
        for row, cells in enumerate(CHASE):
            for column, cell in enumerate(cells):
                sheet.write(row, column, cell)
        sheet.write_formula("D2", wrong, None, "#DIV/0!" if wrong == "=1/0" else 2)
    if wrong == "=1/0":
        assert '"#DIV/0!" cannot be read as an amount' in refused(path).text
    else:
        assert read_file(path)[0].rows[0].amount == 2


def test_what_is_no_workbook_is_refused(tmp_path) -> None:
    path = workbook(tmp_path / "a.xlsx", {"a": CHASE})
    whole = path.read_bytes()
    for cut in (8, 100, len(whole) // 2, len(whole) - 30):
        path.write_bytes(whole[:cut])
        assert refused(path).name == "broken-export"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600)
    assert refused(path).name == "broken-export"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("word/document.xml", "<a/>")
    assert refused(path).name == "broken-export"


@pytest.mark.proof
def test_a_small_file_that_stands_for_a_very_large_one_is_refused(tmp_path) -> None:
    """One cell in the last corner makes a sheet of 17 billion; a part of a gigabyte packs into a megabyte."""
    path = tmp_path / "corner.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "x")
        sheet.write(1_048_575, 16_383, "x")
    assert refused(path).name == "file-too-large"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", "<workbook/>")
        with packed.open("xl/sharedStrings.xml", "w") as part:
            for _ in range(257):
                part.write(b" " * 2**20)
    assert refused(path).name == "file-too-large"


def test_without_the_extra_it_is_said_what_to_install(tmp_path, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    problem = refused(workbook(tmp_path / "a.xlsx", {"a": CHASE}))
    assert problem.name == "extra-not-installed"
    assert problem.text.endswith('pip install "runway-as-code[books]".')
