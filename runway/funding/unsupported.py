"""Terms that contracts have and that are not modelled, by the names that they would have in a file.

Each would change money or ownership: a file that has one is refused rather than read without it.
"""

from __future__ import annotations

UNSUPPORTED = {
    "carve_out": "Carve-outs for the management",
    "cliff": "Vesting schedules",
    "acceleration": "Vesting schedules",
    "vesting": "Vesting schedules",
    "vesting_schedule": "Vesting schedules",
    "cumulative": "Cumulative dividends",
    "dividend": "Dividends",
    "dividends": "Dividends",
    "default_interest": "Default interest and penalties",
    "default_rate": "Default interest and penalties",
    "late_fee": "Default interest and penalties",
    "penalty": "Default interest and penalties",
    "earn_out": "Earn-outs",
    "escrow": "Escrows and holdbacks",
    "holdback": "Escrows and holdbacks",
    "exit_multiple": "Multiples that are paid at an exit",
    "exit_premium": "Multiples that are paid at an exit",
    "expiry": "Options that expire",
    "exercise_period": "Options that expire",
    "base_rate": "Rates that float",
    "euribor": "Rates that float",
    "margin": "Rates that float",
    "sofr": "Rates that float",
    "pay_to_play": "Pay-to-play",
    "payment_in_kind": "Interest payments in kind",
    "pik": "Interest payments in kind",
    "pik_interest": "Interest payments in kind",
    "pik_rate": "Interest payments in kind",
    "early_repayment": "Repayments before they are due",
    "prepayment": "Repayments before they are due",
    "prepayment_fee": "Repayments before they are due",
    "prepayment_penalty": "Repayments before they are due",
    "prepayments": "Repayments before they are due",
    "ratchet": "Ratchets other than anti_dilution",
    "redemption": "Redemption rights",
    "buyback": "Repurchases of shares",
    "repurchase": "Repurchases of shares",
    "revenue_share": "Shares of revenue that are paid to a lender",
    "royalty": "Shares of revenue that are paid to a lender",
    "success_fee": "Success fees",
    "valuation_floor": "Floors of a valuation",
    "voting": "Voting rights",
    "voting_rights": "Voting rights",
}
INSTEAD = {"exit_multiple": "sale_multiple", "exit_premium": "sale_multiple"}
"""The field that has a part of such a term, where a table has one."""
