from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("practice", "0019_assign_many"),
    ]

    operations = [
        migrations.AddField(
            model_name="payment",
            name="asked",
            field=models.CharField(blank=True, default="", max_length=64),
        ),
        migrations.AddField(
            model_name="refund",
            name="asked",
            field=models.CharField(blank=True, default="", max_length=64),
        ),
    ]
