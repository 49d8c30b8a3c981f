"""``verify_documents``: compare every kept file with the hash that the record names."""

from typing import Any

from django.core.management.base import CommandError

from agreements.management.commands import _arguments as arguments
from agreements.models import Document
from sources.files import DamagedFileError, path_of, read_whole


class Command(arguments.RegisterCommand):
    """Compare every kept file with its hash, those of earlier revisions too."""

    help = (
        "Compare every kept file that the register names, now or in its history, with its SHA-256. "
        "Prints those that are missing or differ and exits 1 if there are any."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Read each file once."""
        history: Any = Document.history
        rows = history.values_list("sha256", "agreement__reference", "file_name")
        named = {sha256: (reference, name) for sha256, reference, name in rows}
        damaged = 0
        for sha256, (reference, name) in sorted(named.items(), key=lambda item: str(item[1])):
            try:
                read_whole(sha256)
            except DamagedFileError:
                damaged += 1
                what = "differs" if path_of(sha256).exists() else "is missing"
                self.stdout.write(f"{reference}: {name} {what} ({sha256})")
        if damaged:
            raise CommandError(
                f"{damaged} of {len(named)} files are not what was taken in; "
                "restore them from a backup"
            )
        self.stdout.write(f"{len(named)} files, all as they were taken in.")
