"""Which of the ledger's lists its company does not use."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("practice", "0017_permission_requests")]

    operations = [
        migrations.CreateModel(
            name="UnusedList",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "list",
                    models.CharField(
                        choices=[
                            ("category", "Category"),
                            ("tracking_class", "Class"),
                            ("location", "Location"),
                            ("account", "Account"),
                            ("term", "Terms"),
                            ("tax_code", "Tax code"),
                            ("payment_method", "Payment method"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "firm",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="practice.firm"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("firm", "list"), name="unused_list_once")],
            },
        ),
    ]
