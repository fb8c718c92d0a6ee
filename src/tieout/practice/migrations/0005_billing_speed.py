"""Open invoices answer from their index alone; numbers sort by code point, so that a prefix is a range of it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("practice", "0004_refunds_in_stages"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="invoice",
            name="invoice_open_by_due",
        ),
        migrations.AlterField(
            model_name="invoice",
            name="number",
            field=models.CharField(blank=True, db_collation="C", default="", max_length=21),
        ),
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(
                condition=models.Q(("balance__gt", 0)),
                fields=["firm", "due_date", "id"],
                include=("balance",),
                name="invoice_open_by_due",
            ),
        ),
    ]
