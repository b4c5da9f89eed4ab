"""Where a figure is written, and its evidence: file and line, source, date, confidence, range."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from runway.errors import Place
from runway.files.closed_months import BANK_DAY
from runway.files.document import raw_at
from runway.model.names import Namespace
from runway.months import date_at, month_label, month_number
from runway.words import amount_text, day_text

if TYPE_CHECKING:
    from runway.files.actuals import CashOnDay
    from runway.language.figure import Entry
    from runway.model.addresses import Path
    from runway.program.plan import Plan


@dataclass(frozen=True, slots=True)
class Origin:
    """One written number: where it stands and where it comes from."""

    address: str
    written: str  # as in the file: "$18", "4%/month"
    number: float  # a share for a percentage; a date as months from the start
    is_date: bool
    place: Place | None  # None: nobody wrote it, it is the default of the field
    source: str | None = None
    title: str | None = None  # of the source
    as_of: str | None = None  # the figure's own date, else the source's
    confidence: str | None = None
    note: str | None = None
    low: float | None = None
    high: float | None = None

    @property
    def where(self) -> str:
        """`openai-2025.toml:131`, or that it is a default."""
        return "left out: the default" if self.place is None else f"{self.place.file}:{self.place.line}"

    @property
    def range_text(self) -> str:
        """The words of its range; empty where it has none, or is written as one."""
        low, high = self._ends()
        if low is None or high is None or " to " in self.written:
            return ""
        if isinstance(low, str) or isinstance(high, str):
            return f"{low} to {high}"
        percent = "%" in self.written
        return " to ".join(f"{end * 100:g}%" if percent else amount_text(end, 10) for end in (low, high))

    def _ends(self) -> list[float | str | None]:
        """The ends of its range, days as they are written."""
        ends = (self.low, self.high)
        return [date_at(end, 0).isoformat() if self.is_date and end is not None else end for end in ends]

    def to_json(self) -> dict[str, Any]:
        """`file` and `line` are null for a default."""
        low, high = self._ends()
        return {
            "address": self.address,
            "written": self.written,
            "value": self.written if self.is_date else self.number,
            "file": self.place and self.place.file,
            "line": self.place and self.place.line,
            **{key: getattr(self, key) for key in ("source", "title", "as_of", "confidence", "note")},
            "low": low,
            "high": high,
        }


class Origins:
    """The origin of every number that a model's program reads."""

    def __init__(self, plan: Plan) -> None:
        self.model, self.program = plan
        self.names = Namespace(self.model)
        self._entries: dict[str, tuple[Path, Entry]] = {}
        for address, figure in self.names.figures.items():
            path = self.names.paths[address]
            for number, entry in figure.addresses(address):
                self._entries[number] = ((*path, entry.month) if entry.month else path, entry)

    def __contains__(self, address: str) -> bool:
        return address in self._entries

    def _actual(self, address: str) -> Origin:
        """The origin of an actual value: the first line of the file that it comes from."""
        row, _, month = address.removeprefix("actuals.").rpartition(".")
        if month == "scale":
            return self._scale(address, row, None)
        if row.endswith(".scale"):
            return self._scale(address, row.removesuffix(".scale"), month)
        if row == "bank" and self.model.bank is not None:
            return self._bank(address, self.model.bank)
        actuals = self.model.actuals
        if actuals is None:
            raise KeyError(address)
        value = actuals.values[row][(month_number(month) or 0) - self.program.start]
        file = value.file or actuals.files[row]
        rows = f"the sum of {value.rows:,} rows" if value.rows else "no row of this month"
        place = Place(file, max(1, value.line), 1, 1)
        note = "actual" if value.rows == 1 else f"actual: {rows}"
        written = f"{value.value:,}"
        number = self.program.parameters[address]
        return Origin(address, written, number, False, place, note=note)

    def _bank(self, address: str, bank: CashOnDay) -> Origin:
        """The origin of the bank's cash on the day as of which the books are read, or of that day."""
        is_day, number = address == BANK_DAY, self.program.parameters[address]
        written = str(bank.day) if is_day else f"{number:,}"
        note = f"what the bank held on {day_text(bank.day)} beside what the plan has then"
        if is_day:
            note = "the day up to which the bank says what was held"
        place = Place(bank.file, 1, 1, 1)
        return Origin(address, written, number, is_day, place, note=note)

    def _opening(self, address: str) -> Origin:
        """The origin of an opening cash that the books say."""
        assert self.model.actuals is not None
        assert self.model.actuals.opening is not None
        amount, file, line, _ = self.model.actuals.opening
        place, number = Place(file, max(1, line), 1, 1), self.program.parameters[address]
        return Origin(address, f"{amount:,}", number, False, place, note="actual")

    def _scale(self, address: str, line: str, before: str | None) -> Origin:
        """The origin of the factor on a line's driver in a closed month, the last or one before."""
        assert self.model.actuals is not None
        close = before or month_label(self.model.actuals.last_close)
        earned = self._actual(f"actuals.{line}.revenue.{close}")
        number = self.program.parameters[address]
        note = f"what was earned in {close} over what the formula gives, so that the plan goes on from there"
        return replace(earned, address=address, written=f"{number:.6g}", number=number, note=note)

    def addresses(self) -> tuple[str, ...]:
        """Every written or default number, by address."""
        return tuple(self._entries)

    def is_written(self, address: str) -> bool:
        """Whether a number stands in the file, a scenario or the command line rather than being a default."""
        return raw_at(self.model.document.data, self._entries[address][0]) is not None

    def of(self, address: str) -> Origin:
        """The origin of one number."""
        if address not in self._entries:
            return self._actual(address)
        path, entry = self._entries[address]
        if (
            address == "model.opening_cash"
            and self.model.actuals is not None
            and self.model.actuals.opening is not None
        ):
            return self._opening(address)
        source = None if entry.source is None else self.model.sources[entry.source]
        return Origin(
            address=address,
            written=entry.text,
            number=self.program.parameters[address],
            is_date=entry.amount.is_date,
            place=self.model.document.place(path) if self.is_written(address) else None,
            source=entry.source,
            title=None if source is None else source.title,
            as_of=self.model.day_of(entry),
            confidence=entry.confidence,
            note=entry.note,
            low=entry.low,
            high=entry.high,
        )
