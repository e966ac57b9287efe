"""Drafts become loops of any method. Those under way end, for the old steps say nothing to a loop."""

import apps.core.models
import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


def _as_loops(registry, _):
    Draft = registry.get_model("refinement", "Draft")
    for draft in Draft.objects.iterator():
        said = dict(draft.settings)
        draft.seed = said.pop("seed", 0)
        draft.params = said
        draft.writer = draft.judge
        draft.suggestions = [
            {
                "key": f"c{place}", "op": "add", "text": one["text"], "target": "", "parents": [], "round": 0,
                "drop": one.get("drop", ""), "weight": None, "kind": one.get("kind", ""),
                "evidence": {"pairs": len(one.get("sources", [])), **one.get("worth", {})},
            }
            for place, one in enumerate(draft.candidates)
        ]
        if draft.state == "working":
            draft.state, draft.reason = "refused", "It was begun by an earlier release. Begin it again."
            draft.done_at = django.utils.timezone.now()
        draft.save()


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_token_days'),
        ('judging', '0011_computed_judge'),
        ('refinement', '0002_drafts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.DeleteModel('DraftStep'),
        migrations.AddField('draft', 'params', models.JSONField(default=apps.core.models.default_dict)),
        migrations.AddField('draft', 'seed', models.PositiveIntegerField(default=0)),
        migrations.AddField('draft', 'writer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='judging.judgeversion')),
        migrations.AddField('draft', 'suggestions', models.JSONField(default=apps.core.models.default_list, help_text='[{key, op, text, target, parents, round, drop, weight, kind, evidence}]')),
        migrations.RunPython(_as_loops, migrations.RunPython.noop, elidable=True),
    ]
