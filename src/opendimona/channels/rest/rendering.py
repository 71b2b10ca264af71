"""Answers, periods and relations as JSON members. Empty members are left out; nothing is ever null."""

from datetime import date
from functools import cache
from typing import Any, get_args

import msgspec

from opendimona.channels.rest.links import declaration_href, period_href, registration_href
from opendimona.channels.rest.moments import BRUSSELS
from opendimona.core.decide import details_of
from opendimona.core.decision import Anomaly
from opendimona.core.declaration import BLOCKS, Declaration
from opendimona.core.file import Employer, Features, Person
from opendimona.core.quotas import Balance
from opendimona.law.catalogue import Language, load_catalogue
from opendimona.law.rules import LatenessConsequence
from opendimona.register.consequences import consequences_of
from opendimona.register.interface import Answer, PeriodView, RegistrationView, RelationView

Members = dict[str, Any]
LANGUAGES: tuple[Language, ...] = get_args(Language)


def declaration(answer: Answer, base: str) -> Members:
    """A declaration as filed, whom it concerns, and its result."""
    filed = answer.declaration
    block = filed.dimona_in or filed.target or filed.dimona_daily_registration
    return _without_empty(
        {
            "href": declaration_href(base, answer.number),
            "employer": _declared_employer(filed) if answer.employer is None else employer(answer.employer),
            "worker": None if answer.worker is None else person(answer.worker),
            BLOCKS[filed.kind]: msgspec.to_builtins(block),
            "declarationStatus": _status(answer, base),
        }
    )


def period(view: PeriodView, base: str) -> Members:
    """A period, in the version asked for."""
    shown = view.period
    return _without_empty(
        {
            "periodId": shown.number,
            "employer": employer(view.employer),
            "worker": person(view.worker),
            "startDate": shown.start.isoformat(),
            "endDate": shown.end and shown.end.isoformat(),
            "startHour": _hour(shown.start_hour),
            "endHour": _hour(shown.end_hour),
            "plannedHoursNumber": shown.planned_hours,
            "plannedDaysNumber": shown.planned_days,
            "features": _features(shown.features),
            "oldDimonaNumber": details_of(shown).old_dimona_number,
            "late": shown.is_late,
            "locked": shown.is_locked,
            "cancelled": shown.is_cancelled,
            "href": period_href(base, shown.number),
        }
    )


def registration(view: RegistrationView, base: str) -> Members:
    """A daily registration, in the version asked for."""
    shown = view.registration
    return _without_empty(
        {
            "dailyRegistrationId": shown.number,
            "period": {"id": shown.period, "href": period_href(base, shown.period)},
            "employer": employer(view.employer),
            "worker": person(view.worker),
            "startDate": shown.start.isoformat(),
            "startHour": _hour(shown.start_hour),
            "endDate": shown.end.isoformat(),
            "endHour": _hour(shown.end_hour),
            "cancelled": shown.is_cancelled,
            "href": registration_href(base, shown.number),
        }
    )


def relation(view: RelationView, _base: str) -> Members:
    """A relation, from the first engagement to the end of the last."""
    return _without_empty(
        {
            "employer": employer(view.employer),
            "worker": person(view.worker),
            "startDate": view.start.isoformat(),
            "endDate": view.end and view.end.isoformat(),
        }
    )


def balance(left: Balance) -> Members:
    """What is used and what is left of a quota; its dates only when it holds for a part of the year."""
    quota, first, last = left.quota, date(left.year, 1, 1), date(left.year, 12, 31)
    return _without_empty(
        {
            "type": quota.type,
            "year": left.year,
            "quarter": left.quarter,
            "fromDate": None if quota.valid_from is None or quota.valid_from <= first else quota.valid_from.isoformat(),
            "toDate": None if quota.valid_to is None or quota.valid_to >= last else quota.valid_to.isoformat(),
            "unit": left.counter.unit,
            "limit": quota.limit,
            "used": left.used,
            "neutralised": left.neutralised,
            "left": left.left,
            "signalled": quota.is_signalled,
            "confirmed": quota.confirmed and left.counter.confirmed,
        }
    )


def employer(known: Employer) -> Members:
    """An employer by its numbers."""
    return _without_empty(
        {
            "employerId": known.nsso or known.provisional,
            "enterpriseNumber": None if known.enterprise is None else f"{known.enterprise:010d}",
            "formerEmployerIds": list(known.formerly or ()),
        }
    )


def person(known: Person) -> Members:
    """A worker by SSIN and recorded identity."""
    return _without_empty(
        {
            "ssin": f"{known.ssin:011d}",
            "familyName": known.family_name,
            "givenName": known.given_name,
            "birthDate": known.birth_date and known.birth_date.isoformat(),
            "gender": known.gender,
            "replacedBy": None if known.replaced_by is None else f"{known.replaced_by:011d}",
            "formerSsins": [f"{ssin:011d}" for ssin in known.formerly or ()],
        }
    )


def _declared_employer(filed: Declaration) -> Members:
    """The numbers of an employer who is not known, as they were sent."""
    sent = filed.employer
    if sent is None:
        return {}
    number = sent.employer_id
    return _without_empty(
        {
            "employerId": int(number) if isinstance(number, float) and number.is_integer() else number,
            "enterpriseNumber": sent.enterprise_number,
        }
    )


def _status(answer: Answer, base: str) -> Members:
    anomalies = [_anomaly(item) for item in answer.anomalies]
    number, registered = answer.period_number, answer.registration_number
    return _without_empty(
        {
            "declarationId": answer.number,
            "result": answer.result,
            "period": None if number is None else {"id": number, "href": period_href(base, number)},
            "dailyRegistration": None
            if registered is None
            else {"id": registered, "href": registration_href(base, registered)},
            "late": answer.is_late or None,
            "deadline": answer.deadline and answer.deadline.astimezone(BRUSSELS).isoformat(),
            "consequences": [_consequence(row) for row in consequences_of(answer)],
            "anomalies": anomalies,
            # Some programs read these by name on a warning or a refusal, and stop where they are missing.
            **({"anomaliesCollection": anomalies} if answer.result in ("W", "B") else {}),
        }
    ) | ({"informationsCollection": []} if answer.result == "W" else {})


def _consequence(row: LatenessConsequence) -> Members:
    return {
        "text": {name: row.text[name] for name in LANGUAGES},
        "source": row.source,
        "confirmed": row.confirmed,
    }


def _anomaly(anomaly: Anomaly) -> Members:
    label, remedy = _texts(anomaly.code, anomaly.severity)
    return _without_empty(
        {
            "errorId": anomaly.code,
            "label": label,
            "severity": anomaly.severity,
            "periods": [msgspec.to_builtins(conflict) for conflict in anomaly.periods],
            "dailyRegistrations": [msgspec.to_builtins(conflict) for conflict in anomaly.registrations],
            "quota": [msgspec.to_builtins(excess) for excess in anomaly.quota],
            "remedy": remedy if anomaly.reason is None else dict.fromkeys(LANGUAGES, anomaly.reason),
        }
    )


@cache
def _texts(code: str, severity: str) -> tuple[Members, Members]:
    entry = load_catalogue()[code]
    label, remedy = entry.label, entry.remedy_for(severity)
    return {name: label[name] for name in LANGUAGES}, {name: remedy[name] for name in LANGUAGES}


def _features(features: Features) -> Members:
    user = _without_empty(
        {
            "jointCommissionNumber": features.user_joint_committee,
            "enterpriseNumber": None if features.user_enterprise is None else f"{features.user_enterprise:010d}",
            "name": features.user_name,
        }
    )
    return _without_empty(
        {
            "jointCommissionNumber": features.joint_committee,
            "workerType": features.worker_type,
            "subEntity": features.sub_entity,
            "usingEmployer": user,
        }
    )


def _hour(hour: int | None) -> str | None:
    return None if hour is None else f"{hour:04d}"


def _without_empty(members: Members) -> Members:
    return {name: value for name, value in members.items() if value is not None and value not in ("", [], {}, ())}
