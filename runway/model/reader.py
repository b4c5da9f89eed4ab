"""The tables of a document, each read by its class, every mistake collected."""

from __future__ import annotations

import re
from keyword import iskeyword
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError

from runway import funding, lines
from runway.errors import InputError, Problem, did_you_mean
from runway.language.dimension import Dimension
from runway.language.figure import Figure, FigureError
from runway.model.addresses import LINE_SECTIONS, Path, component_class, section_fields
from runway.model.model import LISTS, RESERVED, SECTIONS, Item, Model

if TYPE_CHECKING:
    from runway.files.document import Document
    from runway.model.tables import Check

PLACEHOLDER = {"name": "unreadable", "start": "2000-01", "months": 600, "opening_cash": 0}
_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}\Z")


class TableReader:
    """Reads the tables of one document and collects what is wrong with them."""

    def __init__(self, document: Document) -> None:
        self.document, self.data = document, document.data
        self.problems: list[Problem] = []
        currency = self.table("model").get("currency", "USD")
        self.context = {
            "currency": currency if isinstance(currency, str) else None,
            "fx": tuple(self.table("fx")),
            "sources": tuple(self.table("sources")),
        }

    def table(self, section: str) -> dict[str, Any]:
        raw = self.data.get(section, {})
        return raw if isinstance(raw, dict) else {}

    def problem(self, path: Path, name: str, text: str, **how: Any) -> None:
        self.problems.append(self.document.problem(path, name, text, **how))

    def model(self, scenario: str, original: Document) -> Model:
        for key, raw in self.data.items():
            if key not in (*SECTIONS, "extends"):
                hint = did_you_mean(key, SECTIONS) or f" There are {', '.join(SECTIONS)}."
                self.problem((key,), "unknown-key", f"[{key}] is no section of an assumption file.{hint}", at="key")
            elif key in LISTS and not (isinstance(raw, list) and all(isinstance(entry, dict) for entry in raw)):
                self.problem((key,), "wrong-type", f"{key} is a list of tables, each [[{key}]].")
            elif key not in (*LISTS, "extends") and not isinstance(raw, dict):
                self.problem((key,), "wrong-type", f"{key} is a section: a table [{key}].")
        if "model" not in self.data:
            self.problem((), "missing-field", "The file needs a [model] with name, start, months and opening_cash.")
        given = isinstance(self.data.get("model"), dict)
        settings = self.component("model", ("model",), self.table("model")) if given else None
        tax = self.component("tax", ("tax",), self.table("tax")) if "tax" in self.data else None
        levers = self.component("levers", ("levers",), self.table("levers"))
        owned = "captable" in self.data
        captable = self.component("captable", ("captable",), self.table("captable")) if owned else None
        actuals = self.component("actuals", ("actuals",), self.table("actuals")) if "actuals" in self.data else None
        sources = self.named("sources", "Source")
        fx = {code: f for code, raw in self.table("fx").items() if (f := self.rate(code, raw)) is not None}
        items: list[Item] = []
        broken: set[str] = set()
        owner: dict[str, str] = {}
        for section in (*LINE_SECTIONS, "events", "funding"):
            for name, raw in self.table(section).items():
                self.name((section, name), name, owner)
                item = self.item(section, name, raw)
                if item is None:
                    broken.add(name)
                else:
                    items.append(item)
        if settings is None:  # the rest is read all the same: every problem is told at once
            broken.add("model")
            settings = component_class("model", None).model_validate(PLACEHOLDER)  # type: ignore[union-attr]  # it has no kinds
        if levers is None:
            raise InputError(*self.problems)
        scenarios = self.named("scenarios", "Scenario")
        return Model(
            self.document,
            scenario,
            settings,  # type: ignore[arg-type]  # read by Settings, Tax and Levers
            fx,
            sources,
            tuple(items),
            tax,  # type: ignore[arg-type]  # each is of its section's class
            levers,  # type: ignore[arg-type]  # likewise
            scenarios,
            original,
            frozenset(broken),
            captable=captable,  # type: ignore[arg-type]  # likewise
            checks=self.checks(),
            actuals_table=actuals,  # type: ignore[arg-type]  # likewise
        )

    def name(self, path: Path, name: str, owner: dict[str, str]) -> None:
        """Checks a name that formulas can use."""
        if not _NAME.match(name) or iskeyword(name):
            self.problem(path, "invalid-name", f"{name} cannot be used as a name. Names are made of a-z, 0-9 and _, "
                         "begin with a letter, are at most 60 long and are not words of Python.", at="key")  # fmt: skip
        elif name in RESERVED:
            self.problem(
                path, "reserved-name", f"{name} means something else in formulas; choose another name.", at="key"
            )
        elif name in owner:
            text = f"{name} is also the name of something in [{owner[name]}]; names are unique across the file."
            self.problem(path, "duplicate-name", text, at="key")
        owner.setdefault(name, str(path[0]))

    def rate(self, code: str, raw: Any) -> Figure | None:
        if not re.fullmatch("[A-Z]{3}", code) or code == self.context["currency"]:
            text = f"{code} is no currency code: three capital letters, such as EUR."
            if code == self.context["currency"]:
                text = f"{code} is the currency of the model itself; [fx] has the rates of others."
            self.problem(("fx", code), "bad-currency", text, at="key")
            return None
        try:
            return Dimension("count", low=1e-9).read(raw, self.context)
        except FigureError as error:
            text = f"{code} is what one {code} is worth. {error.text.replace('FIELD', code)}"
            self.problem(("fx", code, *error.path), error.name, text)
            return None

    def named(self, section: str, cls: str) -> dict[str, Any]:
        """The tables of a section whose names are not used in formulas."""
        from runway.model import tables as sections

        read = {}
        for name, raw in self.table(section).items():
            component = self.read(getattr(sections, cls), (section, name), raw)
            if component is not None:
                read[name] = component
        return read

    def checks(self) -> tuple[Check, ...]:
        """The checks of the file; what they say of the model is read when they are asked for."""
        from runway.model.tables import Check

        raw = self.data.get("checks")
        tables = enumerate(raw if isinstance(raw, list) else ())
        read = [self.read(Check, ("checks", n), table) for n, table in tables if isinstance(table, dict)]
        return tuple(check for check in read if check is not None)

    def read_again(self, path: Path) -> None:
        """Reads the one table that holds a path, for its problems."""
        section, name = str(path[0]), str(path[1])
        if section in ("model", "tax", "levers", "captable", "actuals"):
            self.component(section, (section,), self.table(section))
        elif section == "fx":
            self.rate(name, self.table("fx")[name])
        else:
            self.item(section, name, self.table(section)[name])

    def item(self, section: str, name: str, raw: Any) -> Item | None:
        path = (section, name)
        if not isinstance(raw, dict):
            self.problem(path, "wrong-type", f"{name} is a table: [{section}.{name}].")
            return None
        if section not in ("drivers", "events") and not self.kind(path, raw):
            return None
        own = section_fields(section)
        shared = None
        if own:
            from runway.lines.line import SECTION_FIELDS

            cls = SECTION_FIELDS[section]
            assert cls is not None
            shared = self.read(cls, path, {key: raw[key] for key in raw if key in own})
            raw = {key: value for key, value in raw.items() if key not in own}
        part = self.component(section, path, raw)
        if part is None or (own and shared is None):
            return None
        return Item(name, section, part, shared)

    def kind(self, path: Path, raw: dict[str, Any]) -> bool:
        """Whether the table says a kind that there is and that its section takes."""
        section = str(path[0])
        kinds = funding.KINDS if section == "funding" else lines.KINDS
        kind = raw.get("kind")
        if kind is None:
            text = f"{path[1]} needs its kind: one of {', '.join(self.kinds(section))}."
            self.problem(path, "missing-field", text, at="key")
            return False
        if not isinstance(kind, str) or kind not in kinds:
            known = self.kinds(section)
            hint = did_you_mean(str(kind), known) or f" There are {', '.join(known)}."
            self.problem((*path, "kind"), "unknown-kind", f"{kind} is no kind of [{section}].{hint}")
            return False
        cls = component_class(section, raw)
        allowed = () if cls is None else cls.sections
        if section not in allowed:
            text = f"{kind} belongs to {' or '.join(f'[{s}]' for s in allowed)}, not to [{section}]."
            self.problem((*path, "kind"), "kind-not-here", text)
            return False
        return True

    def kinds(self, section: str) -> list[str]:
        """The kinds that a section takes."""
        names = funding.KINDS if section == "funding" else lines.KINDS
        classes = {kind: component_class(section, {"kind": kind}) for kind in names}
        return [kind for kind, cls in classes.items() if cls is not None and section in cls.sections]

    def component(self, section: str, path: Path, raw: Any) -> BaseModel | None:
        cls = component_class(section, raw)
        assert cls is not None
        read: BaseModel | None = self.read(cls, path, raw)
        return read

    def read(self, cls: type[BaseModel], path: Path, raw: Any) -> Any:
        """A table read by its class, or None with its problems noted."""
        if not isinstance(raw, dict):
            self.problem(path, "wrong-type", f"{path[-1]} is a table.")
            return None
        for key in raw:
            bad_extra = cls.model_config.get("extra") == "allow" and key not in cls.model_fields
            if bad_extra and (not _NAME.match(key) or iskeyword(key) or key in RESERVED):
                text = f"{key} cannot name a parameter; names are made of a-z, 0-9 and _ and mean nothing else."
                self.problem((*path, key), "invalid-name", text, at="key")
        try:
            return cls.model_validate(raw, context=self.context)
        except ValidationError as error:
            from runway.model.mistakes import field_problems

            found = [dict(mistake) for mistake in error.errors(include_url=False)]
            self.problems.extend(field_problems(self.document, cls, path, found))
            return None
