"""What one figure may be: every written form, what each refusal is called, and what each period is worth in a month."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from math import sqrt
from typing import Any

import pytest

from runway.errors import InputError, Problem
from runway.language.dimension import Dimension
from runway.language.figure import Entry, FigureError, read_amount, read_range
from runway.language.writing import figure_text
from runway.program.plan import Plan

Load = Callable[..., Plan]
Rows = Callable[..., Mapping[str, tuple[float, ...]]]

FX = '[fx]\nEUR = 1.25\nGBP = { "2025-01" = 1.5, "2025-07" = 1.6 }\n[sources.report]\ntitle = "A report"\n'
FIELDS = {  # dimension: a file around one figure, and the figure's address
    "money": ('[costs.x]\nkind = "one_off"\ndate = "2025-03-10"\namount = {}\n', "x.amount"),
    "signed money": ('[revenue.x]\nkind = "one_off"\ndate = "2025-03-10"\namount = 0\n[tax]\nrate = 0\n'
                     "opening_losses = {}\n", "tax.opening_losses"),
    "flow": ('[costs.x]\nkind = "recurring"\namount = {}\n', "x.amount"),
    "count": ('[revenue.x]\nkind = "subscription"\nopening = {}\nchurn = "0%/month"\nprice = "1/month"\n', "x.opening"),
    "count per period": ('[revenue.x]\nkind = "subscription"\nopening = 0\nsignups = {}\nchurn = "0%/month"\n'
                         'price = "1/month"\n', "x.signups"),
    "rate": ('[costs.x]\nkind = "recurring"\namount = "1/month"\ngrowth = {}\n', "x.growth"),
    "loss": ('[revenue.x]\nkind = "subscription"\nopening = 1\nprice = "1/month"\nchurn = {}\n', "x.churn"),
    "share": ("[tax]\nrate = {}\n", "tax.rate"),
    "date": ('[costs.x]\nkind = "one_off"\namount = 1\ndate = {}\n', "x.date"),
    "last date": ('[costs.x]\nkind = "recurring"\namount = "1/month"\nend = {}\n', "x.end"),
    "days": ('[costs.x]\nkind = "recurring"\namount = "1/month"\nopening_payable = 0\npaid_after = {}\n',
             "x.paid_after"),
    "months": ('[capital.x]\nkind = "recurring"\namount = "1/month"\nwritten_off_over = {}\n', "x.written_off_over"),
}  # fmt: skip


def read(load: Load, field: str, raw: str) -> Any:
    """The entry of one figure as it was written, its currency, period and range with it."""
    text, address = FIELDS[field]
    return load(FX + text.format(raw)).program.entries[address]


def refused(load: Load, field: str, raw: str) -> Problem:
    with pytest.raises(InputError) as raised:
        read(load, field, raw)
    (problem,) = raised.value.problems
    return problem


# Written forms ----------------------------------------------------------------------------------------------------

WRITTEN = [
    ("money", "20", 20),
    ("money", "150.00", 150),
    ("money", "150.0000", 150),
    ("money", "15_500_000", 15_500_000),
    ("money", "0.1", 0.1),
    ("money", "1.5e3", 1_500),
    ("money", '"20"', 20),
    ("money", '"  7  "', 7),
    ("money", '".5"', 0.5),
    ("money", '"1,500"', 1_500),
    ("money", '"1,234,567.89"', 1_234_567.89),
    ("money", '"1_500"', 1_500),
    ("money", '"1.5k"', 1_500),
    ("money", '"1.5K"', 1_500),
    ("money", '"40M"', 40e6),
    ("money", '"40B"', 40e9),
    ("money", '"40 B"', 40e9),
    ("money", '"2T"', 2e12),
    ("money", '"1000T"', 1e15),
    ("money", '"$20"', 20),
    ("money", '"$ 20"', 20),
    ("money", '"USD 20"', 20),
    ("money", '"20 USD"', 20),
    ("money", '"$2M USD"', 2e6),
    ("signed money", "-5", -5),
    ("signed money", '"-5"', -5),
    ("signed money", '"\u22125"', -5),  # a true minus sign
    ("signed money", '"-$5"', -5),
    ("signed money", '"$-5"', -5),
    ("count", "20_000_000", 20e6),
    ("count", '"20M"', 20e6),
    ("share", "0.5", 0.5),
    ("share", '"50%"', 0.5),
    ("share", '"50 %"', 0.5),
    ("share", "0", 0),
    ("share", "1", 1),
    ("share", '"100%"', 1),
]


@pytest.mark.parametrize(("field", "raw", "number"), WRITTEN)
def test_a_number_is_what_is_written(load: Load, field: str, raw: str, number: float) -> None:
    amount = read(load, field, raw).amount
    assert amount.number == number
    assert amount.currency is None
    assert amount.period is None


PER_PERIOD = [
    ("flow", '"$700k/day"', 700_000, "day"),
    ("flow", '"700k/week"', 700_000, "week"),
    ("flow", '"$20/month"', 20, "month"),
    ("flow", '"$20 per month"', 20, "month"),
    ("flow", '"$20 a month"', 20, "month"),
    ("flow", '"$20 / month"', 20, "month"),
    ("flow", '"5/quarter"', 5, "quarter"),
    ("flow", '"$1.5B/year"', 1.5e9, "year"),
    ("count per period", '"40/month"', 40, "month"),
    ("count per period", '"1.5M/year"', 1.5e6, "year"),
    ("rate", '"5%/month"', 0.05, "month"),
    ("rate", '"5 % / month"', 0.05, "month"),
    ("rate", '"80%/year"', 0.8, "year"),
    ("rate", '"-5%/month"', -0.05, "month"),
    ("rate", '"0.1%/day"', 0.001, "day"),
    ("rate", '"250%/quarter"', 2.5, "quarter"),
    ("loss", '"100%/month"', 1, "month"),
    ("days", '"45 days"', 45, "day"),
    ("days", '"1 day"', 1, "day"),
    ("days", '"45days"', 45, "day"),
    ("days", '"2 weeks"', 2, "week"),
    ("days", '"1.5 months"', 1.5, "month"),
    ("months", '"6 months"', 6, "month"),
    ("months", '"1 quarter"', 1, "quarter"),
    ("months", '"5 years"', 5, "year"),
]


@pytest.mark.parametrize(("field", "raw", "number", "period"), PER_PERIOD)
def test_a_flow_a_rate_and_a_duration_keep_their_period(
    load: Load, field: str, raw: str, number: float, period: str
) -> None:
    amount = read(load, field, raw).amount
    assert amount.number == pytest.approx(number, rel=1e-15)
    assert amount.period == period


@pytest.mark.parametrize(
    ("raw", "currency"),
    [('"€5"', "EUR"), ('"EUR 5"', "EUR"), ('"5 EUR"', "EUR"), ('"£5"', "GBP"), ('"$5"', None), ('"5 USD"', None)],
)
def test_a_mark_says_the_currency(load: Load, raw: str, currency: str | None) -> None:
    amount = read(load, "money", raw).amount
    assert (amount.number, amount.currency) == (5, currency)


@pytest.mark.parametrize(
    ("currency", "raw", "read_as"),
    [("CAD", "$5", None), ("JPY", "¥5", None), ("EUR", "€5", None), ("AUD", "A", "bad"), ("GBP", "£5", None)],
)
def test_a_mark_means_the_model_s_own_currency_where_it_can(
    load: Load, currency: str, raw: str, read_as: str | None
) -> None:
    model = f"""
        [model]
        name = "x"
        start = "2025-01"
        months = 3
        opening_cash = "{raw}"
        currency = "{currency}"
        """
    if read_as == "bad":
        with pytest.raises(InputError):
            load(model)
        return
    amount = load(model).program.entries["model.opening_cash"].amount
    assert (amount.number, amount.currency) == (5, read_as)


DATES = [  # months since January 2025, and (day - 1) / 32
    ("date", '"2025-01"', 0.0),
    ("date", '"2025-10"', 9.0),
    ("date", '"2025-10-28"', 9 + 27 / 32),
    ("date", "2025-10-28", 9 + 27 / 32),  # a date of TOML
    ("date", '" 2025-10 "', 9.0),
    ("date", '"2024-12-31"', -1 + 30 / 32),
    ("date", '"never"', 1e6),
    ("last date", '"2025-02"', 1 + 27 / 32),  # a month means its last day
    ("last date", '"2028-02"', 37 + 28 / 32),
    ("last date", '"2025-02-03"', 1 + 2 / 32),
    ("last date", '"never"', 1e6),
]


@pytest.mark.parametrize(("field", "raw", "position"), DATES)
def test_a_date_is_a_position_on_the_scale_of_months(load: Load, field: str, raw: str, position: float) -> None:
    text, address = FIELDS[field]
    assert load(text.format(raw)).program.parameters[address] == position


RANGES = [
    ("money", '"18 to 25"', sqrt(18 * 25), 18, 25),
    ("money", '"$18 to $25"', sqrt(18 * 25), 18, 25),
    ("money", '"18M to 25M"', sqrt(18 * 25) * 1e6, 18e6, 25e6),
    ("money", '"18 to 25M"', sqrt(18 * 25) * 1e6, 18e6, 25e6),  # the unit may be said once, at the end
    ("money", '"€1 to 2"', sqrt(2), 1, 2),
    ("money", '"900k to 2M"', sqrt(1.8e12), 9e5, 2e6),
    ("signed money", '"0 to 10"', 5, 0, 10),
    ("signed money", '"-5 to 15"', 5, -5, 15),
    ("share", '"2% to 5%"', sqrt(0.02 * 0.05), 0.02, 0.05),
    ("share", '"2 to 5%"', sqrt(0.02 * 0.05), 0.02, 0.05),
    ("flow", '"$1 to $4/month"', 2, 1, 4),
    ("flow", '"1M to 4M/year"', 2e6, 1e6, 4e6),
    ("rate", '"2 to 5%/month"', sqrt(0.02 * 0.05), 0.02, 0.05),
    ("rate", '"2%/month to 5%/month"', sqrt(0.02 * 0.05), 0.02, 0.05),
    ("days", '"20 to 45 days"', 30, 20, 45),
    ("days", '"1 to 4 quarters"', 2, 1, 4),
    ("money", "{ value = 20, low = 18, high = 25 }", 20, 18, 25),
    ("money", '{ value = 20, low = "18", high = "0.025k" }', 20, 18, 25),
    ("money", "{ value = 18, low = 18, high = 18 }", 18, 18, 18),
]


@pytest.mark.parametrize(("field", "raw", "middle", "low", "high"), RANGES)
def test_a_range_is_read_at_its_median(
    load: Load, field: str, raw: str, middle: float, low: float, high: float
) -> None:
    """Ends are the 5th and 95th percentile: of a lognormal if both are above 0, else of a normal distribution."""
    entry = read(load, field, raw)
    assert (entry.amount.number, entry.low, entry.high) == pytest.approx((middle, low, high))


def test_a_figure_says_where_it_comes_from(load: Load) -> None:
    evidence = 'source = "report", as_of = 2025-03-31, confidence = "low", note = "n"'
    entry = read(load, "money", f'{{ value = "$2M", {evidence} }}')
    assert (entry.source, entry.as_of, entry.confidence, entry.note) == ("report", "2025-03-31", "low", "n")
    assert entry.amount.number == 2e6


def test_each_step_of_a_schedule_is_a_figure_of_its_own(load: Load) -> None:
    model = load(
        FX
        + '[costs.x]\nkind = "recurring"\namount = { "2025-07" = "€2/day", "2025-01" = { value = "$1/month", '
        + 'low = "$0.5/month", high = "$2/month", source = "report" } }\n'
    )
    entries = model.program.entries
    first, second = entries["x.amount.2025-01"], entries["x.amount.2025-07"]
    assert (first.amount.number, first.amount.period, first.source, first.low) == (1, "month", "report", 0.5)
    assert (second.amount.number, second.amount.period, second.amount.currency) == (2, "day", "EUR")


# Refusals ---------------------------------------------------------------------------------------------------------

REFUSED = [
    ("money", '"1,50"', "number-of-another-locale"),
    ("money", "150.000", "number-of-another-locale"),
    ("count", "1.000", "number-of-another-locale"),
    ("money", '"12,34,567"', "not-a-figure"),
    ("money", '"1 000"', "number-of-another-locale"),
    ("money", '"20$"', "not-a-figure"),
    ("money", '"1e6"', "not-a-figure"),
    ("money", '"0x10"', "not-a-figure"),
    ("money", '"40b"', "not-a-figure"),
    ("money", '"40MM"', "not-a-figure"),
    ("money", '"5."', "not-a-figure"),
    ("money", '"nan"', "not-a-figure"),
    ("money", '"inf"', "not-a-figure"),
    ("money", "nan", "not-a-figure"),
    ("money", "inf", "not-a-figure"),
    ("money", '""', "not-a-figure"),
    ("money", '"about 5"', "not-a-figure"),
    ("money", '"18-25"', "not-a-figure"),
    ("money", '"' + "9" * 5_000 + '"', "not-a-figure"),
    ("money", "true", "not-a-figure"),
    ("money", "[1]", "not-a-figure"),
    ("money", "{ value = { value = 1 } }", "not-a-figure"),
    ("money", '"1001T"', "number-too-large"),
    ("money", "1e16", "number-too-large"),
    ("money", "-1", "negative-value"),
    ("money", '"-$1"', "negative-value"),
    ("money", '"-1 to 3"', "negative-value"),
    ("money", '"5%"', "wrong-dimension"),
    ("money", '"5 days"', "wrong-dimension"),
    ("money", '"2025-04"', "wrong-dimension"),
    ("money", '"never"', "wrong-dimension"),
    ("money", '"$20/month"', "period-not-allowed"),
    ("money", '"¥5"', "wrong-currency"),
    ("money", '"CHF 5"', "wrong-currency"),
    ("money", '"$5 EUR"', "wrong-currency"),
    ("flow", "20", "flow-without-period"),
    ("flow", '"$20"', "flow-without-period"),
    ("flow", '"20/mo"', "not-a-figure"),
    ("flow", '"20/hour"', "not-a-figure"),
    ("flow", '"5%/month"', "wrong-dimension"),
    ("flow", '"-5/month"', "negative-value"),
    ("count", '"$5"', "wrong-dimension"),
    ("count", '"5%"', "wrong-dimension"),
    ("count", '"5/month"', "period-not-allowed"),
    ("count", "-1", "negative-value"),
    ("count per period", "40", "flow-without-period"),
    ("count per period", '"$40/month"', "wrong-dimension"),
    ("rate", "0.05", "rate-without-period"),
    ("rate", '"5%"', "rate-without-period"),
    ("rate", '"0.05/month"', "rate-without-percent"),
    ("rate", '"5/month"', "rate-without-percent"),
    ("rate", '"$5/month"', "wrong-dimension"),
    ("rate", '"-100%/month"', "value-out-of-range"),
    ("rate", '"5 months"', "wrong-dimension"),
    ("loss", '"-1%/month"', "negative-value"),
    ("loss", '"101%/month"', "value-out-of-range"),
    ("share", "1.01", "value-out-of-range"),
    ("share", "20", "value-out-of-range"),
    ("share", '"101%"', "value-out-of-range"),
    ("share", '"-1%"', "negative-value"),
    ("share", '"5%/month"', "period-not-allowed"),
    ("share", '"$0.5"', "wrong-dimension"),
    ("date", "20", "not-a-date"),
    ("date", '"5%"', "not-a-date"),
    ("days", "45", "duration-without-unit"),
    ("days", '"45"', "duration-without-unit"),
    ("days", '"$45"', "duration-without-unit"),
    ("days", '"-5 days"', "value-out-of-range"),
    ("days", '"45 d"', "not-a-figure"),
    ("days", '"2025-04"', "wrong-dimension"),
    ("days", '{ "2025-01" = "5 days" }', "schedule-not-allowed"),
    ("count", '{ "2025-01" = 5 }', "schedule-not-allowed"),
    ("date", '{ "2025-01" = "never" }', "schedule-not-allowed"),
    ("money", '"25 to 18"', "range-reversed"),
    ("money", '"18 to"', "not-a-figure"),
    ("money", '"18 to 25 to 30"', "not-a-figure"),
    ("money", '"€1 to $2"', "wrong-dimension"),
    ("money", '"$1 to €2"', "wrong-dimension"),
    ("money", '"1 to 20%"', "wrong-dimension"),
    ("rate", '"2%/year to 5%/month"', "wrong-dimension"),
    ("days", '"20 days to 2 months"', "wrong-dimension"),
    ("money", "{ value = 20, low = 18 }", "range-incomplete"),
    ("money", "{ value = 20, high = 25 }", "range-incomplete"),
    ("money", "{ value = 20, low = 25, high = 18 }", "range-reversed"),
    ("money", "{ value = 30, low = 18, high = 25 }", "value-outside-range"),
    ("money", '{ value = "$20", low = "€18", high = "€25" }', "wrong-dimension"),
    ("flow", '{ value = "$2/month", low = "$1/year", high = "$3/month" }', "wrong-dimension"),
    ("money", "{ low = 18, high = 25 }", "missing-field"),
    ("money", "{}", "missing-field"),
    ("money", "{ value = 20, hihg = 3 }", "unknown-key"),
    ("money", '{ value = 20, source = "rumour" }', "unknown-source"),
    ("money", '{ value = 20, confidence = "some" }', "unknown-choice"),
    ("money", '{ value = 20, distribution = "cauchy" }', "unknown-choice"),
    ("money", '{ value = 20, as_of = "2025-02-30" }', "not-a-date"),
    ("money", "{ value = 20, note = 3 }", "wrong-type"),
    ("flow", '{ "2025-01" = "$1/month", "2025-13" = "$2/month" }', "bad-month"),
    ("flow", '{ "2025-01" = "$1/month", "2025-02" = "$2" }', "flow-without-period"),
    ("flow", '{ "2025-02" = "$1/month" }', "schedule-starts-late"),
    ("flow", '{ "2025-01" = "$1/month", "2026-01" = "$2/month" }', "schedule-beyond-horizon"),
]


@pytest.mark.parametrize(("field", "raw", "name"), REFUSED)
def test_what_is_no_such_figure_is_refused_where_it_stands(load: Load, field: str, raw: str, name: str) -> None:
    problem = refused(load, field, raw)
    assert problem.name == name
    assert problem.place is not None
    written = (FX + FIELDS[field][0].format(raw)).split("\n")
    assert raw in written[problem.place.line - 1]
    assert "FIELD" not in problem.text


@pytest.mark.parametrize("text", ["2025-02-30", "2025-13", "28.10.2025", "2025-1-1", "tomorrow", "1776-07-04"])
def test_what_is_no_date_of_the_calendar_is_refused(load: Load, text: str) -> None:
    assert refused(load, "date", f'"{text}"').name in ("not-a-date", "not-a-figure")


# What a period is worth in a month --------------------------------------------------------------------------------

LEAP_YEAR = """
[model]
name = "x"
start = "2024-01"
months = 24
opening_cash = 0
"""
DAYS = [monthrange(year, month)[1] for year in (2024, 2025) for month in range(1, 13)]

MONTHLY = {
    "$70.50/day": [70.50 * days for days in DAYS],
    "$70.50/week": [70.50 * days / 7 for days in DAYS],
    "$70.50/month": [70.50] * 24,
    "$70.50/quarter": [23.50] * 24,
    "$70.50/year": [5.875] * 24,
    "2 to 8/day": [4.0 * days for days in DAYS],
}


@pytest.mark.parametrize(("written", "expected"), MONTHLY.items())
def test_a_flow_by_the_month(rows: Rows, written: str, expected: list[float]) -> None:
    found = rows(
        f"""
        [drivers.x]
        formula = "flow"
        flow = "{written}"
        """
        + LEAP_YEAR
    )["x.value"]
    assert found == pytest.approx(expected, rel=1e-14)


def test_a_flow_that_is_money_is_posted(rows: Rows) -> None:
    found = rows(f"""
        [costs.x]
        kind = "recurring"
        amount = "$70.50/week"
        {LEAP_YEAR}
        """)["x.cost"]
    assert found[:3] == (312.21, 292.07, 312.21)  # 31, 29 and 31 sevenths of 70.50


def test_a_leap_year_has_a_day_more(rows: Rows) -> None:
    found = rows(f"""
        [costs.x]
        kind = "recurring"
        amount = "$1/day"
        {LEAP_YEAR}
        """)["x.cost"]
    assert (sum(found[:12]), sum(found[12:]), found[1], found[13]) == (366, 365, 29, 28)


COMPOUNDED = {
    "12%/year": [1.12 ** (1 / 12) - 1] * 24,
    "6%/quarter": [1.06 ** (1 / 3) - 1] * 24,
    "1%/month": [0.01] * 24,
    "0.5%/week": [1.005 ** (days / 7) - 1 for days in DAYS],
    "0.1%/day": [1.001**days - 1 for days in DAYS],
    "-30%/year": [0.7 ** (1 / 12) - 1] * 24,
    "0%/year": [0.0] * 24,
}


@pytest.mark.parametrize(("written", "expected"), COMPOUNDED.items())
def test_a_rate_by_the_month_compounds(rows: Rows, written: str, expected: list[float]) -> None:
    found = rows(f"""
        [drivers.x]
        formula = "rate"
        rate = "{written}"
        {LEAP_YEAR}
        """)["x.value"]
    assert found == pytest.approx(expected, rel=1e-11, abs=1e-15)


@pytest.mark.parametrize("written", ["12%/year", "6%/quarter", "1%/month", "-30%/year"])
def test_a_rate_kept_for_its_period_is_itself(rows: Rows, written: str) -> None:
    text = f"""
        [drivers.x]
        formula = "prev(x) * (1 + rate)"
        opening = 1
        rate = "{written}"
        {LEAP_YEAR}
        """
    months = {"year": 12, "quarter": 3, "month": 1}[written.partition("/")[2]]
    assert rows(text)["x.value"][months - 1] == pytest.approx(1 + float(written.partition("%")[0]) / 100, rel=1e-14)


@pytest.mark.parametrize(
    ("written", "worth"),
    [("45 days", 45), ("2 weeks", 14), ("3 months", 3), ("2 quarters", 6), ("1.5 years", 18), ("25%", 0.25), ("7", 7)],
)
def test_a_parameter_s_dimension_is_read_off_its_text(rows: Rows, written: str, worth: float) -> None:
    found = rows(f"""
        [drivers.x]
        formula = "p"
        p = "{written}"
        """)["x.value"]
    assert found == pytest.approx([worth] * 12)


@pytest.mark.parametrize(
    ("written", "days"),
    [("2 weeks", 14), ("1 month", 31), ("1 quarter", 92), ("0 days", 0)],
)
def test_a_delay_of_payment_in_days(rows: Rows, written: str, days: float) -> None:
    """A cost of 1 a day owes at the end of December as many as the days of its delay; months are the calendar's."""
    text = f"""
        [costs.x]
        kind = "recurring"
        amount = "$1/day"
        opening_payable = 0
        paid_after = "{written}"
        """
    assert rows(text)["x.payable"][-1] == pytest.approx(days, abs=0.005)


@pytest.mark.parametrize(("written", "months"), [("1 year", 12), ("365 days", 12), ("2 quarters", 6), ("3 months", 3)])
def test_a_time_of_writing_off_in_months(rows: Rows, written: str, months: int) -> None:
    model = """
        [model]
        name = "x"
        start = "2025-01"
        months = 24
        opening_cash = 0
        """
    text = f"""
        [capital.x]
        kind = "one_off"
        amount = 1200
        date = "2025-01-10"
        written_off_over = "{written}"
        {model}
        """
    found = rows(text)["x.written_off"]
    month, first = 1200 / months, 22 / 31  # from 10 January on
    expected = [month * first, *[month] * (months - 1), month * (1 - first), *[0] * (23 - months)]
    assert found == pytest.approx(expected, abs=0.01)


# Currencies and schedules -----------------------------------------------------------------------------------------


def test_a_foreign_figure_is_worth_the_rate_of_its_month(rows: Rows) -> None:
    found = rows(
        FX
        + """
        [costs.euros]
        kind = "recurring"
        amount = "€100/month"
        [costs.pounds]
        kind = "recurring"
        amount = "GBP 100/month"
        [costs.dollars]
        kind = "recurring"
        amount = "100/month"
    """.replace("        ", "")
    )
    assert found["euros.cost"] == (125.0,) * 12
    assert found["pounds.cost"] == (150.0,) * 6 + (160.0,) * 6
    assert found["dollars.cost"] == (100.0,) * 12


def test_a_step_is_in_force_from_its_month_on(rows: Rows) -> None:
    found = rows("""
        [costs.x]
        kind = "recurring"
        amount = { "2024-06" = "$1/month", "2024-11" = "$2/month", "2025-03" = "$31/day", "2025-12" = "$12/year" }
    """)["x.cost"]
    assert found == (2, 2, 31 * 31, 31 * 30, 31 * 31, 31 * 30, 31 * 31, 31 * 31, 31 * 30, 31 * 31, 31 * 30, 1)


def test_the_order_in_which_steps_are_written_does_not_matter(rows: Rows) -> None:
    text = """
        [costs.x]
        kind = "recurring"
        amount = {{ {} }}
        """
    steps = ['"2025-01" = "$1/month"', '"2025-04" = "$2/month"', '"2025-09" = "$3/month"']
    assert rows(text.format(", ".join(steps)))["x.cost"] == rows(text.format(", ".join(reversed(steps))))["x.cost"]


def test_a_date_of_toml_and_one_in_quotes_are_the_same(rows: Rows) -> None:
    text = """
        [costs.x]
        kind = "one_off"
        amount = 5
        date = {}
        """
    assert rows(text.format(date(2025, 3, 10)))["x.cost"] == rows(text.format('"2025-03-10"'))["x.cost"]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("€1.2m", "€1.2M"), ("1.2 million", "1.2M"), ("$3bn/year", "$3B/year"), ("5k/mo", "5k/month"),
        ("$5 p.a.", "$5/year"), ("2x", "2"), ("50 bps", "0.5%"), ("10-15%", "10 to 15%"), ("~5000", "5000"),
        ("100 usd", "100 USD"), ("1e6", "1000000"), ("1,50,000.5 inr", "150000.5 INR"),
    ],
)  # fmt: skip
def test_what_is_nearly_a_figure_is_answered_with_it(text: str, meant: str) -> None:
    with pytest.raises(FigureError) as raised:
        read_amount(text)
    assert (raised.value.name, f'Write "{meant}"' in raised.value.text) == ("not-a-figure", True)
    for end in meant.split(" to "):
        read_amount(end)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("1.200.000,50", "1200000.50"), ("€1.200,5/month", "€1200.5/month"), ("1 200 000", "1200000"),
        ("1'200'000", "1200000"), ("12,5%", "12.5%"), ("1.200.000", "1200000"),
        ("€1.500/month", "€1.5/month"), ("€1.500/month", "€1500/month"), ("150.000", "150"), ("$2.345", "$2.3450"),
        ("1 200,50", "1200.50"), ("-12.000", "-12000"), ("1.500 to 2.500", "2.5"), ("1.500 days", "1500 days"),
    ],
)  # fmt: skip
def test_numbers_of_another_locale(text: str, meant: str) -> None:
    low, _, high = text.partition(" to ")
    with pytest.raises(FigureError) as raised:
        read_range(low, high) if high else read_amount(text)
    assert (raised.value.name, f'"{meant}"' in raised.value.text) == ("number-of-another-locale", True)
    read_amount(meant)


@pytest.mark.parametrize("text", ["12..5", "1.2.3", "1,,000", "1.234.5", "10 20", "1.23.456", "5 0000"])
def test_digits_in_no_groups_are_not_taken_for_a_number(text: str) -> None:
    with pytest.raises(FigureError) as raised:
        read_amount(text)
    assert (raised.value.name, raised.value.proposals) == ("not-a-figure", ())


@pytest.mark.parametrize(
    ("written", "proposals"),
    [
        ('"€1.2m"', ["€1.2M/month"]), ('"1.200.000,50"', ["1200000.50/month"]), ('"2x"', ["2/month"]),
        ('"1.500"', ["1.5/month", "1500/month"]), ("150.000", ["150/month", "150000/month"]),
        ("1500", ["1500/month"]), ('"5k/mo"', ["5k/month"]),
    ],
)  # fmt: skip
def test_what_to_write_for_a_flow_has_its_period(load: Load, written: str, proposals: list[str]) -> None:
    table = '[fx]\nEUR = 1\n[costs.x]\nkind = "recurring"\namount = {}\n'
    with pytest.raises(InputError) as raised:
        load(table.format(written))
    (problem,) = raised.value.problems
    for proposal in proposals:
        assert f'"{proposal}"' in problem.text
        load(table.format(f'"{proposal}"'))


@pytest.mark.parametrize("text", ["0.125", "1.125%", "1.500M", "1.2000", "1234.567", "1,500", "2.345 KWD", "1_500.250"])
def test_a_point_that_can_only_be_one(text: str) -> None:
    read_amount(text)


def test_a_currency_of_three_decimals_has_them() -> None:
    assert read_amount("1.500/month", "KWD").number == 1.5
    assert read_range("1.500", "2.250", "KWD")[1].number == 2.25
    assert read_range("1.500", "2.250M")[0].number == 1.5e6


@pytest.mark.parametrize("number", ["1.234", "20.125", "999.999", "0.125", "1234.567"])
def test_what_is_written_is_read_again(number: str) -> None:
    entry = Entry(read_amount("$5/month"), "$5/month")
    assert read_amount(figure_text(entry, Decimal(number))).number == float(number)


@pytest.mark.parametrize(
    ("dimension", "text", "number"),
    [
        (Dimension("share", low=0, high=100), "1.115", 1.115),
        (Dimension("count", high=500), "1.250", 1.25),
        (Dimension("months", high=600), "1.500 months", 1.5),
        (Dimension("share", low=0, high=1000), "1.115", None),
        (Dimension("money"), "1.115", None),
    ],
)
def test_a_point_before_three_digits_is_the_decimals_where_no_thousand_is_allowed(
    dimension: Dimension, text: str, number: float | None
) -> None:
    if number is not None:
        assert dimension.read(text, {"currency": "USD"}).number == number
        return
    with pytest.raises(FigureError, match=r'"1.1150"'):
        dimension.read(text, {"currency": "USD"})
