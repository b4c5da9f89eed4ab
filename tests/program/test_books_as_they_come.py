"""Exports that were once read wrongly without a word, each the smallest one; and broken tables of [actuals]."""

from __future__ import annotations

import random
from copy import deepcopy
from typing import TYPE_CHECKING

import pytest

import runway
from runway.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from runway.answers.projection import Projection

MODEL = """
[model]
name         = "Books"
currency     = "USD"
start        = "2026-01"
months       = 12
opening_cash = 1000

[revenue.sales]
kind   = "recurring"
amount = "100/month"

[costs.rent]
kind   = "recurring"
amount = "50/month"
"""


def projected(folder: Path, books: str, actuals: str, model: str = MODEL) -> Projection:
    (folder / "books.csv").write_text(books, encoding="utf-8")
    (folder / "plan.toml").write_text(f"{model}\n[actuals]\n{actuals}", encoding="utf-8")
    return runway.project(str(folder / "plan.toml"))


def refused(folder: Path, books: str, actuals: str, model: str = MODEL) -> tuple[str, str]:
    with pytest.raises(InputError) as raised:
        projected(folder, books, actuals, model)
    problem = raised.value.problems[0]
    return problem.name, problem.text


FILE = 'file = "books.csv"\nlast_close = "2026-03"\n'
REVENUE = FILE + '[actuals.mapping]\nRevenue = "sales"\n'
MAPPED = '[actuals.mapping]\n"assets:bank" = "cash"\nequity = "ignore"\n"expenses:rent" = "rent"\nincome = "sales"\n'
HLEDGER = """\
"txnidx","date","date2","status","code","description","comment","account","amount","commodity","credit","debit"
"1","2026-01-01","","","","opening balances","","assets:bank","1000.00","USD","","1000.00"
"1","2026-01-01","","","","opening balances","","equity:opening/closing balances","-1000.00","USD","1000.00",""
"2","2026-01-31","","","","sale","","assets:bank","70.00","USD","","70.00"
"2","2026-01-31","","","","sale","","income:sales","-70.00","USD","70.00",""
"3","2026-02-28","","","","rent","","expenses:rent","40.00","USD","","40.00"
"3","2026-02-28","","","","rent","","assets:bank","-40.00","USD","40.00",""
"4","2026-03-31","","","","sale","","assets:bank","60.00","USD","","60.00"
"4","2026-03-31","","","","sale","","income:sales","-60.00","USD","60.00",""
"""


@pytest.mark.parametrize("how", [FILE, f'opening = "books"\n{FILE}', 'last_close = "auto"\nfile = "books.csv"\n'])
def test_an_opening_entry_is_no_receipt(tmp_path: Path, how: str) -> None:
    """1,000 before, then 70, -40 and 60; with other cash written the two contradict each other."""
    rows = projected(tmp_path, HLEDGER, how + MAPPED).rows
    assert rows["cash"][:3] == (1070, 1030, 1090)
    assert rows["unreconciled.cash"][:3] == (0, 0, 0)
    other = MODEL.replace("opening_cash = 1000", "opening_cash = 900")
    name, says = refused(tmp_path, HLEDGER, how + MAPPED, other)
    assert name == "opening-in-period"
    assert "with 1,000.00 of cash" in says
    assert "opening_cash is 900.00" in says


def test_opening_cash_may_be_left_to_the_ledger(tmp_path: Path) -> None:
    left = MODEL.replace("opening_cash = 1000\n", "")
    assert projected(tmp_path, HLEDGER, f'opening = "books"\n{FILE}{MAPPED}', left).rows["cash"][2] == 1090
    without = "\n".join(line for line in HLEDGER.splitlines() if "opening" not in line) + "\n"
    name, says = refused(tmp_path, without, f'opening = "books"\n{FILE}{MAPPED}', left)
    assert name == "missing-field"
    assert "No file says what cash there is at the start" in says


def test_an_unsigned_amount_beside_debit_and_credit_has_their_sign(tmp_path: Path) -> None:
    rows = "".join(f"2026-0{month}-05,Revenue,,1000,1000\n" for month in (1, 2, 3))
    projection = projected(tmp_path, f"date,account,debit,credit,amount\n{rows}", REVENUE)
    assert projection.rows["sales.revenue"][:3] == (1000, 1000, 1000)


def test_what_failed_did_not_happen_and_an_unknown_word_is_asked_about(tmp_path: Path) -> None:
    words = zip((1, 2, 3, 3), ("Completed", "Completed", "Completed", "Failed"), (-10, -10, -10, -99), strict=True)
    rows = "".join(f"2026-0{month}-05,Revenue,{amount},{word}\n" for month, word, amount in words)
    projection = projected(tmp_path, f"date,account,amount,status\n{rows}", REVENUE)
    assert projection.rows["sales.revenue"][:3] == (10, 10, 10)
    name, says = refused(tmp_path, f"date,account,amount,status\n{rows}".replace("Failed", "Odd"), REVENUE)
    assert name == "unknown-status"
    assert '"Odd": does it count?' in says


def test_closing_entries_are_refused_or_left_out_by_name(tmp_path: Path) -> None:
    rows = "".join(f"2026-0{month}-05,Revenue,-1000,\n2026-0{month}-06,Rent,40,\n" for month in (1, 2, 3))
    rows += "2026-03-31,Revenue,3000,closing\n2026-03-31,Rent,-120,closing\n2026-03-31,Equity,-2880,closing\n"
    text = '[actuals.files.books]\nfile = "books.csv"\n'
    mapping = '[actuals.mapping]\nRevenue = "sales"\nRent = "rent"\nEquity = "ignore"\n'
    books, close = f"date,account,amount,memo\n{rows}", 'last_close = "2026-03"\n'
    name, says = refused(tmp_path, books, close + text + mapping)
    assert name == "closing-entries"
    assert "leave_out" in says
    projection = projected(tmp_path, books, f'{close}{text}leave_out = "^closing"\n{mapping}')
    assert projection.rows["sales.revenue"][:3] == (1000, 1000, 1000)


@pytest.mark.parametrize("short", [True, False])
def test_a_mark_that_nothing_proves_is_asked_about(tmp_path: Path, short: bool) -> None:
    """-1.000 is one, or a thousand; -1.250.000 tells."""
    books = "date,account,amount\n2026-01-05,Revenue,-1.000\n2026-02-05,Revenue,-1.250\n2026-03-31,Revenue,-1.000\n"
    actuals = REVENUE
    if not short:
        actuals = REVENUE.replace('file = "books.csv"\n', "") + '[actuals.files.books]\nfile = "books.csv"\n'
    assert refused(tmp_path, books, actuals)[0] == "ambiguous-number"
    proven = books + "2026-03-31,Revenue,-1.250.000\n"
    assert projected(tmp_path, proven, actuals).rows["sales.revenue"][:3] == (1000, 1250, 1_251_000)
    if not short:
        said = actuals + 'decimal = "."\n'
        assert projected(tmp_path, books, said).rows["sales.revenue"][:3] == (1, 1.25, 1)


def test_a_forecast_goes_on_from_what_the_books_earned(tmp_path: Path) -> None:
    """68 of the 100 subscribers are left after three months of 700, 690, 680; five per cent more are 714."""
    model = MODEL.replace(
        'kind   = "recurring"\namount = "100/month"',
        'kind = "subscription"\nopening = 100\nacquisition = "5%/month"\nchurn = "0%/month"\nprice = "10/month"',
    )
    rows = zip((1, 2, 3), (700, 690, 680), strict=True)
    bank = "date,description,amount\n" + "".join(f"2026-0{month}-3{month % 2},Sales,{n}\n" for month, n in rows)
    bank = bank.replace("2026-02-30", "2026-02-28").replace("03-31,Sales", "03-31,Sales")
    text = 'last_close = "2026-03"\n[actuals.files.bank]\nfile = "books.csv"\n[[actuals.rules]]\nmatch = "sales"\n'
    projection = projected(tmp_path, bank, f'{text}line = "sales"\n', model)
    assert projection.rows["sales.revenue"][:3] == (700, 690, 680)
    assert projection.rows["sales.revenue"][3] == pytest.approx(714)
    assert any("sales goes on from the 680 of Mar 2026" in note for note in projection.notes)
    kept = projected(tmp_path, bank, f'reanchor = false\n{text}line = "sales"\n', model)
    assert kept.rows["sales.revenue"][3] == pytest.approx(1215.51, abs=0.01)
    assert any("earns 680 in Mar 2026 by the books and 1.216k" in note and "+79 %" in note for note in kept.notes)


ACTUALS = {
    "last_close": "auto",
    "opening": "books",
    "allow_unmapped": True,
    "reanchor": False,
    "mapping": {"Sales": "sales"},
    "files": {
        "bank": {
            "file": "books.csv",
            "account": "cash",
            "layout": "own",
            "basis": "cash",
            "date": "year-month-day",
            "decimal": ".",
            "encoding": "utf-8",
            "only": {"status": ["done"]},
            "leave_out": "^x",
            "through": "2026-03-31",
            "duplicates": False,
            "currency": "USD",
        }
    },
    "layouts": {
        "own": {
            "columns": {"date": "day", "text": ["who", "what"], "amount": "sum", "status": "status", "balance": "left"},
            "skip": 0,
            "encoding": "utf-8",
            "decimal": ".",
            "date": "year-month-day",
            "only": {"status": ["done"]},
            "positive": "in",
            "kind": "statement",
        }
    },
    "rules": [{"match": "sale", "in": ["bank"], "over": 1, "under": "1M", "line": "sales", "note": "x"}],
}
OWN = "day,who,what,sum,status,left\n2026-01-02,A,sale,5.00,done,1005.00\n2026-03-02,B,sale,7.00,done,1012.00\n"
OTHERS = (None, True, 5, -1.5, "", "x", "2026-13-40", [], [1], {}, {"a": 1}, ["a", {"b": []}], "(", "\0", "*")


def written(table: dict[str, object], head: str = "actuals") -> str:
    """A table as TOML, its tables of their own below it."""

    def value(raw: object) -> str:
        if isinstance(raw, dict):
            return "{" + ", ".join(f'"{key}" = {value(each)}' for key, each in raw.items()) + "}"
        if isinstance(raw, list):
            return "[" + ", ".join(map(value, raw)) + "]"
        if isinstance(raw, str):
            return '"' + raw.replace("\\", "\\\\").replace("\0", "\\u0000") + '"'
        return str(raw).lower()

    return f"[{head}]\n" + "\n".join(f'"{key}" = {value(raw)}' for key, raw in table.items()) + "\n"


def places(table: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    inside = table.items() if isinstance(table, dict) else enumerate(table) if isinstance(table, list) else ()
    return [below for key, each in inside for below in ((*path, key), *places(each, (*path, key)))]


def test_every_key_is_read(tmp_path: Path) -> None:
    (tmp_path / "books.csv").write_text(OWN, encoding="utf-8")
    (tmp_path / "plan.toml").write_text(MODEL + written(ACTUALS), encoding="utf-8")
    assert runway.project(str(tmp_path / "plan.toml")).rows["cash"][:3] == (1005, 1005, 1012)


@pytest.mark.parametrize("seed", range(4))
def test_a_value_of_another_type_is_answered(tmp_path: Path, seed: int) -> None:
    """Each key in turn is given a value of another type, or none: a projection or located problems, never a crash."""
    chance = random.Random(seed)
    (tmp_path / "books.csv").write_text(OWN, encoding="utf-8")
    for path in places(ACTUALS):
        other, data = chance.choice(OTHERS), deepcopy(ACTUALS)
        table: object = data
        for key in path[:-1]:
            table = table[key]  # type: ignore[index]
        if other is None:
            del table[path[-1]]  # type: ignore[attr-defined]
        else:
            table[path[-1]] = deepcopy(other)  # type: ignore[index]
        (tmp_path / "plan.toml").write_text(MODEL + written(data), encoding="utf-8")
        try:
            runway.project(str(tmp_path / "plan.toml"))
        except InputError:
            continue
        except Exception as error:  # which place it was is what one wants to know
            pytest.fail(f"{path} = {other!r}: {type(error).__name__}: {error}")
