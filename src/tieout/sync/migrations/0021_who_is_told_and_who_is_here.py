"""Who is mailed when a review is ready, and who looks at what needs a person."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("practice", "0017_permission_requests"),
        ("sync", "0020_what_a_review_remembers"),
    ]

    operations = [
        migrations.AddField(model_name="review", name="tell", field=models.JSONField(default=list)),
        migrations.AddField(model_name="review", name="told_at", field=models.DateTimeField(null=True)),
        migrations.CreateModel(
            name="WorkVisit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("place", models.CharField(max_length=60)),
                ("seen_at", models.DateTimeField()),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="sync.connection"
                    ),
                ),
                (
                    "firm",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="practice.firm"
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="practice.member"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("connection", "member"), name="work_visit_once")
                ],
            },
        ),
    ]
