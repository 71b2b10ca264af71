"""Accounts and memberships."""

from datetime import date

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opendimona.portal.schools.models import OrganisingPower, School


class Role(models.TextChoices):
    """What an account may do: a clerk declares, a head also lets others in, a manager sees all schools of a power."""

    CLERK = "clerk", _("secrétariat")
    HEAD = "head", _("direction")
    MANAGER = "manager", _("pouvoir organisateur")


class AccountManager(BaseUserManager["Account"]):
    """Makes accounts and finds them by their address."""

    def create(self, **values: object) -> "Account":
        """A new account; `password` is hashed."""
        password = values.pop("password", None)
        account = Account(**values)
        account.set_password(None if password is None else str(password))
        account.save()
        return account


class Account(AbstractBaseUser):
    """Somebody who signs in. `seen_until`: what was confirmed after that moment is new since the last visit."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    language = models.CharField(max_length=2, default="fr")
    is_active = models.BooleanField(default=True)
    seen_until = models.DateTimeField(null=True)

    objects = AccountManager()
    USERNAME_FIELD = "email"

    def __str__(self) -> str:
        return self.name

    def schools(self, today: date) -> "models.QuerySet[School]":
        """The schools that the account may act for, by name."""
        valid = self.memberships.filter(Q(expires_on__isnull=True) | Q(expires_on__gte=today))
        return School.objects.filter(
            Q(id__in=valid.values("school_id")) | Q(power_id__in=valid.values("power_id"))
        ).select_related("power__employer").order_by("name")  # fmt: skip


class Membership(models.Model):
    """An account acts in a role for a school, or for all schools of an organising power, perhaps until a day."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="memberships")
    school = models.ForeignKey(School, models.CASCADE, null=True, related_name="memberships")
    power = models.ForeignKey(OrganisingPower, models.CASCADE, null=True, related_name="memberships")
    role = models.CharField(max_length=8, choices=Role.choices)
    expires_on = models.DateField(null=True)

    class Meta:
        """For a school or for a power, never both or neither."""

        constraints = (
            models.CheckConstraint(
                condition=Q(school__isnull=True) ^ Q(power__isnull=True), name="membership_school_or_power"
            ),
        )

    def __str__(self) -> str:
        return f"{self.account_id} {self.role}"
