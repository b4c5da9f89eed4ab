"""A vintage that is kept in a file: the rows of a projection as JSON, as `runway project --save-vintage` writes it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any, NoReturn

from runway.errors import InputError, Problem
from runway.files.disk import NOT_ORDINARY, exists, note_read
from runway.months import month_number

LARGEST = 64 * 2**20  # bytes
RUNGS = ("certain", "planned")
"""The rungs of the ladder whose rows are kept and scored."""
TEXTS = ("model", "currency", "origin", "saved", "input")


def read_kept(name: str) -> dict[str, Any]:
    """A kept vintage, as `save` wrote it.

    Raises `InputError`: file-not-found, file-unreadable, file-too-large, not-a-vintage.
    """
    import json

    path = Path(name)

    def refuse(problem: str, text: str) -> NoReturn:
        raise InputError(Problem(problem, text))

    try:
        if not exists(name):
            refuse("file-not-found", f"There is no file {name}.")
        if not path.is_file():
            refuse("file-unreadable", NOT_ORDINARY.format(name))
        if path.stat().st_size > LARGEST:
            refuse("file-too-large", f"{name} is larger than {LARGEST // 2**20} MiB; a vintage is one company's rows.")
        note_read([path.resolve()])
        contents = path.read_bytes()
    except (OSError, ValueError) as error:
        refuse("file-unreadable", f"{name} cannot be read: {str(error).lower()}.")
    try:
        vintage: dict[str, Any] = json.loads(contents)
    except (ValueError, RecursionError) as error:
        place = f", line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        refuse("not-a-vintage", f"{name} is no vintage: it is not JSON{place}. {WRITTEN_BY}")
    if (mistake := _vintage_mistake(vintage)) is not None:
        refuse("not-a-vintage", f"{name} is no vintage: {mistake}. {WRITTEN_BY}")
    return vintage


WRITTEN_BY = "runway project --save-vintage writes them."


def _vintage_mistake(vintage: Any) -> str | None:
    """The first mistake of a kept vintage, as text; None where it is whole."""
    if not isinstance(vintage, dict) or vintage.get("vintage") != 1:
        return "it does not say vintage 1"
    if missing := next((key for key in TEXTS if not isinstance(vintage.get(key), str)), None):
        return f"it has no {missing}"
    origin, months = month_number(vintage["origin"]), vintage.get("months")
    if origin is None:
        return "its origin is no month"
    if not _is_day(vintage["saved"]):
        return "saved is no day"
    if not isinstance(months, list) or [month_number(str(m)) for m in months] != list(
        range(origin + 1, origin + 1 + len(months))
    ):
        return "its months do not follow its origin"
    rows, zero = vintage.get("rows"), vintage.get("zero_cash_date")
    if not isinstance(rows, dict) or not isinstance(zero, dict) or any(rung not in rows for rung in RUNGS):
        return f"it has no rows of {' and '.join(RUNGS)}"
    if any(zero.get(rung, 0) is not None and not _is_day(zero.get(rung)) for rung in RUNGS):
        return "zero_cash_date is no day"
    for rung in RUNGS:
        for address, values in rows[rung].items() if isinstance(rows[rung], dict) else [(rung, None)]:
            if not isinstance(values, list) or len(values) != len(months) or not all(map(_is_number, values)):
                return f"{address} does not have a number for each month"
    return None


def _is_day(text: Any) -> bool:
    try:
        return isinstance(text, str) and date.fromisoformat(text) is not None
    except ValueError:
        return False


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e300
