"""A client group can be dissolved, and its name used again."""

import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("practice", "0020_what_a_key_was_for")]

    operations = [
        migrations.AddField("clientgroup", "is_active", models.BooleanField(default=True)),
        migrations.RemoveConstraint("clientgroup", "client_group_name_once"),
        migrations.AddConstraint(
            "clientgroup",
            models.UniqueConstraint(
                models.F("firm"),
                django.db.models.functions.text.Lower("name"),
                condition=models.Q(("is_active", True)),
                name="client_group_name_once",
            ),
        ),
    ]
