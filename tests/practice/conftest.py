"""Acts: two firms that look alike, so that every test can ask what one may see of the other."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tieout.practice.firms import Firm, Member, Plan, Role, User
from tieout.practice.isolation import every_firm_scope, firm_scope
from tieout.practice.permissions import PRESET_ROLES, Module


@pytest.fixture(autouse=True)
def silent_bell(settings: object) -> None:
    """Nobody listens in these tests; those about the bell hang up their own."""
    settings.OUTBOX_BELL = ""  # type: ignore[attr-defined]


def make_firm(name: str) -> Firm:
    with every_firm_scope():
        firm = Firm.objects.create(name=name, plan=Plan.PAID, modules=[each.value for each in Module])
        for preset in PRESET_ROLES:
            Role.objects.create(
                firm=firm, name=preset.name, preset=preset.slug, permissions=sorted(preset.permissions)
            )
    return firm


def make_member(firm: Firm, email: str, full_name: str, preset: str = "admin") -> Member:
    with every_firm_scope():
        user = User.objects.create_user(email, full_name=full_name)
        return Member.objects.create(firm=firm, user=user, role=firm.roles.get(preset=preset))


@pytest.fixture
def firm(db: None) -> Firm:
    return make_firm("Byrne & Co")


@pytest.fixture
def alice(firm: Firm) -> Member:
    return make_member(firm, "alice@byrne.example", "Alice Byrne")


@pytest.fixture
def other_firm(db: None) -> Firm:
    """The twin: same name, same kind of rows, nothing of which may ever be seen from ``firm``."""
    return make_firm("Byrne & Co")


@pytest.fixture
def mallory(other_firm: Firm) -> Member:
    return make_member(other_firm, "mallory@twin.example", "Mallory Twin")


@pytest.fixture
def scope(firm: Firm) -> Iterator[None]:
    with firm_scope(firm.pk):
        yield
