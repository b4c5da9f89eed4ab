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
    instruments = tuple(convertible(security, currencies) for security in securities.outstanding("CONVERTIBLE"))
    stakeholders = package.objects_of("STAKEHOLDER")
    holders = [holding.holder for holding in holdings] + [instrument.holder for instrument in instruments]
    return ShareRegister(
        title, f"Open Cap Format {package.version}", package.issuer, package.as_of, currencies.code, classes,
        {holder: _legal_name(stakeholders[holder]) for holder in holders}, joined_holdings(holdings),
        pool(package, securities), instruments, tuple(_remarks(package, securities, classes)),
    )  # fmt: skip


def _holdings(
    package: OcfPackage, securities: Securities, currencies: OneCurrency
) -> tuple[dict[str, RegisterClass], list[RegisterHolding]]:
    """The classes and the holdings of them; the stock classes that nobody holds are left out."""
    listed = package.objects_of("STOCK_CLASS")
    lots: dict[str, list[HeldSecurity]] = {}
    for security in securities.outstanding("STOCK"):
        _known_id(security, "stakeholder_id", package.objects_of("STAKEHOLDER"))
        lots.setdefault(_known_id(security, "stock_class_id", listed), []).append(security)
    classes: dict[str, RegisterClass] = {}
    holdings: list[RegisterHolding] = []
    for identity, holding in listed.items():
        class_lots = lots.get(identity, [])
        _authorised(holding, sum(security.quantity for security in class_lots), securities)
        if class_lots:
            classes[identity] = stock_class(holding, class_lots, securities, currencies)
        holdings += [_stock(security, currencies) for security in class_lots]
    repriced = {
        holding.text("security_id"): price
        for holding in securities.dated("TX_EQUITY_COMPENSATION_REPRICING")
        if (price := currencies.money(holding, "new_exercise_price")) is not None
    }
    for security in securities.outstanding("OPTION", "WARRANT"):
        _known_id(security, "stakeholder_id", package.objects_of("STAKEHOLDER"))
        granted = (
            option_class(security, repriced, currencies)
            if security.family == "OPTION"
            else warrant_class(security, listed, currencies)
        )
        key = f"{granted.title} {granted.strike}"
        classes.setdefault(key, granted)
        holdings.append(RegisterHolding(security.holder, key, security.quantity))
    for security in securities.outstanding("CONVERTIBLE"):
        _known_id(security, "stakeholder_id", package.objects_of("STAKEHOLDER"))
    return classes, [holding for holding in holdings if holding.shares]


def _known_id(security: HeldSecurity, field: str, listed: dict[str, OcfObject]) -> str:
    identity = security.issuance.text(field)
    if identity not in listed:
        raise security.issuance.refusal("unknown-security", f"There is no {field[:-3]} {identity}.", field)
    return identity


def _stock(security: HeldSecurity, currencies: OneCurrency) -> RegisterHolding:
    price = paid(security, currencies)
    invested = None if price is None else price * security.quantity
    class_id = security.issuance.text("stock_class_id")
    return RegisterHolding(security.holder, class_id, security.quantity, invested, frozenset({security.acquired}))


def _authorised(stock: OcfObject, outstanding: int, securities: Securities) -> None:
    """Refuses more shares of a class than are authorised at the package's day."""
    source, field = stock, "initial_shares_authorized"
    for adjustment in securities.dated("TX_STOCK_CLASS_AUTHORIZED_SHARES_ADJUSTMENT"):
        if adjustment.text("stock_class_id") == stock.id:
            source, field = adjustment, "new_shares_authorized"
    if str(source.data.get(field)) in _UNLIMITED or source.data.get(field) is None:
        return
    authorised = source.shares(field)
    if outstanding > authorised:
        text = f"{outstanding:,} shares of {stock.text('name')} are outstanding, and {authorised:,} are authorised."
        raise source.refusal("more-than-authorised", text, field)


def _legal_name(stakeholder: OcfObject) -> str:
    name = stakeholder.part("name")
    if name is None:
        raise stakeholder.refusal("broken-export", "This stakeholder has no name.", "name")
    return name.text("legal_name")


def _remarks(package: OcfPackage, securities: Securities, classes: dict[str, RegisterClass]) -> list[str]:
    """The remarks on parts of the package that are not read, or are read with a rule of ours."""
    objects = 0
    for item in package.objects:
        if item.type in _UNREAD or item.type.startswith("CE_"):
            objects += 1
        elif not item.type.startswith("TX_") and item.type not in _READ:
            raise item.refusal("unknown-transaction", f"{item.type} is no object that is known.", "object_type")
    unread = [f"{objects} other objects"] if objects else []
    unread += [f"{securities.unread} transactions of vesting, acceptance and the like"] if securities.unread else []
    unread += [f"{securities.later} transactions after {package.as_of}"] if securities.later else []
    remarks = [f"Not read: {', '.join(unread)}."] if unread else []
    vesting = [security for security in securities.by_id.values() if security.outstanding and _vests(security)]
    if vesting:
        remarks.append("Some shares or options vest; here all of them count, in a sale too.")
    if any(stock.family == "preferred" and stock.participation_cap is None for stock in classes.values()):
        remarks.append("A class without participation_cap_multiple is read as one that does not participate.")
    if securities.splits and any(security.outstanding and security.splits for security in securities.by_id.values()):
        remarks.append("A split also changes options, warrants and plans of its class from before its day.")
    return remarks


def _vests(security: HeldSecurity) -> bool:
    return bool(security.issuance.data.get("vesting_terms_id") or security.issuance.data.get("vestings"))


RETURNS = ("RETURN_TO_POOL", "")  # behaviours of a plan by which cancelled options return to the pool


def pool(package: OcfPackage, securities: Securities) -> int:
    """The shares reserved less those granted, plus those that came back; of all plans.

    Raises `InputError` (pool-overdrawn).
    """
    plans = package.objects_of("STOCK_PLAN")
    explicit = {transaction.text("security_id") for transaction in securities.dated("TX_STOCK_PLAN_RETURN_TO_POOL")}
    used = dict.fromkeys(plans, 0)
    for security in securities.by_id.values():
        plan = _plan(security, plans)
        if plan is not None and security.before is None and security.exercised_from is None:
            used[plan] += _split_adjusted(security, security.issuance.shares())
    for first, quantity, transaction in securities.given_back:
        plan = _plan(first, plans)
        if plan is None or first.exercised_from is not None:
            continue
        behaviour = plans[plan].text("default_cancellation_behavior", "")
        if behaviour in RETURNS or explicit & {transaction.text("security_id"), first.id}:
            used[plan] -= _split_adjusted(first, quantity, transaction)
    total = 0
    for identity, plan_object in plans.items():
        reserved = _reserved(plan_object, securities)
        if used[identity] > reserved:
            text = (
                f"{plan_object.text('plan_name')} has reserved {reserved:,} shares; "
                f"{used[identity]:,} of it are granted or exercised."
            )
            raise plan_object.refusal("pool-overdrawn", text, "initial_shares_reserved")
        total += reserved - used[identity]
    return total


def _plan(security: HeldSecurity, plans: Mapping[str, OcfObject]) -> str | None:
    identity = security.issuance.text("stock_plan_id", "")
    if not identity:
        return None
    if identity not in plans:
        raise security.issuance.refusal("unknown-security", f"There is no plan {identity}.", "stock_plan_id")
    return identity


def _split_adjusted(security: HeldSecurity, quantity: int, since: OcfObject | None = None) -> int:
    """A number of shares in terms of those after every split since it was issued, or given back."""
    ratio = security.split_since(security.day if since is None else since.day("date"))
    return quantity * ratio[0] // ratio[1]


def _reserved(plan: OcfObject, securities: Securities) -> int:
    """The shares that a plan has reserved at the package's day; a split changes those set before it."""
    reserved, ratio = plan.shares("initial_shares_reserved"), (1, 1)
    classes = {*plan.texts("stock_class_ids"), plan.text("stock_class_id", "")}
    changes = [*securities.dated("TX_STOCK_CLASS_SPLIT"), *securities.dated("TX_STOCK_PLAN_POOL_ADJUSTMENT")]
    for change in sorted(changes, key=lambda change: change.day("date")):
        if change.type == "TX_STOCK_PLAN_POOL_ADJUSTMENT" and change.text("stock_plan_id") == plan.id:
            reserved = change.shares("shares_reserved")
        elif change.type == "TX_STOCK_CLASS_SPLIT" and change.text("stock_class_id") in classes:
            ratio = split_ratio(change)
            reserved = reserved * ratio[0] // ratio[1]
    return reserved
