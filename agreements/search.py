"""The search: every word, anywhere in a record's text, accents and case aside.

One side table holds the text of each record once for each audience, folded in Python
(``SearchText``). An index of three-letter pieces finds words and parts of words in it: FTS5 with
the trigram tokenizer on SQLite, ``pg_trgm`` on PostgreSQL. Each audience has an index of its own,
so that a public search never touches what is internal. Words of one or two letters, which have no
piece of three, are looked for in the text itself.
"""

from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import BigIntegerField, QuerySet
from django.db.models.expressions import RawSQL

from agreements.models import SearchText
from agreements.upkeep import fold

AUDIENCES = ("public", "staff")
SHORTEST_PIECE = 3
TABLE = SearchText._meta.db_table


def index_name(audience: str) -> str:
    """Return the name of an audience's index; ``KeyError`` for what is no audience."""
    return {name: f"agreements_search_{name}" for name in AUDIENCES}[audience]


def agreements_with(text: str, audience: str) -> QuerySet:
    """Return the ids of the agreements whose text for an audience holds every word of ``text``.

    Without a word, of all that have a text. To be used as ``filter(pk__in=...)``.
    """
    name = index_name(audience)
    found = SearchText.objects.filter(audience=audience)
    words = list(dict.fromkeys(fold(text).split()))
    if connections[found.db].vendor == "sqlite":
        pieces = [word for word in words if len(word) >= SHORTEST_PIECE]
        if pieces:
            words = [word for word in words if word not in pieces]
            matched = RawSQL(  # noqa: S611 - the name is one of two, the words are a parameter
                f"SELECT rowid FROM {name} WHERE {name} MATCH %s",  # noqa: S608
                [" AND ".join(_quoted(piece) for piece in pieces)],
                output_field=BigIntegerField(),
            )
            found = found.filter(pk__in=matched)
    for word in words:
        found = found.filter(text__contains=word)
    return found.values("agreement")


def _quoted(piece: str) -> str:
    """Return a piece as a string of FTS5, in which nothing else has a meaning."""
    return '"' + piece.replace('"', '""') + '"'


# ── The indexes ────────────────────────────────────────────────────────────────


def install(using: str = DEFAULT_DB_ALIAS) -> None:
    """Make the indexes of this database's kind where they are missing; safe to run again."""
    connection = connections[using]
    with connection.cursor() as cursor:
        for statement in _statements(connection.vendor):
            cursor.execute(statement)
        if connection.vendor == "sqlite":
            _fill(cursor)


def uninstall(using: str = DEFAULT_DB_ALIAS) -> None:
    """Remove the indexes; the texts stay."""
    connection = connections[using]
    with connection.cursor() as cursor:
        for audience in AUDIENCES:
            name = index_name(audience)
            if connection.vendor == "sqlite":
                for event in ("insert", "delete", "update"):
                    cursor.execute(f"DROP TRIGGER IF EXISTS {name}_{event}")
                cursor.execute(f"DROP TABLE IF EXISTS {name}")
                cursor.execute(f"DROP VIEW IF EXISTS {name}_texts")
            else:
                cursor.execute(f"DROP INDEX IF EXISTS {name}")


def install_after_migrate(using: str, **kwargs: Any) -> None:
    """Make sure of the indexes after each migration.

    To alter a table SQLite makes it anew, and drops its triggers without a word.
    """
    if TABLE in connections[using].introspection.table_names():
        install(using)


def _statements(vendor: str) -> list[str]:
    if vendor == "sqlite":
        return [line for audience in AUDIENCES for line in _sqlite(audience)]
    if vendor == "postgresql":
        return [
            "CREATE EXTENSION IF NOT EXISTS pg_trgm",
            *(
                f"CREATE INDEX IF NOT EXISTS {index_name(audience)} ON {TABLE} "
                f"USING gin (text gin_trgm_ops) WHERE audience = '{audience}'"
                for audience in AUDIENCES
            ),
        ]
    raise NotImplementedError(f"The register runs on SQLite and PostgreSQL, not on {vendor}.")


def _sqlite(audience: str) -> list[str]:
    """An FTS5 table without a copy of the texts, and the triggers that keep it level with them."""
    name = index_name(audience)
    enter = f"INSERT INTO {name} (rowid, text) SELECT new.id, new.text WHERE {_is('new', audience)}"
    leave = (
        f"INSERT INTO {name} ({name}, rowid, text) "
        f"SELECT 'delete', old.id, old.text WHERE {_is('old', audience)}"
    )
    trigger = "CREATE TRIGGER IF NOT EXISTS"
    return [
        (
            f"CREATE VIEW IF NOT EXISTS {name}_texts AS "  # noqa: S608
            f"SELECT id, text FROM {TABLE} WHERE audience = '{audience}'"
        ),
        (
            f"CREATE VIRTUAL TABLE IF NOT EXISTS {name} USING fts5("
            f"text, content='{name}_texts', content_rowid='id', tokenize='trigram')"
        ),
        f"{trigger} {name}_insert AFTER INSERT ON {TABLE} BEGIN {enter}; END",
        f"{trigger} {name}_delete AFTER DELETE ON {TABLE} BEGIN {leave}; END",
        f"{trigger} {name}_update AFTER UPDATE ON {TABLE} BEGIN {leave}; {enter}; END",
    ]


def _is(row: str, audience: str) -> str:
    return f"{row}.audience = '{audience}'"


def _fill(cursor: Any) -> None:
    """Read the texts into the indexes anew: quick, and right whatever was missed before."""
    for audience in AUDIENCES:
        name = index_name(audience)
        cursor.execute(f"INSERT INTO {name} ({name}) VALUES ('rebuild')")  # noqa: S608
