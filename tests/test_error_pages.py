"""Every mistake that runway knows has a page: the smallest files that make it, and the exact text that answers each.

`pytest tests/test_error_pages.py --update` writes the answers anew: read the difference before you keep it.
"""

from __future__ import annotations

import ast
import io
import os
import re
import shlex
import sys
from functools import cache
from pathlib import Path

import pytest
import xlsxwriter

import runway
from runway.answers.error import BAKERY, page
from runway.cli import main
from runway.errors import InputError

PAGES = {path.stem: path for path in sorted(Path(__file__).parent.joinpath("errors").iterdir())}
PACKAGE = Path(runway.__file__).parent
ABSENT = {"extra-not-installed": ("scipy", "distributed", "python_calamine")}  # packages that are not to be found
NEEDED = {"cluster-not-there": "distributed", "two-sheets": "python_calamine"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of all pages, and beside them those that cannot stand on one."""
    folder = tmp_path_factory.mktemp("errors")
    (folder / "vintages").mkdir()
    for name, path in PAGES.items():
        for case in page(name, path.read_text(encoding="utf-8")).cases:
            for file, text in case.files.items():
                (folder / file).parent.mkdir(exist_ok=True)
                (folder / file).write_text(text, encoding="utf-8")
    (folder / "models").mkdir()
    (folder / "models" / "bakery.toml").write_text(BAKERY, encoding="utf-8")
    (folder / "bakery.toml").write_text(BAKERY, encoding="utf-8")
    (folder / "binary.toml").write_bytes(b"\x7fELF\0\0\1")
    (folder / "latin.toml").write_bytes('[model]\nname = "Bäckerei"\n'.encode("latin-1"))
    (folder / "utf16.toml").write_bytes(BAKERY.encode("utf-16"))
    with (folder / "large.toml").open("wb") as file:
        file.truncate(100 * 2**20)
    (folder / "books.xlsx").write_bytes(workbook("Jan"))
    (folder / "two-sheets.xlsx").write_bytes(workbook("Jan", "Feb"))
    (folder / "syndicate.toml").write_text(syndicate(60), encoding="utf-8")
    (folder / "old.csv").write_text("old\n", encoding="utf-8")
    for n in range(1, 10):
        (folder / f"chain-{n}.toml").write_text(f'extends = "chain-{n + 1}.toml"\n', encoding="utf-8")
    return folder


def workbook(*sheets: str) -> bytes:
    """A bank statement of one row in each of these sheets."""
    written = io.BytesIO()
    with xlsxwriter.Workbook(written) as book:
        for name in sheets:
            sheet = book.add_worksheet(name)
            for row, cells in enumerate([("date", "description", "amount"), ("2026-01-05", "Rent", -700)]):
                sheet.write_row(row, 0, cells)
    return written.getvalue()


def syndicate(count: int) -> str:
    """A round of so many closings and as many investors."""
    text = (
        '[model]\nname = "x"\nstart = "2025-01"\nmonths = 600\nopening_cash = 0\n[funding.a]\nkind = "priced_round"\n'
    )
    for n in range(count):
        text += f'[[funding.a.closings]]\nname = "c{n}"\ndate = "{2025 + n // 12}-{n % 12 + 1:02d}-15"\namount = 1\n'
        text += f'[[funding.a.commitments]]\ninvestor = "i{n}"\namount = 1\n'
    return text


def listing(folder: str) -> dict[str, tuple[int, int]]:
    """What lies in a folder and below: its size and when it was last changed."""
    found = {}
    for entry in os.scandir(folder):
        status = entry.stat()
        found[entry.path] = (status.st_size, status.st_mtime_ns)
        if entry.is_dir():
            found |= listing(entry.path)
    return found


@pytest.mark.parametrize("name", PAGES)
def test_a_page_says_what_runway_says(folder, monkeypatch, capsys, request, name):
    """Exit code 2, the exact text on standard error, nothing on standard output, nothing written."""
    if name in NEEDED:
        pytest.importorskip(NEEDED[name], reason=f"{name} needs the extra with {NEEDED[name]}")
    for package in ABSENT.get(name, ()):
        for module in [module for module in sys.modules if module.split(".")[0] == package]:
            monkeypatch.delitem(sys.modules, module)
        monkeypatch.setitem(sys.modules, package, None)
    if name == "cluster-not-there":
        monkeypatch.setattr("runway.simulation.cluster.WAIT", 0.3)  # seconds, of three
    monkeypatch.chdir(folder)
    before, written = listing(str(folder)), PAGES[name].read_text(encoding="utf-8")

    def answered(block: re.Match[str]) -> str:
        code, captured = main(shlex.split(block[1])), capsys.readouterr()
        assert (code, captured.out) == (2, ""), block[1]
        return f"```console\n$ runway {block[1]}\n{captured.err}```"

    now = re.sub(r"^```console\n\$ runway (.*)\n(?s:.*?)^```$", answered, written, flags=re.MULTILINE)
    if request.config.getoption("--update"):
        PAGES[name].write_text(now, encoding="utf-8")
    assert now == written
    assert listing(str(folder)) == before


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_its_form(name):
    """A title and what the problem means; by case a heading and an answer with one problem.

    A problem is its place and name, the line with a caret below the culprit, and a sentence.
    """
    assert PAGES[name].name == f"{name}.md"
    written = page(name, PAGES[name].read_text(encoding="utf-8"))
    assert re.match(rf"# {name}\n\n[A-Z`][^\n]+\.\n\n## ", written.text)
    assert written.cases
    assert len({case.heading for case in written.cases}) == len(written.cases)
    for case in written.cases:
        head, *rest = case.says.splitlines()
        assert re.fullmatch(rf"(\S+:\d+:\d+ |command line:\d+:\d+ )?{name}", head)
        assert sum(bool(re.fullmatch(r" +│ +\^+", line)) for line in rest) == (head != name)
        assert "\n\n" not in case.says.removesuffix("\n1 problem in 1 file\n").removesuffix("\n")
        said = [line for line in rest if not re.match(r" *\d* │", line) and line and "problem in" not in line]
        assert said
        assert all(line.rstrip().endswith((".", "?", "…", ":", "}")) for line in said)  # a table to be written
        foreign = r"\b(Input should|valid (tuple|dictionary|string|integer)|pydantic|Decimal|NoneType|Traceback)\b"
        assert not re.search(foreign, case.says)
        assert not re.search(r"(?<!LINE\.)FIELD", case.says)


FORM = re.compile(r"[a-z]+(?:-[a-z]+)+")
ONE_WORD = {"cycle", "overflow"}
METRICS = {"cash-in-hand", "zero-cash-date", "lowest-cash", "closing-cash"}
NO_PROBLEMS = {
    "x-figure",
    "wind-down",
    "runway-plain",
    "pass-through",
    "anti-dil",
    "pre-money",
    "post-money",
    "day-month-year",
    "month-day-year",
    "year-month-day",
} | METRICS  # headings, a schema's key
BEFORE_THE_SOLVER = {
    "cap-not-positive",
    "cap-of-nothing",
    "discount-out-of-range",
    "issue-price-missing",
    "negative-exit-value",
    "no-shares-before-round",
    "nothing-to-convert",
    "ownership-out-of-range",
    "participation-cap",
    "pool-out-of-range",
    "sale-without-shares",
    "stake-out-of-range",
}  # what runway.ownership refuses when it is called, and a file is refused for at its line before it is
RAISED_BY = {"Problem", "problem", "_problem", "FigureError", "FormulaError", "field_error", "refuse", "note"}


@cache
def nodes() -> dict[Path, list[ast.Call | ast.Constant]]:
    """The calls and constants of every module of the package."""
    return {
        path: [
            node
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Call | ast.Constant)
        ]
        for path in PACKAGE.rglob("*.py")
    }


def names_in_the_source() -> set[str]:
    """The names of problems that the source can produce.

    They are the texts in it that are nothing but words joined by hyphens (docstrings and sentences are not), apart from
    `NO_PROBLEMS`, and the two names of one word.  That no other name has one word is seen from what the calls that make
    a problem are given in the place of its name.
    """
    found, one_word = set(), set()
    for node in (node for walked in nodes().values() for node in walked):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if FORM.fullmatch(node.value):
                found.add(node.value)
            if node.value in ONE_WORD:
                one_word.add(node.value)
    assert one_word == ONE_WORD
    return (found | ONE_WORD) - NO_PROBLEMS


def test_every_name_in_the_source_has_a_page_and_no_other():
    assert set(PAGES) | BEFORE_THE_SOLVER == names_in_the_source()


def test_what_no_file_can_say_is_refused_in_the_solver_only():
    for name in BEFORE_THE_SOLVER:
        where = {path.parent.name for path in PACKAGE.rglob("*.py") if f'"{name}"' in path.read_text(encoding="utf-8")}
        assert where == {"ownership"}, name
        assert name not in PAGES


def test_no_other_name_has_one_word():
    """What stands as the first text in a call that makes a problem is a name: it has a hyphen or is a known word."""
    for path, walked in nodes().items():
        for node in walked:
            if not isinstance(node, ast.Call):
                continue
            function = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            texts = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
            if function in RAISED_BY and texts and re.fullmatch("[a-z]+", texts[0]):
                assert texts[0] in ONE_WORD, f"{path.name}:{node.lineno}"


SIX = """\
[model]
name = "Bakery"
start = "January"
months = 12
opening_cash = "$1000/month"

[revenue.bread]
kind = "subscription"
opening = 100
churn = 0.02
price = "5/month"

[costs.rent]
kind = "recurring"
amount = 50

[costs.flour]
kind = "formula"
formula = "shre * bread"
share = "30%"

[costs.oven]
kind = "one_of"
amount = 500
"""


def test_six_mistakes_in_one_run(folder, monkeypatch, capsys):
    """Also those of formulas, although the model's first month is unknown."""
    monkeypatch.chdir(folder)
    (folder / "six.toml").write_text(SIX, encoding="utf-8")
    assert main(["project", "six.toml"]) == 2
    captured = capsys.readouterr()
    heads = [line for line in captured.err.splitlines() if line.startswith("six.toml:")]
    assert sorted(heads) == sorted(
        [
            "six.toml:3:9 bad-month",
            "six.toml:5:16 period-not-allowed",
            "six.toml:10:9 rate-without-period",
            "six.toml:15:10 flow-without-period",
            "six.toml:19:12 unknown-name",
            "six.toml:23:8 unknown-kind",
        ]
    )
    assert captured.err.endswith("\n\n6 problems in 1 file\n")
    assert captured.out == ""


def test_six_mistakes_where_the_model_itself_is_sound(folder, monkeypatch, capsys):
    monkeypatch.chdir(folder)
    text = SIX.replace('"January"', '"2025-01"').replace('"$1000/month"', "1000")
    text += """
[events.permit]
date = "soon"

[funding.seed]
kind = "priced_round"
closings = [{ name = "first", date = "2025-03-15", amount = 500, requires = "not permit" }]
"""
    (folder / "six.toml").write_text(text, encoding="utf-8")
    assert main(["project", "six.toml"]) == 2
    captured = capsys.readouterr()
    names = [line.split()[1] for line in captured.err.splitlines() if line.startswith("six.toml:")]
    assert sorted(names) == sorted(
        [
            "rate-without-period",
            "flow-without-period",
            "unknown-name",
            "unknown-kind",
            "not-a-date",
            "condition-not-datable",
        ]
    )


def test_problems_come_in_the_order_of_the_file(folder, monkeypatch, capsys):
    monkeypatch.chdir(folder)
    (folder / "six.toml").write_text(SIX, encoding="utf-8")
    main(["project", "six.toml"])
    lines = [int(found) for found in re.findall(r"^six\.toml:(\d+):", capsys.readouterr().err, re.MULTILINE)]
    assert lines == sorted(lines)


def test_problems_of_two_files(folder, monkeypatch, capsys):
    monkeypatch.chdir(folder)
    assert main(["validate", "rate-without-period.toml", "bakery.toml", "bad-month.toml"]) == 2
    captured = capsys.readouterr()
    assert captured.err.endswith("\n\n2 problems in 2 files\n")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads everything")
def test_a_file_one_may_not_read(folder, monkeypatch, capsys):
    monkeypatch.chdir(folder)
    path = folder / "secret.toml"
    path.write_text(BAKERY, encoding="utf-8")
    path.chmod(0)
    assert main(["project", "secret.toml"]) == 2
    assert capsys.readouterr().err == "file-unreadable\nsecret.toml cannot be read: permission denied.\n"


@pytest.mark.parametrize("contents", [b"", b"\n\n", b"# nothing\n", b"\xef\xbb\xbf"])
def test_an_empty_file(folder, monkeypatch, capsys, contents):
    monkeypatch.chdir(folder)
    (folder / "empty.toml").write_bytes(contents)
    assert main(["project", "empty.toml"]) == 2
    assert "needs a [model]" in capsys.readouterr().err


def test_standard_input(monkeypatch, capsys):
    text = BAKERY.replace("12", '"a year"').encode()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text)))
    assert main(["project", "-"]) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith("standard input:4:10 wrong-type\n")
    assert captured.out == ""


def test_through_the_api_it_is_one_exception(folder, monkeypatch):
    monkeypatch.chdir(folder)
    with pytest.raises(InputError) as raised:
        runway.project("rate-without-period.toml")
    assert [problem.name for problem in raised.value.problems] == ["rate-without-period"]
