"""Accounts from the command line: the first administrator, before anybody can let anybody in."""

from datetime import date
from typing import Any

from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.urls import reverse

from opendimona.portal.accounts.models import WHOLE, Account, Membership, Role
from opendimona.portal.schools.models import Network, OrganisingPower
from opendimona.portal.schools.units import by_fase

OF_SCHOOLS = (Role.READER, Role.CLERK, Role.HEAD)
OF_POWERS = (Role.MANAGER, *OF_SCHOOLS)


class Unfit(Exception):
    """An invitation that makes no sense; the text says what to do."""


class Apart(Unfit):
    """A role beside that of an ONSS agent, or the other way round."""


def invite(email: str, name: str, role: str, scope: dict[str, str], until: date | None) -> str:
    """Give an account a role, and return the path of the page on which its password is chosen.

    `scope`: one of `school` (FASE number), `power` (its name) and `network`, or none for the whole Community. An
    account that has a password keeps it: the path is empty. Raises Unfit.
    """
    try:
        validate_email(email)
    except ValidationError:
        raise Unfit(f"{email!r} is no mail address") from None
    if role not in Role.values:
        raise Unfit(f"the role is one of {', '.join(Role.values)}")
    where = _where(Role(role), scope)
    try:
        with transaction.atomic():
            account = Account.objects.filter(email=email.lower()).first()
            if account is None:
                account = Account.objects.create(email=email.lower(), name=name)
            Membership.objects.update_or_create(account=account, **where, role=role, defaults={"expires_on": until})
    except IntegrityError:
        raise Apart("an agent of ONSS has no other role: give them an account with another address") from None
    if account.has_usable_password():
        return ""
    return reverse("invitation", args=[account.pk, default_token_generator.make_token(account)])


def renew(email: str) -> str:
    """Let somebody choose a password again, without the code of an application that is lost; the path of the page.

    Raises Unfit.
    """
    account = Account.objects.filter(email=email.lower(), is_active=True).first()
    if account is None:
        raise Unfit("no account has this mail address")
    account.set_unusable_password()
    account.second_secret = ""
    account.save(update_fields=["password", "second_secret"])
    return reverse("invitation", args=[account.pk, default_token_generator.make_token(account)])


def _where(role: Role, scope: dict[str, str]) -> dict[str, Any]:
    """The scope as a membership has it."""
    none = {"school": None, "power": None, "network": ""}
    if not scope:
        if role not in WHOLE:
            raise Unfit(f"a {role.value} is of a school or an organising power: name it with --school or --power")
        return none
    (kind, value), *others = scope.items()
    if others:
        raise Unfit("give one of --school, --power and --network")
    if kind == "network":
        if role != Role.FEDERATION or value not in Network.values:
            raise Unfit(f"--network is one of {', '.join(Network.values)}, for a federation")
        return none | {"network": value}
    if kind == "power":
        power = OrganisingPower.objects.filter(name=value).first()
        if power is None or role not in OF_POWERS:
            raise Unfit("no organising power of that name, or not a role that it gives: load the schools first")
        return none | {"power": power}
    school = by_fase(value)
    if school is None or role not in OF_SCHOOLS:
        raise Unfit("no school of that FASE number, or not a role that it gives: load the schools first")
    return none | {"school": school}
