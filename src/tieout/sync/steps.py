"""Decides: the sections of the set-up, the entities each turns on, and which come before it. Pure; read by ``status``.

A section is what a person sets up in one go; it may hold several entities, and they are on together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tieout.practice.models import Firm
from tieout.practice.permissions import Module, no_module
from tieout.sync.models import SectionState

BILLING = Module.TIME_AND_BILLING


@dataclass(frozen=True, slots=True)
class Step:
    """One section of the set-up."""

    slug: str
    title: str
    entities: tuple[str, ...]
    """Practice words; what the section keeps in step."""
    direction_words: str
    page: str = ""
    """The name of the address where it is set up; empty for what needs no set-up."""
    after: str = ""
    """The slug of the section that comes first."""
    module: Module | None = None
    """What the firm must have for it."""
    is_step: bool = True
    """Whether a person has something to do about it."""
    once_on: str = ""
    """What its button says once it is on: it then leads to another review, or to its settings."""


LISTS = ("category", "tracking_class", "location", "account", "term", "tax_code", "payment_method")

STEPS: Sequence[Step] = (
    Step("clients", "Clients", ("client",), "Both ways", "quickbooks-clients", once_on="Review again"),
    Step(
        "service-items",
        "Service items",
        ("service_item",),
        "Both ways",
        "quickbooks-items",
        "clients",
        BILLING,
        once_on="Review again",
    ),
    Step(
        "invoices",
        "Invoices",
        ("invoice",),
        "To QuickBooks",
        "quickbooks-invoices",
        "service-items",
        BILLING,
        once_on="Settings",
    ),
    Step(
        "payments-and-credits",
        "Payments & credits",
        ("credit", "payment", "credit_application", "refund"),
        "To QuickBooks",
        "quickbooks-payments",
        "invoices",
        BILLING,
        once_on="Settings",
    ),
    Step("lists", "Categories, classes & locations", LISTS, "From QuickBooks", is_step=False),
)
"""In the order in which they are set up."""

BY_SLUG: Mapping[str, Step] = {step.slug: step for step in STEPS}
STEP_OF: Mapping[str, Step] = {entity: step for step in STEPS for entity in step.entities}
"""Practice word of an entity -> the section that turns it on."""


def state_of(step: Step, sections: Mapping[str, str]) -> SectionState:
    """How far the set-up of a section is: on only when all it holds is. ``sections`` as a connection keeps them."""
    states = {SectionState(sections.get(one, SectionState.NOT_STARTED)) for one in step.entities}
    if states == {SectionState.ON}:
        return SectionState.ON
    return SectionState.IN_REVIEW if SectionState.IN_REVIEW in states else SectionState.NOT_STARTED


def missing_before(step: Step, sections: Mapping[str, str]) -> Step | None:
    """The first section that has to be on before this one can be set up."""
    missing = None
    while step.after:
        step = BY_SLUG[step.after]
        if state_of(step, sections) is not SectionState.ON:
            missing = step
    return missing


def included(step: Step, firm: Firm | None) -> bool:
    """Whether the firm has what the section needs. Without a firm nothing is known to be missing."""
    return firm is None or step.module is None or firm.has_module(step.module)


def steps_of(firm: Firm) -> list[Step]:
    """The sections that a person of this firm has something to do about: those its modules leave out are none."""
    return [step for step in STEPS if step.is_step and included(step, firm)]


def why_locked(
    step: Step, sections: Mapping[str, str], firm: Firm | None = None, helpers: Sequence[str] = ()
) -> str:
    """A sentence, while another section comes first or the firm lacks its module; empty when it can be set up.

    ``helpers``: who can see to a module that is missing.
    """
    if step.module is not None and not included(step, firm):
        return no_module(step.module, helpers)
    missing = missing_before(step, sections)
    if missing is None or state_of(step, sections) is SectionState.ON:
        return ""
    return f"Comes after {missing.title.lower()}."
