"""A vintage kept in a file beside the model, never written over by another one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runway.errors import InputError, Problem
from runway.files.vintages import read_kept
from runway.render.json import as_json
from runway.render.saving import create_text, unwritable

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = "vintages"


def save_kept(folder: Path, vintage: dict[str, Any]) -> tuple[str, bool]:
    """Writes a vintage to `vintages/ORIGIN.json` in a folder: where it stands, and whether it had not been kept before.

    One that differs in more than the day of saving is never written over.  Raises `InputError`: vintage-exists, and
    for a file that cannot be written or read.
    """
    path = folder / FOLDER / f"{vintage['origin']}.json"
    name = str(path)
    if path.exists():
        saved = read_kept(name)
        if {**saved, "saved": None} == {**vintage, "saved": None}:
            return name, False
        same = "the same input" if saved["input"] == vintage["input"] else "another input"
        text = f"{name} already keeps a vintage of {same}, of {saved['model']}, saved on {saved['saved']}. "
        raise InputError(Problem("vintage-exists", f"{text}Rename it if both are to be kept; backtest takes any name."))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(name, error) from error
    create_text(name, as_json(vintage))
    return name, True
