from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sync", "0021_who_is_told_and_who_is_here")]

    operations = [
        migrations.AddField(model_name="told", name="beside", field=models.JSONField(default=dict)),
    ]
