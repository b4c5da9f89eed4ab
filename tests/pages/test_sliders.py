"""What can be moved on a page: each stop reads back as exactly what the page computes with, or is not offered."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

import runway
from runway.engine.paths import Variants
from runway.files.document import bundled_models
from runway.pages.sliders import Slider, Sliders

if TYPE_CHECKING:
    from collections.abc import Callable

    from runway.program.plan import Plan

    Load = Callable[..., Plan]
TRIED = 12  # stops of a model, of a thousand


def sliders(plan: Plan) -> dict[str, Slider]:
    return {slider.address: slider for slider in Sliders(Variants(plan)).all()}


@pytest.mark.proof
@pytest.mark.parametrize("name", list(bundled_models()))
def test_a_stop_is_what_set_makes_of_its_text(name: str) -> None:
    plan, draw = runway.load(name), random.Random(name)
    pairs = [(s, stop) for s in sliders(plan).values() for n, stop in enumerate(s.stops) if n != s.at]
    assert len(pairs) > 100
    for slider, stop in draw.sample(pairs, TRIED):
        other = runway.load(name, set={slider.address: stop.text}).program
        differing = {a: v for a, v in other.parameters.items() if v != plan.program.parameters[a]}
        assert differing == {slider.address: stop.x}, (slider.address, stop)
        assert other.rows == plan.program.rows, (slider.address, stop)


MODEL = """
[model]
name = "Sliders"
start = "2026-01"
months = 12
opening_cash = { value = "500k", low = "300k", high = "600k" }

[events.permit]
date = "2026-03-31"

[drivers.share]
formula = "x"
x = { value = 2, outcomes = { "1" = "50%", "2" = "30%", "5" = "20%" } }

[drivers.heat]
formula = "low * 2"
low = -5

[costs.rent]
kind = "recurring"
amount = { "2026-01" = "10k/month", "2026-06" = "12k/month" }
growth = "3%/year"

[costs.hall]
kind = "recurring"
amount = "5k/month"
start = "2026-03-10"
end = "2026-08-20"

[funding.seed]
kind = "priced_round"
valuation = { value = "4M", basis = "pre_money" }
commitments = [{ investor = "fund", amount = "300k" }]
closings = [
    { name = "first", date = "2026-02-15", amount = "100k" },
    { name = "second", date = "2026-06-15", amount = "200k" },
]
clauses = [{ name = "cut", cuts = "fund", to = "150k", unless = "permit", by = "2026-05-01", option = true }]
"""


def test_every_form_of_figure_has_its_stops(load: Load) -> None:
    found = sliders(load(MODEL))

    def texts(address: str) -> list[str]:
        return [stop.text for stop in found[address].stops]

    assert texts("model.opening_cash")[0] == "300k"
    assert texts("model.opening_cash")[-1] == "600k"
    assert texts("permit.date")[:4] == ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]
    assert texts("permit.date")[-2:] == ["2026-12-31", "never"]
    assert found["permit.date"].group == "event"
    assert (found["share.x"].control, texts("share.x")) == ("choice", ["1", "2", "5"])
    assert "=-10" in texts("heat.low")  # a sign alone would change the figure by so much
    assert texts("rent.amount.2026-06")[-1] == "24k/month"
    assert "3.3%/year" in texts("rent.growth")
    assert (found["seed.cut.exercised"].control, texts("seed.cut.exercised")) == ("switch", ["false", "true"])
    assert "levers.planned" not in found
    assert found["levers.burn"].group == "lever"


def test_what_the_file_refuses_is_not_offered(load: Load) -> None:
    """Closings stay in order, a line does not end before it starts, and no more is drawn than was committed."""
    found = sliders(load(MODEL))
    assert found["seed.first.date"].stops[-1].text <= "2026-06-15"
    assert found["seed.second.date"].stops[0].text >= "2026-02-15"
    assert found["hall.start"].stops[-1].text <= "2026-08-20"
    assert found["hall.end"].stops[0].text >= "2026-03-10"
    assert found["seed.second.amount"].stops[-1].text == "200k"


def test_whole_months_are_whole(load: Load) -> None:
    found = sliders(
        load("""
        [costs.rent]
        kind = "recurring"
        amount = "90k/month"
        [funding.loan]
        kind = "loan"
        amount = "100k"
        date = "2025-03-01"
        rate = "8%/year"
        term = "24 months"
        repayment = "bullet"
        """)
    )
    assert [stop.text for stop in found["loan.term"].stops][:3] == ["18 months", "19 months", "20 months"]


def test_the_figure_that_moves_runway_most_comes_first(load: Load) -> None:
    found = [slider for slider in sliders(load(MODEL)).values() if slider.group == "figure"]
    assert [slider.swing for slider in found] == sorted((slider.swing for slider in found), reverse=True)


def test_figures_beside_what_an_action_sets_are_offered() -> None:
    """An action of this model sets what is hired, which marks the table that it stands in."""
    found = sliders(runway.load("saas-startup"))
    assert {"team.salary", "team.opening", "team.loading"} <= found.keys()
