"""`runway schema`: the JSON Schema takes every file that runs, and refuses keys that no class has, at any depth."""

from __future__ import annotations

import copy
import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from support.ownership_files import ODD, PERCENTAGES, STACK

from runway.cli.author import STARTER
from runway.files.document import bundled_models
from runway.model.schema import schema

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted(ROOT.glob("runway/guide/*.md"))]
FILES = re.compile(r"```toml\n# (\S+\.toml)\n(.*?)```", re.DOTALL)
BLOCKS = [found for page in PAGES for found in FILES.findall(page.read_text(encoding="utf-8"))]
SCHEMA = schema()
VALIDATOR = Draft202012Validator(SCHEMA)
TEXTS = {
    **{name: path.read_text(encoding="utf-8") for name, path in bundled_models().items()},
    "starter": STARTER.read_text(encoding="utf-8"),
    "stack": STACK,
    "percentages": PERCENTAGES,
    "odd": ODD,
    **{f"block{n}-{name.removesuffix('.toml')}": text for n, (name, text) in enumerate(BLOCKS)},
    "overlay": """
        extends = "saas-startup"
        [model]
        name = "A dearer plan"
        [revenue.monthly_plan]
        price = "$25/month"
        [funding.seed]
        valuation = { value = "5M", basis = "post_money", source = "sheet", confidence = "low", note = "as offered" }
        [[funding.seed.closings]]
        name = "milestone"
        date = "2026-09"
        """,
}


def accepts(data: dict[str, Any]) -> bool:
    return VALIDATOR.is_valid(dates_as_text(data))


def test_the_schema_is_one():
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("name", TEXTS)
def test_a_file_that_runs_is_accepted(name):
    errors = VALIDATOR.iter_errors(dates_as_text(tomllib.loads(TEXTS[name])))
    assert [f"{error.json_path}: {error.message}" for error in errors] == []


def test_a_linter_of_toml_accepts_every_file(tmp_path):
    """An independent reader of TOML and of the schema, in its strict mode; the order of tables is a matter of taste."""
    (tmp_path / "tombi.toml").write_text('[lint.rules]\ntables-out-of-order = "off"\n', encoding="utf-8")
    (tmp_path / "schema.json").write_text(json.dumps(SCHEMA), encoding="utf-8")
    for name, text in TEXTS.items():
        (tmp_path / f"{name}.toml").write_text(f"#:schema ./schema.json\n{dedent(text)}", encoding="utf-8")
    tombi = [shutil.which("tombi", path=str(Path(sys.executable).parent)) or "tombi", "lint", "--offline"]
    files = [f"{name}.toml" for name in TEXTS]
    done = subprocess.run([*tombi, *files], cwd=tmp_path, capture_output=True, text=True, check=False)
    said = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout + done.stderr)
    assert done.returncode == 0, said
    assert "Warning" not in said
    (tmp_path / "wrong.toml").write_text("#:schema ./schema.json\n[model]\nnmae = 1\n", encoding="utf-8")
    assert subprocess.run([*tombi, "wrong.toml"], cwd=tmp_path, capture_output=True, check=False).returncode == 1


def dates_as_text(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: dates_as_text(value) for key, value in data.items()}
    if isinstance(data, list):
        return [dates_as_text(value) for value in data]
    return data.isoformat() if hasattr(data, "isoformat") else data


PLACES = [
    ("captable",),
    ("captable", "holders", "ana"),
    ("captable", "classes", "seed"),
    ("captable", "grants", "kim"),
    ("funding", "angel_safe"),
    ("funding", "loan_note"),
    ("funding", "series_a"),
    ("funding", "series_a", "stock"),
    ("funding", "series_a", "closings", 0),
    ("funding", "series_a", "commitments", 1),
]


@pytest.mark.parametrize("place", PLACES)
def test_an_unknown_key_is_refused_at_any_depth(place):
    data = tomllib.loads(STACK)
    table = data
    for part in place:
        table = table[part]
    assert accepts(data)
    table["no_such_key"] = 1
    assert not accepts(data)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("captable", "classes", "seed", "kind"), "prefered"),
        (("captable", "classes", "seed", "seniority"), "first"),
        (("captable", "price_digits"), 13),
        (("captable", "holders", "ana", "shares"), 4_500_000),
        (("captable", "grants", "kim", "from_pool"), "yes"),
        (("funding", "angel_safe", "form"), "postmoney"),
        (("funding", "loan_note", "day_count"), "act/366"),
        (("funding", "series_a", "stock", "anti_dilution"), "ratchet"),
        (("funding", "series_a", "valuation"), 5),
    ],
)
def test_a_value_that_no_class_takes_is_refused(place, value):
    data = copy.deepcopy(tomllib.loads(STACK))
    table: Any = data
    for part in place[:-1]:
        table = table[part]
    table[place[-1]] = value
    assert not accepts(data)


def test_what_must_be_written_is_said():
    data = tomllib.loads(STACK)
    del data["captable"]["holders"]
    assert not accepts(data)
