"""Rewards from before they said so learn where they were judged."""

from django.db import migrations

_JUDGED = """
UPDATE training_rewarditem AS item SET run_item_id = judged.id
  FROM training_rewardrequest request, judging_runitem judged
 WHERE request.id = item.request_id AND judged.run_id = request.run_id AND judged.subject_id = item.subject_id
   AND judged.version_id = item.version_id
"""


class Migration(migrations.Migration):
    dependencies = [("training", "0004_rewards_in_full")]

    operations = [migrations.RunSQL(_JUDGED, migrations.RunSQL.noop)]
