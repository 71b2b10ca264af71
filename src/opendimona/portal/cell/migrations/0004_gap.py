"""The portal's tables: cell, letters that the program writes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """As Django wrote it from the models."""

    dependencies = [
        ("cell", "0003_reopen"),
    ]

    operations = [
        migrations.AddField(
            model_name="note",
            name="gap",
            field=models.JSONField(null=True),
        ),
        migrations.AlterField(
            model_name="note",
            name="text",
            field=models.TextField(blank=True, max_length=2000),
        ),
    ]
