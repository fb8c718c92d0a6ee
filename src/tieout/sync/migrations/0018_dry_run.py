from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sync", "0017_why_left_out")]

    operations = [
        migrations.AddField(
            model_name="connection",
            name="dry_run_until",
            field=models.DateTimeField(null=True),
        ),
    ]
