"""The indexes of the search: FTS5 trigram on SQLite, pg_trgm on PostgreSQL."""

from django.db import migrations


def install(apps, schema_editor):
    from agreements.search import install

    install(schema_editor.connection.alias)


def uninstall(apps, schema_editor):
    from agreements.search import uninstall

    uninstall(schema_editor.connection.alias)


class Migration(migrations.Migration):
    dependencies = [("agreements", "0001_initial")]

    operations = [migrations.RunPython(install, uninstall)]
