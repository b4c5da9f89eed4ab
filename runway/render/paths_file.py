"""The raw paths of a simulation as a file of numpy arrays."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from runway.render.saving import save_bytes

if TYPE_CHECKING:
    from runway.answers.simulation import Simulation


def save_paths(path: str, simulation: Simulation) -> None:
    """Write the arrays `months`, `cash` [months, paths], `lowest_cash`, `counting`, `zero_cash_month` and
    `zero_cash_day` [rungs, paths] (months from 0 and days from 1, -1 beyond the horizon), and each drawn figure under
    `figure:ADDRESS`; dates are positions, months since the first month + (day - 1) / 32.
    """
    import numpy

    raw = simulation.raw
    assert raw is not None
    buffer = BytesIO()
    numpy.savez(
        buffer,
        months=numpy.array(simulation.months),
        cash=raw.cash,
        lowest_cash=raw.lowest_cash,
        counting=numpy.array([risk.counting.removeprefix("+ ") for risk in simulation.risks]),
        zero_cash_month=raw.zero_cash_month,
        zero_cash_day=raw.zero_cash_day,
        **{f"figure:{address}": values for address, values in raw.figures.items()},
    )
    save_bytes(path, buffer.getvalue())
