"""The portal's tables: inbox, mails."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """As Django wrote it from the models."""

    dependencies = [
        ("accounts", "0001_initial"),
        ("declare", "0003_late_reason"),
        ("inbox", "0002_shared"),
        ("schools", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="MailChoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "event",
                    models.CharField(
                        choices=[
                            ("refused", "une déclaration est refusée"),
                            ("decided", "une déclaration en attente est décidée"),
                            ("pending", "une déclaration est mise en attente"),
                            ("accepted", "une déclaration est acceptée"),
                            ("shared", "une autre école change une période que vous partagez"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "how",
                    models.CharField(
                        choices=[
                            ("now", "tout de suite"),
                            ("daily", "une fois par jour, à 7 heures"),
                            ("never", "jamais"),
                        ],
                        max_length=5,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="MailLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("is_daily", models.BooleanField()),
            ],
        ),
        migrations.AddField(
            model_name="message",
            name="is_mailed",
            field=models.BooleanField(default=False),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(condition=models.Q(("is_mailed", False)), fields=["id"], name="message_to_mail"),
        ),
        migrations.AddField(
            model_name="mailchoice",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="mail_choices", to="accounts.account"
            ),
        ),
        migrations.AddField(
            model_name="mailline",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.account"
            ),
        ),
        migrations.AddField(
            model_name="mailline",
            name="message",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="inbox.message"),
        ),
        migrations.AddConstraint(
            model_name="mailchoice",
            constraint=models.UniqueConstraint(fields=("account", "event"), name="mail_choice_once"),
        ),
    ]
