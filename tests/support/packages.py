"""Packages of the Open Cap Format in tests: one file of objects beside a manifest."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from runway.errors import InputError
from runway.files.equity.ocf import read_ocf

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from runway.errors import Problem
    from runway.files.equity.register import ShareRegister

Object = dict[str, Any]

HOLDERS = [
    {"id": key, "object_type": "STAKEHOLDER", "name": {"legal_name": name}, "stakeholder_type": "INDIVIDUAL"}
    for key, name in (("ada", "Ada Example"), ("ben", "Ben Example"), ("fund", "Fund Example I LP"))
]


def stock_class(key: str = "c", kind: str = "COMMON", **more: Any) -> Object:
    said = {"id": key, "object_type": "STOCK_CLASS", "name": {"c": "Common", "s": "Series Seed"}.get(key, key)}
    return {**said, "class_type": kind, "initial_shares_authorized": "10000000", "seniority": "1", **more}


SEED = stock_class("s", "PREFERRED", price_per_share={"amount": "1.60", "currency": "USD"})


def dollars(amount: str, currency: str = "USD") -> dict[str, str]:
    return {"amount": amount, "currency": currency}


def issued(security: str, holder: str, quantity: str, of: str = "c", day: str = "2024-01-15", **more: Any) -> Object:
    said = {"id": f"i-{security}", "object_type": "TX_STOCK_ISSUANCE", "date": day, "security_id": security}
    said |= {"stakeholder_id": holder, "stock_class_id": of, "share_price": dollars("0.01"), "quantity": quantity}
    return {**said, **more}


def granted(security: str, holder: str, quantity: str, strike: str = "0.12", **more: Any) -> Object:
    said = {"id": f"i-{security}", "object_type": "TX_EQUITY_COMPENSATION_ISSUANCE", "date": "2024-03-01"}
    said |= {"security_id": security, "stakeholder_id": holder, "stock_plan_id": "p", "stock_class_id": "c"}
    said |= {"compensation_type": "OPTION_ISO", "quantity": quantity, "exercise_price": dollars(strike)}
    return {**said, **more}


def ended(kind: str, security: str, day: str = "2024-12-01", **more: Any) -> Object:
    return {"id": f"e-{kind}-{security}", "object_type": f"TX_{kind}", "date": day, "security_id": security, **more}


def plan(reserved: str, **more: Any) -> Object:
    said = {"id": "p", "object_type": "STOCK_PLAN", "plan_name": "Plan", "initial_shares_reserved": reserved}
    return {**said, "stock_class_ids": ["c"], **more}


def package(
    folder: Path, *items: Object, as_of: str = "2025-12-31", version: str = "1.2.0", bare: bool = False
) -> Path:
    """A folder with a manifest and the objects; two classes and three stakeholders unless `bare`."""
    objects = [*items] if bare else [*HOLDERS, stock_class(), SEED, *items]
    manifest = {"file_type": "OCF_MANIFEST_FILE", "ocf_version": version, "as_of": as_of}
    manifest |= {"issuer": {"id": "issuer", "object_type": "ISSUER", "legal_name": "Fern Example Inc."}}
    manifest |= {"transactions_files": [{"filepath": "./All.ocf.json", "md5": "0"}]}
    path = folder / "pack"
    path.mkdir(exist_ok=True)
    (path / "Manifest.ocf.json").write_text(json.dumps(manifest, indent=1), encoding="utf-8")
    file = {"file_type": "OCF_TRANSACTIONS_FILE", "items": objects}
    (path / "All.ocf.json").write_text(json.dumps(file, indent=1), encoding="utf-8")
    return path


def register(folder: Path, *items: Object, **more: Any) -> ShareRegister:
    return read_ocf("pack", package(folder, *items, **more))


def held(read: ShareRegister) -> Mapping[tuple[str, str], int]:
    """Shares by holder and title of the class."""
    return {(one.holder, read.classes[one.class_key].title): one.shares for one in read.holdings}


def refused(folder: Path, *items: Object, **more: Any) -> Problem:
    """The one problem that a package is refused with; it is placed in a file."""
    with pytest.raises(InputError) as error:
        register(folder, *items, **more)
    (problem,) = error.value.problems
    assert problem.place is not None
    assert "^" in str(problem)
    return problem
