"""The server: PostgreSQL, the listening port and the processes that answer, started and ended together."""

from opendimona.serve.listening import ListenError
from opendimona.serve.supervisor import Running, ServeError, run_server

__all__ = ["ListenError", "Running", "ServeError", "run_server"]
