"""The answer for whatever an endpoint raised."""

import logging
import traceback

import psycopg

from opendimona.channels.rest import problems
from opendimona.channels.rest.exchange import PRIVATE, Response
from opendimona.channels.rest.problems import Problem
from opendimona.register.interface import KeyConflict, NotMandated, Overloaded, Unavailable

log = logging.getLogger("opendimona.rest")


def failure_response(error: BaseException) -> Response:
    """The problem document of an exception as a response."""
    problem = as_problem(error)
    return Response(problem.status, problem.body(), (problems.CONTENT_TYPE, *PRIVATE, *problem.headers))


def as_problem(error: BaseException) -> Problem:
    """The problem document for whatever an endpoint raised; a mistake of ours is logged."""
    match error:
        case Problem():
            return error
        case NotMandated():
            return problems.no_mandate()
        case KeyConflict():
            return problems.key_conflict()
        case Overloaded():
            return problems.unavailable("The register is too busy; nothing was recorded. Send it again in a moment.")
        case Unavailable() | psycopg.OperationalError() | OSError():
            return problems.unavailable(
                "The database is out of reach. Send it again in a moment, with the same "
                "Idempotency-Key if it is a declaration: it may have been recorded."
            )
        case _:
            problem = problems.internal_error()
            # Where, and of which kind; never the text of an exception, which may hold what was sent.
            log.error(
                "%s in %s\n%s",
                type(error).__name__,
                problem.instance,
                "".join(traceback.format_tb(error.__traceback__)),
            )
            return problem
