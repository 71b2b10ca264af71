"""The account that PostgreSQL runs as: our own when we are an ordinary user, an unprivileged one when we are root."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import Struct

from opendimona.register.data_folder import DataFolderError

ACCOUNT_VARIABLE = "OPENDIMONA_POSTGRES_ACCOUNT"
# Between the ranges that Debian (60000-64999, given out from 64000) and systemd (60001-60577, 61184-65519) give out,
# and below 65536, the end of the numbers that most containers have.
DEDICATED_UID = 60737


class Account(Struct, frozen=True, kw_only=True):
    """Whom a PostgreSQL process runs as. `uid` None: as ourselves.

    `wrapper` is put before a command that must run under an account with a name (initdb).
    `is_shared`: other programs run under this account too.
    """

    uid: int | None = None
    gid: int | None = None
    naming_uid: int | None = None
    wrapper: tuple[str, ...] = ()
    is_shared: bool = False

    def popen_arguments(self, *, is_named: bool = False) -> dict[str, Any]:
        """Keyword arguments of `subprocess.Popen` that change to this account (`is_named`: to one with a name)."""
        if self.uid is None:
            return {}
        uid = self.naming_uid if is_named and self.naming_uid is not None else self.uid
        return {"user": uid, "group": self.gid, "extra_groups": []}

    def may_enter(self, folder: str | os.PathLike[str]) -> bool:
        """Whether the account can reach the folder through all those above it."""
        return self.uid is None or self.may_run(["/bin/sh", "-c", 'cd -- "$1"', "sh", os.fspath(folder)])

    def may_run(self, command: Sequence[str]) -> bool:
        """Whether the command succeeds under this account."""
        return _runs(command, **self.popen_arguments())


def _runs(command: Sequence[str], **arguments: Any) -> bool:
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
            cwd="/",
            **arguments,
        )
    except (OSError, ValueError, OverflowError, subprocess.SubprocessError):
        return False
    return done.returncode == 0


def _may_become(uid: int, gid: int) -> bool:
    return _runs(["/bin/sh", "-c", ":"], user=uid, group=gid, extra_groups=[])


def _has_name(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def _named_accounts() -> Iterator[pwd.struct_passwd]:
    """The unprivileged accounts of this machine, `nobody` first."""
    entries = [entry for entry in pwd.getpwall() if entry.pw_uid > 0]
    yield from sorted(entries, key=lambda entry: (entry.pw_name != "nobody", entry.pw_uid))


def _naming_wrapper(uid: int, gid: int) -> tuple[str, ...]:
    """A command prefix under which an account without a name passes for one with a name, where the system allows it.

    initdb asks for the name of its account and uses it for nothing that we need; inside a user namespace of its own,
    our number may be shown as one that has a name, while the files stay ours.
    """
    unshare = shutil.which("unshare")
    for entry in _named_accounts() if unshare else ():
        wrapper = (str(unshare), "--user", f"--map-user={entry.pw_uid}", f"--map-group={entry.pw_gid}", "--")
        return wrapper if _runs([*wrapper, "/bin/sh", "-c", ":"], user=uid, group=gid) else ()
    return ()


def _asked() -> tuple[int, int]:
    """The account that the environment names (by number or name), else our own number."""
    value = os.environ.get(ACCOUNT_VARIABLE, "")
    if not value:
        number = next(number for number in range(DEDICATED_UID, DEDICATED_UID + 100) if not _has_name(number))
        return number, number
    try:
        entry = pwd.getpwuid(int(value)) if value.isdigit() else pwd.getpwnam(value)
    except KeyError:
        if value.isdigit():
            return int(value), int(value)
        raise DataFolderError(f"{ACCOUNT_VARIABLE} names an account that this machine does not have: {value}") from None
    return entry.pw_uid, entry.pw_gid


def _own_account() -> Account:
    uid, gid = os.geteuid(), os.getegid()
    return Account() if _has_name(uid) else Account(wrapper=_naming_wrapper(uid, gid))


def find_account() -> Account:
    """The account for PostgreSQL, which refuses to run as root.

    As root: the one that `OPENDIMONA_POSTGRES_ACCOUNT` names, else a number of our own that no other program runs
    under, else an account of this machine. Raises DataFolderError when root may not change to any of them.
    """
    if os.geteuid() != 0:
        return _own_account()
    uid, gid = _asked()
    if uid == 0 or gid == 0:
        raise DataFolderError(f"PostgreSQL refuses to run as root: give {ACCOUNT_VARIABLE} another account.")
    is_asked = bool(os.environ.get(ACCOUNT_VARIABLE))
    if _may_become(uid, gid):
        if _has_name(uid):
            return Account(uid=uid, gid=gid)
        for entry in _named_accounts():
            if _may_become(entry.pw_uid, gid):
                return Account(uid=uid, gid=gid, naming_uid=entry.pw_uid)
    for entry in _named_accounts() if not is_asked else ():
        if entry.pw_gid and _may_become(entry.pw_uid, entry.pw_gid):
            return Account(uid=entry.pw_uid, gid=entry.pw_gid, is_shared=True)
    raise DataFolderError(
        "PostgreSQL refuses to run as root, and root may not change to another account here. "
        "Start the server as an ordinary user, or set OPENDIMONA_DATABASE_URL to a PostgreSQL of your own."
    )
