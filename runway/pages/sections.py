"""The sections that a page may be made of."""

SECTIONS = (
    "headline", "sliders", "funding", "ownership", "cash", "statements", "metrics", "checks", "sources", "notes",
)  # fmt: skip
"""In the order of the page; without `sliders` it has figures and no formulas."""
