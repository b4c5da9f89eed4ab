"""Prints the formula language as Excel formulas: one table of operators and calls, one formula a row for all months.

A formula refers to the column of its own month (`HERE`), to the one before (`BEFORE`) and to the fixed columns of the
opening and of the first month, so that it is the same in every month: `in_column` puts the letters in.  Where the
language and Excel differ (0 ** 0, `and` that stops early, halves) the printed formula gives the language's value.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

from runway.language.named_tuple import NamedTuple
from runway.language.python import can_fail
from runway.language.tree import (
    UNDEFINED,
    ZERO,
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
    in_force,
    rebuilt,
    walk,
)
from runway.months import NEVER

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

HERE, BEFORE = "\x01", "\x02"
OPENING, FIRST = "$C", "$D"
LONGEST = 8192  # characters of a formula that Excel holds
DEEPEST = 64  # calls within calls
MOST_STEPS = 254  # values of CHOOSE
_CALL = re.compile(r"[A-Z]\(|[()]")

COMPARE, SUM, PRODUCT, POWER, ATOM = range(5)  # how tightly an operator binds; a lower one needs brackets
COMPARES = {"==": "=", "!=": "<>"}
_AFTER = "(EDATE({start},INT({0}))+INT(MIN(({0}-INT({0}))*32,DAY(EOMONTH({start},INT({0})))-1)+{1}+0.000000001))"
CALLS = {
    "min": "MIN({all})",
    "max": "MAX({all})",
    "abs": "ABS({0})",
    "round": "ROUND({0},{1})",
    "floor": "INT({0})",
    "ceil": "(-INT(-({0})))",
    "exp": "EXP({0})",
    "log": "LN({0})",
    "mod": "MOD({all})",
    "pmt": "PMT({all})",
    "undefined": '"–"',
    "days_in": "IF(ABS({0})<{far},DAY(EOMONTH({start},INT({0}))),31)",
    "date_after": "IF(ABS({0})<{far},"
    f"(YEAR({_AFTER})-YEAR({{start}}))*12+MONTH({_AFTER})-MONTH({{start}})+(DAY({_AFTER})-1)/32,{{0}})",
    "day_number": "IF(ABS({0})<{far},EDATE({start},INT({0}))-{start}+({0}-INT({0}))*32,({0})*31)",
}
"""Excel's form of each call of the language; `{all}` are its arguments, `{0}` the first."""
HISTORIES = {
    "lag": f"INDEX({OPENING}{{row}}:{BEFORE}{{row}},1,MAX(1,{{t}}-{{n}}+2))",
    "part_lag": f"INDEX({OPENING}{{row}}:{HERE}{{row}},1,MAX(1,{{t}}-{{n}}+2))",
    "cumulative": f"{{add}}{FIRST}{{row}}:{HERE}{{row}})",
    "sum_last": f"{{add}}INDEX({FIRST}{{row}}:{HERE}{{row}},1,MAX(1,{{t}}-{{n}}+2)):{HERE}{{row}})",
    "last_days": f"SUMPRODUCT({FIRST}{{row}}:{HERE}{{row}}*(({{z}}>0)*({{z}}<1)*{{z}}+({{z}}>=1)))",
}
"""Looks back at a row; the ranges end in the month before or in this one, so no formula reads a later month."""


class UnprintableError(Exception):
    """The name of a construct that Excel cannot hold."""


class _CellText(NamedTuple):
    text: str
    binds: int = ATOM

    def within(self, least: int) -> str:
        """The text as an operand, in brackets where it binds less tightly than `least`."""
        return self.text if self.binds >= least else f"({self.text})"


class Excel:
    """Prints looked-up nodes.

    `rows` has the sheet's row of each row of the program and of the clock, `schedules` that of each schedule, which
    is a row of its own, `parameters` the name of each figure, `posted` the rows that are money, and `fixed` the figures
    that are no inputs of the sheet, such as the actuals of a closed month.
    """

    start, minor_units = "model.start", "minor_units"  # names of the first month and of minor units in a unit

    def __init__(
        self,
        rows: Mapping[str, int],
        schedules: Mapping[Step, int],
        parameters: Mapping[str, str],
        posted: frozenset[str] = frozenset(),
        fixed: Mapping[str, float] = MappingProxyType({}),
        absent: frozenset[str] = frozenset(),
    ) -> None:
        self.rows, self.schedules, self.parameters, self.posted = rows, schedules, parameters, posted
        self.fixed, self.absent = fixed, absent

    def formula(self, node: Node, digits: int | None = None) -> str:
        """The formula of a row, posted to `digits` if they are given.

        Another posted row is taken as it is; sums and choices of posted rows are ROUND(…, digits).  Products are
        rounded in minor units, as the engine does it, since LibreOffice's ROUND to places rounds to 15 digits first,
        which carries 1310431304.7949972 up to .80.
        """
        printed = self._print(node)
        if digits is None and self._reads_absent(node) and not _is_guarded(node):
            return checked(f"=IFERROR({printed.text},{CALLS[UNDEFINED]})")
        if digits is None or node == ZERO or self._is_posted(node.x if isinstance(node, Negative) else node):
            return checked(f"={printed.text}")
        if self._is_exact(node):
            return checked(f"=ROUND({printed.text},{digits})")
        units = f"/{10**digits}" if digits else ""
        return checked(f"=ROUND({printed.within(PRODUCT)}*{self.minor_units},0){units}")

    def _reads_absent(self, node: Node) -> bool:
        return any(isinstance(part, RowRef) and part.address in self.absent for part in walk(node))

    def _cell(self, column: str, address: str) -> _CellText:
        """A row's cell; + 0 makes an error of the text that stands for no value, so that no comparison of it holds."""
        cell = f"{column}{self.rows[address]}"
        return _CellText(f"({cell}+0)" if address in self.absent else cell)

    def _is_posted(self, node: Node) -> bool:
        return isinstance(node, RowRef) and node.address in self.posted

    def _is_exact(self, node: Node) -> bool:
        """Whether a node holds only sums and choices of posted rows and whole numbers."""
        match node:
            case Number():
                return node.value == int(node.value)
            case RowRef():
                return self._is_posted(node)
            case History(function="prev"):
                return self._is_posted(node.row)
            case Negative():
                return self._is_exact(node.x)
            case Sum():
                return all(map(self._is_exact, node.terms))
            case Binary(operator="-"):
                return self._is_exact(node.left) and self._is_exact(node.right)
            case Choose():
                return self._is_exact(node.then) and self._is_exact(node.otherwise)
            case Call(function="min" | "max"):
                return all(map(self._is_exact, node.arguments))
        return False

    def opening(self, node: Node, digits: int | None = None) -> str:
        """The formula of a row's opening."""
        return self.formula(at_opening(node), digits)

    def schedule(self, node: Step) -> str:
        """The formula of a schedule's own row: the value in force."""
        if len(node.values) > MOST_STEPS:
            raise UnprintableError(f"a schedule of {len(node.values)} steps (Excel's CHOOSE takes {MOST_STEPS})")
        values = [self._print(value).text for value in node.values]
        months = [min(0, node.months[0]), *node.months[1:]]
        if len(values) == 1:
            return checked(f"={values[0]}")
        if len(values) == 2:
            return checked(f"=IF({self._clock('t')}<{months[1]},{values[0]},{values[1]})")
        places = ",".join(map(str, months))
        return checked(f"=CHOOSE(MATCH({self._clock('t')},{{{places}}},1),{','.join(values)})")

    def _clock(self, name: str) -> str:
        return f"{HERE}${self.rows[name]}"

    def _clock_range(self, name: str) -> str:
        """The range of a clock's row from the first month to this one."""
        return f"{FIRST}${self.rows[name]}:{HERE}${self.rows[name]}"

    def _print(self, node: Node) -> _CellText:
        printed = self._printed(node)
        if len(printed.text) > LONGEST:
            raise UnprintableError(f"a formula of more than {LONGEST:,} characters")
        return printed

    def _printed(self, node: Node) -> _CellText:
        match node:
            case Number():
                return _number(node.value)
            case Parameter(address=address):
                return _number(self.fixed[address]) if address in self.fixed else _CellText(self.parameters[address])
            case Clock():
                return _CellText(self._clock(node.name))
            case RowRef():
                return self._cell(HERE, node.address)
            case Step():
                return _CellText(f"{HERE}{self.schedules[node]}")
            case Negative():
                return _CellText(f"-{self._print(node.x).within(ATOM)}", PRODUCT)
            case Sum():
                return self._sum(node)
            case Product(factors=(leading, *factors)):
                texts = [self._print(leading).within(PRODUCT), *(self._print(n).within(PRODUCT + 1) for n in factors)]
                return _CellText("*".join(texts), PRODUCT)
            case Binary(operator="-", left=left, right=Number(value=0)):
                return self._print(left)
            case Binary(operator="**"):
                return self._power(node)
            case Binary():
                binds = SUM if node.operator == "-" else PRODUCT
                first, second = self._print(node.left).within(binds), self._print(node.right).within(binds + 1)
                return _CellText(f"{first}{node.operator}{second}", binds)
            case Compare():
                first, second = self._print(node.left).within(SUM), self._print(node.right).within(SUM)
                text = f"{first}{COMPARES.get(node.operator, node.operator)}{second}"
                return _CellText(f"IFERROR({text},FALSE)") if self._reads_absent(node) else _CellText(text, COMPARE)
            case Happened():
                return _CellText(f"{self._print(node.date).within(SUM)}<{self._clock('t')}+1", COMPARE)
            case Choose():
                parts = (node.condition, node.then, node.otherwise)
                return _CellText(f"IF({','.join(self._print(part).text for part in parts)})")
            case AsNumber():
                return _CellText(f"IF({self._print(node.condition).text},1,0)")
            case Not():
                return _CellText(f"NOT({self._print(node.condition).text})")
            case Every() | Some():
                return self._joined(node)
            case Call():
                return self._call(node)
            case History():
                return self._history(node)
        raise UnprintableError(type(node).__name__)

    def _sum(self, node: Sum) -> _CellText:
        text = ""
        for term in self._ranged(node.terms):
            if isinstance(term, str):
                text += f"+{term}" if text else term
            elif isinstance(term, Negative):
                text += f"-{self._print(term.x).within(PRODUCT if text else ATOM)}"
            else:
                text += f"+{self._print(term).within(PRODUCT)}" if text else self._print(term).within(SUM)
        return _CellText(text, SUM)

    def _ranged(self, terms: tuple[Node, ...]) -> Iterator[Node | str]:
        """The terms of a sum; three rows or more that stand below one another are one SUM of a range."""
        run: list[Node] = []
        for term in (*terms, None):
            row = self.rows[term.address] if isinstance(term, RowRef) and term.address not in self.absent else -1
            above = run[-1] if run else None
            if term is not None and isinstance(above, RowRef) and row == self.rows[above.address] + 1:
                run.append(term)
                continue
            if len(run) > 2:
                first, last = (self._print(end).text for end in (run[0], run[-1]))
                yield f"SUM({first}:{last})"
            else:
                yield from run
            run = [] if term is None else [term]

    def _power(self, node: Binary) -> _CellText:
        """A power; Excel has no value for 0 ** 0, which is 1, so an exponent that may be 0 is compared first."""
        exponent = self._print(node.right)
        power = f"{self._print(node.left).within(ATOM)}^{exponent.within(ATOM)}"
        if _never_zero(node.right):
            return _CellText(power, POWER)
        return _CellText(f"IF({exponent.within(SUM)}=0,1,{power})")

    def _joined(self, node: Every | Some) -> _CellText:
        """Excel's AND and OR compute all their terms; where a later term may have no value, an IF guards it."""
        every = isinstance(node, Every)
        if not any(can_fail(term) for term in node.terms[1:]):
            return _CellText(f"{'AND' if every else 'OR'}({','.join(self._print(term).text for term in node.terms)})")
        *terms, last = node.terms
        text = self._print(last).text
        for term in reversed(terms):
            condition = self._print(term).text
            text = f"IF({condition},{text},FALSE)" if every else f"IF({condition},TRUE,{text})"
        return _CellText(text)

    def _call(self, node: Call) -> _CellText:
        if node.function not in CALLS:
            raise UnprintableError(f"{node.function}(…)")
        texts = [self._print(argument).text for argument in node.arguments]
        if node.function == "max" and texts == ["0", self._clock("t")]:  # months since the first are never below 0
            return _CellText(texts[1])
        if node.function == "round" and len(texts) == 1:
            texts.append("0")
        far = f"{NEVER / 100:g}"
        return _CellText(CALLS[node.function].format(*texts, all=",".join(texts), far=far, start=self.start))

    def _history(self, node: History) -> _CellText:
        row, t = self.rows[node.row.address], self._clock("t")
        now, before = self._cell(HERE, node.row.address), self._cell(BEFORE, node.row.address)
        absent = node.row.address in self.absent
        add = "SUMPRODUCT(0+" if absent else "SUM("
        match node.function, node.n:
            case "prev", _:
                return before
            case "lag", Number(value=n) if n == int(n):
                if n <= 1:
                    return before if n == 1 else now
                text = HISTORIES["lag"].format(row=row, t=t, n=int(n))
                return _CellText(f"({text}+0)" if absent else text)
            case "lag", Node() as back:
                n_text = self._print(back).text
                whole, part = f"INT(MAX(0,{n_text}))", f"(MAX(0,{n_text})-INT(MAX(0,{n_text})))"
                near = HISTORIES["part_lag"].format(row=row, t=t, n=whole)
                far = HISTORIES["part_lag"].format(row=row, t=t, n=f"{whole}-1")
                return _CellText(f"{near}*(1-{part})+{far}*{part}", SUM)
            case "cumulative", _:
                return _CellText(HISTORIES["cumulative"].format(row=row, add=add))
            case "sum_last", Number(value=n):
                return now if n == 1 else _CellText(HISTORIES["sum_last"].format(row=row, t=t, n=int(n), add=add))
            case ("last_days" | "last_months") as function, Node() as back:
                elapsed, days = self.rows["elapsed_days" if function == "last_days" else "t"], self._clock_range("days")
                left = f"({self._print(back).within(SUM)}-({HERE}${elapsed}-{FIRST}${elapsed}:{HERE}${elapsed}))"
                z = left if function == "last_months" else f"({left}/{days})"
                if node.between:
                    first, last = (f"{FIRST}{n}:{HERE}{n}" for n in (self.rows[row.address] for row in node.between))
                    left = f"{left}*{days}" if function == "last_months" else left
                    z = f"(({last}-{days}+{left})/({last}-{first}+1))"
                return _CellText(HISTORIES["last_days"].format(row=row, z=z))
        raise UnprintableError(f"{node.function}(…)")


def _is_guarded(node: Node) -> bool:
    """Whether a formula gives its value only where all rows that it reads have one."""
    return isinstance(node, Choose) and isinstance(node.otherwise, Call) and node.otherwise.function == UNDEFINED


def at_opening(node: Node) -> Node:
    """A row's opening as it is before the first month: the clock reads 0 there, and schedules their first value."""
    match node:
        case Clock():
            return Number(0.0)
        case Step():
            return at_opening(in_force(node, 0))
        case Happened():
            return Compare("<", at_opening(node.date), Number(1.0))
    return rebuilt(node, at_opening)


def in_column(formula: str, column: str, previous: str) -> str:
    """A printed formula in the column of one month.

    >>> in_column("=\\x02" "7*2", "E", "D")
    '=D7*2'
    """
    return formula.replace(HERE, column).replace(BEFORE, previous)


def _number(value: float) -> _CellText:
    whole = value == int(value) and abs(value) < 1e15
    text = str(int(value)) if whole else repr(value).upper()
    return _CellText(text, ATOM if value >= 0 else PRODUCT)


def _never_zero(node: Node) -> bool:
    """Whether an exponent cannot be 0: numbers, the days of a month, and products of these."""
    if isinstance(node, Number):
        return node.value != 0
    if isinstance(node, Product):
        return all(map(_never_zero, node.factors))
    if isinstance(node, Binary) and node.operator != "-":
        return _never_zero(node.left) and _never_zero(node.right)
    return isinstance(node, Clock) and node.name in ("days", "month", "year")


def checked(formula: str) -> str:
    """The formula, if Excel can hold it."""
    if len(formula) > LONGEST:
        raise UnprintableError(f"a formula of more than {LONGEST:,} characters")
    depth, calls = 0, list[bool]()
    for token in _CALL.findall(formula):
        if token == ")":
            depth -= calls.pop()
        else:
            calls.append(len(token) == 2)
            depth += calls[-1]
            if depth > DEEPEST:
                raise UnprintableError(f"calls nested more than {DEEPEST} deep")
    return formula
