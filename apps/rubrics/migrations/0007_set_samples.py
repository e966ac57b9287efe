"""A set is approved by a read sample: its places are drawn once, its findings made while in review."""

from typing import ClassVar

import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """What a reader found, and the guard around it."""

    dependencies: ClassVar = [
        ("rubrics", "0006_presence"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations: ClassVar = [
        migrations.AddField(
            model_name='rubricsetmember',
            name='sample_note',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.AddField(
            model_name='rubricsetmember',
            name='sample_ok',
            field=models.BooleanField(blank=True, help_text='What the reviewer of the sample found', null=True),
        ),
        migrations.AddField(
            model_name='rubricsetmember',
            name='sample_place',
            field=models.PositiveIntegerField(blank=True, help_text='Where it stands in the sample, from 1; drawn when the set is submitted', null=True),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='rubricsetmember',
            trigger=pgtrigger.compiler.Trigger(name='set_sample_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(func="\nIF NEW.sample_place IS DISTINCT FROM OLD.sample_place\n   AND (SELECT status FROM rubrics_rubricsetversion WHERE id = OLD.set_version_id) <> 'draft' THEN\n    RAISE EXCEPTION 'the sample of a set is drawn once, when it is submitted' USING ERRCODE = '42501';\nEND IF;\nIF (NEW.sample_ok IS DISTINCT FROM OLD.sample_ok OR NEW.sample_note IS DISTINCT FROM OLD.sample_note\n    OR NEW.reviewed_by_id IS DISTINCT FROM OLD.reviewed_by_id OR NEW.reviewed_at IS DISTINCT FROM OLD.reviewed_at)\n   AND (SELECT status FROM rubrics_rubricsetversion WHERE id = OLD.set_version_id) <> 'in_review' THEN\n    RAISE EXCEPTION 'a sample is read while its set is in review' USING ERRCODE = '42501';\nEND IF;\nRETURN NEW;\n", hash='3f678152e6bf36c94fbd5cac58d3629bad1c75e3', operation='UPDATE', pgid='pgtrigger_set_sample_frozen_6afed', table='rubrics_rubricsetmember', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='rubricsetmember',
            constraint=models.UniqueConstraint(fields=('set_version', 'sample_place'), name='set_sample_place_once'),
        ),
        migrations.AddConstraint(
            model_name='rubricsetmember',
            constraint=models.CheckConstraint(condition=models.Q(('sample_ok', None), models.Q(('reviewed_by__isnull', False), ('sample_place__isnull', False)), _connector='OR'), name='set_sample_read_by_somebody'),
        ),
    ]
