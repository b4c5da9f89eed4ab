"""Lines of a terminal: none is wider than it, whatever stands before a paragraph or beside a title."""

from __future__ import annotations

import pytest

from runway.render.report import Prose
from runway.render.terminal import heading_lines, prose_lines

LONG = "a_scenario_" * 6  # 66 columns


@pytest.mark.parametrize("width", [60, 80])
def test_words_before_a_paragraph_that_leave_it_no_room_stand_above_it(width: int) -> None:
    lines = [line.plain for line in prose_lines(Prose("a third fewer customers", f"  {LONG}  "), width)]
    assert "".join(lines[:-1]).replace(" ", "") == LONG
    assert lines[-1] == "      a third fewer customers"
    assert max(map(len, lines)) <= width


def test_a_paragraph_that_fits_stays_beside_them() -> None:
    (line,) = prose_lines(Prose("a", f"  {LONG}  "), 80)
    assert line.plain == f"  {LONG}  a"


def test_a_note_goes_below_a_title_that_leaves_it_no_room() -> None:
    title = "OPERATING ACTIVITIES, AS RECEIVED AND PAID"
    lines = [line.plain for line in heading_lines(title, "planned funding included", 60)]
    assert lines == [f"  {title}", "      planned funding included"]
