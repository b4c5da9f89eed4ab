"""JSON that any program can read."""

from __future__ import annotations

import json


def as_json(data: object) -> str:
    """JSON that any program can read in any encoding; a figure that is not a number is an error, never `NaN`."""
    return json.dumps(data, indent=2, allow_nan=False) + "\n"
