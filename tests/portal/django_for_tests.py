"""Django for tests that look at models and templates but open no database."""

import django
from django.conf import settings

from opendimona.portal.site import catalogues
from opendimona.portal.site.options import portal_options
from opendimona.settings import Settings


def set_up() -> None:
    """Set Django up once for this process."""
    if not settings.configured:
        catalogues.compile_all()
        settings.configure(**portal_options(Settings(is_sandbox=True), "dbname=nowhere", "a secret for tests"))
        django.setup()
