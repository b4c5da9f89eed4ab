"""A company whose rent is divided by the cash of the month before, so that without any cash it cannot be run."""

CASH_DIVISOR = """
[model]
name = "Shares of cash"
start = "2025-01"
months = 2
opening_cash = 1_000
[costs.rent]
kind = "formula"
formula = "50_000 / prev(cash)"
"""
