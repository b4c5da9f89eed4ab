"""The model as a live workbook: the program's own formulas as Excel formulas, with the engine's values beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from runway.answers.projection import Projection
    from runway.program.plan import Plan
    from runway.render.figures import Scale

LARGEST_UNIT = 1e6, "millions"


def workbook(plan: Plan, projection: Projection, version: str = "") -> bytes:
    """The file of a model under its scenario and changes, the same bytes for the same model and version.

    `projection` is that of the model, `version` that of runway.
    Raises `InputError` for what a spreadsheet cannot hold.
    """
    from runway.answers.known import known
    from runway.answers.project import every_row
    from runway.ownership.register import ownership
    from runway.program.metrics import with_metrics
    from runway.workbook.book import Book
    from runway.workbook.charts import charts_sheet
    from runway.workbook.checks import checks_sheet
    from runway.workbook.funding import funding_sheet
    from runway.workbook.inputs import inputs_sheet
    from runway.workbook.ownership import ownership_sheet
    from runway.workbook.periods import period_sheets
    from runway.workbook.places import places
    from runway.workbook.rows import model_sheet
    from runway.workbook.scenarios import choice, scenarios_sheet
    from runway.workbook.sources import sources_sheet
    from runway.workbook.summary import summary_sheet
    from runway.workbook.weeks import weeks_sheet

    plan = with_metrics(plan)
    model = plan.model
    money = frozenset(row.address for row in plan.program.rows if row.posted)
    rows = {address: tuple(values) for address, values in every_row(plan).items()}
    projection = projection._replace(rows=rows, money=money)
    at, unit = places(plan), money_unit(projection)
    book = Book(f"{projection.model} · {projection.scenario}", version)
    summary = book.sheet("Summary", landscape=False)
    scenarios = choice(plan, at)
    inputs_sheet(book, plan, at, scenarios)
    if scenarios is not None:
        scenarios_sheet(book, plan, at, scenarios)
    rungs = model_sheet(book, plan, projection, at, unit)
    period_sheets(book, plan, projection, at, unit)
    weeks_sheet(book, plan, projection, at, rungs, unit)
    covenants = funding_sheet(book, plan, projection, at, unit)
    stakes = None if model.captable is None else ownership_sheet(book, ownership(model, projection.rows), unit)
    charts_sheet(book, projection, at, rungs, stakes, unit)
    below_row = checks_sheet(book, plan, projection, at, unit)
    sources_sheet(book, model, at)
    summary_sheet(
        book, summary, projection, at, rungs, below_row, covenants, unit, known(plan), choosable=scenarios is not None
    )
    return book.content()


def money_unit(projection: Projection) -> Scale:
    """The unit of money: single units, thousands or millions, which every spreadsheet can format."""
    from runway.render.figures import scale

    rows = [projection.rows[address] for address in ("cash", *(s.cash for s in projection.sections))]
    unit = scale(projection.currency, projection.minor_digits, [value for row in rows for value in row])
    return unit if unit.unit <= LARGEST_UNIT[0] else unit._replace(unit=LARGEST_UNIT[0], name=LARGEST_UNIT[1])
