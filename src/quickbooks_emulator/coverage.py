"""Decides: the tables of what the emulator covers and of its switches, from its own declarations. Printed by `--coverage`,
shown in README."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from quickbooks_emulator import formats
from quickbooks_emulator.entities import ENTITIES, NOT_IN_CHANGES, NOT_KEPT
from quickbooks_emulator.entities.declaration import Entity, Family
from quickbooks_emulator.knobs import MEANINGS, Knobs
from quickbooks_emulator.papers.routes import PAPERS
from quickbooks_emulator.reports.run import REPORTS

BEGIN, END = "<!-- coverage: python -m quickbooks_emulator --coverage -->", "<!-- /coverage -->"
SWITCHES_BEGIN, SWITCHES_END = (
    "<!-- switches: python -m quickbooks_emulator --switches -->",
    "<!-- /switches -->",
)
_HEAD = (
    "entity",
    "create",
    "update",
    "delete",
    "void",
    "PDF, send",
    "changes",
    "webhooks",
    "queries filter by",
)


def table() -> str:
    """Markdown: one line an entity, then the reports and what is known but not kept."""
    lines = [_row(_HEAD), _row("---" for _ in _HEAD)]
    lines += [_row(_cells(entity)) for _, entity in sorted(ENTITIES.items())]
    lines += [
        "",
        "Every entity can be read and queried, always also by Id, MetaData.CreateTime and MetaData.LastUpdatedTime.",
        f"Reports: {_listed(REPORTS)}.",
    ]
    if NOT_KEPT:
        lines.append(f"Known by name only (queries find none of them): {_listed(NOT_KEPT)}.")
    return "\n".join(lines)


def switches() -> str:
    """Markdown: one line a switch, with its default and why that is the default."""
    defaults = msgspec.to_builtins(Knobs())
    rows = [
        _row((f"`{name}`", f"`{_default(defaults[name])}`", meaning)) for name, meaning in MEANINGS.items()
    ]
    return "\n".join([_row(("switch", "default", "what it does")), _row(("---",) * 3), *rows])


def in_document(document: str) -> str:
    """The document with the tables between their marks brought up to date. Raises ValueError without the marks."""
    for begin, end, text in ((BEGIN, END, table()), (SWITCHES_BEGIN, SWITCHES_END, switches())):
        before, found, rest = document.partition(begin)
        _, closed, after = rest.partition(end)
        if not found or not closed:
            raise ValueError("the document has no place for the table")
        document = f"{before}{begin}\n{text}\n{end}{after}"
    return document


def _default(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {number}" for name, number in value.items())
    return formats.to_json(value).decode()


def _cells(entity: Entity) -> Iterator[str]:
    deletable = entity.family is Family.TRANSACTION if entity.deletable is None else entity.deletable
    yield entity.name
    yield _mark(entity.creatable)
    yield _mark(entity.updatable)
    yield _mark(deletable, "inactive" if "Active" in entity.by_name else "-")
    yield _mark(bool(entity.voiding), "by a person" if entity.void_by_person else "-")
    yield _mark(entity.name in PAPERS)
    yield _mark(entity.in_changes and entity.name not in NOT_IN_CHANGES)
    yield ", ".join(entity.events) or "-"
    yield _listed(field.name for field in entity.by_name.values() if field.filterable) or "-"


def _mark(is_so: bool, otherwise: str = "-") -> str:
    return "yes" if is_so else otherwise


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
