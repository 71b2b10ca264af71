"""Whose file an account may read."""

from django.db import models

from opendimona.portal.accounts.models import Account
from opendimona.portal.staff.models import Person


class OwnFile(models.Model):
    """The account belongs to this person, as the school that invited them said."""

    account = models.OneToOneField(Account, models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    invited_by = models.ForeignKey(Account, models.SET_NULL, null=True, related_name="+")

    def __str__(self) -> str:
        return str(self.account_id)
