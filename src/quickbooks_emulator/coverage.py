"""Decides: the table of what the emulator covers, from its own declarations. Printed by `--coverage`, shown in README."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from quickbooks_emulator.entities import ENTITIES, NOT_IN_CHANGES, NOT_KEPT
from quickbooks_emulator.entities.declaration import Entity, Family
from quickbooks_emulator.papers.routes import PAPERS
from quickbooks_emulator.reports.run import REPORTS

BEGIN, END = "<!-- coverage: python -m quickbooks_emulator --coverage -->", "<!-- /coverage -->"
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
    lines += ["", f"Every entity can be read and queried. Reports: {_listed(REPORTS)}."]
    if NOT_KEPT:
        lines.append(f"Known by name only (queries find none of them): {_listed(NOT_KEPT)}.")
    return "\n".join(lines)


def in_document(document: str) -> str:
    """The document with the table between its marks brought up to date. Raises ValueError without the marks."""
    before, found, rest = document.partition(BEGIN)
    _, closed, after = rest.partition(END)
    if not found or not closed:
        raise ValueError("the document has no place for the table")
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


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


def _mark(is_so: bool, otherwise: str = "-") -> str:
    return "yes" if is_so else otherwise


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
