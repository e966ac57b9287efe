import apps.core.models
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Until now the verdict was shown as soon as a blind decision was stored.
SHOWN = """
UPDATE review_review SET revealed_at = review_review.created_at
  FROM review_reviewitem i JOIN review_queue q ON q.id = i.queue_id
 WHERE i.id = review_review.item_id AND q.blind
"""
QUEUES = """
UPDATE review_claim SET queue_id = i.queue_id FROM review_reviewitem i WHERE i.id = review_claim.item_id;
SET CONSTRAINTS ALL IMMEDIATE
"""


class Migration(migrations.Migration):

    dependencies = [
        ('review', '0002_sources_and_gold'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='claim',
            name='queue',
            field=models.ForeignKey(db_index=False, help_text="The item's, to find by", null=True, on_delete=django.db.models.deletion.CASCADE, related_name='claims', to='review.queue'),
        ),
        migrations.RunSQL(QUEUES, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name='claim',
            name='queue',
            field=models.ForeignKey(db_index=False, help_text="The item's, to find by", on_delete=django.db.models.deletion.CASCADE, related_name='claims', to='review.queue'),
        ),
        migrations.AddIndex(
            model_name='claim',
            index=models.Index(fields=['queue', 'user', '-id'], include=['state'], name='claim_in_queue'),
        ),
        migrations.AddField(
            model_name='review',
            name='revealed_at',
            field=models.DateTimeField(blank=True, help_text="When the person was shown the judge's verdict", null=True),
        ),
        migrations.AddField(
            model_name='review',
            name='earlier',
            field=models.JSONField(blank=True, default=apps.core.models.default_list, help_text='What was decided before it was changed without seeing the verdict'),
        ),
        migrations.RunSQL(SHOWN, migrations.RunSQL.noop),
    ]
