"""Installs the message queue's SQL beside our tables; harmless where another broker is used."""

from typing import Any

from django.db import migrations
from pgmq.install import get_embedded_install_sql


def install(apps: Any, schema_editor: Any) -> None:
    """Run the script that the pgmq package ships, unless the schema is there."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('pgmq.meta') IS NOT NULL")
        if not cursor.fetchone()[0]:
            cursor.connection.execute(get_embedded_install_sql())


class Migration(migrations.Migration):
    """The queue."""

    dependencies = [("jobs", "0001_initial")]
    operations = [migrations.RunPython(install, migrations.RunPython.noop, elidable=False)]
