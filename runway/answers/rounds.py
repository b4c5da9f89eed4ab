"""The state of every round, grant and loan, from the month before the first on, and its certain part by then."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from runway.answers.projection import ROUND_MEASURES, Round, RoundState
from runway.engine.run import Engine
from runway.language.record import lazy
from runway.months import month_label

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from runway.engine.certain import CertainMoney
    from runway.engine.ladder import Rows
    from runway.model.model import Item
    from runway.program.plan import Plan


def rounds(plan: Plan, rows: Rows) -> tuple[Round, ...]:
    """Each round, grant and loan with its states: before the first month, in months of a change, and in the last."""

    @cache
    def certain() -> CertainMoney:
        from runway.engine.certain import CertainMoney

        return CertainMoney(plan, rows)

    before = cache(lambda: _first_deadlines_later(plan))
    items = (item for item in plan.model.section("funding") if f"{item.name}.headline" in rows)
    return tuple(_round(plan, item, rows, certain, before) for item in items)


def _round(
    plan: Plan, item: Item, rows: Rows, certain: Callable[[], CertainMoney], before: Callable[[], Rows]
) -> Round:
    start, last = plan.program.start, plan.program.months - 1
    headline, committed, available, drawn = (rows[f"{item.name}.{measure}"][last] for measure in ROUND_MEASURES)

    @cache
    def states() -> tuple[RoundState, ...]:
        months = sorted({last, *(t for t in _moves(plan, item, rows) if 0 <= t <= last)})
        history = [
            _before_the_first(item, rows, certain(), start, before()),
            *(_state(item, rows, certain(), t, start) for t in months),
        ]
        return tuple(state for n, state in enumerate(history) if n == 0 or not _same(state, history[n - 1]))

    return Round(
        name=item.name,
        title=item.title,
        headline=headline,
        committed=committed,
        available=available,
        drawn=drawn,
        undrawn=committed - drawn,
        certain=lazy(lambda: states()[-1].certain),
        states=lazy(states),
    )


def _moves(plan: Plan, item: Item, rows: Rows) -> Iterator[int]:
    """The months in which closings come, lapse or have their condition, and clauses bite or have theirs."""
    for address, _ in item.closings():
        alive = (1.0, *rows[f"{address}.alive"])
        yield from (int(rows[row][-1]) for row in (f"{address}.due", f"{address}.met") if row in rows)
        yield from (t for t, (before, now) in enumerate(pairwise(alive)) if now != before)
    for clause in item.part.clauses():
        address = f"{item.name}.{clause.name}"
        yield from (int(rows[f"{address}.met"][-1]), int(plan.program.parameters[f"{address}.by"]))
    if item.part.revolving:
        yield 0
        for measure in ("committed", "available"):
            yield from (t for t, (was, now) in enumerate(pairwise(rows[f"{item.name}.{measure}"]), 1) if now != was)


def _state(item: Item, rows: Rows, certain: CertainMoney, t: int, start: int) -> RoundState:
    headline, committed, available, drawn = (rows[f"{item.name}.{measure}"][t] for measure in ROUND_MEASURES)
    certain_money = _certain_money(item, certain, t, committed, drawn)
    return RoundState(month_label(start + t), headline, committed, certain_money, available, drawn)


def _first_deadlines_later(plan: Plan) -> Rows:
    """The rows of promised funding, deadlines in the first month put off; none where there are no such deadlines."""
    program = plan.program
    names = [item.name for item in plan.model.section("funding") if item.part.moves_cash]
    first = [a for a, by in program.parameters.items()
             if 0 <= by < 1 and a.endswith(".by") and a.partition(".")[0] in names]  # fmt: skip
    if not first:
        return {}
    promised = program.only(f"{name}.committed" for name in names)
    return Engine(promised, plan.model.document).over(1).run(dict.fromkeys(first, 1.0))


def _before_the_first(item: Item, rows: Rows, certain: CertainMoney, start: int, before: Rows) -> RoundState:
    """The state on the day before the first month; `before` are rows that no deadline has cut yet.

    Available is all of a line of credit that is open by then, and of all else the money already drawn.
    """
    first = _state(item, rows, certain, 0, start)
    drawn = first.drawn - (0.0 if item.planned else rows[f"{item.name}.cash"][0])
    committed = before[f"{item.name}.committed"][0] if before else first.committed
    certain_money = _certain_money(item, certain, -1, committed, drawn)
    is_open = item.part.revolving and rows[f"{item.name}.opens"][0] < 0
    available = first.available if is_open else drawn
    return RoundState(month_label(start - 1), first.headline, committed, certain_money, available, drawn)


def _certain_money(item: Item, certain: CertainMoney, t: int, committed: float, drawn: float) -> float:
    """The money that hangs on no open condition: of a line of credit, which has none, all that is committed."""
    if item.part.revolving:
        return committed
    return min(committed, max(drawn, certain.amount(item, t)))


def _same(first: RoundState, second: RoundState) -> bool:
    return first._replace(month="") == second._replace(month="")
