"""Checks between the tables of a file: names that exist, dates in order, fields that need each other."""

from __future__ import annotations

from itertools import pairwise
from keyword import iskeyword
from typing import TYPE_CHECKING, Any

from runway.errors import Problem, choice_hint, did_you_mean
from runway.language.figure import Figure
from runway.lines.line import ALL_REVENUE, Mistake, Surroundings
from runway.lines.paydays import Paydays
from runway.lines.working_capital import PERIOD_MONTHS, currencies, parts_of
from runway.model.addresses import field_key
from runway.model.model import NAME, RESERVED, Item, Model, field_values, name_within
from runway.months import NEVER, last_day, month_label, month_number

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Sequence

    from runway.model.addresses import Path
    from runway.model.evidence import Check


def cross_checks(model: Model, touched: Container[Path] | None = None) -> Iterator[Problem]:
    """The problems between the tables of a model.

    Of a sound model in which only numbers of the `touched` tables were changed, the problems of those: beside them a
    check reads names, settings and rates, which are the same.
    """
    if touched is None:
        yield from _base_day(model)
        yield from _groups(model)
        for n, check in enumerate(model.checks):
            yield from _check(model, model.check_path(n), check)
    items = [item for item in model.items if touched is None or item.path in touched]
    yield from _schedules(model, items)
    if model.tax is not None and PERIOD_MONTHS[model.tax.paid] > PERIOD_MONTHS[model.tax.assessed]:
        assessed, paid = model.tax.assessed, model.tax.paid
        text = f'Tax assessed {assessed} cannot be paid only {paid}. Write paid = "{assessed}", or assessed = "{paid}".'
        yield model.document.problem(("tax", "paid"), "paid-after-assessment", text)
    if model.opening_balance is not None:
        around = surroundings(model, "opening_balance", "opening_balance")
        yield from located(model, ("opening_balance",), model.opening_balance.checks(around))
    for item in items:
        yield from located(model, item.path, _item(model, item))
    if model.section("actions"):
        from runway.model.action import action_problems

        yield from action_problems(model)
    if model.wind_down is not None:
        from runway.model.wind_down import wind_down_problems

        yield from wind_down_problems(model)


def _item(model: Model, item: Item) -> Iterator[Mistake]:
    """The mistakes of one named table, by itself and with the tables that it names."""
    if item.shared is not None:
        yield from _line(model, item)
    elif item.section != "drivers":
        yield from own_checks(model, item)
    if item.section == "events":
        yield from _event(model, item)
    elif item.section == "funding":
        yield from _names_within(item)
        yield from _spent_by_lines(model, item)
        yield from _closings(model, item)


def _base_day(model: Model) -> Iterator[Problem]:
    """The base day is not after the last month."""
    if model.settings.as_of is not None and "model" not in model.broken and model.past > model.settings.months:
        last = last_day(model.settings.start + model.settings.months - 1)
        text = (
            f"as_of is {model.base_day}, after the last month. Write a day up to {last}, or give [model] more months."
        )
        yield model.document.problem(("model", "as_of"), "as-of-outside", text)


def _schedules(model: Model, items: Sequence[Item]) -> Iterator[Problem]:
    """A schedule says something from the first month on, and nothing beyond the last."""
    if "model" in model.broken:
        return
    first, last = model.settings.start, model.settings.start + model.settings.months - 1
    components: list[tuple[Any, str, tuple[str | int, ...]]] = [
        (model.settings, "model", ("model",)),
        (model.tax, "tax", ("tax",)),
        (model.opening_balance, "opening_balance", ("opening_balance",)),
        (model.wind_down, "wind_down", ("wind_down",)),
    ]
    components += [(part, item.name, item.path) for item in items for part in (item.part, item.shared)]
    figures = [(p, v) for c, name, path in components if c is not None for _, _, p, v in field_values(c, name, path)]
    figures += [(("fx", code), figure) for code, figure in model.fx.items()]
    for path, figure in figures:
        if not isinstance(figure, Figure) or not figure.scheduled:
            continue
        months = [month_number(entry.month or "") or 0 for entry in figure.entries]
        if months[0] > first:
            text = (
                f"The schedule begins in {figure.entries[0].month}, after the model's first month. "
                f'Say what holds before: "{month_label(first)}" = …'
            )
            yield model.document.problem(path, "schedule-starts-late", text)
        for month, entry in zip(months, figure.entries, strict=True):
            if month > last:
                text = (
                    f"This month is after the model's last, {month_label(last)}, so the figure would never be used. "
                    f"Take it out, or raise model.months to at least {month - first + 1}."
                )
                yield model.document.problem((*path, entry.month or ""), "schedule-beyond-horizon", text, at="key")


def _line(model: Model, item: Item) -> Iterator[Mistake]:
    shared = item.shared
    for days, *balances in (
        ("collected_after", "opening_receivable", "opening_deposits"),
        ("paid_after", "opening_payable", "opening_advances"),
    ):
        after = getattr(shared, days, None)
        directions = {bool(part.ahead) for part in parts_of(days, after)} if after is not None else set[bool]()
        if days == "paid_after" and getattr(shared, "paid", None) is not None:
            days, directions = "paid", {False}
        for balance, is_ahead, state in zip(balances, (False, True), ("outstanding", "paid ahead"), strict=True):
            opening, needed = getattr(shared, balance, None), is_ahead in directions
            if needed and opening is None:
                text = f"{balance} is missing beside {days}: what is {state} at the start. Write 0 if nothing is."
                yield Mistake((), "missing-field", text, "key")
            elif opening is not None and opening.number and not needed:
                sort = 'ahead, such as "-1 month"' if is_ahead else 'later, such as "30 days"'
                text = f"{balance} needs a part of {days} that moves {sort}."
                if after is None and not is_ahead:
                    text = f"{balance} needs {days} beside it, the days in which it is settled."
                yield Mistake((balance,), "missing-field", text, "key")
        if True in directions and _floats(item):
            text = (
                f"Money ahead in a currency whose rate in [fx] changes is not modelled: write {item.name} in another."
            )
            yield Mistake((days,), "unsupported-term", text, "key")
        if after is not None and getattr(shared, "non_cash", False):
            text = f"A non-cash line is never paid, so {days} says nothing."
            yield Mistake((days,), "not-for-non-cash", text, "key")
        if after is not None:
            yield from _one_currency(model, item)
    if getattr(shared, "non_cash", False) and "billed" in item.part.rows():
        text = "A non-cash line is never paid, so it is not billed ahead."
        yield Mistake(("billed",), "not-for-non-cash", text, "key")
    yield from _paydays(model, item)
    yield from _dated_bills(model, item)
    raw = model.document.data.get("revenue")
    lines = [*raw] if isinstance(raw, dict) else []  # those that cannot be read among them
    for field in ("cost_of", "acquires"):
        sold = getattr(shared, field, None)
        if sold is not None and sold not in (ALL_REVENUE, *lines) and sold not in model.broken:
            known = f' There are {", ".join(lines)}; "revenue" is all of them.' if lines else " The file has none."
            text = f"{sold} is no line of revenue.{did_you_mean(sold, [ALL_REVENUE, *lines]) or known}"
            yield Mistake((field,), "unknown-line", text)
    yield from own_checks(model, item)


def _floats(item: Item) -> bool:
    """Whether a line has figures in a currency whose rate changes."""
    return any(entry.amount.floats for _, figure in item.figures() for entry in figure.entries)


def _dated_bills(model: Model, item: Item) -> Iterator[Mistake]:
    """Bills of a line on days of their own: one a month, in one currency, and nothing else says when it is billed."""

    bills, opening = getattr(item.shared, "bills", {}), getattr(item.shared, "opening_billed_ahead", None)
    if not bills:
        if opening is not None:
            yield Mistake(
                ("opening_billed_ahead",), "missing-field", "opening_billed_ahead needs bills beside it.", "key"
            )
        return
    if opening is None:
        text = "opening_billed_ahead is missing beside bills: how far ahead they are at the start. Write 0 if not."
        yield Mistake((), "missing-field", text, "key")
    if "billed" in item.part.rows():
        yield Mistake(("billed",), "terms-contradict", "bills and billed both say when it is billed. Keep one.", "key")
    if getattr(item.shared, "non_cash", False):
        yield Mistake(("bills",), "not-for-non-cash", "A non-cash line is never paid, so it has no bills.", "key")
    waits = [e for source in model.section("funding") for e in source.part.earmarks() if e.otherwise == "not_spent"]
    if any(earmark.for_ == item.name for earmark in waits):
        text = f"Bills of a line that waits for the money of a round are not modelled; take bills out of {item.name}."
        yield Mistake(("bills",), "unsupported-term", text, "key")
    if _floats(item):
        text = (
            f"Bills in a currency whose rate in [fx] changes are not modelled: write {item.name} in one that does not."
        )
        yield Mistake(("bills",), "unsupported-term", text, "key")
    for before, day in pairwise(bills):
        if before[:7] == day[:7]:
            text = f"{before} and {day} are in one month, and a line has one bill a month: make them one."
            yield Mistake(("bills", day), "terms-contradict", text, "key")


def _paydays(model: Model, item: Item) -> Iterator[Mistake]:
    """A line that is paid every so many weeks says one of the days, and has no other terms of payment."""
    shared = item.shared
    paid, payday = (getattr(shared, field, None) for field in ("paid", "payday"))
    if paid is None and payday is None:
        return
    if paid is None:
        text = 'payday is one of the days of a line that is paid = "every 2 weeks", which is missing beside it.'
        yield Mistake(("payday",), "missing-field", text, "key")
    elif Paydays.read(paid) is None:
        text = 'paid is "every 2 weeks", "every week" or "every 4 weeks".'
        yield Mistake(("paid",), "unknown-choice", text)
    elif payday is None or not abs(payday.number) < NEVER:
        text = 'A line that is paid every so many weeks needs one of the days: payday = "2026-01-09".'
        where = () if payday is None else ("payday",)
        yield Mistake(where, "missing-field", text, "key")
    rival = next((name for name in ("paid_after", "bills") if getattr(shared, name, None)), None)
    rival = "billed" if rival is None and paid is not None and "billed" in item.part.rows() else rival
    if paid is not None and rival is not None:
        text = f"paid says on which days all of it is paid, and so does {rival}. Keep one."
        yield Mistake(("paid",), "terms-contradict", text, "key")
    elif paid is not None and item.part.dated is not None:
        text = f"{item.kind} moves on its date; put the day of the payment there instead of paid."
        yield Mistake(("paid",), "not-for-dated", text, "key")
    elif paid is not None and shared is not None and getattr(shared, "non_cash", False):
        text = "A non-cash line is never paid, so paid says nothing."
        yield Mistake(("paid",), "not-for-non-cash", text, "key")
    elif paid is not None and _floats(item):
        text = f"What is owed between paydays is in {model.settings.currency}: write {item.name} in it."
        yield Mistake(("paid",), "unsupported-term", text, "key")


def _groups(model: Model) -> Iterator[Problem]:
    """A group has a name of its own, and its lines stand in one section."""
    names = {item.name: item.section for item in model.items} | dict.fromkeys(model.broken, "")
    for name, lines in model.groups().items():
        path = (*lines[0].path, "group")
        if not NAME.match(name) or iskeyword(name):
            text = f'"{name[:60]}" cannot be the name of a group; choose another of a-z, 0-9 and _, up to 60 long.'
            yield model.document.problem(path, "invalid-name", text)
        elif name in RESERVED:
            text = f"{name} means something else in formulas. Choose another name for the group."
            yield model.document.problem(path, "reserved-name", text)
        elif name in names:
            where = f" in [{names[name]}]" if names[name] else ""
            text = f"{name} is also the name of something{where}; a group has a name of its own."
            yield model.document.problem(path, "duplicate-name", text)
        for item in lines:
            if item.section != lines[0].section:
                text = f"{name} is a group of [{lines[0].section}]; lines of [{item.section}] have groups of their own."
                yield model.document.problem((*item.path, "group"), "not-for-section", text)


def _one_currency(model: Model, item: Item) -> Iterator[Mistake]:
    """A line that owes, or is owed, in a currency whose rate changes has all its amounts of a month in it."""
    written = list(item.figures())
    if currencies((figure for _, figure in written), model.settings.start) is not None:
        return
    for path, figure in written:
        entry = next((entry for entry in figure.entries if entry.amount.floats), None)
        if entry is not None and not figure.opening:
            text = (
                f"For one month {item.name} is owed in {entry.amount.currency}, whose rate in [fx] changes, and in "
                "another currency. Write a line for each."
            )
            where = path[2:] if entry.month is None else (*path[2:], entry.month)
            yield Mistake(where, "owed-in-two-currencies", text)
            return


def surroundings(model: Model, section: str, name: str) -> Surroundings:
    """The parts of the rest of the file that a table's own checks read."""
    return Surroundings(
        name=name,
        section=section,
        start=model.settings.start,
        readable="model" not in model.broken,
        currency=model.settings.currency,
        fx=model.fx,
        in_shares=None if model.captable is None else model.captable.in_shares,
    )


def own_checks(model: Model, item: Item) -> Iterator[Mistake]:
    """The mistakes between the fields of an item, by its own kind."""
    yield from item.part.checks(surroundings(model, item.section, item.name))


def located(model: Model, path: Path, mistakes: Iterable[Mistake]) -> Iterator[Problem]:
    """Mistakes of the table at a path, in their places in the file."""
    for mistake in mistakes:
        yield model.document.problem((*path, *mistake.path), mistake.name, mistake.text, at=mistake.at)


def _check(model: Model, path: tuple[str | int, ...], check: Check) -> Iterator[Problem]:
    """A check has one form, with the keys that the form needs and no others."""
    forms = {"expect": ("value", "within"), "require": (), "preset": ("issued",)}
    written = [form for form in forms if getattr(check, form) is not None]
    if len(written) != 1:
        says = "A check has one of expect, require and preset" + (", not several." if written else ".")
        yield model.document.problem(path, "check-malformed", says, at="key")
        return
    (form,) = written
    for key in (key for keys in forms.values() for key in keys):
        is_there, belongs = getattr(check, key) is not None, key in forms[form]
        if belongs and not is_there:
            meanings = {"value": "what is expected", "within": "how far the model may be from it"}
            text = f"{key} is missing beside {form}: {meanings.get(key, 'the day on which the accounts are issued')}."
            yield model.document.problem((*path, form), "missing-field", text, at="key")
        elif is_there and not belongs:
            yield model.document.problem(
                (*path, key), "check-malformed", f"{key} says nothing beside {form}.", at="key"
            )
    if form == "preset" and check.counting != "planned":
        text = "Going concern counts what is certain and nothing else; take counting out."
        yield model.document.problem((*path, "counting"), "check-malformed", text, at="key")
    if check.source is not None and check.source not in model.sources:
        hint = did_you_mean(check.source, model.sources) or " Add it, or write a note instead."
        text = f"There is no [sources.{check.source}] in this file.{hint}"
        yield model.document.problem((*path, "source"), "unknown-source", text)


def _event(model: Model, item: Item) -> Iterator[Mistake]:
    lines = model.section("revenue")
    churning = [line for line in lines if line.part.churns() is not None]
    event: Any = item.part
    if event.probability is not None and (event.probability.entries[0].low, event.probability.entries[0].outcomes) != (
        None,
        (),
    ):
        text = "A probability is one number: how unsure you are of it is in it already."
        yield Mistake(("probability",), "distribution-impossible", text)
    for field, noun, candidates in (
        ("takes", "line of revenue", lines),
        ("raises_churn", "subscription with churn alone", churning),
    ):
        known = [line.name for line in candidates]
        for name in getattr(event, field):
            if name not in known and name not in model.broken:
                hint = choice_hint(name, known)
                text = f"{name} is no {noun}.{hint}"
                yield Mistake((field, name), "unknown-line", text, "key")


def _closings(model: Model, item: Item) -> Iterator[Mistake]:
    """A closing waives events that there are, and its deadline is not before its date."""
    for n, (_, closing) in enumerate(item.closings()):
        path: Path = ("closings", n) if closing.name else ()
        for m, name in enumerate(closing.waived):
            if name not in model.events:
                hint = did_you_mean(name, model.events)
                text = f"There is no [events.{name}].{hint}"
                yield Mistake((*path, "waived", m), "unknown-event", text)
        if closing.by.number < closing.date.number < NEVER:
            text = "The deadline is before the closing's date, so it could never close."
            yield Mistake((*path, "by"), "dates-reversed", text)


def _names_within(item: Item) -> Iterator[Mistake]:
    """The named tables of a round (closings, investors, clauses, earmarks) or of a loan share one namespace."""
    seen: dict[str, str] = {}
    fields = (field_key(name, field) for name, field in type(item.part).model_fields.items())
    field_names = {*fields, *(row for row in item.part.rows() if "." not in row)}
    for group, entries in item.part.lists():
        for n, entry in enumerate(entries):
            name, where = name_within(entry), (group, n, entry.key.rstrip("_"))
            is_reserved = name in field_names or (name in RESERVED and not entry.alone)
            if is_reserved or not NAME.match(name):
                text = f'"{name[:60]}" cannot be used as a name here; choose another of a-z, 0-9 and _, up to 60 long.'
                yield Mistake(where, "invalid-name", text)
            elif name in seen:
                text = f"{name} is also the name of one of {item.name}'s {seen[name]}; names within it are unique."
                yield Mistake(where, "duplicate-name", text)
            seen.setdefault(name, group)


def _spent_by_lines(model: Model, item: Item) -> Iterator[Mistake]:
    """An earmark is for a line that spends."""
    lines = [line.name for section in ("costs", "capital") for line in model.section(section)]
    for n, earmark in enumerate(item.part.earmarks()):
        if earmark.for_ not in lines and earmark.for_ not in model.broken:
            hint = choice_hint(earmark.for_, lines)
            text = f"{earmark.for_} is no line of costs or capital.{hint}"
            yield Mistake(("earmarks", n, "for"), "unknown-line", text)
