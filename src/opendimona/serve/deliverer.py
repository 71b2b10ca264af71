"""The deliverer's process beside the server processes: told what to do as they are, ending when the supervisor does."""

import asyncio
import logging
import os
import signal
import sys
import threading

import msgspec

from opendimona.channels.deliveries.deliverer import Deliverer
from opendimona.serve.orders import Order, end_with_input


def main() -> None:
    """Read the order, deliver until told to end."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    line = sys.stdin.buffer.readline()
    if not line:
        return
    order = msgspec.json.decode(line, type=Order)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=end_with_input, daemon=True).start()
    asyncio.run(deliver(Deliverer(order.dsn, order.settings)))


async def deliver(deliverer: Deliverer) -> None:
    """Deliver until SIGTERM or SIGINT; what is under way then is sent again by the next one."""
    work = asyncio.current_task()
    assert work is not None  # noqa: S101 - a coroutine runs in a task
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        if signal.getsignal(number) != signal.SIG_IGN:
            loop.add_signal_handler(number, work.cancel)
    try:
        await deliverer.run()
    except asyncio.CancelledError:
        return


if __name__ == "__main__":
    main()
    os._exit(0)  # a mail under way in a thread is not waited for: it is sent again
