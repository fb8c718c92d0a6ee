"""Forget of payments that they are there twice, and of applied credits, where the other one is one of the other kind: both are
payments in QuickBooks, and the numbers of the two kinds were taken for one another. What was listed for it is planned again."""

from typing import Any

from django.db import migrations
from django.utils import timezone

KINDS = ("payment", "credit_application")


def forget(apps: Any, schema_editor: Any) -> None:
    seen, attempts, marks = (apps.get_model("sync", name) for name in ("Observation", "Attempt", "Dirty"))
    noted = seen.objects.filter(entity__in=KINDS, side="ledger", facts__has_key="copy_of")
    for row in noted.iterator():
        made = attempts.objects.filter(request_id=str(row.facts.get("marker") or "")).first()
        if made is None or made.entity == row.entity:
            continue
        marks.objects.get_or_create(
            connection_id=row.connection_id,
            entity=row.entity,
            side="practice",
            record_id=str(row.facts["copy_of"]),
            defaults={
                "firm_id": row.firm_id,
                "reason": "not there twice",
                "noted_at": timezone.now(),
            },
        )
        row.delete()


class Migration(migrations.Migration):
    dependencies = [("sync", "0032_lists_follow")]

    operations = [migrations.RunPython(forget, migrations.RunPython.noop)]
