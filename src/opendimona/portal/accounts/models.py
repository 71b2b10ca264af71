"""Accounts and memberships."""

from collections.abc import Iterable
from datetime import date

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opendimona.portal.schools.models import Network, OrganisingPower, School


class Role(models.TextChoices):
    """What an account is; `accounts.rights` says what each may do."""

    READER = "reader", _("lecture seule")
    CLERK = "clerk", _("secrétariat")
    HEAD = "head", _("direction")
    MANAGER = "manager", _("pouvoir organisateur")
    CELL = "cell", _("cellule DIMONA")
    SUPERVISOR = "supervisor", _("responsable de la cellule")
    AUDITOR = "auditor", _("audit")
    FEDERATION = "federation", _("fédération de pouvoirs organisateurs")
    LOCAL = "local", _("gestionnaire local ONSS")
    AGENT = "agent", _("agent ONSS")
    MEMBER = "member", _("membre du personnel")


IN_SCHOOLS = (Role.READER, Role.CLERK, Role.HEAD, Role.MANAGER, Role.CELL, Role.SUPERVISOR)
"""The roles that open the pages of a school."""
WHOLE = (Role.CELL, Role.SUPERVISOR, Role.AUDITOR, Role.FEDERATION, Role.LOCAL, Role.AGENT)
"""The roles that may be held for all; a federation's also for a network. An agent has no other role."""


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
    """Somebody who signs in. `seen_until`: what was confirmed after that moment is new since the last visit.

    `second_secret`: of the application that shows a code of six digits, "" where none is asked for; `second_used`: the
    last of its steps that was used, so that a code serves once.
    """

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    language = models.CharField(max_length=2, default="fr")
    is_active = models.BooleanField(default=True)
    seen_until = models.DateTimeField(null=True)
    second_secret = models.CharField(max_length=64, blank=True)
    second_used = models.BigIntegerField(default=0)

    objects = AccountManager()
    USERNAME_FIELD = "email"

    def __str__(self) -> str:
        return self.name

    @property
    def is_new(self) -> bool:
        """Whether nobody came in yet, and one role alone was given: who gives it may hand over the way in.

        The way into any other account would open what others have given to it.
        """
        return not self.has_usable_password() and not self.identities.exists() and self.memberships.count() == 1

    def valid(self, today: date) -> "models.QuerySet[Membership]":
        """The memberships that have not expired."""
        return self.memberships.filter(Q(expires_on__isnull=True) | Q(expires_on__gte=today))

    def schools(self, today: date) -> "models.QuerySet[School]":
        """The schools whose pages the account may open, by name."""
        return schools_of(self.valid(today))


def schools_of(memberships: "Iterable[Membership]") -> "models.QuerySet[School]":
    """The schools whose pages some memberships open, by name."""
    scope = Q(pk__in=())
    for one in memberships:
        if one.role in IN_SCHOOLS:
            scope |= one.scope
    return School.objects.filter(scope).select_related("power__employer").order_by("name", "pk")


class Membership(models.Model):
    """An account acts in a role, perhaps until a day: for a school, a power, a network, or (none of them) for all.

    `confirmed_on`: when somebody last said, in the review of each August, that this is still right.
    """

    account = models.ForeignKey(Account, models.CASCADE, related_name="memberships")
    school = models.ForeignKey(School, models.CASCADE, null=True, related_name="memberships")
    power = models.ForeignKey(OrganisingPower, models.CASCADE, null=True, related_name="memberships")
    network = models.CharField(max_length=12, choices=Network.choices, blank=True)
    role = models.CharField(max_length=10, choices=Role.choices)
    expires_on = models.DateField(null=True)
    given_on = models.DateField(auto_now_add=True, null=True)
    confirmed_on = models.DateField(null=True)

    class Meta:
        """For one scope; a school's own roles never for all schools."""

        constraints = (
            models.CheckConstraint(
                condition=Q(school__isnull=True, power__isnull=True)
                | Q(school__isnull=True, network="")
                | Q(power__isnull=True, network=""),
                name="membership_one_scope",
            ),
            models.CheckConstraint(
                condition=Q(network="") | Q(role=Role.FEDERATION), name="membership_network_of_federation"
            ),
            models.CheckConstraint(
                condition=Q(school__isnull=False) | Q(power__isnull=False) | Q(role__in=WHOLE), name="membership_of_all"
            ),
        )

    def __str__(self) -> str:
        return f"{self.account_id} {self.role}"

    @property
    def is_of_all(self) -> bool:
        """Whether it is for the whole Community."""
        return self.school_id is None and self.power_id is None and not self.network

    @property
    def scope(self) -> Q:
        """The schools it is for, as a condition."""
        if self.is_of_all:
            return Q(pk__isnull=False)
        if self.network:
            return Q(power__network=self.network)
        return Q(pk=self.school_id) if self.school_id is not None else Q(power_id=self.power_id)

    def holds_for(self, school: School | None) -> bool:
        """Whether it is for a school."""
        if school is None:
            return False
        if self.is_of_all:
            return True
        if self.network:
            return self.network == school.power.network
        return school.pk == self.school_id or school.power_id == self.power_id


class Forgotten(models.Model):
    """Somebody asked for another password; the mail with the link has not left yet."""

    account = models.OneToOneField(Account, models.CASCADE, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.account_id)


class Identity(models.Model):
    """Who an account is at a provider (OpenID Connect): linked by an invitation, never by name or mail."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="identities")
    issuer = models.CharField(max_length=200)
    subject = models.CharField(max_length=255)
    linked_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """One account for each identity."""

        constraints = (models.UniqueConstraint(fields=["issuer", "subject"], name="identity_once"),)

    def __str__(self) -> str:
        return f"{self.account_id} {self.issuer}"
