"""Checks of rounds and of funding that converts into shares, and between them and `[captable]`."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from runway.errors import Problem, did_you_mean
from runway.language.figure import Figure, exact
from runway.model.checks_captable import COMMON, captable_checks, problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from runway.funding.captable import Captable
    from runway.funding.conversion import ConversionTerms
    from runway.model.addresses import Path
    from runway.model.model import Item, Model


def ownership_checks(model: Model) -> Iterator[Problem]:
    """The problems of a cap table and of the funding that converts into its shares."""
    for item in model.section("funding"):
        if item.part.priced and model.captable is not None:
            yield from _issue_terms(model, item, model.captable)
        transfer = item.part.transfer()
        if transfer is not None and transfer.sellers and model.captable is not None:
            yield from _unknown_holders(model, (*item.path, "sellers"), transfer.sellers)
        elif transfer is not None and transfer.sellers and "captable" not in model.unread:
            text = "Shares change hands in the cap table, and this file has no [captable]."
            yield problem(model, (*item.path, "sellers"), "needs-captable", text, at="key")
    yield from _safes_together(model)
    if model.captable is not None:
        yield from captable_checks(model, model.captable)


def _safes_together(model: Model) -> Iterator[Problem]:
    """Post-money SAFEs together leave something to the others."""
    total = Fraction(0)
    for item in model.section("funding"):
        terms: ConversionTerms | None = item.part.conversion()
        if terms is None:
            continue
        share = Fraction(0)
        if terms.ownership is not None:
            share = exact(terms.ownership)
        elif terms.cap is not None and terms.form == "post_money" and exact(terms.cap):
            ((_, money),) = item.closings()
            same = terms.cap.entries[0].amount.currency == money.amount.entries[0].amount.currency
            share = exact(money.amount) / exact(terms.cap) if same else share
        total += share
        if share and total >= 1:
            field = "ownership" if terms.ownership is not None else "cap"
            text = (
                f"With this one SAFEs own {float(total * 100):.4g} % of the company before the next round, and nothing "
                "is left for anybody else. Raise a cap, or leave a SAFE out."
            )
            yield problem(model, (*item.path, field), "safes-own-everything", text)
            return


def _issue_terms(model: Model, item: Item, captable: Captable) -> Iterator[Problem]:
    """The terms that a round needs to issue shares of a cap table."""
    part = item.part
    closings = part.closings()
    holders = [(part, item.path), *((c, (*item.path, "closings", n)) for n, c in enumerate(closings))]
    yield from _issued_class(model, item, captable)
    start = model.settings.start
    for table, path in holders:
        if table.price is not None and not captable.in_shares:
            text = "The cap table is in percentages, so that a price of a share says nothing; write a valuation."
            yield problem(model, (*path, "price"), "price-without-shares", text, at="key")
    has_begun = any(exact(c.date) < start for c in closings) and "model" not in model.broken
    later = [c for c in closings if exact(c.date) >= start and c.price is None and c.valuation is None]
    cls = captable.classes.get(item.name)
    if has_begun and later and part.price is None and (cls is None or not cls.preferred) and captable.in_shares:
        text = (
            f"{item.name} began before the first month, so its shares are in the cap table; {later[0].name} issues "
            f"more of them at their price. Write price, or the class [captable.classes.{item.name}] with its price."
        )
        yield problem(model, item.path, "round-without-price", text, at="key")
    elif later and part.price is None and part.valuation is None and cls is None:
        text = "With a cap table a round says what its shares cost. Write its valuation or its price."
        yield problem(model, item.path, "round-without-price", text, at="key")
    yield from _unknown_holders(model, (*item.path, "pro_rata"), part.pro_rata)


def _unknown_holders(model: Model, path: Path, names: Sequence[str]) -> Iterator[Problem]:
    """The names in a list that hold nothing in the file."""
    holding = holders_of(model)
    for n, name in enumerate(names):
        if name not in holding:
            hint = did_you_mean(name, holding) or f" Holders: {', '.join(sorted(holding))}."
            yield problem(model, (*path, n), "unknown-holder", f"{name} holds nothing in this file.{hint}")


def _issued_class(model: Model, item: Item, captable: Captable) -> Iterator[Problem]:
    """A class of the round's name in `[captable]` is the class that it issues, with the same terms."""
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
        of_round, of_class = (
            exact(value) if isinstance(value, Figure) else value
            for value in (getattr(stock, field), getattr(listed, field, None))
        )
        if of_round != of_class:
            text = (
                f"[captable.classes.{item.name}] says otherwise. Its terms are those of the round; write {field} there."
            )
            yield problem(model, (*item.path, "stock", field), "terms-contradict", text, at="key")


def holders_of(model: Model) -> set[str]:
    """The names of all holders: of the cap table, of its grants, and of funding."""
    captable = model.captable
    known = (
        {*captable.holders, *(grant.holder for grant in captable.grants.values())} if captable is not None else set()
    )
    return {*known, *(name for item in model.section("funding") for name in item.part.holders(item.name))}
