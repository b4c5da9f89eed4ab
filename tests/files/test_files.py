"""Reading assumption files: what is refused and how it is said, what extends what, and where each thing stands."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from support.toml_positions import random_toml

import runway
from runway.cli.books import import_files
from runway.errors import InputError, Problem
from runway.files import document as files
from runway.files.document import Document, bundled_models, default_model, read
from runway.files.equity.package import read_package


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(name: str, text: str | bytes) -> str:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else dedent(text).lstrip("\n").encode())
    return name


def document(text: str | bytes) -> Document:
    return read(write("plan.toml", text))


def refused(name: str) -> Problem:
    with pytest.raises(InputError) as raised:
        read(name)
    (problem,) = raised.value.problems
    return problem


def refusal(text: str | bytes) -> Problem:
    return refused(write("plan.toml", text))


def marked(problem: Problem) -> str:
    """What the carets of a problem stand below."""
    assert problem.place is not None
    line = problem.excerpt[-1][1]
    assert problem.excerpt[-1][0] == problem.place.line
    return line[problem.place.column - 1 :][: problem.place.width]


def paths(data: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    inside = list(data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ())
    return [(*path, key) for key, _ in inside] + [p for key, value in inside for p in paths(value, (*path, key))]


def at(data: Any, path: tuple[str | int, ...]) -> Any:
    for key in path:
        data = data[key]
    return data


# Where things stand


@pytest.mark.parametrize("block", range(4))
def test_every_place_in_random_files_is_right(block: int) -> None:
    for seed in range(block * 60, block * 60 + 60):
        written = random_toml(seed)
        text = written.text.encode()
        if block == 3:
            text = b"\xef\xbb\xbf" + text.replace(b"\n", b"\r\n")
        plan = document(text)
        assert set(paths(plan.data)) == set(written.keys), seed
        for path in written.keys:
            assert plan.place(path, at="key")[1:] == written.keys[path], (seed, path)
            assert plan.place(path)[1:] == written.values[path], (seed, path)
        for path, expected in written.texts.items():
            assert at(plan.data, path) == expected.value, (seed, path)
            for i, run in enumerate(expected.characters):
                assert plan.place(path, span=(i, i + 1))[1:] == run, (seed, path, i)


PLAN = '''
    # a comment
    [model]
    name = "Ünïted “Lemonade” 日本"   # after it
    [costs.rent]
    amount = { value = "5k/month", "as of" = "2025-03" }
      note = """
    First
    second \\
         and third"""
    tax.share = 0.5
    [[funding.round.closings]]
    name = "first"
    [[funding.round.closings]]
    name = "second"
    by   = [ "2025-12-31",  # a deadline
      'never' ]
    [drivers."weekly users"]
    formula = 'prev(users) * (1 + grwth)'
    escaped = "a\\tb \\u00e9 grwth"
    "k\\u00e9y" = 1
'''


@pytest.mark.parametrize(
    ("path", "value", "key"),
    [
        (("model",), "model", "model"),
        (("model", "name"), '"Ünïted “Lemonade” 日本"', "name"),
        (("costs",), "costs", "costs"),
        (("costs", "rent"), "rent", "rent"),
        (("costs", "rent", "amount"), '{ value = "5k/month", "as of" = "2025-03" }', "amount"),
        (("costs", "rent", "amount", "value"), '"5k/month"', "value"),
        (("costs", "rent", "amount", "as of"), '"2025-03"', '"as of"'),
        (("costs", "rent", "note"), '"""', "note"),
        (("costs", "rent", "tax"), "tax", "tax"),
        (("costs", "rent", "tax", "share"), "0.5", "share"),
        (("funding", "round", "closings"), "closings", "closings"),
        (("funding", "round", "closings", 1), "closings", "closings"),
        (("funding", "round", "closings", 1, "name"), '"second"', "name"),
        (("funding", "round", "closings", 1, "by"), '[ "2025-12-31",', "by"),
        (("funding", "round", "closings", 1, "by", 1), "'never'", "'never'"),
        (("drivers", "weekly users"), '"weekly users"', '"weekly users"'),
        (("drivers", "weekly users", "kéy"), "1", '"k\\u00e9y"'),
        # what the data lacks stands where its nearest ancestor does
        (("costs", "rent", "amount", "low"), '{ value = "5k/month", "as of" = "2025-03" }', "amount"),
        (("costs", "rent", "growth"), "rent", "rent"),
        (("costs", "payroll", "amount"), "costs", "costs"),
        (("funding", "round", "closings", 2), "closings", "closings"),
        (("funding", "round", "closings", -1), "closings", "closings"),
        (("costs", "rent", "amount", "value", "x", 0), '"5k/month"', "value"),
    ],
)
def test_values_and_keys_are_underlined(path: tuple[str | int, ...], value: str, key: str) -> None:
    plan = document(PLAN)
    assert marked(plan.problem(path, "x", "y")) == value
    assert marked(plan.problem(path, "x", "y", at="key")) == key


def test_the_second_entry_of_a_list_of_tables_has_its_own_header() -> None:
    plan = document(PLAN)
    assert [plan.place(("funding", "round", "closings", i)).line for i in (0, 1)] == [11, 13]


@pytest.mark.parametrize(
    ("key", "span", "line", "text"),
    [
        ("formula", (19, 24), 18, "grwth"),
        ("formula", (0, 4), 18, "prev"),
        ("formula", (24, 25), 18, ")"),
        ("formula", (25, 25), 18, "'"),  # the end of the text
        ("formula", (25, 99), 18, "'"),
        ("formula", (30, 20), 18, "'"),
        ("escaped", (6, 11), 19, "grwth"),
        ("escaped", (1, 2), 19, "\\t"),
        ("escaped", (2, 5), 19, "b \\u00e9"),
    ],
)
def test_a_span_is_a_part_of_a_text(key: str, span: tuple[int, int], line: int, text: str) -> None:
    problem = document(PLAN).problem(("drivers", "weekly users", key), "x", "y", span=span)
    assert problem.place is not None
    assert (problem.place.line, marked(problem)) == (line, text)


def test_a_span_reaches_into_the_lines_of_a_long_text() -> None:
    plan = document(PLAN)
    path = ("costs", "rent", "note")
    note = plan.data["costs"]["rent"]["note"]
    assert note == "First\nsecond and third"
    for word, line in [("First", 7), ("second", 8), ("third", 9)]:
        start = note.index(word)
        problem = plan.problem(path, "x", "y", span=(start, start + len(word)))
        assert problem.place is not None
        assert (problem.place.line, marked(problem)) == (line, word)
    assert marked(plan.problem(path, "x", "y", span=(2, 12))) == "rst"  # of several lines, the first


def test_a_span_of_what_is_no_text_or_not_there_is_left_out() -> None:
    plan = document(PLAN)
    assert marked(plan.problem(("costs", "rent", "tax", "share"), "x", "y", span=(1, 2))) == "0.5"
    assert marked(plan.problem(("costs", "rent", "growth"), "x", "y", span=(1, 2))) == "rent"


def test_a_span_may_be_a_part_of_a_key() -> None:
    plan = document("""
        [scenarios.late]
        set = { "conversion.dat" = "never", plain = 1 }
        """)
    path = ("scenarios", "late", "set")
    assert marked(plan.problem((*path, "conversion.dat"), "x", "y", at="key", span=(11, 14))) == "dat"
    assert marked(plan.problem((*path, "plain"), "x", "y", at="key", span=(0, 2))) == "pl"


def test_the_kind_that_pydantic_puts_into_a_path_is_stepped_over() -> None:
    plan = document("""
        [costs.x]
        kind = "formula"
        formula = "a"
        rate = { value = 1 }
        """)
    assert marked(plan.problem(("costs", "x", "formula", "rate", "value"), "x", "y")) == "1"
    assert marked(plan.problem(("costs", "x", "formula", "formula"), "x", "y")) == '"a"'
    assert marked(plan.problem(("costs", "x", "formula"), "x", "y")) == '"a"'


def test_the_table_itself_is_preferred_to_its_mention_in_another_header() -> None:
    plan = document("""
        [a.b]
        x = 1
        [a]
        y = 2
        """)
    assert plan.place(("a",)).line == 3


def test_a_problem_carries_its_line_and_the_one_before() -> None:
    problem = document("""
        [costs.rent]
        kind = 'recurring'
        """).problem(("costs", "rent", "kind"), "x", "y")
    assert problem.excerpt == ((1, "[costs.rent]"), (2, "kind = 'recurring'"))
    assert document("a = 1").problem(("a",), "x", "y").excerpt == ((1, "a = 1"),)
    for path in [("model",), ()]:
        assert document("").problem(path, "model-missing", "y").place == ("plan.toml", 1, 1, 1)


# Values from elsewhere


def test_a_value_from_the_command_line_is_placed_there() -> None:
    plan = document("""
        [chatgpt]
        churn = "1%/month"
        price = 3
        """)
    changed = plan.with_value(("chatgpt", "churn"), "5%/mnth", "--set chatgpt.churn=5%/mnth")
    assert changed.data == {"chatgpt": {"churn": "5%/mnth", "price": 3}}
    assert str(changed.problem(("chatgpt", "churn"), "bad-period", "No such period.", span=(3, 7))) == (
        "command line:1:24 bad-period\n"
        "    1 │ --set chatgpt.churn=5%/mnth\n"
        "      │                        ^^^^\n"
        "No such period."
    )
    assert marked(changed.problem(("chatgpt", "churn"), "x", "y")) == "5%/mnth"
    assert marked(changed.problem(("chatgpt", "churn"), "x", "y", at="key")) == "chatgpt.churn"
    assert marked(changed.problem(("chatgpt", "price"), "x", "y")) == "3"
    assert plan.data["chatgpt"]["churn"] == "1%/month"
    assert marked(plan.problem(("chatgpt", "churn"), "x", "y")) == '"1%/month"'


@pytest.mark.parametrize(
    ("origin", "value", "key"),
    [
        ("--set a.b=1", "1", "a.b"),
        ("a.b=x = y", "x = y", "a.b"),
        ("--set a.b=", "a.b", "a.b"),
        ("--burn", "--burn", "--burn"),
        ("", "", ""),
    ],
)
def test_what_stands_before_and_after_the_equals_sign(origin: str, value: str, key: str) -> None:
    changed = document("").with_value(("a",), 1, origin)
    assert marked(changed.problem(("a",), "x", "y")) == value
    assert marked(changed.problem(("a",), "x", "y", at="key")) == key


def test_what_a_value_is_decides_over_its_quotes_on_the_command_line() -> None:
    changed = document("").with_value(("f",), "'a' b", "--set f='a' b")
    assert marked(changed.problem(("f",), "x", "y", span=(4, 5))) == "b"
    changed = document("").with_value(("f",), "b", "--set f= b")  # not the text that was written
    assert marked(changed.problem(("f",), "x", "y", span=(0, 1))) == " b"


def test_a_value_from_a_scenario_is_placed_at_its_entry() -> None:
    plan = document("""
        [costs.rent]
        amount = "1k/month"
        [scenarios.dear]
        set = { "rent.amount" = { value = "2k/mnth" } }
    """)
    entry = ("scenarios", "dear", "set", "rent.amount")
    changed = plan.with_value(("costs", "rent", "amount"), plan.data["scenarios"]["dear"]["set"]["rent.amount"], entry)
    problem = changed.problem(("costs", "rent", "amount", "value"), "x", "y", span=(3, 7))
    assert (problem.place and problem.place.line, marked(problem)) == (4, "mnth")
    again = changed.with_value(("costs", "rent", "amount"), "3k", "--set rent.amount=3k")
    assert marked(again.problem(("costs", "rent", "amount", "value"), "x", "y")) == "3k"
    assert marked(again.problem(entry, "x", "y", at="key")) == '"rent.amount"'


def test_tables_that_lack_are_made_and_placed_where_they_came_from() -> None:
    changed = document("""
        [a]
        b = [1, { c = 2 }]
        """).with_value(("d", "e", "f"), 3, "--set d.e.f=3")
    assert changed.data == {"a": {"b": [1, {"c": 2}]}, "d": {"e": {"f": 3}}}
    assert changed.place(("d", "kind")).file == "command line"
    listed = changed.with_value(("a", "b", 1, "c"), 9, "c=9").with_value(("a", "b", 2), 7, "b=7")
    assert listed.data["a"] == {"b": [1, {"c": 9}, 7]}
    assert listed.place(("a", "b", 1)).file == "plan.toml"
    assert [listed.place(("a", "b", i)).file for i in (0, 2)] == ["plan.toml", "command line"]
    with pytest.raises(TypeError):
        changed.with_value(("d", "e", "f", "g"), 1, "g=1")


# extends


def test_a_file_is_laid_over_the_one_it_extends() -> None:
    write(
        "models/base.toml",
        """
        [model]
        name = "base"
        months = 36
        [costs.rent]
        amount = { value = "5k/month", source = "lease" }
        [[funding.round.closings]]
        name = "first"
        amount = 10
        [[funding.round.closings]]
        name = "second"
        amount = 20
        [[funding.round.commitments]]
        investor = "ann"
        amount = 1
        [[funding.round.earmarks]]
        for = "rent"
        """,
    )
    write(
        "plans/high.toml",
        """
        extends = "../models/base.toml"
        [model]
        name = "high"
        [costs.rent]
        amount.value = "6k/month"
        [[funding.round.closings]]
        name = "third"
        amount = 30
        [[funding.round.closings]]
        name = "second"
        amount = 21
        by = "2026-01"
        [funding.round]
        earmarks = [{ for = "all" }]
        [[funding.round.commitments]]
        investor = "ann"
        amount = 2
        """,
    )
    plan = read("plans/high.toml")
    assert plan.title == "plans/high.toml"
    assert plan.data == {
        "model": {"name": "high", "months": 36},
        "costs": {"rent": {"amount": {"value": "6k/month", "source": "lease"}}},
        "funding": {
            "round": {
                "closings": [
                    {"name": "first", "amount": 10},
                    {"name": "second", "amount": 21, "by": "2026-01"},
                    {"name": "third", "amount": 30},
                ],
                "commitments": [{"investor": "ann", "amount": 2}],
                "earmarks": [{"for": "all"}],
            }
        },
    }
    high, base = "plans/high.toml", "models/base.toml"
    closings = ("funding", "round", "closings")
    for path, file, line, text in [
        (("model", "name"), high, 3, '"high"'),
        (("model", "months"), base, 3, "36"),
        (("model",), high, 2, "model"),
        (("model", "start"), high, 2, "model"),
        (("costs", "rent", "amount", "value"), high, 5, '"6k/month"'),
        (("costs", "rent", "amount", "source"), base, 5, '"lease"'),
        ((*closings, 0), base, 6, "closings"),
        ((*closings, 0, "amount"), base, 8, "10"),
        ((*closings, 1), high, 9, "closings"),
        ((*closings, 1, "name"), high, 10, '"second"'),
        ((*closings, 1, "requires"), high, 9, "closings"),
        ((*closings, 2, "amount"), high, 8, "30"),
        (("funding", "round", "earmarks", 0, "for"), high, 14, '"all"'),
        (("funding", "round", "commitments", 0, "amount"), high, 17, "2"),
    ]:
        problem = plan.problem(path, "x", "y")
        assert problem.place is not None
        assert (problem.place.file, problem.place.line, marked(problem)) == (file, line, text), path


def test_what_is_replaced_leaves_no_place_behind() -> None:
    write(
        "a.toml",
        """
        [x.y]
        z = { w = 1 }
        l = [{ name = 'n', v = 1 }]
        """,
    )
    write(
        "b.toml",
        """
        extends = 'a.toml'
        [x.y]
        z.w = 2
        l = [{ name = 'n', u = 1 }]
        """,
    )
    plan = read(
        write(
            "c.toml",
            """
        extends = 'b.toml'
        [x]
        y = { z = 5, l = [] }
        """,
        )
    )
    assert plan.data == {"x": {"y": {"z": 5, "l": []}}}
    assert {plan.place(path).file for path in paths(plan.data)} == {"c.toml"}
    plan = read(write("c.toml", "extends = 'b.toml'\nx = 3"))
    assert plan.data == {"x": 3}
    changed = plan.with_value(("x",), {"y": {"z": 4}}, "x=…")
    assert changed.place(("x", "y", "z", "w")).file == "command line"


def test_entries_of_one_name_are_joined_once() -> None:
    write("a.toml", "c = [{ name = 'n', v = 1 }, { name = 'm' }]")
    plan = read(write("b.toml", "extends = 'a.toml'\nc = [{ name = 'n', v = 2 }, { name = 'n', v = 3 }]"))
    assert [entry.get("v") for entry in plan.data["c"]] == [2, None, 3]
    assert plan.place(("c", 2, "v")).column == plan.place(("c", 2, "v"), at="key").column + 4


@pytest.mark.parametrize(
    ("old", "new"), [("[1, 2]", "[3]"), ("[{ name = 'a' }]", "[]"), ("[{ name = 1 }]", "[{ name = 1, b = 2 }]")]
)
def test_other_lists_are_replaced(old: str, new: str) -> None:
    write("a.toml", f"x = {old}")
    assert read(write("b.toml", f"extends = 'a.toml'\nx = {new}")).data == document(f"x = {new}").data


def test_a_bundled_model_may_be_extended(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lemonade = Path(write("bundled/lemonade.toml", "extends = 'stand.toml'\na = 1"))
    write("bundled/stand.toml", "[b\n")
    models = {"lemonade": folder / lemonade, "stand": folder / "bundled/stand.toml"}
    monkeypatch.setattr(files, "bundled_models", lambda: models)
    problem = refused(write("plans/plan.toml", "extends = 'lemonade'"))
    assert (problem.name, problem.place and problem.place.file) == ("toml-syntax", "stand.toml")
    write("bundled/stand.toml", "b = 2")
    plan = read("plans/plan.toml")
    assert plan.data == {"b": 2, "a": 1}
    assert plan.place(("a",)) == ("lemonade", 2, 5, 1)
    assert read("lemonade").title == "lemonade"


def test_files_that_extend_one_another_in_a_circle() -> None:
    write("plans/a.toml", "extends = 'b.toml'")
    write("plans/b.toml", "x = 1\nextends = '../plans/c.toml'".replace("'", '"'))
    write("plans/c.toml", "extends = './b.toml'")
    assert str(refused("plans/a.toml")) == (
        "plans/c.toml:1:1 extends-cycle\n"
        "    1 │ extends = './b.toml'\n"
        "      │ ^^^^^^^\n"
        "These files extend one another in a circle: plans/b.toml → plans/c.toml → plans/b.toml."
    )
    assert "plan.toml → plan.toml" in refusal("extends = 'plan.toml'").text


def test_a_chain_has_at_most_eight_files() -> None:
    for i in range(1, 8):
        write(f"{i}.toml", f"extends = '{i + 1}.toml'")
    write("8.toml", "x = 1")
    assert read("1.toml").data == {"x": 1}
    write("0.toml", "extends = '1.toml'")
    problem = refused("0.toml")
    assert (problem.name, problem.place and problem.place.file) == ("extends-too-long", "7.toml")


@pytest.mark.parametrize(
    ("written", "name", "text"),
    [
        ("'basis.toml'", "extends-not-found", "Did you mean base.toml?"),
        ("'base'", "extends-not-found", "Did you mean base.toml?"),
        ("'nowhere/base.toml'", "extends-not-found", "There is no file nowhere/base.toml"),
        ('"a\\u0000b"', "extends-not-found", "There is no file"),
        ("['base.toml']", "extends-not-found", 'extends = "base.toml"'),
        ("''", "extends-not-found", 'extends = "base.toml"'),
        ("'folder'", "file-is-a-directory", "for example folder/inside.toml"),
    ],
)
def test_what_cannot_be_extended(written: str, name: str, text: str) -> None:
    write("base.toml", "")
    write("folder/inside.toml", "")
    problem = refusal(f"\nextends = {written}\n")
    assert (problem.name, problem.place) == (name, ("plan.toml", 1, 1, 7))
    assert text in problem.text


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_cannot_be_extended() -> None:
    os.mkfifo("pipe")  # to open it would wait for ever
    assert refusal("extends = 'pipe'").name == "file-unreadable"


def test_mistakes_in_the_file_extended_are_placed_there() -> None:
    write("base.toml", "a =\n")
    assert refusal("extends = 'base.toml'").place == ("base.toml", 1, 4, 1)
    write("base.toml", b"\xff")
    assert refusal("extends = 'base.toml'").place == ("base.toml", 1, 1, 1)


# What cannot be read


def test_a_missing_file_is_looked_for_among_its_neighbours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "bundled_models", lambda: {"openai-2025": Path("x")})
    write("plans/base.toml", "")
    for name, near in [
        ("plans/bse.toml", "plans/base.toml"),
        ("plans/base", "plans/base.toml"),
        ("openai-2026", "openai-2025"),
        ("openai", "openai-2025"),
    ]:
        problem = refused(name)
        assert (problem.name, problem.place) == ("file-not-found", None)
        assert problem.text.endswith(f"and no bundled model of that name. Did you mean {near}?")
    for name in ["x.toml", "plans/zzz.toml", "nowhere/plan.toml", "plans/base.toml/x", "a\0b", "a\0/b", "", " "]:
        problem = refused(name)
        assert problem.name == "file-not-found"
        assert "Did you mean" not in problem.text


def test_a_folder_is_no_file() -> None:
    write("plans/base.toml", "")
    assert refused("plans") == Problem(
        "file-is-a-directory", "plans is a folder; name an assumption file, for example plans/base.toml."
    )
    assert refused(".").text == ". is a folder; name an assumption file."


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is unreadable to this user")
def test_a_file_without_permission() -> None:
    Path(write("plan.toml", "")).chmod(0)
    assert refused("plan.toml") == Problem("file-unreadable", "plan.toml cannot be read: permission denied.")


def test_a_file_that_the_system_refuses() -> None:
    assert refused("x" * 5000).name == "file-unreadable"


def test_a_file_too_large_is_refused_before_it_is_read() -> None:
    assert document(b"#" * 2**20).data == {}
    assert refusal(b"#" * (2**20 + 1)).name == "file-too-large"
    with Path("huge.toml").open("wb") as file:
        file.truncate(2**40)  # a terabyte of nothing
    assert refused("huge.toml").name == "file-too-large"


@pytest.mark.parametrize(
    ("contents", "place", "text"),
    [
        (b"a = 1\nb = 'caf\xe9'\n", (2, 9), "The byte 0xe9 here is not UTF-8"),
        ("b = '日本".encode() + b"\xff'", (1, 8), "The byte 0xff"),
        (b"\xff\xfea\0", None, "UTF-16"),
        (b"PK\x03\x04\0\xff", None, "not a text file"),
        (b"a = '\0'", (1, 6), "NUL byte"),
    ],
)
def test_a_file_that_is_not_text(contents: bytes, place: tuple[int, int] | None, text: str) -> None:
    problem = refusal(contents)
    assert problem.name == "file-not-text"
    assert (problem.place and problem.place[1:3]) == place
    assert text in problem.text


def test_marks_and_line_breaks_of_windows_are_no_part_of_the_text() -> None:
    plan = document(b"\xef\xbb\xbfa = 1\r\nb = '''x\r\ny'''\r\n")
    assert plan.data == {"a": 1, "b": "x\ny"}
    assert plan.place(("a",), at="key") == ("plan.toml", 1, 1, 1)
    assert marked(plan.problem(("b",), "x", "y", span=(2, 3))) == "y"
    problem = refusal(b"\xef\xbb\xbfa = 1\r\nb =\r\n")
    assert problem.place == ("plan.toml", 2, 4, 1)
    assert problem.excerpt == ((1, "a = 1"), (2, "b ="))


@pytest.mark.parametrize(
    ("text", "column", "advice"),
    [
        ("rate = 5%", 9, 'Text stands in quotation marks: rate = "5%".'),
        ("amount = $5k/month  # rent", 10, 'Text stands in quotation marks: amount = "$5k/month".'),
        ("start = 2025-04", 13, 'A month or a date stands in quotation marks: "2025-04".'),
        ("amount = 1,000", 11, 'Numbers have no commas: write 1_000_000 or "1M".'),
        ("amount = .5", 10, "A number begins with a digit: 0.5."),
        ("amount = 05", 11, "A number does not begin with 0; a text stands in quotation marks."),
        ("recurring = True", 13, "Yes is written true."),
        ("recurring = no", 13, "No is written false."),
        ("amount =", 9, "The value is missing after the equals sign."),
        ("amount = { value = }", 20, "The value is missing after the equals sign."),
        ("amount = { value = $5 }", 20, 'Text stands in quotation marks: "5%/month".'),
        ("amount = { value = 5% }", 21, 'Text stands in quotation marks: "5%/month".'),
        ("name = “x”", 8, "Quotation marks are straight: \"…\" or '…'."),
        ("name = 'it's'", 12, 'A text ends with the mark it began with; one that holds \' stands in "…".'),
        ('name = "x', 10, "This text is not closed: it ends with the quotation mark that it began with."),
        ('name = """x', 12, "A text is not closed: it ends with the quotation marks that it began with."),
        ('name = "c:\\path"', 13, "A backslash stands for itself only in a text in 'single quotes'."),
        ('name = "\x01"', 9, "This character is invisible and not text: remove it."),
        ("a = 1 b = 2", 7, "Each name = value stands on its own line."),
        ("rate = '5%' per month", 13, "Only a # comment may follow a value on its line."),
        ("list = [1 2]", 11, "A list ends with ], and a comma stands between any two of its entries."),
        ("x = { a = 1", 12, "A table in { } stays on one line, with a comma between any two entries."),
        ("[costs.rent", 12, "A table begins with its name in brackets, [costs.rent]; an entry of a list has two."),
        ("amount: 20", 7, "A value follows an equals sign, not a colon: amount = 20."),
        ("my name = 1", 4, "Every line reads name = value; a name is of a-z, 0-9 and _."),
        ('name = "\\u12"', 11, "This is not TOML: invalid hex value."),
        ("é = 1", 1, "Every line reads name = value; a name is of a-z, 0-9 and _."),
    ],
)
def test_what_is_not_toml_says_what_to_write(text: str, column: int, advice: str) -> None:
    problem = refusal(f"ok = 1\n{text}\n" if '"""' not in text else f"ok = 1\n{text}")
    assert problem == Problem("toml-syntax", advice, problem.place, ((1, "ok = 1"), (2, text)))
    assert (problem.place and problem.place[:3]) == ("plan.toml", 2, column)


@pytest.mark.parametrize(
    ("text", "statement"),
    [
        ("a = 1\n  a = 2 # again", "a = 2"),
        ("[a.b]\n[a.b]", "[a.b]"),
        ("[[a]]\n[a]", "[a]"),
        ("a = {}\na.b = 1", "a.b = 1"),
    ],
)
def test_what_is_said_twice_is_underlined_whole(text: str, statement: str) -> None:
    problem = refusal(text)
    assert (problem.name, marked(problem)) == ("toml-syntax", statement)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a = " + "[" * 41 + "]" * 41, (1, 45)),
        ("a = " + "[" * 5000, (1, 45)),
        ("x = 1\n" + "a." * 40 + "b = 1", (2, 1)),
        ("x = 1\n" + "a . " * 40_000 + "b = 1", (2, 1)),
        ("[" + "'a'." * 60_000 + "b]", (1, 2)),
        ("[a]\nb = " + "{c=" * 41 + "1" + "}" * 41, (2, 122)),
        ("a = " + "[" * 300 + "]" * 300, (1, 45)),
    ],
)
def test_what_is_nested_too_deep_is_refused_at_once(text: str, place: tuple[int, int]) -> None:
    problem = refusal(text)
    assert (problem.name, problem.place and problem.place[1:3]) == ("nesting-too-deep", place)


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 40 + "]" * 40,
        "a." * 39 + "b = 1",
        f"a = '{'.' * 60}'  # {'x.' * 60}",
        f'a = "x.\\"{"y." * 60}"\nb = """\n{"y." * 60}\\""" """',
        f"a = [{', '.join(['1.5'] * 100)}]",
    ],
)
def test_what_only_looks_nested_is_read(text: str) -> None:
    assert document(text).data


@pytest.mark.parametrize(
    "number", ["1" * 5000, "-" + "1" * 5000, "9223372036854775809", "1e400", "-1e9999999999999999999"]
)
def test_numbers_without_bound_are_refused(number: str) -> None:
    problem = refusal(f"a = 1\nb = [2.5, {number}]")
    assert problem.name == "number-too-large"
    assert problem.place is not None
    assert (problem.place.line, problem.place.column) in [(2, 11), (2, 12)]


def test_numbers_are_those_written() -> None:
    assert document("a = 0.10\nb = 9_223_372_036_854_775_807\nc = 1e300").data == {
        "a": Decimal("0.10"),
        "b": 2**63 - 1,
        "c": Decimal("1e300"),
    }
    assert str(document("a = 0.10").data["a"]) == "0.10"


# Standard input, the models that come along, and what a plain read costs


class Stdin:
    def __init__(self, contents: bytes) -> None:
        self.buffer = io.BytesIO(contents)


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Stdin(b"[model]\nname = 'x'\n"))
    plan = read("-")
    assert (plan.title, plan.data) == ("standard input", {"model": {"name": "x"}})
    assert plan.place(("model", "name")) == ("standard input", 2, 8, 3)
    monkeypatch.setattr(sys, "stdin", Stdin(b"#" * (2**20 + 1)))
    assert refused("-").name == "file-too-large"
    monkeypatch.setattr(sys, "stdin", None)
    assert refused("-").name == "file-unreadable"


def test_standard_input_extends_bundled_models_only(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write("base.toml", "a = 1")
    monkeypatch.setattr(files, "bundled_models", lambda: {"lemonade": folder / "base.toml"})
    monkeypatch.setattr(sys, "stdin", Stdin(b"extends = 'lemonade'"))
    assert read("-").data == {"a": 1}
    monkeypatch.setattr(sys, "stdin", Stdin(b"extends = 'base.toml'"))
    problem = refused("-")
    assert (problem.name, problem.place) == ("extends-not-found", ("standard input", 1, 1, 7))
    assert "(lemonade)" in problem.text


def test_the_default_is_the_file_of_the_folder() -> None:
    assert default_model() == "openai-2025"
    Path("runway.toml").mkdir()
    assert default_model() == "openai-2025"
    Path("runway.toml").rmdir()
    write("runway.toml", "a = 1")
    assert read(default_model()).place(("a",)).file == "./runway.toml"


@pytest.mark.parametrize("assumptions", ["assumptions", "runway/assumptions"])
def test_bundled_models_are_found_in_the_repository_and_installed(
    assumptions: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "__file__", str(folder / "runway/files/document.py"))
    assert bundled_models() == {}
    for name in ["b", "a", "_shared", ".hidden"]:
        write(f"{assumptions}/{name}.toml", f"name = '{name}'")
    assert bundled_models() == {name: folder / assumptions / f"{name}.toml" for name in ("a", "b")}
    write("b", "name = 'mine'")
    assert read("b").data == {"name": "b"}  # a bundled name means the same in every folder
    assert read("./b").data == {"name": "mine"}


def test_a_plain_read_needs_no_parser_of_positions() -> None:
    write(
        "base.toml",
        """
        [a]
        b = 1
        """,
    )
    write(
        "plan.toml",
        """
        extends = 'base.toml'
        [a]
        c = 2
        """,
    )
    script = """
        import sys
        from runway.files.document import read
        plan = read("plan.toml").with_value(("a", "d"), 3, "--set a.d=3")
        heavy = {"tree_sitter", "tree_sitter_toml", "pydantic", "rich", "numpy", "difflib"}
        print(sorted(heavy & set(sys.modules)), plan.place(("a", "b")).file, "tree_sitter" in sys.modules)
    """
    root = str(Path(files.__file__).parents[1])
    out = subprocess.run(
        [sys.executable, "-c", dedent(script)],
        env={**os.environ, "PYTHONPATH": root},
        capture_output=True,
        text=True,
        check=True,
    )
    assert out.stdout == "[] base.toml True\n"


PLAIN_MODEL = """\
[model]
name         = "Plain"
start        = "2025-01"
months       = 12
opening_cash = 1000

"""


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
@pytest.mark.parametrize("name", ["pipe.toml", "/dev/zero", "socket.toml"])
def test_a_pipe_a_device_and_a_socket_are_not_read(name: str) -> None:
    """Wherever a file is named: as a model, as what one extends, as a ledger, as an export."""
    import socket

    os.mkfifo("pipe.toml")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket.toml")
        for text in (None, f'extends = "{name}"', f'{PLAIN_MODEL}[actuals]\nfile = "{name}"\nlast_close = "2025-01"'):
            write("plan.toml", text or "")
            with pytest.raises(InputError) as raised:
                runway.load(name if text is None else "plan.toml")
            assert [problem.name for problem in raised.value.problems] == ["file-unreadable"]
        with pytest.raises(InputError) as raised:
            import_files([name], None, None)
        assert [problem.name for problem in raised.value.problems] == ["file-unreadable"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_in_a_package_of_a_cap_table_is_not_read() -> None:
    issuer = {"id": "1", "object_type": "ISSUER", "legal_name": "A"}
    manifest = {"file_type": "OCF_MANIFEST_FILE", "ocf_version": "1.2.0", "as_of": "2026-01-01", "issuer": issuer}
    write("package/Manifest.ocf.json", json.dumps(manifest | {"stock_classes_files": [{"filepath": "pipe.json"}]}))
    os.mkfifo("package/pipe.json")
    with pytest.raises(InputError) as raised:
        read_package("package", Path("package"))
    assert [problem.name for problem in raised.value.problems] == ["file-unreadable"]


@pytest.mark.skipif(not Path("/dev/fd").is_dir(), reason="needs /dev/fd")
def test_what_the_shell_holds_open_is_read() -> None:
    write("plan.toml", PLAIN_MODEL)
    with Path("plan.toml").open("rb") as file:
        assert runway.load(f"/dev/fd/{file.fileno()}").model.settings.months == 12


def test_a_link_that_leads_nowhere_is_told_as_one() -> None:
    """And is no file to write in place of another."""
    Path("plan.toml").symlink_to("gone.toml")
    where = "It is a link to gone.toml, where nothing is."
    assert refused("plan.toml").text == f"There is no file plan.toml, and no bundled model of that name. {where}"
    assert refused("plam.toml").text.endswith("of that name.")
    assert refused(".").text == ". is a folder; name an assumption file."
