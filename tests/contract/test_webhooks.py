"""What the emulator delivers is read by the provider: signatures, both formats, and the keys they name."""

import msgspec
import pytest

from tests.contract.place import COMPANY
from tieout.reconcile.ports import BadSignature


def subscribe(here, form):
    settings = here.emulator.webhooks.settings
    changed = msgspec.structs.replace(settings, url="http://127.0.0.1:8000/hook", format=form)
    here.emulator.control.set_webhooks(changed)


def deliveries(here):
    here.emulator.clock.advance(600)
    posted = []
    here.emulator.webhooks.pump(lambda posting: posted.append(posting) or 200)
    return posted


@pytest.mark.parametrize("form", ["cloudevents", "legacy"])
def test_every_kind_of_event_names_its_key(here, form):
    subscribe(here, form)
    made = here.create(name="Made")
    here.update(made, phone="1")
    loser = here.person(DisplayName="Loser")
    here.emulator.control.merge(COMPANY, "Customer", loser, made.id)
    notices = [one for post in deliveries(here) for one in here.provider.notices(post.headers, post.body)]
    told = {(one.entity, one.record_id, one.operation) for one in notices}
    assert told >= {
        ("customer", made.id, "created"),
        ("customer", made.id, "updated"),
        ("customer", loser, "created"),
        ("customer", made.id, "merged"),
    }
    assert {one.company_id for one in notices} == {COMPANY}
    assert [one.other_id for one in notices if one.operation == "merged"] == [loser]
    assert len({one.event_id for one in notices}) == len(notices)
    assert all(one.at <= here.now for one in notices)


def test_a_delivery_changed_on_its_way_is_refused(here):
    subscribe(here, "cloudevents")
    here.create(name="Made")
    (post,) = deliveries(here)
    with pytest.raises(BadSignature):
        here.provider.notices(post.headers, post.body.replace(b"created", b"deleted"))
