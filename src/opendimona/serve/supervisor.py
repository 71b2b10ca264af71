"""The supervisor: starts PostgreSQL and the server processes, restarts what dies, and ends all of them together.

It answers nothing itself and runs no thread: signals (Ctrl-C, SIGTERM, a closed terminal, the end of a child) wake it
through a pipe. Its children are in sessions of their own, so that Ctrl-C reaches nobody but it.
"""

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType

import msgspec
from msgspec import Struct

from opendimona.register.cluster import Cluster, start_cluster
from opendimona.register.data_folder import DataFolder, DataFolderError
from opendimona.register.migrations import migrate
from opendimona.serve.listening import Listening, is_up, listen
from opendimona.settings import Settings

APPLICATION = "opendimona.serve.application:open_application"
METRICS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
DELIVERER = "opendimona.serve.deliverer"
START_LIMIT = 120.0
_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_WORKER_GRACE = 15.0
_SAME_REQUEST = 0.5
_LONG_LIFE = 10.0
_LONGEST_PAUSE = 10.0

Announce = Callable[[str], None]


class ServeError(Exception):
    """A server that cannot be started; the text is for the operator."""


class Running(Struct, frozen=True, kw_only=True):
    """A server that is up: its base URL, and the connection string of its database (holds a password: never shown)."""

    url: str
    dsn: str


class _Worker:
    """A server process; it waits for its order, ready to go, while PostgreSQL starts."""

    def __init__(self, program: tuple[str, ...], socket: int, metrics: str) -> None:
        self.program = program
        self._socket = socket
        self.started_at = time.monotonic()
        reader, writer = os.pipe()
        self._lifeline = os.fdopen(writer, "wb", buffering=0)
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", *program],
            stdin=reader,
            pass_fds=(socket,),
            env=os.environ | {METRICS_FOLDER: metrics},
            start_new_session=True,
        )
        os.close(reader)

    def tell(self, settings: Settings, dsn: str) -> None:
        order = {"settings": settings, "dsn": dsn, "socket": self._socket}
        with suppress(BrokenPipeError):  # it died already, which the supervisor is about to see
            self._lifeline.write(msgspec.json.encode(order) + b"\n")  # a pipe takes this much at once

    def close(self) -> None:
        self._lifeline.close()


class _Signals:
    """Remembers requests to stop, and wakes a waiting supervisor for these and for the end of a child.

    `is_impatient`: asked a second time, a moment later (one Ctrl-C may come twice, from the terminal and from make).
    """

    def __init__(self, stack: ExitStack) -> None:
        self._asked_at: float | None = None
        self.is_impatient = False
        self._reader, writer = os.pipe()
        for descriptor in (self._reader, writer):
            os.set_blocking(descriptor, False)
            stack.callback(os.close, descriptor)
        stack.callback(signal.set_wakeup_fd, signal.set_wakeup_fd(writer, warn_on_full_buffer=False))
        stack.callback(signal.signal, signal.SIGCHLD, signal.signal(signal.SIGCHLD, lambda _number, _frame: None))
        for number in _STOP_SIGNALS:
            # One that started us with nohup wants us to survive the terminal; Ctrl-C is always meant for us.
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
                stack.callback(signal.signal, number, signal.signal(number, self._request_stop))

    def _request_stop(self, _number: int, _frame: FrameType | None) -> None:
        now = time.monotonic()
        self.is_impatient = self._asked_at is not None and now - self._asked_at > _SAME_REQUEST
        self._asked_at = self._asked_at or now

    def is_stopping(self) -> bool:
        return self._asked_at is not None

    def wait(self, seconds: float) -> None:
        """Until a signal comes, at most so long."""
        select.select([self._reader], [], [], seconds)
        with suppress(BlockingIOError):
            while os.read(self._reader, 512):
                pass


class _Server:
    def __init__(
        self,
        settings: Settings,
        workers: int,
        application: str,
        announce: Announce,
        signals: _Signals,
        listening: Listening,
        metrics: str,
    ) -> None:
        self._metrics = metrics
        self._settings = settings
        self._has_portal = application == APPLICATION and settings.only != "rest"
        self._programs = [("opendimona.serve.worker", application)] * workers + [(DELIVERER,)]
        self._announce = announce
        self._signals = signals
        self._listening = listening
        self._cluster: Cluster | None = None
        self._dsn = ""
        self._pause = 0.0
        self._workers: list[_Worker] = []

    def start(self, folder: DataFolder | None, prepare: Callable[[str], None] | None) -> Running | None:
        """Everything up to the first request answered; None when a stop was asked for meanwhile."""
        for place, program in enumerate(self._programs):
            self._workers.append(_Worker(program, self._listening.fileno(place), self._metrics))
        if folder is not None:
            self._cluster = start_cluster(folder, self._announce, is_cancelled=self._signals.is_stopping)
        self._dsn = self._cluster.dsn if self._cluster is not None else self._settings.database_url or ""
        if self._signals.is_stopping():
            return None
        for name in migrate(self._dsn):
            self._announce(f"Schema: {name}")
        if self._has_portal:
            self._upgrade_portal()
        if prepare is not None:
            prepare(self._dsn)
        for worker in self._workers:
            worker.tell(self._settings, self._dsn)
        return Running(url=self._listening.url, dsn=self._dsn) if self._is_up() else None

    def _upgrade_portal(self) -> None:
        """Bring the portal's tables up to date. Imported here: a server without it does not load Django."""
        from opendimona.portal.site.start import prepare  # noqa: PLC0415

        for name in prepare(self._settings, self._dsn):
            self._announce(f"Schema: portal {name}")

    def _is_up(self) -> bool:
        deadline = time.monotonic() + START_LIMIT
        while not self._signals.is_stopping():
            if any(worker.process.poll() is not None for worker in self._workers):
                raise ServeError("a server process ended while it was starting; what it said stands above")
            if is_up(self._listening):
                return True
            if time.monotonic() > deadline:
                raise ServeError(f"the server did not become ready within {START_LIMIT:.0f} seconds")
            self._signals.wait(0.02)
        return False

    def watch(self) -> None:
        """Restart what dies until a stop is asked for."""
        while not self._signals.is_stopping():
            if self._cluster is not None and not self._cluster.is_running():
                self._announce("PostgreSQL ended unexpectedly: starting it again.")
                self._cluster.launch(self._announce, self._signals.is_stopping)
            for index, worker in enumerate(self._workers):
                if worker.process.poll() is not None:
                    self._replace(index, worker)
            self._signals.wait(1.0)

    def _replace(self, index: int, dead: _Worker) -> None:
        dead.close()  # and once more by end(), where a stop comes before another has taken its place
        is_young = time.monotonic() - dead.started_at < _LONG_LIFE
        self._pause = min(2 * self._pause + 0.1, _LONGEST_PAUSE) if is_young else 0.0
        self._announce(f"A server process ended unexpectedly ({_ending(dead.process.returncode)}): starting another.")
        until = time.monotonic() + self._pause
        while (left := until - time.monotonic()) > 0 and not self._signals.is_stopping():
            self._signals.wait(left)
        if not self._signals.is_stopping():
            self._workers[index] = _Worker(dead.program, self._listening.fileno(index), self._metrics)
            self._workers[index].tell(self._settings, self._dsn)

    def end(self) -> None:
        """Let the requests under way be answered, then stop PostgreSQL; a second request to stop ends the waiting."""
        for worker in self._workers:
            with suppress(ProcessLookupError):
                worker.process.terminate()
        deadline = time.monotonic() + _WORKER_GRACE
        while any(worker.process.poll() is None for worker in self._workers):
            if time.monotonic() > deadline or self._signals.is_impatient:
                break
            self._signals.wait(0.2)
        for worker in self._workers:
            with suppress(ProcessLookupError):
                worker.process.kill()
            worker.process.wait()
            worker.close()
        if self._cluster is not None:
            self._cluster.stop()


def _ending(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"code {code}"


def run_server(
    settings: Settings,
    data: Path | None,
    host: str = "127.0.0.1",
    port: int = 8080,
    workers: int = 1,
    announce: Announce = print,
    *,
    prepare: Callable[[str], None] | None = None,
    on_ready: Callable[[Running], None] | None = None,
    may_move: bool = True,
    application: str = APPLICATION,
) -> None:
    """Run the server until it is asked to stop; returns when none of its processes is left.

    `data`: the data folder, not used when the settings name a database. `prepare` is called with the connection
    string once the schema is in place, `on_ready` once requests are answered. `may_move`: a port that is taken is
    replaced by a free one, said aloud. Only from the main thread. Raises DataFolderError (AlreadyRunning) and
    ServeError.
    """
    with ExitStack() as stack:
        signals = _Signals(stack)
        folder = None
        if settings.database_url is None:
            if data is None:
                raise ServeError("give a data folder, or set OPENDIMONA_DATABASE_URL")
            folder = DataFolder(data)
            folder.acquire("serve")
            stack.callback(folder.release)
        # The processes of a killed server need a moment to end and to let the port go.
        patience = _WORKER_GRACE if folder is not None and folder.was_abandoned else 0.0
        listening = stack.enter_context(
            listen(host, port, announce, may_move=may_move, patience=patience, processes=workers)
        )
        metrics = stack.enter_context(TemporaryDirectory(prefix="opendimona-metrics-"))
        server = _Server(settings, workers, application, announce, signals, listening, metrics)
        try:
            running = server.start(folder, prepare)
            if running is not None:
                if folder is not None:
                    folder.tell(address=running.url)
                if on_ready is not None:
                    on_ready(running)
                server.watch()
        except DataFolderError:
            if not signals.is_stopping():
                raise
        finally:
            server.end()
