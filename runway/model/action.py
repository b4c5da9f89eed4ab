"""Decisions of management: once a condition holds that is known before the month, figures become others."""

from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import Field
from pydantic_core import core_schema

from runway.errors import did_you_mean
from runway.language.dimension import Dimension, field_error
from runway.language.fields import FormulaText, OfFigures, Switch, WholeMonths
from runway.language.figure import Figure, FigureChange, FigureError, is_signed
from runway.lines.line import Component, RowFormula
from runway.model.addresses import LINE_SECTIONS, addresses, canonical, component_class, dimension_of, find

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from runway.errors import Problem
    from runway.model.model import Item, Model

CHANGE = Dimension("share", low=-1, high=100, schedule=False)
RELATIVE = "change"
"""The dimension of a figure that is a change of another, by a share of it."""


class _Decisions(OfFigures):
    """The figures that an action sets, by address: what each becomes, or by how much of itself it changes."""

    @staticmethod
    def __get_pydantic_json_schema__(schema: Any, handler: Any) -> dict[str, Any]:
        return {"type": "object", "minProperties": 1, "additionalProperties": {"x-figure": "a figure"}}

    @staticmethod
    def read(raw: Any, info: core_schema.ValidationInfo[Any]) -> dict[str, Figure]:
        if not isinstance(raw, dict) or not raw:
            text = 'FIELD is a table of figures and what they become: { "marketing.amount" = "-50%" }.'
            raise field_error("wrong-type", text)
        context = info.context or {}
        figures: dict[str, Figure] = {}
        for address, value in raw.items():
            try:
                figures[address] = _decision(address, value, context)
            except FigureError as error:
                text = error.text.replace("FIELD", address)
                raise field_error(error.name, text, (address, *error.path), at=error.at) from None
        return figures


def _decision(address: str, value: Any, context: dict[str, Any]) -> Figure:
    """The figure that another becomes; raises `FigureError` where an action cannot set that."""
    if isinstance(value, FigureChange) and _is_change(value.raw):
        value = value.change
    data = context.get("data")
    dimension = Dimension("free") if data is None else _dimension(address, data)  # None: it is read without its file
    if _is_change(value):
        return CHANGE.read(value, context)._replace(dimension=RELATIVE)
    if isinstance(value, str) and is_signed(value):
        text = f'An action changes FIELD by a share of it, such as "{value.strip()[:1]}20%", or sets it whole.'
        raise FigureError("wrong-dimension", text)
    return dimension.read(value, context)


def _is_change(value: Any) -> bool:
    return isinstance(value, str) and is_signed(value) and value.strip().endswith("%")


def _dimension(address: str, data: dict[str, Any]) -> Dimension:
    """The dimension of a figure that an action may set: one that formulas read month by month."""
    place = find(data, address)
    if place is None:
        hint = (
            did_you_mean(address, addresses(data, texts=False))
            or " An action sets a figure of a line, such as marketing.amount."
        )
        raise FigureError("unknown-address", f"There is no figure {address} in this file.{hint}", (), "key")
    (section, name, *below), field = place
    if section not in LINE_SECTIONS:
        text = (
            f"{address} is no figure of a line or driver. An action sets what the company decides from month to month: "
        )
        raise FigureError("action-cannot-set", f"{text}hires, pay, prices, growth, amounts.", (), "key")
    if field is None:
        return Dimension("free")
    cls = component_class(str(section), data[section][name])
    dimension = next((item.dimension for item in field.metadata if hasattr(item, "dimension")), dimension_of(field))
    if dimension is None:
        text = f"{address} is no figure, and an action sets figures. Set a parameter of the formula instead."
        raise FigureError("action-cannot-set", text, (), "key")
    if not dimension.schedule and (cls is None or below[0] not in cls.decided):
        text = f"{address} is one for the whole model; an action sets what may change from month to month."
        raise FigureError("action-cannot-set", text, (), "key")
    return dimension


class Action(Component):
    """`[actions.NAME]`: figures that become others once a condition holds, and stay so.

    ```toml
    [actions.freeze]
    when = "prev(unrestricted_cash) < 6 * prev(trailing_burn)"
    set = { "team.hires" = 0, "marketing.amount" = "-50%" }
    after = "1 month"
    ```

    The condition is asked in each month but the first, of what is known before it: `prev(x)`, `lag(x, n)`.
    `NAME.holds` is whether it does.  The action is on (`NAME.on`) from that month on, or `after` so many months,
    and stays on; with `once = false` it is on as long as the condition holds.  A signed percentage changes a figure by
    that share of what it would be.  Of dated hires those on days before the action stay, and so do all who leave;
    who joins later becomes what is set.
    """

    off: ClassVar = {"active": 0.0}
    measures: ClassVar = ("on",)
    when: FormulaText = Field(description="the condition, of what is known before the month")
    set: Annotated[dict[str, Figure], _Decisions()] = Field(
        description="what figures become, by address; a signed percentage is a change"
    )
    after: WholeMonths = Field("0 months", validate_default=True, description="how much later it is on")
    once: bool = Field(True, strict=True, description="whether it stays on when the condition holds no longer")
    active: Switch = Field(True, validate_default=True, description="whether it is taken at all")

    def rows(self) -> dict[str, RowFormula]:
        """Whether the condition holds, asked once a month of the model is known, and whether the action is on."""
        later = "lag(holds, round(after))"
        on = f"max(prev(on), {later})" if self.once else later
        return {"holds": RowFormula("t > 0 and when"), "on": RowFormula(f"{on} if active else 0")}


def decided_items(items: "Iterable[Item]", data: dict[str, Any]) -> "tuple[Item, ...]":
    """The items, the figures that actions set marked as such."""
    items = tuple(items)
    named = {canonical(data, address) for item in items if item.section == "actions" for address in item.part.set}
    if not named:
        return items
    marked = []
    for item in items:
        part = item.part
        decided = {address.partition(".")[2] for address in named if address.startswith(f"{item.name}.")}
        for path, figure in item.figures():
            key, *below = path[2:]
            if figure.contingent:  # of a table that was read before
                continue
            if below and (key in decided or f"{key}.{below[0]}" in decided):
                table = {**dict(part)[str(key)], below[0]: figure._replace(contingent=True)}
                part = part.model_copy(update={str(key): table})
            elif not below and key in decided:
                part = part.model_copy(update={str(key): figure._replace(contingent=True)})
        marked.append(item if part is item.part else item._replace(part=part))
    return tuple(marked)


def changes(item: "Item", figures: "Mapping[str, Figure]", data: dict[str, Any]) -> "Iterator[tuple[str, str, Figure]]":
    """The addresses of the figures that an action changes, each with the address and figure of what it becomes.

    Of a table of hires by date it is the numbers above 0, who join: those who leave do so all the same.
    """
    for written, becomes in item.part.set.items():
        address = canonical(data, written)
        below = (a for a, figure in figures.items() if a.startswith(f"{address}.") and figure.number > 0)
        for target in [address] if address in figures else below:
            yield target, f"{item.name}.set.{written}", becomes


def action_problems(model: "Model") -> "Iterator[Problem]":
    """Actions agree on each figure, each sets it once, and in the unit in which the figure is written."""
    data, earliest = model.document.data, dict[str, tuple[str, Figure]]()
    figures = {".".join(map(str, path[1:])): figure for item in model.items for path, figure in item.figures()}
    for item in model.section("actions"):
        refused = set[str]()
        for address, place, figure in changes(item, figures, data):
            current, written = figures[address], place.removeprefix(f"{item.name}.set.")
            path = (*item.path, "set", written)
            if figure.dimension != RELATIVE and _unit(current) != _unit(figure):
                text = f"{address} is written {current.entries[0].text}: write what it becomes in the same currency, "
                text += "and by the day or week where it is."
                yield model.document.problem(path, "wrong-dimension", text)
            name, earlier = earliest.setdefault(address, (item.name, figure))
            twice = name == item.name and earlier is not figure
            agree = earlier.dimension == figure.dimension == RELATIVE or _terms(earlier) == _terms(figure)
            if (agree and not twice) or written in refused:
                continue
            refused.add(written)
            text = f"{name} sets {address} too, and to something else. Let one of them set it, or let both change it "
            text = f"{name} sets {address} twice. Keep one." if twice else f'{text}by a share, such as "-30%".'
            yield model.document.problem(path, "actions-disagree", text)


def _unit(figure: Figure) -> tuple[str | None, bool]:
    return figure.entries[0].amount.currency, figure.any_by_days


def _terms(figure: Figure) -> tuple[object, ...]:
    return (figure.dimension, *((entry.month, entry.amount.number, entry.amount.period) for entry in figure.entries))
