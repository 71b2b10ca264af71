"""The portal as an ASGI application: each request is answered by Django in a thread of a small pool.

Views are ordinary functions, and a slow page never holds up the loop in which the register decides. Static files are
answered from memory, without a thread.
"""

import asyncio
import logging
import sys
import threading
import traceback
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import structlog
from django.contrib.sessions.middleware import SessionMiddleware
from django.core import signals
from django.core.handlers.asgi import ASGIRequest
from django.core.handlers.base import BaseHandler
from django.db import DatabaseError, close_old_connections, connections
from django.http import HttpResponse, HttpResponseBase
from django.urls import set_script_prefix

from opendimona.portal.site.assets import Assets
from opendimona.portal.site.street import STREET, House, Programs

Message = MutableMapping[str, Any]
Scope = Message
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
THREADS = 4
LONG_BODIES = {"/insurability/load/": 65 << 20}
"""Addresses to which long files are sent, with the most bytes of such a request."""
FOLLOW_PAUSE = 10.0
"""Seconds between two looks at unfinished declarations."""
log = structlog.get_logger()
# Django would print what an exception says, which may name a person; its kind and its place are enough.
logging.getLogger("django.request").setLevel(logging.CRITICAL)


class TooLarge(Exception):
    """A request body above the limit."""


def _tell(sender: object, **_: object) -> None:
    """Log that a page failed: what kind of exception, raised where, and nothing of what it says."""
    kind, _value, trace = sys.exc_info()
    frames = traceback.extract_tb(trace)
    place = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    log.error("a page failed", kind=kind.__name__ if kind is not None else "", place=place)


signals.got_request_exception.connect(_tell)


class Portal(BaseHandler):
    """The portal over a register; Django is set up before. Close it with `close`."""

    def __init__(self, register: House, programs: Programs, body_limit: int) -> None:
        super().__init__()
        STREET.open(register, asyncio.get_running_loop(), programs)
        self._body_limit = body_limit
        self._assets = Assets()
        self._threads = ThreadPoolExecutor(THREADS, "portal")
        self.load_middleware()
        self._follower = asyncio.create_task(self._follow())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        asset = self._assets.find(scope["path"])
        if asset is not None:
            await _send(send, 200, asset.headers, asset.body if scope["method"] != "HEAD" else b"")
            return
        arrived = datetime.now(UTC)
        try:
            body = await self._read(receive, await self._limit(scope))
        except TooLarge:
            await _send(send, 413, [(b"content-type", b"text/plain; charset=utf-8")], b"413: too large\n")
            return
        status, headers, content = await asyncio.get_running_loop().run_in_executor(
            self._threads, self._respond, scope, body, arrived
        )
        await _send(send, status, headers, content)

    async def _follow(self) -> None:
        """Look after unfinished declarations, as long as the portal is open."""
        from opendimona.portal.cell.notes import escalate  # noqa: PLC0415
        from opendimona.portal.cell.orphans import look_for_orphans  # noqa: PLC0415
        from opendimona.portal.declare.follow import follow_unfinished  # noqa: PLC0415  needs Django's models
        from opendimona.portal.inbox.mailing import send_what_is_due  # noqa: PLC0415
        from opendimona.portal.programs.bounded import look_after_bounded  # noqa: PLC0415
        from opendimona.portal.site.keeping import erase_what_is_old  # noqa: PLC0415

        works: tuple[Callable[[datetime], object], ...] = (
            lambda _: follow_unfinished(), look_for_orphans, escalate, send_what_is_due, erase_what_is_old,
            look_after_bounded,
        )  # fmt: skip
        while True:
            await asyncio.sleep(FOLLOW_PAUSE)
            for work in works:
                await asyncio.get_running_loop().run_in_executor(self._threads, _attempt, work)

    async def forget(self) -> None:
        """Forget people and all that was declared of them; schools, employers and accounts stay."""
        from opendimona.portal.site.forget import forget_people  # noqa: PLC0415  needs Django's models

        await asyncio.get_running_loop().run_in_executor(self._threads, forget_people)

    async def _limit(self, scope: Scope) -> int:
        """How long a body may be: more than usual where files are loaded, for those who may load them."""
        long = LONG_BODIES.get(scope["path"])
        if long is None or scope["method"] != "POST":
            return self._body_limit
        may = await asyncio.get_running_loop().run_in_executor(self._threads, self._may_load, scope)
        return long if may else self._body_limit

    def _may_load(self, scope: Scope) -> bool:
        """Whether whoever asks may have a long body read: known from the session, before any of it is."""
        from opendimona.portal.accounts.middleware import may_ask  # noqa: PLC0415  needs Django's models

        close_old_connections()
        request = ASGIRequest(scope, BytesIO())
        SessionMiddleware(lambda _: HttpResponse()).process_request(request)
        return may_ask(request)

    async def _read(self, receive: Receive, limit: int) -> bytes:
        parts, size = [], 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return b""
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            if size > limit:
                raise TooLarge
            if not message.get("more_body"):
                return b"".join(parts)

    def _respond(self, scope: Scope, body: bytes, arrived: datetime) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        """Everything that happens in the thread: Django's answer, whole."""
        set_script_prefix("/")
        signals.request_started.send(sender=self.__class__, scope=scope)
        request = ASGIRequest(scope, BytesIO(body))
        request.arrived = arrived  # type: ignore[attr-defined]
        response: HttpResponseBase = self.get_response(request)
        content = b"".join(response) if response.streaming else response.content  # type: ignore[attr-defined]
        headers = [(name.lower().encode("ascii"), value.encode("latin-1")) for name, value in response.items()]
        headers += [(b"set-cookie", morsel.OutputString().encode("ascii")) for morsel in response.cookies.values()]
        response.close()
        return response.status_code, headers, b"" if scope["method"] == "HEAD" else content

    async def close(self) -> None:
        """Let the requests under way end, and every thread's connection go."""
        self._follower.cancel()
        meeting = threading.Barrier(THREADS)

        def leave() -> None:
            meeting.wait(10)
            connections["default"].close()

        loop = asyncio.get_running_loop()
        await asyncio.gather(*(loop.run_in_executor(self._threads, leave) for _ in range(THREADS)))
        self._threads.shutdown()
        STREET.close()


def _attempt(work: Callable[[datetime], object]) -> None:
    """Do something that is done again soon: whatever goes wrong with it, the others go on, and so does it."""
    try:
        work(datetime.now(UTC))
    except DatabaseError:
        log.warning("what is done beside the pages could not be; tried again soon")
    except Exception as error:  # noqa: BLE001 - nobody would notice that mails no longer leave
        log.error("what is done beside the pages failed; tried again soon", kind=type(error).__name__)


async def _send(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*headers, length]})
    await send({"type": "http.response.body", "body": body})
