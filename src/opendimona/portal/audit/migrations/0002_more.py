"""The portal's tables: audit, of what came later; secrets of a second factor stay out of it."""

from django.db import migrations

HIDDEN = """
DO $do$
DECLARE body text := pg_get_functiondef('portal.audit_change'::regproc);
BEGIN
    EXECUTE replace(body, '{password,', '{second_secret,second_used,password,');
END $do$;
"""
AUDITED = """
CREATE CONSTRAINT TRIGGER is_audited AFTER INSERT OR UPDATE OR DELETE ON {table}
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_change();
"""
TABLES = ("accounts_identity", "announcements_announcement", "announcements_reading")


class Migration(migrations.Migration):
    """Triggers alone."""

    dependencies = [("accounts", "0004_forgotten"), ("announcements", "0001_initial"), ("audit", "0001_initial")]

    operations = [migrations.RunSQL(HIDDEN + "".join(AUDITED.format(table=table) for table in TABLES))]
