"""Has everything planned once more that was listed as waiting before what it waits for was looked at: much of that needs a person."""

from __future__ import annotations

from django.db import migrations

PLAN_AGAIN = """
INSERT INTO sync_dirty (firm_id, connection_id, entity, side, record_id, marks, reason, noted_at, tries, must_read)
SELECT DISTINCT firm_id, connection_id, entity, side, record_id, 1, 'waited for another', now(), 0, false
FROM sync_issue WHERE closed_at IS NULL AND (cause = 'waits_for'
    OR cause = 'does_not_fit_here' AND entity = 'service_item' AND unit IN ('category', 'income_account'))
ON CONFLICT (connection_id, entity, side, record_id) DO UPDATE SET marks = sync_dirty.marks + 1, not_before = NULL
"""


class Migration(migrations.Migration):
    dependencies = [("sync", "0030_what_a_lost_one_may_be")]

    operations = [migrations.RunSQL(PLAN_AGAIN, migrations.RunSQL.noop)]
