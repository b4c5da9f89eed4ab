"""The bundled models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from runway.files.document import bundled_models, read
from runway.language.record import Record


class BundledModel(NamedTuple):
    """A model that can be named wherever a file can."""

    name: str
    title: str
    path: str


@dataclass(frozen=True, slots=True, repr=False)
class Models(Record):
    """All of them, by name."""

    models: tuple[BundledModel, ...]


def models() -> Models:
    """The bundled models, by name."""
    return Models(
        tuple(
            BundledModel(name, read(name).data["model"]["name"], str(path))
            for name, path in sorted(bundled_models().items())
        )
    )
