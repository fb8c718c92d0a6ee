"""List entries know of which of the ledger's companies they are. ``sync`` fills it in for those that are there."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("practice", "0021_dissolved_groups")]

    operations = [
        migrations.AddField("listentry", "company", models.CharField(blank=True, default="", max_length=64)),
        migrations.AddField("listentry", "is_current", models.BooleanField(default=True)),
        migrations.RemoveConstraint("listentry", "list_entry_once"),
        migrations.AddConstraint(
            "listentry",
            models.UniqueConstraint(fields=["firm", "list", "company", "ledger_id"], name="list_entry_once"),
        ),
    ]
