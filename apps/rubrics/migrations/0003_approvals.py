"""A decision may also take an approval back."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """One more verb."""

    dependencies: ClassVar = [("rubrics", "0002_weighting")]

    operations: ClassVar = [
        migrations.AlterField(
            model_name="decision",
            name="verb",
            field=models.CharField(
                choices=[
                    ("submit", "submitted"),
                    ("approve", "approved"),
                    ("take_back", "took back the approval"),
                    ("request_changes", "requested changes"),
                    ("withdraw", "withdrew"),
                    ("retire", "retired"),
                ],
                max_length=20,
            ),
        ),
    ]
