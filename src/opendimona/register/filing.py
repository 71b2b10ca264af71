"""One declaration on its way through the desk."""

import asyncio
from datetime import datetime

from msgspec import Struct

from opendimona.core.declaration import Declaration
from opendimona.register.interface import Answer, Caller, Key
from opendimona.register.subject import Subject


class Filing(Struct, eq=False):
    """One declaration in the queue, and the future that its answer is promised to."""

    declaration: Declaration
    subject: Subject
    caller: Caller
    received_at: datetime
    key: Key | None
    answer: asyncio.Future[Answer]


class Replayed(Exception):
    """Not an error: the key was used before, with the same body, for this number."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number
