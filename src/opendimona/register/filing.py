"""One declaration on its way through the desk."""

from datetime import datetime
from typing import Protocol

from msgspec import Struct

from opendimona.core.declaration import Declaration
from opendimona.register.interface import Answer, Caller, Key
from opendimona.register.subject import Subject


class Reply(Protocol):
    """Where an answer is promised to: a future, or a connection that passes it on. Answered once; never raises."""

    def done(self) -> bool:
        """Whether nobody waits any more."""

    def set_result(self, answer: Answer, /) -> None:
        """Give the answer."""

    def set_exception(self, error: BaseException, /) -> None:
        """Say why there is no answer."""


class Filing(Struct, eq=False):
    """One declaration in the queue, and whom its answer is promised to."""

    declaration: Declaration
    subject: Subject
    caller: Caller
    received_at: datetime
    key: Key | None
    answer: Reply


class Replayed(Exception):
    """Not an error: the key was used before, with the same body, for this number."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number
