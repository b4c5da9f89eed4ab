"""Forecasts of a company as they were made: today's file closed earlier, revisions of git, files, and kept rows.

The origin of a vintage is the last month that it knows: its last close, else the month before its first.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from runway.engine.ladder import LADDER, PLACES, rung_of, runner_of
from runway.engine.load import load_document
from runway.files.closed_months import DIFFERENCE
from runway.files.git import committed, read
from runway.files.vintages import RUNGS
from runway.language.named_tuple import NamedTuple
from runway.language.record import encode
from runway.model.addresses import LINE_SECTIONS
from runway.model.known import last_ended
from runway.months import last_day, month_label, month_number
from runway.program.item_rows import main_row

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from runway.model.model import Item, Model
    from runway.program.plan import Plan

TOTALS = {"cash": "Closing cash", "net_burn": "Net burn", "total.revenue": "Revenue", "total.costs": "Costs"}
"""The rows of the whole company that are scored, and their titles."""
OUTSIDE = ("cash.funding", "cash.debt", "cash.credit")
"""The rows of cash that are funding and its repayment, and no burn."""
FORMAT = 1  # of a kept vintage


class Vintage(NamedTuple):
    """One forecast of the past: rows from the first month of the file on, by rung."""

    name: str
    form: Literal["closed", "revision", "file", "kept"]
    origin: int  # absolute month, the last that it knows
    written: date | None  # the day of the commit, or on which it was kept; None where not known
    model: str
    currency: str
    first: int  # absolute month of the first value of each row
    rows: Mapping[str, Mapping[str, tuple[float, ...]]]  # by rung and address
    zero_cash: Mapping[str, date | None]  # by rung; None beyond the horizon
    plan: Plan | None = None  # to be run again; None of kept rows

    @property
    def late(self) -> bool:
        """Whether it was written after the first month that it forecasts had ended."""
        return self.written is not None and self.written > last_day(self.origin + 1)

    def value(self, rung: str, address: str, month: int) -> float | None:
        """The value of a row in an absolute month; None where it has none."""
        values = self.rows[rung].get(address, ())
        place = month - self.first
        return values[place] if 0 <= place < len(values) else None


def scored_rows(model: Model) -> Iterator[tuple[Item, str]]:
    """The lines of a model's file with the row of their revenue or cost."""
    for section in LINE_SECTIONS:
        if section != "drivers":
            yield from ((item, main_row(item)) for item in model.section(section) if item.name != DIFFERENCE)


def vintage_of(plan: Plan, name: str, form: Literal["closed", "revision", "file"], written: date | None) -> Vintage:
    """The forecast of a plan, read off its rows on each rung that is counted."""
    model, runner = plan.model, runner_of(plan)
    lines = [address for item, row in scored_rows(model) for address in (row, f"{item.name}.cash")]
    rows: dict[str, Mapping[str, tuple[float, ...]]] = {}
    zero: dict[str, date | None] = {}
    for rung in RUNGS:
        run = runner.engine.run(LADDER[PLACES[rung]].overrides)
        addresses = dict.fromkeys(a for a in (*TOTALS, "opening_cash", *OUTSIDE, *lines) if a in run)
        rows[rung] = {address: tuple(run[address]) for address in addresses}
        zero[rung] = rung_of(runner, PLACES[rung], run).zero_cash_date
    about = model.settings
    return Vintage(name, form, origin_of(plan), written, about.name, about.currency, about.start, rows, zero, plan)


def origin_of(plan: Plan) -> int:
    """The last month that a plan knows: its last close, else the month before its first."""
    model = plan.model
    return model.settings.start - 1 if model.actuals is None else model.actuals.last_close


def closed_earlier(plan: Plan, origin: int) -> Vintage:
    """Today's file, closed with an earlier month; as it was planned where that is the month before its first."""
    model = plan.model
    changes = {a: value for a, value in model.changes.items() if not a.startswith("actuals.last_close")}
    if origin < model.settings.start:
        earlier = load_document(model.original, model.scenario, changes, planned=True)
    else:
        changes["actuals.last_close"] = month_label(origin)
        earlier = load_document(model.original, model.scenario, changes)
    return vintage_of(earlier, month_label(origin), "closed", None)


def vintage_named(name: str) -> Vintage:
    """The vintage of a name: a kept file (.json), a revision (`plan.toml@v1`) or an assumption file.

    A revision is closed by the day of its commit at the latest.  Raises `InputError`.
    """
    if Path(name).suffix.lower() == ".json":
        from runway.files.vintages import read_kept

        return _from_kept(name, read_kept(name))
    document, written = read(name), committed(name)
    plan = load_document(document)
    if written is not None and origin_of(plan) > (last := last_ended(written)):
        origin = max(last, plan.model.settings.start - 1)
        return closed_earlier(plan, origin)._replace(name=name, form="revision", written=written)
    return vintage_of(plan, name, "file" if written is None else "revision", written)


def kept_vintage(plan: Plan) -> dict[str, Any]:
    """A vintage as it is kept in a file: its days, its rows from the first month that it forecasts on, its input."""
    vintage = vintage_of(plan, "", "file", None)
    known = vintage.origin + 1 - vintage.first
    months = plan.model.settings.months
    content = {
        "vintage": FORMAT,
        "model": vintage.model,
        "currency": vintage.currency,
        "scenario": plan.model.scenario,
        "changes": {address: str(value) for address, value in plan.model.changes.items()},
        "saved": date.today(),
        "origin": month_label(vintage.origin),
        "input": input_hash(plan),
        "months": [month_label(vintage.first + t) for t in range(known, months)],
        "zero_cash_date": vintage.zero_cash,
        "rows": {rung: {a: list(values[known:]) for a, values in rows.items()} for rung, rows in vintage.rows.items()},
    }
    encoded: dict[str, Any] = encode(content)
    return encoded


def input_hash(plan: Plan) -> str:
    """The SHA-256 of a plan's input: every figure and formula, and the books up to its close."""
    import hashlib
    import json

    model = plan.model
    books = None if model.actuals is None else {row: [str(v.value) for v in values]
                                                for row, values in model.actuals.values.items()}  # fmt: skip
    text = json.dumps([model.document.data, model.scenario, books], sort_keys=True, default=str, ensure_ascii=False)
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def _from_kept(name: str, content: dict[str, Any]) -> Vintage:
    first = month_number(content["months"][0]) if content["months"] else None
    origin = month_number(content["origin"]) or 0
    rows = {rung: {address: tuple(map(float, values)) for address, values in kept_rows.items()}
            for rung, kept_rows in content["rows"].items()}  # fmt: skip
    zero = {rung: None if day is None else date.fromisoformat(day) for rung, day in content["zero_cash_date"].items()}
    written = date.fromisoformat(content["saved"])
    model, currency = content["model"], content["currency"]
    return Vintage(name, "kept", origin, written, model, currency, first or origin + 1, rows, zero)
