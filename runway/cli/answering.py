"""A result as it was asked for: JSON, CSV to a file or to standard output, or lines for a reader."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from runway.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from runway.render.text import Text


class Result(Protocol):
    """What a command found."""

    def to_dict(self) -> dict[str, Any]: ...


R = TypeVar("R", bound=Result)


def one_output(as_json: bool, csv: str | None) -> None:
    if as_json and csv == "-":
        raise InputError(
            Problem("two-outputs", "--json and --csv - would both print. Write the CSV to a file: --csv FILE.")
        )


def answer(
    found: R,
    as_json: bool,
    csv: str | None,
    csv_text: Callable[[R], str],
    lines: Callable[[R, int], Iterable[Text]],
) -> str:
    """A result as it was asked for: JSON, CSV to a file or to standard output, or lines of a width for a reader."""
    if csv is not None:
        text = csv_text(found)
        if csv == "-":
            return text
        from runway.render.saving import save_text

        save_text(csv, text)
        sys.stderr.write(f"wrote {csv}\n")
    if as_json:
        from runway.render.json import as_json as json_text

        return json_text(found.to_dict())
    if csv is not None:
        return ""
    from runway.render.terminal import printed_lines

    return printed_lines(lambda width: lines(found, width))
