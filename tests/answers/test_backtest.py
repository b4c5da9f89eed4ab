"""Old forecasts against what happened: a company whose errors were worked by hand, and what no vintage may know."""

from __future__ import annotations

import json
import os
import subprocess

import pytest

import runway
from runway.cli import main
from runway.errors import InputError

PLAN = """
[model]
name = "Fern Example"
start = "2026-01"
months = 24
opening_cash = 250_000
[revenue.subscriptions]
kind = "recurring"
amount = "12_000/month"
[costs.team]
kind = "recurring"
amount = "33_670/month"
[costs.rent]
kind = "recurring"
amount = "4_200/month"
[capital.equipment]
kind = "one_off"
amount = 4_000
date = "2026-02-20"
"""
ACTUALS = 'extends = "plan.toml"\n[actuals]\nfile = "books.csv"\nlast_close = "2026-03"\n'
CASH = {"2026-01": "222580.13", "2026-02": "194200.93", "2026-03": "161320.39"}
TEAM = {"2026-01": "33371.50", "2026-02": "33371.50", "2026-03": "38754.00"}


def books(cash=CASH, team=TEAM):
    rows = [f"{month},{address},{value}" for address, values in (("cash", cash), ("team", team))
            for month, value in values.items()]  # fmt: skip
    return "\n".join(["month,address,value", *rows]) + "\n"


@pytest.fixture
def fern(tmp_path, monkeypatch):
    """A plan that spends 25,870 a month and 4,000 once, and its first quarter: `actuals.toml`."""
    monkeypatch.chdir(tmp_path)
    for name, text in (("plan.toml", PLAN), ("actuals.toml", ACTUALS), ("books.csv", books())):
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def scores(found, measure="cash", counting="certain"):
    return {s.horizon: s for s in found.scores if (s.measure, s.counting) == (measure, counting)}


def test_the_worked_errors(fern):
    """By hand: the plan sees 224,130, 194,260 and 168,390; closed in January 192,710.13 and 166,840.13; …"""
    found = runway.backtest("actuals.toml", every="month")
    assert found.headed == "hindsight"
    errors = {(e.origin, e.month): round(e.error, 2) for e in found.errors
              if (e.measure, e.counting) == ("cash", "certain")}  # fmt: skip
    assert errors == {
        ("2025-12", "2026-01"): -1549.87,
        ("2025-12", "2026-02"): -59.07,
        ("2025-12", "2026-03"): -7069.61,
        ("2026-01", "2026-02"): 1490.80,
        ("2026-01", "2026-03"): -5519.74,
        ("2026-02", "2026-03"): -7010.54,
    }
    by = scores(found)
    assert {h: (s.n, s.bias, s.mae) for h, s in by.items()} == {
        1: (3, -2356.54, 3350.40),
        2: (2, -2789.41, 2789.41),
        3: (1, -7069.61, 7069.61),
    }
    assert {s.wape for s in by.values()} == {None}  # a balance is no flow
    naive = {e.month: e.actual - e.naive for e in found.errors if e.measure == "cash" and e.counting == "certain"
             and e.horizon == 1 and e.naive is not None}  # fmt: skip
    assert naive == {"2026-02": pytest.approx(-959.33), "2026-03": pytest.approx(-4981.005)}
    assert by[1].scaled == pytest.approx(4250.67 / 2970.17, abs=1e-4)
    assert round(by[1].scaled, 2) == 1.43
    assert (by[1].scaled_n, by[3].scaled, by[3].scaled_n) == (2, None, 0)
    dates = [line.zero_cash_date["certain"].isoformat() for line in found.vintages]
    assert dates == ["2026-10-16", "2026-10-14", "2026-10-16", "2026-10-08"]
    assert [line.revised_by["certain"] for line in found.vintages] == [None, -2, 2, -8]


def test_flows_and_lines(fern):
    """The team was planned at 33,670 a month: 298.50 less twice, 5,084 more once."""
    found = runway.backtest("actuals.toml")
    team = scores(found, "team.cost")
    off, happened = [298.5, 298.5, 5084.0], [33371.5, 33371.5, 38754.0]
    assert team[1].bias == round((5084.0 - 2 * 298.5) / 3, 2)
    assert team[1].mae == round(sum(off) / 3, 2)
    assert team[1].wape == pytest.approx(sum(off) / sum(happened))
    assert team[1].scaled == pytest.approx((298.5 + 5084.0) / (0 + 5382.5))
    assert scores(found, "rent.cost") == {}  # the books do not have it
    assert scores(found, "total.costs")[3].mae == pytest.approx(5084.0)
    burn = scores(found, "net_burn")[1]
    assert (burn.n, burn.title, burn.line) == (3, "Net burn", False)
    (fern / "books.csv").write_text(books(team=dict.fromkeys(TEAM, "0")), encoding="utf-8")
    team = scores(runway.backtest("actuals.toml"), "team.cost")[1]
    assert (team.wape, team.scaled) == (None, None)  # nothing happened, and going on as before was never off


@pytest.mark.parametrize("day", [None, "2026-03-20", "2026-05-31"])
def test_no_vintage_sees_a_row_after_its_origin(fern, day):
    """Whatever the rows of February and March say, the forecasts of December and January are the same to the byte."""
    changes = {} if day is None else {"model.as_of": day}

    def forecasts():
        found = runway.backtest(runway.load("actuals.toml", set=changes))
        vintages = [line for line in found.vintages if line.origin <= "2026-01"]
        rows = [(e.measure, e.counting, e.month, e.forecast, e.naive) for e in found.errors if e.origin <= "2026-01"]
        return repr(vintages), repr(rows)

    before = forecasts()
    later = dict.fromkeys(("2026-02", "2026-03"), "1.00")
    (fern / "books.csv").write_text(books({**CASH, **later}, {**TEAM, **later}), encoding="utf-8")
    assert forecasts() == before


def test_the_bank_of_the_day_is_not_in_a_vintage_that_is_closed_before_it(fern):
    """As of 20 March the bank is known to that day; the vintage of January knows January alone."""
    (fern / "actuals.toml").write_text(f'{ACTUALS}mapping = {{ Bank = "cash", Team = "team" }}\n', encoding="utf-8")

    def forecasts(march):
        rows = [f"2026-0{n}-{day},Bank,-{amount}\n2026-0{n}-{day},Team,{amount}"
                for n, day, amount in ((1, 31, 33_000), (2, 28, 34_000), (3, 20, march))]  # fmt: skip
        (fern / "books.csv").write_text("\n".join(["date,account,amount", *rows]) + "\n", encoding="utf-8")
        found = runway.backtest(runway.load("actuals.toml", set={"model.as_of": "2026-03-25"}))
        return found.vintages[:-1], [e.forecast for e in found.errors if e.origin < "2026-02"], found.vintages[-1]

    (few, forecast, now), (same, again, later) = forecasts(5_000), forecasts(90_000)
    assert (few, forecast) == (same, again)
    assert now != later


def git(*arguments, day=None):
    names = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    stamp = {} if day is None else {"GIT_COMMITTER_DATE": f"{day}T23:30:00+0200", "GIT_AUTHOR_DATE": f"{day}T23:30:00"}
    subprocess.run(["git", *names, *arguments], check=True, capture_output=True, env={**os.environ, **stamp})


def commit(day, tag):
    git("add", "plan.toml", "actuals.toml", day=day)
    git("commit", "-qm", tag, day=day)
    git("tag", tag)


@pytest.fixture
def revisions(fern):
    """`v1` of early January; `v2`, closed in January, when the team was planned at 40,000; then today's."""
    git("init", "-q", "-b", "main")
    commit("2026-01-04", "v1")
    (fern / "plan.toml").write_text(PLAN.replace("33_670", "40_000"), encoding="utf-8")
    (fern / "actuals.toml").write_text(ACTUALS.replace("-03", "-01"), encoding="utf-8")
    commit("2026-02-09", "v2")
    (fern / "plan.toml").write_text(PLAN, encoding="utf-8")
    (fern / "actuals.toml").write_text(ACTUALS, encoding="utf-8")
    return fern


def test_revisions_forecast_what_they_said_then(revisions):
    """What a revision extends is that of the same revision: v2 plans 40,000 for the team."""
    found = runway.backtest("actuals.toml", ["actuals.toml@v2", "plan.toml@v1"])
    assert found.headed == "forecast"
    told = [(line.name, line.origin, str(line.written), line.late) for line in found.vintages]
    assert told == [
        ("plan.toml@v1", "2025-12", "2026-01-04", False),
        ("actuals.toml@v2", "2026-01", "2026-02-09", False),
        ("actuals.toml", "2026-03", "None", False),
    ]
    team = {(e.vintage, e.month): e.forecast for e in found.errors
            if (e.measure, e.counting) == ("team.cost", "certain")}  # fmt: skip
    assert team == {("plan.toml@v1", month): 33_670 for month in CASH} | {
        ("actuals.toml@v2", month): 40_000 for month in ("2026-02", "2026-03")
    }


def test_a_revision_is_closed_by_the_day_of_its_commit(revisions):
    """It says that March is closed, on 9 March: February is the last month that it can know."""
    commit("2026-03-09", "v3")
    found = runway.backtest("actuals.toml", ["actuals.toml@v3"])
    assert [(line.origin, line.late) for line in found.vintages] == [("2026-02", False), ("2026-03", False)]
    assert scores(found)[1].n == 1


def test_a_revision_that_was_written_late_says_so(revisions, capsys):
    commit("2026-04-02", "v4")
    assert main(["backtest", "actuals.toml", "--vintages", "plan.toml@v1", "plan.toml@v4"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "plan.toml@v4 was written on 2 Apr 2026, when Jan 2026 was over" in out
    assert "plan.toml@v4 Dec 2025 2 Apr 2026 16 Oct 2026 – late" in out


def test_a_kept_vintage_stays_as_it_was(fern, capsys):
    """It is kept once, is the same as the file then, and knows nothing of what the file says later."""
    assert main(["project", "plan.toml", "--save-vintage", "--json"]) == 0
    captured = capsys.readouterr()
    assert captured.err == "wrote vintages/2025-12.json\n"
    told = json.loads((fern / "vintages" / "2025-12.json").read_text(encoding="utf-8"))
    assert (told["origin"], told["months"][0], len(told["rows"]["planned"]["cash"])) == ("2025-12", "2026-01", 24)
    assert told["rows"]["certain"]["cash"] == json.loads(captured.out)["rows"]["cash"]
    kept, plan = (scores(runway.backtest("actuals.toml", [name])) for name in ("vintages/2025-12.json", "plan.toml"))
    assert kept == plan
    assert main(["project", "plan.toml", "--save-vintage"]) == 0
    assert capsys.readouterr().err == "vintages/2025-12.json is kept already\n"
    (fern / "plan.toml").write_text(PLAN.replace("33_670", "40_000"), encoding="utf-8")
    before = (fern / "vintages" / "2025-12.json").read_bytes()
    assert main(["project", "plan.toml", "--save-vintage"]) == 2
    assert "another input" in capsys.readouterr().err
    assert (fern / "vintages" / "2025-12.json").read_bytes() == before
    assert scores(runway.backtest("actuals.toml", ["vintages/2025-12.json"])) == kept
    assert main(["project", "actuals.toml", "--save-vintage"]) == 0
    told = json.loads((fern / "vintages" / "2026-03.json").read_text(encoding="utf-8"))
    assert told["months"][0] == "2026-04"


CLOSED = 14
PLAIN = '[model]\nname = "Even"\nstart = "2025-01"\nmonths = 24\nopening_cash = 50_000\n'
PLAIN += '[costs.rent]\nkind = "recurring"\namount = "1_000/month"\n'


def test_simulations_are_scored_on_ten_months_or_more(tmp_path):
    """Nothing varies, and each month costs 100 less than planned: no month is inside, and of the quantiles p of one
    forecast the mean loss, one month ahead, is 100 times their mean, a half."""
    rows = [f"{2025 + n // 12}-{n % 12 + 1:02d},rent,900" for n in range(CLOSED)]
    (tmp_path / "books.csv").write_text("\n".join(["month,address,value", *rows]) + "\n", encoding="utf-8")
    path = tmp_path / "a.toml"
    path.write_text(f'{PLAIN}[actuals]\nfile = "books.csv"\nlast_close = "2026-02"\n', encoding="utf-8")
    found = runway.backtest(str(path), simulate=20)
    by = {score.horizon: score for score in found.simulated}
    assert (by[1].n, by[1].coverage, by[1].pinball) == (CLOSED, 0.0, pytest.approx(50.0))
    assert (by[5].n, by[5].pinball) == (10, pytest.approx(250.0))
    assert (by[6].n, by[6].coverage, by[6].pinball) == (9, None, None)
    assert by[None].n == CLOSED * (CLOSED + 1) // 2
    same = [row.replace(",900", ",1000") for row in rows]
    (tmp_path / "books.csv").write_text("\n".join(["month,address,value", *same]) + "\n", encoding="utf-8")
    first = runway.backtest(str(path), simulate=20, horizon=1).simulated
    assert [(score.horizon, score.n, score.coverage) for score in first] == [(1, CLOSED, 1.0), (None, CLOSED, 1.0)]


def test_a_horizon_and_every_quarter(fern):
    assert {s.horizon for s in runway.backtest("actuals.toml", horizon=2).scores} == {1, 2}
    quarter = runway.backtest("actuals.toml", every="quarter")
    assert [line.origin for line in quarter.vintages] == ["2025-12", "2026-03"]
    with pytest.raises(InputError, match="the books go on for 3 months"):
        runway.backtest("actuals.toml", horizon=4)


def test_funding_is_no_trend(fern):
    """A round in February is no burn, so that going on as before takes the burn without it."""
    round_ = '[funding.seed]\nkind = "priced_round"\n[[funding.seed.closings]]\nname = "a"\ndate = "2026-02-10"\n'
    (fern / "plan.toml").write_text(f"{PLAN}{round_}amount = 100_000\n", encoding="utf-8")
    more = {month: f"{float(cash) + (100_000 if month > '2026-01' else 0)}" for month, cash in CASH.items()}
    (fern / "books.csv").write_text(books(more), encoding="utf-8")
    naive = {e.month: e.actual - e.naive for e in runway.backtest("actuals.toml").errors
             if (e.measure, e.counting, e.origin) == ("cash", "certain", "2026-02")}  # fmt: skip
    assert naive == {"2026-03": pytest.approx(-4981.005)}


def test_every_format(fern, capsys):
    assert main(["backtest", "actuals.toml", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["scores"][0] == {
        "measure": "cash", "title": "Closing cash", "counting": "certain", "horizon": 1, "n": 3,
        "bias": -2356.54, "mae": 3350.4, "wape": None, "scaled": pytest.approx(1.4311213), "scaled_n": 2,
    }  # fmt: skip
    assert told["errors"][0]["error"] == -1549.87
    assert main(["backtest", "actuals.toml", "--csv", "-"]) == 0
    rows = capsys.readouterr().out.splitlines()
    assert rows[0] == "measure,title,counting,horizon,n,bias,mae,wape,scaled,scaled_n"
    assert rows[1].startswith("cash,Closing cash,certain,1,3,-2356.54,3350.40,,1.4311")
    assert rows[2].startswith("cash,Closing cash,certain,2,2,-2789.41,2789.41,,")
    for words in ([], ["--markdown"], ["--html", "-"]):
        assert main(["backtest", "actuals.toml", *words]) == 0
        out = capsys.readouterr().out
        assert "hindsight" in out
        assert "1.43" in out
    assert max(map(len, out.splitlines()), default=0) > 0


def test_two_ways_at_once_are_refused(fern, capsys):
    assert main(["backtest", "actuals.toml", "plan.toml"]) == 2
    assert "Vintages follow --vintages" in capsys.readouterr().err
    assert main(["backtest", "actuals.toml", "--every", "month", "--vintages", "plan.toml"]) == 2
    assert "Leave one out" in capsys.readouterr().err


def test_books_that_give_revenue_alone_are_scaled_on_what_was_known(tmp_path):
    """As of February the customers are scaled by February's revenue, whatever March says."""
    text = PLAIN.replace("2025-01", "2026-01") + '[revenue.subs]\nkind = "subscription"\nopening = 100\n'
    text += 'signups = "5/month"\nchurn = "0%/month"\nprice = "10/month"\n'
    for name, close in (("closed", "2026-03"), ("earlier", "2026-02")):
        actuals = f'[actuals]\nfile = "books.csv"\nlast_close = "{close}"\n'
        (tmp_path / f"{name}.toml").write_text(text + actuals, encoding="utf-8")
    for march in ("680", "12"):
        rows = f"month,address,value\n2026-01,subs,700\n2026-02,subs,690\n2026-03,subs,{march}\n"
        (tmp_path / "books.csv").write_text(rows, encoding="utf-8")
        now = runway.project(str(tmp_path / "closed.toml"), set={"model.as_of": "2026-02-28"})
        assert now.rows == runway.project(str(tmp_path / "earlier.toml")).rows
