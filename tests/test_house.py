"""The house rules: what stands where, and that a name stands for one thing."""

from __future__ import annotations

import ast
import re
import tomllib
from collections import defaultdict
from pathlib import Path

import runway

HOUSE = Path(runway.__file__).parent
LONGEST = 400  # lines of a file
AT_THE_DOOR = {"__init__", "__main__", "errors", "months", "words"}


def test_little_stands_at_the_front_door() -> None:
    assert {path.stem for path in HOUSE.glob("*.py")} == AT_THE_DOOR


def test_the_guide_shows_the_rooms_of_the_contract_and_files_that_there_are() -> None:
    contract = tomllib.loads((HOUSE.parent / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    rooms = re.findall(r"runway\.(\w+)", " ".join(contract["contracts"][0]["layers"]))
    guide = (HOUSE / "guide" / "architecture.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `(\w+)` \|", guide, re.MULTILINE) == [room for room in rooms if room not in AT_THE_DOOR]
    first = re.findall(r"`(\w+/\w+)`", guide.partition("in this order, show the whole")[2].partition("##")[0])
    assert len(first) == 16
    assert [file for file in first if not (HOUSE / f"{file}.py").is_file()] == []


def test_a_class_name_stands_for_one_thing() -> None:
    defined = defaultdict(list)
    for path in sorted(HOUSE.rglob("*.py")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if found := re.match(r" *class _*(\w+)[(:]", line):
                defined[found[1]].append(f"{path.relative_to(HOUSE)}:{number}")
    assert {name: places for name, places in defined.items() if len(places) > 1} == {}


def test_nobody_but_the_kinds_asks_for_a_kind() -> None:
    """What differs between kinds stands in their files: others compare no kind and guess no field."""
    asks = re.compile(r"\.kind (==|in|!=|not in)|getattr\((item\.|self\.)?part,")
    files = [path for ending in ("py", "js") for path in HOUSE.rglob(f"*.{ending}")]
    elsewhere = [path for path in files if path.parent.name not in ("lines", "funding")]
    places = [
        f"{path.relative_to(HOUSE)}:{number}"
        for path in elsewhere
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if asks.search(line)
    ]
    assert places == []


def test_named_tuples_are_those_that_cost_little() -> None:
    """What stands below them, and they themselves, have those of `typing`."""
    named = re.compile(r"from typing import .*\bNamedTuple\b", re.MULTILINE)
    found = {path.name for path in HOUSE.rglob("*.py") if named.search(path.read_text(encoding="utf-8"))}
    assert found == {"errors.py", "named_tuple.py"}


def test_no_file_is_longer_than_can_be_read_at_once() -> None:
    lengths = {str(path.relative_to(HOUSE)): len(path.read_text(encoding="utf-8").splitlines())
               for path in HOUSE.rglob("*.py")}  # fmt: skip
    assert {path: lines for path, lines in lengths.items() if lines > LONGEST} == {}


NO_NOUNS = {
    "found",
    "one",
    "said",
    "told",
    "given",
    "made",
    "asked",
    "taken",
    "what",
    "wanted",
    "held",
    "here",
    "there",
}
OF_THE_CONTRACT = {  # keys of the JSON, and a parameter of the Python face
    "answers/kinds.py what", "answers/offers.py held", "answers/recap.py held", "cli/face.py wanted",
}  # fmt: skip


def test_names_say_the_noun() -> None:
    """A reader who knows the field and not the program can tell what a name stands for."""
    bound = set()
    for path in HOUSE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()) | ast.arg(arg=name):
                    pass
                case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.MatchAs(name=str(name)):
                    pass
                case _:
                    continue
            if name.strip("_") in NO_NOUNS:
                bound.add(f"{path.relative_to(HOUSE).as_posix()} {name}")
    assert bound == OF_THE_CONTRACT
