"""Fields: every key that a file may hold can be asked for by its name, as `runway kinds` describes it."""

from __future__ import annotations

import json
import re

import pytest

import runway
from runway.answers.field import FieldUses, field, field_at, field_names
from runway.answers.kinds import kinds
from runway.cli import main
from runway.model.addresses import addresses
from runway.program.origin import Origins


def page(capsys, *words):
    assert main(["explain", *words]) == 0
    return capsys.readouterr().out


def test_a_field_has_its_kinds_description_value_and_what_it_is_without_it(capsys):
    assert page(capsys, "lemonade", "ramp") == (
        "ramp · a field of assumption files\n\n"
        "  headcount · [costs.…], [capital.…]\n"
        "  field  what it is                              value             without it\n"
        "  ramp   how long who joins takes to do all of   a length of time  no row ramped\n"
        "         the work: NAME.ramped is the people\n"
        "         that this makes\n\n"
        "  runway kinds headcount has an example and the other fields.\n"
    )
    assert "  loan · [funding.…]\n" in page(capsys, "lemonade", "pik-rate")


def test_a_field_of_every_kind_in_a_section_is_said_once(capsys):
    (use,) = runway.explain("lemonade", "collected_after").uses
    assert set(use.kinds) == {kind.name for kind in kinds("revenue").kinds}
    assert use.sections == ("revenue",)


def test_a_field_of_a_table_of_a_kind_has_the_name_of_the_table():
    uses = {use.kinds: use.field.name for use in runway.explain("lemonade", "requires").uses}
    assert uses[("priced_round",)] == "closings.requires"
    assert uses[("safe", "convertible_note", "grant", "loan")] == "requires"


def test_every_field_of_every_kind_has_a_page_of_the_same_records():
    for kind in kinds().kinds:
        for each in (*kind.fields, *(shared for _, fields in kind.shared for shared in fields)):
            if not each.name.islower():
                continue  # what stands for any name: CODE, PARAMETER
            assert each in [use.field for use in field(each.name).uses if kind.name in use.kinds], each.name
    assert len(field_names()) == len(set(field_names()))


def test_names_of_the_model_and_words_come_before_fields():
    assert runway.explain("lemonade", "opening_cash").address == "opening_cash"
    assert runway.explain("lemonade", "churn").word == "customer churn"
    assert runway.explain("openai-2025", "valuation").address == "valuation"
    assert isinstance(runway.explain("openai-2025", "pik_rate"), FieldUses)


def test_the_kind_of_a_table_is_one_of_those_of_its_section():
    uses = {use.sections: use for use in runway.explain("lemonade", "kind").uses if use.field.name == "kind"}
    for section in ("revenue", "costs", "capital", "passthrough", "funding", "exits"):
        assert uses[(section,)].kinds == tuple(kind.name for kind in kinds(section).kinds)
        assert uses[(section,)].field.default == ('"sale"' if section == "exits" else None)


def test_a_word_that_is_a_field_names_the_kinds_that_have_it(capsys):
    assert "\n  coverage       a field of loan (runway kinds loan)\n" in page(capsys, "lemonade", "coverage")
    assert runway.explain("lemonade", "coverage").to_dict()["field"]["uses"][0]["kinds"] == ["loan"]
    assert "a field of" not in page(capsys, "lemonade", "pinball")


def test_what_a_model_has_several_of_is_told_with_the_field(capsys):
    figures = runway.explain("lemonade", "amount").figures
    assert {"stall.amount", "helper.amount", "press.amount", "aunt.first.amount"} <= set(figures)
    assert "\n  in this model stall.amount, helper.amount, " in page(capsys, "lemonade", "amount")


def test_a_field_of_one_table_that_is_left_out_says_what_stands_without_it(capsys):
    assert page(capsys, "lemonade", "helper.growth_step") == (
        "growth_step · a field of assumption files\n\n"
        "  helper.growth_step                                                not written\n"
        '    without it: "monthly"\n\n'
        "  recurring · [costs.…]\n"
        "  field        what it is                        value                without it\n"
        '  growth_step  whether growth acts each month    "monthly", "yearly"  "monthly"\n'
        "               or in one step a year\n\n"
        "  runway kinds recurring has an example and the other fields.\n"
    )
    assert "without it: at once" in page(capsys, "saas-startup", "costs.office.paid_after")
    assert "tax.rate   " in (said := page(capsys, "lemonade", "tax.rate"))
    assert "the file has no [tax]" in said


def test_a_field_of_one_table_that_is_no_figure_is_told_with_its_line(capsys):
    said = page(capsys, "lemonade", "aunt.second.requires")
    assert re.search(r' aunt.second.requires +"permit"\n +lemonade:67\n', said)
    assert page(capsys, "lemonade", "second.requires") == said
    said = page(capsys, "lemonade", "helper.growth_step", "--set", "helper.growth_step=yearly")
    assert re.search(r' helper.growth_step +"yearly"\n +command line:1\n', said)
    assert re.search(r" aunt.closings +2 tables\n", page(capsys, "lemonade", "aunt.closings"))
    known = json.loads(page(capsys, "lemonade", "lemons.kind", "--json"))
    assert [known[key] for key in ("field", "address", "written", "file", "line")] == [
        "kind", "lemons.kind", '"percent_of"', "lemonade", 29,
    ]  # fmt: skip


def test_every_address_of_a_file_is_answered():
    plan = runway.load("saas-startup")
    figures = Origins(plan)
    for address in addresses(plan.model.document.data):
        assert address in figures or field_at(plan.model.document, address) or runway.explain(plan, address), address


def test_a_field_as_data(capsys):
    known = json.loads(page(capsys, "lemonade", "payday", "--json"))
    assert known["field"] == "payday"
    assert known["uses"][0]["sections"] == ["costs"]
    assert known["uses"][0]["field"]["what"] == "a date"
    assert page(capsys, "lemonade", "ramp", "--csv", "-").splitlines()[0] == (
        "field,kinds,sections,what it is,value,without it"
    )
    assert "| ramp | how long" in page(capsys, "lemonade", "ramp", "--markdown")
    assert "<td" in page(capsys, "lemonade", "ramp", "--html", "-")


@pytest.mark.parametrize(
    ("typed", "meant"), [("paydya", "payday"), ("pik_rat", "pik_rate"), ("helper.paydya", "helper.payday")]
)
def test_a_mistyped_field_is_answered_by_the_nearest(typed, meant, capsys):
    assert main(["explain", "lemonade", typed]) == 2
    assert f"Did you mean {meant}?" in capsys.readouterr().err


def test_a_field_by_the_month_is_refused(capsys):
    assert main(["explain", "lemonade", "payday", "2025-03"]) == 2
    assert capsys.readouterr().err.startswith("not-by-month\nWhat payday means is one for the whole model")
    assert main(["explain", "lemonade", "helper.payday", "2025-03"]) == 2
