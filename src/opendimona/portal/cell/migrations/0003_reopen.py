"""The portal's tables: cell, jobs that undo others."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """As Django wrote it from the models."""

    dependencies = [
        ("cell", "0002_letters_and_jobs"),
    ]

    operations = [
        migrations.AddField(
            model_name="job",
            name="undoes",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="undone_by", to="cell.job"
            ),
        ),
        migrations.AlterField(
            model_name="job",
            name="action",
            field=models.CharField(
                choices=[
                    ("close", "clore des périodes"),
                    ("transfer", "transférer à un autre numéro d'employeur"),
                    ("resend", "renvoyer ce qui attend"),
                    ("reopen", "rouvrir ce qui a été clos"),
                ],
                max_length=8,
            ),
        ),
    ]
