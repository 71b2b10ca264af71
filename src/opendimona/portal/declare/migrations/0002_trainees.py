"""The portal's tables: declare, trainees."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """As Django wrote it from the models."""

    dependencies = [
        ("declare", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="filing",
            name="category",
            field=models.CharField(
                blank=True,
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
    ]
