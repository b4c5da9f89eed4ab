"""The assumption file that is made of a cap table."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from runway.answers.table_names import table_name
from runway.files.toml import toml_text
from runway.months import absolute_month, month_label
from runway.words import day_text, decimal_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from runway.files.equity.register import RegisterClass, RegisterHolding, RegisterInstrument, ShareRegister
    from runway.program.plan import Plan

MONTHS = 24  # of a model that is made of a cap table alone
COMMON = "common"
DIGITS = 12  # after the point at most


def captable_text(register: ShareRegister, plan: Plan | None, out: str | None) -> str:
    """A file with the cap table of a register, and its SAFEs and notes; every figure names it as its source.

    It extends the plan; without one it is a model of its own that starts in the month after the cap table's day.
    """
    plan_names = set() if plan is None else {item.name for item in plan.model.items}
    sources = set() if plan is None else set(plan.model.sources)
    writing = _CaptableWriting(register, plan_names, table_name("cap_table", sources))
    lines = [f"# The cap table of {register.issuer}{_on_day(register)}, from {register.title} ({register.format})."]
    lines += [f"# {remark}" for remark in register.remarks]
    if plan is not None:
        from runway.answers.books_text import beside

        lines += ["", f"extends = {toml_text(beside(plan.model.document.title, out))}"]
        if register.instruments and any(item.part.conversion() is not None for item in plan.model.section("funding")):
            lines.append("# The plan has SAFEs or notes too: take out what stands twice.")
    else:
        lines += ["", *_model(register)]
    return "\n".join([*lines, "", *writing.lines()])


def _on_day(register: ShareRegister) -> str:
    return "" if register.as_of is None else f" on {day_text(register.as_of)}"


def _model(register: ShareRegister) -> Iterator[str]:
    yield "[model]"
    yield f"name         = {toml_text(register.issuer)}"
    remark = "the month after the cap table" if register.as_of else "the cap table is that of the day before"
    yield f'start        = "{_start(register)}"   # {remark}'
    yield f"months       = {MONTHS}"
    if register.currency:
        yield f'currency     = "{register.currency}"'
    yield "opening_cash = 0   # a cap table does not say it"


def _start(register: ShareRegister) -> str:
    """The month after the cap table's day; where it says none, this month, or the one after its last issue."""
    last = max((day for holding in register.holdings for day in holding.days), default=date.min)
    after = register.as_of or max(last, date.today().replace(day=1) - timedelta(days=1))
    return month_label(absolute_month(after) + 1)


class _CaptableWriting:
    """The tables of one cap table, with a name for every class, holder and instrument."""

    def __init__(self, register: ShareRegister, plan_names: set[str], source: str) -> None:
        self.register, self.source = register, source
        self._classes = _class_names(register.classes)
        names: set[str] = set()
        self._holders = {key: table_name(title, names) for key, title in register.holders.items()}
        self._names = plan_names | set(self._classes.values()) | {COMMON}

    def lines(self) -> Iterator[str]:
        """The tables, a blank line between two."""
        register = self.register
        yield f"[sources.{self.source}]"
        yield f"title     = {toml_text(f'Cap table: {register.title}, {register.format}')}"
        yield f"publisher = {toml_text(register.issuer)}"
        if register.as_of is not None:
            yield f'as_of     = "{register.as_of.isoformat()}"'
        yield from ["", "[captable]", f"pool = {self._figure(register.pool)}"]
        for key, share_class in register.classes.items():
            yield from ["", f"[captable.classes.{self._classes[key]}]", *self._class(share_class)]
        by_holder: dict[str, list[RegisterHolding]] = {}
        for holding in register.holdings:
            by_holder.setdefault(holding.holder, []).append(holding)
        for holder, holdings in by_holder.items():
            yield from ["", f"[captable.holders.{self._holders[holder]}]", *self._holder(holder, holdings)]
        for instrument in register.instruments:
            kind = "note" if instrument.note else "safe"
            name = table_name(f"{register.holders[instrument.holder]} {kind}", self._names)
            yield from ["", f"[funding.{name}]", *self._instrument(instrument, by_holder)]
        yield ""

    def _class(self, share_class: RegisterClass) -> Iterator[str]:
        yield f'kind  = "{share_class.family}"'
        yield f"title = {toml_text(share_class.title)}"
        preferred = share_class.family == "preferred"
        for key in ("price", "conversion_price", "preference", "participation_cap"):
            if (value := getattr(share_class, key)) is not None and (preferred or key != "preference"):
                yield from ['participation = "capped"'] if key == "participation_cap" else []
                yield f"{key} = {self._figure(value)}"
        if preferred and share_class.seniority != 1:
            yield f"seniority = {share_class.seniority}"
        if preferred and share_class.issued is not None:
            yield f'issued = "{share_class.issued.isoformat()}"'
        if share_class.strike is not None:
            yield f"strike = {self._figure(share_class.strike)}"

    def _holder(self, holder: str, holdings: list[RegisterHolding]) -> Iterator[str]:
        yield f"title  = {toml_text(self.register.holders[holder])}"
        shares = ", ".join(
            f"{self._classes[holding.class_key]} = {self._figure(holding.shares)}" for holding in holdings
        )
        yield f"shares = {{ {shares} }}"
        bought = [holding for holding in holdings if self.register.classes[holding.class_key].strike is None]
        paid = [holding.invested for holding in bought if holding.invested is not None]
        if bought and len(paid) == len(bought):
            yield f"invested = {self._figure(sum(paid, Decimal(0)))}"
            days = frozenset(day for holding in bought for day in holding.days)
            if len(days) == 1:
                yield f'invested_on = "{next(iter(days)).isoformat()}"'

    def _instrument(self, instrument: RegisterInstrument, holders: Iterable[str]) -> Iterator[str]:
        investor = (
            self._holders[instrument.holder]
            if instrument.holder in holders
            else self.register.holders[instrument.holder]
        )
        yield f'kind     = "{instrument.table}"'
        yield f"investor = {toml_text(investor)}"
        yield f"amount   = {self._figure(instrument.amount)}"
        yield f'date     = "{instrument.day.isoformat()}"'
        for key, value in instrument.terms.items():
            if isinstance(value, str | bool | int):
                yield f"{key} = {'true' if value is True else value if isinstance(value, int) else toml_text(value)}"
            elif key == "rate":
                yield f"{key} = {self._figure(f'{decimal_text(value * 100, DIGITS)}%/year')}"
            elif key in ("discount", "ownership"):
                yield f"{key} = {self._figure(f'{decimal_text(value * 100, DIGITS)}%')}"
            else:
                yield f"{key} = {self._figure(value)}"

    def _figure(self, value: int | Decimal | str) -> str:
        """A figure and its source."""
        text = (
            f'"{value}"'
            if isinstance(value, str)
            else f"{value:_}"
            if isinstance(value, int)
            else decimal_text(value, DIGITS)
        )
        return f'{{ value = {text}, source = "{self.source}" }}'


def _class_names(classes: Mapping[str, RegisterClass]) -> dict[str, str]:
    """A name for each class; the only one of common shares is `common`."""
    common = [key for key, share_class in classes.items() if share_class.family == "common"]
    names = {common[0]: COMMON} if len(common) == 1 else {}
    used = {COMMON}
    strikes = [share_class.title for share_class in classes.values() if share_class.strike is not None]
    for key, share_class in classes.items():
        if key not in names:
            title, strike = share_class.title, share_class.strike
            several = strike is not None and strikes.count(title) > 1
            names[key] = table_name(f"{title} {decimal_text(strike, DIGITS)}" if several and strike else title, used)
    return names
