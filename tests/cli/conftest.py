"""The program for the tests: its commands run in this process, on a database of their own."""

import io
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from opendimona.cli import main

EMPLOYER = {"nssoRegistrationNumber": "175110801", "enterpriseNumber": "0471149091", "name": "Exemple SA"}
WORKER = {"ssin": "78070739119", "familyName": "DUBOIS", "givenName": "ANNE", "birthDate": "1978-07-07"}
IN: dict[str, Any] = {
    "employer": {"employerId": 175110801},
    "worker": {"ssin": "78070739119"},
    "dimonaIn": {
        "startDate": "2024-06-03",
        "endDate": "2024-06-28",
        "features": {"jointCommissionNumber": "XXX", "workerType": "OTH"},
    },
}
AT = "2024-06-03T07:30"


@dataclass
class Done:
    """A command that has ended: its exit code, and what it said on standard output and on standard error."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as JSON."""
        return json.loads(self.out)


Program = Callable[..., Done]


def lines(*documents: Any) -> bytes:
    """JSON Lines."""
    return "".join(json.dumps(document) + "\n" for document in documents).encode()


@pytest.fixture
def program(database_url: str, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Program:
    """Runs a command on an empty register; `stdin` is what it reads on standard input."""
    monkeypatch.setenv("OPENDIMONA_DATABASE_URL", database_url)
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setenv("COLUMNS", "100")

    def run(*arguments: object, stdin: bytes = b"") -> Done:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        sys.stdout.flush()
        out, err = capfdbinary.readouterr()
        code = ended.value.code
        return Done(code if isinstance(code, int) else 0, out.decode(), err.decode())

    return run


@pytest.fixture
def filled(program: Program) -> Program:
    """The same on a register that knows one employer and one worker."""
    assert program("load", "employers", "-", stdin=lines(EMPLOYER)).code == 0
    assert program("load", "workers", "-", stdin=lines(WORKER)).code == 0
    return program
