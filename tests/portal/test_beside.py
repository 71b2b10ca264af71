"""What is done beside the pages: one thing that fails stops neither itself nor the others."""

import pytest
from django.db import DatabaseError
from structlog.testing import capture_logs

from opendimona.portal.site.application import _attempt
from opendimona.portal.site.forget import TABLES


@pytest.mark.parametrize(("failure", "level"), [(DatabaseError("away"), "warning"), (KeyError(85010100115), "error")])
def test_a_failure_is_told_without_what_it_says(failure: Exception, level: str) -> None:
    def work(_at: object) -> None:
        raise failure

    with capture_logs() as said:
        _attempt(work)
    assert [one["log_level"] for one in said] == [level]
    assert "85010100115" not in str(said)


def test_what_names_people_is_forgotten_with_them() -> None:
    names = {model._meta.db_table for model in TABLES}
    assert {"cell_note", "cell_orphan", "cell_place", "cell_jobrow", "mine_ownfile"} <= names
