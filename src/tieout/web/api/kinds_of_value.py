"""Decides: how single values travel: money and rates as text, dates as dates, ids as numbers. Nothing is guessed.

Between JSON and the verbs. A float never gets in: an amount is text with a point, and comes out exactly as it is kept.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from ninja import Schema
from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

from tieout.practice.money import plain

_UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")
_NUMBER = re.compile(r"[0-9]{1,12}(\.[0-9]{1,5})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
LARGEST_ID = 999_999_999_999_999_999


def _keepable(text: str) -> str:
    if _UNKEEPABLE.search(text):
        raise PydanticCustomError(
            "text", "There is a character in it that no database can keep; send it without."
        )
    return text


def _number(given: Any) -> str:
    if not isinstance(given, str) or not _NUMBER.fullmatch(given):
        raise PydanticCustomError("number", 'Write the number as text with a point, such as "1250.00".')
    return given


def _day(value: Any) -> date:
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise PydanticCustomError("day", 'Write the date as text like "2026-01-31".')


Text = Annotated[str, AfterValidator(_keepable)]
RowId = Annotated[int, Field(ge=1, le=LARGEST_ID)]


def id_or(word: str) -> Any:
    """An id, or one word that stands for none, as the parameter of a list."""

    def read(given: Any) -> Any:
        text = str(given)
        if text == word or (text.isascii() and text.isdigit() and 1 <= int(text) <= LARGEST_ID):
            return text
        raise PydanticCustomError("id_or_word", "Give an id, or {word}.", {"word": word})

    schema = {"anyOf": [{"type": "integer", "minimum": 1, "maximum": LARGEST_ID}, {"const": word}]}
    return Annotated[str, BeforeValidator(read), WithJsonSchema(schema)]


NumberText = Annotated[
    str,
    BeforeValidator(_number),
    WithJsonSchema(
        {"type": "string", "pattern": f"^{_NUMBER.pattern}$", "examples": ["1250.00"]}, mode="validation"
    ),
]
"""An amount, a rate, a quantity or a percentage as it comes in."""
Day = Annotated[
    date,
    BeforeValidator(_day),
    WithJsonSchema({"type": "string", "format": "date", "examples": ["2026-01-31"]}),
]
ShownDay = date
"""A date as it goes out, under a name that no field has."""
Money = Annotated[
    Decimal,
    PlainSerializer(lambda amount: f"{amount:.2f}", return_type=str),
    WithJsonSchema({"type": "string", "examples": ["1250.00"]}, mode="serialization"),
]
"""An amount as it goes out: always two places."""
Exact = Annotated[
    Decimal,
    PlainSerializer(lambda number: f"{plain(number):f}", return_type=str),
    WithJsonSchema({"type": "string", "examples": ["125.5"]}, mode="serialization"),
]
"""A rate, a quantity or a percentage, without trailing zeros."""
Instant = Annotated[datetime, PlainSerializer(lambda at: at.isoformat(), return_type=str)]


def left_out() -> Any:
    """The default of a field that need not be given: what is not given is not touched, and null is not nothing."""
    return Field(default_factory=lambda: None)


class Given(Schema):
    """The body of a call. Unknown fields are refused, so that a typing error never passes for a change."""

    model_config = ConfigDict(extra="forbid", strict=True)

    def values(self) -> dict[str, Any]:
        """What was given, and only that."""
        return self.model_dump(exclude_unset=True)


class Shown(Schema):
    """What a record looks like in an answer."""


def explained(shape: type[Schema]) -> str:
    """The first sentence of a shape's docstring."""
    return (shape.__doc__ or "").split("\n")[0]
