"""The rows of one closing: when its condition is met, when it is due, and whether it closes this month."""

from typing import TYPE_CHECKING, ClassVar, cast

from runway.funding.contract_rates import kept
from runway.funding.funding import Funding
from runway.language.tree import Call, Choose, Compare, Name, Node, Number, Some
from runway.lines.line import RowFormula
from runway.months import NEVER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runway.funding.funding import Drawing
    from runway.language.fields import FormulaText
    from runway.language.figure import Figure


def closing_rows(
    prefix: str, requires: "FormulaText | None", slip: object = None, latest: str = ""
) -> dict[str, RowFormula]:
    """The rows of the closing whose figures stand under `prefix` ("second." or, for a grant, "").

    It draws on `date` (and `slip` later, where it has a slip), or later on the first day its condition holds, up to and
    including `by` (or `latest`, a formula); it is alive until it lapses, and for good once it has come by its deadline.
    """
    by = latest or f"{prefix}by"
    rows: dict[str, RowFormula] = {}
    slipped, openings = f"{prefix}slipped", [f"{prefix}date"]
    due = f"floor({slipped}) + min({slipped} - floor({slipped}), (days_in({slipped}) - 1) / 32)"
    if requires is not None:
        rows[f"{prefix}met"] = RowFormula("when(requires)")
        openings.append(f"{prefix}met")
        due = f"max({due}, {prefix}met)"
    later = ["levers.delay", *([] if slip is None else [f"{prefix}slip"])]
    rows[slipped] = RowFormula(delayed(f"{prefix}date", openings, *later))
    rows[f"{prefix}offered"] = RowFormula(f"{prefix}amount", posted=True)
    rows[f"{prefix}due"] = RowFormula(due)
    rows[f"{prefix}alive"] = RowFormula(f"({prefix}due <= {by} or {by} >= t + 1) and {prefix}date != 'never'")
    rows[f"{prefix}closes"] = RowFormula(f"t <= {prefix}due < t + 1 and {prefix}due <= {by}")
    return rows


def delayed(date: str, openings: "Sequence[str]", *later: str) -> Node:
    """A date, delayed by figures as long as it is open: by calendar months, which keep its day, or by days.

    It is open if one of the days of `openings` is not before the first month.
    """
    still_open: list[Node] = [Compare(">=", Name(address, 0, 0), Number(0.0)) for address in openings]
    on, *by = (Name(address, 0, 0) for address in (date, *later))
    return Choose(still_open[0] if len(still_open) == 1 else Some(tuple(still_open)), Call("delayed", (on, *by)), on)


def switches(status: str) -> str:
    """The levers that money still to be received is multiplied by."""
    return "levers.funding" + (" * levers.planned" if status == "planned" else "")


class LumpSum(Funding):
    """Money that comes whole: it is its own single closing, which has no name within it."""

    off: ClassVar = {"date": NEVER, "amount": 0.0}

    @property
    def name(self) -> str:
        return ""

    def closings(self) -> "tuple[Drawing, ...]":
        return (cast("Drawing", self),)


def sum_rows(status: str, amount: "Figure") -> dict[str, RowFormula]:
    """The rows of one sum that comes whole: its cash, and the amounts announced, promised, callable and drawn.

    Once it has come it keeps the exchange rate of its day.
    """
    promised = "1" if status == "committed" else "0"
    before = "(amount if t == 0 and due < 0 else 0)"
    announced = "amount" if amount.floating is None else "offered"
    offered = {} if amount.floating is None else {"offered": RowFormula(kept("amount", "offered"), posted=True)}
    return offered | {
        "cash": RowFormula(f"closes * amount * {switches(status)}", posted=True),
        "headline": RowFormula(announced, posted=True),
        "committed": RowFormula(f"{promised} * {announced} * alive", posted=True),
        "available": RowFormula(f"{promised} * {announced} * alive * (due < t + 1)", posted=True),
        "drawn": RowFormula(f"prev(drawn) + {promised} * (cash + {before})", posted=True),
        "undrawn": RowFormula("committed - drawn", posted=True),
    }


def drawn_before(amounts: list[tuple[str, str]]) -> str:
    """The money of closings before the first month: it is in opening cash, and counts as drawn."""
    paid = " + ".join(f"({amount} if {closing}.due < 0 else 0)" for closing, amount in amounts)
    return f"({paid} if t == 0 else 0)"
