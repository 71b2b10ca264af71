"""A program that receives webhooks, in a process of its own: it verifies, notes and answers as it is told.

Arguments: the port (0: any), a file to which each delivery is appended as a line of JSON, and a file that holds how to
answer: a status, or `hang`. It prints its port.
"""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


class Handler(BaseHTTPRequestHandler):
    """One delivery."""

    notes: Path
    behaviour: Path

    def do_POST(self) -> None:
        """Note the delivery once it is here, then answer."""
        body = self.rfile.read(int(self.headers["content-length"]))
        answer = self.behaviour.read_text().strip()
        note = {"path": self.path, "answer": answer, "headers": dict(self.headers.items()), "body": body.decode()}
        with self.notes.open("a") as file:
            file.write(json.dumps(note) + "\n")
        if answer == "hang":
            self.rfile.read(1)
            return
        self.send_response(int(answer))
        if answer.startswith("3"):
            self.send_header("Location", f"http://127.0.0.1:{self.server.server_port}/elsewhere")  # type: ignore[attr-defined]
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def main() -> None:
    """Receive until killed."""
    Handler.notes, Handler.behaviour = Path(sys.argv[2]), Path(sys.argv[3])
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler)
    print(server.server_port, flush=True)  # noqa: T201
    server.serve_forever()


if __name__ == "__main__":
    main()
