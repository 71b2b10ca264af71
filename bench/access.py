"""A program of the bench that is registered with the server under test, and its access token."""

import http.client
import json
import secrets
import time
from typing import Any
from urllib.parse import urlencode, urlsplit

from joserfc import jws
from joserfc.jwk import RSAKey

from bench.processes import BenchError

TOKEN = "/REST/oauth/v5/token"
_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def token(url: str) -> str:
    """Register a new program with a key of its own at a sandbox, and exchange its signed assertion for a token."""
    client = f"bench-{secrets.token_hex(8)}"
    key = RSAKey.generate_key(2048)
    entry = {"clientId": client, "publicKey": key.as_pem(private=False).decode()}
    call(url, "/sandbox/clients", json.dumps(entry), "application/json", 204)
    now = int(time.time())
    claims = {
        "iss": client, "sub": client, "aud": url + TOKEN, "jti": secrets.token_hex(16), "iat": now, "exp": now + 60,
    }  # fmt: skip
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": _ASSERTION,
        "client_assertion": jws.serialize_compact({"alg": "RS256"}, json.dumps(claims).encode(), key),
    }
    body = call(url, TOKEN, urlencode(form), "application/x-www-form-urlencoded", 200)
    return str(json.loads(body)["access_token"])


def call(url: str, path: str, body: str, content_type: str, wanted: int) -> Any:
    """POST, and give the body of the answer. Raises BenchError for another status."""
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=30)
    try:
        headers = {"Content-Type": content_type, "Authorization": "Bearer sandbox"}
        connection.request("POST", path, body, headers)
        response = connection.getresponse()
        found = response.read()
        if response.status != wanted:
            raise BenchError(f"POST {path}: {response.status} {found.decode(errors='replace')}")
        return found
    finally:
        connection.close()
