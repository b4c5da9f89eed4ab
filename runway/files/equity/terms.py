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

DAY_COUNTS = {"ACTUAL_365": "act/365", "30_360": "30/360"}
PERIODS = {
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

    def money(self, item: OcfObject, field: str) -> Decimal | None:
        """An amount; None if it is missing."""
        if (money := item.money(field)) is None:
            return None
        amount, code = money
        self.code = self.code or code
        if code != self.code:
            text = f"This amount is in {code}, others of the package in {self.code}: convert them."
            raise item.refusal("wrong-currency", text, field)
        return amount


def stock_class(
    stock: OcfObject, lots: list[HeldSecurity], securities: Securities, currencies: OneCurrency
) -> RegisterClass:
    """A class of stock, with the issue price of its shares and the price at which they convert.

    Raises `InputError`: class-at-two-prices, terms-contradict, unsupported-term, wrong-currency, broken-export.
    """
    title, day = stock.text("name"), _first_day(stock, securities)
    kind = stock.text("class_type")
    if kind == "COMMON":
        return RegisterClass(title, "common", issued=day)
    if kind != "PREFERRED":
        raise stock.refusal(
            "unsupported-term", f"{title} is of type {kind}; COMMON and PREFERRED are known.", "class_type"
        )
    price = _price(stock, lots, securities, currencies)
    converts = _conversion_price(stock, price, securities, currencies)
    preference = stock.number("liquidation_preference_multiple")
    cap = stock.number("participation_cap_multiple") or None
    seniority = stock.number("seniority") or Decimal(1)
    if seniority != int(seniority):
        raise stock.refusal("unsupported-term", f"The seniority of {title} is no whole number.", "seniority")
    if cap is not None and cap < (1 if preference is None else preference):
        raise stock.refusal(
            "terms-contradict", f"{title} takes less in all than its preference.", "participation_cap_multiple"
        )
    return RegisterClass(title, "preferred", price, converts, preference, cap, int(seniority), day)


def _first_day(stock: OcfObject, securities: Securities) -> date | None:
    days = [
        s.day
        for s in securities.by_id.values()
        if s.family == "STOCK" and s.issuance.data.get("stock_class_id") == stock.id
    ]
    return min(days, default=None)


def paid(security: HeldSecurity, currencies: OneCurrency) -> Decimal | None:
    """The issue price of one share of a security, in shares of after every split since; None of a price of 0."""
    price = currencies.money(security.issuance, "share_price")
    return _after_splits(security, price) if price else None


def _price(stock: OcfObject, lots: list[HeldSecurity], securities: Securities, currencies: OneCurrency) -> Decimal:
    """The price of issue: that of the class, changed by its splits, else that of all its shares."""
    title = stock.text("name")
    price = currencies.money(stock, "price_per_share")
    if price is not None:
        for split in securities.dated("TX_STOCK_CLASS_SPLIT"):
            if split.text("stock_class_id") == stock.id:
                new, old = split_ratio(split)
                price = price * old / new
    else:
        prices = set(filter(None, (paid(lot, currencies) for lot in lots)))
        if len(prices) > 1:
            several = " and ".join(map(str, sorted(prices)))
            text = f"{title} has no price_per_share, and its shares were issued at {several}."
            raise stock.refusal("class-at-two-prices", text, "name")
        price = next(iter(prices), None)
    if not price:
        raise stock.refusal("broken-export", f"{title} is preferred and has no price_per_share above 0.", "name")
    return price


def _conversion_price(
    stock: OcfObject, price: Decimal, securities: Securities, currencies: OneCurrency
) -> Decimal | None:
    """The price at which a class converts into common shares; None where that is its price.

    That of its last adjustment, else of its rights; a split of common shares alone needs an adjustment.
    """
    title, since = stock.text("name"), None
    written = (right.part("conversion_mechanism") for right in stock.parts("conversion_rights"))
    mechanisms = [mechanism for mechanism in written if mechanism is not None]
    for adjustment in securities.dated("TX_STOCK_CLASS_CONVERSION_RATIO_ADJUSTMENT"):
        if adjustment.text("stock_class_id") == stock.id:
            new = adjustment.part("new_ratio_conversion_mechanism")
            mechanisms, since = ([new] if new is not None else []), adjustment.day("date")
    ratios = dict.fromkeys(_ratio(title, price, mechanism, currencies) for mechanism in mechanisms)
    if len(ratios) > 1:
        raise stock.refusal(
            "unsupported-term", f"{title} converts in several ways, of which one can be held.", "conversion_rights"
        )
    ratio = next(iter(ratios), Decimal(1))
    _refuse_split_of_common(stock, since, securities)
    return None if ratio == 1 else price / ratio


def _ratio(title: str, price: Decimal, mechanism: OcfObject, currencies: OneCurrency) -> Decimal:
    """The number of common shares that one share becomes."""
    if mechanism.data.get("type") != "RATIO_CONVERSION":
        text = f"{title} converts by {mechanism.data.get('type')}; a ratio can be held."
        raise mechanism.refusal("unsupported-term", text, "conversion_rights")
    ratio = mechanism.ratio("ratio") or None
    converts = currencies.money(mechanism, "conversion_price")
    if ratio is not None and converts and abs(ratio * converts / price - 1) > _CLOSE:
        text = f"One share of {title} converts into {ratio:.6g}, and {price} ÷ {converts} is {price / converts:.6g}."
        raise mechanism.refusal("terms-contradict", text, "conversion_rights")
    if ratio is not None:
        return ratio
    if not converts:
        raise mechanism.refusal(
            "broken-export", f"The ratio at which {title} converts is missing.", "conversion_rights"
        )
    return price / converts


def _refuse_split_of_common(stock: OcfObject, since: date | None, securities: Securities) -> None:
    classes = securities.package.objects_of("STOCK_CLASS")
    splits = securities.dated("TX_STOCK_CLASS_SPLIT")
    ratios = [split_ratio(split) for split in splits if split.text("stock_class_id") == stock.id]
    issued = _first_day(stock, securities)
    for split in splits:
        common, day = classes.get(split.text("stock_class_id")), split.day("date")
        if common is None or common.data.get("class_type") != "COMMON" or (since is not None and since >= day):
            continue
        if issued is None or issued >= day or split_ratio(split) in ratios:
            continue
        text = (
            f"{common.text('name')} was split on {day}, and nothing says what a share of {stock.text('name')} converts "
            "into since: it needs a TX_STOCK_CLASS_CONVERSION_RATIO_ADJUSTMENT, or a split of its own."
        )
        raise split.refusal("unsupported-term", text, "stock_class_id")


def convertible(security: HeldSecurity, currencies: OneCurrency) -> RegisterInstrument:
    """A SAFE or a note.

    Raises `InputError`: unsupported-term, terms-contradict, wrong-currency, broken-export.
    """
    issuance = security.issuance
    amount = currencies.money(issuance, "investment_amount")
    if not amount:
        raise issuance.refusal("broken-export", f"{security.id} has no investment_amount above 0.", "investment_amount")
    ways: list[tuple[str, dict[str, str | bool | int | Decimal]]] = []
    matures: date | None = None
    for trigger in issuance.parts("conversion_triggers"):
        right = trigger.part("conversion_right")
        mechanism = right.part("conversion_mechanism") if right is not None else None
        if mechanism is None:
            raise issuance.refusal("broken-export", "A trigger has no conversion_mechanism.", "conversion_triggers")
        terms = _terms(security, mechanism, currencies)
        if terms not in ways:
            ways.append(terms)
        if trigger.data.get("type") == "AUTOMATIC_ON_DATE":
            matures = trigger.day("trigger_date")
    if len(ways) != 1:
        text = f"{security.id} has no trigger." if not ways else f"The triggers of {security.id} have different terms."
        raise issuance.refusal("unsupported-term", f"{text} One way to convert can be held.", "conversion_triggers")
    kind, terms_of = ways[0]
    if matures is not None and kind == "convertible_note":
        terms_of |= {"maturity": matures.isoformat(), "at_maturity": "stays"}
    seniority = issuance.number("seniority")
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
        text = f"{security.id} converts by {kind}: what it becomes cannot be held. A SAFE's or a note's terms can."
        raise mechanism.refusal("unsupported-term", text, "conversion_triggers")
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
            text = f"{security.id} is paid {multiple} times its money at a sale, which a SAFE cannot hold here."
            raise mechanism.refusal("unsupported-term", text, "conversion_triggers")
        if cap:
            timing = mechanism.data.get("conversion_timing")
            if timing not in ("PRE_MONEY", "POST_MONEY"):
                text = f"Whether the cap of {security.id} counts the money is not said: conversion_timing is missing."
                raise mechanism.refusal("unsupported-term", text, "conversion_triggers")
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
        text = f"The interest of {security.id} changes, ends, or is paid in cash; one rate that accrues can be held."
        raise mechanism.refusal("unsupported-term", text, "conversion_triggers")
    rate = rates[0].number("rate")
    count = DAY_COUNTS.get(str(mechanism.data.get("day_count_convention", "ACTUAL_365")))
    period = PERIODS.get(str(mechanism.data.get("interest_accrual_period", "ANNUAL")))
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
    issuance = security.issuance
    kind = str(issuance.data.get("compensation_type") or issuance.data.get("plan_security_type") or "OPTION")
    if kind.endswith("SAR"):
        text = f"{security.id} is a right to appreciation, {kind}: what it becomes cannot be held."
        raise issuance.refusal("unsupported-term", text, "compensation_type")
    if kind == "RSU":
        return RegisterClass("Restricted stock units", "options", strike=Decimal(0))
    strike = repriced.get(security.id, currencies.money(issuance, "exercise_price"))
    if strike is None:
        raise issuance.refusal("broken-export", f"The options {security.id} have no exercise_price.", "security_id")
    return RegisterClass("Options", "options", strike=_after_splits(security, strike))


def warrant_class(security: HeldSecurity, classes: dict[str, OcfObject], currencies: OneCurrency) -> RegisterClass:
    """The class of warrants of one strike.

    Raises `InputError` (unsupported-term, broken-export).
    """
    issuance = security.issuance
    source = issuance.data.get("quantity_source")
    if "quantity" not in issuance.data or source not in (None, "INSTRUMENT_FIXED", "UNSPECIFIED"):
        text = f"The quantity of the warrant {security.id} is not fixed but comes of a formula, which cannot be held."
        raise issuance.refusal("unsupported-term", text, "quantity_source" if source else "security_id")
    strike = currencies.money(issuance, "exercise_price")
    if strike is None:
        raise issuance.refusal("broken-export", f"The warrant {security.id} has no exercise_price.", "security_id")
    for trigger in issuance.parts("exercise_triggers"):
        right = trigger.part("conversion_right")
        target = classes.get(right.text("converts_to_stock_class_id", "")) if right is not None else None
        if target is not None and target.data.get("class_type") == "PREFERRED":
            text = f"The warrant {security.id} is for {target.text('name')}; warrants for common shares can be held."
            raise issuance.refusal("unsupported-term", text, "exercise_triggers")
    return RegisterClass("Warrants", "warrants", strike=_after_splits(security, strike))


def _after_splits(security: HeldSecurity, price: Decimal) -> Decimal:
    new, old = security.split_since(security.day)
    return price * old / new
