"""The history of a record only grows: the database itself refuses to change or remove an entry."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION practice_history_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The history of a record is append-only.';
END $$;
CREATE TRIGGER history_only_grows BEFORE UPDATE OR DELETE ON practice_changerecord
    FOR EACH ROW EXECUTE FUNCTION practice_history_only_grows();
"""
ALLOW = """
DROP TRIGGER history_only_grows ON practice_changerecord;
DROP FUNCTION practice_history_only_grows();
"""


class Migration(migrations.Migration):
    dependencies = [("practice", "0001_tables")]
    operations = [migrations.RunSQL(REFUSE, ALLOW)]
