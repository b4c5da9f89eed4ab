"""`runway explain`: values of the run itself, inputs at their lines, conditions as they were decided."""

from __future__ import annotations

import json
from textwrap import dedent
from typing import TYPE_CHECKING, Any

import pytest

import runway
from runway.answers.error import error_page
from runway.answers.explain import explain
from runway.answers.headline import headline
from runway.cli import main
from runway.engine.trace import Trace
from runway.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from runway.answers.explain import Term
    from runway.program.plan import Plan

BAKERY = """
[model]
name         = "Bakery"
start        = "2025-01"
months       = 6
opening_cash = 1000

[sources.till]
title = "Till roll"
as_of = "2024-12-31"

[drivers.loaves]
opening = { value = 100, source = "till", confidence = "high" }
growth  = { "2025-01" = "10%/month", "2025-03" = { value = "20%/month", low = "15%/month", high = "25%/month" } }
formula = "prev(loaves) * (1 + growth) if not holiday else 0"

[revenue.bread]
kind   = "usage"
volume = "loaves"
price  = "$3"

[costs.flour]
kind  = "percent_of"
of    = "bread"
share = "40%"

[events.holiday]
date = "2025-05-01"
"""


def every(term: Term) -> Iterator[Term]:
    yield term
    for inner in term.terms:
        yield from every(inner)


@pytest.fixture
def bakery(load: Callable[..., Plan]) -> Plan:
    return load(BAKERY)


def test_the_tree_down_to_the_inputs(bakery: Plan) -> None:
    """February: 100 x 1.1 x 1.1 loaves at 3; January's loaves stand below as the month before."""
    found = explain(bakery, "bread", "2025-02", depth=9)
    top = found.term
    assert (top.address, top.month, top.unit) == ("bread.revenue", "2025-02", "money")
    assert top.value == pytest.approx(363)
    assert top.formula == "bread.units * bread.price * (1 + bread.growth) ** t"
    units, price, growth = top.terms
    assert growth.origin is not None
    assert growth.origin.place is None
    assert units.value == pytest.approx(121)
    assert price.origin is not None
    assert (price.origin.written, price.origin.place and price.origin.place.line) == ("$3", 19)
    loaves = units.terms[0]
    assert loaves.formula == "prev(loaves.value) * (1 + loaves.growth.2025-01) if not holiday else 0"
    condition, before, growth = loaves.terms
    assert (condition.address, condition.unit, condition.value) == ("not holiday", "condition", 1)
    assert (before.address, before.month, before.value) == ("loaves.value", "2025-01", pytest.approx(110))
    assert growth.origin is not None
    assert growth.origin.written == "10%/month"


def test_only_what_was_asked_for_is_told(bakery: Plan) -> None:
    """On holiday the formula's other branch counts: neither growth nor last month's loaves went into it."""
    loaves = explain(bakery, "loaves", "2025-05").term
    assert loaves.value == 0
    assert [term.address for term in loaves.terms] == ["not holiday"]
    assert [o.address for o in explain(bakery, "loaves", "2025-05").inputs] == ["holiday.date"]


def test_inputs_are_those_of_any_depth_with_their_evidence(bakery: Plan) -> None:
    found = explain(bakery, "flour", "2025-04", depth=1)
    told = {o.address: o for o in found.inputs}
    assert list(told) == [
        "loaves.opening", "loaves.growth.2025-01", "loaves.growth.2025-03", "bread.price", "flour.share", "holiday.date"
    ]  # fmt: skip
    opening, later = told["loaves.opening"], told["loaves.growth.2025-03"]
    assert (opening.title, opening.as_of, opening.confidence) == ("Till roll", "2024-12-31", "high")
    assert (later.low, later.high) == (0.15, 0.25)
    assert found.term.terms[1].deeper


def test_the_range_of_a_day_is_of_days(load) -> None:
    days = 'date = { value = "2025-05-01", low = "2025-04-10", high = "2025-06-01" }'
    found = explain(load(BAKERY.replace('date = "2025-05-01"', days)), "holiday.date")
    assert found.term.origin.range_text == "2025-04-10 to 2025-06-01"
    data = found.to_dict()["explained"]["origin"]
    assert (data["low"], data["high"]) == ("2025-04-10", "2025-06-01")


def test_the_opening_before_the_start(bakery: Plan) -> None:
    opening = explain(bakery, "loaves", "2025-01").term.terms[1]
    assert (opening.address, opening.value) == ("loaves.value before the start", 100)
    assert opening.terms[0].origin is not None


@pytest.mark.parametrize("name", ["lemonade", "openai-2024", "openai-2025", "saas-startup", "saas-startup-actuals"])
def test_every_value_is_that_of_the_projection(name: str) -> None:
    """The probes come after the last row and change nothing, to the last bit."""
    rows = runway.project(name).rows
    trace = Trace(runway.load(name))
    assert {address: tuple(trace.values[address]) for address in rows} == dict(rows)


@pytest.mark.proof
@pytest.mark.parametrize("name", ["lemonade", "openai-2025", "saas-startup-actuals"])
def test_every_row_can_be_explained(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """From one trace of the model, which has every row."""
    traces: list[Trace] = []

    def trace(*given: Any) -> Trace:
        traces.extend([] if traces else [Trace(*given)])
        return traces[0]

    monkeypatch.setattr("runway.answers.explain.Trace", trace)
    model, rows = runway.load(name), runway.project(name).rows
    months = runway.project(name).months
    for n, address in enumerate(rows):
        place = (0, 7, 11)[n % 3]
        term = explain(model, address, months[place], depth=2).term
        assert (term.address, term.month, term.value) == (address, months[place], rows[address][place])


def test_a_changed_figure_says_so(load: Callable[..., Plan]) -> None:
    found = explain(load(BAKERY, set={"bread.price": "+10%"}), "bread.price")
    assert found.term.value == pytest.approx(3.3)
    origin = found.term.origin
    assert origin is not None
    assert origin.where == "command line:1"
    assert found.used_by == ("bread.revenue",)


def test_levers_are_told_once_they_are_set(load: Callable[..., Plan]) -> None:
    assert "levers" not in (explain(load(BAKERY), "flour").term.formula or "")
    told = explain(load(BAKERY, set={"burn": "120%"}), "flour").term
    assert told.formula == "levers.burn * flour.underlying" or (told.formula or "").startswith("levers.burn * ")
    assert told.terms[0].address == "levers.burn"


def test_a_clause_says_what_decided_it() -> None:
    found = explain(runway.load("openai-2025", scenario="suit"), "softbank_round.conversion_clause")
    assert found.fate is not None
    assert found.fate[0] == "bites, 31 Dec 2025"
    assert "conversion 1 Mar 2026" in found.fate[1]
    met = next(term for term in every(found.term) if term.address.endswith(".met"))
    assert [term.address for term in met.terms] == [
        "conversion.date", "microsoft_approval.date", "attorney_general_approval.date"
    ]  # fmt: skip


def test_a_condition_on_rows_shows_the_values_it_read() -> None:
    """The second half of the seed round waits for yearly revenue of 800,000."""
    found = explain(runway.load("saas-startup"), "seed.milestone", depth=9)
    arr = [term for term in every(found.term) if term.address == "total.arr"]
    assert arr
    assert all(term.value == runway.project("saas-startup").rows["total.arr"][_place(term)] for term in arr)


def _place(term: Term) -> int:
    assert term.month is not None
    return int(term.month[:4]) * 12 + int(term.month[5:]) - 1 - 2026 * 12


def test_the_headline_foots_rung_by_rung() -> None:
    for name in ("lemonade", "openai-2025", "saas-startup"):
        projection, found = runway.project(name), headline(runway.load(name))
        assert tuple(item.rung for item in found.runway) == projection.runway
        for item in found.runway:
            assert item.opening_cash + sum(item.flows.values()) == pytest.approx(item.closing_cash_then, abs=0.005)
            if item.rung.months is not None and item.days is not None:
                whole = projection.months.index(item.until)
                assert item.rung.months == pytest.approx(whole + item.days[0] / item.days[1])
                assert item.cash_that_day is not None
                assert item.cash_that_day < projection.minimum_cash


def test_the_headline_says_which_closings_counted() -> None:
    in_hand, certain, conditional, _ = headline(runway.load("lemonade")).runway
    told = [{c.address: (c.counted, c.reason) for c in item.closings} for item in (in_hand, certain, conditional)]
    assert told[0]["aunt.first"] == (0, "still to be received")
    assert told[1]["aunt.first"] == (400, "on its date")
    assert told[1]["aunt.second"] == (0, "the rest hangs on a condition or a clause that is open")
    assert told[2]["aunt.second"][0] == 400
    assert headline(runway.load("lemonade"), "certain").runway[0] == certain


def test_errors_have_pages(capsys: pytest.CaptureFixture[str]) -> None:
    """With every file as it is read, so that it can be copied: a page leaves out a `[model]` that all have."""
    page = error_page("rate-without-period")
    assert page is not None
    assert "churn" in page.cases[1].says
    assert error_page("no-such-name") is error_page("../rate-without-period") is None
    assert main(["explain", "cycle"]) == 0
    shown = capsys.readouterr().out
    assert "These rows need each other's value of the same month" in shown
    assert '```toml\n[model]\nname = "Bakery"\n' in shown
    assert main(["explain", "cycle", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert list(told) == ["error", "meaning", "cases"]
    assert list(told["cases"][0]) == ["heading", "files", "command", "says"]


def test_a_name_of_the_model_may_be_that_of_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "shop.toml"
    path.write_text(dedent(BAKERY).replace("loaves", "cycle"), encoding="utf-8")
    assert main(["explain", str(path), "cycle"]) == 0
    assert "prev(cycle.value)" in capsys.readouterr().out


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "lemonade", "lemons", "2025-02", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["explained"]["address"] == "lemons.cost"
    assert told["explained"]["value"] == 100
    assert {o["address"] for o in told["inputs"]} == {"cups.a_month", "lemonade.price", "lemons.share"}
    assert main(["explain", "lemonade", "runway", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [rung["counting"] for rung in told["runway"]] == ["cash in hand", "+ certain", "+ conditional", "+ planned"]


def test_the_text_fits_eighty_columns(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["openai-2025", "cash", "2025-09"], ["openai-2025"], ["saas-startup", "annual_plan.deferred"]):
        assert main(["explain", *words]) == 0
        assert max(map(len, capsys.readouterr().out.splitlines())) <= 80


def test_what_cannot_be_explained() -> None:
    with pytest.raises(InputError) as raised:
        explain(runway.load("lemonade"), "lemon.cost")
    assert raised.value.problems[0].name == "unknown-address"


def test_a_sum_over_months_shows_the_months(load: Callable[..., Plan]) -> None:
    text = (
        BAKERY
        + """
        [drivers.quarter]
        formula = "sum_last(loaves, 3)"
        """
    )
    (total,) = explain(load(text), "quarter", "2025-04").term.terms
    assert (total.address, total.month) == ("sum_last(loaves.value, 3)", None)
    assert [(term.month, term.terms) for term in total.terms] == [("2025-04", ()), ("2025-03", ()), ("2025-02", ())]
    assert total.value == pytest.approx(sum(term.value for term in total.terms))
    assert next(o.address for o in explain(load(text), "quarter", "2025-04").inputs) == "loaves.opening"


def test_the_other_figures_are_what_they_are_said_to_be() -> None:
    """Recomputed from rows, as their words say, with no funding counted."""
    told = {measure.name: measure.value for measure in headline(runway.load("openai-2025")).measures}
    rows = runway.project("openai-2025", set={"funding": "0%"}).rows
    assert told["net burn"] == pytest.approx(sum(rows["net_burn"][:3]) / 3)
    assert told["gross burn"] == pytest.approx(sum(rows["gross_burn"][:3]) / 3)
    gained = rows["total.arr"][12] - rows["total.arr"][0]
    assert told["burn multiple"] == pytest.approx(sum(rows["net_burn"][1:13]) / gained)
    assert told["peak need"] is None  # burn grows to the end of ten years
    saas = {measure.name: measure.value for measure in headline(runway.load("saas-startup")).measures}
    alone = runway.project("saas-startup", set={"funding": "0%", "model.opening_cash": 0, "model.months": 120})
    assert saas["peak need"] == pytest.approx(alone.runway[0].funding_gap)
    assert told["expenses held"] == pytest.approx(rows["survival.expenses"][-1])
    assert headline(runway.load("openai-2025"), "certain").measures == ()


@pytest.mark.parametrize(("back", "months"), [("n - 3", [4]), ("n - 1", [3]), ("n - 1.5", [4, 3])])
def test_a_lag_shows_the_months_that_it_reads(load: Callable[..., Plan], back: str, months: list[int]) -> None:
    """Below nothing there is no looking ahead: this month is read, as it is shown."""
    plan = load(f"""
        [drivers.x]
        formula = "10 + t"

        [drivers.y]
        formula = "lag(x, {back})"
        n = 2
        """)
    told = explain(plan, "y", "2025-04")
    read = [term for term in every(told.term) if term.address == "x.value"]
    assert [(term.month, term.value) for term in read] == [(f"2025-0{month}", 9 + month) for month in months]
    assert told.term.value == 9 + sum(months) / len(months)


@pytest.mark.parametrize("word", ["peak need", "certain", "cash.revenue"])
def test_model_and_word_stand_in_either_order(word: str, capsys: pytest.CaptureFixture[str]) -> None:
    said = []
    for words in (["lemonade", *word.split()], [*word.split(), "lemonade"]):
        assert main(["explain", *words]) == 0
        said.append(capsys.readouterr().out)
    assert said[0] == said[1]
    assert said[0].startswith("Lemonade stand · base")


@pytest.mark.parametrize("name", ["lemonade", "openai-2024", "openai-2025", "saas-startup", "venture-debt"])
def test_every_table_that_has_a_name_is_explained_by_it(name: str) -> None:
    plan = runway.load(name)
    for item in plan.model.items:
        assert explain(plan, item.name, depth=1).address == item.name


def test_an_exit_is_explained_by_what_it_brings(load: Callable[..., Plan]) -> None:
    plan = load("""
        [captable.holders.founder]
        shares = { common = 100 }

        [exits.bid]
        value = 400
        date = "2025-06-01"

        [exits.recap]
        kind = "dividend_recap"
        amount = 300
        date = "2025-05-01"
        rate = "9%/year"
        term = "5 years"
        """)
    told = {name: explain(plan, name).term for name in ("bid", "recap")}
    assert [(term.address, term.value) for term in told.values()] == [("bid.value", 400), ("recap.amount", 300)]


def test_a_section_is_none_of_its_figures(load: Callable[..., Plan]) -> None:
    """Only what ends in a month is a step of a schedule."""
    plan = load("""
        [revenue.shop]
        kind = "recurring"
        amount = { "2025-04" = "10/month", "2025-01" = "5/month", "2025-03" = "7/month" }
        collected_after = { "10 days" = "40%", "30 days" = "60%" }
        opening_receivable = 0
        """)
    assert explain(plan, "shop.amount", "2025-03").term.address == "shop.amount.2025-03"
    for address in ("model", "captable", "shop.collected_after"):
        with pytest.raises(InputError, match=f"There is nothing called {address} in this model"):
            explain(plan, address)
    for word in ("since", "sum_last", "days"):
        with pytest.raises(InputError, match=f"nothing called {word} in this model. Formulas have it"):
            explain(plan, word)
    with pytest.raises(InputError, match="It is a section of the file; runway kinds captable has its fields"):
        explain(plan, "captable")
