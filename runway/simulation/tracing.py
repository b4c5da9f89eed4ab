"""The operations of reading days, written down instead of done on arrays, so that they can be printed as C.

The same code runs on symbols: each operation on a symbol becomes a line on a tape, and numbers become constants by
their turn, so that months with the same operations have one text.
"""

from __future__ import annotations

from math import floor
from typing import Any

Number = float | int


class Tape:
    """Lines of C, each a new name, and the constants that they read."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.constants: list[float] = []
        self._known: dict[str, Symbol] = {}

    def symbol(self, text: str, *, truth: bool = False) -> Symbol:
        """The symbol of an expression; equal ones are one."""
        if text not in self._known:
            name = f"x{len(self.lines)}"
            self.lines.append(f"const {'uint64_t' if truth else 'double'} {name} = {text};")
            self._known[text] = Symbol(self, name)
        return self._known[text]

    def text(self, value: Any) -> str:
        """A symbol's name, or a constant."""
        if isinstance(value, Symbol):
            return value.name
        self.constants.append(float(value))
        return f"c{len(self.constants) - 1}"


class Symbol:
    """A number, or a condition, of one path."""

    ndim = 1
    __hash__ = None  # type: ignore[assignment]  # it is compared as arrays are

    def __init__(self, tape: Tape, name: str) -> None:
        self.tape, self.name = tape, name

    def _arithmetic(self, sign: str, left: Any, right: Any) -> Symbol:
        return self.tape.symbol(f"{self.tape.text(left)} {sign} {self.tape.text(right)}")

    def _comparison(self, sign: str, operand: Any) -> Symbol:
        return self.tape.symbol(f"-(uint64_t)({self.name} {sign} {self.tape.text(operand)})", truth=True)

    def __add__(self, operand: Any) -> Any:
        return self if _is(operand, 0) else self._arithmetic("+", self, operand)

    __radd__ = __add__

    def __sub__(self, operand: Any) -> Any:
        return self if _is(operand, 0) else self._arithmetic("-", self, operand)

    def __rsub__(self, operand: Any) -> Any:
        return self._arithmetic("-", operand, self)

    def __mul__(self, operand: Any) -> Any:
        return self if _is(operand, 1) else self._arithmetic("*", self, operand)

    __rmul__ = __mul__

    def __truediv__(self, operand: Any) -> Any:
        return self if _is(operand, 1) else self._arithmetic("/", self, operand)

    def __rtruediv__(self, operand: Any) -> Any:
        return self._arithmetic("/", operand, self)

    def __neg__(self) -> Any:
        return self.tape.symbol(f"-{self.name}")

    def __lt__(self, operand: Any) -> Any:
        return self._comparison("<", operand)

    def __gt__(self, operand: Any) -> Any:
        return self._comparison(">", operand)

    def __le__(self, operand: Any) -> Any:
        return self._comparison("<=", operand)

    def __ge__(self, operand: Any) -> Any:
        return self._comparison(">=", operand)

    def __ne__(self, operand: Any) -> Any:
        return self._comparison("!=", operand)

    def __eq__(self, operand: Any) -> Any:
        return self._comparison("==", operand)

    def __and__(self, operand: Any) -> Any:
        if isinstance(operand, Symbol):
            return self.tape.symbol(f"{self.name} & {operand.name}", truth=True)
        return self if operand else False

    __rand__ = __and__

    def __or__(self, operand: Any) -> Any:
        if isinstance(operand, Symbol):
            return self.tape.symbol(f"{self.name} | {operand.name}", truth=True)
        return True if operand else self

    __ror__ = __or__

    def __bool__(self) -> bool:
        raise TypeError("it is not known before there are paths")


def _is(value: Any, number: float) -> bool:
    return isinstance(value, Number) and value == number


class Symbols:
    """The functions that the reading of days calls, for symbols and for numbers that are the same on every path."""

    def __init__(self, tape: Tape, *, drawn_days: bool = False) -> None:
        self.tape, self.drawn_days = tape, drawn_days

    def _call(self, name: str, known: Any, left: Any, right: Any) -> Any:
        if not isinstance(left, Symbol) and not isinstance(right, Symbol):
            return known(left, right)
        return self.tape.symbol(f"{name}({self.tape.text(left)}, {self.tape.text(right)})")

    def minimum(self, left: Any, right: Any) -> Any:
        return self._call("least", min, left, right)

    def maximum(self, left: Any, right: Any) -> Any:
        return self._call("most", max, left, right)

    def where(self, condition: Any, then: Any, otherwise: Any) -> Any:
        if not isinstance(condition, Symbol):
            return then if condition else otherwise
        text = self.tape.text
        return self.tape.symbol(f"in_month({condition.name}, {text(then)}, {text(otherwise)})")

    def any(self, condition: Any) -> bool:
        """Whether it may hold."""
        return isinstance(condition, Symbol) or bool(condition)

    def whole(self, x: Any) -> Any:
        """The greatest whole number that is not above another.

        Raises `TypeError` where days differ from path to path and must not.
        """
        if not isinstance(x, Symbol):
            return floor(x)
        if not self.drawn_days:
            raise TypeError("days that differ from path to path")
        return self.tape.symbol(f"floor({x.name})")
