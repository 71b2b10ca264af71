"""The portal's tables: staff, 0001_initial."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """As Django wrote it from the models."""

    initial = True

    dependencies = [
        ("schools", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Person",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ssin", models.BigIntegerField(null=True)),
                ("family_name", models.CharField(max_length=48)),
                ("given_name", models.CharField(max_length=24)),
                ("birth_date", models.DateField(null=True)),
                ("search_key", models.CharField(max_length=80)),
                ("identity", models.JSONField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["search_key"], name="person_search_key")],
                "constraints": [models.UniqueConstraint(fields=("ssin",), name="person_ssin_unique")],
            },
        ),
        migrations.CreateModel(
            name="Period",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("worker_type", models.CharField(max_length=3)),
                ("start", models.DateField()),
                ("end", models.DateField(null=True)),
                ("hours", models.IntegerField(null=True)),
                ("is_late", models.BooleanField(default=False)),
                ("is_cancelled", models.BooleanField(default=False)),
                (
                    "employer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="schools.employer"
                    ),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="schools.school"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="periods", to="staff.person"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["person", "start"], name="period_person_start")],
            },
        ),
        migrations.CreateModel(
            name="Appointment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "category",
                    models.CharField(
                        choices=[
                            ("teacher", "enseignant"),
                            ("assistant", "auxiliaire d'éducation"),
                            ("office", "personnel administratif"),
                            ("support", "cuisine, entretien, surveillance"),
                            ("student", "étudiant jobiste"),
                        ],
                        max_length=12,
                    ),
                ),
                ("start", models.DateField()),
                ("end", models.DateField(null=True)),
                ("load", models.CharField(blank=True, max_length=12)),
                ("note", models.CharField(blank=True, max_length=160)),
                (
                    "employer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="schools.employer"
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="appointments", to="schools.school"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="appointments", to="staff.person"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["school", "start"], name="appointment_school_start")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("end__isnull", True), ("end__gte", models.F("start")), _connector="OR"),
                        name="appointment_in_order",
                    )
                ],
            },
        ),
    ]
