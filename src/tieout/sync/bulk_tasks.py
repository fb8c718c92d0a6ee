"""Acts: the bell for long lists of invoices. The worker goes through them; the practice knows nothing of jobs."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from tieout.practice.isolation import every_firm_scope, firm_scope
from tieout.sync.tasks import QUEUE


def ring_bulk(act_id: UUID) -> None:
    """Have the worker go through a list of invoices; nothing more is queued while that waits or runs."""
    lock = f"bulk:{act_id}"
    if not ProcrastinateJob.objects.filter(lock=lock, status__in=("todo", "doing")).exists():
        run_bulk.configure(lock=lock).defer(act_id=str(act_id))


@app.task(name="run_bulk", queue=QUEUE)
def run_bulk(act_id: str) -> None:
    """Do what a page asked to be done with many invoices."""
    from tieout.practice.actions.bulk import carry_on  # needs the app registry to be ready
    from tieout.practice.models import BulkAct

    with every_firm_scope():
        firm_id = BulkAct.objects.filter(pk=act_id).values_list("firm_id", flat=True).first()
    if firm_id is not None:
        with firm_scope(firm_id):
            carry_on(firm_id=firm_id, act_id=UUID(act_id), clock=timezone.now)


def ring_unfinished(now: datetime) -> None:
    """For the worker's loop: a lost bell costs half a minute."""
    from tieout.practice.actions.bulk import unfinished_bulk

    with every_firm_scope():
        for _, act_id in unfinished_bulk(now):
            ring_bulk(act_id)
