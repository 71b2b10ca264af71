"""From the bytes of a body to a declaration: the only reasons for which a declaration is a bad request."""

import re
from typing import Any, NoReturn, TypeVar

import msgspec
from msgspec import UNSET

from opendimona.channels.rest import problems
from opendimona.channels.rest.problems import Issue
from opendimona.core.declaration import BLOCKS, Declaration, DeclaredWorker, DimonaIn

T = TypeVar("T")

_DECODER = msgspec.json.Decoder(Declaration)
_WHERE = re.compile(r"^(?P<what>.*?)(?: - at `(?P<where>key in )?\$?(?P<path>.*)`)?$", re.DOTALL)
_UNKNOWN = re.compile(r"^Object contains unknown field `(.*)`$", re.DOTALL)
_MISSING = re.compile(r"^Object missing required field `(.*)`$")
_TYPES = re.compile(r"^Expected `([^`]*)`(?:, got `([^`]*)`)?$")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")
_WORDS = {
    "str": "text",
    "int": "a number",
    "float": "a number",
    "object": "an object",
    "array": "an array",
    "null": "null",
    "bool": "true or false",
}
_BLOCKS = ", ".join(BLOCKS.values())


def decode_declaration(body: bytes) -> Declaration:
    """The declaration in a body. Raises Problem 400."""
    declaration = decode(_DECODER, body, may_hold_nul=True)
    declaration.features = declaration.period_id = UNSET
    if (declaration.dimona_in is None) + (declaration.dimona_out is None) + (declaration.dimona_update is None) + (
        declaration.dimona_cancel is None
    ) + (declaration.dimona_daily_registration is None) != 4:
        raise problems.bad_body("", "Not exactly one declaration", f"Give exactly one of {_BLOCKS}.")
    block = declaration.dimona_in
    issues = _wrong_in_entry(declaration, block) if block is not None else _wrong_in_other(declaration)
    if issues:
        raise problems.bad_request(issues)
    return declaration


def _wrong_in_entry(declaration: Declaration, block: DimonaIn) -> list[Issue]:
    issues = []
    if declaration.employer is None:
        issues.append(_absent("employer", "An IN names its employer, for instance by enterpriseNumber."))
    if declaration.worker is None:
        issues.append(_absent("worker", "An IN names its worker, by ssin or by identity data."))
    if block.start_date is None:
        issues.append(_absent("dimonaIn.startDate", "Give the first day of work, as YYYY-MM-DD."))
    if block.features is None:
        issues.append(_absent("dimonaIn.features", "Give at least the worker type; usually the joint committee too."))
    elif block.features.worker_type is None:
        issues.append(_absent("dimonaIn.features.workerType", "Give the worker type, for instance OTH."))
    return issues


def _wrong_in_other(declaration: Declaration) -> list[Issue]:
    issues = []
    name = BLOCKS[declaration.kind]
    target = declaration.target
    if target is not None and target.period_id is None:
        issues.append(_absent(f"{name}.periodId", "Give the number of the period, which is that of its IN."))
    if declaration.dimona_out is not None and declaration.dimona_out.end_date is None:
        issues.append(_absent(f"{name}.endDate", "Give the last day of work, as YYYY-MM-DD."))
    if declaration.worker is not None:
        issues += [
            Issue(
                "unknownInput",
                "body",
                f"worker.{field.encode_name}",
                "Unknown member",
                f"Beside {name}, worker holds nothing but ssin; leave this member out.",
            )
            for field in msgspec.structs.fields(DeclaredWorker)
            if field.name != "ssin" and getattr(declaration.worker, field.name) is not None
        ]
    return issues


def _absent(name: str, detail: str) -> Issue:
    return Issue("schemaViolation", "body", name, "Missing member", detail)


def decode(decoder: msgspec.json.Decoder[T], body: bytes, prefix: str = "", *, may_hold_nul: bool = False) -> T:
    """The value in a body. Raises Problem 400, its issue named below `prefix`.

    `may_hold_nul`: the value is kept as JSON, so that a NUL character in a text is for the register to judge.
    """
    try:
        value = decoder.decode(body)
    except msgspec.ValidationError as error:
        _refuse(str(error), prefix)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise problems.bad_body(prefix, "Not JSON", "Send one JSON value, encoded in UTF-8.") from None
    except RecursionError:
        raise problems.bad_body(prefix, "Too deep", "Nest objects and arrays less deeply.") from None
    if not may_hold_nul and b"\\u0000" in body:
        _refuse_nul(msgspec.to_builtins(value, builtin_types=(msgspec.Raw,)), prefix)
    return value


def _refuse(message: str, prefix: str) -> NoReturn:
    """Tell what msgspec found, in words of ours and without any value."""
    match = _WHERE.match(message)
    what, path = (match["what"], match["path"] or "") if match else (message, "")
    name = _join(prefix, path.lstrip("."))
    if unknown := _UNKNOWN.match(what):
        member = unknown[1] if _NAME.fullmatch(unknown[1]) else ""
        raise problems.bad_body(
            _join(name, member),
            "Unknown member",
            "Leave this member out; those known are listed at /REST/dimona/v2/doc.",
            "unknownInput",
        )
    if missing := _MISSING.match(what):
        raise problems.bad_body(_join(name, missing[1]), "Missing member", "Give this member.")
    if types := _TYPES.match(what):
        wanted = " or ".join(dict.fromkeys(_WORDS.get(part, part) for part in types[1].split(" | ") if part != "null"))
        got = f", not {_WORDS[types[2]]}" if types[2] in _WORDS else ""
        raise problems.bad_body(name, "Wrong JSON type", f"Give {wanted}{got}.")
    if "out of range" in what:
        raise problems.bad_body(name, "Number out of range", "Give a number of fewer digits.", "invalidInput")
    raise problems.bad_body(name, "Invalid value", "Give a value as described at /REST/dimona/v2/doc.", "invalidInput")


def _join(path: str, member: str) -> str:
    return f"{path}.{member}" if path and member else path or member


def _refuse_nul(value: Any, name: str) -> None:
    """No text column holds a NUL character, and no name or number has one."""
    if isinstance(value, str) and "\0" in value:
        raise problems.bad_body(name, "NUL character", "Leave the character U+0000 out of this text.", "invalidInput")
    if isinstance(value, dict):
        for member, part in value.items():
            _refuse_nul(part, _join(name, str(member)))
    elif isinstance(value, list):
        for index, part in enumerate(value):
            _refuse_nul(part, f"{name}[{index}]")
