"""Delivery among real parts: nothing is lost, each endpoint is served in order, and none holds up another."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import anyio.to_thread
import pytest

from opendimona.channels.deliveries.signature import secret_text
from opendimona.register.interface import Caller
from opendimona.register.notices.endpoints import Endpoint, Wanted
from tests.channels.deliveries.parts import DelivererProcess, MailServer, Receiver
from tests.register.notices.test_outbox import IDENTITY, MORNING, PAYROLL, entry, out
from tests.waiting import until_so

if TYPE_CHECKING:
    from opendimona.register.local import LocalRegister

OPERATOR = Caller("command-line", is_operator=True)
WEBHOOK = Caller("sandbox", is_strict=False)
DAYS = [f"2024-06-{day:02d}" for day in range(1, 31)]


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    with Receiver(tmp_path) as started:
        yield started


async def hook(register: "LocalRegister", receiver: Receiver, **wanted: object) -> tuple[Endpoint, str]:
    """A webhook of the sandbox's program."""
    endpoint, secret = await register.endpoints.add(
        Wanted(channel="webhook", target=receiver.url, client="sandbox", **wanted)  # type: ignore[arg-type]
    )
    return endpoint, secret_text(secret or b"")


async def file_some(register: "LocalRegister", days: list[str]) -> list[int]:
    """File so many declarations, one after the other."""
    return [(await register.file(entry(start=day), WEBHOOK, MORNING)).number for day in days]


async def waiting(condition: Callable[[], object]) -> None:
    """Wait until it is so; the register goes on meanwhile."""

    async def ask() -> object:
        return condition()

    await until_so(ask)


async def is_at(register: "LocalRegister", endpoint: Endpoint, position: int) -> bool:
    """Whether an endpoint has got so far."""
    return (await seen(register, endpoint)).position == position


async def seen(register: "LocalRegister", endpoint: Endpoint) -> Endpoint:
    """An endpoint as it is now."""
    return await register.endpoints.one(endpoint.id, endpoint.channel, OPERATOR)


def numbers(events: list[dict[str, object]]) -> list[object]:
    """The declarations that events tell of, each at its first event."""
    return list(dict.fromkeys(event["data"]["declarationId"] for event in events))  # type: ignore[index]


async def test_the_whole_story(
    register: "LocalRegister", database_url: str, receiver: Receiver, tmp_path: Path
) -> None:
    """Pending, identified: inbox, webhook and mail have the news, in the language asked for, without the worker."""
    _, secret = await hook(register, receiver, language="nl")
    with MailServer(tmp_path) as mails:
        address, _ = await register.endpoints.add(
            Wanted(channel="mail", target="hr@school.example", client="sandbox", language="fr")
        )
        pending = await register.file(entry(IDENTITY), WEBHOOK, MORNING)
        await register.agents.identify(pending.number, "agent", 78070739119, None, is_strict=False)
        await register.endpoints.test(address.id, "mail", OPERATOR)
        mail = {"OPENDIMONA_MAIL_HOST": "127.0.0.1", "OPENDIMONA_MAIL_PORT": str(mails.port),
                "OPENDIMONA_MAIL_SECURITY": "none"}  # fmt: skip
        with DelivererProcess(database_url, OPENDIMONA_PUBLIC_URL="https://dimona.example", **mail):
            await waiting(lambda: len(receiver.accepted(secret)) == 2)
            await waiting(lambda: len(mails.received()) == 2)
    events = receiver.accepted(secret)
    assert [event["type"] for event in events] == ["opendimona.declaration.pending", "opendimona.declaration.settled"]
    assert [event["sequence"][-2:] for event in events] == ["01", "02"]
    assert [event["subject"] for event in events] == [str(pending.number)] * 2
    href = f"https://dimona.example/REST/dimona/v2/declarations/{pending.number}"
    assert events[1]["data"] == {
        "noticeId": 2, "kind": "declaration.settled", "time": events[1]["time"], "employer": {"employerId": 175110801},
        "declarationId": pending.number, "periodId": pending.number, "result": "A", "href": href,
        "text": f"Aangifte {pending.number}, die in behandeling was, is nu aanvaard.",
    }  # fmt: skip
    (test, both) = mails.received()
    assert "essai" in test["subject"]
    assert (both["to"], both["language"], both["subject"]) == (["hr@school.example"], "fr", "Dimona : 2 avis")
    assert f"La déclaration {pending.number}, qui était en attente, est maintenant acceptée." in both["body"]
    assert href in both["body"]
    page = await register.notices(WEBHOOK, 0, 10)
    assert [notice.kind for notice in page.notices] == ["declaration.pending", "declaration.settled"]
    for word in ("78070739119", "Martin", "Zoe"):
        assert word not in both["raw"] + str(receiver.received())
    after = await seen(register, address)
    assert (after.test_problem, after.tested_at is not None) == (None, True)


async def test_a_receiver_that_is_killed_and_comes_back_gets_all_in_order(
    register: "LocalRegister", database_url: str, receiver: Receiver
) -> None:
    _, secret = await hook(register, receiver)
    with DelivererProcess(database_url):
        filed = await file_some(register, DAYS[:5])
        await waiting(lambda: len(receiver.accepted(secret)) >= 2)
        receiver.kill()
        filed += await file_some(register, DAYS[5:10])
        receiver.behave("500")
        receiver.start()
        await waiting(lambda: receiver.received()[-1]["answer"] == "500")
        receiver.behave("200")
        await waiting(lambda: numbers(receiver.accepted(secret)) == filed)
    sequence = [int(event["sequence"]) for event in receiver.accepted(secret)]
    assert sequence == sorted(sequence)
    assert set(sequence) == set(range(1, 11))


@pytest.mark.parametrize("seed", [1, pytest.param(None, marks=pytest.mark.soak)])
async def test_a_deliverer_that_is_killed_loses_nothing(
    register: "LocalRegister", database_url: str, receiver: Receiver, tmp_path: Path, seed: int | None
) -> None:
    """Killed again and again while declarations are filed: each is told at least once, the first times in order."""
    chance = random.Random(seed)
    endpoint, secret = await hook(register, receiver)
    filed: list[int] = []
    for _ in range(4 if seed else 40):
        with DelivererProcess(database_url) as deliverer:
            filed += await file_some(register, chance.sample(DAYS, chance.randint(1, 8)))
            enough = len(receiver.received()) + chance.randint(0, 4)
            await waiting(lambda: len(receiver.received()) >= min(enough, len(filed)))  # noqa: B023
            deliverer.kill()
    with DelivererProcess(database_url):
        await waiting(lambda: numbers(receiver.accepted(secret)) == filed)
        await until_so(lambda: is_at(register, endpoint, len(filed)))
    after = await seen(register, endpoint)
    assert (after.dead_letters, after.is_suspended, after.delivered) == (0, False, len(filed))


async def test_another_deliverer_takes_over(register: "LocalRegister", database_url: str, receiver: Receiver) -> None:
    _, secret = await hook(register, receiver)
    with DelivererProcess(database_url) as first:
        second = DelivererProcess(database_url)
        started = anyio.create_task_group()
        async with started:
            started.start_soon(anyio.to_thread.run_sync, second.start)  # says nothing while it stands by
            filed = await file_some(register, DAYS[:3])
            await waiting(lambda: numbers(receiver.accepted(secret)) == filed)
            assert second.said == ""
            first.kill()
        try:
            filed += await file_some(register, DAYS[3:6])
            await waiting(lambda: numbers(receiver.accepted(secret)) == filed)
        finally:
            second.kill()


async def test_a_notice_that_is_refused_becomes_a_dead_letter_and_can_be_sent_again(
    register: "LocalRegister", database_url: str, receiver: Receiver
) -> None:
    endpoint, secret = await hook(register, receiver)
    receiver.behave("500")
    filed = await file_some(register, DAYS[:2])

    async def dead() -> list[tuple[int, int, str]]:
        found = await register.endpoints.dead_letters(endpoint.id, "webhook", OPERATOR, 0, 10)
        return [(letter.position, letter.attempts, letter.problem) for letter in found]

    with DelivererProcess(database_url, OPENDIMONA_DELIVERY_ATTEMPTS="3"):
        await waiting(lambda: len(receiver.received()) >= 6)

        async def all_dead() -> bool:
            return len(await dead()) == 2

        await until_so(all_dead)
        assert await dead() == [(1, 3, "answered 500"), (2, 3, "answered 500")]
        receiver.behave("204")
        more = await file_some(register, DAYS[2:3])
        await waiting(lambda: numbers(receiver.accepted(secret)) == more)
        assert await register.endpoints.replay(endpoint.id, "webhook", WEBHOOK, [1]) == 1
        await waiting(lambda: numbers(receiver.accepted(secret)) == more + filed[:1])
        assert await register.endpoints.replay(endpoint.id, "webhook", WEBHOOK, None) == 1
        await waiting(lambda: numbers(receiver.accepted(secret)) == more + filed)

        async def none_dead() -> bool:
            return not await dead()

        await until_so(none_dead)
    assert "sequence" not in receiver.accepted(secret)[-1]


async def test_endpoints_that_hang_hold_up_no_other_and_gone_means_gone(
    register: "LocalRegister", database_url: str, receiver: Receiver, tmp_path: Path
) -> None:
    with Receiver(tmp_path, "hanging", "hang") as hanging, Receiver(tmp_path, "gone", "410") as gone:
        for _ in range(5):
            await hook(register, hanging)
        over, _ = await hook(register, gone)
        _, secret = await hook(register, receiver)
        with DelivererProcess(database_url):
            filed = await file_some(register, DAYS[:3])
            await waiting(lambda: numbers(receiver.accepted(secret)) == filed)
            await waiting(lambda: len(gone.received()) == 1)

            async def is_suspended() -> bool:
                return (await seen(register, over)).is_suspended

            await until_so(is_suspended)
            after = await seen(register, over)
            assert (after.problem, after.dead_letters, after.position) == ("answered 410", 0, 0)
            gone.behave("204")
            await register.endpoints.replay(over.id, "webhook", WEBHOOK, None)
            await waiting(lambda: len(gone.received()) == 4)


async def test_only_what_was_asked_for_and_may_still_be_seen(
    register: "LocalRegister", database_url: str, receiver: Receiver
) -> None:
    """Kinds are chosen; a program that is no longer registered is sent nothing."""
    _, secret = await hook(register, receiver, kinds=("period.changed",))
    await register.endpoints.add(Wanted(channel="webhook", target=receiver.url, client="payroll"))
    made = await register.file(entry(), WEBHOOK, MORNING)
    changed = await register.file(out(made.number), PAYROLL, MORNING)
    with DelivererProcess(database_url):
        await waiting(lambda: len(receiver.received()) == 1)
        await register.endpoints.test(1, "webhook", WEBHOOK)
        await waiting(lambda: len(receiver.received()) == 2)
    (event, test) = receiver.accepted(secret)
    assert (event["type"], event["data"]["declarationId"]) == ("opendimona.period.changed", changed.number)
    assert test["type"] == "opendimona.test"
