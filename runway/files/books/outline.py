"""The rows of a report, each as the name of a section, an account in one, a total of one, or a result."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from runway.files.books.wording import total_of
from runway.language.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

_COST = re.compile(
    r"expen[sc]e|\bcosts?\b|cogs|overheads?|depreciation|\btax(?:es|ation)?\b|kosten|aufwand|aufwendungen|udgifter|"
    r"omkostninger|charges|gastos",
    re.IGNORECASE,
)
_BOTH = re.compile(r"income\s*(?:/|and|&)\s*(?:other\s+)?expen", re.IGNORECASE)
_INCOME = re.compile(
    r"income|revenues?|\bsales\b|turnover|erlös|ertr[aä]g|umsatz|omsætning|indtægter|produits|ingresos|gains?\b",
    re.IGNORECASE,
)
_OWED = re.compile(
    r"liabilit|equity|capital\b|passiva|verbindlichkeiten|eigenkapital|gæld|egenkapital|passif", re.IGNORECASE
)
_OWNED = re.compile(r"\bassets?\b|aktiva|aktiver|actif|activo", re.IGNORECASE)
_RESULT = re.compile(
    r"(?:gross (?:profit|margin|income|loss|surplus)|net\b|operating (?:profit|income|loss|surplus)|profit\b|loss\b|"
    r"ebitd?a?\b|surplus\b|earnings\b|income (?:from|before)|bruttogewinn|rohertrag|jahres(?:überschuss|ergebnis)|"
    r"ergebnis\b|resultat\b)",
    re.IGNORECASE,
)
_WHOLE = re.compile(
    r"net (?:income|profit|loss|earnings|surplus)(?: ?\(loss\))?\Z|(?:profit|loss) for the (?:year|period)\Z",
    re.IGNORECASE,
)


class OutlineRow(NamedTuple):
    """One row of a report.

    `factor` turns the amount of an account into debits positive; 0 for a row that is none. `sums` are the runs of rows
    that a total may be of: from, to before, and whether incomes count positive and costs negative in it.
    """

    name: str
    path: tuple[str, ...] = ()  # the sections that an account stands in, from the outermost
    factor: int = 0
    sums: tuple[tuple[int, int, bool], ...] = ()


class _OpenSection(NamedTuple):
    title: str
    name: str  # bare
    start: int


class Outline:
    """The rows of a report, and the sections that are open above the next one."""

    def __init__(self, form: str, rows: Sequence[tuple[str, bool]]) -> None:
        """`rows` are names, and whether they have amounts."""
        self._balances = form == "balances"
        self._totals = {name for text, _ in rows if (name := total_of(_bare(text)))}
        self._open: list[_OpenSection] = []
        self._starts = [0]  # where sections begin that no other holds
        self.rows: list[OutlineRow] = []
        self._titles = {_bare(name): name for name, _ in rows}
        for n, (name, has_amounts) in enumerate(rows):
            self.rows.append(self._row(n, name, has_amounts))

    def _row(self, n: int, name: str, has_amounts: bool) -> OutlineRow:
        bare = _bare(name)
        total = total_of(bare)
        if not has_amounts:
            if bare and total is None and (bare in self._totals or self._sign(bare) is not None):
                self._begin(n, bare)
            return OutlineRow(name)
        if total is not None:
            return OutlineRow(name, sums=self._total(n, total))
        factor = self._factor()
        if _RESULT.match(bare) and not (factor and any(section.name in self._totals for section in self._open)):
            gross = bare.startswith("gross")  # the sections that it is part of go on
            self._open = [s for s in self._open if s.name in self._totals or (gross and not self._sign(s.name))]
            starts = [0] if _WHOLE.match(bare) else [0, *reversed(self._starts)]
            return OutlineRow(name, sums=tuple((start, n, True) for start in dict.fromkeys(starts)))
        path = tuple(section.title for section in self._open)
        if bare in self._totals:  # accounts below it have a total with it
            self._open.append(_OpenSection(name, bare, n))
        return OutlineRow(name, path, factor)

    def _begin(self, n: int, bare: str) -> None:
        """Opens a section; one before it that no total closes ends where a section of its own kind begins."""
        if self._sign(bare):
            while self._open and self._open[-1].name not in self._totals and self._sign(self._open[-1].name):
                self._open.pop()
        if not self._factor():
            self._starts.append(n)
        self._open.append(_OpenSection(self._titles.get(bare, bare), bare, n))

    def _total(self, n: int, name: str) -> tuple[tuple[int, int, bool], ...]:
        """The rows that a total may sum: those of its section, or, if it names none, those since any section began."""
        depth = next((i for i in range(len(self._open) - 1, -1, -1) if self._open[i].name == name), None)
        if depth is None:
            starts = dict.fromkeys([*reversed(self._starts), 0])
            return tuple((start, n, signed) for start in starts for signed in (False, True))
        start = self._open[depth].start
        del self._open[depth:]
        return ((start, n, False),)

    def _factor(self) -> int:
        """The sign that turns an account's amount into debits positive, by the outermost section that tells; else 0."""
        return next((sign for section in self._open if (sign := self._sign(section.name))), 0)

    def _sign(self, name: str) -> int | None:
        """1 for a section of costs or assets, -1 for one of income, debts or equity, 0 for one of both; else None."""
        if self._balances:
            return -1 if _OWED.search(name) else 1 if _OWNED.search(name) else None
        if _BOTH.search(name):
            return 0
        return 1 if _COST.search(name) else -1 if _INCOME.search(name) else None


def _bare(name: str) -> str:
    """The name of a row without its word for a sign: "less cost of sales"."""
    return re.sub(r"^(?:less|plus|add)\b:?\s*", "", " ".join(name.casefold().split()))
