"""The portal's tables: texts."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """As Django wrote it from the models."""

    initial = True

    dependencies = [
        ("accounts", "0004_forgotten"),
    ]

    operations = [
        migrations.CreateModel(
            name="TextVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("anomaly", "aide pour une anomalie"), ("calendar", "calendrier scolaire")],
                        max_length=8,
                    ),
                ),
                ("key", models.CharField(max_length=40)),
                ("body", models.JSONField(default=dict)),
                ("published_at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="accounts.account"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["kind", "key", "-id"], name="text_version_key")],
            },
        ),
    ]
