"""A kind in one file: a line and a source of money that are defined here alone run through every command.

The company: 100,000 in the bank, a team of 30,000 a month, a marketplace that keeps 10 % of the 100,000 sold on it, and
an advance of 60,000 on 1 March that is paid back with a fifth on top, out of half the revenue of the month before.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import openpyxl
import pytest
from pydantic import Field

from runway import funding, lines
from runway.cli import main
from runway.funding.closing import LumpSum, closing_rows, sum_rows
from runway.funding.loan import Warrants
from runway.language.fields import Date, FixedMoney, FixedShare, FormulaText, LastDate, MoneyFlow, Multiplier, Share
from runway.lines.line import Line, Mistake, RowFormula, Surroundings

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Iterator, Mapping, Sequence


class Marketplace(Line):
    """What a market keeps of what is sold on it.

    ```toml
    [revenue.bazaar]
    kind = "marketplace"
    sales = "100_000/month"
    take = "10%"
    ```
    """

    sections: ClassVar = ("revenue",)
    off: ClassVar = {"sales": 0.0, "listing": 0.0}
    absent: ClassVar = {"listing": 0.0}
    measures: ClassVar = ("sold",)
    recurs: ClassVar = True
    kind: Literal["marketplace"]
    sales: MoneyFlow = Field(description="what is sold on it per period")
    take: Share = Field(description="the share that the market keeps")
    listing: FixedMoney | None = Field(None, description="what sellers pay each month to be listed")

    formulas: ClassVar = {"sold": RowFormula("sales", posted=True), "main": "sold * take"}

    def rows(self) -> dict[str, RowFormula]:
        rows = super().rows()
        if self.listing is not None:
            rows["main"] = RowFormula("sold * take + listing")
        return rows

    def checks(self, around: Surroundings) -> Iterator[Mistake]:
        del around
        if not self.take.number:
            yield Mistake(("take",), "value-out-of-range", "A market that keeps nothing earns nothing.")


class Advance(LumpSum):
    """Money that is paid back, with something on top, out of the revenue of the month before.

    ```toml
    [funding.advance]
    kind = "advance"
    amount = "60_000"
    date = "2025-03-01"
    share = "50%"
    multiple = 1.2
    ```
    """

    paid_on: ClassVar = {"payment": "pays_on"}
    owns: ClassVar = frozenset({"kicker"})
    kind: Literal["advance"]
    status: Literal["committed", "planned"] = Field("committed", description="whether the money is promised or hoped")
    amount: FixedMoney = Field(description="the money")
    date: Date = Field(description="the earliest day of the money")
    requires: FormulaText | None = Field(None, description="the condition that must hold")
    by: LastDate = Field("never", validate_default=True, description="the last day; after it the money lapses")
    waived: tuple[str, ...] = Field((), description="events of the condition that are treated as met")
    share: FixedShare = Field(description="the share of revenue that pays it back")
    multiple: Multiplier = Field(description="what is paid back in all, times the money")
    kicker: FixedShare | None = Field(None, description="the share of the money that buys shares at 1 each")

    def rows(self) -> dict[str, RowFormula]:
        return {
            **closing_rows("", self.requires),
            **sum_rows(self.status, self.amount),
            "brought_forward": RowFormula("prev(balance)", posted=True),
            "principal": RowFormula("min(brought_forward, share * prev(total.revenue))", posted=True),
            "interest": RowFormula("principal * (multiple - 1)", posted=True),
            "fees": RowFormula("0", posted=True),
            "payment": RowFormula("principal + interest", posted=True),
            "service": RowFormula("-payment", posted=True),
            "pays_on": RowFormula("t + 30 / 32"),
            "balance": RowFormula("brought_forward + cash - principal", posted=True),
        }

    def rights(self) -> Warrants | None:
        if self.kicker is None:
            return None
        context = {"currency": "USD"}
        return Warrants.model_validate({"coverage": self.kicker, "strike": 1}, context=context)

    def claims(self, name: str, rounds: Sequence[str]) -> set[str]:
        del rounds
        return {name, f"{name}_warrants"}

    def owed(self, rows: Mapping[str, Sequence[float]], on: datetime.date, start: int) -> float:
        return rows["balance"][on.year * 12 + on.month - 1 - start]


class Barter(Marketplace):
    """A market of which nobody has said how it is switched off."""

    off: ClassVar = None
    kind: Literal["barter"]


class Stall(Marketplace):
    """A market that says it is switched off without its listing fee, which goes on."""

    off: ClassVar = {"sales": 0.0}
    kind: Literal["stall"]


TEAM = """
[model]
name         = "Bazaar"
start        = "2025-01"
months       = 12
opening_cash = 100_000

[costs.team]
kind   = "recurring"
amount = "30_000/month"
"""
BAZAAR = """
[revenue.bazaar]
kind  = "marketplace"
sales = "100_000/month"
take  = "10%"
"""
ADVANCE = """
[funding.advance]
kind     = "advance"
amount   = 60_000
date     = "2025-03-01"
share    = "50%"
multiple = 1.2
kicker   = "10%"
"""
OWNERS = """
[captable.holders.founders]
shares = { common = 94_000 }

[scenarios.slow]
set = { "bazaar.sales" = "50_000/month" }

[scenarios.no_advance]
set = { "advance.date" = "never" }

[[checks]]
expect = "bazaar.sold over 2025-01..2025-12"
value  = 1_200_000
within = "1%"
"""
CLAUSE = """
[funding.seed]
kind = "priced_round"

[[funding.seed.closings]]
name   = "first"
date   = "2025-08-01"
amount = 100_000

[[funding.seed.clauses]]
name   = "traction"
cuts   = "round"
to     = 40_000
unless = "prev(bazaar.sold) > 100_000"
by     = "2025-06-30"
"""
CASH = [80, 60, 100, 74, 48, 22, -4, -30, -56, -82, -108, -134]  # at month ends, in thousands


@pytest.fixture(autouse=True)
def _registered(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The kinds stand in the two lists, and the plan in the folder that commands run in."""
    monkeypatch.setitem(lines.KINDS, "marketplace", (__name__, "Marketplace"))
    monkeypatch.setitem(lines.KINDS, "barter", (__name__, "Barter"))
    monkeypatch.setitem(lines.KINDS, "stall", (__name__, "Stall"))
    monkeypatch.setitem(funding.KINDS, "advance", (__name__, "Advance"))
    monkeypatch.chdir(tmp_path)
    Path("plan.toml").write_text(TEAM + BAZAAR + ADVANCE + OWNERS, encoding="utf-8")


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """What a command prints; with exit code 2 what it says is wrong."""

    def told(*arguments: str, code: int = 0) -> str:
        assert main([*arguments]) == code
        out, err = capsys.readouterr()
        return err if code == 2 else out

    return told


@pytest.fixture
def answer(told: Callable[..., str]) -> Callable[..., Any]:
    """What a command answers as JSON."""

    def answer(*arguments: str) -> Any:
        return json.loads(told(*arguments, "--json"))

    return answer


def test_project(told, answer):
    found = answer("project", "plan.toml")
    assert found["rows"]["bazaar.revenue"] == [10_000] * 12
    assert found["rows"]["advance.balance"] == [0, 0, *(1000 * owed for owed in range(60, 10, -5))]
    assert found["rows"]["cash"] == [1000 * cash for cash in CASH]
    ladder = {rung["counting"]: (round(rung["months"], 2), rung["zero_cash_date"]) for rung in found["runway"]}
    assert ladder["cash in hand"] == (5.0, "2025-06-01")
    assert ladder["+ certain"] == (
        6.97,
        "2025-07-31",
    )  # 22,000, less 20,000 over July, less the payment of its last day
    text = told("project", "plan.toml", "--full")
    assert "bazaar: sold 100k 100k 100k 100k" in " ".join(text.split())
    said = " ".join(text.split())
    assert "Mar 2025 60.0 60.0 60.0 60.0 – 60.0: drawn 1 Mar 2025: on its date 15.0 owed at the end" in said
    assert "Debt owed 60.0 45.0 30.0 15.0" in said


def test_scenarios(answer):
    found = answer("scenarios", "plan.toml")["scenarios"]
    certain = {one["name"]: one["runway"][1]["zero_cash_date"] for one in found}
    assert certain == {"base": "2025-07-31", "slow": "2025-07-02", "no_advance": "2025-06-01"}


def test_check(answer):
    (check,) = answer("check", "plan.toml")["checks"]
    assert (check["modelled"], check["unit"], check["holds"]) == (1_200_000, "money", True)


def test_sensitivity(answer):
    found = answer("sensitivity", "plan.toml", "--param", "bazaar.take", "--range", "5%..15%", "--steps", "3")
    assert [case["lowest_cash"] for case in found["sweeps"][0]["cases"]] == [-167_000, -134_000, -92_000]


def test_solve(answer):
    """Closing cash is 660,000 times what the market keeps, less 200,000, until the advance is paid back."""
    found = answer("solve", "plan.toml", "--vary", "bazaar.take", "--so-that", "closing_cash >= -127400")
    assert (found["status"], found["answer"]) == ("solved", "11%")


def test_simulate(answer):
    drawn = 'take = { value = "10%", outcomes = { "5%" = "50%", "15%" = "50%" } }'
    Path("drawn.toml").write_text(TEAM + BAZAAR.replace('take  = "10%"', drawn) + ADVANCE, encoding="utf-8")
    found = answer("simulate", "drawn.toml", "--paths", "2000")
    certain = next(rung for rung in found["out_of_cash"] if rung["counting"] == "certain")
    assert {one["zero_cash_date"] for one in certain["runway"]} == {"2025-07-02", "2025-08-31"}
    assert certain["probability"][5] == 0
    assert certain["probability"][6] == pytest.approx(0.5, abs=0.05)
    assert certain["probability"][7:] == [1] * 5
    assert found["closings"] == [{"address": "advance", "probability": 1.0, "error": 0.0}]
    assert found["worst_5_percent"]["lowest_cash"] == -167_000


def test_compare_tells_each_part(answer):
    """Alone the market brings 120,000 and the advance 60,000; together 126,000, for the advance is then paid back."""
    Path("old.toml").write_text(TEAM, encoding="utf-8")
    for first, second, sign in (("old.toml", "plan.toml", 1), ("plan.toml", "old.toml", -1)):
        found = answer("compare", first, second, "--metric", "closing-cash")
        assert found["not_attributed"] is None
        effects = {one["name"]: one["effect"] for one in found["effects"] if one["effect"]}
        assert effects == {"bazaar": sign * 93_000, "advance": sign * 33_000}


def test_compare_takes_figures_that_are_left_out_as_nothing(answer):
    Path("free.toml").write_text(TEAM + BAZAAR + ADVANCE.replace('kicker   = "10%"', ""), encoding="utf-8")
    Path("fee.toml").write_text(TEAM + BAZAAR + "listing = 500\n" + ADVANCE, encoding="utf-8")
    found = answer("compare", "free.toml", "fee.toml", "--metric", "closing-cash")
    effects = {one["name"]: one["effect"] for one in found["effects"]}
    assert effects == {"bazaar.listing": 12 * 500 - 9 * 300, "advance.kicker": 0}  # less 60 % of the months paid for


def test_compare_says_so_where_a_kind_does_not(told):
    Path("barter.toml").write_text(TEAM + BAZAAR.replace("marketplace", "barter"), encoding="utf-8")
    Path("old.toml").write_text(TEAM, encoding="utf-8")
    text = " ".join(told("compare", "old.toml", "barter.toml").split())
    assert "bazaar is new, and how a line of kind barter is switched off is not known, so its part cannot" in text


@pytest.mark.parametrize(
    ("months", "opening", "cost", "listing"),
    [
        (12, 100_000, 30_000, 500),  # more money
        (12, 0.2, 0.1, 0.05),  # four months and not two, with as much money but for 0.60
        (1, -0.02, 0, 0.9),  # never instead of from the first day on, with as much money but for 0.90
    ],
)
def test_compare_refuses_parts_that_do_not_make_the_whole(answer, months, opening, cost, listing):
    """The new market's fee stays in the model without it, which is then not the old model."""
    team = TEAM.replace("= 100_000", f"= {opening}").replace("30_000", f"{cost}").replace("= 12", f"= {months}")
    market = BAZAAR.replace("marketplace", "stall") + f"listing = {listing}\n"
    Path("old.toml").write_text(team, encoding="utf-8")
    Path("stall.toml").write_text(team + market.replace("100_000/month", "0/month"), encoding="utf-8")
    found = answer("compare", "old.toml", "stall.toml")
    assert found["effects"] == []
    assert "the two do not come to what each comes to by itself" in found["not_attributed"]


def test_clause(answer):
    clause = """
    [funding.seed]
    kind = "priced_round"

    [[funding.seed.closings]]
    name   = "first"
    date   = "2025-08-01"
    amount = 100_000

    [[funding.seed.clauses]]
    name   = "traction"
    cuts   = "round"
    to     = 40_000
    unless = "prev(bazaar.sold) > 100_000"
    by     = "2025-06-30"
    """
    Path("clause.toml").write_text(TEAM + BAZAAR + ADVANCE + clause, encoding="utf-8")
    (found,) = answer("clause", "clause.toml")["clauses"]
    assert (found["holds"], found["fails"]["drawn"], found["waived"]["drawn"]) == (None, 40_000, 100_000)
    assert found["fails"]["runway"]["lowest_cash"] == 1000 * CASH[-1] + 40_000


def test_captable(answer):
    (step,) = answer("captable", "plan.toml")["steps"]
    assert (step["kind"], step["date"]) == ("warrants", "2025-03-01")
    assert {one["holder"]: one["stake"] for one in step["holdings"]} == {"founders": 0.94, "advance": 0.06}


def test_exit(answer):
    """The debt first; then 985,000 and the 6,000 that exercising costs, over 100,000 shares."""
    found = answer("exit", "plan.toml", "--value", "1M")
    claims = {claim["name"]: (claim["kind"], claim["payout"]) for claim in found["claims"]}
    assert claims["advance"] == ("debt", 15_000)
    assert claims["common"] == ("common", 94_000 * 9.91)
    assert claims["advance_warrants"][1] == pytest.approx(6_000 * 8.91)


def test_explain(answer):
    found = answer("explain", "plan.toml", "advance.principal", "2025-05")["explained"]
    assert found["value"] == 5_000
    assert "advance.share * prev(total.revenue)" in found["formula"]


def test_sources(answer):
    figures = {one["address"] for one in answer("sources", "plan.toml")["to_find_out"]}
    assert {"bazaar.sales", "bazaar.take", "advance.amount", "advance.share", "advance.multiple"} <= figures


def test_variance(answer):
    ledger = "date,account,amount\n2025-01-31,Income,-12000\n2025-01-31,Wages,31000\n"
    Path("ledger.csv").write_text(ledger, encoding="utf-8")
    closed = """
    [actuals]
    file       = "ledger.csv"
    last_close = "2025-01"

    [actuals.mapping]
    Income = "bazaar"
    Wages  = "team"
    """
    Path("closed.toml").write_text(TEAM + BAZAAR + ADVANCE + closed, encoding="utf-8")
    found = answer("variance", "closed.toml")
    sold = next(line for line in found["lines"] if line["address"] == "bazaar.revenue")
    assert (sold["month"]["plan"], sold["month"]["actual"], sold["month"]["variance"]) == (10_000, 12_000, 2_000)
    assert found["closing_cash"]["variance"] == 1_000


def test_backtest(told):
    rows = "".join(
        f"2025-0{n}-28,Income,-{9_000 + 1_000 * n}\n2025-0{n}-28,Wages,30000\n2025-0{n}-28,Bank,{1_000 * n - 21_000}\n"
        for n in (1, 2, 3)
    )
    Path("ledger.csv").write_text(f"date,account,amount\n{rows}", encoding="utf-8")
    closed = '[actuals]\nfile = "ledger.csv"\nlast_close = "2025-03"\n[actuals.mapping]\n'
    closed += 'Income = "bazaar"\nWages = "team"\nBank = "cash"\n'
    Path("closed.toml").write_text(TEAM + BAZAAR + closed, encoding="utf-8")
    errors = told("backtest", "closed.toml", "--csv", "-")
    assert any("bazaar" in line for line in errors.splitlines())


def test_statements(answer):
    rows = answer("statements", "plan.toml")["rows"]
    assert rows["bazaar.revenue"] == [10_000] * 12
    assert rows["advance.balance"] == rows["sheet.liabilities"]
    assert rows["sheet.assets"] == [
        sum(both) for both in zip(rows["sheet.liabilities"], rows["sheet.equity"], strict=True)
    ]
    assert rows["cash.financing"][2:4] == [60_000, -5_000]


def test_metrics(answer):
    found = answer("metrics", "plan.toml")
    assert found["rows"]["total.mrr"] == [10_000] * 12


def test_page(told):
    told("page", "plan.toml", "plan.html")
    text = Path("plan.html").read_text(encoding="utf-8")
    for name in ("bazaar", "advance"):
        assert f'"{name}"' in text


@pytest.mark.proof
def test_export(told):
    for name in ("plan.xlsx", "plan.csv", "plan.json", "plan.md"):
        told("export", "plan.toml", name)
    sheet = openpyxl.load_workbook("plan.xlsx")["Model"]
    formulas = {row[0].value: str(row[5].value) for row in sheet.iter_rows(max_col=6) if row[0].value}
    assert "MIN(" in formulas["advance.principal"]
    assert formulas["bazaar.sold"].startswith("=")
    values = openpyxl.load_workbook("plan.xlsx", data_only=True)["Model"]
    cached = {row[0].value: [cell.value for cell in row] for row in values.iter_rows() if row[0].value}
    assert cached["advance.balance"][3:15] == [0, 0, *(1000 * owed for owed in range(60, 10, -5))]
    with Path("plan.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [float(row["closing_cash"]) for row in rows] == [1000 * cash for cash in CASH]
    assert json.loads(Path("plan.json").read_text(encoding="utf-8"))["rows"]["bazaar.sold"] == [100_000] * 12
    assert "advance" in Path("plan.md").read_text(encoding="utf-8")


def test_validate(told):
    assert told("validate", "plan.toml").startswith("OK plan.toml: 2 lines, ")
    text = TEAM + BAZAAR.replace('"10%"', "0") + ADVANCE.replace("60_000", '"5%"')
    Path("wrong.toml").write_text(text, encoding="utf-8")
    wrong = told("validate", "wrong.toml", code=2)
    assert "wrong.toml:15:9 value-out-of-range\n" in wrong
    assert "A market that keeps nothing earns nothing." in wrong
    assert "wrong.toml:19:12 wrong-dimension" in wrong


def test_kinds_and_schema(told):
    listed = told("kinds")
    assert "What a market keeps of what is sold on it." in listed
    assert "Money that is paid back, with something on top" in listed
    assert "revenue = sold * take\n" in told("kinds", "marketplace")
    schema = json.loads(told("schema"))
    assert "take" in schema["$defs"]["MarketplaceInRevenue"]["properties"]
    assert "multiple" in schema["$defs"]["Advance"]["required"]


def test_portfolio(answer):
    (company,) = answer("portfolio", "plan.toml", "--paths", "100")["companies"]
    assert (round(company["months"], 2), company["zero_cash_date"]) == (6.97, "2025-07-31")
