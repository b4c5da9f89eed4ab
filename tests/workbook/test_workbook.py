"""What a spreadsheet user finds: sheets, names, colours, dates, one formula a row, nothing hard-coded."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime
from functools import cache
from typing import Any

import openpyxl
import pytest
from openpyxl.formula.translate import Translator
from support.cash_divisor import CASH_DIVISOR
from support.changed_inputs import CONSTRUCTS

import runway
from runway.program.metrics import METRICS
from runway.workbook import workbook

pytestmark = pytest.mark.proof

BLUE, GREEN, GREY = "FF0000FF", "FF00703C", "FF7F7F7F"
SHEETS = ["Summary", "Inputs", "Model", "Annual", "Quarterly", "Weeks", "Funding", "Charts", "Checks", "Sources"]


def exported_anew(name: str, **how: Any) -> bytes:
    model = runway.load(name, **how)
    return workbook(model, runway.project(model))


exported = cache(exported_anew)


@cache
def opened(name: str) -> openpyxl.Workbook:
    """The workbook of a model, as openpyxl reads it."""
    return openpyxl.load_workbook(io.BytesIO(exported(name)))


@pytest.fixture(scope="module")
def contents() -> bytes:
    return exported("openai-2025")


@pytest.fixture(scope="module")
def book():
    return opened("openai-2025")


@pytest.fixture(scope="module")
def constructs():
    """The workbook of every construct, with the months past the plan that one of so many rows is else without."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("runway.workbook.later_months.MOST_AHEAD", 1_000)
        return openpyxl.load_workbook(io.BytesIO(exported_anew(str(CONSTRUCTS))))


def rows_of(sheet) -> dict[str, int]:
    return {sheet.cell(row, 1).value: row for row in range(1, sheet.max_row + 1) if sheet.cell(row, 1).value}


def test_the_sheets(book):
    assert book.sheetnames == [*SHEETS[:2], "Scenarios", *SHEETS[2:7], "Cap table", *SHEETS[7:]]
    frozen = [book[name].freeze_panes for name in SHEETS]
    assert frozen == [None, "C8", "D5", "D5", "D5", "C5", None, None, "D5", "B5"]


def test_every_sheet_is_printed_on_a4_one_page_or_twelve_months_wide(book):
    """Months at a scale at which twelve fit beside their labels, with the heads on every page."""
    for sheet in book:
        assert sheet.page_setup.paperSize == 9
        if sheet.title in ("Model", "Quarterly", "Checks"):
            assert sheet.page_setup.orientation == "landscape"
            assert [each.id for each in sheet.col_breaks.brk] == ([] if sheet.title == "Quarterly" else [15, 27])
            assert 60 <= sheet.page_setup.scale <= 100  # of letters of 9 points
            assert sheet.print_title_rows == "$4:$4"
            assert sheet.print_title_cols
        elif sheet.title != "Annual":
            assert sheet.page_setup.fitToWidth in (None, 1)  # 1 is what none means
            assert sheet.sheet_properties.pageSetUpPr.fitToPage


def test_internals_are_folded_and_what_is_looked_for_is_not(book):
    sheet = book["Model"]
    at = rows_of(sheet)
    for address in ("t", "planned: day 1", "certain: day 31", "payroll.cash"):
        assert (sheet.row_dimensions[at[address]].outlineLevel, sheet.row_dimensions[at[address]].hidden) == (1, True)
    for address in ("headline.certain.months", "chatgpt.revenue", "cash", "net_burn", "planned: daily.lowest"):
        assert not sheet.row_dimensions[at[address]].hidden
    assert not sheet.sheet_properties.outlinePr.summaryBelow


def test_by_year_a_flow_is_summed_and_what_stands_at_a_moment_is_of_the_last_month():
    sheet = opened("saas-startup")["Annual"]
    said = {row[0].value: row[2].value for row in sheet.iter_rows(min_row=5)}
    assert {said[address] for address in ("net_burn", "total.revenue", "team.cost")} == {"sum"}
    assert {said[address] for address in ("cash", "trailing_burn", "team.people", "seed.drawn")} == {"end"}
    assert said["opening_cash"] == "start"


def test_metrics_bear_the_titles_of_their_own_command():
    sheet = opened("saas-startup")["Model"]
    said = {row[0].value: row[1].value for row in sheet.iter_rows(max_col=2)}
    assert [said[f"metrics.{window}{m.key}"] for window in ("", "year.") for m in METRICS] == [
        f"{window}{m.title}" for window in ("", "Year: ") for m in METRICS
    ]
    assert (said["total.mrr"], said["metrics.net_new_mrr"]) == ("MRR", "Net new MRR")


def test_closed_months_are_shaded(book):
    sheet = opened("saas-startup-actuals")["Model"]
    (shaded,) = [next(iter(each.sqref.ranges)) for each in sheet.conditional_formatting]
    assert (shaded.min_col, shaded.max_col) == (4, 6)  # January to March
    assert shaded.min_row < rows_of(sheet)["cash"] < shaded.max_row
    assert not list(book["Model"].conditional_formatting)


def test_shares_are_percentages(book, constructs):
    at = rows_of(book["Model"])
    assert book["Model"].cell(at["conversion.share"], 4).number_format == "0.00%"
    for address in ("payers.value", "cash"):
        assert "%" not in book["Model"].cell(at[address], 4).number_format


def test_a_scenario_is_chosen_from_a_list_and_one_of_another_form_is_told(book):
    sheet, inputs = book["Scenarios"], book["Inputs"]
    (rule,) = sheet.data_validations.dataValidation
    assert (str(rule.sqref), rule.type, rule.formula1) == ("B4", "list", "$C$7:$P$7")
    assert [sheet.cell(7, column).value for column in range(3, 8)] == [
        "base", "no_conversion_a", "no_conversion_b", "waived", "suit"
    ]  # fmt: skip
    at = rows_of(sheet)
    cell = inputs.cell(rows_of(inputs)["conversion.date"], 3)
    assert cell.value == f"=INDEX(Scenarios!$C${at['conversion.date']}:$P${at['conversion.date']},1,Scenarios!$B$5)"
    assert cell.font.color.rgb == GREEN
    assert sheet.cell(at["keep_post_money"], 2).value == "has another formula for softbank_round.pre_money"


def test_dates_of_the_cap_table_stand_over_their_columns():
    sheet = opened("saas-startup")["Cap table"]
    found = runway.captable("saas-startup")
    days = [step.date for step in found.steps]
    assert [sheet.cell(6, column).value.date() for column in range(3, 3 + len(days))] == days
    assert sheet.cell(6, 3).alignment.horizontal == "right"
    assert sheet.cell(7, 3).number_format == "0.00%"


def test_every_month_of_every_row_is_a_formula_and_the_same_one(book, constructs):
    """Nothing is hard-coded, and each cell is the first month's formula copied across.

    Past the plan's last month too, where the row is read ahead; what cannot be computed there is out of reach.
    """
    for workbook_read in (book, constructs):
        sheet, checks = workbook_read["Model"], workbook_read["Checks"]
        months = sum(isinstance(sheet.cell(5, column).value, str) for column in range(4, sheet.max_column + 1))
        planned = sum(isinstance(checks.cell(4, column).value, str) for column in range(4, checks.max_column + 1))
        assert planned < months == 120
        seen = ahead = 0
        for row in range(4, sheet.max_row + 1):
            first = sheet.cell(row, 4)
            if first.value is None:
                continue
            seen += 1
            copied = Translator(first.value, first.coordinate)
            own = [sheet.cell(row, column) for column in range(4, 4 + months)]
            written = sum(cell.value is not None for cell in own)
            assert written >= planned
            assert all(cell.value is None for cell in own[written:])
            ahead += written > planned
            for n, cell in enumerate(own[:written]):
                formula = copied.translate_formula(cell.coordinate)
                known = {formula} if n < planned else {formula, f"=IFERROR({formula.removeprefix('=')},1E+99)"}
                assert cell.value in known
        assert seen > 100
        assert 50 < ahead < seen


def test_inputs_are_blue_formulas_black_and_links_green(book, constructs):
    inputs, model, checks = book["Inputs"], book["Model"], book["Checks"]
    at = rows_of(inputs)
    for address in ("model.opening_cash", "payroll.growth"):
        assert inputs.cell(at[address], 3).font.color.rgb == BLUE
    strange = constructs["Inputs"]
    assert strange.cell(rows_of(strange)["fx.GBP"], 3).font.color.rgb == BLUE
    assert strange.cell(rows_of(strange)["fx.CHF"], 3).font.color.rgb == GREY  # no formula reads it
    assert model.cell(rows_of(model)["chatgpt.revenue"], 4).font.color.theme == 1  # the theme's own, black
    assert checks["D6"].font.color.rgb == GREEN
    summary = book["Summary"]
    assert summary.cell(rows_of(summary)["Closing cash, last month"], 2).font.color.rgb == GREEN


def test_a_figure_is_written_as_in_the_file_with_its_evidence(book):
    sheet = book["Inputs"]
    at = rows_of(sheet)
    heads = [sheet.cell(7, column).value for column in range(1, 15)]

    def told(address):
        return dict(zip(heads, [sheet.cell(at[address], column).value for column in range(1, 15)], strict=True))

    growth = told("payroll.growth")
    assert (growth["value"], growth["unit"]) == (0.5, "a year")
    assert sheet.cell(at["payroll.growth"], 3).number_format == "0.0%"
    payroll = told("payroll.amount")
    assert (payroll["value"], payroll["unit"], payroll["source"]) == (1.5e9, "USD a year", "source_004")
    evidence = (payroll["as of"], payroll["confidence"], payroll["note"])
    assert evidence == ("2024-06-30", "medium", "the figure of 2024, at its middle")
    cash = told("model.opening_cash")
    assert (cash["low"], cash["high"], cash["distribution"]) == (6e9, 12e9, "lognormal")
    assert told("conversion.date")["as exported"] == datetime(2025, 12, 1)
    assert told("outage.date")["as exported"] == "never"
    assert told("new_users.cap")["unit"] == "a month"  # people, not money
    assert "outage.raised_for" not in at  # neither written nor read


def test_how_uncertain_a_figure_is(load):
    """The range of a date is dates; a distribution is named though the file leaves it out."""
    model = load("""[model]
name = "Unsure"
start = "2026-01"
months = 12
opening_cash = { value = "1M", outcomes = { "1M" = "70%", "2.5M" = "30%" } }
[events.pilot]
date = { value = "2026-06-15", low = "2026-05-01", high = "2026-12-01" }
[costs.rent]
kind = "recurring"
amount = { value = "10k/month", low = "8k/month", high = "15k/month", distribution = "pert" }
growth = { value = "1%/month", volatility = "0.5%/month" }
""")
    sheet = openpyxl.load_workbook(io.BytesIO(workbook(model, runway.project(model))))["Inputs"]
    at = rows_of(sheet)
    found = {address: [sheet.cell(row, column).value for column in (5, 6, 7)] for address, row in at.items()}
    assert found["pilot.date"] == [datetime(2026, 5, 1), datetime(2026, 12, 1), "normal"]
    assert found["rent.amount"] == [8000, 15000, "pert"]
    assert found["model.opening_cash"] == [None, None, "1,000,000 70%, 2,500,000 30%"]
    assert found["rent.growth"] == [None, None, "volatility 0.5%"]


def test_the_unit_of_each_figure_is_told(constructs):
    """A nominal rate of interest has its period, an exchange rate its currency, a free amount its own."""
    debt = opened("venture-debt")["Inputs"]
    at = rows_of(debt)
    for address in ("growth_loan.rate", "revolver.rate", "revolver.commitment_fee"):
        assert debt.cell(at[address], 4).value == "a year"
    sheet = constructs["Inputs"]
    at = rows_of(sheet)
    assert [sheet.cell(at["fx.EUR.2028-06"], column).value for column in (2, 4)] == [
        "what one EUR is worth, from 2028-06 on", "USD"
    ]  # fmt: skip
    startup = opened("saas-startup")["Inputs"]
    assert startup.cell(rows_of(startup)["laptops.each"], 4).value == "EUR"


def test_names_are_addresses_and_what_excel_cannot_hold_is_mapped_and_listed(book, constructs):
    for workbook_read in (book, constructs):
        sheet, names = workbook_read["Inputs"], workbook_read.defined_names
        for address, row in rows_of(sheet).items():
            if sheet.cell(row, 4).value is None or row < 8:
                continue
            name = sheet.cell(row, 14).value or address
            assert names[name].attr_text == f"Inputs!$C${row}"
            if not re.fullmatch(r"[A-Za-z0-9_.]+", address):
                assert name != address
    sheet = constructs["Inputs"]
    at = rows_of(sheet)
    assert sheet.cell(at["shop.amount.2028-09"], 14).value == "shop.amount.2028_09"
    assert sheet.cell(at["a1.b2"], 14).value == "a1_.b2_"  # Excel and LibreOffice must not read a cell in it
    lower = [name.lower() for name in constructs.defined_names]
    assert len(lower) == len(set(lower))


def values_of(name: str, **how: Any):
    return openpyxl.load_workbook(io.BytesIO(exported_anew(name, **how)), data_only=True)


def test_covenants_and_what_is_owed_stand_on_the_funding_sheet():
    for how in ({}, {"scenario": "late_launch"}, {"set": {"model.opening_cash": "3M"}}):
        book, found = values_of("venture-debt", **how), runway.project("venture-debt", **how)
        sheet, at = book["Funding"], rows_of(book["Funding"])
        assert [sheet.cell(at["revolver"], column).value for column in (3, 4)] == ["credit line", 1_500_000]
        loan = next(row for row in range(1, 20) if sheet.cell(row, 1).value == "growth_loan")  # before its drawing
        assert sheet.cell(loan, 8).value == found.rows["growth_loan.balance"][-1]
        for covenant in found.covenants:
            told = [sheet.cell(at[covenant.address], column).value for column in (3, 5, 6, 9)]
            days = [None if day is None else datetime(day.year, day.month, day.day)
                    for day in (covenant.breached, covenant.breached_certain)]  # fmt: skip
            lowest = "never tested" if covenant.headroom is None else pytest.approx(covenant.headroom)
            assert told == [lowest, days[0] or "none", days[1] or "none", covenant.require]
        broken = [covenant.breached for covenant in found.covenants if covenant.breached]
        first = book["Summary"].cell(rows_of(book["Summary"])["First breach of a covenant"], 2).value
        assert first == (datetime(*min(broken).timetuple()[:3]) if broken else "none")


def test_a_commitment_in_another_currency_is_a_formula_in_the_models(load):
    text = """[model]
name = "Two currencies"
start = "2026-01"
months = 12
opening_cash = "1M"
[fx]
EUR = { "2026-01" = 1.1, "2026-09" = 1.2 }
[funding.seed]
kind = "priced_round"
valuation = { value = "6M", basis = "pre_money" }
commitments = [{ investor = "one", amount = "900k" }, { investor = "other", amount = "EUR 600k" }]
closings = [{ name = "all", date = "2026-10-01", amount = "1.5M" }]
"""
    model = load(text)
    contents = workbook(model, runway.project(model))
    sheet = openpyxl.load_workbook(io.BytesIO(contents))["Funding"]
    assert sheet.cell(rows_of(sheet)["seed.other"], 3).value == "=seed.other.amount*fx.EUR.2026_09"
    sheet = openpyxl.load_workbook(io.BytesIO(contents), data_only=True)["Funding"]
    at = rows_of(sheet)
    assert [sheet.cell(at[f"seed.{who}"], 3).value for who in ("one", "other")] == [900_000, 720_000]
    assert sheet.cell(at["seed"], 4).value == 1_620_000  # the headline is their sum


def test_what_amounts_are_posted_by_is_there_to_its_last_digit(book):
    """LibreOffice does not recalculate what hangs on no other cell: with 100 in place of it halves would go down."""
    from runway.language.arithmetic import NUDGE

    values = openpyxl.load_workbook(io.BytesIO(exported("openai-2025")), data_only=True)
    sheet, cell = book.defined_names["minor_units"].attr_text.split("!")
    assert values[sheet.strip("'")][cell.replace("$", "")].value == 100 * NUDGE != 100


def test_months_are_real_dates(contents):
    sheet = openpyxl.load_workbook(io.BytesIO(contents), data_only=True)["Model"]
    assert [sheet.cell(4, column).value for column in (4, 5, 39)] == [
        datetime(2025, 4, 1), datetime(2025, 5, 1), datetime(2028, 3, 1)
    ]  # fmt: skip
    assert sheet["D4"].number_format == "mmm yy"


def test_money_is_in_millions_or_thousands_with_negatives_in_brackets(book):
    cash = book["Model"].cell(rows_of(book["Model"])["cash"], 4)
    assert cash.number_format == '#,##0.0,,_);(#,##0.0,,);"–"_)'
    small = opened("saas-startup")["Model"]
    assert small.cell(rows_of(small)["cash"], 4).number_format == '#,##0.0,_);(#,##0.0,);"–"_)'


def test_the_same_input_makes_the_same_bytes(contents):
    assert exported_anew("openai-2025") == contents
    assert exported_anew("openai-2025", scenario="waived") != contents


def test_it_is_small(contents):
    assert len(contents) < 600_000  # daily cash of each rung is half of it, the months past the plan a third


def test_a_native_chart_of_cash_with_the_floor(contents):
    with zipfile.ZipFile(io.BytesIO(contents)) as files:
        chart = files.read("xl/charts/chart1.xml").decode()
    named = re.findall(r"<c:f>([^<]+)</c:f>", chart)
    assert len([reference for reference in named if reference.startswith("Model!")]) >= 4
    for series in (
        "closing cash, cash in hand",
        "closing cash, + conditional, + planned",
        "free to spend",
        "minimum cash",
    ):
        assert series in chart


def test_the_charts():
    """Cash (on two sheets), burn, revenue, people and ownership, of rows that are folded too."""
    with zipfile.ZipFile(io.BytesIO(exported("saas-startup"))) as files:
        charts = [files.read(name).decode() for name in files.namelist() if "charts/chart" in name]
    assert len(charts) == 6
    for series in ("closing cash, + certain", "net burn", "revenue", "people", "'Cap table'!"):
        assert any(series in chart for chart in charts)
    assert all('<c:plotVisOnly val="1"/>' not in chart for chart in charts)


def test_no_function_that_older_spreadsheets_lack(contents):
    with zipfile.ZipFile(io.BytesIO(contents)) as files:
        text = "".join(files.read(name).decode() for name in files.namelist() if "worksheets/sheet" in name)
    used = set(re.findall(r"\b([A-Z][A-Z0-9.]+)\(", text))
    assert used <= set(
        "ABS AND AVERAGE CHOOSE COUNTA COUNTIF DAY EDATE EOMONTH EXP IF IFERROR INDEX INT ISNUMBER LEFT LN MATCH MAX "
        "MIN MOD MONTH N NA NOT OR PMT ROUND SUM SUMIF SUMPRODUCT YEAR".split()
    )
    assert "_xlfn" not in text


def test_only_formulas_that_excel_can_share_are_shared():
    """Excel repairs a file in which a shared formula names another sheet, an array constant or a computed range."""
    shared = alone = 0
    with zipfile.ZipFile(io.BytesIO(exported(str(CONSTRUCTS)))) as files:
        for name in files.namelist():
            if "worksheets/sheet" in name:
                text = files.read(name).decode()
                for formula in re.findall(r'<f t="shared" ref="[^"]+" si="\d+">([^<]+)</f>', text):
                    shared += 1
                    assert not re.search(r"[!{]|\):|EDATE|EOMONTH", formula)
                alone += len(re.findall(r"<f>[^<]*[!{][^<]*</f>", text))
    assert shared > 150
    assert alone > 100


def test_text_of_the_file_is_never_a_formula(constructs):
    """Titles, names, notes and sources that begin with = + - @ are text."""
    texts = ('=HYPERLINK("constructs")', "-1 is no formula", "+plus", "@SUM(1)", "=cmd()")
    found = set()
    for sheet in constructs:
        for row in sheet.iter_rows():
            for cell in row:
                for text in texts:
                    if isinstance(cell.value, str) and cell.value.endswith(text):
                        assert cell.data_type == "s"
                        if cell.value == text:
                            assert cell.quotePrefix
                            found.add(text)
    assert found == set(texts)


def test_long_and_strange_text_is_held(load):
    text = 'note = "' + "a\\u0007\\u202e\\n" * 9000 + '"'
    model = load(f'[costs.a]\nkind = "recurring"\namount = "1/month"\ntitle = "Tab\\there"\n{text}')
    sheet = openpyxl.load_workbook(io.BytesIO(workbook(model, runway.project(model))))["Inputs"]
    notes = [cell.value for cell in sheet["K"] if cell.value and cell.value.startswith("a")]
    assert len(notes) == 1
    assert len(notes[0]) == 16_000
    assert notes[0].endswith("…")


def test_the_name_of_a_holder_is_never_a_formula(load):
    model = load(
        '[captable]\npool = 2_000_000\n[captable.holders.a]\ntitle = "=founders"\nshares = { common = 8_000_000 }'
    )
    sheet = openpyxl.load_workbook(io.BytesIO(workbook(model, runway.project(model))))["Cap table"]
    (row,) = (row for row in sheet.iter_rows(max_col=2) if row[0].value == "=founders" and row[1].value == 0.8)
    assert row[0].data_type == "s"
    (held,) = (row for row in sheet.iter_rows(values_only=True, max_col=4) if row[1] == "common")
    assert held == ("=founders", "common", 8_000_000, 0.8)


def test_the_cap_table_sheet_holds_what_the_command_prints():
    model = runway.load("saas-startup")
    found = runway.captable(model)
    sheet = opened("saas-startup")["Cap table"]
    written = {row[0].value: [cell.value for cell in row[1:]] for row in sheet.iter_rows(min_row=5, max_row=12)}
    for holder in found.opening.holders:
        stakes = [table.stake(holder) for table in (found.opening, *(step.table for step in found.steps))]
        assert written[found.titles[holder]][: len(stakes)] == pytest.approx([float(stake) for stake in stakes])
    rows = list(sheet.iter_rows(values_only=True))
    assert next(row for row in rows if row[0] == "Shares")[1] == sum(n for n in found.opening.holdings.values()) + (
        found.opening.pool
    )
    first = next(n for n, row in enumerate(rows) if str(row[0]).startswith("Holdings on ")) + 2
    last = next(n for n, row in enumerate(rows) if row[0] == "Fully diluted" and n > first)
    assert rows[last - 1][0] == "Pool, not granted"
    assert rows[last][3] == 1
    assert sum(row[3] for row in rows[first:last]) == pytest.approx(1)  # with the pool, of which nobody holds a share
    assert rows[last][2] == float(found.table(found.last_day).fully_diluted)
    closing = next(row for row in rows if row[0] == "series_a (planned)")
    assert closing[2:8] == pytest.approx([float(x) for x in (
        4e6, 16e6, found.steps[1].closed.effective_pre_money, found.steps[1].closed.post_money,
        found.steps[1].closed.price, found.steps[1].table.fully_diluted)])  # fmt: skip


def test_a_check_of_too_many_lines_is_left_out_and_says_so(load):
    lines = "".join(f'[costs.line{n}]\nkind = "recurring"\namount = "{n}/month"\n' for n in range(800))
    model = load(f"{lines}[model]\nname = 'Many'\nstart = '2025-01'\nmonths = 2\nopening_cash = '1B'\n")
    sheet = openpyxl.load_workbook(io.BytesIO(workbook(model, runway.project(model))))["Checks"]
    assert sheet.cell(rows_of(sheet)["Lines make costs"], 2).value == "too long to check"


def test_a_model_without_funding_and_sources_has_its_sheets(load):
    model = load("""
        [costs.rent]
        kind = "recurring"
        amount = "10k/month"
        """)
    book = openpyxl.load_workbook(io.BytesIO(workbook(model, runway.project(model))))
    assert book.sheetnames == SHEETS
    assert book["Funding"]["A4"].value == "This model has no funding."


def test_a_large_model_has_survival_and_peak_need_as_exported(monkeypatch):
    """Ten years of all its rows would be most of the file; the money to raise is a formula all the same."""
    monkeypatch.setattr("runway.workbook.later_months.MOST_AHEAD", 10)
    projection = runway.project("saas-startup")
    sheet = openpyxl.load_workbook(io.BytesIO(exported_anew("saas-startup")))["Model"]
    at = rows_of(sheet)
    months = sum(isinstance(sheet.cell(5, column).value, str) for column in range(4, sheet.max_column + 1))
    assert months == len(projection.months) + projection.raise_for
    assert sheet.cell(at["headline.peak_need"], 3).value == pytest.approx(projection.peak_need)
    assert sheet.cell(at["headline.peak_need"], 2).value.endswith(", as exported")
    assert sheet.cell(at["headline.survival"], 3).value == projection.survival.verdict[0]
    assert sheet.cell(at["headline.cash_in_hand.round_to_extend"], 3).value.startswith("=IF(")


def test_a_peak_need_that_cannot_be_computed_is_told_and_the_workbook_comes(load):
    """Rent is 50 of 1,000, then 50,000 ÷ 950; with no cash at all it is divided by nothing."""
    plan = load(CASH_DIVISOR)
    contents = io.BytesIO(workbook(plan, runway.project(plan)))
    values, formulas = (openpyxl.load_workbook(contents, data_only=only) for only in (True, False))
    sheet, at = values["Model"], rows_of(values["Model"])
    assert [sheet.cell(at["rent.cost"], column).value for column in (4, 5)] == [50, 52.63]
    assert sheet.cell(at["headline.peak_need"], 3).value == "not known"
    assert sheet.cell(at["headline.peak_need_date"], 3).value.startswith("In 2025-01, rent.cost divides by zero")
    assert formulas["Model"].cell(at["headline.survival"], 3).value.startswith("=IF(")
