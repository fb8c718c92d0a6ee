"""Searches by an index, narrow indexes for counts and sums, and one for where a service item is used.

A row policy keeps the database from using an index for "contains": the comparison might leak what it looks at. So the
search is a function of the tables' owner, whom no policy binds; it names the firm in scope itself, and answers ids only.
The index holds every one, two and three neighboring characters of what is searched. (PostgreSQL's own extension for that,
pg_trgm, is not in the embedded server.)
"""

import django.db.models.deletion
from django.db import migrations, models

FUNCTIONS = """
CREATE FUNCTION practice_grams(words text, shortest integer) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(DISTINCT substr(words, place, size)), '{}')
    FROM generate_series(shortest, 3) size, generate_series(1, length(words) - size + 1) place
$$;
CREATE INDEX client_by_gram ON practice_client USING gin (practice_grams(searched, 1));

CREATE FUNCTION practice_clients_found(words text, most integer) RETURNS SETOF bigint
LANGUAGE plpgsql STABLE STRICT SECURITY DEFINER SET search_path = public, pg_temp ROWS 300 AS $$
BEGIN
    RETURN QUERY EXECUTE
        'SELECT id FROM practice_client WHERE firm_id = $1 AND position($2 in searched) > 0'
        ' AND practice_grams(searched, 1) @> practice_grams($2, least(3, length($2))) LIMIT $3'
    USING NULLIF(NULLIF(current_setting('tieout.firm', true), '*'), '')::bigint, words, most;
END $$;
REVOKE ALL ON FUNCTION practice_clients_found(text, integer) FROM PUBLIC;
"""
NO_FUNCTIONS = """
DROP FUNCTION practice_clients_found(text, integer);
DROP INDEX client_by_gram;
DROP FUNCTION practice_grams(text, integer);
"""


class Migration(migrations.Migration):
    dependencies = [("practice", "0013_import_kinds")]

    operations = [
        migrations.RunSQL(FUNCTIONS, NO_FUNCTIONS),
        migrations.AddIndex(
            model_name="client",
            index=models.Index(fields=["firm", "is_active"], name="client_by_state"),
        ),
        migrations.AlterField(
            model_name="invoiceline",
            name="item",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="invoice_lines",
                to="practice.serviceitem",
            ),
        ),
        migrations.AddIndex(
            model_name="invoiceline",
            index=models.Index(fields=["item", "invoice"], include=["firm"], name="invoice_line_of_item"),
        ),
        migrations.RemoveIndex(model_name="payment", name="payment_unapplied"),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(
                fields=["firm", "-date", "-id"],
                include=["unapplied"],
                condition=models.Q(unapplied__gt=0),
                name="payment_unapplied",
            ),
        ),
    ]
