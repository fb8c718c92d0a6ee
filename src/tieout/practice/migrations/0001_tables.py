"""The tables of firms, members, clients, history, outbox and import drafts."""

import uuid

import django.contrib.postgres.fields
import django.core.serializers.json
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Firm",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                (
                    "plan",
                    models.CharField(
                        choices=[("paid", "Paid"), ("freemium", "Free"), ("legacy", "Legacy")],
                        default="paid",
                        max_length=20,
                    ),
                ),
                (
                    "modules",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("client_engagement", "Client Engagement"),
                                ("time_and_billing", "Time & Billing"),
                                ("transcripts_and_notices", "Transcripts & Notices"),
                            ],
                            max_length=40,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                ("time_zone", models.CharField(default="America/New_York", max_length=60)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("email", models.EmailField(max_length=254, unique=True)),
                ("full_name", models.CharField(blank=True, max_length=200)),
                ("is_active", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("email"), name="user_email_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Member",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("is_active", models.BooleanField(default=True)),
                ("joined_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "firm",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="members",
                        to="practice.firm",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Client",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=500)),
                (
                    "kind",
                    models.CharField(
                        choices=[("individual", "Individual"), ("business", "Business")], max_length=20
                    ),
                ),
                (
                    "relation",
                    models.CharField(
                        choices=[("client", "Client"), ("prospect", "Prospect"), ("other", "Other")],
                        default="client",
                        max_length=20,
                    ),
                ),
                ("is_active", models.BooleanField(default=True)),
                ("company_name", models.CharField(blank=True, default="", max_length=500)),
                ("email", models.CharField(blank=True, default="", max_length=254)),
                ("phone", models.CharField(blank=True, default="", max_length=40)),
                ("mobile", models.CharField(blank=True, default="", max_length=40)),
                ("website", models.CharField(blank=True, default="", max_length=1000)),
                ("billing_line1", models.CharField(blank=True, default="", max_length=500)),
                ("billing_line2", models.CharField(blank=True, default="", max_length=500)),
                ("billing_line3", models.CharField(blank=True, default="", max_length=500)),
                ("billing_city", models.CharField(blank=True, default="", max_length=255)),
                ("billing_state", models.CharField(blank=True, default="", max_length=255)),
                ("billing_postal_code", models.CharField(blank=True, default="", max_length=40)),
                ("billing_country", models.CharField(blank=True, default="", max_length=255)),
                ("mailing_line1", models.CharField(blank=True, default="", max_length=500)),
                ("mailing_line2", models.CharField(blank=True, default="", max_length=500)),
                ("mailing_line3", models.CharField(blank=True, default="", max_length=500)),
                ("mailing_city", models.CharField(blank=True, default="", max_length=255)),
                ("mailing_state", models.CharField(blank=True, default="", max_length=255)),
                ("mailing_postal_code", models.CharField(blank=True, default="", max_length=40)),
                ("mailing_country", models.CharField(blank=True, default="", max_length=255)),
                ("external_id", models.CharField(blank=True, default="", max_length=100)),
                ("notes", models.TextField(blank=True, default="")),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("updated_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "firm",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="clients",
                        to="practice.firm",
                    ),
                ),
                (
                    "assigned_to",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assigned_clients",
                        to="practice.member",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ChangeRecord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=40)),
                ("record_id", models.CharField(max_length=40)),
                ("version", models.PositiveIntegerField()),
                ("verb", models.CharField(max_length=40)),
                (
                    "actor_kind",
                    models.CharField(
                        choices=[
                            ("member", "member"),
                            ("sync", "sync"),
                            ("import", "import"),
                            ("system", "system"),
                        ],
                        max_length=20,
                    ),
                ),
                ("actor_label", models.CharField(max_length=200)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "changes",
                    models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder),
                ),
                (
                    "firm",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="history",
                        to="practice.firm",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="practice.member",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="OutboxNote",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=40)),
                ("record_id", models.CharField(max_length=40)),
                ("version", models.PositiveIntegerField()),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "firm",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="outbox", to="practice.firm"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="Role",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                ("preset", models.SlugField(blank=True, max_length=40)),
                (
                    "permissions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("view_clients", "View Clients"),
                                ("view_all_clients", "View All Clients"),
                                ("edit_clients", "Edit Clients"),
                                ("import_clients", "Import Clients"),
                                ("export_clients", "Export Clients"),
                                ("view_billing", "View Billing"),
                                ("edit_service_items", "Service Items"),
                                ("edit_invoices", "Invoices"),
                                ("record_payments", "Payments"),
                                ("billing_and_payments", "Billing and Payments"),
                                ("manage_integrations", "Manage Integrations"),
                                ("manage_team", "Manage Team"),
                            ],
                            max_length=40,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "firm",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="roles", to="practice.firm"
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="member",
            name="role",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="members", to="practice.role"
            ),
        ),
        migrations.CreateModel(
            name="Contact",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("is_primary", models.BooleanField(default=False)),
                ("relation_to_client", models.CharField(blank=True, default="", max_length=80)),
                ("title", models.CharField(blank=True, default="", max_length=40)),
                ("given", models.CharField(blank=True, default="", max_length=200)),
                ("middle", models.CharField(blank=True, default="", max_length=200)),
                ("family", models.CharField(blank=True, default="", max_length=200)),
                ("suffix", models.CharField(blank=True, default="", max_length=40)),
                ("email", models.CharField(blank=True, default="", max_length=254)),
                ("phone", models.CharField(blank=True, default="", max_length=40)),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contacts",
                        to="practice.client",
                    ),
                ),
                (
                    "firm",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contacts",
                        to="practice.firm",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.F("client"),
                        condition=models.Q(("is_primary", True)),
                        name="contact_one_primary",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportDraft",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("file_name", models.CharField(max_length=255)),
                ("content", models.TextField()),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("expires_at", models.DateTimeField()),
                ("imported_at", models.DateTimeField(null=True)),
                ("imported_count", models.PositiveIntegerField(default=0)),
                ("skipped_count", models.PositiveIntegerField(default=0)),
                (
                    "firm",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="import_drafts",
                        to="practice.firm",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="practice.member"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["firm", "expires_at"], name="import_draft_expiry")],
            },
        ),
        migrations.AddIndex(
            model_name="client",
            index=models.Index(
                models.F("firm"),
                django.db.models.functions.text.Lower("name"),
                models.F("id"),
                name="client_by_name",
            ),
        ),
        migrations.AddIndex(
            model_name="client",
            index=models.Index(
                models.F("firm"),
                models.F("is_active"),
                django.db.models.functions.text.Lower("name"),
                models.F("id"),
                name="client_active_by_name",
            ),
        ),
        migrations.AddIndex(
            model_name="client",
            index=models.Index(fields=["firm", "-updated_at", "id"], name="client_by_update"),
        ),
        migrations.AddConstraint(
            model_name="client",
            constraint=models.UniqueConstraint(
                condition=models.Q(("external_id", ""), _negated=True),
                fields=("firm", "external_id"),
                name="client_external_id_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="client",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="client_has_name"
            ),
        ),
        migrations.AddConstraint(
            model_name="client",
            constraint=models.CheckConstraint(
                condition=models.Q(("version__gte", 1)), name="client_version_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="client",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["individual", "business"])), name="client_kind_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="client",
            constraint=models.CheckConstraint(
                condition=models.Q(("relation__in", ["client", "prospect", "other"])),
                name="client_relation_known",
            ),
        ),
        migrations.AddIndex(
            model_name="changerecord",
            index=models.Index(fields=["firm", "kind", "record_id", "-id"], name="history_of_record"),
        ),
        migrations.AddIndex(
            model_name="outboxnote",
            index=models.Index(fields=["firm", "id"], name="outbox_by_firm"),
        ),
        migrations.AddConstraint(
            model_name="role",
            constraint=models.UniqueConstraint(
                models.F("firm"), django.db.models.functions.text.Lower("name"), name="role_name_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="role",
            constraint=models.UniqueConstraint(
                models.F("firm"),
                models.F("preset"),
                condition=models.Q(("preset", ""), _negated=True),
                name="role_preset_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="member",
            constraint=models.UniqueConstraint(fields=("firm", "user"), name="member_once"),
        ),
    ]
