"""The portal's tables: insurability, 0001_initial."""

import django.db.models.deletion
from django.db import migrations, models

# Millions of rows in the end, which nobody handles one by one: written by COPY, read by the statements of the subject.
TABLES = """
    CREATE TABLE insurability_line (
        run_id bigint NOT NULL CONSTRAINT line_run REFERENCES insurability_run ON DELETE CASCADE,
        line integer NOT NULL, ssin bigint NOT NULL, matricule text NOT NULL, school_id bigint NOT NULL,
        employer_id bigint NOT NULL, worker_type text NOT NULL, category text NOT NULL, first_day date NOT NULL,
        last_day date NOT NULL, paid_days smallint NOT NULL, kind text NOT NULL, month date NOT NULL,
        CONSTRAINT line_once PRIMARY KEY (run_id, line), CONSTRAINT line_in_order CHECK (first_day <= last_day));
    CREATE INDEX line_person ON insurability_line (run_id, ssin);
    CREATE TABLE insurability_person (
        id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT insured_person_key PRIMARY KEY,
        run_id bigint NOT NULL CONSTRAINT insured_person_run REFERENCES insurability_run ON DELETE CASCADE,
        ssin bigint NOT NULL, employer_id bigint NOT NULL, school_id bigint NOT NULL, network text NOT NULL,
        paid datemultirange NOT NULL, uncovered datemultirange NOT NULL);
    CREATE INDEX insured_person_ssin ON insurability_person (run_id, ssin);
    COMMENT ON COLUMN insurability_person.uncovered IS 'Paid days without an accepted period of the right kind.';
"""
BACK = "DROP TABLE insurability_person, insurability_line"


class Migration(migrations.Migration):
    """As Django wrote it from the models."""

    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("schools", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Run",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64)),
                ("size", models.BigIntegerField()),
                ("started_at", models.DateTimeField()),
                ("as_of", models.DateTimeField()),
                ("touched_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("reading", "lecture du fichier"),
                            ("comparing", "comparaison avec le registre"),
                            ("done", "terminée"),
                            ("failed", "interrompue"),
                        ],
                        default="reading",
                        max_length=10,
                    ),
                ),
                ("progress", models.SmallIntegerField(default=0)),
                ("failure", models.CharField(blank=True, max_length=20)),
                ("lines", models.IntegerField(default=0)),
                ("bad_lines", models.IntegerField(default=0)),
                ("first_day", models.DateField(null=True)),
                ("last_day", models.DateField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="accounts.account"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Gap",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("G1", "Payé sans période acceptée"),
                            ("G2", "Période commencée trop tard"),
                            ("G3", "Période terminée trop tôt"),
                            ("G4", "Période ouverte sans paie"),
                            ("G5", "Autre employeur ou autre type"),
                            ("G6", "Identité à vérifier"),
                            ("G7", "Couvert par une déclaration en attente"),
                            ("G8", "Deux périodes à la fois"),
                        ],
                        max_length=2,
                    ),
                ),
                ("ssin", models.BigIntegerField()),
                ("worker_type", models.CharField(max_length=3)),
                ("start", models.DateField()),
                ("end", models.DateField(null=True)),
                ("days", models.IntegerField(default=0)),
                ("number", models.BigIntegerField(null=True)),
                ("other_ssin", models.BigIntegerField(null=True)),
                ("other_type", models.CharField(blank=True, max_length=3)),
                ("found_at", models.DateTimeField()),
                ("escalated_at", models.DateTimeField(null=True)),
                (
                    "employer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="schools.employer"
                    ),
                ),
                (
                    "other_employer",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="schools.employer"
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="schools.school"
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="gaps", to="insurability.run"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["run", "kind", "school"], name="gap_run_kind"),
                    models.Index(fields=["run", "school"], name="gap_run_school"),
                    models.Index(fields=["run", "ssin"], name="gap_run_person"),
                    models.Index(
                        condition=models.Q(("escalated_at__isnull", True), ("kind", "G1")),
                        fields=["found_at"],
                        name="gap_untold",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Figure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "level",
                    models.CharField(
                        choices=[("community", "Communauté"), ("network", "réseau"), ("school", "école")], max_length=10
                    ),
                ),
                ("subject", models.CharField(blank=True, max_length=20)),
                ("people", models.IntegerField()),
                ("paid_days", models.BigIntegerField()),
                ("covered_days", models.BigIntegerField()),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="figures", to="insurability.run"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("level", "subject", "run"), name="figure_once")],
            },
        ),
        migrations.CreateModel(
            name="BadLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("line", models.IntegerField()),
                ("column", models.CharField(blank=True, max_length=12)),
                ("reason", models.CharField(max_length=20)),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="refused", to="insurability.run"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["run", "line"], name="bad_line_run")],
            },
        ),
        migrations.RunSQL(TABLES, BACK),
    ]
