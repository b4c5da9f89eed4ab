"""What `runway portfolio` prints: one row a company, the riskiest first; and its CSV."""

from __future__ import annotations

from collections import Counter
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING

from runway.render.figures import day, months, printable, scale
from runway.render.text import Text, cell
from runway.reports.old import heading, prose, table, written_text
from runway.reports.simulate import chance

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runway.answers.portfolio import Company, Portfolio
    from runway.simulation.totals import Estimate

NAME = 22
LETTERS = {"": "", "thousands": "k", "millions": "M", "billions": "B", "trillions": "T"}


def portfolio_lines(found: Portfolio, width: int) -> Iterator[Text]:
    """One row a company, then the files that could not be used."""
    several = f"{len(found.companies)} companies" if len(found.companies) > 1 else "one company"
    how = f"{found.paths:,} futures each · seed {found.seed}" if found.paths else "projected, not simulated"
    yield from prose("", f"{several} · {how}", width, "bold")
    yield Text()
    odds = "  in 1 year  in 2 years" if found.paths else ""
    yield heading("OUT OF CASH".ljust(NAME - 2), f"{odds}  runway   cash out     burn/month")
    names = Counter(company.model for company in found.companies)
    for company in found.companies:
        name = company.model if names[company.model] == 1 else Path(company.file).name  # which of them it is
        yield _row(name, company, bool(found.paths))
    if found.paths:
        yield Text()
        told = [e for c in found.companies for e in (c.within_a_year, c.within_two_years) if e is not None]
        error = max((e.error for e in told), default=0.0) * 100
        within = f", each to ±{ceil(error * 10) / 10:.1f} points or better" if error else ""
        text = f"The odds are of the futures drawn{within}; runway and burn are of each file as written."
        yield from prose("  ", text, width, "dim")
    if found.unreadable:
        yield Text()
        yield heading("NOT USED")
        for file, problems in found.unreadable:
            first, more = problems[0], len(problems) - 1
            where = f":{first.place.line}" if first.place is not None else ""
            rest = f", and {more} more" if more else ""
            yield from prose("  ", f"{file}{where} {first.name}{rest}", width)


def _row(name: str, company: Company, simulated: bool) -> Text:
    unit = scale(company.currency, company.minor_digits, [company.net_burn])
    burn = f"{company.currency} {unit.amount(company.net_burn)}{LETTERS[unit.name]}"
    dry = company.months is not None
    odds = "".join(_chance(c).rjust(11) for c in (company.within_a_year, company.within_two_years)) if simulated else ""
    return Text.assemble(
        cell("  " + printable(name), NAME),
        odds,
        ((months(company.months) if company.months is not None else "beyond").rjust(8), "bold red" if dry else "green"),
        "   " + (day(company.zero_cash_date) if company.zero_cash_date else "–").ljust(13),
        burn,
    )


def _chance(estimate: Estimate | None) -> str:
    """A probability; in words where nothing of it varies."""
    if estimate is None:
        return "–"
    return chance(estimate) if estimate.error == 0 else f"{estimate.value * 100:.1f}%"


def portfolio_csv(found: Portfolio) -> str:
    """One row a company, the riskiest first; files that could not be used stand last with their problem."""
    heads = [
        "file", "model", "currency", "counting", "within_12_months", "within_12_months_error", "within_24_months",
        "within_24_months_error", "months", "zero_cash_date", "opening_cash", "net_burn", "funding_gap", "problem",
    ]  # fmt: skip
    body = []
    for c in found.companies:
        chances = [
            "" if estimate is None else f"{number:.6f}"
            for estimate in (c.within_a_year, c.within_two_years)
            for number in (estimate or (0.0, 0.0))
        ]
        amounts = [f"{value + 0.0:.{c.minor_digits}f}" for value in (c.opening_cash, c.net_burn, c.funding_gap)]
        ends = [
            "" if c.months is None else f"{c.months:.12g}",
            c.zero_cash_date.isoformat() if c.zero_cash_date else "",
        ]
        texts = [written_text(c.file), written_text(c.model), c.currency, c.counting.removeprefix("+ ")]
        body.append([*texts, *chances, *ends, *amounts, ""])
    for file, problems in found.unreadable:
        body.append([written_text(file), *[""] * 12, problems[0].name])
    return table(heads, body)
