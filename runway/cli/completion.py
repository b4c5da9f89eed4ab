"""What a shell completes: models, and the scenarios and addresses of the model that the line names.

Of what is offered typer keeps what begins as the word that is being written.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from runway.errors import InputError
from runway.files.document import bundled_models, default_model, read
from runway.model.addresses import NAMED_SECTIONS
from runway.model.addresses import addresses as addresses_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runway.files.document import Document


def models(_: Mapping[str, Any], incomplete: str) -> list[str]:
    """Bundled models, and what of the folder that is being written is an assumption file or a folder."""
    folder = Path(incomplete.rpartition("/")[0] or ("/" if incomplete.startswith("/") else "."))
    files = []
    if folder.is_dir():
        head = incomplete[: incomplete.rfind("/") + 1]
        for path in sorted(folder.iterdir()):
            if path.suffix == ".toml" or path.is_dir():
                files.append(f"{head}{path.name}{'/' if path.is_dir() else ''}")
    return [*files, *bundled_models()]


def bundled(*_: object) -> list[str]:
    return list(bundled_models())


def kinds(*_: object) -> list[str]:
    from runway.answers.kinds import kinds

    return [kind.name for kind in kinds().kinds]


def topics(*_: object) -> list[str]:
    from runway.answers.guide import TOPICS

    return list(TOPICS)


def scenarios(values: Mapping[str, Any], _: str = "") -> list[str]:
    document = _document(values)
    written = {} if document is None else document.data.get("scenarios", {})
    return ["base", *(name for name in written if name != "base")]


def figures(values: Mapping[str, Any], incomplete: str) -> list[str]:
    """The addresses of what may be varied."""
    return addresses(values, incomplete, texts=False)


def addresses(values: Mapping[str, Any], incomplete: str, *, texts: bool = True) -> list[str]:
    """The addresses of the file, behind its section where that is being written before a name."""
    document = _document(values)
    if document is None:
        return []
    known = list(dict.fromkeys(addresses_in(document.data, texts=texts)))
    section, dot, _ = incomplete.partition(".")
    names = document.data.get(section) if dot and section in NAMED_SECTIONS else None
    if not isinstance(names, dict):
        return known
    return [f"{section}.{address}" for address in known if address.partition(".")[0] in names]


def settings(values: Mapping[str, Any], incomplete: str) -> list[str]:
    """Addresses with the sign after which their value is written."""
    return [f"{address}=" for address in addresses(values, incomplete)]


def explained(values: Mapping[str, Any], incomplete: str) -> list[str]:
    """Of arguments that are a model and an address: the models where none stands there yet, names, addresses, words."""
    from runway.answers.word import glossary
    from runway.language.measures import RUNGS

    words = values.get("words") or []
    named = {"model": words[0]} if words else {}
    document = _document(named)
    sections = [] if document is None else [document.data.get(section, {}) for section in NAMED_SECTIONS]
    names = ["runway", *(f"runway.{rung}" for rung in RUNGS)]
    names += [*(name for section in sections for name in section), *addresses(named, incomplete), *glossary()]
    return names if words else [*models(named, incomplete), *names]


def _document(values: Mapping[str, Any]) -> Document | None:
    """The file that the line names; nothing where it cannot be read, as a shell has no place for a message."""
    name = values.get("model") or default_model()
    try:
        return None if name == "-" else read(name)
    except InputError:
        return None
