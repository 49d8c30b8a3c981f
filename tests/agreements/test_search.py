"""The search: words and parts of words, accents and case aside, each audience for itself."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agreements import search
from agreements.models import Agreement, SearchText
from agreements.search import agreements_with, install, uninstall
from tests.factories import delete, make_agreement, save


@pytest.fixture
def record(db: None) -> Agreement:
    make_agreement(reference="OTHER-1", title="Parking permits")
    return make_agreement(
        reference="PARS-1",
        title="Détenus à São José",
        purpose='Says "stop & frisk" at 50% of_stops',
        internal_note="Zebrafish worries the Mayor",
    )


def found(text: str, audience: str = "public") -> set[str]:
    ids = agreements_with(text, audience)
    return set(Agreement.objects.filter(pk__in=ids).values_list("reference", flat=True))


@pytest.mark.parametrize(
    "text",
    [
        "détenus",
        "DETENUS",
        "tenu",  # a part of a word
        "sao jose",
        "José Détenus",  # in any order
        "pars-1",
        "à",  # one letter
        "fr st",  # two letters each
        "fr detenus",  # short and long together
        '"stop',
        "50%",
        "of_stops",
        "0%",
    ],
)
def test_words_and_parts_of_words_are_found(record: Agreement, text: str) -> None:
    assert "PARS-1" in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "detenus parking",  # every word, in one record
        "zebrafish",
        "Ze",
        "stopfrisk",
        "d_tenus",  # no wildcard
        "d%nus",
        "detenus OR parking",
        'x" OR "detenus',
        "det*",
        "NOT zebrafish",
        "text:detenus",
        "NEAR(detenus sao)",
    ],
)
def test_what_is_not_in_the_public_text_finds_nothing(record: Agreement, text: str) -> None:
    assert found(text) == set()


def test_staff_find_internal_notes_and_the_public_does_not(record: Agreement) -> None:
    assert found("zebrafish", "staff") == {"PARS-1"}
    assert found("zebra mayor detenus", "staff") == {"PARS-1"}
    assert found("zebrafish", "public") == set()


def test_the_index_of_the_public_holds_no_internal_word(record: Agreement) -> None:
    """Not only the answer: what the public's index looks through is free of it."""
    with CaptureQueriesContext(connection) as asked:
        found("zebrafish")
    sql = asked.captured_queries[0]["sql"]
    assert "staff" not in sql
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM agreements_search_public "
                "WHERE agreements_search_public MATCH '\"zebrafish\"'"
            )
            assert cursor.fetchone() == (0,)


def test_the_search_follows_every_change(record: Agreement) -> None:
    save(record, title="Quokkas")
    assert (found("quokka"), found("detenus")) == ({"PARS-1"}, set())
    delete(record)
    assert found("quokka") == set()


def test_no_word_finds_everything(record: Agreement) -> None:
    assert found("  ") == {"PARS-1", "OTHER-1"}


def test_an_unknown_audience_is_refused(db: None) -> None:
    with pytest.raises(KeyError):
        agreements_with("word", "everybody")


def test_installing_again_mends_an_index_that_missed_something(record: Agreement) -> None:
    connection.check_constraints()  # no row of this transaction waits to be checked
    uninstall()
    SearchText.objects.filter(audience="public").update(text="quokkas everywhere")
    connection.check_constraints()
    install()
    install()
    assert found("quokkas") == {"PARS-1", "OTHER-1"}
    assert found("detenus") == set()


def test_the_index_is_used(record: Agreement) -> None:
    """On SQLite the plan names it; PostgreSQL can use it once sequential scans are off."""
    if connection.vendor == "postgresql":
        connection.check_constraints()
        with connection.cursor() as cursor:  # no other way is left, however few rows there are
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("ALTER TABLE agreements_searchtext DROP CONSTRAINT searchtext_once")
    assert "agreements_search_public" in agreements_with("detenus", "public").explain()


def test_another_kind_of_database_is_refused_with_a_sentence() -> None:
    with pytest.raises(NotImplementedError, match="SQLite and PostgreSQL"):
        search._statements("oracle")


def test_the_migration_makes_the_indexes(
    tmp_path: Any, manage: Any, example_register: dict[str, str]
) -> None:
    again = manage("migrate", "agreements", "0002", "--verbosity", "0", env=example_register)
    assert again.returncode == 0, again.stderr
    code = (
        "from agreements.search import agreements_with as a; "
        "print(len(a('arraignment', 'public')), len(a('immigr', 'public')))"
    )
    asked = manage("shell", "--no-imports", "-c", code, env=example_register)
    assert asked.returncode == 0, asked.stderr
    assert int(asked.stdout.split()[1]) >= 1
