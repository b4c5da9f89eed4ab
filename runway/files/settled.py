"""Names of what closed months settle: parameters of the engine, and the line of what does not reconcile."""

from runway.language.tree import Compare, Parameter, T

CLOSED = "actuals.closed"
"""The parameter that says in how many months lines have actual values; there is none without `[actuals]`."""


IN_CLOSED = Compare("<", T, Parameter(CLOSED))
"""Whether a month is closed."""


SETTLED = "actuals.settled"
"""The position up to which money, levers and conditions are settled: the last close, or the end of the day as of which
the model is read; 0 where a run asks what would have been without them."""


DIFFERENCE = "unreconciled"
"""The line of pass-through that holds what the closing cash of closed months has beside what the lines explain."""


SCALE = "actuals.{}.scale"
"""The parameter of what a line's driver is multiplied by at the end of the last closed month."""


SCALE_BEFORE = "actuals.{}.scale.{}"
"""The same of a closed month before the last."""


BANK_DAY = "actuals.bank.day"
"""The parameter of the position of the day up to which the bank's rows say what was held, after the last close."""


BANK_AMOUNT = "actuals.bank.amount"
"""The parameter of what was held on that day beside what the plan has then."""
