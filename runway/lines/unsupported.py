"""Terms of companies' books that are not modelled, and those that are modelled under another name."""

from __future__ import annotations

LEASES, STOCKS, DEFERRED = "Leases that are capitalised", "Stocks at cost", "Deferred taxes"
GROUP = "Several companies in one file, with what they owe each other,"
ACCOUNTING = {
    "lease": LEASES,
    "leases": LEASES,
    "lease_liabilities": LEASES,
    "right_of_use": LEASES,
    "inventory": STOCKS,
    "inventories": STOCKS,
    "deferred_tax": DEFERRED,
    "deferred_taxes": DEFERRED,
    "fair_value": "Changes of fair value",
    "entity": GROUP,
    "entities": GROUP,
    "subsidiaries": GROUP,
    "consolidation": GROUP,
    "eliminations": GROUP,
    "intangibles": "Assets of purchases of other companies",
    "goodwill": "Assets of purchases of other companies",
}
"""By the name of a key, a kind or a section."""

_BOUGHT = "What is bought and used for years is a line of [capital], with written_off_over."
_IN_KIND = "Interest in kind is the pik_rate of a loan."
KINDS = {
    "milestones": 'Milestones are bills by date of a line of any kind: bills = { "2026-03" = "40k" }.',
    "deposit": 'A deposit is a part of collected_after: { "-1 month" = "30%", "30 days" = "70%" }.',
    "retention": 'What is held back is a part of collected_after: { "30 days" = "90%", "12 months" = "10%" }.',
    "depreciation": _BOUGHT,
    "amortisation": _BOUGHT,
    "amortization": _BOUGHT,
    "pik": _IN_KIND,
    "payment_in_kind": _IN_KIND,
    "dividend": 'A dividend is that of a loan, or [exits.NAME] with kind = "dividend_recap".',
}
"""By the name of a kind that there is not, what to write instead."""

_OF_REVENUE = 'What revenue costs is a line of [costs] with cost_of = "revenue", or the name of one line.'
_PEOPLE = 'People are a line of [costs] with kind = "headcount".'
_MONEY = "Money from outside is [funding.NAME], of a kind such as priced_round or loan."
SECTIONS = {
    **dict.fromkeys(("cost_of_revenue", "cost_of_sales", "cost_of_goods_sold", "cogs"), _OF_REVENUE),
    **dict.fromkeys(("people", "team", "headcount", "payroll", "salaries"), _PEOPLE),
    **dict.fromkeys(("loans", "debt", "rounds", "equity", "investments"), _MONEY),
    **dict.fromkeys(("capex", "assets", "depreciation"), _BOUGHT),
    **dict.fromkeys(("expenses", "opex", "operating_costs"), "What is spent is [costs.NAME]."),
    **dict.fromkeys(("income", "sales"), "What is earned is [revenue.NAME]."),
    **dict.fromkeys(("company", "settings"), "The company and its months are [model]."),
}
"""By the name of a section that there is not, what to write instead."""
