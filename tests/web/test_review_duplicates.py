"""Shows the duplicates of a review: told apart by what happened lately, kept in bulk, and merged without leaving the list."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.sync.rig import SOMEBODY, Rig
from tests.web.test_review_decide import CLIENTS, Reviewing
from tieout.practice.actions.invoices import create_invoice, finalise_invoice
from tieout.practice.isolation import every_firm_scope
from tieout.practice.models import Role
from tieout.sync import review, review_jobs
from tieout.sync.models import ReviewRow

pytestmark = pytest.mark.django_db
DUPLICATES = CLIENTS + "review/duplicates/"


def an_invoice_there(rig: Rig, customer: str, day: str, amount: int = 100) -> None:
    line = {"Amount": amount, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": {"Qty": 1}}
    rig.emulator.control.edit(
        rig.realm,
        "Invoice",
        None,
        {"CustomerRef": {"value": customer}, "TxnDate": day, "Line": [line]},
        "create",
    )


def two_dans() -> tuple[Rig, list[str], list[str]]:
    """Two clients and two customers of one name; the second of each is the one that is alive."""
    rig = Rig()
    ours = [rig.add_client("Dan Low", email=f"{each}@example.com", phone="") for each in ("old", "new")]
    theirs = [rig.add_customer("Dan Low"), rig.add_customer("Dan  Low")]
    with rig.here():
        for client, days in zip(ours, (400, 10), strict=True):
            here = {"firm_id": rig.firm.pk, "actor": SOMEBODY, "today": rig.clock.now().date()}
            made = create_invoice(
                **here,
                client_id=client,
                date=rig.clock.now().date() - timedelta(days=days),
                lines=[{"description": "Work", "quantity": Decimal(1), "rate": Decimal(80)}],
            )
            finalise_invoice(**here, invoice_id=made.pk, now=rig.clock.now())
    an_invoice_there(rig, theirs[0], "2024-01-31")
    an_invoice_there(rig, theirs[1], "2025-02-28", 250)
    return rig, ours, theirs


def test_members_of_a_group_stand_side_by_side_with_what_happened_to_each_lately() -> None:
    rig, ours, theirs = two_dans()
    here = Reviewing(rig)
    page = here.page("review/duplicates/")

    def of(record: str, side: str) -> str:
        with rig.here():
            row = ReviewRow.objects.get(**{f"{side}_id": record})
        return re.sub(
            r"<[^>]*>", " ", page.split(f'id="row-{row.pk}"')[1].split("</tr>")[0].replace("<wbr>", "")
        )

    for column in ("Balance", "Last invoice", "Open work"):
        assert f">{column}</th>" in page
    alive = of(ours[1], "practice")
    assert "new@example.com" in alive
    assert "$80.00" in alive
    assert (rig.clock.now().date() - timedelta(days=10)).isoformat() in alive
    assert "1 open invoice" in alive
    there = of(theirs[1], "ledger")
    assert "$250.00" in there
    assert "2025-02-28" in there
    assert "1 open invoice" in there


def test_keeping_the_most_recently_active_is_said_before_done_in_every_group_and_taken_back_at_once() -> None:
    rig, ours, theirs = two_dans()
    here = Reviewing(rig)
    page = here.page("review/duplicates/")
    said = page.split('id="recent-preview">')[1].split("</p>")[0]
    assert said.startswith("Of ")
    assert "1 pair linked" in said
    page = here.post(do="keep_recent", back=DUPLICATES)
    with rig.here():
        rows = {one.practice_id or one.ledger_id: one for one in ReviewRow.objects.filter(group="dan low")}
        linked = ReviewRow.objects.get(practice_id=ours[1])
        assert (linked.decision, linked.choice["with"]) == ("link", theirs[1])
        for left in (ours[0], theirs[0]):
            assert rows[left].decision == "exclude"
            assert rows[left].choice == {"reason": "A duplicate; the one with the latest activity is kept"}
    assert "Kept the most recently active" in page
    here.post("undo/", back=DUPLICATES)
    with rig.here():
        assert not ReviewRow.objects.exclude(decision="", choice={}).exists()


def test_a_group_that_somebody_has_touched_is_left_to_that_person() -> None:
    rig, ours, _ = two_dans()
    here = Reviewing(rig)
    with rig.here():
        mine = ReviewRow.objects.get(practice_id=ours[0])
    here.post(one=f"different:{mine.pk}")
    assert 'id="recent-preview"' not in here.page("review/duplicates/")
    here.post(do="keep_recent", back=DUPLICATES)
    with rig.here():
        assert ReviewRow.objects.exclude(decision="").count() == 1


def test_two_clients_are_merged_inside_the_review_and_their_group_shrinks() -> None:
    rig, ours, theirs = two_dans()
    here = Reviewing(rig)
    page = here.page("review/duplicates/")
    address = f"/clients/{ours[1]}/merge/?with={ours[0]}"
    assert address in page
    preview = here.browser.get(f"{address}&back={DUPLICATES}", headers={"HX-Request": "true"})
    part = " ".join(preview.content.decode().split())
    assert "<html" not in part
    assert "1 invoice" in part
    assert "There is no button to take a merge apart." in part, "said before it is done"
    answer = here.browser.post(
        f"/clients/{ours[1]}/merge/", {"with": ours[0], "back": DUPLICATES}, follow=True
    )
    assert answer.redirect_chain[-1][0] == DUPLICATES
    page = " ".join(answer.content.decode().split())
    assert "sorted anew" in page
    with rig.here():
        left = ReviewRow.objects.filter(review=here.review)
        assert sorted((one.bucket, one.practice_id, one.ledger_id) for one in left) == sorted(
            [
                ("duplicate", ours[1], ""),
                ("duplicate", "", theirs[0]),
                ("duplicate", "", theirs[1]),
            ]
        )
        assert not left.filter(reasons__contains=["2 records here have this name."]).exists()
    assert "$250.00" in page, "what QuickBooks told of its records is still there"


def test_the_last_two_of_a_merged_group_become_a_match() -> None:
    rig = Rig()
    ours = [rig.add_client("Dan Low", email="dan@example.com") for _ in range(2)]
    customer = rig.add_customer("Dan Low", PrimaryEmailAddr={"Address": "dan@example.com"})
    here = Reviewing(rig)
    here.browser.post(f"/clients/{ours[0]}/merge/", {"with": ours[1], "back": DUPLICATES})
    with rig.here():
        (row,) = ReviewRow.objects.filter(review=here.review)
    assert (row.bucket, row.practice_id, row.ledger_id) == ("match", ours[0], customer)
    here.press("accept", "Dan Low")
    here.sync()
    assert rig.links() == {ours[0]: customer}


def test_who_may_not_edit_clients_sees_why_the_merge_is_greyed() -> None:
    rig, ours, _ = two_dans()
    here = Reviewing(rig)
    with every_firm_scope():
        role = Role.objects.get(pk=rig.member.role_id)
        role.permissions = [one for one in role.permissions if one != "edit_clients"]
        role.preset = ""
        role.save()
    page = here.page("review/duplicates/")
    assert f"/clients/{ours[1]}/merge/" not in page
    assert "Merging needs the permission to edit clients." in page
    answer = here.browser.post(f"/clients/{ours[1]}/merge/", {"with": ours[0], "back": DUPLICATES})
    assert answer.status_code == 403


def test_the_way_back_from_a_merge_is_never_another_site() -> None:
    rig, ours, _ = two_dans()
    here = Reviewing(rig)
    answer = here.browser.post(
        f"/clients/{ours[1]}/merge/", {"with": ours[0], "back": "https://evil.example/"}
    )
    assert answer["Location"] == f"/clients/{ours[1]}/"


def test_one_key_takes_the_surest_partner_and_the_button_says_how_sure() -> None:
    rig = Rig()
    rig.add_client("Dan Low", email="dan@example.com")
    rig.add_client("Dan Low", email="daniel@elsewhere.example")
    rig.add_customer("Dan Low", PrimaryEmailAddr={"Address": "dan@example.com"})
    here = Reviewing(rig)
    page = here.page("review/duplicates/")
    with rig.here():
        row = ReviewRow.objects.get(practice_details__email="dan@example.com")
    mine = page.split(f'id="row-{row.pk}"')[1].split("</tr>")[0]
    button = re.search(r'<button[^>]*value="link_to[^>]*>.*?</button>', mine)
    assert button is not None
    assert 'data-key="m"' in button[0]
    assert re.search(r"\(\d+ % sure\)", button[0])
    assert "The e-mail is the same." in mine


def test_more_groups_cost_the_list_no_more_queries() -> None:
    rig = Rig()

    def twins(numbers: range) -> None:
        for number in numbers:
            for _ in range(2):
                rig.add_client(f"Twin {number}")
            rig.add_customer(f"Twin {number}")

    def queries() -> int:
        here.page("review/duplicates/")
        with CaptureQueriesContext(connection) as asked:
            page = here.page("review/duplicates/")
        assert page.count("data-row>") == 3 * groups
        return len(asked)

    groups = 2
    twins(range(2))
    here = Reviewing(rig)
    few = queries()
    twins(range(2, 12))
    groups = 12
    with rig.here():
        review.cancel(here.review, rig.member)
        found = review.start(rig.connection, "client", activity="active", actor_member=rig.member)
        review_jobs.collect(found.pk, rig.engine)
    assert queries() <= few
