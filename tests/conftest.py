"""What tests share: the projection of an assumption file that stands in the test."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

import runway
from runway.model import Model
from runway.projection import Projection

MODEL = """
[model]
name         = "Test"
start        = "2025-01"
months       = 12
opening_cash = 1_000_000
"""
"""The `[model]` of a text that has none."""


@pytest.fixture(scope="session")
def load(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Model]:
    """`load(text)`: the model of a TOML text; a text without `[model]` gets the one above."""
    folder = tmp_path_factory.mktemp("models")

    def load(text: str, *, scenario: str = "base", set: Mapping[str, Any] | None = None) -> Model:
        text = dedent(text).lstrip()
        if "[model]" not in text:
            text += MODEL
        path = Path(folder, f"{sha256(text.encode()).hexdigest()[:16]}.toml")
        path.write_text(text, encoding="utf-8")
        return runway.load(str(path), scenario=scenario, set=set)

    return load


@pytest.fixture(scope="session")
def project(load: Callable[..., Model]) -> Callable[..., Projection]:
    """`project(text)`: the projection of a TOML text, under a scenario and further changes."""

    def project(text: str, *, scenario: str = "base", set: Mapping[str, Any] | None = None) -> Projection:
        return runway.project(load(text, scenario=scenario, set=set))

    return project


@pytest.fixture(scope="session")
def rows(project: Callable[..., Projection]) -> Callable[..., Mapping[str, tuple[float, ...]]]:
    """`rows(text)`: the rows of its projection, by address."""

    def rows(text: str, **how: Any) -> Mapping[str, tuple[float, ...]]:
        return project(text, **how).rows

    return rows
