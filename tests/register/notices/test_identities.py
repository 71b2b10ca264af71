"""Whoever declared a worker is told when the identity behind the declaration changes."""

from opendimona.register.entries import EmployerEntry, WorkerEntry
from opendimona.register.local import LocalRegister
from tests.register.notices.test_outbox import EMPLOYER, IDENTITY, MORNING, PAYROLL, SCHOOL, STRANGER, entry, out, told

ANNE, NEW = "78070739119", "95080199952"


async def since(register: LocalRegister) -> int:
    return (await told(register, PAYROLL))[-1].position


async def test_a_replaced_ssin_is_told_for_each_period_that_moved(register: LocalRegister) -> None:
    await register.put_workers([WorkerEntry(ANNE, "DUBOIS", "ANNE"), WorkerEntry(NEW, "DUBOIS", "ANNE")])
    made = await register.file(entry(), PAYROLL, MORNING)
    before = await since(register)
    assert await register.agents.replace_ssin(int(ANNE), int(NEW), "agent", "bis number replaced") == 1
    for caller in (PAYROLL, SCHOOL):
        (notice,) = [one for one in await told(register, caller) if one.position > before]
        assert (notice.kind, notice.number, notice.data) == ("worker.renumbered", made.number, {})
    assert await told(register, STRANGER) == []


async def test_an_undone_identification_is_told_with_what_fell_with_it(register: LocalRegister) -> None:
    made = await register.file(entry(IDENTITY), PAYROLL, MORNING)
    await register.agents.identify(made.number, "agent", int(ANNE), None, is_strict=False)
    closed = await register.file(out(made.number), PAYROLL, MORNING)
    before = await since(register)
    await register.agents.undo(made.number, "agent", "a namesake")
    for caller in (PAYROLL, SCHOOL):
        found = {(one.kind, one.number) for one in await told(register, caller) if one.position > before}
        assert found == {("identification.undone", made.number), ("file.changed", closed.number)}
    assert await told(register, STRANGER) == []


async def test_a_corrected_person_and_a_new_number_are_told_to_the_employer(register: LocalRegister) -> None:
    await register.put_employers([EmployerEntry(nsso_registration_number=EMPLOYER[1])])
    await register.put_workers([WorkerEntry(ANNE, "DUBOIS", "ANNE")])
    await register.file(entry(), PAYROLL, MORNING)
    before = await since(register)
    await register.agents.correct_person(WorkerEntry(ANNE, "DUBOIT", "ANNE"), "agent", "misspelt")
    await register.agents.renumber_employer(("nsso", EMPLOYER[1]), 175702307, "agent", "language regime")
    found = [one for one in await told(register, SCHOOL) if one.position > before]
    assert [one.kind for one in found] == ["worker.corrected", "employer.renumbered"]
    assert all(one.employer is not None and one.data == {} for one in found)
