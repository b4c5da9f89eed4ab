"""The formula language: what each operator and function gives, where a mistake is placed, and what is refused."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from math import e, log

import pytest

from runway.errors import InputError, Problem
from runway.language.formula import FormulaError, parse

Rows = Callable[..., Mapping[str, tuple[float, ...]]]

SERIES = """
[drivers.series]                # 1, 2, 4, 8, ...; 0.5 at the end of the month before the start
formula = "2 * prev(series)"
opening = 0.5

[drivers.steps]                 # 3 in January and February, 7 from March on
formula = "level"
level = { "2025-01" = 3, "2025-03" = 7 }

[events.fair]
date = "2025-03-11"

[events.storm]
date = "2025-02-27"
days = 4

[events.flood]
date = "never"
"""


def values(rows: Rows, formulas: list[str]) -> list[tuple[float, ...]]:
    """The value of each formula in each month of 2025, all of them in one file."""
    text = SERIES + "".join(f"[drivers.f{n}]\nformula = '''{formula}'''\n" for n, formula in enumerate(formulas))
    found = rows(text)
    return [found[f"f{n}.value"] for n in range(len(formulas))]


CONSTANT = [
    # numbers
    ("7", 7),
    ("1_500", 1500),
    (".5", 0.5),
    ("1e3", 1000),
    ("0x10", 16),
    # precedence, as in Python
    ("2 + 3 * 4", 14),
    ("(2 + 3) * 4", 20),
    ("10 - 4 - 3", 3),
    ("10 - (4 - 3)", 9),
    ("2 - 3 + 4", 3),
    ("24 / 4 / 2", 3),
    ("24 / 4 * 2", 12),
    ("2 * 3 ** 2", 18),
    ("2 ** 3 ** 2", 512),
    ("-2 ** 2", -4),
    ("(-2) ** 2", 4),
    ("2 ** -1", 0.5),
    ("+5 - -3", 8),
    ("--5", 5),
    ("1 + 2 + 3 + 4 + 5 - 6", 9),
    # comparisons and conditions are 1 or 0 where a number is wanted
    ("1 < 2", 1),
    ("2 < 1", 0),
    ("2 <= 2", 1),
    ("2 >= 3", 0),
    ("2 == 2.0", 1),
    ("2 != 2", 0),
    ("1 < 2 < 3", 1),
    ("1 < 3 < 2", 0),
    ("3 > 2 > 1 > 0", 1),
    ("(1 < 2) + (2 < 3)", 2),
    ("10 * (1 > 2)", 0),
    ("-(1 < 2)", -1),
    ("1 + 1 == 2", 1),
    ("not 1 == 2", 1),
    ("not 2 > 1", 0),
    # a number is a condition that holds unless it is 0
    ("5 if 3 else 4", 5),
    ("5 if 0 else 4", 4),
    ("5 if -0.1 else 4", 5),
    ("3 and 5", 1),
    ("3 and 0", 0),
    ("0 or 0.2", 1),
    ("0 or 0", 0),
    ("not 7", 0),
    ("not 0", 1),
    ("1 or 0 and 0", 1),
    ("(1 or 0) and 0", 0),
    ("not 1 or 1", 1),
    ("(1 < 2 if 1 else 0) + 1", 2),
    ("1 if 0 else 2 if 0 else 3", 3),
    ("2 * 3 if 1 else 4", 6),
    ("1 / 0 if 0 else 4", 4),
    ("4 if 1 else 1 / 0", 4),
    ("0 and 1 / 0", 0),
    ("1 or 1 / 0", 1),
    # functions
    ("sum(1, 2, 3)", 6),
    ("sum(5)", 5),
    ("sum(1 < 2, 3)", 4),
    ("min(3, 1, 2)", 1),
    ("min(3)", 3),
    ("max(3, 1, 2)", 3),
    ("max(-3)", -3),
    ("max(1 > 2, 0.5)", 0.5),
    ("abs(-3)", 3),
    ("abs(2 - 1)", 1),
    ("round(2.5)", 3),
    ("round(-2.5)", -3),
    ("round(3.49)", 3),
    ("round(1.005, 2)", 1.01),
    ("round(-1.005, 2)", -1.01),
    ("round(2.675, 2)", 2.68),
    ("round(1250, -2)", 1300),
    ("floor(2.9)", 2),
    ("floor(-2.1)", -3),
    ("ceil(2.1)", 3),
    ("ceil(-2.9)", -2),
    ("exp(1)", e),
    ("log(10)", log(10)),
    ("log(exp(3))", 3),
    ("mod(7, 3)", 1),
    ("mod(-7, 3)", 2),
    ("mod(7, -3)", -2),
    ("mod(7.5, 2)", 1.5),
    ("pmt(0.075 / 12, 15 * 12, 200_000)", -1854.0247200054619),  # numpy-financial's docstring
    ("pmt(0, 60, 15_000)", -250),
    # dates are months since January 2025 and (day - 1) / 32
    ("'2025-01-01'", 0),
    ("'2025-03'", 2),
    ("'2025-03-17'", 2.5),
    ("'2024-12-31'", -1 + 30 / 32),
    ("'2026-01'", 12),
    ("'never'", 1e6),
    ("'2025-03-11' - fair.date", 0),
    ("fair.date + 1 == '2025-04-11'", 1),
    ("flood.date", 1e6),
    ("days_in('2024-02-10')", 29),
    ("days_in('2025-02')", 28),
    ("days_in(fair.date)", 31),
    ("storm.days", 4),
]


def test_what_a_constant_formula_is_worth(rows: Rows) -> None:
    found = values(rows, [formula for formula, _ in CONSTANT])
    for (formula, value), series in zip(CONSTANT, found, strict=True):
        assert series == pytest.approx([value] * 12, rel=1e-12, abs=1e-12), formula


BY_MONTH = [  # the value in January to May 2025; series is 1, 2, 4, 8, 16 and 0.5 before
    ("t", [0, 1, 2, 3, 4]),
    ("month", [1, 2, 3, 4, 5]),
    ("year", [2025, 2025, 2025, 2025, 2025]),
    ("days", [31, 28, 31, 30, 31]),
    ("elapsed_days", [31, 59, 90, 120, 151]),
    ("series", [1, 2, 4, 8, 16]),
    ("prev(series)", [0.5, 1, 2, 4, 8]),
    ("lag(series, 0)", [1, 2, 4, 8, 16]),
    ("lag(series, 1)", [0.5, 1, 2, 4, 8]),
    ("lag(series, 3)", [0.5, 0.5, 0.5, 1, 2]),
    ("lag(series, 1.5)", [0.5, 0.75, 1.5, 3, 6]),  # half of one month ago, half of two
    ("lag(series, 0.25)", [0.875, 1.75, 3.5, 7, 14]),
    ("lag(series, t)", [1, 1, 1, 1, 1]),
    ("lag(series, 3 - t)", [0.5, 0.5, 2, 8, 16]),  # a negative lag is none
    ("cumulative(series)", [1, 3, 7, 15, 31]),  # without the opening
    ("sum_last(series, 2)", [1, 3, 6, 12, 24]),
    ("sum_last(series, 12)", [1, 3, 7, 15, 31]),
    ("last_days(series, 31)", [1, 2 + 3 / 31, 4, 8 + 4 / 31, 16]),
    ("last_days(series, 14)", [14 / 31, 1, 4 * 14 / 31, 8 * 14 / 30, 16 * 14 / 31]),
    ("last_days(series, 0)", [0, 0, 0, 0, 0]),
    ("last_months(series, 1)", [1, 2, 4, 8, 16]),
    ("last_months(series, 2.5)", [1, 3, 6.5, 13, 26]),
    ("steps", [3, 3, 7, 7, 7]),
    ("steps.level", [3, 3, 7, 7, 7]),
    ("prev(steps)", [0, 3, 3, 7, 7]),
    ("prev(series) > 1", [0, 0, 1, 1, 1]),
    ("prev(series) if t > 1 else -1", [-1, -1, 2, 4, 8]),
    ("10 / t if t else 0", [0, 10, 5, 10 / 3, 2.5]),
    ("t != 0 and 10 / t > 4", [0, 1, 1, 0, 0]),
    ("mod(t, 2) == 0", [1, 0, 1, 0, 1]),
    ("t == 1 or month == 4", [0, 1, 0, 1, 0]),
    ("since('2025-02-15')", [0, 0.5, 1, 1, 1]),
    ("until('2025-02-14')", [1, 0.5, 0, 0, 0]),
    ("since('2025-02-15') + until('2025-02-14')", [1, 1, 1, 1, 1]),
    ("since('2025-03-01') * 31", [0, 0, 31, 31, 31]),
    ("since('2025-03-31') * 31", [0, 0, 1, 31, 31]),
    ("until('2025-02-28') * 28", [28, 28, 0, 0, 0]),
    ("fair", [0, 0, 1, 1, 1]),  # has happened by now
    ("fair * 5", [0, 0, 5, 5, 5]),
    ("not fair", [1, 1, 0, 0, 0]),
    ("fair and t < 4", [0, 0, 1, 1, 0]),
    ("fair.share", [0, 0, 21 / 31, 1, 1]),
    ("storm.share", [0, 2 / 28, 2 / 31, 0, 0]),
    ("storm", [0, 1, 1, 1, 1]),  # it has happened, though it is over
    ("flood", [0, 0, 0, 0, 0]),
    ("flood.share", [0, 0, 0, 0, 0]),
    ("t + 1 > fair.date", [0, 0, 1, 1, 1]),
    ("t > fair.date + 1", [0, 0, 0, 0, 1]),
]


def test_what_a_formula_is_worth_month_by_month(rows: Rows) -> None:
    found = values(rows, [formula for formula, _ in BY_MONTH])
    for (formula, expected), series in zip(BY_MONTH, found, strict=True):
        assert series[:5] == pytest.approx(expected, rel=1e-12, abs=1e-12), formula


def test_a_formula_may_be_written_as_a_number(rows: Rows) -> None:
    assert rows("[drivers.x]\nformula = 3.5\n")["x.value"] == (3.5,) * 12


def test_line_breaks_and_comments_do_not_change_a_formula(rows: Rows) -> None:
    plain, broken, commented = values(rows, ["1 + t", "\n  1\n\t+ t\n", "1   # the base\n+ t # and the months\n"])
    assert broken == plain
    assert commented == plain


def test_a_sum_may_be_long(rows: Rows) -> None:
    (found,) = values(rows, [" + ".join(["1"] * 499)])
    assert found[0] == 499


def test_a_guard_holds_for_what_never_changes(rows: Rows) -> None:
    found = rows("""
        [drivers.x]
        formula = "(a / b) * t if b != 0 else 7"
        a = 1
        b = 0
        [drivers.y]
        formula = "b != 0 and t * (a / b) > 0"
        a = 1
        b = 0
    """)
    assert found["x.value"] == (7.0,) * 12
    assert found["y.value"] == (0.0,) * 12


def test_names_are_the_line_s_own_first(rows: Rows) -> None:
    found = rows("""
        [drivers.rate]
        formula = "5"
        [costs.fees]
        kind = "formula"
        formula = "rate * fees.each + rent"
        rate = 2
        each = 10
        [costs.tips]
        kind = "formula"
        formula = "rate"
        [costs.rent]
        kind = "recurring"
        amount = "$100/month"
    """)
    assert found["fees.cost"][0] == 120
    assert found["tips.cost"][0] == 5


# Where a mistake stands -------------------------------------------------------------------------------------------

PLACED = [
    ("1 + ", "formula-syntax", None),
    ("a * unkown(3)", "unknown-function", "unkown"),
    ("t + ünknown", "formula-not-allowed", "ünknown"),
    ("'é€😀' + x.__class__", "formula-not-allowed", "x.__class__"),
    ("1 +\n  x[0]", "formula-not-allowed", "x[0]"),
    ("1 +\r\n\tx[0] * 2", "formula-not-allowed", "x[0]"),
    ("   lag(x)", "wrong-arguments", "lag(x)"),
    ("lag(x + 1, 2)", "wrong-arguments", "x + 1"),
    ("sum_last(x, 0)", "wrong-arguments", "sum_last(x, 0)"),
    ("lag(x, -1)", "wrong-arguments", "lag(x, -1)"),
    ("min()", "wrong-arguments", "min()"),
    ("max(x, key=t)", "wrong-arguments", "max(x, key=t)"),
    ("max(*x)", "wrong-arguments", "max(*x)"),
    ("7 // 2", "formula-operator", "7 // 2"),
    ("7 % 2", "formula-operator", "7 % 2"),
    ("t in x", "formula-operator", "t in x"),
    ("t is x", "formula-operator", "t is x"),
    ("2 * True", "formula-not-allowed", "True"),
    ("2 + 1e16", "number-too-large", "1e16"),
    ("2 ** 65", "number-too-large", "65"),
    ("2 ** (-65)", "number-too-large", "-65"),
]


@pytest.mark.parametrize(("text", "name", "culprit"), PLACED)
def test_a_mistake_is_placed_by_its_characters(text: str, name: str, culprit: str | None) -> None:
    with pytest.raises(FormulaError) as raised:
        parse(text)
    error = raised.value
    assert error.name == name
    assert 0 <= error.start < error.end <= max(1, len(text))
    if culprit is not None:
        assert text[error.start : error.end] == culprit


def problem(rows: Rows, text: str) -> Problem:
    with pytest.raises(InputError) as raised:
        rows(text)
    (found,) = raised.value.problems
    return found


@pytest.mark.parametrize(
    ("formula", "name", "marked"),
    [
        ("'1 + nosuch * 2'", "unknown-name", "nosuch"),
        ("'1 + x.nosuch'", "unknown-name", "x.nosuch"),
        ('"t > \\"2025-13\\""', "not-a-date", '\\"2025-13\\"'),
        ('"\\u00e9t\\u00e9 + t"', "formula-not-allowed", "\\u00e9t\\u00e9"),
        ("'prev(rate)'", "wrong-arguments", "rate"),
    ],
)
def test_in_a_file_the_caret_stands_under_the_name(rows: Rows, formula: str, name: str, marked: str) -> None:
    found = problem(
        rows,
        f"""
        [drivers.x]
        rate = 2
        formula = {formula}
        """,
    )
    assert found.name == name
    assert found.place is not None
    assert found.place.line == 3
    assert found.excerpt[-1][1][found.place.column - 1 :][: found.place.width] == marked


def test_in_a_formula_of_several_lines_the_line_is_right_too(rows: Rows) -> None:
    found = problem(rows, '[drivers.x]\nformula = """\n1\n  + näme\n"""\n')
    assert found.place is not None
    assert (found.place.line, found.place.column, found.place.width) == (4, 5, 4)


# What is refused --------------------------------------------------------------------------------------------------

HOSTILE = {
    "empty": "",
    "blank": "  \n ",
    "attribute of a number": "(1).real",
    "attribute of a tuple": "().__class__.__bases__",
    "dunder name": "__import__",
    "dunder call": "__import__('os').system('true')",
    "private name": "_x",
    "dunder of a row": "cash.__init__.__globals__",
    "method": "'a'.upper()",
    "call of a call": "min(1)(2)",
    "open": "open('/etc/passwd')",
    "eval": "eval('1')",
    "print": "print(1)",
    "lambda": "lambda: 1",
    "list": "[1, 2]",
    "list comprehension": "[x for x in (1, 2)]",
    "generator": "sum(x for x in (1, 2))",
    "set": "{1}",
    "dict": "{1: 2}",
    "tuple": "1, 2",
    "subscript": "x[0]",
    "slice": "x[1:2]",
    "f-string": "f'{1}'",
    "f-string with code": "f'{open(\"/etc/passwd\")}'",
    "bytes": "b'1'",
    "ellipsis": "...",
    "none": "None",
    "true": "True",
    "complex": "1j",
    "walrus": "(x := 1)",
    "star": "*x",
    "await": "await x",
    "yield": "(yield 1)",
    "statement": "import os",
    "two statements": "1; 2",
    "assignment": "x = 1",
    "delete": "del x",
    "keyword": "class",
    "matrix product": "a @ b",
    "shift": "1 << 99999",
    "bits": "1 | 2 & 3 ^ 4",
    "inverse": "~1",
    "floor division": "7 // 2",
    "remainder": "7 % 2",
    "membership": "1 in x",
    "identity": "1 is 1",
    "null byte": "1 + \0 2",
    "only a null byte": "\0",
    "surrogate": "x + \ud800",
    "control character": "1 + \x01",
    "huge integer": "9" * 1_900,
    "huge integer for Python": "9" * 5_000,
    "huge hexadecimal": "0x" + "f" * 1_900,
    "huge float": "1e400",
    "long name": "a" * 1_900,
    "long call": "a" * 1_900 + "()",
    "many strange letters": "\u00e4" * 1_900,
    "large float": "1e16",
    "huge exponent": "2 ** 99999999",
    "huge exponents": "9 ** 9 ** 999",
    "negative huge exponent": "2 ** -99999999",
    "100,000 characters": "1 + " * 25_000 + "1",
    "100,000 blanks": " " * 100_000 + "1",
    "10,000 parentheses": "(" * 10_000 + "1" + ")" * 10_000,
    "900 parentheses": "(" * 900 + "1" + ")" * 900,
    "open parentheses": "(" * 1_900,
    "open brackets": "[" * 1_900,
    "nested calls": "abs(" * 300 + "1" + ")" * 300,
    "minus signs": "-" * 1_900 + "1",
    "plus and minus signs": "+-" * 900 + "1",
    "nots": "not " * 450 + "1",
    "powers": "2**" * 600 + "2",
    "products": "2*" * 900 + "2",
    "conditionals": "1 if 1 else " * 150 + "1",
    "attributes": "a" + ".a" * 900,
    "lambdas": "lambda:" * 280 + "1",
    "unclosed text": "'2025-01",
    "unclosed triple quote": "'''2025",
    "backslashes": "\\" * 500,
    "backslash at the end": "1 +\\",
    "bidirectional override": "1 + \u202e2",
    "non-Latin letters": "\u043a\u0430\u0441\u0441a",
    "full width": "\uff52\uff41\uff54\uff45 + 1",
    "type annotation": "x: int",
    "decorator": "@x",
    "unpacking": "max(**x)",
    "starred": "max(*x)",
    "keyword argument": "max(a=1)",
    "chained string method": "'{0.__class__}'.format(1)",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_text_is_refused_in_few_steps(text: str) -> None:
    """A step is a call or a return: no clock, which would judge the machine.  Patterns have been compiled before."""
    with pytest.raises(FormulaError):
        parse("rent +")
    steps = []
    sys.setprofile(lambda *step: steps.append(step[1]))
    try:
        with pytest.raises(FormulaError) as raised:
            parse(text)
    finally:
        sys.setprofile(None)
    assert len(steps) < 20_000
    assert 0 <= raised.value.start <= raised.value.end <= max(1, len(text))
    assert len(raised.value.text) < 500


ENDLESS = ["9 ** 9 ** 9", "(9 ** 60) ** 60 ** 60", "exp(exp(exp(9)))", "1_000_000 ** 64 * 1_000_000 ** 64"]


@pytest.mark.parametrize("formula", ENDLESS)
def test_a_number_beyond_every_bound_is_refused_at_its_formula(rows: Rows, formula: str) -> None:
    """In whole numbers none of them would come to an end."""
    found = problem(
        rows,
        f"""
        [drivers.x]
        formula = '{formula}'
        """,
    )
    assert found.name == "overflow"
    assert found.place is not None
    assert found.place.line == 2


def test_texts_in_formulas_are_dates_and_nothing_else(rows: Rows) -> None:
    for text in ("", "2025", "2025-02-30", "today", "2025-1-1", "1899-12"):
        found = problem(
            rows,
            f"""
            [drivers.x]
            formula = "t - '{text}'"
            """,
        )
        assert found.name == "not-a-date", text


def test_nan_and_infinity_are_names_like_any_other(rows: Rows) -> None:
    for text in ("nan", "inf", "infinity", "NaN"):
        assert problem(rows, f"[drivers.x]\nformula = '{text}'\n").name == "unknown-name"
