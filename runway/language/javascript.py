"""Prints the formula language as JavaScript, for a page that runs the same formulas: every cell to the last bit.

The values of a row stand one month after another in `H`, the numbers of the file in `P`, openings in `O`, constants in
`K`; functions are those of the page's runtime.  A division by zero is an error in the same month as in Python;
constants are computed before the first month, as there, whether or not a formula comes to use them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.language.python import ALL, ATOM, SAFE, Python, can_fail
from runway.language.tree import (
    AsNumber,
    Binary,
    Call,
    Choose,
    Clock,
    Compare,
    Every,
    Happened,
    History,
    Negative,
    Node,
    Not,
    Number,
    Parameter,
    Product,
    RowRef,
    Some,
    Step,
    Sum,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

CLOCK = {"t": "t", "days": "d", "month": "m", "year": "y", "elapsed_days": "e"}
ARGUMENTS = "H,P,O,K,t,d,m,y,e"
"""The arguments of a printed function: rows, parameters, openings, constants, the month's number and its calendar."""
COMPARES = {"==": "===", "!=": "!=="}
CALLS = {"abs": "Math.abs", "round": "roundHalf", "days_in": "daysIn", "day_number": "dayNumber"}
CALLS |= {"date_after": "dateAfter", "last_days": "lastDays", "last_months": "lastMonths"}


def number(value: float) -> str:
    """A number as JavaScript has it, in brackets below 0.

    >>> number(100.0), number(-0.5), number(1e300)
    ('100', '(-0.5)', '1e+300')
    """
    text = repr(float(value)).removesuffix(".0")
    return text if value >= 0 else f"({text})"


class JavaScript(Python):
    """Prints looked-up nodes; `months` values of each row stand together.

    `names` has the places of constants; programs that differ in some rows only share them.
    """

    def __init__(
        self, rows: Mapping[str, int], parameters: Mapping[str, int], months: int, names: dict[str, int] | None = None
    ) -> None:
        super().__init__(rows, parameters, lambda address: f"O[{rows[address]}]")
        self.months, self.constants = months, {} if names is None else names
        self.needed: dict[int, tuple[str, str]] = {}  # by its place a constant's text and the row that first needs it

    def cell(self, address: str, back: int = 0) -> str:
        """The value of a row in this month, or so many months before."""
        place = self.rows[address] * self.months - back
        return f"H[{place}+t]" if place > 0 else "H[t]" if place == 0 else f"H[t-{-place}]"

    def named(self, text: str) -> str:
        place = self.constants.setdefault(text, len(self.constants))
        self.needed.setdefault(place, (text, self.row))
        return f"K[{place}]"

    def _text(self, node: Node, hoist: str) -> tuple[str, int]:
        return self._bracketed(node, hoist), ATOM

    def _bracketed(self, node: Node, hoist: str) -> str:
        def inner(child: Node) -> str:
            return self.text(child, hoist)

        def guarded(child: Node) -> str:
            return self.text(child, SAFE if hoist == ALL else hoist)

        def call(function: str, *arguments: Node) -> str:
            return f"{function}({','.join(map(inner, arguments))})"

        match node:
            case Number():
                return number(node.value)
            case Parameter():
                return f"P[{self.parameters[node.address]}]"
            case Clock():
                return CLOCK[node.name]
            case RowRef():
                return self.cell(node.address)
            case Negative():
                return f"(-{inner(node.x)})"
            case Sum():
                return f"({'+'.join(map(inner, node.terms))})"
            case Product():
                return f"({'*'.join(map(inner, node.factors))})"
            case Binary(operator="**"):
                return call("power", node.left, node.right)
            case Binary(operator="/") if not (isinstance(node.right, Number) and node.right.value):
                return call("div", node.left, node.right)
            case Binary():
                return f"({inner(node.left)}{node.operator}{inner(node.right)})"
            case Compare():
                sign = COMPARES.get(node.operator, node.operator)
                return f"({inner(node.left)}{sign}{inner(node.right)})"
            case Happened():
                return f"({inner(node.date)}<t+1)"
            case Call(function="min" | "max" as function):
                text = inner(node.arguments[0])
                for argument in node.arguments[1:]:
                    text = f"{function}({text},{inner(argument)})"
                return text
            case Call(function="undefined"):
                return "NaN"
            case Call():
                return call(CALLS.get(node.function, node.function), *node.arguments)
            case Choose():
                return f"({inner(node.condition)}?{guarded(node.then)}:{guarded(node.otherwise)})"
            case Every() | Some():
                sign = "&&" if isinstance(node, Every) else "||"
                return f"({sign.join([inner(node.terms[0]), *map(guarded, node.terms[1:])])})"
            case Not():
                return f"(!{inner(node.condition)})"
            case AsNumber():
                return f"({inner(node.condition)}?1:0)"
            case Step():
                return self._stepped(node, hoist)
            case History():
                return self._looked_back(node, inner)
        raise TypeError(node)

    def _stepped(self, node: Step, hoist: str) -> str:
        """The value in force; where one may not exist all are computed in every month, as in Python."""
        constant = hoist == ALL and all(self.constant(value) for value in node.values)
        values = [self.text(value, hoist) for value in node.values]
        if not constant and any(can_fail(value) for value in node.values):
            places = "".join(f"+(t>={month})" for month in node.months[1:])
            return f"[{','.join(values)}][0{places}]"
        text = values[-1]
        for month, value in reversed([*zip(node.months[1:], values, strict=False)]):
            text = f"(t<{month}?{value}:{text})"
        return text

    def _looked_back(self, node: History, inner: Callable[[Node], str]) -> str:
        row = node.row.address
        first, opening = self.rows[row] * self.months, self.openings(row)
        match node.function, node.n:
            case "prev", _:
                return f"(t?{self.cell(row, 1)}:{opening})"
            case "lag", Number(value=back) if back == int(back):
                n = int(back)
                return f"(t>={n}?{self.cell(row, n)}:{opening})" if n else self.cell(row)
            case "cumulative", _:
                return f"sum(H,{first},t,t)"
            case "sum_last", Number(value=back):
                return f"sum(H,{first},t,{int(back) - 1})"
            case "lag", Node() as back:
                return f"lag(H,{first},t,{inner(back)},{opening})"
            case ("last_days" | "last_months") as function, Node() as back:
                between = "".join(f",{self.rows[between.address] * self.months}" for between in node.between)
                return f"{CALLS[function]}(H,{first},t,{inner(back)}{between})"
        raise TypeError(node)
