"""What tests ask for again is not worked out again: a plan and a projection are the same objects, and never changed.

What a test sets or unsets in the program with `MonkeyPatch` makes all of them anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakSet

import pytest

from runway.engine import load
from runway.files.document import bundled_models

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from runway.files.document import Document
    from runway.program.plan import Plan

KEPT = 64
ALL: list[Once] = []
Answer = TypeVar("Answer")


class Once(dict[Any, Any]):
    """The latest answers, by what was asked."""

    def __init__(self) -> None:
        super().__init__()
        ALL.append(self)

    def get_or_ask(self, key: Hashable, ask: Callable[[], Answer]) -> Answer:
        if key not in self:
            self[key] = ask()
            if len(self) > KEPT:
                del self[next(iter(self))]
        answer: Answer = self[key]
        return answer


def once(ask: Callable[..., Answer]) -> Callable[..., Answer]:
    """A function of a text and keywords with its latest answers."""
    answers = Once()
    return lambda text, **how: answers.get_or_ask((text, repr(how)), lambda: ask(text, **how))


def keep_plans() -> None:
    """Makes `runway.engine.load` keep its latest plans, by all that they are made of.

    A plan made like another, or of books that may have changed since, is made anew.
    """
    plans, made, bundled = Once(), load.load_document, bundled_models()

    def load_document(document: Document, scenario: str = "base", changes: Any = None, **how: Any) -> Plan:
        if "like" in how or ("actuals" in document.data and document.title not in bundled):
            return made(document, scenario, changes, **how)
        origins = [(path, text.title, text.text, keys) for path, (text, keys) in document._origins.items()]
        key = repr((document.title, document.data, origins, scenario, changes, how))
        return plans.get_or_ask(key, lambda: made(document, scenario, changes, **how))

    load.load_document = load_document
    patched = WeakSet[pytest.MonkeyPatch]()
    for name in ("setattr", "delattr", "setitem", "undo"):
        setattr(pytest.MonkeyPatch, name, forgetting(getattr(pytest.MonkeyPatch, name), patched, name == "undo"))


def forgetting(change: Callable[..., None], patched: WeakSet[pytest.MonkeyPatch], undone: bool) -> Callable[..., None]:
    """A method of `MonkeyPatch` that forgets what was kept before the change, and again where it is undone."""

    def changed(patch: pytest.MonkeyPatch, *given: Any, **how: Any) -> None:
        change(patch, *given, **how)
        if not undone:
            patched.add(patch)
        if patch in patched:
            for answers in ALL:
                answers.clear()

    return changed
