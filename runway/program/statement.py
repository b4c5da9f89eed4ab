"""The statement as rows: the order of the month, totals, tax, burn, loss and the bridge.

opening -> interest on it -> revenue, costs, pass-through -> capital -> tax -> funding -> debt service -> credit lines
-> closing.  `total.*` is positive and as earned or incurred; `cash.*` are signed posted flows, in is positive.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.language.formula import parse
from runway.language.tree import (
    ONE,
    ZERO,
    Binary,
    Choose,
    Compare,
    History,
    Name,
    Node,
    RowRef,
    T,
    defined,
    product,
    total,
)
from runway.lines.working_capital import PERIOD_MONTHS, at_start, rate_row
from runway.program.averages import a_month
from runway.program.debt import accrues, borrowing_drafts, conversion_drafts, credit_lines, total_of
from runway.program.item_rows import currencies_of, drafts_of, group_row, main_row, pace_row
from runway.program.row import Draft

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runway.model.model import Item, Model
    from runway.model.tax import Tax

INTEREST = "max(0, opening_cash) * model.interest"  # earned by cash in a month; overdrawn it costs nothing
BURN_MULTIPLE = "metrics.year.burn_multiple"
"""The row that the headline reads of the metrics."""
BY_BANK = "net_burn.by_bank"
"""The row of the fall of cash in a month, funding and its repayment apart, where the books have the closing cash."""
CASH_SECTIONS = ("interest", "revenue", "costs", "passthrough", "capital", "tax", "funding", "debt", "credit")


def drafts(model: Model) -> Iterator[Draft]:
    """Every row of a model, in the order in which they are explained."""
    for item in model.items:
        yield from drafts_of(item, model)
    yield from _rates(model)
    yield from _cash(model)
    yield from _totals(model)
    if model.tax is not None:
        yield from _tax(model, model.tax)
    yield from _burn(model)


def _rates(model: Model) -> Iterator[Draft]:
    """Each exchange rate that changes: the rate of the month, and that of the first month."""
    for currency, rate in model.fx.items():
        if rate.changes:
            yield Draft(rate_row(currency), f"fx.{currency}", f"fx.{currency}")
            yield Draft(at_start(currency), f"prev({at_start(currency)})", f"fx.{currency}")


def exchange_differences(model: Model) -> list[str]:
    """The rows of the exchange gains and losses on the lines' balances in other currencies."""
    after = ("collected_after", "paid_after")
    owing = [item for item in model.items if any(getattr(item.shared, field, None) for field in after)]
    return [f"{item.name}.fx" for item in owing if currencies_of(item, model).floating]


def _cash(model: Model) -> Iterator[Draft]:
    yield Draft("minimum_cash", "model.minimum_cash", posted=True)
    yield Draft("months_to_close", "model.months_to_close")
    yield Draft("opening_cash", "prev(cash)", posted=True)
    yield Draft("cash.interest", INTEREST, posted=True)
    for section in ("revenue", "costs", "passthrough", "capital"):
        lines = [f"{item.name}.cash" for item in model.section(section)]
        yield Draft(f"cash.{section}", total_of(lines), posted=True)
    if model.tax is None:
        for row in ("tax.charge", "cash.tax", "burn_bridge.tax_timing"):
            yield Draft(row, "0", posted=True)
    credit = credit_lines(model)
    funding = [f"{item.name}.cash" for item in model.section("funding") if item.part.moves_cash and item not in credit]
    yield from conversion_drafts(model)
    yield Draft("cash.funding", total_of(funding), posted=True)
    yield from borrowing_drafts(model)
    before = ["opening_cash", *(f"cash.{section}" for section in CASH_SECTIONS[:-1])]
    yield Draft("cash.before_credit", total_of(before), posted=True)
    free = "cash.before_credit - restricted_cash" + "".join(f" - {item.name}.matured" for item in credit)
    for item in credit:
        yield Draft(f"{item.name}.free_cash", free, posted=True, path=item.path)
        free = f"{item.name}.free_cash + {item.name}.cash + {item.name}.matured"
    yield Draft("cash.credit", total_of([f"{item.name}.cash" for item in credit]), posted=True)
    yield Draft("net_cash_flow", total_of([f"cash.{section}" for section in CASH_SECTIONS]), posted=True)
    yield Draft("cash", "opening_cash + net_cash_flow", "model.opening_cash", posted=True)
    earmarks = [
        f"{item.name}.{earmark.for_}.restricted"
        for item in model.section("funding")
        for earmark in item.part.earmarks()
    ]
    yield Draft("restricted_cash", total_of(earmarks), posted=True)
    yield Draft("unrestricted_cash", "cash - restricted_cash", "model.opening_cash", posted=True)


def _totals(model: Model) -> Iterator[Draft]:
    def mains(section: str) -> list[str]:
        return [main_row(item) for item in model.section(section)]

    yield Draft("total.revenue", total_of(mains("revenue")), posted=True)
    recurring = [item for item in model.section("revenue") if is_recurring(item)]
    yield Draft("total.recurring_revenue", total_of([main_row(item) for item in recurring]), posted=True)
    for item in recurring:
        yield Draft(f"{item.name}.mrr", a_month(pace_row(item)), path=item.path)
    yield Draft("total.mrr", total_of([f"{item.name}.mrr" for item in recurring]))
    yield Draft("total.arr", "12 * total.mrr", posted=True)
    at_first, before = total(list(map(opening_mrr, recurring))), History("prev", RowRef("total.mrr"))
    begins = Choose(Compare("<", T, ONE), at_first, before)
    yield Draft("metrics.opening_mrr", begins, on_demand=True)
    yield Draft("metrics.net_new_mrr", "total.mrr - metrics.opening_mrr", on_demand=True)
    yield Draft("total.costs", total_of(mains("costs")), posted=True)
    for name, lines in model.groups().items():
        yield Draft(group_row(name, lines), total_of([main_row(item) for item in lines]), posted=True)
        yield Draft(f"{name}.cash", total_of([f"{item.name}.cash" for item in lines]), posted=True)
    unpaid = [main_row(item) for item in model.section("costs") if getattr(item.shared, "non_cash", False)]
    yield Draft("total.non_cash", total_of(unpaid), posted=True)
    yield Draft("total.capital", total_of(mains("capital")), posted=True)
    written = [item.name for item in model.section("capital") if getattr(item.shared, "written_off_over", None)]
    stated, old = model.opening_balance, list[str]()
    if stated is not None and stated.written_off_over is not None:
        old = ["total.opening_written_off"]
        written_off = "opening_balance.fixed_assets * min(1, (t + 1) / opening_balance.written_off_over)"
        yield Draft("total.opening_written_off_so_far", written_off, posted=True)
        flow = "total.opening_written_off_so_far - prev(total.opening_written_off_so_far)"
        yield Draft(old[0], flow, posted=True)
    yield Draft("total.written_off", total_of([*old, *(f"{name}.written_off" for name in written)]), posted=True)
    grants = [item for item in model.section("funding") if item.part.income]
    yield Draft("total.grants", total_of([f"{item.name}.cash" for item in grants]), posted=True)
    if differences := exchange_differences(model):
        yield Draft("total.fx", total_of(differences), posted=True)
    taxable = [f"{item.name}.cash" for item in grants if item.part.taxed]
    yield Draft("total.taxable_grants", total_of(taxable), posted=True)


def opening_mrr(item: Item) -> Node:
    """A line's monthly recurring revenue before the first month, at that month's prices.

    Of a line that counts no customers it is that of the first month: the file has none before.
    """
    mrr, customers = f"{item.name}.mrr", item.part.customers()
    if customers is None:
        return RowRef(mrr)
    opening, paying = (Name(f"{item.name}.{name}", 0, 0) for name in (customers.opening, customers.paying))
    return Choose(Compare(">", paying, ZERO), Binary("/", product([RowRef(mrr), opening]), paying), ZERO)


def burn_multiple(months: int) -> tuple[str, str]:
    """Net burn over the growth of ARR in the last months (Sacks, The Burn Multiple, 2020), and where it exists."""
    burned, grown = ("net_burn", "metrics.net_new_mrr")
    if months > 1:
        burned, grown = f"sum_last({burned}, {months})", f"sum_last({grown}, {months})"
    return f"{burned} / (12 * {grown})", f"{burned} > 0 and {grown} > 0"


def is_recurring(item: Item) -> bool:
    """Whether a revenue line counts in ARR: as its `recurring` says, else subscriptions do."""
    recurring = getattr(item.shared, "recurring", None)
    return bool(recurring) if recurring is not None else item.part.recurs


def _tax(model: Model, tax: Tax) -> Iterator[Draft]:
    """Tax on the profit of each assessed period to date, accrued month by month, paid on the last day of instalments.

    An instalment is the tax charged and not yet paid, with `paid_after` up to the month that many months before; tax
    paid in excess comes back when the assessed period ends.  A loss is carried forward when its period ends.
    """
    assessed, paid = PERIOD_MONTHS[tax.assessed], PERIOD_MONTHS[tax.paid]
    month = f"month + {before}" if (before := 12 - model.settings.fiscal_year_end) else "month"
    first = f"(mod({month} - 1, {assessed}) == 0 or t == 0)"
    last, due, since = f"mod({month}, {assessed}) == 0", "prev(tax.payable) + tax.charge", ""
    if tax.paid_after is not None:
        since = " - tax.paid_after"
        due += " - (tax.charged - lag(tax.charged, tax.paid_after))"
    settles, instalment = (f"mod({month}{since}, {months}) == 0" for months in (assessed, paid))
    income = "total.revenue + cash.interest + total.taxable_grants"
    spent = "total.costs - total.written_off - total.financing_cost"
    yield Draft("tax.base", f"{income} - {spent}{_differences(model, '+')}", posted=True)
    yield Draft("tax.profit", f"tax.base + (0 if {first} else prev(tax.profit))", posted=True)
    shelter = "max(0, min(prev(tax.losses), tax.loss_limit * tax.profit))"
    yield Draft("tax.sheltered", shelter, posted=True)
    yield Draft("tax.taxable", "max(0, tax.profit) - tax.sheltered", posted=True)
    yield Draft("tax.newly_taxable", f"tax.taxable - (0 if {first} else prev(tax.taxable))", posted=True)
    yield Draft("tax.charge", "tax.rate * tax.newly_taxable", posted=True)  # of posted money, so that halves are halves
    carried = f"prev(tax.losses) + (max(0, -tax.profit) - tax.sheltered if {last} else 0)"
    yield Draft("tax.losses", carried, "tax.opening_losses", posted=True)
    if tax.paid_after is not None:
        yield Draft("tax.charged", "prev(tax.charged) + tax.charge", posted=True)
    yield Draft("cash.tax", f"-({due} if {settles} else max(0, {due})) if {instalment} else 0", posted=True)
    owed = "0" if tax.opening_payable is None else "tax.opening_payable"
    yield Draft("tax.payable", "prev(tax.payable) + tax.charge + cash.tax", owed, posted=True)
    yield Draft("burn_bridge.tax_timing", "-cash.tax - tax.charge", posted=True)


def _differences(model: Model, sign: str) -> str:
    """The term of the exchange differences in a sum, where there are any."""
    return f" {sign} total.fx" if exchange_differences(model) else ""


def _burn(model: Model) -> Iterator[Draft]:
    paid = "total.loan_interest + total.loan_fees"
    yield Draft("gross_burn", f"-(cash.costs + cash.capital + cash.tax) + {paid}", posted=True)
    yield Draft("net_burn", "gross_burn - cash.revenue - cash.interest", posted=True)
    wide = model.settings.burn_window
    trailing = f"sum_last(net_burn, {wide}) / min(t + 1, {wide})"
    yield Draft("trailing_burn", trailing, posted=True, on_demand=True)
    if model.actuals is not None and "cash" in model.actuals.values:
        yield Draft(BY_BANK, "net_burn - cash.passthrough", posted=True)
    value, exists = (parse(text, bounded=False) for text in burn_multiple(12))
    yield Draft(BURN_MULTIPLE, defined(value, exists), on_demand=True)
    spent = "total.costs + total.written_off + tax.charge + total.financing_cost"
    earned = "total.revenue - cash.interest - total.grants"
    yield Draft("net_loss", f"{spent} - {earned}{_differences(model, '-')}", posted=True)
    uncollected = "total.revenue - cash.revenue"
    unpaid = "-cash.costs - total.costs + total.non_cash"
    yield Draft("burn_bridge.working_capital", f"{uncollected} + ({unpaid})", posted=True)
    yield Draft("burn_bridge.non_cash", "-total.non_cash", posted=True)
    yield Draft("burn_bridge.capital", "-cash.capital - total.written_off", posted=True)
    if accrues(model):
        yield Draft("burn_bridge.debt_timing", f"{paid} - total.financing_cost", posted=True)
    yield Draft("burn_bridge.grants", "total.grants", posted=True)
    if exchange_differences(model):
        yield Draft("burn_bridge.fx", "total.fx", posted=True)
