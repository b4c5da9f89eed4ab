"""The Markdown summary: tables that foot, text that stays text."""

from __future__ import annotations

import pytest
from support.output_fixtures import big_round, lemonade

import runway
from runway.render import markdown as renderer
from runway.render.markdown import plain
from runway.reports.project import report


def markdown(projection) -> str:
    return renderer.markdown(report(projection, full=True))


def tables(text: str) -> list[list[list[str]]]:
    """The cells of each table, heads first."""
    found: list[list[list[str]]] = [[]]
    for line in text.splitlines():
        if line.startswith("| "):
            found[-1].append([cell.strip() for cell in line.strip("|").split(" | ")])
        elif not line.startswith("|:") and found[-1]:
            found.append([])
    return [table for table in found if table]


def test_the_lemonade_stand():
    text = markdown(lemonade())
    assert text.startswith("# Lemonade\n\nbase · Jan–Jun 2026 · USD\n\n## Runway\n")
    ladder, cash = tables(text)
    assert ladder == [
        ["counting", "months", "cash out", "lowest cash", "in", "18 months more need"],
        ["cash in hand", "4.9", "27 May 2026", "(23.00)", "Jun 2026", "369.00"],
    ]
    rows = {row[0]: row[1:] for row in cash}
    assert rows["**Opening cash**"][0] == "100.00"
    assert rows["lemons"] == ["(60.50)"] * 6
    assert rows["**Closing cash**"][-1] == "(23.00)"
    assert "- **Net burn**: 20.50 a month" in text


def test_every_table_has_as_many_cells_in_each_row():
    for table in tables(markdown(big_round())):
        assert {len(row) for row in table} == {len(table[0])}


def test_debt_is_told_with_what_is_owed_and_its_covenants():
    projection = runway.project("venture-debt")
    text = markdown(projection)
    found = {table[0][0]: table for table in tables(text)}
    assert found["funding"][0] == ["funding", "headline", "committed", "certain", "available", "drawn", "undrawn"]
    assert "nothing owed at the end" in text
    head, *rows = found["covenant"]
    assert head == ["covenant", "lowest headroom", "in", "first breach", r"\+ certain"]
    assert rows[:2] == [["**Venture loan**", *[""] * 4], ["Minimum liquidity", "0.464", "Nov 2028", "none", "none"]]
    assert r"- Minimum liquidity: cash \>= 1500000" in text
    assert markdown(runway.project("venture-debt", scenario="late_launch")).count("| never tested |") == 2


@pytest.mark.parametrize(
    ("text", "as_written"),
    [
        ("a | b", r"a \| b"),
        ("<script>", r"\<script\>"),
        ("[x](http://y)", r"\[x\](http://y)"),
        ("*bold* _it_ snake_case `c`", r"\*bold\* \_it\_ snake_case \`c\`"),
        ("$1 and $2", r"\$1 and \$2"),
        ("# no head", r"\# no head"),
        ("- no list", r"\- no list"),
        ("1. no list", r"1\. no list"),
        ("two\nlines", "two lines"),
        ("plain text, 5% (of it)", "plain text, 5% (of it)"),
    ],
)
def test_text_of_the_file_stays_text(text, as_written):
    assert plain(text) == as_written


def test_a_title_cannot_break_a_table():
    projection = lemonade()._replace(model="| a\n|b", notes=("| one | two", "# three"))
    text = markdown(projection)
    assert text.startswith("# \\| a \\|b\n")
    assert "- \\| one \\| two\n- \\# three\n" in text
    assert {len(row) for row in tables(text)[0]} == {6}
