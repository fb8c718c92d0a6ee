"""Decides: a client as a row of a CSV file, out and in. Pure; how a file becomes rows is ``sheets``' business.

What is exported can be imported again. Reading never stops at a bad row: each gets its sentences.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tieout.practice.client_fields import ClientFields, NewClient, build_client
from tieout.practice.clients import Client, Contact, Kind, Relation
from tieout.practice.kinds import guess_kind
from tieout.practice.sheets import SheetColumn, SheetRow, read_sheet
from tieout.practice.tag_names import from_a_cell, in_a_cell
from tieout.practice.validation import CLIENT_RULES, PERSON_RULES, Invalid

Show = Callable[[Client, Contact, Sequence[str]], str]
"""Of a client, its primary contact and the names of its tags."""


def _of_client(name: str) -> Show:
    return lambda client, _, __: str(getattr(client, name))


def _of_person(name: str) -> Show:
    return lambda _, person, __: str(getattr(person, name))


_ALIASES: Mapping[str, tuple[str, ...]] = {
    "name": ("display name", "client", "client name", "customer", "customer full name", "business name"),
    "company_name": ("company",),
    "given": ("given name", "firstname"),
    "family": ("family name", "surname", "lastname"),
    "email": ("email", "email address", "e-mail address"),
    "phone": ("phone number", "telephone"),
    "mobile": ("mobile phone", "cell", "cell phone"),
    "website": ("web site", "web"),
    "external_id": ("external id/ein", "client id", "client number", "id"),
    "billing_line1": ("street", "address", "street address", "billing street", "billing address line 1"),
    "billing_line2": ("address line 2", "billing address line 2"),
    "billing_city": ("city",),
    "billing_state": ("state",),
    "billing_postal_code": ("zip", "zip code", "postal code", "billing zip"),
    "billing_country": ("country",),
}
_SHOWN: Mapping[SheetColumn, Show] = {
    SheetColumn("name", "Name", _ALIASES["name"]): _of_client("name"),
    SheetColumn("kind", "Type", ("client type",)): lambda client, _, __: client.get_kind_display(),
    SheetColumn("relation", "Relation"): lambda client, _, __: client.get_relation_display(),
    SheetColumn("is_active", "Status"): lambda client, _, __: "Active" if client.is_active else "Archived",
    **{
        SheetColumn(name, rule.label, _ALIASES.get(name, ())): _of_person(name)
        for name, rule in PERSON_RULES.items()
    },
    **{
        SheetColumn(name, rule.label, _ALIASES.get(name, ())): _of_client(name)
        for name, rule in CLIENT_RULES.items()
        if name != "name"
    },
    SheetColumn("assigned_to_id", "Assigned to", ("assignee",)): lambda client, _, __: (
        client.assigned_to.user.email if client.assigned_to else ""
    ),
    SheetColumn("tags", "Tags", ("tag", "labels")): lambda _, __, tags: in_a_cell(tags),
}
"""Column -> what it shows."""
COLUMNS = tuple(_SHOWN)
HEADINGS = tuple(column.label for column in COLUMNS)
NAMED_BY = ("name", "given", "family", "company_name")
_CHOICES: Mapping[str, Mapping[str, Any]] = {
    "kind": {
        "individual": Kind.INDIVIDUAL,
        "person": Kind.INDIVIDUAL,
        "business": Kind.BUSINESS,
        "company": Kind.BUSINESS,
    },
    "relation": {value: value for value in Relation.values},
    "is_active": {"active": True, "inactive": False, "archived": False, "yes": True, "no": False},
}
_CHOICE_SENTENCES = {
    "kind": "Type is Individual or Business, or empty.",
    "relation": "Relation is Client, Prospect or Other, or empty.",
    "is_active": "Status is Active or Archived, or empty.",
}


@dataclass(frozen=True, slots=True)
class KnownFacts:
    """What a row is checked against besides itself."""

    external_ids: frozenset[str]
    """Of clients the firm has."""
    names: frozenset[str]
    """Of clients the firm has, in lower case."""
    members: Mapping[str, int]
    """E-mail in lower case -> member id."""
    tags: frozenset[str] = frozenset()
    """Of the firm, in lower case."""


@dataclass(frozen=True, slots=True)
class Problem:
    line: int
    column: str
    sentence: str


@dataclass(frozen=True, slots=True)
class ReadRow:
    line: int
    kind: str
    fields: ClientFields
    new: NewClient | None
    """Ready to be saved; None when there are problems."""
    problems: tuple[Problem, ...]
    looks_known: bool
    """A client of this name is there already, or earlier in the file."""
    tags: tuple[str, ...] = ()
    """Names of tags, whether the firm has them or not."""


@dataclass(frozen=True, slots=True)
class ReadFile:
    rows: tuple[ReadRow, ...]
    ignored: tuple[str, ...]
    """Headings we have no place for."""

    @property
    def valid(self) -> list[ReadRow]:
        return [row for row in self.rows if not row.problems]

    def new_tags(self, known: KnownFacts) -> list[str]:
        """Names of tags that the rows without problems have and the firm has not, by name."""
        named = {name.lower(): name for row in self.valid for name in row.tags}
        return sorted(name for key, name in named.items() if key not in known.tags)

    @property
    def invalid(self) -> list[ReadRow]:
        return [row for row in self.rows if row.problems]

    @property
    def problems(self) -> list[Problem]:
        return [problem for row in self.rows for problem in row.problems]

    @property
    def lookalikes(self) -> list[ReadRow]:
        return [row for row in self.valid if row.looks_known]


def export_row(client: Client, person: Contact, tags: Sequence[str] = ()) -> list[str]:
    return [show(client, person, tags) for show in _SHOWN.values()]


def read_clients(text: str, known: KnownFacts, firm_id: int) -> ReadFile:
    """Every row with its problems. Raises BadFile when the file as a whole makes no sense."""
    sheet = read_sheet(text, COLUMNS, one_of=NAMED_BY)
    reader = _Reader(known, firm_id)
    return ReadFile(tuple(reader.read(row) for row in sheet.rows), sheet.ignored)


class _Reader:
    """Reads rows one after the other and remembers those before, to notice repetitions."""

    def __init__(self, known: KnownFacts, firm_id: int) -> None:
        self._known = known
        self._firm_id = firm_id
        self._rows: dict[tuple[str, ...], int] = {}
        self._external_ids: dict[str, int] = {}
        self._names: set[str] = set()

    def read(self, row: SheetRow) -> ReadRow:
        problems, told = dict(row.problems), row.cells
        values: dict[str, Any] = {field: cell for field, cell in told.items() if field not in _CHOICES}
        for field in _CHOICES.keys() & told.keys():
            if cell := told[field].lower():
                if cell in _CHOICES[field]:
                    values[field] = _CHOICES[field][cell]
                else:
                    problems[field] = _CHOICE_SENTENCES[field]
        self._assign(values, problems)
        tags: tuple[str, ...] = ()
        try:
            tags = from_a_cell(values.pop("tags", ""))
        except Invalid as invalid:
            problems |= invalid.problems
        values["name"] = values.get("name") or _fallback_name(values)
        kind = values.pop("kind", None) or guess_kind({**values, "person": values})
        new: NewClient | None = None
        try:
            new = build_client(self._firm_id, kind, values)  # type: ignore[arg-type]
        except Invalid as invalid:
            problems = invalid.problems | problems
        self._repetitions(row, values, problems)
        name = values["name"].lower()
        looks_known = bool(name) and (name in self._known.names or name in self._names)
        self._names.add(name)
        places = {field: place for place, field in enumerate(told)}
        # From left to right; those of the whole row or of a missing column last.
        found = tuple(
            Problem(row.line, _label(field), problems[field])
            for field in sorted(problems, key=lambda field: places.get(field, len(places)))
        )
        return ReadRow(row.line, kind, values, None if found else new, found, looks_known, tags)  # type: ignore[arg-type]

    def _assign(self, values: dict[str, Any], problems: dict[str, str]) -> None:
        email = values.pop("assigned_to_id", "").lower()
        if not email:
            return
        if email in self._known.members:
            values["assigned_to_id"] = self._known.members[email]
        else:
            problems["assigned_to_id"] = f"Nobody in your firm signs in as {email}."

    def _repetitions(self, row: SheetRow, values: dict[str, Any], problems: dict[str, str]) -> None:
        earlier = self._rows.setdefault(row.whole, row.line)
        if earlier != row.line:
            problems[""] = f"This row repeats line {earlier} word for word."
        external_id = values.get("external_id", "")
        if not external_id:
            return
        first = self._external_ids.setdefault(external_id, row.line)
        if external_id in self._known.external_ids:
            problems["external_id"] = f"A client of your firm already has the external ID {external_id}."
        elif first != row.line and earlier == row.line:
            problems["external_id"] = f"Line {first} of this file has the same external ID."


def _fallback_name(values: Mapping[str, Any]) -> str:
    """As on the form: the company's name, or the person's."""
    return values.get("company_name") or " ".join(filter(None, (values.get("given"), values.get("family"))))


def _label(field: str) -> str:
    return next((column.label for column in COLUMNS if column.field == field), "Row")


def example_rows() -> Iterable[list[str]]:
    """One individual and one business, for the file people start from."""
    ada = Client(name="Ada Byrne", kind=Kind.INDIVIDUAL, email="ada@example.com", phone="555-0100")
    quay = Client(
        name="Quay Boats LLC", kind=Kind.BUSINESS, company_name="Quay Boats LLC", billing_city="Portland"
    )
    yield export_row(ada, Contact(given="Ada", family="Byrne"), ("1040", "VIP"))
    yield export_row(quay, Contact(given="Ben", family="Quay"))
