"""How the steps of a request for step rewards are paid."""

from django.db import migrations, models

import apps.core.models


class Migration(migrations.Migration):
    dependencies = [("training", "0002_reward_item_result")]

    operations = [
        migrations.AddField(
            model_name="rewardrequest",
            name="stepwise",
            field=models.JSONField(
                blank=True,
                default=apps.core.models.default_dict,
                help_text="Of the shape steps: how steps are paid, and how trajectories ended",
            ),
        ),
    ]
