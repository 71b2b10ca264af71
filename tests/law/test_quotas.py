"""The tables of counters, quotas and reliefs fit together, and the check concerns all that they count."""

from datetime import date

from opendimona.core.checks import CHECKS
from opendimona.law.catalogue import load_catalogue
from opendimona.law.reader import load_law

LAW = load_law()
COUNTERS = {counter.id: counter for counter in LAW.counters}


def test_every_quota_and_relief_is_of_a_counter() -> None:
    assert {quota.counter for quota in LAW.quotas} == set(COUNTERS)
    assert {quota.beside for quota in LAW.quotas} - {None} <= set(COUNTERS)
    assert {relief.counter for relief in LAW.reliefs} <= set(COUNTERS)


def test_rows_of_one_counter_differ_in_their_dates_only() -> None:
    for row in LAW.counters:
        first = LAW.counter(row.id)
        assert (row.subject, row.measure, row.types, row.committees) == (
            first.subject, first.measure, first.types, first.committees,
        )  # fmt: skip


def test_an_employer_only_counts_days() -> None:
    assert {row.measure for row in LAW.counters if row.subject == "employer"} == {"days"}


def test_the_check_concerns_every_type_that_is_counted() -> None:
    [check] = [check for check in CHECKS if check.name == "quotas_respected"]
    assert check.types == set(LAW.counters_by_type)


def test_quotas_refuse_exactly_the_types_that_the_catalogue_names() -> None:
    refusing = {kind for quota in LAW.quotas if quota.severity == "B" for kind in COUNTERS[quota.counter].types}
    assert refusing == load_catalogue()["90017-369"].blocking_types


def test_at_most_one_quota_of_a_type_holds_at_a_time() -> None:
    for year in range(2010, 2030):
        for month in range(1, 13):
            for filed_on in (date(2010, 5, 3), date(2015, 6, 4), date(2015, 6, 5), date(2030, 1, 1)):
                for counter in COUNTERS:
                    held = [quota.type for quota in LAW.quotas_of(counter, date(year, month, 15), filed_on)]
                    assert len(held) == len(set(held))
