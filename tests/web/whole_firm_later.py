"""Acts: the pages that the firm of ``whole_firm`` shows only at another moment, or to somebody else.

A walk goes from one visit to the next, looks at its pages and only then asks for the next, which moves the firm on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from allauth.mfa.models import Authenticator
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from tests.practice.billing_world import NOW
from tests.web.conftest import PASSWORD, entered
from tests.web.whole_firm import Page, WholeFirm, other_word
from tieout.practice.actions.api_tokens import create_token
from tieout.practice.actions.billing_import import KINDS, example_of, keep_billing_upload
from tieout.practice.actions.team import add_member
from tieout.practice.csv_text import write_csv
from tieout.practice.firms import Member, User
from tieout.practice.isolation import every_firm_scope
from tieout.sync import item_review, review, review_jobs, runner
from tieout.sync.models import Review, ReviewRow, ReviewState

PASSKEYS = "settings/two-factor/passkeys/"
CLIENTS, ITEMS = (
    "settings/integrations/quickbooks/clients/",
    "settings/integrations/quickbooks/service-items/",
)


@dataclass
class Visit:
    """Pages as one browser sees them now: its session's key is ``who``'s."""

    who: Browser
    pages: list[Page] = field(default_factory=list)

    def see(self, route: str, address: str) -> None:
        answer = self.who.get(address)
        shows = answer.status_code == 200 and b"<html" in answer.content
        problem = (
            other_word(answer.content) if shows else f"{answer.status_code} {answer.get('Location', '')}"
        )
        self.pages.append(Page(route, address, problem))

    def at(self, name: str, *ids: Any, route: str = "") -> None:
        address = reverse(name, args=ids)
        self.see(route or address.lstrip("/"), address)


def visits(firm: WholeFirm) -> Iterator[Visit]:
    """In this order; each is true until the next is asked for."""
    yield _visitor(firm)
    yield _between_password_and_code(firm)
    yield _newcomer(firm)
    yield _own(firm)
    yield from _reviews(firm)


def _visitor(firm: WholeFirm) -> Visit:
    """Nobody is signed in: the pages a mail leads to, and signing in."""
    visit = Visit(Browser())
    visit.who.get("/")
    visit.at("account_login")
    visit.at("account_reset_password")
    visit.at("account_reset_password_done")
    visit.at("account_reset_password_from_key_done")
    visit.see("join/<str:token>/", firm.address("join/<str:token>/"))
    return visit


def _between_password_and_code(firm: WholeFirm) -> Visit:
    visit = Visit(Browser())
    visit.who.post("/sign-in/", {"login": firm.admin.user.email, "password": PASSWORD})
    visit.at("mfa_authenticate")
    return visit


def _newcomer(firm: WholeFirm) -> Visit:
    """A member without any second factor, who is asked to set one up."""
    with every_firm_scope():
        user = User.objects.create_user("nell@example.com", PASSWORD, full_name="Nell Park")
    with firm.rig.here():
        member = add_member(firm_id=firm.rig.firm.pk, user=user, preset="staff-all")
    visit = Visit(_freshly(member))
    visit.at("mfa_activate_totp")
    return visit


def _freshly(member: Member) -> Browser:
    browser = entered(member)
    session = browser.session
    session["account_authentication_methods"][0]["reauthenticated"] = True
    session.save()
    return browser


def _own(firm: WholeFirm) -> Visit:
    """What the administrator has only once: uploads to look at, a token, passkeys, a switch to turn on."""
    visit = Visit(firm.browser())
    with firm.rig.here():
        token = create_token(by=firm.admin, name="Robot", scopes=["view_clients"], days=30, now=NOW).token
        for kind in KINDS:
            content = write_csv(*example_of(kind)) + b"1,2,3\r\n"
            draft = keep_billing_upload(
                member=firm.admin, kind=kind, file_name=f"{kind}.csv", content=content, now=timezone.now()
            )
            visit.at(f"{kind}_import_preview", draft.pk, route=f"billing/import/{kind}/<uuid:draft_id>/")
    visit.at("api_token_revoke", token.pk, route="settings/api-tokens/<int:token_id>/revoke/")
    key = Authenticator.objects.create(
        user=firm.admin.user,
        type=Authenticator.Type.WEBAUTHN,
        data={"name": "Sam's laptop", "credential": {}},
    )
    visit.at("mfa_edit_webauthn", key.pk, route=f"{PASSKEYS}<int:pk>/")
    visit.at("mfa_remove_webauthn", key.pk, route=f"{PASSKEYS}<int:pk>/remove/")
    look = "settings/integrations/quickbooks/advanced/look/"
    visit.see(look, f"/{look}?entity=client&kind=archive&side=ledger")
    return visit


def _reviews(firm: WholeFirm) -> Iterator[Visit]:
    """The set-up at its other stages: reading, deciding on service items, done, and what can be done after."""
    rig, browser = firm.rig, firm.browser()
    reading = Visit(browser)
    with rig.here():
        of_clients = Review.objects.get(pk=review.open_review(rig.connection, "client").pk)  # type: ignore[union-attr]
        of_items = review.start(rig.connection, "service_item", activity="active", actor_member=firm.admin)
        Review.objects.filter(pk=of_clients.pk).update(state=ReviewState.COLLECTING)
    reading.at("quickbooks-clients-progress", route=f"{CLIENTS}progress/")
    reading.at("quickbooks-items-progress", route=f"{ITEMS}progress/")
    yield reading

    deciding = Visit(browser)
    with rig.here():
        Review.objects.filter(pk=of_clients.pk).update(state=ReviewState.READY)
        review_jobs.collect(of_items.pk)
        rows = list(ReviewRow.objects.filter(review=of_items).order_by("pk"))
    deciding.at("quickbooks-items-review", route=f"{ITEMS}review/")
    for slug in item_review.LISTS:
        deciding.see(f"{ITEMS}review/<slug:slug>/", f"/{ITEMS}review/{slug}/")
    deciding.at("quickbooks-items-link", rows[0].pk, route=f"{ITEMS}row/<int:row_id>/")
    deciding.at("quickbooks-items-confirm", route=f"{ITEMS}confirm/")
    deciding.at("quickbooks-items-cancel", route=f"{ITEMS}cancel/")
    yield deciding

    done = Visit(browser)
    with rig.here():
        connection = rig.connection
        connection.sections = {**connection.sections, "invoice": "not_started"}
        connection.save(update_fields=["sections"])
        for one in (of_clients, of_items):
            one.refresh_from_db()
            review.apply(one, firm.admin)
            review_jobs.apply_now(one.pk)
    for _ in range(6):
        runner.run_once(rig.connection.pk)
    with rig.here():
        Review.objects.filter(pk=of_items.pk).update(finished_at=timezone.now())
    done.at("quickbooks-clients-done", route=f"{CLIENTS}done/")
    done.at("quickbooks-items-done", route=f"{ITEMS}done/")
    done.see(
        "settings/integrations/quickbooks/invoices/preview/<int:invoice_id>/",
        reverse("quickbooks-invoices-preview", args=[firm.samples["invoice_id"]]),
    )
    done.at(
        "quickbooks-roll-back",
        of_items.pk,
        route="settings/integrations/quickbooks/reports/<int:review_id>/roll-back/",
    )
    yield done
