"""The portal's tables: staff, trainees."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """As Django wrote it from the models."""

    dependencies = [
        ("staff", "0002_history"),
    ]

    operations = [
        migrations.AlterField(
            model_name="appointment",
            name="category",
            field=models.CharField(
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
        migrations.AlterField(
            model_name="appointmentversion",
            name="category",
            field=models.CharField(
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
