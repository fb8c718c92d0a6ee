"""The support bundle tells states, counts and references, and no secret ever; names and amounts only when ticked."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings as configured
from django.db import models

from tests.sync.rig import Rig
from tests.web.conftest import entered
from tieout.practice.actions.team import add_member
from tieout.practice.isolation import every_firm_scope
from tieout.practice.models import User
from tieout.sync import tokens as token_store
from tieout.sync.models import ActivityLine, Attempt, Connection, Issue, Run

pytestmark = pytest.mark.django_db
PAGE = "/settings/integrations/quickbooks/support/"
CANARY = "Zanzibar-Quintessence"
"""Stands in every text of every row of the sync: whatever of them the bundle tells must be named to be told."""
TOLD = {
    *("ledger", "state", "entity", "side", "cause", "listing", "code", "operation", "result", "outcome"),
    *("request_id", "reference", "record_id", "practice_id", "ledger_id", "metered"),
}
"""Texts of our own words and of references: states, causes, ids. They hold what the engine writes, never what people type."""


@pytest.fixture
def rig() -> Rig:
    made = Rig()
    made.set_up()
    made.add_client("Ada Byrne", email="ada@secret.example", phone="555-0199")
    made.settle()
    client = made.add_client("Bo Diaz", phone="1")
    made.settle()
    made.edit_client(client, phone="2")
    made.edit_customer(made.links()[client], PrimaryPhone={"FreeFormNumber": "3"})
    made.until_the_change_feed_is_asked()
    return made


def bundle(rig: Rig, query: str = "") -> dict[str, Any]:
    answer = entered(rig.member).get(f"{PAGE}download/{query}")
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment")
    found: dict[str, Any] = json.loads(answer.content)
    return found


def plant(rig: Rig) -> int:
    """The canary in every text column of the sync's tables that a person's words or the ledger's could reach."""
    planted = 0
    with rig.here():
        for model in apps.get_app_config("sync").get_models():
            texts = [
                field.attname
                for field in model._meta.get_fields()
                if isinstance(field, models.CharField | models.TextField)
                and field.attname not in TOLD
                and not field.choices
                and not field.unique
                and (field.max_length is None or field.max_length >= len(CANARY))
                and not field.attname.startswith(
                    ("company_sealed", "company_digest", "sealed", "hash", "previous_hash")
                )
            ]
            jsons = [
                field.attname
                for field in model._meta.get_fields()
                if isinstance(field, models.JSONField) and field.attname not in ("sections", "counts")
            ]
            if model._meta.db_table == "sync_writeentry":
                continue  # the database lets nobody change one: its texts are asserted by name below
            rows = model._default_manager.all()
            planted += rows.count() * len(texts + jsons)
            rows.update(
                **dict.fromkeys(texts, CANARY), **{name: {CANARY: {"said": CANARY}} for name in jsons}
            )
        Run.objects.update(counts={"created_there": 1, "said": CANARY})
    return planted


def test_it_tells_versions_states_queues_causes_and_references(rig: Rig) -> None:
    found = bundle(rig)
    assert {"tieout", "python", "django", "postgresql"} <= set(found["versions"])
    assert found["connection"]["state"] == "active"
    assert found["connection"]["sign_in"]["generation"] >= 1
    assert found["settings"]["sections"]["client"] == "on"
    assert found["counts"]["clients"]["needs_you"] == 1
    assert [(one["cause"], one["count"]) for one in found["open_issues"]] == [("conflict", 1)]
    assert {"changes_here", "webhooks", "to_be_planned", "writes_without_answer"} <= set(found["queues"])
    assert found["last_writes"][0]["reference"], "Intuit's reference of the call"
    assert found["last_writes"][0]["request_id"]
    assert found["last_runs"][0]["outcome"] == "done"
    page = entered(rig.member).get(PAGE).content.decode()
    assert "made_at" in page
    assert "It is sent nowhere by itself" in page


def test_neither_secrets_nor_what_people_typed_are_in_it(rig: Rig) -> None:
    with rig.here():
        held = token_store.current(rig.connection)
        sealed = rig.connection.company_sealed
    assert plant(rig) > 50
    text = json.dumps(bundle(rig))
    for secret in (
        *(held.access, held.refresh, sealed, rig.realm, configured.SECRET_KEY, configured.TOKEN_KEYS),
        *(CANARY, "Ada", "Bo Diaz", "ada@secret.example", "555-0199", "Dana", "Reyes", rig.member.user.email),
    ):
        assert secret not in text, secret


def test_with_the_tick_names_are_in_it_and_secrets_still_are_not(rig: Rig) -> None:
    with rig.here():
        held = token_store.current(rig.connection)
        sealed = rig.connection.company_sealed
        Connection.objects.update(state_reason="Paused by Dana Reyes.")
        assert Issue.objects.filter(closed_at=None).exists()
        assert ActivityLine.objects.exists()
        assert Attempt.objects.exists()
    found = bundle(rig, "?names=1")
    text = json.dumps(found)
    assert "Bo Diaz" in text
    assert "Paused by Dana Reyes." in text
    assert found["with_names_and_amounts"] is True
    for secret in (
        held.access,
        held.refresh,
        sealed,
        rig.realm,
        configured.SECRET_KEY,
        configured.TOKEN_KEYS,
    ):
        assert secret not in text


def test_it_is_for_those_who_manage_the_integration_and_of_their_firm_alone(rig: Rig) -> None:
    with every_firm_scope():
        user = User.objects.create_user("staff@example.com", None, full_name="Sam Staff")
        colleague = add_member(firm_id=rig.firm.pk, user=user, preset="staff-all")
    for path in (PAGE, f"{PAGE}download/"):
        assert entered(colleague).get(path).status_code == 403
    other = Rig(seed=3)
    found = bundle(other)
    assert found["connection"] is None
    assert "open_issues" not in found
