"""A sign-in that QuickBooks grants, to a company it does not let us into: each refusal ends in its own page."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.sync.rig import Rig
from tieout.reconcile.ports import AskHuman, Reconnect
from tieout.sync import connections, settings_doctor
from tieout.sync.models import Connection
from tieout.sync.sign_in_ends import AT_COMPANY, AT_SIGN_IN, not_let_in

pytestmark = pytest.mark.django_db


def forbidden(code: str) -> dict[str, Any]:
    body = {"Fault": {"Error": [{"Message": "Refused", "code": code}], "type": "AuthorizationFault"}}
    return {"effect": "body", "status": 403, "body": json.dumps(body)}


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (forbidden("100"), "not_admin"),
        (forbidden("110"), "not_admin"),
        (forbidden("120"), "not_admin"),
        (forbidden("3100"), "not_admin"),
        (forbidden("5020"), "not_admin"),
        ({"effect": "fault", "code": "120"}, "not_admin"),  # 401: the fresh sign-in is not renewed for it
        ({"effect": "fault", "code": "6190"}, "subscription"),
        ({"effect": "fault", "code": "5030"}, "subscription"),
        ({"effect": "status", "status": 503}, "unavailable"),
        ({"effect": "status", "status": 429}, "unavailable"),
    ],
)
def test_what_quickbooks_says_to_the_first_look_at_the_company_decides_the_page(
    fault: dict[str, Any], kind: str
) -> None:
    rig = Rig()
    query = rig.sign_in()
    rig.fault(**fault, entity="companyinfo")
    with rig.here():
        outcome = connections.finish(rig.member, rig.session, query, engine=rig.engine)
        assert (outcome.ok, outcome.kind) == (False, kind)
        assert not Connection.objects.exists()


def test_a_code_that_is_refused_is_too_late_and_a_company_that_is_refused_needs_an_administrator() -> None:
    assert not_let_in(Reconnect("No."), AT_SIGN_IN).kind == "expired"
    assert not_let_in(Reconnect("No."), AT_COMPANY).kind == "not_admin"
    asked = not_let_in(AskHuman("A rule of theirs."), AT_COMPANY)
    assert (asked.kind, asked.sentence) == ("not_admin", "A rule of theirs.")


def test_what_the_company_tells_while_it_is_connected_is_the_doctors_first_look() -> None:
    rig = Rig()
    assert rig.connect().ok
    asked = len(rig.emulator.log.entries(area="data", realm=rig.realm))
    with rig.here():
        check = settings_doctor.current(rig.connection, engine=rig.engine)
        told = settings_doctor.introduced(rig.connection)
    assert check.facts["preferences"]
    assert (told.country, told.currency) == ("US", "USD")
    assert len(rig.emulator.log.entries(area="data", realm=rig.realm)) == asked, "nobody asks twice"
