"""The portal's tables: announcements."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """As Django wrote it from the models."""

    initial = True

    dependencies = [
        ("accounts", "0003_roles"),
        ("schools", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Announcement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("circular", "circulaire"),
                            ("news", "information"),
                            ("upkeep", "entretien annoncé"),
                            ("outage", "panne en cours"),
                        ],
                        max_length=8,
                    ),
                ),
                ("title", models.CharField(max_length=120)),
                ("text", models.TextField(blank=True, max_length=8000)),
                ("language", models.CharField(default="fr", max_length=2)),
                ("networks", models.JSONField(default=list)),
                ("levels", models.JSONField(default=list)),
                ("is_listed", models.BooleanField(default=False)),
                ("published_at", models.DateTimeField()),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="accounts.account"
                    ),
                ),
                ("schools", models.ManyToManyField(related_name="+", to="schools.school")),
            ],
        ),
        migrations.CreateModel(
            name="Letter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.account"
                    ),
                ),
                (
                    "announcement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="letters",
                        to="announcements.announcement",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Reading",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("read_at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.account"
                    ),
                ),
                (
                    "announcement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="readings",
                        to="announcements.announcement",
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="schools.school"
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="announcement",
            index=models.Index(fields=["ends_at", "starts_at"], name="announcement_on"),
        ),
        migrations.AddConstraint(
            model_name="letter",
            constraint=models.UniqueConstraint(fields=("announcement", "account"), name="letter_once"),
        ),
        migrations.AddConstraint(
            model_name="reading",
            constraint=models.UniqueConstraint(fields=("announcement", "school", "account"), name="reading_once"),
        ),
    ]
