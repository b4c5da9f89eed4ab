"""Tables of numbers by names that are no fields: `[fx]` and `[correlations]`."""

from typing import Annotated, ClassVar

from pydantic import ConfigDict, Field

from runway.language.fields import ExchangeRate
from runway.lines.line import FileTable


class ExchangeRates(FileTable):
    """`[fx]`: the currencies that figures may be written in, beside the model's own.

    ```toml
    [fx]
    GBP = 1.17
    CHF = { "2026-01" = 1.05, "2027-01" = 1.02 }
    ```

    A flow is converted at the rate of its month, what is collected or paid later at that of the day; the difference is
    the row `LINE.fx`.  A closing keeps the rate of its day.
    """

    further: ClassVar = ("CODE", "what one unit of that currency is worth in the model's own", "a number above 0")
    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, ExchangeRate]


class Correlations(FileTable):
    """`[correlations]`: which uncertain figures go together, as pairs of addresses, each with its correlation.

    ```toml
    [correlations]
    "subscriptions.churn" = { "subscriptions.price" = -0.4 }
    ```

    A correlation is that of the normal scores of two figures (a Gaussian copula), -1 to 1; pairs that are not named are
    independent.
    """

    further: ClassVar = ('"ADDRESS"', "the figures that go with it, each with its correlation", "-1 to 1 by address")
    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, dict[str, Annotated[float, Field(ge=-1, le=1)]]]
