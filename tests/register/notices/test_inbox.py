"""The inbox: pages by cursor, single notices, acknowledgements; each program sees its own."""

from pathlib import Path

import pytest

from opendimona.register.backup import backup, restore
from opendimona.register.interface import Caller, NotFound
from opendimona.register.local import LocalRegister
from tests.postgres import Server
from tests.register.notices.test_outbox import MORNING, OTHER, PAYROLL, SCHOOL, STRANGER, entry, out, told

OPERATOR = Caller("command-line", is_operator=True)


async def filed(register: LocalRegister, count: int) -> list[int]:
    """File so many declarations, and give the positions of their notices."""
    for month in range(1, count + 1):
        await register.file(entry(start=f"2024-{month:02d}-01"), PAYROLL, MORNING)
    return [notice.position for notice in await told(register, PAYROLL)]


async def test_pages(register: LocalRegister) -> None:
    positions = await filed(register, 5)
    seen, cursor = [], 0
    for _ in range(3):
        page = await register.notices(PAYROLL, cursor, 2)
        seen += [notice.position for notice in page.notices]
        cursor = page.cursor
    assert seen == positions
    assert not page.has_more
    page = await register.notices(PAYROLL, cursor, 2)
    assert (page.notices, page.cursor) == ([], cursor)
    assert (await register.notices(PAYROLL, 10**15, 2)).cursor == 10**15


async def test_somebody_elses_notices_move_the_cursor_too(register: LocalRegister) -> None:
    await filed(register, 3)
    page = await register.notices(OTHER, 0, 2)
    assert (page.notices, page.cursor, page.has_more) == ([], 3, False)


async def test_what_is_acknowledged_is_not_shown_first(register: LocalRegister) -> None:
    positions = await filed(register, 5)
    await register.acknowledge(PAYROLL, positions[1], [positions[3], 10**12])
    page = await register.notices(PAYROLL, None, 10)
    assert [(notice.position, notice.is_acknowledged) for notice in page.notices] == [
        (positions[2], False), (positions[3], True), (positions[4], False),
    ]  # fmt: skip
    await register.acknowledge(PAYROLL, positions[0], [])
    assert len((await register.notices(PAYROLL, None, 10)).notices) == 3
    await register.acknowledge(PAYROLL, 10**12, [])
    assert (await register.notices(PAYROLL, None, 10)).notices == []
    await filed(register, 6)
    assert [notice.is_acknowledged for notice in (await register.notices(PAYROLL, None, 10)).notices] == [False] * 6


async def test_each_acknowledges_for_itself(register: LocalRegister) -> None:
    positions = await filed(register, 2)
    await register.acknowledge(OTHER, positions[-1], positions)
    assert [notice.is_acknowledged for notice in (await register.notices(PAYROLL, None, 10)).notices] == [False, False]


async def test_one_notice_is_shown_to_whom_it_concerns(register: LocalRegister) -> None:
    (position,) = await filed(register, 1)
    for caller in (PAYROLL, SCHOOL, OPERATOR):
        assert (await register.notice(position, caller)).position == position
    await register.acknowledge(PAYROLL, None, [position])
    assert (await register.notice(position, PAYROLL)).is_acknowledged
    assert not (await register.notice(position, SCHOOL)).is_acknowledged
    with pytest.raises(NotFound):
        await register.notice(position, STRANGER)
    with pytest.raises(NotFound):
        await register.notice(position + 1, PAYROLL)


async def test_who_lost_a_mandate_is_shown_nothing_of_that_employer(register: LocalRegister) -> None:
    await filed(register, 2)
    former = Caller("payroll", frozenset({("nsso", 175702307)}))
    page = await register.notices(former, 0, 10)
    assert (page.notices, page.cursor) == ([], 2)


async def test_a_caller_for_everybody_is_told_in_windows(
    register: LocalRegister, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("opendimona.register.notices.reading.WINDOW", 2)
    made = await register.file(entry(), PAYROLL, MORNING)
    await filed(register, 4)
    for _ in range(4):
        await register.file(out(made.number, "2024-01-01"), PAYROLL, MORNING)  # refused: the employer is not told
    await register.lock(made.number, "agent")
    await register.catch_up()
    cursor, seen, pages = 0, [], 0
    has_more = True
    while has_more:
        page = await register.notices(OPERATOR, cursor, 10, "mandate")
        seen += [notice.kind for notice in page.notices]
        assert page.cursor > cursor
        cursor, has_more, pages = page.cursor, page.has_more, pages + 1
    assert (seen, pages) == (["period.locked"], 2)


async def test_positions_go_on_beyond_those_of_a_backup(
    register: LocalRegister, database_url: str, postgres: Server, tmp_path: Path
) -> None:
    """What was read after the backup was made has positions that do not come again: no cursor misses what follows."""
    await filed(register, 2)
    backup(database_url, tmp_path / "copy", lambda _: None)
    beyond = (await filed(register, 4))[-1]
    with postgres.database(is_migrated=False) as other:
        restore(other, tmp_path / "copy", lambda _: None)
        restored = await LocalRegister.open(other)
        try:
            await restored.lock((await restored.notice(1, PAYROLL)).number or 0, "agent")
            await restored.catch_up()
            for caller, scope in ((PAYROLL, "filed"), (OPERATOR, "mandate")):
                page = await restored.notices(caller, beyond, 10, scope)  # type: ignore[arg-type]
                assert [notice.kind for notice in page.notices] == ["period.locked"]
                assert not page.has_more
        finally:
            await restored.close()
