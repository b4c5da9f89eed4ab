"""The `[actuals]` of a model: books whose rows are given to lines, and figures that say their addresses themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.errors import InputError
from runway.files.actuals import Actuals
from runway.model.books import ActualsFile
from runway.months import month_label
from runway.program.books import Books
from runway.program.debt import credit_lines
from runway.program.exports import read_beside
from runway.program.figures import figures
from runway.program.reanchor import followed
from runway.program.rules import CASH

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runway.model.books import ActualsTable
    from runway.model.model import Model


def read_actuals(model: Model, said: ActualsTable) -> Actuals:
    """The actual values of a model's rows in its closed months, as its table `[actuals]` says.

    None may be closed on the day that the model is read as of.
    Raises `InputError` with every problem: of the table in the model's file, or of the files it names.
    """
    if (said.file is None) == (not said.files):
        text = "[actuals] names one file, or several as [actuals.files.NAME]."
        text += " Take file out." if said.files else ' Write file = "ledger.csv", or such tables.'
        where = ("actuals", "file") if said.files else ("actuals",)
        name = "terms-contradict" if said.files else "missing-field"
        raise InputError(model.document.problem(where, name, text, at="key"))
    if said.last_close != "auto":
        _closed(model, said.last_close)
    if said.file is not None and read_beside(model, said, "file")[0].trait.of_model:
        found = _from_figures(model, said)
    else:
        found = _from_books(model, said)
    return found if not found.closed else found._replace(scales=followed(model, found.values))


def _closed(model: Model, last_close: int) -> int:
    """How many months are closed."""
    settings = model.settings
    closed = last_close - settings.start + 1
    if not (0 if model.known else 1) <= closed <= settings.months:
        first, last = (month_label(settings.start + n) for n in (0, settings.months - 1))
        text = f"The last closed month is outside the model, which runs from {first} to {last}."
        raise InputError(model.document.problem(("actuals", "last_close"), "month-outside-model", text))
    return closed


def _from_figures(model: Model, said: ActualsTable) -> Actuals:
    """The values of a file that says the addresses itself."""
    assert said.file is not None
    for key in ("mapping", "figures", "rules", "opening", "amounts"):
        if key in model.document.data["actuals"]:
            text = f"{said.file} says the addresses of its figures itself; {key} goes with a ledger."
            raise InputError(model.document.problem(("actuals", key), "mapping-without-ledger", text, at="key"))
    if said.last_close == "auto":
        text = f"{said.file} has figures by address, which do not say what is closed. Write the month."
        raise InputError(model.document.problem(("actuals", "last_close"), "terms-contradict", text))
    closed = _closed(model, said.last_close)
    title, values = figures(model, said, "file", closed)
    _refuse_cash(model, values, "file")
    return Actuals(title, dict.fromkeys(values, title), said.last_close, closed, values)


def _from_books(model: Model, said: ActualsTable) -> Actuals:
    """What the books say, and the figures beside them."""
    if said.file is not None:
        said = said.model_copy(update={"files": {"file": ActualsFile(file=said.file, duplicates=said.duplicates)}})
    elif "duplicates" in model.document.data["actuals"]:
        text = "duplicates goes with one file; write it in [actuals.files.NAME]. Take it out here."
        raise InputError(model.document.problem(("actuals", "duplicates"), "terms-contradict", text, at="key"))
    books = Books(model, said)
    if said.figures is None or not books.closed:
        return books.actuals({})
    title, values = figures(model, said, "figures", books.closed)
    _refuse_cash(model, values, "figures")
    found = books.actuals(values)
    for row in values:
        if row in found.values:
            text = f"{row} has actual values in {found.file} and in {title}. Take them out of one."
            raise InputError(model.document.problem(("actuals", "figures"), "duplicate-row", text))
    return found._replace(values={**found.values, **values}, files={**found.files, **dict.fromkeys(values, title)})


def _refuse_cash(model: Model, values: Mapping[str, object], key: str) -> None:
    """Refuses a closing cash that is given beside a credit line."""
    if CASH in values and (lines := credit_lines(model)):
        text = f"The closing cash cannot be given beside a credit line ({lines[0].name}): what is drawn follows from "
        text += "it. Leave the rows of cash out."
        raise InputError(model.document.problem(("actuals", key), "cash-with-credit-line", text))
