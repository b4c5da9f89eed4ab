"""Returns: published examples, numpy-financial's conventions that we rely on, and lists whose rates are known."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from random import Random

import numpy
import numpy_financial
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from support import spreadsheet
from xlsxwriter.utility import xl_rowcol_to_cell

import runway
from runway.ownership.returns import irr, mirr, multiple, npv, sign_changes, xirr

MICROSOFT = [
    (date(2008, 1, 1), -10000),
    (date(2008, 3, 1), 2750),
    (date(2008, 10, 30), 4250),
    (date(2009, 2, 15), 3250),
    (date(2009, 4, 1), 2750),
]


@pytest.mark.parametrize(
    ("flows", "rate", "others"),
    [
        ([-100, 39, 59, 55, 20], 0.28095, []),
        ([-100, 0, 0, 74], -0.0955, []),
        ([-100, 100, 0, -7], -0.0833, [-0.6789]),
        ([-100, 100, 0, 7], 0.06206, []),
        ([-5, 10.5, 1, -8, 1], 0.0886, [-0.8702, 0.7096]),
        ([-50, -100, 600, 300, -100], 1.854418, [-0.768895]),
        ([-250000, 100000, 150000, 200000, 250000, 300000], 0.5672303344358536, []),
    ],
)
def test_irr_and_all_its_rates(flows: list[float], rate: float, others: list[float]):
    """P18: numpy-financial's docstring, and its issue 28 (Excel: 185.4%); others by a search of our own."""
    returned = irr(flows)
    assert returned.rate == pytest.approx(rate, abs=5e-5)
    assert returned.all_rates == pytest.approx(sorted([rate, *others]), abs=5e-5)
    assert (f"of {1 + len(others)} rates" in returned.rule) == bool(others)


@pytest.mark.parametrize(
    ("flows", "why"),
    [
        ([1, 2, 3], "no money goes out"),
        ([-1, -2], "no money comes back"),
        ([-5], "no money comes back"),
        ([0, 0], "there are no flows"),
        ([], "there are no flows"),
        ([-1, 2, -1.1], "at none are the flows worth nothing"),
    ],
)
def test_where_there_is_no_rate_it_says_why(flows: list[float], why: str):
    assert irr(flows) == (None, (), f"no rate: {why}")


def test_a_curve_that_only_touches_zero_has_its_rate():
    """(1 − 1.1 x)²: a double root at 10 %."""
    returned = irr([-1, Fraction("2.2"), Fraction("-1.21")])
    assert returned.all_rates == pytest.approx([0.1], abs=1e-7)


def test_xirr_and_that_its_order_is_irrelevant():
    """P24: Microsoft's page on XIRR."""
    assert xirr(MICROSOFT).rate == pytest.approx(0.373362535, abs=5e-9)
    assert xirr(MICROSOFT[::-1]) == xirr(MICROSOFT)


def test_flows_of_one_day_are_one_flow():
    day = date(2026, 3, 1)
    assert xirr([(day, -100), (day, 300)]).rule == "no rate: no money goes out"
    assert xirr([(day, -100), (day, 100)]).rule == "no rate: there are no flows"
    assert xirr([(day, -50), (day, -50), (day + timedelta(365), 110)]).rate == pytest.approx(0.1, abs=1e-12)
    assert xirr([(day, -1), (day + timedelta(1), 100)]).rule == "no rate: it is too large for a number"


def test_leap_years_count_365_days():
    assert xirr([(date(2024, 1, 1), -100), (date(2025, 1, 1), 110)]).rate == pytest.approx(1.1 ** (365 / 366) - 1)


@pytest.mark.parametrize(
    "flows",
    [
        [-1000, *[5] * 599],
        [-5] * 300 + [7] * 300,
        [-5] * 200 + [9] * 200 + [-6] * 100 + [3] * 100,
        [-1e9, *[0] * 598, 1e12],
    ],
)
def test_six_hundred_flows(flows: list[float]):
    """Each rate makes the flows worth nothing, and a fine walk over 1/(1 + rate) finds as many changes of sign."""
    returned = irr(flows)
    for rate in returned.all_rates:
        parts = numpy.array(flows) * (1 + rate) ** -numpy.arange(600.0)
        assert abs(parts.sum()) < 1e-10 * abs(parts).max()
    x = numpy.exp(numpy.linspace(-2, 0.5, 20001))
    walk = numpy.array([numpy.polynomial.polynomial.polyval(x, flows)])
    assert len(returned.all_rates) == (numpy.diff(numpy.sign(walk)) != 0).sum()


def test_many_random_lists_have_the_roots_of_their_polynomials():
    """Against the eigenvalues of the companion matrix, which is sound for a few flows."""
    random = Random(1)
    several = 0
    for _ in range(500):
        flows = [random.choice([-1, 1]) * random.uniform(0.1, 10) for _ in range(random.randint(2, 9))]
        roots = [1 / root.real - 1 for root in numpy.roots(flows[::-1]) if abs(root.imag) < 1e-9 and root.real > 0]
        found = irr(flows).all_rates
        assert found == pytest.approx(sorted(roots), rel=1e-6, abs=1e-9)
        several += len(found) > 1
    assert several > 50


@given(st.lists(st.floats(0.05, 3), min_size=1, max_size=5, unique_by=lambda x: round(x * 5)))
def test_rates_that_were_put_in_come_out(factors: list[float]):
    """Flows that are the product of (1 − factor × x) are worth nothing at factor − 1, and nowhere else."""
    flows = numpy.array([-1.0])
    for factor in factors:
        flows = numpy.convolve(flows, [1, -factor])
    assert irr(list(flows)).all_rates == pytest.approx(sorted(f - 1 for f in factors), abs=1e-5)


@given(st.lists(st.integers(-100, 100), max_size=12), st.integers(1, 1000))
def test_the_unit_of_money_is_irrelevant(flows: list[int], k: int):
    one, other = irr(flows).all_rates, irr([flow * k for flow in flows]).all_rates
    assert one == pytest.approx(other, rel=1e-6, abs=1e-6)


def test_npv_puts_the_first_flow_at_once():
    """P19: numpy-financial's docstring."""
    assert npv(0.08, [-40000, 5000, 8000, 12000, 30000]) == pytest.approx(3065.22267, abs=5e-3)
    assert [npv(r, [-4000, 500, 800]) for r in (0, 0.05, 0.1)] == pytest.approx([-2700, -2798.19, -2884.30], abs=5e-3)
    assert npv(0.1, [Fraction(-5000), Fraction(600), Fraction(900)]) == pytest.approx(-3710.74, abs=5e-3)


@pytest.mark.parametrize(
    ("flows", "rates", "expected"),
    [
        ([-100, 50, -60, 70], [(0.10, 0.12)], [-0.03909366594356467]),
        (
            [-4500, -800, 800, 800, 600],
            [(0.05, 0.08), (0.08, 0.10), (0.10, 0.12)],
            [-0.1784449, -0.17328716, -0.1684366],
        ),
        (
            [-120000, 39000, 30000, 21000, 37000],
            [(0.05, 0.08), (0.08, 0.10), (0.10, 0.12)],
            [0.04627293, 0.05437856, 0.06252201],
        ),
        (
            [100, 200, -50, 300, -200],
            [(0.05, 0.08), (0.08, 0.10), (0.10, 0.12)],
            [0.35712458, 0.40628857, 0.44435295],
        ),
    ],
)
def test_mirr(flows: list[float], rates: list[tuple[float, float]], expected: list[float]):
    """P22: numpy-financial's docstring and tests."""
    assert [mirr(flows, finance, reinvestment) for finance, reinvestment in rates] == pytest.approx(expected, abs=6e-8)
    assert mirr([1, 2, 3], 0.1, 0.1) is None


def test_multiples():
    """P25: pyxirr src/core/private_equity.rs @5f31a856, after INSEAD, Measuring PE Fund Performance (2019)."""
    flows = [Fraction(n) for n in (-10, -20, 15, 30)]
    assert (multiple(flows), multiple([*flows, Fraction(15)])) == (Fraction(3, 2), 2)  # DPI, TVPI
    assert multiple([Fraction(n) for n in (-25, 15, 0, 20)]) == Fraction(7, 5)
    assert irr([-12, 0, 0, 40]).rate == pytest.approx(0.494, abs=5e-4)
    assert multiple([Fraction(5)]) is None


def test_a_rate_of_minus_100_percent_is_none():
    """Where next to nothing is left the rate is −1 as a number, at which no flow has a value."""
    assert irr([-1, 1e-13]) == (None, (), "no rate: it is −100 %, at which nothing is left")
    assert irr([-1, 1, -1e-30]).all_rates == pytest.approx([0], abs=1e-9)
    assert irr([-1, 1e-11]).rate == pytest.approx(-1, abs=1e-10)
    day = date(2026, 1, 1)
    assert xirr([(day, -100), (day + timedelta(1), 50)]).rule == "no rate: it is −100 %, at which nothing is left"


def test_a_rate_a_month_is_compounded_to_a_year():
    assert irr([-100, 101], 12).rate == pytest.approx(1.01**12 - 1, abs=1e-12)
    assert irr([-100, 1], 12) == (None, (), "no rate: it is −100 %, at which nothing is left")
    assert irr([-1, 1e30], 12).rule == "no rate: it is too large for a number"
    assert irr([1, 2], 12) == irr([1, 2])
    both = irr([-100, 230, -132], 2)
    assert (both.rate, both.all_rates) == (pytest.approx(0.21), pytest.approx((0.21, 0.44)))


def test_a_rate_that_a_year_loses_is_not_counted():
    """(x - 1.1) (x - 1.2) (x - 0.05): 95 % lost a month is all of the money in a year."""
    three, two = [1, -2.35, 1.435, -0.066], [-1, 1.15, -0.055]
    assert ("of 3 rates" in irr(three).rule, "of 2 rates" in irr(two).rule) == (True, True)
    assert irr(three, 12).all_rates == pytest.approx((1.1**12 - 1, 1.2**12 - 1))
    assert "of 2 rates" in irr(three, 12).rule
    assert irr(two, 12) == (pytest.approx(1.1**12 - 1), (pytest.approx(1.1**12 - 1),), irr([-100, 110]).rule)


def test_of_several_rates_a_year_the_one_is_shown_that_is_found_from_ten_per_cent_a_year_on():
    """(x - 1.01) (x - 1.15): of flows by the month 10 % a month is far from 10 % a year."""
    flows = [100, -216, 116.15]
    assert irr(flows).rate == pytest.approx(0.15)
    assert irr(flows, 12).rate == pytest.approx(1.01**12 - 1)
    assert irr(flows, 12).all_rates == pytest.approx((1.01**12 - 1, 1.15**12 - 1))


def test_sign_changes():
    assert [sign_changes(flows) for flows in ([], [-1, 0, 2], [-1, 0, -1, 2, 0, -3], [5])] == [0, 1, 2, 0]


def lists() -> list[list[float]]:
    """Flows of a few periods, as their kinds: one payment and then income, borrowed, and what changes sign at will."""
    random = Random(7)
    plain = [[-100.0, *(random.uniform(0, 60) for _ in range(random.randint(2, 12)))] for _ in range(60)]
    mixed = [[random.choice([-1, 1]) * random.uniform(1, 100) for _ in range(random.randint(3, 8))] for _ in range(240)]
    return [*plain, *([-flow for flow in flows] for flows in plain[:20]), *mixed]


@pytest.fixture(scope="module")
def spreadsheets(tmp_path_factory):
    """IRR, NPV at 8 % with the first flow at once, MIRR at 8 and 12 %, and XIRR of each list, by LibreOffice."""
    if spreadsheet.soffice() is None:
        pytest.skip(spreadsheet.ABSENT)
    folder = tmp_path_factory.mktemp("returns")
    book = xlsxwriter.Workbook(str(folder / "returns.xlsx"))
    sheet, days = book.add_worksheet("Returns"), book.add_worksheet("Days")
    for row, flows in enumerate(lists()):
        sheet.write_row(row, 4, flows)
        days.write_row(row, 4, [(day - date(1899, 12, 30)).days for day in days_of(flows)])
        first, second, last = (xl_rowcol_to_cell(row, 4 + n) for n in (0, 1, len(flows) - 1))
        sheet.write_formula(row, 0, f"=IRR({first}:{last})")
        sheet.write_formula(row, 1, f"={first}+NPV(0.08,{second}:{last})")
        sheet.write_formula(row, 2, f"=MIRR({first}:{last},0.08,0.12)")
        sheet.write_formula(row, 3, f"=XIRR({first}:{last},Days!{first}:{last})")
    book.close()
    (folder / "recalculated").mkdir()
    spreadsheet.recalculated([folder / "returns.xlsx"], folder / "recalculated")
    cells_of = spreadsheet.computed(folder / "returns.xlsx", folder / "recalculated")["Returns"]
    return [[cells_of.get(f"{column}{row}") for column in "ABCD"] for row in range(1, len(lists()) + 1)]


def days_of(flows: list[float]) -> list[date]:
    return [date(2024, 1, 31) + timedelta(47 * n) for n in range(len(flows))]


@pytest.mark.proof
def test_a_spreadsheet_finds_the_same(spreadsheets):
    """Each rate above −100 % that LibreOffice finds from its guess of 10 % is the one shown, of one or of several."""
    compared = several = 0
    for flows, (rate, value, modified, by_days) in zip(lists(), spreadsheets, strict=True):
        assert npv(0.08, flows) == pytest.approx(value, rel=1e-9, abs=1e-9)
        own = mirr(flows, 0.08, 0.12)
        assert (own is None) == (modified is None)
        assert own is None or own == pytest.approx(modified, rel=1e-9, abs=1e-9)
        for returned, theirs in ((irr(flows), rate), (xirr(zip(days_of(flows), flows, strict=True)), by_days)):
            if theirs is not None and theirs > -1 and "side of the total" not in returned.rule:
                assert returned.rate == pytest.approx(theirs, rel=1e-5, abs=1e-6), flows
                compared, several = compared + 1, several + (len(returned.all_rates) > 1)
    assert compared > 380
    assert several > 50


def test_what_we_rely_on_in_numpy_financial():
    """P20, P21, P23: level payments at the end of a period; its interest and principal; future and present value."""
    assert numpy_financial.pmt(0.075 / 12, 180, 200000) == pytest.approx(-1854.0247200054619, abs=1e-8)
    assert numpy_financial.pmt(0, 60, 15000) == -250
    months = numpy.arange(1, 13)
    interest = -numpy_financial.ipmt(0.0824 / 12, months, 12, 2500)
    principal = -numpy_financial.ppmt(0.0824 / 12, months, 12, 2500)
    assert interest[[0, 5, 11]] == pytest.approx([17.17, 10.18, 1.49], abs=5e-3)
    assert principal[[0, 5, 11]] == pytest.approx([200.58, 207.56, 216.26], abs=5e-3)
    assert (interest.sum(), principal.sum()) == pytest.approx((112.98, 2500), abs=5e-3)
    assert numpy_financial.fv(0.05 / 12, 120, -100, -100) == pytest.approx(15692.92889433575, abs=1e-7)
    assert numpy_financial.fv(0.06 / 12, 120, -100, -100) == pytest.approx(16569.87435405, abs=1e-7)
    assert numpy_financial.pv(0.05 / 12, 120, -100, 15692.93) == pytest.approx(-100.00067131625819, abs=1e-7)
    assert numpy_financial.pv(0.04 / 12, 120, -100, 15692.93) == pytest.approx(-649.26771385, abs=1e-7)
    assert numpy_financial.nper(0.07 / 12, -150, 8000) == pytest.approx(64.07335, abs=5e-6)


def test_it_is_imported_in_one_place_only():
    """Late, for it brings numpy: what asks for no return does not wait for it."""
    package = Path(runway.__file__).parent
    reading = [path for path in package.rglob("*.py") if "import numpy_financial" in path.read_text(encoding="utf-8")]
    assert reading == [package / "ownership" / "returns.py"]
    code = "import sys, runway.answers.exit; assert 'numpy_financial' not in sys.modules and 'numpy' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
