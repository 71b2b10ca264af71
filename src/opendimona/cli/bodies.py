"""Declarations out of a file: one REST body, however it is laid out, or JSON Lines with one body a line."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct

from opendimona.cases.sandbox import detail_of
from opendimona.channels.rest.decoding import decode_declaration
from opendimona.channels.rest.problems import Problem
from opendimona.cli.failures import Failure
from opendimona.core.declaration import Declaration

BODY_MAX = 1_000_000
"""Bytes of one body, as in the REST channel."""


class Unreadable(Struct, frozen=True):
    """A body that is no declaration, and why."""

    line: int
    reason: str


class Readable(Struct, frozen=True):
    """A declaration, and the line of the file where it begins."""

    line: int
    declaration: Declaration


@contextmanager
def opened_file(path: str) -> Iterator[BinaryIO]:
    """A file for reading, `-` being standard input. Raises Failure."""
    if path == "-":
        yield sys.stdin.buffer
        return
    try:
        file = Path(path).open("rb")  # noqa: SIM115 - closed below; an error while it is used is not one of opening
    except OSError as error:
        raise Failure(f"{path}: {error.strerror}") from None
    with file:
        yield file


def lines_of(file: BinaryIO, path: str) -> Iterator[tuple[int, bytes]]:
    """The lines that hold something, with their number from 1. Raises Failure for one that is too long."""
    place = 0
    while line := file.readline(BODY_MAX + 2):
        place += 1
        if len(line) > BODY_MAX + 1:
            raise Failure(f"{path}, line {place}: longer than {BODY_MAX} bytes")
        if line.strip():
            yield place, line.removeprefix(b"\xef\xbb\xbf") if place == 1 else line


def read_bodies(file: BinaryIO, path: str) -> Iterator[Readable | Unreadable]:
    """Every declaration of a file, in order. Raises Failure when the file holds nothing or too much for one body."""
    lines = lines_of(file, path)
    first = next(lines, None)
    if first is None:
        raise Failure(f"{path}: holds no declaration")
    if _is_whole(first[1]):
        for line, body in chain([first], lines):
            yield _read(line, body)
        return
    body = first[1]
    for _, line_body in lines:
        body += line_body
        if len(body) > BODY_MAX:
            raise Failure(f"{path}: one body has at most {BODY_MAX} bytes; give several as JSON Lines, one a line")
    yield _read(first[0], body)


def _is_whole(line: bytes) -> bool:
    """Whether a line is a JSON value by itself."""
    try:
        json.loads(line)
    except ValueError:
        return False
    return True


def _read(line: int, body: bytes) -> Readable | Unreadable:
    try:
        return Readable(line, decode_declaration(body))
    except Problem as problem:
        return Unreadable(line, detail_of(json.loads(problem.body())))
