"""Keeps when a rubric was last edited in its own row, so that the library is in order without reading versions."""

from typing import ClassVar

import django.utils.timezone
from django.db import migrations, models

FILL = """
UPDATE rubrics_rubric r SET last_edit = coalesce(v.last, r.created_at)
FROM rubrics_rubric o LEFT JOIN (
    SELECT rubric_id, max(greatest(edited_at, created_at)) AS last FROM rubrics_rubricversion GROUP BY rubric_id
) v ON v.rubric_id = o.id
WHERE o.id = r.id
"""


class Migration(migrations.Migration):
    """One column, filled from the versions."""

    dependencies: ClassVar = [("rubrics", "0011_mentions")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="rubric",
            name="last_edit",
            field=models.DateTimeField(
                default=django.utils.timezone.now,
                help_text="When a version was last made or edited; the library is in this order",
            ),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
