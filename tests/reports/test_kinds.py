"""`runway kinds` as text: what a kind's class says of itself."""

from __future__ import annotations

import re
from pathlib import Path
from typing import ClassVar, Literal

import pytest
from pydantic import BaseModel, Field

import runway
from runway.answers.kinds import Kinds, kinds
from runway.answers.kinds import kind as kind_of
from runway.cli import main
from runway.language.fields import MoneyFlow, Rate
from runway.language.record import encode
from runway.lines.line import RowFormula
from runway.model import schema
from runway.model.model import SECTIONS
from runway.render.terminal import report_lines
from runway.reports.kinds import report


def kind_text(kind):
    return kinds_text((kind,), kind.name)


def kinds_text(kinds, name=None):
    return "".join(f"{line.plain}\n" for line in report_lines(report(Kinds(tuple(kinds)), name), 80))


class Step(BaseModel):
    """A part."""

    name: str = Field(description="its name")


class Cloud(BaseModel):
    """Machines rented
    by the hour.

    ```toml
    [costs.cloud]
    kind = "cloud"
    amount = "$1/day"
    ```

    They grow from the second month.
    """

    sections: ClassVar = ("costs",)
    dated: ClassVar = None
    kind: Literal["cloud"]
    growth: Rate = Field("0%/month", description="how fast it grows")
    amount: MoneyFlow = Field(description="the money per period")
    reserved: bool = Field(False, description="paid ahead")
    steps: tuple[Step, ...] = Field((), description="its parts")

    def rows(self) -> dict[str, RowFormula]:
        return {
            "machines": RowFormula("prev(machines) * (1 + growth)", "1"),
            "main": RowFormula("machines * amount"),
        }


def test_one_kind_in_full():
    cloud = kind_of(("costs",), Cloud)
    text = kind_text(cloud)
    assert text.startswith(
        "cloud · [costs.…]\n\nMachines rented by the hour.\n\n"
        '  [costs.cloud]\n  kind = "cloud"\n  amount = "$1/day"\n\nThey grow'
    )
    fields = [" ".join(line.split()) for line in text.splitlines()]
    assert "amount the money per period money per period required" in fields
    assert 'growth how fast it grows a rate per period "0%/month"' in fields
    assert "reserved paid ahead false" in fields
    assert "name its name required" in fields
    assert "In [costs.…] also" in text
    assert text.endswith(
        "Formulas of the example\n  machines = prev(machines) * (1 + growth) (opening: 1)\n  cost = machines * amount\n"
    )


class Shares(BaseModel):
    """Terms in a table of their own."""

    kind: Literal["preferred", "common"] = Field("preferred", description="the kind of share")


class Deal(BaseModel):
    """A deal.

    ```toml
    [captable]
    kind = "deal"
    ```
    """

    dated: ClassVar = None
    kind: Literal["deal"]
    stock: Shares = Field({}, validate_default=True, description="its shares")


def test_a_table_below_a_table_keeps_its_kind_and_names_its_choices():
    deal = kind_of(("funding",), Deal)
    text = kind_text(deal)
    fields = [" ".join(line.split()) for line in text.splitlines()]
    assert fields[-2:] == ["stock its shares", 'kind the kind of share "preferred", "common" "preferred"']
    assert deal.formulas == ()


def test_the_cap_table_is_explained_with_its_tables():
    known = kinds().kinds
    (captable,) = kinds("captable").kinds
    tables = {field.name: {inner.name for inner in field.fields} for field in captable.fields if field.fields}
    assert set(tables) == {"holders", "classes", "grants"}
    assert {"shares", "invested", "invested_on"} <= tables["holders"]
    assert {"kind", "price", "preference", "participation", "anti_dilution", "strike"} <= tables["classes"]
    assert {"holder", "date", "class", "shares", "stake"} <= tables["grants"]
    assert kind_text(captable).startswith("captable · [captable]\n")
    assert "\n  captable " in kinds_text(known).partition("\n  Sections without kinds\n")[2]


def test_every_kind_fits_a_terminal_and_explains_every_field():
    for kind in kinds().kinds:
        text = kind_text(kind)
        assert all(len(line) <= 80 for line in text.splitlines()), kind.name
        fields = [*kind.fields, *(field for _, shared in kind.shared for field in shared)]
        for field in fields:
            fields += field.fields
            assert field.description, (kind.name, field.name)
            assert re.search(rf"^ +{re.escape(field.name)}(  |$)", text, re.MULTILINE), (kind.name, field.name)
        assert all(f"  In [{section}.…] also " in text for section, _ in kind.shared), kind.name


def test_a_field_that_is_required_beside_another_says_so_in_full(capsys):
    assert main(["kinds", "subscription"]) == 0
    assert "…" not in capsys.readouterr().out.partition("Fields")[2].partition("In [revenue.…]")[0]
    assert main(["kinds", "subscription", "--csv", "-"]) == 0
    assert "opening_deferred," in (row := next(r for r in capsys.readouterr().out.splitlines() if "deferred" in r))
    assert row.endswith(",0; required beside billed")
    assert main(["explain", "saas-startup", "office.payday"]) == 0
    assert "\n    without it: none; required beside paid\n" in capsys.readouterr().out


def test_all_kinds_stand_under_their_sections():
    text = kinds_text([kind_of(("costs",), Cloud), kind_of(("funding",), Step)])
    first = "  [costs.…]\n  cloud   Machines rented by the hour.\n"
    assert text.startswith(f"{first}\n  Sections without kinds\n  funding   A part.\n\n  runway kinds NAME")


def test_json_of_a_kind():
    cloud = kind_of(("costs",), Cloud)
    data = encode(cloud)
    assert data["sections"] == ["costs"]
    assert data["fields"][0] == {
        "name": "amount",
        "description": "the money per period",
        "what": "money per period",
        "required": True,
        "default": None,
        "without": None,
        "needed": None,
    }
    assert data["formulas"][1] == {"row": "cost", "formula": "machines * amount", "opening": None}


@pytest.mark.parametrize("name", [kind.name for kind in kinds().kinds])
def test_every_field_says_what_it_is_without_it(name: str):
    (kind,) = kinds(name).kinds
    fields = [*kind.fields, *(field for _, shared in kind.shared for field in shared)]
    assert not [f.name for f in fields if not (f.required or f.default or f.without or f.fields)]


@pytest.mark.parametrize(("name", "counts"), [("subscription", "true"), ("recurring", "false"), ("usage", "false")])
def test_a_kind_says_whether_it_counts_in_recurring_revenue(name: str, counts: str):
    (kind,) = kinds(name).kinds
    (field,) = (f for section, shared in kind.shared if section == "revenue" for f in shared if f.name == "recurring")
    assert field.default == counts


def test_every_section_of_a_file_is_explained():
    """With an example, and with every key that its class reads."""
    for section in SECTIONS:
        for kind in kinds(section).kinds:
            assert section in kind.sections
            assert "```toml" in kind.explanation, kind.name
    classes = schema.tables()
    assert {*classes} | {*WITH_KINDS, "drivers"} == {*SECTIONS}
    for section, cls in classes.items():
        (kind,) = kinds(section).kinds
        further = [] if cls.further is None else [cls.further[0]]
        keys = [info.alias or name for name, info in cls.model_fields.items()]
        assert sorted(field.name for field in kind.fields) == sorted(keys + further)


WITH_KINDS = ("revenue", "costs", "capital", "passthrough", "funding", "exits")
BASE = """
[model]
name = "Base"
start = "2026-01"
months = 36
opening_cash = "2M"

[sources]
press = { title = "The press" }

[drivers.weekly_users]
opening = 100
formula = "prev(weekly_users)"

[drivers.developers]
opening = 100
formula = "prev(developers)"

[drivers.calls_each]
formula = "1000"

[revenue.chatgpt]
kind = "subscription"
opening = 100
acquisition = "2%/month"
churn = "1%/month"
price = "20/month"

[revenue.subscriptions]
kind = "subscription"
opening = 100
acquisition = "1%/month to 3%/month"
churn = "1%/month to 3%/month"
price = "18/month to 22/month"

[costs.inference]
kind = "recurring"
amount = "100/day"

[costs.team]
kind = "headcount"
opening = 3
salary = "4000/month"
hires = { "2026-05" = 1 }

[costs.marketing]
kind = "recurring"
amount = "300/month"

[events.licence]
date = "2025-06-01"

[captable.holders]
ana = { shares = { common = 600 } }
fund = { shares = { common = 400 } }
"""


@pytest.mark.parametrize("name", [kind.name for kind in kinds().kinds])
def test_the_example_of_a_page_can_be_used(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("base.toml").write_text(BASE, encoding="utf-8")
    days = ("2026-01-31", "2026-02-28", "2026-03-31")
    books = [f"{day},Income:Subscriptions,-2000\n{day},Assets:Bank,2000\n" for day in days]
    Path("ledger.csv").write_text("date,account,amount\n" + "".join(books), encoding="utf-8")
    (kind,) = (kind for kind in kinds(name).kinds if kind.name == name)
    example = kind.explanation.partition("```toml")[2].partition("```")[0]
    if not example:
        pytest.skip("no example")
    Path("example.toml").write_text(f'extends = "base.toml"\n{example}', encoding="utf-8")
    runway.validate("example.toml")
