"""Decides: what a query text asks for. Pure; knows no entity.

Grammar: select (* | count(*) | names | nothing) from Entity [where p op v [and ...]]
[order by | orderby p [asc|desc], ...] [startposition n] [maxresults n], the last two in either order.
OR, NOT, BETWEEN and CONTAINS are refused with 4000, as documented.
"""

from __future__ import annotations

from dataclasses import dataclass

from quickbooks_emulator import faults
from quickbooks_emulator.query.lexer import Token, Word, line_and_column, tokens

OPERATORS = ("=", "!=", "<", ">", "<=", ">=")
DEFAULT_PAGE = 100
LARGEST_PAGE = 1000


@dataclass(frozen=True, slots=True)
class Condition:
    """`property` as written; `operator` one of OPERATORS, "IN" or "LIKE"."""

    property: str
    operator: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Order:
    property: str
    descending: bool


@dataclass(frozen=True, slots=True)
class Query:
    """`start` counts from 1."""

    entity: str
    counting: bool
    conditions: tuple[Condition, ...]
    orders: tuple[Order, ...]
    start: int
    size: int


def parse(text: str, *, strict_values: bool = False, zero_start: bool = False) -> Query:
    """Raises Fault 4000 for what cannot be parsed and 4001 for page numbers out of range."""
    return _Parser(text, strict_values=strict_values, zero_start=zero_start).query()


class _Parser:
    def __init__(self, text: str, *, strict_values: bool, zero_start: bool) -> None:
        self._text = text
        self._tokens = tokens(text)
        self._at = 0
        self._strict_values = strict_values
        self._zero_start = zero_start

    def query(self) -> Query:
        self._expect("select")
        counting = self._selection()
        self._expect("from")
        entity = self._name()
        conditions: list[Condition] = []
        if self._take("where"):
            conditions.append(self._condition())
            while self._take("and"):
                conditions.append(self._condition())
        orders = self._ordering()
        start, size = 1, DEFAULT_PAGE
        seen: set[str] = set()
        while (keyword := self._peek_keyword()) in ("startposition", "maxresults") and keyword not in seen:
            seen.add(keyword)
            self._at += 1
            number = self._number()
            if keyword == "startposition":
                start = self._checked_start(number)
            else:
                size = _checked_size(number)
        if self._token.word is not Word.END:
            raise self._unexpected("<EOF>", '"startposition"', '"maxresults"')
        return Query(entity, counting, tuple(conditions), tuple(orders), start, size)

    @property
    def _token(self) -> Token:
        return self._tokens[self._at]

    def _peek_keyword(self) -> str:
        return self._token.text.lower() if self._token.word is Word.NAME else ""

    def _take(self, text: str) -> bool:
        if self._token.text.lower() == text and self._token.word is not Word.STRING:
            self._at += 1
            return True
        return False

    def _expect(self, text: str) -> None:
        if not self._take(text):
            raise self._unexpected(f'"{text}"')

    def _name(self) -> str:
        if self._token.word is not Word.NAME:
            raise self._unexpected("<IDENTIFIER>")
        self._at += 1
        return self._tokens[self._at - 1].value

    def _number(self) -> int:
        token = self._token
        digits = token.value.removeprefix("-")
        if token.word not in (Word.NUMBER, Word.STRING) or not (digits.isdecimal() and len(digits) < 19):
            raise self._unexpected("<NUMBER>")
        self._at += 1
        return int(token.value)

    def _selection(self) -> bool:
        """True for count(*). A list of properties is read and ignored: all come back."""
        if self._peek_keyword() == "count":
            self._at += 1
            self._expect("(")
            self._expect("*")
            self._expect(")")
            return True
        if self._peek_keyword() == "from":
            return False
        self._selected()
        while self._take(","):
            self._selected()
        return False

    def _selected(self) -> None:
        if not self._take("*"):
            self._name()

    def _condition(self) -> Condition:
        name = self._name()
        keyword = self._peek_keyword()
        if keyword == "in":
            self._at += 1
            self._expect("(")
            values = [self._value()]
            while self._take(","):
                values.append(self._value())
            self._expect(")")
            return Condition(name, "IN", tuple(values))
        if keyword == "like":
            self._at += 1
            if self._token.word is not Word.STRING:
                raise self._unexpected("<QUOTED_STRING>")
            return Condition(name, "LIKE", (self._value(),))
        if self._token.text not in OPERATORS:
            raise self._unexpected('"="', '"<"', '">"', '"<="', '">="', '"!="', '"in"', '"like"')
        operator = self._token.text
        self._at += 1
        return Condition(name, operator, (self._value(),))

    def _value(self) -> str:
        token = self._token
        bare = token.word is Word.NUMBER or token.value.lower() in ("true", "false", "current_date")
        if token.word is not Word.STRING and not bare:
            raise self._unexpected("<QUOTED_STRING>")
        if self._strict_values and token.word is Word.NUMBER:
            raise self._unexpected("<QUOTED_STRING>")
        self._at += 1
        return token.value

    def _ordering(self) -> list[Order]:
        if self._take("order"):
            self._expect("by")
        elif not self._take("orderby"):
            return []
        orders = [self._order()]
        while self._take(","):
            orders.append(self._order())
        return orders

    def _order(self) -> Order:
        name = self._name()
        if self._take("desc"):
            return Order(name, descending=True)
        self._take("asc")
        return Order(name, descending=False)

    def _checked_start(self, number: int) -> int:
        if number == 0 and self._zero_start:
            return 1
        if number < 1:
            raise faults.query_invalid(f"value {number} is too small. Min allowed value is 1")
        return number

    def _unexpected(self, *expected: str) -> faults.Fault:
        token = self._token
        if token.word is Word.END:
            met = '"<EOF>"'
        elif token.word is Word.OPERATOR or token.text.lower() in ("or", "and", "not", "between", "contains"):
            met = f'" "{token.text}" "{token.text} ""'
        else:
            met = f'" <{token.word.value}> "{token.text} ""'
        wanted = "Was expecting:" if len(expected) == 1 else "Was expecting one of:"
        lines = "\n".join(f"    {one} ..." for one in expected)
        return faults.query_parse(
            f"Encountered {met} at {line_and_column(self._text, token.place)}.\n{wanted}\n{lines}\n    "
        )


def _checked_size(number: int) -> int:
    if number < 1:
        raise faults.query_invalid(f"value {number} is too small. Min allowed value is 1")
    if number > LARGEST_PAGE:
        raise faults.query_invalid(f"value {number} is too large. Max allowed value is {LARGEST_PAGE}")
    return number
