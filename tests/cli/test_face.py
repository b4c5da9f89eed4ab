"""The commands as Python functions."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from functools import cache
from keyword import iskeyword
from pathlib import Path
from typing import TYPE_CHECKING

import pandas
import pytest

import runway
from runway.cli.app import MODULES
from runway.errors import InputError

if TYPE_CHECKING:
    from runway.program.plan import Plan

COMMANDS = {name for names in MODULES.values() for name in names}
FILES = Path(__file__).parent.parent / "files"
HOLDERS = (
    "holder=Stakeholder Name, class=Share Class, kind=Security Type, shares=Quantity Outstanding, "
    "price=Price Per Share, date=Original Issue Date"
)


@cache
def lemonade() -> Plan:
    return runway.load("lemonade")


ANSWERS = {
    "project": lambda: runway.project(lemonade()),
    "scenarios": lambda: runway.scenarios(lemonade()),
    "check": lambda: runway.check("openai-2025"),
    "sensitivity": lambda: runway.sensitivity(lemonade()),
    "solve": lambda: runway.solve(lemonade(), so_that="runway >= 9 months"),
    "simulate": lambda: runway.simulate(lemonade(), paths=200),
    "compare": lambda: runway.compare("lemonade", set={"levers.burn": "+10%"}),
    "clause": lambda: runway.clause("openai-2025"),
    "captable": lambda: runway.captable("saas-startup"),
    "exit": lambda: runway.exit("saas-startup", 50_000_000),
    "exit with the file's offers": lambda: runway.exit("openai-2025"),
    "statements": lambda: runway.statements("lemonade"),
    "backtest": lambda: runway.backtest("saas-startup-actuals"),
    "import_ of books": lambda: runway.import_(str(FILES / "books" / "chase_checking.csv"), plan="saas-startup"),
    "import_ of a cap table": lambda: runway.import_(str(FILES / "equity" / "carta_like_ledger.csv"), columns=HOLDERS),
    "explain": lambda: runway.explain(lemonade(), "lemons", "2025-02"),
    "sources": lambda: runway.sources("openai-2025"),
    "variance": lambda: runway.variance("saas-startup-actuals"),
    "guide": lambda: runway.guide(),
    "kinds": lambda: runway.kinds(),
    "models": lambda: runway.models(),
}
"""By the name of its function; none is made before it is looked at."""


def test_editors_know_every_name_and_no_other() -> None:
    """Names are imported for them; they do not see the function that would take any name for one."""
    tree = ast.parse(Path(runway.__file__).read_text(encoding="utf-8"))
    imports = {alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert {*runway.__all__} - imports == {"__version__"}
    (hidden,) = (node for node in tree.body if isinstance(node, ast.If) and "__getattr__" in ast.unparse(node))
    assert ast.unparse(hidden.test) == "not TYPE_CHECKING"
    assert "__getattr__" not in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_every_command_is_a_function_and_nothing_else_is_public() -> None:
    names = {f"{name}_" if iskeyword(name) else name for name in COMMANDS}
    assert names | {"load", "__version__"} == {*runway.__all__}
    for name in names:
        parameters = inspect.signature(getattr(runway, name)).parameters.values()
        assert not any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters), name


def test_a_name_that_there_is_not() -> None:
    with pytest.raises(AttributeError, match="no attribute 'projct'"):
        runway.projct  # noqa: B018  # the name is what is tried


def test_what_is_paid_for_a_company_is_a_number_or_a_text_as_the_command_has_it() -> None:
    assert runway.exit("saas-startup", "50M").to_dict() == runway.exit("saas-startup", 50_000_000).to_dict()
    assert [each.value for each in runway.exit("saas-startup", ["20M", 5e7, "0.5M"]).sales] == [2e7, 5e7, 5e5]
    with pytest.raises(InputError) as error:
        runway.exit("saas-startup", "$5M")
    assert error.value.problems[0].text == "value $5M cannot be used. Write it in the model's own currency, EUR."


def test_importing_runway_imports_nothing_heavy() -> None:
    text = (
        "import sys, runway; print([m for m in ('typer', 'rich', 'pydantic', 'numpy', 'pandas') if m in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True).stdout == "[]\n"


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_is_one_line_in_a_console_and_its_report_in_a_notebook(name) -> None:
    answer = ANSWERS[name]()
    assert repr(answer).startswith(f"<{type(answer).__name__}")
    assert "\n" not in repr(answer)
    html = answer._repr_html_()
    assert html.startswith("<div>")
    assert "<table>" in html
    assert "<script" not in html
    assert isinstance(answer.to_dict(), dict)


def test_a_part_of_an_answer_is_no_report_in_a_notebook() -> None:
    score = runway.backtest("saas-startup-actuals").scores[0]
    assert score._repr_html_() is None
    assert repr(score).startswith("Score(")


def test_the_rows_of_a_projection_are_a_frame_by_month() -> None:
    projection = runway.project(lemonade())
    assert type(projection.rows) is dict
    plain = pandas.DataFrame(projection.rows, index=projection.months)
    frame = projection.to_pandas()
    assert str(frame.index.dtype) == "period[M]"
    assert list(frame.columns) == list(plain.columns) == list(projection.rows)
    assert frame.loc["2025-03", "cash"] == plain.loc["2025-03", "cash"] == projection.rows["cash"][2]


def test_text_of_a_file_stays_text_in_a_notebook(load) -> None:
    model = load("""
        [funding.prize]
        kind = 'grant'
        title = '<script>alert(1)</script>'
        amount = 1
        date = '2025-02-01'
        """)
    assert "&lt;script&gt;" in runway.project(model)._repr_html_()


def test_files_are_written_and_checked_from_python(tmp_path) -> None:
    runway.init(str(tmp_path / "mine.toml"))
    runway.validate(str(tmp_path / "mine.toml"))
    runway.export(str(tmp_path / "mine.toml"), str(tmp_path / "mine.csv"))
    assert (tmp_path / "mine.csv").read_text().startswith("month,opening_cash,")
    with pytest.raises(InputError, match=r"ends in \.doc"):
        runway.export("lemonade", str(tmp_path / "mine.doc"))
    with pytest.raises(InputError, match="already exists"):
        runway.init(str(tmp_path / "mine.toml"))
