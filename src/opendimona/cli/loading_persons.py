"""The register of persons out of a file, however large: streamed, with what is done, the rate and the time left."""

import gc
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import BinaryIO

import psycopg
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from opendimona.cli.bodies import opened_file
from opendimona.cli.entries_file import Shape
from opendimona.cli.failures import Failure
from opendimona.cli.output import say, write
from opendimona.cli.persons_file import Chunk, read_persons
from opendimona.cli.session import database
from opendimona.register.persons import Loaded, Loader

BATCH = 100_000
TURN = 0.0002
"""Seconds after which a thread lets another have its turn."""
BULK = 16 << 20
"""Bytes of a file from which building the search indexes anew is faster than keeping them up."""


def load_persons(path: str, data: Path | None, shape: Shape, batch: int) -> None:
    """Load the persons of a file and say how fast. Raises Failure."""
    with opened_file(path) as file:
        size = _size(file)
        chunks = read_persons(file, path, shape, batch)
        try:
            first = next(chunks, None)  # a file that cannot be read starts no register
        except Failure as error:
            raise Failure(f"{error}. {_so_far(0, 0)}") from None
        if first is None:
            raise Failure(f"{path}: holds nothing to load")

        with database(data, "load", may_create=True) as dsn, _progress(size) as (progress, task):
            loader = Loader(dsn, is_bulk=size is not None and size >= BULK)
            try:
                with undisturbed():
                    _take(loader, path, chain([first], chunks), lambda: _show(progress, task, loader, file))
                if loader.is_bulk:
                    progress.update(task, description="search indexes", completed=0, total=None)
                loaded = loader.finish()
            finally:
                loader.close()
    _tell(loaded)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Let reading and writing share the interpreter well: half the time went to collecting and to waiting for a turn.

    Rows of text hold no cycles, and the thread that writes needs its turn more often than every five milliseconds.
    """
    interval = sys.getswitchinterval()
    was_collecting = gc.isenabled()
    gc.disable()
    sys.setswitchinterval(TURN)
    try:
        yield
    finally:
        sys.setswitchinterval(interval)
        if was_collecting:
            gc.enable()


def _take(loader: Loader, path: str, chunks: Iterator[Chunk], show: Callable[[], None]) -> None:
    """Take the file in, chunk by chunk. Raises Failure, which says what is loaded."""
    count, last = 0, 0
    while True:
        try:
            chunk = next(chunks, None)
            if chunk is None:
                return
            loader.take(chunk.lines, chunk.count)
        except Failure as error:
            loader.settle()
            raise Failure(f"{error}. {_so_far(count, last)}") from None
        except psycopg.DataError as error:
            text = f"{path}, up to line {last}: PostgreSQL does not store a value: {error.diag.message_primary}"
            raise Failure(text) from None
        count, last = loader.count, chunk.last
        show()


def _size(file: BinaryIO) -> int | None:
    """The bytes of a file, None where they are not known."""
    try:
        size = os.fstat(file.fileno()).st_size
    except OSError:
        return None
    return size or None


@contextmanager
def _progress(size: int | None) -> Iterator[tuple[Progress, TaskID]]:
    columns = (
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"),
        TextColumn("{task.fields[rate]}"), TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty()) as progress:
        yield progress, progress.add_task("persons", total=size, rate="")


def _show(progress: Progress, task: TaskID, loader: Loader, file: BinaryIO) -> None:
    elapsed = progress.tasks[0].elapsed or 1.0
    rate = f"{loader.count:,} persons, {loader.count / elapsed:,.0f} a second"
    progress.update(task, completed=file.tell() if file.seekable() else 0, rate=rate)
    if progress.disable and loader.count % 1_000_000 == 0:
        say(rate)


def _tell(loaded: Loaded) -> None:
    if loaded.persons >= BATCH:
        rate = loaded.persons / max(loaded.copying, 0.001)
        say(f"Copied in {loaded.copying:.0f} s ({rate:,.0f} a second); search indexes in {loaded.indexing:.0f} s.")
    write(f"{loaded.persons} workers loaded.")


def _so_far(count: int, last: int) -> str:
    return f"{count} workers are loaded, up to line {last}; nothing after it." if count else "Nothing is loaded."
