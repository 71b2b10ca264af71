"""The portal's tables: agents, what is on whose desk."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """As Django wrote it from the models."""

    initial = True

    dependencies = [
        ("accounts", "0003_roles"),
    ]

    operations = [
        migrations.CreateModel(
            name="Taken",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.BigIntegerField(unique=True)),
                ("until", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.account"
                    ),
                ),
            ],
        ),
    ]
