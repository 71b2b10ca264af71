"""Drafts, and filings: what was declared, by whom, and every answer."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from opendimona.portal.accounts.models import Account
from opendimona.portal.schools.models import Employer, School
from opendimona.portal.staff.models import Category, Period, Person


class Act(models.TextChoices):
    """What a secretary wants to have declared, in a secretary's words."""

    ENTRY = "entry", _("Entrée")
    EXIT = "exit", _("Sortie")
    EXTEND = "extend", _("Prolongation")
    CORRECT = "correct", _("Correction des dates")
    CANCEL = "cancel", _("Annulation")


class State(models.TextChoices):
    """How far a filing is. `waiting`: kept here, the register was away."""

    WAITING = "waiting", _("En file d'attente")
    ACCEPTED = "accepted", _("Acceptée")
    REFUSED = "refused", _("Refusée")
    PENDING = "pending", _("En attente à l'ONSS")


class LateReason(models.TextChoices):
    """Why a declaration came late, as the school says; the answer of the register does not depend on it."""

    TOLD_LATE = "told", _("nous l'avons su trop tard")
    FORGOTTEN = "forgotten", _("oubli")
    NO_NUMBER = "number", _("le NISS manquait")
    CORRECTION = "correction", _("correction d'une déclaration faite à temps")
    AWAY = "away", _("l'application ou l'ONSS ne répondait pas")
    OTHER = "other", _("autre raison")


class Draft(models.Model):
    """A declaration being typed: nothing of it is lost. `values` are the fields as typed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    school = models.ForeignKey(School, models.CASCADE, related_name="drafts")
    account = models.ForeignKey(Account, models.CASCADE, related_name="drafts")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    act = models.CharField(max_length=8, choices=Act.choices)
    period = models.ForeignKey(Period, models.CASCADE, null=True, related_name="+")
    corrects = models.ForeignKey("Filing", models.SET_NULL, null=True, related_name="+")
    values = models.JSONField(default=dict)
    saved_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return str(self.id)


class Approval(models.Model):
    """A sensitive declaration that a secretary may not send alone: the head, or the organising power, says yes or no.

    `draft` is the key of the draft, hence that of the filing afterwards. `why`: the reason of a no.
    """

    draft = models.UUIDField()
    school = models.ForeignKey(School, models.CASCADE, related_name="approvals")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    act = models.CharField(max_length=8, choices=Act.choices)
    asked_by = models.ForeignKey(Account, models.CASCADE, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(Account, models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    is_granted = models.BooleanField(null=True)
    why = models.CharField(max_length=200, blank=True)
    is_mailed = models.BooleanField(default=False)

    class Meta:
        """One question at a time about a draft."""

        constraints = (
            models.UniqueConstraint(fields=["draft"], condition=models.Q(decided_at=None), name="approval_asked_once"),
        )

    def __str__(self) -> str:
        return str(self.draft)


class Filing(models.Model):
    """A declaration as it was filed, and what was answered; nothing of it changes but the answer to a pending one.

    `declared_at` is the moment that is judged, `filed_at` that of our own clock, `decided_at` that of the answer in
    force. `payload` is the declaration as sent. `is_settled`: a refused one that was dealt with. `approved_by`: who
    said yes to a sensitive one.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    school = models.ForeignKey(School, models.PROTECT, related_name="filings")
    account = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="filings")
    employer = models.ForeignKey(Employer, models.PROTECT, related_name="+")
    act = models.CharField(max_length=8, choices=Act.choices)
    category = models.CharField(max_length=12, choices=Category.choices, blank=True)
    start = models.DateField(null=True)
    end = models.DateField(null=True)
    reason = models.CharField(max_length=200, blank=True)
    payload = models.TextField()
    values = models.JSONField(default=dict)
    period = models.ForeignKey(Period, models.PROTECT, null=True, related_name="filings")
    declared_at = models.DateTimeField()
    filed_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    number = models.BigIntegerField(null=True)
    anomalies = models.JSONField(default=list)
    is_late = models.BooleanField(default=False)
    is_settled = models.BooleanField(default=False)
    approved_by = models.ForeignKey(Account, models.SET_NULL, null=True, related_name="+")
    late_reason = models.CharField(max_length=12, choices=LateReason.choices, blank=True)

    class Meta:
        """Read by school and state, and by person; the late ones by themselves."""

        indexes = (
            models.Index(fields=["school", "declared_at"], name="filing_late", condition=models.Q(is_late=True)),
            models.Index(fields=["school", "state", "declared_at"], name="filing_school_state"),
            models.Index(fields=["person", "declared_at"], name="filing_person"),
        )

    def __str__(self) -> str:
        return str(self.id)

    @property
    def number_text(self) -> str:
        """The declaration's number in three groups of four, or nothing."""
        digits = "" if self.number is None else str(self.number)
        return f"{digits[:4]} {digits[4:8]} {digits[8:]}".strip()

    @property
    def has_warning(self) -> bool:
        """Whether it was accepted with something to say about it."""
        return self.state == State.ACCEPTED and bool(self.anomalies)
