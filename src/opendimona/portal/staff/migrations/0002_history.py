"""What the portal knew when: versions of appointments and periods, written by the database itself."""

import django.db.models.deletion
from django.db import migrations, models

WRITTEN = """
CREATE FUNCTION keep_appointment() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE moment timestamptz := clock_timestamp();
BEGIN
    IF TG_OP <> 'INSERT' THEN
        UPDATE staff_appointmentversion SET recorded_to = moment
         WHERE appointment = old.id AND recorded_to IS NULL;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO staff_appointmentversion (appointment, person_id, school_id, employer_id, category, start, "end",
                                              load, note, recorded_from)
        VALUES (new.id, new.person_id, new.school_id, new.employer_id, new.category, new.start, new."end", new.load,
                new.note, moment);
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION keep_period() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE moment timestamptz := clock_timestamp();
BEGIN
    IF TG_OP <> 'INSERT' THEN
        UPDATE staff_periodversion SET recorded_to = moment WHERE number = old.number AND recorded_to IS NULL;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO staff_periodversion (number, person_id, employer_id, worker_type, start, "end", hours, is_cancelled,
                                         recorded_from)
        VALUES (new.number, new.person_id, new.employer_id, new.worker_type, new.start, new."end", new.hours,
                new.is_cancelled, moment);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER appointment_is_kept AFTER INSERT OR DELETE ON staff_appointment
    FOR EACH ROW EXECUTE FUNCTION keep_appointment();
CREATE TRIGGER appointment_change_is_kept AFTER UPDATE ON staff_appointment
    FOR EACH ROW WHEN (old.* IS DISTINCT FROM new.*) EXECUTE FUNCTION keep_appointment();
CREATE TRIGGER period_is_kept AFTER INSERT OR DELETE ON staff_period
    FOR EACH ROW EXECUTE FUNCTION keep_period();
CREATE TRIGGER period_change_is_kept AFTER UPDATE ON staff_period
    FOR EACH ROW WHEN (old.* IS DISTINCT FROM new.*) EXECUTE FUNCTION keep_period();
INSERT INTO staff_appointmentversion (appointment, person_id, school_id, employer_id, category, start, "end", load,
                                      note, recorded_from)
SELECT id, person_id, school_id, employer_id, category, start, "end", load, note, '1900-01-01' FROM staff_appointment;
INSERT INTO staff_periodversion (number, person_id, employer_id, worker_type, start, "end", hours, is_cancelled,
                                 recorded_from)
SELECT number, person_id, employer_id, worker_type, start, "end", hours, is_cancelled, '1900-01-01' FROM staff_period;
"""


class Migration(migrations.Migration):
    """Tables, triggers, and what stands already."""

    dependencies = [("schools", "0001_initial"), ("staff", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="AppointmentVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("recorded_from", models.DateTimeField()),
                ("recorded_to", models.DateTimeField(null=True)),
                ("appointment", models.BigIntegerField()),
                ("category", models.CharField(choices=[
                    ("teacher", "enseignant"), ("assistant", "auxiliaire d'éducation"),
                    ("office", "personnel administratif"), ("support", "cuisine, entretien, surveillance"),
                    ("student", "étudiant jobiste")], max_length=12)),
                ("start", models.DateField()),
                ("end", models.DateField(null=True)),
                ("load", models.CharField(blank=True, max_length=12)),
                ("note", models.CharField(blank=True, max_length=160)),
                ("employer", models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to="schools.employer")),
                ("person", models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="+", to="staff.person")),
                ("school", models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="+", to="schools.school")),
            ],
            options={"abstract": False, "indexes": [
                models.Index(fields=["school", "start"], name="appointment_version_school"),
                models.Index(condition=models.Q(("recorded_to__isnull", True)), fields=["appointment"],
                             name="appointment_version_standing")]},
        ),
        migrations.CreateModel(
            name="PeriodVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("recorded_from", models.DateTimeField()),
                ("recorded_to", models.DateTimeField(null=True)),
                ("number", models.BigIntegerField()),
                ("worker_type", models.CharField(max_length=3)),
                ("start", models.DateField()),
                ("end", models.DateField(null=True)),
                ("hours", models.IntegerField(null=True)),
                ("is_cancelled", models.BooleanField()),
                ("employer", models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to="schools.employer")),
                ("person", models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="+", to="staff.person")),
            ],
            options={"abstract": False, "indexes": [
                models.Index(fields=["person", "start"], name="period_version_person"),
                models.Index(condition=models.Q(("recorded_to__isnull", True)), fields=["number"],
                             name="period_version_standing")]},
        ),
        migrations.RunSQL(WRITTEN, elidable=False),
    ]  # fmt: skip
