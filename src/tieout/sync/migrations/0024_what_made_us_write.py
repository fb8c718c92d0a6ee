"""What made us write to the ledger; and that a person may have the other one of two voided."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sync", "0023_what_linking_fills")]

    operations = [
        migrations.AddField(
            model_name="attempt",
            name="cause",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
        migrations.AddField(
            model_name="writeentry",
            name="cause",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
        migrations.AlterField(
            model_name="matchdecision",
            name="verdict",
            field=models.CharField(
                choices=[
                    ("accept", "Linked"),
                    ("reject", "Declared different"),
                    ("unlink", "Unlinked later"),
                    ("void", "Void the other one"),
                ],
                max_length=10,
            ),
        ),
    ]
