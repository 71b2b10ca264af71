"""Mails: composed in the language of the recipient, sent over SMTP. No name and no SSIN of a worker goes into one."""

import asyncio
import re
import smtplib
import socket
import ssl
from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from zoneinfo import ZoneInfo

from opendimona.channels.deliveries import wording as texts
from opendimona.channels.deliveries.events import employer_members, href
from opendimona.channels.deliveries.webhook import DeliveryFailed
from opendimona.law.catalogue import Language, load_catalogue
from opendimona.register.interface import NoticeView
from opendimona.register.notices import kinds
from opendimona.settings import MailSettings

BRUSSELS = ZoneInfo("Europe/Brussels")
ADDRESS_MAX = 254
_WORD = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"{_WORD}(?:\.{_WORD})*@{_LABEL}(?:\.{_LABEL})+")


def is_mail_address(text: str) -> bool:
    """Whether mail can be sent there: one plain address in ASCII, with a domain."""
    return len(text) <= ADDRESS_MAX and _ADDRESS.fullmatch(text) is not None


def compose(
    notices: Sequence[NoticeView], address: str, language: Language, base: str, sender: str, at: datetime
) -> EmailMessage:
    """One mail that tells these notices; several mails of the same ones differ in nothing that counts."""
    message = _message(address, sender, at)
    first = texts.sentence(notices[0], language)
    message["Subject"] = (
        texts.SUBJECT_ONE[language].format(sentence=first)
        if len(notices) == 1
        else texts.SUBJECT_MANY[language].format(count=len(notices))
    )
    message["X-Dimona-Notices"] = f"{notices[0].position}-{notices[-1].position}"
    parts = [paragraph(notice, language, base) for notice in notices]
    return _filled(message, "\n\n".join([*parts, "-- \n" + texts.FOOTER[language]]), language)


def compose_test(address: str, language: Language, sender: str, at: datetime) -> EmailMessage:
    """The mail that proves an address."""
    message = _message(address, sender, at)
    text = texts.SENTENCES[kinds.TEST][language]
    message["Subject"] = texts.SUBJECT_ONE[language].format(sentence=text)
    return _filled(message, text, language)


def _message(address: str, sender: str, at: datetime) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = sender, address
    message["Date"] = format_datetime(at.astimezone(BRUSSELS))
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2].rstrip(">") or "localhost")
    message["Auto-Submitted"] = "auto-generated"
    return message


def _filled(message: EmailMessage, text: str, language: Language) -> EmailMessage:
    message.set_content(f"{text}\n")
    message["Content-Language"] = language  # filling takes away whatever is said of a content before
    return message


def paragraph(notice: NoticeView, language: Language, base: str) -> str:
    """What happened, when, to which employer, which anomalies there are, and where to read on."""
    at = notice.at.astimezone(BRUSSELS)
    lines = [f"{at:%d/%m/%Y %H:%M}  {texts.sentence(notice, language)}"]
    if notice.employer is not None:
        numbers = " / ".join(str(number) for number in employer_members(notice.employer).values())
        lines.append(texts.EMPLOYER[language].format(numbers=numbers))
    if notice.is_late:
        lines.append(texts.LATE[language])
    catalogue = load_catalogue() if notice.anomalies else {}
    lines += [f"{code}  {catalogue[code].label[language]}" for code in notice.anomalies if code in catalogue]
    link = href(notice, base)
    return "\n".join(lines if link is None else [*lines, link])


async def send_mail(message: EmailMessage, settings: MailSettings) -> None:
    """Hand a mail to the SMTP server; returns when it was taken. Raises DeliveryFailed."""
    try:
        async with asyncio.timeout(settings.timeout * 2):
            await asyncio.to_thread(_send, message, settings)
    except smtplib.SMTPRecipientsRefused as error:
        code = next(iter(error.recipients.values()))[0]
        raise DeliveryFailed(f"the address was refused ({code})") from None
    except smtplib.SMTPResponseException as error:
        raise DeliveryFailed(f"the mail server answered {error.smtp_code}") from None
    except TimeoutError:
        raise DeliveryFailed("the mail server does not answer") from None
    except smtplib.SMTPException as error:
        raise DeliveryFailed(f"the mail server failed: {type(error).__name__}") from None
    except OSError as error:
        raise DeliveryFailed(f"no connection to the mail server: {error.strerror or type(error).__name__}") from None


def _send(message: EmailMessage, settings: MailSettings) -> None:
    host = settings.host or "localhost"
    context = ssl.create_default_context()
    name = socket.gethostname() or "localhost"
    with (
        smtplib.SMTP_SSL(host, settings.port, name, timeout=settings.timeout, context=context)
        if settings.security == "tls"
        else smtplib.SMTP(host, settings.port, name, timeout=settings.timeout)
    ) as server:
        if settings.security == "starttls":
            server.starttls(context=context)
        if settings.user is not None:
            server.login(settings.user, settings.password or "")
        server.send_message(message)
