"""`runway page`: a model as one page that anybody can open and move."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from runway.cli.command import command
from runway.cli.options import AsOf, LeadingModel, Scenario, Set, assignments, model_read, refuse_idle
from runway.cli.streams import remark
from runway.errors import InputError, Problem, choice_hint

if TYPE_CHECKING:
    from collections.abc import Callable

    from runway.pages.build import PageOptions, ServedPage
    from runway.program.plan import Plan

ENDINGS = (".html", ".htm")
WHOLE = "the whole model is in it, every figure with its source"

Only = Annotated[
    str | None,
    typer.Option(
        "--only",
        metavar="SECTIONS",
        help="Sections of the page: headline, sliders, funding, ownership, cash, statements, metrics, checks,"
        " sources, notes. Without sliders it has no formulas and one scenario.",
    ),
]


def _usable(options: dict[str, Any]) -> None:
    charted = "headline" in sections_asked(options["only"])
    if options["simulate"] is not None and options["simulate"] < 1:
        raise InputError(Problem("value-out-of-range", "--simulate is a number of futures from 1: 10000."))
    idle = {"--simulate": options["simulate"] is not None and not charted}
    refuse_idle(idle, "Futures are drawn into the chart of the headline", "add headline to --only, or ")
    if options["browse"] and options["out"] == "-":
        raise InputError(Problem("two-outputs", "--open needs a file, and - prints the page. Name the file to write."))


@command("Share", "page saas-startup plan.html", first=_usable)
def page(
    model: LeadingModel = None,
    out: Annotated[
        str | None,
        typer.Argument(
            metavar="OUT",
            help="The file to write, which ends in .html; - for standard output. Without it MODEL's name.",
        ),
    ] = None,
    scenario: Scenario = "base",
    set_: Set = None,
    as_of: AsOf = None,
    simulate: Annotated[
        int | None, typer.Option("--simulate", metavar="N", help="Draw the fan of so many futures into the chart.")
    ] = None,
    only: Only = None,
    no_notes: Annotated[
        bool, typer.Option("--no-notes", help="Leave out what is noted of figures and sources.")
    ] = False,
    served: Annotated[
        bool, typer.Option("--serve", help="Serve it on this machine in place of a file; a saving draws it anew.")
    ] = False,
    browse: Annotated[bool, typer.Option("--open", help="Open it in the browser.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace OUT if it exists.")] = False,
) -> str:
    """Write the model as one page: the answer, its picture, and sliders that run the same formulas."""
    name, out = named(model, out)
    read = model_read(name)

    def load() -> Plan:
        import runway

        return runway.load(read, scenario=scenario, set=assignments(set_, as_of))

    if served:
        refuse_to_serve(read, out)
        from runway.cli.serve import serve

        def make(plan: Plan, events: str, between: Callable[[], None]) -> ServedPage:
            from runway.pages.build import served_page

            return served_page(plan, options(plan, simulate, only, not no_notes, events, between))

        serve(load, make, browse)
        return ""
    out = out or f"{('' if read == '-' else Path(read).stem.strip('.')) or 'page'}.html"
    if out != "-" and Path(out).suffix.lower() not in ENDINGS:
        raise InputError(unknown_ending(out, name))
    from runway.render.saving import foresee, save_bytes

    if out != "-":
        foresee(out, replacing=force)
    text = page_text(load(), simulate, only, not no_notes)
    if out == "-":
        return text
    save_bytes(out, text.encode(), replacing=force)
    remark(f"wrote {out}: {what_is_in_it(only, not no_notes)}")
    if browse:
        from runway.cli.serve import open_in_browser

        open_in_browser(Path(out).absolute().as_uri())
    return ""


def refuse_to_serve(read: str, out: str | None) -> None:
    """Refuses to serve what comes once, or to write a file besides."""
    if out is not None:
        raise InputError(Problem("two-outputs", f"--serve writes no file; leave out {out}."))
    if read == "-":
        raise InputError(Problem("watch-needs-a-file", "Standard input is read once. Name a file to serve."))


def named(model: str | None, out: str | None) -> tuple[str | None, str | None]:
    """The model and the file to write; a name that stands alone is the file if it ends as one."""
    if out is None and model is not None and Path(model).suffix.lower() in ENDINGS:
        return None, model
    return model, out


def unknown_ending(out: str, name: str | None) -> Problem:
    """What is wrong with the name of a page; two names may be swapped."""
    from runway.render.saving import ending_text

    if name is not None and Path(name).suffix.lower() in ENDINGS:
        command = shlex.join(["runway", "page", out, name])
        return Problem("unknown-format", f"{out} is no page. The model comes first: {command}.")
    stem = Path(out).stem.strip(".") or "plan"
    return Problem("unknown-format", f"{ending_text(out)}; a page ends in .html. For example {stem}.html.")


def page_text(plan: Plan, simulate: int | None = None, only: str | None = None, notes: bool = True) -> str:
    """The page of a plan."""
    from runway.pages.build import page as page_of

    return page_of(plan, options(plan, simulate, only, notes))


def options(
    plan: Plan, simulate: int | None, only: str | None, notes: bool, events: str = "", between: Any = None
) -> PageOptions:
    """What a page has, and the futures that are drawn for it; `events` tells one that is served of a new version."""
    from runway.pages.build import PageOptions

    fan = None
    if simulate is not None:
        import runway
        from runway.answers.simulate import whole

        fan = whole(runway.simulate(plan, paths=simulate, checks=False))
    return PageOptions(sections_asked(only), notes, fan, events, between)


def sections_asked(only: str | None) -> tuple[str, ...]:
    """The sections named by `--only`, in the order of the page.

    Raises `InputError`: unknown-section.
    """
    from runway.pages.sections import SECTIONS

    if only is None:
        return SECTIONS
    chosen = [part.strip().lower() for part in only.split(",")]
    for part in chosen:
        if part not in SECTIONS:
            hint = choice_hint(part, SECTIONS)
            says = f"The page has no section {part}.{hint}" if part else f"--only {only} lacks a section.{hint}"
            raise InputError(Problem("unknown-section", says))
    return tuple(section for section in SECTIONS if section in chosen)


def what_is_in_it(only: str | None, notes: bool) -> str:
    """What whoever gets the page can read in it."""
    chosen = sections_asked(only)
    if "sliders" not in chosen:
        return f"its figures of {', '.join(chosen)}, without formulas"
    return f"{WHOLE}{'' if notes else ', without notes'} (--only and --no-notes leave things out)"
