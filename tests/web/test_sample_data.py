"""The sample clients of a demonstration go in one click: all that nobody works with, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client as Browser

from tests.practice.billing_world import Desk
from tests.sync.rig import Rig
from tests.web.conftest import entered
from tieout.practice.actions.clients import create_client
from tieout.practice.actions.contacts import add_contact
from tieout.practice.actions.merging import merge_clients
from tieout.practice.actions.samples import SAMPLES
from tieout.practice.actor import ChangeRecord
from tieout.practice.clients import Client, Kind
from tieout.practice.firms import Firm, Member

HERE = "/settings/sample-data/"


def sample(firm_id: int, name: str) -> Client:
    made = create_client(firm_id=firm_id, actor=SAMPLES, kind=Kind.BUSINESS, name=name)
    add_contact(firm_id=firm_id, client_id=made.pk, actor=SAMPLES, given="Ann", family="Ray")
    return made


@pytest.mark.usefixtures("sync")
def test_what_nobody_works_with_goes_and_the_rest_stays(
    in_firm: Firm, signed_in: Callable[[str], Browser], settings: Any
) -> None:
    settings.OUTBOX_BELL = ""
    desk = Desk.open(in_firm.pk)
    billed, idle, other = (sample(in_firm.pk, name) for name in ("Billed Inc", "Idle Inc", "Other Inc"))
    merged = sample(in_firm.pk, "Merged Inc")
    desk.draft(client_id=billed.pk)
    merge_clients(firm_id=in_firm.pk, stays_id=desk.client.pk, goes_id=merged.pk, actor=desk.actor)
    browser = signed_in("admin")
    page = browser.get(HERE).content.decode()
    assert "2 sample clients nobody works with" in page
    assert "2 that you have billed" in page
    assert idle.name in page
    told = browser.post(HERE, follow=True).content
    assert b"2 sample clients are gone" in told
    left = set(Client.objects.values_list("name", flat=True))
    assert left == {"Acme LLC", "Billed Inc", "Merged Inc"}
    assert not {idle.name, other.name} & left
    assert ChangeRecord.objects.get(verb="removed the sample data").changes == {"clients": [2, 0]}
    assert b"no sample client left" in browser.get(HERE).content
    assert signed_in("staff-all").post(HERE).status_code == 403


@pytest.mark.django_db
def test_a_linked_one_stays_until_its_link_is_gone_and_quickbooks_keeps_its_customer() -> None:
    rig = Rig()
    rig.set_up()
    with rig.here():
        linked = sample(rig.firm.pk, "Linked Inc")
    rig.settle()
    with rig.here():
        idle = sample(rig.firm.pk, "Idle Inc")
        browser = entered(Member.objects.select_related("user").get(pk=rig.member.pk))
        assert b"1 that are linked to customers" in browser.get(HERE).content
        browser.post(HERE)
        assert list(Client.objects.values_list("pk", flat=True)) == [linked.pk]
        assert idle.pk != linked.pk
    rig.settle()
    assert len(rig.customers_named("Linked Inc")) == 1
    assert rig.issues() == []
