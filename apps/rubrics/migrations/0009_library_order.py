"""Favourites, templates, and pieces of criteria that are quick to compare where the server has pg_trgm."""

from typing import ClassVar

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


INDEX = """
DO $$ BEGIN
    IF EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm') THEN
        CREATE INDEX IF NOT EXISTS criterion_pieces ON rubrics_criterion USING gin ((left(text, 1000)) gin_trgm_ops);
    END IF;
END $$
"""


class Migration(migrations.Migration):
    """One column, one table, one index."""

    dependencies: ClassVar = [
        ("rubrics", "0008_merges"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations: ClassVar = [
        migrations.AddField(
            model_name='rubric',
            name='is_template',
            field=models.BooleanField(db_default=False, default=False, help_text='New rubrics may start from it'),
        ),
        migrations.CreateModel(
            name='Favourite',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('rubric', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='favourites', to='rubrics.rubric')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('user', 'rubric'), name='favourite_once')],
            },
        ),
        migrations.RunSQL(INDEX, "DROP INDEX IF EXISTS criterion_pieces"),
    ]
