"""The exchange rate that a closing keeps once it has happened, where the rate of its currency changes.

Clauses and cuts are reckoned in the contract's own currency, that is at one month's rate, until the closing closes;
from then on its money keeps the rate of its day.  The valuation and the price of a round are contracted with its first
closing and keep that rate; each later closing's money is of their currency at the rate of its own day.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.lines.line import RowFormula
from runway.lines.working_capital import rate_row

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from runway.funding.round import PricedRound
    from runway.language.figure import Figure

FIRST = "first_due"


def kept(formula: str, row: str, due: str = "due") -> str:
    """The formula up to the month of a closing; in later months its value in that month."""
    return f"({formula}) if t <= max(0, floor({due})) else prev({row})"


def first_rate(currency: str) -> str:
    """The row of the rate at a round's first closing, or of the month where none has closed yet."""
    return f"{currency.lower()}_at_first_closing"


def at_first(formula: str, figure: Figure) -> str:
    """An amount at this month's rate, converted at the rate of the first closing."""
    code = figure.floating
    return formula if code is None else f"{formula} * {first_rate(code)} / {rate_row(code)}"


def first_of(closings: Iterable[str]) -> str:
    """The formula of the first day on which one of the closings brings money."""
    days = [f"({c}.due if {c}.left > 0 else 'never')" for c in closings]
    return days[0] if len(days) == 1 else f"min({', '.join(days)})"


def currencies_of(part: PricedRound) -> list[str]:
    """The currencies of a round's figures whose rates change."""
    figures = [part.price, *(c.amount for c in part.commitments_), *(earmark.amount for earmark in part.earmarks_)]
    for closing in part.closings_:
        figures += [closing.amount, closing.price, *(closing.split or {}).values()]
    valuations = [part.valuation, *(closing.valuation for closing in part.closings_)]
    figures += [valuation.figure for valuation in valuations if valuation is not None]
    return list(dict.fromkeys(code for figure in figures if figure is not None and (code := figure.floating)))


def keep(part: PricedRound, rows: dict[str, RowFormula], rest: Mapping[tuple[str, str], str]) -> None:
    """Adds the rows that keep the rates of a round's closings; `rest` is the money after cuts, at this month's rate."""
    floating, names, investors = currencies_of(part), [c.name for c in part.closings_], part.investors()
    if not floating:
        return
    due = {c: f"({' + '.join(rest[c, i] for i in investors)}) * {c}.alive" for c in names}
    for c in names:
        rows[f"{c}.offered"] = RowFormula(kept(f"{c}.amount", f"{c}.offered", f"{c}.due"), posted=True)
        rows[f"{c}.left"] = RowFormula(kept(due[c], f"{c}.left", f"{c}.due"), posted=True)
        for i in investors:
            promised = f"{c}.{i}.promised"
            rows[promised] = RowFormula(kept(f"{c}.{i}.allotted", promised, f"{c}.due"), posted=True)
    unpriced = [c.name for c in part.closings_ if c.price is None and c.valuation is None]
    rows[FIRST] = RowFormula(first_of(unpriced or names))
    for code in floating:
        rows[first_rate(code)] = RowFormula(kept(rate_row(code), first_rate(code), FIRST))
    _headline(part, rows)
    _valuations(part, rows, due, unpriced)
    for earmark in part.earmarks_:
        row, sources = f"{earmark.for_}.set_aside", earmark.named or tuple(names)
        rows[row] = RowFormula(kept(f"{earmark.for_}.amount", row, first_of(sources)), posted=True)


def _headline(part: PricedRound, rows: dict[str, RowFormula]) -> None:
    """The announced money: of each closing at its own rate, of commitments that no closing calls at the first one's."""
    names = [c.name for c in part.closings_]
    rows["headline"] = RowFormula(" + ".join(f"{c}.offered" for c in names), posted=True)
    if part.commitments_:
        committed = " + ".join(at_first(f"{c.investor}.amount", c.amount) for c in part.commitments_)
        brought = " + ".join(at_first(f"{c.name}.amount", c.amount) for c in part.closings_)
        rest = f"max(0, 1 - ({brought}) / ({committed}))"
        for c in part.commitments_:
            of_closings = " + ".join(f"{name}.{c.investor}.promised" for name in names)
            amount = at_first(f"{c.investor}.amount", c.amount)
            rows[f"{c.investor}.promised"] = RowFormula(f"{of_closings} + {amount} * {rest}", posted=True)
        rows["headline"] = RowFormula(" + ".join(f"{i}.promised" for i in part.investors()), posted=True)


def _valuations(part: PricedRound, rows: dict[str, RowFormula], due: Mapping[str, str], unpriced: list[str]) -> None:
    """The valuation and the price as the first closing has contracted them, and whose the shares are.

    `due` is what each closing still brings at this month's rate, `unpriced` are the closings at the round's valuation.
    """
    amounts = {c.name: c.amount for c in part.closings_}
    coming = " + ".join(at_first(due[c], amounts[c]) for c in unpriced)
    if unpriced:
        rows["coming"] = RowFormula(coming, posted=True)
    if "pre_money" in rows and part.valuation is not None:
        value = at_first("valuation", part.valuation.figure)
        headline = " + ".join(at_first(f"{c}.amount", amounts[c]) for c in unpriced)
        if part.commitments_ and len(unpriced) == len(amounts):
            headline = " + ".join(at_first(f"{c.investor}.amount", c.amount) for c in part.commitments_)
        post = part.valuation.basis == "post_money"
        settled = f"t > max(0, floor({FIRST}))"
        if part.after_cut == "keep_pre_money":
            formula = f"{value} - ({headline})" if post else value
        else:
            formula = f"{value} - coming" if post else f"{value} + {headline} - coming"
            changes = [f"{c}.alive == prev({c}.alive)" for c in unpriced]
            changes += [f"{c.name}.bites == prev({c.name}.bites)" for c in part.clauses_]
            settled += "".join(f" and {change}" for change in changes)
        rows["pre_money"] = RowFormula(f"prev(pre_money) if {settled} else {formula}", posted=True)
    if "post_money" in rows and part.valuation is not None:
        for i in part.investors():
            now_paid = " + ".join(f"{c}.{i}" for c in amounts)
            drawn = rows[f"{i}.drawn"].formula
            assert isinstance(drawn, str)
            before = drawn.removeprefix(f"prev({i}.drawn) + {now_paid} + ")
            paid = at_first(f"({now_paid})", part.valuation.figure)
            rows[f"{i}.bought"] = RowFormula(f"prev({i}.bought) + {paid} + {before}", posted=True)
            rows[f"{i}.stake"] = RowFormula(f"{i}.bought / post_money if post_money > 0 else 0")
        bought = " + ".join(f"{i}.bought" for i in part.investors())
        rows["post_money"] = RowFormula(f"pre_money + {bought}", posted=True)
    if part.price is not None:
        rows["share_price"] = RowFormula(kept("price", "share_price", FIRST))
    for closing in part.closings_:
        for row in (f"{closing.name}.share_price", f"{closing.name}.pre_money"):
            if row in rows:
                formula = str(rows[row].formula)
                rows[row] = rows[row]._replace(formula=kept(formula, row, f"{closing.name}.due"))
