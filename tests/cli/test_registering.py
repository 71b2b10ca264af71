"""`clients`: programs are registered, listed and revoked."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.channels.rest.programs import CONSULT, DECLARANT, certificate, public_pem
from tests.cli.conftest import Program


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    """A key of a program."""
    return rsa.generate_private_key(65537, 2048)


def test_a_program_is_registered_listed_and_revoked(program: Program, tmp_path: Path, key: rsa.RSAPrivateKey) -> None:
    path = tmp_path / "payroll.pem"
    path.write_text(certificate(key))
    done = program("clients", "add", "payroll", "--certificate", path, "--employer", "1751108-01",
                   "--employer", "0479.489.311", "--scope", CONSULT)  # fmt: skip
    assert (done.code, done.out, done.err) == (0, "payroll is registered.\n", "")
    (client,) = program("clients", "list", "--format", "json").json
    assert client.pop("validUntil").startswith("20")
    assert client == {"clientId": "payroll", "scopes": [CONSULT], "employers": ["0479489311", "175110801"]}
    assert "payroll" in program("clients", "list").out
    assert program("clients", "revoke", "payroll").out == "payroll is revoked.\n"
    assert program("clients", "list", "--format", "json").json == []
    assert program("clients", "revoke", "payroll").code == 1


def test_a_bare_key_for_every_employer(program: Program, tmp_path: Path, key: rsa.RSAPrivateKey) -> None:
    path = tmp_path / "key.pem"
    path.write_text(public_pem(key))
    assert program("clients", "add", "payroll", "--public-key", path).code == 0
    assert program("clients", "list", "--format", "json").json == [
        {"clientId": "payroll", "scopes": [DECLARANT, CONSULT]}
    ]
    (head, row) = program("clients", "list", "--format", "csv").out.splitlines()
    assert head == "clientId,validUntil,lastUsed,employers,scopes,unit"
    assert row.startswith("payroll,,,all,")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "Give a certificate or a public key"),
        (("--certificate", "nowhere.pem"), "No such file"),
        (("--certificate", "text.pem"), "not an X.509 certificate"),
        (("--certificate", "bytes.pem"), "not in PEM form"),
        (("--public-key", "key.pem", "--employer", "12"), "employers: "),
        (("--public-key", "key.pem", "--scope", "everything"), "scopes: "),
    ],
)
def test_a_program_that_cannot_be_registered(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: rsa.RSAPrivateKey,
    options: tuple[str, ...], said: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    Path("key.pem").write_text(public_pem(key))
    Path("text.pem").write_text("no certificate")
    Path("bytes.pem").write_bytes(b"\xff\x00")
    done = program("clients", "add", "payroll", *options)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
