"""The command that shows the pages of the guide."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from runway.cli.command import command
from runway.cli.options import AsJson, CsvFile, HtmlFile, Markdown, page_is_text

if TYPE_CHECKING:
    from runway.answers.guide import Guide


def topics() -> list[str]:
    """What a shell completes."""
    from runway.answers.guide import TOPICS

    return list(TOPICS)


Topic = Annotated[str | None, typer.Argument(metavar="TOPIC", help="A page, such as files.", autocompletion=topics)]


@command("Learn", "guide funding", "guide")
def guide(
    topic: Topic = None,
    as_json: AsJson = False,
    csv: CsvFile = None,
    markdown: Markdown = False,
    html: HtmlFile = None,
) -> Guide | str:
    """Show a page of the guide, or list its topics: files, formulas, funding, checks and the rest."""
    from runway.answers import guide as answers

    guide = answers.guide(topic)
    if topic is None or as_json:
        return guide
    page_is_text(f"The page {topic} of the guide", csv, html)
    (page,) = guide.pages
    from runway.render.terminal import console, in_a_pipe

    if markdown or in_a_pipe():
        return page.text
    from runway.render.page import page_printed

    return page_printed(page.text, console())
