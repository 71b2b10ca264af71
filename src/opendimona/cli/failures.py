"""What goes wrong in a command, as a sentence for people and an exit code for scripts."""

import psycopg

from opendimona.cases.sandbox import Unreachable
from opendimona.register.backup import BackupError
from opendimona.register.data_folder import DataFolderError
from opendimona.register.interface import KeyConflict, NotFound, NotMandated, Overloaded, Unavailable
from opendimona.serve import ListenError, ServeError

DONE, REFUSED, UNUSABLE, UNREACHABLE, INTERRUPTED = 0, 1, 2, 3, 130


class Failure(Exception):
    """A command that cannot do what it was asked; the text is for people, `code` for scripts."""

    def __init__(self, text: str, code: int = UNUSABLE) -> None:
        super().__init__(text)
        self.code = code


def explain_failure(error: Exception) -> tuple[int, str]:
    """Exit code and sentence of an error; one that nobody expected is raised again. Never shows a value of a worker."""
    match error:
        case Failure():
            return error.code, str(error)
        case DataFolderError() | ServeError() | ListenError() | Unreachable():
            return UNREACHABLE, str(error)
        case Overloaded():
            return UNREACHABLE, "The register is busy: try again in a moment."
        case Unavailable():
            return UNREACHABLE, "The register's database does not answer: try again in a moment."
        case BackupError():
            return UNUSABLE, str(error)
        case NotFound():
            return REFUSED, "Not found: no declaration or period of this register bears that number."
        case NotMandated() | KeyConflict():
            return REFUSED, "Not allowed for this employer."
        case psycopg.OperationalError():
            return UNREACHABLE, f"The database cannot be reached: {_first_line(error)}"
        case psycopg.Error():
            return UNREACHABLE, f"The database refused: {error.diag.message_primary or type(error).__name__}"
    raise error


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)
