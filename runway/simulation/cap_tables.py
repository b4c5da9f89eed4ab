"""The cap tables of many paths: one exact solve for each different set of the rows and terms that a solve reads.

Rows decide most of a cap table; some terms, such as a pool or a discount, are read off the model itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from runway.language.figure import Figure
from runway.language.named_tuple import NamedTuple
from runway.model.model import field_values, name_within

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from runway.model.model import Model

SOLVES, LEAST_SOLVES = 400, 50  # cap tables at most, fewer where they are large
SOLVED = 20_000  # closings times holders, in all of them: some seconds


def drawn_terms(model: Model, drawn: Mapping[str, Any]) -> list[str]:
    """The drawn figures of funding that issues shares, and of the exchange rates of valuation caps."""
    funding = [(item.name, item.part) for item in model.section("funding")]
    issuers = {name for name, part in funding if part.priced or part.conversion() or part.rights()}
    terms = (value for item in model.section("funding") for value in field_values(item.part, item.name, item.path))
    caps = (figure for address, _, _, figure in terms if address.endswith(".cap") and isinstance(figure, Figure))
    rates = {f"fx.{cap.entries[0].amount.currency}" for cap in caps}
    return [a for a in drawn if a.partition(".")[0] in issuers or ".".join(a.split(".")[:2]) in rates]


def with_terms(model: Model, numbers: Mapping[str, float]) -> Model:
    """The model with other numbers in place of those written; a date is a position, months since the start."""
    if not numbers:
        return model
    changed = {address.partition(".")[0] for address in numbers}
    start = model.settings.start
    items = tuple(
        item._replace(part=_replaced(item.part, item.name, numbers, start)) if item.name in changed else item
        for item in model.items
    )
    fx = {code: _replaced(rate, f"fx.{code}", numbers, start) for code, rate in model.fx.items()}
    return model._replace(items=items, fx=fx)


def _replaced(value: Any, address: str, numbers: Mapping[str, float], start: int) -> Any:
    """A part of a model with other numbers."""
    if isinstance(value, Figure):
        entries = tuple(
            entry._replace(amount=entry.amount._replace(number=numbers[a] + (start if entry.amount.is_date else 0)))
            if a in numbers
            else entry
            for a, entry in value.addresses(address)
        )
        return value._replace(entries=entries)
    if isinstance(value, tuple) and value and isinstance(value[0], BaseModel):
        return tuple(_replaced(part, f"{address}.{name_within(part)}", numbers, start) for part in value)
    if isinstance(value, BaseModel):
        fields = {name: getattr(value, name) for name in type(value).model_fields}
        return value.model_copy(
            update={name: _replaced(field, f"{address}.{name}", numbers, start) for name, field in fields.items()}
        )
    return value


def _size(model: Model) -> int:
    """Closings times holders, with which the time to solve a cap table grows."""
    parts = [item.part for item in model.section("funding")]
    holders = 1 if model.captable is None else len(model.captable.holders)
    holders += sum(max(1, len(part.investors())) for part in parts)
    return holders * max(1, sum(len(part.closings()) for part in parts if part.priced))


def solves(model: Model) -> int:
    """How many cap tables of a model may be solved."""
    return max(LEAST_SOLVES, min(SOLVES, SOLVED // _size(model)))


Stakes = dict[tuple[int, str], float]  # figures of one cap table, by check and side; none where it has no solution


class Branch(NamedTuple):
    """A row that a solve reads, and below each of its values the next branch or the stakes."""

    address: str
    below: dict[bytes, Any]


class RowsRead(dict[str, list[float]]):
    """The rows of one run, by address, each put here when it is first read.

    `rows` have one value a month; with `path`, such a row for each path, or one for all of them.
    """

    def __init__(self, rows: Mapping[str, Any], path: int | None = None) -> None:
        super().__init__()
        self._rows, self._path = rows, path

    def __missing__(self, address: str) -> list[float]:
        rows = self._rows[address]
        row: list[float] = rows if self._path is None else _of(rows, self._path).tolist()
        self[address] = row
        return row

    def __contains__(self, address: object) -> bool:
        return address in self._rows

    def get(self, address: str, default: Any = None) -> Any:
        return self[address] if address in self._rows else default


def _of(rows: Any, path: int) -> Any:
    """The row of one path, where there is one for each or one for all."""
    return rows[path if len(rows) > 1 else 0]


def by_path(months: Sequence[Any], paths: int) -> Any:
    """A row as a matrix of [paths, months], or of one path where it is the same on all."""
    import numpy

    if all(isinstance(value, float | int) for value in months):
        return numpy.array([months], dtype=float)
    return numpy.array([numpy.broadcast_to(value, paths) for value in months]).T.copy()


def each_outcome(solve: Callable[[RowsRead], Stakes], rows: Mapping[str, Any], paths: int, most: int) -> list[Stakes]:
    """The stakes of each path, by at most `most` solves: a path whose rows equal those of an earlier one needs none.

    Of `rows`, each [paths or 1, months], only those count that the solve reads.  The row it reads next follows from the
    rows it has read, so the solves form a tree: a row, and below each of its values the row that is read then.
    """
    outcomes: list[Stakes] = []
    tree = Branch("", {})
    solved = 0
    for path in range(paths):
        at: Branch | Stakes | None = tree.below.get(b"")
        while isinstance(at, Branch):
            at = at.below.get(_of(rows[at.address], path).tobytes())
        if at is None:
            if solved == most:
                break
            solved += 1
            read = RowsRead(rows, path)
            at = solve(read)
            branch, key = tree, b""
            for address in read:
                branch = branch.below.setdefault(key, Branch(address, {}))
                key = _of(rows[address], path).tobytes()
            branch.below[key] = at
        outcomes.append(at)
    return outcomes
