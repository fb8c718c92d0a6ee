"""Links know what their record was merged into and which version of it is to be made active again; entries of the ledger's
lists that a switch has kept in use until now are planned anew."""

from typing import Any

from django.db import migrations, models
from django.utils import timezone

LISTS = ("category", "tracking_class", "location", "account", "term", "tax_code", "payment_method")


def plan_again(apps: Any, schema_editor: Any) -> None:
    issues, marks = apps.get_model("sync", "Issue"), apps.get_model("sync", "Dirty")
    told = issues.objects.filter(entity__in=LISTS, side="practice", closed_at=None)
    rows = told.values_list("firm_id", "connection_id", "entity", "side", "record_id").distinct()
    columns = ("firm_id", "connection_id", "entity", "side", "record_id")
    marks.objects.bulk_create(
        (
            marks(
                **dict(zip(columns, row, strict=True)),
                reason="lists follow QuickBooks",
                noted_at=timezone.now(),
            )
            for row in rows
        ),
        batch_size=1_000,
        ignore_conflicts=True,
    )


class Migration(migrations.Migration):
    dependencies = [("sync", "0031_plan_what_waited_again")]

    operations = [
        *(
            migrations.AddField(
                "link", name, models.CharField(blank=True, db_default="", default="", max_length=60)
            )
            for name in ("became", "reactivate_token")
        ),
        migrations.RunPython(plan_again, migrations.RunPython.noop),
    ]
