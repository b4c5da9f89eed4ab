"""Workbooks of many models, written once and recalculated by LibreOffice in one call."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from support import spreadsheet
from support.changed_inputs import ACTIONS, CHANGES, CLOSED, CONSTRUCTS, CURRENCIES, GAPS, SCENARIOS
from support.companies import Company, companies

import runway
from runway.files.document import bundled_models
from runway.workbook import later_months, workbook

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from support.spreadsheet import Cells

    from runway.answers.projection import Projection
    from runway.program.plan import Plan

RANDOM = 3
DIPS = Path(__file__).with_name("dips.toml")
AS_OF = {"openai-2025": "2025-05-09", "saas-startup-actuals": "2026-04-10", str(DIPS): "2026-03-14"}
"""Money that has come; the bank in April; cash that was short before the day."""


@dataclass(frozen=True)
class Case:
    """A workbook with the engine's own figures of the same model."""

    name: str
    model: Plan
    projection: Projection
    path: Path
    recalculated: Path  # the folder of the sheets that LibreOffice computed

    def written(self) -> Cells:
        return spreadsheet.cells(self.path)

    def computed(self) -> Cells:
        return spreadsheet.computed(self.path, self.recalculated)

    @property
    def exported(self) -> bool:
        """Whether nothing in it was changed after the export."""
        return not self.name.startswith(("changed ", "tampered"))


def models() -> Iterator[tuple[str, Plan]]:
    """Every bundled model, the formulas that its scenarios have of their own, and the models of every construct.

    Scenarios with formulas of their own that change other tables are one workbook.  One that differs in numbers only is
    the same workbook with other inputs; tests choose some in the sheet.
    """
    for name in [*bundled_models(), str(CONSTRUCTS), str(CURRENCIES), str(ACTIONS), str(CLOSED), str(GAPS)]:
        plan = runway.load(name)
        stem = Path(name).stem
        yield stem, plan
        wanted, groups = set(plan.program.rows), list[dict[str, dict[str, Any]]]()
        for scenario, table in plan.model.scenarios.items():
            rows = runway.load(name, scenario=scenario).program.rows
            if rows != plan.program.rows:
                wanted |= set(rows)
                group = next((group for group in groups if not tables(table.set) & tables(*group.values())), None)
                if group is None:
                    groups.append(group := {})
                group[scenario] = table.set
        made = set(plan.program.rows)
        for group in groups:
            together = runway.load(name, set={a: v for changes in group.values() for a, v in changes.items()})
            made |= set(together.program.rows)
            yield f"{stem}-{'-'.join(group)}", together
        assert wanted <= made
    for name, day in AS_OF.items():
        yield f"{Path(name).stem}-as-of", runway.load(name, set={"model.as_of": day})


def tables(*changes: Mapping[str, Any]) -> set[str]:
    """The tables that these change."""
    return {address.partition(".")[0] for each in changes for address in each}


def random_companies() -> list[str]:
    """The texts of a few random companies, the same in every run."""
    found: list[str] = []

    @settings(max_examples=RANDOM, derandomize=True, database=None, deadline=None, suppress_health_check=[*HealthCheck])
    @given(company=companies(("USD", "JPY", "KWD")))
    def collect(company: Company) -> None:
        found.append(company.text())

    collect()
    return found


@pytest.fixture(scope="session")
def cases(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Case]:
    """Every case by its name, recalculated; skipped with its reason where LibreOffice is absent."""
    if spreadsheet.soffice() is None:
        pytest.skip(spreadsheet.ABSENT)
    folder = tmp_path_factory.mktemp("books")
    into = folder / "recalculated"
    into.mkdir()
    every = list(models())
    for n, text in enumerate(random_companies()):
        path = folder / f"random-{n}.toml"
        path.write_text(text, encoding="utf-8")
        every.append((path.stem, runway.load(str(path))))
    found, written = {}, {*bundled_models(), CONSTRUCTS.stem, CURRENCIES.stem, ACTIONS.stem, CLOSED.stem}
    for name, model in every:
        projection = runway.project(model)
        path = folder / f"{name}.xlsx"
        with pytest.MonkeyPatch.context() as patch:
            # months past the plan of every file that is written; the others are made of one of them
            patch.setattr(later_months, "MOST_AHEAD", 1_000 if name in written else 0)
            path.write_bytes(workbook(model, projection))
        found[name] = Case(name, model, projection, path, into)
    for name, (model_name, figures) in CHANGES.items():
        source, path = folder / f"{Path(model_name).stem}.xlsx", folder / f"changed {name}.xlsx"
        spreadsheet.typed(source, path, {address: typed for address, (typed, _) in figures.items()})
        model = runway.load(model_name, set={address: said for address, (_, said) in figures.items()})
        found[path.stem] = Case(path.stem, model, runway.project(model), path, into)
    for model_name, scenario in SCENARIOS:
        path = folder / f"changed to {model_name}-{scenario}.xlsx"
        spreadsheet.chosen(folder / f"{model_name}.xlsx", path, scenario)
        model = runway.load(model_name, scenario=scenario)
        found[path.stem] = Case(path.stem, model, runway.project(model), path, into)
    base, path = found["lemonade"], folder / "tampered.xlsx"
    cell = f"G{spreadsheet.rows_of(base.written()['Model'])['cash.revenue']}"
    spreadsheet.a_cent_more(base.path, path, cell)
    found["tampered"] = Case("tampered", base.model, base.projection, path, into)
    spreadsheet.recalculated([case.path for case in found.values()], into)
    return found
