"""The portal's tables: staff, the orders in which appointments are listed, and what counting reads."""

import datetime as dt

import django.db.models.deletion
import django.db.models.functions.comparison
from django.db import migrations, models


class Migration(migrations.Migration):
    """As Django wrote it from the models."""

    dependencies = [
        ("schools", "0001_initial"),
        ("staff", "0004_end_policies"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="appointment",
            name="appointment_school_start",
        ),
        migrations.RemoveIndex(
            model_name="period",
            name="period_person_start",
        ),
        migrations.AlterField(
            model_name="appointment",
            name="school",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="appointments",
                to="schools.school",
            ),
        ),
        migrations.AlterField(
            model_name="period",
            name="person",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="periods", to="staff.person"
            ),
        ),
        migrations.AddIndex(
            model_name="appointment",
            index=models.Index(
                fields=["school", "person"], include=("start", "end", "category"), name="appointment_by_person"
            ),
        ),
        migrations.AddIndex(
            model_name="appointment",
            index=models.Index(fields=["school", "start", "person"], name="appointment_by_start"),
        ),
        migrations.AddIndex(
            model_name="appointment",
            index=models.Index(
                models.F("school"),
                django.db.models.functions.comparison.Coalesce("end", models.Value(dt.date(9999, 12, 31))),
                models.F("person"),
                name="appointment_by_end",
            ),
        ),
        migrations.AddIndex(
            model_name="period",
            index=models.Index(fields=["person", "start"], include=("end", "is_cancelled"), name="period_by_person"),
        ),
    ]
