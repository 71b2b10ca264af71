"""Writes the portal's next migrations from its models, in the form of the house. Argument: subjects, all when none."""

import sys
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "src" / "opendimona" / "portal"


def set_up() -> None:
    """Django with the portal's settings, and no database."""
    import django  # noqa: PLC0415

    from opendimona.portal.site.options import portal_options  # noqa: PLC0415
    from opendimona.settings import Settings  # noqa: PLC0415

    options = portal_options(Settings(is_sandbox=True), "dbname=unused", "unused")
    options["DATABASES"] = {"default": {"ENGINE": "django.db.backends.dummy"}}
    settings.configure(**options)
    django.setup()


def dress(path: Path) -> None:
    """Give a migration its docstrings and the project's line lengths."""
    text = path.read_text(encoding="utf-8")
    if not text.startswith('"""'):
        lines = text.splitlines()[2:] if text.startswith("#") else text.splitlines()
        text = f'"""The portal\'s tables: {path.parts[-3]}, {path.stem}."""\n\n' + "\n".join(lines).lstrip() + "\n"
        text = text.replace(
            "class Migration(migrations.Migration):\n",
            'class Migration(migrations.Migration):\n    """As Django wrote it from the models."""\n',
        )
        path.write_text(text, encoding="utf-8")


def main() -> None:
    """Make and dress them."""
    set_up()
    call_command("makemigrations", *sys.argv[1:])
    for path in FOLDER.glob("*/migrations/0*.py"):
        dress(path)


if __name__ == "__main__":
    main()
