from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_keys")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="tour_seen",
            field=models.BooleanField(default=False, help_text="The tour of the editor began by itself once"),
        ),
    ]
