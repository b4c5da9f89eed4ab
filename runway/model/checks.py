"""What must hold between the tables of a file: names that meet, dates in order, fields that need each other."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from runway.errors import Problem, did_you_mean
from runway.language.figure import Figure
from runway.language.tree import Every
from runway.lines.working_capital import PERIOD_MONTHS
from runway.model.model import RESERVED, Item, Model, parts
from runway.months import NEVER, month_label, month_number, parse_date, position

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from runway.lines.line import FormulaText
    from runway.model.tables import Check


def cross_checks(model: Model) -> Iterator[Problem]:
    """The problems between the tables of a model."""
    yield from _schedules(model)
    if model.tax is not None and PERIOD_MONTHS[model.tax.paid] > PERIOD_MONTHS[model.tax.assessed]:
        assessed, paid = model.tax.assessed, model.tax.paid
        text = f'Tax assessed {assessed} cannot be paid only {paid}. Write paid = "{assessed}", or assessed = "{paid}".'
        yield model.document.problem(("tax", "paid"), "paid-after-assessment", text)
    for item in model.items:
        if item.section == "events":
            yield from _event(model, item)
        elif item.section == "funding":
            if item.kind == "priced_round":
                yield from _round(model, item)
            if hasattr(item.part, "covenants"):
                from runway.model.checks_debt import debt_checks

                yield from debt_checks(model, item)
                yield from names_within(model, item, (("covenants", "name"),))
            yield from _waived(model, item)
        elif item.section != "drivers":
            yield from _line(model, item)
    for n, check in enumerate(model.checks):
        yield from _check(model, ("checks", n), check)


def number(figure: Figure) -> float:
    """The one number of a figure that is not scheduled, as written."""
    return figure.entries[0].amount.number


def _schedules(model: Model) -> Iterator[Problem]:
    """A schedule says something from the first month on, and nothing beyond the last."""
    if "model" in model.broken:
        return
    first, last = model.settings.start, model.settings.start + model.settings.months - 1
    components: list[tuple[Any, str, tuple[str | int, ...]]] = [
        (model.settings, "model", ("model",)),
        (model.tax, "tax", ("tax",)),
    ]
    components += [(part, item.name, item.path) for item in model.items for part in (item.part, item.shared)]
    figures = [(p, v) for c, name, path in components if c is not None for _, _, p, v in parts(c, name, path)]
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


def _line(model: Model, item: Item) -> Iterator[Problem]:
    shared, part = item.shared, item.part
    for days, balance in (("collected_after", "opening_receivable"), ("paid_after", "opening_payable")):
        after, opening = getattr(shared, days, None), getattr(shared, balance, None)
        if after is not None and getattr(part, "dated", None):
            text = f"{part.kind} moves on its date; put the day of the payment there instead of {days}."
            yield model.document.problem((*item.path, days), "not-for-dated", text, at="key")
        elif after is not None and opening is None:
            text = f"{balance} is missing beside {days}: what is outstanding at the start. Write 0 if nothing is."
            yield model.document.problem(item.path, "missing-field", text, at="key")
        elif after is None and opening is not None:
            text = f"{balance} needs {days} beside it, the days in which it is settled."
            yield model.document.problem((*item.path, balance), "missing-field", text, at="key")
        if after is not None and getattr(shared, "non_cash", False):
            text = f"A non-cash line is never paid, so {days} says nothing."
            yield model.document.problem((*item.path, days), "not-for-non-cash", text, at="key")
    if item.kind == "headcount":
        yield from _people(model, item)
    if item.kind == "spread" and number(part.to) >= NEVER > number(part.from_):
        yield model.document.problem((*item.path, "to"), "not-a-date", "A spread ends on a day; never is none.")
    billed, deferred = getattr(part, "billed", "monthly"), getattr(part, "opening_deferred", None)
    if billed != "monthly" and item.section != "revenue":
        yield model.document.problem(
            (*item.path, "billed"), "not-for-section", "Only revenue is billed ahead.", at="key"
        )
    elif billed != "monthly" and deferred is None:
        text = (
            f'opening_deferred is missing beside billed = "{billed}": what is billed but not yet earned at the start. '
            "Write 0 if nothing is."
        )
        yield model.document.problem(item.path, "missing-field", text, at="key")
    elif billed != "monthly" and item.kind == "recurring" and part.start is None and number(deferred):  # type: ignore[arg-type]  # it is not None
        text = "opening_deferred needs the start of the contract, from which its bills are dated."
        yield model.document.problem((*item.path, "opening_deferred"), "missing-field", text, at="key")
    elif billed == "monthly" and deferred is not None:
        text = 'opening_deferred needs billed = "yearly" or "quarterly" beside it.'
        yield model.document.problem((*item.path, "opening_deferred"), "missing-field", text, at="key")
    for first, last in (("from_", "to"), ("start", "end")):
        begins, ends = getattr(part, first, None), getattr(part, last, None)
        if isinstance(begins, Figure) and isinstance(ends, Figure) and number(ends) < number(begins) < NEVER:
            yield model.document.problem((*item.path, last), "dates-reversed", f"{last} is before {first.rstrip('_')}.")


def _check(model: Model, path: tuple[str | int, ...], check: Check) -> Iterator[Problem]:
    """A check has one form, with what that form needs and nothing else."""
    forms = {"expect": ("value", "within"), "require": (), "preset": ("issued",)}
    given = [form for form in forms if getattr(check, form) is not None]
    if len(given) != 1:
        says = "A check has one of expect, require and preset" + (", not several." if given else ".")
        yield model.document.problem(path, "check-malformed", says, at="key")
        return
    (form,) = given
    for key in (key for keys in forms.values() for key in keys):
        is_there, belongs = getattr(check, key) is not None, key in forms[form]
        if belongs and not is_there:
            meant = {"value": "what is expected", "within": "how far the model may be from it"}
            text = f"{key} is missing beside {form}: {meant.get(key, 'the day on which the accounts are issued')}."
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


def _people(model: Model, item: Item) -> Iterator[Problem]:
    """No team falls below nobody."""
    part = item.part
    people = number(part.opening)
    for day, figure in part.hires.items():
        before = parse_date(day)
        if before is not None and position(before, model.settings.start) >= 0:
            people += number(figure)
            if people < 0:
                text = f"More people leave than there are: this makes {people:g} of them."
                yield model.document.problem((*item.path, "hires", day), "value-out-of-range", text)
                return


def _event(model: Model, item: Item) -> Iterator[Problem]:
    lines = {line.name: getattr(line.part, "kind", "") for line in model.section("revenue")}
    event: Any = item.part
    if event.probability is not None and (event.probability.entries[0].low, event.probability.entries[0].outcomes) != (
        None,
        (),
    ):
        text = "A probability is one number: how unsure you are of it is in it already."
        yield model.document.problem((*item.path, "probability"), "distribution-impossible", text)
    for field, kinds in (("takes", None), ("raises_churn", "subscription")):
        known = [name for name, kind in lines.items() if kinds in (None, kind)]
        for name in getattr(event, field):
            if name not in known and name not in model.broken:
                hint = did_you_mean(name, known) or (f" There are {', '.join(known)}." if known else "")
                text = f"{name} is no {'subscription' if kinds else 'line of revenue'}.{hint}"
                yield model.document.problem((*item.path, field, name), "unknown-line", text, at="key")


def _waived(model: Model, item: Item) -> Iterator[Problem]:
    holders: list[tuple[Any, tuple[str | int, ...]]] = [(item.part, item.path)]
    holders += [(c, (*item.path, "closings", n)) for n, c in enumerate(getattr(item.part, "closings", ()))]
    for part, path in holders:
        for n, name in enumerate(getattr(part, "waived", ())):
            if name not in model.events:
                hint = did_you_mean(name, model.events)
                yield model.document.problem(
                    (*path, "waived", n), "unknown-event", f"There is no [events.{name}].{hint}"
                )
        date, by = getattr(part, "date", None), getattr(part, "by", None)
        if isinstance(date, Figure) and isinstance(by, Figure) and number(by) < number(date) < NEVER:
            text = "The deadline is before the closing's date, so it could never close."
            if getattr(part, "kind", "") == "credit_line":
                text = "The last day of the line is before its first, so nothing could ever be drawn."
            yield model.document.problem((*path, "by"), "dates-reversed", text)


def _round(model: Model, item: Item) -> Iterator[Problem]:
    part = item.part
    document, path = model.document, item.path
    closings = [c.name for c in part.closings]
    if not closings:
        text = f"A round needs at least one closing, a table [[funding.{item.name}.closings]]."
        yield document.problem((*path, "closings"), "missing-field", text, at="key")
        return
    yield from names_within(model, item, ROUND_NAMES)
    for field in ("split",):
        for n, closing in enumerate(part.closings):
            yield from _split(model, item, n, closing) if getattr(closing, field) is not None else ()
    total = sum(number(c.amount) for c in part.closings)
    promised = sum(number(c.amount) for c in part.commitments)
    if part.commitments and promised == 0:
        yield document.problem((*path, "commitments"), "value-out-of-range", "The commitments are 0 in all.", at="key")
    if part.commitments and total > promised * (1 + 1e-12):
        text = f"The closings bring {total:,.0f} in all, more than the {promised:,.0f} that investors have committed."
        yield document.problem((*path, "closings"), "closings-exceed-commitments", text, at="key")
    own = sum(number(c.amount) for c in part.closings if c.price is not None or c.valuation is not None)
    money = total - own if own else promised or total  # at the round's valuation
    if part.valuation is not None and part.valuation.basis == "post_money" and number(part.valuation.figure) <= money:
        text = f"A post-money valuation holds the new money, so it is above the round's {money:,.0f}."
        yield document.problem((*path, "valuation"), "valuation-too-small", text)
    dates = [number(c.date) for c in part.closings]
    for n, date in enumerate(dates):
        if date < max(dates[:n], default=date):
            text = "Closings are listed in the order of their dates; a cut takes from the last one first."
            yield document.problem((*path, "closings", n, "date"), "closings-out-of-order", text)
    targets = [*part.investors(), *closings, "round"]
    for n, clause in enumerate(part.clauses):
        if clause.cuts not in targets:
            hint = did_you_mean(clause.cuts, targets) or f" It has {', '.join(targets)}."
            text = f"{clause.cuts} is no investor or closing of this round.{hint}"
            yield document.problem((*path, "clauses", n, "cuts"), "unknown-cut", text)
        for m, closing in enumerate(part.closings):
            reduced = clause.cuts in ("round", closing.name) or clause.cuts in part.investors()
            if reduced and closing.requires is not None and _parts(clause.unless) <= _parts(closing.requires):
                text = (
                    f"{closing.name} is only reduced by {clause.name}, so it must not also require its condition: "
                    "it would lapse whole. Take one of the two out."
                )
                yield document.problem((*path, "closings", m, "requires"), "clause-and-condition", text)
    yield from _earmarks(model, item, closings)


def _parts(condition: FormulaText) -> set[str]:
    """What a condition joins by `and`, wherever it stands in the text."""
    terms = condition.tree.terms if isinstance(condition.tree, Every) else (condition.tree,)
    return {re.sub(r"(start|end)=\d+", "", repr(term)) for term in terms}


ROUND_NAMES = (("commitments", "investor"), ("closings", "name"), ("clauses", "name"), ("earmarks", "for_"))


def names_within(model: Model, item: Item, groups: Sequence[tuple[str, str]]) -> Iterator[Problem]:
    """The named tables of a round (closings, investors, clauses, earmarks) or of a loan share one namespace."""
    part = item.part
    seen: dict[str, str] = {}
    own = {*type(part).model_fields, *(row for row in part.rows() if "." not in row)}
    for group, key in groups:
        for n, element in enumerate(getattr(part, group)):
            name, where = getattr(element, key), (*item.path, group, n, key.rstrip("_"))
            if (
                not re.fullmatch("[a-z][a-z0-9_]{0,59}", name)
                or name in own
                or (name in RESERVED and group != "covenants")
            ):
                text = f'"{name[:60]}" cannot be used as a name here; choose another of a-z, 0-9 and _, up to 60 long.'
                yield model.document.problem(where, "invalid-name", text)
            elif name in seen:
                text = f"{name} is also the name of one of {item.name}'s {seen[name]}; names within it are unique."
                yield model.document.problem(where, "duplicate-name", text)
            seen.setdefault(name, group)


def _split(model: Model, item: Item, n: int, closing: Any) -> Iterator[Problem]:
    part = item.part
    path = (*item.path, "closings", n, "split")
    for name in closing.split:
        if name not in part.investors():
            hint = did_you_mean(name, part.investors()) or f" It has {', '.join(part.investors())}."
            text = f"{name} is no investor of this round.{hint}"
            yield model.document.problem((*path, name), "unknown-investor", text, at="key")
    total = sum(number(figure) for figure in closing.split.values())
    if abs(total - number(closing.amount)) > 0.005:
        text = f"The split adds up to {total:,.2f}, not to the closing's {number(closing.amount):,.2f}."
        yield model.document.problem(path, "split-does-not-add-up", text, at="key")


def _earmarks(model: Model, item: Item, closings: list[str]) -> Iterator[Problem]:
    part = item.part
    lines = [line.name for section in ("costs", "capital") for line in model.section(section)]
    for n, earmark in enumerate(part.earmarks):
        path = (*item.path, "earmarks", n)
        if earmark.for_ not in lines and earmark.for_ not in model.broken:
            hint = did_you_mean(earmark.for_, lines) or (f" There are {', '.join(lines)}." if lines else "")
            text = f"{earmark.for_} is no line of costs or capital.{hint}"
            yield model.document.problem((*path, "for"), "unknown-line", text)
        sources = (earmark.from_,) if isinstance(earmark.from_, str) else earmark.from_
        start = model.settings.start
        past = [c.name for c in part.closings if c.name in (sources or closings) and number(c.date) < start]
        if past and earmark.opening_spent is None:
            text = (
                f"opening_spent is missing: {past[0]} closed before the first month, so say how much of the earmark "
                "had been spent by then. Write 0 if nothing was."
            )
            yield model.document.problem(path, "missing-field", text, at="key")
        if sources is None and len(closings) > 1:
            text = f"from is missing: which of the closings {', '.join(closings)} the earmark is filled by."
            yield model.document.problem(path, "missing-field", text, at="key")
        for m, source in enumerate(sources or ()):
            if source not in closings:
                hint = did_you_mean(source, closings) or f" There are {', '.join(closings)}."
                where = (*path, "from") if isinstance(earmark.from_, str) else (*path, "from", m)
                yield model.document.problem(where, "unknown-closing", f"{source} is no closing of this round.{hint}")
