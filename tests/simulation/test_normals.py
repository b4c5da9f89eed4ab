"""Scores made of words: their distribution, their tails, and their bits."""

from __future__ import annotations

from math import cos, log, pi, sin, sqrt
from statistics import NormalDist

import numpy
import pytest
from numpy.random import SFC64

from runway.simulation.draws import BLOCK
from runway.simulation.normals import GROUP, Normals


@pytest.fixture(scope="module")
def scores() -> numpy.ndarray:
    """About four million scores of one stream, [blocks, paths]."""
    raw, normals, found = SFC64(7).random_raw, Normals(BLOCK), numpy.empty((256, BLOCK))
    for block in found:
        normals.fill(raw, block)
    return found


def test_they_are_normal(scores: numpy.ndarray) -> None:
    """Mean, variance, skewness and kurtosis, and the shares below 21 points out to ±4, within four standard errors."""
    many, flat = scores.size, scores.ravel()
    for power, moment, spread in ((1, 0, 1), (2, 1, 2), (3, 0, 15), (4, 3, 96)):
        assert abs((flat**power).mean() - moment) < 4 * sqrt(spread / many)
    for point in numpy.linspace(-4, 4, 21):
        share = NormalDist().cdf(point)
        assert abs((flat < point).mean() - share) < 4 * sqrt(share * (1 - share) / many)


def test_the_two_of_a_word_are_independent(scores: numpy.ndarray) -> None:
    """So are neighbours, and a path's scores of one month and the next."""
    pairs = scores.reshape(-1, 2, GROUP // 2)
    cosines, sines = pairs[:, 0].ravel(), pairs[:, 1].ravel()
    months = scores[:-1].ravel(), scores[1:].ravel()
    for a, b in ((cosines, sines), (cosines[:-1], cosines[1:]), months):
        for left, right, spread in ((a, b, 1.0), (a**2 - 1, b**2 - 1, 4.0), (abs(a) - (2 / pi) ** 0.5, b, 1 - 2 / pi)):
            assert abs((left * right).mean()) < 4 * sqrt(spread / len(a))


def test_no_score_comes_too_often(scores: numpy.ndarray) -> None:
    """An angle in single precision leaves no holes and no heaps: of four million scores hardly two are the same."""
    assert numpy.unique(scores).size > scores.size - 100
    assert (abs(scores) < 1e-4).mean() == pytest.approx(2e-4 * NormalDist().pdf(0), rel=0.15)


def test_a_score_is_radius_and_angle() -> None:
    """By the textbook, from the bits of the word, at the ends of the radius too."""
    words = numpy.array([0, 1, 0x7FFFFF, 0x800000, 2**64 - 1, 0x123456789ABCDEF0, 2**64 - 4096], dtype=numpy.uint64)
    words = numpy.pad(words, (0, GROUP // 2 - len(words)))
    found = numpy.empty(GROUP)
    Normals(GROUP).fill(lambda _: words.copy(), found)
    for n, word in enumerate(words.tolist()):
        radius = sqrt(-2 * log(1 - (word >> 12) * 2.0**-52))
        angle = pi * ((word & 0x7FFFFF) * 2.0**-23 - 0.5)
        side = -1 if word & 0x800000 else 1
        assert found[n] == pytest.approx(side * radius * cos(angle), abs=2e-6)
        assert found[n + GROUP // 2] == pytest.approx(radius * sin(angle), abs=2e-6)
