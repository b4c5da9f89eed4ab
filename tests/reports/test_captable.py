"""`runway captable` as a reader, a spreadsheet and a program see it."""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from fractions import Fraction
from functools import cache

import pytest
from support.ownership_files import ODD, PERCENTAGES, STACK

import runway
from runway.months import last_day
from runway.render.cells import points, share
from runway.render.csv import csv as csv_of
from runway.render.markdown import markdown
from runway.render.terminal import report_lines
from runway.render.text import cell_len
from runway.reports.captable import exactly, price, report

BUNDLED = ("saas-startup", "openai-2025")
TEXTS = {"stack": STACK, "percentages": PERCENTAGES, "odd": ODD}


@pytest.fixture(scope="module")
def found(load):
    """`found(name)`: the ownership of a text above or of a bundled model."""
    return cache(lambda name: runway.captable(load(TEXTS[name]) if name in TEXTS else name))


def printed(ownership, width=80):
    return [line.plain for line in report_lines(report(ownership), width)]


def printed_at(ownership, day, width=80):
    return printed(ownership._replace(day=day), width)


@pytest.mark.parametrize("name", [*TEXTS, *BUNDLED])
@pytest.mark.parametrize("width", [80, 120, 200])
def test_no_line_is_wider_than_the_terminal(found, name, width):
    ownership = found(name)
    pages = [printed(ownership, width), printed_at(ownership, ownership.last_day, width)]
    assert all(cell_len(line) <= width for page in pages for line in page)
    assert all(line == line.rstrip() for page in pages for line in page)


def test_a_wide_terminal_has_every_step_in_one_block(found):
    stack = found("stack")
    assert sum(line.startswith("  OWNERSHIP") for line in printed(stack, 120)) == 1
    assert sum(line.startswith("  OWNERSHIP") for line in printed(stack, 60)) > 1


def test_names_are_cut_only_where_that_brings_the_columns_side_by_side(found):
    """In several blocks there is room for them."""
    first = printed(found("stack"), 60)
    assert sum(line.startswith("  OWNERSHIP") for line in first) > 1
    assert sum(line.startswith("  Pool, not granted ") for line in first) > 1


def test_the_stakes_of_each_column_make_one_whole(found):
    """Read off the page: the percentages of a column make 100 within their rounding."""
    lines = printed(found("stack"), 120)
    body = lines[lines.index(next(line for line in lines if line.startswith("  fully diluted"))) + 1 :]
    rows = [re.findall(r"(?:[\d.]+%|–)", line) for line in body[: next(i for i, x in enumerate(body) if "Shares" in x)]]
    columns = list(zip(*rows, strict=True))
    assert len(columns) == 5
    for column in columns:
        assert sum(float(text[:-1]) for text in column if text != "–") == pytest.approx(100, abs=0.005 * len(rows))


def test_dilution_says_what_was_lost_to_whom(found):
    """before − what each cause took + gained = after, row by row, as printed."""
    rows = [line for line in printed(found("stack"), 120) if re.match(r"  \S.*\d%.*\d%.*[−+–]", line)]
    told = 0
    for line in rows:
        before, after = (Fraction(text) for text in re.findall(r"([\d.]+)%", line)[:2])
        changes = re.findall(r"[−+][\d.]+", line.split("%")[2])
        moved = sum((Fraction(text.replace("−", "-")) for text in changes), Fraction(0))
        assert abs(before + moved - after) <= Fraction(4, 100)
        told += bool(changes)
    assert told > 10


def test_the_causes_have_their_columns(found):
    heads = [line.split() for line in printed(found("stack"), 120) if re.match(r" *holder +before ", line)]
    assert heads[0] == ["holder", "before", "after", "anti-dil", "SAFEs", "notes", "round", "pool", "gained"]
    assert heads[-1] == ["holder", "before", "after", "anti-dil", "round", "gained"]


def test_a_conversion_says_its_money_price_shares_and_rule(found):
    """1M of 15 March at 6 % monthly, 30/360, is five months on 15 August: 1,000,000 x 1.005^5."""
    owed = Fraction("1.005") ** 5 * 1_000_000
    text = " ".join(" ".join(printed(found("stack"), 200)).split())
    assert f"loan_note converts {float(owed):,.2f} USD at " in text
    assert re.search(r"Angel SAFE converts 500,000 USD at [\d.]+ into [\d,]+ shares, [\d.]+%: cap", text)


def test_before_a_round_the_instruments_stand_apart(found):
    stack = found("stack")
    text = "\n".join(printed_at(stack, last_day(2025 * 12 + 4)))  # May 2025
    assert "  · Angel SAFE, angel: 500,000 USD of 15 Jan 2025\n" in text
    assert "  · fixed_safe: 125,000 USD of 20 Feb 2025\n" in text
    owed = 1_000_000 * 1.005**2 * (1 + 0.06 * 16 / 360)  # two whole months and sixteen days of thirty
    assert f"  · loan_note, angel: 1,000,000 USD of 15 Mar 2025, {owed:,.2f} USD with\n    interest" in text
    assert "angel_safe" not in text


def test_percentages_have_no_prices_and_no_shares(found):
    text = "\n".join(printed(found("percentages")))
    assert not re.search(r"[Ss]hare", text)
    assert "Price" not in text
    assert re.search(r"^  ana +90\.00% +81\.00%$", text, re.MULTILINE)
    assert re.search(r"^  Pool, not granted +10\.00% +9\.00%$", text, re.MULTILINE)
    assert re.search(r"^  seed investors +– +10\.00%$", text, re.MULTILINE)


def test_markdown_has_the_tables_and_what_converts(found):
    stack = found("stack")
    text = markdown(report(stack))
    heads = [line.split(" | ") for line in text.splitlines() if line.startswith("| fully diluted |")]
    assert [len(head) for head in heads] == [2 + len(stack.steps)]
    assert text.count("## Dilution") == sum(step.closed is not None for step in stack.steps)
    assert "| holder | class | shares | stake |" in text
    assert re.search(r"Angel SAFE converts 500,000 USD at [\d.]+ into [\d,]+ shares, [\d.]+%: cap", text)


def test_without_a_pool_there_is_no_row_for_it(found):
    assert "Pool" not in "\n".join(printed(found("openai-2025")))


def test_names_cannot_steer_the_terminal(found):
    text = "".join(printed(found("odd")))
    assert not re.search(r"[\x00-\x1f\x7f\x9b]", text)
    assert "株式会社" in text


def test_columns_of_wide_characters_stay_in_line(found):
    lines = [line for line in printed(found("odd")) if line.startswith("  ") and line.rstrip().endswith("%")]
    table = lines[-6:]
    assert {cell_len(line) for line in table} == {cell_len(table[-1])}


@pytest.mark.parametrize("name", [*TEXTS, *BUNDLED])
def test_the_csv_foots_at_each_step(found, name):
    ownership = found(name)
    rows = list(csv.DictReader(io.StringIO(csv_of(report(ownership)))))
    stakes, counts = defaultdict(float), defaultdict(Fraction)
    for row in rows:
        stakes[row["date"], row["step"]] += float(row["stake"])
        if row["as_converted"]:
            counts[row["step"]] += Fraction(row["as_converted"])
    assert len(stakes) == 1 + len(ownership.steps)
    assert all(total == pytest.approx(1, abs=1e-10) for total in stakes.values())
    for step in ownership.steps:
        if ownership.in_shares:
            assert float(counts[step.address]) == pytest.approx(float(step.table.fully_diluted), rel=1e-9)
    assert bool(counts) == ownership.in_shares


def test_a_holder_that_looks_like_a_formula_is_no_formula_in_the_csv(load):
    model = load(STACK.replace('investor = "angel"\namount = "500k"', 'investor = "=1+1"\namount = "500k"'))
    rows = list(csv.DictReader(io.StringIO(csv_of(report(runway.captable(model))))))
    assert {row["holder"] for row in rows} >= {"'=1+1", "ana"}


def test_the_json_names_everything(found):
    data = found("stack").to_dict()
    assert set(data) >= {"model", "scenario", "currency", "in_shares", "holders", "opening", "steps", "closing"}
    first, *_ = [step for step in data["steps"] if step["kind"] == "closing"]
    assert set(first) >= {
        "date",
        "address",
        "title",
        "price",
        "pre_money",
        "effective_pre_money",
        "post_money",
        "money",
    }
    assert set(first) >= {"conversions", "anti_dilution", "dilution", "issued", "stakes", "holdings", "classes", "pool"}
    for table in (data["opening"], *data["steps"], data["closing"]):
        assert sum(table["stakes"].values()) + table["pool_stake"] == pytest.approx(1, abs=1e-10)
        assert sum(row["as_converted"] for row in table["holdings"]) + table["pool"] == pytest.approx(
            table["fully_diluted"]
        )


def test_the_json_of_percentages_has_no_share_counts(found):
    data = found("percentages").to_dict()
    (step,) = data["steps"]
    assert data["in_shares"] is False
    assert step["price"] is None
    assert step["fully_diluted"] is None
    assert {row["shares"] for row in step["holdings"]} == {None}
    assert step["post_money"] == 10_000_000


@pytest.mark.parametrize(
    ("value", "text"),
    [(Fraction(0), "–"), (Fraction(1, 3), "33.33%"), (Fraction(1), "100.00%"), (Fraction(1, 10**6), "0.00%")],
)
def test_a_stake(value, text):
    assert share(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "–"), (Fraction(1, 10**6), "0.00"), (Fraction(-3, 100), "−3.00"), (Fraction(1, 8), "+12.50")],
)
def test_points_of_a_stake(value, text):
    assert points(float(value)) == text


@pytest.mark.parametrize(("value", "text"), [("1.5", "1.5000"), ("1234", "1,234.0000"), ("0.00123", "0.001230")])
def test_a_price_shows_four_digits(value, text):
    assert price(Fraction(value)) == text


def test_an_amount_is_exact(found):
    stack = found("stack")
    assert exactly(stack, Fraction(500_000)) == "500,000 USD"
    assert exactly(stack, Fraction("1025251.253")) == "1,025,251.25 USD"
