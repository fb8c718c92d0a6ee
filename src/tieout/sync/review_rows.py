"""Acts: between records and matching: what of a record is evidence, and how a proposal is kept as a row of the review."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from tieout.practice.records import RECORD_KINDS
from tieout.reconcile.match import Bucket, Candidate, Proposal, Suggestion
from tieout.reconcile.match_items import RATE, SKU
from tieout.reconcile.match_names import Hints, Kind
from tieout.reconcile.spec import EntitySpec
from tieout.reconcile.state import Key, Present, Side
from tieout.sync import observations
from tieout.sync.models import Connection, Review, ReviewRow

OUTSIDE = "outside"
"""The bucket, not shown, of ledger records outside the choice Active / Inactive / All."""
JOINED = "joined"
"""The bucket, not shown, of the two records of a pair that was declared different and is one again."""
EVIDENCE: Mapping[str, str] = {
    "email": "e-mail",
    "phone": "phone",
    "mobile": "mobile",
    "company_name": "company",
    "website": "website",
}
"""Unit -> the word matching knows it by."""
ADDRESS: Mapping[str, str] = {
    "line1": "street",
    "city": "city",
    "state": "state",
    "postal_code": "postal code",
}
_UNITS: Mapping[str, str] = {word: unit for unit, word in EVIDENCE.items()}
_KINDS: Mapping[object, Kind] = {"individual": Kind.PERSON, "business": Kind.ORGANISATION}


def is_active(spec: EntitySpec, record: Present) -> bool:
    return spec.active_unit is None or record.units.get(spec.active_unit) is not False


def candidate(spec: EntitySpec, side: Side, record_id: str, record: Present) -> Candidate:
    evidence = _of_item(record) if spec.practice == "service_item" else _of_client(record)
    name = str(record.units.get(spec.name_unit) or "")
    return Candidate(
        Key(spec.practice, side, record_id), name, is_active(spec, record), evidence, _hints(side, record)
    )


def candidates(connection: Connection, spec: EntitySpec, side: Side, ids: Collection[str]) -> list[Candidate]:
    """These records as they are now here, or were last seen there; what is gone is missing. Two queries."""
    if side is Side.PRACTICE:
        views = RECORD_KINDS[spec.practice].read(connection.firm_id, ids)
        seen = {one: Present(view.units, str(view.version), view.facts) for one, view in views.items()}
    else:
        known = observations.of_ledger(connection, spec, ids)
        seen = {one: row for one, row in known.items() if isinstance(row, Present)}
    return [candidate(spec, side, one, record) for one, record in seen.items()]


def _of_client(record: Present) -> dict[str, str]:
    evidence = {word: str(record.units[unit]) for unit, word in EVIDENCE.items() if record.units.get(unit)}
    address = record.units.get("billing_address")
    if isinstance(address, Mapping):
        evidence |= {word: str(address[part]) for part, word in ADDRESS.items() if address.get(part)}
    return evidence


def _of_item(record: Present) -> dict[str, str]:
    """A rate of nothing is no rate: QuickBooks knows no difference."""
    rate = record.units.get("rate")
    evidence = {SKU: str(record.units["sku"])} if record.units.get("sku") else {}
    return {RATE: f"{rate.normalize():f}", **evidence} if isinstance(rate, Decimal) and rate else evidence


def _hints(side: Side, record: Present) -> Hints:
    """Here the kind is known. There, a given and a family name are a person's, or whom to call at a company."""
    person = record.units.get("person")
    family = str(person.get("family") or "") if isinstance(person, Mapping) else ""
    kind = _KINDS.get(record.facts.get("kind")) if side is Side.PRACTICE else None
    return Hints(kind, family)


def row(found: Review, proposal: Proposal) -> ReviewRow:
    ours, theirs = proposal.practice, proposal.ledger
    return ReviewRow(
        firm_id=found.firm_id,
        review=found,
        bucket=proposal.bucket.value,
        group=proposal.group.replace("\x00", "")[:1000],
        practice_id=ours.key.id if ours else "",
        ledger_id=theirs.key.id if theirs else "",
        practice_name=ours.name if ours else "",
        ledger_name=theirs.name if theirs else "",
        practice_details=details(ours),
        ledger_details=details(theirs),
        reasons=list(proposal.reasons),
        against=list(proposal.against),
        confirmed=proposal.confirmed,
        certainty=_certainty(proposal.probability),
        suggestions=[_suggestion(each) for each in proposal.suggestions],
        sort_name=(proposal.group.replace("\x00", "~"))[:1000],
    )


def outside_row(found: Review, candidate: Candidate) -> ReviewRow:
    name = candidate.name[:1000]
    return ReviewRow(
        firm_id=found.firm_id,
        review=found,
        bucket=OUTSIDE,
        group=name,
        ledger_id=candidate.key.id,
        ledger_name=name,
        sort_name=name,
    )


def halves(pair: ReviewRow) -> list[ReviewRow]:
    """The two records of a pair that a person declared different, each as an unmatched row. Not stored."""

    def half(other: str, **record: Any) -> ReviewRow:
        return ReviewRow(
            firm_id=pair.firm_id,
            review_id=pair.review_id,
            half_of=pair,
            bucket=Bucket.UNMATCHED.value,
            group=pair.group,
            sort_name=pair.sort_name,
            certainty=pair.certainty,
            reasons=[f"It was said not to be the same as {other}."],
            **record,
        )

    return [
        half(
            f"{pair.ledger_name} in QuickBooks",
            practice_id=pair.practice_id,
            practice_name=pair.practice_name,
            practice_details=pair.practice_details,
        ),
        half(
            f"{pair.practice_name} here",
            ledger_id=pair.ledger_id,
            ledger_name=pair.ledger_name,
            ledger_details=pair.ledger_details,
        ),
    ]


def details(candidate: Candidate | None) -> dict[str, object]:
    """What the pages show of a record, by unit."""
    if candidate is None:
        return {}
    shown: dict[str, object] = {_UNITS.get(word, word): value for word, value in candidate.evidence.items()}
    return {**shown, "active": candidate.active}


def _certainty(probability: float | None) -> Decimal | None:
    return None if probability is None else Decimal(f"{probability:.3f}")


def _suggestion(suggestion: Suggestion) -> dict[str, object]:
    record = suggestion.record
    return {
        "side": record.key.side.value,
        "id": record.key.id,
        "name": record.name,
        "details": details(record),
        "likely": suggestion.likely,
        "certainty": f"{suggestion.probability:.3f}",
        "reasons": list(suggestion.reasons),
        "against": list(suggestion.against),
    }
