from django.db import migrations, models
from django.db.models.deletion import CASCADE


class Migration(migrations.Migration):
    dependencies = [("sync", "0025_halt_and_recall")]

    operations = [
        migrations.AddField(
            "reviewrow",
            "half_of",
            models.ForeignKey(null=True, on_delete=CASCADE, related_name="halves", to="sync.reviewrow"),
        ),
    ]
