"""What people decide in a review, which switches they turn, and what the ledger's own settings were found to be."""

import django.core.serializers.json
import django.db.models.deletion
from django.db import migrations, models


def firm() -> models.ForeignKey:
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="practice.firm"
    )


def member() -> models.ForeignKey:
    return models.ForeignKey(
        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="practice.member"
    )


def key() -> models.BigAutoField:
    return models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


class Migration(migrations.Migration):
    dependencies = [("sync", "0004_call_meter")]

    operations = [
        migrations.AddField("reviewrow", "choice", models.JSONField(default=dict)),
        migrations.AddField("reviewrow", "decided_by", member()),
        migrations.AddField("reviewrow", "decided_at", models.DateTimeField(null=True)),
        migrations.CreateModel(
            name="SwitchChange",
            fields=[
                ("id", key()),
                ("entity", models.CharField(max_length=40)),
                ("kind", models.CharField(max_length=20)),
                ("side", models.CharField(max_length=10)),
                ("before", models.BooleanField()),
                ("after", models.BooleanField()),
                ("at", models.DateTimeField()),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="switch_changes",
                        to="sync.connection",
                    ),
                ),
                ("firm", firm()),
                ("member", member()),
            ],
            options={"indexes": [models.Index(fields=["connection", "-id"], name="switch_change_latest")]},
        ),
        migrations.CreateModel(
            name="SettingsCheck",
            fields=[
                ("id", key()),
                ("checked_at", models.DateTimeField()),
                (
                    "facts",
                    models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder),
                ),
                ("problem", models.CharField(blank=True, max_length=500)),
                (
                    "connection",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="settings_check",
                        to="sync.connection",
                    ),
                ),
                ("firm", firm()),
            ],
        ),
    ]
