"""POST /REST/oauth/v5/token (and v3): a signed assertion for an access token (RFC 6749, RFC 7523)."""

from urllib.parse import parse_qs

from opendimona.channels.rest import assertions, links, problems
from opendimona.channels.rest.assertions import InvalidAssertion
from opendimona.channels.rest.context import Context
from opendimona.channels.rest.exchange import Request, Response, json_response
from opendimona.register.client_entries import SCOPES, Client

_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_FORM_MAX = 32_000
_FIELDS_MAX = 20


class Refused(Exception):
    """An error of RFC 6749: its code, and a sentence for the program's developer."""

    def __init__(self, code: str, description: str) -> None:
        super().__init__(code)
        self.code, self.description = code, description


async def post_token(context: Context, request: Request) -> Response:
    """A token for the program that signed the assertion, or an error as in RFC 6749. Raises Problem 413, 429."""
    body = await request.body(min(_FORM_MAX, context.settings.body_limit))
    try:
        token, life, scopes = await _exchange(context, request, _form(body))
    except Refused as refusal:
        return json_response({"error": refusal.code, "error_description": refusal.description}, 400)
    return json_response({"access_token": token, "token_type": "Bearer", "expires_in": life, "scope": " ".join(scopes)})


def _form(body: bytes) -> dict[str, str]:
    try:
        fields = parse_qs(body.decode("ascii"), keep_blank_values=True, max_num_fields=_FIELDS_MAX, errors="strict")
    except ValueError:
        raise Refused("invalid_request", "Send the fields as application/x-www-form-urlencoded.") from None
    if any(len(values) > 1 for values in fields.values()):
        raise Refused("invalid_request", "Send each field once.")
    return {name: values[0] for name, values in fields.items()}


async def _exchange(context: Context, request: Request, form: dict[str, str]) -> tuple[str, int, tuple[str, ...]]:
    grant_type = form.get("grant_type")
    if not grant_type:
        raise Refused(
            "invalid_request", "The form needs grant_type=client_credentials (application/x-www-form-urlencoded)."
        )
    if grant_type != "client_credentials":
        raise Refused("unsupported_grant_type", "The only grant_type is client_credentials.")
    if form.get("client_assertion_type") != _ASSERTION_TYPE or not form.get("client_assertion"):
        raise Refused("invalid_request", f"Give client_assertion_type={_ASSERTION_TYPE} and client_assertion.")
    client, jti, expires = await _authenticated(context, request, form)
    if not context.throttle.is_allowed(client.id):
        raise problems.too_many_requests(context.throttle.rate, 1)
    scopes = _scopes(form.get("scope", ""), client)
    if not await context.clients.use_assertion(client.id, jti, expires):
        raise Refused("invalid_client", "This assertion was used before; sign one with a new jti for each request.")
    token, life = context.access.issue(client, scopes)
    return token, life, scopes


async def _authenticated(context: Context, request: Request, form: dict[str, str]) -> tuple[Client, str, float]:
    base = context.links.base(request)
    audiences = frozenset((*(base + path for path in links.TOKEN_PATHS), *context.settings.audiences))
    try:
        client, jti, expires = await assertions.verify(
            form["client_assertion"], context.clients, audiences, context.settings.assertion_life
        )
    except InvalidAssertion as error:
        raise Refused("invalid_client", str(error)) from None
    if form.get("client_id", client.id) != client.id:
        raise Refused("invalid_client", "The field client_id, if given, must be the issuer of the assertion.")
    return client, jti, expires


def _scopes(text: str, client: Client) -> tuple[str, ...]:
    asked = text.split()
    if not asked:
        return client.scopes
    if not set(asked) <= set(client.scopes):
        raise Refused("invalid_scope", f"This client may ask for: {' '.join(client.scopes)}.")
    return tuple(scope for scope in SCOPES if scope in asked)
