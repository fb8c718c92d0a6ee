from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sync", "0028_pause_and_holds")]

    operations = [migrations.AddField("connection", "quiet_until", models.DateTimeField(null=True))]
