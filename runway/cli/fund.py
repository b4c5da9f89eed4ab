"""The page of a fund: a line a company, each of which opens the company's own page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from runway.cli.streams import remark
from runway.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from runway.answers.portfolio import Portfolio

PAGES = "-pages"  # what the folder of the companies' pages is called after the fund's own page


def foresee_pages(out: str) -> None:
    """Refuses a folder for the companies' pages that cannot be written to, before any company is read."""
    if out != "-":
        from runway.render.saving import foresee_folder

        foresee_folder(folder_of(out))


def folder_of(out: str) -> Path:
    """Where the companies' pages stand: beside the fund's own."""
    return Path(out).with_name(f"{Path(out).stem}{PAGES}")


def fund_page(portfolio: Portfolio, out: str, progress: Callable[[int, int], None] | None = None) -> str:
    """The page, once those of the companies stand in a folder beside `out`; on standard output (`-`) it has none."""
    from runway.render.html import page
    from runway.reports.portfolio import fund

    pages: dict[str, str] = {}
    if out != "-":
        from runway.render.saving import output_path

        output_path(out)
        pages = company_pages(portfolio, folder_of(out), progress)
    return page(fund(portfolio, pages))


def company_pages(
    portfolio: Portfolio, folder: Path, progress: Callable[[int, int], None] | None = None
) -> dict[str, str]:
    """The pages of the companies, by file: their addresses as seen from the fund's page."""
    from runway.answers.portfolio import plan_on
    from runway.cli.page import page_text
    from runway.files.document import read
    from runway.render.saving import save_text, unwritable

    files = [company.file for company in portfolio.companies]
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise unwritable(str(folder), error) from error
    written: dict[str, str] = {}
    for n, (file, name) in enumerate(zip(files, named(files), strict=True), 1):
        try:
            text = page_text(plan_on(read(file), portfolio.as_of, always=portfolio.always))
        except InputError:  # its line is there without a page
            continue
        save_text(str(folder / name), text)
        written[file] = quote(f"{folder.name}/{name}")
        if progress is not None:
            progress(n, len(files))
    remark(f"wrote {folder}: {len(written)} pages, with the whole model of each company")
    return written


def named(files: Sequence[str]) -> list[str]:
    """A name for the page of each file: its own, and of several in one name the later ones with a number."""
    used: set[str] = set()
    names = []
    for file in files:
        stem, n = Path(file).stem, 1
        while (name := f"{stem}.html" if n == 1 else f"{stem}-{n}.html").lower() in used:
            n += 1
        used.add(name.lower())
        names.append(name)
    return names
