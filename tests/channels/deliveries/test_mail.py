"""Mails: in four languages, of every kind, without a worker; what a mail server may answer."""

from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

from opendimona.channels.deliveries import wording
from opendimona.channels.deliveries.mail import compose, compose_test, is_mail_address, send_mail
from opendimona.channels.deliveries.webhook import DeliveryFailed
from opendimona.core.file import Employer
from opendimona.law.catalogue import LANGUAGES, Language
from opendimona.register.interface import NoticeView
from opendimona.register.notices.kinds import KINDS, TEST
from opendimona.settings import MailSettings
from tests.channels.deliveries.parts import MailServer

AT = datetime(2024, 6, 3, 7, 30, tzinfo=UTC)
BASE = "https://dimona.example"


def notice(kind: str = "declaration.settled", **changes: object) -> NoticeView:
    usual: dict[str, object] = {
        "position": 4711, "kind": kind, "at": AT, "number": 656309292174, "period_number": 656309292174,
        "employer": Employer(1, nsso=175110801, enterprise=471149091), "result": "B", "is_late": True,
        "anomalies": ("90373-333",), "data": {}, "is_acknowledged": False,
    }  # fmt: skip
    return NoticeView(**(usual | changes))  # type: ignore[arg-type]


def text_of(message: EmailMessage) -> str:
    return str(message.get_content())


def test_every_kind_has_its_words() -> None:
    assert set(wording.SENTENCES) == {*KINDS, TEST}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_in_every_language(kind: str, language: Language) -> None:
    message = compose([notice(kind)], "hr@school.example", language, BASE, "dimona@example.be", AT)
    text = text_of(message)
    assert "{" not in text + message["Subject"]
    assert message["Content-Language"] == language
    assert "656309292174" in text
    assert "175110801 / 0471149091" in text
    assert f"{BASE}/REST/dimona/v2/declarations/656309292174" in text
    assert "03/06/2024 09:30" in text
    assert wording.FOOTER[language] in text


def test_languages_differ_and_name_the_anomaly() -> None:
    texts = {text_of(compose([notice()], "a@b.example", one, BASE, "c@d.example", AT)) for one in LANGUAGES}
    assert len(texts) == 4
    assert any("90373-333  Période Dimona en double" in text for text in texts)
    assert any("90373-333  Dubbele Dimonaperiode" in text for text in texts)


def test_several_in_one() -> None:
    message = compose([notice(), notice(position=4712)], "a@b.example", "en", "", "c@d.example", AT)
    assert message["Subject"] == "Dimona: 2 notices"
    assert text_of(message).count("Declaration 656309292174, which was pending, is now refused.") == 2
    assert "http" not in text_of(message)


def test_a_test_mail() -> None:
    assert "Dit is een test" in text_of(compose_test("a@b.example", "nl", "c@d.example", AT))


@pytest.mark.parametrize("address", ["hr@school.example", "a.b+c@x-y.example"])
def test_addresses(address: str) -> None:
    assert is_mail_address(address)


@pytest.mark.parametrize(
    "address",
    ["", "hr", "hr@", "@school.example", "hr@school", "a b@c.example", "a@b.example, c@d.example",
     "a@b.example\r\nBcc: c@d", "<a@b.example>", "é@b.example", "a@b..example@c", "a@" + "b" * 260 + ".example",
     '"a"@b.example', "a@[127.0.0.1]"],
)  # fmt: skip
def test_no_addresses(address: str) -> None:
    assert not is_mail_address(address)


async def test_what_the_server_refuses(tmp_path: Path) -> None:
    message = compose([notice()], "hr@school.example", "de", BASE, "dimona@example.be", AT)
    with MailServer(tmp_path) as server:
        settings = MailSettings(host="127.0.0.1", port=server.port, security="none")
        await send_mail(message, settings)
        server.behave("550 no such user")
        with pytest.raises(DeliveryFailed, match="refused \\(550\\)"):
            await send_mail(message, settings)
        with pytest.raises(DeliveryFailed):  # it offers no TLS: nothing is sent in the clear
            await send_mail(message, MailSettings(host="127.0.0.1", port=server.port))
        (mail,) = server.received()
    assert "Die Meldung 656309292174" in mail["body"]
    with pytest.raises(DeliveryFailed, match="no connection"):
        await send_mail(message, settings)
