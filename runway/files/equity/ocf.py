"""A package of the Open Cap Format as a cap table at its day, and the option pool that its plans leave."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.files.equity.package import read_package
from runway.files.equity.register import RegisterHolding, ShareRegister, joined_holdings
from runway.files.equity.securities import Securities, split_ratio
from runway.files.equity.terms import OneCurrency, convertible, option_class, paid, stock_class, warrant_class

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from runway.files.equity.package import OcfObject, OcfPackage
    from runway.files.equity.register import RegisterClass
    from runway.files.equity.securities import HeldSecurity

_UNLIMITED = ("UNLIMITED", "NOT APPLICABLE")
_UNREAD = ("DOCUMENT", "VALUATION", "FINANCING", "STOCK_LEGEND_TEMPLATE", "VESTING_TERMS")
_READ = ("ISSUER", "STAKEHOLDER", "STOCK_CLASS", "STOCK_PLAN")


def read_ocf(title: str, path: Path) -> ShareRegister:
    """The cap table of a package.

    Raises `InputError` for what cannot be held, and for securities that do not add up.
    """
    package = read_package(title, path)
    securities = Securities(package)
    currencies = OneCurrency()
    classes, holdings = _holdings(package, securities, currencies)
    instruments = tuple(convertible(one, currencies) for one in securities.outstanding("CONVERTIBLE"))
    stakeholders = package.of("STAKEHOLDER")
    holders = dict.fromkeys([*(one.holder for one in holdings), *(one.holder for one in instruments)])
    return ShareRegister(
        title,
        f"Open Cap Format {package.version}",
        package.issuer,
        package.as_of,
        currencies.code,
        classes,
        {holder: _legal_name(stakeholders[holder]) for holder in holders},
        joined_holdings(holdings),
        pool(package, securities),
        instruments,
        tuple(_remarks(package, securities, classes)),
    )


def _holdings(
    package: OcfPackage, securities: Securities, currencies: OneCurrency
) -> tuple[dict[str, RegisterClass], list[RegisterHolding]]:
    """What is held of which class; the stock classes that nobody holds are left out."""
    listed = package.of("STOCK_CLASS")
    held: dict[str, list[HeldSecurity]] = {}
    for security in securities.outstanding("STOCK"):
        _known(security, "stakeholder_id", package.of("STAKEHOLDER"))
        held.setdefault(_known(security, "stock_class_id", listed), []).append(security)
    classes: dict[str, RegisterClass] = {}
    holdings: list[RegisterHolding] = []
    for identity, one in listed.items():
        some = held.get(identity, [])
        _authorised(one, sum(security.quantity for security in some), securities)
        if some:
            classes[identity] = stock_class(one, some, securities, currencies)
        holdings += [_stock(security, currencies) for security in some]
    repriced = {
        one.text("security_id"): price
        for one in securities.dated("TX_EQUITY_COMPENSATION_REPRICING")
        if (price := currencies.money(one, "new_exercise_price")) is not None
    }
    for security in securities.outstanding("OPTION", "WARRANT"):
        _known(security, "stakeholder_id", package.of("STAKEHOLDER"))
        granted = (
            option_class(security, repriced, currencies)
            if security.family == "OPTION"
            else warrant_class(security, listed, currencies)
        )
        key = f"{granted.title} {granted.strike}"
        classes.setdefault(key, granted)
        holdings.append(RegisterHolding(security.holder, key, security.quantity))
    for security in securities.outstanding("CONVERTIBLE"):
        _known(security, "stakeholder_id", package.of("STAKEHOLDER"))
    return classes, [one for one in holdings if one.shares]


def _known(security: HeldSecurity, field: str, listed: dict[str, OcfObject]) -> str:
    identity = security.issuance.text(field)
    if identity not in listed:
        raise security.issuance.refusal("unknown-security", f"There is no {field[:-3]} {identity}.", field)
    return identity


def _stock(security: HeldSecurity, currencies: OneCurrency) -> RegisterHolding:
    price = paid(security, currencies)
    invested = None if price is None else price * security.quantity
    of = security.issuance.text("stock_class_id")
    return RegisterHolding(security.holder, of, security.quantity, invested, frozenset({security.acquired}))


def _authorised(one: OcfObject, outstanding: int, securities: Securities) -> None:
    """Refuses more shares of a class than are authorised at the package's day."""
    source, field = one, "initial_shares_authorized"
    for adjustment in securities.dated("TX_STOCK_CLASS_AUTHORIZED_SHARES_ADJUSTMENT"):
        if adjustment.text("stock_class_id") == one.id:
            source, field = adjustment, "new_shares_authorized"
    if str(source.data.get(field)) in _UNLIMITED or source.data.get(field) is None:
        return
    authorised = source.shares(field)
    if outstanding > authorised:
        says = f"{outstanding:,} shares of {one.text('name')} are outstanding, and {authorised:,} are authorised."
        raise source.refusal("more-than-authorised", says, field)


def _legal_name(stakeholder: OcfObject) -> str:
    name = stakeholder.part("name")
    if name is None:
        raise stakeholder.refusal("broken-export", "This stakeholder has no name.", "name")
    return name.text("legal_name")


def _remarks(package: OcfPackage, securities: Securities, classes: dict[str, RegisterClass]) -> list[str]:
    """What of the package is not read, or is read with a rule of ours."""
    unread: dict[str, int] = {}
    for one in package.objects:
        if one.type in _UNREAD or one.type.startswith("CE_"):
            unread["other objects"] = unread.get("other objects", 0) + 1
        elif not one.type.startswith("TX_") and one.type not in _READ:
            raise one.refusal("unknown-transaction", f"{one.type} is no object that is known.", "object_type")
    said = [f"{count} {what}" for what, count in unread.items()]
    said += [f"{securities.unread} transactions of vesting, acceptance and the like"] if securities.unread else []
    said += [f"{securities.later} transactions after {package.as_of}"] if securities.later else []
    remarks = [f"Not read: {', '.join(said)}."] if said else []
    vesting = [one for one in securities.by_id.values() if one.outstanding and _vests(one)]
    if vesting:
        remarks.append("Some shares or options vest; here all of them count, in a sale too.")
    if any(of.family == "preferred" and of.participation_cap is None for of in classes.values()):
        remarks.append("A class without participation_cap_multiple is read as one that does not participate.")
    if securities.splits and any(one.outstanding and one.splits for one in securities.by_id.values()):
        remarks.append("A split also changes options, warrants and plans of its class from before its day.")
    return remarks


def _vests(security: HeldSecurity) -> bool:
    return bool(security.issuance.data.get("vesting_terms_id") or security.issuance.data.get("vestings"))


RETURNS = ("RETURN_TO_POOL", "")  # what a plan does with cancelled options, where it says nothing


def pool(package: OcfPackage, securities: Securities) -> int:
    """Reserved less granted, and what came back; of all plans.

    Raises `InputError` (pool-overdrawn).
    """
    plans = package.of("STOCK_PLAN")
    explicit = {one.text("security_id") for one in securities.dated("TX_STOCK_PLAN_RETURN_TO_POOL")}
    used = dict.fromkeys(plans, 0)
    for security in securities.by_id.values():
        plan = _plan(security, plans)
        if plan is not None and security.before is None and security.exercised_from is None:
            used[plan] += _now(security, security.issuance.shares())
    for first, quantity, one in securities.given_back:
        plan = _plan(first, plans)
        if plan is None or first.exercised_from is not None:
            continue
        behaviour = plans[plan].text("default_cancellation_behavior", "")
        if behaviour in RETURNS or explicit & {one.text("security_id"), first.id}:
            used[plan] -= _now(first, quantity, one)
    total = 0
    for identity, plan_object in plans.items():
        reserved = _reserved(plan_object, securities)
        if used[identity] > reserved:
            says = (
                f"{plan_object.text('plan_name')} has reserved {reserved:,} shares; "
                f"{used[identity]:,} of it are granted or exercised."
            )
            raise plan_object.refusal("pool-overdrawn", says, "initial_shares_reserved")
        total += reserved - used[identity]
    return total


def _plan(security: HeldSecurity, plans: Mapping[str, OcfObject]) -> str | None:
    identity = security.issuance.text("stock_plan_id", "")
    if not identity:
        return None
    if identity not in plans:
        raise security.issuance.refusal("unknown-security", f"There is no plan {identity}.", "stock_plan_id")
    return identity


def _now(security: HeldSecurity, quantity: int, since: OcfObject | None = None) -> int:
    """A number of shares in those of after every split since it was issued, or given back."""
    ratio = security.split_since(security.day if since is None else since.day("date"))
    return quantity * ratio[0] // ratio[1]


def _reserved(plan: OcfObject, securities: Securities) -> int:
    """What a plan has reserved at the package's day; a split changes what was set before it."""
    reserved, ratio = plan.shares("initial_shares_reserved"), (1, 1)
    classes = {*plan.texts("stock_class_ids"), plan.text("stock_class_id", "")}
    changes = [*securities.dated("TX_STOCK_CLASS_SPLIT"), *securities.dated("TX_STOCK_PLAN_POOL_ADJUSTMENT")]
    for one in sorted(changes, key=lambda one: one.day("date")):
        if one.type == "TX_STOCK_PLAN_POOL_ADJUSTMENT" and one.text("stock_plan_id") == plan.id:
            reserved = one.shares("shares_reserved")
        elif one.type == "TX_STOCK_CLASS_SPLIT" and one.text("stock_class_id") in classes:
            ratio = split_ratio(one)
            reserved = reserved * ratio[0] // ratio[1]
    return reserved
