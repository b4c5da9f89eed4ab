"""Checks of `[captable]`, and of the terms of its classes of shares."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

from runway.errors import Problem, did_you_mean
from runway.language.figure import Figure, exact
from runway.lines.line import Component
from runway.model.checks import located, surroundings
from runway.model.model import NAME

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from runway.funding.captable import Captable, ShareClass
    from runway.model.addresses import Path
    from runway.model.model import Model

_UNIT = r"^[^\d+.-]|[A-Z]{3}|€|[$£¥]"  # a sign or code of money, which reading takes off the model's own
COMMON = "common"


def captable_checks(model: Model, captable: Captable) -> Iterator[Problem]:
    """The problems of `[captable]`."""
    classes = {COMMON: None, **captable.classes}
    if not captable.holders:
        text = "Nobody is listed. Each holder is a table [captable.holders.NAME] with shares = { common = 1_000_000 }."
        yield problem(model, ("captable", "holders"), "missing-field", text, at="key")
        return
    for group in ("classes", "holders", "grants"):
        for name in getattr(captable, group):
            if not NAME.match(name):
                says = "names are made of a-z, 0-9 and _, begin with a letter and are at most 60 long."
                text = f"{name[:60]} cannot be used as a name; {says}"
                yield problem(model, ("captable", group, name), "invalid-name", text, at="key")
    for name, holder in captable.holders.items():
        for cls in holder.shares:
            if cls not in classes:
                path = ("captable", "holders", name, "shares", cls)
                yield problem(model, path, "unknown-class", _no_class(cls, classes), at="key")
    yield from _clashes(model, captable)
    figures = ((place, figure.entries[0]) for place, figure in _figures(captable, ("captable",)))
    uncertain = [
        place for place, entry in figures if entry.low is not None or entry.outcomes or entry.volatility is not None
    ]
    for place in uncertain:
        text = "Who holds what is known, so this is one number. What a round may bring is uncertain in [funding]."
        yield problem(model, place, "range-not-allowed", text)
    if uncertain:
        return
    yield from _units(model, captable)
    for name, listed in captable.classes.items():
        yield from _class(model, captable, name, listed)
    yield from _grants(model, captable, classes)
    yield from _money(model, captable)
    yield from _days(model, captable)


def _clashes(model: Model, captable: Captable) -> Iterator[Problem]:
    """At a sale a claim is known by its name, so a class has none of a SAFE, note, loan or credit line."""
    classes = {COMMON, *captable.classes}
    rounds = [item.name for item in model.section("funding") if item.part.priced]
    for item in model.section("funding"):
        for name in sorted(item.part.claims(item.name, rounds) & classes):
            text = f"There is a class of shares called {name} too, and a sale knows each claim by its name. Rename one."
            yield problem(model, item.path, "duplicate-name", text, at="key")


def _figures(table: Any, path: Path) -> Iterator[tuple[Path, Figure]]:
    """Every figure of a table, and its path in the file."""
    if isinstance(table, Figure):
        yield path, table
    elif isinstance(table, Mapping):
        for name, inner in table.items():
            yield from _figures(inner, (*path, name))
    elif isinstance(table, Component):
        for name in type(table).model_fields:
            yield from _figures(getattr(table, name), (*path, name))


def _no_class(cls: str, classes: Iterable[str]) -> str:
    hint = did_you_mean(cls, classes) or f" Classes: {', '.join(classes)}. A new one is [captable.classes.{cls}]."
    return f"There is no class {cls}.{hint}"


def _units(model: Model, captable: Captable) -> Iterator[Problem]:
    """All numbers of shares, or all percentages that make 100 %."""
    holdings: list[tuple[Path, Figure]] = [(("captable", "pool"), captable.pool)]
    for name, holder in captable.holders.items():
        holdings += [(("captable", "holders", name, "shares", cls), figure) for cls, figure in holder.shares.items()]
    stakes, numbers, unusable = [], [], False
    for path, figure in holdings:
        amount = figure.entries[0].amount
        if re.search(_UNIT, figure.entries[0].text) or amount.currency or amount.period or not amount.is_number:
            text, unusable = 'Shares are a number, 4_500_000, or a percentage of the company, "60%".', True
            yield problem(model, path, "wrong-dimension", text)
        elif amount.percent:
            stakes.append(path)
        elif amount.number:
            numbers.append(path)
            if captable.whole_shares and amount.number != int(amount.number):
                text = "Shares are whole numbers; whole_shares = false in [captable] allows parts of a share."
                yield problem(model, path, "value-out-of-range", text)
    if unusable:  # the sum of the others says nothing
        return
    if stakes and numbers:
        text = "This is a number of shares, and others are percentages. Write all of them in one way."
        yield problem(model, numbers[0], "shares-and-percentages", text)
        return
    total = sum((exact(figure) for _, figure in holdings), Fraction(0))
    if stakes and abs(total - 1) > Fraction(1, 10**9):
        text = f"The percentages of all holders and of the pool make {float(total * 100):.6g} %. They must make 100 %."
        yield problem(model, ("captable", "holders"), "stakes-do-not-add-up", text, at="key")
    elif not sum((exact(figure) for _, figure in holdings[1:]), Fraction(0)):
        text = "Nobody holds a share, so that nothing can be bought or converted. Say what the founders hold."
        yield problem(model, ("captable", "holders"), "company-without-shares", text, at="key")


def _class(model: Model, captable: Captable, name: str, cls: ShareClass) -> Iterator[Problem]:
    path: Path = ("captable", "classes", name)
    if name == COMMON and (cls.preferred or cls.granted):
        yield problem(model, (*path, "kind"), "unknown-choice", 'The class common has kind = "common".')
    yield from located(model, path, cls.checks(surroundings(model, "captable", name)))
    if cls.granted:
        if cls.strike is None and captable.in_shares:
            text = "strike is missing: what exercising one of them costs. Write 0 if nothing does."
            yield problem(model, path, "missing-field", text, at="key")
        elif cls.strike is not None and exact(cls.strike) and not captable.in_shares:
            text = "A strike a share says nothing where shares are percentages; left out, exercising costs nothing."
            yield problem(model, (*path, "strike"), "price-without-shares", text, at="key")
    elif cls.strike is not None:
        yield problem(model, (*path, "strike"), "not-for-kind", "Only options and warrants have a strike.", at="key")
    if cls.conversion_price is not None and exact(cls.conversion_price) == 0:
        yield problem(model, (*path, "conversion_price"), "value-out-of-range", "conversion_price cannot be 0.")
    elif cls.conversion_price is not None and cls.preferred and not captable.in_shares:
        text = "A price a share says nothing where shares are percentages; the percentages count it as converted."
        yield problem(model, (*path, "conversion_price"), "price-without-shares", text, at="key")
    if cls.preferred:
        written = [field for field in ("price", "raised") if getattr(cls, field) is not None]
        if len(written) != 1:
            text = "Write price, what one share was issued for, or raised, what the whole class was; one, not both."
            yield problem(model, (*path, "raised") if written else path, "price-or-raised", text, at="key")
        elif exact(getattr(cls, written[0])) == 0:
            yield problem(model, (*path, written[0]), "value-out-of-range", f"{written[0]} cannot be 0.")
        elif written[0] == "price" and not captable.in_shares:
            text = "A price a share says nothing where shares are percentages; write raised, the money of the class."
            yield problem(model, (*path, "price"), "price-without-shares", text, at="key")
        elif written[0] == "raised" and not any(
            exact(h.shares[name]) for h in captable.holders.values() if name in h.shares
        ):
            text = f"raised is spread over the shares of {name}, and nobody holds any. Write its price."
            yield problem(model, (*path, "raised"), "class-without-shares", text, at="key")
    else:
        for field in ("price", "raised", "conversion_price"):
            if getattr(cls, field) is not None:
                text = f"Only preferred shares have {field}. What was paid for others is invested, in a holder's table."
                yield problem(model, (*path, field), "not-for-kind", text, at="key")


def _grants(model: Model, captable: Captable, classes: Any) -> Iterator[Problem]:
    for name, grant in captable.grants.items():
        path: Path = ("captable", "grants", name)
        cls = captable.classes.get(grant.class_)
        if grant.class_ not in classes:
            yield problem(model, (*path, "class"), "unknown-class", _no_class(grant.class_, classes))
        elif cls is not None and cls.preferred:
            text = "Preferred shares are bought. Grants give common shares, options or warrants."
            yield problem(model, (*path, "class"), "not-for-kind", text)
        if (grant.shares is None) == (grant.stake is None):
            text = "Write shares, how many it gives, or stake, which part of the company; one, not both."
            yield problem(model, path, "shares-or-stake", text, at="key")
        elif grant.shares is not None and not captable.in_shares:
            text = "The cap table is in percentages, so that a number of shares says nothing; write stake."
            yield problem(model, (*path, "shares"), "price-without-shares", text, at="key")
        elif grant.stake is not None and exact(grant.stake) == 1:
            yield problem(model, (*path, "stake"), "value-out-of-range", "stake cannot be the whole company.")
        if exact(grant.date) < model.settings.start and "model" not in model.broken:
            text = "This is before the first month, so it is held at the start. Write it in [captable.holders]."
            yield problem(model, (*path, "date"), "grant-before-start", text)


def _money(model: Model, captable: Captable) -> Iterator[Problem]:
    """Prices of the table are in the model's own currency."""
    for group in ("classes", "holders"):
        for name, table in getattr(captable, group).items():
            for field in type(table).model_fields:
                figure = getattr(table, field)
                if isinstance(figure, Figure) and figure.entries[0].amount.currency is not None:
                    text = f"The cap table is written in the model's own currency, {model.settings.currency}."
                    yield problem(model, ("captable", group, name, field), "wrong-currency", text)


def _days(model: Model, captable: Captable) -> Iterator[Problem]:
    """Shares held at the start were issued and paid before it."""
    dated = [(("captable", "classes", name, "issued"), cls.issued) for name, cls in captable.classes.items()]
    dated += [(("captable", "holders", name, "invested_on"), h.invested_on) for name, h in captable.holders.items()]
    for path, day in dated:
        if day is not None and exact(day) >= model.settings.start and "model" not in model.broken:
            text = "The cap table is that of the day before the first month, and this is later."
            yield problem(model, path, "dates-reversed", text)


def problem(model: Model, path: Path, name: str, text: str, *, at: Literal["key", "value"] = "value") -> Problem:
    return model.document.problem(path, name, text, at=at)
