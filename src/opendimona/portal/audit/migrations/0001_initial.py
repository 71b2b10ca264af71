"""The portal's tables: audit, the book, what writes it, and what keeps it as it was written."""

from django.db import migrations, models

BOOK = """
CREATE FUNCTION audit_digest(before bytea, e audit_entry) RETURNS bytea
LANGUAGE sql STABLE SET search_path = portal AS $$
    SELECT sha256(coalesce(before, ''::bytea) || convert_to(jsonb_build_array(
        e.id, extract(epoch FROM e.at), e.account, e.school, e.address, e.what, e."table", e.key, e.person, e.before,
        e.after)::text, 'UTF8'))
$$;
CREATE FUNCTION audit_link() RETURNS trigger LANGUAGE plpgsql SET search_path = portal AS $$
DECLARE last record;
BEGIN
    PERFORM pg_advisory_xact_lock({lock});
    SELECT id, chain INTO last FROM audit_entry ORDER BY id DESC LIMIT 1;
    new.id := coalesce(last.id, 0) + 1;
    new.at := clock_timestamp();
    new.chain := audit_digest(last.chain, new);
    RETURN new;
END $$;
CREATE TRIGGER audit_entry_is_linked BEFORE INSERT ON audit_entry FOR EACH ROW EXECUTE FUNCTION audit_link();
CREATE FUNCTION audit_stays() RETURNS trigger LANGUAGE plpgsql SET search_path = portal AS $$
BEGIN
    RAISE EXCEPTION 'the audit is only written on';
END $$;
CREATE TRIGGER audit_entry_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_stays();
CREATE FUNCTION audit_change() RETURNS trigger LANGUAGE plpgsql SET search_path = portal AS $$
DECLARE
    actor jsonb := nullif(current_setting('opendimona.actor', true), '')::jsonb;
    hidden text[] := '{{password,last_login,search_key,payload,values,touched_at,progress}}';
    old_row jsonb := CASE WHEN TG_OP = 'INSERT' THEN NULL ELSE to_jsonb(old) - hidden END;
    new_row jsonb := CASE WHEN TG_OP = 'DELETE' THEN NULL ELSE to_jsonb(new) - hidden END;
    said jsonb := coalesce(new_row, old_row);
BEGIN
    IF old_row IS DISTINCT FROM new_row THEN
        INSERT INTO audit_entry (account, school, address, what, "table", key, person, before, after)
        VALUES ((actor->>'account')::bigint, (actor->>'school')::bigint, coalesce(actor->>'address', ''), lower(TG_OP),
                TG_TABLE_NAME, said->>'id',
                CASE WHEN TG_TABLE_NAME = 'staff_person' THEN (said->>'id')::bigint
                     ELSE (said->>'person_id')::bigint END, old_row, new_row);
    END IF;
    RETURN NULL;
END $$;
"""
AUDITED = """
CREATE CONSTRAINT TRIGGER is_audited AFTER INSERT OR UPDATE OR DELETE ON {table}
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_change();
"""
TABLES = (
    "accounts_account", "accounts_membership", "schools_school", "schools_employer", "schools_organisingpower",
    "staff_person", "staff_appointment", "staff_endpolicy", "declare_filing", "declare_approval", "cell_case",
    "insurability_run",
)  # fmt: skip
LOCK = 0x0D1A0005
# Deferred: an entry is written when its transaction has all its rows, so that two never wait for each other.
WRITTEN = BOOK.format(lock=LOCK) + "".join(AUDITED.format(table=table) for table in TABLES)


class Migration(migrations.Migration):
    """As Django wrote it from the models."""

    initial = True

    dependencies = [
        ("accounts", "0002_scopes"), ("cell", "0001_initial"), ("declare", "0004_approvals"),
        ("insurability", "0001_initial"), ("schools", "0001_initial"), ("staff", "0005_listed"),
    ]  # fmt: skip

    operations = [
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("account", models.BigIntegerField(null=True)),
                ("school", models.BigIntegerField(null=True)),
                ("address", models.CharField(max_length=40)),
                ("what", models.CharField(max_length=8)),
                ("table", models.CharField(max_length=60)),
                ("key", models.CharField(max_length=60)),
                ("person", models.BigIntegerField(null=True)),
                ("before", models.JSONField(null=True)),
                ("after", models.JSONField(null=True)),
                ("chain", models.BinaryField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["at"], name="audit_entry_at"),
                    models.Index(fields=["person", "id"], name="audit_entry_person"),
                    models.Index(fields=["account", "id"], name="audit_entry_account"),
                ],
            },
        ),
        migrations.RunSQL(WRITTEN),
    ]
