"""The bytes of an assumption file as data, and the mistakes in bytes that are none; a value as TOML writes it.

TOML is parsed by `tomllib`, with every float as the `Decimal` that was written.  A file may come from a stranger: its
size, its nesting and its numbers are bounded before anything is done with them.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, NoReturn

from runway.errors import InputError, Place, Problem
from runway.files.places import Keys, PlacedText

if TYPE_CHECKING:
    from collections.abc import Iterator

LARGEST_FILE = 2**20  # bytes
DEEPEST_NESTING = 40  # keys from the top of a file to a value
LARGEST_INTEGER = 2**63
LARGEST_EXPONENT = 308  # of ten, in a 64-bit float

BARE = re.compile(r"-?\d(?:_?\d)*(?:\.\d+)?")  # a number as it is written

TOO_DEEP = f"Tables and lists may be nested {DEEPEST_NESTING} levels deep."
TOO_LARGE = "This number is larger than any that can be reckoned with."

# Patterns of tomllib's message and of the line, with ‸ where it stopped, and what to write instead; the first that fits
KEY_AND_VALUE = r"^\s*(?P<key>[\w.-]+)\s*=\s*(?P<value>(?=[^\s\"'\[{])[^#]{1,60}?)\s*(#.*)?$"
ADVICE = (
    (r"twice", r"", "Each table is written once: join the two, or rename one. Entries of a list stand in [[ ]]."),
    (r"overwrite|mutate|Duplicate", r"", "That name has a value already: remove or rename one of the two."),
    (r"Illegal character '\\n'", r"", "This text is not closed: it ends with the quotation mark that it began with."),
    (r"Illegal|Found invalid", r"", "This character is invisible and not text: remove it."),
    (r"Unterminated", r"", "A text is not closed: it ends with the quotation marks that it began with."),
    (r"Unescaped", r"", "A backslash stands for itself only in a text in 'single quotes'."),
    (r"", r"=\s*‸?[\u201c\u201d\u2018\u2019\u201e\xab]", 'Quotation marks are straight: "…" or \'…\'.'),
    (r"Invalid value", r"=\s*‸\s*([,#}\]]|$)", "The value is missing after the equals sign."),
    (r"", r"=\s*‸(?i:true|yes|on)\b", "Yes is written true."),
    (r"", r"=\s*‸(?i:false|no|off)\b", "No is written false."),
    (r"", r"=\s*‸?[+-]?‸?\.\d", "A number begins with a digit: 0.5."),
    (r"", r"=\s*[+-]?0‸\d", "A number does not begin with 0; a text stands in quotation marks."),
    (r"", r"=\s*[+-]?\d+‸(,\d{3})+\b", 'Numbers have no commas: write 1_000_000 or "1M".'),
    (r"", r"\d{4}‸-\d", 'A month or a date stands in quotation marks: "2025-04".'),
    (r"Expected newline", r"‸\s*[\w\"'.-]+\s*=", "Each name = value stands on its own line."),
    (r"Expected newline", r"(['\"])‸", "A text ends with the mark it began with; one that holds ' stands in \"…\"."),
    (r"Expected newline|Invalid value", KEY_AND_VALUE, 'Text stands in quotation marks: {key} = "{value}".'),
    (r"Unclosed|Invalid value", r"[\w.]‸[^\s,\]}=]|[=,\[]\s*‸[^\s,\]}]", 'Text stands in quotation marks: "5%/month".'),
    (r"Expected newline", r"", "Only a # comment may follow a value on its line."),
    (r"Unclosed array|Invalid value", r"", "A list ends with ], and a comma stands between any two of its entries."),
    (r"inline table|Invalid initial", r"\{", "A table in { } stays on one line, with a comma between any two entries."),
    (r"Expected '\]+'", r"", "A table begins with its name in brackets, [costs.rent]; an entry of a list has two."),
    (r"Expected '='", r"^\s*[\w.-]+\s*‸\s*:", "A value follows an equals sign, not a colon: amount = 20."),
    (r"Expected '='|Invalid (statement|initial)", r"", "Every line reads name = value; a name is of a-z, 0-9 and _."),
)  # fmt: skip

# In TOML, comments and texts hide brackets and dots; a key of too many parts comes before a text that may begin it.
TOKEN = r"""(?sx)\#[^\n]*
    | \"{3}(?:[^"\\]|\\.|"(?!""))*+(?:\"{3}|\Z) | '{3}.*?(?:'{3}|\Z)
    | (?P<long>(?:(?:[\w-]++|"(?:\\.|[^"\\\n])*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){40,}+)
    | "(?:\\.|[^"\\\n])*+"? | '[^'\n]*+'? | [\w-]++
    | (?P<open>[\[{]) | (?P<close>[\]}])"""


def parsed(title: str, contents: bytes) -> tuple[PlacedText, dict[str, Any]]:
    """The text and the data of one file; every way in which its bytes may be no such file is a located problem."""
    source = _decoded(title, contents)
    text = source.text
    if any(line.count(".") >= DEEPEST_NESTING for line in source.lines):  # tomllib is slow on endless dotted keys
        _refuse_nesting(source)
    try:
        data = tomllib.loads(text, parse_float=_decimal)
    except tomllib.TOMLDecodeError as error:
        raise InputError(_syntax_problem(source, str(error))) from None
    except RecursionError:
        _refuse_nesting(source)
        raise
    except ValueError:  # Python refuses integers of thousands of digits
        start = max(re.finditer(r"[0-9_]+", text), key=lambda digits: len(digits[0])).start()
        raise InputError(source.problem(source.at(start), "number-too-large", TOO_LARGE)) from None
    for path, value in _walk(data):
        if len(path) > DEEPEST_NESTING:
            raise InputError(source.problem(source.place(path), "nesting-too-deep", TOO_DEEP))
        if (type(value) is int and abs(value) > LARGEST_INTEGER) or (
            type(value) is Decimal and value.is_finite() and value.adjusted() > LARGEST_EXPONENT
        ):
            raise InputError(source.problem(source.place(path), "number-too-large", TOO_LARGE))
    return source, data


def _decoded(title: str, contents: bytes) -> PlacedText:
    """The text of the bytes, without a byte-order mark and with plain line breaks."""

    def refuse(text: str, at: int | None = None) -> NoReturn:
        if at is None:
            raise InputError(Problem("file-not-text", text))
        source = PlacedText(title, contents.decode(errors="replace"))
        raise InputError(source.problem(source.at(len(contents[:at].decode())), "file-not-text", text))

    if len(contents) > LARGEST_FILE:
        raise InputError(
            Problem("file-too-large", f"{title} is larger than 1 MiB; an assumption file is a short text.")
        )
    if contents.startswith((b"\xff\xfe", b"\xfe\xff")):
        refuse(f"{title} is saved as UTF-16; save it as UTF-8.")
    try:
        text = contents.decode()
    except UnicodeDecodeError as error:
        if b"\0" in contents:
            refuse(f"{title} is not a text file.")
        refuse(f"The byte {contents[error.start]:#04x} here is not UTF-8; save the file as UTF-8.", error.start)
    if "\0" in text:
        refuse(f"{title} is not a text file: it holds a NUL byte.", contents.index(b"\0"))
    return PlacedText(title, text.removeprefix("\ufeff").replace("\r\n", "\n"))


def _syntax_problem(source: PlacedText, message: str) -> Problem:
    """The mistake that `tomllib` names, at its line and column, and what to write instead."""
    reason, _, position = message.rpartition(" (at ")
    if numbers := re.fullmatch(r"line (\d+), column (\d+)\)", position):
        line, column = int(numbers[1]), int(numbers[2])
    else:  # the end of the document: of its last line that says something
        line = source.text.rstrip().count("\n") + 1
        column = len(source.lines[line - 1].rstrip()) + 1
    text, stopped, width = source.lines[line - 1], column, 1
    if reason.startswith("Cannot ") and text[: column - 1].strip():  # the statement before, not what follows it
        start = len(text) - len(text.lstrip())
        column, width = start + 1, len(text[start:column].rstrip())
    place = Place(source.title, line, column, width)
    return source.problem(place, "toml-syntax", _advice(reason, f"{text[: stopped - 1]}‸{text[stopped - 1 :]}"))


def _advice(reason: str, line: str) -> str:
    for reason_pattern, line_pattern, advice in ADVICE:
        if re.search(reason_pattern, reason) and (match := re.search(line_pattern, line)):
            parts = {name: part.replace("‸", "") for name, part in match.groupdict().items()}
            return advice.format(**parts) if parts else advice
    return f"This is not TOML: {reason[:1].lower()}{reason[1:]}."


def _refuse_nesting(source: PlacedText) -> None:
    """Refuse a text whose keys or brackets are nested too deep for it to be parsed at all."""
    depth = 0
    for token in re.finditer(TOKEN, source.text):
        depth += (token["open"] is not None) - (token["close"] is not None)
        if depth > DEEPEST_NESTING or token["long"]:
            raise InputError(source.problem(source.at(token.start()), "nesting-too-deep", TOO_DEEP))


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:  # an exponent of twenty digits; refused as too large once its place is known
        return Decimal(10) ** (LARGEST_EXPONENT + 1)


def _walk(data: dict[str, Any]) -> Iterator[tuple[Keys, Any]]:
    """Each value with its path, down to one level too deep."""
    pending: list[tuple[Keys, Any]] = [((), data)]
    while pending:
        path, value = pending.pop()
        yield path, value
        if len(path) <= DEEPEST_NESTING and isinstance(value, dict | list):
            items = value.items() if isinstance(value, dict) else enumerate(value)
            pending += [((*path, key), item) for key, item in items]


def toml_value(value: Any) -> str:
    """A value of a file as TOML writes it on one line.

    >>> toml_value({"rent.amount": "$812k/day", "model.opening_cash": "15_500_000", "a.b": True})
    '{ "rent.amount" = "$812k/day", "model.opening_cash" = 15_500_000, "a.b" = true }'
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        if BARE.fullmatch(value) and not re.match(r"-?0\d", value):
            return value
        return toml_text(value)
    if isinstance(value, date):
        return f'"{value.isoformat()}"'
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(toml_value, value))}]"
    if isinstance(value, Mapping):
        inside = ", ".join(f"{toml_key(key)} = {toml_value(item)}" for key, item in value.items())
        return f"{{ {inside} }}" if inside else "{}"
    return str(value)


def toml_text(text: str) -> str:
    """A text as TOML writes it on one line: a name such as 1200 is no number.

    >>> toml_text("1200"), toml_text('the "new" one')
    ('"1200"', '"the \\\\"new\\\\" one"')
    """
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in escaped) + '"'


def toml_key(key: str) -> str:
    """A key, quoted where it holds a dot."""
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else '"' + key.replace("\\", "\\\\").replace('"', '\\"') + '"'
