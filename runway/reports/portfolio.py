"""A portfolio: one row a company, the riskiest first."""

from __future__ import annotations

from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING

from runway.months import position
from runway.render.chart import Sparkline
from runway.render.figures import PLAIN, scale
from runway.render.problems import COMMAND_LINE
from runway.render.report import Block, Cell, Column, Delta, Heading, Prose, Report, Row, Table, Value
from runway.reports.simulate import chance
from runway.words import amount_text, day_text, minus

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from runway.answers.portfolio import Company, Portfolio
    from runway.errors import Problem
    from runway.simulation.totals import Estimate

STALE = 2  # months after which the books of a company are old
LETTERS = {"": "", "thousands": "k", "millions": "M", "billions": "B", "trillions": "T"}


def report(portfolio: Portfolio) -> Report:
    """One row a company, then the files that could not be used; `main` has both."""
    return _report(portfolio, _companies(portfolio))


def fund(portfolio: Portfolio, pages: Mapping[str, str]) -> Report:
    """The report for a page: the shortest runway first, with a line of cash; `pages` are addresses by file."""
    return _report(portfolio, _lines(portfolio, pages))


def _report(portfolio: Portfolio, companies: Table) -> Report:
    several = f"{len(portfolio.companies)} companies" if len(portfolio.companies) > 1 else "one company"
    if portfolio.partial:
        several += f", stopped before {portfolio.requested}: a partial result"
    how = _draws_text(portfolio) if portfolio.paths else "projected, not simulated"
    sections: list[list[Block]] = [[companies]]
    if portfolio.holder is not None or portfolio.since is not None:
        sections.append([_holdings(portfolio)])
    if portfolio.paths:
        sections.append([Prose(_error(portfolio), style="dim")])
    if remarks := list(_remarks(portfolio)):
        sections.append([Prose(remark) for remark in remarks])
    if portfolio.unreadable:
        unused = [Prose(_problem(file, problems)) for file, problems in portfolio.unreadable]
        sections.append([Heading("NOT USED", "--json has every problem in full"), *unused])
    return Report((several, f"as of {day_text(portfolio.as_of)}", how), PLAIN, sections, main=lambda: _main(portfolio))


def _draws_text(portfolio: Portfolio) -> str:
    """How many futures were drawn, by which engine, and why none was compiled where that would have paid."""
    companies = portfolio.companies
    compiled = sum(company.engine == "compiled" for company in companies)
    several = "" if compiled == len(companies) else f"{compiled} of {len(companies)} "
    engine = f" · {several}compiled" if compiled else ""
    reasons = dict.fromkeys(company.without_engine for company in companies if company.without_engine)
    why = "".join(f" · by numpy: {reason}" for reason in reasons)
    futures = f"{portfolio.paths:,} futures" if portfolio.paths > 1 else "one future"
    return f"{futures} each · seed {portfolio.seed}{engine}{why}"


def _companies(portfolio: Portfolio) -> Table:
    rows = []
    for company in portfolio.companies:
        odds = _odds(portfolio, company)
        rows.append(Row([_name(portfolio, company), *odds, _months(company), company.zero_cash_date, _burn(company)]))
    columns = [Column("company"), *(Column(head, align="right") for head in _years(portfolio))]
    columns += [Column("runway", "months", "beyond"), Column("cash out", "day"), Column("burn/month")]
    return Table("OUT OF CASH", columns, rows)


def _lines(portfolio: Portfolio, pages: Mapping[str, str]) -> Table:
    rows = []
    for company in sorted(portfolio.companies, key=lambda c: (c.months is None, c.months or 0.0, c.file)):
        name = Cell(_name(portfolio, company), page=pages.get(company.file, ""))
        cash = f"{company.currency} {minus(amount_text(company.cash, 3))}"
        line = Cell(Sparkline(company.model, company.free_cash, company.minimum_cash), "spark")
        dates = company.zero_cash_date, company.raise_by
        rows.append(Row([name, _months(company), *dates, cash, _burn(company), line, *_odds(portfolio, company)]))
    columns = [Column("company"), Column("months left", "months", "beyond"), Column("cash out", "day")]
    columns += [Column("raise by", "day"), Column("cash", align="right"), Column("burn a month", align="right")]
    columns += [Column("cash from then on", "spark"), *(Column(head, align="right") for head in _years(portfolio))]
    return Table("WHAT IS LEFT", columns, rows, "the shortest first; each line has a scale of its own")


def _name(portfolio: Portfolio, company: Company) -> str:
    """The name of a company; its file's where two companies have one name."""
    alone = sum(listed.model == company.model for listed in portfolio.companies) == 1
    return company.model if alone else Path(company.file).name


def _months(company: Company) -> Cell:
    return Cell(company.months, style="green" if company.months is None else "bold red")


def _burn(company: Company) -> str:
    unit = scale(company.currency, company.minor_digits, [company.net_burn])
    return f"{company.currency} {unit.amount(company.net_burn)}{LETTERS[unit.name]}"


def _years(portfolio: Portfolio) -> tuple[str, ...]:
    return ("in 1 year", "in 2 years") if portfolio.paths else ()


def _odds(portfolio: Portfolio, company: Company) -> list[str]:
    return [_chance(e) for e in (company.within_a_year, company.within_two_years)] if portfolio.paths else []


def _holdings(portfolio: Portfolio) -> Table:
    """The questions of a holder of several companies: cash, the age of the books, the next round, its own stake."""
    rows = []
    for company in portfolio.companies:
        gained = None
        if company.months is not None and company.months_before is not None:
            gained = Delta(company.months_before, company.months)
        amounts = (company.cash, company.cost)
        cash, cost = (f"{company.currency} {minus(amount_text(v, 3))}" if v is not None else "–" for v in amounts)
        dates = (company.last_close, company.raise_by)
        cells: list[Value | Cell] = [_name(portfolio, company), cash, *dates]
        cells += [Cell(gained, "change")] if portfolio.since is not None else []
        cells += [company.stake, cost] if portfolio.holder is not None else []
        rows.append(Row(cells))
    columns = [Column("company", wraps=True), Column("cash", align="right"), Column("closed", "month")]
    columns += [Column("raise by", "day"), *([Column("change", "change")] if portfolio.since is not None else [])]
    if portfolio.holder is not None:
        columns += [Column("stake", "share"), Column("cost", align="right")]
    since = f"change of runway since {portfolio.since}, in months" if portfolio.since is not None else ""
    return Table("HOLDINGS", columns, rows, " · ".join(filter(None, (portfolio.holder, since))))


def _remarks(portfolio: Portfolio) -> Iterator[str]:
    """Companies that are counted from another day, those that end too soon, and those whose books are old."""
    day = portfolio.as_of
    elsewhere = [f"{_name(portfolio, c)} from {day_text(c.as_of)}" for c in portfolio.companies if c.as_of != day]
    if elsewhere:
        yield f"Counted from a day of their own, as their months do not have {day_text(day)}: {', '.join(elsewhere)}."
    if portfolio.paths and any(c.within_two_years is None for c in portfolio.companies):
        yield "There are no odds (–) of what is after a company's last month; [model] months gives it more."
    old = [
        f"{_name(portfolio, c)} ({day_text(c.last_close)})"
        for c in portfolio.companies
        if c.last_close is not None and position(day, c.last_close.year * 12 + c.last_close.month) > STALE
    ]
    if old:
        yield f"Books closed more than {STALE} months before that day: {', '.join(old)}."


def _chance(estimate: Estimate | None) -> str:
    """A probability; in words where no path differs."""
    if estimate is None:
        return "–"
    return chance(estimate) if estimate.error == 0 else f"{estimate.value * 100:.1f}%"


def _error(portfolio: Portfolio) -> str:
    odds = [e for c in portfolio.companies for e in (c.within_a_year, c.within_two_years) if e is not None]
    error = max((estimate.error for estimate in odds), default=0.0) * 100
    within = f", each to ±{ceil(error * 10) / 10:.1f} points or better" if error else ""
    return f"The odds are of the futures drawn{within}; runway and burn are of each file as written."


def _problem(file: str, problems: tuple[Problem, ...]) -> str:
    """The first problem of a file that could not be used: one that stands in it or in a file that it names, if any.

    Problems without such a place are of the command's options, which every file meets.
    """
    located = [problem for problem in problems if problem.place is not None and problem.place.file != COMMAND_LINE]
    first, where, more = (located or problems)[0], file, len(problems) - 1
    if located and first.place is not None:
        where = f"{'' if first.place.file == file else f'{file}: '}{first.place.file}:{first.place.line}"
    return f"{where} {first.name}" + (f", and {more} more" if more else "")


MAIN = (
    Column("file"), Column("model"), Column("as_of", "day"), Column("last_close", "day"), Column("currency"),
    Column("counting"), Column("within_12_months"), Column("within_12_months_error"),
    Column("within_24_months"), Column("within_24_months_error"),
    Column("cash", "money"), Column("raise_by", "day"), Column("stake", "number"), Column("cost", "money"),
    Column("months_before", "months"), Column("months", "months"), Column("zero_cash_date", "day"),
    Column("opening_cash", "money"),
    Column("net_burn", "money"), Column("funding_gap", "money"), Column("problem"),
)  # fmt: skip


def _main(portfolio: Portfolio) -> Table:
    """Files that could not be used stand last with their problem."""
    rows = [_main_row(company) for company in portfolio.companies]
    rows += [Row([file, *[None] * 19, problems[0].name]) for file, problems in portfolio.unreadable]
    return Table("", MAIN, rows)


def _main_row(company: Company) -> Row:
    odds: list[Value] = [
        None if estimate is None else f"{number:.6f}"
        for estimate in (company.within_a_year, company.within_two_years)
        for number in (estimate or (0.0, 0.0))
    ]
    cells: list[Value] = [company.file, company.model, company.as_of, company.last_close, company.currency]
    cells += [company.counting.removeprefix("+ "), *odds]
    cells += [company.cash, company.raise_by, company.stake, company.cost, company.months_before]
    cells += [company.months, company.zero_cash_date, company.opening_cash, company.net_burn, company.funding_gap, ""]
    return Row(cells, minor_digits=company.minor_digits)
