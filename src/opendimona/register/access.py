"""How commands reach a register: by the running server's PostgreSQL, or by one started while the command runs."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from opendimona.register.cluster import start_cluster
from opendimona.register.data_folder import AlreadyRunning, DataFolder, DataFolderError, is_register

Source = Path | str
_POLL = 0.02
_PATIENCE = 30.0


def _say_nothing(_line: str) -> None:
    return None


@contextmanager
def opened(
    source: Source,
    purpose: str,
    announce: Callable[[str], None] = _say_nothing,
    *,
    may_create: bool = False,
    may_share: bool = True,
) -> Iterator[str]:
    """The connection string of the register in a data folder (Path) or behind a database URL (str).

    `purpose` is the command's name, shown to others. `may_create`: an empty folder becomes a register, without
    tables; otherwise it is refused. `may_share` false: refused while a server runs. Raises DataFolderError.
    """
    if isinstance(source, str):
        yield source
        return
    if not may_create and not is_register(source):
        raise DataFolderError(f"there is no register in {source}")
    folder = DataFolder(source)
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            folder.acquire(purpose)
            break
        except AlreadyRunning:
            dsn = _dsn_of_server(folder) if may_share else None
            if dsn is None and (not may_share or time.monotonic() > deadline):
                raise
        if dsn is not None:
            yield dsn
            return
        time.sleep(_POLL)  # it is starting, or a short command uses it
    try:
        cluster = start_cluster(folder, announce)
        try:
            yield cluster.dsn
        finally:
            cluster.stop()
    finally:
        folder.release()


def _dsn_of_server(folder: DataFolder) -> str | None:
    state = folder.read_state()
    if state is None or state.purpose != "serve" or state.socket_folder is None:
        return None
    return folder.dsn(state.socket_folder)
