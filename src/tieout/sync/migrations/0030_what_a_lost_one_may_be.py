from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sync", "0029_quiet_until")]

    operations = [
        migrations.AddField(model_name="hold", name="candidates", field=models.JSONField(default=list)),
    ]
