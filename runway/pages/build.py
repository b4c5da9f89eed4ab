"""A model as one page: HTML with a strict policy, its data as text, its script of formulas and of drawing."""

from __future__ import annotations

from datetime import date
from math import isfinite
from shlex import quote
from typing import TYPE_CHECKING, Any

from runway.engine.ladder import LADDER, default_rung
from runway.engine.load import load_document
from runway.engine.paths import Variants
from runway.engine.run import Engine
from runway.files.toml import toml_key, toml_value
from runway.language.named_tuple import NamedTuple
from runway.model.overrides import option
from runway.months import days_in_month
from runway.pages.blocks import Pool
from runway.pages.document import data_text, document, script_of
from runway.pages.evidence import figures_json, rows_json, sources_json
from runway.pages.facts import PARTS, Facts, facts, runs_of
from runway.pages.formulas import Formulas, formulas
from runway.pages.sections import SECTIONS
from runway.pages.sheets import (
    SHEETS,
    is_money,
    later_rows,
    metrics_json,
    read_by_sheets,
    sheets_of,
    statements_json,
)
from runway.pages.sliders import Slider, Sliders, form_of
from runway.program.origin import Origins
from runway.program.sections import sections
from runway.render.figures import printable
from runway.render.html import hash_of
from runway.reports import project as project_report
from runway.reports.answer import COUNTING, closing_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from runway.answers.projection import Projection
    from runway.answers.simulation import Simulation
    from runway.program.plan import Plan
    from runway.program.row import ProgramRow

BASE = "base"
NAMED = (
    "minimum_cash", "opening_cash", "cash", "unrestricted_cash", "restricted_cash", "net_cash_flow", "months_to_close"
)  # fmt: skip
"""The rows that the page names itself."""


class PageOptions(NamedTuple):
    """The contents of a page: its sections, whether notes, a simulation's fan, and the address it is served from."""

    only: tuple[str, ...] = SECTIONS
    notes: bool = True
    fan: Simulation | None = None
    events: str = ""  # the address that tells of a new version; empty for a file
    between: Callable[[], None] | None = None  # called between parts; an error it raises ends the making


class ServedPage(NamedTuple):
    """A page that is served: as a file, its data alone as text, and the contents of both."""

    text: str
    data: str
    contents: PageData


def page(plan: Plan, options: PageOptions = PageOptions()) -> str:  # noqa: B008  # frozen
    """The page of a plan and of the other scenarios of its file."""
    data, script = PageData(plan, options).json()
    return document(plan.model.settings.name, data_text(data), script)


def served_page(plan: Plan, options: PageOptions) -> ServedPage:
    """The page of a plan as it is served; an open one whose script is the same takes another's data."""
    contents = PageData(plan, options)
    data, script = contents.json()
    text = data_text(data | {"script": hash_of(script)})
    return ServedPage(document(plan.model.settings.name, text, script, options.events), text, contents)


class PageData:
    """The data of a page, made part by part."""

    def __init__(self, plan: Plan, options: PageOptions) -> None:
        self.plan, self.options, self.model = plan, options, plan.model
        self.pool, self.files, self.between = Pool(), dict[str, int](), options.between or (lambda: None)
        self.live = "sliders" in options.only
        original, changes = self.model.original, self.model.changes
        names = list(dict.fromkeys([BASE, *self.model.scenarios])) if self.live else [self.model.scenario]
        base = plan if self.model.scenario == names[0] else load_document(original, names[0], changes)
        self.plans = [base]
        for name in names[1:]:
            self.between()
            chosen = name == self.model.scenario
            self.plans.append(plan if chosen else load_document(original, name, changes, like=base))
        self.names = names
        parts = {part for part in PARTS if part in options.only}
        parts |= {"burn"} if "headline" in options.only else set()
        parts |= {"covenants"} if "checks" in options.only else set()
        self.parts = parts if options.notes else parts - {"notes"}

    def json(self) -> tuple[dict[str, Any], str]:
        """The data and the script."""
        base = self.plans[0]
        runs = runs_of(base, self.parts)
        self.runner = runs.runner
        base_facts = facts(runs, self.pool, self.parts)
        report = project_report.report(base_facts.projection, full=True)
        scenario_facts = []
        for plan in self.plans[1:]:
            self.between()
            scenario_facts.append(facts(runs_of(plan, self.parts, runs.runner), self.pool, self.parts, report.scale))
        self.between()
        later = self._later()
        text = formulas(self.plans, later)
        self.places, rows = text.places, text.places.rows
        data: dict[str, Any] = {
            **self._heading(base_facts.projection, report.scale),
            "rungs": self._rungs(text),
            "counting": default_rung(base.model),
            "scenarios": self._scenarios(text, [base_facts, *scenario_facts]),
            "selected": self.names.index(self.model.scenario),
            "places": {row: rows[row] for row in NAMED if row in rows},
            "table": self._table(text) if "cash" in self.options.only else None,
            "closings": self._closings(text, base_facts.projection) if "funding" in self.options.only else [],
            "clauses": self._clauses(text, base_facts.projection) if "funding" in self.options.only else [],
            "statements": statements_json(base, rows) if "statements" in self.sheets else [],
            "metrics": metrics_json(base, rows) if "metrics" in self.sheets else None,
            "leftOut": [section for section in SHEETS if section in self.options.only and section not in self.sheets],
            "fan": self._fan(),
            "events": self.options.events,
        }
        if not self.live:
            data |= {"fixed": self._fixed(text, base_facts.projection, later[0]), "pool": self.pool.values}
            return data, script_of("const FUNCTIONS=[];\n")
        sliders = Sliders(Variants(base, runner=runs.runner.of_daily_cash()), self.between).all()
        data |= {
            "parameters": [*map(_whole, text.parameters)],
            "programs": [self._program(program) for program in text.programs],
            "sliders": self._sliders(sliders, text),
            "own": self._written_values(sliders),
            "names": addresses_text(rows),
            "addresses": addresses_text(text.places.parameters),
            "shown": {rows[name]: rows[to] for name, to in base.program.shown.items() if name in rows},
            "rows": rows_json(base, later[0], text.places, self.files),
            "plain": [rows[row.address] for row in later[0] if not is_money(row)],
            "figures": figures_json(base, text.places, self.pool, self.files, notes=self.options.notes),
            "sources": sources_json(base, notes=self.options.notes),
            "files": [*self.files],
            "still": max(0, len(base.program.entries) - len(sliders)),
        }
        data["pool"] = self.pool.values
        return data, script_of(text.script)

    def _later(self) -> list[tuple[ProgramRow, ...]]:
        """By plan the rows that its page runs once their tables are opened; the base's where the formulas are equal."""
        base = self.plans[0]
        self.sheets = sheets_of(base, self.options.only)
        rows = later_rows(base, self.sheets)
        same = [plan.program.rows == base.program.rows for plan in self.plans]
        return [rows if alike else later_rows(plan, self.sheets) for alike, plan in zip(same, self.plans, strict=True)]

    def _program(self, program: dict[str, Any]) -> dict[str, Any]:
        """A program with its long lists in the pool, as scenarios have most of them in common."""
        order, posted = program["order"], "".join(map(str, program["posted"]))
        short = program | {"posted": posted, "order": len(order) if order == [*range(len(order))] else order}
        return short | {key: self.pool.of(short[key]) for key in ("order", "posted", "needed", "openings", "layout")}

    def _heading(self, projection: Projection, unit: Any) -> dict[str, Any]:
        changes = [*self.model.changes.items()]
        command = f"runway project {quote(self.model.document.title.replace('standard input', '-'))}"
        return {
            "title": printable(self.model.settings.name),
            "months": projection.months,
            "asOf": projection.as_of.isoformat(),
            "minorDigits": projection.minor_digits,
            "yearEnd": projection.fiscal_year_end,
            "currency": self.model.settings.currency,
            "unit": {"value": unit.unit, "label": unit.label, "places": unit.places},
            "floor": projection.minimum_cash,
            "funded": bool(projection.closings or projection.rounds),
            "restricted": any(projection.rows.get("restricted_cash", ())),
            "raiseFor": projection.raise_for,
            "only": [section for section in SECTIONS if section in self.options.only],
            "command": command,
            "given": [_shell(address, value) for address, value in changes],
            "givenSet": [[toml_key(address), toml_value(value)] for address, value in changes],
            "changes": [f"{address} {value}" for address, value in projection.changes],
        }

    def _rungs(self, text: Formulas) -> list[dict[str, Any]]:
        places = text.places.parameters
        return [
            {
                "title": counting.title,
                "says": COUNTING[counting.title],
                "overrides": [(places[a], v) for a, v in counting.overrides.items() if a in places],
            }
            for counting in LADDER
        ]

    def _scenarios(self, text: Formulas, facts_by_plan: Sequence[Facts]) -> list[dict[str, Any]]:
        scenarios = []
        for n, (name, plan, plan_facts) in enumerate(zip(self.names, self.plans, facts_by_plan, strict=True)):
            scenario = plan.model.scenarios.get(name)
            written = {} if scenario is None else scenario.set
            scenarios.append(
                {
                    "name": name,
                    "title": printable((scenario and scenario.title) or ""),
                    "program": text.of[n],
                    "overrides": text.overrides[n] if self.live else [],
                    "set": [[toml_key(address), toml_value(value)] for address, value in written.items()],
                    **plan_facts.json,
                }
            )
        return scenarios

    def _table(self, text: Formulas) -> list[Any]:
        """The sections of the cash table: title, row, and the title and row of each line."""
        rows = text.places.rows
        return [
            [part.title, rows[part.cash], [[printable(x.title), rows[x.cash]] for x in part.lines if x.cash in rows]]
            for part in sections(self.plans[0].model)
        ]

    def _closings(self, text: Formulas, projection: Projection) -> list[Any]:
        """Each closing: its title, address, rows of its money and day, and the amount written."""
        rows = text.places.rows
        return [
            {
                "title": printable(closing_name(projection, closing)),
                "address": closing.address,
                "cash": rows[cash],
                "due": rows.get(f"{closing.address}.due", -1),
                "amount": closing.amount,
            }
            for closing in projection.closings
            if (cash := f"{closing.address}.cash") in rows
        ]

    def _clauses(self, text: Formulas, projection: Projection) -> list[Any]:
        """Each clause: its title, and the figure of the day by which it is decided."""
        places = text.places.parameters
        return [
            {"title": printable(clause.title), "p": places[by]}
            for clause in projection.clauses
            if (by := f"{clause.address}.by") in places
        ]

    def _fan(self) -> dict[str, Any] | None:
        fan = self.options.fan
        if fan is None or not fan.uncertain:
            return None
        values = [[round(share.value, fan.minor_digits) for share in month] for month in fan.cash]
        return {"paths": fan.paths, "counting": fan.counting.removeprefix("+ "), "months": values}

    def _fixed(self, text: Formulas, projection: Projection, later: Sequence[ProgramRow]) -> dict[str, Any]:
        """The figures of a page without formulas: cash by rung, and the rows of the cash table."""
        rows = text.places.rows
        addresses: dict[str, None] = {}
        if "cash" in self.options.only:
            addresses = dict.fromkeys(("opening_cash", "cash", "restricted_cash", "net_cash_flow"))
            for section in sections(self.plans[0].model):
                addresses |= dict.fromkeys((section.cash, *(line.cash for line in section.lines)))
        if "funding" in self.options.only:
            for closing in projection.closings:
                addresses |= dict.fromkeys((f"{closing.address}.cash", f"{closing.address}.due"))
        free = [[round(value, projection.minor_digits) for value in cash] for cash in projection.free_cash.values()]
        months = [(rung.months, rung.months_from_start, rung.funding_gap) for rung in projection.runway]
        figures: dict[int, Any] = {rows[name]: projection.rows[name] for name in addresses if name in rows}
        if later:
            plan = self.plans[0]
            program = plan.program._replace(rows=(*plan.program.usual.rows, *later))
            run = Engine(program, plan.model.document, whole=True).run()
            shown = {rows[name]: run[name] for name in read_by_sheets(plan, self.sheets)}
            figures |= {place: [value if isfinite(value) else None for value in shown[place]] for place in shown}
        return {"free": free, "months": months, "rows": figures}

    def _sliders(self, sliders: Sequence[Slider], text: Formulas) -> list[list[Any]]:
        """Each slider: the place of its figure, title, form, group, its own stop, and the numbers and texts of all."""
        origins = Origins(self.plans[0])
        rows = []
        for slider in sliders:
            written = slider.address.startswith("levers.") or origins.is_written(slider.address)
            slider = slider.thinned() if not written or slider.group == "still" else slider
            rows.append(
                [
                    text.places.parameters[slider.address],
                    printable(slider.title),
                    slider.control,
                    slider.group if written or slider.group == "event" else "still",
                    slider.at,
                    *self._stops(slider),
                ]
            )
        return rows

    def _stops(self, slider: Slider) -> list[Any]:
        """The numbers and texts of stops; of one day in consecutive months the first month, the day and how many."""
        numbers, texts = [stop.x for stop in slider.stops], [stop.text for stop in slider.stops]
        start, days = self.plans[0].program.start, [text[8:] for text in texts if text != "never"]
        if days and texts[0][4:5] == "-" and "never" not in texts[:-1]:
            day, first = int(max(days)), int(numbers[0] // 1)
            on = [(n, min(day, days_in_month(start + n))) for n in range(first, first + len(days))]
            dates = [date((start + n) // 12, (start + n) % 12 + 1, d).isoformat() for n, d in on]
            if numbers[: len(days)] == [n + (d - 1) / 32 for n, d in on] and texts[: len(days)] == dates:
                return [first, day, len(days), int(len(texts) > len(days))]
        return [[*map(_whole, numbers)], "|".join(texts)]

    def _written_values(self, sliders: Sequence[Slider]) -> list[dict[int, str | None]]:
        """By scenario, its texts of the slider figures that it changes; None for a figure of another form or absent."""
        base_entries, texts_by_plan = self.plans[0].program.entries, []
        for plan in self.plans:
            entries, origins = plan.program.entries, Origins(plan) if plan is not self.plans[0] else None
            texts: dict[int, str | None] = {}
            for n, slider in enumerate(sliders):
                entry, base = entries.get(slider.address), base_entries[slider.address]
                if entry is None or (form_of(entry.amount), entry.month) != (form_of(base.amount), base.month):
                    texts[n] = None
                elif origins is not None and entry != base:
                    texts[n] = printable(entry.text)
            texts_by_plan.append(texts)
        return texts_by_plan


def addresses_text(addresses: Iterable[str]) -> str:
    """Addresses in one text; one of the same line as that before it stands without the line.

    >>> addresses_text(["sales.price", "sales.growth.2026-01", "cash", "cash.tax"])
    'sales.price|.growth.2026-01|cash|.tax'
    """
    texts, before = [], ""
    for address in addresses:
        line, _, _ = address.partition(".")
        texts.append(address.removeprefix(line) if line == before and address != line else address)
        before = line
    return "|".join(texts)


def _whole(number: float) -> float:
    """A number without its decimals where they are 0, which JSON would write."""
    return int(number) if number == int(number) and str(number) != "-0.0" else number


def _shell(address: str, value: Any) -> str:
    """A change of the command line as it is typed there."""
    flag, _, rest = option(address, value).partition(" ")
    return f"{flag} {quote(rest)}" if rest else flag
