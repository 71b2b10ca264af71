"""The portal's tables: audit, of the cell's work, of texts and of own files."""

from django.db import migrations

AUDITED = """
CREATE CONSTRAINT TRIGGER is_audited AFTER INSERT OR UPDATE OR DELETE ON {table}
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_change();
"""
TABLES = ("cell_note", "cell_reply", "cell_orphan", "cell_job", "texts_textversion", "mine_ownfile")


class Migration(migrations.Migration):
    """Triggers alone."""

    dependencies = [
        ("audit", "0002_more"), ("cell", "0002_letters_and_jobs"), ("mine", "0001_initial"), ("texts", "0001_initial"),
    ]  # fmt: skip

    operations = [migrations.RunSQL("".join(AUDITED.format(table=table) for table in TABLES))]
