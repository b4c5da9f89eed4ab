"""Printers of the formula language: one table of operators and calls per target, never a second model.

`Python` prints a node for floats; with `vector` it prints nodes that vary by path for numpy arrays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.language.tree import (
    AsNumber,
    Binary,
    Call,
    Choose,
    Clock,
    Compare,
    DateText,
    Every,
    Happened,
    History,
    Name,
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
    children,
    is_there,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

SCALAR = {
    "min": "min({})",
    "max": "max({})",
    "abs": "abs({})",
    "**": "power({})",
    "exp": "exp({})",
    "log": "log({})",
    "floor": "floor({})",
    "ceil": "ceil({})",
    "mod": "mod({})",
    "round": "round_half({})",
    "pmt": "pmt({})",
    "days_in": "days_in({})",
    "day_number": "day_number({})",
    "date_after": "date_after({})",
    "undefined": "UNDEFINED",
    "choose": "{1} if {0} else {2}",
    "and": " and ",
    "or": " or ",
    "not": "not {}",
    "number": "1.0 if {} else 0.0",
}
VECTOR = SCALAR | {
    "min": "minimum({})",
    "max": "maximum({})",
    "**": "powers({})",
    "choose": "choose({0}, lambda: {1}, lambda: {2})",
    "and": "every",
    "or": "some",
    "not": "({}) == False",
    "number": "1.0 * ({})",
}

LOWEST, OR, AND, NOT, COMPARISON, SUM, PRODUCT, SIGN, POWER, ATOM = range(10)
"""How tightly the outermost operator of a text binds, from a choice to a name or call."""


ALL, SAFE, NONE = "all", "what cannot fail", "none"
_MONTHLY = (Clock, History, Step, Happened)
_FAILING = ("exp", "log", "mod", "pmt")


def can_fail(node: Node) -> bool:
    """Whether a node may have no value, so that it must stay behind the condition that guards it."""
    if isinstance(node, Binary) and (node.operator == "**" or (node.operator == "/" and not _nonzero(node.right))):
        return True
    return (isinstance(node, Call) and node.function in _FAILING) or any(map(can_fail, children(node)))


def _nonzero(node: Node) -> bool:
    return isinstance(node, Number) and node.value != 0


class Python:
    """Prints nodes as Python; constant parts are named once, in `preamble`.

    `rows` and `parameters` have the place of each; `openings` the Python name of a row's opening; `varying` are the
    rows and parameters that vary by path.
    """

    def __init__(
        self,
        rows: Mapping[str, int],
        parameters: Mapping[str, int],
        openings: Callable[[str], str],
        varying: frozenset[str] = frozenset(),
    ) -> None:
        self.rows, self.parameters, self.openings, self.varying = rows, parameters, openings, varying
        self.preamble: list[tuple[str, list[str]]] = []  # a line, and the rows that need it
        self.row = ""  # the row being printed
        self.read: set[str] = set()  # the parameters in the printed text
        self.used: set[int] = set()  # the places of the rows whose value of the month is in it
        self.before: set[int] = set()  # the places of the rows whose value of the month before is in it
        self.constant_rows: dict[int, str] = {}  # by place the value's name of a row that is the same in every month
        self._names: dict[str, tuple[str, list[str]]] = {}  # by its text a constant's name, and the rows that need it
        self._constant: dict[int, bool] = {}  # by the node, which the program keeps
        self._varies: dict[int, bool] = {}

    def varies(self, node: Node) -> bool:
        """Whether a node varies by path."""
        if isinstance(node, (RowRef, Parameter)):
            return node.address in self.varying
        varies = self._varies.get(id(node))
        if varies is None:
            varies = self._varies[id(node)] = any(map(self.varies, children(node)))
        return varies

    def constant(self, node: Node) -> bool:
        """Whether a node is the same in every month."""
        kind = type(node)
        if kind is Parameter or kind is Number:
            return True
        if isinstance(node, RowRef):
            return self.rows[node.address] in self.constant_rows
        if kind in _MONTHLY:
            return False
        constant = self._constant.get(id(node))
        if constant is None:
            constant = self._constant[id(node)] = all(map(self.constant, children(node)))
        return constant

    def text(self, node: Node, hoist: str = ALL, around: int = LOWEST) -> str:
        """The node as a Python expression; `hoist` says which constant parts are named before the loop.

        It is in brackets where the operator `around` it binds more tightly.
        """
        plain = isinstance(node, (Number, Parameter)) or node.is_condition
        if hoist != NONE and not plain and self.constant(node) and (hoist == ALL or not can_fail(node)):
            return self.named(self._text(node, NONE)[0])
        text, level = self._text(node, hoist)
        return f"({text})" if level < around else text

    def _text(self, node: Node, hoist: str) -> tuple[str, int]:
        """The text of a node, and how tightly its outermost operator binds."""
        match node:  # most nodes have none below them
            case RowRef():
                return self._month_value(node), ATOM
            case Parameter():
                self.read.add(node.address)
                return f"p{self.parameters[node.address]}", ATOM
            case Number():
                return repr(node.value), ATOM if node.value >= 0 else SIGN
            case Clock():
                return node.name, ATOM
        vector = bool(self.varying) and self.varies(node)
        table = VECTOR if vector else SCALAR

        def inner(child: Node, around: int = LOWEST) -> str:
            return self.text(child, hoist, around)

        def guarded(child: Node, around: int = LOWEST) -> str:
            return self.text(child, SAFE if hoist == ALL else hoist, around)

        def joined(nodes: Iterable[Node]) -> str:
            return ", ".join(map(inner, nodes))

        match node:
            case Negative():
                return f"-{inner(node.x, SIGN)}", SIGN
            case Sum(terms=(first, *terms)):
                return " + ".join([inner(first, SUM), *(inner(term, PRODUCT) for term in terms)]), SUM
            case Product(factors=(first, *factors)):
                return " * ".join([inner(first, PRODUCT), *(inner(factor, SIGN) for factor in factors)]), PRODUCT
            case Binary(operator="**"):
                return table["**"].format(joined((node.left, node.right))), ATOM
            case Binary(operator="-"):
                return f"{inner(node.left, SUM)} - {inner(node.right, PRODUCT)}", SUM
            case Binary():
                return f"{inner(node.left, PRODUCT)} {node.operator} {inner(node.right, SIGN)}", PRODUCT
            case Compare():
                return f"{inner(node.left, SUM)} {node.operator} {inner(node.right, SUM)}", COMPARISON
            case Happened():
                return f"{inner(node.date, SUM)} < t + 1", COMPARISON
            case Call():
                if len(node.arguments) == 1 and node.function in ("min", "max"):
                    return self._text(node.arguments[0], hoist)
                if vector and node.function in ("min", "max"):
                    text = inner(node.arguments[0])
                    for argument in node.arguments[1:]:
                        text = table[node.function].format(f"{text}, {inner(argument)}")
                    return text, ATOM
                return table[node.function].format(joined(node.arguments)), ATOM
            case Choose():
                condition, then = inner(node.condition, OR), guarded(node.then, OR)
                text = table["choose"].format(condition, then, guarded(node.otherwise))
                return text, ATOM if vector else LOWEST
            case Every(terms=(first, *terms)) | Some(terms=(first, *terms)):
                is_every = isinstance(node, Every)
                word, level = (table["and"], AND) if is_every else (table["or"], OR)
                if vector:
                    return f"{word}({', '.join(f'lambda: {guarded(term)}' for term in node.terms)})", ATOM
                return word.join([inner(first, level), *(guarded(term, level) for term in terms)]), level
            case Not():
                text = table["not"].format(inner(node.condition, LOWEST if vector else NOT))
                return text, COMPARISON if vector else NOT
            case AsNumber():
                text = table["number"].format(inner(node.condition, LOWEST if vector else OR))
                return text, PRODUCT if vector else LOWEST
            case Step():
                places = self._hoisted("s", f"step({node.months!r}, months)")
                return f"{self._schedule(node, hoist)}[{places}[t]]", ATOM
            case History():
                return self._history(node, inner)
        raise TypeError(node)

    def _month_value(self, row: RowRef) -> str:
        """The value of a row in the month that is computed."""
        place = self.rows[row.address]
        if place in self.constant_rows:
            return self.constant_rows[place]
        self.used.add(place)
        return f"v{place}"

    def named(self, text: str) -> str:
        """The name of a constant, which is computed before the loop."""
        return text if text.isidentifier() else self._hoisted("k", text)

    def _hoisted(self, letter: str, text: str) -> str:
        """The name of a text's value, which is computed before the loop; the row being printed needs it."""
        if text not in self._names:
            name, rows = self._names[text] = f"{letter}{len(self._names)}", []
            self.preamble.append((f"{name} = {text}", rows))
        name, rows = self._names[text]
        rows.append(self.row)
        return name

    def _schedule(self, node: Step, hoist: str) -> str:
        values = f"({', '.join(self.text(value, hoist) for value in node.values)},)"
        constant = hoist == ALL and all(self.constant(value) for value in node.values)
        return self.named(values) if constant else values

    def _history(self, node: History, inner: Callable[[Node], str]) -> tuple[str, int]:
        n = self.rows[node.row.address]
        opening = self.openings(node.row.address)
        match node.function, node.n:
            case "prev", _:
                self.before.add(n)
                return f"b{n}", ATOM
            case "lag", Number(value=back) if back == int(back):
                if back == 0:
                    return self._month_value(node.row), ATOM
                return f"h{n}[t - {int(back)}] if t >= {int(back)} else {opening}", LOWEST
            case "cumulative", _:
                return f"total(h{n}[:t + 1])", ATOM
            case "sum_last", Number(value=back):
                return f"total(h{n}[max(0, t - {int(back) - 1}):t + 1])", ATOM
            case "lag", Node() as back:
                return f"lag(h{n}, t, {inner(back)}, {opening})", ATOM
            case ("last_days" | "last_months") as function, Node() as back:
                between = "".join(f", h{self.rows[row.address]}" for row in node.between)
                return f"{function}(h{n}, t, {inner(back)}, DAYS{between})", ATOM
        raise TypeError(node)


def formula_text(node: Node, around: int = LOWEST) -> str:
    """A node in the formula language itself, in brackets where the operator `around` it binds more tightly.

    >>> from runway.language.formula import parse
    >>> formula_text(parse("(a + b) * (c - (d - 1)) / 2 ** n"))
    '(a + b) * (c - (d - 1)) / 2 ** n'
    """
    text, level = _formula(node)
    return f"({text})" if level < around else text


def _formula(node: Node) -> tuple[str, int]:
    """The text of a node, and how tightly its outermost operator binds."""

    def joined(nodes: Iterable[Node], by: str, level: int = LOWEST) -> str:
        return by.join(formula_text(n, level) for n in nodes)

    match node:
        case Number():
            return f"{node.value:g}", ATOM if node.value >= 0 else SIGN
        case DateText():
            return f'"{node.text}"', ATOM
        case Name() | Parameter() | RowRef():
            return node.address, ATOM
        case Clock():
            return node.name, ATOM
        case Negative():
            return f"-{formula_text(node.x, POWER)}", SIGN
        case Sum(terms=(only,)) | Product(factors=(only,)):
            return _formula(only)
        case Sum(terms=(first, *terms)):
            return f"{formula_text(first, SUM)} + {joined(terms, ' + ', PRODUCT)}", SUM
        case Product(factors=(first, *factors)):
            return f"{formula_text(first, PRODUCT)} * {joined(factors, ' * ', SIGN)}", PRODUCT
        case Binary(operator="**"):
            return f"{formula_text(node.left, ATOM)} ** {formula_text(node.right, ATOM)}", POWER
        case Binary(operator="-"):
            return f"{formula_text(node.left, SUM)} - {formula_text(node.right, PRODUCT)}", SUM
        case Binary():
            return f"{formula_text(node.left, PRODUCT)} {node.operator} {formula_text(node.right, SIGN)}", PRODUCT
        case Compare():
            return f"{formula_text(node.left, SUM)} {node.operator} {formula_text(node.right, SUM)}", COMPARISON
        case Call():
            return f"{node.function}({joined(node.arguments, ', ')})", ATOM
        case Choose(condition=Every(terms=terms), otherwise=Call(function="undefined")) if all(map(is_there, terms)):
            return _formula(node.then)  # the condition that all rows read have a value is `program.absent`'s
        case Some(terms=(Compare(operator="<") as less, Compare(operator=">") as more)) if (less.left, less.right) == (
            more.left,
            more.right,
        ):
            return f"{formula_text(less.left, SUM)} != {formula_text(less.right, SUM)}", COMPARISON
        case Choose():
            then, otherwise = formula_text(node.then, OR), formula_text(node.otherwise)
            return f"{then} if {formula_text(node.condition, OR)} else {otherwise}", LOWEST
        case Every():
            return joined(node.terms, " and ", NOT), AND
        case Some():
            return joined(node.terms, " or ", AND), OR
        case Not():
            return f"not {formula_text(node.condition, NOT)}", NOT
        case AsNumber():
            return _formula(node.condition)
        case Happened():
            return f"{formula_text(node.date, SUM)} < t + 1", COMPARISON
        case History():
            n = "" if node.n is None else f", {joined((node.n, *node.between), ', ')}"
            return f"{node.function}({node.row.address}{n})", ATOM
        case Step():
            steps = zip(node.months, node.values, strict=True)
            return f"step({', '.join(f'{month}: {formula_text(value)}' for month, value in steps)})", ATOM
    raise TypeError(node)
