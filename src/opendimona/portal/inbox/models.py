"""Messages to a school."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from opendimona.portal.accounts.models import Account
from opendimona.portal.declare.models import Filing
from opendimona.portal.schools.models import School


class Kind(models.TextChoices):
    """What a message tells: the answer to a declaration of the school, or a change that another school declared."""

    ANSWER = "answer", _("Réponse")
    SHARED = "shared", _("Période partagée")


class Message(models.Model):
    """What a school was told of a filing, its own or one of another school about a period that both need.

    `state` is that of the filing at that moment. Read by somebody, or not yet.
    """

    school = models.ForeignKey(School, models.CASCADE, related_name="messages")
    filing = models.ForeignKey(Filing, models.CASCADE, related_name="messages")
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.ANSWER)
    state = models.CharField(max_length=8)
    told_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    read_by = models.ForeignKey(Account, models.SET_NULL, null=True, related_name="+")

    class Meta:
        """Read by school, newest first."""

        indexes = (models.Index(fields=["school", "-told_at"], name="message_school_told"),)

    def __str__(self) -> str:
        return f"{self.filing_id} {self.state}"
