"""`[actuals]` and the tables below it: which books are read, how, and which line each of their rows belongs to."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from runway.language.fields import FixedMoney, LastDay
from runway.lines.line import Component
from runway.model.notations import Code, CodecName, MonthOrAuto, RegularExpression

DateOrder = Literal["day-month-year", "month-day-year", "year-month-day"]
DecimalMark = Literal[".", ","]
Name = Annotated[str, Field(min_length=1)]


class ActualsFile(Component):
    """`[actuals.files.NAME]`: exports of one bank, payment service, payroll or set of books."""

    without: ClassVar = {
        "account": '"cash" of a statement of an account, else it holds no cash',
        "layout": "recognised by its columns",
        "basis": '"cash" of a statement, else "accrual"',
        "date": "as the layout or the dates themselves tell",
        "decimal": "as the layout or the amounts themselves tell",
        "encoding": "UTF-8, else Windows-1252",
        "sheet": "the one whose columns are known",
        "through": "the last day that the files say or have a row of",
        "currency": "the one of the file, else the model's",
    }

    file: Name | Annotated[tuple[Name, ...], Field(min_length=1)] = Field(
        description="the file, a pattern of several or a list of them, beside this one",
        examples=['"books/bank-*.csv"'],
    )
    account: Literal["cash", False] | None = Field(
        None, description='"cash" where it is money that we hold; false where only what is paid out of it is'
    )
    layout: str | None = Field(None, min_length=1, description="the name of its layout, known or of one's own")
    basis: Literal["cash", "accrual"] | None = Field(
        None, description="whether its rows say what was paid, or what was earned and incurred"
    )
    date: DateOrder | None = Field(None, description="the order of its dates")
    decimal: DecimalMark | None = Field(None, description="its decimal mark")
    encoding: Annotated[str, CodecName()] | None = Field(None, description="how its text is encoded")
    sheet: str | None = Field(None, min_length=1, description="the sheet to read, of a workbook with several")
    only: dict[str, tuple[str, ...]] = Field({}, description="by column, the words of rows that count")
    leave_out: Annotated[str, RegularExpression()] | None = Field(
        None, description="rows whose account or text it matches do not count"
    )
    through: LastDay | None = Field(None, description="the day up to which nothing more has moved")
    duplicates: bool = Field(False, strict=True, description="whether rows that cannot be told apart are several")
    currency: Annotated[str, Code()] | None = Field(None, description="of its amounts, where it does not say so itself")


class ActualsLayout(Component):
    """`[actuals.layouts.NAME]`: a layout of one's own, by the names of its columns."""

    without: ClassVar = {
        "encoding": "UTF-8, else Windows-1252",
        "decimal": "as the amounts tell",
        "date": "as the dates tell",
        "skip": "as many as stand above the heads",
        "sign": "the amount's own",
    }

    columns: dict[str, str | tuple[str, ...]] = Field(
        description="the heads of date, text, amount (or debit and credit), account, balance, currency, status, id"
    )
    skip: int | None = Field(None, ge=0, le=1000, strict=True, description="lines above the heads")
    encoding: Annotated[str, CodecName()] | None = Field(None, description="how its text is encoded")
    decimal: DecimalMark | None = Field(None, description="its decimal mark")
    date: DateOrder | None = Field(None, description="the order of its dates")
    only: dict[str, tuple[str, ...]] = Field({}, description="by role of a column, the words of rows that count")
    positive: Literal["in", "out"] = Field("in", description="which way money goes where an amount has no minus")
    debit: str | None = Field(None, min_length=1, description="the column of what goes out")
    credit: str | None = Field(None, min_length=1, description="the column of what comes in")
    sign: dict[str, str | tuple[str, ...]] | None = Field(
        None, description='the column that says the way, and its word for out: { column = "Af Bij", out = "Af" }'
    )
    kind: Literal["statement", "ledger", "payroll"] = Field("statement", description="what its rows are")


class ActualsRule(Component):
    """`[[actuals.rules]]`: rows whose text, or account, matches belong to a line; the first rule that does counts."""

    key: ClassVar = "match"
    without: ClassVar = {"in": "every file", "line": "a transfer", "transfer": "a line"}

    match: Annotated[str, RegularExpression()] = Field(
        description="what the text of a bank's row, or the account of a ledger's, must have, without regard to case",
        examples=['"landlord|rent"'],
    )
    in_: str | tuple[str, ...] | None = Field(None, alias="in", description="the file, or files, whose rows it is for")
    over: FixedMoney | None = Field(None, description="only amounts larger than this, in or out")
    under: FixedMoney | None = Field(None, description="only amounts smaller than this, in or out")
    line: str | None = Field(None, min_length=1, description='the line; or "cash", "cash.interest", "ignore"')
    transfer: str | None = Field(
        None, min_length=1, description="the other of our files that the money comes from or goes to"
    )


class ActualsTable(Component):
    """`[actuals]`: what has happened in the months that are closed.

    Where the books have a line's revenue alone, what drives it is scaled to what each closed month earned, so that the
    plan goes on from the last: subscribers and amounts that grow, with `reanchor = true` also units and even amounts,
    with `reanchor = false` nothing.

    ```toml
    [actuals]
    file       = "ledger.csv"
    last_close = "2026-03"

    [actuals.mapping]
    "Income:Subscriptions" = "subscriptions"
    "Assets:Bank"          = "cash"
    "Equity"               = "ignore"
    ```

    `file` is one ledger of date, account and amount, or one export of a bank or of books; several are `files`, each
    with a name.
    """

    without: ClassVar = {"opening": "the opening_cash of [model]"}
    needed: ClassVar = {"file": "where files is not"}

    last_close: Annotated[int | Literal["auto"], MonthOrAuto()] = Field(
        description="the last month that is closed", examples=['"2026-03"']
    )
    file: str | None = Field(None, min_length=1, description="the one file, beside this one; or [actuals.files.NAME]")
    figures: str | None = Field(None, description="beside a ledger, a CSV file of month, address and value")
    opening: Literal["books"] | None = Field(None, description="where the opening cash is taken from")
    amounts: Literal["debit_positive", "in_positive"] = Field(
        "debit_positive", description="the sign of a ledger: of double-entry books, or of a bank statement"
    )
    mapping: dict[str, Any] = Field({}, description='the line of each account of a ledger; or "cash", or "ignore"')
    allow_unmapped: bool = Field(False, strict=True, description="whether accounts may be mapped to no line")
    duplicates: bool = Field(False, strict=True, description="whether a row may be there twice")
    reanchor: bool | None = Field(
        None,
        strict=True,
        description="whether revenue goes on from the last closed month where the books do not have what drives it",
    )
    files: dict[str, ActualsFile] = Field({}, description="each export by its name, [actuals.files.NAME]")
    layouts: dict[str, ActualsLayout] = Field({}, description="layouts of one's own, [actuals.layouts.NAME]")
    rules: tuple[ActualsRule, ...] = Field((), description="which line rows belong to; the first that matches counts")


def raw_layout(layout: ActualsLayout) -> dict[str, Any]:
    """The keys of a layout as they are written, without those that it leaves out."""
    return layout.model_dump(exclude_defaults=True, exclude={"title", "note"})
