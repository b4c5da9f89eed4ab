"""A page of Markdown for a terminal: headings to the left, and code as it is written, so that 80 columns stay 80."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markdown import CodeBlock, Heading, Markdown
from rich.text import Text
from rich.theme import Theme

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult


STYLES = Theme(
    {
        "markdown.code": "bold",  # readable on a light screen and on a dark one
        "markdown.h2": "bold",
        "markdown.table.border": "dim",
        "markdown.table.header": "",
    }
)


class LeftHeading(Heading):
    """A heading without a frame, to the left."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        self.text.justify = "left"
        yield Text("" if self.tag == "h1" else "\n", end="")
        yield self.text


class PlainCode(CodeBlock):
    """A block of code without padding or a background; commands stand out."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for line in str(self.text).rstrip().split("\n"):
            yield Text(line, "bold" if line.startswith("$ ") else "", no_wrap=True, overflow="ignore")


class TerminalPage(Markdown):
    """Markdown with plain headings and code."""

    elements = {**Markdown.elements, "heading_open": LeftHeading, "fence": PlainCode, "code_block": PlainCode}  # noqa: RUF012  # rich declares it so


def page_text(text: str, console: Console) -> str:
    """The page with the styles that the console shows."""
    with console.capture() as captured, console.use_theme(STYLES):
        console.print(TerminalPage(text), crop=False)  # a longer line goes on below, as a terminal has it
    return captured.get()
