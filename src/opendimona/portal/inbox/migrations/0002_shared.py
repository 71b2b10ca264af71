"""Messages about what another school declared."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """One column more."""

    dependencies = [("inbox", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="message",
            name="kind",
            field=models.CharField(
                choices=[("answer", "Réponse"), ("shared", "Période partagée")], default="answer", max_length=8
            ),
        ),
    ]
