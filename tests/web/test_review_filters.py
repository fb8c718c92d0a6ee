"""Shows that a list of a review shows some of its rows alone, and that many are linked with one press."""

from __future__ import annotations

import pytest

from tests.web.test_review_decide import CLIENTS, Reviewing, lists
from tieout.sync.models import ReviewRow

pytestmark = pytest.mark.django_db


def test_a_list_shows_what_nobody_has_decided_what_is_left_out_and_one_side_alone() -> None:
    here = Reviewing(lists())
    here.press("exclude", "Cy Only")
    unmatched = "review/unmatched/"
    for show, names in {"open": {"Bob Byrne"}, "left_out": {"Cy Only"}, "there": set()}.items():
        page = here.page(f"{unmatched}?show={show}")
        assert {name for name in ("Bob Byrne", "Cy Only") if f"Select {name}" in page} == names
        assert 'aria-current="true"' in page.split('aria-label="Which rows are shown"')[1]
    assert "No such row in this list" in page
    file = here.browser.get(f"{CLIENTS}review/unmatched/export.csv?show=left_out").content.decode()
    assert "Cy Only" in file
    assert "Bob Byrne" not in file


def test_ticked_rows_are_linked_with_their_surest_partner_together() -> None:
    here = Reviewing(lists())
    bob, cy = here.row("Bob Byrne"), here.row("Cy Only")
    nora = here.row("Nora New")
    with here.rig.here():
        near = {"side": "ledger", "id": nora.ledger_id, "name": "Nora New", "details": {}, "certainty": "0.5"}
        ReviewRow.objects.filter(pk=bob.pk).update(suggestions=[near])
    page = here.page("review/unmatched/")
    assert 'value="link_surest" data-bulk-key="m"' in page
    page = here.post(do="link_surest", row=[bob.pk, cy.pk], back=CLIENTS + "review/unmatched/")
    assert "Will be linked with Nora New" in page
    assert (here.row("Nora New").decision, here.row("Cy Only").decision) == ("link", "")
    page = here.post(do="link_surest", row=[cy.pk], back=CLIENTS + "review/unmatched/")
    assert "None of these rows has a partner that nearly fits" in page
