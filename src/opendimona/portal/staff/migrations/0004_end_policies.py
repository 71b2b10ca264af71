"""The portal's tables: staff, end policies."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """As Django wrote it from the models."""

    dependencies = [
        ("schools", "0001_initial"),
        ("staff", "0003_trainees"),
    ]

    operations = [
        migrations.CreateModel(
            name="EndPolicy",
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
                            ("trainee-f1", "stagiaire, statut F1"),
                            ("trainee-f2", "stagiaire, statut F2"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "ends",
                    models.CharField(
                        choices=[("appointment", "le dernier jour de l'engagement"), ("year", "le 31 août qui suit")],
                        max_length=12,
                    ),
                ),
                (
                    "employer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="schools.employer"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("employer", "category"), name="end_policy_once")],
            },
        ),
    ]
