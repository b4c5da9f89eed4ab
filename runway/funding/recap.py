"""A dividend recap: the company borrows, pays the money to its holders, and goes on."""

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from runway.funding.borrowing import Fee, Interest
from runway.funding.loan_terms import interest_only_mistakes
from runway.language.fields import Date, FixedMoney, SomeWholeMonths, WholeMonths
from runway.lines.line import Component, Mistake
from runway.months import NEVER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runway.lines.line import Surroundings

TERMS = ("amount", "date", "rate", "term", "interest_only", "repayment", "fee", "dividend", "note")
"""The fields that it has in common with a loan."""


class DividendRecap(Component):
    """Nobody buys the company: it takes a loan and pays it out to its holders as a dividend, on one day.

    ```toml
    [exits.recap]
    kind = "dividend_recap"
    amount = "10M"
    date = "2026-09-30"
    rate = "9%/year"
    term = "5 years"
    fee = "2%"
    ```

    `runway exit` runs the model with that loan, drawn and paid out on that day, beside the model without it: what each
    holder gets, what is owed after it, and what it does to runway.  What the fee leaves is paid out, or the part of the
    loan that `dividend` says.  All stock shares in it as if converted to common (NVCA model charter, article fourth,
    B.1), and preferred keeps its preference; options, warrants, the pool and notes get nothing.  While a SAFE is
    outstanding it is refused, for what a SAFE gets of a dividend is not modelled.  A loan of [funding] with a
    `dividend` is the same, for good.
    """

    sections: ClassVar = ("exits",)
    borrows: ClassVar = True
    off: ClassVar = {"date": NEVER}
    owns: ClassVar = frozenset(TERMS)
    main_figure: ClassVar = "amount"
    unsupported: ClassVar = {
        **{
            term: f"{term} of a recap (a loan of [funding] with a dividend may have them)"
            for term in ("covenants", "warrants", "conditions", "requires", "end_fee")
        },
        "value": "prices of the whole company in a dividend recap, which sells nothing",
    }
    kind: Literal["dividend_recap"]
    amount: FixedMoney = Field(description="the money borrowed, in the model's own currency")
    date: Date = Field(description="the day on which it is borrowed and paid out")
    rate: Interest = Field(description="the rate of interest")
    term: SomeWholeMonths = Field(description="how many monthly payments there are")
    interest_only: WholeMonths = Field(
        "0 months", validate_default=True, description="how many payments at first hold no principal"
    )
    repayment: Literal["level_payment", "level_principal", "bullet"] = Field(
        "bullet", description="whether payments are level, principal is, or all of it is paid with the last payment"
    )
    fee: Fee = Field("0%", validate_default=True, description="what the lender is paid on drawing")
    dividend: Fee = Field(
        "100%", validate_default=True, description="what is paid to holders, at most what the fee leaves"
    )

    def checks(self, around: "Surroundings") -> "Iterator[Mistake]":
        for field in ("amount", "fee", "dividend"):
            code = getattr(self, field).entries[0].amount.currency
            if code is not None and code in around.fx:
                text = f"{field} is written in the model's own currency, {around.currency}."
                yield Mistake((field,), "wrong-currency", text)
        if around.readable and self.date.number < around.start:
            yield Mistake(("date",), "dates-reversed", "It is before the first month: write the loan in [funding].")
        yield from interest_only_mistakes(self.repayment, self.interest_only, self.term)


def loan_of(raw: dict[str, Any], title: str) -> dict[str, Any]:
    """The table of the loan that a recap is."""
    terms = {field: raw[field] for field in TERMS if field in raw}
    return {"repayment": "bullet", "dividend": "100%", **terms, "kind": "loan", "title": f"{title}, lender"}
