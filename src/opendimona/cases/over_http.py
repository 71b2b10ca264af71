"""Play cases against the sandbox of a running server, over its REST channel."""

import json
import time
from datetime import datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

from opendimona.cases.format import Case, Document, Identify
from opendimona.cases.sandbox import Observed, Refused, Unreachable, detail_of, observe

REST = "/REST/dimona/v2"
TOKEN = "Bearer sandbox"  # noqa: S105 - the sandbox's public token
RESULT_WITHIN = 10.0
PAGE = 100
Answer = tuple[int, dict[str, str], Any]


class HttpSandbox:
    """A sandbox at a URL. Each case starts with DELETE /sandbox: nothing that it held before is kept."""

    def __init__(self, url: str, timeout: float = 30) -> None:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"{url!r} is no http address")
        self.url = url
        self._prefix = parts.path.rstrip("/").removesuffix(REST)
        make = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        self._connection = make(parts.hostname, parts.port, timeout=timeout)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    async def begin(self, case: Case) -> None:
        """Forget everything, then know the employers and workers of the case."""
        status, _, document = self._ask("DELETE", "/sandbox")
        if status != 204:
            raise Unreachable(f"{self.url} is no sandbox: DELETE /sandbox answered {status} {detail_of(document)}")
        self._put("employers", case.employers)
        self._put("workers", case.workers)

    async def know(self, employers: tuple[Document, ...]) -> None:
        """Know these employers from now on. Raises Refused."""
        self._put("employers", employers)

    async def file(self, body: bytes, at: datetime | None, *, is_strict: bool, is_unsecured: bool) -> Observed:
        """POST a declaration, then read its result where Location says."""
        headers = {}
        if at is not None:
            headers["Sandbox-Time"] = at.isoformat()
        if is_strict:
            headers["Sandbox-Strict"] = "true"
        if is_unsecured:
            headers["Sandbox-Channel"] = "unsecured"
        status, answered, document = self._ask("POST", f"{REST}/declarations", body, headers)
        if status != 201:
            return Observed(http=status, detail=detail_of(document))
        return self._result(int(answered.get("location", "0").rpartition("/")[2]), status)

    async def identify(self, number: int, answer: Identify) -> Observed:
        """Answer a pending declaration, then read what became of it."""
        body: Document = {"decision": answer.decision}
        body |= {"ssin": answer.ssin} if answer.ssin is not None else {"reason": answer.reason or "refused"}
        status, _, document = self._ask("POST", f"/sandbox/identifications/{number}", json.dumps(body).encode())
        return self._result(number, status) if status == 204 else Observed(http=status, detail=detail_of(document))

    async def lock(self, number: int) -> Observed:
        """Lock a period."""
        status, _, document = self._ask("POST", f"/sandbox/periods/{number}/lock", b"")
        return Observed(http=status, detail=detail_of(document))

    async def periods(self, employer: Document, ssin: str) -> list[Document]:
        """All periods that a search by employer and worker shows, page by page."""
        body = json.dumps({"employer": employer, "worker": {"ssin": ssin}}).encode()
        found: list[Document] = []
        for page in range(1, 1000):
            status, _, document = self._ask("POST", f"{REST}/periods/search?pageSize={PAGE}&page={page}", body)
            if status != 200:
                raise Unreachable(f"{self.url}: the search for periods answered {status} {detail_of(document)}")
            found += document["items"]
            if not document.get("next"):
                break
        return found

    def _put(self, name: str, objects: tuple[Document, ...]) -> None:
        status, _, document = self._ask("POST", f"/sandbox/{name}", json.dumps(objects).encode())
        if status != 204:
            raise Refused(f"{name}: {status} {detail_of(document)}")

    def _result(self, number: int, http: int) -> Observed:
        deadline = time.monotonic() + RESULT_WITHIN
        while True:
            status, _, document = self._ask("GET", f"{REST}/declarations/{number}")
            if status == 200:
                return observe(document, http)
            if status != 404 or time.monotonic() > deadline:
                raise Unreachable(f"{self.url}: declaration {number} has no result ({status} {detail_of(document)})")
            time.sleep(0.05)

    def _ask(self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Answer:
        sent = {"Authorization": TOKEN, "Accept": "*/*", **(headers or {})}
        if body is not None:
            sent["Content-Type"] = "application/json"
        try:
            self._connection.request(method, self._prefix + path, body, sent)
            response = self._connection.getresponse()
            content = response.read()
        except (OSError, HTTPException) as error:
            self._connection.close()
            raise Unreachable(f"{self.url} does not answer ({str(error) or type(error).__name__})") from None
        fields = {name.lower(): value for name, value in response.getheaders()}
        try:
            return response.status, fields, json.loads(content) if content else None
        except ValueError:
            return response.status, fields, content.decode("utf-8", "replace")
