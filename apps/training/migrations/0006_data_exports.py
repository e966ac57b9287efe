"""Exports of data for training."""

import apps.core.models
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_tour_seen'),
        ('jobs', '0002_queue'),
        ('judging', '0011_computed_judge'),
        ('rubrics', '0015_weighing'),
        ('training', '0005_judged_where'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DataExport',
            fields=[
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=200)),
                ('kind', models.CharField(max_length=20)),
                ('rule', models.JSONField(default=apps.core.models.default_dict)),
                ('licence', models.CharField(help_text='Of the data set, as it was when the export was made', max_length=80)),
                ('consent', models.CharField(blank=True, default='', max_length=200)),
                ('source', models.CharField(blank=True, default='', max_length=300)),
                ('non_commercial', models.BooleanField(default=False, help_text="The asker's word on what the training is for")),
                ('figures', models.JSONField(default=apps.core.models.default_list, help_text='[[what, how much]] of what was chosen and left out')),
                ('rows', models.PositiveIntegerField(default=0)),
                ('digest', models.CharField(blank=True, default='', help_text='Of the rows as NDJSON', max_length=71)),
                ('done_at', models.DateTimeField(blank=True, null=True)),
                ('forgotten_at', models.DateTimeField(blank=True, help_text='When a text in it had to be forgotten', null=True)),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('job', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='data_export', to='jobs.job')),
                ('judge_version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='judging.judgeversion')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='data_exports', to='judging.run')),
                ('version', models.ForeignKey(blank=True, help_text='None where each prompt has its own', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rubrics.rubricversion')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='data_exports', to='accounts.workspace')),
            ],
        ),
        migrations.CreateModel(
            name='DataExportPart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('index', models.PositiveIntegerField()),
                ('rows', models.PositiveIntegerField()),
                ('responses', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('content', models.BinaryField()),
                ('export', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='training.dataexport')),
            ],
        ),
        migrations.AddIndex(
            model_name='dataexport',
            index=models.Index(fields=['workspace', '-created_at'], name='data_export_recent'),
        ),
        migrations.AddIndex(
            model_name='dataexportpart',
            index=django.contrib.postgres.indexes.GinIndex(fields=['responses'], name='export_part_texts'),
        ),
        migrations.AddConstraint(
            model_name='dataexportpart',
            constraint=models.UniqueConstraint(fields=('export', 'index'), name='export_part_once'),
        ),
    ]
