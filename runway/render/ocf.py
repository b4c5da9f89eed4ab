"""A register of shares as a package of the Open Cap Format, version 1.2: a ZIP of its manifest and files.

Ids are made of names, so that the same register gives the same bytes.  For the format and its owner see
`runway.files.equity.package`.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from runway.files.equity.package import MANIFEST, MANIFEST_TYPE
from runway.files.equity.terms import DAY_COUNTS, PERIODS
from runway.words import decimal_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runway.files.equity.register import RegisterClass, RegisterHolding, RegisterInstrument, ShareRegister

VERSION = "1.2.0"
_PLAN = "plan"
_FILES = {  # of the manifest: name and type of each file
    "stakeholders_files": ("Stakeholders.ocf.json", "OCF_STAKEHOLDERS_FILE"),
    "stock_classes_files": ("StockClasses.ocf.json", "OCF_STOCK_CLASSES_FILE"),
    "stock_plans_files": ("StockPlans.ocf.json", "OCF_STOCK_PLANS_FILE"),
    "transactions_files": ("Transactions.ocf.json", "OCF_TRANSACTIONS_FILE"),
}
_EMPTY = (
    "stock_legend_templates_files",
    "vesting_terms_files",
    "valuations_files",
    "financings_files",
    "documents_files",
)
_PERIODS = {"simple": "ANNUAL", **{ours: theirs for theirs, ours in PERIODS.items()}}
_DAY_COUNTS = {ours: theirs for theirs, ours in DAY_COUNTS.items()}


def ocf_package(register: ShareRegister) -> bytes:
    """The package; one issuance a holding, dated on the day it was paid for, else on the register's day."""
    assert register.as_of is not None
    shares = {key: share_class for key, share_class in register.classes.items() if share_class.strike is None}
    items: dict[str, list[dict[str, Any]]] = {
        "stakeholders_files": [_stakeholder(register, holder) for holder in register.holders],
        "stock_classes_files": [_stock_class(register, key, share_class) for key, share_class in shares.items()],
        "stock_plans_files": _plans(register),
        "transactions_files": [
            *(_issuance(register, holding) for holding in register.holdings),
            *(_convertible(register, instrument, n) for n, instrument in enumerate(register.instruments, 1)),
        ],
    }
    manifest: dict[str, Any] = {
        "file_type": MANIFEST_TYPE,
        "ocf_version": VERSION,
        "as_of": register.as_of.isoformat(),
        "generated_at": f"{register.as_of.isoformat()}T00:00:00Z",
        "issuer": {"id": "issuer", "object_type": "ISSUER", "legal_name": register.issuer, "tax_ids": []},
    }
    buffer = io.BytesIO()
    with ZipFile(buffer, "w") as package:
        for field, (name, kind) in _FILES.items():
            text = _json({"file_type": kind, "items": items[field]})
            manifest[field] = [{"filepath": f"./{name}", "md5": hashlib.md5(text, usedforsecurity=False).hexdigest()}]
            _add(package, name, text)
        _add(package, MANIFEST, _json(manifest | {field: [] for field in _EMPTY}))
    return buffer.getvalue()


def _add(package: ZipFile, name: str, text: bytes) -> None:
    info = ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    info.compress_type = ZIP_DEFLATED
    package.writestr(info, text)


def _json(value: Mapping[str, Any]) -> bytes:
    return f"{json.dumps(value, ensure_ascii=False, indent=1)}\n".encode()


def _money(register: ShareRegister, value: Decimal) -> dict[str, str]:
    return {"amount": decimal_text(value), "currency": register.currency}


def _identity(kind: str, *names: str) -> str:
    return "-".join([kind, *(re.sub(r"[^\w]+", "-", name).strip("-") for name in names)])


def _stakeholder(register: ShareRegister, holder: str) -> dict[str, Any]:
    families = [register.classes[holding.class_key].family for holding in register.holdings if holding.holder == holder]
    person = families and not {"preferred", "warrants"} & set(families)
    return {
        "id": _identity("stakeholder", holder),
        "object_type": "STAKEHOLDER",
        "name": {"legal_name": register.holders[holder]},
        "stakeholder_type": "INDIVIDUAL" if person else "INSTITUTION",
    }


def _stock_class(register: ShareRegister, key: str, share_class: RegisterClass) -> dict[str, Any]:
    preferred = share_class.family == "preferred"
    stock_class: dict[str, Any] = {
        "id": _identity("class", key),
        "object_type": "STOCK_CLASS",
        "name": share_class.title or key.replace("_", " ").capitalize(),
        "class_type": "PREFERRED" if preferred else "COMMON",
        "default_id_prefix": "PS-" if preferred else "CS-",
        "initial_shares_authorized": "UNLIMITED",
        "votes_per_share": "1",
        "seniority": str(share_class.seniority),
    }
    if not preferred:
        return stock_class
    price = _price(register, key, share_class)
    stock_class["price_per_share"] = _money(register, price)
    if share_class.preference is not None:
        stock_class["liquidation_preference_multiple"] = decimal_text(share_class.preference)
    if share_class.participation_cap is not None:
        stock_class["participation_cap_multiple"] = decimal_text(share_class.participation_cap)
    if share_class.conversion_price is not None and share_class.conversion_price != price:
        mechanism = {
            "type": "RATIO_CONVERSION",
            "ratio": {"numerator": decimal_text(price), "denominator": decimal_text(share_class.conversion_price)},
            "conversion_price": _money(register, share_class.conversion_price),
            "rounding_type": "NORMAL",
        }
        right = {"type": "STOCK_CLASS_CONVERSION_RIGHT", "conversion_mechanism": mechanism}
        stock_class["conversion_rights"] = [right | {"converts_to_stock_class_id": _identity("class", "common")}]
    return stock_class


def _price(register: ShareRegister, key: str, share_class: RegisterClass) -> Decimal:
    """The issue price of preferred shares: that of the class, else money invested per share of its first purchase."""
    if share_class.price is not None:
        return share_class.price
    purchases = [holding for holding in register.holdings if holding.class_key == key and holding.invested is not None]
    return (purchases[0].invested or Decimal(0)) / purchases[0].shares if purchases else Decimal(0)


def _plans(register: ShareRegister) -> list[dict[str, Any]]:
    """One plan, which has reserved the pool and the options granted."""
    options = {key for key, share_class in register.classes.items() if share_class.family == "options"}
    granted = sum(holding.shares for holding in register.holdings if holding.class_key in options)
    if not granted + register.pool:
        return []
    reserved = str(granted + register.pool)
    common = [_identity("class", "common")]
    return [
        {
            "id": _PLAN,
            "object_type": "STOCK_PLAN",
            "plan_name": "Option plan",
            "initial_shares_reserved": reserved,
            "default_cancellation_behavior": "RETURN_TO_POOL",
            "stock_class_ids": common,
        }
    ]


def _issuance(register: ShareRegister, holding: RegisterHolding) -> dict[str, Any]:
    """A holder's securities of one class, as one issuance."""
    share_class = register.classes[holding.class_key]
    day = min(holding.days, default=register.as_of)
    assert day is not None
    issuance: dict[str, Any] = {
        "id": _identity("tx", holding.holder, holding.class_key),
        "security_id": _identity("security", holding.holder, holding.class_key),
        "custom_id": _identity("security", holding.holder, holding.class_key),
        "date": day.isoformat(),
        "stakeholder_id": _identity("stakeholder", holding.holder),
        "security_law_exemptions": [],
        "quantity": str(holding.shares),
    }
    common = _identity("class", "common")
    if share_class.family == "options":
        return {
            "object_type": "TX_EQUITY_COMPENSATION_ISSUANCE",
            **issuance,
            "compensation_type": "OPTION",
            "stock_plan_id": _PLAN,
            "stock_class_id": common,
            "exercise_price": _money(register, share_class.strike or Decimal(0)),
            "expiration_date": None,
            "termination_exercise_windows": [],
        }
    if share_class.family == "warrants":
        mechanism = {"type": "FIXED_AMOUNT_CONVERSION", "converts_to_quantity": str(holding.shares)}
        right = {"type": "WARRANT_CONVERSION_RIGHT", "conversion_mechanism": mechanism}
        trigger = {"trigger_id": f"{issuance['id']}-1", "type": "ELECTIVE_AT_WILL"}
        return {
            "object_type": "TX_WARRANT_ISSUANCE",
            **issuance,
            "quantity_source": "INSTRUMENT_FIXED",
            "exercise_price": _money(register, share_class.strike or Decimal(0)),
            "purchase_price": _money(register, Decimal(0)),
            "exercise_triggers": [trigger | {"conversion_right": right | {"converts_to_stock_class_id": common}}],
        }
    price = Decimal(0) if holding.invested is None else holding.invested / holding.shares
    return {
        "object_type": "TX_STOCK_ISSUANCE",
        **issuance,
        "stock_class_id": _identity("class", holding.class_key),
        "share_price": _money(register, price),
        "stock_legend_ids": [],
    }


def _convertible(register: ShareRegister, instrument: RegisterInstrument, number: int) -> dict[str, Any]:
    """A SAFE or a note."""
    terms = dict(instrument.terms)
    note = instrument.note
    mechanism: dict[str, Any] = {"type": "CONVERTIBLE_NOTE_CONVERSION" if note else "SAFE_CONVERSION"}
    mechanism["conversion_mfn"] = bool(terms.get("mfn", False))
    if "cap" in terms:
        mechanism["conversion_valuation_cap"] = _money(register, Decimal(terms["cap"]))
        if not note:
            mechanism["conversion_timing"] = str(terms.get("form", "post_money")).upper()
    if "discount" in terms:
        mechanism["conversion_discount"] = decimal_text(Decimal(terms["discount"]))
    if "sale_multiple" in terms:
        mechanism["exit_multiple"] = {"numerator": decimal_text(Decimal(terms["sale_multiple"])), "denominator": "1"}
    if "ownership" in terms:
        share = decimal_text(Decimal(terms["ownership"]))
        mechanism = {"type": "FIXED_PERCENT_OF_CAPITALIZATION_CONVERSION", "converts_to_percent": share}
    if note:
        compounding = str(terms.get("compounding", "simple"))
        rate = {"rate": decimal_text(Decimal(terms.get("rate", 0))), "accrual_start_date": instrument.day.isoformat()}
        mechanism |= {
            "interest_rates": [rate] if terms.get("rate") else [],
            "day_count_convention": _DAY_COUNTS[str(terms.get("day_count", "act/365"))],
            "interest_payout": "DEFERRED",
            "interest_accrual_period": _PERIODS[compounding],
            "compounding_type": "SIMPLE" if compounding == "simple" else "COMPOUNDING",
        }
    right = {
        "type": "CONVERTIBLE_CONVERSION_RIGHT",
        "conversion_mechanism": mechanism,
        "converts_to_future_round": True,
    }
    identity = f"convertible-{number}"
    triggers: list[dict[str, Any]] = [
        {
            "trigger_id": f"{identity}-round",
            "type": "AUTOMATIC_ON_CONDITION",
            "trigger_condition": "Priced round",
            "conversion_right": right,
        }
    ]
    if "maturity" in terms:
        matures: dict[str, Any] = {
            "trigger_id": f"{identity}-maturity",
            "type": "AUTOMATIC_ON_DATE",
            "trigger_date": terms["maturity"],
        }
        triggers.append(matures | {"conversion_right": right})
    return {
        "id": f"tx-{identity}",
        "object_type": "TX_CONVERTIBLE_ISSUANCE",
        "security_id": identity,
        "custom_id": identity,
        "date": instrument.day.isoformat(),
        "stakeholder_id": _identity("stakeholder", instrument.holder),
        "security_law_exemptions": [],
        "convertible_type": "NOTE" if note else "SAFE",
        "investment_amount": _money(register, instrument.amount),
        "conversion_triggers": triggers,
        "seniority": 1,
    }
