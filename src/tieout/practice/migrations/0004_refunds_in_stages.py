"""A refund through a processor has stages: asked for, done or failed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("practice", "0003_billing_tables"),
    ]

    operations = [
        migrations.AddField(
            model_name="refund",
            name="failure",
            field=models.CharField(blank=True, default="", max_length=500),
        ),
        migrations.AddField(
            model_name="refund",
            name="status",
            field=models.CharField(
                choices=[("pending", "Pending"), ("done", "Refunded"), ("failed", "Failed")],
                default="done",
                max_length=10,
            ),
        ),
    ]
