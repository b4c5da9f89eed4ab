"""`runway portfolio` by hand."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from errno import EACCES
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support.three_companies import COMPANY

import runway
from runway.answers import simulate as answers
from runway.answers.simulate import simulate
from runway.errors import InputError
from runway.render.terminal import terminal_text
from runway.reports import portfolio

if TYPE_CHECKING:
    from collections.abc import Callable

    Run = Callable[..., tuple[int, str, str]]


def test_a_portfolio(run: Run, folder: Path) -> None:
    (folder / "broken.toml").write_text(
        """
        [model]
        name = 3
        """,
        encoding="utf-8",
    )
    code, out, _ = run("portfolio", ".", "-n", "2000", "--as-of", "2024-12")
    assert code == 0
    assert all(len(line) <= 80 for line in out.splitlines())
    places = [out.index(name) for name in ("Beta", "Gamma", "Alpha", "NOT USED", "broken.toml")]
    assert places == sorted(places)
    code, out, _ = run("portfolio", "*.toml", "-n", "2000", "--json", "--workers", "1", "--as-of", "2024-12-31")
    found = json.loads(out)
    assert [company["model"] for company in found["companies"]] == ["Beta", "Gamma", "Alpha"]
    assert [entry["file"] for entry in found["unreadable"]] == ["broken.toml"]
    alone = json.loads(run("simulate", "beta.toml", "-n", "2000", "--json")[1])
    assert found["companies"][0]["within_12_months"]["probability"] == alone["out_of_cash"][2]["probability"][11]
    code, out, err = run("portfolio", ".", "--strict")
    assert (code, out) == (2, "")
    assert "broken.toml" in err


def test_where_the_problem_of_a_company_is(run: Run, folder: Path) -> None:
    """In the file, in one that it extends, or in what the command asks of it."""
    wrong = COMPANY.format(name="Wrong", cash="1 M x")
    (folder / "group").mkdir()
    (folder / "group" / "base.toml").write_text(wrong, encoding="utf-8")
    (folder / "child.toml").write_text('extends = "group/base.toml"', encoding="utf-8")
    (folder / "wrong.toml").write_text(wrong, encoding="utf-8")
    longer = COMPANY.format(name="Longer", cash="1M").replace("months = 24", "months = 36")
    (folder / "longer.toml").write_text(longer, encoding="utf-8")
    _, out, _ = run("portfolio", ".", "-n", "0", "--as-of", "2027-06")
    assert out.endswith(
        "  NOT USED   --json has every problem in full\n"
        "  alpha.toml as-of-outside\n"
        "  beta.toml as-of-outside\n"
        "  child.toml: group/base.toml:6 not-a-figure, and 1 more\n"
        "  gamma.toml as-of-outside\n"
        "  wrong.toml:6 not-a-figure, and 1 more\n"
    )


def test_what_no_company_can_answer_is_told_once(run: Run, folder: Path) -> None:
    """What is the command's to mend, what there is in other folders, and who may be in a file that cannot be used."""
    code, out, err = run("portfolio", ".", "-n", "1" + 18 * "0", "-w", "1")
    assert (code, out, err.count("1,000,000,000,000,000,000 paths of 24 months take")) == (2, "", 1)
    (folder / "deep" / "deeper").mkdir(parents=True)
    (folder / "deep" / "deeper" / "delta.toml").write_text(COMPANY.format(name="Delta", cash="1M"), encoding="utf-8")
    told = run("portfolio", "deep", "-n", "0")[2]
    assert told.endswith('at deep. Those of the folders in it are "deep/**/*.toml", in quotes.\n')
    (folder / "wrong.toml").write_text("[model]", encoding="utf-8")
    told = run("portfolio", ".", "-n", "0", "--holder", "Ana")[2]
    assert told.endswith("called Ana. It was not looked for in what cannot be used: wrong.toml.\n")


def test_odds_after_the_last_month(run: Run) -> None:
    for day, told in (("2024-12", False), ("2025-06", True)):
        out = run("portfolio", ".", "-n", "1", "--as-of", day)[1]
        assert ("There are no odds (–) of what is after" in out) == told
        assert "one future each" in out


def test_companies_of_one_name_are_told_apart(run: Run, folder: Path) -> None:
    (folder / "twin.toml").write_text(COMPANY.format(name="Beta", cash="1M"), encoding="utf-8")
    priced = '"priced_round"\nvaluation = { value = "5M", basis = "pre_money" }'
    held = COMPANY.format(name="Held", cash="1M").replace('"priced_round"', priced)
    held += "[captable.holders.our_fund]\nshares = { common = 100 }\n"
    (folder / "held.toml").write_text(held, encoding="utf-8")
    _, out, _ = run("portfolio", ".", "-n", "0", "--as-of", "2024-12", "--holder", "our_fund")
    assert [out.count(name) for name in ("Beta", "beta.toml", "twin.toml")] == [0, 2, 2]


def test_a_portfolio_that_is_only_projected(run: Run) -> None:
    code, out, _ = run("portfolio", ".", "--paths", "0", "--csv", "-", "--as-of", "2024-12")
    heads, *rows = [line.split(",") for line in out.splitlines()]
    assert code == 0
    months = [float(dict(zip(heads, row, strict=True))["months"]) for row in rows]
    assert months == sorted(months)
    assert all(dict(zip(heads, row, strict=True))["within_12_months"] == "" for row in rows)


def test_a_pattern_that_the_shell_expands(run: Run) -> None:
    """Is the same as one in quotes; a file that is named twice is one company, and a name without files is told."""
    how = ("-n", "0", "--as-of", "2024-12", "--json")
    quoted = run("portfolio", "*.toml", *how)
    assert run("portfolio", "alpha.toml", "beta.toml", "gamma.toml", "alpha.toml", *how) == quoted
    files = [company["file"] for company in json.loads(quoted[1])["companies"]]
    assert files == ["beta.toml", "gamma.toml", "alpha.toml"]
    code, out, err = run("portfolio", "*.toml", "delta.toml", *how)
    assert (code, out) == (2, "")
    assert "There are no assumption files at delta.toml." in err
    with pytest.raises(InputError, match="no-models-found"):
        runway.portfolio([])


def test_an_interrupted_portfolio_has_the_companies_that_are_complete(run: Run) -> None:
    def interrupt(done: int, wanted: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    found = runway.portfolio(".", paths=100, workers=1, as_of=date(2024, 12, 31), progress=interrupt)
    assert [company.model for company in found.companies] == ["Beta", "Alpha"]
    assert found.to_dict()["partial"]
    assert "2 companies, stopped before 3: a partial result" in terminal_text(portfolio.report(found))
    assert not runway.portfolio(".", paths=0).partial


def test_no_answer_is_made_of_a_simulation_that_was_interrupted(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would tell odds of fewer futures than it says, and go on with what was to stop."""
    made: list[int] = []

    def interrupted(*plan: Any, **how: Any) -> Any:
        made.append(how["paths"])
        found = simulate(*plan, **how)
        return found if len(made) == 1 else replace(found, requested=found.paths + 1)

    monkeypatch.setattr(answers, "simulate", interrupted)
    found = json.loads(run("portfolio", ".", "-n", "100", "-w", "1", "--as-of", "2024-12", "--json")[1])
    assert ([company["model"] for company in found["companies"]], found["partial"]) == (["Alpha"], True)
    assert run("page", "beta.toml", "beta.html", "--simulate", "100")[:2] == (130, "")
    assert run("backtest", "saas-startup-actuals", "--every", "month", "--simulate", "100")[:2] == (130, "")
    assert not Path("beta.html").exists()


@pytest.mark.proof
def test_a_portfolio_on_processes_is_the_same(run: Run, folder: Path) -> None:
    for n in range(3):
        text = COMPANY.format(name=f"More {n}", cash="1.2M")
        (folder / f"more{n}.toml").write_text(text, encoding="utf-8")
    here = run("portfolio", ".", "-n", "1000", "--json", "--workers", "1")
    assert run("portfolio", ".", "-n", "1000", "--json", "--workers", "2") == here


def test_a_folder_that_may_not_be_read_is_not_said_to_be_empty(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(path: Path) -> None:
        raise PermissionError(EACCES, "Permission denied", str(path))

    (folder / "locked").mkdir()
    monkeypatch.setattr(Path, "iterdir", locked)
    assert run("portfolio", "locked") == (2, "", "file-unreadable\nlocked cannot be opened: permission denied.\n")
