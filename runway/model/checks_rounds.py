"""What must hold of rounds and of what converts into shares, and between them and `[captable]`."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from runway.errors import Problem, did_you_mean
from runway.language.figure import Figure, exact
from runway.model.checks_captable import COMMON, captable_checks, problem, stock_checks
from runway.months import NEVER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runway.funding.captable import Captable
    from runway.model.model import Item, Model


def ownership_checks(model: Model) -> Iterator[Problem]:
    """The problems of a cap table and of what converts into it."""
    for item in model.section("funding"):
        kind = item.kind
        if kind in ("safe", "convertible_note"):
            yield from _terms(model, item)
        if kind == "priced_round":
            yield from stock_checks(model, item.part.stock, (*item.path, "stock"))
            yield from _prices(model, item)
    yield from _all_of_it(model)
    if model.captable is not None:
        yield from captable_checks(model, model.captable)


def _terms(model: Model, item: Item) -> Iterator[Problem]:
    """What a SAFE or a note says does not contradict itself."""
    part = item.part
    own, mfn = getattr(part, "ownership", None), getattr(part, "mfn", False)
    if part.kind == "safe":
        if part.cap is not None and part.form is None:
            text = (
                'A cap says what it counts: form = "post_money", all that converts too, as in standard SAFEs since '
                '2018, or form = "pre_money", without it.'
            )
            yield problem(model, (*item.path, "cap"), "cap-without-form", text, at="key")
        fixed = [field for field in ("cap", "discount", "mfn") if getattr(part, field)]
        if own is not None and fixed:
            text = f"A SAFE has a fixed ownership or {fixed[0]}, not both."
            yield problem(model, (*item.path, fixed[0]), "terms-contradict", text, at="key")
        elif mfn and part.cap is not None:
            text = "mfn takes the terms of other SAFEs, so such a SAFE has no cap of its own. Take one of them out."
            yield problem(model, (*item.path, "mfn"), "terms-contradict", text, at="key")
    for field in ("cap", "amount", "ownership"):
        if getattr(part, field, None) is not None and exact(getattr(part, field)) == 0:
            text = f"{field} cannot be 0." + (" Leave it out if there is none." if field == "cap" else "")
            yield problem(model, (*item.path, field), "value-out-of-range", text)
    if part.discount is not None and exact(part.discount) == 1:
        text = 'A discount of 100 % gives the shares away. Write what is taken off the price: "20%".'
        yield problem(model, (*item.path, "discount"), "value-out-of-range", text)
    interest = getattr(part, "rate", None)
    if interest is not None and interest.entries[0].amount.period != "year":
        text = 'Interest is written by the year, as in the contract of the note: "6%/year".'
        yield problem(model, (*item.path, "rate"), "rate-not-yearly", text)
    if getattr(part, "at_maturity", "stays") == "repaid":
        if part.maturity is None:
            text = "maturity is missing: the day on which the note is paid back."
            yield problem(model, item.path, "missing-field", text, at="key")
        for field, plain in (("compounding", ("simple",)), ("day_count", ("act/365", "act/360"))):
            if getattr(part, field) not in plain:
                text = f"Of a note that is repaid in cash, {field} is {' or '.join(plain)}; others are not modelled."
                yield problem(model, (*item.path, field), "terms-contradict", text)
    if getattr(part, "maturity", None) is not None and "at_maturity" not in part.model_fields_set:
        text = 'at_maturity is missing beside maturity: "repaid" if it is then paid back, "stays" if it is left to run.'
        yield problem(model, item.path, "missing-field", text, at="key")
    maturity = getattr(part, "maturity", None)
    if maturity is not None and exact(maturity) < exact(part.date) < NEVER:
        yield problem(model, (*item.path, "maturity"), "dates-reversed", "maturity is before the note's date.")


def _all_of_it(model: Model) -> Iterator[Problem]:
    """Post-money SAFEs together leave something to the others."""
    taken = Fraction(0)
    for item in model.section("funding"):
        part = item.part
        if item.kind != "safe":
            continue
        share = Fraction(0)
        if part.ownership is not None:
            share = exact(part.ownership)
        elif part.cap is not None and part.form == "post_money" and exact(part.cap):
            same = part.cap.entries[0].amount.currency == part.amount.entries[0].amount.currency
            share = exact(part.amount) / exact(part.cap) if same else share
        taken += share
        if share and taken >= 1:
            field = "ownership" if part.ownership is not None else "cap"
            text = (
                f"With this one SAFEs own {float(taken * 100):.4g} % of the company before the next round, and nothing "
                "is left for anybody else. Raise a cap, or leave a SAFE out."
            )
            yield problem(model, (*item.path, field), "safes-own-everything", text)
            return


def _prices(model: Model, item: Item) -> Iterator[Problem]:
    """What sets the price of a round's shares."""
    part = item.part
    holders = [(part, item.path), *((c, (*item.path, "closings", n)) for n, c in enumerate(part.closings))]
    for one, path in holders:
        if one.price is not None and one.valuation is not None:
            text = "price and valuation both set what a share costs. Take one of them out."
            yield problem(model, (*path, "price"), "price-and-valuation", text, at="key")
        if one.price is not None and exact(one.price) == 0:
            yield problem(model, (*path, "price"), "value-out-of-range", "price cannot be 0.")
        if one.valuation is not None and exact(one.valuation.figure) == 0:
            yield problem(model, (*path, "valuation"), "value-out-of-range", "valuation cannot be 0.")
    if part.pool is not None and exact(part.pool) == 1:
        yield problem(model, (*item.path, "pool"), "value-out-of-range", "pool cannot be the whole company.")
    basis = [one.valuation.basis for one, _ in holders if one.valuation is not None]
    if part.convertibles == "on_top" and "post_money" in basis:
        text = (
            "A post-money valuation holds what converts, so that it cannot come on top. Write a pre-money valuation, "
            "or take convertibles out."
        )
        yield problem(model, (*item.path, "convertibles"), "terms-contradict", text)
    captable = model.captable
    if captable is None:
        return
    yield from _issued_class(model, item, captable)
    start = model.settings.start
    for one, path in holders:
        if one.price is not None and not captable.in_shares:
            text = "The cap table is in percentages, so that a price of a share says nothing; write a valuation."
            yield problem(model, (*path, "price"), "price-without-shares", text, at="key")
    begun = any(exact(c.date) < start for c in part.closings) and "model" not in model.broken
    later = [c for c in part.closings if exact(c.date) >= start and c.price is None and c.valuation is None]
    cls = captable.classes.get(item.name)
    if begun and later and part.price is None and (cls is None or not cls.preferred) and captable.in_shares:
        text = (
            f"{item.name} began before the first month, so its shares are in the cap table; {later[0].name} issues "
            f"more of them at their price. Write price, or the class [captable.classes.{item.name}] with its price."
        )
        yield problem(model, item.path, "round-without-price", text, at="key")
    elif later and part.price is None and part.valuation is None and cls is None:
        text = "With a cap table a round says what its shares cost. Write its valuation or its price."
        yield problem(model, item.path, "round-without-price", text, at="key")
    holding = holders_of(model)
    for n, name in enumerate(part.pro_rata):
        if name not in holding:
            hint = did_you_mean(name, holding) or f" Holders: {', '.join(sorted(holding))}."
            yield problem(
                model, (*item.path, "pro_rata", n), "unknown-holder", f"{name} holds nothing in this file.{hint}"
            )


def _issued_class(model: Model, item: Item, captable: Captable) -> Iterator[Problem]:
    """A class of the round's name in `[captable]` is what the round issues, so that its terms stand there."""
    stock: Any = item.part.stock
    listed = captable.classes.get(item.name)
    if listed is None and item.name != COMMON:
        return
    kind = COMMON if listed is None else listed.kind
    if kind != stock.kind:
        text = (
            f"The class {item.name} of the cap table is {kind}, and this round issues {stock.kind} shares. Give one of "
            "them another name."
        )
        yield problem(model, item.path, "terms-contradict", text, at="key")
        return
    for field in stock.model_fields_set - {"title", "note", "kind"}:
        here, there = (
            exact(value) if isinstance(value, Figure) else value
            for value in (getattr(stock, field), getattr(listed, field, None))
        )
        if here != there:
            text = (
                f"[captable.classes.{item.name}] says otherwise. Its terms are those of the round; write {field} there."
            )
            yield problem(model, (*item.path, "stock", field), "terms-contradict", text, at="key")


def holders_of(model: Model) -> set[str]:
    """Who holds shares, or comes to hold some by what the file grants or funds."""
    captable = model.captable
    known = (
        {*captable.holders, *(grant.holder for grant in captable.grants.values())} if captable is not None else set()
    )
    return {*known, *_buyers(model)}


def _buyers(model: Model) -> Iterator[str]:
    for item in model.section("funding"):
        if item.kind == "priced_round":
            yield from item.part.holders(item.name)
        elif item.kind in ("safe", "convertible_note"):
            yield item.part.investor or item.name
