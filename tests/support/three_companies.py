"""A company that may run out of cash, by name and opening cash."""

COMPANY = """
[model]
name = "{name}"
start = "2025-01"
months = 24
opening_cash = "{cash}"

[costs.rent]
kind = "recurring"
amount = "$80k to $120k/month"

[funding.seed]
kind = "priced_round"

[[funding.seed.closings]]
name = "first"
date = "2025-06-15 to 2025-09-15"
amount = "300k"
requires = "permit"

[events.permit]
date = "2025-05-01"
probability = "60%"

[scenarios.no_permit]
set = {{ "permit.date" = "never" }}
"""
