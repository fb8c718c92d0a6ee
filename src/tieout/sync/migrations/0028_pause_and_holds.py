from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sync", "0027_lists_of_a_company")]

    operations = [
        migrations.AddField(
            "connection",
            "paused_because",
            models.CharField(blank=True, db_default="", default="", max_length=500),
        ),
        migrations.AddField(
            "connection", "holds_epoch", models.PositiveBigIntegerField(db_default=0, default=0)
        ),
    ]
