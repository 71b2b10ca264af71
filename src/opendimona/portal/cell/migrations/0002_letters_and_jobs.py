"""The portal's tables: cell, what it writes to schools, orphans, and what is done in number."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """As Django wrote it from the models."""

    dependencies = [
        ("accounts", "0004_forgotten"),
        ("cell", "0001_initial"),
        ("declare", "0004_approvals"),
        ("schools", "0001_initial"),
        ("staff", "0005_listed"),
    ]

    operations = [
        migrations.CreateModel(
            name="Place",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Reply",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=80)),
                ("text", models.TextField(max_length=2000)),
            ],
        ),
        migrations.CreateModel(
            name="Job",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("close", "clore des périodes"),
                            ("transfer", "transférer à un autre numéro d'employeur"),
                            ("resend", "renvoyer ce qui attend"),
                        ],
                        max_length=8,
                    ),
                ),
                ("made_at", models.DateTimeField()),
                ("touched_at", models.DateTimeField()),
                ("day", models.DateField(null=True)),
                ("reason", models.CharField(max_length=200)),
                (
                    "state",
                    models.CharField(
                        choices=[("trying", "essai"), ("tried", "essayé"), ("doing", "en cours"), ("done", "terminé")],
                        default="trying",
                        max_length=6,
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="accounts.account"
                    ),
                ),
                (
                    "done_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="accounts.account"
                    ),
                ),
                (
                    "employer",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="schools.employer"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="JobRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.IntegerField()),
                ("typed", models.CharField(max_length=40)),
                ("number", models.BigIntegerField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("new", "à essayer"),
                            ("ready", "possible"),
                            ("stopped", "impossible"),
                            ("done", "fait"),
                            ("refused", "refusé"),
                            ("waiting", "en file d'attente"),
                            ("half", "fait à moitié"),
                        ],
                        default="new",
                        max_length=8,
                    ),
                ),
                ("why", models.CharField(blank=True, max_length=200)),
                ("code", models.CharField(blank=True, max_length=9)),
                (
                    "filing",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="declare.filing"
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="rows", to="cell.job"),
                ),
                (
                    "person",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="staff.person"
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="schools.school"
                    ),
                ),
                (
                    "second",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="declare.filing"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("job", "place"), name="job_row_once")],
            },
        ),
        migrations.CreateModel(
            name="Note",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("about", models.CharField(blank=True, max_length=120)),
                ("text", models.TextField(max_length=2000)),
                ("written_at", models.DateTimeField()),
                ("read_at", models.DateTimeField(null=True)),
                ("is_mailed", models.BooleanField(default=False)),
                (
                    "account",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="accounts.account"
                    ),
                ),
                (
                    "filing",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="declare.filing"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="staff.person"
                    ),
                ),
                (
                    "read_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="accounts.account"
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="notes", to="schools.school"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("read_at", None)), fields=["school"], name="note_unread"),
                    models.Index(condition=models.Q(("is_mailed", False)), fields=["id"], name="note_to_mail"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Orphan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.BigIntegerField(unique=True)),
                ("kind", models.CharField(max_length=30)),
                ("at", models.DateTimeField()),
                ("number", models.BigIntegerField(null=True)),
                ("period_number", models.BigIntegerField(null=True)),
                ("employer", models.BigIntegerField(null=True)),
                ("ssin", models.BigIntegerField(null=True)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[("adopted", "reprise dans le fichier de l'école"), ("aside", "classée sans suite")],
                        max_length=8,
                    ),
                ),
                ("why", models.CharField(blank=True, max_length=200)),
                (
                    "person",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="staff.person"
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="schools.school"
                    ),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="accounts.account"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(condition=models.Q(("outcome", "")), fields=["at"], name="orphan_open")],
            },
        ),
    ]
