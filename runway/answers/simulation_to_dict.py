"""The JSON of a simulation: money to the minor unit, probabilities to a millionth, so that no last bit shows."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING, Any

from runway.answers.simulation import SHARES

if TYPE_CHECKING:
    from runway.answers.simulation import Estimate, Moment, Odds, Risk, Simulation
    from runway.simulation.drivers import Driver

PLACES = 6  # of probabilities and correlations


def simulation_to_dict(found: Simulation) -> dict[str, Any]:
    """The documented JSON; an error of 0 is that of what does not vary, one of null that of too few paths."""
    digits = found.minor_digits

    def money(value: float) -> float:
        return round(value, digits) + 0.0

    def amounts(estimates: tuple[Estimate, ...]) -> dict[str, list[float | None]]:
        errors = [None if isnan(e.error) else money(e.error) for e in estimates]  # too few paths to tell
        return {"values": [money(e.value) for e in estimates], "errors": errors}

    written: dict[str, Any] = {
        "model": found.model,
        "scenario": found.scenario,
        "currency": found.currency,
        "changes": dict(found.changes),
        "paths": found.paths,
        "partial": found.partial,
        "seed": found.seed,
        "sampling": found.sampling,
        "counting": found.counting.removeprefix("+ "),
        "months": list(found.months),
        "quantiles": list(SHARES),
        "out_of_cash": [_risk(risk, found) for risk in found.risks],
        "cash": [amounts(month) for month in found.cash],
        "lowest_cash": amounts(found.lowest_cash),
        "funding_gap": None if found.funding_gap is None else amounts(found.funding_gap),
        "worst_5_percent": {
            "lowest_cash": money(found.worst_lowest_cash),
            "funding_gap": None if found.minimum_cash is None
            else money(max(0.0, found.minimum_cash - found.worst_lowest_cash)),
        },
        "closings": [_odds(odds) for odds in found.closings],
        "clauses": [_odds(odds) for odds in found.clauses],
        "covenants": [_odds(odds) for odds in found.covenants],
        "checks": [
            {"title": one.title, "says": one.says, **_estimate(one.probability), "paths": one.paths}
            for one in found.checks
        ],
        "unsolved_cap_tables": found.unsolved,
        "drivers": [_driver(driver) for driver in found.drivers],
        "driver_paths": found.driver_paths,
        "off_median": [{"address": one.address, "share_below": round(one.below, 3)} for one in found.off_median],
    }  # fmt: skip
    if found.versus is not None:
        written["versus"] = {
            "scenario": found.versus.scenario,
            **_estimate(found.versus.probability),
            "difference": round(found.versus.difference.value, PLACES) + 0.0,
            "difference_error": round(found.versus.difference.error, PLACES),
        }
    return written


def _estimate(estimate: Estimate) -> dict[str, float]:
    return {"probability": round(estimate.value, PLACES), "error": round(estimate.error, PLACES)}


def _risk(risk: Risk, found: Simulation) -> dict[str, Any]:
    written: dict[str, Any] = {
        "counting": risk.counting.removeprefix("+ "),
        "probability": [round(e.value, PLACES) for e in risk.by_month],
        "errors": [round(e.error, PLACES) for e in risk.by_month],
        "runway": [_moment(moment) for moment in risk.runway],
    }
    if found.by is not None and risk.by_date is not None:
        written["by"] = {"date": found.by.isoformat(), **_estimate(risk.by_date)}
    return written


def _moment(moment: Moment) -> dict[str, Any]:
    return {
        "months": None if moment.months is None else float(f"{moment.months:.12g}"),
        "zero_cash_date": None if moment.date is None else moment.date.isoformat(),
    }


def _odds(odds: Odds) -> dict[str, Any]:
    return {"address": odds.address, **_estimate(odds.probability)}


def _driver(driver: Driver) -> dict[str, Any]:
    return {
        "address": driver.address,
        "distribution": driver.distribution,
        "runway": None if driver.runway is None else round(driver.runway, PLACES) + 0.0,
        "lowest_cash": None if driver.lowest_cash is None else round(driver.lowest_cash, PLACES) + 0.0,
    }
