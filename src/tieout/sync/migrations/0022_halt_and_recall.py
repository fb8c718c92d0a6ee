from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sync", "0021_who_is_told_and_who_is_here")]

    operations = [
        migrations.AddField("connection", "retire_halt", models.JSONField(default=dict)),
        migrations.AddField("connection", "recall", models.JSONField(default=list)),
    ]
