"""The portal's tables: accounts, roles for a network or for the whole Community."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """As Django wrote it from the models."""

    dependencies = [
        ("accounts", "0001_initial"),
        ("schools", "0001_initial"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="membership",
            name="membership_school_or_power",
        ),
        migrations.AddField(
            model_name="membership",
            name="network",
            field=models.CharField(
                blank=True,
                choices=[
                    ("community", "organisé par la Communauté"),
                    ("official", "officiel subventionné"),
                    ("free", "libre subventionné"),
                ],
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="membership",
            name="role",
            field=models.CharField(
                choices=[
                    ("reader", "lecture seule"),
                    ("clerk", "secrétariat"),
                    ("head", "direction"),
                    ("manager", "pouvoir organisateur"),
                    ("cell", "cellule DIMONA"),
                    ("supervisor", "responsable de la cellule"),
                    ("auditor", "audit"),
                    ("federation", "fédération de pouvoirs organisateurs"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("power__isnull", True), ("school__isnull", True)),
                    models.Q(("network", ""), ("school__isnull", True)),
                    models.Q(("network", ""), ("power__isnull", True)),
                    _connector="OR",
                ),
                name="membership_one_scope",
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("school__isnull", False),
                    ("power__isnull", False),
                    ("role__in", ("cell", "supervisor", "auditor", "federation")),
                    _connector="OR",
                ),
                name="membership_of_all",
            ),
        ),
    ]
