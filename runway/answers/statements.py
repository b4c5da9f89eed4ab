"""The income statement, the balance sheet and the cash-flow statement of a plan, each a list of rows of its program."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from runway.answers.answer import MonthlyAnswer, monthly_about
from runway.answers.project import every_row
from runway.language.named_tuple import NamedTuple
from runway.language.record import MoneyAmount, documented
from runway.program.balance_sheet import SAFES
from runway.program.cash_flow import INDIRECT
from runway.program.debt import borrowings, credit_lines, is_note
from runway.program.income_statement import costs_of
from runway.program.item_rows import group_row, main_row
from runway.program.sections import DIVIDENDS, group_title
from runway.program.statement import exchange_differences
from runway.words import amount_text, minus

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from runway.engine.ladder import Rows
    from runway.model.model import Item, Model
    from runway.program.plan import Plan

Kind = Literal["flow", "balance", "opening"]


class StatementLine(NamedTuple):
    """A row of a statement: its title, its address, and how it is shown."""

    title: str
    address: str
    sign: int = 1  # -1: a line that the statement takes off, such as a cost
    kind: Kind = "flow"  # over several months a flow is summed, a balance is that of the last, an opening of the first
    depth: int = 0  # 1: a part of the line above it, 2: shown in full only, 3: that of a part
    total: bool = False
    of: str = ""  # the row that it is shown as a share of, too


class FinancialStatement(NamedTuple):
    """One of the three, without the lines that are 0 in every month."""

    name: str  # income_statement, balance_sheet, cash_flow, direct
    title: str
    lines: tuple[StatementLine, ...]


@dataclass(frozen=True, slots=True, repr=False)
class Statements(MonthlyAnswer):
    """The three statements of one scenario as written, all funding counted."""

    planned: bool  # whether funding that is only planned is in it
    statements: tuple[FinancialStatement, ...]
    rows: Mapping[str, tuple[float, ...]]  # by address, those that the lines name
    notes: tuple[str, ...]

    KEYS: ClassVar = (
        "model", "scenario", "currency", "months", "fiscal_year_end", "closed", "statements", "rows", "notes",
    )  # fmt: skip

    def to_json(self) -> dict[str, Any]:
        """Each statement's lines by their addresses; `rows` has the figures of each month."""
        rows = {address: [*map(MoneyAmount, values)] for address, values in self.rows.items()}
        return documented(self) | {"rows": rows}


def statements(plan: Plan) -> Statements:
    """The three statements of a plan, checked on this run to tie."""
    model, rows = plan.model, every_row(plan)
    shown = tuple(statement._replace(lines=tuple(_shown_lines(statement.lines, rows))) for statement in layouts(model))
    addresses = [line.address for statement in shown for line in statement.lines]
    return Statements(
        **monthly_about(plan),
        planned=any(item.planned and any(rows.get(f"{item.name}.cash", ())) for item in model.section("funding")),
        statements=shown,
        rows={address: tuple(rows[address]) for address in dict.fromkeys(addresses)},
        notes=tuple(_notes(model, rows)),
    )


def layouts(model: Model) -> tuple[FinancialStatement, ...]:
    """The statements of a model with every line that they may have."""
    return (
        FinancialStatement("income_statement", "Income statement", tuple(_income(model))),
        FinancialStatement("balance_sheet", "Balance sheet", tuple(_balance(model))),
        FinancialStatement("cash_flow", "Cash flow", tuple(_cash_flow(model))),
        FinancialStatement("direct", "Operating activities, as received and paid", tuple(_direct())),
    )


def _shown_lines(lines: tuple[StatementLine, ...], rows: Rows) -> Iterator[StatementLine]:
    """The totals, and the lines that are not 0 in every month; not a single part that is all of the line above it."""
    for n, line in enumerate(lines):
        if not line.total and not any(rows[line.address]):
            continue
        alone = line.depth and n and lines[n - 1].depth < line.depth and lines[n - 1].title == line.title
        if not alone:
            yield line


def _parts(
    model: Model, items: list[Item], sign: int, depth: int = 1, *, paid: bool = False
) -> Iterator[StatementLine]:
    """Lines as earned or incurred, or `paid`, those of a group below its sum where all of them are among them."""
    groups = {name: lines for name, lines in model.groups().items() if all(line in items for line in lines)}
    group_of = {line.name: name for name, lines in groups.items() for line in lines}
    for item in items:
        if item.name not in group_of:
            yield StatementLine(item.title, f"{item.name}.cash" if paid else main_row(item), sign, depth=depth)
        elif (lines := groups[group_of[item.name]])[0] == item:
            group = group_of[item.name]
            total_row = f"{group}.cash" if paid else group_row(group, lines)
            yield StatementLine(group_title(group), total_row, sign, depth=depth)
            for line in lines:
                yield StatementLine(line.title, f"{line.name}.cash" if paid else main_row(line), sign, depth=3)


def _income(model: Model) -> Iterator[StatementLine]:
    yield StatementLine("Revenue", "total.revenue", total=True)
    yield from _parts(model, model.section("revenue"), 1)
    of_revenue = costs_of(model)
    if of_revenue:
        yield StatementLine("Cost of revenue", "total.cost_of_revenue", -1)
        yield from _parts(model, of_revenue, -1, 2)
        yield StatementLine("Gross profit", "gross_profit", total=True, of="total.revenue")
        for line in model.section("revenue"):
            if costs_of(model, line.name):
                yield StatementLine(line.title, f"{line.name}.gross_profit", depth=2, of=main_row(line))
    yield StatementLine("Operating costs", "total.operating_costs", -1)
    yield from _parts(model, [item for item in model.section("costs") if item not in of_revenue], -1)
    yield StatementLine("EBITDA", "ebitda", total=True, of="total.revenue")
    yield StatementLine("Depreciation", "total.written_off", -1)
    yield StatementLine("Operating result", "operating_profit", total=True)
    yield StatementLine("Grants", "total.grants")
    if exchange_differences(model):
        yield StatementLine("Exchange differences", "total.fx")
    yield StatementLine("Interest earned", "cash.interest")
    yield StatementLine("Interest and fees", "total.financing_cost", -1)
    yield StatementLine("Result before tax", "profit_before_tax", total=True)
    yield StatementLine("Tax", "tax.charge", -1)
    yield StatementLine("Net income", "net_income", total=True)
    yield StatementLine("of the costs, paid in no money", "total.non_cash", depth=1)


def _balance(model: Model) -> Iterator[StatementLine]:
    def line(title: str, address: str, depth: int = 0, *, total: bool = False) -> StatementLine:
        return StatementLine(title, address, kind="balance", depth=depth, total=total)

    yield line("Cash", "cash", total=True)
    yield line("of which restricted", "restricted_cash", 1)
    yield line("Receivables", "total.receivable")
    yield line("Earned, not yet billed", "total.unbilled")
    yield line("Prepaid costs", "total.prepaid")
    yield line("Deposits paid", "total.deposits")
    yield line("Tax to be returned", "total.tax_receivable")
    yield line("Fixed assets", "total.fixed_assets")
    yield line("Other assets", "total.other_assets")
    yield line("Not reconciled", "total.unreconciled")
    yield line("Assets", "sheet.assets", total=True)
    yield line("Payables", "total.payable")
    yield line("Deferred revenue", "total.deferred")
    yield line("Customer deposits", "total.customer_deposits")
    yield line("Deposits and taxes held", "total.held")
    yield line("Tax payable", "total.tax_payable")
    yield line("Debt", "total.debt_net")
    for item in borrowings(model):
        if not is_note(item):
            yield line(f"{item.title}: owed", f"{item.name}.balance", 2)
            if "besides" in item.part.rows():
                yield line(f"{item.title}: accrued, less fees not charged yet", f"{item.name}.besides", 2)
    yield line("Convertible notes", "total.notes")
    liability = model.settings.safes == "liability"
    if liability:
        yield line("SAFEs", SAFES)
    yield line("Other debts", "total.other_liabilities")
    yield line("Liabilities", "sheet.liabilities", total=True)
    yield line("Opening equity", "opening_equity")
    yield line("Paid-in capital", "equity.paid_in")
    if not liability:
        yield line("SAFEs", SAFES)
    yield line("Retained earnings", "equity.retained")
    yield line("Equity", "sheet.equity", total=True)


BETWEEN = (
    "Depreciation", "Costs paid in no money", "Fees, and interest not paid", "Exchange differences of purchases",
    "Receivables", "Earned, not yet billed", "Prepaid costs", "Payables", "Deferred revenue", "Customer deposits",
    "Deposits and taxes held", "Tax not paid", "Not reconciled",
)  # fmt: skip
"""The titles of the differences between the result and the operating cash flow, in the order of `INDIRECT`."""


def _cash_flow(model: Model) -> Iterator[StatementLine]:
    yield StatementLine("Net income", "net_income", total=True)
    for address, title in zip(INDIRECT, BETWEEN, strict=True):
        yield StatementLine(title, address, depth=1)
    yield StatementLine("Operating activities", "cash.operating", total=True)
    yield from _parts(model, model.section("capital"), 1, 2, paid=True)
    yield StatementLine("Investing activities", "cash.investing", total=True)
    credit = credit_lines(model)
    for item in model.section("funding"):
        if item.part.moves_cash and not item.part.income:
            drawn = f"{item.title}, drawn less repaid" if item in credit else item.title
            yield StatementLine(drawn, f"{item.name}.cash", depth=1)
    if borrowings(model):
        yield StatementLine("Repaid", "cash.loan_principal", depth=1)
        yield StatementLine("Fees of debt", "cash.loan_fees", depth=1)
    if any("paid_out" in item.part.rows() for item in borrowings(model)):
        yield StatementLine("Dividends", DIVIDENDS[0], depth=1)
    yield StatementLine("Financing activities", "cash.financing", total=True)
    yield StatementLine("Net cash flow", "net_cash_flow", total=True)
    yield StatementLine("Opening cash", "opening_cash", kind="opening")
    yield StatementLine("Closing cash", "cash", kind="balance", total=True)


def _direct() -> Iterator[StatementLine]:
    """The operating activities as received and paid."""
    paid = {"cash.revenue": "Received from customers", "cash.costs": "Costs paid",
            "cash.passthrough": "Deposits and taxes held", "cash.interest": "Interest earned"}  # fmt: skip
    for address, title in paid.items():
        yield StatementLine(title, address, depth=2)
    yield StatementLine("Interest paid", "total.loan_interest", -1, depth=2)
    yield StatementLine("Tax paid", "cash.tax", depth=2)
    yield StatementLine("Grants", "total.grants", depth=2)
    yield StatementLine("Operating activities", "cash.operating", depth=2, total=True)


def _notes(model: Model, rows: Rows) -> Iterator[str]:
    """Notes on how the statements were made."""
    stated, opening = model.opening_balance, rows["opening_equity"][0]
    if opening and (stated is None or (stated.paid_in is None and stated.retained is None)):
        yield (
            f"opening_equity, {minus(amount_text(opening))}, closes the opening sheet: the file does not say what "
            "of it was paid in and what was earned ([opening_balance] paid_in, retained)"
        )
    elif opening:
        yield f"opening_equity, {minus(amount_text(opening))}, is what [opening_balance] leaves of the opening sheet"
    never_written_off = [item.title for item in model.section("capital")
            if getattr(item.shared, "written_off_over", None) is None and any(rows[main_row(item)])]  # fmt: skip
    if never_written_off:
        yield f"never written off, for no written_off_over says so: {', '.join(never_written_off)}"
    if any(rows[SAFES]):
        yield f"SAFEs are {'a liability' if model.settings.safes == 'liability' else 'equity'} ([model] safes)"
    for item in model.section("funding"):
        rights = item.part.rights()
        if rights is not None and rights.fair_value is None:
            yield f"the warrants of {item.title} stand at nothing: their fair_value is not said"
    if any(rows["total.unreconciled"]):
        yield "not reconciled: what closed months have in cash and in no line, or in a line and not in its balances"
