"""The model as it was known on a day: books closed by then, figures of then, and what had happened."""

from __future__ import annotations

import json
from datetime import date

import pytest

import runway
from runway.answers.known import known
from runway.cli import main
from runway.engine.ladder import runner_of
from runway.errors import InputError

COMPANY = """
[model]
name = "Fern"
start = "2026-01"
months = 24
opening_cash = "300k"
[sources.letter]
title = "Letter of the landlord"
as_of = "2026-03-10"
[events.licence]
date = "2026-04-20"
probability = "60%"
[costs.team]
kind = "recurring"
amount = "30k/month"
[costs.rent]
kind = "recurring"
amount = [
  { value = "4k/month", as_of = "2025-12-31" },
  { value = "5k/month", source = "letter" },
  { value = "6k/month", as_of = "2026-08-31" },
]
[funding.seed]
kind = "priced_round"
[[funding.seed.closings]]
name = "first"
date = "2026-02-10"
amount = "100k"
[[funding.seed.closings]]
name = "second"
date = "2026-05-15"
amount = "200k"
requires = "licence"
"""


@pytest.fixture
def fern(tmp_path):
    path = tmp_path / "fern.toml"
    path.write_text(COMPANY, encoding="utf-8")
    return str(path)


def as_of(path, day, **changes):
    return runway.project(path, set={"model.as_of": day, **changes})


BANK = """
[actuals]
last_close = "2026-03"
[actuals.files.bank]
file = "bank.csv"
[[actuals.rules]]
match = "rent"
line = "rent"
"""


@pytest.mark.parametrize("form", ["statement", "ledger"])
def test_within_the_first_month_the_bank_says_what_is_held(tmp_path, form):
    """302,000 on 7 January; the plan has 300,000 less 7 days of the 34,000 of the month: 9,677.42 more than planned."""
    rows = "date,description,amount\n2026-01-05,customer,5000\n2026-01-07,rent,-3000\n2026-01-20,rent,-999\n"
    text = BANK
    if form == "ledger":
        rows = "date,account,amount\n2026-01-05,bank,5000\n2026-01-07,bank,-3000\n2026-01-20,bank,-999\n"
        text = '[actuals]\nlast_close = "2026-03"\nfile = "bank.csv"\n[actuals.mapping]\nbank = "cash"\n'
    (tmp_path / "bank.csv").write_text(rows, encoding="utf-8")
    (tmp_path / "fern.toml").write_text(COMPANY + text, encoding="utf-8")
    found = as_of(str(tmp_path / "fern.toml"), "2026-01-07")
    assert found.rows["unreconciled.cash"][:2] == pytest.approx((2000 + 7 / 31 * 34_000, 0), abs=0.01)
    assert found.rows["cash"][0] == pytest.approx(302_000 - 24 / 31 * 34_000, abs=0.01)
    assert known(runway.load(str(tmp_path / "fern.toml"), set={"model.as_of": "2026-01-07"})).bank == date(2026, 1, 7)
    assert runway.statements(str(tmp_path / "fern.toml"), set={"model.as_of": "2026-01-07"}) is not None
    planned = as_of(str(tmp_path / "fern.toml"), "2025-12-31")
    assert planned.rows["cash"][0] == 300_000 - 34_000


@pytest.mark.parametrize(
    ("day", "rent"), [("2026-01-31", 4000), ("2026-03-09", 4000), ("2026-03-10", 5000), ("2026-09", 6000)]
)
def test_a_figure_by_day_is_what_was_known(fern, day, rent):
    assert as_of(fern, day).rows["rent.cost"][0] == rent
    assert runway.project(fern).rows["rent.cost"][0] == 6000


def test_a_list_that_is_changed_is_changed_whole(fern):
    assert as_of(fern, "2026-01-31", **{"rent.amount": "7k/month"}).rows["rent.cost"][0] == 7000
    assert as_of(fern, "2026-01-31", **{"rent.amount": "+10%"}).rows["rent.cost"][0] == pytest.approx(4400)
    with pytest.raises(InputError, match="is of 2025-12-31 and was not known on 2025-11-30"):
        as_of(fern, "2025-11-30")


def test_a_valuation_by_day_keeps_the_basis_of_each(tmp_path):
    text = COMPANY.replace(
        'kind = "priced_round"',
        'kind = "priced_round"\nvaluation = [{ value = "2M", basis = "pre_money", as_of = "2026-01-05" },'
        ' { value = "3M", basis = "post_money", as_of = "2026-04-01" }]',
    )
    path = tmp_path / "a.toml"
    path.write_text(text, encoding="utf-8")

    def valuation(**changes):
        model = runway.load(str(path), set=changes).model
        (seed,) = model.section("funding")
        return seed.part.valuation.basis, seed.part.valuation.figure.number

    assert valuation() == ("post_money", 3e6)
    assert valuation(**{"model.as_of": "2026-02-28"}) == ("pre_money", 2e6)
    assert valuation(**{"seed.valuation": "4M"}) == ("post_money", 4e6)


def test_money_that_has_come_is_in_hand_and_what_is_open_is_conditional(fern):
    """100k of 10 February; 200k of 15 May hang on a licence of 20 April."""
    day = {"2026-02-09": (0, 100_000), "2026-02-10": (100_000, 100_000), "2026-04-20": (100_000, 300_000)}
    for asked, (in_hand, certain) in day.items():
        found = as_of(fern, asked)
        spent = sum(found.rows["team.cost"]) + sum(found.rows["rent.cost"])
        assert found.closing_cash["cash in hand"][-1] == pytest.approx(300_000 + in_hand - spent)
        assert found.closing_cash["+ certain"][-1] == pytest.approx(300_000 + certain - spent)
        assert found.closing_cash["+ conditional"][-1] == pytest.approx(600_000 - spent)
    states = {closing.address: closing.status for closing in as_of(fern, "2026-02-15").closings}
    assert states == {"seed.first": "drawn", "seed.second": "conditional"}
    states = {closing.address: closing.status for closing in as_of(fern, "2026-04-30").closings}
    assert states == {"seed.first": "drawn", "seed.second": "due"}


def test_what_has_happened_is_not_drawn(fern):
    def odds(day):
        plan = runway.load(fern, set={"model.as_of": day})
        return {one.address: one.probability.value for one in runway.simulate(plan, paths=2000).closings}

    assert odds("2026-04-19")["seed.second"] == pytest.approx(0.6, abs=0.05)
    assert odds("2026-04-20")["seed.second"] == 1.0


LEDGER = """date,account,amount
2026-01-31,Bank,-30000
2026-01-31,Team,30000
2026-02-28,Bank,-31000
2026-02-28,Team,31000
2026-03-31,Bank,-90000
2026-03-31,Team,90000
"""
BOOKS = """
[model]
name = "Fern"
start = "2026-01"
months = 24
opening_cash = "300k"
[costs.team]
kind = "recurring"
amount = "30k/month"
[actuals]
file = "books.csv"
last_close = "2026-03"
mapping = { Bank = "cash", Team = "team" }
"""


@pytest.fixture
def books(tmp_path):
    (tmp_path / "books.csv").write_text(LEDGER, encoding="utf-8")
    path = tmp_path / "closed.toml"
    path.write_text(BOOKS, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("day", "closed", "cash"),
    [
        ("2026-01-30", None, (270_000, 240_000, 210_000)),  # no month has ended: the plan
        ("2026-01-31", "2026-01-31", (270_000, 240_000, 210_000)),
        ("2026-02-28", "2026-02-28", (270_000, 239_000, 209_000)),
        ("2026-03-30", "2026-02-28", (270_000, 239_000, 209_000)),
        ("2026-03-31", "2026-03-31", (270_000, 239_000, 149_000)),
        ("2026-06-30", "2026-03-31", (270_000, 239_000, 149_000)),
    ],
)
def test_the_books_close_with_the_last_month_that_has_ended(books, day, closed, cash):
    found = as_of(str(books), day)
    assert (found.closed and str(found.closed)) == closed
    assert found.rows["cash"][:3] == pytest.approx(cash)
    assert str(found.as_of) == day


def test_a_month_that_is_closed_later_changes_nothing_before_it(books, tmp_path, capsys):
    """The look-ahead guard: whatever later rows say, the same bytes."""

    def printed():
        assert main(["project", str(books), "--as-of", "2026-02-28", "--full", "--no-pager"]) == 0
        return capsys.readouterr().out

    before = printed()
    (tmp_path / "books.csv").write_text(LEDGER.replace("90000", "77123"), encoding="utf-8")
    assert printed() == before


def test_every_report_says_what_was_known(books, fern, capsys):
    for command in ("project", "check", "variance", "scenarios", "sensitivity", "sources"):
        assert main([command, str(books), "--as-of", "2026-02-28"]) == 0
        assert "as of 28 Feb 2026: closed to Feb 2026, 2 undated" in capsys.readouterr().out
    for words in (["--markdown"], ["--html", "-"], []):
        assert main(["project", fern, "--as-of", "2026-02-28", *words]) == 0
        said = " ".join(capsys.readouterr().out.split())
        assert "as of 28 Feb 2026: no books, 1 figure of later date taken at its earlier value, 8 undated" in said
    assert main(["explain", fern, "rent", "--as-of", "2026-02-28"]) == 0
    assert "as of 28 Feb 2026" in capsys.readouterr().out
    assert main(["project", fern, "--as-of", "2026-02-28", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["known"]
    assert (told["as_of"], told["closed"], told["earlier"]) == ("2026-02-28", None, ["rent.amount"])
    assert told["undated"][:2] == ["model.opening_cash", "team.amount"]


def test_nothing_is_said_where_no_day_is_asked_for(fern, capsys):
    assert main(["project", fern]) == 0
    assert "as of" not in capsys.readouterr().out
    assert main(["project", fern, "--json"]) == 0
    assert "known" not in json.loads(capsys.readouterr().out)


def test_a_check_of_a_later_source_is_left_out(tmp_path, capsys):
    text = f'{COMPANY}[[checks]]\nrequire = "runway >= 23 months"\nsource = "letter"\n'
    path = tmp_path / "a.toml"
    path.write_text(text, encoding="utf-8")
    assert main(["check", str(path), "--as-of", "2026-03-10"]) == 1
    capsys.readouterr()
    assert main(["check", str(path), "--as-of", "2026-02-28"]) == 0
    assert "1 check of a later source left out" in " ".join(capsys.readouterr().out.split())


def test_openai_on_the_day_of_the_analysis():
    """9 May 2025: 10B has come, of the 30B SoftBank may keep back 10B, and no odds are made up."""
    plan = runway.load("openai-2025", set={"model.as_of": "2025-05-09"})
    found = runway.project(plan)
    closings = {closing.address: closing for closing in found.closings}
    assert closings["softbank_round.first"].status == "drawn"
    assert closings["softbank_round.second"].status == "conditional"
    assert "hangs on conversion_clause" in closings["softbank_round.second"].reason
    states = {clause.address.rpartition(".")[2]: clause.status for clause in found.clauses}
    assert states == {"conversion_clause": "open", "whole_round_clause": "waived"}
    received = {counting: cash[-1] for counting, cash in found.closing_cash.items()}
    assert received["+ conditional"] - received["+ certain"] == pytest.approx(10e9, rel=0.1)  # and what it earns
    assert known(plan).earlier == ()
    simulated = runway.simulate(plan, paths=200)
    assert simulated.without_odds == ("conversion", "microsoft_approval", "attorney_general_approval")
    assert {one.probability.value for one in simulated.clauses} == {0.0}
    assert {one.probability.value for one in simulated.closings} == {1.0}


def test_openai_before_and_after_the_analysis():
    """Before it what the analysis says of the round is refused by name; in mid-December the conversion has come."""
    with pytest.raises(InputError) as refused:
        runway.load("openai-2025", set={"model.as_of": "2025-05-08"})
    told = [problem.text for problem in refused.value.problems]
    assert {problem.name for problem in refused.value.problems} == {"later-figure"}
    assert all("2025-05-09 (source_002) and was not known on 2025-05-08" in text for text in told)
    after = runway.project("openai-2025", set={"model.as_of": "2025-12-15"})
    assert after.closing_cash["+ certain"] == after.closing_cash["+ conditional"]
    assert [clause.status for clause in after.clauses] == ["does not bite", "waived"]
    with pytest.raises(InputError, match="2024-07-31"):
        runway.load("openai-2024", set={"model.as_of": "2024-07-30"})
    assert runway.project("openai-2024", set={"model.as_of": "2024-07-31"}).runway[0].months == pytest.approx(12, 0.01)


def test_counting_from_the_same_day_in_a_comparison_asks_for_no_knowledge(books, tmp_path):
    """The later close is only counted from: a figure of a later source stays."""
    text = BOOKS.replace('"30k/month"', '{ value = "30k/month", as_of = "2026-07-01" }')
    (tmp_path / "later.toml").write_text(text, encoding="utf-8")
    plan = text[: text.index("[actuals]")]
    (tmp_path / "plan.toml").write_text(plan, encoding="utf-8")
    runway.compare(str(tmp_path / "plan.toml"), str(tmp_path / "later.toml"))
    with pytest.raises(InputError, match="2026-07-01"):
        runway.compare(str(tmp_path / "plan.toml"), str(tmp_path / "later.toml"), as_of="2026-03-31")


DAILY = """date,account,amount
2026-01-31,Bank,-30000
2026-01-31,Team,30000
2026-02-28,Bank,-31000
2026-02-28,Team,31000
2026-03-05,Bank,-40000
2026-03-05,Team,40000
2026-03-15,Bank,-10000
2026-03-15,Team,10000
2026-03-16,Bank,7000
2026-03-16,Team,-7000
"""


@pytest.mark.parametrize(
    ("day", "held"),
    [("2026-03-04", None), ("2026-03-05", 199_000), ("2026-03-15", 189_000), ("2026-03-16", 196_000)],
)
def test_within_a_month_the_bank_says_what_is_held(books, tmp_path, day, held):
    """What is left of the month's 30,000 is spread over its other days; without a row of the bank the plan stands."""
    (tmp_path / "books.csv").write_text(DAILY, encoding="utf-8")
    plan = runway.load(str(books), set={"model.as_of": day})
    found = runway.project(plan)
    passed = int(day[-2:])
    left = 239_000 - 30_000 if held is None else held - 30_000 * (31 - passed) / 31
    assert found.rows["cash"][2:4] == pytest.approx((left, left - 30_000), abs=0.01)
    said = known(plan)
    assert said is not None
    assert said.bank == (None if held is None else date.fromisoformat(day))
    runner = runner_of(plan)
    cash, _ = runner.days(runner.engine.run(), {}).month(2)
    if held is not None:
        assert cash(passed) == pytest.approx(held, abs=0.01)
        assert cash(passed + 1) == pytest.approx(held - 30_000 / 31, abs=0.01)
    months = found.runway[0].months
    assert months == pytest.approx(left / 30_000 + (31 - passed) / 31, abs=0.05)


def test_an_unclosed_month_between_is_the_banks_too(books, tmp_path, capsys):
    """Closed to February, as of 10 April: the bank has March as well."""
    (tmp_path / "books.csv").write_text(f"{DAILY}2026-04-10,Bank,-5000\n2026-04-10,Team,5000\n", encoding="utf-8")
    books.write_text(BOOKS.replace('"2026-03"', '"2026-02"'), encoding="utf-8")
    assert as_of(str(books), "2026-04-10").rows["cash"][3] == pytest.approx(191_000 - 30_000 * 20 / 30, abs=0.01)
    for changes in ({"team.amount": "50k/month"}, {"burn": "0.5"}):  # what is held is held whatever is planned
        rest = 20 / 30 * (50_000 if "team.amount" in changes else 15_000)
        assert as_of(str(books), "2026-04-10", **changes).rows["cash"][3] == pytest.approx(191_000 - rest, abs=0.01)
    assert main(["project", str(books), "--as-of", "2026-04-10"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "as of 10 Apr 2026: closed to Feb 2026, the bank to 10 Apr 2026, 2 undated" in out
    assert main(["explain", str(books), "unreconciled", "2026-04", "--as-of", "2026-04-10"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "what the bank held on 10 Apr 2026 beside what the plan has then" in out


def test_exports_of_a_bank_say_what_is_held(tmp_path):
    """The same bank as an export of its own, read up to the day."""
    bank = (
        "Details,Posting Date,Description,Amount,Type,Balance,Check or Slip #\n"
        'CREDIT,03/20/2026,"Refund",1000.00,ACH_CREDIT,190000.00,,\n'
        'DEBIT,03/15/2026,"Payroll",-50000.00,ACH_DEBIT,189000.00,,\n'
        'DEBIT,02/28/2026,"Payroll",-31000.00,ACH_DEBIT,239000.00,,\n'
        'DEBIT,01/31/2026,"Payroll",-30000.00,ACH_DEBIT,270000.00,,\n'
    )
    (tmp_path / "bank.csv").write_text(bank, encoding="utf-8")
    text = BOOKS[: BOOKS.index("[actuals]")] + '[actuals]\nlast_close = "2026-02"\n[actuals.files.bank]\n'
    text += 'file = "bank.csv"\naccount = "cash"\n[[actuals.rules]]\nmatch = "payroll"\nline = "team"\n'
    path = tmp_path / "a.toml"
    path.write_text(text, encoding="utf-8")
    found = as_of(str(path), "2026-03-16")
    assert found.rows["cash"][1:3] == pytest.approx((239_000, 189_000 - 30_000 * 15 / 31), abs=0.01)


AUTO = """
[model]
name = "Kiln"
start = "2026-04"
months = 12
opening_cash = "80k"
[revenue.pots]
kind = "recurring"
amount = "12k/month"
growth = "3%/month"
[costs.crew]
kind = "recurring"
amount = "18k/month"
[actuals]
last_close = "auto"
[actuals.files.bank]
file = "bank.csv"
[[actuals.rules]]
match = "customer"
line = "pots"
[[actuals.rules]]
match = "payroll"
line = "crew"
"""


@pytest.mark.parametrize(
    ("day", "closed"),
    [("2026-04-20", "no month closed, the bank to 20 Apr 2026"), ("2026-05-20", "closed to Apr 2026, the bank to")],
)
def test_books_that_close_of_themselves_close_by_the_day(tmp_path, capsys, day, closed):
    """The unit of the tables is of the file as it is, whose books are closed with a later month than on the day."""
    rows = "date,description,amount\n2026-04-15,customer,13500\n2026-04-30,payroll,-18000\n"
    rows += "2026-05-15,customer,12400\n2026-05-31,payroll,-18000\n"
    (tmp_path / "bank.csv").write_text(rows, encoding="utf-8")
    (tmp_path / "kiln.toml").write_text(AUTO, encoding="utf-8")
    assert main(["project", str(tmp_path / "kiln.toml"), "--as-of", day]) == 0
    assert closed in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize("close", ["auto", "2026-05"])
def test_before_the_first_month_the_books_say_what_the_opening_cash_is(tmp_path, close):
    rows = "date,description,amount,balance\n2026-04-15,customer,13500,93500\n2026-04-30,payroll,-18000,75500\n"
    rows += "2026-05-15,customer,12400,87900\n2026-05-31,payroll,-18000,69900\n"
    (tmp_path / "bank.csv").write_text(rows, encoding="utf-8")
    text = AUTO.replace('opening_cash = "80k"\n', "").replace('"auto"', f'"{close}"\nopening = "books"')
    (tmp_path / "kiln.toml").write_text(text, encoding="utf-8")
    found = as_of(str(tmp_path / "kiln.toml"), "2026-03-15")
    assert found.rows["opening_cash"][0] == 80_000
    assert found.rows["crew.cost"][0] == 18_000


@pytest.mark.parametrize(("day", "held"), [("2026-04-03", 79_900), ("2026-04-16", 93_400), ("2026-05-02", 75_460)])
def test_an_account_without_a_row_by_the_day_holds_what_it_held(tmp_path, capsys, day, held):
    """The main account has none before 15 April, the savings none but those of 3 April and 2 May."""
    main_rows = "2026-04-15,customer,13500,83500\n2026-04-30,payroll,-18000,65500\n2026-05-31,payroll,-18000,47500\n"
    savings = "2026-04-03,payroll,-100,9900\n2026-05-02,customer,60,9960\n2026-05-31,customer,1,9961\n"
    for name, rows in (("bank", main_rows), ("savings", savings)):
        (tmp_path / f"{name}.csv").write_text(f"date,description,amount,balance\n{rows}", encoding="utf-8")
    text = AUTO.replace("[[actuals.rules]]", '[actuals.files.savings]\nfile = "savings.csv"\n[[actuals.rules]]', 1)
    (tmp_path / "kiln.toml").write_text(text, encoding="utf-8")
    assert main(["project", str(tmp_path / "kiln.toml"), "--as-of", day]) == 0
    assert f"the bank to {date.fromisoformat(day).day} " in " ".join(capsys.readouterr().out.split())
    found, month = as_of(str(tmp_path / "kiln.toml"), day), int(day[6]) - 4
    days, gone = (30, 31)[month], date.fromisoformat(day).day
    rest = (12_000 * 1.03**month - 18_000) * (days - gone) / days
    if month == 0:
        assert found.rows["cash"][0] == pytest.approx(held + rest, abs=0.01)


@pytest.mark.parametrize(
    ("day", "held"),
    [("2026-04-19", 80_000), ("2026-04-22", 80_000), ("2026-05-10", 62_000)],
)
def test_what_is_on_its_way_between_accounts_is_held_on_a_day_too(tmp_path, day, held):
    """5,000 go from the bank to the savings and come back; both take three days, the second over the close of April."""
    bank = "2026-04-18,to savings,-5000,65000\n2026-04-30,payroll,-18000,47000\n2026-05-03,from savings,5000,52000\n"
    savings = "2026-04-01,interest,0.00,10000\n2026-04-21,from bank,5000,15000\n2026-04-30,to bank,-5000,10000\n"
    ends = {"bank": "2026-05-31,payroll,-18000,34000\n", "savings": "2026-05-31,interest,0,10000\n"}
    for name, rows in (("bank", bank), ("savings", savings)):
        (tmp_path / f"{name}.csv").write_text(f"date,description,amount,balance\n{rows}{ends[name]}", encoding="utf-8")
    text = AUTO.replace("[[actuals.rules]]", '[actuals.files.savings]\nfile = "savings.csv"\n[[actuals.rules]]', 1)
    for here, there in (("bank", "savings"), ("savings", "bank")):
        text += f'[[actuals.rules]]\nmatch = "(to|from) {there}"\nin = "{here}"\ntransfer = "{there}"\n'
    text += '[[actuals.rules]]\nmatch = "interest"\nline = "cash.interest"\n'
    (tmp_path / "kiln.toml").write_text(text, encoding="utf-8")
    found, month, gone = as_of(str(tmp_path / "kiln.toml"), day), int(day[6]) - 4, int(day[8:])
    days, planned = (30, 31)[month], 12_000 * 1.03**month - 18_000
    rest = planned * (days - gone) / days
    assert found.rows["cash"][month] == pytest.approx(held + rest, abs=0.02)


def test_what_is_varied_leaves_what_the_bank_held(books, tmp_path):
    """As of 15 March with 189,000: half of the month's cost on the days that are left, as `--set` has it.

    Sensitivity, solve and compare moved the days up to it as well, at which the bank has said what is held.
    """
    (tmp_path / "books.csv").write_text(DAILY, encoding="utf-8")
    plan = runway.load(str(books), set={"model.as_of": "2026-03-15"})
    dearer = runway.project(plan, set={"team.amount": "45k/month"})
    assert dearer.rows["cash"][2] == pytest.approx(189_000 - 45_000 * 16 / 31, abs=0.01)
    end = dearer.closing_cash["cash in hand"][-1]
    (sweep,) = runway.sensitivity(plan, ["team.amount"], within=["0%..50%"], steps=2).sweeps
    assert sweep.cases[-1].outcome.closing_cash == end
    assert sweep.cases[-1].outcome.months == dearer.runway[0].months
    found = runway.compare(plan, set={"team.amount": "45k/month"}, metric="closing-cash")
    assert found.why_not is None
    assert [effect.effect for effect in found.effects] == [pytest.approx(found.total, abs=0.005)]
    assert found.values[1] == end


@pytest.mark.parametrize("engine", ["numpy", "auto"])
def test_each_future_goes_on_from_what_the_bank_held(books, tmp_path, engine):
    """A future is the projection of what it drew, whose days up to 15 March the bank has said."""
    (tmp_path / "books.csv").write_text(DAILY, encoding="utf-8")
    books.write_text(books.read_text().replace('"30k/month"', '"20k/month to 45k/month"'))
    drawn = runway.simulate(
        runway.load(str(books), set={"model.as_of": "2026-03-15"}), paths=20, raw=True, engine=engine
    )
    for n in range(20):
        amount = float(drawn.raw.figures["team.amount"][n])
        assert drawn.raw.cash[2][n] == pytest.approx(189_000 - amount * 16 / 31, abs=0.02)
