"""The results of rounds, closings, clauses and covenants: status, date, and the values that decided them."""

from __future__ import annotations

import re
from math import isnan
from typing import TYPE_CHECKING, Any

from runway.answers.projection import ClauseResult, ClosingResult, CovenantResult, Credit
from runway.engine.run import Engine
from runway.language.tree import ZERO, Call, Choose, History, Node, Number, Parameter, walk
from runway.months import NEVER, date_at, last_day
from runway.program.debt import credit_lines
from runway.program.row import ProgramRow
from runway.words import amount_text, counted, day_text, month_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from runway.engine.ladder import Rows
    from runway.funding.funding import Drawing
    from runway.model.model import Item
    from runway.program.plan import Plan
    from runway.program.program import Program


def closings(plan: Plan, rows: Rows) -> tuple[ClosingResult, ...]:
    """Each closing of a round, and each grant."""
    return tuple(
        _as_known(
            _closing(address, closing.title or closing.name or item.title, closing, item, plan, rows),
            closing,
            item,
            plan,
            rows,
        )
        for item in plan.model.section("funding")
        for address, closing in item.closings()
    )


def _closing(address: str, title: str, part: Drawing, item: Item, plan: Plan, rows: Rows) -> ClosingResult:
    program = plan.program
    months, start = program.months, program.start
    due, by = rows[f"{address}.due"][-1], program.parameters[f"{address}.by"]
    written_date, amount = program.parameters[f"{address}.date"], rows[f"{address}.offered"][-1]
    condition = None if part.requires is None else part.requires.text
    if due < 0:
        return ClosingResult(address, title, amount, amount, "drawn", date_at(due, start), "before the first month")
    if due >= months or due > by:
        status = "off" if written_date >= NEVER else "lapsed" if by < months and due > by else "waiting"
        reason = _missed_reason(written_date, due, by, condition, start, months)
        if condition and written_date < months and due > written_date:
            reason += values_read(program, rows, address, int(min(by, months - 1)))
        return ClosingResult(address, title, amount, 0.0, status, None, reason)
    reason = "on its date" if due == written_date else "delayed"
    if condition:
        met = rows[f"{address}.met"][-1]
        when = f" {day_text(date_at(met, start))}" if 0 <= met < NEVER else ""
        reason = "" if due > written_date else f"{reason}; "
        side, node = _side(plan, address, condition, met)
        reason += f"{side} met{'' if due > written_date else when}{values_read(program, rows, address, int(due), node)}"
    cuts = [
        clause.name
        for clause in item.part.clauses()
        if rows.get(f"{item.name}.{clause.name}.{part.name}.cut", (0.0,))[-1] > 0
    ]
    if cuts:
        reason = f"cut from {amount_text(amount)} by {' and '.join(cuts)}{f'; {reason}' if condition else ''}"
    status = "reduced" if cuts else "planned" if item.planned else "drawn"
    drawn = 0.0 if item.planned else sum(rows[f"{address}.cash"])
    return ClosingResult(address, title, amount, drawn, status, date_at(due, start), reason)


def _as_known(closing: ClosingResult, part: Drawing, item: Item, plan: Plan, rows: Rows) -> ClosingResult:
    """A closing as of the day of --as-of: of one that comes later, its open conditions, and the plan."""
    day = plan.model.settled
    if plan.model.as_of is None or day is None or closing.date is None or rows[f"{closing.address}.due"][-1] < day:
        return closing
    hangs = []
    if part.requires is not None and rows[f"{closing.address}.met"][-1] >= day:
        hangs.append(" ".join(part.requires.text.split()))
    names = [f"{item.name}.{clause.name}" for clause in item.part.clauses()]
    hangs += [n.rpartition(".")[2] for n in names if f"{n}.{part.name}.cut" in rows and _is_open(n, day, plan, rows)]
    status = "conditional" if hangs else closing.status if closing.status in ("planned", "reduced") else "due"
    on = f"hangs on {' and '.join(hangs)}; " if hangs else ""
    return closing._replace(status=status, reason=f"{on}as planned {closing.reason}")


def _is_open(clause: str, day: float, plan: Plan, rows: Rows) -> bool:
    """Whether a clause that may bite has neither been met nor fallen due by a position."""
    parameters = plan.program.parameters
    met, by = rows[f"{clause}.met"][-1], parameters[f"{clause}.by"]
    return bool(parameters[f"{clause}.exercised"]) and met >= day and by >= day


def _condition(program: Program, address: str) -> Iterable[Node]:
    """Every node of the condition of a closing or clause; none where it has no condition."""
    met = next((row for row in program.rows if row.address == f"{address}.met"), None)
    return () if met is None else walk(met.formula)


def open_events(plan: Plan, address: str) -> list[str]:
    """The events that the condition of a closing or clause names and that have not happened before the first month."""
    addresses = dict.fromkeys(node.address for node in _condition(plan.program, address) if isinstance(node, Parameter))
    events = {f"{name}.date": name for name in plan.model.events}
    return [events[date] for date in addresses if date in events and plan.program.parameters[date] >= 0]


def values_read(program: Program, rows: Rows, address: str, t: int, side: Node | None = None) -> str:
    """The values that a condition, or one side of it, looked back at in a month, as they decided it."""
    texts = []
    for node in _condition(program, address) if side is None else walk(side):
        back = 1 if isinstance(node, History) and node.function == "prev" else None
        if isinstance(node, History) and node.function == "lag" and isinstance(node.n, Number):
            back = int(node.n.value)
        if back is None or not isinstance(node, History) or node.row.address == f"{address}.met" or t < back:
            continue
        value = amount_text(rows[node.row.address][t - back], 6)
        texts.append(f"{node.row.address} {value} in {month_text(date_at(t - back, program.start))}")
    return f": {', '.join(dict.fromkeys(texts))}" if texts else ""


def _side(plan: Plan, address: str, condition: str, met: float) -> tuple[str, Node | None]:
    """The side of an outermost `or` that came true on a day, as written and looked up; None of any other condition."""
    sides = _sides(condition)
    if len(sides) == 1:
        return condition, None
    days = next(row for row in plan.program.rows if row.address == f"{address}.met").formula
    assert isinstance(days, Call)
    if isinstance(days.arguments[0], History):  # the part that keeps the first day
        assert isinstance(days.arguments[1], Choose)
        days = days.arguments[1].then
    assert isinstance(days, Call)
    probes = [ProgramRow(side, day, ZERO, False, None) for side, day in zip(sides, days.arguments, strict=True)]
    engine = Engine(plan.program.extended(probes), plan.model.document)
    rows, month = engine.run(), max(0, int(met))
    return next((probe.address, probe.formula) for probe in probes if rows[probe.address][month] == met)


def _sides(text: str) -> list[str]:
    """The parts that the outermost `or` of a condition joins.

    >>> _sides("a or (b or c) and d or e")
    ['a', '(b or c) and d', 'e']
    """
    sides, depth = [""], 0
    for part in re.split(r"([()]|\bor\b)", text):
        depth += {"(": 1, ")": -1}.get(part, 0)
        if part == "or" and depth == 0:
            sides.append("")
        else:
            sides[-1] += part
    return [side.strip() for side in sides]


def _missed_reason(written_date: float, due: float, by: float, condition: str | None, start: int, months: int) -> str:
    """Why a closing has not drawn by the end of the horizon."""
    deadline = day_text(date_at(by, start)) if by < NEVER else None
    if written_date >= NEVER:
        return "its date is never"
    if written_date >= months:
        return f"due {day_text(date_at(written_date, start))}, after the last month"
    if condition and due > written_date:
        if by >= months:
            return f"{condition} not met by {month_text(date_at(months - 1, start))}"
        first = f"; first met {day_text(date_at(due, start))}" if due < NEVER else ""
        return f"{condition} not met" + (f" by {deadline}" if deadline else "") + first
    due_text = f"due {day_text(date_at(due, start))}"
    return f"{due_text}, after its deadline of {deadline}" if due > by else f"{due_text}, after the last month"


def _missing_events(program: Program, address: str, by: float) -> str:
    """The events of a condition that had not happened by a deadline."""
    dates = [node.address for node in _condition(program, address) if isinstance(node, Parameter)]
    events = []
    for date in dict.fromkeys(dates):
        when = program.parameters[date]
        if date.count(".") == 1 and date.endswith(".date") and when > by:
            day = "never" if when >= NEVER else day_text(date_at(when, program.start))
            events.append(f"{date.removesuffix('.date')} {day}")
    return f" ({', '.join(events)})" if events else ""


def clauses(plan: Plan, rows: Rows) -> tuple[ClauseResult, ...]:
    """Each clause of a round."""
    results = []
    for item in plan.model.section("funding"):
        for clause in item.part.clauses():
            result, day = _clause(item, clause, plan, rows), plan.model.settled
            if plan.model.as_of is not None and day is not None and _is_open(result.address, day, plan, rows):
                prefix = "" if result.status == "open" else f"as planned it {result.status}: "
                result = result._replace(status="open", date=None, cut=0.0, reason=prefix + result.reason)
            results.append(result)
    return tuple(results)


def covenants(plan: Plan, rows: Rows, certain: Rows) -> tuple[CovenantResult, ...]:
    """Each covenant: its lowest headroom of the months in which it was tested, and its first breach.

    The first breach is that of two runs: `rows`, the scenario as written, and `certain`, the rung + certain.
    """

    model, program = plan

    def breached(run: Rows, address: str) -> date | None:
        broken = (n for n, holds in enumerate(run[f"{address}.holds"]) if not holds)
        first = next(broken, None)
        return None if first is None else last_day(program.start + first)

    lent = [(item, covenant) for item in model.section("funding") for covenant in item.part.covenants()]
    if not lent:
        return ()
    from runway.language.unit import is_money

    results = []
    money = {row.address for row in program.rows if row.posted}
    formulas = {row.address: row.formula for row in program.rows}
    for item, covenant in lent:
        address = f"{item.name}.{covenant.name}"
        headroom = rows[f"{address}.headroom"]
        tested = [t for t, n in enumerate(rows[f"{address}.tested"]) if n and not isnan(headroom[t])]
        lowest = min(tested, key=headroom.__getitem__, default=None)
        results.append(
            CovenantResult(
                address=address,
                title=covenant.title or covenant.name,
                lender=item.title,
                require=" ".join(covenant.require.text.split()),
                headroom=None if lowest is None else headroom[lowest],
                unit="money" if is_money(formulas[f"{address}.headroom"], money) else "number",
                headroom_date=None if lowest is None else last_day(program.start + lowest),
                breached=breached(rows, address),
                breached_certain=breached(certain, address),
            )
        )
    return tuple(results)


def credit(plan: Plan, rows: Rows) -> tuple[Credit, ...]:
    """Each credit line: the days from and to which it is open, the debt at the end, and the month end with the most."""
    return tuple(_credit(item, plan.program, rows) for item in credit_lines(plan.model))


def _credit(item: Item, program: Program, rows: Rows) -> Credit:
    start, months = program.start, program.months
    opens, by = rows[f"{item.name}.opens"][-1], program.parameters[f"{item.name}.by"]
    owed = rows[f"{item.name}.balance"]
    most = max(range(months), key=owed.__getitem__)
    off = program.parameters.get(f"{item.name}.date", 0.0) >= NEVER
    status = "off" if off else "over" if by < months else "waiting" if opens >= months else "open"
    begins = opens >= 0 and not off
    first = f"from {day_text(date_at(opens, start))}" if begins else "from before the first month"
    last = f"to {day_text(date_at(by, start))}" if by < NEVER else "without an end"
    return Credit(
        address=item.name,
        title=item.title,
        status="planned" if item.planned and status == "open" else status,
        limit=rows[f"{item.name}.headline"][-1],
        owed=owed[-1],
        most_owed=owed[most],
        most_owed_date=last_day(start + most) if owed[most] > 0 else None,
        reason="its date is never" if off else f"open {first} {last}",
    )


def _clause(item: Item, clause: Any, plan: Plan, rows: Rows) -> ClauseResult:
    program = plan.program
    address, start = f"{item.name}.{clause.name}", program.start
    met, by = rows[f"{address}.met"][-1], program.parameters[f"{address}.by"]
    if by >= NEVER:
        return ClauseResult(address, clause.title or clause.name, "open", None, 0.0, "it has no deadline")
    deadline = date_at(by, start)
    title, condition = clause.title or clause.name, clause.unless.text
    if not program.parameters[f"{address}.exercised"]:
        return ClauseResult(address, title, "waived", None, 0.0, "not exercised")
    if met <= by:
        when = date_at(met, start)
        early = (deadline - when).days
        spare = "on the last day" if early == 0 else f"{counted(early, 'day')} early"
        side, _ = _side(plan, address, condition, met)
        return ClauseResult(address, title, "does not bite", when, 0.0, f"{side} on {day_text(when)}, {spare}")
    if by >= program.months:
        return ClauseResult(
            address, title, "open", None, 0.0, f"its deadline of {day_text(deadline)} is after the last month"
        )
    on = max(0, int(by // 1))  # in another currency the cut is of that month's rate
    cut = sum(rows[f"{address}.{c.name}.cut"][on] for c in item.part.closings() if f"{address}.{c.name}.cut" in rows)
    over = round(rows[f"{address}.excess"][on] - cut, program.minor_digits)  # no rests of floats
    missing = _missing_events(program, address, by)
    reason = f"{condition} not met by {day_text(deadline)}{missing}: {amount_text(cut)} cut"
    if clause.option:
        reason += ", an option that is taken to be used"
    if over > 0:
        reason += f"; {amount_text(over)} above its floor was already drawn and stays"
    return ClauseResult(address, title, "bites", deadline, cut, reason)
