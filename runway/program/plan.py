"""A plan, which can be run: a model, as it is written, and the program compiled from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.language.named_tuple import NamedTuple
from runway.language.record import one_line

if TYPE_CHECKING:
    from runway.model.model import Model
    from runway.program.program import Program


class Plan(NamedTuple):
    """A model under one scenario and further changes, with its monthly formulas.

    Every answer takes one; `runway.engine.load` makes it, and has found no problem in the file then.
    """

    model: Model
    program: Program

    def __repr__(self) -> str:
        return one_line(self, (self.model.settings.name, self.model.scenario))
