"""Shows that a wrong match is put right where it stands, and that a pair made by hand gets a side to keep."""

from __future__ import annotations

import pytest

from tests.sync.rig import Rig
from tests.web.test_review_decide import CLIENTS, Reviewing, lists
from tieout.sync.models import ReviewRow

pytestmark = pytest.mark.django_db
MATCHES = CLIENTS + "review/matches/"


def test_after_not_the_same_both_records_offer_every_way_below_their_pair() -> None:
    here = Reviewing(lists())
    pair = here.row("Ada Byrne", "match")
    page = here.post(one=f"reject:{pair.pk}", back=MATCHES)
    assert "Not the same: Ada Byrne." in page
    assert "Not the same; each is decided by itself" in page
    with here.rig.here():
        ours, theirs = ReviewRow.objects.filter(half_of=pair).order_by("id")
    for one, where in ((ours, "QuickBooks"), (theirs, "Tieout")):
        cell = page.split(f'id="row-{one.pk}"')[1].split("</tr>")[0]
        assert f"clients/row/{one.pk}/" in cell
        assert f"Create in {where}" in cell
        assert "Leave out" in cell
        assert f'id="under-{one.pk}"' in page
    nora = here.row("Nora New")
    page = here.post(one=f"link_to:{ours.pk}:{nora.ledger_id}", back=MATCHES)
    assert "Will be linked with Nora New" in page
    page = here.post(one=f"clear:{pair.pk}", back=MATCHES)
    assert f'id="row-{ours.pk}"' not in page
    assert here.row("Nora New").decision == ""


def test_a_pair_made_by_hand_gets_the_sides_to_keep_and_both_its_rows_say_the_same() -> None:
    rig = Rig()
    rig.add_client("Bob Byrne", phone="1")
    other = rig.add_customer("Completely Different Name", PrimaryPhone={"FreeFormNumber": "2"})
    here = Reviewing(rig)
    mine = here.row("Bob Byrne")
    page = here.press("link_to", "Bob Byrne", other)
    assert f'name="keep-{mine.pk}-phone"' in page
    here.post(do="keep", **{f"keep-{mine.pk}-phone": "ledger"})
    for name in ("Bob Byrne", "Completely Different Name"):
        assert here.row(name).choice["keep"] == {"phone": "ledger"}
    assert "Phone in Tieout: <del>1</del> <ins>2</ins>" in here.page("confirm/")
