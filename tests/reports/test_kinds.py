"""`runway kinds` as text: what a kind's class says of itself."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import BaseModel, Field

from runway.lines.line import MoneyFlow, Rate, RowFormula
from runway.model import schema
from runway.reports.kinds import described, kind_text, kinds_text


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
    (cloud,) = described([(("costs",), Cloud)])
    text = kind_text(cloud)
    assert text.startswith(
        "cloud · [costs.…]\n\nMachines rented by the hour.\n\n"
        '  [costs.cloud]\n  kind = "cloud"\n  amount = "$1/day"\n\nThey grow'
    )
    assert (
        "Fields\n"
        "  amount    the money per period · money per period · required\n"
        '  growth    how fast it grows · a rate per period · "0%/month" if left out\n'
        "  reserved  paid ahead · false if left out\n"
        "  steps     its parts\n"
        "      name  its name · required\n"
    ) in text
    assert "In [costs.…] also\n  paid_after" in text
    assert text.endswith(
        "Formulas of the example\n"
        "  machines = prev(machines) * (1 + growth)    (opening: 1)\n  cost = machines * amount\n"
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

    kind: Literal["deal"]
    stock: Shares = Field({}, validate_default=True, description="its shares")


def test_a_table_below_a_table_keeps_its_kind_and_names_its_choices():
    (deal,) = described([("funding", Deal)])
    text = kind_text(deal)
    assert text.endswith(
        'Fields\n  stock  its shares\n      kind  the kind of share · "preferred", "common" · "preferred" if left out\n'
    )
    assert deal.formulas == ()


def test_the_cap_table_is_explained_with_its_tables():
    known = described(schema.described())
    (captable,) = [kind for kind in known if kind.name == "captable"]
    tables = {field.name: {inner.name for inner in field.fields} for field in captable.fields if field.fields}
    assert set(tables) == {"holders", "classes", "grants"}
    assert {"shares", "invested", "invested_on"} <= tables["holders"]
    assert {"kind", "price", "preference", "participation", "anti_dilution", "strike"} <= tables["classes"]
    assert {"holder", "date", "class", "shares", "stake"} <= tables["grants"]
    assert kind_text(captable).startswith("captable · [captable]\n")
    assert "\n[captable]\n  captable " in kinds_text(known)


def test_every_kind_fits_a_terminal_and_explains_every_field():
    for kind in described(schema.described()):
        text = kind_text(kind)
        assert all(len(line) <= 80 for line in text.splitlines()), kind.name
        fields = list(kind.fields)
        for field in fields:
            fields += field.fields
            assert field.description, (kind.name, field.name)


def test_all_kinds_stand_under_their_sections():
    text = kinds_text(described([(("costs",), Cloud), ("funding", Step)]))
    assert text.startswith(
        "[costs.…]\n  cloud  Machines rented by the hour.\n\n[funding.…]\n  step   A part.\n\nrunway kinds NAME"
    )


def test_json_of_a_kind():
    (cloud,) = described([("costs", Cloud)])
    data = cloud.to_dict()
    assert data["sections"] == ["costs"]
    assert data["fields"][0] == {
        "name": "amount",
        "description": "the money per period",
        "what": "money per period",
        "required": True,
        "default": None,
    }
    assert data["formulas"][1] == {"row": "cost", "formula": "machines * amount", "opening": None}
