"""The portal's tables: schools, 0001_initial."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """As Django wrote it from the models."""

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Employer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120)),
                ("nsso", models.BigIntegerField()),
                ("joint_committee", models.CharField(blank=True, max_length=12)),
                ("is_community", models.BooleanField(default=False)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("nsso",), name="employer_nsso_unique")],
            },
        ),
        migrations.CreateModel(
            name="OrganisingPower",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=160)),
                (
                    "network",
                    models.CharField(
                        choices=[
                            ("community", "organisé par la Communauté"),
                            ("official", "officiel subventionné"),
                            ("free", "libre subventionné"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "employer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="schools.employer"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="School",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("fase", models.IntegerField()),
                ("name", models.CharField(max_length=160)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("primary", "école fondamentale"),
                            ("secondary", "école secondaire"),
                            ("special", "enseignement spécialisé"),
                            ("college", "haute école"),
                            ("centre", "centre PMS"),
                            ("boarding", "internat"),
                        ],
                        max_length=12,
                    ),
                ),
                ("city", models.CharField(max_length=80)),
                ("phone", models.CharField(blank=True, max_length=40)),
                ("email", models.EmailField(blank=True, max_length=254)),
                (
                    "power",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="schools",
                        to="schools.organisingpower",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("fase",), name="school_fase_unique")],
            },
        ),
    ]
