"""The house rules: what stands where, and that a name stands for one thing."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

import runway

HOUSE = Path(runway.__file__).parent
AT_THE_DOOR = {"__init__", "__main__", "errors", "months", "words"}
STILL_TWICE = {"Amount", "Layout", "Line", "Row", "ShareClass", "Text"}  # in rooms that are being rewritten


def test_little_stands_at_the_front_door() -> None:
    assert {path.stem for path in HOUSE.glob("*.py")} == AT_THE_DOOR


def test_a_class_name_stands_for_one_thing() -> None:
    defined = defaultdict(list)
    for path in sorted(HOUSE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                defined[node.name.lstrip("_")].append(f"{path.relative_to(HOUSE)}:{node.lineno}")
    twice = {name: places for name, places in defined.items() if len(places) > 1}
    assert {name: places for name, places in twice.items() if name not in STILL_TWICE} == {}
