"""Acts: one firm with something of everything, connected to an emulated QuickBooks, and an address for every page.

The pages come from the router: a new one without a sample here fails the walk, so it cannot be forgotten.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client as Browser
from django.utils import timezone

from tests.practice.billing_world import NOW, TODAY, Desk
from tests.sync.rig import Rig
from tests.web.conftest import PASSWORD, entered
from tests.web.test_routes import ROUTES, address
from tieout.practice.actions.bulk import carry_on, start_bulk, start_client_bulk
from tieout.practice.actions.client_import import keep_upload
from tieout.practice.actions.contacts import add_contact
from tieout.practice.actions.credits import apply_credit
from tieout.practice.actions.groups import add_to_group, create_group
from tieout.practice.actions.invitations import invite
from tieout.practice.actions.recurring import create_recurring
from tieout.practice.actions.saved_views import save_view
from tieout.practice.actions.tags import create_tag
from tieout.practice.actions.team import add_member, copy_role
from tieout.practice.bulk import BulkVerb
from tieout.practice.firms import Member, User
from tieout.practice.isolation import every_firm_scope
from tieout.quickbooks import entities
from tieout.reconcile.ports import LedgerProvider
from tieout.sync import review
from tieout.sync.models import Review, ReviewRow
from tieout.web.people.invitations import link_to

rigs: list[Rig] = []


def provider(name: str) -> LedgerProvider:
    """What ``settings.LEDGERS`` names while the walk lasts: the emulator in this process."""
    return rigs[-1].provider


@dataclass
class WholeFirm:
    rig: Rig
    admin: Member
    samples: dict[str, Any] = field(default_factory=dict)
    """Parameter of a route, or ``route name.parameter`` where pages differ -> the value that shows something."""

    def address(self, route: str) -> str:
        """Raises KeyError, naming what is missing, for a parameter that has no sample."""
        pattern = ROUTES[route]
        path = "/"
        for piece in route.split("<"):
            if ">" not in piece:
                path += piece
                continue
            inside, rest = piece.split(">", 1)
            parameter = inside.split(":")[-1]
            named = f"{pattern.name}.{parameter}"
            if named not in self.samples and parameter not in self.samples:
                raise KeyError(f"{named}: give a sample for this parameter in tests/web/whole_firm.py")
            path += f"{self.samples.get(named, self.samples.get(parameter))}{rest}"
        return path

    def browser(self) -> Browser:
        browser = entered(self.admin)
        session = browser.session
        session["account_authentication_methods"] = [
            {"method": "password", "at": timezone.now().timestamp(), "reauthenticated": True}
        ]
        session.save()
        browser.raise_request_exception = False
        return browser


def open_firm(settings: Any) -> WholeFirm:
    """Takes some seconds: the sample company is connected and reviewed, one of everything is billed."""
    rig = Rig("sample", entities=entities.READY)
    rigs.append(rig)
    settings.LEDGERS = "tests.web.whole_firm"
    settings.OUTBOX_BELL = ""
    rig.set_up()
    with every_firm_scope():
        user = User.objects.create_user("sam@example.com", PASSWORD, full_name="Sam Ito")
        firm = rig.firm
        firm.modules = ["client_engagement", "time_and_billing", "transcripts_and_notices"]
        firm.save()
        admin = Member.objects.select_related("user", "role", "firm").get(pk=rig.member.pk)
        admin.user.set_password(PASSWORD)
        admin.user.save()
        staff = add_member(firm_id=firm.pk, user=user, preset="staff-all")
    with rig.here():
        samples = {**_billed(firm.pk, admin), **_people(admin, staff), **_reviews(rig, admin)}
        connection = rig.connection
        connection.sections = {**connection.sections, "service_item": "on", "invoice": "on"}
        connection.save(update_fields=["sections"])
    return WholeFirm(rig, admin, samples)


def _billed(firm_id: int, admin: Member) -> dict[str, Any]:
    desk = Desk.open(firm_id)
    where: dict[str, Any] = {"firm_id": firm_id, "actor": desk.actor}
    contact = add_contact(
        **where, client_id=desk.client.pk, given="Ann", family="Ray", email="ann@acme.example"
    )
    other = add_contact(**where, client_id=desk.client.pk, given="Bob", family="Ray")
    group = create_group(**where, name="Acme family")
    add_to_group(**where, group_id=group.pk, client_id=desk.client.pk)
    invoice, draft = desk.invoice(300), desk.draft()
    desk.invoice(75)
    payment = desk.pay(120, (invoice, 100))
    credit = desk.credit(50)
    (application,) = apply_credit(
        **where, credit_id=credit.pk, allocations=[(invoice.pk, Decimal(10))], today=TODAY
    )
    recurring = create_recurring(
        **where,
        frequency="monthly",
        first_date=TODAY + timedelta(days=30),
        today=TODAY,
        content={"client_id": desk.client.pk, "lines": [{"item_id": desk.item.pk}]},
    )
    act = start_bulk(member=admin, verb=BulkVerb.MARK_SENT, invoice_ids=[invoice.pk], now=NOW)
    tag = create_tag(**where, name="Monthly", color="blue")
    many = start_client_bulk(
        member=admin, verb=BulkVerb.TAG, tag_id=tag.pk, client_ids=[desk.client.pk], now=NOW
    )
    carry_on(firm_id=firm_id, act_id=many.pk, clock=lambda: NOW)
    view = save_view(by=admin, list="invoices", name="Late", query="status=overdue", is_shared=True)
    return {
        "act_id": act.pk,
        "clients_bulk.act_id": many.pk,
        "tag_id": tag.pk,
        "of": "invoices",
        "view_id": view.pk,
        "client_id": desk.client.pk,
        "contact_id": other.pk,
        "contact_edit.contact_id": contact.pk,
        "group_id": group.pk,
        "invoice_id": invoice.pk,
        "invoice_edit.invoice_id": draft.pk,
        "invoice_discard.invoice_id": draft.pk,
        "payment_id": payment.pk,
        "credit_id": credit.pk,
        "application_id": application.pk,
        "item_id": desk.item.pk,
        "recurring_id": recurring.pk,
        "tax_rate_id": desk.rate.pk,
        "rate_id": desk.rate.pk,
    }


def _people(admin: Member, staff: Member) -> dict[str, Any]:
    now = datetime.now(UTC)
    own = copy_role(by=admin, role_id=staff.role_id, name="Interns")
    asked = invite(by=admin, email="new@example.com", role_id=own.pk, now=now)
    TOTP.activate(admin.user, "A" * 32)
    RecoveryCodes.activate(admin.user)
    TOTP.activate(staff.user, "B" * 32)
    upload = keep_upload(
        member=admin, file_name="clients.csv", content=b"Name\nAda Byrne\nBen Cole\n", now=now
    )
    return {
        "member_id": staff.pk,
        "role_id": own.pk,
        "invitation_id": asked.pk,
        "token": link_to(asked).rstrip("/").rsplit("/", 1)[-1],
        "draft_id": upload.pk,
        "uidb36": "1",
        "key": "no-such-link",
        "token_id": 1,
    }


def _reviews(rig: Rig, admin: Member) -> dict[str, Any]:
    """A review of the clients that waits for decisions, started anew."""
    from tieout.sync import review_jobs

    found = review.start(rig.connection, "client", activity="all", actor_member=admin)
    review_jobs.collect(found.pk, rig.engine)
    done = Review.objects.exclude(pk=found.pk).order_by("pk").first()
    row = ReviewRow.objects.filter(review=found).order_by("pk").first()
    return {
        "review_id": done.pk if done else found.pk,
        "slug": "matches",
        "row_id": row.pk if row else 1,
        "entity": "client",
        "side": "practice",
        "record_id": row.practice_id if row and row.practice_id else "1",
        "what": "rename",
    }


@dataclass(frozen=True)
class Page:
    route: str
    address: str
    problem: str = ""
    """Why it shows nothing; empty for a page that does."""


NOT_WALKED: Mapping[str, str] = {
    "api/": "described by OpenAPI and fuzzed from it",
    "outbox/": "the demonstration's own mails; walked where they are sent",
    "webhooks/": "speaks to QuickBooks, not to people",
}
"""Beginnings of routes -> why no page is expected there."""
LATER = frozenset({
    *(f"billing/import/{what}/<uuid:draft_id>/" for what in ("balances", "invoices", "items", "payments")),
    "settings/api-tokens/<int:token_id>/revoke/",
    *(f"settings/integrations/quickbooks/{what}/{stage}/" for what in ("clients", "service-items") for stage in ("done", "progress")),
    "settings/integrations/quickbooks/advanced/look/",
    "settings/integrations/quickbooks/invoices/preview/<int:invoice_id>/",
    "settings/integrations/quickbooks/reports/<int:review_id>/roll-back/",
    "settings/integrations/quickbooks/service-items/cancel/",
    "settings/integrations/quickbooks/service-items/confirm/",
    "settings/integrations/quickbooks/service-items/review/",
    "settings/integrations/quickbooks/service-items/review/<slug:slug>/",
    "settings/integrations/quickbooks/service-items/row/<int:row_id>/",
    "settings/two-factor/app/",
    "settings/two-factor/passkeys/<int:pk>/",
    "settings/two-factor/passkeys/<int:pk>/remove/",
    "sign-in/",
    "sign-in/code/",
})  # fmt: skip
"""Routes that show something only at another moment or to somebody else: walked by ``whole_firm_later``."""
ELSEWHERE: Mapping[str, str] = {
    "billing/": "leads to the invoices",
    "billing/credits/applications/<int:application_id>/": "leads to the credit",
    "billing/refunds/<int:refund_id>/": "leads to the payment",
    "billing/invoices/<int:invoice_id>/credit/": "leads to applying the client's credit; with several of them: tests/web/test_billing_said.py",
    "billing/invoices/<int:invoice_id>/on-account/": "leads to applying the client's money; likewise",
    "billing/invoices/<int:invoice_id>/pay/": "leads to a new payment",
    "billing/payments/charge/": "takes a form",
    "billing/service-items/<int:item_id>/row/": "a part of the list",
    "billing/settings/logo.png": "a picture",
    "integrations/quickbooks/callback": "leads on",
    "integrations/quickbooks/reconnect": "leads on",
    "settings/integrations/quickbooks/connect/start/": "leads to QuickBooks",
    "settings/integrations/quickbooks/service-items/confirm/export.csv": "a download",
    "settings/integrations/quickbooks/service-items/confirm/print.pdf": "a download",
    "settings/integrations/quickbooks/service-items/review/<slug:slug>/export.csv": "a download",
    "settings/integrations/quickbooks/service-items/row/<int:row_id>/edit/": "leads to the list",
    "settings/integrations/quickbooks/tie-out/<int:tie_out_id>/export.csv": "a download",
    "settings/integrations/quickbooks/tie-out/<int:tie_out_id>/print.pdf": "a download",
    "settings/integrations/quickbooks/service-items/review/<slug:slug>/together/": "a part of the list",
    "settings/two-factor/codes/download/": "closed: codes are shown once",
    "confirm/passkey/": "asks the browser for a key at once: tests/e2e/test_passkeys has one",
    "settings/two-factor/passkeys/": "leads to the overview",
    "sign-in/passkey/": "only carries a passkey",
}
"""Routes whose GET leads to another page, or is none -> why."""


def pages(firm: WholeFirm) -> Iterator[Page]:
    """Every page of the product with its address in this firm. What only acts, downloads or fills a part is left out."""
    browser = firm.browser()
    for route in sorted(ROUTES):
        if (
            route in ELSEWHERE
            or route in LATER
            or any(route.startswith(beginning) for beginning in NOT_WALKED)
        ):
            continue
        if browser.get(address(route)).status_code == 405:
            continue
        try:
            here = firm.address(route)
        except KeyError as missing:
            yield Page(route, "", str(missing))
            continue
        answer = browser.get(here)
        if answer.status_code != 200:
            yield Page(route, here, f"{answer.status_code} {answer.get('Location', '')}")
        elif answer["Content-Type"].startswith("text/html") and b"<html" in answer.content:
            yield Page(route, here, other_word(answer.content))


def other_word(content: bytes) -> str:
    """A page says e-mail as all others do: what is said otherwise, or empty."""
    words = re.sub(rb"<[^>]*>", b" ", content)
    found = re.search(rb"\b[Ee]mails?\b", words)
    return f"says {found[0].decode()} where the others say e-mail" if found else ""
