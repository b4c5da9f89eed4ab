"""What is left is counted from the last close, or from the day that is asked for."""

from __future__ import annotations

import json
import re
import shutil
from calendar import monthrange
from datetime import date

import openpyxl
import pytest
from openpyxl.utils import column_index_from_string

import runway
from runway.cli import main
from runway.engine.load import counted_from as with_day

BURNS = """
[model]
name = "A million, 50,000 a month"
start = "2026-01"
months = 36
opening_cash = 1_000_000
[costs.team]
kind = "recurring"
amount = "50_000/month"
[[checks]]
require = "runway.certain >= 18 months"
"""
GROWS = """
[model]
name = "A company that grows"
start = "2026-01"
months = 36
opening_cash = "900k"
minimum_cash = "20k"
[revenue.sales]
kind = "subscription"
opening = 100
signups = "4/month"
churn = "2%/month"
price = "$200/month"
collected_after = "30 days"
opening_receivable = 0
[costs.team]
kind = "headcount"
opening = 6
salary = "$90_000/year"
hires = { "2026-05-01" = 1 }
[costs.licence]
kind = "recurring"
amount = "$12_000/year"
every = "year"
month = 2
[funding.seed]
kind = "priced_round"
[[funding.seed.closings]]
name = "only"
date = "2027-03-15"  # once it is closed it is cash in hand
amount = "300k"
"""


def closed(tmp_path, text, months):
    """The file with so many months closed exactly as planned."""
    plan = tmp_path / "plan.toml"
    plan.write_text(text, encoding="utf-8")
    projection = runway.project(str(plan))
    lines = [row for row in projection.rows if row.split(".")[-1] in ("cost", "revenue") and row.count(".") == 1]
    lines = [row for row in lines if row.split(".")[0] not in ("total", "cash", "survival")]
    books = ["month,address,value"]
    for t in range(months):
        books += [f"{projection.months[t]},{row.split('.')[0]},{projection.rows[row][t]!r}" for row in lines]
        books.append(f"{projection.months[t]},cash,{projection.rows['cash'][t]!r}")
    (tmp_path / "books.csv").write_text("\n".join(books) + "\n", encoding="utf-8")
    path = tmp_path / "closed.toml"
    actuals = f'[actuals]\nfile = "books.csv"\nlast_close = "{projection.months[months - 1]}"\n'
    path.write_text(f"{text}\n{actuals}", encoding="utf-8")
    return str(path)


def test_a_year_closed_as_planned_leaves_eight_months(tmp_path, capsys):
    """1M and 50k a month last 20 months; 12 of them are over."""
    path = closed(tmp_path, BURNS, 12)
    projection = runway.project(path)
    (rung, *_) = projection.runway
    assert (rung.months, rung.months_from_start) == (8.0, 20.0)
    assert projection.static_runway == pytest.approx(8.0)
    assert projection.burn_window == ("2026-10", "2026-12")
    assert runway.sensitivity(path, ["team.amount"]).base.months == 8.0
    assert runway.scenarios(path).scenarios[0].runway[0].months == 8.0
    assert runway.solve(path, "team.amount", "runway >= 8 months").before.months == 8.0
    assert runway.simulate(path, paths=10).risk().runway[0].months == 8.0
    assert main(["check", path]) == 1
    assert "8.0 months" in capsys.readouterr().out
    assert main(["project", path, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["as_of"], told["closed"]) == ("2026-12-31", "2026-12-31")
    assert (told["runway"][0]["months"], told["runway"][0]["months_from_start"]) == (8.0, 20.0)
    assert main(["project", path]) == 0
    heading = " ".join(capsys.readouterr().out.split())
    assert "from 1 Jan 2027 (closed to 31 Dec 2026)" in heading


@pytest.mark.parametrize("months", [1, 2, 5, 9, 12])
@pytest.mark.parametrize("text", [BURNS, GROWS])
def test_months_closed_as_planned_change_no_day_and_are_taken_off(tmp_path, text, months):
    path = closed(tmp_path, text, months)
    plan, now = runway.project(str(tmp_path / "plan.toml")), runway.project(path)
    for before, after in zip(plan.runway, now.runway, strict=True):
        assert after.zero_cash_date == before.zero_cash_date
        assert after.lowest_cash == pytest.approx(before.lowest_cash, abs=0.01)
        assert after.months_from_start == before.months
        assert after.months == (None if before.months is None else pytest.approx(before.months - months))
    assert [n.date for n in now.raise_by] == [n.date for n in plan.raise_by]
    assert [(m.name, m.cushion) for m in now.milestones] == [(m.name, m.cushion) for m in plan.milestones]


DIPS = """
[model]
name = "Below the minimum for ten days of January"
start = "2026-01"
months = {months}
opening_cash = 1_000
minimum_cash = 900
counting = "conditional"
[costs.rent]
kind = "recurring"
amount = "310/month"
[funding.seed]
kind = "priced_round"
[[funding.seed.closings]]
name = "only"
date = "2026-01-21"
amount = 2_000
[[checks]]
require = "lowest cash >= -1000"
[actuals]
file = "books.csv"
last_close = "2026-01"
[actuals.mapping]
"Expenses:Rent" = "rent"
"Assets:Bank" = "cash"
"""


@pytest.mark.parametrize("months", [9, 15])
def test_a_day_of_a_closed_month_is_past(tmp_path, months):
    """Of 2,690 at the end of January, 1,140 are left at the end of June and 890 at that of 25 July, 10 a day later."""
    path = tmp_path / "dips.toml"
    path.write_text(DIPS.format(months=months), encoding="utf-8")
    (tmp_path / "books.csv").write_text(
        "date,account,amount\n2026-01-31,Expenses:Rent,310\n2026-01-31,Assets:Bank,1690\n", encoding="utf-8"
    )
    projection = runway.project(str(path))
    for rung in projection.runway:
        assert (rung.zero_cash_date, rung.months) == (date(2026, 7, 25), pytest.approx(5 + 24 / 31))
        assert rung.lowest_cash == rung.closing_cash == 2_690 - 310 * (months - 1)
        assert rung.funding_gap == 900 - rung.lowest_cash
    assert {raised.date for raised in projection.raise_by} == {date(2026, 1, 25)}
    for risk in runway.simulate(str(path), paths=10).risk().runway:
        assert risk.months == pytest.approx(5 + 24 / 31)
    assert runway.solve(str(path), "rent.amount", "runway >= 6 months").before.zero_cash_date == date(2026, 7, 25)


SURVIVED = """
[model]
name = "Below the minimum at the end of January"
start = "2026-01"
months = 12
opening_cash = 100
minimum_cash = 90
[revenue.sales]
kind = "recurring"
amount = "60/month"
growth = "2%/month"
[costs.rent]
kind = "recurring"
amount = "70/month"
[funding.grant]
kind = "grant"
amount = 500
date = "2026-02-10"
[actuals]
file = "books.csv"
last_close = "2026-03"
[actuals.mapping]
"Income" = "sales"
"Expenses" = "rent"
"Bank" = "cash"
"""


def test_who_has_survived_a_closed_month_is_not_dead_of_it(tmp_path):
    """80 at the end of January, 572 at that of March: costs held at the 80 of January, revenue rises as it did."""
    path, books = tmp_path / "survived.toml", ["date,account,amount"]
    path.write_text(SURVIVED, encoding="utf-8")
    for day, sales, rent, bank in (("01-31", 60, 80, -20), ("02-28", 60, 70, 500), ("03-31", 62, 70, -8)):
        books += [f"2026-{day},Income,{-sales}", f"2026-{day},Expenses,{rent}", f"2026-{day},Bank,{bank}"]
    (tmp_path / "books.csv").write_text("\n".join(books) + "\n", encoding="utf-8")
    projection = runway.project(str(path))
    assert projection.rows["cash"][:3] == (80, 580, 572)
    assert (projection.survival.alive, projection.survival.out_of_cash) == (True, None)


def test_who_is_below_the_minimum_at_the_close_has_nothing_left(tmp_path):
    path = tmp_path / "dips.toml"
    path.write_text(DIPS.format(months=9), encoding="utf-8")
    (tmp_path / "books.csv").write_text(
        "date,account,amount\n2026-01-31,Expenses:Rent,310\n2026-01-31,Assets:Bank,-200\n", encoding="utf-8"
    )
    rung = runway.project(str(path), set={"seed.only.date": "2026-03-01"}).runway[-1]
    assert (rung.zero_cash_date, rung.months) == (date(2026, 2, 1), 0)


@pytest.mark.parametrize("months", [1, 3, 9])
def test_where_all_is_closed_the_last_month_is_read(tmp_path, months):
    path = closed(tmp_path, BURNS.replace("months = 36", f"months = {months}"), months)
    assert {rung.lowest_cash for rung in runway.project(path).runway} == {1_000_000 - 50_000 * months}


@pytest.mark.parametrize(
    ("day", "left"),
    [
        ("2025-12-31", 20.0),
        ("2025-11-30", 21.0),  # before the plan begins
        ("2026-03-31", 17.0),
        ("2026-04-15", 16.5),  # 15 of 30 days of April
        ("2026-03", 17.0),
        ("2027-09-30", 0.0),  # out since August, and a day that is past is none to come
    ],
)
def test_a_day_asked_for(tmp_path, capsys, day, left):
    path = tmp_path / "a.toml"
    path.write_text(BURNS, encoding="utf-8")
    assert main(["project", str(path), "--as-of", day, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["runway"][0]["months"] == pytest.approx(left)


PAST = """
[model]
name = "Short in March, and again from June on"
start = "2026-01"
months = 12
opening_cash = 1_000
[costs.rent]
kind = "recurring"
amount = { value = "310/month", low = "309/month", high = "311/month" }
[costs.machine]
kind = "one_off"
amount = 600
date = "2026-03-05"
[revenue.prize]
kind = "one_off"
amount = 1_200
date = "2026-03-11"
[wind_down]
other = 100
"""


@pytest.mark.parametrize(
    ("day", "out", "decided"),
    [
        ("2026-02-28", date(2026, 3, 5), date(2026, 3, 4)),
        ("2026-03-04", date(2026, 3, 5), date(2026, 3, 4)),
        ("2026-03-06", date(2026, 3, 7), date(2026, 3, 4)),  # short still
        ("2026-03-10", date(2026, 6, 5), date(2026, 5, 26)),  # the first day that counts is that of the prize
        ("2026-03-20", date(2026, 6, 5), date(2026, 5, 26)),
        ("2026-04-30", date(2026, 6, 5), date(2026, 5, 26)),
    ],
)
def test_who_is_there_as_of_a_day_was_not_out_before_it(tmp_path, day, out, decided):
    """380 at the end of February, 270 below zero from 5 March, 670 at its end: 10 of June's days are 50 too few."""
    path = tmp_path / "past.toml"
    path.write_text(PAST, encoding="utf-8")
    plan = runway.load(str(path), set={"model.as_of": day})
    rung = runway.project(plan).runway[0]
    left = (out.year * 12 + out.month - 1 - 2026 * 12) + (out.day - 1) / monthrange(out.year, out.month)[1]
    assert (rung.zero_cash_date, rung.months) == (out, pytest.approx(left - plan.model.base))
    assert runway.scenarios(plan).scenarios[0].runway[0].zero_cash_date == out
    assert runway.solve(plan, "rent.amount", "runway >= 1 month").before.zero_cash_date == out
    reserve = runway.project(plan).wind_down
    assert reserve is not None
    assert reserve.decide_by["cash in hand"] == decided
    for engine in ("numpy", "compiled") if shutil.which("cc") else ("numpy",):
        (_, _, median, *_) = runway.simulate(plan, paths=500, engine=engine).risk().runway
        assert median.months == pytest.approx(left - plan.model.base)


def test_money_that_was_short_before_the_day_is_part_of_peak_need(tmp_path):
    path = tmp_path / "past.toml"
    text = PAST.replace('kind = "recurring"', 'kind = "recurring"\nend = "2026-03"')
    path.write_text(text.replace("amount = 1_200", "amount = 9_000"), encoding="utf-8")
    found = runway.project(runway.load(str(path), set={"model.as_of": "2026-03-20"}))
    assert (found.peak_need, found.peak_need_date) == (pytest.approx(620 + 100 + 600), date(2026, 3, 10))


@pytest.mark.parametrize(("day", "says"), [("2030-01-01", "after the last month"), ("soon", "as_of")])
def test_a_day_that_says_nothing(tmp_path, capsys, day, says):
    path = tmp_path / "a.toml"
    path.write_text(BURNS, encoding="utf-8")
    assert main(["project", str(path), "--as-of", day]) == 2
    assert says in capsys.readouterr().err


def test_on_a_day_before_the_books_end_they_are_closed_by_then(tmp_path):
    """A year closed as planned, as of June: 14 of the 20 months are left."""
    found = runway.project(closed(tmp_path, BURNS, 12), set={"model.as_of": "2026-06-30"})
    assert (str(found.closed), found.runway[0].months) == ("2026-06-30", 14.0)


def test_survival_goes_on_from_the_last_closed_months(tmp_path):
    """The first months cost 10,000, the last three closed ones 50,000: cash of 150,000 lasts three months more."""
    text = BURNS.replace(
        'amount = "50_000/month"', 'amount = { "2026-01" = "10_000/month", "2026-04" = "50_000/month" }'
    ).replace("1_000_000", "330_000")
    survival = runway.project(closed(tmp_path, text, 6)).survival
    assert survival.expenses == 50_000
    assert str(survival.out_of_cash) == "2026-10-01"


def test_a_portfolio_counts_from_one_day(tmp_path):
    """A company of 20 months, a year of it closed: 8 are left at the close, whether it has been closed or not."""
    closed(tmp_path, BURNS, 12)  # plan.toml, and closed.toml beside it
    (tmp_path / "plan.toml").write_text(BURNS.replace("A million", "The plan"), encoding="utf-8")
    for day, left in ((date(2026, 12, 31), 8.0), (date(2027, 1, 31), 7.0)):
        same = runway.portfolio(str(tmp_path), paths=20, as_of=day)
        assert same.as_of == day
        assert [company.months for company in same.companies] == [left, left]
        assert [company.within_a_year.value for company in same.companies] == [1.0, 1.0]


def test_a_portfolio_compiles_each_company_once(tmp_path, monkeypatch):
    """The day is known before the formulas are made; the books are read once, too."""
    from runway.engine import load

    closed(tmp_path, BURNS, 12)
    compiled = []
    make = load.compile_model
    monkeypatch.setattr(
        load, "compile_model", lambda model, *rest: compiled.append(model.base_day) or make(model, *rest)
    )
    day = date(2027, 1, 31)
    companies = runway.portfolio(str(tmp_path), paths=0, workers=1, as_of=day).companies
    assert len(compiled) == len(companies)
    compiled.clear()
    runway.portfolio(str(tmp_path), paths=0, workers=1)
    assert len(compiled) == len(companies)


def test_a_portfolio_counts_from_a_day_in_the_first_month(tmp_path):
    """On 31 January 19 of 20 months are left to the plan, and to the one whose year is closed by now."""
    closed(tmp_path, BURNS, 12)
    (tmp_path / "plan.toml").write_text(BURNS.replace("A million", "The plan"), encoding="utf-8")
    assert [one.months for one in runway.portfolio(str(tmp_path), paths=20, as_of=date(2026, 1, 31)).companies] == [
        19,
        19,
    ]


def test_a_portfolio_without_a_day_counts_from_today(tmp_path, capsys):
    """Who has not begun, or whose plan has ended, counts from a day of its own, and that is told."""
    today = date.today()
    for name, years in (("past", -9), ("begun", 0), ("coming", 2)):
        text = BURNS.replace("A million, 50,000 a month", name).replace("2026-01", f"{today.year + years}-01")
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
    found = {company.model: company for company in runway.portfolio(str(tmp_path), paths=0).companies}
    assert found["begun"].as_of == today
    assert found["begun"].months == pytest.approx(
        20 - today.month + 1 - today.day / monthrange(today.year, today.month)[1]
    )
    assert [found[name].as_of.year for name in ("past", "coming")] == [today.year - 10, today.year + 1]
    assert main(["portfolio", str(tmp_path), "--paths", "0"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "Counted from a day of their own" in out
    assert f"past from 31 Dec {today.year - 10}" in out
    assert f"coming from 31 Dec {today.year + 1}" in out


def test_companies_of_one_name_are_told_by_their_files(tmp_path, capsys):
    year = date.today().year + 2
    for name in ("one", "other"):
        (tmp_path / f"{name}.toml").write_text(BURNS.replace("2026-01", f"{year}-01"), encoding="utf-8")
    assert main(["portfolio", str(tmp_path), "--paths", "0"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert f": one.toml from 31 Dec {year - 1}, other.toml from 31 Dec {year - 1}." in out


def test_a_close_as_planned_changes_nothing_in_a_comparison(tmp_path):
    """Both sides are counted from the close, so that the months that are over are no change."""
    path = closed(tmp_path, BURNS, 12)
    for sides in ((str(tmp_path / "plan.toml"), path), (path, str(tmp_path / "plan.toml"))):
        told = runway.compare(*sides)
        assert [rung.months for rung in told.outcomes] == [8.0, 8.0]


def test_what_is_beyond_the_horizon_counts_what_is_left_of_it(tmp_path):
    """At 50,000 a month 8 of the 24 months that are left; at 10,000 beyond them, which stands for 24."""
    cost = 'amount = { value = "50_000/month", low = "10_000/month", high = "50_000/month", confidence = "low" }'
    path = closed(tmp_path, BURNS.replace('amount = "50_000/month"', cost), 12)
    (swing,) = [one for one in runway.sensitivity(path, (), everything=True).tornado if one.address == "team.amount"]
    assert (swing.at_low.months, swing.at_high.months, swing.swing) == (None, 8.0, 24 - 8.0)
    (source,) = [one for one in runway.sources(path).sources if one.source is None]
    assert source.swing == pytest.approx(24 - source.worst.months)


@pytest.mark.proof
def test_the_workbook_averages_the_burn_that_it_names(tmp_path):
    """Three months of 50,000 after nine of 10,000: the average is that of the three."""
    text = BURNS.replace(
        'amount = "50_000/month"', 'amount = { "2026-01" = "10_000/month", "2026-10" = "50_000/month" }'
    )
    path, book = closed(tmp_path, text, 12), tmp_path / "book.xlsx"
    assert main(["export", path, str(book)]) == 0
    sheet = openpyxl.load_workbook(book)["Summary"]
    values = openpyxl.load_workbook(book, data_only=True)["Summary"]
    averages = [cell for row in sheet for cell in row if str(cell.value).startswith("=AVERAGE(")]
    assert len(averages) == 2
    for cell in averages:
        first, last = re.findall(r"\$([A-Z]+)\$", cell.value)
        assert column_index_from_string(last) - column_index_from_string(first) == 2
        assert values[cell.coordinate].value == pytest.approx(50_000)


def test_the_explanation_says_from_which_day(tmp_path, capsys):
    assert main(["explain", closed(tmp_path, BURNS, 12), "runway"]) == 0
    assert "the months from the end of 31 Dec 2026 to" in " ".join(capsys.readouterr().out.split())


def test_what_happened_in_closed_months_is_one_change_of_a_comparison(tmp_path):
    """50,000 less spent in a closed month is a month more; what else was changed is told apart from it."""
    closed(tmp_path, BURNS, 12)
    books = tmp_path / "books.csv"
    rows = [line.rsplit(",", 1) for line in books.read_text(encoding="utf-8").splitlines()]
    cheaper = [[head, "0" if head == "2026-12,team" else value] for head, value in rows if ",cash" not in head]
    books.write_text("\n".join(",".join(row) for row in cheaper), encoding="utf-8")
    (tmp_path / "plan.toml").write_text(BURNS, encoding="utf-8")
    found = runway.compare(str(tmp_path / "plan.toml"), str(tmp_path / "closed.toml"))
    assert found.why_not is None
    assert [(effect.name, round(effect.effect, 6)) for effect in found.effects] == [("actuals", 1.0)]
    text = (tmp_path / "closed.toml").read_text(encoding="utf-8")
    (tmp_path / "closed.toml").write_text(text.replace("1_000_000", "1_050_000"), encoding="utf-8")
    found = runway.compare(str(tmp_path / "plan.toml"), str(tmp_path / "closed.toml"))
    assert {effect.name: round(effect.effect, 6) for effect in found.effects} == {
        "actuals": 1.0,
        "model.opening_cash": 1.0,
    }
    later = (tmp_path / "closed.toml").read_text(encoding="utf-8").replace("2026-12", "2026-11")
    (tmp_path / "earlier.toml").write_text(later, encoding="utf-8")
    found = runway.compare(str(tmp_path / "earlier.toml"), str(tmp_path / "closed.toml"))
    assert [(effect.name, round(effect.effect, 6)) for effect in found.effects] == [("actuals", 1.0)]


@pytest.mark.parametrize(
    "command",
    [
        ["project"], ["check"], ["scenarios"], ["simulate", "--paths", "50"], ["clause"], ["sources"],
        ["sensitivity", "--param", "burn"], ["solve", "--so-that", "runway >= 24 months"],
    ],
)  # fmt: skip
def test_every_head_says_from_which_day_what_is_left_is_counted(tmp_path, capsys, command):
    """Also in the JSON; nothing is said where the plan is counted from its start."""
    file = closed(tmp_path, BURNS, 12)
    name, *options = command
    assert main([name, file, *options]) in (0, 1)
    said = " ".join(capsys.readouterr().out.split())
    assert "· from 1 Jan 2027 (closed to 31 Dec 2026)" in said
    assert main([name, file, *options, "--json"]) in (0, 1)
    assert json.loads(capsys.readouterr().out)["as_of"] == "2026-12-31"
    assert main([name, str(tmp_path / "plan.toml"), *options]) in (0, 1)
    assert " from 1 Jan" not in capsys.readouterr().out


def test_the_odds_of_a_year_are_counted_from_the_close(tmp_path, capsys):
    """Of 36 months 12 are closed: the ends of the two years that are left."""
    assert main(["simulate", closed(tmp_path, BURNS, 12), "--paths", "50"]) == 0
    out = capsys.readouterr().out
    assert re.search(r"OUT OF CASH +by Dec 2027 +by Dec 2028\n", out)


def test_what_a_company_of_a_portfolio_holds_is_that_of_its_rung(tmp_path):
    """300,000 that are only planned for March do not count in June where runway does not count them."""
    text = GROWS.replace('kind = "priced_round"', 'kind = "priced_round"\nstatus = "planned"').replace("2027", "2026")
    (tmp_path / "plan.toml").write_text(text, encoding="utf-8")
    day = date(2026, 6, 30)
    counted, planned = (
        runway.portfolio(str(tmp_path), paths=0, as_of=day, counting=rung).companies[0]
        for rung in ("certain", "planned")
    )
    assert planned.cash - counted.cash == pytest.approx(300_000)


@pytest.mark.parametrize(
    ("day", "counted"),
    [("2025-12-30", None), ("2025-12-31", 0), ("2026-01-01", 1 / 31), ("2028-12-31", 36), ("2029-01-01", None)],
)
def test_what_is_left_is_counted_from_a_day_of_the_months_or_the_one_before_them(tmp_path, day, counted):
    (tmp_path / "a.toml").write_text(BURNS, encoding="utf-8")
    plan = with_day(runway.load(str(tmp_path / "a.toml"), set={"model.as_of": "2026-02-10"}), date.fromisoformat(day))
    assert plan.model.base == pytest.approx(1 + 10 / 28 if counted is None else counted)
