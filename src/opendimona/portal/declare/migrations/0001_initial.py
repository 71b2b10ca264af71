"""The portal's tables: declare, 0001_initial."""

import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """As Django wrote it from the models."""

    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("schools", "0001_initial"),
        ("staff", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Filing",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                (
                    "act",
                    models.CharField(
                        choices=[
                            ("entry", "Entrée"),
                            ("exit", "Sortie"),
                            ("extend", "Prolongation"),
                            ("correct", "Correction des dates"),
                            ("cancel", "Annulation"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "category",
                    models.CharField(
                        blank=True,
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
                ("start", models.DateField(null=True)),
                ("end", models.DateField(null=True)),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("payload", models.TextField()),
                ("values", models.JSONField(default=dict)),
                ("declared_at", models.DateTimeField()),
                ("filed_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "En file d'attente"),
                            ("accepted", "Acceptée"),
                            ("refused", "Refusée"),
                            ("pending", "En attente à l'ONSS"),
                        ],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("number", models.BigIntegerField(null=True)),
                ("anomalies", models.JSONField(default=list)),
                ("is_late", models.BooleanField(default=False)),
                ("is_settled", models.BooleanField(default=False)),
                (
                    "account",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.account"
                    ),
                ),
                (
                    "employer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="schools.employer"
                    ),
                ),
                (
                    "period",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="filings",
                        to="staff.period",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="filings", to="staff.person"
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="filings", to="schools.school"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Draft",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                (
                    "act",
                    models.CharField(
                        choices=[
                            ("entry", "Entrée"),
                            ("exit", "Sortie"),
                            ("extend", "Prolongation"),
                            ("correct", "Correction des dates"),
                            ("cancel", "Annulation"),
                        ],
                        max_length=8,
                    ),
                ),
                ("values", models.JSONField(default=dict)),
                ("saved_at", models.DateTimeField(auto_now=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="drafts", to="accounts.account"
                    ),
                ),
                (
                    "period",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="staff.period"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="staff.person"),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="drafts", to="schools.school"
                    ),
                ),
                (
                    "corrects",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="declare.filing"
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="filing",
            index=models.Index(fields=["school", "state", "declared_at"], name="filing_school_state"),
        ),
        migrations.AddIndex(
            model_name="filing",
            index=models.Index(fields=["person", "declared_at"], name="filing_person"),
        ),
    ]
