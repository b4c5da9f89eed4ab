"""The workbook proves itself: LibreOffice recalculates it, and every cell of every month is the engine's."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support import spreadsheet
from support.changed_inputs import CHANGES

from runway.workbook.places import FIRST_MONTH, column_name

if TYPE_CHECKING:
    from support.spreadsheet import Cells

    from runway.answers.projection import Projection

HALF = 0.5


def differences(cells: Cells, projection: Projection) -> list[str]:
    """Each month's cell that is not the engine's figure: money to the minor unit, all else to nine digits."""
    sheet, found, seen = cells["Model"], [], set()
    half = HALF / 10**projection.minor_digits
    for cell, address in sheet.items():
        if not cell.startswith("A") or not cell[1:].isdigit() or address not in projection.rows:
            continue
        seen.add(address)
        for t, value in enumerate(projection.rows[address]):
            own = sheet.get(f"{column_name(FIRST_MONTH + t)}{cell[1:]}")
            near = half if address in projection.money else 1e-9 * max(1.0, abs(value))
            if not isinstance(own, float) or not abs(own - value) < near:
                found.append(f"{address} in {projection.months[t]}: {value!r}, the sheet has {own!r}")
    assert seen == set(projection.rows)
    return found


def same(written: Any, computed: Any) -> bool:
    if isinstance(written, float) and isinstance(computed, float):
        return abs(written - computed) <= 1e-9 * max(1.0, abs(written))
    return bool((spreadsheet.value(written) if isinstance(written, str) else written) == computed)


def test_every_cell_of_every_month_is_the_engines(cases):
    """Every bundled model under every scenario, every construct of the language, random companies."""
    exported = [case for case in cases.values() if case.exported]
    assert len(exported) > 40
    wrong = {case.name: differences(case.computed(), case.projection)[:5] for case in exported}
    assert {name: found for name, found in wrong.items() if found} == {}


def test_the_value_beside_every_formula_is_what_a_spreadsheet_computes(cases):
    """On every sheet: readers that do not recalculate show the same."""
    for case in cases.values():
        if not case.exported:
            continue
        written, computed = case.written(), case.computed()
        assert list(written) == list(computed)
        for sheet, cells in written.items():
            wrong = {c: (v, computed[sheet].get(c)) for c, v in cells.items() if not same(v, computed[sheet].get(c))}
            assert not wrong, (case.name, sheet, dict(list(wrong.items())[:5]))


def statuses(cells: Cells) -> set[Any]:
    return {value for cell, value in cells["Checks"].items() if cell.startswith("B") and cell[1:].isdigit()}


def test_the_checks_say_ok(cases):
    for case in cases.values():
        if case.exported:
            cells = case.computed()
            assert cells["Checks"]["B3"] == cells["Summary"]["B4"] == "OK", case.name
            assert statuses(cells) == {"status", "OK"}, case.name
            assert cells["Inputs"]["C5"] == 0, case.name
            assert "C4" not in cells["Summary"], case.name


@pytest.mark.parametrize("name", CHANGES)
def test_a_changed_input_recalculates_as_set_does(cases, name):
    """What is typed into a blue cell has the effect of `--set` of the same; the checks tell it from a mistake."""
    case = cases[f"changed {name}"]
    cells = case.computed()
    assert differences(cells, case.projection) == []
    assert len(differences(cells, cases[Path(CHANGES[name][0]).stem].projection)) > 20
    assert cells["Inputs"]["C5"] == len(CHANGES[name][1])
    assert cells["Checks"]["B3"] == cells["Summary"]["B4"] == "OK, inputs changed"
    assert cells["Summary"]["C4"].startswith("grey figures are from before the change")
    assert statuses(cells) == {"status", "OK", "inputs changed", "OK, inputs changed"}


def test_a_cell_that_is_not_its_rows_formula_is_told(cases):
    """One cent in one month."""
    cells = cases["tampered"].computed()
    assert cells["Checks"]["B3"] == cells["Summary"]["B4"] == "DIFFERS"
    told = {cells["Checks"][f"A{cell[1:]}"] for cell, value in cells["Checks"].items() if value == "DIFFERS"}
    assert {"Lines make revenue", "cash.revenue", "cash"} <= told
    assert "cash.costs" not in told
