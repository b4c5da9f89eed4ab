"""The tables of a document, each read by its class, every mistake collected."""

from __future__ import annotations

from keyword import iskeyword
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from runway import funding, lines
from runway.errors import Problem, choice_hint
from runway.funding.unsupported import UNSUPPORTED
from runway.language.fields import A_LAST_DAY, EXCHANGE_RATE, whole_number
from runway.language.figure import Figure, FigureError
from runway.lines import unsupported
from runway.lines.unsupported import ACCOUNTING
from runway.model.addresses import (
    ALONE,
    EXITS,
    LINE_SECTIONS,
    NAMED_SECTIONS,
    Path,
    component_class,
    section_class,
    table_class,
)
from runway.model.model import LISTS, NAME, RESERVED, SECTIONS, Item, Model
from runway.months import parse_date
from runway.words import is_currency

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from runway.files.document import Document
    from runway.lines.line import Component
    from runway.model.evidence import Check

NOUNS = {"costs": "costs", "revenue": "sales", "funding": "money", "drivers": "driver", "events": "event",
         "actions": "action"}  # fmt: skip
"""The noun that is suggested behind a reserved name, by section."""
PLACEHOLDER = {"name": "unreadable", "start": "2000-01", "months": 600, "opening_cash": 0}
MONTHS = ("start", "months")
"""Settings that say which months there are."""
READ_BY = ("currency", "as_of")
"""Settings by which figures are read."""

M = TypeVar("M", bound=BaseModel)


def source_days(raw: dict[str, Any]) -> dict[str, date]:
    """The day that each source speaks of, of those that say one."""
    texts = {name: source["as_of"] for name, source in raw.items() if isinstance(source, dict) and "as_of" in source}
    return {name: day for name, text in texts.items() if (day := parse_date(str(text), end=True)) is not None}


def year_begins(year_end: Any) -> int:
    """The first month of the financial year that ends in a month of the file; January where it cannot be read."""
    number = whole_number(year_end)
    return number % 12 + 1 if isinstance(number, int) else 1


class TableReader:
    """Reads the tables of one document and collects their problems."""

    def __init__(self, document: Document, like: Model | None = None) -> None:
        self.document, self.data = document, document.data
        self.like = like if like is not None and self._alike(like.document.data) else None
        self._read = {item.path: item for item in self.like.items} if self.like is not None else {}
        self.problems: list[Problem] = []
        currency = self.table("model").get("currency", "USD")
        self.context: dict[str, Any] = {
            "currency": currency if isinstance(currency, str) else None,
            "fx": tuple(self.table("fx")),
            "sources": tuple(self.table("sources")),
            "source_days": source_days(self.table("sources")),
            "year_begins": year_begins(self.table("model").get("fiscal_year_end")),
            "data": self.data,
        }
        self.context["known"] = self.known = self._as_of_day()
        rates = {code: self._rate(raw) for code, raw in self.table("fx").items()}
        self.context["floating"] = tuple(code for code, rate in rates.items() if rate is not None and rate.changes)

    def _alike(self, earlier: dict[str, Any]) -> bool:
        """Whether figures are read as in a sound file, of which tables that are the same need not be read again."""
        same = all(self.data.get(key) is earlier.get(key) for key in ("fx", "sources", "actions"))
        new, old = self.table("model"), earlier["model"]
        return same and (new is old or all(new.get(key) == old.get(key) for key in READ_BY))

    def table(self, section: str) -> dict[str, Any]:
        raw = self.data.get(section, {})
        return raw if isinstance(raw, dict) else {}

    def problem(self, path: Path, name: str, text: str, **how: Any) -> None:
        self.problems.append(self.document.problem(path, name, text, **how))

    def model(self, scenario: str, original: Document) -> Model:
        from runway.model.tables import Settings

        for key, raw in self.data.items():
            if key not in (*SECTIONS, "extends"):
                self._unknown_section(key)
            elif key in LISTS and not (isinstance(raw, list) and all(isinstance(entry, dict) for entry in raw)):
                self.problem((key,), "wrong-type", f"{key} is a list of tables, each [[{key}]].")
            elif key not in (*LISTS, "extends") and not isinstance(raw, dict):
                self.problem((key,), "wrong-type", f"{key} is a section: a table [{key}].")
        if "model" not in self.data:
            self.problem((), "missing-field", "The file needs a [model] with name, start, months and opening_cash.")
        written = isinstance(self.data.get("model"), dict)
        settings = self.read(Settings, ("model",), self.settings()) if written else None
        single: dict[str, Any] = {name: self.single(name) for name in ALONE if name in self.data or name == "levers"}
        if "actuals" in self.data:
            single["actuals_table"] = self.read(table_class("actuals"), ("actuals",), self.table("actuals"))
        sources = self.named("sources")
        fx = {code: f for code, raw in self.table("fx").items() if (f := self.rate(code, raw)) is not None}
        items: list[Item] = []
        broken: set[str] = set()
        owner: dict[str, str] = {}
        for section in NAMED_SECTIONS:
            for name, raw in self.table(section).items():
                self.name((section, name), name, owner)
                item = self.item(section, name, raw)
                if item is None:
                    broken.add(name)
                else:
                    items.append(item)
        unread = frozenset(self.unread(broken, {**single, "model": settings}, fx))
        if settings is None:  # the rest is read all the same: every problem is told at once
            kept = self.readable_settings()
            if not {*MONTHS} <= kept.keys():
                broken.add("model")
            settings = Settings.model_validate({**PLACEHOLDER, **kept}, context=self.context)
        single["levers"] = single["levers"] or table_class("levers")()
        checks = self.checks()
        return Model(
            document=self.document,
            scenario=scenario,
            settings=settings,
            fx=fx,
            sources=sources,
            items=self._decided(items),
            scenarios=self.named("scenarios"),
            original=original,
            broken=frozenset(broken),
            unread=unread,
            checks=tuple(checks.values()),
            check_places=tuple(checks),
            **single,
        )

    def _decided(self, items: list[Item]) -> tuple[Item, ...]:
        if "actions" not in self.data:
            return tuple(items)
        from runway.model.action import decided_items

        return decided_items(items, self.data)

    def settings(self) -> dict[str, Any]:
        """The table `[model]`; 0 stands for the opening cash until the books, which say it, are read."""
        raw = self.table("model")
        from_books = "opening_cash" not in raw and self.table("actuals").get("opening") == "books"
        return {**raw, "opening_cash": 0} if from_books else raw

    def readable_settings(self) -> dict[str, Any]:
        """The fields of `[model]` that can be read, where some cannot."""
        from runway.model.tables import Settings

        readable: dict[str, Any] = {}
        for key, value in self.settings().items():
            try:
                Settings.model_validate({**PLACEHOLDER, **readable, key: value}, context=self.context)
            except ValidationError:
                continue
            readable[key] = value
        return readable

    def name(self, path: Path, name: str, owner: dict[str, str]) -> None:
        """Checks a name that formulas can use."""
        if not NAME.match(name) or iskeyword(name):
            self.problem(path, "invalid-name", f"{name} cannot be used as a name. Names are made of a-z, 0-9 and _, "
                         "begin with a letter, are at most 60 long and are not words of Python.", at="key")  # fmt: skip
        elif name in RESERVED:
            better = f"{name}_{NOUNS.get(str(path[0]), 'line')}"
            text = f"{name} means something else in formulas. Write [{path[0]}.{better}]; title says how it is shown."
            self.problem(path, "reserved-name", text, at="key")
        elif name in owner:
            text = f"{name} is also the name of something in [{owner[name]}]; names are unique across the file."
            self.problem(path, "duplicate-name", text, at="key")
        owner.setdefault(name, str(path[0]))

    def rate(self, code: str, raw: Any) -> Figure | None:
        if not is_currency(code) or code == self.context["currency"]:
            text = f"{code} is no currency code: three capital letters, such as EUR."
            if code == self.context["currency"]:
                text = f"{code} is the currency of the model itself; [fx] has the rates of others."
            self.problem(("fx", code), "bad-currency", text, at="key")
            return None
        try:
            return EXCHANGE_RATE.read(raw, self.context)
        except FigureError as error:
            text = f"{code} is what one {code} is worth. {error.text.replace('FIELD', code)}"
            self.problem(("fx", code, *error.path), error.name, text)
            return None

    def _as_of_day(self) -> date | None:
        """The day as of which the file is read; None where none is asked for, or it cannot be read."""
        raw = self.table("model").get("as_of")
        try:
            return None if raw is None else A_LAST_DAY.read(raw, self.context).day
        except (FigureError, ValueError):  # its problem is told where it stands
            return None

    def _rate(self, raw: Any) -> Figure | None:
        """A rate of exchange; None where it cannot be read, which is told with the rest of its table."""
        try:
            return EXCHANGE_RATE.read(raw, self.context)
        except FigureError:
            return None

    def single(self, section: str) -> Any:
        """A section that is one table; None, with its problems noted, where it cannot be read."""
        if self.like is not None and self.data.get(section) is self.like.document.data.get(section):
            return getattr(self.like, section)
        return self.read(table_class(section), (section,), self.table(section))

    def named(self, section: str) -> dict[str, Any]:
        """The tables of a section whose names are not used in formulas."""
        if self.like is not None and self.data.get(section) is self.like.document.data.get(section):
            return dict(getattr(self.like, section))
        tables = self.table(section).items()
        read = ((name, self.read(table_class(section), (section, name), raw)) for name, raw in tables)
        return {name: component for name, component in read if component is not None}

    def checks(self) -> dict[int, Check]:
        """The checks by their place in the file, without those of a source that is later than the day it is read as of.

        Their statements are read when they are asked for.
        """
        raw = self.data.get("checks")
        tables = enumerate(raw if isinstance(raw, list) else ())
        days = self.context["source_days"]
        read = {
            n: self.read(table_class("checks"), ("checks", n), table)
            for n, table in tables
            if isinstance(table, dict)
            and (self.known is None or days.get(str(table.get("source")), self.known) <= self.known)
        }
        return {n: check for n, check in read.items() if check is not None}

    def unread(self, broken: Iterable[str], single: Mapping[str, Any], fx: Mapping[str, Figure]) -> Iterator[str]:
        """The beginnings of names whose tables could not be read: lines, their groups, single sections, rates."""
        yield from broken
        yield from (name for name, table in single.items() if table is None)
        if len(fx) < len(self.table("fx")):
            yield "fx"
        tables = (self.table(section).get(name) for section in LINE_SECTIONS for name in broken)
        yield from (str(table["group"]) for table in tables if isinstance(table, dict) and "group" in table)

    def read_again(self, path: Path) -> None:
        """Reads the one table that holds a path, for its problems."""
        section, name = str(path[0]), str(path[1])
        if (cls := section_class(section)) is not None:
            self.read(cls, (section,), self.table(section))
        elif section == "fx":
            self.rate(name, self.table("fx")[name])
        else:
            self.item(section, name, self.table(section)[name])

    def item(self, section: str, name: str, raw: Any) -> Item | None:
        path = (section, name)
        if self.like is not None and raw is self.like.document.data.get(section, {}).get(name):
            return self._read[path]
        if not isinstance(raw, dict):
            self.problem(path, "wrong-type", f"{name} is a table: [{section}.{name}].")
            return None
        from runway.lines.section_fields import SECTION_FIELDS

        cls = (
            component_class(section, raw)
            if section in ("drivers", "events", "actions", "exits")
            else self.kind(path, raw)
        )
        if cls is None:
            if section == "exits":
                hint = choice_hint(str(raw["kind"]), EXITS)
                self.problem((*path, "kind"), "unknown-kind", f"{raw['kind']} is no kind of [exits].{hint}")
            return None
        added, shared = SECTION_FIELDS.get(section), None
        if added is not None:
            section_fields = added.model_fields
            shared = self.read(added, path, {key: raw[key] for key in raw if key in section_fields})
            raw = {key: value for key, value in raw.items() if key not in section_fields}
        part = self.read(cls, path, raw)
        if part is None or (added is not None and shared is None):
            return None
        return Item(name, section, part, shared)

    def _unknown_section(self, key: str) -> None:
        name = key.casefold().replace("-", "_")
        if (term := ACCOUNTING.get(name)) is not None:
            text = f"{term} are not modelled, so every figure that they touch would be wrong. Take [{key}] out."
            self.problem((key,), "unsupported-term", text, at="key")
            return
        advice = unsupported.SECTIONS.get(name)
        hint = f" {advice}" if advice else choice_hint(key, SECTIONS)
        self.problem((key,), "unknown-key", f"[{key}] is no section of an assumption file.{hint}", at="key")

    def kind(self, path: Path, raw: dict[str, Any]) -> type[Component] | None:
        """The class of the table's kind; None, with the problem noted, where it says none that its section takes."""
        section = str(path[0])
        kinds = funding.KINDS if section == "funding" else lines.KINDS
        kind = raw.get("kind")
        if kind is None:
            misnamed = next((key for key in raw if key.casefold() in ("kind", "type", "kinds")), None)
            words = ", ".join(self.kinds(section))
            text = f'{path[1]} needs its kind, kind = "...", which is one of these words: {words}.'
            if misnamed is not None:
                text = f"What {path[1]} is stands under kind, not {misnamed}; it is one of these words: {words}."
            self.problem(path if misnamed is None else (*path, misnamed), "missing-field", text, at="key")
            return None
        if not isinstance(kind, str) or kind not in kinds:
            known = self.kinds(section)
            hint = choice_hint(str(kind), known)
            name = str(kind).casefold().replace("-", "_")
            if (advice := unsupported.KINDS.get(name)) is not None:
                hint = f" {advice}"
            elif (term := {**UNSUPPORTED, **ACCOUNTING}.get(name)) is not None:
                hint = f" {term} are not modelled.{hint}"
            self.problem((*path, "kind"), "unknown-kind", f"{kind} is no kind of [{section}].{hint}")
            return None
        cls = component_class(section, raw)
        allowed = () if cls is None else cls.sections
        if section not in allowed:
            text = f"{kind} belongs to {' or '.join(f'[{s}]' for s in allowed)}, not to [{section}]."
            self.problem((*path, "kind"), "kind-not-here", text)
            return None
        return cls

    def kinds(self, section: str) -> list[str]:
        """The kinds that a section takes."""
        names = funding.KINDS if section == "funding" else lines.KINDS
        classes = {kind: component_class(section, {"kind": kind}) for kind in names}
        return [kind for kind, cls in classes.items() if cls is not None and section in cls.sections]

    def read(self, cls: type[M], path: Path, raw: Any) -> M | None:
        """A table read by its class, or None with its problems noted."""
        if not isinstance(raw, dict):
            self.problem(path, "wrong-type", f"{path[-1]} is a table.")
            return None
        for key in raw:
            bad_extra = cls.model_config.get("extra") == "allow" and key not in cls.model_fields
            if bad_extra and (not NAME.match(key) or iskeyword(key) or key in RESERVED):
                says = "names are made of a-z, 0-9 and _, are at most 60 long and mean nothing else."
                self.problem((*path, key), "invalid-name", f"{key} cannot name a parameter; {says}", at="key")
        try:
            return cls.model_validate(raw, context=self.context)
        except ValidationError as error:
            from runway.model.mistakes import field_problems

            errors = [dict(mistake) for mistake in error.errors(include_url=False)]
            self.problems.extend(field_problems(self.document, cls, path, errors))
            return None
