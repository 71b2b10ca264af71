"""Each gap with small data: what makes it, what does not."""

from datetime import UTC, datetime

import pytest

from opendimona.portal.accounts.models import Account, Membership, Role
from opendimona.portal.insurability.models import Figure, Gap, Run
from opendimona.portal.insurability.runs import repeat
from opendimona.portal.staff.models import Person
from tests.portal.houses import COMMUNITY, POWER, SECOND_SCHOOL
from tests.portal.insurability.conftest import MINUTE, Payroll, gaps_of, ssin
from tests.portal.test_rights import client_of

ANNE, MARC = ssin(1), ssin(3)


def coverage(run: Run, level: str = "community", subject: str = "") -> tuple[int, int]:
    """Covered and paid days."""
    figure = Figure.objects.get(run=run, level=level, subject=subject)
    return figure.covered_days, figure.paid_days


def test_what_is_declared_has_no_gap(payroll: Payroll) -> None:
    payroll.pays(ANNE, "1/11-30/11")
    payroll.declares(ANNE, "1/9-31/12")
    assert payroll.gaps() == []


def test_g1_nothing_declared(payroll: Payroll) -> None:
    payroll.pays(ANNE, "1/11-30/11")
    run = payroll.run()
    assert gaps_of(run) == [("G1", ANNE, "1/11-30/11")]
    assert coverage(run) == (0, 30)


def test_g1_a_hole_between_two_periods(payroll: Payroll) -> None:
    payroll.pays(ANNE, "1/11-30/11")
    payroll.declares(ANNE, "1/11-10/11")
    payroll.declares(ANNE, "15/11-30/11")
    assert payroll.gaps() == [("G1", ANNE, "11/11-14/11")]


def test_g1_a_cancelled_period_covers_nothing(payroll: Payroll) -> None:
    payroll.pays(ANNE, "1/11-30/11")
    payroll.declares(ANNE, "1/11-30/11", is_cancelled=True)
    assert payroll.gaps() == [("G1", ANNE, "1/11-30/11")]


def test_late_cover_covers(payroll: Payroll) -> None:
    payroll.pays(ANNE, "1/11-30/11")
    payroll.declares(ANNE, "1/11-30/11", is_late=True)
    assert payroll.gaps() == []


def test_g2_and_g3(payroll: Payroll) -> None:
    payroll.pays(ANNE, "1/11-30/11")
    payroll.declares(ANNE, "5/11-24/11")
    run = payroll.run()
    assert gaps_of(run) == [("G2", ANNE, "1/11-4/11"), ("G3", ANNE, "25/11-30/11")]
    assert coverage(run) == (20, 30)


@pytest.mark.parametrize("kind", ["differe", "recuperation"])
def test_deferred_pay_and_recovery_need_no_cover(payroll: Payroll, kind: str) -> None:
    payroll.pays(ANNE, "1/11-10/11")
    payroll.pays(ANNE, "11/11-30/11", kind=kind)
    payroll.declares(ANNE, "1/11-10/11")
    assert payroll.gaps() == []


def test_paid_absence_and_arrears_need_cover_in_their_own_month(payroll: Payroll) -> None:
    payroll.pays(ANNE, "1/11-10/11", kind="absence")
    payroll.pays(ANNE, "1/9-30/9", kind="arrieres", month="2026-09")
    payroll.declares(ANNE, "1/11-30/11")
    assert payroll.gaps() == [("G2", ANNE, "1/9-30/9")]


def test_a_line_that_pays_no_day_needs_no_cover(payroll: Payroll) -> None:
    payroll.pays(ANNE, "1/11-30/11", days=0)
    payroll.pays(MARC, "1/11-30/11")
    payroll.declares(MARC, "1/11-30/11")
    assert payroll.gaps() == []


def test_g4_open_period_without_pay(payroll: Payroll) -> None:
    payroll.pays(ANNE, "1/11-9/11")
    payroll.pays(MARC, "1/11-30/11")
    payroll.declares(ANNE, "1/9-")
    payroll.declares(MARC, "1/9-")
    payroll.declares(ssin(5), "1/9-31/12")  # has an end: nobody forgot it
    assert payroll.gaps() == [("G4", ANNE, "10/11-")]
    gap = Gap.objects.get()
    assert (gap.number, gap.days, gap.school_id is not None) == (payroll.numbers - 2, 0, True)


def test_g4_not_while_pay_goes_on(payroll: Payroll) -> None:
    payroll.pays(ANNE, "1/11-10/11")
    payroll.pays(MARC, "1/11-30/11")
    payroll.declares(ANNE, "1/9-")
    payroll.declares(MARC, "1/9-")
    assert payroll.gaps() == []


@pytest.mark.parametrize(("employer", "worker_type"), [(POWER, "OTH"), (COMMUNITY, "STU")])
def test_g5_other_employer_or_type(payroll: Payroll, employer: int, worker_type: str) -> None:
    payroll.pays(ANNE, "1/11-30/11")
    payroll.declares(ANNE, "1/11-20/11", employer=employer, worker_type=worker_type)
    run = payroll.run()
    assert gaps_of(run) == [("G1", ANNE, "21/11-30/11"), ("G5", ANNE, "1/11-20/11")]
    gap = Gap.objects.get(kind="G5")
    assert gap.other_employer is not None
    assert (gap.other_employer.nsso, gap.other_type) == (employer, worker_type)
    assert coverage(run) == (0, 30)


def test_g6_replaced_number(payroll: Payroll) -> None:
    middle, new = ssin(7), ssin(9)
    for former, later in ((ANNE, middle), (middle, new)):
        payroll.sql(
            """INSERT INTO identity_event (kind, ssin, former, agent, recorded_at)
               VALUES ('ssin-replaced', %s, %s, 'x', '2026-02-01')""",
            later, former,
        )  # fmt: skip
    payroll.pays(ANNE, "1/11-30/11")
    payroll.declares(new, "1/11-30/11")
    assert payroll.gaps() == [("G6", ANNE, "1/11-30/11")]
    assert Gap.objects.get().other_ssin == new


def test_g6_typing_error(payroll: Payroll) -> None:
    wrong = ANNE + 1000 if ANNE // 1000 % 10 < 9 else ANNE - 1000
    payroll.pays(wrong, "1/11-30/11")
    payroll.declares(ANNE, "1/11-30/11")
    payroll.declares(ssin(1, "800102"), "1/11-30/11")  # one digit off too, but another birth date
    assert payroll.gaps() == [("G6", wrong, "1/11-30/11")]
    assert Gap.objects.get().other_ssin == ANNE


def test_g6_wrong_check_digits_and_nobody_near(payroll: Payroll) -> None:
    payroll.pays(ANNE + 1, "1/11-30/11")
    assert payroll.gaps() == [("G6", ANNE + 1, "1/11-30/11")]
    assert Gap.objects.get().other_ssin is None


def test_g6_matricule_of_two_numbers(payroll: Payroll) -> None:
    payroll.pays(ANNE, "1/11-15/11", matricule="28001010001")
    payroll.pays(MARC, "16/11-30/11", matricule="28001010001")
    payroll.declares(MARC, "1/11-30/11")
    assert payroll.gaps() == [("G6", ANNE, "1/11-15/11"), ("G6", MARC, "16/11-30/11")]
    assert [gap.days for gap in Gap.objects.order_by("ssin")] == [15, 0]


def put_pending(payroll: Payroll, birth: str, span: str) -> None:
    """An IN without SSIN that waits for an identification."""
    start, end = span.split("-")
    body = (
        f'{{"employer":{{"employerId":{COMMUNITY}}},"worker":{{"birthDate":"{birth}","familyName":"X"}},'
        f'"dimonaIn":{{"startDate":"2026-11-{start:0>2}","endDate":"2026-11-{end:0>2}"}}}}'
    )
    payroll.sql(
        """INSERT INTO journal (ssin, sequence, number, entry, employer, result, received_at, recorded_at, filed_by,
                                body, law, chain)
           SELECT 0, 77, 77, 'i', id, 'S', '2026-11-01', '2026-11-01', 'x', %s, '2026', ''
             FROM employer WHERE nsso = %s""",
        body, COMMUNITY,
    )  # fmt: skip


def test_g7_pending_does_not_cover(payroll: Payroll) -> None:
    payroll.pays(ANNE, "1/11-30/11")
    payroll.pays(ssin(1, "800102"), "1/11-30/11")
    put_pending(payroll, "1980-01-01", "1-20")
    run = payroll.run()
    assert gaps_of(run) == [
        ("G1", ANNE, "21/11-30/11"), ("G1", ssin(1, "800102"), "1/11-30/11"), ("G7", ANNE, "1/11-20/11"),
    ]  # fmt: skip
    assert coverage(run) == (0, 60)


def test_g7_not_once_it_is_decided(payroll: Payroll) -> None:
    payroll.pays(ANNE, "1/11-30/11")
    put_pending(payroll, "1980-01-01", "1-20")
    payroll.sql(
        """INSERT INTO journal (ssin, sequence, number, entry, employer, result, received_at, recorded_at, filed_by,
                                body, law, chain)
           SELECT 0, 78, 77, 'd', employer, 'B', '2026-11-02', '2026-11-02', 'x', '{}', '2026', '' FROM journal"""
    )
    assert payroll.gaps() == [("G1", ANNE, "1/11-30/11")]
    assert payroll.gaps(datetime(2026, 11, 1, 12, tzinfo=UTC))[-1][0] == "G7"


def test_g8_two_periods_at_once(payroll: Payroll) -> None:
    payroll.pays(ANNE, "1/11-30/11")
    payroll.declares(ANNE, "1/9-15/11")
    second = payroll.declares(ANNE, "10/11-31/12")
    payroll.declares(ANNE, "10/11-31/12", employer=POWER)
    payroll.declares(ANNE, "10/11-31/12", worker_type="STU")
    assert payroll.gaps() == [("G8", ANNE, "10/11-15/11")]
    assert Gap.objects.get().number == second


def test_a_day_paid_in_two_schools_is_one_day_of_the_employer(payroll: Payroll) -> None:
    payroll.pays(ANNE, "1/11-20/11")
    payroll.pays(ANNE, "11/11-30/11", school=SECOND_SCHOOL)
    payroll.pays(ANNE, "1/11-30/11", employer=POWER, category="ouvrier")
    payroll.declares(ANNE, "1/11-15/11")
    run = payroll.run()
    schools = {figure.paid_days: figure.covered_days for figure in Figure.objects.filter(run=run, level="school")}
    assert coverage(run) == (15, 60)
    assert coverage(run, "network", "free") == (15, 60)
    assert schools == {50: 15, 20: 5}
    found = [(gap.kind, gap.days) for gap in Gap.objects.filter(run=run).order_by("kind", "days")]
    assert found == [("G1", 15), ("G3", 5), ("G3", 15), ("G5", 15)]


def test_a_run_gives_the_same_again_when_the_register_went_on(payroll: Payroll) -> None:
    payroll.pays(ANNE, "1/11-30/11")
    payroll.declares(ANNE, "1/11-20/11")
    first = payroll.run()
    payroll.declares(ANNE, "21/11-30/11", recorded=(first.as_of + MINUTE, None))
    again = repeat(first, None)
    assert again.pk > first.pk
    assert gaps_of(again) == gaps_of(first) == [("G3", ANNE, "21/11-30/11")]
    assert payroll.gaps(first.as_of + 2 * MINUTE) == []


def test_what_was_found_before_keeps_its_moment(payroll: Payroll) -> None:
    payroll.pays(ANNE, "1/11-30/11")
    first, second = payroll.run(), payroll.run()
    moments = [gap.found_at for gap in Gap.objects.order_by("run")]
    assert moments == [first.started_at, first.started_at]
    assert second.pk != first.pk


def test_somebody_is_shown_day_by_day(payroll: Payroll) -> None:
    who = ssin(77)
    payroll.pays(who, "2/11-13/11")
    payroll.declares(who, "9/11-")
    run = payroll.run()
    person = Person.objects.create(ssin=who, family_name="Dubois", given_name="Anne", search_key="DUBOIS ANNE")
    account = Account.objects.create(email="julie@example.org", name="Julie")
    Membership.objects.create(account=account, role=Role.CELL)
    client = client_of(account)
    page = client.get(f"/insurability/person/{person.pk}/").content.decode()
    assert "5 de 12 jours payés sont couverts" in page
    assert page.count('<td class="no">') == 7
    assert page.count('<td class="ok">') == 5
    assert "G2" in page
    assert client.get(f"/insurability/person/{person.pk}/?run={run.pk}").status_code == 200
    assert client.get("/insurability/person/999999/").status_code == 404
    assert str(who) not in f"/insurability/person/{person.pk}/"
    Account.objects.all().delete()


def test_a_school_has_a_trend_of_its_own(payroll: Payroll) -> None:
    payroll.pays(ANNE, "2/11-6/11")
    payroll.pays(MARC, "2/11-6/11", school=SECOND_SCHOOL)
    payroll.declares(ANNE, "1/11-")
    payroll.run()
    run = payroll.run()
    account = Account.objects.create(email="julie@example.org", name="Julie")
    Membership.objects.create(account=account, role=Role.CELL)
    client = client_of(account)
    shown = {fase: client.get(f"/insurability/{run.pk}/?school={fase}").content.decode() for fase in (93052, 93053)}
    assert "100,00 %</title>" in shown[93052]
    assert "0,00 %</title>" in shown[93053]
    assert shown[93053].count("</title></rect>") == 2
    Account.objects.all().delete()
