"""The tables of everything a firm bills with."""

from decimal import Decimal

import django.core.serializers.json
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.text
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("practice", "0002_append_only_history"),
    ]

    operations = [
        migrations.CreateModel(
            name="ClientGroup",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("updated_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("name", models.CharField(max_length=200)),
                (
                    "billed_client",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="billed_for_groups",
                        to="practice.client",
                    ),
                ),
                (
                    "firm",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="practice.firm"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Credit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("updated_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("number", models.CharField(max_length=21)),
                ("date", models.DateField()),
                ("description", models.TextField(blank=True, default="")),
                ("quantity", models.DecimalField(decimal_places=4, default=1, max_digits=11)),
                ("rate", models.DecimalField(decimal_places=5, default=Decimal("0.00"), max_digits=15)),
                ("amount", models.DecimalField(decimal_places=2, default=Decimal("0.00"), max_digits=16)),
                ("currency", models.CharField(default="USD", max_length=3)),
                ("memo", models.TextField(blank=True, default="")),
                ("applied", models.DecimalField(decimal_places=2, default=Decimal("0.00"), max_digits=16)),
                ("left", models.DecimalField(decimal_places=2, default=Decimal("0.00"), max_digits=16)),
                ("is_void", models.BooleanField(default=False)),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="credits",
                        to="practice.client",
                    ),
                ),
                (
                    "firm",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="practice.firm"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="GroupMember",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "client",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="group_membership",
                        to="practice.client",
                    ),
                ),
                (
                    "firm",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="practice.firm"
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="members",
                        to="practice.clientgroup",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Invoice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("updated_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("number", models.CharField(blank=True, default="", max_length=21)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("finalised", "Finalized"),
                            ("sent", "Sent"),
                            ("part_paid", "Partly paid"),
                            ("paid", "Paid"),
                            ("written_off", "Written off"),
                            ("void", "Void"),
                        ],
                        default="draft",
                        max_length=20,
                    ),
                ),
                ("date", models.DateField()),
                (
                    "terms",
                    models.CharField(
                        choices=[
                            ("receipt", "Due on receipt"),
                            ("net10", "Net 10"),
                            ("net15", "Net 15"),
                            ("net30", "Net 30"),
                            ("net45", "Net 45"),
                            ("net60", "Net 60"),
                            ("custom", "Custom"),
                        ],
                        default="net30",
                        max_length=20,
                    ),
                ),
                ("due_date", models.DateField()),
                ("currency", models.CharField(default="USD", max_length=3)),
                (
                    "discount_kind",
                    models.CharField(
                        blank=True,
                        choices=[("", "None"), ("percent", "Percent"), ("amount", "Amount")],
                        default="",
                        max_length=10,
                    ),
                ),
                ("discount_value", models.DecimalField(decimal_places=4, default=0, max_digits=16)),
                ("memo", models.TextField(blank=True, default="")),
                ("subtotal", models.DecimalField(decimal_places=2, default=Decimal("0.00"), max_digits=16)),
                (
                    "discount_total",
                    models.DecimalField(decimal_places=2, default=Decimal("0.00"), max_digits=16),
                ),
                ("tax_total", models.DecimalField(decimal_places=2, default=Decimal("0.00"), max_digits=16)),
                (
                    "written_off",
                    models.DecimalField(decimal_places=2, default=Decimal("0.00"), max_digits=16),
                ),
                ("total", models.DecimalField(decimal_places=2, default=Decimal("0.00"), max_digits=16)),
                ("paid", models.DecimalField(decimal_places=2, default=Decimal("0.00"), max_digits=16)),
                ("credited", models.DecimalField(decimal_places=2, default=Decimal("0.00"), max_digits=16)),
                ("balance", models.DecimalField(decimal_places=2, default=Decimal("0.00"), max_digits=16)),
                ("late_fee_on", models.DateField(blank=True, null=True)),
                ("finalised_at", models.DateTimeField(blank=True, null=True)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("sent_to", models.CharField(blank=True, default="", max_length=254)),
                ("voided_at", models.DateTimeField(blank=True, null=True)),
                ("occurrence", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invoices",
                        to="practice.client",
                    ),
                ),
                (
                    "firm",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="practice.firm"
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invoices",
                        to="practice.clientgroup",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CreditApplication",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("updated_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("amount", models.DecimalField(decimal_places=2, default=Decimal("0.00"), max_digits=16)),
                ("date", models.DateField()),
                ("is_void", models.BooleanField(default=False)),
                (
                    "credit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="applications",
                        to="practice.credit",
                    ),
                ),
                (
                    "firm",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="practice.firm"
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="credit_applications",
                        to="practice.invoice",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="InvoiceRevision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("said", models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder)),
                ("reason", models.CharField(blank=True, default="", max_length=500)),
                ("actor_label", models.CharField(max_length=200)),
                ("at", models.DateTimeField()),
                (
                    "firm",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="practice.firm"
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="revisions",
                        to="practice.invoice",
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
                "ordering": ["number"],
            },
        ),
        migrations.CreateModel(
            name="ListEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("updated_at", models.DateTimeField(default=django.utils.timezone.now)),
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
                ("ledger_id", models.CharField(max_length=50)),
                ("name", models.CharField(max_length=500)),
                ("full_name", models.CharField(max_length=2000)),
                ("parent", models.CharField(blank=True, default="", max_length=50)),
                ("is_active", models.BooleanField(default=True)),
                ("account_type", models.CharField(blank=True, default="", max_length=60)),
                (
                    "firm",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="practice.firm"
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="invoice",
            name="category",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="practice.listentry",
            ),
        ),
        migrations.AddField(
            model_name="invoice",
            name="location",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="practice.listentry",
            ),
        ),
        migrations.CreateModel(
            name="NumberSequence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=20)),
                ("next", models.CharField(max_length=21)),
                (
                    "firm",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="practice.firm"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Payment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("updated_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("date", models.DateField()),
                ("amount", models.DecimalField(decimal_places=2, default=Decimal("0.00"), max_digits=16)),
                ("currency", models.CharField(default="USD", max_length=3)),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("card", "Credit card"),
                            ("debit", "Debit card"),
                            ("ach", "Bank transfer (ACH)"),
                            ("cash", "Cash"),
                            ("check", "Check"),
                            ("other", "Other"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("received", "Received"),
                            ("declined", "Declined"),
                            ("bounced", "Bounced"),
                            ("void", "Void"),
                        ],
                        default="received",
                        max_length=10,
                    ),
                ),
                ("reference", models.CharField(blank=True, default="", max_length=21)),
                ("memo", models.TextField(blank=True, default="")),
                ("is_additional", models.BooleanField(default=False)),
                ("allocated", models.DecimalField(decimal_places=2, default=Decimal("0.00"), max_digits=16)),
                ("unapplied", models.DecimalField(decimal_places=2, default=Decimal("0.00"), max_digits=16)),
                ("refunded", models.DecimalField(decimal_places=2, default=Decimal("0.00"), max_digits=16)),
                ("processor", models.CharField(blank=True, default="", max_length=40)),
                ("processor_reference", models.CharField(blank=True, default="", max_length=100)),
                ("idempotency_key", models.CharField(blank=True, default="", max_length=80)),
                ("planned", models.JSONField(blank=True, default=list)),
                ("decline_reason", models.CharField(blank=True, default="", max_length=500)),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payments",
                        to="practice.client",
                    ),
                ),
                (
                    "deposit_to",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="practice.listentry",
                    ),
                ),
                (
                    "firm",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="practice.firm"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Allocation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=2, default=Decimal("0.00"), max_digits=16)),
                ("date", models.DateField()),
                (
                    "firm",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="practice.firm"
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="allocations",
                        to="practice.invoice",
                    ),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="allocations",
                        to="practice.payment",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="RecurringInvoice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("updated_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("name", models.CharField(blank=True, default="", max_length=200)),
                (
                    "frequency",
                    models.CharField(
                        choices=[
                            ("daily", "daily"),
                            ("weekly", "weekly"),
                            ("monthly", "monthly"),
                            ("yearly", "yearly"),
                        ],
                        max_length=10,
                    ),
                ),
                ("every", models.PositiveSmallIntegerField(default=1)),
                ("first_date", models.DateField()),
                ("last_count", models.PositiveIntegerField(blank=True, null=True)),
                ("last_date", models.DateField(blank=True, null=True)),
                (
                    "terms",
                    models.CharField(
                        choices=[
                            ("receipt", "Due on receipt"),
                            ("net10", "Net 10"),
                            ("net15", "Net 15"),
                            ("net30", "Net 30"),
                            ("net45", "Net 45"),
                            ("net60", "Net 60"),
                            ("custom", "Custom"),
                        ],
                        max_length=20,
                    ),
                ),
                ("content", models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder)),
                ("finalise", models.BooleanField(default=False)),
                ("is_active", models.BooleanField(default=True)),
                ("done", models.PositiveIntegerField(default=0)),
                ("next_date", models.DateField(blank=True, null=True)),
                ("problem", models.TextField(blank=True, default="")),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recurring_invoices",
                        to="practice.client",
                    ),
                ),
                (
                    "firm",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="practice.firm"
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="invoice",
            name="recurring",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="invoices",
                to="practice.recurringinvoice",
            ),
        ),
        migrations.CreateModel(
            name="Refund",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("updated_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("date", models.DateField()),
                ("amount", models.DecimalField(decimal_places=2, default=Decimal("0.00"), max_digits=16)),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("card", "Credit card"),
                            ("debit", "Debit card"),
                            ("ach", "Bank transfer (ACH)"),
                            ("cash", "Cash"),
                            ("check", "Check"),
                            ("other", "Other"),
                        ],
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(blank=True, default="", max_length=500)),
                ("processor_reference", models.CharField(blank=True, default="", max_length=100)),
                ("idempotency_key", models.CharField(blank=True, default="", max_length=80)),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refunds",
                        to="practice.client",
                    ),
                ),
                (
                    "firm",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="practice.firm"
                    ),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refunds",
                        to="practice.payment",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ServiceItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("updated_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("name", models.CharField(max_length=100)),
                ("description", models.TextField(blank=True, default="")),
                (
                    "charge",
                    models.CharField(
                        choices=[("service", "Per service"), ("hour", "Per hour")],
                        default="service",
                        max_length=20,
                    ),
                ),
                ("rate", models.DecimalField(blank=True, decimal_places=5, max_digits=15, null=True)),
                ("sku", models.CharField(blank=True, default="", max_length=100)),
                ("taxable", models.BooleanField(default=False)),
                ("is_active", models.BooleanField(default=True)),
                (
                    "category",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="items_in",
                        to="practice.listentry",
                    ),
                ),
                (
                    "firm",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="practice.firm"
                    ),
                ),
                (
                    "income_account",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="items_earning",
                        to="practice.listentry",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="credit",
            name="item",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="credits",
                to="practice.serviceitem",
            ),
        ),
        migrations.CreateModel(
            name="BillingSettings",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("updated_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("currency", models.CharField(default="USD", max_length=3)),
                (
                    "terms",
                    models.CharField(
                        choices=[
                            ("receipt", "Due on receipt"),
                            ("net10", "Net 10"),
                            ("net15", "Net 15"),
                            ("net30", "Net 30"),
                            ("net45", "Net 45"),
                            ("net60", "Net 60"),
                            ("custom", "Custom"),
                        ],
                        default="net30",
                        max_length=20,
                    ),
                ),
                ("memo", models.TextField(blank=True, default="")),
                (
                    "late_fee_kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "No late fee"),
                            ("percent", "Percent of what is owed"),
                            ("amount", "Fixed amount"),
                        ],
                        default="",
                        max_length=10,
                    ),
                ),
                (
                    "late_fee_percent",
                    models.DecimalField(decimal_places=4, default=Decimal("0.00"), max_digits=7),
                ),
                (
                    "late_fee_amount",
                    models.DecimalField(decimal_places=2, default=Decimal("0.00"), max_digits=16),
                ),
                ("late_fee_grace_days", models.PositiveSmallIntegerField(default=0)),
                ("late_fee_every_days", models.PositiveSmallIntegerField(default=0)),
                (
                    "firm",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="practice.firm"
                    ),
                ),
                (
                    "late_fee_item",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="practice.serviceitem",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="TaxRate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("updated_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("name", models.CharField(max_length=100)),
                ("percent", models.DecimalField(decimal_places=4, default=Decimal("0.00"), max_digits=7)),
                ("is_active", models.BooleanField(default=True)),
                (
                    "firm",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="practice.firm"
                    ),
                ),
                (
                    "tax_code",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tax_rates",
                        to="practice.listentry",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="serviceitem",
            name="tax_rate",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="service_items",
                to="practice.taxrate",
            ),
        ),
        migrations.CreateModel(
            name="InvoiceLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[("item", "Item"), ("late_fee", "Late fee")], default="item", max_length=10
                    ),
                ),
                ("description", models.TextField(blank=True, default="")),
                ("quantity", models.DecimalField(decimal_places=4, default=1, max_digits=11)),
                ("rate", models.DecimalField(decimal_places=5, default=Decimal("0.00"), max_digits=15)),
                ("date", models.DateField(blank=True, null=True)),
                (
                    "discount_kind",
                    models.CharField(
                        blank=True,
                        choices=[("", "None"), ("percent", "Percent"), ("amount", "Amount")],
                        default="",
                        max_length=10,
                    ),
                ),
                ("discount_value", models.DecimalField(decimal_places=4, default=0, max_digits=16)),
                ("tax_percent", models.DecimalField(decimal_places=4, default=Decimal("0.00"), max_digits=7)),
                ("gross", models.DecimalField(decimal_places=2, default=Decimal("0.00"), max_digits=16)),
                ("discount", models.DecimalField(decimal_places=2, default=Decimal("0.00"), max_digits=16)),
                (
                    "client",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="practice.client",
                    ),
                ),
                (
                    "firm",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="practice.firm"
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="practice.invoice",
                    ),
                ),
                (
                    "tracking_class",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="practice.listentry",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invoice_lines",
                        to="practice.serviceitem",
                    ),
                ),
                (
                    "tax_rate",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="practice.taxrate",
                    ),
                ),
            ],
            options={
                "ordering": ["position"],
            },
        ),
        migrations.CreateModel(
            name="ClientBalance",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("owed", models.DecimalField(decimal_places=2, default=Decimal("0.00"), max_digits=16)),
                ("on_account", models.DecimalField(decimal_places=2, default=Decimal("0.00"), max_digits=16)),
                (
                    "credit_left",
                    models.DecimalField(decimal_places=2, default=Decimal("0.00"), max_digits=16),
                ),
                (
                    "net",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                models.F("owed"), "-", models.F("on_account")
                            ),
                            "-",
                            models.F("credit_left"),
                        ),
                        output_field=models.DecimalField(decimal_places=2, max_digits=16),
                    ),
                ),
                (
                    "client",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="balance",
                        to="practice.client",
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
                "indexes": [
                    models.Index(fields=["firm", "-net", "client"], name="client_balance_by_net"),
                    models.Index(
                        condition=models.Q(("owed__gt", 0)),
                        fields=["firm", "-owed"],
                        name="client_balance_owing",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("credit_left__gte", 0), ("on_account__gte", 0), ("owed__gte", 0)),
                        name="client_balance_parts_positive",
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="clientgroup",
            constraint=models.UniqueConstraint(
                models.F("firm"), django.db.models.functions.text.Lower("name"), name="client_group_name_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="creditapplication",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", 0)), name="credit_application_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="invoicerevision",
            constraint=models.UniqueConstraint(fields=("invoice", "number"), name="invoice_revision_once"),
        ),
        migrations.AddIndex(
            model_name="listentry",
            index=models.Index(
                models.F("firm"),
                models.F("list"),
                django.db.models.functions.text.Lower("full_name"),
                models.F("id"),
                name="list_entry_by_name",
            ),
        ),
        migrations.AddConstraint(
            model_name="listentry",
            constraint=models.UniqueConstraint(fields=("firm", "list", "ledger_id"), name="list_entry_once"),
        ),
        migrations.AddConstraint(
            model_name="listentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("ledger_id", ""), _negated=True), name="list_entry_has_ledger_id"
            ),
        ),
        migrations.AddConstraint(
            model_name="listentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "list__in",
                        [
                            "category",
                            "tracking_class",
                            "location",
                            "account",
                            "term",
                            "tax_code",
                            "payment_method",
                        ],
                    )
                ),
                name="list_entry_list_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="numbersequence",
            constraint=models.UniqueConstraint(fields=("firm", "kind"), name="number_sequence_once"),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(fields=["firm", "-date", "-id"], name="payment_by_date"),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(fields=["firm", "status", "-date", "-id"], name="payment_by_status"),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(fields=["client", "-date", "-id"], name="payment_of_client"),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(
                condition=models.Q(("unapplied__gt", 0)),
                fields=["firm", "-date", "-id"],
                name="payment_unapplied",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("allocated__gte", 0), ("amount__gt", 0), ("refunded__gte", 0), ("unapplied__gte", 0)
                ),
                name="payment_amounts_positive",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        (
                            "amount",
                            django.db.models.expressions.CombinedExpression(
                                django.db.models.expressions.CombinedExpression(
                                    models.F("allocated"), "+", models.F("unapplied")
                                ),
                                "+",
                                models.F("refunded"),
                            ),
                        ),
                        ("status", "received"),
                    ),
                    models.Q(
                        models.Q(("status", "received"), _negated=True), ("allocated", 0), ("unapplied", 0)
                    ),
                    _connector="OR",
                ),
                name="payment_adds_up",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("idempotency_key", ""), _negated=True),
                fields=("firm", "idempotency_key"),
                name="payment_asked_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="allocation",
            constraint=models.UniqueConstraint(fields=("payment", "invoice"), name="allocation_once"),
        ),
        migrations.AddConstraint(
            model_name="allocation",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", 0)), name="allocation_positive"
            ),
        ),
        migrations.AddIndex(
            model_name="recurringinvoice",
            index=models.Index(
                condition=models.Q(("is_active", True)), fields=["firm", "next_date"], name="recurring_due"
            ),
        ),
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(fields=["firm", "-date", "-id"], name="invoice_by_date"),
        ),
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(fields=["firm", "status", "-date", "-id"], name="invoice_by_status"),
        ),
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(fields=["client", "-date", "-id"], name="invoice_of_client"),
        ),
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(
                condition=models.Q(("balance__gt", 0)),
                fields=["firm", "due_date", "id"],
                name="invoice_open_by_due",
            ),
        ),
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(fields=["firm", "-balance", "-id"], name="invoice_by_balance"),
        ),
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(fields=["firm", "-total", "-id"], name="invoice_by_total"),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.UniqueConstraint(
                condition=models.Q(("number", ""), _negated=True),
                fields=("firm", "number"),
                name="invoice_number_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.UniqueConstraint(
                fields=("recurring", "occurrence"), name="invoice_occurrence_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status", "draft"), models.Q(("number", ""), _negated=True), _connector="OR"
                ),
                name="invoice_has_number",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("balance__gte", 0),
                    ("credited__gte", 0),
                    ("paid__gte", 0),
                    ("total__gte", 0),
                    ("written_off__gte", 0),
                ),
                name="invoice_amounts_positive",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "total",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                django.db.models.expressions.CombinedExpression(
                                    models.F("subtotal"), "-", models.F("discount_total")
                                ),
                                "+",
                                models.F("tax_total"),
                            ),
                            "-",
                            models.F("written_off"),
                        ),
                    )
                ),
                name="invoice_total_adds_up",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("balance", 0), ("credited", 0), ("paid", 0), ("status__in", ("draft", "void"))),
                    models.Q(
                        models.Q(("status__in", ("draft", "void")), _negated=True),
                        (
                            "balance",
                            django.db.models.expressions.CombinedExpression(
                                django.db.models.expressions.CombinedExpression(
                                    models.F("total"), "-", models.F("paid")
                                ),
                                "-",
                                models.F("credited"),
                            ),
                        ),
                    ),
                    _connector="OR",
                ),
                name="invoice_balance_adds_up",
            ),
        ),
        migrations.AddIndex(
            model_name="refund",
            index=models.Index(fields=["firm", "-date", "-id"], name="refund_by_date"),
        ),
        migrations.AddIndex(
            model_name="refund",
            index=models.Index(fields=["client", "-date", "-id"], name="refund_of_client"),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="refund_positive"),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.UniqueConstraint(
                condition=models.Q(("idempotency_key", ""), _negated=True),
                fields=("firm", "idempotency_key"),
                name="refund_asked_once",
            ),
        ),
        migrations.AddIndex(
            model_name="credit",
            index=models.Index(fields=["firm", "-date", "-id"], name="credit_by_date"),
        ),
        migrations.AddIndex(
            model_name="credit",
            index=models.Index(fields=["client", "-date", "-id"], name="credit_of_client"),
        ),
        migrations.AddIndex(
            model_name="credit",
            index=models.Index(
                condition=models.Q(("left__gt", 0)), fields=["firm", "-date", "-id"], name="credit_with_rest"
            ),
        ),
        migrations.AddConstraint(
            model_name="credit",
            constraint=models.UniqueConstraint(fields=("firm", "number"), name="credit_number_once"),
        ),
        migrations.AddConstraint(
            model_name="credit",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", 0), ("applied__gte", 0), ("left__gte", 0)),
                name="credit_amounts_positive",
            ),
        ),
        migrations.AddConstraint(
            model_name="credit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        (
                            "amount",
                            django.db.models.expressions.CombinedExpression(
                                models.F("applied"), "+", models.F("left")
                            ),
                        ),
                        ("is_void", False),
                    ),
                    models.Q(("applied", 0), ("is_void", True), ("left", 0)),
                    _connector="OR",
                ),
                name="credit_adds_up",
            ),
        ),
        migrations.AddConstraint(
            model_name="billingsettings",
            constraint=models.UniqueConstraint(fields=("firm",), name="billing_settings_once"),
        ),
        migrations.AddConstraint(
            model_name="taxrate",
            constraint=models.UniqueConstraint(
                models.F("firm"), django.db.models.functions.text.Lower("name"), name="tax_rate_name_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="taxrate",
            constraint=models.CheckConstraint(
                condition=models.Q(("percent__gte", 0), ("percent__lte", 100)),
                name="tax_rate_is_a_percentage",
            ),
        ),
        migrations.AddIndex(
            model_name="serviceitem",
            index=models.Index(
                models.F("firm"),
                models.F("is_active"),
                django.db.models.functions.text.Lower("name"),
                models.F("id"),
                name="service_item_by_name",
            ),
        ),
        migrations.AddConstraint(
            model_name="serviceitem",
            constraint=models.UniqueConstraint(
                models.F("firm"),
                django.db.models.functions.text.Lower("name"),
                models.F("category"),
                condition=models.Q(("is_active", True)),
                name="service_item_name_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="serviceitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="service_item_has_name"
            ),
        ),
        migrations.AddConstraint(
            model_name="serviceitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("charge__in", ["service", "hour"])), name="service_item_charge_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="serviceitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("rate__isnull", True), ("rate__gte", 0), _connector="OR"),
                name="service_item_rate_positive",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoiceline",
            constraint=models.UniqueConstraint(
                fields=("invoice", "position"), name="invoice_line_position_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="invoiceline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("discount__gte", 0),
                    ("discount__lte", models.F("gross")),
                    ("quantity__gte", 0),
                    ("rate__gte", 0),
                ),
                name="invoice_line_amounts_fit",
            ),
        ),
    ]
