"""Shows that who reviews at the same time sees the others and what they decide, with and without scripts."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.web.test_review_decide import CLIENTS, Reviewing, colleague, lists, seen_on, text
from tieout.sync.models import ReviewRow

pytestmark = pytest.mark.django_db


def together(page: str) -> tuple[str, str]:
    """Where a page asks for news, and what it says it has shown."""
    asks = page.split('id="together"')[1].split('hx-get="')[1].split('"')[0].replace("&amp;", "&")
    return asks, page.split('name="shown" value="')[1].split('"')[0]


def test_reviewers_are_told_who_else_is_here_and_what_was_just_decided() -> None:
    here = Reviewing(lists())
    sam = colleague(here)
    assert "is reviewing too" not in here.page("review/unmatched/")
    page = text(sam.get(CLIENTS + "review/matches/"))
    assert "<strong>Dana Reyes</strong> is reviewing too: Unmatched." in page

    # without scripts: a reload tells
    here.press("create", "Cy Only")
    page = text(sam.get(CLIENTS + "review/unmatched/"))
    assert "<strong>Dana Reyes</strong> decided about 1 row in the last ten minutes: Cy Only." in page
    cy = page.split(f'id="row-{here.row("Cy Only").pk}"')[1].split("</tr>")[0]
    bob = page.split(f'id="row-{here.row("Bob Byrne").pk}"')[1].split("</tr>")[0]
    assert "Just decided" in cy
    assert "Just decided" not in bob
    assert "Just decided" not in here.page("review/unmatched/"), "one's own decisions are no news"


def test_an_open_list_is_told_only_what_is_new_and_only_its_own_rows_are_drawn_anew() -> None:
    here = Reviewing(lists())
    sam = colleague(here)
    page = text(sam.get(CLIENTS + "review/unmatched/"))
    asks, shown = together(page)
    seen = seen_on(page)
    first = sam.get(asks, {"shown": shown, "seen": seen})
    assert first.status_code == 204, "there is nothing new"
    here.press("create", "Cy Only")
    here.press("exclude", "Ned New")  # of another list
    news = sam.get(asks, {"shown": shown, "seen": seen})
    told = text(news)
    assert "Dana Reyes</strong> is reviewing too" in told
    assert "decided about 2 rows" in told
    assert f'id="row-{here.row("Cy Only").pk}" data-row hx-swap-oob="true"' in told
    assert "Will be created in QuickBooks" in told
    assert f'id="row-{here.row("Ned New").pk}"' not in told
    assert f'id="row-{here.row("Bob Byrne").pk}"' not in told
    assert 'id="forecast" hx-swap-oob="innerHTML"' in told
    again = told.split('name="shown" value="')[1].split('"')[0]
    assert sam.get(asks, {"shown": again, "seen": seen_on(told)}).status_code == 204


def test_an_open_list_of_a_review_that_was_synced_meanwhile_says_so_and_asks_no_more() -> None:
    here = Reviewing(lists())
    sam = colleague(here)
    asks, shown = together(text(sam.get(CLIENTS + "review/unmatched/")))
    here.sync()
    answer = sam.get(asks, {"shown": shown})
    assert answer.status_code == 286
    assert "Dana Reyes pressed Sync." in answer.content.decode()


def test_more_decided_rows_cost_a_list_no_more_queries() -> None:
    rig = lists()
    for number in range(20):
        rig.add_client(f"Lone {number}")
    here = Reviewing(rig)
    here.page("review/unmatched/")

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            here.page("review/unmatched/")
        return len(asked)

    here.press("create", "Cy Only")
    few = queries()
    with here.rig.here():
        rows = [one.pk for one in ReviewRow.objects.filter(review=here.review, bucket="unmatched")]
    here.post(do="exclude", row=rows, back=CLIENTS + "review/unmatched/")
    assert queries() <= few
