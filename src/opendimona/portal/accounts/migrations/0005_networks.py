"""The portal's tables: accounts, a network is for a federation alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """As Django wrote it from the models."""

    dependencies = [
        ("accounts", "0004_forgotten"),
        ("schools", "0001_initial"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(("network", ""), ("role", "federation"), _connector="OR"),
                name="membership_network_of_federation",
            ),
        ),
    ]
