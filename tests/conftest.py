"""What every test may ask for: a person, an empty register, the example, counted queries.

``HYPOTHESIS_EXAMPLES`` sets how many examples a property is tried with (200). ``DATABASE_URL``
chooses the database; each run makes one of its own beside it. With ``REQUIRE_ALL=1`` a skipped
test is a failed one, unless it is marked ``registers`` (it needs the real registers).
"""

import os
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from hypothesis import settings as hypothesis_settings

ROOT = Path(__file__).resolve().parent.parent

hypothesis_settings.register_profile(
    "pactwatch",
    deadline=None,
    derandomize=False,
    max_examples=int(os.environ.get("HYPOTHESIS_EXAMPLES", "200")),
    print_blob=True,
)
hypothesis_settings.load_profile("pactwatch")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "registers: reads the real registers, found by PACTWATCH_REGISTERS"
    )


# ── A skip is a failure where everything is required ──────────────────────────


def _fail_if_skipped(report: Any) -> Any:
    if os.environ.get("REQUIRE_ALL") == "1" and report.skipped and not hasattr(report, "wasxfail"):
        why = report.longrepr[-1] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"REQUIRE_ALL=1 allows no skip. {why}"
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    report = yield
    return report if item.get_closest_marker("registers") else _fail_if_skipped(report)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report() -> Generator[None, Any, Any]:
    return _fail_if_skipped((yield))


# ── The database ──────────────────────────────────────────────────────────────


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Give this run, and each of its workers, a database that no other run shares.

    On SQLite it is a file and not memory, so that two connections meet as they do in production.
    """
    worker = getattr(request.config, "workerinput", {})
    run = worker.get("testrunuid", f"{os.getpid():x}")[:8]
    name = f"test_pactwatch_{run}_{worker.get('workerid', 'main')}"
    if connection.vendor == "sqlite":
        name = str(tmp_path_factory.mktemp("database") / f"{name}.sqlite3")
    connections["default"].settings_dict["TEST"]["NAME"] = name


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Give a test that asks for the example alone its database, be it run by itself.

    With ``--of-database``, leave out the tests that ask for none.
    """
    others = set()
    for item in items:
        names = set(getattr(item, "fixturenames", ()))
        if "example" in names and not names & {"db", "transactional_db"}:
            item.add_marker(pytest.mark.django_db)
        asks = names & {"db", "transactional_db", "django_db_setup"}
        if not asks and item.get_closest_marker("django_db") is None:
            others.add(item)
    if config.getoption("of_database"):
        config.hook.pytest_deselected(items=[item for item in items if item in others])
        items[:] = [item for item in items if item not in others]


@pytest.fixture(scope="session", autouse=True)
def _real_today() -> Iterator[None]:
    """Let no PACTWATCH_TODAY of the environment move the day of a test that names none."""
    from django.conf import settings

    was, settings.PACTWATCH_TODAY = settings.PACTWATCH_TODAY, None
    yield
    settings.PACTWATCH_TODAY = was


@pytest.fixture(scope="session", autouse=True)
def _own_files(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep documents in a folder of this run's own."""
    from django.conf import settings

    settings.MEDIA_ROOT = tmp_path_factory.mktemp("files")


@pytest.fixture(autouse=True)
def _plain_language() -> None:
    """Let no test speak the language that a page of the one before it was asked in."""
    translation.deactivate()


@pytest.fixture
def person(db: None) -> Any:
    """Somebody in whose name a test may change the register."""
    return get_user_model().objects.create_user("person@example.org", None, name="Test person")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer a run of the tests that use the database, for one on another database."""
    parser.addoption("--of-database", action="store_true", help="tests that use the database only")


Rows = list[tuple[Any, ...]]
_example_rows: dict[str, Rows] = {}
"""What loading the example adds to each table, once this process has loaded it."""


def _load_example() -> None:
    """Load the example, or put back the rows that loading it added: that takes a tenth."""
    if _example_rows:
        _put_back(_example_rows)
        return
    before = _all_rows()
    call_command("load_example", "pars", stdout=StringIO())
    for table, rows in _all_rows().items():
        if added := [row for row in rows if row not in before[table]]:
            _example_rows[table] = added


def _all_rows() -> dict[str, Rows]:
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.django_table_names(only_existing=True):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            found[table] = [tuple(row) for row in cursor.fetchall()]
    return found


def _put_back(rows_of: dict[str, Rows]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for table, rows in rows_of.items():
            marks = ", ".join(["%s"] * len(rows[0]))
            name = connection.ops.quote_name(table)
            cursor.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)  # noqa: S608
        for statement in connection.ops.sequence_reset_sql(no_style(), apps.get_models()):
            cursor.execute(statement)


@pytest.fixture(scope="module")
def example(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The PARS example, loaded once for a module and undone after its last test.

    A test asks for ``pars`` (or for this and ``db``) and may write: what it writes is undone at
    its own end. Modules that do not ask have an empty register. Not for tests whose writes other
    connections must see; these ask for ``committed_example``.
    """
    from tests.factories import undone  # models load after this module

    with django_db_blocker.unblock(), undone():
        _load_example()
        with django_db_blocker.block():
            yield


@pytest.fixture
def pars(example: None, db: None) -> Any:
    """The PARS–ICE agreement of the example."""
    from agreements.models import Agreement

    return Agreement.objects.get(reference="PARS-ICE")


@pytest.fixture
def committed_example(transactional_db: None) -> None:
    """The PARS example where other connections see it: live servers, threads, processes."""
    _load_example()


@pytest.fixture(scope="module")
def samples_of_module(django_db_setup: None, django_db_blocker: Any) -> Iterator[Any]:
    """What ``samples`` needs, written once for a module and undone after its last test."""
    from tests.factories import undone
    from tests.revisions.samples import Samples

    with django_db_blocker.unblock(), undone():
        made = Samples()
        with django_db_blocker.block():
            yield made


@pytest.fixture
def samples(samples_of_module: Any, db: None) -> Any:
    """Makes a record of every tracked model; not for modules that need an empty register."""
    return samples_of_module


# ── Real processes ────────────────────────────────────────────────────────────


def run_command(
    *arguments: str, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run ``manage.py`` as a process of its own; ``env`` is laid over the environment."""
    own = {k: v for k, v in os.environ.items() if not k.startswith(("PACTWATCH_", "COV_CORE"))}
    return subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=own | {"PYTHONWARNINGS": "error"} | (env or {}),
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


@contextmanager
def _database_url(folder: Path) -> Iterator[str]:
    """The address of an empty database of the kind that the tests run on."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{folder / 'register.sqlite3'}"
        return
    import psycopg

    at = connections["default"].settings_dict
    name = f"test_pactwatch_processes_{os.getpid()}"
    login = {"host": at["HOST"], "port": at["PORT"] or 5432, "user": at["USER"]}
    if at["PASSWORD"]:
        login["password"] = at["PASSWORD"]
    secret = f":{quote(at['PASSWORD'])}" if at["PASSWORD"] else ""
    with psycopg.connect(dbname="postgres", autocommit=True, **login) as server:
        server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        server.execute(f"CREATE DATABASE {name}")
    yield f"postgres://{at['USER']}{secret}@{at['HOST']}:{at['PORT'] or 5432}/{name}"
    with psycopg.connect(dbname="postgres", autocommit=True, **login) as server:
        server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def manage() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run ``manage.py`` with some arguments and an environment: ``manage("check", env={})``."""
    return run_command


@pytest.fixture(scope="session")
def example_register(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment of a register that holds the example, for tests that start processes.

    It is made once and shared: a test that writes to it mends what it did.
    """
    with _database_url(tmp_path_factory.mktemp("register")) as url:
        env = {"DATABASE_URL": url, "PACTWATCH_EXAMPLE": "1"}
        for command in (["migrate", "--verbosity", "0"], ["load_example", "pars"]):
            made = run_command(*command, env=env)
            assert made.returncode == 0, made.stderr
        yield env


# ── Queries ───────────────────────────────────────────────────────────────────


@pytest.fixture
def count_queries(db: None) -> Callable[..., int]:
    """Call something and say how many queries it made."""

    def count(call: Callable[..., Any], *args: Any, **kwargs: Any) -> int:
        with CaptureQueriesContext(connection) as captured:
            call(*args, **kwargs)
        return len(captured)

    return count


@pytest.fixture
def assert_constant_queries(db: None) -> Callable[..., int]:
    """Call something, let the register grow, call it again: the number of queries must not grow.

    ``most`` bounds the number itself. Returns it.
    """

    def check(call: Callable[[], Any], grow: Callable[[], Any], *, most: int | None = None) -> int:
        call()  # what is cached for all, such as content types, is no query of the page
        with CaptureQueriesContext(connection) as before:
            call()
        grow()
        with CaptureQueriesContext(connection) as after:
            call()
        told = "\n".join(query["sql"][:300] for query in after.captured_queries)
        assert len(after) == len(before), f"{len(before)} queries became {len(after)}:\n{told}"
        assert most is None or len(after) <= most, f"{len(after)} queries:\n{told}"
        return len(after)

    return check
