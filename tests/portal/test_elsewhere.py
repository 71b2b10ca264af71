"""Signing in with an identity from elsewhere, at a provider in a process of its own; and the code after a password."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

import pyotp
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.contrib.auth.tokens import default_token_generator
from django.test import Client
from django.test.utils import override_settings
from django.urls import reverse
from msgspec.structs import replace

from opendimona.portal.accounts.configured import Provider, read_providers
from opendimona.portal.accounts.models import Account, Identity, Membership, Role
from opendimona.portal.accounts.second import STEP, is_right
from opendimona.portal.schools.models import School
from tests.portal.houses import FIRST_SCHOOL, empty

ROOT = Path(__file__).parents[2]
BACK = "http://testserver/sign-in/back/test/"
SECRET, PASSWORD = "a secret of the client", "four words and a bit"


class Stay(HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def pem(path: Path) -> str:
    """A new private key in a file."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form = serialization.PrivateFormat.PKCS8
    path.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    return str(path)


class Elsewhere:
    """The provider: where it is, and its process."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._process: subprocess.Popen[str] | None = None
        self.published: Path | None = None

    @property
    def provider(self) -> Provider:
        """As the portal is told of it."""
        return Provider(
            id="test", label="Ailleurs", issuer=f"http://127.0.0.1:{self.port}/o", client_id="portal",
            client_secret=SECRET,
        )  # fmt: skip

    def start(self) -> None:
        """Start it, each time with another key."""
        self.stop()
        pem(self._folder / "key.pem")
        program = [ROOT / "build" / "provider" / "bin" / "python", ROOT / "tests" / "provider" / "serve.py"]
        files = [str(self._folder / name) for name in ("key.pem", "provider.sqlite3")]
        arguments = [str(self.port), *files, SECRET, BACK, *([self.published] if self.published else [])]
        with (self._folder / "said").open("a") as said:
            self._process = subprocess.Popen([*program, *arguments], stdout=subprocess.PIPE, stderr=said, text=True)
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n", (self._folder / "said").read_text()

    def stop(self) -> None:
        """Stop it."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def vouch(self, address: str, user: str) -> str:
        """What a browser does there: ask as somebody, and be sent back; the address to which it is."""
        with pytest.raises(HTTPError) as sent:
            build_opener(Stay).open(Request(address, headers={"X-User": user}))
        sent.value.close()
        assert sent.value.code == 302
        return str(sent.value.headers["Location"])


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Elsewhere]:
    subprocess.run(["sh", ROOT / "tests" / "provider" / "install.sh"], check=True, stdout=sys.stderr)
    one = Elsewhere(tmp_path_factory.mktemp("provider"))
    one.start()
    with override_settings(IDENTITY_PROVIDERS={"test": one.provider}, PUBLIC_URL="http://testserver"):
        yield one
    one.stop()


@pytest.fixture
def invited(both_houses: str, elsewhere: Elsewhere) -> Iterator[Account]:
    empty(both_houses)
    account = Account.objects.create(email="anna@example.org", name="Anna")
    Membership.objects.create(account=account, role=Role.CLERK, school=School.objects.get(fase=FIRST_SCHOOL))
    yield account
    account.delete()


def go(client: Client, elsewhere: Elsewhere, user: str, query: str = "") -> str:
    """Leave for the provider, be vouched for, and the address to come back to."""
    answer = client.get(f"/sign-in/with/test/{query}")
    assert answer.status_code == 302, answer.content.decode()
    asked = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["nonce"]
    return elsewhere.vouch(answer.headers["Location"], user)


def link_of(account: Account) -> str:
    return f"?account={account.pk}&token={default_token_generator.make_token(account)}"


def test_nobody_is_let_in_by_name_or_mail_alone(invited: Account, elsewhere: Elsewhere) -> None:
    client = Client()
    answer = client.get(go(client, elsewhere, "anna@example.org"))
    assert answer.status_code == 403
    assert "Demandez une invitation" in answer.content.decode()
    assert client.get("/staff/").status_code == 302


def test_an_invitation_links_once_and_then_the_identity_opens(invited: Account, elsewhere: Elsewhere) -> None:
    page = Client().get(reverse("invitation", args=[invited.pk, default_token_generator.make_token(invited)]))
    assert "Entrer avec Ailleurs" in page.content.decode()
    query = link_of(invited)
    client = Client()
    asked = client.get(go(client, elsewhere, "anna", query))
    assert "anna@example.org" in asked.content.decode(), "which account it will open is shown first"
    assert not Identity.objects.exists()
    assert client.post("/sign-in/link/").status_code == 302
    assert client.get("/staff/").status_code == 200
    assert Identity.objects.get().account == invited
    other = Client()
    assert other.get(go(other, elsewhere, "somebody", query)).status_code == 403, "the invitation was used up"
    again = Client()
    assert "Ailleurs" in again.get("/sign-in/").content.decode()
    back = go(again, elsewhere, "anna", "?next=/staff/")
    assert again.get(back).headers["Location"] == "/staff/"
    assert again.get("/staff/").status_code == 200


def test_an_identity_opens_one_account_only(invited: Account, elsewhere: Elsewhere) -> None:
    Identity.objects.create(account=invited, issuer=elsewhere.provider.issuer, subject="another of hers")
    first = Client()
    taken = Account.objects.create(email="taken@example.org", name="Taken")
    first.get(go(first, elsewhere, "first", link_of(invited)))
    assert first.post("/sign-in/link/").headers["Location"] == "/"
    second = Client()
    second.get(go(second, elsewhere, "first", link_of(taken)))
    assert second.post("/sign-in/link/").status_code == 409
    assert Client().post("/sign-in/link/").headers["Location"] == "/sign-in/"
    taken.delete()


def test_its_keys_may_rotate(invited: Account, elsewhere: Elsewhere) -> None:
    client = Client()
    client.get(go(client, elsewhere, "rotating", link_of(invited)))
    client.post("/sign-in/link/")
    elsewhere.start()
    other = Client()
    back = go(other, elsewhere, "rotating")
    elsewhere.start()
    assert other.get(back).status_code == 302
    assert other.get("/staff/").status_code == 200


@pytest.mark.parametrize("spoilt", ["nonce", "code_verifier", "state"])
def test_what_does_not_fit_is_refused(invited: Account, elsewhere: Elsewhere, spoilt: str) -> None:
    Client().get("/sign-in/")
    client = Client()
    back = go(client, elsewhere, "anna", link_of(invited))
    session = client.session
    keys = session.keys()
    name = next(key for key in keys if key.startswith("_state_test_"))
    if spoilt == "state":
        back = back.replace("state=", "state=x")
    else:
        kept = session[name]
        kept["data"][spoilt] = "x" * 48
        session[name] = kept
        session.save()
    answer = client.get(back)
    client.post("/sign-in/link/")
    assert answer.status_code == 502
    assert "pas abouti" in answer.content.decode()
    assert not Identity.objects.filter(account=invited).exists()
    assert client.get("/staff/").status_code == 302


def test_keys_instead_of_a_secret_and_identities_encrypted(
    invited: Account, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    provider = replace(
        elsewhere.provider, client_secret=None, private_key=pem(tmp_path / "own.pem"),
        decryption_key=pem(tmp_path / "enc.pem"),
    )  # fmt: skip
    with override_settings(IDENTITY_PROVIDERS={"test": provider}):
        published = Client().get("/sign-in/keys/test/")
        keys = published.json()["keys"]
        assert [(one["use"], one["kty"]) for one in keys] == [("sig", "RSA"), ("enc", "RSA")]
        assert all(one.keys().isdisjoint({"d", "p", "q"}) for one in keys)
        (tmp_path / "jwks.json").write_bytes(published.content)
        elsewhere.published = tmp_path / "jwks.json"
        elsewhere.start()
        try:
            client = Client()
            client.get(go(client, elsewhere, "sealed", link_of(invited)))
            client.post("/sign-in/link/")
            assert client.get("/staff/").status_code == 200
            other = replace(provider, decryption_key=pem(tmp_path / "other.pem"))
            for wrong in (
                other,
                replace(provider, decryption_key=None),
                replace(provider, private_key=pem(tmp_path / "strange.pem")),
            ):
                with override_settings(IDENTITY_PROVIDERS={"test": wrong}):
                    stranger = Client()
                    assert stranger.get(go(stranger, elsewhere, "sealed")).status_code == 502
                    assert stranger.get("/staff/").status_code == 302
        finally:
            elsewhere.published = None
            elsewhere.start()
    assert Client().get("/sign-in/keys/nobody/").status_code == 404
    assert Client().get("/sign-in/keys/test/").json() == {"keys": []}


def test_a_provider_that_is_away_is_said(invited: Account, elsewhere: Elsewhere) -> None:
    elsewhere.stop()
    try:
        assert Client().get("/sign-in/with/test/").status_code == 502
        assert Client().get("/sign-in/with/nobody/").status_code == 404
    finally:
        elsewhere.start()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[[provider]]\nid = 'a'", "label"),
        ("[[provider]]\nid='a-b'\nlabel='A'\nissuer='https://a'\nclient_id='c'\nclient_secret='s'", "letters"),
        ("[[provider]]\nid='a'\nlabel='A'\nissuer='http://a'\nclient_id='c'\nclient_secret='s'", "https"),
        ("[[provider]]\nid='a'\nlabel='A'\nissuer='https://a'\nclient_id='c'", "either"),
        ("[[provider]]\nid='a'\nlabel='A'\nissuer='https://a'\nclient_id='c'\nprivate_key='/no/key'", "no file"),
        ("no toml", "Expected"),
    ],
)
def test_a_file_that_makes_no_sense_is_refused(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "file").write_text(text)
    with pytest.raises(ValueError, match=says):
        read_providers(str(tmp_path / "file"))


def test_a_code_is_asked_for_after_the_password_and_serves_once(invited: Account) -> None:
    invited.set_password(PASSWORD)
    invited.save()
    client = Client()
    client.post("/sign-in/", {"email": invited.email, "password": PASSWORD})
    client.post("/account/", {"do": "begin", "current": "wrong"})
    assert "drawn" not in client.session
    client.post("/account/", {"do": "begin", "current": PASSWORD})
    page = client.get("/account/").content.decode()
    drawn = client.session["drawn"]
    assert drawn in page
    assert "data:image/svg" in page
    assert client.post("/account/", {"do": "confirm", "code": "000000"}).status_code == 422
    code = pyotp.TOTP(drawn).now()
    assert client.post("/account/", {"do": "confirm", "code": code}).status_code == 302
    other = Client()
    answer = other.post("/sign-in/", {"email": invited.email, "password": PASSWORD, "next": "/staff/"})
    assert answer.headers["Location"] == "/sign-in/code/"
    assert other.get("/staff/").status_code == 302
    assert other.post("/sign-in/code/", {"code": code}).status_code == 422, "a code serves once"
    invited.refresh_from_db()
    later = pyotp.TOTP(drawn).at((invited.second_used + 1) * STEP)
    assert other.post("/sign-in/code/", {"code": f"{later[:3]} {later[3:]}"}).headers["Location"] == "/staff/"
    assert other.get("/staff/").status_code == 200
    client.post("/account/", {"do": "stop", "current": PASSWORD})
    invited.refresh_from_db()
    assert invited.second_secret == ""


def test_a_code_of_another_time_is_none() -> None:
    account = Account(pk=1, second_secret=pyotp.random_base32())
    code = pyotp.TOTP(account.second_secret).at(1_000_000)
    assert not is_right(account, code, 1_000_000 + 3 * STEP)
    assert not is_right(account, "", 1_000_000)


def test_codes_cannot_be_guessed_for_long(invited: Account) -> None:
    invited.set_password(PASSWORD)
    invited.second_secret = pyotp.random_base32()
    invited.save()
    client = Client()
    client.post("/sign-in/", {"email": invited.email, "password": PASSWORD})
    pages = [client.post("/sign-in/code/", {"code": "abc"}).content.decode() for _ in range(12)]
    assert "Trop d'essais" in pages[-1].replace("&#x27;", "'")


def test_a_changed_password_ends_other_sessions(invited: Account) -> None:
    invited.set_password(PASSWORD)
    invited.save()
    mine, other = Client(), Client()
    for client in (mine, other):
        client.post("/sign-in/", {"email": invited.email, "password": PASSWORD})
        assert client.get("/staff/").status_code == 200
    assert mine.post("/account/", {"do": "password", "current": "no", "password": "x" * 12}).status_code == 422
    assert mine.post("/account/", {"do": "password", "current": PASSWORD, "password": "short"}).status_code == 422
    assert mine.post("/account/", {"do": "password", "current": PASSWORD, "password": "x" * 12}).status_code == 302
    assert mine.get("/staff/").status_code == 200
    assert other.get("/staff/").status_code == 302
