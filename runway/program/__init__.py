"""A model as ordered monthly formulas."""
