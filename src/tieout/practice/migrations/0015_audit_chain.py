"""Entries of the history are chained by hashes: three columns that may be filled once, and nothing else changed ever."""

from django.db import migrations, models

CHAINED_ONCE = """
CREATE OR REPLACE FUNCTION practice_history_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.number IS NULL AND NEW.number IS NOT NULL
        AND to_jsonb(OLD) - '{number,previous_hash,hash}'::text[] = to_jsonb(NEW) - '{number,previous_hash,hash}'::text[]
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'The history of a record is append-only.';
END $$;
"""
AS_BEFORE = """
CREATE OR REPLACE FUNCTION practice_history_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The history of a record is append-only.';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("practice", "0014_search_speed")]
    operations = [
        migrations.AddField("changerecord", "number", models.PositiveBigIntegerField(null=True)),
        migrations.AddField(
            "changerecord", "previous_hash", models.CharField(blank=True, default="", max_length=64)
        ),
        migrations.AddField("changerecord", "hash", models.CharField(blank=True, default="", max_length=64)),
        migrations.AddConstraint(
            "changerecord",
            models.UniqueConstraint(fields=["firm", "number"], name="history_in_sequence"),
        ),
        migrations.AddIndex(
            "changerecord",
            models.Index(fields=["firm", "id"], condition=models.Q(number=None), name="history_to_chain"),
        ),
        migrations.RunSQL(CHAINED_ONCE, AS_BEFORE),
    ]
