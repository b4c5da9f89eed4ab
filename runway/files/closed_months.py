"""Names of the parameters of the engine that closed months settle, and of the line of the unreconciled difference."""

from runway.language.tree import Compare, Parameter, T

CLOSED = "actuals.closed"
"""Parameter: in how many first months lines have actual values; there is none without `[actuals]`."""


IN_CLOSED = Compare("<", T, Parameter(CLOSED))
"""Whether a month is closed."""


SETTLED = "actuals.settled"
"""Parameter: the position up to which cash, funding, levers and conditions keep what has happened: the last close, or
the end of the day as of which the model is read; 0 in a run that asks what would have happened without them."""


DIFFERENCE = "unreconciled"
"""The line of pass-through that holds the part of closed months' cash that the lines do not explain."""


SCALE = "actuals.{}.scale"
"""Parameter: the factor of a line's driver at the end of the last closed month."""


SCALE_BEFORE = "actuals.{}.scale.{}"
"""Parameter: the same factor in a closed month before the last."""


BANK_DAY = "actuals.bank.day"
"""Parameter: the position of the day, after the last close, up to which the bank's rows say the cash."""


BANK_AMOUNT = "actuals.bank.amount"
"""Parameter: the cash on that day less the plan's."""
