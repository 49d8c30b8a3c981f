"""The house itself: settings, checks, migrations, the import contract, and what files may say."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SECRET = "k3Vq9mZ2xW7pL4tR8yB1nC6dF0gH5jS-aE_uTiOoPzQwXvMbNrYl"
PRODUCTION = {
    "DEBUG": "0",
    "SECRET_KEY": SECRET,
    "ALLOWED_HOSTS": "register.example.org",
    "DATABASE_URL": "sqlite:///:memory:",
    "EMAIL_URL": "smtp+tls://user:password@mail.example.org:587",
    "PACTWATCH_MAIL_FROM": "Pactwatch <register@example.org>",
    "PACTWATCH_BASE_URL": "https://register.example.org",
}
"""The variables of docs/production.md, as a register in production sets them."""


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the project with these variables and none that a developer has set."""
    kept = {
        name: os.environ[name]
        for name in ("PATH", "HOME", "LANG", "TMPDIR", "SYSTEMROOT")
        if name in os.environ
    }
    return subprocess.run(  # noqa: S603 - the project's own commands
        command,
        cwd=ROOT,
        env=kept | {"PYTHONWARNINGS": "error"} | environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return run(sys.executable, "manage.py", *arguments, **environment)


def python(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run some code with the project set up."""
    begin = "import django; django.setup()\n"
    settings = {"DJANGO_SETTINGS_MODULE": "config.settings"}
    return run(sys.executable, "-c", begin + code, **(environment | settings))


def tool(name: str) -> str:
    """A tool of the project's environment; where it is missing the test is skipped aloud."""
    found = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed here")
    return found


def tracked() -> list[Path]:
    """Every file that is part of the project."""
    git = shutil.which("git")
    listed = run(git, "ls-files", "-z") if git else None
    if listed is not None and listed.returncode == 0:
        names = [name for name in listed.stdout.split("\0") if name]
    else:
        names = [
            str(path.relative_to(ROOT))
            for path in ROOT.rglob("*")
            if path.is_file() and not any(part.startswith(".") for part in path.parts[1:])
        ]
    return [ROOT / name for name in names if (ROOT / name).is_file()]


def texts() -> Iterator[tuple[Path, str]]:
    """Every text file of the project, by its path in it."""
    for path in tracked():
        try:
            yield path.relative_to(ROOT), path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


# ── Models, checks, contract ──────────────────────────────────────────────────


def test_models_and_migrations_agree() -> None:
    made = manage("makemigrations", "--check", "--dry-run", DATABASE_URL="sqlite:///:memory:")
    assert made.returncode == 0, made.stdout + made.stderr


def test_the_check_finds_nothing_on_a_first_run() -> None:
    checked = manage("check", DATABASE_URL="sqlite:///:memory:")
    assert checked.returncode == 0, checked.stderr
    assert "no issues" in checked.stdout + checked.stderr


def test_the_deploy_check_finds_nothing_with_the_documented_variables() -> None:
    checked = manage("check", "--deploy", "--fail-level", "INFO", **PRODUCTION)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "no issues" in checked.stdout + checked.stderr


@pytest.mark.parametrize(
    ("variable", "value", "hint"),
    [
        ("PACTWATCH_EXAMPLE", "1", "PACTWATCH_EXAMPLE=0"),
        ("PACTWATCH_BASE_URL", "http://register.example.org", "PACTWATCH_BASE_URL"),
        ("EMAIL_URL", "consolemail://", "EMAIL_URL"),
        ("PACTWATCH_MAIL_FROM", "Pactwatch <pactwatch@localhost>", "PACTWATCH_MAIL_FROM"),
        ("SECRET_KEY", "short", "SECRET_KEY"),
        ("SECURE_SSL_REDIRECT", "0", "SECURE_SSL_REDIRECT"),
        ("ALLOWED_HOSTS", "", "ALLOWED_HOSTS"),
        ("ALLOWED_HOSTS", "*", "ALLOWED_HOSTS"),
    ],
)
def test_the_deploy_check_says_what_is_unsafe(variable: str, value: str, hint: str) -> None:
    environment = PRODUCTION | {variable: value}
    checked = manage("check", "--deploy", "--fail-level", "WARNING", **environment)
    assert checked.returncode == 1, checked.stderr
    assert hint in checked.stderr


def test_every_variable_of_the_settings_is_documented() -> None:
    source = (ROOT / "config" / "settings.py").read_text()
    read = set(re.findall(r"""(?:env\.\w+|_yes_or_no|_address)\(\s*"([A-Z_]+)\"""", source))
    assert {"SECRET_KEY", "PACTWATCH_TODAY", "EMAIL_URL", "DATABASE_URL"} <= read
    documented = (ROOT / "docs" / "production.md").read_text()
    assert {name for name in read if f"`{name}`" not in documented} == set()


def test_rooms_look_only_downwards() -> None:
    # the linter keeps a cache where it runs; its warnings are its own business
    linted = run(tool("lint-imports"), "--no-cache", PYTHONWARNINGS="default")
    assert linted.returncode == 0, linted.stdout + linted.stderr


# ── Settings that would be unsafe ─────────────────────────────────────────────

REFUSED = [
    ({"DEBUG": "0"}, "SECRET_KEY is not set"),
    ({"DEBUG": "0", "SECRET_KEY": ""}, "set SECRET_KEY to at least 50 random characters"),
    ({"PACTWATCH_TODAY": "never"}, "PACTWATCH_TODAY is 'never': write a day such as 2018-06-15"),
    ({"PACTWATCH_TODAY": "2018-02-30"}, "write a day such as 2018-06-15, or leave it empty"),
    ({"PACTWATCH_TODAY": "15.6.2018"}, "write a day such as 2018-06-15, or leave it empty"),
    (
        PRODUCTION | {"PACTWATCH_TODAY": "2018-06-15"},
        "It is for an example register only: unset it, or set PACTWATCH_EXAMPLE=1.",
    ),
    ({"PACTWATCH_TIME_ZONE": "Mars/Olympus"}, "PACTWATCH_TIME_ZONE"),
    ({"PACTWATCH_DECIDE_DAYS": "sixty"}, "PACTWATCH_DECIDE_DAYS"),
    ({"PACTWATCH_DECIDE_DAYS": "-1"}, "PACTWATCH_DECIDE_DAYS"),
    ({"DEBUG": "maybe"}, "DEBUG is 'maybe': write 1 or 0."),
    ({"EMAIL_URL": "junk"}, "EMAIL_URL is no address"),
    ({"CACHE_URL": "junk"}, "CACHE_URL is no address"),
]


@pytest.mark.parametrize(("environment", "sentence"), REFUSED, ids=lambda v: str(v)[-60:])
def test_unsafe_settings_fail_with_a_sentence(environment: dict[str, str], sentence: str) -> None:
    checked = manage("check", **({"DATABASE_URL": "sqlite:///:memory:"} | environment))
    assert checked.returncode != 0
    assert sentence in checked.stderr.strip().splitlines()[-1]


@pytest.mark.parametrize(
    "environment",
    [
        {"PACTWATCH_TODAY": "", "PACTWATCH_EXAMPLE": "0"},
        {"PACTWATCH_TODAY": "2018-06-15", "PACTWATCH_EXAMPLE": "1"},
        {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"},
        PRODUCTION,
    ],
    ids=lambda v: str(v)[:60],
)
def test_settings_that_are_fine_load(environment: dict[str, str]) -> None:
    code = "import django; django.setup(); from django.conf import settings; print(settings.LOCAL)"
    loaded = run(
        sys.executable, "-c", code, DJANGO_SETTINGS_MODULE="config.settings", **environment
    )
    assert loaded.returncode == 0, loaded.stderr
    assert loaded.stdout.strip() == str(environment.get("DEBUG") != "0")


def test_the_headers_of_production_are_strict() -> None:
    code = """
import json
from django.test import Client, override_settings
storage = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
with override_settings(STORAGES={"staticfiles": storage}, WHITENOISE_AUTOREFRESH=True):
    client = Client(SERVER_NAME="register.example.org")
    plain = client.get("/about/")
    response = client.get("/about/", secure=True)
    signed = client.get("/accounts/login/", secure=True)
cookies = {name: [morsel["secure"], morsel["httponly"], morsel["samesite"], morsel["path"]]
           for name, morsel in signed.cookies.items()}
print(json.dumps([plain.status_code, plain["Location"], response.status_code,
                  dict(response.headers), cookies]))
"""
    asked = python(code, **PRODUCTION)
    assert asked.returncode == 0, asked.stderr
    plain, location, status, headers, cookies = json.loads(asked.stdout)
    assert (plain, location) == (301, "https://register.example.org/about/")
    assert status == 200
    assert headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains; preload"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Set-Cookie" not in headers
    policy = headers["Content-Security-Policy"]
    csp = dict(part.strip().partition(" ")[::2] for part in policy.split(";"))
    assert csp["default-src"] == csp["base-uri"] == csp["frame-ancestors"] == "'none'"
    assert csp["form-action"] == csp["style-src"] == csp["script-src"] == "'self'"
    assert "unsafe" not in policy
    assert set(cookies) == {"__Host-csrf"}
    secure, http_only, same_site, path = cookies["__Host-csrf"]
    assert (secure, http_only, same_site, path) == (True, True, "Lax", "/")


# ── What files may say ────────────────────────────────────────────────────────

PATHS = re.compile(r"(?<![\w.])/(?:home|root|Users|work|srv/(?!pactwatch)|mnt|workspace)/[\w.-]")
MACHINE = re.compile(r"(?:--(?:extra-)?index-url|--find-links|--trusted-host)\s+\S")
REGISTRY = re.compile(
    r"(?i)https?://[\w.-]*(?:pypi|python[h]osted|artifactory|nexus|registry|jfrog|devpi)[\w.-]*"
)


def test_no_file_names_a_registry_or_a_path_of_a_machine() -> None:
    found = [
        f"{path}:{text[: match.start()].count(chr(10)) + 1}: {match.group()}"
        for path, text in texts()
        if path != Path(__file__).relative_to(ROOT)
        for pattern in (PATHS, MACHINE, REGISTRY)
        for match in pattern.finditer(text)
    ]
    assert found == []


def test_no_file_holds_a_secret() -> None:
    secret = re.compile(
        r"-----BEGIN [A-Z ]*PRIVATE KEY|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_\w{30,}|\bsk-[\w-]{30,}"
    )
    found = [str(path) for path, text in texts() if secret.search(text)]
    assert found == []


def test_every_requirement_is_locked_with_its_hash() -> None:
    for name in ("core", "postgres", "dev"):
        lines = (
            (ROOT / "requirements" / f"{name}.txt").read_text().replace("\\\n", " ").splitlines()
        )
        wanted = [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
        assert len(wanted) > 10
        for line in wanted:
            assert "==" in line, f"{name}: {line[:60]}"
            assert "--hash=sha256:" in line, f"{name}: {line[:60]}"
            assert " @ " not in line, f"{name}: {line[:60]}"


def test_the_working_tree_ignores_what_a_run_leaves() -> None:
    ignored = (ROOT / ".gitignore").read_text().split()
    for left in (".venv/", "__pycache__/", "*.sqlite3*", "/staticfiles/"):
        assert left in ignored


def test_templates_hold_no_inline_script_or_style() -> None:
    """The Content-Security-Policy would refuse them."""
    inline = re.compile(r"(?i)<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:")
    found = [
        f"{path}: {match.group()}"
        for path, text in texts()
        if path.suffix == ".html" and "mail" not in path.parts
        for match in inline.finditer(text)
    ]
    assert found == []


def test_nothing_asks_the_clock_for_a_day_but_civil() -> None:
    asking = {"today", "now", "utcnow", "localdate"}
    found = []
    for path in tracked():
        name = path.relative_to(ROOT)
        outside = name.parts[0] in {"tests", "civil", "benchmarks"} or "migrations" in name.parts
        if path.suffix != ".py" or outside:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            owner = ast.unparse(node.func.value)
            moment = owner == "timezone" and node.func.attr == "now"  # moments stay real
            if node.func.attr in asking and not moment:
                found.append(f"{name}:{node.lineno}: {ast.unparse(node.func)}")
    assert found == []
