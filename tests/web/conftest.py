"""Acts: a firm with one member per role, and a browser-like client signed in as any of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from django.utils import timezone

from tests.web.fake_sync import FakeSync
from tieout.practice.firms import Firm, Member, Role, User
from tieout.practice.isolation import every_firm_scope, firm_scope
from tieout.practice.permissions import PRESET_ROLES, Module

PASSWORD = "correct horse battery staple"


@pytest.fixture
def firm(db: None) -> Firm:
    return make_firm("Byrne & Cole CPA")


@pytest.fixture
def members(firm: Firm) -> dict[str, Member]:
    """Role slug -> the one member with it; Dana Reyes is the administrator."""
    return make_members(firm)


@pytest.fixture
def signed_in(members: dict[str, Member]) -> Callable[[str], Client]:
    """A client signed in as the member with that role."""

    def enter(role: str = "admin") -> Client:
        return entered(members[role])

    return enter


@pytest.fixture
def in_firm(firm: Firm) -> Iterator[Firm]:
    """The database shows the firm's rows for the length of the test."""
    with firm_scope(firm.pk):
        yield firm


@pytest.fixture
def sync(monkeypatch: pytest.MonkeyPatch) -> FakeSync:
    """The engine as the pages see it; not connected until the test says so."""
    fake = FakeSync()
    fake.install(monkeypatch)
    return fake


def make_firm(name: str, *, plan: str = "paid") -> Firm:
    return Firm.objects.create(name=name, plan=plan, modules=[module.value for module in Module])


def make_members(firm: Firm) -> dict[str, Member]:
    made = {}
    with every_firm_scope():
        for preset in PRESET_ROLES:
            role = Role.objects.create(
                firm=firm, name=preset.name, preset=preset.slug, permissions=sorted(preset.permissions)
            )
            name = "Dana Reyes" if preset.slug == "admin" else preset.name
            user = User.objects.create_user(f"{preset.slug}-{firm.pk}@example.com", PASSWORD, full_name=name)
            made[preset.slug] = Member.objects.create(firm=firm, user=user, role=role)
    return made


def entered(member: Member) -> Client:
    client = Client()
    client.force_login(member.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": timezone.now().timestamp()}]
    session["account_authentication_methods_user"] = str(member.user_id)
    session.save()
    return client
