"""One model of two files: the second with the tables that only the first has, every difference a parameter of the path.

A figure that both write in one form is a parameter already.  One written in two forms (another unit, a schedule in
place of a number) stands in the union by the month, with the values that each file's own formulas see; where that
cannot be, as of a delay in days and one in months, there is a union for each form.  A formula is `new if revised else
old`.  A table that only one file has is switched off by its amount, its date or the factor of its formula.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_origin

from runway.engine.load import load_document
from runway.engine.run import Engine
from runway.errors import InputError
from runway.files.closed_months import CLOSED, SCALE, SETTLED
from runway.files.document import raw_at
from runway.language.named_tuple import NamedTuple
from runway.model.addresses import NAMED_SECTIONS, component_class, find
from runway.model.changes import Difference, closed_months, differences, holder
from runway.model.model import tables_within
from runway.model.names import Namespace
from runway.months import month_label

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runway.files.document import Document
    from runway.model.addresses import Path
    from runway.model.model import Model
    from runway.program.plan import Plan

WRITTEN = {
    "money": "0",
    "flow": "0/month",
    "count": "0",
    "count_flow": "0/month",
    "share": "0%",
    "rate": "0%/month",
    "nominal_rate": "0%/month",
    "loss": "0%/month",
    "days": "1 day",
    "months": "1 month",
}
"""How a figure of each dimension is written by the month; its number is a parameter of the path."""

COMMAND = "compare"
FORM = "compared_form"
MOST_FORMS = 4  # fields in two forms: each doubles the plans
DEPTHS = (2, 3)  # of the path of an item, and of one of its fields


class Player(NamedTuple):
    """One change as the parameters of the union before and after it."""

    change: Difference
    before: Mapping[str, float]
    after: Mapping[str, float]
    parts: tuple[Difference, ...] = ()  # further changes of its item that come with it; none stands alone

    def turned(self, changes: Mapping[str, Difference]) -> Player:
        """The player from the second file to the first, with the `changes` in that direction by address."""
        change, *parts = (changes.get(part.address, part) for part in (self.change, *self.parts))
        return Player(change, self.after, self.before, tuple(parts))


class NotOneModelError(Exception):
    """Why two models do not fit into one; its text says so."""


class NotAloneError(NotOneModelError):
    """Why a field cannot be taken from one file without another of its item."""


def union(first: Plan, second: Plan) -> tuple[Plan, list[Player]]:
    """The plan that holds both, and each change as parameters of it.

    Raises `NotOneModelError` where the models differ in more than parameters can say.
    """
    models = first.model, second.model
    changes = [change for change in differences(*models) if change.nature != "ownership"]
    for change in changes:
        if (lasting := next((table for table in change.tables if table.off is None), None)) is not None:
            state, kind = "new" if change.nature == "added" else "gone", lasting.kind_name()
            text = f"{change.address} is {state}, and how a line of kind {kind} is switched off is not known"
            raise NotOneModelError(f"{text}, so its part cannot be told")
    form = [change for change in changes if change.nature == "form"]
    if form:
        differing = [f"{c.address} ({c.before or 'not there'} → {c.after or 'not there'})" for c in form]
        raise NotOneModelError(f"the form of the model differs in {', '.join(differing)}")
    document = _with_own(*models)
    try:
        by_month = _by_month(*models, [c.address for c in changes if c.nature == "rewritten"])
        for address, (old, new) in by_month.items():
            document = _rewritten(document, address, (*old, *new), second.model)
        for n, change in enumerate(changes):
            document = _switched(document, n, change)
        plan = load_document(document.with_value(("scenarios",), {}, COMMAND), joined=True)
    except InputError as error:
        reason = error.problems[0].text.splitlines()[0].removesuffix(".")
        raise NotOneModelError(f"the two do not fit into one model: {reason}") from None
    return plan, [_player(plan, first, second, n, change, by_month) for n, change in enumerate(changes)]


def unions(first: Plan, second: Plan) -> tuple[list[Plan], list[Player]]:
    """Plans that hold both, and each change; several where fields are written in forms that no parameter can join.

    There is a plan for each way to take those fields from the two files: bit n of its place says that the nth is the
    second's, and so does the parameter `FORM.n` of the change, which no plan has.  Where one is closed further than the
    other, there is one for each close, for the days of closed months are past.
    """
    first_close, second_close = closed_months(first.model), closed_months(second.model)
    if first_close > second_close:  # only the books that go further hold both
        plans, players = unions(second, first)
        changes = {change.address: change for change in differences(first.model, second.model)}
        return plans, [player.turned(changes) for player in players]
    plans, players = _joined(first, second)
    at = next((n for n, player in enumerate(players) if player.change.nature == "closed"), None)
    if at is None or (first_close == second_close and second.model.bank is None):
        return plans, players
    close, form = players[at], f"{FORM}.{len(plans).bit_length() - 1}"  # other days are past
    players[at] = close._replace(before={**close.before, form: 0.0}, after={**close.after, form: 1.0})
    return [*(_read_from(plan, first) for plan in plans), *plans], players


def _read_from(plan: Plan, closed: Plan) -> Plan:
    """The plan with its days read from the close of another plan on, and months left counted from its own day."""
    model, books = plan.model, closed.model
    return plan._replace(model=model._replace(actuals=books.actuals, bank=books.bank, counted_from=model.base_day))


def _joined(first: Plan, second: Plan) -> tuple[list[Plan], list[Player]]:
    """Plans that hold both where the second's books go as far as the first's, and each change."""
    changes = {change.address: change for change in differences(first.model, second.model)}
    forms = {change: path for change in changes.values() if (path := _path_in_two_forms(change, second))}
    try:
        return _in_forms(first, second, forms, changes)
    except NotAloneError:
        whole: dict[Path, list[Difference]] = {path[:2]: [] for path in forms.values()}
        for change in changes.values():
            for path, parts in whole.items():
                if change.address.split(".")[0] == path[1] and change.nature != "ownership":
                    parts.append(change)
        items = {parts[0]._replace(address=str(path[1])): path for path, parts in whole.items()}
        plans, players = _in_forms(first, second, items, changes)
        chosen = [p._replace(parts=tuple(parts)) for p, parts in zip(players, whole.values(), strict=False)]
        return plans, [*chosen, *players[len(chosen) :]]


def _in_forms(
    first: Plan, second: Plan, forms: Mapping[Difference, Path], changes: Mapping[str, Difference]
) -> tuple[list[Plan], list[Player]]:
    """A plan for each way to take the tables or fields at these paths from the two files; their changes come first."""
    if not forms or len(forms) > MOST_FORMS:
        plan, players = union(first, second)
        return [plan], players
    plans, players = [], list[Player]()
    for mask in range(2 ** len(forms)):
        sides = (_in_form(plan, tuple(forms.values()), mask, first, second) for plan in (first, second))
        plan, joined = union(*sides)
        plans.append(plan)
        players = players or [p._replace(change=changes.get(p.change.address, p.change)) for p in joined]
    chosen = [Player(change, {f"{FORM}.{n}": 0.0}, {f"{FORM}.{n}": 1.0}) for n, change in enumerate(forms)]
    return plans, [*chosen, *players]


def _path_in_two_forms(change: Difference, second: Plan) -> Path | None:
    """The path of a line, event or source of money, or of a field of these, that is in two forms; None of others."""
    figure = Namespace(second.model).figures.get(change.address)
    rewritten = change.nature == "rewritten" and figure is not None and figure.dimension not in WRITTEN
    if not rewritten and change.nature != "form":
        return None
    place = find(second.model.document.data, change.address)
    path = change.path or (None if place is None else place.path)
    return path if path is not None and path[0] in NAMED_SECTIONS and len(path) in DEPTHS else None


def _in_form(plan: Plan, paths: tuple[Path, ...], mask: int, first: Plan, second: Plan) -> Plan:
    """A plan with those fields as one of the two files writes them, or leaves them out."""
    document = plan.model.document.with_value(("scenarios",), {}, COMMAND)
    for n, path in enumerate(paths):
        written = raw_at((second if mask >> n & 1 else first).model.document.data, path)
        table = {key: raw for key, raw in raw_at(document.data, path[:-1]).items() if key != path[-1]}
        document = document.with_value(path[:-1], table | ({} if written is None else {path[-1]: written}), COMMAND)
    try:
        return load_document(document, joined=True)
    except InputError as error:
        why = error.problems[0].text.splitlines()[0].removesuffix(".")
        raise NotAloneError(f"{'.'.join(map(str, paths[0][1:]))} cannot be taken from one file alone: {why}") from None


def _with_own(first: Model, second: Model) -> Document:
    """The second's document with the tables, list entries and parameters that only the first has."""
    document, data = second.document, first.document.data

    def merged(path: Path, old: Any, new: Any) -> None:
        nonlocal document
        if isinstance(old, dict) and isinstance(new, dict):
            for key in old:
                if key not in new:
                    if len(path) < 3:
                        document = document.with_value((*path, key), old[key], COMMAND)
                elif len(path) < 2:
                    merged((*path, key), old[key], new[key])
                elif isinstance(old[key], list) and isinstance(new[key], list) and path[0] == "funding":
                    document = document.with_value((*path, key), _entries(old[key], new[key]), COMMAND)
                elif _by_key(path, key, new):
                    document = document.with_value((*path, key), {**old[key], **new[key]}, COMMAND)

    for section in data:
        if section not in ("model", "scenarios", "levers"):
            merged((section,), data[section], document.data.get(section, {}))
    if "levers" in data:
        document = document.with_value(("levers",), {**data["levers"], **document.data.get("levers", {})}, COMMAND)
    for field in ("minimum_cash", "interest", "months_to_close"):
        if field in data["model"] and field not in document.data["model"]:
            document = document.with_value(("model", field), data["model"][field], COMMAND)
    return document


def _by_key(path: Path, key: str, raw: dict[str, Any]) -> bool:
    """Whether a field is a table of figures by key, each of which is 0 where it is not there."""
    cls = component_class(str(path[0]), raw)
    field = None if cls is None else cls.model_fields.get(key)
    return cls is not None and field is not None and key in cls.absent and get_origin(field.annotation) is dict


def _entries(old: list[Any], new: list[Any]) -> list[Any]:
    """The entries of both lists by name, those of the first alone after the one they follow there."""
    from runway.model.addresses import identity

    names, whole = [identity(entry) for entry in new], list(new)
    at = 0
    for entry in old:
        name = identity(entry)
        if name in names:
            at = next(n for n, listed in enumerate(whole) if identity(listed) == name) + 1
        else:
            whole.insert(at, entry)
            at += 1
    return whole


def _by_month(first: Model, second: Model, addresses: list[str]) -> dict[str, tuple[list[float], list[float]]]:
    """The monthly values of figures as each model's own formulas see them."""
    values: list[list[list[float]]] = []
    for model in (first, second) if addresses else ():
        document = model.document.with_value(("scenarios",), {}, COMMAND)
        for name in model.events:  # churn that events add is no part of the figure
            document = document.with_value(("events", name, "raises_churn"), {}, COMMAND)
        for n, address in enumerate(addresses):
            document = document.with_value(("drivers", f"compared_figure_{n}"), {"formula": address}, COMMAND)
        rows = Engine(load_document(document, joined=True).program).run()
        values.append([rows[f"compared_figure_{n}.value"] for n in range(len(addresses))])
    return dict(zip(addresses, zip(*values, strict=True), strict=True))


def _rewritten(document: Document, address: str, values: tuple[float, ...], model: Model) -> Document:
    """The document with a figure by the month: one number where it never changes, else one for each month."""
    place = find(document.data, address)
    written = WRITTEN.get(Namespace(model).figures[address].dimension)
    if place is None or written is None:
        raise NotOneModelError(f"{address} is written in two forms that cannot be compared")
    months = len(values) // 2
    raw: Any = written
    if any(values[n] != values[n - 1] for n in range(1, 2 * months) if n != months):
        raw = {month_label(model.settings.start + t): written for t in range(months)}
    return document.with_value(place.path, raw, COMMAND)


def _switched(document: Document, n: int, change: Difference) -> Document:
    """The document with a formula that a switch chooses, or multiplies."""
    switch = f"compared_change_{n}"
    if change.nature == "formula":
        text = f"({change.after}) if {switch} != 0 else ({change.before})"
    elif switched := next((table.switched for table in change.tables if table.switched is not None), None):
        change = change._replace(path=(*(change.path or ()), switched))
        text = f"{switch} * ({raw_at(document.data, change.path or ())})"
    else:
        return document
    document = document.with_value(change.path or (), text, COMMAND)
    return document.with_value(("drivers", switch), {"formula": "on", "on": 1}, COMMAND)


def _player(
    plan: Plan,
    first: Plan,
    second: Plan,
    n: int,
    change: Difference,
    by_month: Mapping[str, tuple[list[float], list[float]]],
) -> Player:
    switch, known = f"compared_change_{n}.on", plan.program.parameters
    if switch in known:
        before = float(change.nature == "removed")
        return Player(change, {switch: before}, {switch: 1.0 - before})
    if change.nature == "rewritten":
        steps = Namespace(plan.model).figures[change.address].addresses(change.address)
        old, new = by_month[change.address]
        return Player(
            change,
            {address: old[t] for t, (address, _) in enumerate(steps)},
            {address: new[t] for t, (address, _) in enumerate(steps)},
        )
    if change.nature == "closed":
        return Player(change, _closed(first, known), _closed(second, known))
    if change.nature == "figure":
        return Player(change, _numbers(first, change, known), _numbers(second, change, known))
    off = _off(plan, change)
    on = {address: known[address] for address in off}
    return Player(change, on, off) if change.nature == "removed" else Player(change, off, on)


def _numbers(plan: Plan, change: Difference, known: Mapping[str, float]) -> dict[str, float]:
    """A figure's parameters in a plan; a parameter that the file does not write is neutral."""
    parameters = plan.program.parameters
    steps = [a for a in known if a == change.address or a.startswith(f"{change.address}.")]
    table, field = holder(plan.model, change.address)
    silent = 0.0 if table is None else table.absent.get(field, 0.0)
    return {a: parameters.get(a, silent) for a in steps}


def _closed(plan: Plan, known: Mapping[str, float]) -> dict[str, float]:
    """The close of a plan's books, their values, and the scales of its lines' drivers."""
    parameters, none = plan.program.parameters, {CLOSED: 0.0, SETTLED: 0.0}
    scales = tuple(SCALE.format(item.name) for item in plan.model.section("revenue"))  # and those of months before
    books = {address: value for address, value in known.items() if address.startswith("actuals.")}
    none = books | {address: 1.0 for address in books if address.startswith(scales)} | none
    return {address: parameters.get(address, silent) for address, silent in none.items() if address in known}


def _off(plan: Plan, change: Difference) -> dict[str, float]:
    """The parameters that take a line, event, round, closing, clause, earmark or tax out of the model."""
    off: dict[str, float] = {}
    for table in change.tables:
        for address, within in tables_within(table, change.address):
            for field, number in (within.off or {}).items():
                place = f"{address}.{field}"
                off |= {a: number for a in plan.program.parameters if a == place or a.startswith(f"{place}.")}
    return off
