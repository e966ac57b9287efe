"""Keeps the headers of an answer, so that a replay has them too."""

import apps.core.models
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('api', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='idempotentanswer',
            name='headers',
            field=models.JSONField(default=apps.core.models.default_dict, help_text='Those that belong to the answer, such as Location'),
        ),
    ]
