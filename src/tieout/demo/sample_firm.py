"""Acts: writes the sample firm through the practice's verbs."""

from __future__ import annotations

from itertools import cycle

from tieout.demo import people
from tieout.demo.client_list import EVERYBODY, SampleClient
from tieout.practice.actions.clients import archive_client, create_client
from tieout.practice.actions.contacts import add_contact
from tieout.practice.actions.samples import SAMPLES
from tieout.practice.actions.team import add_member, create_firm
from tieout.practice.actor import Actor
from tieout.practice.firms import Firm, User
from tieout.practice.isolation import firm_scope


def open_sample_firm() -> bool:
    """False when it is there already; then nothing changes."""
    if Firm.objects.filter(name=people.FIRM).exists():
        return False
    users = [
        User.objects.create_user(person.email, people.PASSWORD, full_name=person.name)
        for person in people.PEOPLE
    ]
    firm = create_firm(name=people.FIRM, admin_user=users[0])
    with firm_scope(firm.pk):
        members = [
            add_member(firm_id=firm.pk, user=user, preset=person.preset)
            for user, person in zip(users, people.PEOPLE, strict=True)
        ]
        for member, client in zip(cycle(members), EVERYBODY, strict=False):
            _write(firm.pk, Actor.of(member), client)
    return True


def _write(firm_id: int, actor: Actor, sample: SampleClient) -> None:
    street, city, state, postal_code = sample.address or ("", "", "", "")
    client = create_client(
        firm_id=firm_id,
        actor=SAMPLES,
        kind=sample.kind,
        name=sample.name,
        given=sample.person.given if sample.person else "",
        family=sample.person.family if sample.person else "",
        email=sample.email,
        phone=sample.phone,
        billing_line1=street,
        billing_city=city,
        billing_state=state,
        billing_postal_code=postal_code,
        relation=sample.relation,
        notes=sample.notes,
    )
    for other in sample.others:
        add_contact(
            firm_id=firm_id,
            client_id=client.pk,
            actor=actor,
            given=other.given,
            family=other.family,
            relation_to_client=other.relation,
        )
    if not sample.is_active:
        archive_client(firm_id=firm_id, client_id=client.pk, actor=actor)
