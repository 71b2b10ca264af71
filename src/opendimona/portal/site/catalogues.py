"""Messages in the other languages: `.po` files, compiled to what gettext reads when they are newer.

A small writer of the `.mo` format, so that neither gettext's programs nor a build step are needed. Source: GNU gettext
manual, "The Format of GNU MO Files".
"""

import ast
import os
import struct
from pathlib import Path

import structlog

LOCALE = Path(__file__).parents[1] / "locale"
log = structlog.get_logger()
MAGIC = 0x950412DE
CONTEXT, PLURAL = "\x04", "\0"


def compile_all(folder: Path = LOCALE) -> list[Path]:
    """Compile every catalogue that changed since it was last compiled; returns those written."""
    written = []
    for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            temporary = target.with_suffix(f".{os.getpid()}")
            try:
                temporary.write_bytes(compiled(read(source.read_text(encoding="utf-8"))))
                temporary.replace(target)  # several processes may start at once
            except OSError as error:
                log.warning("a language is out of date", catalogue=str(target), because=error.strerror)
            else:
                written.append(target)
    return written


def read(text: str) -> dict[str, str]:
    """The messages of a catalogue: what stands in the program to what people read, both as gettext joins them."""
    messages: dict[str, str] = {}
    for block in text.split("\n\n"):
        fields: dict[str, str] = {}
        name = ""
        for line in block.splitlines():
            if line.startswith("#") or not line.strip():
                continue
            if not line.startswith('"'):
                name, _, line = line.partition(" ")
            fields[name] = fields.get(name, "") + ast.literal_eval(line)
        if "msgid" not in fields:
            continue
        key = f"{fields['msgctxt']}{CONTEXT}{fields['msgid']}" if "msgctxt" in fields else fields["msgid"]
        plurals = [fields[part] for part in sorted(fields) if part.startswith("msgstr[")]
        if "msgid_plural" in fields:
            key += PLURAL + fields["msgid_plural"]
        value = PLURAL.join(plurals) if plurals else fields.get("msgstr", "")
        if value.strip(PLURAL):
            messages[key] = value
    return messages


def compiled(messages: dict[str, str]) -> bytes:
    """A catalogue as gettext reads it."""
    pairs = [(key.encode(), value.encode()) for key, value in sorted(messages.items())]
    table = 28
    position = table + 16 * len(pairs)
    keys: list[bytes] = []
    values: list[bytes] = []
    body = b""
    for part, entries in ((0, keys), (1, values)):
        for pair in pairs:
            entries.append(struct.pack("<II", len(pair[part]), position + len(body)))
            body += pair[part] + b"\0"
    head = struct.pack("<IIIIIII", MAGIC, 0, len(pairs), table, table + 8 * len(pairs), 0, 0)
    return head + b"".join(keys) + b"".join(values) + body
