"""Notes to read before believing the headline: weak assumptions, clauses, earmarks, capacity."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from runway.answers.extrapolation import carried_far
from runway.engine.ladder import LADDER
from runway.files.closed_months import DIFFERENCE
from runway.language.writing import figure_text
from runway.months import date_at, month_label, parse_date, position
from runway.program.item_rows import main_row
from runway.words import amount_text, counted, day_text, list_text, minus, month_text, without_rows_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from runway.answers.projection import Projection, WeakFigure
    from runway.engine.ladder import Rows, Runner
    from runway.files.actuals import Actuals
    from runway.funding.round_tables import Earmark
    from runway.model.model import Item, Model

MOST = 3
LEAP = 0.05  # of the plan: from there on a difference of the last closed month from its plan is noted
OLD = 2  # months before the start: a cited figure that is older is noted


def notes(runner: Runner, projection: Projection, in_hand: Rows) -> tuple[str, ...]:
    """The notes of a projection, the most important first; the results of clauses are in `projection.clauses`.

    `in_hand` are the rows of the rung of cash in hand.
    """
    return (
        *_actuals(runner),
        *_going_on(runner, projection),
        *_weak_assumptions(projection),
        *_dated(runner, projection),
        *carried_far(runner.model, runner.program, projection.rows),
        *_covenants(projection),
        *_earmarks(runner, projection, in_hand),
        *_unmet(runner, projection),
        *_paid_at_once(runner.model, projection),
        *_ignored(runner),
    )


def _actuals(runner: Runner) -> Iterator[str]:
    """The closed months, and the lines, money and rows that the actuals leave out."""
    actuals = runner.model.actuals
    if actuals is None:
        return
    with_rows = {address.partition(".")[0] for address in actuals.values}
    sections = ("revenue", "costs", "capital", "passthrough")
    lines = [item.name for section in sections for item in runner.model.section(section)]
    planned = [name for name in lines if name not in with_rows and name != DIFFERENCE]
    text = f"closed up to {month_text(month_label(actuals.last_close))}, from {actuals.file}"
    yield text + (f"; as planned there: {', '.join(planned)}" if planned else "")
    yield from actuals.remarks
    yield from _below_zero(runner.model, actuals)
    if missing := without_rows_text(actuals.without_rows(runner.program.start)):
        yield missing
    if actuals.unmapped:
        total = sum(account.total for account in actuals.unmapped)
        accounts = list_text([account.name for account in actuals.unmapped], MOST)
        yield f"left out of the closed months, mapped to no line: {accounts}, {total:,} in all"
    for source in actuals.sources if runner.model.bank is None else ():
        if source.after_close:
            many = "1 row of {} is" if source.after_close == 1 else f"{source.after_close:,} rows of {{}} are"
            yield f"{many.format(source.files[-1])} of later months and not used"


def _going_on(runner: Runner, projection: Projection) -> Iterator[str]:
    """Lines of revenue that go on from the books at another height than planned, or leap back to their plan."""
    actuals, months = runner.model.actuals, runner.program.months
    if actuals is None or actuals.closed >= months:
        return
    t, closed = actuals.closed, month_text(month_label(actuals.last_close))
    for item in runner.model.section("revenue"):
        if item.name not in actuals.scales:
            continue
        anchor, scale = item.part.anchor(), actuals.scales[item.name]
        earned, expected = (projection.rows[f"{item.name}.{row}"] for row in ("revenue", "expected"))
        quantity = "amount" if anchor.row == "main" else anchor.row
        if scale is not None:
            if abs(scale.of_plan - 1) >= LEAP:
                yield (
                    f"{item.name} goes on from the {amount_text(earned[t - 1])} of {closed}: its {quantity} "
                    f"{'are' if quantity.endswith('s') else 'is'} {scale.of_plan * 100:.3g} % of the plan's from then "
                    "on; reanchor = false in [actuals] keeps the plan's"
                )
        elif expected[t - 1] > 0 and abs(earned[t - 1] / expected[t - 1] - 1) >= LEAP:
            change = "" if earned[t - 1] <= 0 else f", {minus(f'{(earned[t] / earned[t - 1] - 1) * 100:+.0f} %')}"
            ways = [] if anchor.row == "main" else [f"{item.name}.{anchor.row} of the closed months"]
            ways += ["reanchor = true in [actuals]"] if anchor.proportional and earned[t - 1] > 0 else []
            advice = f"; write {', or '.join(ways)}" if ways else ""
            after = month_text(month_label(actuals.last_close + 1))
            yield (
                f"{item.name} earns {amount_text(earned[t - 1])} in {closed} by the books and {amount_text(earned[t])} "
                f"in {after} as planned{change}{advice}"
            )


def _below_zero(model: Model, actuals: Actuals) -> Iterator[str]:
    """Revenue and costs below zero in closed months: refunds, closing entries of the books, or signs the wrong way."""
    from runway.files.books.export import TRAITS

    for section in ("revenue", "costs"):
        for item in model.section(section):
            row = next((row for row in actuals.values if row in (f"{item.name}.revenue", f"{item.name}.cost")), None)
            values = [value.value for value in actuals.values.get(row or "", ())]
            months_below = [t for t, value in enumerate(values) if value < 0]
            if not months_below:
                continue
            months = list_text([month_text(month_label(model.settings.start + t)) for t in months_below], MOST)
            causes = "a refund, or a closing entry of the books, which an export leaves out"
            if max(values) <= 0 and any(TRAITS[source.kind].double for source in actuals.sources):
                causes = "refunds, closing entries of the books, or the sign that [actuals] amounts says"
            yield f"{item.name} is below zero in {months} ({min(values):,.2f} at the lowest): {causes}"


def _weak_assumptions(projection: Projection) -> Iterator[str]:
    """Figures of low confidence with a stated range that moves the rung which is counted."""
    for watch in [watch for watch in projection.watch if watch.stated][:MOST]:
        months = ["beyond" if end is None else f"{end:.1f}" for end in (watch.months_at_low, watch.months_at_high)]
        yield (
            f"{watch.address} is of low confidence; from {range_text(watch)} the runway "
            f"({projection.counting}) goes from {' to '.join(months)} months"
        )


def _dated(runner: Runner, projection: Projection) -> Iterator[str]:
    """The age of cited figures at the start, and the values of those that are brought forward by their growth."""
    program, forward = runner.program, {}
    for item in runner.model.items:
        if f"{item.name}.grown_to_start" in projection.rows:
            amount, growth = (f"{item.name}.{field}" for field in item.part.grows)
            text = next(e.text for a, e in program.entries.items() if a == growth or a.startswith(f"{growth}."))
            forward[amount] = (projection.rows[f"{item.name}.grown_to_start"][0], text)
    ages = []
    for address, entry in program.entries.items():
        day = parse_date(runner.model.day_of(entry) or "", end=True)
        lag = 0 if day is None else int(-position(day + timedelta(days=1), program.start))
        if day is None or (lag < OLD and address not in forward):
            continue
        if address not in forward:
            ages.append((lag, f"{address} {counted(lag, 'month')}"))
            continue
        factor, growth = forward[address]
        at_start = figure_text(entry, Decimal(f"{entry.amount.number * factor:.3g}"))
        yield (
            f"{address} is as of {day_text(day)}, {counted(lag, 'month')} before the start, and grows {growth} from "
            f"there: brought forward it is {at_start}"
        )
    if ages:
        texts = [text for _, text in sorted(ages, key=lambda entry: -entry[0])]
        yield f"cited figures older than the start, taken as they are: {list_text(texts, MOST)}"


def range_text(watch: WeakFigure) -> str:
    """The range of a figure in words."""
    if watch.percent:
        return f"{watch.low * 100:g} to {watch.high * 100:g} %"
    return f"{amount_text(watch.low)} to {amount_text(watch.high)}"


def _covenants(projection: Projection) -> Iterator[str]:
    for covenant in projection.covenants:
        day, counting = covenant.breached, ""
        if day is None:
            day, counting = covenant.breached_certain, " if only what is certain is counted"
        if day is not None:
            yield (
                f"{covenant.lender}: {covenant.title} does not hold on {day_text(day)}{counting}; from then on the "
                "lender may call the money back, which is not counted here"
            )


def _earmarks(runner: Runner, projection: Projection, in_hand: Rows) -> Iterator[str]:
    rows, start = projection.rows, runner.program.start
    for item in runner.model.section("funding"):
        for earmark in item.part.earmarks():
            prefix = f"{item.name}.{earmark.for_}"
            own_cash, filled = rows[f"{prefix}.own_cash"], rows[f"{prefix}.filled"]
            set_aside = rows.get(f"{prefix}.set_aside")
            amount = runner.amount(f"{prefix}.amount") if set_aside is None else set_aside[-1]
            announced, coming = announced_and_coming(item, earmark, rows)
            share = amount * coming / announced if announced else 0.0
            full_amount = min(amount, share) if earmark.keeps == "share" else amount
            full = next((t for t in range(len(own_cash)) if filled[t] >= full_amount - 0.005), None)
            unfilled_months = [t for t in range(len(own_cash) if full is None else full) if filled[t] > 0]
            if unfilled_months:
                until = "the last month" if full is None else month_text(date_at(full, start))
                yield (
                    f"{earmark.for_}'s earmark of {amount_text(amount)} exceeds what its closings have filled until "
                    f"{until}: {amount_text(filled[unfilled_months[-1]])}"
                )
            arrival = next((t for t, money in enumerate(rows[f"{prefix}.brought"]) if money > 0), 0)
            if arrival and (early := rows[f"{prefix}.spent"][arrival - 1]) > 0:
                yield (
                    f"{earmark.for_} had spent {amount_text(early)} before the money of its earmark came in "
                    f"{month_text(date_at(arrival, start))}: that counts as spent of it, so that much less is set aside"
                )
            if max(own_cash) > 0:
                worst = max(range(len(own_cash)), key=lambda t: own_cash[t])
                yield (
                    f"{earmark.for_} spends more than its earmark has: {amount_text(own_cash[worst])} from own cash "
                    f"by {month_text(date_at(worst, start))}"
                )
            if coming < announced:
                amounts = {"amount": min(amount, coming), "share": share}
                alternative = "share" if earmark.keeps == "amount" else "amount"
                yield (
                    f"{earmark.for_}'s earmark is {amount_text(amounts[earmark.keeps])} after the cut, as it keeps its "
                    f'{earmark.keeps}; with keeps = "{alternative}" it would be {amount_text(amounts[alternative])}'
                )
            if earmark.otherwise == "not_spent":
                spent, planned = in_hand[f"{earmark.for_}.so_far"][-1], in_hand[f"{earmark.for_}.wanted_so_far"][-1]
                yield (
                    f"{earmark.for_} is spent only as {item.name} pays for it: counting {LADDER[0].name}, "
                    f"{amount_text(spent)} of {amount_text(planned)}"
                )
    for t, (restricted, cash) in enumerate(zip(rows["restricted_cash"], rows["cash"], strict=True)):
        if restricted > max(cash, 0.0):
            when = month_text(date_at(t, start))
            yield f"restricted cash exceeds all cash in {when}: the company's own money is gone by then"
            return


def announced_and_coming(item: Item, earmark: Earmark, rows: Mapping[str, Sequence[float]]) -> tuple[float, float]:
    """The money that the closings of an earmark were to bring, and the part of it that they still bring after cuts."""
    closings = earmark.named or tuple(closing.name for closing in item.part.closings())
    left = sum(rows[f"{item.name}.{closing}.left"][-1] for closing in closings)
    return sum(rows[f"{item.name}.{closing}.offered"][-1] for closing in closings), left


def _unmet(runner: Runner, projection: Projection) -> Iterator[str]:
    for item in runner.model.section("revenue"):
        unmet = projection.rows.get(f"{item.name}.unmet", ())
        months = [t for t, value in enumerate(unmet) if value > 0]
        if months:
            when = date_at(months[0], runner.program.start)
            lost = max(unmet)
            text = f"up to {amount_text(lost)} customers a month are turned away"
            yield f"{item.name} reaches its capacity in {month_text(when)}; {text}"


def _paid_at_once(model: Model, projection: Projection) -> Iterator[str]:
    """A note that no cost is non-cash or paid later, so that a reported loss would be taken for burn."""
    rows = projection.rows
    costs = [item for item in model.section("costs") if any(rows[main_row(item)])]
    later = any(getattr(item.shared, "non_cash", False) or f"{item.name}.payable" in rows for item in costs)
    if not costs or later or any(rows["total.written_off"]):
        return
    gaps = (abs(loss - burn) for loss, burn in zip(rows["net_loss"], rows["net_burn"], strict=True))
    equal = max(gaps) < 10**-projection.minor_digits / 2
    yield (
        f"no cost is non-cash or paid later{', so the net loss is the net burn of every month' if equal else ''}; "
        "a loss as it is reported holds pay in shares, credits, write-offs and unpaid bills, and is not burn"
    )


def _ignored(runner: Runner) -> Iterator[str]:
    for item in runner.model.section("funding"):
        if item.part.remark:
            yield f"{item.name} {item.part.remark}"
