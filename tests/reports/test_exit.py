"""`runway exit` as a reader, a spreadsheet and a program see it."""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from datetime import date
from fractions import Fraction
from functools import cache

import pytest
from support.ownership_files import ODD, PERCENTAGES, STACK

import runway
from runway.render.csv import csv as csv_of
from runway.render.terminal import report_lines
from runway.render.text import cell_len
from runway.reports.exit import report

BUNDLED = ("saas-startup", "openai-2025")
TEXTS = {"stack": STACK, "percentages": PERCENTAGES, "odd": ODD}
VALUES = (Fraction(1), Fraction(7_654_321), Fraction(40_000_000), Fraction(10**12))


@pytest.fixture(scope="module")
def sold(load):
    """`sold(name, value)`: a sale of a text above or of a bundled model, with a range beside it."""

    @cache
    def sale(name, value=Fraction(40_000_000), **how):
        values = [value * n / 4 for n in range(1, 9)]
        return runway.exit(load(TEXTS[name]) if name in TEXTS else name, value, values=values, **how)

    return sale


def printed(sale, width=80):
    return [line.plain for line in report_lines(report(sale), width)]


@pytest.mark.parametrize("name", [*TEXTS, *BUNDLED])
@pytest.mark.parametrize("value", [Fraction(0), *VALUES])
@pytest.mark.parametrize("width", [80, 120])
def test_no_line_is_wider_than_the_terminal(sold, name, value, width):
    lines = printed(sold(name, value), width)
    assert all(cell_len(line) <= width for line in lines)
    assert all(line == line.rstrip() for line in lines)
    assert not re.search(r"[\x00-\x1f\x7f\x9b]", "".join(lines))


def test_the_waterfall_as_printed_sums_to_the_value(sold):
    lines = printed(sold("stack"))
    body = lines[3 : next(i for i, line in enumerate(lines) if line.startswith("  Sum"))]
    head = lines[2].index("gets")
    gets = [float(line[head - 8 : head + 4].replace("–", "0").split()[-1]) for line in body]
    assert sum(gets) == pytest.approx(40, abs=0.005 * len(gets) + 1e-9)
    assert re.search(r"^  Sum +40\.00$", "\n".join(lines), re.MULTILINE)


def test_every_claim_stands_in_the_range_by_its_whole_name(sold):
    """Names that begin alike are still told apart: the claims are the rows."""
    sale = sold("stack")
    lines = printed(sale)
    body = lines[next(i for i, line in enumerate(lines) if line.startswith("  RANGE")) :]
    for claim in sale.claims:
        assert any(line.startswith(f"  {claim.name} ") for line in body)


def test_a_bar_is_as_long_as_the_others(sold):
    for name in ("stack", "saas-startup"):
        bars = [line for line in printed(sold(name)) if re.search(r"^ +[\d.,]+  [█▓▒░#=+]+$", line)]
        assert len(bars) == 8
        assert {len(line.split()[-1]) for line in bars} == {50}


def test_many_claims_are_drawn_by_kind(sold):
    legend = next(line for line in printed(sold("stack")) if line.startswith("  █"))
    assert legend.split()[1::2] == ["preferred", "common", "options"]
    legend = next(line for line in printed(sold("saas-startup")) if line.startswith("  █"))
    assert legend.split()[1::2] == ["series_a", "seed", "common", "options"]


def test_what_has_not_converted_is_paid_as_it_is(sold):
    early = sold("stack", Fraction(1_000_000), on=date(2025, 7, 31))  # the first closing is in August
    text = "\n".join(printed(early))
    assert re.search(r"^  loan_note .* repaid first$", text, re.MULTILINE)
    assert re.search(r"^  angel_safe .* money back$", text, re.MULTILINE)
    assert {claim.kind for claim in early.claims} >= {"safe", "convertible_note", "common", "preferred"}


def test_percentages_print_no_price_of_a_share(sold):
    text = "\n".join(printed(sold("percentages")))
    assert "common share gets" not in text
    assert re.search(r"^  ana ", text, re.MULTILINE)


def test_a_return_that_is_not_known_is_a_dash_and_said(sold):
    text = " ".join("\n".join(printed(sold("stack"))).split())
    assert re.search(r" ana – [\d.]+ – – – ", text)
    assert "write invested in its table" in text


def test_a_return_of_nothing_is_not_minus_nothing(sold):
    assert not re.search("−0\\.0%", "\n".join(printed(sold("stack", Fraction(20_000_000)))))


@pytest.mark.parametrize("name", [*TEXTS, *BUNDLED])
@pytest.mark.parametrize("value", VALUES)
def test_the_csv_sums_to_each_value(sold, name, value):
    sale = sold(name, value)
    paid: dict[str, Fraction] = defaultdict(Fraction)
    rows = [row for row in csv.DictReader(io.StringIO(csv_of(report(sale)))) if row["claim"]]
    for row in rows:
        paid[row["value"]] += Fraction(row["payout"])
    asked = {round(one, 2) for one in [value, *(point.value for point in sale.points)]}
    assert {Fraction(text) for text in paid} == asked
    assert all(Fraction(text) == total for text, total in paid.items())


def test_the_json_names_everything(sold):
    data = sold("stack").to_dict()
    assert set(data) >= {"model", "scenario", "currency", "date", "value", "share_value", "claims", "holders"}
    assert set(data) >= {"breakpoints", "range", "unsettled"}
    assert sum(claim["payout"] for claim in data["claims"]) == data["value"] == 40_000_000
    assert sum(holder["proceeds"] for holder in data["holders"]) == pytest.approx(40_000_000, abs=0.01)
    assert set(data["holders"][0]) == {
        "name", "title", "proceeds", "invested", "repaid", "moic", "dpi", "tvpi", "irr", "xirr", "npv", "mirr",
    }  # fmt: skip
    assert all(sum(point["payouts"].values()) == pytest.approx(point["value"]) for point in data["range"])
    assert sold("percentages").to_dict()["share_value"] is None
