"""Many clients can be given to a colleague at once."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("practice", "0018_unused_lists")]

    operations = [
        migrations.AddField(
            model_name="bulkact",
            name="assigned_to",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="practice.member",
            ),
        ),
        migrations.AlterField(
            model_name="bulkact",
            name="verb",
            field=models.CharField(
                choices=[
                    ("finalise", "Finalize"),
                    ("send", "Mark as sent"),
                    ("mail", "Send by e-mail"),
                    ("finalise-mail", "Finalize and send by e-mail"),
                    ("tag", "Tag"),
                    ("untag", "Take a tag off"),
                    ("assign", "Assign"),
                ],
                max_length=20,
            ),
        ),
    ]
