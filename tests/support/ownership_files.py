"""Assumption files for tests of what is printed of a cap table: many instruments, odd names, percentages."""

from __future__ import annotations

MODEL = """\
[model]
name = "Stack"
currency = "USD"
start = "2025-01"
months = 24
opening_cash = 1_000_000
"""

STACK = (
    MODEL
    + """
[captable]
pool = 500_000

[captable.classes.options]
kind = "options"
strike = "$0.50"

[captable.classes.seed]
kind = "preferred"
price = "$1.50"
issued = "2024-06-30"
participation = "capped"
participation_cap = 3
anti_dilution = "broad_based"
seniority = 2

[captable.holders.ana]
shares = { common = 4_500_000 }

[captable.holders.ben]
shares = { common = 3_000_000, options = 100_000 }
invested = 5_000
invested_on = "2023-01-01"

[captable.holders.fund]
shares = { seed = 2_000_000 }

[captable.grants.kim]
holder = "kim"
date = "2025-05-01"
class = "options"
stake = "1%"

[funding.angel_safe]
title = "Angel SAFE"
kind = "safe"
investor = "angel"
amount = "500k"
date = "2025-01-15"
form = "post_money"
cap = "10M"
discount = "20%"

[funding.fixed_safe]
kind = "safe"
amount = "125k"
date = "2025-02-20"
ownership = "7%"

[funding.loan_note]
kind = "convertible_note"
investor = "angel"
amount = "1M"
date = "2025-03-15"
rate = "6%/year"
compounding = "monthly"
day_count = "30/360"
cap = "8M"

[funding.series_a]
kind = "priced_round"
valuation = { value = "20M", basis = "pre_money" }
pool = "10%"
pro_rata = ["fund", "angel"]
stock = { seniority = 3, anti_dilution = "broad_based" }
commitments = [{ investor = "lead", amount = "4M" }, { investor = "fund", amount = "1M" }]

[[funding.series_a.closings]]
name = "first"
date = "2025-08-15"
amount = "3M"

[[funding.series_a.closings]]
name = "second"
date = "2025-12-15"
amount = "2M"

[funding.down_round]
kind = "priced_round"
valuation = { value = "6M", basis = "pre_money" }
closings = [{ name = "only", date = "2026-06-15", amount = "2M" }]
"""
)
"""SAFEs, a note, a pool, pro-rata, anti-dilution, a round in two closings and a down round."""

PERCENTAGES = (
    MODEL
    + """
[captable]
pool = "10%"

[captable.holders.ana]
shares = { common = "90%" }

[funding.seed]
kind = "priced_round"
valuation = { value = "9M", basis = "pre_money" }
closings = [{ name = "only", date = "2025-06-15", amount = "1M" }]
"""
)

ODD = (
    MODEL
    + """
[captable.holders.ana]
title = "=HYPERLINK(1)"
shares = { common = 1_000_000 }

[captable.holders.ben]
title = "\\u001b[31mred\\u0007"
shares = { common = 1_000_000 }

[captable.holders.chie]
title = "株式会社ちえの創業者持株会と従業員持株会"
shares = { common = 1_000_000 }

[captable.holders.dora]
title = "A holder whose name is as long as the lawyers of three countries could make it"
shares = { common = 1_000_000 }

[funding.seed]
title = "+シード\\nround"
kind = "priced_round"
valuation = { value = "9M", basis = "pre_money" }
closings = [{ name = "only", title = "最初の払込みと最後の払込み", date = "2025-06-15", amount = "1M" }]
"""
)


def owned_files(folder, monkeypatch):
    """The three files in a folder that is the current one, on a terminal of 80 columns."""
    monkeypatch.chdir(folder)
    monkeypatch.setenv("COLUMNS", "80")
    for name, text in {"stack": STACK, "percentages": PERCENTAGES, "odd": ODD}.items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return folder
