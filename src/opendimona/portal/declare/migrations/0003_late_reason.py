"""The portal's tables: declare, late reasons."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """As Django wrote it from the models."""

    dependencies = [
        ("accounts", "0001_initial"),
        ("declare", "0002_trainees"),
        ("schools", "0001_initial"),
        ("staff", "0003_trainees"),
    ]

    operations = [
        migrations.AddField(
            model_name="filing",
            name="late_reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("told", "nous l'avons su trop tard"),
                    ("forgotten", "oubli"),
                    ("number", "le NISS manquait"),
                    ("correction", "correction d'une déclaration faite à temps"),
                    ("away", "l'application ou l'ONSS ne répondait pas"),
                    ("other", "autre raison"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddIndex(
            model_name="filing",
            index=models.Index(
                condition=models.Q(("is_late", True)), fields=["school", "declared_at"], name="filing_late"
            ),
        ),
    ]
