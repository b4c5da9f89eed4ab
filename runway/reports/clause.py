"""A round with its clause and without it, and how late its condition may be met."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.render.figures import Scale, day, month, months, scale
from runway.render.report import Bar, Block, Cell, Column, Prose, Report, Row, Table, Unit, Value
from runway.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from runway.answers.clause_terms import ClauseFate, ClausePrice, Clauses, Terms

LETTERS = "abcdefghijklmnopqrstuvwxyz"
KEPT = {"keep_pre_money": "pre-money kept after a cut", "keep_post_money": "post-money kept after a cut"}


def report(clauses: Clauses) -> Report:
    """Each condition with its clauses, one below the other; `main` has a row a figure."""
    unit = _unit(clauses)
    title = (clauses.model, clauses.scenario, clauses.counted_since.text, unit.label if clauses.terms else "")
    sections = [section for terms in clauses.terms for section in _terms(terms, clauses, unit)]
    lead = [] if clauses.terms else [Prose("This model has no clause.", "")]
    return Report(title, unit, sections, lead, main=lambda: _main(clauses))


def _unit(clauses: Clauses) -> Scale:
    fates = [fate for terms in clauses.terms for fate in terms.readings]
    values = [v for f in fates for v in (f.drawn, f.runway.lowest_cash, *(o.post_money for o in f.ownership))]
    delayed = [delay.drawn for terms in clauses.terms for delay in terms.delays]
    lows = [fate.runway.lowest_cash for fate in fates]
    return scale(clauses.currency, clauses.minor_digits, values).with_places([delayed, lows])


def _terms(terms: Terms, clauses: Clauses, unit: Scale) -> Iterator[list[Block]]:
    lettered = len(terms.clauses) > 1
    firsts = [f"  {letter}  " if lettered else "  " for letter, _ in zip(LETTERS, terms.clauses, strict=False)]
    named = list(zip(firsts, terms.clauses, strict=False))
    yield [Prose(clause_text(clause, terms, unit), first, "bold") for first, clause in named]
    yield [_fates(terms, lettered, unit, clauses.horizon)]
    worth: list[Block] = [Prose(cost_text(clause, terms, clauses, unit), first) for first, clause in named]
    worth += [Prose(latest_text(clause, terms), first) for first, clause in named]
    if terms.holds is None:
        worth.append(Prose("Nothing that can be moved makes the condition hold by its deadline."))
    yield worth
    if terms.delays:
        yield [_delays(terms)]


def _delays(terms: Terms) -> Table:
    """The day, the money, the stake and the runway at each month of delay, with the runway as a bar."""
    beyond = [delay.runway.months is None for delay in terms.delays]
    longest = max([delay.runway.months or 0.0 for delay in terms.delays]) or 1.0
    full = longest * (1.25 if any(beyond) else 1.0)
    rows = []
    for delay in terms.delays:
        lasts = delay.runway.months
        bar = Cell(Bar(0.0, 1.0, "╌"), style="green") if lasts is None else Cell(Bar(0.0, lasts / full))
        later = counted(delay.months, "month", "+") if delay.months else "as it is"
        rows.append(Row([later, delay.met, delay.drawn, delay.stake, lasts, delay.runway.zero_cash_date, bar]))
    staked = any(delay.stake is not None for delay in terms.delays)
    columns = [
        Column("later"), Column("met on", "day", "not met"), Column("drawn", "money"), Column("stake", "share"),
        Column("months", "months", "beyond"), Column("cash out", "day", "–"), Column("", "bar"),
    ]  # fmt: skip
    if not staked:
        columns = [column for column in columns if column.head != "stake"]
        rows = [row._replace(cells=[*row.cells[:3], *row.cells[4:]]) for row in rows]
    note = "the open events of the condition so much later; clauses used as in this scenario"
    return Table("DELAY", columns, rows, note)


def clause_text(clause: ClausePrice, terms: Terms, unit: Scale) -> str:
    """A clause in one sentence: the amount it cuts, to which floor, unless which condition holds by when."""
    cut = terms.title if clause.cuts == "round" else clause.cuts
    deadline = f" by {day(clause.by)}" if clause.by else ""
    floor = unit.amount(clause.to) if clause.to else "0"
    text = f"{clause.address}: {cut} falls to {floor} unless {terms.condition}{deadline}"
    notes = ("an option" if clause.option else "", "" if clause.exercised else "not used in this scenario")
    return text + (f" ({', '.join(filter(None, notes))})" if any(notes) else "")


def _head(fate: ClauseFate, terms: Terms, lettered: bool) -> str:
    if fate.clause is None or not lettered:
        return fate.fate
    place = [clause.address for clause in terms.clauses].index(fate.clause)
    return f"{fate.fate} ({LETTERS[place % len(LETTERS)]})"


def _fates(terms: Terms, lettered: bool, unit: Scale, horizon: str) -> Table:
    """The round's money, runway and stakes when the condition holds, when it fails, and when the clause is not used."""
    fates = terms.readings
    drawn = f"drawn of {unit.amount(terms.headline)}" if terms.headline else "drawn"
    rows = [Row([drawn, *(fate.drawn for fate in fates)], "money")]
    if fates[0].free_of_earmarks is not None:
        rows.append(Row(["free of earmarks", *(fate.free_of_earmarks or 0.0 for fate in fates)], "money", depth=1))
    rungs = [fate.runway for fate in fates]
    lasts = [Cell("beyond", "text") if rung.months is None else Cell(rung.months) for rung in rungs]
    rows += [
        Row([f"runway ({rungs[0].counting})", *lasts], "months"),
        Row(["cash out", *(rung.zero_cash_date for rung in rungs)], "day"),
        Row(["lowest cash", *(rung.lowest_cash for rung in rungs)], "money"),
        Row(["gap", *(rung.funding_gap for rung in rungs)], "money"),
        *_stakes(fates, horizon),
    ]
    return Table("", [Column(""), *(Column(_head(fate, terms, lettered), "money") for fate in fates)], rows)


def _stakes(fates: Sequence[ClauseFate], horizon: str) -> Iterator[Row]:
    """Stakes at the end, by the file's rule for the valuation after a cut and by the other rule."""
    for n, ownership in enumerate(fates[0].ownership):
        chosen = "as in the file" if n == 0 else "the other rule"
        when = f" in {month(horizon)}" if ownership.holders else ""

        def row(label: str, values: Sequence[Value], kind: Unit = "share") -> Row:
            return Row([label, *values], kind, depth=1)

        title = f"{KEPT[ownership.rule]}{when} ({chosen})"
        yield Row([Cell("stakes"), *[Cell("", "text")] * len(fates)], below=[Prose(title, "    ", "dim")])
        by_fate = [fate.ownership[n] for fate in fates]
        yield row("post-money", [stake.post_money for stake in by_fate], "money")
        for investor in ownership.stakes:
            yield row(investor, [stake.stakes[investor] for stake in by_fate])
        if len(ownership.stakes) > 1:
            yield row("all of the round", [stake.sold for stake in by_fate])
        for holder in ownership.holders:
            yield row(holder, [stake.holders.get(holder, 0.0) for stake in by_fate])


def cost_text(clause: ClausePrice, terms: Terms, clauses: Clauses, unit: Scale) -> str:
    """The price of a clause: the funding and runway that are lost when its condition fails."""
    holds, fails = terms.holds or terms.waived, clause.fails
    before, after, lost = holds.runway, fails.runway, holds.drawn - fails.drawn
    if not lost and before.zero_cash_date == after.zero_cash_date:
        return _costs_nothing(clause, clauses)
    text = f"Failing costs {unit.amount(lost) + ' of funding' if lost else 'nothing of this round'}"
    if after.months is not None and before.months is not None:
        text += f" {'and' if lost else 'but'} {months(before.months - after.months)} months of runway"
    elif after.zero_cash_date is not None:
        text += f": cash is out on {day(after.zero_cash_date)} rather than after {month(clauses.horizon)}"
    lower = before.lowest_cash - after.lowest_cash
    text += f"; lowest cash is {unit.amount(lower)} lower" if lower > 0 else ""
    wider = after.funding_gap - before.funding_gap
    return text + (f", the gap {unit.amount(wider)} wider." if wider > 0 else ".")


def _costs_nothing(clause: ClausePrice, clauses: Clauses) -> str:
    if clause.by is not None and clause.by.isoformat()[:7] > clauses.horizon:
        return f"Its deadline of {day(clause.by)} is after the last month: it takes nothing by then."
    return "Failing costs nothing: there is nothing left to cut, or the condition is met all the same."


def latest_text(clause: ClausePrice, terms: Terms) -> str:
    """The latest day of the condition, and the day on which cash is out if it is met a day later."""
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


def _main(clauses: Clauses) -> Table:
    """One row a figure: round, clause, fate of its condition, measure, value."""
    rows = []
    for terms in clauses.terms:
        for clause in terms.clauses:
            for fate in filter(None, (terms.holds, clause.fails, terms.waived)):
                rows += [Row([terms.round, clause.address, fate.fate, *cells]) for cells in _figures(fate)]
            rows.append(Row([terms.round, clause.address, "", "latest_date", Cell(clause.latest.day, "day")]))
    return Table("", [Column(name) for name in ("round", "clause", "condition", "measure", "value")], rows)


def _figures(fate: ClauseFate) -> Iterator[tuple[str, Cell]]:
    runway = fate.runway
    yield "drawn", Cell(fate.drawn, "money")
    if fate.free_of_earmarks is not None:
        yield "free_of_earmarks", Cell(fate.free_of_earmarks, "money")
    yield "counting", Cell(runway.counting.removeprefix("+ "), "text")
    yield "months", Cell(runway.months, "months")
    yield "zero_cash_date", Cell(runway.zero_cash_date, "day")
    yield "lowest_cash", Cell(runway.lowest_cash, "money")
    yield "funding_gap", Cell(runway.funding_gap, "money")
    for ownership in fate.ownership:
        yield f"{ownership.rule}.post_money", Cell(ownership.post_money, "money")
        for investor, stake in ownership.stakes.items():
            yield f"{ownership.rule}.{investor}.stake", Cell(stake, "share")
