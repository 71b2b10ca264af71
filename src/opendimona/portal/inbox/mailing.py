"""Mails to people: how many answers of which kind a school received, never about whom.

Messages become lines of accounts, by what each account chose; lines are sent together and then gone. A mail that cannot
be sent leaves its lines: they are tried again. One process at a time.
"""

import smtplib
from collections import Counter, defaultdict
from datetime import datetime, time, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import EmailMessage, get_connection
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from opendimona.core.calendar import BRUSSELS
from opendimona.portal.accounts.access import deciders
from opendimona.portal.accounts.models import Account, Forgotten, Membership
from opendimona.portal.announcements.models import Letter
from opendimona.portal.cell.models import Note
from opendimona.portal.declare.models import Approval
from opendimona.portal.inbox.models import Event, How, Kind, MailChoice, MailLine, Message
from opendimona.portal.site.mode import public_url

log = structlog.get_logger()
LOCK = 0x0D1A0004
AT_ONCE = 500
LETTERS_AT_ONCE = 50
"""Announcements that leave in one turn: other mail does not wait for those to a whole Community."""
DIGEST_AT = time(7)
USUAL = {Event.REFUSED: How.NOW, Event.DECIDED: How.NOW, Event.PENDING: How.DAILY, Event.ACCEPTED: How.NEVER,
         Event.SHARED: How.NOW}  # fmt: skip
"""What an account is told by mail until it chooses."""


def choices_of(account: Account) -> dict[Event, How]:
    """How an account is told of each event."""
    chosen = {Event(one.event): How(one.how) for one in MailChoice.objects.filter(account=account)}
    return {event: chosen.get(event, usual) for event, usual in USUAL.items()}


def send_what_is_due(at: datetime) -> int:
    """Turn new messages into lines, and send the lines that are due; how many mails left."""
    if not settings.EMAIL_HOST:
        return 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", (LOCK,))
        if cursor.fetchone() != (True,):
            return 0
        _note_lines(at)
        return _send_links() + _ask_for_approval() + _send_lines(at) + _send_letters(at) + _send_notes(at)


def _note_lines(at: datetime) -> None:
    """A line for each account and new message, where the account wants to know."""
    later = Message.objects.filter(filing=OuterRef("filing"), pk__lt=OuterRef("pk"), state="pending")
    fresh = list(
        Message.objects.filter(is_mailed=False).annotate(was_pending=Exists(later)).select_related("school")[:AT_ONCE]
    )
    if not fresh:
        return
    schools: dict[Any, list[Message]] = defaultdict(list)
    for message in fresh:
        schools[message.school_id].append(message)
    day = at.astimezone(BRUSSELS).date()
    powers = {message.school.power_id for message in fresh}
    valid = Membership.objects.filter(Q(expires_on=None) | Q(expires_on__gte=day), account__is_active=True)
    recipients: dict[Any, set[Account]] = defaultdict(set)
    for one in valid.filter(Q(school__in=schools) | Q(power__in=powers)).select_related("account"):
        for number, messages in schools.items():
            if one.school_id == number or (one.power_id is not None and one.power_id == messages[0].school.power_id):
                recipients[number].add(one.account)
    lines = [
        MailLine(account=account, message=message, is_daily=how == How.DAILY)
        for number, messages in schools.items()
        for account in sorted(recipients[number], key=lambda one: one.pk)
        for message, how in _wanted(account, messages)
    ]
    MailLine.objects.bulk_create(lines)
    Message.objects.filter(pk__in=[message.pk for message in fresh]).update(is_mailed=True)


def _wanted(account: Account, messages: list[Message]) -> list[tuple[Message, How]]:
    chosen = choices_of(account)
    found = [(message, chosen[event_of(message)]) for message in messages]
    return [(message, how) for message, how in found if how != How.NEVER]


def event_of(message: Any) -> Event:
    """What a message is about, as people choose."""
    if message.kind == Kind.SHARED:
        return Event.SHARED
    if message.state in ("accepted", "refused") and message.was_pending:
        return Event.DECIDED
    return {"refused": Event.REFUSED, "pending": Event.PENDING}.get(message.state, Event.ACCEPTED)


def _send_lines(at: datetime) -> int:
    """Send what is due to each account; those of once a day from seven o'clock on."""
    moment = at.astimezone(BRUSSELS)
    today = datetime.combine(moment.date(), DIGEST_AT, BRUSSELS)
    due = Q(is_daily=False) | Q(message__told_at__lt=today if moment >= today else today - timedelta(1))
    lines = MailLine.objects.filter(due).select_related("account", "message__school", "message__filing")
    by_account: dict[Account, list[MailLine]] = defaultdict(list)
    for line in lines.order_by("account", "pk")[:AT_ONCE]:
        by_account[line.account].append(line)
    sent = 0
    try:
        for account, some in by_account.items():
            _compose(account, some).send()
            MailLine.objects.filter(pk__in=[line.pk for line in some]).delete()
            sent += 1
    except (smtplib.SMTPException, OSError) as error:
        log.warning("mail could not be sent; tried again soon", kind=type(error).__name__)
    return sent


def _ask_for_approval() -> int:
    """Tell those who may decide that a sensitive declaration waits for them; how many mails left."""
    sent = 0
    for one in Approval.objects.filter(is_mailed=False).select_related("school")[:AT_ONCE]:
        if one.decided_at is None:
            day = one.asked_at.astimezone(BRUSSELS).date()
            try:
                for account in deciders(one.school, day):
                    _compose_question(account).send()
                    sent += 1
            except (smtplib.SMTPException, OSError) as error:
                log.warning("mail could not be sent; tried again soon", kind=type(error).__name__)
                return sent
        Approval.objects.filter(pk=one.pk).update(is_mailed=True)
    return sent


def _send_letters(at: datetime) -> int:
    """Send what the cell wrote, once it is on; how many mails left."""
    sent = 0
    due = Letter.objects.filter(announcement__starts_at__lte=at).select_related("announcement", "account")
    for letter in due.order_by("pk")[:LETTERS_AT_ONCE]:
        try:
            _compose_letter(letter).send()
        except (smtplib.SMTPException, OSError) as error:
            log.warning("mail could not be sent; tried again soon", kind=type(error).__name__)
            break
        letter.delete()
        sent += 1
    return sent


def _send_links() -> int:
    """Send a link to each who forgot a password; how many mails left."""
    sent = 0
    for one in Forgotten.objects.select_related("account").order_by("pk")[:AT_ONCE]:
        account = one.account
        path = reverse("invitation", args=[account.pk, default_token_generator.make_token(account)])
        with translation.override(account.language):
            text = _("Choisissez un autre mot de passe à cette adresse, qui sert une fois, pendant sept jours :")
            foot = _("Vous n'avez rien demandé ? Ne faites rien : rien ne change.")
            subject = _("Dimona : un autre mot de passe")
        body = "\n".join([text, "", f"{public_url()}{path}", "", foot])
        try:
            _mail(account, subject, body).send()
        except (smtplib.SMTPException, OSError) as error:
            log.warning("mail could not be sent; tried again soon", kind=type(error).__name__)
            break
        one.delete()
        sent += 1
    return sent


def _send_notes(at: datetime) -> int:
    """Tell a school's people that the cell wrote to them; how many mails left."""
    sent = 0
    day = at.astimezone(BRUSSELS).date()
    for note in Note.objects.filter(is_mailed=False).select_related("school").order_by("pk")[:LETTERS_AT_ONCE]:
        valid = Membership.objects.filter(
            Q(expires_on=None) | Q(expires_on__gte=day), Q(school=note.school_id) | Q(power=note.school.power_id)
        )
        try:
            for account in Account.objects.filter(pk__in=valid.values("account"), is_active=True).order_by("pk"):
                _compose_note(account).send()
                sent += 1
        except (smtplib.SMTPException, OSError) as error:
            log.warning("mail could not be sent; tried again soon", kind=type(error).__name__)
            break
        Note.objects.filter(pk=note.pk).update(is_mailed=True)
    return sent


def _compose_note(account: Account) -> EmailMessage:
    with translation.override(account.language):
        text = "\n".join([
            _("Bonjour,"), "", _("La cellule DIMONA vous a écrit ; lisez-la sur votre première page."), "",
            f"{public_url()}/", "", _("Ce message ne nomme personne."),
        ])  # fmt: skip
        subject = _("Dimona : la cellule vous écrit")
    return _mail(account, subject, text)


def _compose_letter(letter: Letter) -> EmailMessage:
    one = letter.announcement
    with translation.override(letter.account.language):
        foot = _("La cellule DIMONA vous l'écrit ; dites sur votre première page que vous l'avez lu.")
    return _mail(letter.account, one.title, "\n".join([one.text, "", foot, f"{public_url()}/"]))


def _compose_question(account: Account) -> EmailMessage:
    with translation.override(account.language):
        text = "\n".join([
            _("Bonjour,"), "", _("Une annulation attend votre accord ; rien n'est envoyé avant."), "",
            f"{public_url()}/", "", _("Ce message ne nomme personne."),
        ])  # fmt: skip
        subject = _("Dimona : votre accord est demandé")
    return _mail(account, subject, text)


def _mail(account: Account, subject: str, text: str) -> EmailMessage:
    return EmailMessage(
        subject, text, settings.DEFAULT_FROM_EMAIL, [account.email], headers={"Auto-Submitted": "auto-generated"},
        connection=get_connection(timeout=settings.EMAIL_TIMEOUT),
    )  # fmt: skip


def _compose(account: Account, lines: list[MailLine]) -> EmailMessage:
    """One mail: for each school how many answers of each kind."""
    with translation.override(account.language):
        words = {"accepted": _("acceptées"), "refused": _("refusées"), "pending": _("en attente à l'ONSS"),
                 "waiting": _("en file d'attente")}  # fmt: skip
        counts: Counter[tuple[str, str]] = Counter()
        for line in lines:
            message = line.message
            what = _("périodes changées par une autre école") if message.kind == Kind.SHARED else words[message.state]
            counts[str(message.school), what] += 1
        rows = [f"{school} : {count} {what}" for (school, what), count in sorted(counts.items())]
        address = f"{public_url()}/inbox/"
        text = "\n".join([
            _("Bonjour,"), "", _("Des réponses sont arrivées :"), "", *rows, "", address, "",
            _("Ce message ne nomme personne. Vous choisissez ce qui vous est envoyé sous Réponses, Courriels."),
        ])  # fmt: skip
        subject = _("Dimona : %(count)s réponse(s)") % {"count": len(lines)}
    return _mail(account, subject, text)
