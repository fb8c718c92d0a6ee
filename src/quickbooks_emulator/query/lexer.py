"""Decides: the words of a query, with their places for error texts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from quickbooks_emulator import faults


class Word(Enum):
    NAME = "IDENTIFIER"
    STRING = "QUOTED_STRING"
    NUMBER = "NUMBER"
    OPERATOR = "OPERATOR"
    END = "EOF"


@dataclass(frozen=True, slots=True)
class Token:
    """`text` as written, `value` with quotes and escapes taken off; `place` counts characters from 0."""

    word: Word
    text: str
    value: str
    place: int


_PATTERN = re.compile(
    r"""
    (?P<STRING>'(?:[^'\\]|\\.)*')
  | (?P<NUMBER>-?\d+(?:\.\d+)?)
  | (?P<NAME>[A-Za-z_][A-Za-z0-9_]*(?:\s*\.\s*[A-Za-z_][A-Za-z0-9_]*)*)
  | (?P<OPERATOR><=|>=|!=|[=<>(),*])
    """,
    re.VERBOSE | re.DOTALL,
)
_SPACE = re.compile(r"\s*")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


def tokens(text: str) -> list[Token]:
    """Split a query into tokens, an END last. Raises Fault 4000 at the first character that starts none."""
    found: list[Token] = []
    place = 0
    while True:
        place = _skip_space(text, place)
        if place == len(text):
            found.append(Token(Word.END, "<EOF>", "", place))
            return found
        match = _PATTERN.match(text, place)
        if match is None:
            raise faults.query_parse(
                f'Lexical error at {line_and_column(text, place)}.  Encountered: "{text[place]}"'
                f' ({ord(text[place])}), after : ""'
            )
        word = Word[match.lastgroup or "NAME"]
        raw = match.group()
        value = _ESCAPE.sub(r"\1", raw[1:-1]) if word is Word.STRING else re.sub(r"\s+", "", raw)
        found.append(Token(word, raw, value, place))
        place = match.end()


def line_and_column(text: str, place: int) -> str:
    before = text[:place]
    return f"line {before.count(chr(10)) + 1}, column {place - (before.rfind(chr(10)) + 1) + 1}"


def _skip_space(text: str, place: int) -> int:
    match = _SPACE.match(text, place)
    assert match is not None
    return match.end()
