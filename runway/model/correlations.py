"""`[correlations]`: how uncertain figures move together, as pairs of addresses and the correlation of each.

    [correlations]
    "chatgpt.churn" = { "chatgpt.price" = -0.4, "conversion.probability" = 0.2 }

A correlation is that of the normal scores of two figures (a Gaussian copula): of two normal figures it is the ordinary
one, and their rank correlation is 6 / pi * asin(rho / 2).
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from runway.errors import Problem, did_you_mean
from runway.files.document import raw_at
from runway.language.named_tuple import NamedTuple
from runway.model.addresses import find
from runway.model.names import Namespace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from runway.language.figure import Entry
    from runway.model.addresses import Path
    from runway.model.model import Model

SMALLEST = 1e-10  # variance that the figures before a figure must leave it


class Pair(NamedTuple):
    """Two figures and the correlation of their normal scores."""

    first: str
    second: str
    rho: float


def pairs(model: Model) -> tuple[Pair, ...]:
    """The correlations of a model that has been checked."""
    return tuple(pair for pair, _ in _pairs(model, []))


def correlation_problems(model: Model) -> Iterator[Problem]:
    """The problems of the correlations of a file."""
    if model.broken:
        return
    problems: list[Problem] = []
    placed = list(_pairs(model, problems))
    yield from problems
    if problems:
        return
    addresses = list(dict.fromkeys(a for pair, _ in placed for a in (pair.first, pair.second)))
    matrix = correlation_matrix(addresses, [pair for pair, _ in placed])
    if (failed := cholesky_fails(matrix)) is not None:
        involved = [pair for pair, _ in placed if addresses[failed] in (pair.first, pair.second)]
        peers = [a for a in addresses[:failed] if any(a in (pair.first, pair.second) for pair in involved)]
        path = next(path for pair, path in reversed(placed) if addresses[failed] in (pair.first, pair.second))
        text = (
            f"No figures can be so correlated: what is said of {' and '.join(peers)} among themselves leaves no room "
            f"for {addresses[failed]} as it is said to go with them. Bring the correlations nearer to 0."
        )
        yield model.document.problem(path, "correlations-contradict", text)


def random_addresses(entries: Mapping[str, Entry], events: Iterable[str]) -> list[str]:
    """The addresses drawn once a path: figures with a range or outcomes, and the probabilities of events."""
    chances = {f"{event}.probability" for event in events}
    return [
        address
        for address, entry in entries.items()
        if (entry.low is not None and entry.low != entry.high) or len(entry.outcomes) > 1 or address in chances
    ]


def _pairs(model: Model, problems: list[Problem]) -> Iterator[tuple[Pair, Path]]:
    document, table = model.document, model.document.data.get("correlations")
    if not isinstance(table, dict):
        return
    entries = Namespace(model).parameters()
    drawn = random_addresses(entries, model.events)

    def refuse(path: Path, name: str, text: str, *, at: Any = "value") -> None:
        problems.append(document.problem(path, name, text, at=at))

    seen: dict[frozenset[str], float] = {}
    for first, partners in table.items():
        path: Path = ("correlations", first)
        if not isinstance(partners, dict) or "." not in first:
            example = '"chatgpt.churn" = { "chatgpt.price" = -0.4 }'
            refuse(path, "wrong-type", f"A correlation is between two figures, whose addresses are quoted: {example}.")
            continue
        for second, raw in partners.items():
            place = (*path, second)
            unknown = [(a, p) for a, p in ((first, path), (second, place)) if a not in drawn]
            for address, where in unknown:
                if address in entries and _made_certain(model, address):
                    continue
                if address in entries:
                    text = f"{address} is certain: it has no range, outcomes or probability to be correlated."
                else:
                    hint = did_you_mean(address, drawn) or f" There are {', '.join(drawn) or 'none'}."
                    text = f"There is no uncertain figure {address} in this file.{hint} Addresses are quoted."
                refuse(where, "unknown-address", text, at="key")
            rho = float(raw) if isinstance(raw, (int, float, Decimal)) and not isinstance(raw, bool) else None
            pair = frozenset((first, second))
            if rho is None or not -1 < rho < 1:
                refuse(place, "correlation-out-of-range", "A correlation is a number between -1 and 1.")
            elif first == second:
                refuse(place, "correlation-out-of-range", "A figure goes with itself; name another.", at="key")
            elif seen.setdefault(pair, rho) != rho:
                refuse(place, "correlations-contradict", "This pair has another correlation further up.")
            elif not unknown:
                yield Pair(first, second, rho), place


def _made_certain(model: Model, address: str) -> bool:
    """Whether a scenario or the command line has replaced a figure of the file, which is then correlated no more."""
    place = find(model.document.data, address)
    return place is not None and raw_at(model.document.data, place.path) != raw_at(model.original.data, place.path)


def correlation_matrix(addresses: Sequence[str], known: Sequence[Pair]) -> list[list[float]]:
    """The matrix of correlations in the order of the addresses; 0 for a pair that has none."""
    place = {address: n for n, address in enumerate(addresses)}
    matrix = [[float(i == j) for j in range(len(addresses))] for i in range(len(addresses))]
    for first, second, rho in known:
        i, j = place[first], place[second]
        matrix[i][j] = matrix[j][i] = rho
    return matrix


def cholesky_fails(matrix: Sequence[Sequence[float]]) -> int | None:
    """The first row at which a matrix is seen not to be positive definite; None if it is.

    >>> cholesky_fails([[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]])
    2
    """
    lower: list[list[float]] = []
    for i, row in enumerate(matrix):
        new: list[float] = []
        for j in range(i):
            explained = sum(a * b for a, b in zip(new, lower[j], strict=False))
            new.append((row[j] - explained) / lower[j][j])
        variance = row[i] - sum(a * a for a in new)
        if variance < SMALLEST:
            return i
        lower.append([*new, variance**0.5])
    return None
