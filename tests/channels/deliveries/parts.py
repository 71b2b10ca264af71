"""Real parts around a deliverer, each a process of its own that can be killed and started again."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Self

from opendimona.channels.deliveries.signature import is_signed, secret_of

ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


class Part:
    """A process that prints one line when it is ready."""

    def __init__(self, *command: object, environment: dict[str, str] | None = None) -> None:
        self.command = [sys.executable, *map(str, command)]
        self.environment = ENVIRONMENT | (environment or {})
        self.process: subprocess.Popen[str] | None = None
        self.said = ""

    def start(self) -> str:
        """Start it; what it said when it was ready."""
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, text=True, env=self.environment)
        assert self.process.stdout is not None
        self.said = self.process.stdout.readline().strip()
        assert self.said, "it did not start"
        return self.said

    def kill(self) -> None:
        """SIGKILL, and wait until it is gone."""
        if self.process is not None:
            self.process.kill()
            self.process.communicate()
            self.process = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()


class Notes:
    """A part that notes what it receives in a file, and answers as another file says."""

    def __init__(self, folder: Path, name: str, answer: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.notes, self.behaviour = folder / f"{name}.notes", folder / f"{name}.answer"
        self.notes.touch()
        self.behave(answer)

    def behave(self, answer: str) -> None:
        """How it answers from now on."""
        draft = self.behaviour.with_suffix(".draft")
        draft.write_text(answer)
        draft.replace(self.behaviour)

    def received(self) -> list[dict[str, Any]]:
        """Everything it has received, whole lines only."""
        text = self.notes.read_text()
        return [json.loads(line) for line in text[: text.rfind("\n") + 1].splitlines()]


class Receiver(Notes):
    """A receiver of webhooks; it keeps its port when it is started again."""

    def __init__(self, folder: Path, name: str = "receiver", answer: str = "204") -> None:
        super().__init__(folder, name, answer)
        self.port = 0
        self._part: Part | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        """Start it, on the port that it had."""
        self._part = Part("-m", "tests.channels.deliveries.receiver", self.port, self.notes, self.behaviour)
        self.port = int(self._part.start())

    def kill(self) -> None:
        """SIGKILL."""
        if self._part is not None:
            self._part.kill()

    @property
    def url(self) -> str:
        """Where it receives."""
        return f"http://127.0.0.1:{self.port}/hook"

    def accepted(self, secret: str) -> list[dict[str, Any]]:
        """The events that it accepted, in order, each signature verified with the secret."""
        events = []
        for note in self.received():
            headers = {name.lower(): value for name, value in note["headers"].items()}
            assert is_signed(
                secret_of(secret), headers["webhook-id"], int(headers["webhook-timestamp"]), note["body"].encode(),
                headers["webhook-signature"],
            )  # fmt: skip
            event = json.loads(note["body"])
            assert (event["specversion"], event["id"]) == ("1.0", headers["webhook-id"])
            if note["answer"].startswith("2"):
                events.append(event)
        return events


class MailServer(Notes):
    """An SMTP server."""

    def __init__(self, folder: Path, answer: str = "250 ok") -> None:
        super().__init__(folder, "mail", answer)
        self._part = Part("-m", "tests.channels.deliveries.mail_server", self.notes, self.behaviour)
        self.port = 0

    def __enter__(self) -> Self:
        self.port = int(self._part.start())
        return self

    def __exit__(self, *_: object) -> None:
        self._part.kill()


class DelivererProcess(Part):
    """A deliverer on a database; it says so when it is the one that works."""

    def __init__(self, dsn: str, **settings: str) -> None:
        usual = {
            "OPENDIMONA_DATABASE_URL": dsn,
            "OPENDIMONA_WEBHOOK_PRIVATE": "yes",
            "OPENDIMONA_DELIVERY_FIRST_PAUSE": "0.05",
            "OPENDIMONA_DELIVERY_LAST_PAUSE": "0.2",
        }
        super().__init__("-m", "tests.channels.deliveries.program", environment=usual | settings)
