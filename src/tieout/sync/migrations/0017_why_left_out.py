from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sync", "0016_strays")]

    operations = [
        migrations.AddField(
            model_name="hold",
            name="reason",
            field=models.CharField(blank=True, max_length=200),
        ),
    ]
