"""Makes the words of criteria and, where the server has pg_trgm, pieces of titles quick to find."""

from typing import ClassVar

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.functions.text
from django.db import migrations

ENABLE = """
DO $$ BEGIN
    CREATE EXTENSION IF NOT EXISTS pg_trgm;
EXCEPTION WHEN OTHERS THEN
    RAISE NOTICE 'pg_trgm is not available; the library is searched by words alone';
END $$
"""
INDEX = """
DO $$ BEGIN
    IF EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm') THEN
        CREATE INDEX IF NOT EXISTS rubric_title_pieces ON rubrics_rubric USING gin (title gin_trgm_ops);
    END IF;
END $$
"""


class Migration(migrations.Migration):
    """Two indexes."""

    dependencies: ClassVar = [("rubrics", "0003_approvals")]

    operations: ClassVar = [
        migrations.AddIndex(
            model_name="criterion",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.search.SearchVector(
                    django.db.models.functions.text.Left("text", 20000), config="simple"
                ),
                name="criterion_words",
            ),
        ),
        migrations.RunSQL(ENABLE, migrations.RunSQL.noop),
        migrations.RunSQL(INDEX, "DROP INDEX IF EXISTS rubric_title_pieces"),
    ]
