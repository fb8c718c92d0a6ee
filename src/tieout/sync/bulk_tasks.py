"""Acts: the bell for long lists of invoices. The worker goes through them; the practice knows nothing of jobs."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from tieout.practice.isolation import every_firm_scope, firm_scope
from tieout.sync.engine import Engine
from tieout.sync.tasks import QUEUE, others_wait


def ring_bulk(act_id: UUID) -> None:
    """Have the worker go through a list of invoices; nothing more is queued while that waits or runs."""
    from tieout.practice.models import BulkAct

    queued = ProcrastinateJob.objects.filter(task_name="run_bulk", args__act_id=str(act_id))
    if not queued.filter(status__in=("todo", "doing")).exists():
        _queue(BulkAct.objects.values_list("firm_id", flat=True).get(pk=act_id), str(act_id))


def _queue(firm_id: int, act_id: str) -> None:
    """One list of a firm at a time: however many it starts, the others find a worker."""
    run_bulk.configure(lock=f"bulk:{firm_id}").defer(act_id=act_id)


@app.task(name="run_bulk", queue=QUEUE)
def run_bulk(act_id: str) -> None:
    """Do what a page asked to be done with many invoices, until it is done or its turn is over and another firm waits."""
    from tieout.practice.actions.bulk import carry_on, rows_wait  # needs the app registry to be ready
    from tieout.practice.models import BulkAct

    with every_firm_scope():
        firm_id = BulkAct.objects.filter(pk=act_id).values_list("firm_id", flat=True).first()
    if firm_id is None:
        return
    turn_ends = timezone.now() + Engine().turn

    def go_on() -> bool:
        return timezone.now() < turn_ends or not others_wait()

    with firm_scope(firm_id):
        act = carry_on(firm_id=firm_id, act_id=UUID(act_id), clock=timezone.now, go_on=go_on)
        if rows_wait(act):
            _queue(firm_id, act_id)


def ring_unfinished(now: datetime) -> None:
    """For the worker's loop: a lost bell costs half a minute."""
    from tieout.practice.actions.bulk import unfinished_bulk

    with every_firm_scope():
        for _, act_id in unfinished_bulk(now):
            ring_bulk(act_id)
