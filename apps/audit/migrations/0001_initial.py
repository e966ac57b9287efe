"""Audits and plans of audits."""

import apps.core.models
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0004_token_days'),
        ('datasets', '0002_uploads'),
        ('jobs', '0003_turns'),
        ('judging', '0011_computed_judge'),
        ('rubrics', '0015_weighing'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Plan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('kind', models.CharField(max_length=40)),
                ('params', models.JSONField(default=apps.core.models.default_dict)),
                ('seed', models.PositiveBigIntegerField(default=0)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('rubric', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='audit_plans', to='rubrics.rubric')),
            ],
        ),
        migrations.CreateModel(
            name='Audit',
            fields=[
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=40)),
                ('number', models.PositiveSmallIntegerField(help_text='The version of the audit itself')),
                ('inputs', models.JSONField(help_text='{scores: [{table, scorer} or {run, judge, rubric}], dataset, gold} as asked')),
                ('params', models.JSONField(default=apps.core.models.default_dict)),
                ('seed', models.PositiveBigIntegerField(default=0)),
                ('digest', models.CharField(blank=True, default='', help_text='Of kind, version, inputs, parameters and seed', max_length=71)),
                ('input_digests', models.JSONField(default=apps.core.models.default_list, help_text='[{name, rows, digest}]')),
                ('result', models.JSONField(help_text='The finding; none where the inputs were refused', null=True)),
                ('places', models.JSONField(default=apps.core.models.default_dict, help_text='{responses, prompts}: where what the finding names is')),
                ('band', models.CharField(blank=True, choices=[('good', 'good'), ('watch', 'to be watched'), ('poor', 'poor'), ('unclear', 'unclear')], default='', max_length=10)),
                ('reason', models.CharField(blank=True, default='', help_text='Why the inputs were refused', max_length=1000)),
                ('seconds', models.FloatField(null=True)),
                ('agreement', models.CharField(blank=True, default='', help_text='same, inputs, audit or differs: against the one before', max_length=20)),
                ('done_at', models.DateTimeField(blank=True, null=True)),
                ('again_of', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='repeats', to='audit.audit')),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('dataset', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='datasets.dataset')),
                ('job', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='audit', to='jobs.job')),
                ('judge_version', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='audits', to='judging.judgeversion')),
                ('version', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='audits', to='rubrics.rubricversion')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='audits', to='accounts.workspace')),
                ('plan', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.plan')),
            ],
        ),
        migrations.AddConstraint(
            model_name='plan',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('rubric', 'kind'), name='audit_planned_once'),
        ),
        migrations.AddIndex(
            model_name='audit',
            index=models.Index(fields=['workspace', '-created_at'], name='audit_recent'),
        ),
        migrations.AddIndex(
            model_name='audit',
            index=models.Index(fields=['version', 'kind', '-created_at'], name='audit_of_version'),
        ),
        migrations.AddIndex(
            model_name='audit',
            index=models.Index(fields=['judge_version', 'kind', '-created_at'], name='audit_of_judge'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='audit',
            trigger=pgtrigger.compiler.Trigger(name='audit_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(func="\nIF OLD.done_at IS NOT NULL THEN\n    RAISE EXCEPTION 'an audit that is done is never changed' USING ERRCODE = '42501';\nEND IF;\nRETURN NEW;\n", hash='b53114fd904b8f5f5733c239f97fd929b579f129', operation='UPDATE', pgid='pgtrigger_audit_frozen_76eac', table='audit_audit', when='BEFORE')),
        ),
    ]
