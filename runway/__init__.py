"""When a company runs out of money, and what the next round buys: cash, conditional funding and ownership in one model.

>>> import runway
>>> runway.project("lemonade").runway[0].counting
'cash in hand'
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from runway.model import Model
    from runway.projection import Projection
    from runway.whatif.sensitivity import Sensitivity

__all__ = ["__version__", "load", "project", "sensitivity"]
__version__ = "0.1.0"


def load(name: str | None = None, *, scenario: str = "base", set: Mapping[str, Any] | None = None) -> Model:
    """The model of an assumption file: a path, "-", or the name of a bundled model.

    Raises `runway.errors.InputError` with every problem found, each with its place.
    """
    from runway.files import default_model, read
    from runway.loading import load_document

    return load_document(read(default_model() if name is None else name), scenario, set)


def project(
    model: str | Model | None = None, *, scenario: str | None = None, set: Mapping[str, Any] | None = None
) -> Projection:
    """The projection of a model under a scenario and further changes, `{"address": value}`.

    A model that was loaded under a scenario or with changes keeps them.

    >>> round(project("lemonade", set={"model.opening_cash": "0"}).rows["opening_cash"][0], 2)
    0.0
    """
    from runway.loading import load_document
    from runway.metrics import project_model
    from runway.model import Model

    if not isinstance(model, Model):
        model = load(model, scenario=scenario or "base", set=set)
    elif scenario or set:
        model = load_document(model.original, scenario or model.scenario, {**model.changes, **(set or {})})
    return project_model(model)


def sensitivity(model: str | Model | None = None, params: Sequence[str] = ("burn",), **options: Any) -> Sensitivity:
    """How runway answers to figures; the options are those of `runway.whatif.sensitivity.sensitivity`.

    >>> [case.outcome.months for case in sensitivity("lemonade", within=["-50%..50%"], steps=3).sweeps[0].cases]
    [None, 7.0, 4.0]
    """
    from runway.model import Model
    from runway.whatif.sensitivity import sensitivity as sweep

    return sweep(model if isinstance(model, Model) else load(model), params, **options)
