"""Exams of judges, and who sat them."""

import apps.core.models
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_token_days'),
        ('audit', '0001_initial'),
        ('datasets', '0002_uploads'),
        ('judging', '0012_exams'),
        ('rubrics', '0015_weighing'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Exam',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('name', models.CharField(max_length=200)),
                ('seed', models.PositiveIntegerField(default=0)),
                ('size', models.PositiveIntegerField()),
                ('bar', models.JSONField(help_text='{balanced_accuracy, false_accepts, swap_consistency, unscored, accept_from}')),
                ('valid_days', models.PositiveIntegerField(help_text='How long a licence of it holds')),
                ('digest', models.CharField(max_length=71)),
                ('retired_at', models.DateTimeField(blank=True, null=True)),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('dataset', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='datasets.dataset')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rubrics.rubricversion')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='exams', to='accounts.workspace')),
            ],
        ),
        migrations.CreateModel(
            name='ExamQuestion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveIntegerField()),
                ('correct', models.BooleanField()),
                ('exam', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='questions', to='audit.exam')),
                ('response', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='datasets.response')),
            ],
            options={
                'ordering': ['position'],
            },
        ),
        migrations.CreateModel(
            name='Sitting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('figures', models.JSONField(default=apps.core.models.default_dict)),
                ('failings', models.JSONField(default=apps.core.models.default_list, help_text='What was not reached, as sentences')),
                ('passed', models.BooleanField(null=True)),
                ('marked_at', models.DateTimeField(blank=True, null=True)),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('exam', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sittings', to='audit.exam')),
                ('judge_version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sittings', to='judging.judgeversion')),
                ('licence', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='sitting', to='judging.licence')),
                ('run', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='sitting', to='judging.run')),
            ],
        ),
        migrations.AddConstraint(
            model_name='exam',
            constraint=models.UniqueConstraint(fields=('workspace', 'digest'), name='exam_once'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='exam',
            trigger=pgtrigger.compiler.Trigger(name='exam_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(func="\nIF to_jsonb(NEW) - 'retired_at' <> to_jsonb(OLD) - 'retired_at' THEN\n    RAISE EXCEPTION 'an exam is never changed' USING ERRCODE = '42501';\nEND IF;\nRETURN NEW;\n", hash='16b9feb5806a176fb44dc6a1c21bb500a66e54f6', operation='UPDATE', pgid='pgtrigger_exam_frozen_08c6d', table='audit_exam', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='examquestion',
            constraint=models.UniqueConstraint(fields=('exam', 'position'), name='exam_position_once'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='sitting',
            trigger=pgtrigger.compiler.Trigger(name='sitting_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(func="\nIF OLD.marked_at IS NOT NULL THEN\n    RAISE EXCEPTION 'a marked exam is never changed' USING ERRCODE = '42501';\nEND IF;\nRETURN NEW;\n", hash='4f09694fc22f3343f132080f73939ed1517c7152', operation='UPDATE', pgid='pgtrigger_sitting_frozen_cc10f', table='audit_sitting', when='BEFORE')),
        ),
    ]
