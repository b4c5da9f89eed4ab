"""`runway import` of a cap table: its holdings at its day, and the assumption file that is made of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runway.answers.captable_text import captable_text
from runway.engine.load import load_document
from runway.errors import InputError, Problem
from runway.files.books.export import Reading
from runway.files.document import Document, with_extended
from runway.files.equity.holders import is_holders, read_holders
from runway.files.equity.ocf import read_ocf
from runway.files.equity.package import is_package
from runway.files.toml import parsed
from runway.language.record import Record
from runway.months import date_at
from runway.words import day_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from runway.files.equity.register import ShareRegister
    from runway.program.plan import Plan


@dataclass(frozen=True, slots=True, repr=False)
class CaptableImport(Record):
    """The holdings by holder and class, the pool, the SAFEs and notes, and the assumption file made of them."""

    model: str  # the issuer
    plan: str | None  # the file that is extended
    register: ShareRegister
    text: str  # of the assumption file
    out: str | None  # where that is written

    def to_json(self) -> dict[str, Any]:
        register = self.register
        return {
            "model": self.model,
            "plan": self.plan,
            "format": register.format,
            "as_of": register.as_of,
            "currency": register.currency or None,
            "holdings": [
                {
                    "holder": register.holders[holding.holder],
                    "class": register.classes[holding.class_key].title,
                    "kind": register.classes[holding.class_key].family,
                    "shares": holding.shares,
                    "stake": register.converted(holding) / register.fully_diluted,
                    "invested": holding.invested,
                }
                for holding in register.holdings
            ],
            "pool": register.pool,
            "fully_diluted": float(register.fully_diluted),
            "unconverted": [
                {"holder": register.holders[note.holder], "kind": note.table, "amount": note.amount, "date": note.day}
                for note in register.instruments
            ],
            "remarks": list(register.remarks),
            "text": self.text,
        }


def is_captable(path: Path) -> bool:
    """Whether a file or folder is a cap table: a package of the Open Cap Format, or a list of holders."""
    return is_package(path) or is_holders(path)


def import_captable(
    title: str, path: Path, plan: Plan | None = None, out: str | None = None, columns: Mapping[str, str] | None = None,
    reading: Reading | None = None,
) -> CaptableImport:  # fmt: skip
    """The cap table of a file or folder.

    Of a list of holders `columns` names those of each quantity, `reading` how dates, amounts and text are written.

    Raises `InputError`: what reading it raises, given-twice, dates-reversed, wrong-currency, what a model refuses.
    """
    register = (
        read_ocf(title, path) if is_package(path) else read_holders(title, path, columns or {}, reading or Reading(""))
    )
    if not register.holdings:
        raise InputError(Problem("company-without-shares", f"{title}: nobody holds a share at its day."))
    if plan is not None:
        _fits(register, plan)
        register = register._replace(currency=plan.model.settings.currency)
    plan_title = None if plan is None else plan.model.document.title
    text = captable_text(register, plan, out)
    _refuse_unreadable(text, Path(out or "captable.toml"))
    return CaptableImport(register.issuer, plan_title, register, text, out)


def _refuse_unreadable(text: str, path: Path) -> None:
    """Refuses terms that no file can have beside one another, at their line of the file that would be written."""
    source, data = parsed(str(path), text.encode())
    document = Document(str(path), data, {(): (source, ())})
    load_document(with_extended(document, path, lambda title, extended: (title, extended.read_bytes())))


def _fits(register: ShareRegister, plan: Plan) -> None:
    """Refuses a cap table that the plan cannot take over."""
    model = plan.model
    if model.captable is not None:
        text = f"{model.document.title} has a [captable], and the two would be added. Take it out, or leave --plan out."
        raise InputError(Problem("given-twice", text))
    currency = model.settings.currency
    if register.currency and register.currency != currency:
        text = f"The cap table is in {register.currency}, {model.document.title} in {currency}: prices would be wrong."
        raise InputError(Problem("wrong-currency", text))
    first: date = date_at(model.settings.start, 0)
    if register.as_of is not None and register.as_of >= first:
        text = (
            f"The cap table is that of {day_text(register.as_of)}; {model.document.title} starts on {day_text(first)} "
            "and takes who holds what on the day before. Take a cap table of an earlier day, or start later."
        )
        raise InputError(Problem("dates-reversed", text))
