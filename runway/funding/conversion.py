"""The terms by which SAFEs and notes turn money into shares at the next priced round."""

from typing import TYPE_CHECKING, ClassVar, Literal

from runway.funding.closing import LumpSum
from runway.language.figure import exact
from runway.language.named_tuple import NamedTuple
from runway.lines.line import Mistake
from runway.months import NEVER

Compounding = Literal["simple", "yearly", "half_yearly", "quarterly", "monthly", "daily"]
DayCount = Literal["act/365", "act/360", "act/act", "30/360", "30/360 isda", "30e/360", "30e/360 german", "nl/365"]

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from runway.language.figure import Figure
    from runway.lines.line import Surroundings


class ConversionTerms(NamedTuple):
    """The terms on which an instrument turns into shares at the next priced round, and its claim at a sale before."""

    investor: str | None  # who holds it; None where it is held in its own name
    note: bool  # a debt with interest, paid before SAFEs; else a SAFE, which ranks with shares
    form: Literal["post_money", "pre_money"]  # the shares that its cap counts
    cap: "Figure | None"
    cap_counts: Literal["pool", "options", "common"]
    counts_new_pool: bool | None
    discount: "Figure | None"
    mfn: bool = False
    ownership: "Figure | None" = None  # a fixed share
    seniority: int = 0
    sale_multiple: "Figure | None" = None  # of principal and interest, at a sale
    rate: "Figure | None" = None  # interest a year
    compounding: Compounding = "simple"
    day_count: DayCount = "act/365"
    maturity: "Figure | None" = None  # the day on which it is paid back unless it has converted


class ConvertingSum(LumpSum):
    """Money that comes whole and turns into shares, on terms whose fields bear the names of `ConversionTerms`."""

    is_note: ClassVar[bool] = False
    elsewhere: ClassVar = {"valuation_cap": 'Write cap = "8M".'}

    def conversion(self) -> ConversionTerms:
        """The terms on which it turns into shares."""
        fields = type(self).model_fields
        stated = {field: getattr(self, field) for field in ConversionTerms._fields if field in fields}
        form = stated.get("form") or ("pre_money" if self.is_note else "post_money")
        terms = ConversionTerms(**{**stated, "note": self.is_note, "form": form})
        never = terms.maturity is not None and terms.maturity.number == NEVER
        return terms._replace(maturity=None) if never else terms

    def holders(self, name: str) -> tuple[str, ...]:
        return (self.conversion().investor or name,)

    def claims(self, name: str, rounds: "Sequence[str]") -> set[str]:
        return {name, *(f"{sold}_{name}" for sold in rounds)}

    def checks(self, around: "Surroundings") -> "Iterator[Mistake]":
        del around
        terms, (closing,) = self.conversion(), self.closings()
        for field, figure in (("cap", terms.cap), ("amount", closing.amount), ("ownership", terms.ownership)):
            if figure is not None and exact(figure) == 0:
                text = f"{field} cannot be 0." + (" Leave it out if there is none." if field == "cap" else "")
                yield Mistake((field,), "value-out-of-range", text)
        if terms.discount is not None and exact(terms.discount) == 1:
            text = 'A discount of 100 % gives the shares away. Write what is taken off the price: "20%".'
            yield Mistake(("discount",), "value-out-of-range", text)
