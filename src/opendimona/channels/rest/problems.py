"""Requests that cannot be served, as problem documents (RFC 9457, Belgif); they never repeat a value sent."""

import uuid
from collections.abc import Sequence
from typing import Any, Literal

import msgspec
from msgspec import Struct

TYPE = "urn:problem-type:belgif:"
ISSUE_TYPE = "urn:problem-type:belgif:input-validation:"
_PAGE = "https://www.belgif.be/specification/rest/api-guide/problems/{}.html"
CONTENT_TYPE = (b"content-type", b"application/problem+json")

Headers = tuple[tuple[bytes, bytes], ...]
Place = Literal["body", "path", "query", "header"]


class Issue(Struct, frozen=True, omit_defaults=True):
    """One thing that is wrong with a request: where (`name` is a path in a body), what, and what to do."""

    kind: str
    place: Place
    name: str
    title: str
    detail: str

    def document(self) -> dict[str, str]:
        """As in the `issues` of a problem."""
        return {
            "type": ISSUE_TYPE + self.kind,
            "in": self.place,
            "name": self.name,
            "title": self.title,
            "detail": self.detail,
        }


class Problem(Exception):
    """A request that is answered with a problem document; `name` is the last part of its type."""

    def __init__(
        self,
        status: int,
        name: str,
        title: str,
        detail: str,
        *,
        headers: Headers = (),
        members: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(name)
        self.status, self.headers = status, headers
        self.instance = f"urn:uuid:{uuid.uuid4()}"
        self._document = {
            "type": TYPE + name,
            "href": _PAGE.format(name),
            "title": title,
            "status": status,
            "detail": detail,
            "instance": self.instance,
            **(members or {}),
        }

    @property
    def document(self) -> dict[str, Any]:
        """The members of the document."""
        return self._document

    def body(self) -> bytes:
        """The document in JSON."""
        return msgspec.json.encode(self._document)


def bad_request(issues: Sequence[Issue]) -> Problem:
    """400: the request cannot be understood."""
    return Problem(
        400,
        "badRequest",
        "Bad Request",
        "The request cannot be understood; nothing was recorded. Correct what issues names, send it again.",
        members={"issues": [issue.document() for issue in issues]},
    )


def bad_body(name: str, title: str, detail: str, kind: str = "schemaViolation") -> Problem:
    """400 for one thing in the body."""
    return bad_request([Issue(kind, "body", name, title, detail)])


def bad_header(name: str, detail: str) -> Problem:
    """400 for a header."""
    return bad_request([Issue("invalidInput", "header", name, "Invalid header", detail)])


def bad_query(name: str, detail: str) -> Problem:
    """400 for a parameter of the address."""
    return bad_request([Issue("invalidInput", "query", name, "Invalid parameter", detail)])


def broken_off() -> Problem:
    """400: the connection ended before the body did (nobody will read this)."""
    return bad_body("", "Incomplete body", "The body broke off; send the request again.")


def no_token() -> Problem:
    """401: no access token came along."""
    return Problem(
        401,
        "noAccessToken",
        "No Access Token",
        'Send a token in the Authorization header, as "Bearer", a space and the token.',
        headers=((b"www-authenticate", b"Bearer"),),
    )


def invalid_token() -> Problem:
    """401: the access token is not one of ours, or its program was revoked."""
    return Problem(
        401,
        "invalidAccessToken",
        "Invalid Access Token",
        "This token is not valid; ask the token endpoint for a new one.",
        headers=((b"www-authenticate", b'Bearer error="invalid_token"'),),
    )


def expired_token() -> Problem:
    """401: the access token has expired."""
    return Problem(
        401,
        "expiredAccessToken",
        "Expired Access Token",
        "This token has expired; ask the token endpoint for a new one.",
        headers=((b"www-authenticate", b'Bearer error="invalid_token", error_description="The token has expired"'),),
    )


def missing_scope(scope: str) -> Problem:
    """403: the token was not given for this kind of request."""
    return Problem(
        403,
        "missingScope",
        "Missing Scope",
        f"Ask for a token with the scope {scope}.",
        headers=((b"www-authenticate", f'Bearer error="insufficient_scope", scope="{scope}"'.encode()),),
        members={"requiredScopes": [scope]},
    )


def no_mandate() -> Problem:
    """403: the program may not act for the employer."""
    return Problem(
        403,
        "missingPermission",
        "Missing Permission",
        "This program has no mandate for the employer of the declaration; nothing was recorded.",
    )


def not_found(what: str) -> Problem:
    """404: nothing with this number that the caller may see; `what` names the kind."""
    return Problem(
        404,
        "resourceNotFound",
        "Resource Not Found",
        f"No {what} with this number can be shown to this program.",
        members={
            "issues": [
                {
                    "type": ISSUE_TYPE + "referencedResourceNotFound",
                    "in": "path",
                    "name": "id",
                    "title": f"Unknown {what}",
                    "detail": "Check the number; it is the last part of the Location of a 201.",
                }
            ]
        },
    )


def unknown_employer() -> Problem:
    """404: the employer named in the body is none that the caller may see."""
    return Problem(
        404,
        "resourceNotFound",
        "Resource Not Found",
        "No employer with this number can be shown to this program.",
        members={
            "issues": [
                Issue(
                    "referencedResourceNotFound", "body", "employer", "Unknown employer", "Check the number."
                ).document()
            ]
        },
    )


def no_such_address() -> Problem:
    """404: this address leads nowhere."""
    return Problem(
        404,
        "resourceNotFound",
        "Resource Not Found",
        "There is nothing at this address. What there is, is described at /REST/dimona/v2/doc.",
    )


def wrong_method(allowed: str) -> Problem:
    """405: the address exists, the method does not."""
    return Problem(
        405, "methodNotAllowed", "Method Not Allowed", f"Use {allowed} here.", headers=((b"allow", allowed.encode()),)
    )


def key_conflict() -> Problem:
    """409: an idempotency key came again with another body."""
    return Problem(
        409,
        "conflict",
        "Conflict",
        "This Idempotency-Key was used before with another body. Give each declaration a key of its own.",
        members={
            "issues": [
                Issue(
                    "invalidInput", "header", "Idempotency-Key", "Used before", "Use a new key for a new declaration."
                ).document()
            ]
        },
    )


def too_many_tasks(limit: int) -> Problem:
    """429: the program has as many unfinished tasks as it may have."""
    return Problem(
        429,
        "tooManyRequests",
        "Too Many Requests",
        f"A program has at most {limit} tasks under way. Wait until one is done.",
        headers=((b"retry-after", b"5"),),
        members={"limit": limit, "retryAfterSec": 5},
    )


def registration_ended() -> Problem:
    """403: the program handed a batch in, and may not declare any more."""
    return Problem(
        403,
        "missingPermission",
        "Missing Permission",
        "The registration of this program ended before the declaration was filed; nothing was recorded.",
    )


def too_many_endpoints(limit: int) -> Problem:
    """409: the program has as many webhooks, or mail addresses, as it may have."""
    return Problem(409, "conflict", "Conflict", f"A program has at most {limit} of these. Delete one that is not used.")


def already_decided() -> Problem:
    """409: somebody decided the declaration before, or took the decision back."""
    return Problem(
        409,
        "conflict",
        "Conflict",
        "This declaration is not as it was shown: somebody decided it, or undid the decision. Read it again.",
    )


def overlapping(numbers: Sequence[int]) -> Problem:
    """409: two SSINs of one person, or two employers, have periods or registrations that exclude each other."""
    named = ", ".join(map(str, numbers))
    return Problem(409, "conflict", "Conflict", f"{named} overlap; cancel one of them, then send this again.")


def too_large(limit: int) -> Problem:
    """413: the body is over the limit (bytes)."""
    return Problem(
        413, "payloadTooLarge", "Payload Too Large", f"A body has at most {limit} bytes.", members={"limit": limit}
    )


def unsupported_encoding() -> Problem:
    """415: the body is compressed."""
    return Problem(
        415,
        "unsupportedMediaType",
        "Unsupported Media Type",
        "Send the body as it is, without Content-Encoding.",
        headers=((b"accept-encoding", b"identity"),),
    )


def too_many_requests(rate: int, seconds: int) -> Problem:
    """429: a program asks for more than `rate` tokens a second; it may try again after `seconds`."""
    detail = f"A program may ask for {rate} tokens a second. Keep a token until it expires."
    return Problem(
        429,
        "tooManyRequests",
        "Too Many Requests",
        detail,
        headers=((b"retry-after", b"%d" % seconds),),
        members={
            "limit": rate,
            "retryAfterSec": seconds,
            "error": "temporarily_unavailable",
            "error_description": detail,
        },
    )


def internal_error() -> Problem:
    """500: a mistake of ours."""
    return Problem(
        500,
        "internalServerError",
        "Internal Server Error",
        "The program made a mistake. It is logged under this instance; quote it when you report it.",
    )


def unavailable(detail: str) -> Problem:
    """503: not now."""
    return Problem(
        503,
        "serviceUnavailable",
        "Service Unavailable",
        detail,
        headers=((b"retry-after", b"1"),),
        members={"retryAfterSec": 1},
    )
