"""A package of the Open Cap Format: a manifest and the files that it lists, in a folder or a ZIP.

The format and its names are those of the Open Cap Table Coalition (Open Cap Format, version 1, with its licence of 2024
at github.com/Open-Cap-Table-Coalition/Open-Cap-Format-OCF; copyright Open Cap Table Coalition).  The types here are our
own, for what a cap table needs of it; no schema is shipped.
"""

from __future__ import annotations

import json
import re
import zlib
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile, ZipFile

from runway.errors import InputError, Place, Problem
from runway.files.disk import LARGEST_TABLE, NOT_ORDINARY
from runway.files.places import PlacedText

if TYPE_CHECKING:
    from collections.abc import Iterator

MANIFEST = "Manifest.ocf.json"
MANIFEST_TYPE = "OCF_MANIFEST_FILE"
VERSIONS = ("1.0", "1.1", "1.2")
_BETWEEN = re.compile(r"[ \t\n\r:,]*")  # what parts the keys and values of JSON
_NUMERIC = re.compile(r"[+-]?\d{1,30}(?:\.\d{1,30})?\Z", re.ASCII)


class OcfObject:
    """One object of a file, and its place; a field that is missing or wrong is raised as `InputError`."""

    def __init__(self, source: PlacedText, data: dict[str, Any], start: int, end: int) -> None:
        self.source, self.data = source, data
        self._start, self._end = start, end

    @property
    def id(self) -> str:
        return self.text("id")

    @property
    def type(self) -> str:
        return str(self.data.get("object_type", ""))

    def refusal(self, name: str, text: str, field: str = "id") -> InputError:
        """A mistake at a field of the object, or at its beginning."""
        match = re.compile(rf'"{re.escape(field)}"\s*:\s*').search(self.source.text, self._start, self._end)
        place = self.source.at(match.start() if match else self._start)
        if match:
            value = re.compile(r'"(?:[^"\\]|\\.)*"|[^\s,}\]]*').match(self.source.text, match.end())
            end = value.end() if value else match.end()
            place = place._replace(width=max(1, len(self.source.text[match.start() : end].split("\n")[0])))
        return InputError(self.source.problem(place, name, text))

    def text(self, field: str, default: str | None = None) -> str:
        """A text; refused where it is missing and has no default."""
        value = self.data.get(field, default)
        if not isinstance(value, str) or (not value and default is None):
            raise self.refusal("broken-export", f"{self._label()} has no {field}.", field)
        return value

    def texts(self, field: str) -> list[str]:
        """A list of texts, empty if it is missing."""
        value = self.data.get(field) or []
        if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
            raise self.refusal("broken-export", f"{field} of {self._label()} is no list of texts.", field)
        return value

    def ratio(self, field: str) -> Decimal | None:
        """A numerator divided by its denominator; None where one is missing."""
        ratio = self.part(field)
        numbers = (None, None) if ratio is None else (ratio.number("numerator"), ratio.number("denominator"))
        return numbers[0] / numbers[1] if numbers[0] is not None and numbers[1] else None

    def day(self, field: str) -> date:
        """A day, written 2026-01-31."""
        try:
            return date.fromisoformat(self.text(field)[:10])
        except ValueError:
            text = f"{field} of {self._label()} is no day, written 2026-01-31."
            raise self.refusal("not-a-date", text, field) from None

    def number(self, field: str) -> Decimal | None:
        """A number, None if it is missing."""
        return self._number(self.data.get(field), field)

    def shares(self, field: str = "quantity") -> int:
        """A whole number of shares, 0 or more."""
        value = self.number(field)
        if value is None:
            raise self.refusal("broken-export", f"{self._label()} has no {field}.", field)
        if value != int(value) or value < 0:
            text = f"{field} of {self._label()} is {value}; shares are whole numbers, and not below 0."
            raise self.refusal("shares-not-whole", text, field)
        return int(value)

    def money(self, field: str) -> tuple[Decimal, str] | None:
        """An amount and its currency, None if it is missing."""
        value = self.data.get(field)
        if value is None:
            return None
        if not isinstance(value, dict) or not isinstance(value.get("currency"), str):
            raise self.refusal("broken-export", f"{field} of {self._label()} is no amount with a currency.", field)
        amount = self._number(value.get("amount"), field)
        if amount is None or amount < 0:
            raise self.refusal("broken-export", f"{field} of {self._label()} has no amount of 0 or more.", field)
        return amount, value["currency"].upper()

    def part(self, field: str) -> OcfObject | None:
        """An object inside this one, told of by this one's place; None if it is missing."""
        value = self.data.get(field)
        if value is None:
            return None
        if not isinstance(value, dict):
            raise self.refusal("broken-export", f"{field} of {self._label()} is no object.", field)
        return OcfObject(self.source, {"id": self.data.get("id", ""), **value}, self._start, self._end)

    def parts(self, field: str) -> list[OcfObject]:
        """The objects of a list inside this one, empty if it is missing."""
        value = self.data.get(field) or []
        if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
            raise self.refusal("broken-export", f"{field} of {self._label()} is no list of objects.", field)
        identity = {"id": self.data.get("id", "")}
        return [OcfObject(self.source, {**identity, **entry}, self._start, self._end) for entry in value]

    def _number(self, value: Any, field: str) -> Decimal | None:
        if value is None:
            return None
        if isinstance(value, Decimal) and value.is_finite() and abs(value) < 10**30:
            return value
        if isinstance(value, str) and _NUMERIC.match(value):
            return Decimal(value)
        raise self.refusal("not-a-number", f"{field} of {self._label()} is no number, such as 1000 or 0.25.", field)

    def _label(self) -> str:
        """The type and id of the object, as messages name it."""
        identity = self.data.get("security_id") or self.data.get("id")
        return " ".join(str(part) for part in (self.type, identity) if part) or "This"


class OcfPackage:
    """The objects of a package by their type."""

    def __init__(self, manifest: OcfObject, objects: list[OcfObject]) -> None:
        self.version = manifest.text("ocf_version")
        self.as_of = manifest.day("as_of")
        issuer = manifest.part("issuer")
        if issuer is None:
            raise manifest.refusal("broken-export", "The manifest has no issuer.", "issuer")
        self.issuer = issuer.text("legal_name")
        self.objects = objects

    def objects_of(self, *types: str) -> dict[str, OcfObject]:
        """The objects of these types by their id, in the order of the files."""
        return {item.id: item for item in self.objects if item.type in types}


def is_package(path: Path) -> bool:
    """Whether a folder, a ZIP or a manifest is a package of the Open Cap Format."""
    try:
        if path.is_dir():
            return (path / MANIFEST).is_file()
        if path.name == MANIFEST or not path.is_file():  # a pipe would be waited for for ever
            return path.is_file()
        with ZipFile(path) as packed:
            return any(PurePosixPath(name).name == MANIFEST for name in packed.namelist())
    except (OSError, BadZipFile, ValueError):
        return False


def read_package(title: str, path: Path) -> OcfPackage:
    """The package of a folder, a ZIP or a manifest.

    Raises `InputError`: broken-export, unknown-version, file-unreadable, file-too-large, file-not-text.
    """
    if path.name == MANIFEST and path.is_file():
        path = path.parent
    files = _Files(title, path)
    source, data = files.document(MANIFEST)
    manifest = OcfObject(source, data, 0, len(source.text))
    if data.get("file_type") != MANIFEST_TYPE:
        raise manifest.refusal("broken-export", f"The manifest's file_type is {MANIFEST_TYPE}.", "file_type")
    if not manifest.text("ocf_version").startswith(VERSIONS):
        text = f"The package is of version {manifest.text('ocf_version')}; 1.0 to 1.2 are read."
        raise manifest.refusal("unknown-version", text, "ocf_version")
    objects: list[OcfObject] = []
    seen: set[str] = set()
    for field in [field for field in data if field.endswith("_files")]:
        for listed in manifest.parts(field):
            for item in files.items(listed.text("filepath")):
                if item.id in seen:
                    raise item.refusal("duplicate-name", f"The id {item.id} stands twice in the package.")
                seen.add(item.id)
                objects.append(item)
    return OcfPackage(manifest, objects)


class _Files:
    """The files of a folder or ZIP, by their path from the manifest."""

    def __init__(self, title: str, path: Path) -> None:
        self.title, self._path, self._inside = title, path, ""
        self._packed: ZipFile | None = None
        if not path.is_dir():
            try:
                self._packed = ZipFile(path)
                self._inside = next(name for name in self._packed.namelist() if PurePosixPath(name).name == MANIFEST)
            except (OSError, BadZipFile, StopIteration):
                text = f"{title} has no {MANIFEST}: it is no package of the Open Cap Format."
                raise InputError(Problem("broken-export", text)) from None
            self._inside = str(PurePosixPath(self._inside).parent)

    def document(self, name: str) -> tuple[PlacedText, dict[str, Any]]:
        """The text of a file and the object that it is.

        Raises `InputError`.
        """
        plain = PurePosixPath(name.replace("\\", "/"))
        title = f"{self.title}/{PurePosixPath(*plain.parts)}"
        if plain.is_absolute() or ".." in plain.parts:
            text = f"The manifest lists {name}, which lies outside the package."
            raise InputError(Problem("broken-export", text))
        read = self._read(title, plain)
        try:
            source = PlacedText(title, read.decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            line = read.count(b"\n", 0, error.start) + 1
            text = f"{title} is not UTF-8 text: byte {read[error.start]:#04x} in line {line}."
            raise InputError(Problem("file-not-text", text)) from None
        try:
            data = json.loads(source.text, parse_float=Decimal, parse_int=Decimal)
        except json.JSONDecodeError as error:
            place = Place(title, error.lineno, error.colno, 1)
            text = f"Here the file stops being JSON ({error.msg}): it is cut short or was changed."
            raise InputError(source.problem(place, "broken-export", text)) from None
        except (RecursionError, InvalidOperation):
            raise InputError(Problem("nesting-too-deep", f"{title} has values too deep inside one another.")) from None
        if not isinstance(data, dict):
            raise InputError(source.problem(Place(title, 1, 1, 1), "broken-export", "The file is no object of JSON."))
        return source, data

    def items(self, name: str) -> Iterator[OcfObject]:
        """The objects that a file lists."""
        source, data = self.document(name)
        items = data.get("items")
        if not isinstance(items, list):
            whole = OcfObject(source, {}, 0, len(source.text))
            raise whole.refusal("broken-export", "A file of the package lists its objects as items.", "items")
        spans = list(_spans(source.text))
        spans = spans if len(spans) == len(items) else [(0, len(source.text))] * len(items)  # items stands twice
        for entry, (start, end) in zip(items, spans, strict=True):
            item = OcfObject(source, entry if isinstance(entry, dict) else {}, start, end)
            item.text("id")
            item.text("object_type")
            yield item

    def _read(self, title: str, name: PurePosixPath) -> bytes:
        full_name = name.with_suffix(".ocf.json")  # manifests are seen that leave out .ocf
        if not self._has_file(name) and self._has_file(full_name):
            name = full_name
        try:
            if self._packed is None:
                path = self._path.joinpath(*name.parts)
                size = path.stat().st_size
                if not path.is_file():
                    raise InputError(Problem("file-unreadable", NOT_ORDINARY.format(title)))
                read = path.read_bytes() if size <= LARGEST_TABLE else b""
            else:
                inside = str(PurePosixPath(self._inside, *name.parts))
                size = self._packed.getinfo(inside).file_size
                read = self._packed.read(inside) if size <= LARGEST_TABLE else b""
        except (KeyError, FileNotFoundError):
            text = f"The manifest lists {name}, which is not in {self.title}."
            raise InputError(Problem("broken-export", text)) from None
        except (OSError, BadZipFile, RuntimeError, ValueError, zlib.error) as error:
            raise InputError(Problem("file-unreadable", f"{title} cannot be read: {error}.")) from None
        if size > LARGEST_TABLE:
            raise InputError(Problem("file-too-large", f"{title} is larger than {LARGEST_TABLE // 2**20} MiB."))
        return read

    def _has_file(self, name: PurePosixPath) -> bool:
        if self._packed is None:
            return self._path.joinpath(*name.parts).is_file()
        return str(PurePosixPath(self._inside, *name.parts)) in self._packed.namelist()


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """The beginning and end of each of the items of a document; its JSON is known to be right."""
    decoder = json.JSONDecoder()
    offset = _after_space(text, text.index("{") + 1)
    while text[offset] != "}":
        key, offset = decoder.raw_decode(text, offset)
        offset = _after_space(text, offset)
        if key == "items" and text[offset] == "[":
            offset = _after_space(text, offset + 1)
            while text[offset] != "]":
                start = offset
                _, offset = decoder.raw_decode(text, offset)
                yield start, offset
                offset = _after_space(text, offset)
            return
        _, offset = decoder.raw_decode(text, offset)
        offset = _after_space(text, offset)


def _after_space(text: str, offset: int) -> int:
    match = _BETWEEN.match(text, offset)
    return match.end() if match else offset
