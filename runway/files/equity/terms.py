"""The terms of a package's classes, SAFEs, notes, options and warrants, as far as a cap table here can hold them.

Whatever else would change what they are worth or convert into is refused by name.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from runway.files.equity.register import RegisterClass, RegisterInstrument
from runway.files.equity.securities import split_ratio

if TYPE_CHECKING:
    from datetime import date

    from runway.files.equity.package import OcfObject
    from runway.files.equity.securities import HeldSecurity, Securities

_DAY_COUNTS = {"ACTUAL_365": "act/365", "30_360": "30/360"}
_PERIODS = {
    "DAILY": "daily",
    "MONTHLY": "monthly",
    "QUARTERLY": "quarterly",
    "SEMI_ANNUAL": "half_yearly",
    "ANNUAL": "yearly",
}
_CLOSE = Decimal("0.001")  # how far a ratio may be from price ÷ conversion price: both are rounded


class OneCurrency:
    """The one currency of a package: amounts in another are refused."""

    def __init__(self) -> None:
        self.code = ""

    def money(self, one: OcfObject, field: str) -> Decimal | None:
        """An amount; None if it is missing."""
        found = one.money(field)
        if found is None:
            return None
        amount, code = found
        self.code = self.code or code
        if code != self.code:
            says = f"This amount is in {code}, others of the package in {self.code}: convert them."
            raise one.refusal("wrong-currency", says, field)
        return amount


def stock_class(
    one: OcfObject, held: list[HeldSecurity], securities: Securities, currencies: OneCurrency
) -> RegisterClass:
    """A class of stock, with what was paid for its shares and what they convert into.

    Raises `InputError`: class-at-two-prices, terms-contradict, unsupported-term, wrong-currency, broken-export.
    """
    title, day = one.text("name"), _first_day(one, securities)
    kind = one.text("class_type")
    if kind == "COMMON":
        return RegisterClass(title, "common", issued=day)
    if kind != "PREFERRED":
        raise one.refusal(
            "unsupported-term", f"{title} is of type {kind}; COMMON and PREFERRED are known.", "class_type"
        )
    price = _price(one, held, securities, currencies)
    converts = _conversion_price(one, price, securities, currencies)
    preference = one.number("liquidation_preference_multiple")
    cap = one.number("participation_cap_multiple") or None
    seniority = one.number("seniority") or Decimal(1)
    if seniority != int(seniority):
        raise one.refusal("unsupported-term", f"The seniority of {title} is no whole number.", "seniority")
    if cap is not None and cap < (1 if preference is None else preference):
        raise one.refusal(
            "terms-contradict", f"{title} takes less in all than its preference.", "participation_cap_multiple"
        )
    return RegisterClass(title, "preferred", price, converts, preference, cap, int(seniority), day)


def _first_day(one: OcfObject, securities: Securities) -> date | None:
    days = [
        s.day
        for s in securities.by_id.values()
        if s.family == "STOCK" and s.issuance.data.get("stock_class_id") == one.id
    ]
    return min(days, default=None)


def paid(security: HeldSecurity, currencies: OneCurrency) -> Decimal | None:
    """What one share of a security was issued for, in shares of after every split since; a price of 0 says nothing."""
    price = currencies.money(security.issuance, "share_price")
    new, old = security.split_since(security.day)
    return price * old / new if price else None


def _price(one: OcfObject, held: list[HeldSecurity], securities: Securities, currencies: OneCurrency) -> Decimal:
    """The price of issue: that of the class, changed by its splits, else that of all its shares."""
    title = one.text("name")
    price = currencies.money(one, "price_per_share")
    if price is not None:
        for split in securities.dated("TX_STOCK_CLASS_SPLIT"):
            if split.text("stock_class_id") == one.id:
                new, old = split_ratio(split)
                price = price * old / new
    else:
        prices = {each for security in held if (each := paid(security, currencies)) is not None}
        if len(prices) > 1:
            several = " and ".join(map(str, sorted(prices)))
            says = f"{title} has no price_per_share, and its shares were issued at {several}."
            raise one.refusal("class-at-two-prices", says, "name")
        price = next(iter(prices), None)
    if not price:
        raise one.refusal("broken-export", f"{title} is preferred and has no price_per_share above 0.", "name")
    return price


def _conversion_price(
    one: OcfObject, price: Decimal, securities: Securities, currencies: OneCurrency
) -> Decimal | None:
    """The price at which a class converts into common shares; None where that is its price.

    That of its last adjustment, else of its rights; a split of common shares alone needs an adjustment.
    """
    title, since = one.text("name"), None
    mechanisms: list[OcfObject] = []
    for right in one.parts("conversion_rights"):
        mechanism = right.part("conversion_mechanism")
        if mechanism is not None:
            mechanisms.append(mechanism)
    for adjustment in securities.dated("TX_STOCK_CLASS_CONVERSION_RATIO_ADJUSTMENT"):
        if adjustment.text("stock_class_id") == one.id:
            new = adjustment.part("new_ratio_conversion_mechanism")
            mechanisms, since = ([new] if new is not None else []), adjustment.day("date")
    ratios: dict[Decimal, None] = {}
    for mechanism in mechanisms:
        ratios[_ratio(title, price, mechanism, currencies)] = None
    if len(ratios) > 1:
        raise one.refusal(
            "unsupported-term", f"{title} converts in several ways, of which one can be held.", "conversion_rights"
        )
    ratio = next(iter(ratios), Decimal(1))
    _refuse_split_of_common(one, since, securities)
    return None if ratio == 1 else price / ratio


def _ratio(title: str, price: Decimal, mechanism: OcfObject, currencies: OneCurrency) -> Decimal:
    """How many common shares one share becomes."""
    if mechanism.data.get("type") != "RATIO_CONVERSION":
        says = f"{title} converts by {mechanism.data.get('type')}; a ratio can be held."
        raise mechanism.refusal("unsupported-term", says, "conversion_rights")
    said = mechanism.ratio("ratio") or None
    converts = currencies.money(mechanism, "conversion_price")
    if said is not None and converts and abs(said * converts / price - 1) > _CLOSE:
        says = f"One share of {title} converts into {said:.6g}, and {price} ÷ {converts} is {price / converts:.6g}."
        raise mechanism.refusal("terms-contradict", says, "conversion_rights")
    if said is not None:
        return said
    if not converts:
        raise mechanism.refusal(
            "broken-export", f"The ratio at which {title} converts is missing.", "conversion_rights"
        )
    return price / converts


def _refuse_split_of_common(one: OcfObject, since: date | None, securities: Securities) -> None:
    classes = securities.package.of("STOCK_CLASS")
    splits = securities.dated("TX_STOCK_CLASS_SPLIT")
    own = [(split.day("date"), split_ratio(split)) for split in splits if split.text("stock_class_id") == one.id]
    issued = _first_day(one, securities)
    for split in splits:
        of, day = classes.get(split.text("stock_class_id")), split.day("date")
        if of is None or of.data.get("class_type") != "COMMON" or (since is not None and since >= day):
            continue
        if issued is None or issued >= day or any(split_ratio(split) == ratio for _, ratio in own):
            continue
        says = (
            f"{of.text('name')} was split on {day}, and nothing says what a share of {one.text('name')} converts into "
            "since: it needs a TX_STOCK_CLASS_CONVERSION_RATIO_ADJUSTMENT, or a split of its own."
        )
        raise split.refusal("unsupported-term", says, "stock_class_id")


def convertible(security: HeldSecurity, currencies: OneCurrency) -> RegisterInstrument:
    """A SAFE or a note.

    Raises `InputError`: unsupported-term, terms-contradict, wrong-currency, broken-export.
    """
    one = security.issuance
    amount = currencies.money(one, "investment_amount")
    if not amount:
        raise one.refusal("broken-export", f"{security.id} has no investment_amount above 0.", "investment_amount")
    found: list[tuple[str, dict[str, str | bool | int | Decimal]]] = []
    matures: date | None = None
    for trigger in one.parts("conversion_triggers"):
        right = trigger.part("conversion_right")
        mechanism = right.part("conversion_mechanism") if right is not None else None
        if mechanism is None:
            raise one.refusal("broken-export", "A trigger has no conversion_mechanism.", "conversion_triggers")
        terms = _terms(security, mechanism, currencies)
        if terms not in found:
            found.append(terms)
        if trigger.data.get("type") == "AUTOMATIC_ON_DATE":
            matures = trigger.day("trigger_date")
    if len(found) != 1:
        says = f"{security.id} has no trigger." if not found else f"The triggers of {security.id} have different terms."
        raise one.refusal("unsupported-term", f"{says} One way to convert can be held.", "conversion_triggers")
    kind, terms_of = found[0]
    if matures is not None and kind == "convertible_note":
        terms_of |= {"maturity": matures.isoformat(), "at_maturity": "stays"}
    seniority = one.number("seniority")
    if kind == "safe" and seniority is not None and seniority > 1:
        terms_of["seniority"] = int(seniority)
    accrues = terms_of.pop("accrues", None)
    day = (
        security.acquired
        if not isinstance(accrues, str)
        else min(security.acquired, security.day.fromisoformat(accrues))
    )
    return RegisterInstrument(security.holder, kind == "convertible_note", amount, day, terms_of)


def _terms(
    security: HeldSecurity, mechanism: OcfObject, currencies: OneCurrency
) -> tuple[str, dict[str, str | bool | int | Decimal]]:
    kind = mechanism.data.get("type")
    terms: dict[str, str | bool | int | Decimal] = {}
    if kind == "FIXED_PERCENT_OF_CAPITALIZATION_CONVERSION":
        share = mechanism.number("converts_to_percent")
        if share is None or not 0 < share < 1:
            raise mechanism.refusal(
                "broken-export", "converts_to_percent is a share between 0 and 1.", "conversion_triggers"
            )
        return "safe", {"ownership": share}
    if kind not in ("SAFE_CONVERSION", "CONVERTIBLE_NOTE_CONVERSION"):
        says = f"{security.id} converts by {kind}: what it becomes cannot be held. A SAFE's or a note's terms can."
        raise mechanism.refusal("unsupported-term", says, "conversion_triggers")
    cap, discount = currencies.money(mechanism, "conversion_valuation_cap"), mechanism.number("conversion_discount")
    if discount is not None and not 0 <= discount < 1:
        raise mechanism.refusal(
            "broken-export", "conversion_discount is a share between 0 and 1.", "conversion_triggers"
        )
    if cap:
        terms["cap"] = cap
    if discount:
        terms["discount"] = discount
    multiple = mechanism.ratio("exit_multiple")
    if kind == "SAFE_CONVERSION":
        if multiple not in (None, 1):
            says = f"{security.id} is paid {multiple} times its money at a sale, which a SAFE cannot hold here."
            raise mechanism.refusal("unsupported-term", says, "conversion_triggers")
        if cap:
            timing = mechanism.data.get("conversion_timing")
            if timing not in ("PRE_MONEY", "POST_MONEY"):
                says = f"Whether the cap of {security.id} counts the money is not said: conversion_timing is missing."
                raise mechanism.refusal("unsupported-term", says, "conversion_triggers")
            terms["form"] = timing.lower()
        if mechanism.data.get("conversion_mfn") is True:
            terms["mfn"] = True
        return "safe", terms
    if mechanism.data.get("conversion_mfn") is True:
        raise mechanism.refusal(
            "unsupported-term", f"{security.id} is a note that takes the best later terms.", "conversion_triggers"
        )
    if multiple is not None and multiple != 1:
        terms["sale_multiple"] = multiple
    return "convertible_note", terms | _interest(security, mechanism)


def _interest(security: HeldSecurity, mechanism: OcfObject) -> dict[str, str | bool | int | Decimal]:
    """The interest of a note: one rate, from one day, paid when the note is."""
    rates = [rate for rate in mechanism.parts("interest_rates") if rate.number("rate")]
    if not rates:
        return {}
    if len(rates) > 1 or "accrual_end_date" in rates[0].data or mechanism.data.get("interest_payout") == "CASH":
        says = f"The interest of {security.id} changes, ends, or is paid in cash; one rate that accrues can be held."
        raise mechanism.refusal("unsupported-term", says, "conversion_triggers")
    rate = rates[0].number("rate")
    count = _DAY_COUNTS.get(str(mechanism.data.get("day_count_convention", "ACTUAL_365")))
    period = _PERIODS.get(str(mechanism.data.get("interest_accrual_period", "ANNUAL")))
    if count is None or period is None or rate is None or rate < 0:
        raise mechanism.refusal(
            "unsupported-term", f"How the interest of {security.id} accrues is not known.", "conversion_triggers"
        )
    terms: dict[str, str | bool | int | Decimal] = {"rate": rate, "day_count": count}
    if mechanism.data.get("compounding_type") == "COMPOUNDING":
        terms["compounding"] = period
    terms["accrues"] = rates[0].day("accrual_start_date").isoformat()
    return terms


def option_class(security: HeldSecurity, repriced: dict[str, Decimal], currencies: OneCurrency) -> RegisterClass:
    """The class of options of one strike, or of restricted stock units.

    Raises `InputError` (unsupported-term, broken-export).
    """
    one = security.issuance
    kind = str(one.data.get("compensation_type") or one.data.get("plan_security_type") or "OPTION")
    if kind.endswith("SAR"):
        says = f"{security.id} is a right to appreciation, {kind}: what it becomes cannot be held."
        raise one.refusal("unsupported-term", says, "compensation_type")
    if kind == "RSU":
        return RegisterClass("Restricted stock units", "options", strike=ZERO)
    strike = repriced.get(security.id, currencies.money(one, "exercise_price"))
    if strike is None:
        raise one.refusal("broken-export", f"The options {security.id} have no exercise_price.", "security_id")
    return RegisterClass("Options", "options", strike=_after_splits(security, strike))


def warrant_class(security: HeldSecurity, classes: dict[str, OcfObject], currencies: OneCurrency) -> RegisterClass:
    """The class of warrants of one strike.

    Raises `InputError` (unsupported-term, broken-export).
    """
    one = security.issuance
    source = one.data.get("quantity_source")
    if "quantity" not in one.data or source not in (None, "INSTRUMENT_FIXED", "UNSPECIFIED"):
        says = f"The quantity of the warrant {security.id} is not fixed but comes of a formula, which cannot be held."
        raise one.refusal("unsupported-term", says, "quantity_source" if source else "security_id")
    strike = currencies.money(one, "exercise_price")
    if strike is None:
        raise one.refusal("broken-export", f"The warrant {security.id} has no exercise_price.", "security_id")
    for trigger in one.parts("exercise_triggers"):
        right = trigger.part("conversion_right")
        into = classes.get(right.text("converts_to_stock_class_id", "")) if right is not None else None
        if into is not None and into.data.get("class_type") == "PREFERRED":
            says = f"The warrant {security.id} is for {into.text('name')}; warrants for common shares can be held."
            raise one.refusal("unsupported-term", says, "exercise_triggers")
    return RegisterClass("Warrants", "warrants", strike=_after_splits(security, strike))


def _after_splits(security: HeldSecurity, price: Decimal) -> Decimal:
    new, old = security.split_since(security.day)
    return price * old / new


ZERO = Decimal(0)
