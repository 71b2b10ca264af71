"""A notice as JSON: for the inbox, and as a CloudEvent (version 1.0) for a webhook. It names no worker."""

from datetime import UTC, datetime
from typing import Any

import msgspec

from opendimona.channels.deliveries.wording import sentence
from opendimona.core.file import Employer
from opendimona.law.catalogue import Language
from opendimona.register.interface import NoticeView
from opendimona.register.notices.kinds import JUSTIFICATIONS

ROOT = "/REST/dimona/v2"
TYPE = "opendimona."
CONTENT_TYPE = "application/cloudevents+json; charset=utf-8"
Members = dict[str, Any]


def notice_members(notice: NoticeView, base: str) -> Members:
    """A notice; links are absolute below `base`, or left out where it is empty."""
    members: Members = {
        "noticeId": notice.position,
        "kind": notice.kind,
        "time": moment(notice.at),
        "employer": None if notice.employer is None else employer_members(notice.employer),
        "declarationId": notice.number,
        "periodId": notice.period_number,
        "result": notice.result if notice.number is not None else None,
        "late": notice.is_late or None,
        "anomalies": list(notice.anomalies),
        "justificationCode": JUSTIFICATIONS.get(notice.kind),
        "href": href(notice, base),
        **notice.data,
    }
    return {name: value for name, value in members.items() if value not in (None, [], "")}


def href(notice: NoticeView, base: str) -> str | None:
    """Where what happened can be read."""
    if not base:
        return None
    if notice.number is not None:
        return f"{base}{ROOT}/declarations/{notice.number}"
    return None if notice.period_number is None else f"{base}{ROOT}/periods/{notice.period_number}"


def employer_members(employer: Employer) -> Members:
    """An employer by its numbers."""
    members: Members = {}
    number = employer.nsso if employer.nsso is not None else employer.provisional
    if number is not None:
        members["employerId"] = number
    if employer.enterprise is not None:
        members["enterpriseNumber"] = f"{employer.enterprise:010d}"
    return members


def cloud_event(notice: NoticeView, base: str, sequence: int | None, language: Language) -> bytes:
    """A notice as a CloudEvent in structured mode; `sequence` counts what this endpoint was sent, without gaps.

    None: sent again, out of order.
    """
    return _event(
        f"{notice.position}", notice.kind, base, notice.at,
        notice_members(notice, base) | {"text": sentence(notice, language)}, sequence,
        subject=None if notice.number is None else str(notice.number),
    )  # fmt: skip


def test_event(identifier: str, base: str, at: datetime) -> bytes:
    """What an endpoint is sent when its owner asks for a test."""
    return _event(identifier, "test", base, at, {"kind": "test", "time": moment(at)}, None, subject=None)


def _event(
    identifier: str, kind: str, base: str, at: datetime, data: Members, sequence: int | None, *, subject: str | None
) -> bytes:
    event: Members = {
        "specversion": "1.0",
        "id": identifier,
        "source": base or "urn:opendimona:register",
        "type": TYPE + kind,
        "time": moment(at),
        "datacontenttype": "application/json",
        "data": data,
    }
    if subject is not None:
        event["subject"] = subject
    if sequence is not None:
        event["sequence"] = f"{sequence:020d}"  # the extension of that name compares texts
    return msgspec.json.encode(event)


def moment(at: datetime) -> str:
    """A moment in UTC, as RFC 3339 has it."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
