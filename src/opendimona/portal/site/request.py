"""A request as the views of a signed-in person see it."""

from datetime import datetime

from django.db.models import QuerySet
from django.http import HttpRequest

from opendimona.portal.accounts.models import Account
from opendimona.portal.accounts.rights import Right
from opendimona.portal.schools.models import School


class Page(HttpRequest):
    """A request with whose it is: `account`, the `schools` whose pages it may open, the `school` of this page.

    `few_schools`: those of the menu; none where there are too many. `rights`: what the account may do there.
    Only a type: the middleware sets these on each request, and leads whoever has no account to the door first.
    `arrived`: when the request came in, before its body was read and before it waited for a thread.
    """

    account: Account
    schools: "list[School] | QuerySet[School]"
    few_schools: list[School]
    school: School
    rights: frozenset[Right]
    arrived: datetime
