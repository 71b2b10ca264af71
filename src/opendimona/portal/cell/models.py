"""What the cell did: who has taken what of its queue, what it wrote to schools, and messages that match nothing."""

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from opendimona.portal.accounts.models import Account
from opendimona.portal.declare.models import Filing
from opendimona.portal.schools.models import School
from opendimona.portal.staff.models import Person


class Case(models.Model):
    """Something of the queue that somebody has taken or put off.

    `about`: a word of `queue.Kind` and what identifies the thing, so that a gap found again by the next run is the same
    case. `rests_until`, `why`: put off, with the reason.
    """

    about = models.CharField(max_length=120)
    taken_by = models.ForeignKey(Account, models.SET_NULL, null=True, related_name="+")
    taken_at = models.DateTimeField(null=True)
    rests_until = models.DateField(null=True)
    why = models.CharField(max_length=200, blank=True)

    class Meta:
        """One for each thing."""

        constraints = (models.UniqueConstraint(fields=["about"], name="case_once"),)

    def __str__(self) -> str:
        return str(self.pk)


class Note(models.Model):
    """What the cell, or the program for it, wrote to one school, about somebody or about a declaration.

    `about`: the case of the queue. `gap`: of a letter that the program writes, `start`, `end` and `employer` as text;
    its words are those of whoever reads it, and `text` is empty. Read by somebody of the school, or not yet.
    """

    school = models.ForeignKey(School, models.CASCADE, related_name="notes")
    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="+")
    filing = models.ForeignKey(Filing, models.CASCADE, null=True, related_name="+")
    about = models.CharField(max_length=120, blank=True)
    text = models.TextField(max_length=2000, blank=True)
    gap = models.JSONField(null=True)
    account = models.ForeignKey(Account, models.SET_NULL, null=True, related_name="+")
    written_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    read_by = models.ForeignKey(Account, models.SET_NULL, null=True, related_name="+")
    is_mailed = models.BooleanField(default=False)

    class Meta:
        """Read by school, those that are not read; mailed in order."""

        indexes = (
            models.Index(fields=["school"], name="note_unread", condition=models.Q(read_at=None)),
            models.Index(fields=["id"], name="note_to_mail", condition=models.Q(is_mailed=False)),
        )

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def words(self) -> str:
        """What it says, in the language of the page where the program wrote it."""
        if self.gap is None:
            return self.text
        text: str = gettext(
            "Payé du %(start)s au %(end)s sous %(employer)s sans période acceptée depuis plus d'un jour : "
            "cette personne n'est pas assurée. Déclarez-la, ou dites à la cellule ce qui ne va pas."
        )
        return str(text % self.gap)


class Reply(models.Model):
    """A text that the cell writes often."""

    title = models.CharField(max_length=80)
    text = models.TextField(max_length=2000)

    def __str__(self) -> str:
        return self.title


class Orphan(models.Model):
    """A message of the register about an employer of ours that matches nothing here: parked until somebody looks.

    `person`: who it may be about, if the register names somebody whom the portal knows; `school`: theirs. `ssin`: the
    number that the register gives. `outcome`: what was done.
    """

    class Outcome(models.TextChoices):
        """What was done with it."""

        ADOPTED = "adopted", _("reprise dans le fichier de l'école")
        SET_ASIDE = "aside", _("classée sans suite")

    position = models.BigIntegerField(unique=True)
    kind = models.CharField(max_length=30)
    at = models.DateTimeField()
    number = models.BigIntegerField(null=True)
    period_number = models.BigIntegerField(null=True)
    employer = models.BigIntegerField(null=True)
    ssin = models.BigIntegerField(null=True)
    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="+")
    school = models.ForeignKey(School, models.CASCADE, null=True, related_name="+")
    outcome = models.CharField(max_length=8, choices=Outcome.choices, blank=True)
    why = models.CharField(max_length=200, blank=True)
    settled_by = models.ForeignKey(Account, models.SET_NULL, null=True, related_name="+")

    class Meta:
        """Those that are open, in order."""

        indexes = (models.Index(fields=["at"], name="orphan_open", condition=models.Q(outcome="")),)

    def __str__(self) -> str:
        return str(self.position)


class Place(models.Model):
    """Up to which message of the register the portal has looked; one row."""

    position = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.position)


class Bulk(models.TextChoices):
    """What is done in number."""

    CLOSE = "close", _("clore des périodes")
    TRANSFER = "transfer", _("transférer à un autre numéro d'employeur")
    RESEND = "resend", _("renvoyer ce qui attend")
    REOPEN = "reopen", _("rouvrir ce qui a été clos")


class Job(models.Model):
    """Something done to many periods: tried row by row, then done row by row, and taken up again where it stopped.

    `day`: the last day of closed periods, or the first under the other employer. `done_by`: who had it done; of a
    transfer somebody other than who prepared it. `undoes`: the job whose closed periods are opened again.
    """

    class State(models.TextChoices):
        """How far it is."""

        TRYING = "trying", _("essai")
        TRIED = "tried", _("essayé")
        DOING = "doing", _("en cours")
        DONE = "done", _("terminé")

    action = models.CharField(max_length=8, choices=Bulk.choices)
    account = models.ForeignKey(Account, models.SET_NULL, null=True, related_name="+")
    done_by = models.ForeignKey(Account, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField()
    touched_at = models.DateTimeField()
    day = models.DateField(null=True)
    employer = models.ForeignKey("schools.Employer", models.CASCADE, null=True, related_name="+")
    undoes = models.ForeignKey("self", models.CASCADE, null=True, related_name="undone_by")
    reason = models.CharField(max_length=200)
    state = models.CharField(max_length=6, choices=State.choices, default=State.TRYING)

    def __str__(self) -> str:
        return str(self.pk)


class JobRow(models.Model):
    """One row of a job: what was typed, the period that is meant, what would happen to it, and what did.

    `filing`, `second`: the declarations that were made; a transfer makes an exit and an entry.
    """

    class State(models.TextChoices):
        """What becomes of it."""

        NEW = "new", _("à essayer")
        READY = "ready", _("possible")
        STOPPED = "stopped", _("impossible")
        DONE = "done", _("fait")
        REFUSED = "refused", _("refusé")
        WAITING = "waiting", _("en file d'attente")
        HALF = "half", _("fait à moitié")

    job = models.ForeignKey(Job, models.CASCADE, related_name="rows")
    place = models.IntegerField()
    typed = models.CharField(max_length=40)
    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="+")
    school = models.ForeignKey(School, models.CASCADE, null=True, related_name="+")
    number = models.BigIntegerField(null=True)
    filing = models.ForeignKey(Filing, models.CASCADE, null=True, related_name="+")
    second = models.ForeignKey(Filing, models.CASCADE, null=True, related_name="+")
    state = models.CharField(max_length=8, choices=State.choices, default=State.NEW)
    why = models.CharField(max_length=200, blank=True)
    code = models.CharField(max_length=9, blank=True)

    class Meta:
        """Read by job in order."""

        constraints = (models.UniqueConstraint(fields=["job", "place"], name="job_row_once"),)

    def __str__(self) -> str:
        return f"{self.job_id} {self.place}"
