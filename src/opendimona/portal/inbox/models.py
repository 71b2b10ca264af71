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
    is_mailed = models.BooleanField(default=False)

    class Meta:
        """Read by school, newest first; those whose mails are not decided yet by themselves."""

        indexes = (
            models.Index(fields=["school", "-told_at"], name="message_school_told"),
            models.Index(fields=["id"], name="message_to_mail", condition=models.Q(is_mailed=False)),
        )

    def __str__(self) -> str:
        return f"{self.filing_id} {self.state}"


class Event(models.TextChoices):
    """What somebody may be told of by mail."""

    REFUSED = "refused", _("une déclaration est refusée")
    DECIDED = "decided", _("une déclaration en attente est décidée")
    PENDING = "pending", _("une déclaration est mise en attente")
    ACCEPTED = "accepted", _("une déclaration est acceptée")
    SHARED = "shared", _("une autre école change une période que vous partagez")


class How(models.TextChoices):
    """How soon."""

    NOW = "now", _("tout de suite")
    DAILY = "daily", _("une fois par jour, à 7 heures")
    NEVER = "never", _("jamais")


class MailChoice(models.Model):
    """What an account chose for an event; without a choice what is usual holds."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="mail_choices")
    event = models.CharField(max_length=8, choices=Event.choices)
    how = models.CharField(max_length=5, choices=How.choices)

    class Meta:
        """One choice for each event."""

        constraints = (models.UniqueConstraint(fields=["account", "event"], name="mail_choice_once"),)

    def __str__(self) -> str:
        return f"{self.account_id} {self.event}"


class MailLine(models.Model):
    """A message that an account is still to be told of by mail."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="+")
    message = models.ForeignKey(Message, models.CASCADE, related_name="+")
    is_daily = models.BooleanField()

    def __str__(self) -> str:
        return f"{self.account_id} {self.message_id}"
