"""How a month, a number of months and a currency are written in `[model]` and `[actuals]`."""

from __future__ import annotations

import re
from typing import Any

from pydantic_core import PydanticCustomError, core_schema

from runway.months import month_number


class Month:
    """A month such as "2025-04"; its absolute number."""

    @staticmethod
    def __get_pydantic_core_schema__(source: Any, handler: Any) -> core_schema.CoreSchema:
        def read(raw: Any) -> int:
            number = month_number(raw) if isinstance(raw, str) else None
            if number is None:
                raise PydanticCustomError(
                    "bad-month", "{text}", {"text": 'FIELD is written "2025-04": a year, 1900 to 2999, and a month.'}
                )
            return number

        return core_schema.no_info_plain_validator_function(read)

    @staticmethod
    def __get_pydantic_json_schema__(schema: Any, handler: Any) -> dict[str, Any]:
        return {"type": "string", "pattern": r"^\d{4}-\d{2}$"}


class Span:
    """A number of whole months, written 36, "36 months" or "3 years"."""

    @staticmethod
    def __get_pydantic_core_schema__(source: Any, handler: Any) -> core_schema.CoreSchema:
        def read(raw: Any) -> Any:
            said = re.fullmatch(r"(\d{1,4}) (month|quarter|year)s?", raw.strip()) if isinstance(raw, str) else None
            return raw if said is None else int(said[1]) * {"month": 1, "quarter": 3, "year": 12}[said[2]]

        return core_schema.no_info_before_validator_function(read, handler(source))

    @staticmethod
    def __get_pydantic_json_schema__(schema: Any, handler: Any) -> dict[str, Any]:
        return {"anyOf": [handler(schema), {"type": "string", "pattern": r"^\d+ (months?|quarters?|years?)$"}]}


class Code:
    """A currency code of ISO 4217's form."""

    @staticmethod
    def __get_pydantic_core_schema__(source: Any, handler: Any) -> core_schema.CoreSchema:
        def read(raw: Any) -> str:
            if not isinstance(raw, str) or not re.fullmatch("[A-Z]{3}", raw):
                text = 'FIELD is a code of three capital letters, such as "USD".'
                raise PydanticCustomError("bad-currency", "{text}", {"text": text})
            return raw

        return core_schema.no_info_plain_validator_function(read)

    @staticmethod
    def __get_pydantic_json_schema__(schema: Any, handler: Any) -> dict[str, Any]:
        return {"type": "string", "pattern": "^[A-Z]{3}$"}
