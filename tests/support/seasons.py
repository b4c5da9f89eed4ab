"""A company whose one cost is 1.25 in January, 2.50 in February and so on, for plans of other months."""

SEASONS = """
[model]
name = "Seasons"
start = "2026-01"
months = 3
opening_cash = 100
[costs.heating]
kind = "formula"
formula = "1.25 * month"
"""
