"""The cap table of a model at its start, as a register of shares that other programs can read."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from runway.errors import InputError, Problem
from runway.files.equity.register import RegisterClass, RegisterHolding, RegisterInstrument, ShareRegister
from runway.funding.qualified import QUALIFIED
from runway.language.figure import exact
from runway.model.checks_captable import COMMON
from runway.months import date_at

if TYPE_CHECKING:
    from runway.funding.captable import Captable, ShareClass
    from runway.funding.conversion import ConversionTerms
    from runway.language.figure import Figure
    from runway.model.model import Item, Model


def register_of(model: Model) -> ShareRegister:
    """The holdings on the day before the start.

    Raises `InputError`: no-captable, not-in-a-package (percentages), shares-not-whole.
    """
    captable = model.captable
    if captable is None:
        text = f"{model.document.title} has no [captable], so nobody knows who owns the company."
        raise InputError(Problem("no-captable", text))
    if not captable.in_shares:
        text = "This cap table is in percentages; other programs take numbers of shares. Write how many each holds."
        raise InputError(model.document.problem(("captable",), "not-in-a-package", text, at="key"))
    first: date = date_at(model.settings.start, 0)
    classes = {name: _class(cls) for name, cls in captable.classes.items()}
    classes = {COMMON: classes.pop(COMMON, RegisterClass("Common", "common")), **classes}
    holdings = (holding for name in captable.holders for holding in _holdings(model, captable, classes, name))
    return ShareRegister(
        model.document.title,
        "assumption file",
        model.settings.name,
        first - timedelta(days=1),
        model.settings.currency,
        classes,
        {name: holder.title or name for name, holder in captable.holders.items()},
        tuple(holding for holding in holdings if holding.shares),
        _shares(model, ("captable", "pool"), captable.pool),
    )


def package_of(model: Model) -> ShareRegister:
    """The register with its SAFEs and notes, for a package of the Open Cap Format.

    Raises `InputError` (not-in-a-package) for what a package cannot hold, besides what `register_of` raises.
    """
    register = register_of(model)
    captable = model.captable
    assert captable is not None
    for name in captable.grants:
        _refuse(model, ("captable", "grants", name), "A grant to come")
    for name, cls in captable.classes.items():
        if cls.anti_dilution != "none":
            _refuse(model, ("captable", "classes", name, "anti_dilution"), "Anti-dilution")
        if cls.participation == "full":
            _refuse(model, ("captable", "classes", name, "participation"), "Participation without a cap")
    instruments: list[RegisterInstrument] = []
    holders = dict(register.holders)
    for item in model.section("funding"):
        if (terms := item.part.conversion()) is not None:
            instruments.append(_instrument(model, item, terms))
            holders.setdefault(instruments[-1].holder, instruments[-1].holder)
        elif item.part.priced or item.part.transfer() is not None or item.part.rights() is not None:
            _refuse(model, item.path, "What is to come")
    return register._replace(instruments=tuple(instruments), holders=holders)


def _refuse(model: Model, path: tuple[str | int, ...], subject: str) -> None:
    text = (
        f"{subject} cannot be held by a package of the Open Cap Format, which says who holds what now. Export a file "
        "without it: one that has [model] and [captable] alone, for example."
    )
    raise InputError(model.document.problem(path, "not-in-a-package", text, at="key"))


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)


def _money(figure: Figure | None) -> Decimal | None:
    return None if figure is None else _decimal(exact(figure))


def _shares(model: Model, path: tuple[str | int, ...], figure: Figure) -> int:
    value = exact(figure)
    if value.denominator != 1:
        text = "Other programs hold whole shares."
        raise InputError(model.document.problem(path, "shares-not-whole", text))
    return int(value)


def _class(cls: ShareClass) -> RegisterClass:
    preferred = cls.preferred
    return RegisterClass(
        cls.title or "",
        cls.kind,
        _money(cls.price),
        _money(cls.conversion_price),
        _decimal(exact(cls.preference)) if preferred else None,
        _money(cls.participation_cap),
        cls.seniority,
        cls.issued and cls.issued.day,
        _money(cls.strike),
    )


def _holdings(model: Model, captable: Captable, classes: dict[str, RegisterClass], name: str) -> list[RegisterHolding]:
    """The holdings of one holder by class; money beyond the issue prices was paid for the one class without a price."""
    holder = captable.holders[name]
    shares = {
        cls: _shares(model, ("captable", "holders", name, "shares", cls), figure)
        for cls, figure in holder.shares.items()
    }
    prices = {cls: classes[cls].price for cls in shares}
    raised = {cls: _money(captable.classes[cls].raised) for cls in shares if cls in captable.classes}
    for cls, money in raised.items():
        if money is not None:
            all_shares = sum(exact(owner.shares[cls]) for owner in captable.holders.values() if cls in owner.shares)
            prices[cls] = money / _decimal(Fraction(all_shares))
    invested = {cls: None if price is None else price * shares[cls] for cls, price in prices.items()}
    bought = [cls for cls in shares if classes[cls].strike is None]
    total, open_ = _money(holder.invested), [cls for cls in bought if invested[cls] is None]
    if total is not None and len(open_) == 1:
        invested[open_[0]] = max(Decimal(0), total - sum((invested[cls] or Decimal(0)) for cls in bought))
    elif total is not None and len(bought) == 1:
        invested[bought[0]] = total
    paid_on = holder.invested_on and holder.invested_on.day
    days = {cls: frozenset(day for day in (paid_on or classes[cls].issued,) if day is not None) for cls in shares}
    return [RegisterHolding(name, cls, count, invested[cls], days[cls]) for cls, count in shares.items()]


def _instrument(model: Model, item: Item, terms: ConversionTerms) -> RegisterInstrument:
    """A SAFE or note whose money came before the start; its terms by the keys of [funding]."""
    (closing,) = item.part.closings()
    day = closing.date.number
    rows = item.part.rows()
    unheld = {
        "What is to come": day >= model.settings.start or closing.requires is not None,
        "A note that is paid back": "principal" in rows,
        "A least sum of the round": QUALIFIED in rows,
        "What its cap counts": terms.cap_counts != "pool" or terms.counts_new_pool is not None,
        "Its day count": terms.rate is not None and terms.day_count not in ("act/365", "30/360"),
    }
    for subject, refused in unheld.items():
        if refused:
            _refuse(model, item.path, subject)
    term_values: dict[str, str | bool | int | Decimal] = {}
    for field in ("cap", "discount", "ownership", "sale_multiple"):
        figure = getattr(terms, field)
        if figure is not None and (field != "sale_multiple" or exact(figure) != 1):
            term_values[field] = _decimal(exact(figure))
    if terms.cap is not None and not terms.note:
        term_values["form"] = terms.form
    if terms.mfn:
        term_values["mfn"] = True
    if terms.rate is not None and exact(terms.rate):
        term_values |= {"rate": _decimal(exact(terms.rate)), "day_count": terms.day_count}
        if terms.compounding != "simple":
            term_values["compounding"] = terms.compounding
    if terms.maturity is not None:
        term_values |= {"maturity": terms.maturity.day.isoformat(), "at_maturity": "stays"}
    (holder,) = item.part.holders(item.name)
    amount = _decimal(exact(closing.amount))
    return RegisterInstrument(str(holder), terms.note, amount, date_at(day, 0), term_values)
