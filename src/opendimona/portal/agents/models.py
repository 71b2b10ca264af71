"""Which declaration which agent has before them."""

from django.db import models

from opendimona.portal.accounts.models import Account


class Taken(models.Model):
    """A declaration of the queue that is on an agent's desk, until a moment: nobody else is shown it before."""

    number = models.BigIntegerField(unique=True)
    account = models.ForeignKey(Account, models.CASCADE, related_name="+")
    until = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.number)
