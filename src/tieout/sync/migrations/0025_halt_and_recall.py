from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sync", "0024_what_made_us_write")]

    operations = [
        migrations.AddField("connection", "retire_halt", models.JSONField(default=dict)),
        migrations.AddField("connection", "recall", models.JSONField(default=list)),
    ]
