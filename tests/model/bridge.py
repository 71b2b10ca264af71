"""Between the model's plain values and the register's own: bodies become declarations, periods become model periods."""

from typing import Any

import msgspec

from opendimona.core.decision import Anomaly
from opendimona.core.declaration import Declaration
from opendimona.core.file import Period
from tests.model.values import ModelPeriod


def declaration(body: dict[str, Any]) -> Declaration:
    """The declaration that the REST channel reads from a body."""
    return msgspec.json.decode(msgspec.json.encode(body), type=Declaration)


def conflicts(anomalies: tuple[Anomaly, ...]) -> set[int]:
    """The numbers of all periods that anomalies name."""
    return {period.number for anomaly in anomalies for period in anomaly.periods}


def exceeding(anomalies: tuple[Anomaly, ...]) -> int:
    """The hours and days that anomalies name as beyond a quota."""
    items = [item for anomaly in anomalies for item in anomaly.quota]
    return sum((item.exceeding_hours or 0) + (item.exceeding_days or 0) for item in items)


def as_model(period: Period, employer: str, worker: str) -> ModelPeriod:
    """A period of the register as the model holds it."""
    features = period.features
    user: tuple[str, str | None] | None = None
    if features.user_enterprise is not None:
        user = f"{features.user_enterprise:010d}", features.user_joint_committee
    elif features.user_name is not None:
        user = features.user_name, features.user_joint_committee
    return ModelPeriod(
        employer=employer,
        worker=worker,
        type=features.worker_type,
        committee=features.joint_committee or "",
        start=period.start,
        number=period.number,
        user=user,
        end=period.end,
        start_hour=_text(period.start_hour),
        end_hour=_text(period.end_hour),
        planned=period.planned_hours,
        late=period.is_late,
        locked=period.is_locked,
        cancelled=period.is_cancelled,
    )


def _text(hour: int | None) -> str | None:
    return None if hour is None else f"{hour:04d}"
