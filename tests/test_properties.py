"""What holds for any company: properties of random assumption files."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runway.answers.projection import Projection
from runway.engine.run import Engine
from runway.render.csv import wide_csv

if TYPE_CHECKING:
    from runway.engine.ladder import Rung

Load = Callable[..., Any]
Project = Callable[..., Projection]

few = partial(settings, deadline=None, derandomize=True, database=None)

DIGITS = {"USD": 2, "JPY": 0, "KWD": 3}
START = 2025 * 12


def month(t: int) -> str:
    return f"{(START + t) // 12}-{(START + t) % 12 + 1:02d}"


@dataclass(frozen=True)
class Company:
    """An assumption file in parts; `{money:N}` stands for N minor units."""

    model: str
    lines: tuple[str, ...]
    currency: str = "USD"

    def text(self, scale: int = 1, *, more: str = "") -> str:
        parts = "\n".join((self.model, *self.lines, more))
        unit = Decimal(1).scaleb(-DIGITS[self.currency])

        class Money(int):
            def __format__(self, _: str) -> str:
                return str(int(self) * scale * unit)

        pieces = parts.split("{money:")
        written = [pieces[0]]
        for piece in pieces[1:]:
            number, _, rest = piece.partition("}")
            written.append(f"{Money(int(number))}{rest}")
        return "".join(written)


def money(least: int = 0, most: int = 3_000_000) -> st.SearchStrategy[str]:
    return st.integers(least, most).map(lambda n: f"{{money:{n}}}")


def share(most: int = 100) -> st.SearchStrategy[str]:
    return st.integers(0, most * 10).map(lambda n: f"{n / 10}%")


def rate(least: int = -50, most: int = 100) -> st.SearchStrategy[str]:
    """A rate a month, in tenths of a per cent."""
    return st.integers(least, most).map(lambda n: f"{n / 10}%/month")


def day(months: int) -> st.SearchStrategy[str]:
    """A day within a few months of the horizon; now and then none."""
    return st.tuples(st.integers(-3, months + 2), st.integers(1, 28)).map(lambda d: f"{month(d[0])}-{d[1]:02d}")


@st.composite
def line(draw: st.DrawFn, name: str, section: str, months: int) -> str:
    """One line of a section, of any kind that it takes, with or without working capital."""
    kinds = ["recurring", "one_off", "spread", "usage", "percent_of", "formula"]
    kinds += {"revenue": ["subscription"] * 3, "costs": ["headcount"] * 2}.get(section, [])
    kind = draw(st.sampled_from(kinds))
    fields = [f"[{section}.{name}]", f'kind = "{kind}"']
    period = draw(st.sampled_from(["day", "week", "month", "quarter", "year"]))
    if kind == "recurring":
        fields += [f'amount = "{draw(money())}/{period}"', f'growth = "{draw(rate())}"']
        if draw(st.booleans()):
            fields.append(f'start = "{draw(day(months))}"')
        elif draw(st.booleans()):
            fields.append(f'end = "{draw(day(months))}"\ngrowth_step = "yearly"')
    elif kind == "one_off":
        fields += [f"amount = {draw(money())}", f'date = "{draw(day(months))}"']
    elif kind == "spread":
        first, last = sorted((draw(day(months)), draw(day(months))))
        fields += [f"amount = {draw(money())}", f'from = "{first}"', f'to = "{last}"']
    elif kind == "usage":
        fields += ['volume = "t + 10"', f"price = {draw(money(0, 90_000))}", f'growth = "{draw(rate())}"']
    elif kind == "percent_of":
        of = "t * each" if section == "revenue" else "total.revenue"
        fields += [f'of = "{of}"', f'share = "{draw(share())}"']
    elif kind == "formula":
        fields += ['formula = "prev(main) * keep + each * mod(t, 3)"', f'keep = "{draw(share(90))}"',
                   f"opening = {draw(money())}", f"each = {draw(money())}"]  # fmt: skip
    elif kind == "headcount":
        fields += [f"opening = {draw(st.integers(0, 30))}", f'salary = "{draw(money(0, 500_000))}/{period}"',
                   f'loading = "{draw(share(40))}"', 'raises = "3%/year"',
                   f'hires = {{ "{draw(day(months))}" = {draw(st.integers(0, 5))} }}']  # fmt: skip
    else:
        fields += [f"opening = {draw(st.integers(0, 2_000))}", f'acquisition = "{draw(rate(0))}"',
                   f'signups = "{draw(st.integers(0, 50))}/month"', f'churn = "{draw(rate(0, 200))}"',
                   f'price = "{draw(money(0, 20_000))}/{period}"']  # fmt: skip
        billed = draw(st.sampled_from(["monthly", "quarterly", "yearly"]))
        if billed != "monthly":
            fields += [f'billed = "{billed}"', f"opening_deferred = {draw(money())}"]
        elif draw(st.booleans()):
            fields.append(f"capacity = {draw(st.integers(0, 3_000))}")
    if kind != "one_off" and section != "passthrough" and draw(st.booleans()):
        days, balance = ("collected_after", "receivable") if section == "revenue" else ("paid_after", "payable")
        fields += [f'{days} = "{draw(st.integers(0, 100))} days"', f"opening_{balance} = {draw(money())}"]
    elif section == "costs" and draw(st.integers(0, 5)) == 0:
        fields.append("non_cash = true")
    if section == "capital" and draw(st.booleans()):
        fields.append(f'written_off_over = "{draw(st.integers(1, 60))} months"')
    return "\n".join(fields) + "\n"


@st.composite
def round_of(draw: st.DrawFn, name: str, months: int, spend: list[str]) -> str:
    """A priced round, its closings in order, with conditions, a clause and an earmark now and then."""
    status = draw(st.sampled_from(["committed", "committed", "planned"]))
    days = sorted(draw(st.lists(day(months), min_size=1, max_size=3)))
    parts = [f'[funding.{name}]\nkind = "priced_round"\nstatus = "{status}"\n']
    for n, on in enumerate(days):
        parts.append(f'[[funding.{name}.closings]]\nname = "t{n}"\ndate = "{on}"\namount = {draw(money())}\n')
        conditions = ["", "", "launch", "launch and licence", "launch or prev(total.arr) >= prev(each)"]
        requires = draw(st.sampled_from(conditions))
        if requires:
            parts.append(f'requires = "{requires}"\nby = "{month(months + 3)}-28"\n')
    if draw(st.booleans()):
        parts.append(f'[[funding.{name}.clauses]]\nname = "cut"\ncuts = "round"\nto = {draw(money())}\n'
                     f'unless = "consent"\nby = "{draw(day(months))}"\n')  # fmt: skip
    if spend and draw(st.booleans()):
        sources = ", ".join(f'"t{n}"' for n in range(len(days)))
        parts.append(f'[[funding.{name}.earmarks]]\nfor = "{spend[0]}"\namount = {draw(money())}\nfrom = [{sources}]\n'
                     f'fills = "{draw(st.sampled_from(["pro_rata", "first"]))}"\n')  # fmt: skip
        if days[0] < month(0):
            parts.append(f"opening_spent = {draw(money())}\n")
    return "".join(parts)


@st.composite
def loan_of(draw: st.DrawFn, name: str, months: int) -> str:
    """A loan of any schedule, now and then older than the first month, with a covenant on half of them."""
    on, amount = draw(day(months)), draw(st.integers(0, 3_000_000))
    older = on < month(0)
    term = draw(st.integers(6 if older else 1, 30))  # of an older loan some payments are still to come
    repayment = draw(st.sampled_from(["level_payment", "level_principal", "bullet"]))
    fields = [f'[funding.{name}]\nkind = "loan"\namount = {{money:{amount}}}\ndate = "{on}"',
              f'rate = "{draw(st.integers(0, 300)) / 10}%/year"', f'term = "{term} months"',
              f'repayment = "{repayment}"', f'day_count = "{draw(st.sampled_from(["30/360", "act/365", "act/360"]))}"',
              f'first_payment = "{draw(st.sampled_from(["1 month", "0 months"]))}"', f'fee = "{draw(share(10))}"',
              f'status = "{draw(st.sampled_from(["committed"] if older else ["committed", "planned"]))}"',
              f"end_fee = {draw(money(10_000, 90_000))}"]  # fmt: skip
    if repayment != "bullet":
        fields.append(f'interest_only = "{draw(st.integers(0, term - 1))} months"')
    if older:
        fields.append(f"opening_balance = {draw(money(0, amount))}")
    elif draw(st.booleans()):
        fields.append('requires = "launch"')
    if draw(st.booleans()):
        fields.append(f'[[funding.{name}.covenants]]\nname = "pledge"\nrequire = "cash >= prev(each)"')
    return "\n".join(fields) + "\n"


@st.composite
def line_of(draw: st.DrawFn, name: str, months: int) -> str:
    """A credit line, with dates and an older balance now and then."""
    limit = draw(st.integers(0, 3_000_000))
    fields = [f'[funding.{name}]\nkind = "credit_line"\nlimit = {{money:{limit}}}',
              f'rate = "{draw(st.integers(0, 300)) / 10}%/year"',
              f'commitment_fee = "{draw(st.integers(0, 30)) / 10}%/year"']  # fmt: skip
    if draw(st.booleans()):
        fields.append(f'date = "{month(0)}-02"\nby = "{draw(day(months).filter(lambda on: on > month(0) + "-02"))}"')
    elif draw(st.booleans()):
        fields.append(f"opening_balance = {draw(money(0, limit))}")
    return "\n".join(fields) + "\n"


@st.composite
def companies(draw: st.DrawFn, currencies: tuple[str, ...] = ("USD",)) -> Company:
    currency = draw(st.sampled_from(currencies))
    months = draw(st.integers(1, 26))
    model = (
        f'[model]\nname = "x"\nstart = "{month(0)}"\nmonths = {months}\ncurrency = "{currency}"\n'
        f"opening_cash = {draw(money(-1_000_000, 30_000_000))}\nminimum_cash = {draw(money(0, 500_000))}\n"
        f'interest = "{draw(rate(0, 20))}"\n'
        f'[events.launch]\ndate = "{draw(day(months))}"\n[events.licence]\ndate = "{draw(day(months))}"\n'
        f'[events.consent]\ndate = "{draw(day(months))}"\n'
        f'[drivers.each]\nformula = "amount"\namount = {draw(money(0, 500_000))}\n'
    )
    lines = [draw(line(f"a{n}", "revenue", months)) for n in range(draw(st.integers(0, 3)))]
    lines += [draw(line(f"b{n}", "costs", months)) for n in range(draw(st.integers(0, 3)))]
    spend = [f"c{n}" for n in range(draw(st.integers(0, 2)))]
    lines += [draw(line(name, "capital", months)) for name in spend]
    lines += [draw(line("d0", "passthrough", months)) for _ in range(draw(st.integers(0, 1)))]
    lines += [draw(round_of(f"r{n}", months, spend if n == 0 else [])) for n in range(draw(st.integers(0, 2)))]
    if draw(st.booleans()):
        lines.append(f'[funding.g0]\nkind = "grant"\namount = {draw(money())}\ndate = "{draw(day(months))}"\n')
    lines += [draw(loan_of(f"l{n}", months)) for n in range(draw(st.sampled_from([0, 0, 1, 2])))]
    lines += [draw(line_of(f"k{n}", months)) for n in range(draw(st.sampled_from([0, 0, 1, 2])))]
    if draw(st.booleans()):
        paid = draw(st.sampled_from(["monthly", "quarterly", "yearly"]))
        lines.append(f'[tax]\nrate = "{draw(share(60))}"\nopening_losses = {draw(money())}\n'
                     f'loss_limit = "{draw(share())}"\npaid = "{paid}"\n')  # fmt: skip
    if draw(st.booleans()) and any("[revenue.a0]" in text for text in lines):
        lines.append(f'[events.outage]\ndate = "{draw(day(months))}"\ndays = {draw(st.integers(1, 90))}\n'
                     f'takes = {{ a0 = "{draw(share())}" }}\n')  # fmt: skip
    return Company(model, tuple(lines), currency)


# Footing ----------------------------------------------------------------------------------------------------------


def foots(table: list[dict[str, Decimal]], sections: dict[str, list[str]]) -> None:
    """Lines make their sections, sections the net flow, and each month opens with what the last one closed with."""
    for n, row in enumerate(table):
        for section, lines in sections.items():
            if lines:
                assert sum(row[line] for line in lines) == row[section], (n, section)
        assert sum(row[section] for section in sections) == row["net_cash_flow"], n
        assert row["opening_cash"] + row["net_cash_flow"] == row["closing_cash"], n
        if n:
            assert row["opening_cash"] == table[n - 1]["closing_cash"], n


def sections_of(projection: Projection) -> dict[str, list[str]]:
    return {section.cash: [line.cash for line in section.lines] for section in projection.sections}


@few(max_examples=25)
@given(company=companies(("USD", "JPY", "KWD")))
def test_csv_and_json_foot_to_the_minor_unit(project: Project, company: Company) -> None:
    projection = project(company.text())
    sections = sections_of(projection)
    written = csv.DictReader(io.StringIO(wide_csv(projection)))
    table = [{key: Decimal(value) for key, value in row.items() if key != "month"} for row in written]
    digits = DIGITS[company.currency]
    for row in table:
        assert all(-value.as_tuple().exponent == digits for value in (row["opening_cash"], row["closing_cash"]))
    foots(table, sections)
    rows: dict[str, list[float]] = json.loads(json.dumps(projection.to_dict()))["rows"]
    rows["closing_cash"] = rows["cash"]
    foots([{a: Decimal(repr(rows[a][t])) for a in rows} for t in range(len(table))], sections)


@few(max_examples=20)
@given(company=companies())
def test_net_loss_and_the_bridge_make_net_burn(project: Project, company: Company) -> None:
    rows = project(company.text()).rows
    bridge = [a for a in rows if a.startswith("bridge.")]
    for t, burn in enumerate(rows["net_burn"]):
        assert rows["net_loss"][t] + sum(rows[a][t] for a in bridge) == pytest.approx(burn, abs=1e-5)
        received = rows["cash.revenue"][t] + rows["cash.interest"][t]
        assert rows["gross_burn"][t] - received == pytest.approx(burn, abs=1e-5)
        restricted, free = rows["restricted_cash"][t], rows["unrestricted_cash"][t]
        assert restricted + free == pytest.approx(rows["cash"][t], abs=1e-5)
        assert restricted >= 0


# What changes nothing ---------------------------------------------------------------------------------------------

NOTHING = """
[revenue.z0]
kind = "recurring"
amount = "0/month"
collected_after = "30 days"
opening_receivable = 0
[revenue.z1]
kind = "subscription"
opening = 0
churn = "5%/month"
price = "10/month"
[costs.z2]
kind = "headcount"
opening = 0
salary = "100/month"
[costs.z3]
kind = "percent_of"
of = "total.revenue"
share = "0%"
[capital.z4]
kind = "spread"
amount = 0
from = "2025-01"
to = "2026-01"
written_off_over = "5 months"
[passthrough.z5]
kind = "one_off"
amount = 0
date = "2025-02-03"
[funding.z6]
kind = "grant"
amount = 0
date = "2025-02-03"
[events.z7]
date = "2025-02-03"
"""


@few(max_examples=12)
@given(company=companies())
def test_lines_of_nothing_change_nothing(project: Project, company: Company) -> None:
    plain, more = project(company.text()), project(company.text(more=NOTHING))
    for address, series in plain.rows.items():
        assert more.rows[address] == pytest.approx(series, abs=1e-9), address
    assert more.runway == plain.runway
    assert more.survival == plain.survival
    assert (more.peak_need, more.static_runway, more.burn_multiple) == (
        plain.peak_need, plain.static_runway, plain.burn_multiple,
    )  # fmt: skip


@few(max_examples=12)
@given(company=companies())
def test_a_scenario_that_sets_nothing_changes_nothing(project: Project, company: Company) -> None:
    text = company.text(more="[scenarios.same]\n[scenarios.again]\nset = {}\n")
    plain = project(text)
    for scenario in ("same", "again"):
        other = project(text, scenario=scenario)
        assert dict(other.rows) == dict(plain.rows)
        assert (other.runway, other.closings, other.notes) == (plain.runway, plain.closings, plain.notes)


@few(max_examples=12)
@given(company=companies())
def test_neutral_levers_and_relative_changes_of_nothing_change_nothing(project: Project, company: Company) -> None:
    text = company.text()
    plain = project(text)
    changes = {"levers.burn": "100%", "levers.revenue": 1, "levers.delay": "0 days", "model.opening_cash": "+0%",
               "launch.date": "+0 months", "licence.date": "-0 days"}  # fmt: skip
    assert dict(project(text, set=changes).rows) == dict(plain.rows)


# What scales and what orders --------------------------------------------------------------------------------------


@few(max_examples=20)
@given(company=companies())
def test_scaling_all_money_scales_cash_and_leaves_the_months(load: Load, company: Company) -> None:
    """By 1,024, which floats do without rounding; without posting, which does not scale."""
    from runway.answers.project import Reader
    from runway.engine.days import layout

    found = []
    for scale in (1024, 1):
        model = load(company.text(scale))
        reader = Reader(model, Engine(model.program, model.document), layout(model))
        rows = reader.engine.run(posting=False)
        days = reader.days(rows, {})
        found.append((rows["cash"], rows["total.costs"], days.read()))
    (more_cash, more_costs, more), (cash, costs, read) = found
    assert more_cash == pytest.approx([1024 * x for x in cash], rel=1e-9, abs=1e-3)
    assert more_costs == pytest.approx([1024 * x for x in costs], rel=1e-9, abs=1e-3)
    assert more.lowest == pytest.approx(1024 * read.lowest, rel=1e-9, abs=1e-3)
    if (more.zero_month, more.zero_day) != (read.zero_month, read.zero_day):
        on_that_day, _ = days.month(more.zero_month)  # earlier, for cash within half a cent of the floor is on it
        assert on_that_day(more.zero_day) == pytest.approx(rows["minimum_cash"][0], abs=0.0051)


def lasts(rung: Rung) -> float:
    return float("inf") if rung.months is None else rung.months


@few(max_examples=20)
@given(company=companies())
def test_more_funding_never_lasts_shorter(project: Project, company: Company) -> None:
    """In hand, certain, conditional, planned: only the funding differs, so none runs dry before the one below it.

    Money that is lent is not among it: it has to be paid back, and may then leave less than none.
    """
    lent = ('kind = "loan"', 'kind = "credit_line"')
    given_for_good = tuple(text for text in company.lines if not any(kind in text for kind in lent))
    rungs = project(replace(company, lines=given_for_good).text()).runway
    months = [lasts(rung) for rung in rungs]
    assert months == sorted(months)
    lowest = [rung.lowest_cash for rung in rungs]
    assert all(after >= before - 0.02 for before, after in pairwise(lowest))


@few(max_examples=12)
@given(company=companies(), more=st.integers(1, 5_000_000))
def test_more_opening_cash_never_lasts_shorter(project: Project, company: Company, more: int) -> None:
    text = company.text()
    plain, richer = project(text), project(text, set={"model.opening_cash": f"+{more}"})
    for before, after in zip(plain.runway, richer.runway, strict=True):
        assert lasts(after) >= lasts(before)
        assert after.lowest_cash >= before.lowest_cash - 0.02


SUBSCRIBERS = """
[model]
name = "x"
start = "2025-01"
months = 26
opening_cash = 50_000
[revenue.plan]
kind = "subscription"
opening = {opening}
acquisition = "{acquisition}"
signups = "{signups}/month"
churn = "{churn}%/month"
price = "$10/month"
{billed}
[costs.fees]
kind = "percent_of"
of = "plan.cash"
share = "30%"
[costs.rent]
kind = "recurring"
amount = "$3k/month"
[tax]
rate = "25%"
"""


@few(max_examples=20)
@given(
    opening=st.integers(0, 2000),
    acquisition=rate(0, 80),
    signups=st.integers(0, 40),
    churn=st.tuples(st.integers(0, 1000), st.integers(0, 1000)).map(sorted),
    billed=st.sampled_from([
        "",
        "capacity = 900",
        'billed = "yearly"\nopening_deferred = 1000',
        'billed = "quarterly"\nopening_deferred = 1000\ncollected_after = "45 days"\nopening_receivable = 500',
    ]),
)  # fmt: skip
def test_more_churn_never_gives_more_cash(
    project: Project, opening: int, acquisition: str, signups: int, churn: list[int], billed: str
) -> None:
    text = SUBSCRIBERS.replace("{billed}", billed).replace("{opening}", str(opening)).replace("{signups}", str(signups))
    text = text.replace("{acquisition}", acquisition)
    few_leave, many_leave = (project(text.replace("{churn}", str(lost / 10))) for lost in churn)
    for before, after in zip(few_leave.rows["cash"], many_leave.rows["cash"], strict=True):
        assert after <= before + 0.5  # cents that rounding moves
    assert lasts(many_leave.runway[0]) <= lasts(few_leave.runway[0]) + 0.05
