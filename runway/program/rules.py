"""Which line a row of the books belongs to: `[actuals.mapping]` by its name, then the first of `[[actuals.rules]]`."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from runway.errors import InputError, Problem, choice_hint
from runway.language.named_tuple import NamedTuple
from runway.model.addresses import LINE_SECTIONS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from runway.files.books.export import BookRow
    from runway.model.books import ActualsRule, ActualsTable
    from runway.model.model import Model
    from runway.program.exports import AccountRows

CASH = "cash"
IGNORE = "ignore"
MOST_TEXTS = 20_000  # different ones whose rules are kept
WHOLE = (CASH, "cash.interest", "cash.tax")  # rows of no line that have actuals


class Destination(NamedTuple):
    """The destination of a row: a line or one of `WHOLE`, "ignore", or the other file of a transfer."""

    line: str = ""
    transfer: str = ""


class _Rule(NamedTuple):
    place: int
    pattern: re.Pattern[str]
    files: tuple[str, ...]
    over: Decimal | None
    under: Decimal | None
    target: Destination


class Rules:
    """The mapping and the rules of one `[actuals]`.

    Raises `InputError` with every problem: account-to-two-lines, unknown-line, unknown-file, missing-field,
    terms-contradict, wrong-currency.
    """

    def __init__(self, model: Model, table: ActualsTable) -> None:
        self.mapping, problems = read_mapping(model, table)
        self._rules = [_rule(model, table, n, rule, problems) for n, rule in enumerate(table.rules)]
        if problems:
            raise InputError(*problems)
        self.used_rules: set[int] = set()
        self._fitting: dict[tuple[str, str, str], Sequence[_Rule]] = {}

    def target(self, source: AccountRows, row: BookRow) -> Destination | None:
        """The destination of a row; None where neither the mapping nor a rule names one."""
        key = (source.name, row.account, "" if source.trait.by_account else row.text)
        fitting = self._fitting.get(key)
        if fitting is None:
            if len(self._fitting) >= MOST_TEXTS:
                self._fitting.clear()
            fitting = self._fitting[key] = self._fitting_rules(source, row)
        amount = abs(row.amount)
        for rule in fitting:
            if (rule.over is None or amount > rule.over) and (rule.under is None or amount < rule.under):
                if rule.place >= 0:
                    self.used_rules.add(rule.place)
                return rule.target
        return None

    @property
    def by_amount(self) -> bool:
        """Whether the destination of a row may depend on its amount."""
        return any(rule.over is not None or rule.under is not None for rule in self._rules)

    def lines(self) -> list[str]:
        """The lines, and those of `WHOLE`, that the mapping and the rules send rows to."""
        named = (*self.mapping.values(), *(rule.target.line for rule in self._rules))
        return [line for line in dict.fromkeys(named) if line not in ("", CASH, IGNORE)]

    def _fitting_rules(self, source: AccountRows, row: BookRow) -> Sequence[_Rule]:
        """The rules that a row's words fit, whatever its amount."""
        by_account = source.trait.by_account
        if self.mapping:
            names = (row.account,) if by_account else (row.text, row.text.partition(" | ")[0], row.account)
            if (line := next(filter(None, (target_of(name, self.mapping) for name in names)), None)) is not None:
                return [_Rule(-1, re.compile(""), (), None, None, Destination(line))]
        words = [word for word in ((row.account,) if by_account else (row.text, row.account)) if word] or [""]
        fitting = list[_Rule]()
        for rule in self._rules:
            if (not rule.files or source.name in rule.files) and any(map(rule.pattern.search, words)):
                fitting.append(rule)
                if rule.over is rule.under is None:
                    break  # whatever the amount, none after it is the first
        return fitting


def read_mapping(model: Model, table: ActualsTable) -> tuple[dict[str, str], list[Problem]]:
    """The line of each account of the mapping, and the problems of the mapping."""
    known, problems = known_lines(model), list[Problem]()
    mapping: dict[str, str] = {}
    spelt: dict[str, str] = {}
    for account, line in table.mapping.items():
        path = ("actuals", "mapping", account)
        name = ":".join(part.strip() for part in account.split(":"))
        if isinstance(line, (list, tuple, dict)) or spelt.get(name.casefold(), account) != account:
            text = f"{account} is sent to several lines. An account belongs to one line; split it in the books."
            problems.append(model.document.problem(path, "account-to-two-lines", text))
        elif not isinstance(line, str) or line not in known:
            problems.append(_unknown_line(model, path, line, known, "map the account"))
        else:
            mapping[name] = line
        spelt.setdefault(name.casefold(), account)
    return mapping, problems


def known_lines(model: Model) -> list[str]:
    """The lines, and names that are none, that rows can be sent to."""
    lines = [item.name for item in model.items if item.section in LINE_SECTIONS and item.section != "drivers"]
    return [*lines, *WHOLE, IGNORE]


def target_of(account: str, targets: Mapping[str, str]) -> str | None:
    """The line of an account: that of its own name, else of the nearest account that it is a part of."""
    if not targets:
        return None
    parts = account.split(":")
    for n in range(len(parts), 0, -1):
        if (line := targets.get(":".join(parts[:n]))) is not None:
            return line
    return None


def _unknown_line(model: Model, path: tuple[str | int, ...], line: object, known: Sequence[str], way: str) -> Problem:
    name = str(line).partition(".")[0]  # of a round, whose closing may be said
    funding = next((item for item in model.section("funding") if item.name == name), None)
    hint = choice_hint(str(line), known)
    if name == "transfer" and path[1] == "rules":
        hint = ' What moves between our own accounts has transfer = "ACCOUNT", the other one, in place of line.'
    elif funding is not None and funding.part.revolving:
        hint = f' What is owed on it is a figure, "month,{name}.balance,value"; {way} to "ignore".'
    elif funding is not None:
        hint = f' Funding that has come is said by the date of its closing; {way} to "ignore".'
    return model.document.problem(path, "unknown-line", f"{line} is no line of the model.{hint}")


def _rule(model: Model, table: ActualsTable, n: int, rule: ActualsRule, problems: list[Problem]) -> _Rule:
    """A rule with its pattern compiled; its mistakes are added to `problems`."""
    path = ("actuals", "rules", n)
    files = (rule.in_,) if isinstance(rule.in_, str) else rule.in_ or ()
    for key, names in (("in", files), ("transfer", (rule.transfer,) if rule.transfer else ())):
        for name in names:
            if name not in table.files:
                hint = choice_hint(name, table.files)
                says = f"There is no [actuals.files.{name}].{hint}"
                problems.append(model.document.problem((*path, key), "unknown-file", says))
    if rule.line is not None and rule.line not in (known := known_lines(model)):
        problems.append(_unknown_line(model, (*path, "line"), rule.line, known, "give these rows"))
    if rule.line is None and rule.transfer is None:
        says = 'A rule says the line of the rows that it matches, line = "…" or "ignore", or transfer = "…".'
        problems.append(model.document.problem(path, "missing-field", says, at="key"))
    elif rule.line is not None and rule.transfer is not None:
        says = "A transfer between two of our accounts belongs to no line. Take line or transfer out."
        problems.append(model.document.problem((*path, "transfer"), "terms-contradict", says, at="key"))
    over, under = (None if figure is None else Decimal(str(figure.number)) for figure in (rule.over, rule.under))
    if over is not None and under is not None and under <= over:
        says = f"No amount is over {over:,} and under {under:,}."
        problems.append(model.document.problem((*path, "under"), "terms-contradict", says))
    pattern = re.compile(rule.match, re.IGNORECASE)
    return _Rule(n, pattern, files, over, under, Destination(rule.line or "", rule.transfer or ""))
