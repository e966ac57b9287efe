from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('review', '0003_claims'),
    ]

    operations = [
        migrations.RunSQL(
            """
            UPDATE review_review
            SET payload = (payload - 'after_not_applicable')
                || jsonb_build_object('after', jsonb_build_object('not_applicable', payload->'after_not_applicable'))
            WHERE payload ? 'after_not_applicable'
            """,
            migrations.RunSQL.noop,
        ),
    ]
