"""The whole ladder, and any row, of many paths of one run: what a scenario or a clause comes to on each rung."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from runway.engine.days import months_to
from runway.engine.ladder import Reader, day_at

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date


@dataclass(frozen=True, slots=True)
class Counted:
    """How long the cash lasts on one rung of the ladder."""

    counting: str
    months: float | None  # to the zero-cash day; None beyond the horizon
    zero_cash_date: date | None
    lowest_cash: float  # lowest unrestricted cash at the end of a day
    lowest_cash_date: date
    funding_gap: float

    @property
    def beyond_horizon(self) -> bool:
        return self.zero_cash_date is None


class Ran:
    """One run of a model over paths, read path by path."""

    def __init__(self, reader: Reader, paths: Sequence[Mapping[str, float]]) -> None:
        import numpy

        base = reader.program.parameters
        varied = dict.fromkeys(address for path in paths for address in path) or {"levers.burn": None}
        overrides = {
            address: numpy.array([path.get(address, base[address]) for path in paths], dtype=float)
            for address in varied
        }
        self.reader, self.paths = reader, len(paths)
        self.rows = reader.engine.run(overrides)
        read = reader.days(self.rows, overrides).read()
        self._read = [self._each(value) for value in read]
        self._floor = self._each(self.rows["minimum_cash"][0])

    def _each(self, value: Any) -> list[float]:
        import numpy

        found: list[float] = numpy.broadcast_to(numpy.asarray(value, dtype=float), self.paths).tolist()
        return found

    def row(self, address: str, path: int) -> tuple[float, ...]:
        """A row of one path, month by month."""
        return tuple(float(v if isinstance(v, float | int) else v[path]) for v in self.rows[address])

    def last(self, address: str, path: int) -> float:
        """A row's value of the last month, on one path."""
        value = self.rows[address][-1]
        return float(value if isinstance(value, float | int) else value[path])

    def counted(self, path: int, counting: str) -> Counted:
        """The figures of runway on one path."""
        lowest, low_month, low_day, zero_month, zero_day = (values[path] for values in self._read)
        at = self.reader.layout
        dry = zero_month >= 0
        return Counted(
            counting=counting,
            months=months_to(int(zero_month), int(zero_day), at.days) if dry else None,
            zero_cash_date=day_at(at.start + int(zero_month), zero_day) if dry else None,
            lowest_cash=lowest,
            lowest_cash_date=day_at(at.start + int(low_month), low_day),
            funding_gap=max(0.0, self._floor[path] - lowest),
        )
