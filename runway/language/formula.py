"""The formula language: text to a small typed tree, and the places of the names in it.

A subset of Python's expressions, read with the standard library's `ast` and never evaluated as it stands.  A formula is
a number or a condition; a node of its own turns one into the other.  Text from a stranger is bounded before it is
parsed and refused, with its place, if it holds anything that is not listed here.
"""

from __future__ import annotations

import ast
import re
import warnings
from contextlib import nullcontext
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from runway.language.tree import (
    Binary,
    Call,
    Choose,
    Compare,
    DateText,
    Every,
    FormulaError,
    Look,
    Name,
    Negative,
    Node,
    Not,
    Number,
    Product,
    Some,
    Sum,
    as_number,
    since,
    total,
    until,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MAX_LENGTH = 2_000
MAX_DEPTH = 50
MAX_LITERAL = 1e15
MAX_EXPONENT = 64

FUNCTIONS: dict[str, tuple[int, int]] = {  # name: fewest and most arguments
    "prev": (1, 1),
    "lag": (2, 2),
    "cumulative": (1, 1),
    "sum_last": (2, 2),
    "last_days": (2, 4),
    "last_months": (2, 4),
    "ahead": (2, 2),
    "sum": (1, 99),
    "min": (1, 99),
    "max": (1, 99),
    "abs": (1, 1),
    "round": (1, 2),
    "floor": (1, 1),
    "ceil": (1, 1),
    "exp": (1, 1),
    "log": (1, 1),
    "mod": (2, 2),
    "pmt": (3, 3),
    "since": (1, 1),
    "until": (1, 1),
    "days_in": (1, 1),
    "day_number": (1, 1),
    "when": (1, 1),
    "year_of": (1, 1),
}
HISTORY = ("prev", "lag", "cumulative", "sum_last", "last_days", "last_months")


_COMPARE = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}
_BINARY = {ast.Sub: "-", ast.Div: "/", ast.Pow: "**"}


def day_alone(day: DateText) -> FormulaError:
    """The error of a condition that is a day alone, which would hold from the first month."""
    text = f'"{day.text}" is a day and no condition. From that day on is since("{day.text}") > 0.'
    return FormulaError("formula-not-allowed", text, day.start, day.end)


@lru_cache(maxsize=4096)
def parse(text: str, *, bounded: bool = True) -> Node:
    """The tree of a formula's text, its names not yet looked up; the program's own text is not `bounded`.

    Raises `FormulaError` with the offending characters.

    >>> parse("2 * rate")
    Product(factors=(Number(value=2.0), Name(address='rate', start=4, end=8)))
    """
    try:
        return _parsed(text, bounded)
    except FormulaError as error:
        from runway.language.measures import looks_ahead

        raise looks_ahead(text, error) from None


def _parsed(text: str, bounded: bool) -> Node:
    if bounded and len(text) > MAX_LENGTH:
        raise FormulaError(
            "formula-too-long",
            f"A formula holds at most {MAX_LENGTH:,} characters; this one has {len(text):,}. Split it into drivers.",
            0,
            len(text),
        )
    if bounded and sum(map(text.count, "([{")) > MAX_DEPTH:
        depth = 0
        for character in text:
            depth += (character in "([{") - (character in ")]}")
            if depth > MAX_DEPTH:
                raise _too_deep(text)
    flat = (re.sub(_COMMENT, _blank, text) if "#" in text else text).translate(_BLANKS)
    if not flat.isascii() and (strange := re.search(r"[^\x00-\x7f]", re.sub(_QUOTED, _blank, flat))) is not None:
        start, end = strange.span()
        while start and flat[start - 1].isidentifier():
            start -= 1
        while end < len(flat) and flat[end].isidentifier():
            end += 1
        raise FormulaError("formula-not-allowed", "A formula is written in plain letters, a-z.", start, end)
    lead = len(flat) - len(flat.lstrip())
    try:
        with warnings.catch_warnings(action="ignore") if bounded else nullcontext():
            body = ast.parse(flat.lstrip(), mode="eval").body
        return _Parser(text, flat.lstrip(), lead, bounded).read(body, 0)
    except SyntaxError as error:
        percent = re.search(r"\d\s*(%)", text)
        if percent is not None:
            message = 'A percentage is a figure of its own: write share = "5%" beside the formula, and share in it.'
            raise FormulaError("formula-syntax", message, *percent.span(1)) from None
        timed = re.search(rf"{_WRITTEN}\s*(?:day|week|month|quarter|year)s?\b", text)
        if timed is not None:
            message = f'A time is a figure of its own: write wait = "{timed[0]}" beside the formula, and wait in it.'
            raise FormulaError("formula-syntax", message, *timed.span()) from None
        scaled = re.search(rf"{_WRITTEN}[kKMBT](?![\w.])", text)
        if scaled is not None:
            message = f"{scaled[0]}: in a formula a number is written out, without k, M, B or T, such as 500_000."
            raise FormulaError("formula-syntax", message, *scaled.span()) from None
        at = min(lead + max((error.offset or 1) - 1, 0), max(len(text) - 1, 0))
        if at == 0 and "never closed" not in str(error):  # the parser names no place: something is missing at the end
            at = max(len(text.rstrip()) - 1, 0)
        raise FormulaError(
            "formula-syntax",
            "This is not a formula that runway can read. Formulas are written as in Python: a + b * c, "
            "prev(x), a if condition else b.",
            at,
            at + 1,
        ) from None
    except (RecursionError, MemoryError):
        raise _too_deep(text) from None
    except ValueError:
        raise FormulaError("formula-syntax", "This formula holds characters that cannot be read.", 0, 1) from None


_QUOTED = r"'[^'\n]*'|\"[^\"\n]*\""
_COMMENT = rf"({_QUOTED})|#[^\n]*"
_WRITTEN = r"(?<![\w.])\d[\d_]*(?:\.\d+)?"  # a number as it is written
_BLANKS = str.maketrans("\r\n\t\f", "    ")


def _blank(match: re.Match[str]) -> str:
    """As many blanks, so that places stay what they are; quoted text that is not a comment is kept."""
    kept = match.groups() and match[1]
    return kept or " " * len(match[0])


def _too_deep(text: str) -> FormulaError:
    message = f"A formula is nested at most {MAX_DEPTH} levels deep. Split it into drivers."
    return FormulaError("formula-too-deep", message, 0, len(text))


class _Parser:
    """Python's tree to ours, with character offsets."""

    def __init__(self, text: str, flat: str, lead: int, bounded: bool) -> None:
        self.text, self.lead, self.bounded = text, lead, bounded
        self.raw, self.ascii = flat.encode(), flat.isascii()

    def span(self, node: ast.expr) -> tuple[int, int]:
        first, last = node.col_offset, node.end_col_offset or node.col_offset
        if not self.ascii:
            first, last = (len(self.raw[:offset].decode(errors="replace")) for offset in (first, last))
        return self.lead + first, self.lead + last

    def refuse(self, name: str, text: str, node: ast.expr) -> FormulaError:
        return FormulaError(name, text, *self.span(node))

    def number(self, node: ast.expr, depth: int) -> Node:
        return as_number(self.read(node, depth + 1))

    def condition(self, node: ast.expr, depth: int) -> Node:
        condition = self.read(node, depth + 1)
        if isinstance(condition, DateText):
            raise day_alone(condition)
        return condition

    def read(self, node: ast.expr, depth: int) -> Node:
        if self.bounded and depth > MAX_DEPTH:
            raise _too_deep(self.text)
        return _READERS.get(type(node), _Parser.not_listed)(self, node, depth)

    def not_listed(self, node: ast.expr, _: int) -> Node:
        raise self.refuse(
            "formula-not-allowed",
            "A formula holds numbers, dates in quotes, names, + - * / **, comparisons, and or not, "
            "a if condition else b, and calls of the listed functions; nothing else.",
            node,
        )

    def name(self, node: ast.Name | ast.Attribute, _: int) -> Node:
        return Name(self.address(node), *self.span(node))

    def binary(self, node: ast.BinOp, depth: int) -> Node:
        by = type(node.op)
        if by is ast.Add:
            return Sum(tuple(self.chain(node, by, depth)))
        if by is ast.Mult:
            return Product(tuple(self.chain(node, by, depth)))
        if by not in _BINARY:
            text = "A formula may use + - * / ** and nothing else between numbers; the rest of a division is mod(a, b)."
            raise self.refuse("formula-operator", text, node)
        right = self.number(node.right, depth)
        if by is ast.Pow and isinstance(right, Number) and abs(right.value) > MAX_EXPONENT:
            text = f"An exponent written as a number is at most {MAX_EXPONENT}."
            raise self.refuse("number-too-large", text, node.right)
        return Binary(_BINARY[by], self.number(node.left, depth), right)

    def unary(self, node: ast.UnaryOp, depth: int) -> Node:
        match node.op:
            case ast.USub():
                inner = self.number(node.operand, depth)
                return Number(-inner.value) if isinstance(inner, Number) else Negative(inner)
            case ast.UAdd():
                return self.number(node.operand, depth)
            case ast.Not():
                return Not(self.condition(node.operand, depth))
        return self.not_listed(node, depth)

    def joined(self, node: ast.BoolOp, depth: int) -> Node:
        kind = Every if isinstance(node.op, ast.And) else Some
        return kind(tuple(self.condition(value, depth) for value in node.values))

    def choice(self, node: ast.IfExp, depth: int) -> Node:
        condition = self.condition(node.test, depth)
        return Choose(condition, self.number(node.body, depth), self.number(node.orelse, depth))

    def chain(self, node: ast.BinOp, by: type[ast.operator], depth: int) -> Iterator[Node]:
        """The terms or factors of a chain of additions or multiplications, in order, however long the chain is."""
        chain: list[ast.expr] = [node.right]
        left = node.left
        while isinstance(left, ast.BinOp) and isinstance(left.op, by):
            chain.append(left.right)
            left = left.left
        if self.bounded and by is ast.Mult and len(chain) > MAX_DEPTH:
            raise _too_deep(self.text)
        for part in (left, *reversed(chain)):
            yield self.number(part, depth)

    def constant(self, node: ast.Constant, _: int) -> Node:
        value = node.value
        if isinstance(value, str):
            return DateText(value, *self.span(node))
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise self.refuse(
                "formula-not-allowed", "Only numbers and dates in quotes can be written out in a formula.", node
            )
        if not abs(value) <= MAX_LITERAL:
            raise self.refuse("number-too-large", "A number in a formula is at most 1e15.", node)
        return Number(float(value))

    def address(self, node: ast.expr) -> str:
        parts: list[str] = []
        inner = node
        while isinstance(inner, ast.Attribute):
            parts.append(inner.attr)
            inner = inner.value
        if not isinstance(inner, ast.Name):
            raise self.refuse("formula-not-allowed", "A dot joins names into an address, and nothing else.", node)
        address = ".".join([inner.id, *reversed(parts)])
        if not address.isascii() or address.startswith("_") or "._" in address or len(address) > 200:
            raise self.refuse("formula-not-allowed", "A name is made of letters a-z, digits and _.", node)
        return address

    def compare(self, node: ast.Compare, depth: int) -> Node:
        sides = [self.number(side, depth) for side in (node.left, *node.comparators)]
        pairs: list[Node] = []
        for operator, left, right in zip(node.ops, sides, sides[1:], strict=False):
            if type(operator) not in _COMPARE:
                raise self.refuse("formula-operator", "Two numbers are compared by < <= > >= == or !=.", node)
            pairs.append(Compare(_COMPARE[type(operator)], left, right))
        return pairs[0] if len(pairs) == 1 else Every(tuple(pairs))

    def call(self, node: ast.Call, depth: int) -> Node:
        name = node.func.id if isinstance(node.func, ast.Name) else None
        if name not in FUNCTIONS:
            from runway.errors import did_you_mean

            shown = (name or "this")[:40]
            hint = did_you_mean(shown, FUNCTIONS) or f" There are {', '.join(sorted(FUNCTIONS))}."
            raise self.refuse("unknown-function", f"{shown} is no function of the formula language.{hint}", node.func)
        fewest, most = FUNCTIONS[name]
        if node.keywords or any(isinstance(a, ast.Starred) for a in node.args):
            raise self.refuse("wrong-arguments", f"The arguments of {name} are written without names or stars.", node)
        if not fewest <= len(node.args) <= most:
            number = f"{fewest}" if fewest == most else f"{fewest} to {most}"
            raise self.refuse("wrong-arguments", f"{name} takes {number} arguments, not {len(node.args)}.", node)
        if name == "when":
            return Call("when", (self.condition(node.args[0], depth),))
        if name in HISTORY:
            return self.history(name, node, depth)
        arguments = tuple(self.number(argument, depth) for argument in node.args)
        if name == "sum":
            return total(list(arguments))
        if name == "since":
            return since(arguments[0])
        if name == "until":
            return until(arguments[0])
        return Call(name, arguments)

    def history(self, name: str, node: ast.Call, depth: int) -> Node:
        row = self.read(node.args[0], depth + 1)
        if not isinstance(row, Name):
            raise self.refuse(
                "wrong-arguments",
                f"{name} looks back at a row, so it takes its name; give the expression a name as a driver.",
                node.args[0],
            )
        n = self.number(node.args[1], depth) if len(node.args) > 1 else None
        days = [self.read(argument, depth + 1) for argument in node.args[2:]]
        between = tuple(day for day in days if isinstance(day, Name))
        if len(days) == 1 or len(between) < len(days):
            text = f"{name}(x, n, first, last): the rows of the first and the last day of each month on which x moves."
            raise self.refuse("wrong-arguments", text, node)
        if name == "sum_last" and not (isinstance(n, Number) and n.value == int(n.value) and 1 <= n.value <= 600):
            raise self.refuse("wrong-arguments", "sum_last(x, n) takes a whole number of months, 1 to 600.", node)
        if name == "lag" and isinstance(n, Number) and n.value < 0:
            raise self.refuse("wrong-arguments", "lag(x, n) looks back; n is 0 or more.", node)
        return Look(name, row, n, between)


_READERS: dict[type[ast.expr], Callable[[_Parser, Any, int], Node]] = {
    ast.Constant: _Parser.constant,
    ast.Name: _Parser.name,
    ast.Attribute: _Parser.name,
    ast.BinOp: _Parser.binary,
    ast.UnaryOp: _Parser.unary,
    ast.BoolOp: _Parser.joined,
    ast.Compare: _Parser.compare,
    ast.IfExp: _Parser.choice,
    ast.Call: _Parser.call,
}
