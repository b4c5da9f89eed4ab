"""The option pool of a package: what its plans have reserved and nobody holds or has exercised."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.files.equity.securities import split_ratio

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runway.files.equity.package import OcfObject, OcfPackage
    from runway.files.equity.securities import HeldSecurity, Securities

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
            used[plan] += _now(security, _issued(security))
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


def _issued(security: HeldSecurity) -> int:
    return security.issuance.shares()


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
