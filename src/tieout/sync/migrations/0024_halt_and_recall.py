from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sync", "0023_what_linking_fills")]

    operations = [
        migrations.AddField("connection", "retire_halt", models.JSONField(default=dict)),
        migrations.AddField("connection", "recall", models.JSONField(default=list)),
    ]
