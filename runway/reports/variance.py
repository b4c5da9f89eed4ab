"""What `runway variance` prints: plan, actual and variance by line; burn and runway as planned and as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.files.actuals import DIFFERENCE
from runway.render.figures import Scale, day, month, months, printable, scale, span
from runway.render.text import Text, cell
from runway.reports.old import heading, prose, table, written_text
from runway.words import without_rows_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runway.answers.variance import Compared, LineVariance, RungVariance, Variance

FIGURE = 9
EFFECT = {True: "F", False: "A", None: " "}
BLOCK = 3 * FIGURE + 1  # plan, actual, variance and its letter


def variance_lines(found: Variance, width: int) -> Iterator[Text]:
    """The table by line, then what it comes to."""
    values = [v for item in found.lines for c in (item.month, item.to_date) for v in (c.plan, c.actual)]
    unit = scale(found.currency, found.minor_digits, [*values, found.closing_cash.plan, found.closing_cash.actual])
    title = f"{found.model} · {found.scenario} · closed to {month(found.last_close)} · {unit.label}"
    yield from prose("", title, width, "bold")
    yield Text()
    label = width - 2 * BLOCK
    to_date = span(found.first, found.month)
    yield Text(" " * label + month(found.month).rjust(BLOCK - 2) + "  " + to_date.rjust(BLOCK - 2), "dim")
    heads = "".join(name.rjust(FIGURE) for name in ("plan", "actual", "variance")) + " "
    yield Text((" " * label + heads + heads).rstrip(), "dim")
    decimals = unit.decimals([[c.plan, c.actual] for item in found.lines for c in (item.month, item.to_date)])
    section = found.lines[0].section if found.lines else ""
    stands = any(not (item.has_actuals or item.is_total) for item in found.lines)
    for item in found.lines:
        if item.section != section:
            section = item.section
            if not section:
                yield Text()
        yield _line(item, unit, decimals, label)
    yield _compared("Closing cash", found.closing_cash, None, unit, decimals, label)
    yield Text()
    yield Text("  F favourable, A adverse" + ("; ° no actuals: its plan stands" if stands else ""), "dim")
    if any(item.address.startswith(f"{DIFFERENCE}.") for item in found.lines):
        yield from prose("  Unreconciled: ", "what the bank's balance has beside the lines", width, "dim")
    yield Text()
    yield from _runway(found, width)
    yield from _ledger(found, width)


def _line(item: LineVariance, unit: Scale, decimals: int, label: int) -> Text:
    name = printable(item.title) if item.is_total else "  " + printable(item.title)
    if not item.is_total and not item.has_actuals:
        name = cell(name, min(len(name), label - 4)).rstrip() + "°"
    return _compared(name, item.month, item.to_date, unit, decimals, label, bold=item.is_total)


def _compared(
    name: str,
    first: Compared,
    second: Compared | None,
    unit: Scale,
    decimals: int,
    label: int,
    *,
    bold: bool = True,
) -> Text:
    line = Text.assemble((cell("  " + name, label), "bold" if bold else ""))
    for item in (first, second) if second is not None else (first,):
        figures = "".join(unit.figure(v, decimals).rjust(FIGURE) for v in (item.plan, item.actual, item.variance))
        line.append(figures)
        style = {True: "green", False: "red"}.get(item.favourable) if item.favourable is not None else ""
        line.append(EFFECT[item.favourable], style or "")
    return line.rstrip()


def _runway(found: Variance, width: int) -> Iterator[Text]:
    heads = f"{'planned':>7}{'':14}{'now':>7}{'':14}{'change':>11}{'left':>8}"
    yield heading("RUNWAY".ljust(15), heads)
    for item in found.runway:
        yield _rung(item)
    text = f"left: months from the end of {month(found.last_close)}; the others from the model's first month"
    yield from prose("  ", text, width, "dim")


def _rung(item: RungVariance) -> Text:
    def lasts(value: float | None, when: str) -> str:
        return ("beyond" if value is None else months(value)).rjust(7) + f"  {when}".ljust(14)

    was, now = item.plan, item.now
    dates = [day(r.zero_cash_date) if r.zero_cash_date else "–" for r in (was, now)]
    change = "–" if not item.days else f"{item.days:+,} days".replace("-", "−")
    left = "beyond" if item.months_left is None else months(item.months_left)
    text = lasts(was.months, dates[0]) + lasts(now.months, dates[1]) + change.rjust(11) + left.rjust(8)
    style = "red" if (item.days or 0) < 0 else ""
    return Text.assemble(cell("  " + printable(item.counting), 17), (text, style)).rstrip()


def _ledger(found: Variance, width: int) -> Iterator[Text]:
    """What became of the amounts of the ledger, which add up to all of it."""
    totals = found.totals
    if totals is None:
        return
    parts = [("used", totals.used), ("ignored", totals.ignored), ("mapped to no line", totals.unmapped)]
    parts.append(("after the close", totals.after_close))
    said = ", ".join(f"{amount:,} {what}" for what, amount in parts if amount)
    text = f"{found.file}: {totals.rows:,} rows, {totals.total:,} in all" + (f" = {said}" if said else "")
    yield Text()
    yield from prose("  ", text, width, "dim")
    if missing := without_rows_text(found.without_rows):
        yield from prose("  ", missing, width, "dim")


def variance_csv(found: Variance) -> str:
    """One row a line and period."""
    digits = found.minor_digits
    heads = ["section", "address", "title", "total", "has_actuals", "period", "plan", "actual", "variance", "effect"]
    effect = {True: "favourable", False: "adverse", None: ""}
    body = []
    for item in found.lines:
        for period, compared in ((found.month, item.month), (f"{found.first}..{found.month}", item.to_date)):
            figures = [f"{v + 0.0:.{digits}f}" for v in (compared.plan, compared.actual, compared.variance)]
            told = [item.section, written_text(item.address), written_text(item.title)]
            told += [str(int(item.is_total)), str(int(item.has_actuals)), period]
            body.append([*told, *figures, effect[compared.favourable]])
    return table(heads, body)
