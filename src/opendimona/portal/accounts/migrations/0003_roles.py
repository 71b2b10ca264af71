"""The portal's tables: accounts, roles outside the schools, second factor, identities elsewhere, an agent apart."""

import django.db.models.deletion
from django.db import migrations, models

APART = """
CREATE FUNCTION membership_agent_apart() RETURNS trigger LANGUAGE plpgsql SET search_path = portal AS $$
BEGIN
    PERFORM 1 FROM accounts_account WHERE id = new.account_id FOR UPDATE;
    IF EXISTS (SELECT 1 FROM accounts_membership
                WHERE account_id = new.account_id AND id <> new.id AND (role = 'agent') <> (new.role = 'agent')) THEN
        RAISE EXCEPTION 'an agent has no other role' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'membership_agent_apart';
    END IF;
    RETURN new;
END $$;
CREATE TRIGGER membership_agent_apart BEFORE INSERT OR UPDATE ON accounts_membership
    FOR EACH ROW EXECUTE FUNCTION membership_agent_apart();
"""
"""Whoever identifies people for ONSS stands outside the Community's chain; of two given at once one waits."""


class Migration(migrations.Migration):
    """As Django wrote it from the models."""

    dependencies = [
        ("accounts", "0002_scopes"),
        ("schools", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Identity",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("issuer", models.CharField(max_length=200)),
                ("subject", models.CharField(max_length=255)),
                ("linked_at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="membership",
            name="membership_of_all",
        ),
        migrations.AddField(
            model_name="account",
            name="second_secret",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name="account",
            name="second_used",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="membership",
            name="confirmed_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="membership",
            name="given_on",
            field=models.DateField(auto_now_add=True, null=True),
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
                    ("local", "gestionnaire local ONSS"),
                    ("agent", "agent ONSS"),
                    ("member", "membre du personnel"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("school__isnull", False),
                    ("power__isnull", False),
                    ("role__in", ("cell", "supervisor", "auditor", "federation", "local", "agent")),
                    _connector="OR",
                ),
                name="membership_of_all",
            ),
        ),
        migrations.AddField(
            model_name="identity",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="identities", to="accounts.account"
            ),
        ),
        migrations.AddConstraint(
            model_name="identity",
            constraint=models.UniqueConstraint(fields=("issuer", "subject"), name="identity_once"),
        ),
        migrations.RunSQL(APART),
    ]
