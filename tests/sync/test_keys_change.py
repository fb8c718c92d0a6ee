"""The installation's keys can be changed: nothing stored is lost, and what no key opens says what to do."""

from __future__ import annotations

import base64
from io import StringIO
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command

from tests.sync.rig import Rig
from tieout.sync import connections, ledgers, tokens
from tieout.sync.models import ActivityLine, Connection, InboxEvent, TokenSet
from tieout.sync.secrets import seal
from tieout.web.people.second_factor import BOUND_TO

pytestmark = pytest.mark.django_db
OLD, NEW = (f"k{n}:{base64.b64encode(bytes([n]) * 32).decode()}" for n in (1, 2))


@pytest.fixture
def rig(settings: Any) -> Rig:
    settings.TOKEN_KEYS = OLD
    made = Rig()
    made.set_up()
    made.subscribe()
    return made


def reseal() -> str:
    said = StringIO()
    call_command("reseal", stdout=said)
    return said.getvalue()


def test_after_resealing_the_old_key_can_go_and_everything_goes_on(rig: Rig, settings: Any) -> None:
    kinds = ((Authenticator.Type.TOTP, "secret"), (Authenticator.Type.RECOVERY_CODES, "seed"))
    factors = [
        Authenticator.objects.create(
            user=rig.member.user, type=kind, data={name: seal("x", bound_to=BOUND_TO)}
        )
        for kind, name in kinds
    ]
    settings.TOKEN_KEYS = f"{NEW},{OLD}"
    assert "4 stored secrets" in reseal()
    settings.TOKEN_KEYS = NEW
    for factor in factors:
        factor.refresh_from_db()
        assert all(sealed.startswith("k2:") for sealed in factor.data.values())
    rig.add_client("Ada Byrne")
    rig.settle()
    assert len(rig.customers()) == 1
    assert "4 stored secrets" in reseal(), "safe to run again"


def test_after_the_secret_key_was_changed_webhooks_and_the_same_company_are_known_again(
    rig: Rig, settings: Any
) -> None:
    client = rig.add_client("Ada Byrne")
    rig.settle()
    settings.SECRET_KEY = "another " * 10
    reseal()
    rig.edit_customer(rig.links()[client], PrimaryPhone={"FreeFormNumber": "7"})
    rig.advance(10)
    rig.deliver()
    with rig.here():
        assert InboxEvent.objects.exclude(connection=None).exists()
        before = rig.connection.pk
    assert rig.connect().ok
    assert (rig.connection.pk, len(rig.links())) == (before, 1)


def test_a_key_that_is_gone_asks_for_a_new_sign_in_which_mends_it(rig: Rig, settings: Any) -> None:
    settings.TOKEN_KEYS = NEW
    with pytest.raises(CommandError, match=r"company of connection \d+; the sign-in of connection \d+"):
        reseal()
    passed = rig.run()
    assert (passed.outcome if passed else "") == "needs reconnect"
    assert "TIEOUT_TOKEN_KEYS" in rig.connection.state_reason
    assert rig.connect().ok
    rig.add_client("Ada Byrne")
    rig.settle()
    assert len(rig.customers()) == 1
    with rig.here():
        assert ledgers.company_id(rig.connection) == rig.realm


def test_disconnecting_works_without_the_key(rig: Rig, settings: Any) -> None:
    settings.TOKEN_KEYS = NEW
    with rig.here():
        connections.disconnect(rig.member, engine=rig.engine)
        assert Connection.objects.get().state == "disconnected"
        assert not TokenSet.objects.exists()


def test_a_grant_whose_end_was_not_confirmed_is_told(rig: Rig, settings: Any) -> None:
    rig.fault("down", seconds=600)
    with rig.here():
        connections.disconnect(rig.member, engine=rig.engine)
        said = list(ActivityLine.objects.values_list("sentence", flat=True))
    assert connections.NOT_TAKEN_BACK in said
    with rig.here():
        assert tokens.taken_away(Connection.objects.get()) is None
