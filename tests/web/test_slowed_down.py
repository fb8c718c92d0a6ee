"""What the progress of a set-up says while QuickBooks takes fifty calls a minute: how far it is, never further, and why it waits."""

from __future__ import annotations

import re

import pytest

from tests.sync.rig import Rig
from tests.web.conftest import entered
from tieout.sync import review, review_jobs

pytestmark = pytest.mark.django_db
PROGRESS = "/settings/integrations/quickbooks/clients/progress/"
MANY, A_MINUTE = 110, 50


def matched(rig: Rig) -> None:
    """Clients whose customers lack the phone, so that each is one write; the review is agreed to."""
    for number in range(MANY):
        mail = f"client{number}@example.com"
        rig.add_client(f"Client {number}", email=mail, phone=f"555-{number:04}")
        rig.add_customer(f"Client {number}", PrimaryEmailAddr={"Address": mail})
    assert rig.connect().ok
    with rig.here():
        found = review.start(rig.connection, "client", activity="active", actor_member=rig.member)
        review_jobs.collect(found.pk, rig.engine)
        found.refresh_from_db()
        review.apply(found, rig.member)
        review_jobs.apply_now(found.pk, rig.engine)


def test_the_bar_grows_with_what_is_done_is_full_only_at_the_end_and_the_pace_is_explained() -> None:
    rig = Rig()
    matched(rig)
    rig.fault("throttle", per_minute=A_MINUTE)
    browser = entered(rig.member)
    shown: list[int] = []
    said: list[str] = []
    while (answer := browser.get(PROGRESS)).status_code == 200:
        page = " ".join(answer.content.decode().split())
        found = re.search(r'<progress id="how-far" value="(\d+)" max="(\d+)"', page)
        assert found is not None, "it is known how far it is"
        done, total = map(int, found.groups())
        assert total >= MANY
        assert done < total, "full is said when it is done, and then one is led on"
        assert shown == sorted(shown)
        if shown:
            assert 'title="Waiting for QuickBooks"' in page or "Waiting for QuickBooks</" in page
            assert "QuickBooks asked us to slow down." in page
            assert "nothing is lost by waiting" in page
        shown.append(done)
        said += re.findall(r'data-said="([^"]*)"', page)
        assert len(shown) < 12, "it comes to an end"
        rig.run()
        rig.advance(61)
    assert len(set(shown)) >= 3, "it was seen on its way"
    quarters = [int(one.removeprefix("Syncing, ").removesuffix(" percent")) for one in said]
    assert len(quarters) == len(shown), "each time a voice is told how far it is"
    assert all(quarter % 25 == 0 and quarter <= 75 for quarter in quarters), (
        "by quarters, for more would be noise"
    )
    assert quarters == sorted(quarters)
    assert len(set(quarters)) >= 2
    phones = {one.get("PrimaryPhone", {}).get("FreeFormNumber") for one in rig.customers().values()}
    assert len(phones) == MANY
