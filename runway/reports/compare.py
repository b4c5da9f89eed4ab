"""What `runway compare` prints: the ladder before and after, and a waterfall of what each change did."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.answers.compare import whole_units
from runway.render.figures import Scale, day, month, months, printable, scale
from runway.render.text import Text, cell
from runway.reports.old import heading, prose, table, written_text
from runway.reports.project import counted_rungs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from runway.answers.compare import Change, Comparison, Effect
    from runway.engine.ladder import Rung

BLOCK = "▇"
SHORTEST, LONGEST = 8, 24  # characters of the waterfall
WORDS = {
    "runway": "runway",
    "zero-cash-date": "months to the zero-cash day",
    "lowest-cash": "lowest cash",
    "gap": "funding gap",
    "closing-cash": "closing cash",
}


def comparison_lines(found: Comparison, width: int) -> Iterator[Text]:
    """The headline, the ladder on both sides, then what did it."""
    unit = _unit(found)
    name = found.projections[1].model
    yield from prose("", f"{name} · {found.titles[0]} → {found.titles[1]} · {unit.label}", width, "bold")
    yield from prose("", headline(found, unit), width, "bold")
    yield Text()
    yield from _ladder(found, unit)
    yield Text()
    if not found.changes:
        yield Text("  no assumption differs")
    elif found.why_not is not None:
        yield from _listed(found, width)
    else:
        yield from _waterfall(found, unit, width)
    if found.horizons_counted and found.why_not is None and found.changes:
        ends = [month(p.months[-1]) for p in found.projections]
        said = f"what lasts beyond {ends[0]} is counted as lasting until its end, no longer"
        yield Text()
        yield from prose("  ", said, width, "dim")


def headline(found: Comparison, unit: Scale) -> str:
    """`runway (+ certain): 17.8 → 15.1 months`."""
    if _money(found):
        return f"{WORDS[found.metric]} ({found.rung}): {unit.amount(found.values[0])} → {unit.amount(found.values[1])}"
    if found.metric == "zero-cash-date":
        texts = [day(o.zero_cash_date) if o.zero_cash_date else "beyond" for o in found.outcomes]
        return f"zero-cash date ({found.rung}): {texts[0]} → {texts[1]}"
    ends = ["beyond " + month(p.months[-1]) for p in found.projections]
    texts = [end if o.months is None else months(o.months) for o, end in zip(found.outcomes, ends, strict=True)]
    unit_word = " months" if found.outcomes[1].months is not None else ""
    return f"runway ({found.rung}): {texts[0]} → {texts[1]}{unit_word}"


def _money(found: Comparison) -> bool:
    return found.metric not in ("runway", "zero-cash-date")


def _unit(found: Comparison) -> Scale:
    rungs = [rung for projection in found.projections for rung in projection.runway]
    values = [value for rung in rungs for value in (rung.lowest_cash, rung.closing_cash)]
    return scale(found.currency, found.minor_digits, values)


def _pairs(found: Comparison) -> list[tuple[Rung, Rung]]:
    shown = max((counted_rungs(p) for p in found.projections), key=len)
    both = [p.runway[: len(shown)] for p in found.projections]
    return list(zip(*both, strict=True))


def _ladder(found: Comparison, unit: Scale) -> Iterator[Text]:
    """Months and day of each rung before and after, then its lowest and its closing cash."""
    pairs = _pairs(found)
    yield heading("RUNWAY".ljust(18), " before    after   change   cash out before  cash out after")
    for old, new in pairs:
        gained = None if old.months is None or new.months is None else new.months - old.months
        texts = [months(r.months) if r.months is not None else "beyond" for r in (old, new)]
        days = [day(r.zero_cash_date) if r.zero_cash_date else "–" for r in (old, new)]
        line = Text.assemble(("  " + old.counting).ljust(18), texts[0].rjust(9), texts[1].rjust(9))
        line.append(signed(gained, 1).rjust(9), _style(gained))
        line.append(f"   {days[0].ljust(16)} {days[1]}")
        yield line
    yield Text()
    lowest = [(old.lowest_cash, new.lowest_cash) for old, new in pairs]
    closing = [(old.closing_cash, new.closing_cash) for old, new in pairs]
    decimals = unit.decimals([*lowest, *closing])
    yield heading("CASH".ljust(13), "     lowest      after   change     closing      after   change")
    for (old, _), low, close in zip(pairs, lowest, closing, strict=True):
        line = Text(("  " + old.counting).ljust(15))
        for start, (a, b) in (("", low), (" ", close)):
            line.append(start + "".join(unit.figure(value, decimals).rjust(11) for value in (a, b)))
            line.append(signed((b - a) / unit.unit, decimals).rjust(8) + " ", _style(b - a))
        line.rstrip()
        yield line


def _style(gained: float | None) -> str:
    return "" if not gained else "green" if gained > 0 else "red"


def signed(value: float | None, decimals: int) -> str:
    """`+0.3`, `−1.9`, and a dash for nothing.

    >>> signed(-1.94, 1), signed(0.0, 1), signed(0.004, 1)
    ('−1.9', '–', '+0.0')
    """
    if value is None or value == 0:
        return "–"
    return f"{value:+,.{decimals}f}".replace("-", "−")


def _waterfall(found: Comparison, unit: Scale, width: int) -> Iterator[Text]:
    """One row an effect: its bar stands where the ones before it have led."""
    shares, figures, decimals = _parts(found, unit)
    names = [_name(effect) for effect in found.effects]
    texts = [_texts(effect) for effect in found.effects]
    places = [_place(effect) for effect in found.effects]
    wide = max(len(text) for text in (*figures, "change"))
    label = min(max(map(len, names)), 30)
    where = min(max(map(len, places)), 22)
    left = width - 2 - label - 2 - wide - 2 - where - 2 - 2
    said = max(8, min(max(map(len, texts)), left - SHORTEST))
    bar = max(SHORTEST, min(LONGEST, left - said))
    what = unit.label if _money(found) else "months"
    yield heading("WHAT CHANGED", f"   and its part of the change of {WORDS[found.metric]}, {what}")
    at, steps = 0.0, [0.0]
    for share in shares:
        at += share
        steps.append(at)
    low, high = min(steps), max(steps)
    for n, share in enumerate(shares):
        ends = sorted((_column(steps[n], low, high, bar), _column(steps[n + 1], low, high, bar)))
        run = max(1, ends[1] - ends[0]) if share else 0
        start = min(ends[0], bar - run)
        line = Text.assemble(
            "  ", cell(names[n], label), "  ", cell(texts[n], said), "  ", (cell(places[n], where), "dim")
        )
        line.append("  " + figures[n].rjust(wide), _style(share))
        line.append("  " + " " * start + BLOCK * run, "green" if share > 0 else "red")
        line.rstrip()
        yield line
        if len(texts[n]) > said and len(found.effects[n].changes) == 1:
            yield from prose("      ", texts[n], width, "dim")
    total = signed(sum(shares) if abs(sum(shares)) > 1e-9 else 0.0, decimals)
    yield Text("  " + cell("sum", label) + "  " + " " * (said + where + 4) + total.rjust(wide), "bold")
    small = [effect for effect in found.effects if len(effect.changes) > 1]
    for effect in small:
        yield Text()
        yield heading(effect.name)
        for change in effect.changes:
            yield from _one(change, width)


def _parts(found: Comparison, unit: Scale) -> tuple[list[float], list[str], int]:
    """The effects in the unit of the page, as they are written there, rounded so that they add up, and their places."""
    shares = [effect.effect / (unit.unit if _money(found) else 1.0) for effect in found.effects]
    decimals = max(1, unit.decimals([[e.effect] for e in found.effects])) if _money(found) else 1
    parts = zip(shares, whole_units(shares, decimals), strict=True)
    figures = [signed(shown or 1e-9 * share, decimals) if share else "–" for share, shown in parts]
    return shares, figures, decimals


def _column(value: float, low: float, high: float, wide: int) -> int:
    return round((value - low) / (high - low) * wide) if high > low else 0


def _name(effect: Effect) -> str:
    return printable(effect.name)


def _texts(effect: Effect) -> str:
    if len(effect.changes) > 1:
        return f"{len(effect.changes)} changes"
    return change_text(effect.changes[0])


def change_text(change: Change) -> str:
    """`30%/year → 45%/year`, `new: recurring`, `gone: one_off`."""
    if change.before is None:
        return printable(f"new: {change.after}")
    if change.after is None:
        return printable(f"gone: {change.before}")
    return printable(f"{change.before} → {change.after}")


def _place(effect: Effect) -> str:
    return place_text(effect.changes[0]) if len(effect.changes) == 1 else ""


def place_text(change: Change) -> str:
    """`plan.toml:41`, without the folder."""
    if change.file is None:
        return ""
    name = change.file.rpartition("/")[2]
    return printable(name if name == "command line" else f"{name}:{change.line}")


def _one(change: Change, width: int) -> Iterator[Text]:
    place = place_text(change)
    text = f"{change.address}  {change_text(change)}"
    yield from prose("    ", text + (f"  ({place})" if place else ""), width)


def _listed(found: Comparison, width: int) -> Iterator[Text]:
    """The changes without their parts."""
    yield heading("WHAT CHANGED")
    for change in found.changes:
        yield from _one(change, width)
    yield Text()
    yield from prose("  ", f"Not attributed: {found.why_not}.", width)


def comparison_markdown(found: Comparison) -> str:
    """The comparison as a comment for a pull request."""
    unit = _unit(found)
    pairs = _pairs(found)
    decimals = unit.decimals([[r.lowest_cash for r in pair] for pair in pairs])
    lines = [f"### {_plain(headline(found, unit))}", ""]
    lines += [f"{_plain(found.projections[1].model)}: {_plain(found.titles[0])} → {_plain(found.titles[1])}", ""]
    lines += [f"| counting | months | cash out | lowest cash, {unit.label} |", "|---|--:|--:|--:|"]
    for pair in pairs:
        spans = [months(r.months) if r.months is not None else "beyond" for r in pair]
        days = [day(r.zero_cash_date) if r.zero_cash_date else "–" for r in pair]
        cash = [unit.figure(r.lowest_cash, decimals).strip() for r in pair]
        lines.append(f"| {pair[0].counting} | {_both(spans)} | {_both(days)} | {_both(cash)} |")
    if not found.changes:
        return "\n".join([*lines, "", "No assumption differs.", ""])
    if found.why_not is not None:
        lines += ["", "| assumption | before | after | where |", "|---|---|---|---|"]
        lines += [f"| {_cells(change)} |" for change in found.changes]
        return "\n".join([*lines, "", f"Not attributed: {_plain(found.why_not)}.", ""])
    shares, figures, places = _parts(found, unit)
    what = unit.label if _money(found) else "months"
    lines += ["", f"| assumption | before | after | where | {WORDS[found.metric]}, {what} |", "|---|---|---|---|--:|"]
    for effect, figure in zip(found.effects, figures, strict=True):
        if len(effect.changes) == 1:
            lines.append(f"| {_cells(effect.changes[0])} | {figure} |")
            continue
        lines.append(f"| **{_plain(effect.name)}** | | {len(effect.changes)} changes | | {figure} |")
        lines += [f"| {_cells(change)} | |" for change in effect.changes]
    lines.append(f"| **sum** | | | | **{signed(sum(shares), places)}** |")
    if found.horizons_counted:
        lines += ["", "What lasts beyond the horizon is counted as lasting until its end."]
    return "\n".join([*lines, ""])


def _both(texts: Sequence[str]) -> str:
    return texts[0] if texts[0] == texts[1] else f"{texts[0]} → {texts[1]}"


def _cells(change: Change) -> str:
    texts = (change.before, change.after)
    shown = ["–" if text is None else _plain(text) for text in texts]
    return " | ".join([f"`{change.address}`", *shown, _plain(place_text(change))])


def _plain(text: str) -> str:
    """Text of a file that cannot make a table, a link or a tag of itself."""
    shown = printable(text)
    for mark in "\\|`*_<>[]@#~":
        shown = shown.replace(mark, "\\" + mark)
    return shown


def comparison_csv(found: Comparison) -> str:
    """One row a change: address, before, after, file, line, group and effect (on the group's first row)."""
    digits = found.minor_digits
    rows: list[list[str]] = []
    grouped: list[tuple[str, float | None, tuple[Change, ...]]] = [(e.name, e.effect, e.changes) for e in found.effects]
    grouped = grouped or [("", None, found.changes)]
    for name, effect, changes in grouped:
        for n, change in enumerate(changes):
            share = "" if effect is None or n else f"{effect + 0.0:.{digits}f}" if _money(found) else f"{effect:.12g}"
            texts = [change.address, change.before or "", change.after or "", change.file or ""]
            rows.append([*map(written_text, texts), str(change.line or ""), written_text(name), share])
    return table(["address", "before", "after", "file", "line", "group", found.metric.replace("-", "_")], rows)
