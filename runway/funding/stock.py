"""The terms of a class of shares: its preference over others, its participation, and its protection."""

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from runway.language.fields import Multiplier
from runway.language.figure import exact
from runway.lines.line import Component, Mistake

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runway.lines.line import Surroundings


def is_preferred(kind: str) -> bool:
    """Whether shares of a kind are paid their preference first."""
    return kind == "preferred"


def is_granted(kind: str) -> bool:
    """Whether a kind is a right to buy shares: options and warrants."""
    return kind in ("options", "warrants")


class Stock(Component):
    """The terms of the shares that a round issues; without them it issues preferred shares, 1x, not participating.

    ```toml
    [funding.series_a]
    stock = { preference = 1, seniority = 2, participation = "capped", participation_cap = 3 }
    ```
    """

    owns: ClassVar = frozenset(
        {
            *("kind", "preference", "seniority", "participation", "participation_cap"),
            *("anti_dilution", "anti_dilution_counts_pool"),
        }
    )
    needed: ClassVar = {"participation_cap": 'where participation is "capped"'}
    kind: Literal["preferred", "common"] = Field("preferred", description="the kind of share")
    preference: Multiplier = Field(
        1, validate_default=True, description="what is paid before common shares, times the issue price"
    )
    seniority: int = Field(
        1, ge=0, le=100, strict=True, description="its rank: higher is paid first, equal ranks are paid alike"
    )
    participation: Literal["none", "full", "capped"] = Field(
        "none", description="whether it also shares in what is left after its preference"
    )
    participation_cap: Multiplier | None = Field(
        None, description="the most it takes unless it converts, times the issue price, preference included"
    )
    anti_dilution: Literal["none", "broad_based", "narrow_based", "full_ratchet"] = Field(
        "none", description="what lowers its conversion price when shares are later sold for less"
    )
    anti_dilution_counts_pool: bool = Field(
        False, strict=True, description="whether the unissued pool counts in a broad-based average"
    )

    def checks(self, around: "Surroundings") -> "Iterator[Mistake]":
        del around
        if not self.preferred:
            for field in ("preference", "seniority", "participation", "participation_cap", "anti_dilution"):
                if field in self.model_fields_set:
                    text = f"Only preferred shares have {field}; these are {self.kind}."
                    yield Mistake((field,), "not-for-kind", text, "key")
            return
        if (self.participation == "capped") != (self.participation_cap is not None):
            if self.participation_cap is None:
                text = "participation_cap is missing: the most it takes unless it converts, times the issue price."
                yield Mistake(("participation",), "missing-field", text, "key")
            else:
                text = 'participation_cap needs participation = "capped".'
                yield Mistake(("participation_cap",), "not-for-kind", text, "key")
        elif self.participation_cap is not None and exact(self.participation_cap) < exact(self.preference):
            text = f"participation_cap counts the preference, so it is at least {float(exact(self.preference)):g}."
            yield Mistake(("participation_cap",), "value-out-of-range", text)
        if self.anti_dilution_counts_pool and self.anti_dilution != "broad_based":
            text = 'anti_dilution_counts_pool needs anti_dilution = "broad_based".'
            yield Mistake(("anti_dilution_counts_pool",), "not-for-kind", text, "key")

    @property
    def preferred(self) -> bool:
        return is_preferred(self.kind)

    @property
    def granted(self) -> bool:
        return is_granted(self.kind)
