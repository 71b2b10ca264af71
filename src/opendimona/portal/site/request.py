"""A request as the views of a signed-in person see it."""

from datetime import datetime

from django.http import HttpRequest

from opendimona.portal.accounts.models import Account
from opendimona.portal.schools.models import School


class Page(HttpRequest):
    """A request with whose it is: `account`, the `schools` it may act for, and the `school` that the page is about.

    Only a type: the middleware sets these on each request, and leads whoever has no account to the door first.
    `arrived`: when the request came in, before its body was read and before it waited for a thread.
    """

    account: Account
    schools: list[School]
    school: School
    arrived: datetime
