"""Acts: which payment processor a firm charges by. The one place that knows the adapters there are.

A processor of one's own is a class that keeps ``processors.Processor``, and one more row in ``PROCESSORS``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.conf import settings

from tieout.practice.billing_settings import settings_of
from tieout.practice.pretended_charges import KeptAnswers
from tieout.practice.processors import Processor, TestProcessor


@dataclass(frozen=True, slots=True)
class Adapter:
    label: str
    fields: str
    """The template with the processor's own fields: they put a token into the form, never a card's number."""
    make: Callable[[int], Processor]
    """Firm id -> the processor as that firm uses it."""
    in_production: bool = True


PROCESSORS: Mapping[str, Adapter] = {
    "test": Adapter(
        "The test processor, which moves no money",
        "billing/processor_test.html",
        lambda firm_id: TestProcessor(answers=KeptAnswers(firm_id)),
        in_production=False,
    ),
}


def offered_processors() -> dict[str, str]:
    """Name -> label of those that can be chosen here."""
    return {
        name: each.label
        for name, each in PROCESSORS.items()
        if each.in_production or settings.MODE != "production"
    }


def processor_named(firm_id: int, name: str) -> Processor | None:
    """The adapter; None when this installation has none of that name."""
    return PROCESSORS[name].make(firm_id) if name in offered_processors() else None


def processor_of(firm_id: int) -> tuple[Processor, Adapter] | None:
    """By whom the firm charges cards now; None when nobody."""
    name = settings_of(firm_id).processor
    found = processor_named(firm_id, name)
    return (found, PROCESSORS[name]) if found else None
