"""What tests share: the projection of an assumption file that stands in the test."""

from __future__ import annotations

import gc
import os
from hashlib import sha256
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import dedent
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings
from support.once import keep_plans, once
from support.rows import rows_of

import runway

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from runway.answers.projection import Projection
    from runway.program.plan import Plan

settings.register_profile(
    "same", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow]
)
settings.load_profile("same")  # the same examples on every machine

CACHE = TemporaryDirectory(prefix="runway-tests-")
os.environ["XDG_CACHE_HOME"] = CACHE.name  # nothing is written into the user's own, by tests or what they start
CACHES = count()
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # else every process that a test starts compiles the whole package anew

keep_plans()

MODEL = """
[model]
name         = "Test"
start        = "2025-01"
months       = 12
opening_cash = 1_000_000
"""
"""The `[model]` of a text that has none."""


LONGEST = (
    *("test_proof", "test_mutated_files", "test_workbook", "test_browser", "test_compare", "test_statements"),
    *("test_program", "test_same_engine", "test_checks", "test_order_of_tables", "test_error_pages", "test_word"),
    *("test_editor", "test_asked", "test_sizes", "test_closed_companies", "test_properties", "test_scenarios"),
)  # files of some seconds each, the first of half a minute


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files come first, so that no worker waits for one at the end."""
    place = {f"{name}.py": n for n, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.path.name, len(place)))


def pytest_collection_finish() -> None:
    """What is imported and collected stays: the collector of cycles does not look at it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


def pytest_sessionfinish() -> None:
    gc.freeze()  # what is left need not be looked through once more, which pytest does five times


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="write the outputs that pages and the README show anew")


@pytest.fixture(autouse=True)
def _own_cache() -> None:
    """No test finds the steps that another has compiled, which would be told in the heading of its simulation."""
    os.environ["XDG_CACHE_HOME"] = f"{CACHE.name}/{next(CACHES)}"


@pytest.fixture(scope="session")
def load(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Plan]:
    """`load(text)`: the model of a TOML text; one without `[model]` gets the model above."""
    folder = tmp_path_factory.mktemp("models")

    def load(text: str, **how: Any) -> Plan:
        text = dedent(text).lstrip()
        if "[model]" not in text:
            text += MODEL
        path = Path(folder, f"{sha256(text.encode()).hexdigest()[:16]}.toml")
        path.write_text(text, encoding="utf-8")
        return runway.load(str(path), **how)

    return once(load)


@pytest.fixture(scope="session")
def project(load: Callable[..., Plan]) -> Callable[..., Projection]:
    """`project(text)`: the projection of a TOML text."""
    return once(lambda text, **how: runway.project(load(text, **how)))


@pytest.fixture(scope="session")
def rows(load: Callable[..., Plan]) -> Callable[..., Mapping[str, tuple[float, ...]]]:
    """`rows(text)`: the rows of its projection, by address; one run, in which every identity holds, and no ladder."""
    return once(lambda text, **how: rows_of(load(text, **how)))
