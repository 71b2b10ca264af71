"""Serving one endpoint: a test that was asked for, dead letters to send again, then what waits, in order."""

import asyncio
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec
import structlog
from psycopg_pool import AsyncConnectionPool

from opendimona.channels.deliveries import mail, webhook
from opendimona.channels.deliveries.events import cloud_event, test_event
from opendimona.channels.deliveries.webhook import DeliveryFailed
from opendimona.register.interface import NoticeView
from opendimona.register.notices import progress
from opendimona.register.notices.progress import Due, Waiting
from opendimona.register.store import Connection
from opendimona.settings import Settings

log = structlog.get_logger()
MAIL_MAX, DIGEST_MAX = 50, progress.PAGE
"""Notices in one mail, and in one of those that gather what came for a while."""
PAGES = 20
"""How many pages of notices one endpoint is sent before others have their turn."""
_chance = secrets.SystemRandom()


class Sender:
    """Sends to endpoints and notes how far each has got."""

    def __init__(self, pool: AsyncConnectionPool[Connection], settings: Settings) -> None:
        self._pool = pool
        self._settings = settings
        self._base = settings.public_url or ""

    async def serve(self, due: Due) -> None:
        """Send what an endpoint is to receive, until something fails or nothing is left of a page."""
        if due.test_wanted_at is not None:
            await self._test(due)
            return
        if not await self._replay(due):
            return
        for _ in range(PAGES):
            async with self._pool.connection() as connection:
                waiting = await progress.waiting_for(connection, due)
            after = await self._send_in_order(due, waiting)
            if after is None:
                return
            if waiting.until > after.position:
                async with self._pool.connection() as connection:
                    await progress.skipped(connection, due, after.position, waiting.until)
            if not waiting.has_more:
                return
            due = msgspec.structs.replace(after, position=waiting.until)

    async def _send_in_order(self, due: Due, waiting: Waiting) -> Due | None:
        """Send a page of notices one after the other (several in a mail); None when it is not to go on.

        An address that wants few mails gets the pause once nothing more waits for it.
        """
        pause = 0.0 if due.channel == "webhook" else self._pause_between(due)
        size = 1 if due.channel == "webhook" else DIGEST_MAX if pause else MAIL_MAX
        for first in range(0, len(waiting.notices), size):
            some = waiting.notices[first : first + size]
            positions = [notice.position for notice in some]
            try:
                await self._send(due, some, due.delivered + 1)
            except DeliveryFailed as failure:
                is_given_up = due.attempts + 1 >= self._settings.notices.attempts and not failure.is_final
                await self._failed(due, positions, failure, is_in_order=True, is_given_up=is_given_up)
                return None
            is_last = first + size >= len(waiting.notices) and not waiting.has_more
            async with self._pool.connection() as connection:
                is_ours = await progress.delivered(
                    connection, due, due.position, positions[-1], len(some), pause if is_last else 0.0
                )
            if not is_ours:
                return None
            due = msgspec.structs.replace(
                due, position=positions[-1], delivered=due.delivered + len(some), attempts=0, failures=0
            )
        return due

    def _pause_between(self, due: Due) -> float:
        """Seconds between two mails to an address."""
        return float(self._settings.mail.pause if due.pause is None else due.pause)

    async def _send(self, due: Due, notices: Sequence[NoticeView], sequence: int | None) -> None:
        """One delivery; `sequence` is absent for one out of order. Raises DeliveryFailed."""
        try:
            await self._send_on(due, notices, sequence)
        except (DeliveryFailed, asyncio.CancelledError):
            raise
        except Exception as error:  # noqa: BLE001 - a notice that we cannot put into words blocks no endpoint for ever
            log.error("delivery failed", endpoint=due.id, error=type(error).__name__)
            raise DeliveryFailed(f"a mistake of the program: {type(error).__name__}") from None

    async def _send_on(self, due: Due, notices: Sequence[NoticeView], sequence: int | None) -> None:
        if due.channel == "webhook":
            notice = notices[0]
            await self._post(due, str(notice.position), cloud_event(notice, self._base, sequence, due.language))
        else:
            message = mail.compose(
                notices, due.target, due.language, self._base, self._settings.mail.sender, datetime.now(UTC)
            )
            await mail.send_mail(message, self._settings.mail)

    async def _post(self, due: Due, identifier: str, body: bytes) -> None:
        settings = self._settings.notices
        await webhook.post_event(
            due.target, due.secret, identifier, body,
            patience=settings.timeout, may_reach_private=settings.may_reach_private,
        )  # fmt: skip

    async def _failed(
        self, due: Due, positions: list[int], failure: DeliveryFailed, *, is_in_order: bool, is_given_up: bool
    ) -> None:
        """Note a failure; notices that are given up lie among the dead letters, and the endpoint goes on after them."""
        settings = self._settings.notices
        pause = min(settings.last_pause, settings.first_pause * 2.0 ** min(due.failures, 30))
        async with self._pool.connection() as connection:
            await progress.failed(
                connection, due, failure.problem, pause * _chance.uniform(0.8, 1.2),
                is_in_order=is_in_order, is_final=failure.is_final, patience=settings.patience,
            )  # fmt: skip
            if is_given_up:
                await progress.buried(connection, due, positions, failure.problem)

    async def _replay(self, due: Due) -> bool:
        """Send dead letters again that somebody wants sent, until one fails, which lies down again; whether all did."""
        async with self._pool.connection() as connection:
            letters = await progress.wanted_letters(connection, due)
        for letter in letters:
            if letter.notice is not None:
                try:
                    await self._send(due, [letter.notice], None)
                except DeliveryFailed as failure:
                    await self._failed(due, [letter.position], failure, is_in_order=False, is_given_up=True)
                    return False
            async with self._pool.connection() as connection:
                await progress.raised(connection, due, letter.position)
        return True

    async def _test(self, due: Due) -> None:
        """Send a test notice, and note how it went."""
        problem, at = None, datetime.now(UTC)
        try:
            if due.channel == "webhook":
                identifier = f"test-{due.id}-{at:%Y%m%d%H%M%S}"
                await self._post(due, identifier, test_event(identifier, self._base, at))
            else:
                message = mail.compose_test(due.target, due.language, self._settings.mail.sender, at)
                await mail.send_mail(message, self._settings.mail)
        except DeliveryFailed as failure:
            problem = failure.problem
        async with self._pool.connection() as connection:
            await progress.tested(connection, due, problem)
