from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sync", "0022_what_was_told_beside_the_state"),
    ]

    operations = [
        migrations.AddField(
            model_name="reviewrow",
            name="fills",
            field=models.PositiveSmallIntegerField(default=0),
        ),
    ]
