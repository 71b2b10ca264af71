"""Django's settings as the type checker reads them; the program itself is told its settings as values."""

from opendimona.portal.site.options import portal_options
from opendimona.settings import Settings

globals().update(portal_options(Settings(is_sandbox=True), "dbname=unused", "unused"))
