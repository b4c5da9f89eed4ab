"""Actual values in the closed months: what the rows take, and how the formulas go on from them."""

from __future__ import annotations

import contextlib
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.companies import few

import runway
from runway.answers.explain import explain
from runway.answers.variance import variance
from runway.cli import main
from runway.engine.ladder import LADDER
from runway.engine.load import load_document
from runway.engine.run import Engine
from runway.errors import InputError
from runway.files.books.numbers import money
from runway.render.terminal import report_lines
from runway.reports.variance import report

if TYPE_CHECKING:
    from collections.abc import Callable

    from runway.program.plan import Plan

SHOP = """
[model]
name         = "Shop"
start        = "2025-01"
months       = 12
opening_cash = 1000

[drivers.loaves]
opening = 100
growth  = "10%/month"
formula = "prev(loaves) * (1 + growth)"

[revenue.bread]
kind   = "usage"
volume = "loaves"
price  = "$2"

[costs.rent]
kind   = "recurring"
amount = "$100/month"

[costs.flour]
kind            = "percent_of"
of              = "bread"
share           = "50%"
paid_after      = "30 days"
opening_payable = 0

[costs.fees]
kind  = "percent_of"
of    = "flour"
share = "10%"

[events.permit]
date = "2025-02-15"

[funding.aunt]
kind = "priced_round"
closings = [
    { name = "first", date = "2025-02-01", amount = 300 },
    { name = "second", date = "2025-02-20", amount = 200, requires = "permit" },
    { name = "third", date = "2025-05-01", amount = 500 },
]
"""


@pytest.fixture
def shop(tmp_path: Path) -> Callable[..., Plan]:
    """`shop(table, last_close)`: the shop with these actual figures."""

    def shop(table: str, last_close: str = "2025-02", more: str = "", **how: object) -> Plan:
        (tmp_path / "actuals.csv").write_text(table, encoding="utf-8")
        text = f"""
            {SHOP}
            [actuals]
            file = "actuals.csv"
            last_close = "{last_close}"
            {more}
            """
        (tmp_path / "shop.toml").write_text(text, encoding="utf-8")
        return runway.load(str(tmp_path / "shop.toml"), **how)  # type: ignore[arg-type]

    return shop


def figures(**rows: tuple[float, ...]) -> str:
    """A table of months from January on; a double underscore is a dot."""
    lines = ["month,address,value"]
    for name, values in rows.items():
        lines += [f"2025-{n:02d},{name.replace('__', '.')},{value}" for n, value in enumerate(values, 1)]
    return "\n".join(lines) + "\n"


def test_rows_take_the_actual_value_and_stateful_ones_go_on_from_it(shop: Callable[..., Plan]) -> None:
    """Loaves grow by a tenth from the 200 of February; rent, which has no state, is as planned again."""
    rows = runway.project(shop(figures(loaves=(150, 200), rent=(90, 130)))).rows
    assert rows["loaves.value"][:4] == pytest.approx((150, 200, 220, 242))
    assert rows["bread.revenue"][:3] == pytest.approx((300, 400, 440))
    assert rows["rent.cost"][:4] == (90, 130, 100, 100)
    assert rows["rent.cash"][:3] == (-90, -130, -100)


def test_what_depends_on_an_actual_reads_it(shop: Callable[..., Plan]) -> None:
    """Fees are a tenth of flour before levers; in closed months that is the flour of the books."""
    rows = runway.project(shop(figures(flour=(120, 140)))).rows
    assert rows["flour.cost"][:2] == (120, 140)
    assert rows["fees.cost"][:2] == (12, 14)
    assert rows["fees.cost"][2] == pytest.approx(rows["flour.cost"][2] / 10, abs=0.005)


def test_what_is_owed_follows_from_cost_and_payment(shop: Callable[..., Plan]) -> None:
    """120 and 140 of flour, 70 and 100 paid: 90 is owed; what is beyond thirty days is paid in March."""
    rows = runway.project(shop(figures(flour=(120, 140), flour__cash=(-70, -100)))).rows
    assert rows["flour.cash"][:2] == (-70, -100)
    assert rows["flour.payable"][:2] == (50, 90)
    cost, payable = rows["flour.cost"][2], rows["flour.payable"][2]
    assert payable == pytest.approx(cost * 30 / 31, abs=0.01)
    assert rows["flour.cash"][2] == pytest.approx(payable - 90 - cost)


def test_closing_cash_is_the_bank_s_and_the_rest_is_a_line_of_its_own(shop: Callable[..., Plan]) -> None:
    model = shop(figures(cash=(1234.56, 1700.01), loaves=(150, 200)))
    projection = runway.project(model)
    rows = projection.rows
    assert rows["cash"][:2] == (1234.56, 1700.01)
    flows = rows["cash.revenue"][0] + rows["cash.costs"][0]
    assert rows["unreconciled.cash"][0] == pytest.approx(1234.56 - 1000 - flows)
    assert rows["unreconciled.cash"][2:] == (0,) * 10
    assert projection.closing_cash["cash in hand"][1] == 1700.01  # on every rung: it has happened


def test_money_that_came_in_closed_months_is_in_hand(shop: Callable[..., Plan]) -> None:
    """The first and, since its permit came on 15 February, the second closing; the third is still to come."""
    rows = figures(rent=(100, 100))
    planned, closed = runway.project(shop(rows, "2025-01")), runway.project(shop(rows))
    received = [closing[1] for closing in closed.closing_cash.values()]
    assert len(set(received)) == 1
    in_hand, certain, conditional, _ = (closing[1] for closing in planned.closing_cash.values())
    assert (conditional - in_hand, certain - in_hand) == (500, 300)
    assert received[0] == conditional
    assert closed.closing_cash["+ certain"][-1] - closed.closing_cash["cash in hand"][-1] == pytest.approx(500)


def test_levers_do_not_change_what_has_happened(shop: Callable[..., Plan]) -> None:
    rows = figures(rent=(90, 130), loaves=(150, 200))
    base = runway.project(shop(rows)).rows
    moved = runway.project(
        shop(rows, set={"burn": "150%", "revenue": "50%", "funding": "0%", "delay": "2 months"})
    ).rows
    assert moved["cash"][:2] == base["cash"][:2]
    assert moved["rent.cost"][2] == 150
    assert moved["bread.revenue"][2] == pytest.approx(base["bread.revenue"][2] / 2)
    assert moved["aunt.third.due"][-1] == base["aunt.third.due"][-1] + 2


def test_what_was_due_in_a_closed_month_is_not_put_off(shop: Callable[..., Plan]) -> None:
    """A grant that hangs on a figure of the books came in February, however much the open closings slip."""
    more = """
        [funding.prize]
        kind = "grant"
        date = "2025-02-10"
        amount = 50
        requires = "prev(rent) >= 90"
        """
    for changes in ({}, {"delay": "3 months"}, {"funding": "0%"}):
        rows = runway.project(shop(figures(rent=(90, 130)), more=more, set=changes)).rows
        assert rows["prize.cash"][1] == 50, changes
    later = runway.project(shop(figures(rent=(90, 130)), more=more))
    assert {closing[1] for closing in later.closing_cash.values()} == {
        later.rows["cash"][1]
    }  # certain by now on every rung


def test_survival_counts_a_loan_that_came_in_a_closed_month(shop: Callable[..., Plan]) -> None:
    """A loan of 900 in February, 900 back in November: survival has the same cash before it and in the end."""
    more = """
        [funding.bank]
        kind = "loan"
        date = "2025-02-10"
        amount = 900
        rate = "0%/year"
        """
    more += 'term = "9 months"\nrepayment = "bullet"\n'
    plain, lent = (shop(figures(rent=(100, 100)), more=text) for text in ("", more))
    rows = [Engine(m.program, m.model.document).run(LADDER[0].overrides) for m in (plain, lent)]  # type: ignore[arg-type]
    without, with_it = (run["survival.cash"] for run in rows)
    assert [round(b - a, 6) for a, b in zip(without, with_it, strict=True)] == [0, *[900] * 9, 0, 0]
    assert [run["survival.received"][:3] for run in rows] == [[0, 500, 0], [0, 1400, 0]]  # the aunt's 300 and 200


def test_peak_need_counts_neither_the_opening_cash_nor_received_funding(shop: Callable[..., Plan]) -> None:
    """With the plan's own figures as actuals, the need without any funding is the plan's."""
    planned = runway.project(load_document(shop(figures(rent=(100, 100))).model.original, planned=True))
    rows = {name: planned.rows[name][:2] for name in ("cash", "rent.cost")}
    closed = runway.project(shop(figures(cash=rows["cash"], rent=rows["rent.cost"])))
    assert closed.peak_need == pytest.approx(planned.peak_need, abs=0.01)
    assert closed.rows["unreconciled.cash"][:2] == pytest.approx((0, 0), abs=0.005)
    assert (
        closed.closing_cash["cash in hand"][2:] != planned.closing_cash["cash in hand"][2:]
    )  # the aunt's money is in hand


@pytest.mark.parametrize("bank", [{}, {"cash": (9_900, 10_300)}])
def test_peak_need_at_the_end_holds_the_closed_months_without_the_money_they_got(
    load: Callable[..., Plan], tmp_path: Path, bank: dict[str, tuple[float, ...]]
) -> None:
    """100 a month until November, for which 500 were raised in February: 1,100 are needed."""
    (tmp_path / "books.csv").write_text(figures(rent=(100, 100), **bank), encoding="utf-8")
    plan = load(f"""
        [model]
        name = "x"
        start = "2025-01"
        months = 12
        opening_cash = 10_000
        [costs.rent]
        kind = "recurring"
        amount = "100/month"
        end = "2025-11-30"
        [funding.aunt]
        kind = "priced_round"
        closings = [{{ name = "only", date = "2025-02-01", amount = 500 }}]
        [actuals]
        file = "{tmp_path}/books.csv"
        last_close = "2025-02"
        """)
    assert runway.project(plan).peak_need == pytest.approx(1_100)


def test_a_figure_of_the_books_says_where_it_stands(shop: Callable[..., Plan]) -> None:
    found = explain(shop(figures(rent=(90, 130))), "rent", "2025-02")
    origin = found.term.terms[0].origin
    assert origin is not None
    assert (origin.number, origin.place and origin.place.line) == (130, 3)
    after = explain(shop(figures(rent=(90, 130))), "rent", "2025-03")
    assert [o.address for o in after.inputs] == ["rent.amount"]


def test_later_months_are_not_used(shop: Callable[..., Plan]) -> None:
    rows = runway.project(shop(figures(rent=(90, 130, 777)))).rows
    assert rows["rent.cost"][2] == 100


# Ledgers -------------------------------------------------------------------------------------------------------

PRINTED = Path(__file__).parent / "printed"
MAPPING = """
[actuals.mapping]
"Income:Bread"    = "bread"
"Expenses:Rent"   = "rent"
"Expenses"        = "flour"
"Assets:Bank"     = "cash"
"""
JOURNAL = (
    ("2025-01-03", "Income:Bread", "-210.50"),
    ("2025-01-03", "Assets:Bank", "210.50"),
    ("2025-01-31", "Expenses:Rent", "95.00"),
    ("2025-01-31", "Expenses:Flour:Rye", "80.25"),
    ("2025-01-31", "Assets:Bank", "-175.25"),
    ("2025-02-10", "Income:Bread", "-1,234.56"),
    ("2025-02-10", "Assets:Bank", "1,234.56"),
    ("2025-02-28", "Expenses:Rent", "105.00"),
    ("2025-02-28", "Assets:Bank", "-105.00"),
    ("2025-03-01", "Expenses:Rent", "105.00"),
    ("2025-03-01", "Assets:Bank", "-105.00"),
)


def plain() -> str:
    return "date,account,memo,amount\n" + "".join(f'{d},{a},memo,"{x}"\n' for d, a, x in JOURNAL)


@pytest.mark.parametrize("printed", [None, *sorted(PRINTED.glob("*.csv"))])
def test_a_ledger_as_several_programs_print_it(shop: Callable[..., Plan], printed: Path | None) -> None:
    """This journal as it stands, and as hledger 1.25 and beanquery 0.2 print it."""
    rows = runway.project(shop(plain() if printed is None else printed.read_text(encoding="utf-8"), more=MAPPING)).rows
    assert rows["bread.revenue"][:2] == (210.5, 1234.56)
    assert rows["rent.cost"][:2] == (95, 105)
    assert rows["flour.cost"][:2] == (80.25, 0)
    assert rows["cash"][:2] == (1035.25, 2164.81)


def test_a_line_without_a_row_in_a_closed_month_is_named(shop: Callable[..., Plan]) -> None:
    """No flour was bought in February: 0 is taken, and said so; a table of figures has each month by itself."""
    model = shop(plain(), more=MAPPING)
    said = "no row in the books, so 0 is taken: flour in Feb 2025"
    assert said in runway.project(model).notes
    found = variance(model)
    assert found.to_dict()["without_rows"] == {"flour": ["2025-02"]}
    assert said in " ".join(" ".join(line.plain for line in report_lines(report(found), 80)).split())
    assert not variance(shop(figures(rent=(0, 0)))).without_rows


def test_every_amount_is_accounted_for_to_the_cent(shop: Callable[..., Plan]) -> None:
    mapping = MAPPING.replace('"Expenses"        = "flour"', '"Expenses:Flour" = "ignore"')
    (source,) = shop(plain(), more=mapping).model.actuals.sources  # type: ignore[union-attr]
    assert source.total == sum(Decimal(amount.replace(",", "")) for _, _, amount in JOURNAL) == Decimal("0.00")
    assert (source.rows, source.after_close) == (11, 2)
    assert source.uses == {
        "used": Decimal("-80.25"), "ignored": Decimal("80.25"), "after the close": Decimal("0.00")
    }  # fmt: skip
    assert sum(source.uses.values()) == source.total


def test_a_bank_statement_has_the_other_sign(shop: Callable[..., Plan]) -> None:
    table = "date,account,amount\n2025-01-05,till,50.00\n2025-02-05,till,60.00\n2025-02-06,landlord,-90.00\n"
    more = """
        amounts = "in_positive"
        [actuals.mapping]
        till = "bread"
        landlord = "rent"
        """
    rows = runway.project(shop(table, more=more)).rows
    assert rows["bread.revenue"][:2] == (50, 60)
    assert rows["rent.cost"][:2] == (0, 90)


def test_unmapped_accounts_fail_the_run_unless_allowed(
    shop: Callable[..., Plan], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mapping = MAPPING.replace('"Assets:Bank"     = "cash"', "")
    with pytest.raises(InputError) as raised:
        shop(plain(), more=mapping)
    assert "Assets:Bank: 1,164.81 in 4 rows." in raised.value.problems[0].text
    path = str(tmp_path / "shop.toml")
    assert main(["project", path]) == 2
    capsys.readouterr()
    assert main(["project", path, "--allow-unmapped", "--full"]) == 0
    assert "mapped to no line: Assets:Bank, 1,164.81 in all" in " ".join(capsys.readouterr().out.split())


def test_figures_beside_a_ledger(shop: Callable[..., Plan], tmp_path: Path) -> None:
    """Customers stand in no ledger; a second file has them."""
    (tmp_path / "loaves.csv").write_text(figures(loaves=(150, 200)), encoding="utf-8")
    model = shop(plain(), more='figures = "loaves.csv"\n' + MAPPING)
    rows = runway.project(model).rows
    assert rows["loaves.value"][:3] == pytest.approx((150, 200, 220))
    assert rows["bread.revenue"][:3] == pytest.approx((210.5, 1234.56, 440))
    assert explain(model, "loaves", "2025-01").inputs[0].where.endswith("loaves.csv:2")


def test_rows_may_be_there_twice_if_the_file_says_so(shop: Callable[..., Plan]) -> None:
    table = plain() + '2025-01-31,Expenses:Rent,memo,"95.00"\n'
    with pytest.raises(InputError) as raised:
        shop(table, more=MAPPING)
    assert raised.value.problems[0].name == "duplicate-row"
    assert runway.project(shop(table, more="duplicates = true\n" + MAPPING)).rows["rent.cost"][0] == 190


def test_nothing_is_half_read(shop: Callable[..., Plan]) -> None:
    """All problems of the file at once, but not thousands of them."""
    table = plain().replace("2025-01-31", "31/01/25").replace('"1,234.56"', '"1.234,56"')
    with pytest.raises(InputError) as raised:
        shop(table, more=MAPPING)
    assert [problem.name for problem in raised.value.problems] == ["not-a-date", "number-of-another-locale"]
    with pytest.raises(InputError) as raised:
        shop(plain() + "nonsense,a,b,1\n" * 500, more=MAPPING)
    assert len(raised.value.problems) == 20


def test_amounts_as_they_are_written() -> None:
    read = {
        "12": "12",
        "-1,234.5": "-1234.5",
        "$-5": "-5",
        "-$5": "-5",
        "(7.25)": "-7.25",
        "+3": "3",
        "100.00 USD": "100.00",
    }
    assert {text: str(amount.value(".")) for text in read if (amount := money(text))} == read
    for text in ("1e5", "NaN", "", "--5", "(5", "USD 5 EUR"):
        assert money(text) is None
    for text in ("1.234,5", "12,5", "1,23"):
        assert (amount := money(text)) is not None
        assert amount.value(".") is None


def test_a_changed_close_is_a_change(shop: Callable[..., Plan]) -> None:
    model = shop(figures(rent=(90, 130)), set={"actuals.last_close": "2025-01"})
    assert runway.project(model).rows["rent.cost"][:2] == (90, 100)


def test_the_bundled_example_closes_on_its_bank_s_balance() -> None:
    plan = runway.load("saas-startup-actuals")
    assert plan.model.actuals is not None
    for source in plan.model.actuals.sources:
        assert sum(source.uses.values()) == source.total  # what became of every amount
    rows = runway.project(plan).rows
    assert [round(cash, 2) for cash in rows["cash"][:3]] == [float(v.value) for v in plan.model.actuals.values["cash"]]
    assert rows["team.cost"][2] == pytest.approx(69050 + 15398.15)
    assert rows["team.cash"][2] == -rows["team.cost"][2]  # the payroll's rows, and what the bank paid for them
    assert rows["unreconciled.cash"][:3] == (-25, -25, -25)  # the account's fee, which is of no line


def test_a_scenario_may_close_earlier(shop: Callable[..., Plan]) -> None:
    text = """
        [scenarios.early]
        set = { "actuals.last_close" = "2025-01" }
        """
    assert runway.project(shop(figures(rent=(90, 130)), more=text), scenario="early").rows["rent.cost"][:2] == (90, 100)
    with pytest.raises(InputError) as raised:
        shop(figures(rent=(90, 130)), more=text.replace("2025-01", "soon"))
    assert raised.value.problems[0].name == "bad-month"


@few(max_examples=80)
@given(data=st.data())
def test_no_bytes_are_a_defect(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """Whatever a ledger holds, it is read or refused with its problems; nothing else is raised."""
    contents = bytearray(plain().encode())
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(contents) - 1))
        piece = data.draw(
            st.sampled_from([b'"', b",", b"\n", b";", b"-", b"\xff", b"\0", b"\r", b"1e9", b"(", b"2025-02-30", b""])
        )
        contents[at : at + data.draw(st.integers(0, 8))] = piece
    folder = tmp_path_factory.mktemp("fuzz", numbered=True)
    (folder / "actuals.csv").write_bytes(bytes(contents))
    text = f"""
        {SHOP}
        [actuals]
        file = "actuals.csv"
        last_close = "2025-02"
        allow_unmapped = true
        {MAPPING}
        """
    (folder / "shop.toml").write_text(text, encoding="utf-8")
    with contextlib.suppress(InputError):
        runway.project(str(folder / "shop.toml"))
