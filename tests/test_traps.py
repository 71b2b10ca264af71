"""The traps of conftest.py catch what they are for."""

import socket
import time

import psycopg
import pytest

from tests.postgres import Server


def test_a_connection_to_another_machine_raises() -> None:
    with socket.socket() as opened, pytest.raises(AssertionError, match="reached out"):
        opened.connect(("192.0.2.1", 80))


def test_the_local_time_zone_is_nobodys() -> None:
    assert time.localtime().tm_gmtoff == 14 * 3600


def test_a_test_gets_an_empty_database(empty_database_url: str) -> None:
    with psycopg.connect(empty_database_url) as connection:
        row = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
    assert row == (0,)


def test_a_connection_left_open_fails_the_test(postgres: Server) -> None:
    with pytest.raises(AssertionError, match="left open"), postgres.database(patience=0) as url:
        left = psycopg.connect(url)
    left.close()
