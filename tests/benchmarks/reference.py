"""The reference model R by hand in four ways: fused in C, over blocks with kept buffers, as whole arrays, path by path.

`reference.toml` is the same model as an assumption file.  Each way gives total cash at each month's end, [months,
paths]; what no path varies is worked out once.
"""

from __future__ import annotations

import ctypes
import math
import random
from calendar import monthrange
from pathlib import Path

import numpy
from numpy.random import SFC64, Generator

MONTHS, BLOCK = 60, 16_384
DAYS = [float(monthrange(2025 + t // 12, t % 12 + 1)[1]) for t in range(MONTHS)]
STEP = [0.06 * 0.98**t - 0.03 for t in range(MONTHS)]
SERVING = [700_000 * DAYS[t] * 0.985 ** (t + 1) for t in range(MONTHS)]
PAYROLL = [3_000 * 500_000 / 12 * 1.02 ** (t + 1) for t in range(MONTHS)]
CAPITAL = [5e8 if t < 36 else 0.0 for t in range(MONTHS)]
INTEREST, TAX, PAYERS = 0.04 / 12, 0.21, 15.5e6
LICENCES, TRAINING = 1e9 / 12, 7e9 / 12


class ByHand:
    """The fastest plain numpy that one would write: months stepped over one block, every result into a kept buffer."""

    def __init__(self) -> None:
        self.payers, self.rate, self.revenue, self.costs, self.interest, self.profit, self.flow = (
            numpy.empty(BLOCK) for _ in range(7)
        )
        self.licences, self.training, self.lowest = (numpy.empty(BLOCK) for _ in range(3))
        self.out = numpy.zeros(MONTHS, dtype=int)  # paths that have been below 0, by month

    def run(self, seed: int, cash: numpy.ndarray) -> None:
        """Fill `cash` [months, paths]; the lowest of each path is in `lowest`."""
        draw = Generator(SFC64(seed))
        n = cash.shape[1]
        payers, rate, revenue, costs = self.payers[:n], self.rate[:n], self.revenue[:n], self.costs[:n]
        interest, profit, flow = self.interest[:n], self.profit[:n], self.flow[:n]
        licences, training = self.licences[:n], self.training[:n]
        up = draw.standard_normal(n) * 0.01 + 1.05
        more = numpy.exp(draw.standard_normal(n) * 0.3 + math.log(0.02)) + 1.0
        lost = numpy.where(draw.random(n) < 0.3, 10e9, 0.0)
        payers.fill(PAYERS)
        licences.fill(LICENCES)
        training.fill(TRAINING)
        lowest = self.lowest[:n]
        lowest.fill(numpy.inf)
        before = 6e9
        for t in range(MONTHS):
            draw.standard_normal(out=rate)
            numpy.multiply(rate, 0.02, out=rate)
            numpy.add(rate, 1.0 + STEP[t], out=rate)
            numpy.multiply(payers, rate, out=payers)
            numpy.multiply(licences, up, out=licences)
            numpy.multiply(training, more, out=training)
            numpy.multiply(payers, 20.0, out=revenue)
            numpy.add(revenue, licences, out=revenue)
            numpy.multiply(payers, 1 / PAYERS, out=costs)
            numpy.power(costs, 0.9, out=costs)
            numpy.multiply(costs, SERVING[t], out=costs)
            numpy.add(costs, training, out=costs)
            numpy.add(costs, PAYROLL[t], out=costs)
            numpy.maximum(before, 0.0, out=interest)
            numpy.multiply(interest, INTEREST, out=interest)
            numpy.add(revenue, interest, out=revenue)
            numpy.subtract(revenue, costs, out=flow)
            if t % 3:
                numpy.add(profit, flow, out=profit)
            else:
                numpy.copyto(profit, flow)
            numpy.add(before, flow, out=cash[t])
            if CAPITAL[t]:
                numpy.subtract(cash[t], CAPITAL[t], out=cash[t])
            if t % 3 == 2:
                numpy.maximum(profit, 0.0, out=flow)
                numpy.multiply(flow, TAX, out=flow)
                numpy.subtract(cash[t], flow, out=cash[t])
            if t == 3:
                numpy.add(cash[t], 10e9, out=cash[t])
            if t == 11:
                numpy.add(cash[t], 30e9, out=cash[t])
                numpy.subtract(cash[t], lost, out=cash[t])
            before = cash[t]
            numpy.minimum(lowest, before, out=lowest)
            self.out[t] += numpy.count_nonzero(lowest < 0)


class Fused:
    """One loop in C, `fused.c`, compiled as the steps of `runway simulate` are; buffers of one thread."""

    def __init__(self) -> None:
        from runway.simulation.c_code import prelude
        from runway.simulation.compiler import library

        source = prelude() + Path(__file__).with_name("fused.c").read_text(encoding="utf-8")
        self.function = library(source).paths_of
        self.tables = numpy.array([STEP, SERVING, PAYROLL, CAPITAL])
        self.words = numpy.empty((MONTHS, BLOCK // 2), dtype=numpy.uint64)

    def run(self, seed: int, cash: numpy.ndarray, lowest: numpy.ndarray, below: numpy.ndarray) -> None:
        """Fill `cash` [months, paths], the lowest of each path and the month that is first below 0."""
        scores = Generator(SFC64([seed, 1])).standard_normal((3, BLOCK))
        states = SFC64([seed, 2]).state["state"]["state"].copy()
        pointers = (ctypes.c_void_p(a.ctypes.data) for a in (states, self.words, scores, cash, lowest, below))
        self.function(
            ctypes.c_void_p(self.tables.ctypes.data),
            ctypes.c_int64(cash.shape[1]),
            ctypes.c_int64(cash.strides[0] // 8),
            *pointers,
        )


def whole_arrays(seed: int, paths: int) -> numpy.ndarray:
    """The same with one expression a line over [months, paths], as a notebook would have it."""
    draw = Generator(SFC64(seed))
    growth = draw.normal(0.0, 0.02, (MONTHS, paths)) + numpy.array(STEP)[:, None]
    payers = PAYERS * numpy.cumprod(1 + growth, axis=0)
    t = numpy.arange(MONTHS)[:, None]
    revenue = 20 * payers + LICENCES * (1 + draw.normal(0.05, 0.01, paths)) ** (t + 1)
    serving = numpy.array(SERVING)[:, None] * (payers / PAYERS) ** 0.9
    training = TRAINING * (1 + draw.lognormal(math.log(0.02), 0.3, paths)) ** (t + 1)
    costs = serving + training + numpy.array(PAYROLL)[:, None]
    lost = numpy.where(draw.random(paths) < 0.3, 10e9, 0.0)
    cash = numpy.empty((MONTHS, paths))
    before = numpy.full(paths, 6e9)
    profit = numpy.zeros(paths)
    for month in range(MONTHS):
        interest = numpy.maximum(before, 0) * INTEREST
        flow = revenue[month] + interest - costs[month]
        profit = profit + flow if month % 3 else flow
        cash[month] = before + flow - CAPITAL[month]
        if month % 3 == 2:
            cash[month] -= TAX * numpy.maximum(profit, 0)
        cash[month] += {3: 10e9, 11: 30e9 - lost}.get(month, 0.0)
        before = cash[month]
    return cash


def one_path(seed: int) -> list[float]:
    """The same on floats, a loop over months for each path."""
    draw = random.Random(seed)
    up = 1 + draw.gauss(0.05, 0.01)
    more = 1 + math.exp(draw.gauss(math.log(0.02), 0.3))
    lost = 10e9 if draw.random() < 0.3 else 0.0
    payers, licences, training, before, profit, cash = PAYERS, LICENCES, TRAINING, 6e9, 0.0, []
    for t in range(MONTHS):
        payers *= 1 + STEP[t] + draw.gauss(0, 0.02)
        licences, training = licences * up, training * more
        costs = SERVING[t] * (payers / PAYERS) ** 0.9 + training + PAYROLL[t]
        flow = 20 * payers + licences + max(before, 0.0) * INTEREST - costs
        profit = profit + flow if t % 3 else flow
        before += flow - CAPITAL[t] - (TAX * max(profit, 0.0) if t % 3 == 2 else 0.0)
        before += 10e9 if t == 3 else 30e9 - lost if t == 11 else 0.0
        cash.append(before)
    return cash


def out_of_cash(cash: numpy.ndarray) -> numpy.ndarray:
    """P(cash < 0 by month)."""
    return (numpy.minimum.accumulate(cash, axis=0) < 0).mean(axis=1)
