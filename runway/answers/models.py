"""The bundled models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from runway.errors import InputError, Problem, did_you_mean
from runway.files.document import bundled_models, read
from runway.language.named_tuple import NamedTuple
from runway.language.record import Record

if TYPE_CHECKING:
    from pathlib import Path


class BundledModel(NamedTuple):
    """A model that can be named wherever a file can."""

    name: str
    title: str
    path: str


@dataclass(frozen=True, slots=True, repr=False)
class Models(Record):
    """All bundled models, by name, or one."""

    models: tuple[BundledModel, ...]


def models(name: str | None = None) -> Models:
    """The bundled models by name, or the one of a name; raises `InputError`: unknown-model."""
    paths = sorted(bundled_models().items()) if name is None else [(name, bundled_path(name))]
    return Models(tuple(BundledModel(key, read(key).data["model"]["name"], str(path)) for key, path in paths))


def bundled_path(name: str) -> Path:
    """The path of a bundled model; raises `InputError`: unknown-model."""
    paths = bundled_models()
    if name not in paths:
        text = f"There is no bundled model called {name}.{did_you_mean(name, paths)}\nModels: {', '.join(paths)}."
        raise InputError(Problem("unknown-model", text))
    return paths[name]


def files_of(name: str) -> tuple[str, dict[str, str]]:
    """The text of a bundled model, and by name the texts of the files that it reads beside itself."""
    text = bundled_path(name).read_text(encoding="utf-8")
    document, beside = read(name), dict[str, str]()
    actuals = document.data.get("actuals", {})
    keys: list[tuple[str, ...]] = [("actuals", key) for key in ("file", "figures") if key in actuals]
    keys += [("actuals", "files", table, "file") for table in actuals.get("files", {})]
    for where in keys:
        for title, path, _ in document.files_beside(where):
            beside[title] = path.read_text(encoding="utf-8")
    return text, beside
