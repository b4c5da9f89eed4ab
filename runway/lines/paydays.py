"""Pay every so many weeks, such as every second Friday: the pay of each payday of a month, and the pay still owed.

A payday pays all pay incurred up to its end, so that a month with three of them costs more cash than it incurs.
"""

import re

from runway.language.named_tuple import NamedTuple
from runway.lines.line import RowFormula
from runway.lines.working_capital import Lateness, PaymentPart

_EVERY = r"every (?:([124]) )?weeks?"


class Paydays(NamedTuple):
    """Days of pay so many days apart; `most` of them are in one month."""

    days: int

    @property
    def most(self) -> int:
        return -(-31 // self.days)

    @classmethod
    def read(cls, text: str | None) -> "Paydays | None":
        """The paydays of a text such as "every 2 weeks"; None where it is none.

        >>> Paydays.read("every 2 weeks"), Paydays.read("every week").most, Paydays.read("monthly")
        (Paydays(days=14), 5, None)
        """
        match = re.fullmatch(_EVERY, text) if text else None
        return None if match is None else cls(7 * int(match[1] or 1))

    def rows(self, amount: str, line: Lateness) -> dict[str, RowFormula]:
        """The pay of each payday of the month; `payable` is the pay incurred after the last one."""
        rows = line.day_rows()
        days_before = "elapsed_days - days"
        rows["first_payday"] = RowFormula(f"1 + mod(floor(day_number(payday)) - ({days_before}), {self.days})")
        rows["since_1"] = RowFormula("days - first_payday")
        owed = [*(f"unpaid_{n}" for n in range(1, self.most)), "payable"]
        for n, balance in enumerate(owed, 1):
            if n > 1:
                later = f"first_payday + {self.days * (n - 1)}"
                rows[f"since_{n}"] = RowFormula(f"days - ({later}) if {later} <= days else since_{n - 1}")
            lately = line.lately(amount, PaymentPart(f"since_{n}", months=False), "payable", rows)
            last = n == self.most
            rows[balance] = RowFormula(lately, "opening_payable" if last else "0", posted=True)
        for n, (before, after) in enumerate(zip([f"prev(payable) + {amount}", *owed], owed, strict=False), 1):
            rows[f"paid_{n}"] = RowFormula(f"{before} - {after}", posted=True)
        return rows | {"cash": RowFormula(f"payable - prev(payable) - {amount}", posted=True)}
