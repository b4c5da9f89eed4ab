"""When a company runs out of money, and what the next round buys: cash, conditional funding and ownership in one model.

Every command is a function of the same name; the first use of one imports what it needs.

>>> import runway
>>> runway.project("lemonade").runway[0].counting
'cash in hand'
"""

from __future__ import annotations

TYPE_CHECKING = False  # `typing` takes a while to import, in which an interruption could not be heard
if TYPE_CHECKING:
    from typing import Any

    from runway.answers.guide import guide
    from runway.answers.kinds import kinds
    from runway.answers.models import models
    from runway.answers.portfolio import portfolio
    from runway.cli.face import (
        backtest,
        captable,
        check,
        clause,
        compare,
        exit,
        explain,
        export,
        import_,
        init,
        load,
        metrics,
        page,
        project,
        scenarios,
        schema,
        sensitivity,
        simulate,
        solve,
        sources,
        statements,
        validate,
        variance,
    )

__all__ = [
    "__version__",
    "backtest",
    "captable",
    "check",
    "clause",
    "compare",
    "exit",
    "explain",
    "export",
    "guide",
    "import_",
    "init",
    "kinds",
    "load",
    "metrics",
    "models",
    "page",
    "portfolio",
    "project",
    "scenarios",
    "schema",
    "sensitivity",
    "simulate",
    "solve",
    "sources",
    "statements",
    "validate",
    "variance",
]
__version__ = "0.1.0"


if not TYPE_CHECKING:  # a checker of types would take any name that this is asked for

    def __getattr__(name: str) -> Any:
        if name in __all__:
            from runway.cli import face

            return getattr(face, name)
        raise AttributeError(f"module 'runway' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
