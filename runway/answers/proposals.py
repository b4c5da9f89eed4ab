"""Which line of a plan a payee or an account of the books may be, and how sure that is."""

from __future__ import annotations

from collections import Counter
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from runway.answers.payees import significant
from runway.language.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from runway.answers.payees import Payee

PROVEN = 0.8
"""The confidence from which a proposal counts; below it the user decides."""

ALIKE = 0.8  # of two words, from which one is taken for the other's spelling
SIZE = (0.9, 1.1)  # of the plan's amount, in every month
OF_SIZE, UNPROVEN, SAME_SIZE = 0.9, 0.7, "as much as planned, month by month"
FEWEST = 4  # letters of words that are compared by their spelling
INTEREST = frozenset("interest zinsen habenzinsen renter intérêts rente".split())
BANK = frozenset("bank cash checking current savings konto kasse banque compte girokonto".split())
TAX = frozenset("tax taxes vat hmrc irs finanzamt steuer skat impôts".split())
"""Words of the tax office, which no line of an office is."""
CARRIED = frozenset(
    "receivable receivables payable payables equity retained vat deferred clearing accrued egenkapital moms".split()
)


class PlanLine(NamedTuple):
    """A line of a plan that books may have."""

    name: str
    title: str
    inward: bool  # whether its money comes in
    months: Mapping[int, float]  # its cash as planned, by absolute month; money in is positive
    people: bool = False  # whether it is the cost of people


class Proposal(NamedTuple):
    """A line for a payee, or the other of our files that its money comes from or goes to."""

    line: str
    confidence: float  # 0 to 1
    reason: str
    transfer: str = ""
    within: str = ""  # the table whose rows alone it is for

    @property
    def counts(self) -> bool:
        return self.confidence >= PROVEN


def proposal_for(payee: Payee, lines: Sequence[PlanLine]) -> Proposal | None:
    """The likeliest line of a payee; None without a likeness to any.

    Equal names, then words in common, then spellings alike, then amounts within a tenth of the plan in every month;
    of several lines of that size the one whose name speaks for it too, else none is proven.
    Money in is proposed to no line of costs, and the other way round.
    """
    if payee.ledger and (known := balance_sheet(payee)) is not None:
        return known
    if payee.total > 0 and not payee.ledger and INTEREST & set(significant(payee.words)):
        return Proposal("cash.interest", 0.85, "the word interest")
    fitting = [line for line in lines if line.inward == (payee.total > 0)]
    by_name = [proposal for line in fitting for proposal in _by_name(payee, line)]
    sized = [line.name for line in fitting if _same_size(payee, line)]
    named = [name for name in sized if any(proposal.line == name for proposal in by_name)]
    proven = sized if len(sized) == 1 else named if len(named) == 1 else []
    by_size = [Proposal(name, OF_SIZE if name in proven else UNPROVEN, SAME_SIZE) for name in sized]
    return max(by_name + by_size, key=lambda proposal: proposal.confidence, default=None)


def on_payroll(lines: Sequence[PlanLine]) -> Proposal | None:
    """The line of the payees of a payroll: that of people, if there is exactly one."""
    teams = [line.name for line in lines if line.people]
    return Proposal(teams[0], 0.9, "whom the payroll pays") if len(teams) == 1 else None


def by_size_alone(proposals: Sequence[Proposal | None]) -> list[Proposal | None]:
    """Proposals of which none is proven by its size where another one of that size is for the same line."""
    lines = Counter(proposal.line for proposal in proposals if proposal is not None and proposal.reason == SAME_SIZE)
    return [
        proposal._replace(confidence=min(proposal.confidence, UNPROVEN))
        if proposal is not None and proposal.reason == SAME_SIZE and lines[proposal.line] > 1
        else proposal
        for proposal in proposals
    ]


def _by_name(payee: Payee, line: PlanLine) -> list[Proposal]:
    words, line_words = set(significant(payee.words)), set(significant(f"{line.name.replace('_', ' ')} {line.title}"))
    reasons = []
    titles = (line.name.replace("_", " ").casefold(), line.title.casefold())
    if payee.name.rpartition(":")[2].strip().casefold() in titles:
        reasons.append(Proposal(line.name, 1.0, "the same name"))
    if common := words & line_words:
        all_words = any(set(significant(name)) <= payee.always for name in titles if significant(name))
        all_words = all_words and not payee.always & TAX - line_words
        reasons.append(Proposal(line.name, 0.92 if all_words else 0.6, f"the word {sorted(common)[0]}"))
    pairs = [(word, name) for word in words for name in line_words if min(len(word), len(name)) >= FEWEST]
    alike = [(SequenceMatcher(None, word, name).ratio(), word) for word, name in pairs]
    best, word = max(alike, default=(0.0, ""))
    if ALIKE <= best < 1.0:
        reasons.append(Proposal(line.name, round(0.7 * best, 2), f"spelt like {word}"))
    return reasons


def _same_size(payee: Payee, line: PlanLine) -> bool:
    """Whether the amount of every month of the payee is about the plan's, and there are two months at least."""
    planned = [(float(amount), line.months.get(month, 0.0)) for month, amount in payee.months.items()]
    low, high = SIZE
    return len(planned) >= 2 and all(plan and low <= amount / plan <= high for amount, plan in planned)


def balance_sheet(payee: Payee) -> Proposal | None:
    """The proposal for an account of assets or debts by its name; None for one of income or costs."""
    if set(significant(payee.name)) & CARRIED:
        return Proposal("ignore", 0.7, "an account of the balance sheet")
    return Proposal("cash", 0.7, "an account of the bank") if is_cash(payee.name) else None


def is_cash(account: str) -> bool:
    """Whether an account of books holds cash, by its name."""
    words = set(significant(account))
    return bool(words & BANK) and not words & {*CARRIED, "fees", "interest"}
