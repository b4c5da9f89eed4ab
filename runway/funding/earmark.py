"""The rows of an earmark: money of closings that only one line may spend."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.funding.closing import drawn_before
from runway.funding.contract_rates import currencies_of
from runway.lines.line import RowFormula

if TYPE_CHECKING:
    from runway.funding.round import PricedRound
    from runway.funding.round_tables import Earmark


def earmark_rows(part: PricedRound, earmark: Earmark) -> dict[str, RowFormula]:
    """The money that closings have brought and set aside, that its line has spent, that is restricted, and own cash."""
    rows: dict[str, RowFormula] = {}
    name = earmark.for_
    sources = earmark.named or tuple(c.name for c in part.closings_)
    before = drawn_before([(c, f"{c}.left") for c in sources])
    brought = f"prev({name}.brought) + {' + '.join(f'{c}.cash' for c in sources)} + {before}"
    rows[f"{name}.brought"] = RowFormula(brought, posted=True)
    rows[f"{name}.filled"] = RowFormula(_filled(part, earmark, f"{name}.brought"), posted=True)
    if earmark.otherwise == "not_spent":
        early = " + ".join(f"{c}.cash * ({c}.due <= t)" for c in sources)
        rows[f"{name}.at_hand"] = RowFormula(f"prev({name}.brought) + {early} + {before}", posted=True)
        rows[f"{name}.spendable"] = RowFormula(_filled(part, earmark, f"{name}.at_hand"), posted=True)
    opening = f"{name}.opening_spent" if earmark.opening_spent is not None else "0"
    rows[f"{name}.spent"] = RowFormula(f"prev({name}.spent) - {name}.cash", opening, posted=True)
    rows[f"{name}.restricted"] = RowFormula(f"max(0, {name}.filled - {name}.spent)", posted=True)
    rows[f"{name}.own_cash"] = RowFormula(f"max(0, {name}.spent - {name}.filled)", posted=True)
    return rows


def amount_of(part: PricedRound, earmark: Earmark) -> str:
    """The address of what an earmark sets aside: its amount, or that at the rate which its first closing keeps."""
    return f"{earmark.for_}.{'set_aside' if currencies_of(part) else 'amount'}"


def _filled(part: PricedRound, earmark: Earmark, brought: str) -> str:
    """The formula of the money set aside, spent or not, out of what its closings brought."""
    sums, amount = "promised" if currencies_of(part) else "allotted", amount_of(part, earmark)
    sources = earmark.named or tuple(c.name for c in part.closings_)
    coming = " + ".join(f"{c}.left" for c in sources)
    announced = " + ".join(f"{c}.{i}.{sums}" for c in sources for i in part.investors())
    if earmark.fills == "pro_rata":
        whole = f"max({brought}, {coming if earmark.keeps == 'amount' else announced})"
        return f"min({amount}, {brought}, {amount} * {brought} / {whole} if {brought} > 0 else 0)"
    if earmark.keeps == "amount":
        return f"min({amount}, {brought})"
    return f"min({brought}, {amount} * ({coming}) / ({announced}) if {announced} > 0 else 0)"
