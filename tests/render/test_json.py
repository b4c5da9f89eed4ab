"""JSON: the stable keys, what is rounded to what."""

from __future__ import annotations

import json

from support.output_fixtures import big_round, lemonade

from runway.render.json import as_json


def test_documented_keys_come_first_and_rungs_have_exactly_theirs():
    data = big_round().to_dict()
    assert list(data)[:6] == ["model", "scenario", "currency", "months", "rows", "runway"]
    assert data["runway"][0] == {
        "counting": "cash in hand",
        "months": 9.387,
        "months_from_start": 9.387,
        "zero_cash_date": "2026-01-12",
        "beyond_horizon": False,
        "lowest_cash": -31200000000.0,
        "lowest_cash_date": "2028-03-31",
        "funding_gap": 31200000000.0,
    }


def test_beyond_the_horizon_is_null():
    rung = big_round().to_dict()["runway"][2]
    assert (rung["months"], rung["zero_cash_date"], rung["beyond_horizon"]) == (None, None, True)


def test_everything_else_is_there_too():
    data = big_round().to_dict()
    assert data["burn"] == {
        "gross": 1.31e9,
        "net": 7.4e8,
        "window": ["2025-04", "2025-06"],
        "static_runway": 12.16,
        "multiple": 1.84,
        "multiple_window": ["2025-04", "2026-03"],
        "by_bank": None,
        "by_bank_window": None,
    }
    assert data["survival"]["out_of_cash"] == "2026-02-03"
    assert data["counting"] == "+ certain"
    assert data["raise_for"] == 18
    assert data["raise_by"][1] == {
        "counting": "+ certain", "date": "2026-03-25", "round_to_extend": 2.14e10, "lasts_until": "2028-03-25",
        "stake": None, "pre_money": None, "pre_money_of": None,
    }  # fmt: skip
    assert [closing["status"] for closing in data["closings"]] == ["drawn", "reduced"]
    assert data["rounds"][0]["drawn"] == 3e10
    assert data["milestones"][1]["cushion"] is None
    assert set(data["closing_cash"]) == {"cash in hand", "+ certain", "+ conditional", "+ planned"}
    assert {"peak_need", "clauses", "notes"} <= set(data)


def test_it_is_json_and_comes_back_as_it_was():
    data = big_round().to_dict()
    assert json.loads(as_json(data)) == data


def test_money_is_to_the_minor_unit_and_the_rest_to_twelve_digits():
    company = lemonade()
    rows = {"total.revenue": (1e12 + 0.1234,), "stall.cash": (-0.001,), "growth.value": (1 / 3,), "due.value": (1e6,)}
    posted = frozenset({"total.revenue", "stall.cash"})
    found = company._replace(months=company.months[:1], rows=rows, money=posted).to_dict()["rows"]
    assert found == {
        "total.revenue": [1e12 + 0.12],
        "stall.cash": [0.0],
        "growth.value": [0.333333333333],
        "due.value": [1e6],
    }
    assert str(found["stall.cash"][0]) == "0.0"


def test_what_is_no_number_is_null():
    company = lemonade()
    rows = {"ratio.value": (float("nan"),), "stall.cash": (float("inf"),)}
    text = as_json(company._replace(months=company.months[:1], rows=rows).to_dict())
    assert json.loads(text)["rows"] == {"ratio.value": [None], "stall.cash": [None]}
