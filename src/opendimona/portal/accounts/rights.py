"""Who may do what: the one place that says so.

A role is held for a school, for every school of an organising power, for a network, or for the whole Community, and
gives rights there. Each address asks for one right; the middleware lets nobody through who has not got it.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum, auto

from opendimona.portal.accounts.models import Membership, Role
from opendimona.portal.schools.models import School


class Right(StrEnum):
    """What an account may do; the first three in a school, the others in the Community."""

    READ = auto()
    DECLARE = auto()
    DECIDE = auto()
    SIGN = auto()
    WATCH = auto()
    COUNT = auto()
    AUDIT = auto()
    IDENTIFY = auto()
    CONNECT = auto()
    SELF = auto()
    LEAD = auto()
    OWN = auto()
    OPEN = auto()


RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.READER: frozenset({Right.READ}),
    Role.CLERK: frozenset({Right.READ, Right.DECLARE}),
    Role.HEAD: frozenset({Right.READ, Right.DECLARE, Right.DECIDE}),
    Role.MANAGER: frozenset({Right.READ, Right.DECLARE, Right.DECIDE}),
    Role.CELL: frozenset({Right.READ, Right.DECLARE, Right.WATCH, Right.COUNT, Right.SIGN}),
    Role.SUPERVISOR: frozenset(
        {Right.READ, Right.DECLARE, Right.DECIDE, Right.WATCH, Right.COUNT, Right.SIGN, Right.LEAD}
    ),
    Role.AUDITOR: frozenset({Right.WATCH, Right.COUNT, Right.AUDIT}),
    Role.FEDERATION: frozenset({Right.COUNT}),
    Role.LOCAL: frozenset({Right.CONNECT}),
    Role.AGENT: frozenset({Right.IDENTIFY}),
    Role.MEMBER: frozenset({Right.SELF}),
}
"""What each role gives.

READ: a school's staff and answers. DECLARE: for it. DECIDE: let people in, approve. WATCH: the queue and the gaps of
all schools. SIGN: take cases of the queue, load extracts, act for a school. COUNT: totals. AUDIT: read who did what.
LEAD: give the roles of the Community. CONNECT: programs and their keys. IDENTIFY: say who is meant by declarations
without SSIN. SELF: one's own periods.
"""
IN_SCHOOL = frozenset({Right.READ, Right.DECLARE, Right.DECIDE})
ADDRESSES: Mapping[str, Right] = {
    **dict.fromkeys(
        ("sign_in", "sign_in_demo", "language", "guide", "guide_page", "help", "quick", "invitation", "calendar",
         "verify", "day", "second", "forgotten", "sign_in_elsewhere", "signed_elsewhere",
         "sign_in_keys", "link"),
        Right.OPEN,
    ),
    **dict.fromkeys(("sign_out", "school", "mails", "account", "unlink"), Right.OWN),
    **dict.fromkeys(
        ("home", "seen", "staff", "search", "person", "register", "export", "export_xlsx", "inbox", "inbox_read",
         "deadlines", "late", "late_export", "answer", "receipt", "missing", "ends", "received", "received_read",
         "note_read"),
        Right.READ,
    ),
    **dict.fromkeys(
        ("declare", "add_person", "many", "late_reason", "table", "start", "draft", "check", "review", "split",
         "replace", "discard", "adopt", "renew", "load", "load_errors", "load_template", "change_appointment",
         "add_appointment"),
        Right.DECLARE,
    ),
    **dict.fromkeys(("access", "withdraw", "approve", "mine_invite"), Right.DECIDE),
    **dict.fromkeys(
        ("cell", "run", "run_export", "insured"), Right.WATCH
    ),
    **dict.fromkeys(
        ("texts", "text_anomaly", "text_calendar", "bulk", "bulk_job", "bulk_run", "bulk_retry", "bulk_undo",
         "bulk_export", "note_write", "replies", "cell_search", "conflict", "orphan_settle", "claim", "release",
         "snooze", "run_load", "run_again", "announcements", "announcement", "announcement_end",
         "announcement_readers"),
        Right.SIGN,
    ),
    **dict.fromkeys(("runs", "statistics", "statistics_svg", "statistics_csv"), Right.COUNT),
    **dict.fromkeys(("agents", "agents_decide", "agents_pass", "agents_undo", "agents_find"), Right.IDENTIFY),
    "mine": Right.SELF,
    **dict.fromkeys(("programs", "program_revoke"), Right.CONNECT),
    **dict.fromkeys(("access_all", "access_all_change", "schools"), Right.LEAD),
    **dict.fromkeys(("audit", "audit_export", "audit_find", "audit_file"), Right.AUDIT),
}  # fmt: skip
"""The right that each address asks for, by its name."""


def rights_of(memberships: Iterable[Membership], school: School | None) -> frozenset[Right]:
    """What some valid memberships give: in a school, where one is chosen, and in the Community."""
    found: set[Right] = {Right.OWN, Right.OPEN}
    for one in memberships:
        given = RIGHTS[Role(one.role)]
        found |= given if one.holds_for(school) else given - IN_SCHOOL
    return frozenset(found)
