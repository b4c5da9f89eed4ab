"""Formulas of the language as Excel writes them; that they mean the same is what `test_proof.py` shows."""

from __future__ import annotations

import pytest

from runway.language.excel import CALLS, Excel, UnprintableError, at_opening, in_column
from runway.language.formula import FUNCTIONS, HISTORY, parse
from runway.language.lookup import resolve
from runway.language.tree import (
    Call,
    Clock,
    DateText,
    History,
    Look,
    Name,
    Node,
    Number,
    Parameter,
    RowRef,
    Step,
)

ROWS = {"t": 5, "days": 6, "month": 7, "year": 8, "elapsed_days": 9, "x": 20, "y": 21, "z": 22, "far": 30}
STAIRS = Step((0, 3, 9), (Number(1.0), Parameter("a"), Number(3.0)))


def looked_up(text: str) -> Node:
    """The tree of a text in which x, y, z are rows, `a` and `b` figures."""

    def lookup(node: Node) -> Node:
        assert isinstance(node, Name)
        if node.address in ROWS:
            return Clock(node.address) if ROWS[node.address] < 10 else RowRef(node.address)
        return STAIRS if node.address == "stairs" else Parameter(node.address)

    return resolve(parse(text), lookup)


def excel() -> Excel:
    return Excel(ROWS, {STAIRS: 12}, {"a": "a", "b": "line.b", "day": "day.position"}, frozenset({"x", "y"}))


def printed(text: str, digits: int | None = None) -> str:
    """The formula in column G."""
    return in_column(excel().formula(looked_up(text), digits), "G", "F")


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        ("x + y - z", "=G20+G21-G22"),
        ("x - (y + z)", "=G20-(G21+G22)"),
        ("x - (y - z)", "=G20-(G21-G22)"),
        ("x * (y * z) / (a / b)", "=G20*(G21*G22)/(a/line.b)"),
        ("-x ** 2", "=-(G20^2)"),
        ("(-x) ** 2", "=(-G20)^2"),
        ("2 ** 3 ** 2", "=2^(3^2)"),
        ("x + y + z + a", "=SUM(G20:G22)+a"),
        ("a + x + y", "=a+G20+G21"),
        ("a ** t", "=IF(G$5=0,1,a^G$5)"),
        ("(1 + a) ** (1 / 12) - 1", "=(1+a)^(1/12)-1"),
        ("max(0, t - 0)", "=G$5"),
        ("1e6 + 0.03125 - 1e-7", "=1000000+0.03125-1E-07"),
        ("x if t >= 3 and y != 0 else -1", "=IF(AND(G$5>=3,G21<>0),G20,-1)"),
        ("1 if y != 0 and x / y > 2 else 0", "=IF(IF(G21<>0,G20/G21>2,FALSE),1,0)"),
        ("1 if y == 0 or x / y > 2 else 0", "=IF(IF(G21=0,TRUE,G20/G21>2),1,0)"),
        ("(not x) * 3", "=IF(NOT(G20<>0),1,0)*3"),
        ("(x > y) * 2", "=IF(G20>G21,1,0)*2"),
        ("prev(x) + lag(y, 1) + lag(z, 0)", "=F20+F21+G22"),
        ("lag(x, 3)", "=INDEX($C20:F20,1,MAX(1,G$5-3+2))"),
        ("cumulative(x) / sum_last(x, 3)", "=SUM($D20:G20)/SUM(INDEX($D20:G20,1,MAX(1,G$5-3+2)):G20)"),
        ("round(x) + round(x, 2) + ceil(x) + floor(x)", "=ROUND(G20,0)+ROUND(G20,2)+(-INT(-(G20)))+INT(G20)"),
        ("stairs", "=G12"),
    ],
)
def test_a_formula_as_excel_writes_it(text, formula):
    assert printed(text) == formula


@pytest.mark.parametrize(
    ("text", "digits", "formula"),
    [
        ("x", 2, "=G20"),  # is rounded already
        ("-x", 2, "=-G20"),
        ("0", 2, "=0"),
        ("x - y + prev(x)", 2, "=ROUND(G20-G21+F20,2)"),
        ("z", 2, "=ROUND(G22*minor_units,0)/100"),
        ("x + a", 2, "=ROUND((G20+a)*minor_units,0)/100"),
        ("x * 0.5", 0, "=ROUND(G20*0.5*minor_units,0)"),
        ("x / 3", 3, "=ROUND(G20/3*minor_units,0)/1000"),
    ],
)
def test_money_is_rounded(text, digits, formula):
    assert printed(text, digits) == formula


def test_a_schedule_is_a_row_of_its_own():
    assert in_column(excel().schedule(STAIRS), "G", "F") == "=CHOOSE(MATCH(G$5,{0,3,9},1),1,a,3)"
    early = Step((-5, -2, 4), (Number(1.0), Number(2.0), Number(3.0)))
    assert "{-5,-2,4}" in excel().schedule(early)
    late = Step((2, 4, 6), (Number(1.0), Number(2.0), Number(3.0)))
    assert "{0,4,6}" in excel().schedule(late)  # the first value holds before its month too


def test_an_opening_is_before_the_first_month():
    assert at_opening(looked_up("a * t + days + stairs")) == looked_up("a * 0 + 0 + 1")
    assert excel().opening(looked_up("a * 100"), 2) == "=ROUND(a*100*minor_units,0)/100"


def test_every_call_of_the_language_is_printed():
    """A function that is added to the language has its Excel form here too, or this fails."""
    made_of_others = {"ahead", "sum", "since", "until", "when", "year_of"}
    own = {"date_after", "undefined"}  # are in formulas of the program only
    assert set(CALLS) == set(FUNCTIONS) - set(HISTORY) - made_of_others | own
    for name in HISTORY:
        excel().formula(History(name, RowRef("x"), Number(2.0)))
    for name in ("last_days", "last_months"):
        excel().formula(History(name, RowRef("x"), Number(2.0), (RowRef("x"), RowRef("y"))))


def test_what_cannot_be_printed_is_named():
    with pytest.raises(UnprintableError, match="DateText"):
        excel().formula(DateText("2025-01", 0, 9))
    with pytest.raises(UnprintableError, match="Look"):
        excel().formula(Look("prev", Name("x", 0, 1), None))
    steps = Step(tuple(range(300)), tuple(Number(float(n)) for n in range(300)))
    with pytest.raises(UnprintableError, match="a schedule of 300 steps"):
        excel().schedule(steps)


def test_a_formula_that_doubles_at_each_level_is_refused_and_not_built():
    with pytest.raises(UnprintableError, match="more than 8,192 characters"):
        printed("t ** (" * 45 + "t" + ")" * 45)


def test_too_many_calls_within_calls_are_refused():
    node: Node = RowRef("x")
    for _ in range(70):
        node = Call("abs", (node,))
    with pytest.raises(UnprintableError, match="nested more than 64 deep"):
        excel().formula(node)
