"""What must hold in `[captable]` and between it and the instruments that convert into its shares."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

from runway.errors import Problem, did_you_mean
from runway.lines.line import Component
from runway.months import NEVER
from runway.quantity import Figure

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from runway.addresses import Path
    from runway.holdings import Captable, ShareClass
    from runway.model import Item, Model

_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}\Z")
_UNIT = re.compile(r"^[^\d+.-]|[A-Z]{3}|[$€£¥]")  # a sign or code of money, which reading takes off the model's own
COMMON = "common"


def exactly(value: float) -> Fraction:
    """A number as the decimal that it is written as."""
    return Fraction(repr(float(value)))


def exact(figure: Figure) -> Fraction:
    """The one number of a figure that is not scheduled, exactly as written."""
    return exactly(figure.entries[0].amount.number)


def ownership_checks(model: Model) -> Iterator[Problem]:
    """The problems of a cap table and of what converts into it."""
    for item in model.section("funding"):
        kind = item.kind
        if kind in ("safe", "convertible_note"):
            yield from _terms(model, item)
        if kind == "priced_round":
            yield from _stock(model, item.part.stock, (*item.path, "stock"))
            yield from _prices(model, item)
    yield from _all_of_it(model)
    if model.captable is not None:
        yield from _captable(model, model.captable)


def _clashes(model: Model, captable: Captable) -> Iterator[Problem]:
    """At a sale a claim is known by its name, so a class has none of a SAFE, note, loan or credit line."""
    classes = {COMMON, *captable.classes}
    kinds = {item.name: item.kind for item in model.section("funding")}
    rounds = [name for name, kind in kinds.items() if kind == "priced_round"]
    for item in model.section("funding"):
        kind = kinds[item.name]
        if kind in ("priced_round", "grant", "secondary"):
            continue
        made = {item.name, f"{item.name}_warrants"} if kind == "loan" else {item.name}
        if kind in ("safe", "convertible_note"):
            made |= {f"{name}_{item.name}" for name in rounds}
        for name in sorted(made & classes):
            text = f"There is a class of shares called {name} too, and a sale knows each claim by its name. Rename one."
            yield _problem(model, item.path, "duplicate-name", text, at="key")


def _captable(model: Model, captable: Captable) -> Iterator[Problem]:
    classes = {COMMON: None, **captable.classes}
    if not captable.holders:
        text = "Nobody is listed. Each holder is a table [captable.holders.NAME] with shares = { common = 1_000_000 }."
        yield _problem(model, ("captable", "holders"), "missing-field", text, at="key")
        return
    for group in ("classes", "holders", "grants"):
        for name in getattr(captable, group):
            if not _NAME.match(name):
                text = (
                    f"{name[:60]} cannot be used as a name; names are made of a-z, 0-9 and _ and begin with a letter."
                )
                yield _problem(model, ("captable", group, name), "invalid-name", text, at="key")
    for name, holder in captable.holders.items():
        for cls in holder.shares:
            if cls not in classes:
                path = ("captable", "holders", name, "shares", cls)
                yield _problem(model, path, "unknown-class", _no_class(cls, classes), at="key")
    yield from _clashes(model, captable)
    figures = ((place, figure.entries[0]) for place, figure in _figures(captable, ("captable",)))
    uncertain = [place for place, one in figures if one.low is not None or one.outcomes or one.volatility is not None]
    for place in uncertain:
        text = "Who holds what is known, so this is one number. What a round may bring is uncertain in [funding]."
        yield _problem(model, place, "range-not-allowed", text)
    if uncertain:
        return
    yield from _units(model, captable)
    for name, listed in captable.classes.items():
        yield from _class(model, captable, name, listed)
    yield from _grants(model, captable, classes)
    yield from _money(model, captable)
    yield from _days(model, captable)


def _figures(part: Any, path: Path) -> Iterator[tuple[Path, Figure]]:
    """Every figure of a part of a model, and its path in the file."""
    if isinstance(part, Figure):
        yield path, part
    elif isinstance(part, Mapping):
        for name, inner in part.items():
            yield from _figures(inner, (*path, name))
    elif isinstance(part, Component):
        for name in type(part).model_fields:
            yield from _figures(getattr(part, name), (*path, name))


def _no_class(cls: str, classes: Iterable[str]) -> str:
    hint = did_you_mean(cls, classes) or f" Classes: {', '.join(classes)}. A new one is [captable.classes.{cls}]."
    return f"There is no class {cls}.{hint}"


def _units(model: Model, captable: Captable) -> Iterator[Problem]:
    """All numbers of shares, or all percentages that make 100 %."""
    found: list[tuple[Path, Figure]] = [(("captable", "pool"), captable.pool)]
    for name, holder in captable.holders.items():
        found += [(("captable", "holders", name, "shares", cls), figure) for cls, figure in holder.shares.items()]
    stakes, numbers = [], []
    for path, figure in found:
        amount = figure.entries[0].amount
        if _UNIT.search(figure.entries[0].text) or amount.currency or amount.period or amount.kind != "number":
            text = 'Shares are a number, 4_500_000, or a percentage of the company, "60%".'
            yield _problem(model, path, "wrong-dimension", text)
        elif amount.percent:
            stakes.append(path)
        elif amount.number:
            numbers.append(path)
            if captable.whole_shares and amount.number != int(amount.number):
                text = "Shares are whole numbers; whole_shares = false in [captable] allows parts of a share."
                yield _problem(model, path, "value-out-of-range", text)
    if stakes and numbers:
        text = "This is a number of shares, and others are percentages. Write all of them in one way."
        yield _problem(model, numbers[0], "shares-and-percentages", text)
        return
    total = sum((exact(figure) for _, figure in found), Fraction(0))
    if stakes and abs(total - 1) > Fraction(1, 10**9):
        text = f"The percentages of all holders and of the pool make {float(total * 100):.6g} %. They must make 100 %."
        yield _problem(model, ("captable", "holders"), "stakes-do-not-add-up", text, at="key")
    elif not sum((exact(figure) for _, figure in found[1:]), Fraction(0)):
        text = "Nobody holds a share, so that nothing can be bought or converted. Say what the founders hold."
        yield _problem(model, ("captable", "holders"), "company-without-shares", text, at="key")


def _class(model: Model, captable: Captable, name: str, cls: ShareClass) -> Iterator[Problem]:
    path: Path = ("captable", "classes", name)
    if name == COMMON and cls.kind != "common":
        yield _problem(model, (*path, "kind"), "unknown-choice", 'The class common has kind = "common".')
    yield from _stock(model, cls, path)
    if cls.kind in ("options", "warrants"):
        if cls.strike is None and captable.in_shares:
            text = "strike is missing: what exercising one of them costs. Write 0 if nothing does."
            yield _problem(model, path, "missing-field", text, at="key")
    elif cls.strike is not None:
        yield _problem(model, (*path, "strike"), "not-for-kind", "Only options and warrants have a strike.", at="key")
    if cls.conversion_price is not None and exact(cls.conversion_price) == 0:
        yield _problem(model, (*path, "conversion_price"), "value-out-of-range", "conversion_price cannot be 0.")
    if cls.kind == "preferred":
        given = [field for field in ("price", "raised") if getattr(cls, field) is not None]
        if len(given) != 1:
            text = "Write price, what one share was issued for, or raised, what the whole class was; one, not both."
            yield _problem(model, (*path, "raised") if given else path, "price-or-raised", text, at="key")
        elif exact(getattr(cls, given[0])) == 0:
            yield _problem(model, (*path, given[0]), "value-out-of-range", f"{given[0]} cannot be 0.")
        elif given[0] == "price" and not captable.in_shares:
            text = "A price a share says nothing where shares are percentages; write raised, the money of the class."
            yield _problem(model, (*path, "price"), "price-without-shares", text, at="key")
        elif given[0] == "raised" and not any(
            exact(h.shares[name]) for h in captable.holders.values() if name in h.shares
        ):
            text = f"raised is spread over the shares of {name}, and nobody holds any. Write its price."
            yield _problem(model, (*path, "raised"), "class-without-shares", text, at="key")
    else:
        for field in ("price", "raised", "conversion_price"):
            if getattr(cls, field) is not None:
                text = f"Only preferred shares have {field}. What was paid for others is invested, in a holder's table."
                yield _problem(model, (*path, field), "not-for-kind", text, at="key")


def _stock(model: Model, stock: Any, path: Path) -> Iterator[Problem]:
    preferred = ("preference", "seniority", "participation", "participation_cap", "anti_dilution")
    if stock.kind != "preferred":
        for field in preferred:
            if field in stock.model_fields_set:
                text = f"Only preferred shares have {field}; these are {stock.kind}."
                yield _problem(model, (*path, field), "not-for-kind", text, at="key")
        return
    if (stock.participation == "capped") != (stock.participation_cap is not None):
        if stock.participation_cap is None:
            text = "participation_cap is missing: the most it takes unless it converts, times the issue price."
            yield _problem(model, (*path, "participation"), "missing-field", text, at="key")
        else:
            text = 'participation_cap needs participation = "capped".'
            yield _problem(model, (*path, "participation_cap"), "not-for-kind", text, at="key")
    elif stock.participation_cap is not None and exact(stock.participation_cap) < exact(stock.preference):
        text = f"participation_cap counts the preference, so it is at least {float(exact(stock.preference)):g}."
        yield _problem(model, (*path, "participation_cap"), "value-out-of-range", text)
    if stock.anti_dilution_counts_pool and stock.anti_dilution != "broad_based":
        text = 'anti_dilution_counts_pool needs anti_dilution = "broad_based".'
        yield _problem(model, (*path, "anti_dilution_counts_pool"), "not-for-kind", text, at="key")


def _grants(model: Model, captable: Captable, classes: Any) -> Iterator[Problem]:
    for name, grant in captable.grants.items():
        path: Path = ("captable", "grants", name)
        cls = captable.classes.get(grant.class_)
        if grant.class_ not in classes:
            yield _problem(model, (*path, "class"), "unknown-class", _no_class(grant.class_, classes))
        elif cls is not None and cls.kind == "preferred":
            text = "Preferred shares are bought. Grants give common shares, options or warrants."
            yield _problem(model, (*path, "class"), "not-for-kind", text)
        if (grant.shares is None) == (grant.stake is None):
            text = "Write shares, how many it gives, or stake, which part of the company; one, not both."
            yield _problem(model, path, "shares-or-stake", text, at="key")
        elif grant.shares is not None and not captable.in_shares:
            text = "The cap table is in percentages, so that a number of shares says nothing; write stake."
            yield _problem(model, (*path, "shares"), "price-without-shares", text, at="key")
        elif grant.stake is not None and exact(grant.stake) == 1:
            yield _problem(model, (*path, "stake"), "value-out-of-range", "stake cannot be the whole company.")
        if exact(grant.date) < model.settings.start and "model" not in model.broken:
            text = "This is before the first month, so it is held at the start. Write it in [captable.holders]."
            yield _problem(model, (*path, "date"), "grant-before-start", text)


def _money(model: Model, captable: Captable) -> Iterator[Problem]:
    """Prices of the table are in the model's own currency."""
    for group in ("classes", "holders"):
        for name, table in getattr(captable, group).items():
            for field in type(table).model_fields:
                figure = getattr(table, field)
                if isinstance(figure, Figure) and figure.entries[0].amount.currency is not None:
                    text = f"The cap table is written in the model's own currency, {model.settings.currency}."
                    yield _problem(model, ("captable", group, name, field), "wrong-currency", text)


def _days(model: Model, captable: Captable) -> Iterator[Problem]:
    """What is held at the start was issued and paid before it."""
    dated = [(("captable", "classes", name, "issued"), cls.issued) for name, cls in captable.classes.items()]
    dated += [(("captable", "holders", name, "invested_on"), one.invested_on) for name, one in captable.holders.items()]
    for path, day in dated:
        if day is not None and exact(day) >= model.settings.start and "model" not in model.broken:
            text = "The cap table is that of the day before the first month, and this is later."
            yield _problem(model, path, "dates-reversed", text)


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
            yield _problem(model, (*item.path, "cap"), "cap-without-form", text, at="key")
        fixed = [field for field in ("cap", "discount", "mfn") if getattr(part, field)]
        if own is not None and fixed:
            text = f"A SAFE has a fixed ownership or {fixed[0]}, not both."
            yield _problem(model, (*item.path, fixed[0]), "terms-contradict", text, at="key")
        elif mfn and part.cap is not None:
            text = "mfn takes the terms of other SAFEs, so such a SAFE has no cap of its own. Take one of them out."
            yield _problem(model, (*item.path, "mfn"), "terms-contradict", text, at="key")
    for field in ("cap", "amount", "ownership"):
        if getattr(part, field, None) is not None and exact(getattr(part, field)) == 0:
            text = f"{field} cannot be 0." + (" Leave it out if there is none." if field == "cap" else "")
            yield _problem(model, (*item.path, field), "value-out-of-range", text)
    if part.discount is not None and exact(part.discount) == 1:
        text = 'A discount of 100 % gives the shares away. Write what is taken off the price: "20%".'
        yield _problem(model, (*item.path, "discount"), "value-out-of-range", text)
    interest = getattr(part, "rate", None)
    if interest is not None and interest.entries[0].amount.period != "year":
        text = 'Interest is written by the year, as in the contract of the note: "6%/year".'
        yield _problem(model, (*item.path, "rate"), "rate-not-yearly", text)
    if getattr(part, "at_maturity", "stays") == "repaid":
        if part.maturity is None:
            text = "maturity is missing: the day on which the note is paid back."
            yield _problem(model, item.path, "missing-field", text, at="key")
        for field, plain in (("compounding", ("simple",)), ("day_count", ("act/365", "act/360"))):
            if getattr(part, field) not in plain:
                text = f"Of a note that is repaid in cash, {field} is {' or '.join(plain)}; others are not modelled."
                yield _problem(model, (*item.path, field), "terms-contradict", text)
    if getattr(part, "maturity", None) is not None and "at_maturity" not in part.model_fields_set:
        text = 'at_maturity is missing beside maturity: "repaid" if it is then paid back, "stays" if it is left to run.'
        yield _problem(model, item.path, "missing-field", text, at="key")
    maturity = getattr(part, "maturity", None)
    if maturity is not None and exact(maturity) < exact(part.date) < NEVER:
        yield _problem(model, (*item.path, "maturity"), "dates-reversed", "maturity is before the note's date.")


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
            yield _problem(model, (*item.path, field), "safes-own-everything", text)
            return


def _prices(model: Model, item: Item) -> Iterator[Problem]:
    """What sets the price of a round's shares."""
    part = item.part
    holders = [(part, item.path), *((c, (*item.path, "closings", n)) for n, c in enumerate(part.closings))]
    for one, path in holders:
        if one.price is not None and one.valuation is not None:
            text = "price and valuation both set what a share costs. Take one of them out."
            yield _problem(model, (*path, "price"), "price-and-valuation", text, at="key")
        if one.price is not None and exact(one.price) == 0:
            yield _problem(model, (*path, "price"), "value-out-of-range", "price cannot be 0.")
        if one.valuation is not None and exact(one.valuation.figure) == 0:
            yield _problem(model, (*path, "valuation"), "value-out-of-range", "valuation cannot be 0.")
    if part.pool is not None and exact(part.pool) == 1:
        yield _problem(model, (*item.path, "pool"), "value-out-of-range", "pool cannot be the whole company.")
    basis = [one.valuation.basis for one, _ in holders if one.valuation is not None]
    if part.convertibles == "on_top" and "post_money" in basis:
        text = (
            "A post-money valuation holds what converts, so that it cannot come on top. Write a pre-money valuation, "
            "or take convertibles out."
        )
        yield _problem(model, (*item.path, "convertibles"), "terms-contradict", text)
    captable = model.captable
    if captable is None:
        return
    yield from _issued_class(model, item, captable)
    start = model.settings.start
    for one, path in holders:
        if one.price is not None and not captable.in_shares:
            text = "The cap table is in percentages, so that a price of a share says nothing; write a valuation."
            yield _problem(model, (*path, "price"), "price-without-shares", text, at="key")
    begun = any(exact(c.date) < start for c in part.closings) and "model" not in model.broken
    later = [c for c in part.closings if exact(c.date) >= start and c.price is None and c.valuation is None]
    cls = captable.classes.get(item.name)
    if begun and later and part.price is None and (cls is None or cls.kind != "preferred") and captable.in_shares:
        text = (
            f"{item.name} began before the first month, so its shares are in the cap table; {later[0].name} issues "
            f"more of them at their price. Write price, or the class [captable.classes.{item.name}] with its price."
        )
        yield _problem(model, item.path, "round-without-price", text, at="key")
    elif later and part.price is None and part.valuation is None and cls is None:
        text = "With a cap table a round says what its shares cost. Write its valuation or its price."
        yield _problem(model, item.path, "round-without-price", text, at="key")
    holding = holders_of(model)
    for n, name in enumerate(part.pro_rata):
        if name not in holding:
            hint = did_you_mean(name, holding) or f" Holders: {', '.join(sorted(holding))}."
            yield _problem(
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
        yield _problem(model, item.path, "terms-contradict", text, at="key")
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
            yield _problem(model, (*item.path, "stock", field), "terms-contradict", text, at="key")


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


def _problem(model: Model, path: Path, name: str, text: str, *, at: Literal["key", "value"] = "value") -> Problem:
    return model.document.problem(path, name, text, at=at)
