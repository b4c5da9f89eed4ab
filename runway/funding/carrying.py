"""A loan's interest and fees month by month as they are incurred, and how much of them is owed beside its balance.

Interest accrues by the day since the last payment.  The fee of the drawing, and the part of the money that its warrants
are worth, lower what is carried and are charged over the term; the fee of the last payment builds up over it (FASB ASC
835-30-35 and 835-30-45-1A: in proportion to the months, which the topic allows where it comes to about the same as the
interest method).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.lines.line import RowFormula

if TYPE_CHECKING:
    from runway.funding.loan import Loan


def cost_rows(loan: Loan) -> dict[str, RowFormula]:
    """Interest and fees as they are incurred (`cost`), and how much of them is owed or still to be charged.

    `besides` is owed beside the balance: interest and the fee of the last payment as they have built up, less the part
    of the fee of the drawing that is not charged yet; negative where that is more.
    """
    payments, rows = loan.payments, dict[str, RowFormula]()
    accrued = f"{loan.accruing('balance', 't')} * period_passed"
    if payments.in_advance:
        accrued = "-interest * (1 - period_passed)"
        if not payments.plain:
            opening_interest = "0"
            if loan.opening_balance is not None:
                opening_interest = f"({loan.accruing('opening_balance', '(0 - 1)')} if due < 0 else 0)"
            period_interest = f"interest if pays else (prev(period_interest) if t > 0 else {opening_interest})"
            rows["period_interest"] = RowFormula(period_interest)
            accrued = "-period_interest * (1 - period_passed)"
    rows |= {
        "period_passed": RowFormula(payments.passed("t", "elapsed_days")),
        "accrued": RowFormula(f"{accrued} if balance > 0 else 0", posted=True),
    }
    besides, cost, before = "accrued", "interest + fees", list[str]()
    if loan.pik_rate is not None:
        cost += " + capitalised"
    passed_before = payments.passed("0 - 1" if payments.plain else "(0 - 1)", "0")
    if loan.opening_balance is not None:
        if not payments.plain:  # each a row, for together they are too long for the cell of a spreadsheet
            rows["passed_before"] = RowFormula(f"{passed_before} if due < 0 else 0")
            passed_before = "passed_before"
        owed = loan.accruing("opening_balance", "0 - 1" if payments.plain else "(0 - 1)")
        accrued_before = f"-{owed} * (1 - {passed_before})" if payments.in_advance else f"{owed} * {passed_before}"
        if not payments.plain:
            rows["accrued_before"] = RowFormula(f"{accrued_before} if due < 0 else 0")
            accrued_before = "accrued_before"
        before.append(accrued_before)
    fees = {field for field in ("fee", "end_fee") if field in loan.model_fields_set}
    warrants = loan.warrants is not None and loan.warrants.fair_value is not None
    if fees or warrants:
        rows["term_passed"] = RowFormula(payments.term_passed("t", "period_passed", "term"))
        term_before = payments.term_passed("(0 - 1)", passed_before, "term")
        if loan.opening_balance is not None and not payments.plain:
            rows["term_passed_before"] = RowFormula(f"{term_before} if due < 0 else 0")
            term_before = "term_passed_before"
    if "end_fee" in fees:
        accrued_fee = f"{loan.fee_of('end_fee', 'borrowed')} * term_passed if balance > 0 else 0"
        rows["end_fee_accrued"] = RowFormula(accrued_fee, posted=True)
        besides += " + end_fee_accrued"
        before.append(f"{loan.fee_of('end_fee', 'amount')} * {term_before}")
    if warrants:
        assert loan.warrants is not None
        loan_value = "warrants.loan_value" if loan.warrants.loan_value is not None else "amount"
        share = f"warrants.fair_value / (warrants.fair_value + {loan_value})"
        rows["warrants_issued"] = RowFormula(f"cash * {share}", posted=True)
        rows["warrants_so_far"] = RowFormula("prev(warrants_so_far) + warrants_issued", posted=True)
        cost += " + warrants_issued"
    if "fee" in fees or warrants:
        charged = [*([loan.fee_of("fee", "borrowed")] if "fee" in fees else []), *(["warrants_so_far"] * warrants)]
        uncharged = f"({' + '.join(charged)}) * (1 - term_passed) if balance > 0 else 0"
        rows["unamortised"] = RowFormula(uncharged, posted=True)
        besides += " - unamortised"
        if "fee" in fees:
            before.append(f"-{loan.fee_of('fee', 'amount')} * (1 - {term_before})")
    rows["besides"] = RowFormula(besides, posted=True)
    opening_besides = "0"
    if loan.opening_balance is not None:
        opening_besides = f"({' + '.join(before)} if due < 0 and opening_balance > 0 else 0)"
    rows["besides_before"] = RowFormula(f"prev(besides) if t > 0 else {opening_besides}", posted=True)
    rows["cost"] = RowFormula(f"{cost} + besides - besides_before", posted=True)
    return rows
