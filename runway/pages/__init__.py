"""A model as one page: its formulas as JavaScript, and what only Python knows beside them."""
