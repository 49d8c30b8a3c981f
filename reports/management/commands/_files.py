"""Files that commands write: whole or not at all, with errors that say what to do."""

import os
import sys
import tempfile
from pathlib import Path

from django.core.management.base import CommandError

STDOUT = "-"


def write(output: str, data: bytes) -> None:
    """Write a file whole, or to stdout for ``-``. Raises ``CommandError`` with what to do."""
    if output == STDOUT:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    try:
        replace_file(Path(output), data)
    except OSError as error:
        raise CommandError(f"cannot write {output}: {_reason(Path(output), error)}") from error


def replace_file(path: Path, data: bytes) -> None:
    """Write a file whole: beside its place first, then into it. Raises ``OSError``.

    A link is followed; a pipe or a device is written to and stays what it is.
    """
    if path.is_dir():
        raise IsADirectoryError
    path = path.resolve()
    if path.exists() and not path.is_file():
        path.write_bytes(data)
        return
    handle, name = tempfile.mkstemp(prefix=f".{path.name[:100]}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        mask = os.umask(0)
        os.umask(mask)
        Path(name).chmod(0o666 & ~mask)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _reason(path: Path, error: OSError) -> str:
    """Say what to do about a file that cannot be written."""
    if path.is_dir():
        return "it is a directory; name a file in it"
    if not path.parent.is_dir():
        return f"there is no directory {path.parent}; make it first"
    return error.strerror or str(error)
