"""A deliverer in a process of its own, set by its environment; it prints a line when it is the one that works."""

import asyncio

from opendimona.channels.deliveries.deliverer import Deliverer
from opendimona.serve.deliverer import deliver
from opendimona.settings import from_environment


def main() -> None:
    """Deliver until ended."""
    settings = from_environment(is_sandbox=True)
    deliverer = Deliverer(settings.database_url or "", settings, on_lead=lambda: print("working", flush=True))  # noqa: T201
    asyncio.run(deliver(deliverer))


if __name__ == "__main__":
    main()
