from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sync", "0022_what_was_told_beside_the_state")]

    operations = [
        migrations.AddField("connection", "retire_halt", models.JSONField(default=dict)),
        migrations.AddField("connection", "recall", models.JSONField(default=list)),
    ]
