"""How a month, a day, a number of months, a currency and a pattern are written in `[model]` and `[actuals]`."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic_core import core_schema

from runway.language.dimension import field_error
from runway.language.figure import FigureError, read_amount
from runway.months import month_number, parse_date
from runway.words import is_currency

if TYPE_CHECKING:
    from collections.abc import Callable


class _Notation:
    """An annotation that pydantic reads with: `read` returns the value of a raw one, `form` is its JSON schema."""

    form: ClassVar[dict[str, Any]]
    read: ClassVar[Callable[..., Any]]

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(cls.read)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: Any) -> dict[str, Any]:
        return {**cls.form}  # which pydantic adds to


class Month(_Notation):
    """A month such as "2025-04"; its absolute number."""

    form: ClassVar = {"type": "string", "pattern": r"^\d{4}-\d{2}$"}

    @staticmethod
    def read(raw: Any) -> int:
        number = month_number(raw) if isinstance(raw, str) else None
        if number is None:
            from runway.language.misreadings import month_meant

            says = 'FIELD is written "2025-04": a year, 1900 to 2999, and a month.'
            raise field_error("bad-month", says + month_meant(str(raw)))
        return number


class DayText(_Notation):
    """A day, or a month for its last day, kept as it is written."""

    form: ClassVar = {"type": "string", "pattern": r"^\d{4}-\d{2}(-\d{2})?$"}

    @staticmethod
    def read(raw: Any) -> str:
        text = raw.isoformat() if isinstance(raw, date) else raw
        if not isinstance(text, str) or parse_date(text) is None:
            raise field_error("not-a-date", 'FIELD is a day such as "2025-03-31", or a month: "2025-03".')
        return text


class Span:
    """A number of whole months, written 36, or as a length of time: "36 months", "3 years"."""

    @staticmethod
    def __get_pydantic_core_schema__(source: Any, handler: Any) -> core_schema.CoreSchema:
        def read(raw: Any) -> Any:
            try:
                amount = read_amount(raw) if isinstance(raw, str) else None
            except FigureError:
                return raw
            whole = None if amount is None or not amount.is_duration else amount.whole_months
            return raw if whole is None else whole

        return core_schema.no_info_before_validator_function(read, handler(source))

    @staticmethod
    def __get_pydantic_json_schema__(schema: Any, handler: Any) -> dict[str, Any]:
        return {"anyOf": [handler(schema), {"type": "string", "pattern": r"^[\d.]+ ?(months?|quarters?|years?)$"}]}


class Code(_Notation):
    """A currency code of ISO 4217's form."""

    form: ClassVar = {"type": "string", "pattern": "^[A-Z]{3}$"}

    @staticmethod
    def read(raw: Any) -> str:
        if not isinstance(raw, str) or not is_currency(raw):
            raise field_error("bad-currency", 'FIELD is a code of three capital letters, such as "USD".')
        return raw


class RegularExpression(_Notation):
    """A regular expression, which is read without regard to case."""

    form: ClassVar = {"type": "string", "minLength": 1, "format": "regex"}

    @staticmethod
    def read(raw: Any) -> str:
        try:
            if isinstance(raw, str) and raw:
                re.compile(raw, re.IGNORECASE)
                return raw
            text = 'FIELD is a text to look for, such as "landlord", or a regular expression.'
        except (re.error, OverflowError, RecursionError) as error:
            at = getattr(error, "pos", None)
            where = "" if at is None else f", at character {at + 1}"
            text = f"This is no regular expression: {getattr(error, 'msg', error)}{where}. "
            text += "Put \\\\ before a character that is meant itself, such as ( or +."
        raise field_error("bad-pattern", text)


class CodecName(_Notation):
    """The name of a text encoding, such as "cp1252"."""

    form: ClassVar = {"type": "string", "minLength": 1}

    @staticmethod
    def read(raw: Any) -> str:
        from codecs import lookup

        try:
            if isinstance(raw, str) and raw and lookup(raw)._is_text_encoding:
                return raw
        except (LookupError, ValueError):
            pass
        text = 'FIELD is the name of a text encoding, such as "utf-8", "cp1252" or "iso-8859-1".'
        raise field_error("unknown-choice", text)


class MonthOrAuto(_Notation):
    """A month such as "2025-04", as its absolute number, or "auto"."""

    form: ClassVar = {"type": "string", "pattern": r"^(\d{4}-\d{2}|auto)$"}

    @staticmethod
    def read(raw: Any) -> int | str:
        number = month_number(raw) if isinstance(raw, str) else None
        if number is None and raw != "auto":
            text = 'FIELD is written "2025-04": a year, 1900 to 2999, and a month; or "auto", the last that every '
            raise field_error("bad-month", f"{text}file covers to its end.")
        return "auto" if number is None else number
