"""Runs for exams of judges."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('judging', '0011_computed_judge'),
    ]

    operations = [
        migrations.AlterField(
            model_name='run',
            name='purpose',
            field=models.CharField(choices=[('run', 'run over a data set'), ('try', 'trial on the Try page'), ('reward', 'rewards for a training job'), ('shadow', 'shadow judge'), ('canary', 'canary'), ('advice', 'opinion on how criteria are written'), ('bakeoff', 'comparison of judges'), ('exam', 'exam of a judge')], default='run', max_length=10),
        ),
    ]
