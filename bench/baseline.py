"""The baseline: pgbench's bare insert of one row a transaction, into the same PostgreSQL."""

import re
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from psycopg import conninfo

from bench.database import Postgres
from bench.processes import BenchError
from opendimona.register.data_folder import USER
from opendimona.register.places import programs

TABLE = """
    DROP TABLE IF EXISTS bare;
    CREATE TABLE bare (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, worker bigint, body text)"""
BODY = "x" * 200
SCRIPT = f"""\\set worker random(1, 11000000)
INSERT INTO bare (worker, body) VALUES (:worker, '{BODY}');
"""
LONGEST = 60
_RATE = re.compile(r"^tps = ([0-9.]+)", re.MULTILINE)


def insert_rate(postgres: Postgres, database: str, clients: int, seconds: int) -> float:
    """Rows a second that so many clients of pgbench insert, one by one, each durable. Raises BenchError.

    Its clock runs while its clients connect, which each takes a proof of the password: they get a second more, and on
    a machine so busy that no transaction was made, as long again.
    """
    postgres.ask(TABLE, database)
    parts = conninfo.conninfo_to_dict(postgres.dsn(database))
    with TemporaryDirectory() as folder:
        script, key = Path(folder, "insert.sql"), Path(folder, "key")
        script.write_text(SCRIPT)
        key.touch(mode=0o600)
        secret = str(parts["password"]).replace("\\", "\\\\").replace(":", "\\:")
        key.write_text(f"*:*:*:*:{secret}\n")
        for_seconds = seconds + 1
        while True:
            done = subprocess.run(
                [
                    str(programs() / "pgbench"), "-n", "-M", "prepared", "-j", "1", "-c", str(clients),
                    "-T", str(for_seconds), "-f", str(script), "-h", str(parts["host"]), "-p", str(parts["port"]),
                    "-U", USER, database,
                ],
                env={"PGPASSFILE": str(key), "PATH": ""}, capture_output=True, text=True, check=False,
            )  # fmt: skip
            found = _RATE.search(done.stdout)
            if found is not None and done.returncode == 0:
                return float(found[1])
            if done.returncode != 0 or for_seconds > LONGEST:
                raise BenchError(f"pgbench failed: {done.stderr.strip()}")
            for_seconds *= 2
