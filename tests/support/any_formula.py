"""Random formulas of drawn figures, in a model of some months."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random

MODEL = """
[model]
name = "Random"
start = "2025-01"
months = 9
opening_cash = "1B"

[events.fair]
date = "2025-03-10 to 2025-07-20"

[events.show]
date = "2025-05-01"

[drivers.grows]
opening = "90 to 110"
formula = "prev(grows) * (1 + 0.01 * x) - lag(grows, 2) * 0.01"
x = "1 to 3"

[drivers.one]
formula = "{one}"
x = "1 to 3"
y = "-2 to 2"
s = {{ "2025-01" = "1 to 2", "2025-04" = 5, "2025-06" = "2 to 3" }}
k = 1.5

[costs.two]
kind = "formula"
formula = "{two}"
x = "0.2 to 0.9"
y = {{ value = 1, outcomes = {{ "0" = "30%", "1" = "70%" }} }}
s = {{ "2025-01" = 0, "2025-05" = 3 }}
k = 2
"""


def number(draw: random.Random, depth: int, row: str) -> str:
    """A random expression that is a number."""
    if depth == 0:
        names = ["x", "y", "s", "k", "t", "days", "month", "2", "0.5", "-1", "0", "1"]
        return draw.choice([*names, f"prev({row})", "grows", "prev(grows)"] + (["one"] if row == "two" else []))

    def inner() -> str:
        return number(draw, depth - 1, row)

    form = draw.choice(
        ["+", "-", "*", "/", "**", "if", "min", "max", "abs", "look", "mod", "round", "floor", "and", "neg"]
    )
    match form:
        case "+" | "-" | "*":
            return f"({inner()} {form} {inner()})"
        case "/":
            divisor = inner()
            return f"({inner()} / {divisor} if {divisor} != 0 else {inner()})"
        case "**":
            return f"((1 + abs({inner()})) ** {draw.choice(['0.5', '2', 't', '(1 / 12)', 'max(0, t - 2)', '1', '0'])})"
        case "if":
            return f"({inner()} if {truth(draw, depth - 1, row)} else {inner()})"
        case "min" | "max":
            return f"{form}({inner()}, {inner()}, {draw.choice(['0', '3', inner()])})"
        case "abs" | "floor":
            return f"{form}({inner()})"
        case "look":
            how = draw.choice(["lag({}, 2)", "lag({}, abs(x))", "sum_last({}, 3)", "cumulative({})", "lag({}, 0)"])
            return how.format("grows")
        case "mod":
            return f"mod({inner()}, {draw.choice(['3', '(1 + abs(x))'])})"
        case "round":
            return f"round({inner()}, 2)"
        case "and":
            return f"(1 if {truth(draw, depth - 1, row)} else 0)"
    return f"-({inner()})"


def truth(draw: random.Random, depth: int, row: str) -> str:
    """A random expression that holds or not."""

    def inner() -> str:
        return number(draw, max(0, depth - 1), row)

    form = draw.choice(["<", ">=", "==", "and", "or", "not", "event", "month"])
    match form:
        case "<" | ">=" | "==":
            return f"({inner()} {form} {inner()})"
        case "and" | "or":
            first = truth(draw, depth - 1, row) if depth > 0 else "fair"
            return f"({first} {form} {draw.choice(['fair', 't > 3', 'x > 1'])})"
        case "not":
            return f"not {draw.choice(['fair', 'show', '(x > 1)', '(t > 4)'])}"
        case "event":
            return draw.choice(["fair", "show"])
    return draw.choice(["month == 3", "t >= 5", "mod(t, 2) == 0"])


def any_formulas(draw: random.Random) -> tuple[str, tuple[str, str]]:
    """A model with two random formulas, and these."""
    one, two = number(draw, 3, "one"), number(draw, 3, "two")
    return MODEL.format(one=one, two=two), (one, two)
