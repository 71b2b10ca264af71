"""A provider of identities as others run one: django-oauth-toolkit, which asks for PKCE, in a process of its own.

Arguments: port, file with the private key, file of the database, secret of the client, address to come back to, and
perhaps a file with the keys that the client publishes: then the client proves itself with one of them, and identities
are encrypted with the other. Who asks with the header `X-User` is signed in as that user.
"""

import json
import sys
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

import django
from django.conf import settings

PORT, KEY, DATABASE, SECRET, BACK = sys.argv[1:6]
PUBLISHED = Path(sys.argv[6]) if len(sys.argv) > 6 else None


class Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        return


def set_up() -> None:
    settings.configure(
        SECRET_KEY=SECRET, ALLOWED_HOSTS=["127.0.0.1"], ROOT_URLCONF=__name__, USE_TZ=True,
        INSTALLED_APPS=[
            "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "oauth2_provider",
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware", f"{__name__}.SignedIn", f"{__name__}.ByKeys",
        ],
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": DATABASE}},
        OAUTH2_PROVIDER={
            "OIDC_ENABLED": True, "OIDC_RSA_PRIVATE_KEY": Path(KEY).read_text(), "PKCE_REQUIRED": True,
            "OIDC_TOKEN_ENDPOINT_AUTH_METHODS_SUPPORTED": ["client_secret_post"],
            "SCOPES": {"openid": "who one is"}, "OIDC_ISS_ENDPOINT": f"http://127.0.0.1:{PORT}/o",
        },
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    )  # fmt: skip
    django.setup()


sys.modules["serve"] = sys.modules[__name__]
__name__ = "serve"
set_up()

from django.contrib.auth import get_user_model  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.http import JsonResponse  # noqa: E402
from django.urls import include, path  # noqa: E402
from jwcrypto import jwe, jwk, jwt  # noqa: E402
from oauth2_provider.models import get_application_model  # noqa: E402

urlpatterns = [path("o/", include("oauth2_provider.urls", namespace="oauth2_provider"))]


class SignedIn:
    def __init__(self, get_response):  # type: ignore[no-untyped-def]
        self._get_response = get_response

    def __call__(self, request):  # type: ignore[no-untyped-def]
        name = request.headers.get("X-User")
        if name:
            request.user, _ = get_user_model().objects.get_or_create(username=name)
        return self._get_response(request)


class ByKeys:
    """Knows its clients by their keys; one that has none may send its secret in the body only."""

    def __init__(self, get_response):  # type: ignore[no-untyped-def]
        self._get_response = get_response

    def __call__(self, request):  # type: ignore[no-untyped-def]
        if not request.path.endswith("/token/"):
            return self._get_response(request)
        if "HTTP_AUTHORIZATION" in request.META:
            return JsonResponse({"error": "invalid_client"}, status=401)
        if PUBLISHED is None:
            return self._get_response(request)
        published = {one["use"]: one for one in json.loads(PUBLISHED.read_text())["keys"]}
        form = request.POST.copy()
        signed = jwt.JWT(
            jwt=form.pop("client_assertion")[0],
            key=jwk.JWK(**published["sig"]),
            algs=["RS256"],
            check_claims=dict.fromkeys(("iss", "sub"), "portal")
            | {
                "aud": request.build_absolute_uri(),
                "exp": None,
                "jti": None,
            },
        )
        assert json.loads(signed.header)["kid"] == published["sig"]["kid"]
        form.pop("client_assertion_type")
        form["client_id"], form["client_secret"] = "portal", SECRET
        request.POST, request._body = form, form.urlencode().encode()
        answer = self._get_response(request)
        told = json.loads(answer.content)
        if "id_token" in told:
            header = {"alg": "RSA-OAEP", "enc": "A128CBC-HS256", "cty": "JWT", "kid": published["enc"]["kid"]}
            sealed = jwe.JWE(told["id_token"].encode(), json.dumps(header), recipient=jwk.JWK(**published["enc"]))
            answer.content = json.dumps(told | {"id_token": sealed.serialize(compact=True)}).encode()
        return answer


call_command("migrate", verbosity=0, interactive=False)
applications = get_application_model()
if not applications.objects.filter(client_id="portal").exists():
    applications.objects.create(
        client_id="portal", client_secret=SECRET, client_type="confidential", redirect_uris=BACK, name="portal",
        authorization_grant_type="authorization-code", skip_authorization=True, algorithm="RS256",
    )  # fmt: skip
server = make_server("127.0.0.1", int(PORT), get_wsgi_application(), handler_class=Quiet)
sys.stdout.write("ready\n")
sys.stdout.flush()
server.serve_forever()
