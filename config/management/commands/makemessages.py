"""``makemessages`` that also knows ``_t``, the project's name for ``gettext``."""

from django.core.management.commands import makemessages


class Command(makemessages.Command):
    """Collect the texts to translate."""

    xgettext_options = [*makemessages.Command.xgettext_options, "--keyword=_t"]
