"""The portal's tables: staff, the orders in which appointments are listed."""

import datetime as dt

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
    ]
