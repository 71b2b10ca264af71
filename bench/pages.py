"""The portal's pages measured: secretaries who open one every few seconds, lists of a whole Community, a file.

The program runs as `serve --sandbox --demo` does, on a PostgreSQL of the bench; its tables hold many schools besides
(`bench.staff`). The users' processor time is in the machine's, as that of browsers would not be.
"""

import os
import random
import re
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from http.client import HTTPConnection, HTTPResponse
from typing import Any
from urllib.parse import urlencode, urlsplit

from bench.database import Postgres
from bench.draw import ssin
from bench.plan import Portal
from bench.processes import BenchError
from bench.staff import email_of, fill
from opendimona.core.calendar import BRUSSELS
from opendimona.portal.demo.names import FAMILY
from opendimona.portal.demo.schools import PASSWORD

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')
PERSON = re.compile(r'href="(/staff/\d+/)"')
STATIC = re.compile(r'(?:href|src)="(/static/[^"]+)"')
DEMO = "secretariat@example.org"
SUPERVISOR = "responsable@example.org"
BOUNDARY = "opendimona-bench"
READY_SECONDS = 120
Say = Callable[[str], None]
Figures = dict[str, Any]


class Visitor:
    """A browser without a screen: one connection, its cookies, the token of the last page."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._connection = HTTPConnection(str(parts.hostname), parts.port, timeout=READY_SECONDS)
        self._cookies: dict[str, str] = {}
        self._token = ""
        self.size = 0

    def get(self, path: str) -> str:
        """A page. Raises BenchError unless it comes."""
        return self._ask("GET", path)

    def post(self, path: str, follow: bool = True, **values: str) -> str:
        """What a form leads to. Raises BenchError unless it comes."""
        form = urlencode({"csrfmiddlewaretoken": self._token} | values).encode()
        return self._ask("POST", path, form, "application/x-www-form-urlencoded", follow)

    def upload(self, path: str, name: str, content: bytes) -> str:
        """The page after a file was sent."""
        head = (
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{self._token}\r\n'
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
            "Content-Type: text/csv\r\n\r\n"
        )
        body = head.encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()
        return self._ask("POST", path, body, f"multipart/form-data; boundary={BOUNDARY}")

    def sign_in(self, email: str) -> str:
        """The first page of an account."""
        self.get("/sign-in/")
        return self.post("/sign-in/", email=email, password=PASSWORD)

    def _ask(self, method: str, path: str, body: bytes | None = None, kind: str = "", is_followed: bool = True) -> str:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        if kind:
            headers["Content-Type"] = kind
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        text = answer.read().decode()
        self.size = len(text.encode()) + sum(len(name) + len(value) + 4 for name, value in answer.getheaders())
        self._keep(answer)
        if is_followed and answer.status in (301, 302, 303):
            return self._ask("GET", answer.headers["Location"])
        if answer.status >= 400:
            raise BenchError(f"{method} {path} was answered {answer.status}")
        found = TOKEN.search(text)
        self._token = found[1] if found else self._token
        return text

    def _keep(self, answer: HTTPResponse) -> None:
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = line.partition(";")[0].partition("=")
            self._cookies[name.strip()] = value

    def close(self) -> None:
        """Hang up."""
        self._connection.close()


class User(threading.Thread):
    """A secretary who opens one page after the other; `times`: seconds of each, by the kind of page."""

    def __init__(self, url: str, school: int, plan: Portal, until: float) -> None:
        super().__init__(daemon=True)
        self._visitor = Visitor(url)
        self._draw = random.Random(school)
        self._plan, self._school, self._until = plan, school, until
        self._people: list[str] = []
        self.times: dict[str, list[float]] = {}
        self.failed = ""

    def run(self) -> None:
        """Open pages until the time is over."""
        try:
            self._visitor.sign_in(email_of(self._school))
            self._people = PERSON.findall(self._visitor.get("/staff/?who=all"))
            time.sleep(self._draw.uniform(0, self._plan.pause))
            is_first = True
            while is_first or time.monotonic() < self._until:
                is_first = False
                begun = time.perf_counter()
                kind = self._open()
                taken = time.perf_counter() - begun
                self.times.setdefault(kind, []).append(taken)
                time.sleep(max(0.0, self._plan.pause - taken))
        except (BenchError, OSError) as error:
            self.failed = str(error) or type(error).__name__
        finally:
            self._visitor.close()

    def _open(self) -> str:
        kind = self._draw.choice(("home", "home", "staff", "search", "person", "person", "inbox", "deadlines", "find"))
        name = self._draw.choice(FAMILY)
        if kind == "person" and self._people:
            self._visitor.get(self._draw.choice(self._people))
        elif kind == "search":
            self._visitor.get(f"/staff/?{urlencode({'who': 'all', 'q': name})}")
        elif kind == "find":
            self._visitor.post("/declare/", q=name)
        else:
            self._visitor.get({"staff": "/staff/", "inbox": "/inbox/", "deadlines": "/deadlines/"}.get(kind, "/"))
        return kind


@contextmanager
def portal(postgres: Postgres) -> Iterator[tuple[str, str]]:
    """The whole program with its demonstration, on a fresh database: its address, and the database's name."""
    with postgres.database("portal", is_register=False) as name:
        command = [sys.executable, "-c", "from opendimona.cli import main; main()", "serve", "--sandbox", "--demo",
                   "--port", "0", "--workers", "2"]  # fmt: skip
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True,
            env=os.environ | {"OPENDIMONA_DATABASE_URL": postgres.dsn(name)},
        )  # fmt: skip
        assert process.stdout is not None
        try:
            line = next((line for line in process.stdout if "ready at" in line), None)
            if line is None:
                raise BenchError("the program did not start")
            yield re.findall(r"http://[^ ]+", line)[0], name
        finally:
            process.terminate()
            process.wait()
            process.stdout.close()


def measure(postgres: Postgres, plan: Portal, say: Say) -> Figures:
    """All of it. Raises BenchError."""
    with portal(postgres) as (url, name):
        say(f"{plan.staff:,} staff in {plan.schools:,} schools")
        fill(postgres.dsn(name), plan.schools, plan.staff, datetime.now(BRUSSELS).date())
        found: Figures = {"staff": plan.staff, "schools": plan.schools, "users": plan.users}
        say(f"{plan.users} users, a page every {plan.pause:g} s, for {plan.seconds:g} s")
        found["pages"] = _visits(url, plan)
        visitor = Visitor(url)
        visitor.sign_in(email_of(0))
        say(f"Lists of one school with {plan.staff:,} staff")
        found["lists"] = {
            kind: _times(plan.repeats, ask)
            for kind, ask in {
                "first page": lambda: visitor.get("/staff/?who=all"),
                "by name": lambda: visitor.get("/staff/?who=all&q=dubois"),
                "by part of a name": lambda: visitor.get("/staff/?who=all&q=ie&sort=-start"),
                "by number": lambda: visitor.post("/staff/search/", follow=False, q=ssin(plan.staff // 2)),
            }.items()
        }
        found["first_page_bytes"] = _first_page(url)
        found["dry_run"] = _dry_run(url, plan.repeats)
        found["cell"] = _cell(url, plan.repeats)
        say(f"A file of {plan.rows:,} rows")
        found["load"] = _load(url, plan.rows)
        visitor.close()
    return found


def _visits(url: str, plan: Portal) -> Figures:
    until = time.monotonic() + plan.settling + plan.seconds
    users = [User(url, 1 + place % max(1, plan.schools - 1), plan, until) for place in range(plan.users)]
    for user in users:
        user.start()
    for user in users:
        user.join()
    failed = [user.failed for user in users if user.failed]
    if failed:
        raise BenchError(f"a page did not come: {failed[0]}")
    times: dict[str, list[float]] = {}
    for user in users:
        for kind, taken in user.times.items():
            times.setdefault(kind, []).extend(taken)
    every = [taken for one in times.values() for taken in one]
    return {"all": _figures(every)} | {kind: _figures(taken) for kind, taken in sorted(times.items())}


def _times(repeats: int, ask: Callable[[], object]) -> Figures:
    taken = []
    for _ in range(repeats):
        begun = time.perf_counter()
        ask()
        taken.append(time.perf_counter() - begun)
    return _figures(taken)


def _figures(seconds: list[float]) -> Figures:
    ordered = sorted(seconds)
    worst = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    return {"count": len(ordered), "p50_ms": statistics.median(ordered) * 1000, "p95_ms": worst * 1000}


def _cell(url: str, repeats: int) -> Figures:
    """The pages of the cell: its queue, and statistics counted anew (each process once) and shown again."""
    visitor = Visitor(url)
    visitor.sign_in(SUPERVISOR)
    found: Figures = {
        "queue": _times(repeats, lambda: visitor.get("/cell/")),
        "statistics, counted": _times(2, lambda: visitor.get("/statistics/")),
        "statistics of a network, counted": _times(2, lambda: visitor.get("/statistics/?network=free")),
        "statistics": _times(repeats, lambda: visitor.get("/statistics/?network=free")),
    }
    visitor.close()
    return found


def _first_page(url: str) -> int:
    """Bytes of the first page with everything that it names, as they cross the wire."""
    visitor = Visitor(url)
    text = visitor.sign_in(DEMO)
    size = visitor.size
    for path in dict.fromkeys(STATIC.findall(text)):
        visitor.get(path)
        size += visitor.size
    visitor.close()
    return size


def _dry_run(url: str, repeats: int) -> Figures:
    """What a field costs as it is left: the register's answer to a draft, with the page around it."""
    visitor = Visitor(url)
    visitor.sign_in(DEMO)
    people = PERSON.findall(visitor.get("/staff/?who=left"))
    number = people[0].strip("/").rpartition("/")[2]
    page = visitor.post("/declare/start/", act="entry", person=number)
    found = re.search(r"/declare/[0-9a-f-]{36}/check/", page)
    if found is None:
        raise BenchError("no draft was begun")
    start: date = datetime.now(BRUSSELS).date() + timedelta(5)
    fields = {"category": "teacher", "start": f"{start:%d/%m/%Y}", "end": "", "hours": ""}
    taken = _times(repeats, lambda: visitor.post(found[0], **fields))
    visitor.close()
    return taken


def _load(url: str, rows: int) -> Figures:
    """A file of appointments, each of somebody new, and the same once more."""
    visitor = Visitor(url)
    visitor.sign_in(DEMO)
    lines = ["NISS;Nom;Prénom;Date de naissance;Fonction;Premier jour"]
    lines += [f"{ssin(9_000_000 + at)};Chargée;Zoé {at};1/2/1980;enseignant;1/9/2027" for at in range(rows)]
    content = "\n".join(lines).encode()
    taken = []
    for _ in range(2):
        visitor.get("/staff/load/")
        begun = time.perf_counter()
        text = visitor.upload("/staff/load/", "affectations.csv", content)
        taken.append(time.perf_counter() - begun)
        if "ajoutée" not in text:
            raise BenchError("the file was not loaded")
    visitor.close()
    return {"rows": rows, "seconds": taken[0], "again_seconds": taken[1]}
