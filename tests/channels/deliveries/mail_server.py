"""A real SMTP server in a process of its own: each mail that it takes is appended to a file as a line of JSON.

Arguments: the file, and a file that holds what to answer to a recipient: `250 ok`, or a refusal. It prints its port.
"""

import asyncio
import json
import sys
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP


class Handler:
    """Takes mails as it is told."""

    def __init__(self, notes: Path, behaviour: Path) -> None:
        self.notes, self.behaviour = notes, behaviour

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        """Take or refuse a recipient."""
        answer = self.behaviour.read_text().strip()
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        """Note a mail."""
        message = message_from_bytes(envelope.content, policy=policy.default)
        note = {
            "to": envelope.rcpt_tos,
            "subject": message["Subject"],
            "language": message["Content-Language"],
            "body": message.get_content(),  # type: ignore[attr-defined]
            "raw": envelope.content.decode(),
        }
        with self.notes.open("a") as file:
            file.write(json.dumps(note) + "\n")
        return "250 taken"


async def main() -> None:
    """Take mails until killed."""
    handler = Handler(Path(sys.argv[1]), Path(sys.argv[2]))
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(handler, hostname="localhost"), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
