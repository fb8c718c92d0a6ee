"""Acts: reads both sides after the storm, for ``count`` to compare: our tables with getters of our own, and QuickBooks' documents."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from tests.real.count import SENT_AS, OpenIssue, Ours, Sides
from tests.real.people import People
from tests.real.stand import Stand
from tieout.practice.clients import Client
from tieout.practice.credits import Credit, CreditApplication
from tieout.practice.invoices import Invoice, Status
from tieout.practice.payments import Payment, PaymentStatus
from tieout.sync.models import Issue, Link


def gathered(stand: Stand, people: People, issues_before: frozenset[OpenIssue]) -> Sides:
    words = ("Customer", *dict.fromkeys(SENT_AS.values()))
    with stand.here():
        return Sides(
            names=people.clients,
            phones=people.phones,
            phones_here={str(pk): phone for pk, phone in Client.objects.values_list("pk", "phone")},
            documents=tuple(_documents(people)),
            links={(one.entity, one.practice_id): one.ledger_id for one in Link.objects.all()},
            there={word: {str(one["Id"]): one for one in stand.emulator.records(word)} for word in words},
            issues=open_issues(stand),
            issues_before=issues_before,
        )


def open_issues(stand: Stand) -> frozenset[OpenIssue]:
    with stand.here():
        columns = ("entity", "side", "record_id", "cause")
        return frozenset(Issue.objects.filter(closed_at=None).values_list(*columns))


def _documents(people: People) -> Iterator[Ours]:
    for invoice in Invoice.objects.filter(pk__in=people.invoices):
        amounts = {"TotalAmt": invoice.total, "Balance": invoice.balance}
        void = invoice.status == Status.VOID
        yield Ours("invoice", str(invoice.pk), str(invoice.client_id), void, amounts, {})
    for payment in Payment.objects.filter(pk__in=people.payments).prefetch_related("allocations"):
        amounts = {"TotalAmt": payment.amount, "UnappliedAmt": payment.unapplied}
        void = payment.status == PaymentStatus.VOID
        pays = {("invoice", str(part.invoice_id)): part.amount for part in payment.allocations.all()}
        yield Ours("payment", str(payment.pk), str(payment.client_id), void, amounts, pays)
    for credit in Credit.objects.filter(pk__in=people.credits):
        amounts = {"TotalAmt": credit.amount, "RemainingCredit": credit.left}
        yield Ours("credit", str(credit.pk), str(credit.client_id), credit.is_void, amounts, {})
    applied = CreditApplication.objects.filter(credit__in=people.credits).select_related("credit")
    for one in applied:
        pays = dict.fromkeys((("invoice", str(one.invoice_id)), ("credit", str(one.credit_id))), one.amount)
        client = str(one.credit.client_id)
        yield Ours("credit_application", str(one.pk), client, one.is_void, {"TotalAmt": Decimal(0)}, pays)
