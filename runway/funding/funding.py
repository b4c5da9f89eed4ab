"""The face of every kind of funding: what cash, the cap table, a sale and a report ask of it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Protocol

from runway.language.named_tuple import NamedTuple
from runway.lines.line import Component, RowFormula

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from runway.funding.borrowing import Covenant
    from runway.funding.conversion import ConversionTerms
    from runway.funding.loan import Warrants
    from runway.funding.round_tables import Clause, Commitment, Earmark
    from runway.language.fields import FormulaText
    from runway.language.figure import Figure


INTEREST = dict.fromkeys(("interest", "interest_rate"), 'Write rate = "6%/year".')
"""Keys that no funding has, and what to write instead."""


class Drawing(Protocol):
    """A closing: money on a day, or later on the first day that its condition holds, until its deadline."""

    @property
    def name(self) -> str:
        """Its name within the funding; empty where the money comes whole."""

    @property
    def title(self) -> str | None: ...
    @property
    def date(self) -> "Figure": ...
    @property
    def amount(self) -> "Figure": ...
    @property
    def requires(self) -> "FormulaText | None": ...
    @property
    def by(self) -> "Figure": ...
    @property
    def waived(self) -> tuple[str, ...]: ...


class LoanFlow(NamedTuple):
    """Money between a lender and the company: the lender's payments are negative."""

    day: float  # the absolute position of its day
    money: float


class Transfer(NamedTuple):
    """Shares of one class that go from holders to a buyer; of a sale that is a mark alone there are neither."""

    sellers: tuple[str, ...]
    buyer: str | None
    share_class: str


class Funding(Component):
    """Money from outside.  A kind overrides the methods that it differs in; its lists' fields end in _: `clauses_`."""

    sections: ClassVar = ("funding",)
    moves_cash: ClassVar[bool] = True
    """Whether the company gets the money."""
    remark: ClassVar[str] = ""
    """The sentence in reports about every one of the kind, after its name."""
    priced: ClassVar[bool] = False
    """Whether its closings sell shares at a price, into which SAFEs and notes convert."""
    revolving: ClassVar[bool] = False
    """Whether it is drawn and repaid on the last day of each month, as cash then needs."""
    income: ClassVar[bool] = False
    """Whether its money is income: it buys no shares and is not paid back."""
    paid_on: ClassVar[Mapping[str, str]] = {}
    """Rows of the payments that the company makes on a day, and the row or field of that day."""

    @property
    def planned(self) -> bool:
        """Whether its money is only hoped for."""
        return bool(getattr(self, "status", "committed") == "planned")

    @property
    def taxed(self) -> bool:
        """Whether income is taxed."""
        return False

    def rows(self) -> dict[str, RowFormula]:
        """Its rows, by their names within it: `cash` where it moves cash, `service` where it is paid back."""
        raise NotImplementedError

    def closings(self) -> tuple[Drawing, ...]:
        """Each time that its money comes on a day."""
        return ()

    def investors(self) -> tuple[str, ...]:
        """The investors who pay the closings of a priced round, by name within it."""
        return ()

    def commitments(self) -> "tuple[Commitment, ...]":
        """The commitment of each investor."""
        return ()

    def clauses(self) -> "tuple[Clause, ...]":
        """The clauses that may cut it."""
        return ()

    def earmarks(self) -> "tuple[Earmark, ...]":
        """The uses that its money is set aside for."""
        return ()

    def covenants(self) -> "tuple[Covenant, ...]":
        """The promises to a lender."""
        return ()

    def covered(self) -> str:
        """The condition under which covenants are tested."""
        return "t >= 0"

    def holders(self, name: str) -> tuple[str, ...]:
        """The holders of the shares that it brings, where the file calls it `name`."""
        del name
        return ()

    def claims(self, name: str, rounds: "Sequence[str]") -> set[str]:
        """The names of its claims at a sale; of an instrument also of the stock that each round may convert it into."""
        del name, rounds
        return set()

    def conversion(self) -> "ConversionTerms | None":
        """The terms on which it turns into shares; None where it does not."""
        return None

    def rights(self) -> "Warrants | None":
        """The right to buy shares that comes with its money."""
        return None

    def dividends(self, rows: "Mapping[str, Sequence[float]]", start: int) -> list[LoanFlow]:
        """The dividends out of its money to the holders of stock, by its own rows of one run from the month `start`."""
        del rows, start
        return []

    def transfer(self) -> Transfer | None:
        """The shares that change hands by it, at the valuation of its row `mark`; None where it moves none."""
        return None

    def owed(self, rows: "Mapping[str, Sequence[float]]", on: "date", start: int) -> float | None:
        """The debt at the end of a day, by its own rows of one run from the month `start`; None where it is no debt."""
        del rows, on, start
        return None

    def repaid_by(self, rows: "Mapping[str, Sequence[float]]") -> int:
        """The month, from the start, by which it is paid back, by its own rows of one run; 0 where no term says it."""
        del rows
        return 0

    def lent(self, rows: "Mapping[str, Sequence[float]]", start: int) -> list[LoanFlow] | None:
        """The flows between a lender and the company, by its own rows of one run; None where some are not known."""
        del rows, start
        return []
