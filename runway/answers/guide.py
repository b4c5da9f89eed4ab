"""The guide: a page of Markdown a topic, in `runway/guide`.

A page begins with its title and a line that sums it up; its files, commands and outputs are run by the tests.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from runway.errors import InputError, Problem, did_you_mean
from runway.language.named_tuple import NamedTuple
from runway.language.record import Record

FOLDER = Path(__file__).resolve().parent.parent / "guide"
TOPICS = (
    "files", "formulas", "actions", "funding", "ownership", "debt", "statements", "metrics", "actuals", "books",
    "backtest", "uncertainty", "checks", "workbook", "page", "python", "openai", "performance", "architecture",
)  # fmt: skip
"""The topics in the order in which they are read, each the name of its page."""


class GuidePage(NamedTuple):
    """`text` is the whole page, its title and first line included."""

    topic: str
    title: str
    summary: str
    text: str


@dataclass(frozen=True, slots=True, repr=False)
class Guide(Record):
    """The pages of the guide: all, or the one of a topic."""

    pages: tuple[GuidePage, ...]


def guide(topic: str | None = None) -> Guide:
    """Every page in the order of reading, or that of a topic; raises `InputError`: unknown-topic."""
    if topic is None:
        return Guide(tuple(map(guide_page, TOPICS)))
    if topic not in TOPICS:
        text = f"The guide has no page on {topic}.{did_you_mean(topic, TOPICS)}\nTopics: {', '.join(TOPICS)}."
        raise InputError(Problem("unknown-topic", text))
    return Guide((guide_page(topic),))


def guide_page(topic: str) -> GuidePage:
    """The page of a topic that exists."""
    text = (FOLDER / f"{topic}.md").read_text(encoding="utf-8")
    title, summary, *_ = text.split("\n\n", 2)
    return GuidePage(topic, title.removeprefix("# "), " ".join(summary.split()), text)
