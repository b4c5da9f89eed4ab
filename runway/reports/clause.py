"""What `runway clause` prints: a round with its clause and without it, and how late its condition may be met."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.render.figures import Scale, day, month, months, printable, scale
from runway.render.text import Text, cell
from runway.reports.old import prose, table, written_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from runway.answers.clause import ClauseFate, ClausePrice, Clauses, Terms

LABEL = 28
COLUMN = 13
LETTERS = "abcdefghijklmnopqrstuvwxyz"
KEPT = {"keep_pre_money": "pre-money kept after a cut", "keep_post_money": "post-money kept after a cut"}


def clauses_lines(found: Clauses, width: int) -> Iterator[Text]:
    """Each condition with its clauses, one below the other."""
    if not found.terms:
        yield from prose("", f"{found.model} · {found.scenario}", width, "bold")
        yield Text("This model has no clause.")
        return
    unit = _unit(found)
    yield from prose("", f"{found.model} · {found.scenario} · {unit.label}", width, "bold")
    for terms in found.terms:
        yield Text()
        yield from _terms(terms, found, unit, width)


def _unit(found: Clauses) -> Scale:
    readings = [reading for terms in found.terms for reading in terms.readings]
    values = [v for r in readings for v in (r.drawn, r.runway.lowest_cash, *(o.post_money for o in r.ownership))]
    return scale(found.currency, found.minor_digits, values)


def _terms(terms: Terms, found: Clauses, unit: Scale, width: int) -> Iterator[Text]:
    lettered = len(terms.clauses) > 1
    for letter, clause in zip(LETTERS, terms.clauses, strict=False):
        yield from prose(f"  {letter}  " if lettered else "  ", says(clause, terms, unit), width, "bold")
    yield Text()
    across = max(2, (width - LABEL) // COLUMN)
    readings = terms.readings
    for start in range(0, len(readings), across):
        shown = readings[start : start + across]
        heads = [_head(reading, terms, lettered) for reading in shown]
        yield Text(" " * LABEL + "".join(f"{head} ".rjust(COLUMN) for head in heads).rstrip(), "dim")
        yield from _money(terms, shown, unit)
        yield from _stakes(shown, unit, found.horizon)
        yield Text()
    for letter, clause in zip(LETTERS, terms.clauses, strict=False):
        yield from prose(f"  {letter}  " if lettered else "  ", takes(clause, terms, found, unit), width)
    yield from _latest(terms, width, lettered)
    if terms.holds is None:
        yield from prose("  ", "Nothing that can be moved makes the condition hold by its deadline.", width)


def says(clause: ClausePrice, terms: Terms, unit: Scale) -> str:
    """What a clause says, in one sentence."""
    cut = terms.title if clause.cuts == "round" else clause.cuts
    deadline = f" by {day(clause.by)}" if clause.by else ""
    floor = unit.amount(clause.to) if clause.to else "0"
    text = f"{clause.address}: {cut} falls to {floor} unless {terms.condition}{deadline}"
    notes = ("an option" if clause.option else "", "" if clause.exercised else "not used in this scenario")
    return text + (f" ({', '.join(filter(None, notes))})" if any(notes) else "")


def _head(reading: ClauseFate, terms: Terms, lettered: bool) -> str:
    if reading.clause is None or not lettered:
        return reading.fate
    place = [clause.address for clause in terms.clauses].index(reading.clause)
    return f"{reading.fate} ({LETTERS[place % len(LETTERS)]})"


def _money(terms: Terms, shown: Sequence[ClauseFate], unit: Scale) -> Iterator[Text]:
    decimals = unit.decimals([[r.runway.lowest_cash for r in shown], [r.runway.funding_gap for r in shown]])
    decimals = max(decimals, unit.decimals([[r.drawn for r in shown]]))

    def money(value: float) -> str:
        return unit.figure(value, decimals)

    yield _row(f"drawn of {unit.figure(terms.headline, decimals).strip()}", (money(r.drawn) for r in shown))
    if shown[0].free_of_earmarks is not None:
        yield _row("  free of earmarks", (money(r.free_of_earmarks or 0.0) for r in shown))
    counting = shown[0].runway.counting
    yield _row(f"runway ({counting})", (_months(r) + " " for r in shown))
    yield _row("cash out", ((day(r.runway.zero_cash_date) if r.runway.zero_cash_date else "–") + " " for r in shown))
    yield _row("lowest cash", (money(r.runway.lowest_cash) for r in shown))
    yield _row("gap", (money(r.runway.funding_gap) for r in shown))


def _months(reading: ClauseFate) -> str:
    return "beyond" if reading.runway.months is None else months(reading.runway.months)


def _stakes(shown: Sequence[ClauseFate], unit: Scale, horizon: str) -> Iterator[Text]:
    """Who owns what in the end, by the file's rule for what a cut leaves standing and by the other one."""
    for n, owned in enumerate(shown[0].ownership):
        chosen = "as in the file" if n == 0 else "the other rule"
        when = f" in {month(horizon)}" if owned.holders else ""
        yield Text.assemble((f"  stakes{when}, {KEPT[owned.rule]}", ""), (f" ({chosen})", "dim"))
        decimals = unit.decimals([[r.ownership[n].post_money for r in shown]])
        yield _row("  post-money", (unit.figure(r.ownership[n].post_money, decimals) for r in shown))
        for investor in owned.stakes:
            yield _row(f"  {investor}", (_share(r.ownership[n].stakes[investor]) for r in shown))
        if len(owned.stakes) > 1:
            yield _row("  all of the round", (_share(r.ownership[n].sold) for r in shown))
        for holder in owned.holders:
            yield _row(f"  {holder}", (_share(r.ownership[n].holders.get(holder, 0.0)) for r in shown))


def _share(value: float) -> str:
    return f"{value * 100:.2f}% "


def _row(label: str, figures: Iterable[str]) -> Text:
    indent = "    " if label.startswith(" ") else "  "
    line = cell(indent + printable(label), LABEL) + "".join(figure.rjust(COLUMN) for figure in figures)
    return Text(line.rstrip())


def takes(clause: ClausePrice, terms: Terms, found: Clauses, unit: Scale) -> str:
    """What the clause takes when its condition fails: its price."""
    holds, fails = terms.holds or terms.waived, clause.fails
    before, after, lost = holds.runway, fails.runway, holds.drawn - fails.drawn
    if not lost and before.zero_cash_date == after.zero_cash_date:
        return _costs_nothing(clause, found)
    text = f"Failing costs {unit.amount(lost) + ' of funding' if lost else 'nothing of this round'}"
    if after.months is not None and before.months is not None:
        text += f" {'and' if lost else 'but'} {months(before.months - after.months)} months of runway"
    elif after.zero_cash_date is not None:
        text += f": cash is out on {day(after.zero_cash_date)} rather than after {month(found.horizon)}"
    lower = before.lowest_cash - after.lowest_cash
    text += f"; lowest cash is {unit.amount(lower)} lower" if lower > 0 else ""
    wider = after.funding_gap - before.funding_gap
    return text + (f", the gap {unit.amount(wider)} wider." if wider > 0 else ".")


def _costs_nothing(clause: ClausePrice, found: Clauses) -> str:
    if clause.by is not None and clause.by.isoformat()[:7] > found.horizon:
        return f"Its deadline of {day(clause.by)} is after the last month: it takes nothing by then."
    return "Failing costs nothing: there is nothing left to cut, or the condition is met all the same."


def _latest(terms: Terms, width: int, lettered: bool) -> Iterator[Text]:
    """How late the condition may be met."""
    said = [latest_text(clause, terms) for clause in terms.clauses]
    for letter, text in zip(LETTERS, said, strict=False):
        yield from prose(f"  {letter}  " if lettered else "  ", text, width)


def latest_text(clause: ClausePrice, terms: Terms) -> str:
    """The latest day of the condition, and what happens a day later."""
    latest = clause.latest
    if latest.answer == "unknown" or latest.day is None:
        if latest.answer == "always":
            return "Met late or never, the cash lasts as long."
        return "No event decides the condition: there is no latest day to look for."
    out = "" if latest.zero_cash_date is None else day(latest.zero_cash_date)
    holds = terms.holds
    until = day(latest.day) + (", its deadline" if latest.day == clause.by else "")
    if holds is not None and holds.runway.zero_cash_date is not None:
        was = day(holds.runway.zero_cash_date)
        return f"It can be met as late as {until}; later, cash is out on {out} instead of {was}."
    return f"It can be met as late as {until}; later, cash is below the floor on {out}."


def clauses_csv(found: Clauses) -> str:
    """One row a figure: round, clause, fate of its condition, what is measured, its value."""
    digits = found.minor_digits
    body = []
    for terms in found.terms:
        for clause in terms.clauses:
            for reading in (terms.holds, clause.fails, terms.waived):
                for measure, value in _figures(reading, digits) if reading is not None else ():
                    body.append([terms.round, clause.address, reading.fate if reading else "", measure, value])
            latest = clause.latest.day.isoformat() if clause.latest.day else ""
            body.append([terms.round, clause.address, "", "latest_date", latest])
    return table(["round", "clause", "condition", "measure", "value"], body)


def _figures(reading: ClauseFate, digits: int) -> Iterator[tuple[str, str]]:
    def money(value: float) -> str:
        return f"{value + 0.0:.{digits}f}"

    runway = reading.runway
    yield "drawn", money(reading.drawn)
    if reading.free_of_earmarks is not None:
        yield "free_of_earmarks", money(reading.free_of_earmarks)
    yield "counting", runway.counting.removeprefix("+ ")
    yield "months", "" if runway.months is None else f"{runway.months:.12g}"
    yield "zero_cash_date", runway.zero_cash_date.isoformat() if runway.zero_cash_date else ""
    yield "lowest_cash", money(runway.lowest_cash)
    yield "funding_gap", money(runway.funding_gap)
    for owned in reading.ownership:
        yield f"{owned.rule}.post_money", money(owned.post_money)
        for investor, stake in owned.stakes.items():
            yield written_text(f"{owned.rule}.{investor}.stake"), f"{stake:.12g}"
