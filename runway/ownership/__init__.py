"""Who owns the company: the exact solve of a closing, the waterfall of a sale, and returns.

Everything here is pure: fractions in, records out.  Nothing rounds unless a `Rounding` says so, and nothing is found by
iterating to a tolerance.
"""
