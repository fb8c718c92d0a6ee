"""Shows the clients step of the set-up: choosing, watching, reviewing, syncing, and that each state leads to its page."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape

import pytest
from django.test import Client

from tests.web.fake_sync import THEN, FakeSync, a_connection, a_review, a_row
from tieout.practice.firms import Member
from tieout.sync.review_waits import TRYING_AGAIN
from tieout.sync.settings_doctor import Introduced

SignedIn = Callable[[str], Client]
CLIENTS = "/settings/integrations/quickbooks/clients/"


@pytest.fixture
def browser(members: dict[str, Member], signed_in: SignedIn, sync: FakeSync) -> Client:
    """An administrator of a firm that is connected and has not begun."""
    sync.connection = a_connection(members["admin"])
    return signed_in("admin")


def reviewing(sync: FakeSync, state: str, **fields: object) -> None:
    assert sync.connection is not None
    sync.review = a_review(sync.connection, state, **fields)


def text(browser: Client, path: str = "") -> str:
    return " ".join(browser.get(CLIENTS + path).content.decode().split())


def test_the_choice_is_active_clients_until_someone_says_otherwise(browser: Client) -> None:
    page = text(browser)
    assert 'value="active" checked' in page
    assert "Nothing is written, here or in QuickBooks, until" in page


def test_the_company_that_was_connected_is_named_with_the_way_to_another_one(
    browser: Client, sync: FakeSync
) -> None:
    assert sync.connection is not None
    sync.told = Introduced("CA", "CAD")
    page = text(browser)
    assert f"Connected to {escape(sync.connection.company_name)}" in page
    assert "Country: CA. Home currency: CAD." in page
    assert 'href="/settings/integrations/quickbooks/disconnect/?change=1">Change company</a>' in page


def test_the_live_counts_arrive_beside_the_choices(browser: Client, sync: FakeSync) -> None:
    page = text(browser, "counts/")
    assert 'id="count-active">1,204 in QuickBooks' in page
    assert 'id="count-all">1,235 in QuickBooks' in page
    assert "1,120 of the same name on both sides, 84 only in QuickBooks, 31 only here" in page
    assert "takes less than a minute" in page


def test_no_customers_and_very_many_customers_are_said_beforehand(browser: Client, sync: FakeSync) -> None:
    sync.counts = {"active": 0, "inactive": 0, "all": 0}
    assert "There are no customers in QuickBooks yet" in text(browser, "counts/")
    sync.counts = {"active": 9000, "inactive": 0, "all": 9000}
    assert "takes about 1 minute; you may leave the page meanwhile" in text(browser, "counts/")


def test_when_quickbooks_does_not_answer_the_page_says_so_and_nothing_starts(
    browser: Client, sync: FakeSync
) -> None:
    sync.ledger_down = True
    assert "QuickBooks is not answering right now. You can start all the same." in text(browser, "counts/")
    answer = browser.post(CLIENTS, {"activity": "all"})
    page = answer.content.decode()
    assert "Not started" in page
    assert 'value="all" checked' in page
    assert sync.review is None


@pytest.mark.parametrize("activity", ["active", "inactive", "all"])
@pytest.mark.parametrize("subcustomers", [True, False])
def test_start_passes_the_choices_on(
    activity: str, subcustomers: bool, browser: Client, sync: FakeSync
) -> None:
    answer = browser.post(
        CLIENTS, {"activity": activity} | ({"include_subcustomers": "on"} if subcustomers else {})
    )
    assert answer["Location"] == CLIENTS + "progress/"
    assert sync.asked == [("start", "client", activity, subcustomers)]


def test_an_unknown_choice_starts_nothing(browser: Client, sync: FakeSync) -> None:
    browser.post(CLIENTS, {"activity": "everything"})
    assert sync.asked == []


def test_a_second_start_leads_to_the_review_that_is_under_way(browser: Client, sync: FakeSync) -> None:
    reviewing(sync, "ready")
    assert browser.post(CLIENTS, {"activity": "all"})["Location"] == CLIENTS + "review/"
    assert sync.asked == []
    assert "A review is under way" in text(browser)


@pytest.mark.parametrize(
    "state, page",
    [
        ("collecting", "progress/"),
        ("ready", "review/"),
        ("applying", "progress/"),
        ("done", "done/"),
        ("failed", "progress/"),
        ("cancelled", ""),
    ],
)
def test_every_state_has_its_page_and_the_others_lead_there(
    state: str, page: str, browser: Client, sync: FakeSync
) -> None:
    reviewing(sync, state)
    for path in ("progress/", "done/", "review/"):
        answer = browser.get(CLIENTS + path)
        if path == page or (state == "done" and path == "review/"):
            assert answer.status_code == 200
        else:
            assert answer["Location"] == CLIENTS + page


def test_progress_is_determinate_and_asks_again_by_itself(browser: Client, sync: FakeSync) -> None:
    reviewing(sync, "collecting", progress_done=602, progress_total=1204)
    page = text(browser, "progress/")
    assert '<progress id="how-far" value="602" max="1204"></progress>' in page
    assert 'hx-trigger="every 1s"' in page
    assert 'data-said="Reading QuickBooks, 50 percent"' in page
    part = browser.get(CLIENTS + "progress/", headers={"HX-Request": "true"}).content.decode()
    assert "602 of 1,204" in part
    assert "<html" not in part


def test_when_it_is_ready_the_progress_page_goes_on_to_the_review(browser: Client, sync: FakeSync) -> None:
    reviewing(sync, "ready")
    answer = browser.get(CLIENTS + "progress/", headers={"HX-Request": "true"})
    assert answer["HX-Redirect"] == CLIENTS + "review/"


def test_a_stop_says_what_happened_and_stops_asking(browser: Client, sync: FakeSync) -> None:
    reviewing(sync, "failed", problem="QuickBooks signed us out.")
    page = text(browser, "progress/")
    assert "QuickBooks signed us out." in page
    assert "every 1s" not in page


def test_stopping_changes_nothing_and_leads_back(browser: Client, sync: FakeSync) -> None:
    reviewing(sync, "collecting")
    answer = browser.post(CLIENTS + "cancel/", follow=True)
    assert sync.asked == [("cancel",)]
    assert "Nothing was written" in answer.content.decode()


def test_the_lists_carry_their_counts_and_next_goes_around(browser: Client, sync: FakeSync) -> None:
    reviewing(sync, "ready")
    sync.review_rows = [
        a_row("match", "Ada Byrne", "Ada Byrne"),
        *[a_row("new", there=f"New {n}") for n in range(3)],
    ]
    page = text(browser, "review/")
    for title, count in (("Duplicates", 0), ("Unmatched", 0), ("Matches", 1), ("New clients", 3)):
        assert f'<span>{title}</span> <span class="review-count">{count}</span>' in page
    slug, seen = "duplicates", []
    for _ in range(4):
        page = text(browser, f"review/{slug}/")
        slug = page.split(f'class="btn" href="{CLIENTS}review/')[1].split("/")[0]
        seen.append(slug)
    assert seen == ["unmatched", "matches", "new-clients", "duplicates"]


@pytest.mark.parametrize("slug", ["duplicates", "unmatched", "matches", "new-clients"])
def test_an_empty_list_is_good_news_with_a_way_on(slug: str, browser: Client, sync: FakeSync) -> None:
    reviewing(sync, "ready")
    page = text(browser, f"review/{slug}/")
    assert 'class="empty-title"' in page
    assert "<table" not in page


def test_no_duplicates_is_praised(browser: Client, sync: FakeSync) -> None:
    reviewing(sync, "ready")
    assert "No duplicates. Nice books." in text(browser, "review/")


def test_an_unknown_list_is_not_found(browser: Client, sync: FakeSync) -> None:
    reviewing(sync, "ready")
    assert browser.get(CLIENTS + "review/surprises/").status_code == 404


def test_a_pair_shows_where_its_sides_differ_and_why_it_matches(browser: Client, sync: FakeSync) -> None:
    reviewing(sync, "ready")
    sync.review_rows = [
        a_row(
            "match",
            "Ada Byrne",
            "Byrne, Ada",
            practice_details={"email": "ada@new.example", "phone": "Ext 0100", "city": "", "active": True},
            ledger_details={"email": "ada@old.example", "phone": "ext 0100", "city": "Omaha", "active": True},
            reasons=["Same words in another order."],
        )
    ]
    page = text(browser, "review/matches/").replace("<wbr>", "")
    assert "ada@new.example" in page
    assert "ada@old.example" in page
    assert "0100" not in page
    assert "Active" not in page
    assert "Omaha" not in page
    assert "Same words in another order." in page


def test_duplicates_stand_together_with_both_sides(browser: Client, sync: FakeSync) -> None:
    reviewing(sync, "ready")
    sync.review_rows = [
        a_row("duplicate", "Ada Byrne", group="g1"),
        a_row("duplicate", there="Ada Byrne", group="g1", ledger_details={"active": False}),
        a_row("duplicate", "Sam Ito", group="g2"),
    ]
    page = text(browser, "review/duplicates/")
    assert page.count("<table") == 2
    assert '<td data-label="Where">QuickBooks</td>' in page
    assert "Active:</span> No" in page


def test_what_quickbooks_says_is_shown_as_text(browser: Client, sync: FakeSync) -> None:
    reviewing(sync, "ready")
    hostile = '<script>alert(1)</script><img src=x onerror="alert(2)">'
    sync.review_rows = [a_row("new", there=hostile, ledger_details={"email": hostile}, reasons=[hostile])]
    page = text(browser, "review/new-clients/")
    assert "<script>alert" not in page
    assert "<img" not in page
    assert page.count("&lt;script&gt;alert(1)") >= 3


def test_long_lists_come_three_hundred_at_a_time_with_arrows_that_keep_the_search(
    browser: Client, sync: FakeSync
) -> None:
    reviewing(sync, "ready")
    sync.review_rows = [a_row("new", there=f"Customer {n:04}") for n in range(700)]
    page = text(browser, "review/new-clients/?search=customer&page=2")
    assert page.count('<th scope="row">') == 300
    assert "Page 2 of 3, 700 rows" in page
    assert 'rel="prev" href="?search=customer&amp;page=1"' in page
    assert 'rel="next" href="?search=customer&amp;page=3"' in page


@pytest.mark.parametrize("page", ["0", "-1", "x", "99999999999", "²", ""])
def test_an_unreadable_page_number_is_the_first_page(page: str, browser: Client, sync: FakeSync) -> None:
    reviewing(sync, "ready")
    sync.review_rows = [a_row("new", there="Only one")]
    assert "Only one" in text(browser, f"review/new-clients/?page={page}")


def test_a_search_that_finds_nothing_says_so_and_offers_all(browser: Client, sync: FakeSync) -> None:
    reviewing(sync, "ready")
    sync.review_rows = [a_row("match", "Ada", "Ada")]
    page = text(browser, "review/matches/?search=zzz")
    assert "Nothing called “zzz” in this list" in page
    assert ">Show all</a>" in page


def test_the_switch_names_how_many_and_its_consequence_is_said(browser: Client, sync: FakeSync) -> None:
    reviewing(sync, "ready")
    sync.review_rows = [a_row("new", there=f"New {n}") for n in range(53)]
    page = text(browser, "review/new-clients/")
    assert "Create 53 new clients in Tieout" in page
    assert "53 new clients in Tieout, 0 new in QuickBooks, 0 left" in page
    answer = browser.post(CLIENTS + "create-new/", {}, follow=True)
    page = " ".join(answer.content.decode().split())
    assert sync.asked == [("create_new", False)]
    assert "Off: only the matches are linked" in page
    assert "0 new clients in Tieout, 0 new in QuickBooks, 53 left" in page
    browser.post(CLIENTS + "create-new/", {"create_new": "on"})
    assert sync.asked[-1] == ("create_new", True)


def test_sync_clients_is_asked_once_and_leads_to_the_progress(browser: Client, sync: FakeSync) -> None:
    reviewing(sync, "ready")
    looked_at = {"plan": "as shown"}
    assert browser.post(CLIENTS + "sync/", looked_at)["Location"] == CLIENTS + "progress/"
    assert browser.post(CLIENTS + "sync/", looked_at)["Location"] == CLIENTS
    assert sync.asked == [("apply", "as shown")]


@pytest.mark.parametrize("plan", ["", "of an hour ago"])
def test_a_plan_that_moved_on_since_it_was_looked_at_is_shown_again(
    plan: str, browser: Client, sync: FakeSync
) -> None:
    reviewing(sync, "ready")
    assert browser.post(CLIENTS + "sync/", {"plan": plan})["Location"] == CLIENTS + "confirm/"
    assert sync.asked == []


def test_a_plan_that_was_opened_again_is_where_the_progress_leads(browser: Client, sync: FakeSync) -> None:
    reviewing(sync, "ready", summary={"reopened": "Something changed."})
    assert browser.get(CLIENTS + "progress/")["Location"] == CLIENTS + "confirm/"


def test_the_end_counts_with_links_and_says_what_happens_from_now_on(browser: Client, sync: FakeSync) -> None:
    reviewing(sync, "done", summary={"done": {"linked": 1120, "created_here": 53, "needs_you": 2}})
    page = text(browser, "done/")
    assert f'href="{CLIENTS}review/matches/"><strong>1,120</strong>' in page
    assert f'href="{CLIENTS}review/new-clients/"><strong>53</strong>' in page
    assert f'href="{CLIENTS}review/unmatched/"><strong>0</strong><span>created in QuickBooks' in page
    assert "From now on" in page


def test_a_finished_review_can_be_read_but_not_changed(browser: Client, sync: FakeSync) -> None:
    reviewing(sync, "done")
    sync.review_rows = [a_row("new", there="New")]
    page = text(browser, "review/new-clients/")
    assert "Sync clients" not in page
    assert "create-new" not in page
    browser.post(CLIENTS + "create-new/", {})
    browser.post(CLIENTS + "sync/")
    assert sync.asked == []


def test_a_restart_says_what_was_set_up_before_and_what_it_leaves(browser: Client, sync: FakeSync) -> None:
    assert "set up before" not in text(browser)
    assert "Names go both ways" in text(browser)
    assert sync.connection is not None
    before = a_review(sync.connection, "done", finished_at=THEN)
    sync.runs = [before]
    page = text(browser)
    assert "The clients were set up before" in page
    assert "What is linked stays linked" in page
    assert f"reports/{before.pk}/" in page


def test_what_was_chosen_the_last_time_is_filled_in_when_it_is_started_again(
    browser: Client, sync: FakeSync
) -> None:
    reviewing(sync, "failed", problem="QuickBooks signed us out.", include_subcustomers=True)
    assert sync.review is not None
    sync.review.activity = "all"
    assert "both sides are read anew, with what you chose filled in" in text(browser, "progress/")
    page = text(browser)
    assert 'value="all" checked' in page
    assert 'value="active" checked' not in page
    assert 'name="include_subcustomers" checked' in page


def test_the_switch_says_nought_when_the_last_new_client_is_left_out(browser: Client, sync: FakeSync) -> None:
    reviewing(sync, "ready")
    sync.review_rows = [a_row("new", there="Only one", decision="exclude")]
    page = text(browser, "review/new-clients/")
    assert 'id="how-many" role="status">Create 0 new clients in Tieout' in page
    assert "#how-many" in page.split('id="decide-rows"')[1]


def test_a_side_that_is_chosen_redraws_what_was_chosen_so_far(browser: Client, sync: FakeSync) -> None:
    reviewing(sync, "ready")
    sync.review_rows = [
        a_row("match", "Ada", "Ada", practice_details={"phone": "1"}, ledger_details={"phone": "2"})
    ]
    (redrawn,) = re.findall(
        r'hx-trigger="change" hx-include="this".*?hx-select-oob="([^"]+)"', text(browser, "review/matches/")
    )
    assert {"#undo", "#columns", "#forecast"} <= set(redrawn.split(","))


@pytest.mark.parametrize(
    ("state", "says", "button"),
    [
        ("paused", "Nothing is sent or fetched until somebody resumes", "Resume"),
        ("needs_reconnect", "sent once QuickBooks is reconnected", "Reconnect"),
    ],
)
def test_a_syncing_that_waits_for_somebody_says_so_where_it_is_watched(
    state: str, says: str, button: str, browser: Client, sync: FakeSync
) -> None:
    assert sync.connection is not None
    sync.connection.state, sync.connection.state_reason = state, "Because."
    summary = {"applied": {}, "applied_at": THEN.isoformat()}
    reviewing(sync, "applying", phase="Syncing", progress_done=3, progress_total=9, summary=summary)
    page = text(browser, "progress/")
    assert "Because. " in page
    assert says in page
    assert button in page
    assert "clients/cancel/" not in page, "it is linked: there is no stopping that"


def test_a_syncing_that_is_tried_again_can_be_stopped_and_says_that_nothing_is_lost(
    browser: Client, sync: FakeSync
) -> None:
    reviewing(sync, "applying", phase=TRYING_AGAIN)
    page = text(browser, "progress/")
    assert "Nothing was linked or written, and nothing is lost" in page
    assert "clients/cancel/" in page
