"""Modules of the standard library that typer and pydantic import, and that most commands never use.

Here they are executed at their first use.  `importlib.util.LazyLoader` executes a module as soon as another imports it
too, as others do these.
"""

from __future__ import annotations

import sys
from _thread import RLock
from importlib.machinery import PathFinder

TYPE_CHECKING = False  # as in the package
if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType
    from typing import Any
else:
    ModuleType = type(sys)

NAMES = frozenset({"base64", "bz2", "lzma", "secrets", "subprocess", "tokenize"})
EXECUTING = RLock()


class LazyModule(ModuleType):
    """A module that is executed when something is read of it that an import does not set."""

    def __getattribute__(self, name: str) -> Any:
        if name.startswith("__"):  # what an import reads
            return ModuleType.__getattribute__(self, name)
        with EXECUTING:  # another thread waits until the module is whole
            return ModuleType.__getattribute__(self, name)

    def __getattr__(self, name: str) -> Any:
        spec: Any = self.__spec__
        with EXECUTING:  # what the module itself looks for meanwhile it has not yet
            if spec.loader_state is not None:
                loader, before = spec.loader_state, dict(self.__dict__)
                self.__loader__, spec.loader, spec.loader_state = loader, loader, None
                try:
                    loader.exec_module(self)
                except BaseException:  # interrupted, or what it imports is missing: the next use finds the same
                    self.__dict__.clear()
                    self.__dict__.update(before)
                    spec.loader_state = loader
                    raise
                self.__class__ = ModuleType  # type: ignore[assignment]  # it is an ordinary one now
        return ModuleType.__getattribute__(self, name)


class LazyLoader:
    """Makes a lazy module of what another loader would execute."""

    def __init__(self, loader: Any) -> None:
        self.create_module = loader.create_module

    def exec_module(self, module: ModuleType) -> None:
        module.__class__ = LazyModule


class LazyFinder:
    """Finds the modules of those names, and has them executed later."""

    @staticmethod
    def find_spec(name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> Any:
        spec: Any = PathFinder.find_spec(name, path, target) if name in NAMES else None
        if spec is not None:
            spec.loader_state, spec.loader = spec.loader, LazyLoader(spec.loader)
        return spec


def execute_later() -> None:
    """From here on the modules of those names are executed at their first use."""
    if LazyFinder not in sys.meta_path:
        sys.meta_path.insert(0, LazyFinder)
